// The vectors that hold the tokeniser and the stemmer to their twins in Rust.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { stem } from '../../static/search/stem.js';
import { tokenize } from '../../static/search/tokenize.js';

const vectors = (name) => JSON.parse(fs.readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'));

test('texts have the terms of the vectors', () => {
  for (const { text, tokens } of vectors('tokens')) assert.deepEqual(tokenize(text).map(({ kind, at, term }) => [kind, at, term]), tokens, text);
});

test('words have the stems of the vectors', () => {
  for (const [word, expected] of Object.entries(vectors('stems'))) assert.equal(stem(word), expected, word);
});
