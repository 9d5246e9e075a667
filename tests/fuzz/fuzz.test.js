// Owns a short burst of the fuzz targets in JavaScript, and that their corpus is small. Those in C run by
// ctest.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { fuzz } from './harness.js';
import { target as profile } from './profile.js';
import { target as rows } from './rows.js';
import { target as store } from './store.js';

const runs = Number(process.env.AMPCF_FUZZ_RUNS ?? 250);
const corpus = new URL('corpus/', import.meta.url);

for (const target of [profile, store, rows])
  test(`${target.name}: the corpus and ${runs} mutations of it`, { timeout: 120_000 }, async (t) => {
    t.diagnostic(`${await fuzz(target, { runs, seed: 1 })} executions`);
  });

test('the corpus is at most 2 MB', () => {
  const bytes = readdirSync(corpus, { recursive: true, encoding: 'utf8' })
    .map((path) => statSync(new URL(path.replaceAll('\\', '/'), corpus)))
    .reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
  assert.ok(bytes > 10_000 && bytes <= 2 ** 21, `${bytes} bytes`);
});

test('positive control: what nobody promised is a finding, with its input kept', async () => {
  const broken = {
    ...rows,
    name: 'control',
    run: (/** @type {Uint8Array} */ input) => {
      if (input.includes(0x3a)) throw new TypeError('a colon');
    },
  };
  await assert.rejects(fuzz(broken, { runs: 2000, seed: 1 }), /the input is in .*crash-control/);
  assert.ok(readFileSync(new URL('../../build/crash-control', import.meta.url)).includes(0x3a));
});
