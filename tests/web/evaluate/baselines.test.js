// Owns the tests of the baselines of `ampcf/evaluate`: each against its definition, and how settings are
// chosen. Must not take an expected figure from the code under test.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { evaluateModel } from '../../../dist/evaluate.js';
import { fitEase, trainModel } from '../../../dist/train.js';
import { fitNeighbours } from '../../../web/evaluate/itemknn.js';
import { canonicalInteractions } from '../../../web/train/interactions.js';
import { people, sample, seeded, steady } from '../../support.js';
import {
  heldOut,
  history,
  historyLists,
  interactions,
  model,
  near,
  seen,
  testLists,
  validation,
} from './held-out.js';

describe('baselines', () => {
  const data = canonicalInteractions(history, 1);
  const n = data.itemIds.length;
  const has = Array.from(
    { length: data.users },
    (_, u) => new Set(data.items.subarray(data.offsets[u], data.offsets[u + 1])),
  );

  test('popularity is the count of people, ties by id', async () => {
    const { baselines } = await evaluateModel(model, {
      history,
      test: heldOut,
      k: [5],
      baselines: ['popularity'],
      resamples: 20,
    });
    const owners = new Map(
      data.itemIds.map((item) => [item, historyLists.filter(([, list]) => list.includes(item)).length]),
    );
    const order = [...owners].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([item]) => item);
    const asked = testLists.filter(([, list]) => list.length > 0);
    const recall = asked.map(
      ([user, list]) =>
        order
          .filter((item) => !seen.get(user)?.includes(item))
          .slice(0, 5)
          .filter((item) => list.includes(item)).length / list.length,
    );
    near(
      baselines.popularity?.metrics['recall@5'] ?? NaN,
      recall.reduce((a, b) => a + b, 0) / recall.length,
      'recall@5',
    );
    assert.deepEqual(baselines.popularity?.settings, {});
  });

  test('EASE is the inverse of the definition', async () => {
    const random = seeded(21);
    const ids = Array.from({ length: 37 }, (_, j) => `i${j}`);
    const lambda = 3;
    const small = canonicalInteractions(
      interactions(Array.from({ length: 80 }, (_, u) => [`u${u}`, sample(ids, 1 + (u % 9), random)])),
      1,
    );
    const size = small.itemIds.length;
    const owned = Array.from({ length: small.users }, (_, u) =>
      small.items.subarray(small.offsets[u], small.offsets[u + 1]),
    );
    const gram = Array.from({ length: size }, (_, i) =>
      Array.from(
        { length: size },
        (__, j) =>
          owned.filter((list) => list.includes(i) && list.includes(j)).length + (i === j ? lambda : 0),
      ),
    );
    const inverse = gaussJordan(gram);
    const scorer = await fitEase(small, { lambda, lambdaGrowth: 0, userDamping: 0, popularityDamping: 0 });
    const out = new Float32Array(size);
    for (const list of [[0], [1, 5, 9], Array.from({ length: size }, (_, j) => j)]) {
      scorer.score(Uint32Array.from(list), out);
      out.forEach((score, j) =>
        near(
          score,
          list.reduce((sum, i) => sum + (i === j ? 0 : -inverse[i][j] / inverse[j][j]), 0),
          `score ${j}`,
          1e-4,
        ),
      );
    }
    scorer.dispose();
  });

  test('itemknn is its formula', async () => {
    const settings = { historyExponent: 0.75, candidateExponent: 0.25, neighbours: 4 };
    const scorer = await fitNeighbours(data, settings, async () => {});
    const out = new Float32Array(n);
    const degree = Array.from({ length: n }, (_, j) => has.filter((set) => set.has(j)).length);
    const list = [0, 3, n - 1];
    const rows = list.map((i) =>
      Array.from({ length: n }, (_, j) => ({
        j,
        s:
          i === j
            ? 0
            : has.filter((set) => set.has(i) && set.has(j)).length / (degree[i] ** 0.75 * degree[j] ** 0.25),
      }))
        .sort((a, b) => Math.fround(b.s) - Math.fround(a.s) || a.j - b.j)
        .slice(0, 4),
    );
    scorer.score(Uint32Array.from(list), out);
    out.forEach((score, j) =>
      near(
        score,
        rows.flat().reduce((sum, entry) => sum + (entry.j === j ? entry.s : 0), 0),
        `score ${j}`,
        1e-5,
      ),
    );
  });

  test('choose their settings on validation data, take given ones, and have defaults', async () => {
    const options = { history, test: heldOut, k: [5], resamples: 50 };
    const { baselines } = await evaluateModel(model, {
      ...options,
      validation,
      baselines: ['ease', 'als', { name: 'itemknn', settings: { neighbours: 7 } }],
    });
    const { ease, als, itemknn } = baselines;
    assert.equal(ease?.chosenOn, 'validation');
    assert.deepEqual(
      ease?.tried.map(({ settings }) => settings.lambda),
      [50, 100, 200, 400, 800, 1600, 3200],
    );
    assert.equal(
      ease?.tried.find(({ settings }) => settings.lambda === ease.settings.lambda)?.ndcg,
      Math.max(...(ease?.tried ?? []).map(({ ndcg }) => ndcg)),
    );
    assert.equal(als?.tried.length, 6);
    assert.deepEqual(
      [itemknn?.chosenOn, itemknn?.settings],
      ['given', { historyExponent: 0.5, candidateExponent: 0.5, neighbours: 7 }],
    );
    const plain = await evaluateModel(model, { ...options, baselines: ['ease'] });
    assert.deepEqual(
      [plain.baselines.ease?.chosenOn, plain.baselines.ease?.settings, plain.baselines.ease?.tried],
      ['defaults', { lambda: 100 }, []],
    );
    for (const { metrics, difference } of [ease, als, itemknn].flatMap((entry) => entry ?? [])) {
      assert.ok(metrics['ndcg@5'] > 0);
      assert.deepEqual(Object.keys(difference).sort(), [
        'hitrate@5',
        'map@5',
        'mrr@5',
        'ndcg@5',
        'novelty@5',
        'precision@5',
        'recall@5',
      ]);
      const { low, mean, high, below: share } = difference['ndcg@5'];
      assert.ok(low <= mean && mean <= high && share >= 0 && share <= 1);
    }
  });

  test('als with the same plain settings and one persona is that model', async () => {
    const single = await loadModel((await trainModel(history, { ...steady, dim: 12, personas: 1 })).bytes);
    const { baselines } = await evaluateModel(single, {
      history,
      test: heldOut,
      k: [5],
      baselines: ['als'],
      resamples: 20,
    });
    assert.deepEqual(baselines.als?.difference['ndcg@5'], { mean: 0, low: 0, high: 0, below: 0 });
  });
});

/** @param {number[][]} matrix */
function gaussJordan(matrix) {
  const n = matrix.length;
  const a = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let c = 0; c < n; c++) {
    const pivot = a[c][c];
    a[c] = a[c].map((value) => value / pivot);
    for (let r = 0; r < n; r++)
      if (r !== c && a[r][c] !== 0) {
        const factor = a[r][c];
        a[r] = a[r].map((value, j) => value - factor * a[c][j]);
      }
  }
  return a.map((row) => row.slice(n));
}
