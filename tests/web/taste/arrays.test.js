// Owns the test of ampcf/taste on plain arrays: the wasm module against double-precision references, and what
// it refuses.
// Must not test models: taste-model.test.js does.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  dppRerank,
  mmrRerank,
  proportionalRerank,
  steckRerank,
  tasteDistance,
  tasteDistribution,
} from '../../../dist/taste.js';
import { below, failsWith, seeded } from '../../support.js';

const any = (/** @type {unknown} */ value) => /** @type {any} */ (value);
const sum = (/** @type {ArrayLike<number>} */ list) => Array.from(list).reduce((total, x) => total + x, 0);
const near = (/** @type {number} */ got, /** @type {number} */ wanted, tolerance = 1e-12) =>
  assert.ok(Math.abs(got - wanted) <= tolerance, `${got}, wanted ${wanted}`);

/**
 * @param {() => number} random
 * @param {number} n
 */
function draw(random, n) {
  const raw = Array.from({ length: n }, () => (random() < 0.3 ? 0 : random()));
  if (sum(raw) === 0) raw[0] = 1;
  return raw.map((x) => x / sum(raw));
}

/**
 * By the book.
 * @type {Record<string, (p: number[], q: number[]) => number>}
 */
const references = {
  jensenShannon: (p, q) =>
    Math.sqrt(
      Math.max(
        0,
        sum(
          p.map(
            (x, a) =>
              (x > 0 ? (x / 2) * Math.log2((2 * x) / (x + q[a])) : 0) +
              (q[a] > 0 ? (q[a] / 2) * Math.log2((2 * q[a]) / (x + q[a])) : 0),
          ),
        ),
      ),
    ),
  hellinger: (p, q) => Math.sqrt(Math.max(0, 1 - sum(p.map((x, a) => Math.sqrt(x * q[a]))))),
  totalVariation: (p, q) => sum(p.map((x, a) => Math.abs(x - q[a]))) / 2,
  kl: (p, q) => sum(p.map((x, a) => (x > 0 ? x * Math.log(x / (0.99 * q[a] + 0.01 * x)) : 0))),
  wasserstein: (p, q) => references.totalVariation(p, q),
};
const names = Object.keys(references);

describe('distances', () => {
  test('agree with the reference, keep their bounds, and all but KL are metrics', async () => {
    const random = seeded(301);
    for (let round = 0; round < 60; round++) {
      const n = 1 + below(random, 30);
      const [p, q, r] = [draw(random, n), draw(random, n), draw(random, n)];
      for (const distance of any(names)) {
        const pq = await tasteDistance(p, q, { distance });
        near(pq ** 2, references[distance](p, q) ** 2, 1e-13);
        assert.ok(pq >= 0 && pq <= (distance === 'kl' ? Math.log(100) : 1));
        assert.equal(await tasteDistance(p, p, { distance }), 0);
        if (distance === 'kl') continue;
        assert.equal(await tasteDistance(q, p, { distance }), pq);
        assert.ok(
          (await tasteDistance(p, r, { distance })) <= pq + (await tasteDistance(q, r, { distance })) + 1e-9,
        );
      }
      assert.equal(await tasteDistance(p, q), await tasteDistance(p, q, { distance: 'jensenShannon' }));
    }
  });

  test('of tastes with nothing in common are at their bound', async () => {
    for (const distance of any(names))
      near(
        await tasteDistance([0.5, 0.5, 0, 0], [0, 0, 0.2, 0.8], { distance }),
        distance === 'kl' ? Math.log(100) : 1,
      );
  });

  test('Wasserstein takes rows, a flat matrix or a function, and is the closed form on a line', async () => {
    const random = seeded(302);
    const n = 9;
    const p = draw(random, n);
    const q = draw(random, n);
    const line = Array.from({ length: n }, (_, a) => (a * a) / 3);
    const rows = line.map((x) => line.map((y) => Math.abs(x - y)));
    let apart = 0;
    const wanted = sum(line.slice(0, -1).map((x, a) => Math.abs((apart += p[a] - q[a])) * (line[a + 1] - x)));
    for (const cost of [
      rows,
      rows.flat(),
      Float64Array.from(rows.flat()),
      (/** @type {number} */ a, /** @type {number} */ b) => rows[a][b],
    ])
      near(await tasteDistance(p, q, { distance: 'wasserstein', cost }), wanted);
    near(
      await tasteDistance(p, q, { distance: 'wasserstein', cost: rows.map((row) => row.map((x) => 7 * x)) }),
      7 * wanted,
      1e-11,
    );
  });

  test('refuse what is no distribution, distance or cost, and say which', async () => {
    const p = [0.5, 0.5];
    const q = [1, 0];
    const cost = [
      [0, 1],
      [1, 0],
    ];
    for (const bad of [
      undefined,
      5,
      'ab',
      [],
      [0.5, 0.6],
      [1, 0, 0],
      [NaN, 1],
      [-0.5, 1.5],
      ['1', 0],
      [Infinity, 0],
      new Array(2),
    ])
      await failsWith(() => tasteDistance(p, any(bad)), 'BAD_ARGUMENT', /q|options/);
    await failsWith(() => tasteDistance([0.5, 0.6], q), 'BAD_ARGUMENT', /^sum of p: got 1\.1, wanted 1/);
    for (const bad of ['jsd', 0, null, {}])
      await failsWith(
        () => tasteDistance(p, q, { distance: any(bad) }),
        'BAD_ARGUMENT',
        /^distance: got .*jensenShannon/,
      );
    for (const bad of [
      5,
      null,
      'x',
      [[0, 1]],
      [[0], [1]],
      [1, 2, 3],
      [
        [0, -1],
        [1, 0],
      ],
      [
        [0, NaN],
        [1, 0],
      ],
      [
        [0, 1],
        [2e9, 0],
      ],
      () => 'x',
    ])
      await failsWith(
        () => tasteDistance(p, q, { distance: 'wasserstein', cost: any(bad) }),
        'BAD_ARGUMENT',
        /^cost/,
      );
    await failsWith(() => tasteDistance(p, q, any([])), 'BAD_ARGUMENT', /options/);
    assert.equal(await tasteDistance(p, q, { distance: 'wasserstein', cost }), 0.5);
  });
});

describe('distributions', () => {
  test('spread each item over its categories, by weight and by rank', async () => {
    const plain = await tasteDistribution([[0], [0, 1], [], [2]], { discount: false });
    (near(Number(plain?.[0]), 0.5), near(Number(plain?.[1]), 1 / 6), near(Number(plain?.[2]), 1 / 3));
    const ranked = await tasteDistribution([[0], [1]], { size: 4 });
    const total = 1 + 1 / Math.log2(3);
    assert.equal(ranked?.length, 4);
    near(Number(ranked?.[0]), 1 / total);
    const weighed = await tasteDistribution(
      [
        [
          [0, 1],
          [1, 3],
        ],
        [1],
      ],
      { weights: [2, 2], discount: false },
    );
    near(Number(weighed?.[0]), 1 / 8);
    for (const nothing of [[], [[]], [[], []]]) assert.equal(await tasteDistribution(nothing), null);
    assert.equal(await tasteDistribution([[0]], { weights: [0] }), null);
  });

  test('refuse items, weights and sizes that do not fit', async () => {
    for (const bad of [
      5,
      'ab',
      [5],
      [['x']],
      [[-1]],
      [[0.5]],
      [[0, 0]],
      [[[0, 0]]],
      [[[0, -1]]],
      [[[0, NaN]]],
      [[4096]],
    ])
      await failsWith(() => tasteDistribution(any(bad)), 'BAD_ARGUMENT', /items|size/);
    for (const weights of [[1], [1, 2, 3], [1, -1], [1, NaN], 'ab', 5])
      await failsWith(
        () => tasteDistribution([[0], [1]], { weights: any(weights) }),
        'BAD_ARGUMENT',
        /weights/,
      );
    for (const size of [1, 4097, 1.5, '3'])
      await failsWith(() => tasteDistribution([[0], [1]], { size: any(size) }), 'BAD_ARGUMENT', /^size/);
    await failsWith(() => tasteDistribution([[0]], { discount: any(1) }), 'BAD_ARGUMENT', /^discount/);
  });
});

describe('re-ranking', () => {
  const random = seeded(303);
  const n = 30;
  const size = 6;
  const scores = Array.from({ length: n }, () => random()).sort((a, b) => b - a);
  const target = draw(random, size);
  const items = Array.from({ length: n }, () => [below(random, size)]);
  const vectors = Array.from({ length: n }, () => Array.from({ length: 5 }, () => random() - 0.5));
  const pool = { scores, items, target, vectors };

  test('at lambda 0 is the input, at any lambda a permutation, and topK a prefix of it', async () => {
    for (const rerank of [steckRerank, proportionalRerank, mmrRerank, dppRerank]) {
      assert.deepEqual(
        await rerank(pool, { lambda: 0 }),
        scores.map((_, i) => i),
      );
      for (const lambda of [0.3, 0.9, 1]) {
        const whole = await rerank(pool, { lambda });
        assert.deepEqual(
          [...whole].sort((a, b) => a - b),
          scores.map((_, i) => i),
        );
        assert.deepEqual(await rerank(pool, { lambda, topK: 7 }), whole.slice(0, 7));
      }
      assert.deepEqual(await rerank({ scores: [], items: [], target, vectors: [] }, { lambda: 0.5 }), []);
      assert.deepEqual(await rerank(pool, { lambda: 0.5, topK: 0 }), []);
    }
  });

  test('Steck comes closer to the target as lambda grows', async () => {
    const distances = [];
    for (const lambda of [0, 0.2, 0.5, 0.8, 1]) {
      const list = await steckRerank(pool, { lambda, topK: 12 });
      const q = await tasteDistribution(
        list.map((i) => items[i]),
        { size },
      );
      distances.push(await tasteDistance(target, /** @type {Float64Array} */ (q), { distance: 'kl' }));
    }
    assert.ok(Number(distances.at(-1)) < distances[0] / 2, String(distances));
    for (let i = 1; i < distances.length; i++)
      assert.ok(distances[i] <= distances[i - 1] + 0.02, String(distances));
  });

  test('MMR and DPP make lists whose items are less alike', async () => {
    const alike = (/** @type {number[]} */ list) => {
      const unit = list.map((i) => vectors[i].map((x) => x / Math.hypot(...vectors[i])));
      return Math.max(...unit.flatMap((v, i) => unit.slice(0, i).map((w) => sum(v.map((x, d) => x * w[d])))));
    };
    const plain = alike([0, 1, 2, 3, 4]);
    for (const rerank of [mmrRerank, dppRerank])
      assert.ok(alike(await rerank(pool, { lambda: 0.9, topK: 5 })) < plain - 0.2);
  });

  test('refuses lambda, scores, vectors and targets that do not fit', async () => {
    for (const rerank of /** @type {any[]} */ ([steckRerank, proportionalRerank, mmrRerank, dppRerank])) {
      for (const lambda of [-0.1, 1.1, NaN, '0.5', undefined])
        await failsWith(() => rerank(pool, { lambda }), 'BAD_ARGUMENT', /^lambda/);
      for (const bad of [[NaN], 'ab', undefined, ['1'], scores.slice(1)])
        await failsWith(
          () => rerank({ ...pool, scores: bad }, { lambda: 0.5 }),
          'BAD_ARGUMENT',
          /scores|length of/,
        );
      await failsWith(() => rerank(pool, { lambda: 0.5, topK: -1 }), 'BAD_ARGUMENT', /^topK/);
      await failsWith(() => rerank(pool), 'BAD_ARGUMENT');
    }
    await failsWith(() => steckRerank({ ...pool, target: [1] }, { lambda: 0.5 }), 'BAD_ARGUMENT', /size/);
    await failsWith(
      () => mmrRerank({ ...pool, vectors: [[1], ...vectors.slice(1)] }, { lambda: 0.5 }),
      'BAD_ARGUMENT',
      /^vectors\[1\]: got 5 numbers, wanted 1/,
    );
  });
});
