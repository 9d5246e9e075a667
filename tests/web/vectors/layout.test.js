// Owns the test of which columns of a table of vectors are the id and the numbers, and that what is not sure
// is asked. Must not know models.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { zipSync } from 'fflate';
import { openVectors } from '../../../web/vectors/open.js';
import { readIds } from '../../../web/vectors/read-ids.js';
import { writeNpy } from '../../../web/vectors/npy.js';
import { parquetOf } from '../../../web/vectors/write-table.js';

const folder = mkdtempSync(join(tmpdir(), 'ampcf-layout-'));
after(() => rmSync(folder, { recursive: true }));

/**
 * @param {string} name
 * @param {string | Uint8Array} bytes
 */
function file(name, bytes) {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const items = 12;
const dim = 4;
const ids = Array.from({ length: items }, (_, j) => String(j + 1));
/** Fractions, no two alike, of both signs. */
const row = (/** @type {number} */ j) =>
  Array.from({ length: dim }, (_, d) => ((j * 7 + d * 5) % 11) / 8 - 0.5625);
const numbers = ids.flatMap((_, j) => row(j));

/**
 * A table of the vectors.
 * @param {string | null} head
 * @param {(j: number, cells: string[]) => string[]} cells of a row, from those of its vector
 * @param {string} [between]
 */
const table = (head, cells, between = ',') =>
  [...(head === null ? [] : [head]), ...ids.map((_, j) => cells(j, row(j).map(String)).join(between))].join(
    '\n',
  ) + '\n';

const plain = (/** @type {number} */ j, /** @type {string[]} */ v) => [ids[j], ...v];
const bare = (/** @type {number} */ _, /** @type {string[]} */ v) => v;

describe('the right columns', () => {
  /** @typedef {{ id: string, numbers: string, unused?: string[] }} Wanted */
  /** @type {[name: string, text: string | Buffer, wanted: Wanted][]} */
  const cases = [
    ['counted.csv', table('item_id,0,1,2,3', plain), { id: 'item_id', numbers: '0 to 3' }],
    ['blank.csv', table(',0,1,2,3', plain), { id: '(no name)', numbers: '0 to 3' }],
    [
      'year.csv',
      table('movieId,year,dim_0,dim_1,dim_2,dim_3', (j, v) => [ids[j], `${1990 + j}`, ...v]),
      { id: 'movieId', numbers: 'dim_0 to dim_3', unused: ['year'] },
    ],
    [
      'index.csv',
      table(',item_id,title,popularity,f1,f2,f3,f4', (j, v) => [`${j}`, ids[j], `t${j}`, `${3 * j}`, ...v]),
      { id: 'item_id', numbers: 'f1 to f4', unused: ['(no name)', 'title', 'popularity'] },
    ],
    [
      'words.csv',
      table(null, (j, v) => [ids[j], `film ${j}`, ...v]),
      { id: '1', numbers: '3 to 6', unused: ['2'] },
    ],
    [
      'comma.csv',
      table('item_id;f0;f1;f2;f3', (j, v) => [ids[j], ...v.map((x) => x.replace('.', ','))], ';'),
      { id: 'item_id', numbers: 'f0 to f3' },
    ],
    [
      'quoted.csv',
      table('item_id,f0,f1,f2,f3', (j, v) => [ids[j], ...v.map((x) => `"${x.replace('.', ',')}"`)]),
      { id: 'item_id', numbers: 'f0 to f3' },
    ],
    [
      'object.json',
      JSON.stringify(Object.fromEntries(ids.map((id, j) => [id, row(j)]))),
      { id: 'the keys', numbers: 'their lists' },
    ],
    [
      'pretty.json',
      JSON.stringify(Object.fromEntries(ids.map((id, j) => [`x${id}`, row(j)])), null, 1).replaceAll(
        '"x',
        '"',
      ),
      { id: 'the keys', numbers: 'their lists' },
    ],
    ['packed.csv.gz', gzipSync(table('item_id,f0,f1,f2,f3', plain)), { id: 'item_id', numbers: 'f0 to f3' }],
    ['glove.txt', table(null, plain, ' '), { id: 'the first word', numbers: `the ${dim} words after it` }],
  ];
  for (const [name, text, { id, numbers: columns, unused = [] }] of cases)
    test(name, async () => {
      const found = await openVectors(file(name, text));
      assert.deepEqual([found.ids, found.rows, found.dim], [ids, items, dim]);
      assert.deepEqual([...found.vectors], numbers);
      assert.deepEqual([found.told.id, found.told.numbers, found.told.unused], [id, columns, unused]);
    });

  test('of Parquet with a column a number, and of a folder of parts', async () => {
    const columnData = [
      { name: 'item_id', data: ids, type: 'STRING' },
      { name: 'year', data: ids.map((_, j) => 1990 + j), type: 'INT32' },
      ...Array.from({ length: dim }, (_, d) => ({
        name: `f${d}`,
        data: ids.map((_, j) => row(j)[d]),
        type: 'DOUBLE',
      })),
    ];
    const bytes = new Uint8Array(parquetWriteBuffer(/** @type {any} */ ({ columnData })));
    const found = await openVectors(file('wide.parquet', bytes));
    assert.deepEqual([found.ids, [...found.vectors]], [ids, numbers]);
    assert.deepEqual([found.told.numbers, found.told.unused], ['f0 to f3', ['year']]);
    const parts = join(folder, 'parts');
    mkdirSync(parts);
    const half = items / 2;
    for (const [n, from] of [0, half].entries()) {
      const vectors = Float32Array.from(numbers.slice(from * dim, (from + half) * dim));
      const part = parquetOf({ ids: ids.slice(from, from + half), vectors, dim });
      writeFileSync(join(parts, `part-0000${n}.parquet`), part);
    }
    writeFileSync(join(parts, '_SUCCESS'), '');
    const whole = await openVectors(parts);
    assert.deepEqual([whole.ids, [...whole.vectors]], [ids, numbers]);
  });

  test('that are asked for, by names, numbers and ranges', async () => {
    const path = file(
      'asked.csv',
      table('item_id,price,a,b,c,d', (j, v) => [ids[j], '9.5', ...v]),
    );
    for (const vector of ['a-d', 'a,b,c,d', '3-6', 'a-b,5,6']) {
      const found = await openVectors(path, { vector });
      assert.deepEqual([found.ids, [...found.vectors]], [ids, numbers], vector);
      assert.deepEqual(found.told.unused, ['price'], vector);
    }
    for (const vector of ['a-z', '3-9', 'b-a', 'a,a'])
      await assert.rejects(openVectors(path, { vector }), /--vector-column: got/, vector);
    await assert.rejects(openVectors(path, { id: 'none-such' }), /--id-column: got/);
  });

  test('where ids come from elsewhere: every column is a number', async () => {
    for (const [name, between] of [
      ['bare.csv', ','],
      ['bare.tsv', '\t'],
      ['savetxt.txt', ' '],
    ]) {
      const path = file(
        name,
        table(null, (_, v) => v.map((x) => Number(x).toExponential(18)), between),
      );
      for (const given of [true, false]) {
        const found = await openVectors(path, { ids: given });
        assert.deepEqual([found.ids, found.dim, [...found.vectors]], [null, dim, numbers], name);
      }
    }
    const counted = await openVectors(file('names.csv', table('0,1,2,3', bare)), { ids: true });
    assert.deepEqual([counted.ids, counted.rows, [...counted.vectors]], [null, items, numbers]);
    const lists = JSON.stringify(ids.map((_, j) => row(j)));
    assert.deepEqual([...(await openVectors(file('lists.json', lists))).vectors], numbers);
    const named = await openVectors(file('named.csv', table('item_id,f0,f1,f2,f3', plain)), { ids: true });
    assert.deepEqual([named.ids, [...named.vectors], named.told.unused], [null, numbers, ['item_id']]);
  });
});

describe('a question', () => {
  const whole = (/** @type {number} */ j) => [ids[j], `${j % 3}`, `${j % 4}`, `${j % 5}`];
  /** @type {[name: string, text: string, message: RegExp, options?: { ids: boolean }][]} */
  const cases = [
    ['first.csv', table(null, plain), /--id-column 1 .*--id-column none/, { ids: true }],
    ['whole.csv', table(null, whole), /whole numbers alone, wanted vectors: --id-column 1/],
    [
      'year.csv',
      table(null, (j, v) => [ids[j], `${1990 + j}`, ...v]),
      /--vector-column 3-6, or --vector-column 2-6/,
    ],
    [
      'names.csv',
      table('item_id,red,green,blue,black', plain),
      /no names that count.*--vector-column red-black/,
    ],
    ['runs.csv', table('id,f0,f1,g0,g1', plain), /--vector-column f0,f1 or --vector-column g0,g1/],
    ['digits.csv', table('id,7,8,20,21', plain), /--vector-column 2-5/],
    [
      'two.csv',
      table('id,sku,f0,f1,f2,f3', (j, v) => [ids[j], `s${j}`, ...v]),
      /id, sku, wanted one of them: --id-column/,
    ],
    ['item.txt', table(null, (j) => [`${ids[j]}|Film`, '0.5']), /one column of numbers/],
    [
      'ratings.csv',
      `userId,movieId,rating,timestamp\n${ids.map((id) => `${id},7,2.5,99`).join('\n')}\n`,
      /looks like interactions, which ampcf train reads/,
    ],
    [
      'api.jsonl',
      ids.map((_, j) => JSON.stringify({ object: 'embedding', index: j, embedding: row(j) })).join('\n'),
      /--id-column COL \(index\?\), or ids by --ids FILE/,
    ],
    [
      'user.csv',
      table('user_id,f0,f1,f2,f3', plain),
      /vectors of people have their ids.*--id-column user_id/,
    ],
    [
      'stacked.csv',
      table(null, (j, v) => [`${j}.000e+00`, ...v]),
      /whole numbers in the first column, wanted/,
    ],
    [
      'nested.jsonl',
      ids.map((id, j) => `{"item":{"id":${id}},"vector":[${row(j)}]}`).join('\n'),
      /item: got \{"id":1\}/,
    ],
    ['half.csv', 'id;vector\na;0,5\nb;0,25\n', /a list in brackets/],
    [
      'movies.csv',
      'movieId,title\n1,Heat\n2,Ran\n',
      /got movieId, title, wanted an id and a list of numbers/,
    ],
  ];
  for (const [name, text, message, options] of cases)
    test(name, () => assert.rejects(openVectors(file(name, text), options), { code: 'BAD_DATA', message }));

  test('of a row that is short or long: it is named', async () => {
    const short = (/** @type {string | null} */ head, /** @type {string} */ between) =>
      table(head, (j, v) => [ids[j], ...(j === 5 ? v.slice(1) : v)], between);
    /** @type {[name: string, text: string, message: RegExp][]} */
    const wrong = [
      [
        'short.csv',
        short('item_id,f0,f1,f2,f3', ','),
        /short.csv:7: wrong number of columns, got "4", wanted 5/,
      ],
      ['headless.csv', short(null, ','), /headless.csv:6: wrong number of columns/],
      ['short.txt', short(`${items} ${dim}`, ' '), /short.txt:7: vector: got 3 numbers/],
      ['glove.txt', short(null, ' '), /glove.txt:6: vector: got 3 numbers/],
      [
        'empty.csv',
        table('item_id,f0,f1,f2,f3', (j, v) => [ids[j], v[0], v[1], j === 2 ? '' : v[2], v[3]]),
        /empty.csv:4: f2: got "", wanted a number/,
      ],
      ['object.json', '{"a":[1,2],"b":[3]}', /vector of "b": got 1 numbers, wanted 2 numbers/],
    ];
    for (const [name, text, message] of wrong)
      await assert.rejects(openVectors(file(name, text)), { code: 'BAD_DATA', message }, name);
  });

  test("of word2vec's binary format: how to save the other", async () => {
    const bytes = Buffer.concat([
      Buffer.from('2 2\na '),
      Buffer.alloc(8),
      Buffer.from('\nb '),
      Buffer.alloc(8),
    ]);
    await assert.rejects(openVectors(file('w.bin', bytes)), /binary=False/);
  });
});

describe('arrays', () => {
  const vectors = writeNpy(Float32Array.from(numbers), [items, dim]);
  const scalar = (/** @type {number} */ x) => {
    const bytes = writeNpy(Float32Array.of(x), [1]);
    return Buffer.from(Buffer.from(bytes).toString('latin1').replace('(1,), }', '(), }  '), 'latin1');
  };

  test('of people are not taken for items, nor items for people', async () => {
    const both = file('both.npz', zipSync({ 'user_factors.npy': vectors, 'item_factors.npy': vectors }));
    assert.equal((await openVectors(both)).told.numbers, 'item_factors');
    assert.equal((await openVectors(both, { people: true })).told.numbers, 'user_factors');
    const one = file('one.npz', zipSync({ 'user_factors.npy': vectors }));
    await assert.rejects(openVectors(one), /--array with one of user_factors that is items x dim/);
    assert.equal((await openVectors(one, { people: true })).rows, items);
    assert.equal((await openVectors(one, { array: 'user_factors' })).rows, items);
    const users = file('users.csv', table('user_id,f0,f1,f2,f3', plain));
    assert.deepEqual((await openVectors(users, { people: true })).ids, ids);
  });

  test('that nobody uses are said, and those of implicit are seen', async () => {
    const zip = zipSync({
      'item_factors.npy': vectors,
      'user_factors.npy': vectors,
      'item_biases.npy': writeNpy(new Float32Array(items), [items]),
      'user_biases.npy': writeNpy(new Float32Array(7), [7]),
      'alpha.npy': scalar(2),
      'regularization.npy': scalar(0.5),
    });
    const { told, perItem } = await openVectors(file('implicit.npz', zip));
    assert.deepEqual(told.unused, [
      'user_factors (12 x 4)',
      'user_biases (7)',
      'alpha (2)',
      'regularization (0.5)',
    ]);
    assert.deepEqual(told.notes, ['bias of each item from item_biases']);
    assert.deepEqual(told.als, { alpha: 2, regularization: 0.5 });
    assert.equal(perItem.bias.length, items);
  });
});

describe('ids beside vectors', () => {
  const of = (/** @type {string} */ name, /** @type {string} */ text, /** @type {any} */ options) =>
    readIds(file(name, text), { rows: 3, ...options });

  test('of a column, an object of rows, or under a name', async () => {
    /** @type {[text: string, options: object][]} */
    const right = [
      [',item_id\n0,a\n1,b\n2,c\n', {}],
      ['item_id\na\nb\nc\n', {}],
      ['0,a\n1,b\n2,c\n', { column: '2' }],
      ['no,code\n0,a\n1,b\n2,c\n', { column: 'code' }],
      ['a 0\nb 1\nc 2\n', { column: '1' }],
      ['{"c":2,"a":0,"b":1}', {}],
      ['"a"\n"b"\n"c"\n', {}],
      ['{"c":3,"a":1,"b":2}', {}],
    ];
    for (const [text, options] of right) {
      const { ids: found, note } = await of('ids.csv', text, options);
      assert.deepEqual(found, ['a', 'b', 'c'], text);
      assert.ok(note !== null && note.length > 0, text);
    }
    for (const [text, options] of /** @type {[string, object][]} */ ([
      ['a, b\nc\nd, e\n', {}],
      ['a b\nc d\ne f\n', {}],
      ['0,a\n1,b\n2,c\n', { column: 'none' }],
    ]))
      assert.deepEqual((await of('ids.txt', text, options)).ids, text.trim().split('\n'), text);
  });

  test('that may be a column or a whole line are asked about', async () => {
    const option = { option: 'user-ids' };
    await assert.rejects(of('two.csv', '0,a\n1,b\n2,c\n', {}), /--ids-column 1 to 2 .* or none/);
    await assert.rejects(of('two.txt', 'a 0\nb 1\nc 2\n', option), /--user-ids-column 1 to 2/);
    await assert.rejects(of('two.csv', '0,a\n1,b\n2,c\n', { column: 'x' }), /--ids-column: got x/);
    await assert.rejects(of('one.txt', 'a\nb\nc\n', { column: '2' }), /--ids-column: got 2/);
    await assert.rejects(
      of('gap.json', '{"a":0,"b":2,"c":3}', {}),
      /\["b",2\], wanted an object of ids and rows/,
    );
  });
});
