// Owns the tests that the same rows are read alike from every format, encoding and compression. Must not test
// what ratings are worth.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as zlib from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { readCandidates } from '../../../web/read/read-candidates.js';
import { readItems } from '../../../web/read/read-items.js';
import { csv, itemFacts, items, linesOf, people, rows } from './made.js';
import { badRows, failure, fileOf, read, rowsOf } from './ratings-files.js';

const wanted = rows.map(({ user, item, rating, time }) => [user, item, rating, time]);
const plain = wanted.map(([user, item, rating]) => [user, item, rating]);
const iso = (/** @type {number} */ seconds) => new Date(seconds * 1000).toISOString();

/** @param {unknown[][]} a */
const sorted = (a) => [...a].map((row) => row.join()).sort();

/**
 * @param {string | Uint8Array} content
 * @param {Parameters<typeof read>[1]} [options]
 */
async function same(content, options) {
  const r = await read(content, options);
  assert.deepEqual(sorted(rowsOf(r)), sorted(r.time ? wanted : r.rating ? plain : pairs));
  assert.deepEqual([r.users.length, r.items.length], [people, items]);
  return r;
}
const pairs = plain.map(([user, item]) => [user, item]);

const json = linesOf(({ user, item, rating, time }) =>
  JSON.stringify({
    reviewerID: user,
    asin: item,
    overall: rating,
    reviewText: 'a,\n"b"',
    unixReviewTime: time,
  }),
);

const cells = linesOf(({ user, item, rating, time }) => [user, item, rating, time].join('\t'));
const withHeader = (/** @type {string} */ header) =>
  linesOf(({ user, item, rating, time }) => [user, item, rating, time].join('\t'), header);

const texts = /** @type {Record<string, string>} */ ({
  csv,
  'u.data': cells,
  'ratings.dat': cells.replaceAll('\t', '::'),
  blanks: cells.replaceAll('\t', '  ').replaceAll('\n', ' \n'),
  'sep=': `sep=;\r\n${csv.replaceAll(',', ';')}`,
  'blanks behind commas': csv.replaceAll(',', ', '),
  'decimal commas': csv.replaceAll(',', ';').replace(/;(\d);/g, ';$1,0;'),
  RecBole: withHeader('user_id:token\titem_id:token\trating:float\ttimestamp:float\n'),
  'an index column': linesOf(
    ({ user, item, rating, time }, i) => [i, user, item, rating, time].join(),
    ',user_id,item_id,rating,timestamp\n',
  ),
  'an index column without a header': linesOf(({ user, item, rating, time }, i) =>
    [i, user, item, rating, time].join(),
  ),
  KONECT: `% bip weighted posweighted\n% ${rows.length} 12 10\n${cells.replaceAll('\t', ' ')}`,
  'hash comments': `# made\n# for tests\n${cells}`,
  'JSON Lines': json,
  'a JSON array': `[${json.trim().split('\n').join(',\n')}]`,
  'an object with an array': `{"total": 48, "reviews": [${json.trim().split('\n').join(',')}]}`,
  'dates in words': linesOf(
    ({ user, item, rating, time }) => [user, item, rating, iso(time)].join(),
    'user,item,rating,date\n',
  ),
  'time before the item': linesOf(({ user, item, rating, time }) => [user, iso(time), item, rating].join()),
});

for (const [name, text] of Object.entries(texts))
  test(`${name}: the same rows`, async () => {
    const r = await same(text);
    assert.ok(r.rating && r.time, JSON.stringify(r.format));
    await same(zlib.gzipSync(text));
  });

test('gzip, zstd, UTF-16 with a mark, and what was done is said', async () => {
  const gz = await same(zlib.gzipSync(csv));
  assert.deepEqual(gz.reading.coding, { compression: 'gzip', encoding: 'utf-8' });
  const utf16 = Buffer.from(`\uFEFF${csv}`, 'utf16le');
  assert.equal((await same(utf16)).reading.coding.encoding, 'utf-16le');
  assert.equal((await same(Buffer.from(utf16).swap16())).reading.coding.encoding, 'utf-16be');
  const cut = zlib.gzipSync(csv);
  assert.match((await failure(cut.subarray(0, cut.length - 9))).message, /damaged gzip file/);
});

test('zstd is read where Node has it, and refused with what to do where not', async (t) => {
  const { zstdCompressSync } = /** @type {any} */ (zlib);
  if (zstdCompressSync) return void (await same(zstdCompressSync(csv)));
  const error = await failure(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0]));
  assert.match(error.message, /Node 22\.15 or newer, or the text inside it \(unzstd it first\)/);
  t.diagnostic('this Node has no zstd');
});

test('Parquet: interactions of several types, compressed; items with lists', async () => {
  const column = (/** @type {string} */ name, /** @type {any[]} */ data, /** @type {string} */ type) => ({
    name,
    data,
    type,
  });
  const columnData = /** @type {any} */ ([
    column(
      'user_id',
      rows.map(({ user }) => BigInt(user)),
      'INT64',
    ),
    column(
      'item_id',
      rows.map(({ item }) => item),
      'STRING',
    ),
    column(
      'rating',
      rows.map(({ rating }) => rating),
      'DOUBLE',
    ),
    column(
      'timestamp',
      rows.map(({ time }) => new Date(time * 1000)),
      'TIMESTAMP',
    ),
  ]);
  for (const codec of /** @type {const} */ (['UNCOMPRESSED', 'SNAPPY'])) {
    const r = await same(new Uint8Array(parquetWriteBuffer({ columnData, codec })));
    assert.equal(r.format.kind, 'parquet');
    assert.ok(r.rating && r.time);
  }
  const facts = /** @type {any} */ ([
    column(
      'item_id',
      itemFacts.map(({ id }) => id),
      'STRING',
    ),
    column(
      'title',
      itemFacts.map(({ title }) => title),
      'STRING',
    ),
    column(
      'genres',
      itemFacts.map(({ genres }) => genres),
      'JSON',
    ),
  ]);
  const read2 = await readItems(fileOf(new Uint8Array(parquetWriteBuffer({ columnData: facts }))));
  assert.deepEqual(
    [...read2.items.values()],
    itemFacts.map(({ title, genres }) => ({ title, aspects: genres })),
  );
});

test('Netflix: blocks of an item, and titles with commas', async () => {
  const ids = [...new Set(rows.map(({ item }) => item))];
  const text = ids
    .map((id) =>
      [
        `${id}:`,
        ...rows.filter(({ item }) => item === id).map(({ user, rating }) => `${user},${rating},2005-09-06`),
      ].join('\n'),
    )
    .join('\n');
  const r = await read(text);
  assert.deepEqual(sorted(rowsOf(r).map((row) => row.slice(0, 3))), sorted(plain));
  assert.equal(r.format.kind, 'netflix');
  const { items: titles } = await readItems(
    fileOf(itemFacts.map(({ id, title }) => `${id},2003,${title}\n`).join('')),
  );
  assert.equal(titles.get('500')?.title, 'Title, of 500');
});

test('Matrix Market: sizes are no row, and a dense matrix is none', async () => {
  const head = `%%MatrixMarket matrix coordinate real general\n% made\n12 10 48\n`;
  const r = await same(head + linesOf(({ user, item, rating }) => `${user} ${item} ${rating}`));
  assert.equal(r.reading.said, 'Matrix Market');
  assert.match(
    (await failure('%%MatrixMarket matrix array real general\n2 2\n1\n2\n')).message,
    /dense matrix/,
  );
});

test('lists: a line for each person, with or without the number of its items', async () => {
  const of = (/** @type {string} */ user) => rows.filter((row) => row.user === user).map(({ item }) => item);
  const ids = [...new Set(rows.map(({ user }) => user))];
  const list = await read(
    ids.map((user, i) => `${[user, ...of(user)].slice(0, 3 + (i % 3)).join(' ')}\n`).join(''),
  );
  assert.equal(list.format.kind, 'list');
  assert.equal(list.users.length, people);
  const counted = await read(ids.map((user) => `${[4, ...of(user)].join(' ')}\n`).join(''));
  assert.deepEqual(
    [counted.users.length, counted.items.length, counted.user.length],
    [people, items, rows.length],
  );
  assert.deepEqual(counted.users.slice(0, 2), ['0', '1']);
  assert.match(counted.reading.notes[0], /number of its items/);
});

test('lists are no catch-all: unequal lines of rows ask for the format', async () => {
  const blanks = cells.replaceAll('\t', ' ').replaceAll(/ \d+\n/g, '\n');
  for (const odd of ['101 507 5 2005-01-02 10:00\n', '101 507\n']) {
    const error = await failure(odd + blanks);
    assert.match(error.message, /--format list \(.* is a person with the items .*--format csv/);
    assert.equal((await read(blanks + odd, { format: 'csv', skipBad: 1 })).users.length, people);
  }
  assert.match(
    (await failure('(1,30)\t10\t20\n(2,20)\t10\t30\n')).message,
    /ampcf evaluate .*--leave-one-out FILE/,
  );
});

test("NCF's lists of negatives are candidates", async () => {
  const lists = await readCandidates(fileOf('(1,30)\t10\t20\n(2, 20)\t10\t30\n'), { fewest: 2 });
  assert.deepEqual(
    [...lists],
    [
      ['1', ['30', '10', '20']],
      ['2', ['20', '10', '30']],
    ],
  );
});

test('quotes: with a backslash inside, as text between tabs, and by option', async () => {
  const books = fileOf('"ISBN";"Book-Title"\n"1";"Say \\"Hi\\" now"\n"2";"a; b"\n');
  assert.deepEqual(
    [...(await readItems(books)).items.values()].map(({ title }) => title),
    ['Say "Hi" now', 'a; b'],
  );
  const plainLines = Array.from({ length: 9000 }, (_, i) => `${i},"plain, ${i}"\n`).join('');
  const far = `item,title\n${plainLines}x,"the \\"end\\""\n`;
  assert.equal((await readItems(fileOf(far))).items.get('x')?.title, 'the "end"', 'beyond the head');
  assert.deepEqual(
    rowsOf(await read('u1\tA\t5\nu2\tB"\t5\nu3\t"C" D\t4\n')).map(([, item]) => item),
    ['A', 'B"', '"C" D'],
  );
  const open = await read('u1\t"Weird\t5\nu2\tx\t4\nu3\t"Al\t5\nu4\ty"\t5\n');
  assert.deepEqual(open.items, ['"Weird', 'x', '"Al', 'y"'], 'no row is taken into a quote');
  const error = await failure('user,item\nu1,the "x" y\nu2,z\n');
  assert.match(error.message, /--quote none takes quotes as text/);
  assert.deepEqual((await read('user,item\nu1,the "x" y\nu2,z\n', { quote: 'none' })).items, [
    'the "x" y',
    'z',
  ]);
  assert.deepEqual((await read("user,item\nu1,'x, y'\n", { quote: "'" })).items, ['x, y']);
});

test('JSON: rows that are none, ids that are numbers, and keys that come late', async () => {
  const text =
    '{"user":1,"item":"a"}\n{"user":2,"item":"b","rating":3}\n[1]\n{"user":3,"item":"c","rating":4}\n';
  assert.deepEqual(badRows(await failure(text)), [
    [1, 'rating is not a number', ''],
    [3, 'not a JSON object', '[1]'],
  ]);
  assert.deepEqual((await read(text, { rating: 'none', skipBad: 1 })).users, ['1', '2', '3']);
  const large = '{"user":12345678901234567891,"item":"a"}';
  assert.deepEqual((await read(`${large}\n`)).users, ['12345678901234567891']);
  assert.deepEqual(badRows(await failure(`[${large}]`)), [
    [1, 'user: a number too large to be exact', '12345678901234567000'],
  ]);
});
