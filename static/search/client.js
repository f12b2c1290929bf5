// The search over plain files: `open(baseUrl, { fetch })`, then `query(text, …)`. No DOM.

import { Bits } from './bits.js';
import { Bytes, Index, KINDS, SearchError, Shard, bitCount, inflate, place } from './index.js';
import { groupsOf, parseQuery, plainWords } from './query.js';
import { rank, rest, variantWeight } from './rank.js';

export { SearchError };

/** At most so many shards for one query: a pasted log has words enough. */
const MOST_SHARDS = 9;
/** Candidates whose pages are read for a "quoted phrase". */
const PHRASE_PAGES = 30;
/** Facets, phrases, exclusions and spelling: what many queries do without is fetched when one needs it. */
const more = () => import('./more.js').catch((cause) => { throw new SearchError('offline', 'a module could not be loaded', cause); }).then(({ tools }) => tools({ Bits, Bytes, KINDS, SearchError, Shard, addVariants, bitCount, groupsOf, inflate, place, plainWords, rank, resolve, rest }));
/** Words that a typed beginning is completed to. */
const COMPLETIONS = 24;
/** A last word that so many documents have is taken for complete, but for short ones. */
const KNOWN_WELL = 60;
/** The longest word that may still be the beginning of a commoner one. */
const UNFINISHED = 6;

/**
 * Opens the search of a site.
 * @param {string} baseUrl where the site is; `search/index.json` is below it
 * @param {{fetch?: typeof fetch}} [options]
 * @returns {Promise<Search>}
 * @throws {SearchError} `offline` or `version`
 */
export async function open(baseUrl, { fetch } = {}) {
  if (fetch) return new Search(baseUrl, fetch, await Index.open(baseUrl, fetch));
  // The search box and the lists of a page ask one client.
  shared[baseUrl] ??= open(baseUrl, { fetch: (...args) => globalThis.fetch(...args) }).catch((error) => {
    delete shared[baseUrl];
    throw error;
  });
  return shared[baseUrl];
}

const shared = {};

/** The search of one site. */
class Search {
  #base;
  #fetch;
  #index;

  constructor(base, fetch, index) {
    this.#base = base;
    this.#fetch = fetch;
    this.#index = index;
  }

  /** How many documents there are. */
  get count() {
    return this.#index.root.count;
  }

  /**
   * @param {string} text words, "phrases", -exclusions, `product:exchange type:bug year:1999 applies:"Windows 95"`
   * @param {object} [options]
   * @param {number} [options.limit] hits to return
   * @param {number} [options.offset] hits to leave out before them
   * @param {Object<string, string[]>} [options.filters] values by `product`, `type`, `year`, `applies`
   * @param {string} [options.prefers] what the reader runs: what applies to it ranks higher and `fits`
   * @param {boolean} [options.facets] count the values of all hits
   * @param {AbortSignal} [options.signal]
   * @returns {Promise<{total: number, any: number, complete: boolean, checked: number, hits: object[], facets: object, words: string[], phrases: string[], corrected: {from: string, to: string}[], suggestion: string}>}
   *   `total` documents have all words (any where none has all: then `complete` is false; without `facets` a lower bound); `words` are the terms to highlight;
   *   `suggestion` is the text with the corrected words; `checked`, if not 0, is how many of the candidates were read for a phrase
   * @throws {SearchError} `offline` or `version`; or the signal's reason
   */
  async query(text, options = {}) {
    try {
      return await this.#query(text, options);
    } catch (error) {
      if (!error?.gone) throw error;
      // A new build was published while this page was open: its files have other names.
      this.#index = await Index.open(this.#base, this.#fetch);
      return this.#query(text, options);
    }
  }

  async #query(text, { limit = 10, offset = 0, filters = {}, prefers, facets = false, signal } = {}) {
    const index = this.#index;
    const { root } = index;
    const parsed = parseQuery(String(text), root);
    const wanted = { ...parsed.filters };
    for (const [name, values] of Object.entries(filters)) wanted[name] = [...(wanted[name] ?? []), ...[values].flat()];
    const empty = { total: 0, any: 0, complete: true, hits: [], facets: {}, words: [], phrases: [], corrected: [], suggestion: '' };
    if (!parsed.groups.length || !root.shards.names.length) return empty;

    const passing = async (filters) => (await more()).allowedBy(index, filters);
    const [resolved, allowedByFilters, preferred] = await Promise.all([
      resolve(index, parsed.groups, /[\p{L}\p{N}_]$/u.test(parsed.words)),
      Object.keys(wanted).length ? passing(wanted) : undefined,
      prefers && passing({ applies: [prefers] }),
    ]);
    signal?.throwIfAborted();
    let { groups, corrected } = resolved;
    if (facets || parsed.phrases.length) await (await more()).addMentions(index, groups);
    const allowed = parsed.excluded.length ? await (await more()).exclude(index, parsed.excluded, allowedByFilters) : allowedByFilters;
    const keep = Math.max(offset + limit + 10, parsed.phrases.length ? PHRASE_PAGES : 0);
    let ranked = await rank(groups, root, { allowed, preferred, keep });
    const doubtful = ranked.all || parsed.direct || groups.length < 2 ? [] : groups.filter(isDoubtful);
    if (doubtful.length) {
      const second = await (await more()).reconsider(index, groups, doubtful);
      if (second) {
        ({ groups } = second);
        ranked = await rank(groups, root, { allowed, preferred, keep });
        corrected = [...corrected, ...second.corrected];
      }
    }
    signal?.throwIfAborted();
    let top = await this.#direct(parsed.direct, groups, ranked.top, allowed);
    let { docs } = ranked;
    const checked = parsed.phrases.length ? Math.min(ranked.all, PHRASE_PAGES) : 0;
    if (parsed.phrases.length) {
      const { verified } = await more();
      const pages = { index, base: this.#base, fetch: this.#fetch, signal };
      top = await verified(pages, top.filter(({ all }) => all).slice(0, PHRASE_PAGES), parsed.phrases);
      docs = Uint32Array.from(top, ({ doc }) => doc);
    }
    signal?.throwIfAborted();
    const page = top.slice(offset, offset + limit);
    const [hits, counted] = await Promise.all([
      Promise.all(page.map(async ({ doc, score, all }) => ({ ...await index.title(doc), score, all, fits: Boolean(preferred?.[doc]) }))),
      facets ? more().then(({ countFacets }) => countFacets(index, docs)) : {},
    ]);
    signal?.throwIfAborted();
    const found = hits.filter(({ url }) => url !== undefined);
    return {
      total: parsed.phrases.length ? docs.length : ranked.all || ranked.any,
      any: ranked.any,
      complete: ranked.all > 0,
      checked: checked < ranked.all ? checked : 0,
      hits: found,
      facets: counted,
      // Of `event:2410` the number is what stands in a text.
      words: [...new Set(groups.filter(({ soft }) => !soft).flatMap(({ terms, code }) => (code ? terms.map((term) => term.replace(/^\w+:/, '')) : terms)))],
      phrases: parsed.phrases,
      corrected,
      suggestion: corrected.reduce((words, { from, to }) => words.replace(new RegExp(`(?<![\\p{L}\\p{N}])${from}(?![\\p{L}\\p{N}])`, 'iu'), to), String(text).trim()),
    };
  }

  /** The numbers of the articles that apply to what a reader runs, as a set. */
  async applying(what) {
    return (await more()).applying(this.#index, what);
  }

  /** Puts the article with this number first. */
  async #direct(id, groups, top, allowed) {
    const list = id && groups.find((group) => group.term === id)?.matches[0]?.lists[0];
    if (!list?.titled) return top;
    const own = [...list.docs.slice(0, list.titled)].filter((doc) => !allowed || allowed[doc]);
    return [...own.map((doc) => ({ doc, score: Infinity, all: true })), ...top.filter(({ doc }) => !own.includes(doc))];
  }

}

/** Looks the groups up: which terms of the index stand for each word, with what weight. */
async function resolve(index, groups, typing) {
  const shards = new Map();
  const shardNumber = (term) => index.shardOf(index.stem(term));
  const fetchAll = async (numbers, most) => {
    const missing = [...new Set(numbers)].filter((number) => !shards.has(number)).slice(0, Math.max(0, most));
    const loaded = await Promise.all(missing.map((number) => index.shard(number)));
    missing.forEach((number, i) => shards.set(number, loaded[i]));
  };
  const last = groups.filter((group) => !group.bonus).pop();
  const prefix = typing && last && !last.whole && !last.soft && [...last.term].length >= 3 ? last : null;
  const needed = (list) => list.flatMap((group) => group.options.filter(({ lazy }) => !lazy).flatMap(({ terms }) => terms.map(shardNumber)));
  await fetchAll(needed(groups), MOST_SHARDS);

  const lookUp = (term) => {
    const shard = shards.get(shardNumber(term));
    const rank = shard ? shard.find(term) : -1;
    return rank < 0 ? null : shard.postings(rank);
  };
  const split = groups.flatMap((group) => {
    const known = group.options.some(({ terms }) => terms.length === 1 && lookUp(terms[0]));
    if (known || !group.parts.length) return [group];
    const had = new Set(groups.map(({ term }) => term));
    return group.parts.filter((part) => !had.has(part)).map((term, i) => ({ at: group.at + i, term, parts: [], options: [{ terms: [term], weight: 1 }] }));
  });
  // A long word that is well known as it stands may still be the beginning of another, but what is fetched already says enough about that.
  const known = (prefix && lookUp(prefix.term)?.frequency) || 0;
  const open = prefix && !/\d/.test(prefix.term) && (known < KNOWN_WELL || prefix.term.length <= UNFINISHED);
  const unfinished = open ? await completionShards(index, prefix.term, known) : [];
  await fetchAll([...needed(split), ...unfinished], MOST_SHARDS + 4 - shards.size);

  const unknown = [];
  for (const group of split) {
    group.matches = [];
    group.terms = [];
    for (const { terms, weight } of group.options) {
      const lists = terms.map(lookUp);
      if (!lists.every(Boolean)) continue;
      group.matches.push({ lists, weight, term: terms[0] });
      group.terms.push(...terms);
    }
    const exact = group.matches.length ? group.matches[0].lists[0].frequency : 0;
    group.exact = exact;
    group.frequency = exact;
    if (!group.bonus && !group.code && !group.soft) addVariants(index, shards.get(shardNumber(group.term)), group);
    if (group === prefix) addCompletions(shards, group, exact);
    await rest();
    if (!group.matches.length && !group.bonus && !group.soft && shards.has(shardNumber(group.term))) unknown.push(group);
  }
  const corrected = unknown.length ? await (await more()).correct(index, unknown, fetchAll, lookUp, shards) : [];
  // A word that no document has still counts as missing where others were found; what was not fetched for its length does not, nor an address
  // that looks like a code.
  return { groups: split.filter((group) => group.matches.length || (!group.bonus && !group.code && shards.has(shardNumber(group.term)))), corrected };
}

/** The shards with the commonest words that begin so: beside a word that is well known itself, those that are about as common. */
async function completionShards(index, start, known) {
  const { terms, values } = await index.spellingOf(start, 0);
  const least = known < KNOWN_WELL ? 0 : Math.log2(known) - 1.5;
  const common = terms.map((term, i) => ({ term, common: values[i] })).filter(({ term, common }) => common >= least && term.startsWith(start) && term !== start);
  common.sort((a, b) => b.common - a.common);
  const shards = [...new Set(common.slice(0, 5).map(({ term }) => index.shardOf(index.stem(term))))];
  return known < KNOWN_WELL ? [index.shardOf(start), ...shards].slice(0, 4) : shards.slice(0, 2);
}

/** Inflections: the other terms with the same stem. They lie together in one shard, which is sorted by stem. */
function addVariants(index, shard, group) {
  if (!shard || !index.root.stemming || /[^a-z]/.test(group.term)) return;
  const key = index.stem(group.term);
  let low = 0;
  for (let high = shard.terms.length; low < high;) {
    const middle = (low + high) >> 1;
    if (index.stem(shard.terms[middle]) < key) low = middle + 1;
    else high = middle;
  }
  for (; low < shard.terms.length && index.stem(shard.terms[low]) === key; low++) {
    if (shard.terms[low] === group.term) continue;
    group.matches.push({ lists: [shard.postings(low)], weight: variantWeight, term: shard.terms[low] });
    group.terms.push(shard.terms[low]);
  }
}

/** Words that begin with the last one of the query, which may not be typed to its end yet. */
function addCompletions(shards, group, exact) {
  const found = [];
  const had = new Set(group.terms);
  for (const shard of shards.values()) {
    shard.terms.forEach((term, rank) => {
      if (term.length > group.term.length && term.startsWith(group.term) && !had.has(term)) found.push({ term, shard, rank, count: shard.frequencies[rank] });
    });
  }
  found.sort((a, b) => b.count - a.count);
  const weight = !group.matches.length ? 0.9 : exact < 0.2 * (found[0]?.count ?? 0) ? 0.5 : 0.25;
  for (const { term, shard, rank } of found.slice(0, COMPLETIONS)) {
    group.matches.push({ lists: [shard.postings(rank)], weight, term });
    group.terms.push(term);
  }
}

/** A rare word that may be a slip: it gets the benefit of the doubt where no document has all words. */
const isDoubtful = (group) => !group.bonus && group.matches.length && group.exact <= 3 && /^[a-z]{4,}$/.test(group.term);
