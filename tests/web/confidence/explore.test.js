// Owns the tests of exploration: what is drawn, what order it makes, what is left out. Must not measure
// regret.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { exploration, explore, posteriorOf } from '../../../dist/confidence.js';
import { trainModel } from '../../../dist/train.js';
import { vectorsOf } from '../../../web/core/kernel.js';
import { failsWith, golden, historyOf, smallModel } from '../../support.js';

const model = await loadModel(await smallModel({ gate: 1, leaves: 4, proportional: 0.6 }), {
  plugins: [explore],
});
const me = model.createProfile(historyOf(0));
const all = vectorsOf(model.kernel, 0, model.info.items);

test('thompson draws from N(0, s^2 M^-1): mean and deviation over many seeds are those of ucb', () => {
  const posterior = posteriorOf(me);
  const deviations = exploration(posterior, all, { by: 'ucb' });
  const seeds = 3000;
  const sums = new Float64Array(model.info.items);
  const squares = new Float64Array(model.info.items);
  for (let seed = 0; seed < seeds; seed++)
    exploration(posterior, all, { seed }).forEach((x, j) => {
      sums[j] += x;
      squares[j] += x * x;
    });
  for (let j = 0; j < sums.length; j++) {
    assert.ok(Math.abs(sums[j] / seeds) < 5 * (deviations[j] / Math.sqrt(seeds)), `mean of ${j}`);
    assert.ok(Math.abs(Math.sqrt(squares[j] / seeds) / deviations[j] - 1) < 0.08, `deviation of ${j}`);
  }
});

test('the same seed gives the same list, another one another, and none is strength 0', () => {
  const plain = me.recommend({ topK: 10 });
  assert.ok(
    plain.items.some(({ seat }) => seat),
    'the plain list has places that are not by score',
  );
  for (const by of /** @type {const} */ (['thompson', 'ucb'])) {
    assert.deepEqual(me.recommend({ topK: 10, explore: { by, strength: 0 } }), plain);
    const tiny = me.recommend({ topK: 10, explore: { by, strength: 1e-9 } });
    assert.deepEqual(golden(tiny), golden(plain), 'nearly none is nearly the plain list');
    const list = me.recommend({ topK: 10, explore: { by, seed: 3 } });
    assert.deepEqual(me.recommend({ topK: 10, explore: { by, seed: 3 } }), list);
    assert.notDeepEqual(golden(list), golden(plain));
  }
  const [three, four] = [3, 4].map((seed) => me.recommend({ explore: { seed } }));
  assert.notDeepEqual(golden(three), golden(four));
  assert.deepEqual(me.recommend({ topK: 10 }), plain, 'nothing stays of it');
});

test('the order is by score and what is added, and both are told', () => {
  const model0 = model.createProfile(historyOf(3));
  const { items } = model0.rank([...model.ids(), 'nobody'], { explore: { by: 'ucb', strength: 0.5 } });
  const values = items.slice(0, -1).map(({ score, explored }) => Number(score) + Number(explored));
  values.slice(1).forEach((value, i) => assert.ok(value <= values[i]));
  assert.equal(items.length, model.info.items + 1);
  assert.equal(items.at(-1)?.known, false);
  const scores = new Map(golden(model0.rank(model.ids())).map(([id, score]) => [id, score]));
  for (const { item, score } of items.slice(0, -1)) assert.equal(score, scores.get(item));
  assert.deepEqual(
    golden(model0.rank(model.ids(), { topK: 4, explore: { seed: 2 } })),
    golden(model0.rank(model.ids(), { explore: { seed: 2 } })).slice(0, 4),
  );
});

test('what may not be listed is not explored', () => {
  const strong = { strength: 50, seed: 9 };
  const ids = model.ids();
  const exclude = ids.slice(0, 30);
  const listed = (/** @type {any} */ options) =>
    me.recommend({ topK: 20, explore: strong, ...options }).items.map(({ item }) => item);
  const own = new Set(historyOf(0).map(({ item }) => item));
  assert.ok(listed({}).every((id) => !own.has(id)));
  assert.ok(listed({ excludeSeen: false, topK: ids.length }).some((id) => own.has(id)));
  assert.ok(listed({ exclude: exclude.values() }).every((id) => !exclude.includes(id)));
  for (const filter of [
    ids.slice(5, 25),
    (/** @type {string} */ id) => ids.indexOf(id) % 2 === 0,
    { aspects: { include: ['Western'] } },
  ]) {
    const only = new Set(me.recommend({ topK: ids.length, filter }).items.map(({ item }) => item));
    const found = listed({ filter });
    assert.ok(found.length > 0 && found.every((id) => only.has(id)));
  }
  assert.deepEqual(listed({ filter: [] }), []);
  assert.deepEqual(listed({ topK: 0 }), []);
  assert.deepEqual(me.recommend({ explore: {}, exclude: ['nobody'] }).unknown, ['nobody']);
  const explained = me.recommend({ topK: 20, explore: strong, explain: true });
  assert.ok(explained.items.every(({ explanation }) => explanation));
});

test('an empty history explores too', () => {
  const nobody = model.createProfile();
  const lists = [1, 2].map((seed) => golden(nobody.recommend({ explore: { seed } })));
  assert.notDeepEqual(lists[0], lists[1]);
  assert.equal(posteriorOf(nobody).scale, 1);
});

test('bad options are refused', async () => {
  for (const wrong of [
    true,
    1,
    { by: 'greedy' },
    { seed: -1 },
    { seed: 2 ** 32 },
    { strength: -1 },
    { strength: NaN },
    { strength: 101 },
    { nobody: 1 },
  ])
    for (const call of [
      () => me.recommend({ explore: wrong }),
      () => me.rank(model.ids(), { explore: wrong }),
    ])
      await failsWith(call, 'BAD_ARGUMENT');
});

test('what ties with the last place of the list is explored too, where nothing is below it', async () => {
  // Each of eight items has the same six people: without a history all score alike.
  const items = Array.from({ length: 8 }, (_, j) => `item ${j}`),
    users = items.map((_, u) => `user ${u}`);
  const pairs = users.flatMap((_, u) => items.slice(0, 6).map((_, i) => [u, (u + i) % 8]));
  const { bytes } = await trainModel(
    { users, items, user: pairs.map(([u]) => u), item: pairs.map(([, j]) => j) },
    { dim: 4, minSupport: 1 },
  );
  const nobody = (await loadModel(bytes, { plugins: [explore] })).createProfile();
  assert.equal(new Set(nobody.rank(items).items.map(({ score }) => score)).size, 1);
  const found = new Set();
  for (let seed = 1; seed <= 60; seed++)
    found.add(nobody.recommend({ topK: 1, explore: { seed } }).items[0].item);
  assert.equal(found.size, 8);
});
