// Text into search terms: the bit-identical twin of `src/search/tokenize.rs`, where the rules are explained.

/** How a term relates to its chunk: the chunk itself, a whole whose parts follow, a part, another spelling, a word with its number. */
export const WORD = 0, WHOLE = 1, PART = 2, ALIAS = 3, PAIR = 4;
const MAX_TERM = 40;

const CHUNK = /[\p{Alphabetic}\p{N}\p{M}_](?:[.'-]?[\p{Alphabetic}\p{N}\p{M}_])*/gu;
const WORD_CHARACTER = /[\p{Alphabetic}\p{N}\p{M}_]/u;
const UNSPACED = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ud7ff\uf900-\ufaff\u{20000}-\u{3ffff}]/u;
const UNSPACED_OR_NOT = new RegExp(`${UNSPACED.source}+|${UNSPACED.source.replace('[', '[^')}+`, 'gu');
const VERSION = /^\d+(?:\.(?:\d+[a-z]{0,2}|x))+$/i;
const SHORT_WORD = /^[0-9a-z]{1,4}$/i;
const DIGITS = /^\d+$/;
const JOINER = /[/:&\\]/;

/** Without diacritics and compatibility forms, other scripts than ASCII in lower case. ASCII keeps its case. */
export function fold(text) {
  if (!/[^\0-\x7f]/.test(text)) return text;
  return text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').replace(/\u2019/g, "'")
    .replace(/[^\0-\x7f]/gu, (c) => c.toLowerCase()).normalize('NFC');
}

const lowered = (text) => text.replace(/[A-Z]/g, (c) => c.toLowerCase());
const isPart = (text) => DIGITS.test(text) || /^..+$/su.test(text);
const zerosOff = (digits) => digits.replace(/^0+(?=.)/, '');
const possessiveOff = (chunk) => chunk.replace(/'s$/i, '');

/** The words of an identifier such as `CreateWindow`: parts of four letters and more, when there are at least two. */
function humps(atom) {
  if (!/^[a-z]{8,}$/i.test(atom)) return [];
  const parts = atom.split(/(?<=[a-z])(?=[A-Z])|(?<=.)(?=[A-Z][a-z])/).filter((part) => part.length >= 4);
  return parts.length > 1 ? parts : [];
}

/**
 * The terms of a text in order; `at` counts the chunks from 0.
 * @param {string} text
 * @returns {{kind: number, term: string, at: number}[]}
 */
export function tokenize(text) {
  const folded = fold(text);
  const tokens = [];
  let at = 0;
  let pair = '';
  const emit = (kind, term) => {
    if (term && (term.length <= MAX_TERM || [...term].length <= MAX_TERM)) tokens.push({ kind, term, at });
  };
  const whole = (kind) => (kind === WORD ? WHOLE : kind);

  const pairWord = (word) => {
    const number = /^\d{1,6}$/.test(word);
    if (/^events?$/.test(word)) pair = 'event:';
    else if (/^(?:errors?|err|msg)$/.test(word)) pair = 'error:';
    else if (word === 'service') pair = 'service';
    else if (word === 'sp' || (pair === 'service' && /^packs?$/.test(word))) pair = 'sp';
    else if (word === 'sr' || (pair === 'service' && word === 'release')) pair = 'sr';
    else if (pair.endsWith(':') && (number || /^(?:ids?|codes?|numbers?|no|message|and|or)$/.test(word))) {
      if (number) emit(PAIR, pair + word);
    } else {
      if ((pair === 'sp' || pair === 'sr') && /^\d[0-9a-z]?$/.test(word)) emit(PAIR, pair + word);
      pair = '';
    }
  };

  const atom = (text, kind) => {
    if (kind === PART && !isPart(text)) return;
    const lower = lowered(text);
    const hex = /^0x([0-9a-f]{1,16})$/.exec(lower);
    const parts = text.includes('_') ? text.split('_').filter(isPart) : humps(text);
    if (hex) {
      const digits = zerosOff(hex[1]);
      emit(kind, `0x${digits}`);
      if (digits.length >= 5 || (digits.length >= 2 && !DIGITS.test(digits))) emit(ALIAS, digits);
    } else if (/^(?=.*\d)[0-9a-f]{8}$/.test(lower)) {
      emit(kind, lower);
      emit(ALIAS, `0x${zerosOff(lower)}`);
    } else if (parts.length > 1 || text.includes('_')) {
      emit(whole(kind), lower);
      for (const part of parts) emit(PART, lowered(part));
    } else {
      emit(kind, lower);
      if (kind === WORD) pairWord(lower);
      return;
    }
    pair = '';
  };

  const dotted = (text, kind) => {
    if (!text.includes('.')) return atom(text, kind);
    pair = '';
    if (VERSION.test(text)) return emit(kind, lowered(text));
    emit(whole(kind), lowered(text));
    for (const part of text.split('.')) atom(part, PART);
  };

  const hyphened = (text) => {
    const parts = text.split('-');
    if (parts.length < 2) {
      dotted(text, WORD);
      at++;
      return;
    }
    pair = '';
    if (parts.every((part) => /^[\d.]*$/.test(part)) || VERSION.test(parts[0])) {
      for (const part of parts) {
        dotted(part, WORD);
        at++;
      }
      return;
    }
    emit(WHOLE, lowered(parts.join('')));
    for (const part of parts) dotted(part, PART);
    at++;
  };

  const unspaced = (text) => {
    for (const [piece] of text.matchAll(UNSPACED_OR_NOT)) {
      const letters = [...piece];
      const terms = !UNSPACED.test(piece) ? piece.split(/[_.'-]/).filter(Boolean).map(lowered)
        : letters.length < 2 ? letters : letters.slice(1).map((letter, i) => letters[i] + letter);
      for (const term of terms) {
        emit(WORD, term);
        at++;
      }
    }
  };

  // Two short words that are one name: TCP/IP, OS/2, cc:Mail. Returns where the second ends, 0 where it is none.
  const joined = (start, end, left) => {
    if (!/[/:&]/.test(folded[end] ?? '') || JOINER.test(folded[start - 1] ?? '') || left.length !== end - start || !SHORT_WORD.test(left) || DIGITS.test(left)) return 0;
    CHUNK.lastIndex = end + 1;
    const next = CHUNK.exec(folded);
    if (next?.index !== end + 1) return 0;
    const close = next.index + next[0].length;
    const right = possessiveOff(next[0]);
    if (!SHORT_WORD.test(right) || /[/:&\\+#]/.test(folded[close] ?? '')) return 0;
    pair = '';
    emit(WHOLE, lowered(left + right));
    for (const part of [left, right]) {
      if (isPart(part)) emit(PART, lowered(part));
      at++;
    }
    return close;
  };

  for (let match, from = 0; CHUNK.lastIndex = from, (match = CHUNK.exec(folded));) {
    const start = match.index;
    const end = start + match[0].length;
    from = end;
    let chunk = match[0].replace(/^[_.'-]+|[_.'-]+$/g, '');
    if (!chunk) continue;
    if (UNSPACED.test(chunk)) {
      pair = '';
      unspaced(chunk);
      continue;
    }
    chunk = possessiveOff(chunk);
    const open = !WORD_CHARACTER.test(String.fromCodePoint(folded.codePointAt(end + 1) ?? 32));
    const suffix = !/^[a-z]+$/i.test(chunk) ? '' : folded.startsWith('++', end) ? '++'
      : folded[end] === '#' && chunk.length <= 2 && open ? '#' : folded[end] === '+' && chunk.length >= 5 && open ? '+' : '';
    const dotNet = /^net$/i.test(chunk) && /(?:^|[^0-9a-z\x80-\uffff])\.$/i.test(folded.slice(Math.max(0, start - 2), start));
    if (dotNet || suffix) {
      pair = '';
      const term = dotNet ? '.net' : lowered(chunk) + suffix;
      emit(chunk.length <= 2 ? WORD : WHOLE, term);
      if (chunk.length > 2) emit(PART, lowered(chunk));
      at++;
      from = end + suffix.length;
      continue;
    }
    const close = joined(start, end, chunk);
    if (close) from = close;
    else hyphened(chunk.replaceAll("'", ''));
  }
  return tokens;
}
