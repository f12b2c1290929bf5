// What many queries do without: facets and filters, "quoted phrases", spelling. The client imports it when a query needs it.

import { fits } from './fits.js';

/** So many exclusions of so many words decide; the rest of a pasted text is left out. */
const MOST_EXCLUDED = 8;

/** What the client lends, so that nothing is published twice. */
let Bits, Bytes, KINDS, SearchError, Shard, addVariants, bitCount, groupsOf, inflate, place, plainWords, rank, resolve, rest;

/** Takes what the client lends and gives it the functions below. */
export function tools(lent) {
  ({ Bits, Bytes, KINDS, SearchError, Shard, addVariants, bitCount, groupsOf, inflate, place, plainWords, rank, resolve, rest } = lent);
  return { addMentions, allowedBy, applying, correct, countFacets, exclude, reconsider, verified };
}

/** The documents that barely mention a common term. */
async function mentionsOf(index, term) {
  const { mentions } = index.root;
  if (mentions.endsWith('-000000')) return [];
  const { separators, names } = await index.file(`m/${mentions}.bin`, (bytes) => new Bytes(bytes).entries());
  const shard = await index.file(`m/${names[place(separators, index.stem(term))]}.bin`, (bytes) => new Shard(bytes, index.root, Infinity));
  const found = shard.find(term);
  return found < 0 ? [] : shard.postings(found).docs;
}

/** Adds the documents that barely mention common words: they do not rank, but they count. */
async function addMentions(index, groups) {
  for (const group of groups) {
    const terms = group.matches.filter(({ lists }) => lists.length === 1 && lists[0].frequency >= index.root.common).map(({ term }) => term);
    group.mentions = await Promise.all(terms.map((term) => mentionsOf(index, term)));
    await rest();
  }
}

/** Takes the documents with excluded words out of those that are allowed. */
async function exclude(index, excluded, allowed) {
  const mask = allowed ?? new Uint8Array(index.root.capacity).fill(1);
  for (const text of excluded.slice(0, MOST_EXCLUDED)) {
    const { groups } = await resolve(index, groupsOf(text, index.root).slice(0, MOST_EXCLUDED), false);
    await addMentions(index, groups);
    const { docs, all } = await rank(groups, index.root, { keep: 1 });
    if (all) for (const doc of docs) mask[doc] = 0;
  }
  return mask;
}

/** The columns over all documents. */
async function loadColumns(index) {
  const { root } = index;
  return index.file(`f/${root.facets[0]}.bin`, async (packed) => {
    const bytes = await inflate(packed);
    const column = (n) => bytes.subarray(2 + n * root.capacity, 2 + (n + 1) * root.capacity);
    const [years, kinds, high, low] = [0, 1, 2, 3].map(column);
    const first = (bytes[0] << 8) | bytes[1];
    // What a document has, as a number, and what the number means.
    return {
      year: { of: (doc) => years[doc], name: (year) => (year ? String(first + year) : '') },
      type: { of: (doc) => kinds[doc], name: (kind) => KINDS[kind], said: (kind) => index.entry.words?.[`kind_${KINDS[kind].replace('-', '_')}`] },
      product: { of: (doc) => (high[doc] << 8) | low[doc], name: (product) => root.products[product - 1] ?? '' },
    };
  });
}

/** What articles apply to: products with their documents; names with versions and their documents, or their article numbers. */
const PRODUCTS = 1, VERSIONS = 2, NUMBERS = 3;

function loadApplies(index, which) {
  const { root } = index;
  const end = which === NUMBERS ? 1 << 24 : root.capacity;
  return index.file(`f/${root.facets[which]}.bin`, async (packed) => {
    const bytes = await inflate(packed);
    const zero = bytes.indexOf(0);
    const bits = new Bits(bytes, zero + 1);
    const rows = new TextDecoder().decode(bytes.subarray(0, zero)).split('\n').filter(Boolean);
    return rows.map((row) => {
      const gap = row.indexOf(' ');
      const docs = new Uint32Array(Number(row.slice(0, gap)));
      bits.interpolative(docs, 0, docs.length, 0, end - 1);
      return { name: row.slice(gap + 1), docs };
    });
  });
}

/** The rows whose names cover what a reader runs or asks for. */
const fitting = (rows, what) => {
  const covers = fits(what);
  return rows.filter(({ name }) => covers(name));
};

/** The numbers of the articles that apply to what a reader runs. */
async function applying(index, what) {
  return new Set(fitting(await loadApplies(index, NUMBERS), what).flatMap(({ docs }) => [...docs]));
}

const YEARS = /^(\d{4})?(-|\.\.)?(\d{4})?$/;

function matcher(name, wanted) {
  if (name === 'year') {
    const range = YEARS.exec(wanted);
    const [from, to] = range ? [range[1] ?? '0', range[3] ?? (range[2] ? '9999' : range[1])] : ['x', ''];
    return (value) => value && value >= from && value <= to;
  }
  const exact = plainWords(wanted);
  if (name === 'type') return (value) => plainWords(value).replace(/ /g, '').startsWith(exact.replace(/ /g, '').replace(/s$/, ''));
  return (value) => ` ${plainWords(value)}`.includes(exact.trimEnd());
}

/**
 * Which documents pass: any value of one filter, all filters.
 * @param {Object<string, string[]>} filters values by `product`, `type`, `year`, `applies`
 * @returns {Promise<Uint8Array | undefined>} by document number
 */
async function allowedBy(index, filters) {
  let allowed;
  for (const [name, values] of Object.entries(filters)) {
    if (!values?.length) continue;
    const next = new Uint8Array(index.root.capacity);
    if (name === 'applies') {
      const rows = await loadApplies(index, VERSIONS);
      for (const value of values) for (const { docs } of fitting(rows, value)) for (const doc of docs) next[doc] = 1;
    } else {
      const columns = await loadColumns(index);
      if (!columns[name]) continue;
      const known = [];
      const tests = values.map((value) => matcher(name, value));
      const { of, name: spelt, said } = columns[name];
      for (let doc = 0; doc < next.length; doc++) {
        const value = of(doc);
        known[value] ??= tests.some((test) => test(spelt(value)) || test(said?.(value) ?? '')) ? 1 : 0;
        next[doc] = known[value];
      }
    }
    if (allowed) for (let doc = 0; doc < next.length; doc++) next[doc] &= allowed[doc];
    allowed = next;
  }
  return allowed;
}

/** How many of the documents have each value: `{product: [{value, count}], …}`, the most frequent first, years from the latest. */
async function countFacets(index, docs) {
  const [columns, applies] = await Promise.all([loadColumns(index), loadApplies(index, PRODUCTS)]);
  const sorted = (counts) => [...counts].filter(([value]) => value).map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  const facets = {};
  for (const name of ['product', 'type', 'year']) {
    const counts = new Uint32Array(1 << 16);
    const { of, name: spelt } = columns[name];
    for (const doc of docs) counts[of(doc)]++;
    facets[name] = sorted([...counts].map((count, value) => [count ? spelt(value) : '', count]));
    await rest();
  }
  facets.year.sort((a, b) => (a.value < b.value ? 1 : -1));
  const wanted = new Uint8Array(index.root.capacity);
  for (const doc of docs) wanted[doc] = 1;
  const counts = [];
  for (const { name, docs: all } of applies) {
    let count = 0;
    for (const doc of all) count += wanted[doc];
    if (count) counts.push([name, count]);
  }
  await rest();
  facets.applies = sorted(counts);
  return facets;
}

/** The candidates whose titles or pages have all the phrases. */
async function verified({ index, base, fetch, signal }, candidates, phrases) {
  const wanted = phrases.map(plainWords);
  const textOf = async (url) => {
    try {
      const response = await fetch(new URL(url, base).href, { signal });
      return response.ok ? pageText(await response.text()) : '';
    } catch (error) {
      signal?.throwIfAborted();
      throw new SearchError('offline', `${url} could not be loaded`, error);
    }
  };
  const kept = await Promise.all(candidates.map(async (candidate) => {
    const hit = await index.title(candidate.doc);
    if (!hit) return null;
    const title = plainWords(hit.title);
    const missing = wanted.filter((phrase) => !title.includes(phrase));
    if (!missing.length) return candidate;
    const text = plainWords(await textOf(hit.url));
    return missing.every((phrase) => text.includes(phrase)) ? candidate : null;
  }));
  return kept.filter(Boolean);
}

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** The text of HTML from its `<main>`. */
export function pageText(html) {
  const start = html.search(/<main[\s>]/i);
  const end = html.lastIndexOf('</main');
  const main = start < 0 ? html : html.slice(start, end > start ? end : undefined);
  return main.replace(/<(script|style)[\s>][^]*?<\/\1>/gi, ' ').replace(/<\/?(?:b|i|em|strong|code|a|span|mark|kbd|wbr)\b[^>]*>/gi, '').replace(/<[^>]*>/g, ' ')
    .replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (all, decimal, hexadecimal, name) => {
      const code = decimal ? Number(decimal) : parseInt(hexadecimal, 16);
      return name ? ENTITIES[name.toLowerCase()] ?? all : code < 0x110000 ? String.fromCodePoint(code) : ' ';
    });
}

/** Words one edit away (two from eight letters on), the likeliest first. */
function suggestions(word, lists) {
  const letters = [...word];
  if (letters.length < 4 || /[\d_.:]/.test(word)) return [];
  const most = letters.length >= 8 ? 2 : 1;
  const backwards = letters.slice().reverse().join('');
  const found = new Map();
  const set = lettersOf(word);
  lists.forEach(({ terms, values }, direction) => {
    terms.forEach((term, i) => {
      if (Math.abs(term.length - word.length) > most || bitCount(set ^ lettersOf(term)) > 2 * most) return;
      const distance = edits(term, direction ? backwards : word, most);
      if (distance <= most) found.set(direction ? [...term].reverse().join('') : term, { distance, common: values[i] });
    });
  });
  const ranked = [...found].map(([term, { distance, common }]) => ({ word: term, distance, common }));
  ranked.sort((a, b) => a.distance - b.distance || b.common - a.common);
  const nearest = ranked[0]?.distance;
  return ranked.filter(({ distance }) => distance === nearest).slice(0, 4).map(({ word: guess, distance }, i) => ({ word: guess, weight: (distance === 1 ? 0.9 : 0.7) - 0.03 * i }));
}

/** Insertions, deletions, replacements and swaps of neighbours between two words; more than `most` counts as `most + 1`. */
export function edits(a, b, most) {
  let older = [];
  let old = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min(old[j] + 1, row[j - 1] + 1, old[j - 1] + same);
      if (same && i > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) value = Math.min(value, older[j - 2] + 1);
      row[j] = value;
      if (value < least) least = value;
    }
    if (least > most) return most + 1;
    [older, old] = [old, row];
  }
  return Math.min(old[b.length], most + 1);
}

/** The letters of a word as a set of bits: words that differ in many letters are many edits apart. */
function lettersOf(word) {
  let set = 0;
  for (let i = 0; i < word.length; i++) set |= 1 << (word.charCodeAt(i) & 31);
  return set;
}

/** Spelling: what the unknown words may have been meant to be. */
async function correct(index, unknown, fetchAll, lookUp, shards) {
  const corrected = [];
  await Promise.all(unknown.slice(0, 4).map(async (group) => {
    const lists = await Promise.all([0, 1].map((direction) => index.spellingOf(group.term, direction)));
    await rest();
    const guesses = suggestions(group.term, lists);
    if (!guesses.length) return;
    await fetchAll(guesses.map(({ word }) => index.shardOf(index.stem(word))), 4);
    for (const { word, weight } of guesses) {
      const list = lookUp(word);
      if (!list) continue;
      group.matches.push({ lists: [list], weight, term: word });
      group.terms.push(word);
      const shard = shards.get(index.shardOf(index.stem(word)));
      const variants = { term: word, matches: [], terms: [] };
      addVariants(index, shard, variants);
      for (const match of variants.matches) group.matches.push({ ...match, weight: match.weight * weight });
    }
    if (group.matches.length) corrected.push({ from: group.term, to: group.terms[0] });
  }));
  return corrected;
}

/** No document has all words: the rare ones that look like a slip may have been meant as another. */
async function reconsider(index, groups, doubtful) {
  const loaded = new Map();
  const fetchAll = async (numbers, most) => {
    const missing = [...new Set(numbers)].filter((number) => !loaded.has(number)).slice(0, most);
    await Promise.all(missing.map(async (number) => loaded.set(number, await index.shard(number))));
  };
  const lookUp = (term) => {
    const shard = loaded.get(index.shardOf(index.stem(term)));
    const rank = shard ? shard.find(term) : -1;
    return rank < 0 ? null : shard.postings(rank);
  };
  const tried = doubtful.slice(0, 2).map((group) => ({ ...group, matches: [], terms: [] }));
  const corrected = await correct(index, tried, fetchAll, lookUp, loaded);
  if (!corrected.length) return null;
  const by = new Map(doubtful.slice(0, 2).map((group, i) => [group, tried[i]]));
  const merged = groups.map((group) => by.has(group) ? { ...group, matches: [...group.matches, ...by.get(group).matches], terms: [...group.terms, ...by.get(group).terms] } : group);
  return { groups: merged, corrected: [] };
}
