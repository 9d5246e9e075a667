// Owns running examples/keep.js as a reader would: twice. Must not repeat its code.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { smallModel } from '../support.js';
import { runExample } from './run-example.js';

const folder = mkdtempSync(join(tmpdir(), 'ampcf-keep-'));
after(() => rmSync(folder, { recursive: true }));

test('examples/keep.js remembers, and keeps nothing in the clear that it encrypts', async () => {
  const modelPath = join(folder, 'films.ampcf'),
    kept = join(folder, 'kept');
  writeFileSync(modelPath, await smallModel());
  /** @type {string[]} */ const liked = [];
  for (const run of [1, 2, 3]) {
    const stdout = runExample('keep', [kept, modelPath]);
    const [first] = stdout.split('\n');
    if (run === 1) assert.match(first, /^Nothing is kept/);
    else assert.equal(first.split(': ')[1].split(', ').length, run - 1);
    assert.match(
      stdout,
      new RegExp(`Stored: true\nEncrypted: ${run} kept, stored: true\nWithout the key: BAD_KEY\n$`),
    );
    liked.push(stdout.match(/Liked now: (.*)/)?.[1] ?? '');
  }
  assert.equal(new Set(liked).size, 3, 'every run likes another film');
  const text = (/** @type {string} */ path) =>
    readdirSync(path)
      .map((name) => readFileSync(join(path, name), 'latin1'))
      .join('');
  const item = text(kept).match(/\["([a-z0-9-]+)",/)?.[1] ?? '';
  assert.ok(item.length > 3);
  assert.ok(!text(`${kept}-encrypted`).includes(item));
});

test('examples/keep.js makes a folder of its own when none is given', async () => {
  const modelPath = join(folder, 'default.ampcf');
  writeFileSync(modelPath, await smallModel());
  assert.match(
    runExample('keep', ['', modelPath]),
    /^Nothing is kept in \/.*ampcf-example-.*Stored: true\n/s,
  );
});
