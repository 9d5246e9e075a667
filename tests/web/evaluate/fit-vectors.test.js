// Owns the test of fitVectors: what it finds is better than what nobody has looked for, and what is given
// stays. Must not know file formats.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { fitVectors, measureValidation } from '../../../dist/evaluate.js';
import { modelFromVectors, trainModel } from '../../../dist/train.js';
import { loadModel } from '../../../dist/ampcf.js';
import { arraysOfModel } from '../../../web/vectors/model-arrays.js';
import { searchSteps } from '../../../web/evaluate/fold-in-search.js';
import { failsWith, steady } from '../../support.js';
import { historyLists, interactions, validation } from './held-out.js';

const histories = interactions(historyLists);
/** @type {{ ids: string[], vectors: Float32Array, dim: number, interactions: typeof histories }} */
let given;
let reachedByTraining = 0;

/** @param {Uint8Array} bytes */
async function reached(bytes) {
  const model = await loadModel(bytes);
  const { metrics } = await measureValidation(model, histories, validation);
  model.dispose();
  return metrics['ndcg@20'];
}

before(async () => {
  const { bytes } = await trainModel(histories, { ...steady, dim: 12, gate: 0 });
  const model = await loadModel(bytes);
  const { vectors, dim } = arraysOfModel(bytes);
  given = { ids: model.ids(), vectors, dim, interactions: histories };
  model.dispose();
  reachedByTraining = await reached(bytes);
});

describe('fitVectors', () => {
  test('finds a fold-in about as good as that of the training, and changes no vector', async () => {
    const fitted = await fitVectors({ ...given, sample: 80 }, validation);
    const { metrics } = fitted.validation;
    assert.ok(metrics['ndcg@20'] > 0.95 * reachedByTraining, `${metrics['ndcg@20']} of ${reachedByTraining}`);
    const poor = await modelFromVectors({ ...given, alpha: 1e-6, lambda: 1e-6 });
    assert.ok(metrics['ndcg@20'] > 1.05 * (await reached(poor.bytes)));
    assert.deepEqual(arraysOfModel(fitted.bytes).vectors, given.vectors);
    assert.ok(fitted.trials.length > 12 && fitted.trials.length < 80);
    assert.equal(await reached(fitted.bytes), metrics['ndcg@20']);
    const again = await fitVectors({ ...given, sample: 80 }, validation);
    assert.deepEqual(again.bytes, fitted.bytes);
  });

  test('leaves what is given, and searches nothing where all is given', async () => {
    const fold = { alpha: 0.4, lambda: 0.006, itemDamping: 0, popularityDamping: 0, bias: 0.01 };
    const all = await fitVectors({ ...given, ...fold, gate: 0.5, leaves: 4, proportional: 0.2 }, validation);
    assert.deepEqual([all.trials, all.gate, all.proportional], [[], null, null]);
    const { alpha, lambda, gate, leaves, proportional } = all.settings;
    assert.deepEqual([alpha, lambda, gate, leaves, proportional], [0.4, 0.006, 0.5, 4, 0.2]);
    const some = await fitVectors({ ...given, ...fold, alpha: undefined, gate: 0, sample: 30 }, validation);
    assert.ok(some.trials.every(({ settings }) => Object.keys(settings).join() === 'alpha'));
    const library = { library: /** @type {const} */ ('spark'), regularization: 0.1, alpha: 3 };
    const exact = await fitVectors({ ...given, as: library }, validation);
    assert.deepEqual([exact.trials, exact.gate, exact.settings.gate], [[], null, 0]);
  });

  test("measures the source's own ranking for the people that it knows", async () => {
    const { ids, vectors, dim } = given;
    const at = new Map(ids.map((id, j) => [id, j]));
    const known = historyLists.slice(0, 40);
    const sums = known.map(([, list]) => {
      const sum = new Float64Array(dim);
      for (const id of list)
        for (let d = 0; d < dim; d++) sum[d] += vectors[(at.get(id) ?? 0) * dim + d] / list.length;
      return sum;
    });
    const userVectors = { ids: known.map(([user]) => user), vectors: sums.flatMap((sum) => [...sum]) };
    const fold = { alpha: 0.4, lambda: 0.006, itemDamping: 0, popularityDamping: 0, bias: 0.01, gate: 0 };
    const { source } = await fitVectors({ ...given, ...fold, userVectors }, validation);
    assert.ok(source && source.source.people === source.foldIn.people && source.source.people <= 40);
    assert.ok(source.source.metrics['ndcg@20'] > 0);
    const strangers = { ids: ['nobody'], vectors: new Float32Array(dim) };
    assert.equal((await fitVectors({ ...given, ...fold, userVectors: strangers }, validation)).source, null);
    const short = { ids: ['u0'], vectors: [1] };
    await failsWith(
      () => fitVectors({ ...given, userVectors: short }, validation),
      'BAD_ARGUMENT',
      /userVectors/,
    );
  });

  test('refuses to measure without histories', async () => {
    const { interactions: _, ...without } = given;
    await failsWith(() => fitVectors(without, validation), 'BAD_ARGUMENT', /^interactions/);
    await failsWith(() => fitVectors({ ...given, sample: 0 }, validation), 'BAD_ARGUMENT', /^sample/);
  });
});

test('the search finds the top of a hill, wherever it is', async () => {
  for (const [prior, ridge, bias] of [
    [400, 0.05, 0.003],
    [20000, 5, 0.3],
  ]) {
    const hill = async (/** @type {import('../../../web/evaluate/fold-in-search.js').Point} */ point) =>
      -(Math.log(point.prior / prior) ** 2) -
      Math.log(point.ridge / ridge) ** 2 -
      Math.log(Math.max(point.bias, 1e-4) / bias) ** 2 -
      point.itemDamping;
    const best = await searchSteps(hill);
    assert.ok(Math.abs(Math.log2(best.prior / prior)) <= 1, `prior ${best.prior}`);
    assert.ok(Math.abs(Math.log2(best.ridge / ridge)) <= 1.33, `ridge ${best.ridge}`);
    assert.equal(best.bias, bias);
    assert.equal(best.itemDamping, 0);
  }
});
