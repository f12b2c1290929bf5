// Filters and counts by product, type, year and what an article applies to. Fetched only when they are asked for.

import { Bits } from './bits.js';
import { KINDS, inflate } from './index.js';
import { plainWords } from './query.js';

/** The columns over all documents. */
export async function loadColumns(index) {
  const { root } = index;
  return index.file(`f/${root.facets[0]}.bin`, async (packed) => {
    const bytes = await inflate(packed);
    const column = (n) => bytes.subarray(2 + n * root.capacity, 2 + (n + 1) * root.capacity);
    const [years, kinds, high, low] = [0, 1, 2, 3].map(column);
    const first = (bytes[0] << 8) | bytes[1];
    return {
      year: (doc) => (years[doc] ? String(first + years[doc]) : ''),
      type: (doc) => KINDS[kinds[doc]],
      product: (doc) => root.products[((high[doc] << 8) | low[doc]) - 1] ?? '',
    };
  });
}

/** What articles apply to: names with their documents. */
export function loadApplies(index) {
  const { root } = index;
  return index.file(`f/${root.facets[1]}.bin`, (bytes) => {
    const end = bytes.indexOf(0);
    const bits = new Bits(bytes, end + 1);
    const rows = new TextDecoder().decode(bytes.subarray(0, end)).split('\n').filter(Boolean);
    return rows.map((row) => {
      const gap = row.indexOf(' ');
      const docs = new Uint32Array(Number(row.slice(0, gap)));
      bits.interpolative(docs, 0, docs.length, 0, root.capacity - 1);
      return { name: row.slice(gap + 1), docs };
    });
  });
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
export async function allowedBy(index, filters) {
  let allowed;
  for (const [name, values] of Object.entries(filters)) {
    if (!values?.length) continue;
    const next = new Uint8Array(index.root.capacity);
    if (name === 'applies') {
      const tests = values.map((value) => matcher(name, value));
      for (const { name: applies, docs } of await loadApplies(index)) {
        if (tests.some((test) => test(applies))) for (const doc of docs) next[doc] = 1;
      }
    } else {
      const columns = await loadColumns(index);
      if (!columns[name]) continue;
      const known = new Map();
      const tests = values.map((value) => matcher(name, value));
      for (let doc = 0; doc < next.length; doc++) {
        const value = columns[name](doc);
        if (!known.has(value)) known.set(value, tests.some((test) => test(value)));
        next[doc] = known.get(value) ? 1 : 0;
      }
    }
    if (allowed) for (let doc = 0; doc < next.length; doc++) next[doc] &= allowed[doc];
    allowed = next;
  }
  return allowed;
}

/** How many of the documents have each value: `{product: [{value, count}], …}`, the most frequent first, years from the latest. */
export async function countFacets(index, docs) {
  const [columns, applies] = await Promise.all([loadColumns(index), loadApplies(index)]);
  const sorted = (counts) => [...counts].filter(([value]) => value).map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  const facets = {};
  for (const name of ['product', 'type', 'year']) {
    const counts = new Map();
    for (const doc of docs) counts.set(columns[name](doc), (counts.get(columns[name](doc)) ?? 0) + 1);
    facets[name] = sorted(counts);
  }
  facets.year.sort((a, b) => (a.value < b.value ? 1 : -1));
  const wanted = new Uint8Array(index.root.capacity);
  for (const doc of docs) wanted[doc] = 1;
  facets.applies = sorted(applies.map(({ name, docs: all }) => [name, all.reduce((sum, doc) => sum + wanted[doc], 0)]).filter(([, count]) => count));
  return facets;
}
