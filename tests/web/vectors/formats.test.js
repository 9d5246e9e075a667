// Owns the test of files of vectors: each kind read with the right numbers and ids, and refused where it is
// damaged or of a kind that is not read. Must not know models.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { zipSync } from 'fflate';
import { openVectors } from '../../../web/vectors/open.js';
import { readIds } from '../../../web/vectors/read-ids.js';
import { halfToNumber } from '../../../web/core/half.js';
import { readNpy, writeNpy } from '../../../web/vectors/npy.js';
import { readSafetensors, writeSafetensors } from '../../../web/vectors/safetensors.js';
import { csvOf, jsonLinesOf, parquetOf } from '../../../web/vectors/write-table.js';

const folder = mkdtempSync(join(tmpdir(), 'ampcf-vectors-'));
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

/**
 * An .npy as NumPy writes it.
 * @param {string} descr
 * @param {string} shape
 * @param {Uint8Array} data
 * @param {boolean} [fortran]
 */
function npy(descr, shape, data, fortran = false) {
  const dict = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${shape}, }`;
  const padded = dict.padEnd(Math.ceil((11 + dict.length) / 64) * 64 - 11) + '\n';
  const head = Buffer.alloc(10);
  head.write('\x93NUMPY\x01\x00', 'latin1');
  head.writeUInt16LE(padded.length, 8);
  return Buffer.concat([head, Buffer.from(padded), data]);
}

/**
 * @param {number[]} values
 * @param {'writeFloatLE' | 'writeFloatBE' | 'writeDoubleLE' | 'writeDoubleBE' | 'writeUInt16LE'} how
 * @param {number} size
 */
function packed(values, how, size) {
  const out = Buffer.alloc(values.length * size);
  values.forEach((x, i) => out[how](x, i * size));
  return out;
}

const rows = [1.5, -2, 0.1, 4, 5e-9, 6];
const single = Float32Array.from(rows);

describe('.npy', () => {
  test('of every byte order, width and layout', () => {
    const columns = [rows[0], rows[3], rows[1], rows[4], rows[2], rows[5]];
    const halves = [0x3c00, 0xc000, 0x0001, 0x7bff, 0x8000, 0x3555];
    /** @type {[name: string, bytes: Buffer, wanted: number[]][]} */
    const cases = [
      ['<f4', npy('<f4', '(2, 3)', packed(rows, 'writeFloatLE', 4)), [...single]],
      ['>f4', npy('>f4', '(2, 3)', packed(rows, 'writeFloatBE', 4)), [...single]],
      ['<f8', npy('<f8', '(2, 3)', packed(rows, 'writeDoubleLE', 8)), rows],
      ['>f8', npy('>f8', '(2, 3)', packed(rows, 'writeDoubleBE', 8)), rows],
      ['Fortran', npy('<f8', '(2, 3)', packed(columns, 'writeDoubleLE', 8), true), rows],
      [
        'halves',
        npy('<f2', '(2, 3)', packed(halves, 'writeUInt16LE', 2)),
        [1, -2, 2 ** -24, 65504, -0, 1365 * 2 ** -12],
      ],
      ['integers', npy('|i1', '(2, 3)', Buffer.from([1, 255, 3, 4, 5, 6])), [1, -1, 3, 4, 5, 6]],
    ];
    for (const [name, bytes, wanted] of cases) {
      const array = readNpy(bytes, 'x.npy');
      assert.ok('numbers' in array, name);
      assert.deepEqual(array.shape, [2, 3], name);
      assert.deepEqual([...array.numbers], wanted, name);
    }
    assert.ok(Number.isNaN(halfToNumber(0x7e00)) && halfToNumber(0xfc00) === -Infinity);
  });

  test('of ids: texts of four bytes a letter, bytes, whole numbers', async () => {
    const texts = Buffer.concat(['ab', 'é\0', '😀\0'].map((text) => packed32(text, 2)));
    const of = async (/** @type {string} */ name, /** @type {Buffer} */ bytes) =>
      (await readIds(file(name, bytes))).ids;
    assert.deepEqual(await of('u.npy', npy('<U2', '(3,)', texts)), ['ab', 'é', '😀']);
    assert.deepEqual(await of('s.npy', npy('|S2', '(2,)', Buffer.from('aab\0'))), ['aa', 'b']);
    const numbers = Buffer.alloc(16);
    numbers.writeBigInt64LE(1n << 40n, 0);
    numbers.writeBigInt64LE(7n, 8);
    assert.deepEqual(await of('i.npy', npy('<i8', '(2,)', numbers)), [String(2 ** 40), '7']);
    await assert.rejects(of('f.npy', npy('<f4', '(1,)', packed([0.5], 'writeFloatLE', 4))), /whole numbers/);
  });

  test('as this library writes it is read back bit for bit', () => {
    const array = readNpy(writeNpy(single, [2, 3]), 'x');
    assert.deepEqual(array, { shape: [2, 3], numbers: single });
  });

  test('that is damaged, or of another kind, is refused', () => {
    const good = npy('<f4', '(2, 3)', packed(rows, 'writeFloatLE', 4));
    for (let n = 0; n < good.length; n += 3)
      assert.throws(() => readNpy(good.subarray(0, n), 'x.npy'), { name: 'AmpcfError', code: 'BAD_DATA' });
    const bad = [
      [npy('|O', '(2,)', Buffer.alloc(4)), /objects of Python/],
      [npy('<c8', '(1,)', Buffer.alloc(8)), /<c8/],
      [npy('<f4', '(2, 2)', packed(rows, 'writeFloatLE', 4)), /24 bytes for shape/],
      [npy('<f4', '(1, 2, 3)', packed(rows, 'writeFloatLE', 4), true), /Fortran order in 3/],
      [Buffer.from('\x93NUMPY\x09\x00aaaaaaaa', 'latin1'), /version 9/],
    ];
    for (const [bytes, message] of /** @type {[Buffer, RegExp][]} */ (bad))
      assert.throws(() => readNpy(bytes, 'x.npy'), { code: 'BAD_DATA', message });
  });
});

/**
 * @param {string} text
 * @param {number} width
 */
function packed32(text, width) {
  const out = Buffer.alloc(4 * width);
  [...text].slice(0, width).forEach((letter, i) => out.writeUInt32LE(Number(letter.codePointAt(0)), 4 * i));
  return out;
}

describe('several arrays in a file', () => {
  const vectors = npy('<f4', '(2, 3)', packed(rows, 'writeFloatLE', 4));
  const ids = npy('<U1', '(2,)', Buffer.concat([packed32('a', 1), packed32('b', 1)]));
  const bias = npy('<f4', '(2,)', packed([1, 2], 'writeFloatLE', 4));

  test('.npz: vectors, ids and bias by their names', async () => {
    const npz = file(
      'a.npz',
      zipSync({ 'item_factors.npy': vectors, 'ids.npy': ids, 'item_biases.npy': bias }),
    );
    const found = await openVectors(npz);
    assert.deepEqual([found.kind, found.ids, found.rows, found.dim], ['npz', ['a', 'b'], 2, 3]);
    assert.deepEqual([...found.vectors], [...single]);
    assert.deepEqual([...found.perItem.bias], [1, 2]);
  });

  test('where several could be meant it asks', async () => {
    const npz = file('b.npz', zipSync({ 'left.npy': vectors, 'right.npy': vectors }));
    await assert.rejects(openVectors(npz), /left \(2 x 3\), right \(2 x 3\).*--array/);
    assert.equal((await openVectors(npz, { array: 'right' })).dim, 3);
    await assert.rejects(openVectors(npz, { array: 'middle' }), /--array/);
    await assert.rejects(openVectors(file('c.npz', Buffer.from('PK but no zip'))), /sound .npz/);
    const objects = zipSync({ 'v.npy': vectors, 'ids.npy': npy('|O', '(2,)', Buffer.alloc(9)) });
    await assert.rejects(openVectors(file('d.npz', objects)), /objects of Python.*astype\(str\)/);
    const beside = await openVectors(file('d.npz', objects), { ids: true });
    assert.deepEqual([beside.ids, beside.told.unused], [null, ['ids']]);
  });

  test('.safetensors: there and back, in halves and bfloat16, and damaged', async () => {
    const arrays = new Map([
      ['vectors', { shape: [2, 3], numbers: single }],
      ['bias', { shape: [2], numbers: Float32Array.from([1, 2]) }],
    ]);
    const bytes = writeSafetensors(arrays, { ids: '["a","b"]', settings: '{"lambda":1}' });
    const found = await openVectors(file('a.safetensors', bytes));
    assert.deepEqual([found.kind, found.ids, found.settings], ['safetensors', ['a', 'b'], { lambda: 1 }]);
    assert.deepEqual(found.vectors, single);
    assert.deepEqual([...found.perItem.bias], [1, 2]);
    for (let n = 0; n < bytes.length; n += 7)
      await assert.rejects(openVectors(file('cut.safetensors', bytes.subarray(0, n))), { code: 'BAD_DATA' });
    const head = (/** @type {string} */ dtype, /** @type {number} */ to) =>
      JSON.stringify({ v: { dtype, shape: [1, 2], data_offsets: [0, to] } }).padEnd(80);
    const raw = (/** @type {string} */ text, /** @type {Buffer} */ data) => {
      const size = Buffer.alloc(8);
      size.writeBigUInt64LE(BigInt(text.length));
      return Buffer.concat([size, Buffer.from(text), data]);
    };
    const brain = readSafetensors(raw(head('BF16', 4), packed([0x3f80, 0xc040], 'writeUInt16LE', 2)), 'x');
    assert.deepEqual([...(brain.arrays.get('v')?.numbers ?? [])], [1, -3]);
    assert.throws(() => readSafetensors(raw(head('F8_E4M3', 2), Buffer.alloc(2)), 'x'), /F8_E4M3/);
    assert.throws(() => readSafetensors(raw(head('F32', 4), Buffer.alloc(4)), 'x'), /8 bytes/);
  });
});

describe('tables', () => {
  const table = { ids: ['a', 'b, "x"'], vectors: single, dim: 3 };

  test('that this library writes are read back bit for bit', async () => {
    const files = { 't.csv': csvOf(table), 't.jsonl': jsonLinesOf(table), 't.parquet': parquetOf(table) };
    for (const [name, bytes] of Object.entries(files)) {
      const found = await openVectors(file(name, bytes));
      assert.deepEqual([found.ids, found.rows, found.dim], [table.ids, 2, 3], name);
      assert.deepEqual(Float32Array.from(found.vectors), single, name);
    }
  });

  test('of other writers: lists in a cell, no header, tabs, word2vec and GloVe', async () => {
    const files = {
      'list.csv': 'title,item_id,embedding\nx,7,"[1, 2.5]"\ny,8,"[3, -4e-1]"\n',
      'bare.csv': '7,1,2.5\n8,3,-0.4\n',
      'tabs.tsv': 'id\tv1\tv2\n7\t1\t2.5\n8\t3\t-0.4\n',
      'list.jsonl': '{"item":7,"vector":[1,2.5]}\n{"item":8,"vector":[3,-0.4]}\n',
      'array.json': '[{"id":7,"features":[1,2.5]},{"id":8,"features":[3,-0.4]}]',
      'w2v.txt': '2 2\n7 1 2.5\n8 3 -0.4\n',
    };
    for (const [name, text] of Object.entries(files)) {
      const found = await openVectors(file(name, text));
      assert.deepEqual(
        [found.ids, [...found.vectors]],
        [
          ['7', '8'],
          [1, 2.5, 3, -0.4],
        ],
        name,
      );
    }
    const one = await openVectors(file('one.json', '{"vector":[1,2.5],"id":"a"}\n'));
    assert.deepEqual([one.ids, [...one.vectors]], [['a'], [1, 2.5]]);
    const glove = await openVectors(file('glove.txt', 'the 1 2 3 4 5\nof 6 7 8 9 1e1\n'));
    assert.deepEqual([glove.kind, glove.ids, glove.dim], ['word2vec', ['the', 'of'], 5]);
  });

  test('that are wrong are refused, with the line', async () => {
    /** @type {[name: string, text: string, message: RegExp][]} */
    const cases = [
      ['short.csv', 'id,vector\na,"[1,2]"\nb,"[1]"\n', /short.csv:3: vector: got 1 numbers, wanted 2/],
      ['word.csv', 'id,v1,v2\na,1,2\nb,1,x\n', /word.csv:3/],
      ['none.csv', 'id,title\na,x\nb,y\n', /--vector-column/],
      ['short.txt', '3 2\na 1 2\nb 3 4\n', /3 vectors, but 2 lines/],
      ['fake.npy', 'not numpy at all', /fake.npy/],
    ];
    for (const [name, text, message] of cases)
      await assert.rejects(openVectors(file(name, text)), { code: 'BAD_DATA', message }, name);
    await assert.rejects(openVectors(join(folder, 'nowhere.npy')), { code: 'IO' });
  });
});

test('ids: a line each or a JSON list; a blank line is refused', async () => {
  const of = async (/** @type {string} */ name, /** @type {string | Buffer} */ text) =>
    (await readIds(file(name, text))).ids;
  assert.deepEqual(await of('ids.txt', 'a\r\nb c\n'), ['a', 'b c']);
  assert.deepEqual(await of('ids.json', '["a", 7]'), ['a', '7']);
  await assert.rejects(of('blank.txt', 'a\n\nb\n'), /blank.txt:2/);
  await assert.rejects(of('latin.txt', Buffer.from([0xe9, 10])), /UTF-8/);
  await assert.rejects(of('bad.json', '[{}]'), /JSON list/);
});
