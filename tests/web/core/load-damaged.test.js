// Owns the tests of loadModel on files that are not ours or were damaged: every one is refused with a code.
// Must not test downloads.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { AmpcfError, loadModel } from '../../../dist/ampcf.js';
import { trainModel } from '../../../dist/train.js';
import { below, codes, failsWith, failure, golden, historyOf, seeded } from '../../support.js';
import { bytes, expected, loadsFrom, rankingOf, withBytes } from './loading.js';

describe('files that are not ours', () => {
  const text = (/** @type {string} */ content) => new TextEncoder().encode(content);
  for (const [name, content, hint] of /** @type {[string, Uint8Array, RegExp][]} */ ([
    ['an HTML page', text('  <!doctype html><html>'), /HTML/],
    ['an XML page', text('<?xml version="1.0"?>'), /XML/],
    ['something else in a gzip', gzipSync('x'), /unknown file/],
    ['a zip file', text('PK\x03\x04...'), /zip/],
    ['JSON', text(' {"error": 404}'), /JSON/],
    ['a JSON list', text('[1]'), /JSON/],
    ['a Git LFS pointer', text('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'), /LFS/],
    ['a wasm module', text('\0asm\x01\0\0\0'), /WebAssembly/],
    ['a CSV of ratings', text('userId,movieId,rating\n1,31,2.5\n'), /got text in columns, such as CSV/],
    ['ratings of Latin-1', Uint8Array.of(...text('nom;\n'), 0xe9), /text in columns/],
    ['nothing', new Uint8Array(0), /empty/],
    ['something', Uint8Array.from([1, 2, 0xfe]), /0102fe/],
    [
      'a model damaged by text mode',
      Uint8Array.of(0x89, 0x41, 0x4d, 0x50, 0x0a, 0x1a, 0x0a, 0),
      /not an ampcf model/,
    ],
  ]))
    test(name, () => failsWith(() => loadModel(content), 'BAD_MAGIC', hint));
});

describe('damaged files', () => {
  test('truncated and over-long ones say so', async () => {
    const short = await failsWith(() => loadModel(bytes.subarray(0, -1)), 'TRUNCATED');
    assert.deepEqual([short.details.got, short.details.wanted], [bytes.length - 1, bytes.length]);
    const long = await failsWith(() => loadModel(Uint8Array.of(...bytes, 0)), 'TRAILING_DATA');
    assert.deepEqual([long.details.got, long.details.wanted], [bytes.length + 1, bytes.length]);
    await failsWith(() => loadModel(new Blob([bytes, bytes])), 'TRAILING_DATA');
  });

  test('every beginning is refused', async () => {
    for (let length = 1; length < bytes.length; length += length < 4096 ? 1 : 61)
      await failsWith(() => loadModel(bytes.subarray(0, length)), 'TRUNCATED');
    await failsWith(() => loadModel(bytes.subarray(0, 0)), 'BAD_MAGIC');
  });

  test('every changed byte is refused, and names what is damaged', async () => {
    const random = seeded(11),
      positions = new Set(Array.from({ length: 512 }, (_, i) => i));
    while (positions.size < 3200) positions.add(below(random, bytes.length));
    /** @type {Record<string, number>} */ const met = {};
    const copy = bytes.slice();
    for (const at of positions) {
      copy[at] ^= 1 + below(random, 255);
      const error = await failure(() => loadModel(copy));
      assert.ok(error instanceof AmpcfError && codes.has(error.code), `byte ${at}: ${String(error)}`);
      if (error.code !== 'BAD_MAGIC')
        assert.ok(
          typeof error.details.section === 'string' && error.details.section.length > 1,
          error.message,
        );
      met[error.code] = (met[error.code] ?? 0) + 1;
      copy[at] = bytes[at];
    }
    assert.ok(met.CHECKSUM > 2000 && met.BAD_MAGIC > 0 && met.UNSUPPORTED_VERSION > 0, JSON.stringify(met));
    await loadsFrom(copy);
  });

  test('leave earlier models as they were', async () => {
    const model = await loadsFrom(bytes);
    const me = model.createProfile(historyOf(3));
    const first = golden(me.recommend());
    for (const bad of [
      bytes.subarray(0, 100),
      withBytes((copy) => {
        copy[9000] ^= 4;
      }),
      new Uint8Array(0),
    ]) {
      await failure(() => loadModel(bad));
      assert.deepEqual(golden(me.recommend()), first);
      assert.deepEqual(rankingOf(model), expected);
    }
  });
});

test('every prefix and every changed byte of a small model are refused with a code', async () => {
  const small = await trainModel(
    { users: ['a', 'b'], items: ['x', 'ÿ'], user: [0, 0, 1], item: [0, 1, 1] },
    {
      dim: 2,
      personas: 2,
      sweeps: 1,
      minSupport: 1,
      items: new Map([['x', { title: 'X', aspects: ['A'] }]]),
    },
  );
  const { bytes } = small,
    refused = new Map();
  (await loadModel(bytes)).dispose();
  const load = async (/** @type {Uint8Array} */ changed) => {
    const error = await loadModel(changed).then(
      () => assert.fail(`accepted a changed file of ${changed.length} bytes`),
      (reason) => reason,
    );
    assert.equal(error.name, 'AmpcfError', error.stack);
    refused.set(error.code, (refused.get(error.code) ?? 0) + 1);
  };
  for (let length = 0; length < bytes.length; length++) await load(bytes.subarray(0, length));
  for (let at = 0; at < bytes.length; at++) {
    const changed = Uint8Array.from(bytes);
    changed[at] ^= 1 << (at % 8);
    await load(changed);
  }
  assert.equal(
    [...refused.values()].reduce((sum, n) => sum + n, 0),
    2 * bytes.length,
  );
  for (const code of ['BAD_MAGIC', 'TRUNCATED', 'CHECKSUM', 'BAD_SECTION'])
    assert.ok(refused.has(code), code);
});
