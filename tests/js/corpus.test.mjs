// Over a whole corpus, the terms and stems of JavaScript are those of Rust. Needs `KBPRESS_TOKENS`, the output of
// `cargo run --release --example search_tokens`.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { stem } from '../../static/search/stem.js';
import { tokenize } from '../../static/search/tokenize.js';

const list = process.env.KBPRESS_TOKENS;

test('every file of the corpus has the same terms in both languages', { skip: !list }, () => {
  const encoder = new TextEncoder();
  const stems = new Map();
  const encoded = (word) => {
    if (!stems.has(word)) stems.set(word, [encoder.encode(word), encoder.encode(stem(word))]);
    return stems.get(word);
  };
  const different = [];
  for (const line of fs.readFileSync(list, 'utf8').trim().split('\n')) {
    const path = line.slice(9);
    let hash = 0x811c9dc5;
    const add = (bytes) => {
      for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
      hash = Math.imul(hash, 0x01000193);
    };
    for (const { kind, term, at } of tokenize(fs.readFileSync(path, 'utf8'))) {
      add([kind]);
      add([at >>> 24, (at >>> 16) & 255, (at >>> 8) & 255, at & 255]);
      for (const bytes of encoded(term)) add(bytes);
    }
    if ((hash >>> 0).toString(16).padStart(8, '0') !== line.slice(0, 8)) different.push(path);
  }
  assert.deepEqual(different.slice(0, 5), []);
});
