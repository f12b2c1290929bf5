// Over a whole archive, what readers without scripts can do: from home to any article, and through the index of codes to the articles of a
// code however it is written. Needs `KBPRESS_SITE`, the output, and `KBPRESS_LIST`, what `kbpress list --format json` printed.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

const { KBPRESS_SITE: site, KBPRESS_LIST: list } = process.env;
const skip = !site || !list;
const articles = skip ? [] : JSON.parse(fs.readFileSync(list, 'utf8')).filter(({ id }) => id);
const read = (url) => {
  const file = path.join(site, url, 'index.html');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
};
const text = (html) => html.replace(/&(lt|gt|quot|#39|amp);/g, (_, name) => ({ lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' })[name]);
/** The path that the site has on its host. */
const base = skip ? '' : new URL(/rel=canonical href="([^"]*)"/.exec(read(''))[1]).pathname;
const linksOf = (url) => [...read(url).matchAll(/<a\s[^>]*?href="([^"#?]+)/g)].map(([, href]) => new URL(text(href), `http://host${base}${url}`))
  .filter(({ host, pathname }) => host === 'host' && pathname.startsWith(base)).map(({ pathname }) => decodeURIComponent(pathname.slice(base.length)));

/** `count` of `values`, always the same ones. */
function sample(values, count) {
  let seed = 20;
  const left = [...values];
  return Array.from({ length: Math.min(count, left.length) }, () => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return left.splice((seed >> 8) % left.length, 1)[0];
  });
}

test('any of 200 articles is at most four clicks from home', { skip }, () => {
  const reached = new Set(['']);
  let edge = [''];
  for (let clicks = 0; clicks < 4; clicks++) {
    const next = [];
    for (const url of edge) for (const link of linksOf(url)) if (!reached.has(link) && reached.add(link)) next.push(link);
    edge = next;
  }
  assert.deepEqual(sample(articles, 200).map(({ url }) => url.slice(1)).filter((url) => !reached.has(url)), []);
});

/** The spellings of a code that programs print. */
function spellings(code) {
  if (!code.startsWith('0x')) return [code];
  const value = parseInt(code, 16);
  const all = [code, `0x${value.toString(16).toUpperCase().padStart(8, '0')}`, String(value)];
  return value >= 2 ** 31 ? [...all, String(value | 0)] : all;
}

/** Whether a range of the index, `0xA – 0xB 10 … 11`, says that a code so written is in it. */
function covers(title, spelling) {
  const digits = title.includes('xxx') ? [] : [...title.matchAll(/(\S*[0-9A-F]+) [–…] (\S*?[0-9A-F]+)(?=[\s,]|$)/g)].map(([, from, to]) => [from, to]);
  const word = /^[A-Za-z]+(?: )?(?=\d)/.exec(spelling)?.[0] ?? '';
  if (word && word !== '0') return title.startsWith(word) && digits.some(([from, to]) => Number(spelling.slice(word.length)) >= Number(from.replace(/^\D+/, '')) && Number(spelling.slice(word.length)) <= Number(to));
  return digits.some(([from, to]) => from.startsWith('0x') === spelling.startsWith('0x') && Number(spelling) >= Number(from) && Number(spelling) <= Number(to));
}

test('300 codes lead through their index to all of their articles, however they are written', { skip }, () => {
  const named = new Map();
  for (const { url, codes } of articles) for (const code of codes) named.set(code, [...named.get(code) ?? [], url]);
  const groups = [...read('codes/').matchAll(/<a href="([^"]+)"><span>(.*?)<\/span>/g)].map(([, url, title]) => [url.slice(base.length), text(title.replace(/<[^>]*>/g, ''))]);
  const lost = [];
  for (const code of sample([...named.keys()], 300)) {
    for (const spelling of spellings(code)) {
      const found = groups.filter(([, title]) => covers(title, spelling));
      const sections = found.flatMap(([url]) => read(url).split('<section ').slice(1));
      const own = sections.filter((section) => new RegExp(`>${spelling}(?:<| <small>)`).test(section));
      const missing = named.get(code).filter((url) => !own.some((section) => section.includes(`href="${base}${url.slice(1)}"`)));
      if (missing.length) lost.push(`${code} as ${spelling}: ${missing.length} of ${named.get(code).length}, ${found.length} ranges`);
    }
  }
  assert.deepEqual(lost, []);
});
