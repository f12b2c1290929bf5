// The order of the hits: BM25F impacts from the index, coverage of the query, and how closely the title repeats it.

const VARIANT = 0.6;
const FAR = 15;
/** What it is worth that the title has every word. */
const WHOLE_TITLE = 0.15;
/** A code of a pasted text outweighs all of its words. */
const CODED = 20;
const NONE = 255;
/** How much more what applies to what the reader runs is worth. */
const PREFERRED = 1.25;
/** So long the search may work at a time, in milliseconds, before the page gets its turn. */
const TURN = 12;
/** Documents that are scored between two looks at the clock. */
const BATCH = 4096;

let began = 0;

/** Lets the page draw and take keys where the search has worked for a while. */
export async function rest() {
  if (performance.now() - began < TURN) return;
  await new Promise((resolve) => setTimeout(resolve));
  began = performance.now();
}

/** How much a term tells that `df` of `n` documents have. */
export const idf = (n, df) => Math.log(1 + (n - df + 0.5) / (df + 0.5));

/**
 * @typedef {object} Match postings that stand for a word of the query
 * @property {{docs: Uint32Array, levels: Uint8Array, positions: number[], titled: number, count: number}[]} lists
 *   a document counts when all lists have it
 * @property {number} weight 1 for the word itself
 */

/** Documents that all lists have, as one list: the lowest level decides. */
function conjunction(lists) {
  let result = null;
  for (const list of lists) {
    const next = new Map();
    list.docs.forEach((doc, i) => {
      if (!result || result.has(doc)) next.set(doc, [Math.min(list.levels[i], result?.get(doc)[0] ?? 7), i < list.titled ? list.positions[i] : FAR]);
    });
    result = next;
  }
  const entries = [...result].sort((a, b) => b[1][0] - a[1][0]);
  const titled = entries.filter(([, [level]]) => level > 3).length;
  return { docs: entries.map(([doc]) => doc), levels: entries.map(([, [level]]) => level), positions: entries.map(([, [, at]]) => at), titled, count: entries.length };
}

/**
 * Scores all documents with any of the words.
 * @param {{matches: Match[], at: number, bonus?: boolean, code?: boolean, frequency?: number, mentions?: Uint32Array[]}[]} groups `mentions` are lists of documents
 *   that count as having the word and rank as if they had not
 * @param {object} root the index's root
 * @param {{allowed?: Uint8Array, preferred?: Uint8Array, keep: number}} options which documents count (by number), which rank higher, and how many
 *   to return
 * @returns {Promise<{top: {doc: number, score: number, all: boolean}[], all: number, any: number, docs: Uint32Array}>} `docs` are those with all
 *   words, or with any where none has all
 */
export async function rank(groups, root, { allowed, preferred, keep }) {
  const { capacity, count, levels, weights, cited } = root;
  const words = groups.filter((group) => !group.bonus);
  const score = new Float32Array(capacity);
  const known = new Float32Array(capacity);
  const titled = new Float32Array(capacity);
  const having = new Uint8Array(capacity);
  const best = new Float32Array(capacity);
  const others = new Float32Array(capacity);
  const coded = new Float32Array(capacity);
  const places = words.map(() => new Uint8Array(capacity).fill(NONE));
  const required = words.filter((group) => !group.soft).length;
  let total = 0;
  let titleTotal = 0;
  const touched = [];

  const gather = (group, place) => {
    const found = [];
    for (const { lists, weight } of group.matches) {
      const list = lists.length > 1 ? conjunction(lists) : lists[0];
      for (let i = 0; i < list.count; i++) {
        const doc = list.docs[i];
        const value = weight * levels[list.levels[i]];
        if (!best[doc]) found.push(doc);
        if (value > best[doc]) {
          others[doc] += best[doc];
          best[doc] = value;
        } else others[doc] += value;
        if (place && i < list.titled && (place[doc] === NONE || list.positions[i] < place[doc])) place[doc] = list.positions[i];
      }
    }
    return found;
  };

  for (const group of groups) {
    const place = group.bonus ? null : places[words.indexOf(group)];
    const found = gather(group, place);
    const worth = idf(count, Math.min(Math.max(found.length, group.frequency ?? 0), count));
    if (place) titleTotal += worth;
    if (place && !group.soft) total += worth;
    for (const doc of found) {
      if (!score[doc] && !having[doc]) touched.push(doc);
      score[doc] += worth * (best[doc] + 0.1 * others[doc]);
      if (place && !group.soft) {
        having[doc]++;
        known[doc] += worth;
      }
      if (group.code) coded[doc] += worth * (0.3 + best[doc]);
      if (place && place[doc] !== NONE) titled[doc] += worth;
    }
    for (const list of place ? group.mentions ?? [] : []) {
      for (const doc of list) {
        if (best[doc]) continue;
        if (!score[doc] && !having[doc]) touched.push(doc);
        having[doc]++;
        best[doc] = 1;
        found.push(doc);
      }
    }
    for (const doc of found) best[doc] = others[doc] = 0;
    await rest();
  }

  const top = [];
  const allDocs = [];
  const anyDocs = [];
  for (let n = 0; n < touched.length; n++) {
    if (n % BATCH === 0) await rest();
    const doc = touched[n];
    if (allowed && !allowed[doc]) continue;
    if (required && !having[doc] && !groups.some((group) => group.bonus)) continue;
    const all = having[doc] === required;
    anyDocs.push(doc);
    if (all) allDocs.push(doc);
    const covered = total ? Math.min(1, known[doc] / total) : 1;
    const inTitle = titled[doc];
    let value = score[doc] * covered ** 1.5 + (titleTotal ? 0.35 * inTitle * (inTitle / titleTotal) ** 2 : 0);
    if (inTitle > 0.999 * titleTotal) value += WHOLE_TITLE * titleTotal;
    if (words.length > 1) value *= 1 + 0.3 * nearness(words, places, doc) / (words.length - 1);
    value += CODED * coded[doc];
    let first = FAR;
    if (inTitle) for (const place of places) if (place[doc] < first) first = place[doc];
    value *= (weights.get(doc) ?? 1) * (1 + 0.004 * (cited.get(doc) ?? 0) - 0.0002 * first);
    if (preferred?.[doc]) value *= PREFERRED;
    if (top.length < keep || value > top[top.length - 1].score) {
      let i = top.length;
      while (i > 0 && (top[i - 1].score < value || (top[i - 1].score === value && top[i - 1].doc < doc))) i--;
      top.splice(i, 0, { doc, score: value, all });
      if (top.length > keep) top.pop();
    }
  }
  const docs = Uint32Array.from(allDocs.length ? allDocs : anyDocs);
  return { top, all: allDocs.length, any: anyDocs.length, docs };
}

/** How far the title has neighbouring words of the query at the same distance: 1 for each pair that it repeats exactly. */
function nearness(words, places, doc) {
  let sum = 0;
  for (let i = 1; i < words.length; i++) {
    const [a, b] = [places[i - 1][doc], places[i][doc]];
    if (a >= FAR || b >= FAR) continue;
    const wanted = words[i].at - words[i - 1].at;
    const off = Math.abs(b - a - wanted);
    if (b > a) sum += off < 3 ? [1, 0.5, 0.33][off] : 0;
    else if (a > b && a - b < 3) sum += 0.2;
  }
  return sum;
}

/** Weight of a word's inflections. */
export const variantWeight = VARIANT;
