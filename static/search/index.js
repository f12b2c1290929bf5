// The files of the index: the root, shards, title blocks and spelling lists, fetched when they are needed and kept.

import { Bits, Letters, readTerms } from './bits.js';
import { stem } from './stem.js';

/** The format that this client reads. */
export const FORMAT = 4;
/** The types of articles by number. */
export const KINDS = ['', 'problem', 'bug', 'information', 'how-to'];

/** Why a search failed: `offline` (the network; try again) or `version` (the site is newer than this code; reload the page). */
export class SearchError extends Error {
  constructor(code, message, cause) {
    super(message, { cause });
    this.name = 'SearchError';
    this.code = code;
  }
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const utf8 = new TextDecoder();
const lines = (text) => (text ? text.split('\n') : []);

/** The last entry whose separator is not greater than the key. */
export function place(separators, key) {
  let low = 0;
  let high = separators.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (separators[middle] <= key) low = middle;
    else high = middle;
  }
  return low;
}

/** The first half of a file's name, from its separator (FNV-1a). */
function nameOf(separator) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(separator)) hash = Math.imul(hash ^ byte, 0x1000193);
  return (hash >>> 0).toString(16);
}

/** Inflates raw deflate that goes on after `before`, which comes first in the result. */
export async function inflate(bytes, before = bytes.subarray(0, 0)) {
  const { length } = before;
  const stored = Uint8Array.of(0, length, length >> 8, ~length, ~length >> 8);
  const stream = new Blob([stored, before, bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Numbers, texts and directories in bytes. */
export class Bytes {
  constructor(bytes, at = 0) {
    Object.assign(this, { bytes, at });
  }

  take(length) {
    return this.bytes.subarray(this.at, this.at += length);
  }

  number() {
    for (let shift = 0, value = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value |= (byte & 127) << shift;
      if (!(byte & 128)) return value;
    }
  }

  text() {
    return utf8.decode(this.take(this.number()));
  }

  /** The name of the file of this separator. */
  name(separator) {
    return `${nameOf(separator)}-${hex(this.take(3))}`;
  }

  /** Separators with the names of the files after them. */
  entries() {
    const separators = [];
    let before = [];
    for (let n = this.number(); n > 0; n--) {
      const head = this.bytes[this.at++];
      const length = (head & 15) === 15 ? 15 + this.number() : head & 15;
      before = [...before.slice(0, head >> 4), ...this.take(length)];
      separators.push(utf8.decode(Uint8Array.from(before)));
    }
    return { separators, names: separators.map((separator) => this.name(separator)) };
  }
}

/** Reads the root's bytes into its fields. */
export function readRoot(bytes) {
  if (bytes[0] !== FORMAT) throw new SearchError('version', `index format ${bytes[0]}`);
  const from = new Bytes(bytes, 2);
  const root = { stemming: bytes[1] === 1, capacity: from.number(), count: from.number() };
  root.levels = Array.from(from.take(8), (level) => level / 255);
  root.stopWords = new Set(from.text().split(' '));
  root.idPrefix = from.text();
  root.synonyms = lines(from.text()).map((group) => group.split('\t'));
  root.products = from.text().split('\n');
  root.commonWords = from.take(from.number());
  root.letters = new Letters(from.take(from.number()));
  root.shards = from.entries();
  root.blockSize = from.number();
  root.titles = Array.from({ length: from.number() }, (_, block) => `${block}-${hex(from.take(3))}`);
  root.spelling = [from.entries(), from.entries()];
  root.facets = ['columns', 'applies', 'versions', 'numbers'].map((name) => from.name(name));
  root.mentions = from.name('directory');
  root.common = from.number();
  const heads = Array.from({ length: from.number() }, () => [from.take(1)[0], from.number()]);
  const bits = new Bits(bytes, from.at);
  root.weights = new Map();
  root.cited = new Map();
  for (const [value, count] of heads) {
    const docs = new Uint32Array(count);
    bits.interpolative(docs, 0, count, 0, root.capacity - 1);
    for (const doc of docs) value > 0xf0 ? root.cited.set(doc, value - 0xf0) : root.weights.set(doc, value / 16);
  }
  return root;
}

/** One shard: terms, and their postings once they are asked for. */
export class Shard {
  constructor(bytes, root, common) {
    const bits = new Bits(bytes);
    const { terms, values } = readTerms(bits, root.letters, (b) => b.gamma());
    Object.assign(this, { root, bits, terms, common, frequencies: values, lists: [] });
  }

  /** The place of a term, -1 where there is none. */
  find(term) {
    return this.terms.indexOf(term);
  }

  /**
   * The postings of a term: `{docs, levels, positions, titled, count, frequency}`, the documents by level from the highest; positions
   * only for those `titled`. A common term's bare mentions are not among them but in its `frequency`. Lists lie one after the other,
   * so reading one reads all before it.
   */
  postings(rank) {
    while (this.lists.length <= rank) this.lists.push(this.#next(this.frequencies[this.lists.length]));
    return this.lists[rank];
  }

  #next(frequency) {
    const { bits, root: { capacity } } = this;
    const count = frequency < this.common ? frequency : bits.gamma() - 1;
    const docs = new Uint32Array(count);
    const levels = new Uint8Array(count);
    let titled = 0;
    let positions = [];
    const place = (from, to, level) => {
      levels.fill(level, from, to);
      if (level < 4) return;
      titled = to;
      for (let i = from; i < to; i++) positions.push(bits.read(4));
    };
    if (count === 1) {
      const level = bits.read(3);
      docs[0] = bits.truncated(capacity);
      place(0, 1, level);
      return { docs, levels, positions, titled, count, frequency };
    }
    const mask = count ? bits.read(8) : 0;
    const sizes = [];
    for (let level = 7, left = count, filled = bitCount(mask); level >= 0; level--) {
      if (!(mask >> level & 1)) continue;
      const size = filled > 1 ? bits.truncated(left - filled + 1) + 1 : left;
      sizes.push([level, size]);
      left -= size;
      filled--;
    }
    let from = 0;
    for (const [level, size] of sizes) {
      bits.interpolative(docs, from, from + size, 0, capacity - 1);
      place(from, from + size, level);
      from += size;
    }
    return { docs, levels, positions, titled, count, frequency };
  }
}

/** How many bits are set. */
export function bitCount(mask) {
  let count = 0;
  for (; mask; mask &= mask - 1) count++;
  return count;
}

/** The index of one site as it is published now. */
export class Index {
  #files = new Map();

  constructor(base, fetch, entry) {
    Object.assign(this, { base, fetch, entry });
  }

  /** Fetches the entry file and the root. */
  static async open(base, fetch) {
    let response;
    try {
      response = await fetch(new URL('search/index.json', base).href, { cache: 'no-cache' });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const entry = await response.json();
      if (entry.format !== FORMAT) throw new SearchError('version', `index format ${entry.format}`);
      const index = new Index(base, fetch, entry);
      index.root = readRoot(await index.file(entry.root));
      return index;
    } catch (error) {
      throw error instanceof SearchError || error.gone ? error : new SearchError('offline', 'the search index could not be loaded', error);
    }
  }

  /** The bytes of a file of the index; a failure is not kept, so that the next try asks again. */
  file(name, read = (bytes) => bytes) {
    const key = name;
    if (!this.#files.has(key)) {
      const loading = this.#load(name).then(read);
      loading.catch(() => this.#files.delete(key));
      this.#files.set(key, loading);
    }
    return this.#files.get(key);
  }

  async #load(name) {
    const { parts, pack } = this.entry;
    if (parts?.[name]) {
      const [from, length] = parts[name];
      return (await this.file(pack)).subarray(from, from + length);
    }
    let response;
    try {
      response = await this.fetch(new URL(`search/${name}`, this.base).href);
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      throw new SearchError('offline', `${name} could not be loaded`, error);
    }
    const error = new SearchError('offline', `${name}: HTTP ${response.status}`);
    error.gone = response.status === 404 || response.status === 410;
    throw error;
  }

  /** The dictionary's key of a term. */
  stem(term) {
    return this.root.stemming ? stem(term) : term;
  }

  /** The number of the shard with the terms of this stem. */
  shardOf(key) {
    return place(this.root.shards.separators, key);
  }

  shard(number) {
    return this.file(`s/${this.root.shards.names[number]}.bin`, (bytes) => new Shard(bytes, this.root, this.root.common));
  }

  /** The correctly spelt words that begin like this one (0), or end like it, spelt backwards (1): `values` are how common, 0 to 15. */
  spellingOf(word, direction) {
    const { separators, names } = this.root.spelling[direction];
    const key = (direction ? [...word].reverse().join('') : word).slice(0, 2);
    const read = (bytes) => readTerms(new Bits(bytes), this.root.letters, (b) => b.read(4));
    return names.length ? this.file(`w/${names[place(separators, key)]}.bin`, read) : { terms: [], values: [] };
  }

  /** What a hit shows: `{url, id, title, kind, year, product}`. */
  async title(doc) {
    const { blockSize, titles } = this.root;
    const block = await this.file(`t/${titles[Math.floor(doc / blockSize)]}.bin`, (bytes) => readTitles(bytes, this.root.commonWords));
    const found = block.get(doc % blockSize);
    return found && { ...found, product: this.root.products[found.product] };
  }
}

/** The titles of a block by place, as `src/search/titles.rs` writes them. */
async function readTitles(bytes, words) {
  const rows = utf8.decode((await inflate(bytes, words)).subarray(words.length)).split('\n');
  const count = (rows.length - 1) / 4;
  const block = new Map();
  let [pattern, id, before] = ['', '', [0, 0, 0, 0]];
  for (let i = 0; i < count; i++) {
    const [title, url, step, data] = [0, 1, 2, 3].map((column) => rows[column * count + i]);
    pattern = url || pattern;
    id = step[0] === '=' ? step.slice(1) : id.replace(/\d+$/, (digits) => String(Number(digits) + Number(step)).padStart(digits.length, '0'));
    const cells = data.split(',');
    before = before.map((value, column) => (cells[column] ? Number(cells[column]) : value));
    const [place, kind, year, product] = before;
    const thousands = String(Math.floor(parseInt(id.replace(/^\D+/, ''), 10) / 1000)).padStart(3, '0');
    const full = pattern[0] === '=' ? pattern.slice(1) : pattern.replaceAll('#', thousands).replaceAll('*', id);
    block.set(place, { url: full, id, title, kind: KINDS[kind], year, product });
    before[0]++;
  }
  return block;
}
