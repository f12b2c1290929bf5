// What a reader typed, as groups of terms: one group for each word, with the other spellings under which the index may have it.

import { codesOf, ofDecimal } from './codes.js';
import { ALIAS, PAIR, PART, WHOLE, fold, tokenize } from './tokenize.js';

/** More words than these decide nothing; the rest of a pasted log is left out. */
const MOST_GROUPS = 10;
/** How much of a pasted text is looked at, in characters. */
const MOST_TEXT = 4000;
/** A text of more words than these is pasted: what it says first of all are its codes. */
const TYPED = 8;
/** More codes than these are a dump. */
const MOST_CODES = 6;
const FILTERS = { product: 'product', type: 'type', kind: 'type', year: 'year', applies: 'applies', 'applies-to': 'applies' };

/**
 * @typedef {object} Group one word of the query
 * @property {number} at its place among the words
 * @property {string} term its main term
 * @property {string[]} parts the terms that stand for it when the index does not have the main one
 * @property {{terms: string[], weight: number, lazy?: boolean}[]} options terms that mean it; all `terms` of one must be in a document
 * @property {boolean} [soft] a stop word: tells only in titles, and no document needs it
 * @property {boolean} [code] a code of a pasted text: the articles that name it come first
 * @property {boolean} [bonus] helps the documents that have it and costs the others nothing
 */

/**
 * Splits the text into words, "phrases", -exclusions and `name:value` filters.
 * @returns {{groups: Group[], phrases: string[], excluded: string[], filters: Object<string, string[]>, direct: string, words: string}}
 */
export function parseQuery(text, root) {
  const phrases = [];
  const excluded = [];
  const filters = {};
  const trimmed = text.slice(0, MOST_TEXT).normalize('NFC').trim();
  const pasted = trimmed.split(/\s+/).length > TYPED;
  let words = trimmed.replace(/(?<!\S)(applies-to|[a-z]+):(?:"([^"]+)"|([^\s":/\\]+))(?!\S)/gi, (all, name, quoted, value) => {
    const filter = FILTERS[name.toLowerCase()];
    if (!filter) return all;
    (filters[filter] ??= []).push(quoted ?? value);
    return ' ';
  });
  words = words.replace(/(?<!\S)(-?)["\u201c]([^"\u201d]+)["\u201d](?!\S)/g, (_, minus, phrase) => {
    (minus ? excluded : phrases).push(phrase);
    return minus ? ' ' : ` ${phrase} `;
  });
  if (!pasted) {
    words = words.replace(/(?<!\S)-(\p{L}[^\s]+)/gu, (_, word) => {
      excluded.push(word);
      return ' ';
    });
  }
  const number = new RegExp(`^(?:q|kb|${root.idPrefix || 'q'}|article|#)?[\\s#:.-]*(\\d{3,7})$`, 'i').exec(words.trim());
  const all = groupsOf(words, root);
  const stops = all.filter((group) => root.stopWords.has(group.term));
  const telling = all.filter((group) => !root.stopWords.has(group.term));
  // Stop words are in the index for titles only: there they tell titles apart that have the same other words.
  if (telling.length && telling.length + stops.length <= MOST_GROUPS) for (const group of stops) group.soft = true;
  const groups = !telling.length || stops[0]?.soft ? all : telling;
  if (number) groups.push({ at: 0, term: root.idPrefix + number[1], parts: [], options: [{ terms: [root.idPrefix + number[1]], weight: 1 }], bonus: true });
  return { groups: pasted ? withCodes(groups, words) : mostTelling(groups), phrases, excluded, filters, direct: number ? root.idPrefix + number[1] : '', words };
}

/** The groups of a text, with pairs and synonyms. */
export function groupsOf(text, root) {
  const groups = [];
  const pairs = [];
  for (const { kind, term, at } of tokenize(text)) {
    const last = groups[groups.length - 1];
    if (kind === PART && last?.whole) last.parts.push(term);
    else if (kind === ALIAS && last) last.options.push({ terms: [term], weight: 0.8 });
    else if (kind === PAIR && last) pairs.push({ term, last: groups.length - 1 });
    else groups.push({ at, term, whole: kind === WHOLE, parts: [], options: [{ terms: [term], weight: 1 }] });
  }
  for (const { term, last } of pairs) {
    if (term.includes(':')) groups.push({ at: groups[last].at, term, parts: [], options: [{ terms: [term], weight: 1 }], bonus: true });
    else for (let i = last; i >= 0 && i > last - 3 && (i === last || /^(?:service|packs?|release|s[pr])$/.test(groups[i].term)); i--) groups[i].options.push({ terms: [term], weight: 0.9 });
  }
  for (const group of groups) {
    const { term } = group;
    const version = /^\d+\.\d+$/.test(term) && (term.endsWith('0') ? term.replace(/\.?0$/, '') : `${term}0`);
    if (version) group.options.push({ terms: [version], weight: 0.7, lazy: true });
    const hex = ofDecimal(term);
    if (hex) group.options.push({ terms: [hex], weight: 0.9 });
    const number = /^kb(\d{4,7})$/.exec(term);
    if (number && root.idPrefix) group.options.push({ terms: [root.idPrefix + number[1]], weight: 1 });
  }
  addSynonyms(groups, root.synonyms);
  const seen = new Set();
  return groups.filter((group) => !seen.has(group.term) && seen.add(group.term));
}

function addSynonyms(groups, synonyms) {
  for (const group of synonyms) {
    const spelled = group.map((text) => tokenize(text).filter(({ kind }) => kind < PART).map(({ term }) => term));
    for (const words of spelled.filter((terms) => terms.length)) {
      const from = groups.findIndex((_, i) => words.every((word, j) => groups[i + j]?.term === word));
      if (from < 0) continue;
      const others = spelled.filter((terms) => terms !== words && terms.length);
      for (let i = from; i < from + words.length; i++) for (const terms of others) groups[i].options.push({ terms, weight: 0.8 });
    }
  }
}

/** The codes of a pasted text, then its most telling words: dates, times and other numbers tell nothing. */
function withCodes(groups, text) {
  const codes = codesOf(text).slice(0, MOST_CODES);
  if (!codes.length) return mostTelling(groups);
  const made = codes.map((term, at) => ({ at, term, parts: [], options: [{ terms: [term], weight: 1 }], code: true }));
  const words = groups.filter(({ term, bonus }) => !bonus && /\p{L}{2}/u.test(term) && !codes.includes(term));
  return [...made, ...mostTelling(words).map((group) => ({ ...group, at: group.at + codes.length }))];
}

/** Codes, numbers and long words first: these are the rare ones. */
function mostTelling(groups) {
  if (groups.length <= MOST_GROUPS) return groups;
  const weight = ({ term, bonus }) => (bonus ? 30 : 0) + (/^(?:0x|.*[a-z_.:].*\d|\d{4})|_/.test(term) ? 20 : 0) + Math.min(term.length, 12);
  const kept = new Set([...groups].sort((a, b) => weight(b) - weight(a)).slice(0, MOST_GROUPS));
  return groups.filter((group) => kept.has(group));
}

/** A text for looking for phrases in: words in lower case with single spaces, also around. */
export const plainWords = (text) => ` ${fold(text).toLowerCase().replace(/[^\p{Alphabetic}\p{N}\p{M}_]+/gu, ' ').trim()} `;
