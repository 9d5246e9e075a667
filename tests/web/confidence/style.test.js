// Owns the tests of ratings by a person's own style. Must not measure what they are good for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ratings, styleOf, stylePriorOf } from '../../../dist/confidence.js';
import { failsWith, openSmallModel } from '../../support.js';

const model = await openSmallModel();
const ids = model.ids();
const preferences = (/** @type {import('../../../web/model/profile.js').Profile} */ me) =>
  me.history.map(({ item, preference }) => [item, Number(preference.toFixed(6))]);

test('without a style of their own a person is taken as rate takes them', () => {
  // One rating against a prior of a million: r' = r.
  for (const stars of [1, 2, 2.5, 4, 5]) {
    const me = model.createProfile();
    ratings(me, [{ item: ids[0], stars }], { prior: { strength: 1e6 } });
    const plain = model.createProfile().rate(ids[0], stars);
    assert.ok(Math.abs(me.history[0].preference - plain.history[0].preference) < 1e-4, String(stars));
  }
});

test('offset and scale are shrunk, and worked out by hand', () => {
  const style = styleOf(
    [1, 3].map((stars, i) => ({ item: ids[i], stars })),
    { prior: { mean: 4, spread: 1, strength: 2 } },
  );
  // mean (1 + 3 + 2 4) / 4 = 3; squares (4 + 0 + 2 1) / 4 = 1.5
  assert.deepEqual(style, { mean: 3, spread: Math.sqrt(1.5), ratings: 2 });
  const me = model.createProfile();
  ratings(
    me,
    [
      { item: ids[0], stars: 1 },
      { item: ids[1], stars: 3 },
    ],
    { prior: { mean: 4, spread: 1, strength: 2 } },
  );
  // r' = 4 + (r - 3) / sqrt(1.5); preference = (2 r' - 6) / 4
  const wanted = [1, 3].map((r) => Math.max(-1, Math.min(1, (2 * (4 + (r - 3) / Math.sqrt(1.5)) - 6) / 4)));
  assert.deepEqual(
    preferences(me),
    wanted.map((x, i) => [ids[i], Number(x.toFixed(6))]),
  );
});

test('a 3 of a harsh rater is worth more than a 3 of a soft one', () => {
  const of = (/** @type {number[]} */ stars) => {
    const me = model.createProfile();
    ratings(
      me,
      stars.map((r, i) => ({ item: ids[i], stars: r })),
    );
    return me.history[0].preference;
  };
  assert.ok(of([3, 1, 1, 2, 2, 1]) > 0.35);
  assert.ok(of([3, 5, 5, 4, 5, 5]) < -0.1);
});

test('the same ratings in any order, at once or one by one, give the same events', () => {
  const list = [5, 1, 4, 4, 2, 3].map((stars, i) => ({ item: ids[i], stars, weight: 1 + i, at: 100 + i }));
  const once = model.createProfile();
  ratings(once, list);
  const slowly = model.createProfile();
  const stars = ratings(slowly);
  for (const rating of list) stars.add(rating);
  assert.deepEqual(slowly.history, once.history);
  assert.deepEqual(
    stars.list,
    list.map(({ item, stars: r }) => ({ item, stars: r })),
  );
  assert.deepEqual(stars.style, styleOf(list));
  const back = model.createProfile();
  ratings(back, [...list].reverse());
  assert.deepEqual(
    new Map(preferences(back).map(([a, b]) => [a, b])),
    new Map(preferences(once).map(([a, b]) => [a, b])),
  );
});

test('what is taken back leaves nothing behind, and other events stay as they are', () => {
  const me = model.createProfile([{ item: ids[9], preference: 0.5 }]);
  const stars = ratings(me, [
    { item: ids[0], stars: 5 },
    { item: ids[1], stars: 2 },
  ]);
  const before = me.history;
  stars.add({ item: ids[2], stars: 1 });
  assert.notDeepEqual(me.history.slice(0, 3), before);
  assert.equal(stars.remove(ids[2]), true);
  assert.equal(stars.remove(ids[2]), false);
  assert.deepEqual(me.history, before);
  assert.equal(me.history[0].preference, 0.5);
  me.remove(ids[1]);
  assert.deepEqual(stars.list, [{ item: ids[0], stars: 5 }]);
  stars.add({ item: ids[3], stars: 4 });
  assert.deepEqual(
    stars.list.map(({ item }) => item),
    [ids[0], ids[3]],
  );
  // A rating that changes keeps its weight and time.
  stars.add({ item: ids[0], stars: 3, weight: 2, at: 7 }).add({ item: ids[0], stars: 4 });
  assert.deepEqual([me.history[1].weight, me.history[1].at], [2, 7]);
});

test('the prior of people is measured', () => {
  const people = [[1, 2, 3], [3, 4, 5], [2, 3, 4], [5]];
  const { mean, spread, strength } = stylePriorOf(people);
  assert.ok(Math.abs(mean - 3) < 1e-12 && Math.abs(spread - Math.sqrt(2 / 3)) < 1e-12);
  // between = 2/3 - (2/3)/3 = 4/9; strength (2/3) / (4/9) = 1.5
  assert.ok(Math.abs(strength - 1.5) < 1e-12);
});

test('people whose ratings say nothing of how people rate are refused', async () => {
  const wrong = [
    [
      [
        [3, 3, 3],
        [4, 4],
      ],
      /all alike/,
    ],
    [
      [
        [1e200, 2],
        [3, 4],
      ],
      /got 1e\+200, wanted numbers from -1e\+100/,
    ],
    [
      [
        [-Infinity, 2],
        [3, 4],
      ],
      /got -Infinity/,
    ],
  ];
  for (const [people, message] of wrong)
    await failsWith(
      () => stylePriorOf(/** @type {any} */ (people)),
      'BAD_ARGUMENT',
      /** @type {any} */ (message),
    );
  for (const unit of [1e-90, 1e-3, 1, 1e90]) {
    const prior = stylePriorOf([
      [unit, 2 * unit],
      [3 * unit, 5 * unit],
    ]);
    assert.ok(
      Object.values(prior).every((x) => x > 0 && Number.isFinite(x)),
      JSON.stringify(prior),
    );
    assert.ok(
      Math.abs(
        prior.strength /
          stylePriorOf([
            [1, 2],
            [3, 5],
          ]).strength -
          1,
      ) < 1e-9,
    );
    // What is measured is what `ratings` takes.
    const style = styleOf([{ item: ids[0], stars: unit }], { scale: [0, 5 * unit], prior });
    assert.ok(style.mean > 0 && style.spread > 0);
  }
});

test('a scale that cannot be counted with is named', async () => {
  const me = model.createProfile();
  for (const scale of [
    [-1e308, 1e308],
    [0, 5e-324],
    [4, 4],
    [1, 5, 9],
  ])
    await failsWith(() => ratings(me, [], /** @type {any} */ ({ scale })), 'BAD_ARGUMENT', /^scale: got/);
  for (const scale of [
    [3, 3],
    [5, 1],
  ])
    await failsWith(
      () => me.rate(ids[0], 3, /** @type {any} */ ({ scale })),
      'BAD_ARGUMENT',
      /^rating of .*: got 3/,
    );
});

test('ratings that come together are one change: one call of those who listen, one to undo', () => {
  const me = model.createProfile([{ item: ids[9], preference: 0.5 }]);
  const stars = ratings(me);
  let calls = 0;
  me.subscribe(() => calls++);
  const states = [JSON.stringify([me.history, stars.list])];
  const steps = [
    () => stars.addAll(ids.slice(0, 150).map((item, i) => ({ item, stars: 1 + (i % 5) }))),
    () => stars.add({ item: ids[0], stars: 5 }),
    () => stars.remove(ids[7]),
    () => stars.add({ item: ids[9], stars: 2 }),
  ];
  steps.forEach((step, i) => {
    step();
    assert.equal(calls, i + 1);
    states.push(JSON.stringify([me.history, stars.list]));
  });
  assert.equal(new Set(states).size, 5);
  stars.addAll([]);
  assert.equal(calls, 4);
  while (states.length > 1) {
    states.pop();
    assert.equal(me.undo(), true);
    assert.equal(JSON.stringify([me.history, stars.list]), states.at(-1));
  }
  assert.equal(me.undo(), false);
});

test('ratings in a ring forget the oldest events; listeners may not change what is changing', async () => {
  const me = model.createProfile([], { ring: 8 });
  const stars = ratings(
    me,
    ids.slice(0, 30).map((item, i) => ({ item, stars: 1 + (i % 5) })),
  );
  assert.equal(me.size, 8);
  assert.deepEqual(
    stars.list.map(({ item }) => item),
    ids.slice(22, 30),
  );
  assert.equal(me.undo(), false);
  /** @type {any} */ let code;
  me.subscribe(() => {
    code = undefined;
    try {
      stars.add({ item: ids[40], stars: 3 });
    } catch (error) {
      code = /** @type {any} */ (error).code;
    }
  });
  stars.add({ item: ids[31], stars: 3 });
  assert.equal(code, 'BUSY');
  assert.deepEqual(stars.list.map(({ item }) => item).includes(ids[40]), false);
});

test('bad ratings are refused, and nothing changes', async () => {
  const me = model.createProfile();
  const stars = ratings(me, [{ item: ids[0], stars: 4 }]);
  const before = me.history;
  for (const wrong of [
    { item: ids[1], stars: 6 },
    { item: ids[1], stars: NaN },
    { item: ids[1] },
    { item: ids[1], stars: 3, weight: 0 },
    { stars: 3 },
    3,
    { item: ids[1], stars: 3, nobody: 1 },
  ])
    await failsWith(
      () => stars.addAll(/** @type {any} */ ([{ item: ids[2], stars: 5 }, wrong])),
      'BAD_ARGUMENT',
    );
  assert.deepEqual(me.history, before);
  for (const options of [
    { scale: [5, 1] },
    { scale: [1] },
    { scale: 'ab' },
    { prior: { mean: 9 } },
    { prior: { spread: 0 } },
    { prior: { strength: 0 } },
  ])
    await failsWith(() => ratings(me, [], /** @type {any} */ (options)), 'BAD_ARGUMENT');
  for (const people of [
    [],
    [[1]],
    [
      [1, 2],
      [3, NaN],
    ],
    3,
  ])
    await failsWith(() => stylePriorOf(/** @type {any} */ (people)), 'BAD_ARGUMENT');
  await failsWith(() => ratings(/** @type {any} */ ({})), 'BAD_ARGUMENT');
  me.dispose();
  await failsWith(() => stars.add({ item: ids[1], stars: 3 }), 'DISPOSED');
});

test('ten thousand ratings of somebody who rates at random stay finite', () => {
  const me = model.createProfile();
  const stars = ratings(me);
  stars.addAll(
    Array.from({ length: 10000 }, (_, i) => ({ item: ids[i % ids.length], stars: 1 + ((i * 7919) % 5) })),
  );
  assert.ok(me.history.every(({ preference }) => preference >= -1 && preference <= 1));
  assert.equal(stars.style.ratings, ids.length);
});

test('ratings that do not fit leave every event as it was', async () => {
  const full = Array.from({ length: 65_534 }, (_, i) => `unknown ${i}`);
  const me = model.createProfile([{ item: ids[0], weight: 3, at: 1000, preference: -0.5 }, ids[1], ...full]);
  const mine = ratings(me, [{ item: ids[1], stars: 4, weight: 7, at: 9 }]);
  const before = JSON.stringify([me.history, mine.list]);
  const list = [
    { item: ids[0], stars: 5, weight: 2 },
    { item: ids[1], stars: 1, weight: 2, at: 5 },
    { item: ids[2], stars: 5 },
  ];
  await failsWith(() => mine.addAll(list), 'LIMIT');
  assert.equal(JSON.stringify([me.history, mine.list]), before);
});
