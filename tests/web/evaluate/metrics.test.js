// Owns the tests of the metrics and the bootstrap: worked examples, an independent oracle on random lists,
// refusals.
// Must not compute an expected value with the code under test.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { metrics, pairedBootstrap } from '../../../dist/evaluate.js';
import { below, failsWith, sample, seeded } from '../../support.js';

const near = (/** @type {number} */ got, /** @type {number} */ wanted, /** @type {string} */ what) =>
  assert.ok(Math.abs(got - wanted) < 1e-12, `${what}: got ${got}, wanted ${wanted}`);

describe('metrics', () => {
  test('by hand: a list with hits at ranks 2 and 4, three relevant', () => {
    const list = ['a', 'b', 'c', 'd', 'e'];
    const relevant = new Set(['b', 'd', 'z']);
    /** @type {[keyof typeof metrics, number, number][]} */
    const wanted = [
      ['recall', 5, 2 / 3],
      ['recall', 3, 1 / 3],
      ['recall', 1, 0],
      ['precision', 5, 2 / 5],
      ['precision', 2, 1 / 2],
      ['precision', 10, 2 / 10],
      ['hitRate', 1, 0],
      ['hitRate', 2, 1],
      ['mrr', 1, 0],
      ['mrr', 5, 1 / 2],
      ['map', 5, (1 / 2 + 2 / 4) / 3],
      ['map', 2, 1 / 2 / 2],
      ['ndcg', 5, (1 / Math.log2(3) + 1 / Math.log2(5)) / (1 + 1 / Math.log2(3) + 1 / 2)],
      ['ndcg', 2, 1 / Math.log2(3) / (1 + 1 / Math.log2(3))],
      ['ndcg', 1, 0],
    ];
    for (const [name, k, value] of wanted)
      near(/** @type {any} */ (metrics)[name](list, relevant, k), value, `${name}@${k}`);
  });

  test('of all lists, by hand', () => {
    const lists = [['a', 'b'], ['a', 'c'], ['a']];
    near(metrics.coverage(lists, 2, 5), 3 / 5, 'coverage@2');
    near(metrics.coverage(lists, 1, 5), 1 / 5, 'coverage@1');
    near(metrics.gini(lists, 1, 5), 1 - 1 / 5, 'always the same one');
    near(
      metrics.gini(
        [
          ['a', 'b'],
          ['c', 'd'],
        ],
        2,
        4,
      ),
      0,
      'all alike',
    );
    near(metrics.gini(lists, 2, 3), (-2 * 1 + 0 * 1 + 2 * 3) / (3 * 5), 'exposures 1, 1, 3');
    near(metrics.gini([[]], 2, 3), 0, 'nothing shown');
    near(
      metrics.novelty(['a', 'b', 'c'], (item) => ({ a: 1 / 2, b: 1 / 8, c: 1 })[item] ?? 0, 2),
      2,
      'novelty@2, bits',
    );
    near(
      metrics.novelty([], () => 1, 3),
      0,
      'nothing shown',
    );
  });

  test('agree with an oracle that goes by the definitions', () => {
    const random = seeded(11);
    const items = Array.from({ length: 30 }, (_, j) => j);
    for (let round = 0; round < 500; round++) {
      const list = sample(items, below(random, 31), random);
      const relevant = new Set(sample(items, 1 + below(random, 12), random));
      const k = 1 + below(random, 35);
      const rel = Array.from({ length: k }, (_, i) => (i < list.length && relevant.has(list[i]) ? 1 : 0));
      const n = rel.filter(Boolean).length;
      const ideal = Array.from({ length: k }, (_, i) => (i < relevant.size ? 1 : 0));
      const dcg = (/** @type {number[]} */ gains) =>
        gains.map((g, i) => (g * Math.LN2) / Math.log(i + 2)).reduce((a, b) => a + b, 0);
      const first = rel.indexOf(1);
      near(metrics.recall(list, relevant, k), n / relevant.size, 'recall');
      near(metrics.precision(list, relevant, k), n / k, 'precision');
      near(metrics.hitRate(list, relevant, k), Math.min(1, n), 'hitRate');
      near(metrics.ndcg(list, relevant, k), dcg(rel) / dcg(ideal), 'ndcg');
      near(metrics.mrr(list, relevant, k), first < 0 ? 0 : 1 / (first + 1), 'mrr');
      const precisions = rel.map((hit, i) => hit * (rel.slice(0, i + 1).filter(Boolean).length / (i + 1)));
      near(
        metrics.map(list, relevant, k),
        precisions.reduce((a, b) => a + b, 0) / Math.min(k, relevant.size),
        'map',
      );
    }
  });

  test('Gini agrees with the mean absolute difference of all pairs', () => {
    const random = seeded(12);
    for (let round = 0; round < 50; round++) {
      const lists = Array.from({ length: 1 + below(random, 20) }, () =>
        sample(
          Array.from({ length: 15 }, (_, j) => j),
          5,
          random,
        ),
      );
      const times = Array.from({ length: 15 }, (_, j) => lists.filter((list) => list.includes(j)).length);
      const mean = times.reduce((a, b) => a + b, 0) / 15;
      const differences = times.flatMap((a) => times.map((b) => Math.abs(a - b))).reduce((a, b) => a + b, 0);
      near(metrics.gini(lists, 5, 15), differences / (2 * 15 * 15 * mean), 'gini');
    }
  });

  test('the ideal order gives 1, the reverse of a long list 0', () => {
    const list = Array.from({ length: 100 }, (_, j) => j);
    const relevant = new Set([0, 1, 2, 3, 4]);
    for (const name of /** @type {const} */ (['recall', 'ndcg', 'hitRate', 'precision', 'mrr', 'map'])) {
      assert.equal(metrics[name](list, relevant, 5), 1, name);
      assert.equal(metrics[name](list.toReversed(), relevant, 5), 0, name);
    }
  });

  test('refuse what has no value', async () => {
    await failsWith(
      () => metrics.recall(['a'], new Set(), 5),
      'BAD_ARGUMENT',
      /relevant: got an empty set, wanted a Set of at least one item/,
    );
    await failsWith(() => metrics.ndcg(['a'], /** @type {any} */ (['a']), 5), 'BAD_ARGUMENT', /relevant/);
    await failsWith(
      () => metrics.map(['a'], new Set(['a']), 0),
      'BAD_ARGUMENT',
      /k: got 0, wanted a whole number, 1 or more/,
    );
    await failsWith(
      () => metrics.coverage([['a', 'b']], 2, 1),
      'BAD_ARGUMENT',
      /catalogue: got 1, wanted .*2 items/,
    );
    await failsWith(() => metrics.gini([['a', 'b']], 2, 1), 'BAD_ARGUMENT', /catalogue/);
    await failsWith(() => metrics.novelty(['a'], () => 1, 1.5), 'BAD_ARGUMENT', /k: got 1.5/);
  });
});

describe('pairedBootstrap', () => {
  const random = seeded(5);
  const a = Float64Array.from({ length: 400 }, random);
  const b = a.map((value) => value - 0.1 + 0.4 * (random() - 0.5));

  test('is centred on the mean difference and as wide as the normal theory says', () => {
    const differences = a.map((value, i) => value - b[i]);
    const mean = differences.reduce((sum, value) => sum + value, 0) / 400;
    const error = Math.sqrt(differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 399 / 400);
    const { mean: got, low, high, below: share } = pairedBootstrap(a, b, { resamples: 20000 });
    near(got, mean, 'mean');
    for (const [end, wanted] of [
      [low, mean - 1.96 * error],
      [high, mean + 1.96 * error],
    ])
      assert.ok(Math.abs(end - wanted) < 0.1 * error, `${end} is not near ${wanted}`);
    assert.equal(share, 0);
  });

  test('is the same for the same seed, the mirror for exchanged systems, 0 for equal ones', () => {
    const first = pairedBootstrap(a, b);
    const again = pairedBootstrap(a, b, { seed: 1, resamples: 2000 });
    const mirror = pairedBootstrap(b, a);
    assert.deepEqual(first, again);
    assert.notDeepEqual(pairedBootstrap(a, b, { seed: 2 }), first);
    near(mirror.low, -first.high, 'low');
    near(mirror.high, -first.low, 'high');
    assert.equal(mirror.below, 1);
    assert.deepEqual(pairedBootstrap(a, a), { mean: 0, low: 0, high: 0, below: 0 });
  });

  test('covers a true difference about 95 times in 100', () => {
    let covered = 0;
    for (let round = 0; round < 300; round++) {
      const x = Float64Array.from({ length: 60 }, () => random() - 0.5);
      const { low, high } = pairedBootstrap(x, new Float64Array(60), { resamples: 400, seed: round });
      if (low <= 0 && high >= 0) covered++;
    }
    assert.ok(covered >= 270 && covered <= 296, `${covered} of 300`);
  });

  test('refuses figures that are no pairs', async () => {
    await failsWith(
      () => pairedBootstrap([1, 2], [1]),
      'BAD_ARGUMENT',
      /got 2 and 1, wanted as many of both/,
    );
    await failsWith(() => pairedBootstrap([], []), 'BAD_ARGUMENT', /at least one/);
    await failsWith(() => pairedBootstrap([1, NaN], [1, 1]), 'BAD_ARGUMENT', /figure 1: got NaN/);
    await failsWith(() => pairedBootstrap([1], [1], { resamples: 0 }), 'BAD_ARGUMENT', /resamples: got 0/);
    await failsWith(() => pairedBootstrap([1], [1], { seed: -1 }), 'BAD_ARGUMENT', /seed: got -1/);
  });
});
