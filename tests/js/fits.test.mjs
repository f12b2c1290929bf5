// The rule by which an article applies to what a reader runs, over names as archives write them: `fits.json` has what the reader says, the name,
// and whether it fits.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { fits } from '../../static/search/fits.js';

const cases = JSON.parse(fs.readFileSync(new URL('fits.json', import.meta.url), 'utf8'));

test('what a reader runs fits the names that cover it', () => {
  const wrong = cases.filter(([what, name, expected]) => fits(what)(name) !== expected);
  assert.deepEqual(wrong, []);
});
