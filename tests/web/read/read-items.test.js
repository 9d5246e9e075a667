// Owns the tests of web/read/read-items.js: the formats of item files, their columns, and complaints.
// Must not test the reading of rows itself (read-ratings.test.js does), and must not need the network.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { readItems } from '../../../web/read/read-items.js';
import { AmpcfError } from '../../../web/core/errors.js';

const folder = mkdtempSync(join(tmpdir(), 'ampcf-items-'));
after(() => rmSync(folder, { recursive: true }));

let written = 0;
/**
 * @param {string | Uint8Array} content
 * @param {import('../../../web/read/read-items.js').ReadItemsOptions} [options]
 */
function read(content, options) {
  const path = join(folder, `f${written++}`);
  writeFileSync(path, content);
  return readItems(path, options);
}

/**
 * The AmpcfError that reading ends in.
 * @param {string | Uint8Array} content
 * @param {import('../../../web/read/read-items.js').ReadItemsOptions} [options]
 */
async function failure(content, options) {
  const error = await read(content, options).then(
    () => assert.fail('was read'),
    (e) => e,
  );
  assert.ok(error instanceof AmpcfError, String(error?.stack));
  return error;
}

/**
 * A line of u.item.
 * @param {string} id
 * @param {string} title
 * @param {number[]} flags
 */
const uItem = (id, title, flags) => {
  const cells = Array.from({ length: 19 }, (_, k) => (flags.includes(k) ? 1 : 0));
  return [id, title, '01-Jan-1995', '', `http://x/${id}`, ...cells].join('|');
};

test('CSV with a header: id, title and genres by known names', async () => {
  const { items, columns } = await read(
    'movieId,title,genres\n1,"Story, Toy (1995)",Adventure|Comedy\n2,"Say ""Hi""",Drama\n',
  );
  assert.deepEqual(
    [...items],
    [
      ['1', { title: 'Story, Toy (1995)', aspects: ['Adventure', 'Comedy'] }],
      ['2', { title: 'Say "Hi"', aspects: ['Drama'] }],
    ],
  );
  assert.deepEqual(columns, { id: 'movieId', title: 'title', aspects: ['genres'] });
});

test('the surest names win, in any order and case, with tabs and semicolons', async () => {
  for (const delimiter of ['\t', ';']) {
    const { items, columns } = await read(
      'Name,id,Tags,Genre,ITEM_ID\nA,9,t1|t2,G,7\n'.replaceAll(',', delimiter),
    );
    assert.deepEqual([...items], [['7', { title: 'A', aspects: ['G'] }]]);
    assert.deepEqual(columns, { id: 'ITEM_ID', title: 'Name', aspects: ['Genre'] });
  }
  for (const [header, columns] of /** @type {const} */ ([
    ['asin,label,categories', ['asin', 'label', ['categories']]],
    ['itemId,name,shelves', ['itemId', 'name', ['shelves']]],
    ['id,title,category', ['id', 'title', ['category']]],
    ['item,other,aspects', ['item', null, ['aspects']]],
    ['isbn,other,more', ['isbn', null, []]],
  ])) {
    assert.deepEqual(Object.values((await read(`${header}\n1,2,3\n`)).columns), columns);
  }
});

test('columns by option; aspects of further columns have the name of their column', async () => {
  const text = 'key,what,genres,director,year\na,Alpha,Drama|War,Ann|Bob,1999\nb,Beta,,unknown,\n';
  const { items, columns } = await read(text, { id: 'key', title: 2, aspects: ['genres', 'director', 5] });
  assert.deepEqual(
    [...items],
    [
      ['a', { title: 'Alpha', aspects: ['Drama', 'War', 'director: Ann', 'director: Bob', 'year: 1999'] }],
      ['b', { title: 'Beta', aspects: [] }],
    ],
  );
  assert.deepEqual(columns, { id: 'key', title: 'what', aspects: ['genres', 'director', 'year'] });
  assert.deepEqual((await read(text, { id: 'key', aspects: [] })).items.get('a'), {
    title: 'a',
    aspects: [],
  });
  assert.deepEqual((await read(text, { id: 'key', aspects: ['director'] })).items.get('a')?.aspects, [
    'Ann',
    'Bob',
  ]);
  const error = await failure(text, { id: 'key', aspects: ['genres', 'actor'] });
  assert.equal(error.code, 'BAD_ARGUMENT');
  assert.match(error.message, /--aspects: no such column, got "actor", wanted one of 1 "key"/);
});

test('nothing said is no aspect, and none comes twice', async () => {
  const { items } = await read(
    'item,title,genres\n1,a,(no genres listed)\n2,b,unknown\n3,c,\n4,d, Drama |Unknown||Drama|War\n5,,X\n',
  );
  assert.deepEqual(
    [...items.values()].map((item) => item.aspects),
    [[], [], [], ['Drama', 'War'], ['X']],
  );
  assert.equal(items.get('5')?.title, '5', 'an item without a title');
});

test('u.item: bars, 19 flags, Latin-1', async () => {
  const text = [
    uItem('1', 'Toy Story (1995)', [3, 4, 5]),
    uItem('2', 'Misérables, "Les" (1995)', [8, 12, 18]),
    uItem('267', 'unknown', [0]),
  ].join('\n');
  const wanted = [
    ['1', { title: 'Toy Story (1995)', aspects: ['Animation', "Children's", 'Comedy'] }],
    ['2', { title: 'Misérables, "Les" (1995)', aspects: ['Drama', 'Musical', 'Western'] }],
    ['267', { title: 'unknown', aspects: [] }],
  ];
  for (const encoding of /** @type {const} */ (['latin1', 'utf8'])) {
    const { items, columns } = await read(Buffer.from(text, encoding));
    assert.deepEqual([...items], wanted, encoding);
    assert.deepEqual(columns, { id: '1', title: '2', aspects: ['6-24'] });
  }
  const error = await failure(`${text}\n${uItem('3', 'x', []).replace(/0$/, '7')}\n`);
  assert.deepEqual(error.details.rows, [
    {
      line: 4,
      what: 'flag is neither 0 nor 1',
      got: uItem('3', 'x', []).replace(/0$/, '7'),
      wanted: 'a genre flag of 0 or 1',
    },
  ]);
});

test('movies.dat: "::", Latin-1, quotes are text', async () => {
  const text = '1::Toy Story (1995)::Animation|Comedy\r\n2::Cité "des" enfants::(no genres listed)\r\n';
  for (const encoding of /** @type {const} */ (['latin1', 'utf8'])) {
    assert.deepEqual(
      [...(await read(Buffer.from(text, encoding))).items],
      [
        ['1', { title: 'Toy Story (1995)', aspects: ['Animation', 'Comedy'] }],
        ['2', { title: 'Cité "des" enfants', aspects: [] }],
      ],
      encoding,
    );
  }
});

test('a list of "index originalId"', async () => {
  const { items, columns } = await read('0 B00009MQHU\n1 B0002AL28W\n');
  assert.deepEqual(
    [...items],
    [
      ['0', { title: 'B00009MQHU', aspects: [] }],
      ['1', { title: 'B0002AL28W', aspects: [] }],
    ],
  );
  assert.deepEqual(columns, { id: '1', title: '2', aspects: [] });
  assert.equal((await failure('0 a\n1 b c\n')).code, 'BAD_DATA');
});

test('formats with their own columns take no column options', async () => {
  for (const text of ['0 a\n', '1::a::b\n', uItem('1', 'a', [])]) {
    const error = await failure(text, { title: 2 });
    assert.equal(error.code, 'BAD_ARGUMENT');
    assert.equal(error.details.option, 'items-title');
  }
});

test('every format may be Latin-1, and says so', async () => {
  const { items, coding } = await read(Buffer.from('item,title\n1,a\n2,Misérables\n', 'latin1'));
  assert.equal(items.get('2')?.title, 'Misérables');
  assert.equal(coding.encoding, 'latin1');
});

test('an id that comes again is a bad row, with its line', async () => {
  const error = await failure('\uFEFFitem,title\n1,a\n2,b\n1,c\n');
  assert.equal(error.code, 'BAD_DATA');
  assert.deepEqual(error.details.rows, [
    { line: 4, what: 'id comes again', got: '1', wanted: 'each id once' },
  ]);
});

test('bad rows are shown as in ratings: ten of them, all counted', async () => {
  const error = await failure(`item,title\n${'x\n'.repeat(12)}`);
  assert.equal(error.details.total, 12);
  assert.equal(/** @type {unknown[]} */ (error.details.rows).length, 10);
  assert.match(error.message, /f\d+:2: wrong number of columns, got "1", wanted 2\n/);
  assert.match(error.message, /\.\.\. and 2 more\n\(the first line has 2 columns, all 12 others 1/);
});

test('ids, limits, quotes and foreign files are as strict as in ratings', async () => {
  assert.equal((await failure('item,title\n,a\n')).code, 'BAD_IDS');
  assert.equal((await failure(`item,title\n${'x'.repeat(513)},a\n`)).code, 'BAD_IDS');
  assert.equal((await failure(`item,title\n1,${'x'.repeat(65_537)}\n`)).code, 'CSV_LIMIT');
  assert.equal((await failure(`item,title\n1,${'x'.repeat(1 << 20)}\n`)).code, 'CSV_LIMIT');
  assert.match((await failure('item,title\n1,a\n2,"b\n3,c\n')).message, /:3: quote not closed/);
  assert.match((await failure('item,title\n1,\0\n')).message, /:2: NUL byte/);
  assert.match((await failure('PK\x03\x04')).message, /zip file/);
  assert.match((await failure(Buffer.from([0x1f, 0x8b, 8]))).message, /damaged gzip/);
});

test('flags, and objects that count names, are aspects', async () => {
  const aspectsOf = async (/** @type {string} */ text, options = {}) =>
    [...(await read(text, options)).items.values()].map(({ aspects }) => aspects);
  const flags = 'id,title,War,Old,Kind\n1,a,1,0,x|y\n2,b,0,,z\n3,c,true,1,\n';
  assert.deepEqual(await aspectsOf(flags, { aspects: ['War', 'Old', 'Kind'] }), [
    ['War', 'Kind: x', 'Kind: y'],
    ['Kind: z'],
    ['War', 'Old'],
  ]);
  const rows = [{ Comedy: 10, War: 0 }, {}, { 'Drama, old': 2 }];
  const json = rows.map((genres, id) => `${JSON.stringify({ id: `${id}`, title: 't', genres })}\n`).join('');
  assert.deepEqual(await aspectsOf(json), [['Comedy'], [], ['Drama, old']]);
});

test('an item in the first line is not lost as a header', async () => {
  const text = 'A1,Toy Story,Comedy\nA2,Jumanji,Drama|War\nA3,Heat,Crime\n';
  const known = new Set(['A1', 'A2', 'A3']);
  const error = await failure(text, { known });
  assert.match(error.message, /the first line is an item: 1 "A1", 2 "Toy Story", 3 "Comedy"/);
  const { items } = await read(text, { known, id: 1, title: 2, aspects: [3] });
  assert.deepEqual(items.get('A1'), { title: 'Toy Story', aspects: ['Comedy'] });
});

test('no header, no items, no file', async () => {
  const headless = await failure('1,Toy Story,Comedy\n2,Jumanji,Drama\n');
  assert.match(
    headless.message,
    /:1: cannot tell which column is the id, got "1, Toy Story, Comedy", wanted .*--items-id COL/,
  );
  assert.match((await failure('just some words here\n')).message, /format not known/);
  for (const text of ['', '\uFEFF\r\n', 'item,title\n']) assert.equal((await failure(text)).code, 'NO_DATA');
  const missing = await readItems(join(folder, 'nowhere')).then(
    () => assert.fail(),
    (e) => e,
  );
  assert.equal(missing.code, 'IO');
  assert.equal(missing.cause.code, 'ENOENT');
});

const data = process.env.AMPCF_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));

for (const [name, size, id, item] of /** @type {const} */ ([
  [
    'ml-100k/u.item',
    1_682,
    '1',
    { title: 'Toy Story (1995)', aspects: ['Animation', "Children's", 'Comedy'] },
  ],
  [
    'ml-latest-small/movies.csv',
    9_742,
    '2',
    { title: 'Jumanji (1995)', aspects: ['Adventure', 'Children', 'Fantasy'] },
  ],
  [
    'ml1m-leaderboard/items.csv',
    3_043,
    '1',
    { title: 'GoldenEye (1995)', aspects: ['Action', 'Adventure', 'Thriller'] },
  ],
  ['loo-amazon-video-games/items.txt', 12_806, '1', { title: 'B0002AL28W', aspects: [] }],
])) {
  test(`real file: ${name}`, async (t) => {
    const path = join(data, name);
    if (!existsSync(path)) return t.skip(`skipped: ${path} is not there`);
    const began = performance.now();
    const { items } = await readItems(path);
    t.diagnostic(`${size} items in ${Math.round(performance.now() - began)} ms`);
    assert.equal(items.size, size);
    assert.deepEqual(items.get(id), item);
  });
}
