// The Porter2 English stemmer over lower-case ASCII words: the bit-identical twin of `src/search/stem.rs`.

const EXCEPTIONS = new Map(Object.entries({
  skis: 'ski', skies: 'sky', dying: 'die', lying: 'lie', tying: 'tie', idly: 'idl', gently: 'gentl', ugly: 'ugli',
  early: 'earli', only: 'onli', singly: 'singl', sky: 'sky', news: 'news', howe: 'howe', atlas: 'atlas',
  cosmos: 'cosmos', bias: 'bias', andes: 'andes',
}));
const DERIVATIONS = new Map(Object.entries({
  ization: 'ize', ational: 'ate', fulness: 'ful', ousness: 'ous', iveness: 'ive', tional: 'tion', biliti: 'ble',
  lessli: 'less', entli: 'ent', ation: 'ate', alism: 'al', aliti: 'al', ousli: 'ous', iviti: 'ive', fulli: 'ful',
  enci: 'ence', anci: 'ance', abli: 'able', izer: 'ize', ator: 'ate', alli: 'al', bli: 'ble', ogi: 'og', li: '',
}));
const MORE = new Map(Object.entries({
  ational: 'ate', tional: 'tion', alize: 'al', icate: 'ic', iciti: 'ic', ative: '', ical: 'ic', ness: '', ful: '',
}));
const ending = (suffixes) => new RegExp(`(?:${suffixes.join('|')})$`);
const DERIVATION = ending([...DERIVATIONS.keys()]);
const MORE_DERIVATION = ending([...MORE.keys()]);
const ENDING = /(?:ement|ance|ence|able|ible|ment|ant|ent|ism|ate|iti|ous|ive|ize|ion|al|er|ic)$/;
const SHORT = /(?:^[aeiouy][^aeiouy]|[^aeiouy][aeiouy][^aeiouywxY])$/;
const SHORT_START = /^[aeiouy][^aeiouy]$/;
const VOWEL = /[aeiouy]/;

const region = (word, from) => {
  const at = word.slice(from).search(/[aeiouy][^aeiouy]/);
  return at < 0 ? word.length : from + at + 2;
};
const shortSyllable = (word) => (word.length === 2 ? SHORT_START : SHORT).test(word);

/** The stem of a lower-case word; short words and words with other characters come back unchanged. */
export function stem(word) {
  if (word.length <= 2 || /[^a-z]/.test(word)) return word;
  if (EXCEPTIONS.has(word)) return EXCEPTIONS.get(word);
  let w = word.replace(/^y/, 'Y');
  for (let i = 1; i < w.length; i++) if (w[i] === 'y' && VOWEL.test(w[i - 1])) w = `${w.slice(0, i)}Y${w.slice(i + 1)}`;
  const r1 = /^(?:gener|commun|arsen)/.exec(w)?.[0].length ?? region(w, 0);
  const r2 = region(w, r1);

  if (w.endsWith('sses')) w = w.slice(0, -2);
  else if (/ie[ds]$/.test(w)) w = w.slice(0, w.length > 4 ? -2 : -1);
  else if (/[^us]s$/.test(w) && VOWEL.test(w.slice(0, -2))) w = w.slice(0, -1);
  if (/^(?:inning|outing|canning|herring|earring|proceed|exceed|succeed)$/.test(w)) return w;

  let suffix = /eed(?:ly)?$/.exec(w)?.[0];
  if (suffix) {
    if (w.length - suffix.length >= r1) w = `${w.slice(0, -suffix.length)}ee`;
  } else {
    suffix = /(?:ingly|edly|ing|ed)$/.exec(w)?.[0];
    if (suffix && VOWEL.test(w.slice(0, -suffix.length))) {
      w = w.slice(0, -suffix.length);
      if (/(?:at|bl|iz)$/.test(w)) w += 'e';
      else if (/(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(w)) w = w.slice(0, -1);
      else if (w.length <= r1 && shortSyllable(w)) w += 'e';
    }
  }
  if (w.length > 2 && /[^aeiouy][yY]$/.test(w)) w = `${w.slice(0, -1)}i`;

  const replace = (pattern, table, allowed) => {
    const found = pattern.exec(w);
    if (found && found.index >= r1 && allowed(found[0], found.index)) w = w.slice(0, found.index) + table.get(found[0]);
  };
  replace(DERIVATION, DERIVATIONS, (s, at) => s === 'ogi' ? w[at - 1] === 'l' : s !== 'li' || /[cdeghkmnrt]/.test(w[at - 1] ?? ' '));
  replace(MORE_DERIVATION, MORE, (s, at) => s !== 'ative' || at >= r2);
  const last = ENDING.exec(w);
  if (last && last.index >= r2 && (last[0] !== 'ion' || /[st]/.test(w[last.index - 1] ?? ' '))) w = w.slice(0, last.index);
  const end = w.length - 1;
  if ((w.endsWith('e') && (end >= r2 || (end >= r1 && !shortSyllable(w.slice(0, -1))))) || (w.endsWith('ll') && end >= r2)) w = w.slice(0, -1);
  return w.toLowerCase();
}
