// Owns the tests of what reading may take in memory: what does not fit is refused, before it is read where
// that is known. Must not test formats.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { openParquet } from '../../../web/read/parquet.js';
import { readRatings } from '../../../web/read/read-ratings.js';
import { bytesOfRow } from '../../../web/read/reading-memory.js';
import { fileOf } from './ratings-files.js';

const n = 5000;
const row = (/** @type {number} */ x) => ({
  user: `u${x % 100}`,
  item: `i${Math.floor(x / 100)}`,
  rating: 1 + (x % 5),
});
const all = Array.from({ length: n }, (_, x) => row(x));
const csv = `user,item,rating\n${all.map((r) => `${r.user},${r.item},${r.rating}\n`).join('')}`;
const perRow = bytesOfRow({ rating: true, time: false });
const parquet = (/** @type {number} */ rowGroupSize) =>
  new Uint8Array(
    parquetWriteBuffer({
      rowGroupSize,
      columnData: [
        { name: 'user', data: all.map(({ user }) => user), type: 'STRING' },
        { name: 'item', data: all.map(({ item }) => item), type: 'STRING' },
        { name: 'rating', data: all.map(({ rating }) => rating), type: 'INT32' },
      ],
    }),
  );

/**
 * Reads with so much memory, and how many rows were told to be read on the way.
 * @param {string | Uint8Array} content
 * @param {number} bytes
 */
async function readWith(content, bytes) {
  let rows = 0;
  const onProgress = (/** @type {{ rows: number }} */ progress) => {
    ({ rows } = progress);
  };
  const memory = { bytes, name: 'the test' };
  const outcome = await readRatings(fileOf(content), { memory, onProgress }).catch((error) => error);
  return { outcome, rows };
}

const files = /** @type {[string, string | Uint8Array][]} */ ([
  ['CSV', csv],
  ['gzip', gzipSync(csv)],
  ['Parquet', parquet(1000)],
]);

test('what fits is read, to the last byte', async () => {
  for (const [name, content] of files) {
    const { outcome } = await readWith(content, perRow * n);
    assert.equal(outcome.user?.length, n, `${name}: ${outcome}`);
  }
});

test('one row too many is refused, with what it takes, what there is and what helps', async () => {
  for (const [name, content] of files) {
    const { outcome } = await readWith(content, perRow * n - 1);
    assert.equal(outcome.code, 'OUT_OF_MEMORY', name);
    assert.match(outcome.message, /reading .* rows needs 1 MB \(28 bytes a row\), got 1 MB from the test/);
    assert.match(outcome.message, /--rating none needs less, .*examples\/spark/);
  }
});

test('before any row: Parquet by its count, a text by its size where that is far beyond', async () => {
  for (const [name, content] of files.filter(([name]) => name !== 'gzip')) {
    const { outcome, rows } = await readWith(content, (perRow * n) / 3);
    assert.equal(outcome.code, 'OUT_OF_MEMORY', name);
    assert.equal(rows, 0, name);
    assert.match(outcome.message, name === 'CSV' ? /about [\d,]+ rows/ : /reading 5,000 rows/);
  }
});

test('a text whose size does not say it for sure is refused once its rows do', async () => {
  const { outcome } = await readWith(csv, perRow * (n / 1.5));
  assert.match(outcome.message, /reading more than 3,333 rows/);
});

test('Parquet of one or many groups, decoded whole or in parts: the same rows', async () => {
  const wanted = all.map(({ user, item, rating }) => [user, item, rating]);
  for (const groups of [n, 1000, 777])
    for (const mostDecoded of [undefined, 1000, 333]) {
      const table = await openParquet(fileOf(parquet(groups)), 'f', mostDecoded);
      assert.equal(table.rows, n);
      const got = [];
      for await (const rows of table.blocks(['user', 'item', 'rating']))
        for (const { user, item, rating } of rows) got.push([user, item, rating]);
      assert.deepEqual(got, wanted);
    }
});
