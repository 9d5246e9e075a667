// Owns the test of the Taste object on a small trained model: three spaces, floor, held-out target,
// calibrated and diverse lists.
// Must not test the arithmetic of distances: taste.test.js does.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { taste } from '../../../dist/taste.js';
import { failsWith, historyOf, openSmallModel } from '../../support.js';

const any = (/** @type {unknown} */ value) => /** @type {any} */ (value);
const near = (/** @type {number | null} */ got, /** @type {number | null} */ wanted, tolerance = 1e-12) =>
  assert.ok(Math.abs(Number(got) - Number(wanted)) <= tolerance, `${got}, wanted ${wanted}`);
const ids = (/** @type {{ items: { item: string }[] }} */ ranking) => ranking.items.map(({ item }) => item);
const spaces = /** @type {const} */ (['aspects', 'clusters', 'personas']);
const distances = /** @type {const} */ ([
  'jensenShannon',
  'hellinger',
  'totalVariation',
  'kl',
  'wasserstein',
]);

const model = await openSmallModel();
const over = await taste.open(model);
const withSeveral = Array.from({ length: 40 }, (_, n) => n).filter(
  (n) => model.createProfile(historyOf(n)).personas().length > 1,
);
const me = model.createProfile(historyOf(withSeveral[0]));
const list = ids(me.recommend({ topK: 20 }));

describe('distance', () => {
  test('by default is the square root of the Jensen-Shannon divergence over aspects, by rank', () => {
    const taste = (/** @type {{ item: string, weight: number }[]} */ items) => {
      /** @type {Map<string, number>} */
      const shares = new Map();
      const counted = items.filter(({ item }) => model.aspects(item).length > 0);
      const total = counted.reduce((sum, { weight }) => sum + weight, 0);
      for (const { item, weight } of counted)
        for (const aspect of model.aspects(item))
          shares.set(aspect, (shares.get(aspect) ?? 0) + weight / total / model.aspects(item).length);
      return shares;
    };
    const p = taste(me.history);
    const q = taste(list.map((item, i) => ({ item, weight: 1 / Math.log2(2 + i) })));
    const half = (/** @type {Map<string, number>} */ of, /** @type {Map<string, number>} */ other) =>
      [...of].reduce(
        (sum, [aspect, x]) => sum + (x / 2) * Math.log2((2 * x) / (x + (other.get(aspect) ?? 0))),
        0,
      );
    near(over.distance(me, list), Math.sqrt(half(p, q) + half(q, p)));
    near(me.tasteDistance(list), Math.sqrt(half(p, q) + half(q, p)));
  });

  test('in every space, every distance is within its bounds, and 0 where the list is the history', () => {
    for (const space of spaces)
      for (const distance of distances) {
        const far = over.distance(me, list, { space, distance });
        const self = over.distance(
          me,
          me.history.map(({ item }) => item),
          { space, distance, discount: false },
        );
        const bound = distance === 'kl' ? Math.log(100) : distance === 'wasserstein' ? 2 : 1;
        assert.ok(typeof far === 'number' && far > 0 && far <= bound, `${space} ${distance} ${far}`);
        if (space !== 'personas') near(self, 0, 1e-7);
      }
  });

  test('counts by rank unless told otherwise', () => {
    const backwards = [...list].reverse();
    assert.notEqual(over.distance(me, backwards), over.distance(me, list));
    near(over.distance(me, backwards, { discount: false }), over.distance(me, list, { discount: false }));
  });

  test('to a held-out target does not look at the history', () => {
    const target = ids(model.createProfile(historyOf(withSeveral[1])).recommend({ topK: 12 }));
    const other = model.createProfile(historyOf(withSeveral[2]));
    for (const space of /** @type {const} */ (['aspects', 'clusters'])) {
      assert.equal(over.distance(me, list, { space, target }), over.distance(other, list, { space, target }));
      near(over.distance(me, target, { space, target, discount: false }), 0, 1e-7);
    }
    assert.notEqual(over.distance(me, list, { target }), over.distance(me, list));
  });

  test('of Wasserstein takes the cosine of centres, a unit cost, or a cost between names', () => {
    const options = /** @type {const} */ ({ distance: 'wasserstein', space: 'clusters' });
    const unit = over.distance(me, list, { ...options, cost: 'unit' });
    near(unit, over.distance(me, list, { space: 'clusters', distance: 'totalVariation' }));
    assert.ok(Number(over.distance(me, list, options)) < 2 * Number(unit));
    /** @type {Set<string>} */
    const asked = new Set();
    near(
      over.distance(me, list, { distance: 'wasserstein', cost: (a, b) => (asked.add(a), a === b ? 0 : 1) }),
      over.distance(me, list, { distance: 'totalVariation' }),
    );
    for (const name of asked) assert.ok(/^[A-Z]/.test(name), name);
  });

  test('of what the person did not like does not count', () => {
    const disliking = model.createProfile(historyOf(withSeveral[0]));
    const other = model
      .ids()
      .filter((id) => !me.history.some(({ item }) => item === id))
      .slice(0, 3);
    for (const item of other) disliking.dislike(item);
    for (const space of /** @type {const} */ (['aspects', 'clusters']))
      assert.deepEqual(over.distribution(disliking, { space }), over.distribution(me, { space }));
    const hater = model.createProfile();
    for (const item of other) hater.dislike(item);
    assert.equal(over.distance(hater, list), null);
    assert.equal(over.floor(hater), null);
    assert.deepEqual(over.recommend(hater, { calibrate: 1, topK: 5 }), hater.recommend({ topK: 5 }));
    const heavy = model.createProfile(
      me.history.map((event, i) => ({ ...event, weight: i === 0 ? 1000 : 0.001 })),
    );
    const first = over.distribution([me.history[0].item]);
    over.distribution(heavy)?.shares.forEach((share, a) => near(share, Number(first?.shares[a]), 1e-3));
  });

  test('is what profile.tasteDistance and profile.recommend give with options', () => {
    assert.equal(
      me.tasteDistance(list, { space: 'clusters', distance: 'kl' }),
      over.distance(me, list, { space: 'clusters', distance: 'kl' }),
    );
    assert.deepEqual(
      me.recommend({ calibrate: 0.9, topK: 7 }),
      over.recommend(me, { calibrate: 0.9, topK: 7 }),
    );
  });

  test('is null without a history, or a list, that counts', async () => {
    const nobody = model.createProfile();
    for (const space of /** @type {const} */ (['aspects', 'clusters'])) {
      assert.equal(over.distance(nobody, list, { space }), null);
      for (const nothing of [[], ['no such film']]) assert.equal(over.distance(me, nothing, { space }), null);
    }
    assert.equal(over.floor(nobody), null);
    assert.equal(over.distribution(nobody), null);
    await failsWith(() => over.distance(me, any('abc')), 'BAD_ARGUMENT', /^items/);
    await failsWith(
      () => over.distance(me, list, { space: any('genres') }),
      'BAD_ARGUMENT',
      /^space: got genres, wanted aspects, clusters or personas/,
    );
    await failsWith(() => over.distance(me, list, { distance: any('euclid') }), 'BAD_ARGUMENT', /^distance/);
    await failsWith(
      () => over.distance(me, list, { distance: 'wasserstein', cost: any('none') }),
      'BAD_ARGUMENT',
      /^cost/,
    );
  });

  test('needs what it counts over', async () => {
    const bare = await openSmallModel({ items: undefined });
    const without = await openSmallModel({ items: undefined, clusters: 0 });
    const [of, none] = [await taste.open(bare), await taste.open(without)];
    const [one, two] = [bare, without].map((m) => m.createProfile(historyOf(0)));
    const candidates = ids(one.recommend({ topK: 5 }));
    assert.ok(Number(of.distance(one, candidates, { space: 'clusters' })) > 0);
    assert.ok(Number(none.distance(two, candidates, { space: 'personas' })) >= 0);
    await failsWith(() => of.distance(one, candidates), 'NO_ASPECTS', /or give space: 'clusters'$/);
    await failsWith(
      () => none.distance(two, candidates, { space: 'aspects' }),
      'NO_ASPECTS',
      /train with --items$/,
    );
    await failsWith(() => none.distance(two, candidates, { space: 'clusters' }), 'NO_CLUSTERS');
    await failsWith(() => none.clusters(), 'NO_CLUSTERS');
  });
});

test('distributions say what the shares are of', async () => {
  for (const space of spaces) {
    const mine = over.distribution(me, { space });
    const theirs = over.distribution(list, { space, profile: me });
    assert.ok(mine && theirs);
    assert.deepEqual(mine.categories, theirs.categories);
    assert.equal(mine.shares.length, mine.categories.length);
    near(
      mine.shares.reduce((sum, x) => sum + x, 0),
      1,
    );
  }
  const personas = over.distribution(me, { space: 'personas' })?.shares ?? [];
  me.personas().forEach(({ share }, k) => near(personas[k], share, 0.15));
  await failsWith(() => over.distribution(list, { space: 'personas' }), 'BAD_ARGUMENT', /^profile/);
});

test('clusters have names, sizes and typical films', () => {
  const clusters = over.clusters();
  assert.equal(clusters.length, 24);
  assert.equal(new Set(clusters.map(({ label }) => label)).size, 24);
  assert.equal(
    clusters.reduce((sum, { items }) => sum + items, 0),
    model.info.items,
  );
  for (const { titles, items, aspects } of clusters) {
    assert.equal(titles.length, Math.min(3, items));
    for (const { share, lift } of aspects) assert.ok(share > 0 && share <= 1 && lift > 1);
  }
});

describe('the floor', () => {
  test('is what lists drawn from the history come to, and falls with their length', () => {
    for (const space of spaces)
      for (const distance of /** @type {const} */ (['jensenShannon', 'kl'])) {
        const [short, long] = [5, 80].map((topK) => over.floor(me, { space, distance, topK }));
        assert.ok(short && long && short.mean > long.mean, `${space} ${distance}`);
        assert.ok(0 <= short.low && short.low <= short.median && short.median <= short.high);
      }
  });

  test('is the same for a seed, and no list of the other taste comes below it', () => {
    assert.deepEqual(over.floor(me, { seed: 7 }), over.floor(me, { seed: 7 }));
    assert.notDeepEqual(over.floor(me, { seed: 7 }), over.floor(me, { seed: 8 }));
    const floor = over.floor(me, { topK: 10 });
    const unlike = model
      .ids()
      .filter(
        (id) =>
          !model
            .aspects(id)
            .some((aspect) => me.history.some(({ item }) => model.aspects(item).includes(aspect))),
      );
    if (unlike.length > 0) assert.ok(Number(over.distance(me, unlike.slice(0, 10))) > Number(floor?.high));
    assert.ok(Number(floor?.high) < 1);
  });

  test('refuses lengths, rounds and seeds that are none', async () => {
    for (const [name, bad] of /** @type {const} */ ([
      ['topK', 0],
      ['topK', 1.5],
      ['rounds', 0],
      ['rounds', 2e6],
      ['seed', -1],
      ['seed', 2 ** 32],
    ]))
      await failsWith(() => over.floor(me, { [name]: bad }), 'BAD_ARGUMENT', new RegExp(`^${name}`));
  });
});

describe('calibrated recommendations', () => {
  test('at 0 are those without, with growing lambda closer to the taste', () => {
    const sums = [0, 0, 0, 0];
    for (const n of withSeveral.slice(0, 12)) {
      const person = model.createProfile(historyOf(n));
      for (const space of /** @type {const} */ (['aspects', 'clusters'])) {
        assert.deepEqual(
          over.recommend(person, { calibrate: 0, topK: 10, space }),
          person.recommend({ topK: 10, proportional: 0 }),
        );
        [0, 0.3, 0.7, 1].forEach((calibrate, i) => {
          sums[i] += Number(
            over.distance(person, ids(over.recommend(person, { calibrate, topK: 10, space })), {
              space,
              distance: 'kl',
            }),
          );
        });
      }
    }
    for (let i = 1; i < sums.length; i++) assert.ok(sums[i] < sums[i - 1], String(sums));
    assert.ok(sums[3] < 0.6 * sums[0], String(sums));
  });

  test('keep scores, personas and the rest of a ranking, and explain what is listed', () => {
    const scores = new Map(
      me.recommend({ topK: 100, proportional: 0 }).items.map((item) => [item.item, item]),
    );
    const ranking = over.recommend(me, { calibrate: 0.8, topK: 10 });
    assert.equal(ranking.items.length, 10);
    assert.deepEqual(Object.keys(ranking), Object.keys(me.recommend()));
    for (const item of ranking.items) assert.deepEqual(item, scores.get(item.item));
    const explained = over.recommend(me, { calibrate: 0.8, topK: 10, explain: true, contributions: 2 });
    assert.deepEqual(ids(explained), ids(ranking));
    for (const { score, explanation } of explained.items) {
      assert.equal(explanation?.contributions.length, 2);
      near(
        explanation.contributions.reduce((sum, { contribution }) => sum + contribution, 0) +
          explanation.rest +
          explanation.bias +
          explanation.residual,
        score,
        1e-9,
      );
    }
  });

  test('obey filter, exclude and pool', async () => {
    const ranking = over.recommend(me, {
      calibrate: 0.9,
      topK: 5,
      exclude: [list[0], 'nothing'],
      filter: (/** @type {string} */ id) => id !== list[1],
    });
    assert.deepEqual(ranking.unknown, ['nothing']);
    assert.ok(!ids(ranking).includes(list[0]) && !ids(ranking).includes(list[1]));
    const small = over.recommend(me, { calibrate: 1, topK: 5, pool: 5 });
    assert.deepEqual(new Set(ids(small)), new Set(list.slice(0, 5)));
    for (const [name, bad] of /** @type {[string, unknown][]} */ ([
      ['calibrate', 1.5],
      ['calibrate', undefined],
      ['topK', -1],
      ['pool', 4],
      ['pool', 'all'],
      ['space', 'x'],
      ['discount', 1],
    ]))
      await failsWith(
        () => over.recommend(me, any({ calibrate: 0.5, topK: 5, [name]: bad })),
        'BAD_ARGUMENT',
        new RegExp(`^${name}`),
      );
  });

  test('without a history are popularity, as it is', () => {
    const nobody = model.createProfile();
    assert.deepEqual(over.recommend(nobody, { calibrate: 0.9, topK: 5 }), nobody.recommend({ topK: 5 }));
  });

  test('to a target bring its taste', () => {
    const target = model
      .ids()
      .filter((id) => model.aspects(id).includes('Horror'))
      .slice(0, 5);
    const horror = (/** @type {string[]} */ of) =>
      of.filter((id) => model.aspects(id).includes('Horror')).length;
    assert.ok(
      horror(ids(over.recommend(me, { calibrate: 1, topK: 10, pool: model.info.items, target }))) >
        horror(list.slice(0, 10)) + 4,
    );
  });
});

describe('another order for a ranking', () => {
  const ranking = me.rank([...list, 'nobody knows this']);

  test('at lambda 0 is the same, at others the same items, the unknown ones last', () => {
    for (const by of /** @type {const} */ (['steck', 'proportional', 'mmr', 'dpp'])) {
      assert.deepEqual(over.rerank(me, ranking, { by, lambda: 0 }), ranking);
      const other = over.rerank(me, ranking, { by, lambda: 0.9 });
      assert.deepEqual([...ids(other)].sort(), [...ids(ranking)].sort());
      assert.notDeepEqual(ids(other), ids(ranking), by);
      assert.equal(other.items.at(-1)?.known, false);
      assert.deepEqual(over.rerank(me, ranking, { by, lambda: 0.9, topK: 3 }).items, other.items.slice(0, 3));
    }
  });

  test('by MMR and DPP lists items that are less alike', () => {
    const pool = me.recommend({ topK: 100 });
    const likeness = (/** @type {string[]} */ of) =>
      Math.max(
        ...of.map((id, i) =>
          Math.max(
            -1,
            ...model
              .similar(id, { topK: model.info.items })
              .filter(({ item }) => of.indexOf(item) > i)
              .map(({ score }) => score),
          ),
        ),
      );
    for (const by of /** @type {const} */ (['mmr', 'dpp']))
      assert.ok(
        likeness(ids(over.rerank(me, pool, { by, lambda: 0.9, topK: 6 }))) < likeness(list.slice(0, 6)),
        by,
      );
  });

  test('refuses what is no method, lambda or ranking', async () => {
    await failsWith(
      () => over.rerank(me, ranking, { by: any('random'), lambda: 0.5 }),
      'BAD_ARGUMENT',
      /^by/,
    );
    for (const lambda of [undefined, -1, 2, NaN, '0'])
      await failsWith(() => over.rerank(me, ranking, { lambda: any(lambda) }), 'BAD_ARGUMENT', /^lambda/);
    for (const bad of [undefined, null, {}, { items: 'ab' }])
      await failsWith(() => over.rerank(me, any(bad), { lambda: 0.5 }), 'BAD_ARGUMENT', /^ranking/);
  });
});
