// Owns the test of appendItems and retireItems: what stays to the bit, what new items get, what is refused.
// Must not know the command line.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { modelFromVectors, retireItems } from '../../../dist/train.js';
import { halfToNumber, numberToHalf } from '../../../web/core/half.js';
import { arraysOfModel } from '../../../web/vectors/model-arrays.js';
import { failsWith, smallModel } from '../../support.js';

/** Every section that a file may have. */
const full = { itemDamping: 0.5, popularityDamping: 0.2, clusters: 6, neighbours: 5, neighbourBlend: 0 };
const kinds = /** @type {const} */ (['f32', 'f16', 'int8']);

/**
 * @template T
 * @param {Uint8Array} bytes
 * @param {(model: import('../../../dist/ampcf.js').Model) => T | Promise<T>} use
 */
async function withModel(bytes, use) {
  const model = await loadModel(bytes);
  try {
    return await use(model);
  } finally {
    model.dispose();
  }
}

const idsOf = (/** @type {Uint8Array} */ bytes) => withModel(bytes, (model) => model.ids());

describe('halves', () => {
  test('are read back as they were', () => {
    for (let bits = 0; bits < 65536; bits++)
      if ((bits & 0x7c00) !== 0x7c00 && bits !== 0x8000)
        assert.equal(numberToHalf(halfToNumber(bits)), bits, String(bits));
  });

  test('are the nearest, ties to even', () => {
    const cases = [
      [2049, 2048],
      [2051, 2052],
      [65519, 65504],
      [2 ** -25, 0],
      [1.5 * 2 ** -24, 2 ** -23],
      [2 ** -14 - 2 ** -26, 2 ** -14],
    ];
    for (const [x, wanted] of cases) assert.equal(halfToNumber(numberToHalf(x)), wanted, String(x));
    assert.equal(numberToHalf(65520), 0x7c00);
  });
});

describe('retireItems', () => {
  for (const vectors of kinds)
    test(`leaves all else as it is, ${vectors}`, async () => {
      const before = await smallModel({ ...full, vectors });
      const ids = await idsOf(before);
      const gone = [ids[0], ids[7], ids[ids.length - 1]];
      const { bytes, items, retired } = await retireItems(before, gone);
      assert.deepEqual([items, retired], [ids.length - 3, 3]);
      const left = ids.filter((id) => !gone.includes(id));
      const [old, now] = [arraysOfModel(before), arraysOfModel(bytes)];
      left.forEach((id, k) => {
        const j = ids.indexOf(id);
        const row = (/** @type {typeof old} */ of, /** @type {number} */ i) => [
          ...of.vectors.subarray(i * of.dim, (i + 1) * of.dim),
          of.bias[i],
          of.weights?.[i],
          of.targets?.[i],
        ];
        assert.deepEqual(row(now, k), row(old, j), id);
      });
      await withModel(bytes, async (model) => {
        assert.deepEqual(model.ids(), left);
        await withModel(before, (was) => {
          assert.equal(model.info.lineage, was.info.lineage);
          assert.deepEqual(model.info.metadata, was.info.metadata);
          for (const id of left) {
            assert.equal(model.title(id), was.title(id));
            assert.deepEqual(model.aspects(id), was.aspects(id));
          }
          const same = was.similar(left[0], { topK: ids.length }).filter(({ item }) => !gone.includes(item));
          assert.deepEqual(model.similar(left[0], { topK: ids.length }), same);
        });
      });
    });

  test('keeps neighbours of those that stay', async () => {
    const before = await smallModel(full);
    const ids = await idsOf(before);
    const { bytes } = await retireItems(before, [ids[3]]);
    const said = (/** @type {Uint8Array} */ of) =>
      withModel(of, (model) => {
        const me = model.createProfile([ids[1]]);
        return me.rank(model.ids(), { topK: 1e3 }).items.map(({ item, score }) => ({ item, score }));
      });
    const old = new Map((await said(before)).map(({ item, score }) => [item, score]));
    const now = await said(bytes);
    // The Gram is without the item, and so all scores move a little, but not by a neighbour.
    for (const { item, score } of now) assert.ok(Math.abs(score - Number(old.get(item))) < 0.05, item);
    assert.ok(now.some(({ item, score }) => score !== old.get(item)));
  });

  test('of nothing gives the same bytes, Gram and all', async () => {
    for (const vectors of kinds) {
      const before = await smallModel({ ...full, vectors });
      assert.deepEqual((await retireItems(before, [])).bytes, before);
    }
  });

  test('keeps the factor of a Gram that is larger', async () => {
    const als = { ids: ['a', 'b', 'c'], vectors: [1, 0, 0.5, 0.5, 0, 1], dim: 2 };
    const as = /** @type {const} */ ({ library: 'spark', regularization: 0.1, alpha: 2 });
    const whole = await modelFromVectors({ ...als, as });
    const two = await modelFromVectors({ ids: ['a', 'b'], vectors: [1, 0, 0.5, 0.5], dim: 2, as });
    const { bytes } = await retireItems(whole.bytes, ['c']);
    const scores = (/** @type {Uint8Array} */ of) =>
      withModel(of, (model) => model.createProfile(['a']).rank(['a', 'b']).items.map(({ score }) => score));
    assert.deepEqual(await scores(bytes), await scores(two.bytes));
  });

  test('refuses', async () => {
    const model = await smallModel();
    const ids = await idsOf(model);
    await failsWith(() => retireItems(model, ['nobody']), 'UNKNOWN_ITEM', /got 1 .*"nobody"/);
    await failsWith(() => retireItems(model, ids), 'BAD_ARGUMENT', /at least one left/);
    await failsWith(() => retireItems(model, 'alien-1979'), 'BAD_ARGUMENT', /^ids/);
    await failsWith(() => retireItems(/** @type {any} */ (7), []), 'BAD_ARGUMENT', /^model file/);
    await failsWith(() => retireItems(model.subarray(0, 200), []), 'TRUNCATED');
    const damaged = model.slice();
    damaged[damaged.length - 1] ^= 1;
    await failsWith(() => retireItems(damaged, []), 'CHECKSUM', /^model file/);
  });
});
