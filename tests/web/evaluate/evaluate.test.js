// Owns the tests of `ampcf/evaluate`: protocols, persona health, baselines, comparisons, new people,
// refusals.
// Must not take an expected figure from the code under test.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { evaluateModel } from '../../../dist/evaluate.js';
import { fitEase, trainModel } from '../../../dist/train.js';
import { fitNeighbours } from '../../../web/evaluate/itemknn.js';
import { entropy, isCollapsed } from '../../../web/evaluate/persona-figures.js';
import { foldPerson } from '../../../web/evaluate/persona-health.js';
import { sampleOf, seededRandom } from '../../../web/core/random.js';
import { canonicalInteractions } from '../../../web/train/interactions.js';
import { failsWith, filmFacts, people, sample, seeded, shuffled, steady } from '../../support.js';

/**
 * @param {[string, string[]][]} lists
 * @returns {import('../../../web/train.js').Interactions}
 */
function interactions(lists) {
  const users = [...new Set(lists.map(([user]) => user))];
  const items = [...new Set(lists.flatMap(([, list]) => list))];
  const pairs = lists.flatMap(([user, list]) =>
    list.map((item) => [users.indexOf(user), items.indexOf(item)]),
  );
  return { users, items, user: pairs.map(([u]) => u), item: pairs.map(([, j]) => j) };
}

const near = (
  /** @type {number} */ got,
  /** @type {number} */ wanted,
  /** @type {string} */ what,
  within = 1e-9,
) => assert.ok(Math.abs(got - wanted) <= within, `${what}: got ${got}, wanted ${wanted}`);
const timeless = (/** @type {import('../../../web/evaluate.js').Evaluation} */ { seconds, ...rest }) => {
  assert.ok(seconds > 0);
  return rest;
};

/** @type {[string, string[]][]} */
const all = people.map(({ history }, u) => [`u${u}`, history.map(({ item }) => item)]);
const part = (/** @type {(i: number) => boolean} */ keep) =>
  /** @type {[string, string[]][]} */ (all.map(([user, list]) => [user, list.filter((_, i) => keep(i))]));
const historyLists = part((i) => i % 5 < 3);
const validation = interactions(part((i) => i % 5 === 3));
const testLists = part((i) => i % 5 === 4);
const history = interactions(historyLists);
const heldOut = interactions(testLists);
const seen = new Map(historyLists);
const wanted = new Map(testLists);
/** @type {import('../../../web/model/model.js').Model} */
let model;

before(async () => {
  model = await loadModel((await trainModel(history, { dim: 12, sweeps: 5, rho: 0.3, minSupport: 1 })).bytes);
});

/**
 * Recall@10 and NDCG@10 of one person, counted by hand.
 * @param {string[]} history
 * @param {string[]} list what the person took next
 */
function figuresByHand(history, list) {
  const top = model
    .createProfile(history)
    .recommend({ topK: 10 })
    .items.map(({ item }) => item);
  const ranks = list.map((item) => top.indexOf(item)).filter((rank) => rank >= 0);
  const gain = (/** @type {number} */ sum, /** @type {number} */ rank) => sum + 1 / Math.log2(rank + 2);
  const ideal = list.slice(0, 10).map((_, i) => i);
  return { recall: ranks.length / list.length, ndcg: ranks.reduce(gain, 0) / ideal.reduce(gain, 0), top };
}

describe('full ranking', () => {
  test('gives the figures of recommend, counted by hand', async () => {
    const result = await evaluateModel(model, { history, test: heldOut, k: [10, 3] });
    assert.deepEqual(result.protocol, {
      ranking: 'full',
      negatives: null,
      k: [3, 10],
      headline: 10,
      seed: 1,
      resamples: 2000,
    });
    const asked = testLists.filter(([, list]) => list.length > 0);
    assert.equal(result.users, asked.length);
    assert.equal(result.catalogue, model.info.items);
    const each = asked.map(([user, list]) => figuresByHand(seen.get(user) ?? [], list));
    const mean = (/** @type {number[]} */ values) => values.reduce((a, b) => a + b, 0) / values.length;
    near(result.metrics['recall@10'], mean(each.map(({ recall }) => recall)), 'recall@10');
    near(result.metrics['ndcg@10'], mean(each.map(({ ndcg }) => ndcg)), 'ndcg@10');
    const spread = Math.sqrt(
      each.reduce((sum, { recall }) => sum + (recall - result.metrics['recall@10']) ** 2, 0) /
        (each.length - 1) /
        each.length,
    );
    near(result.standardErrors['recall@10'], spread, 'standard error');
    near(
      result.metrics['coverage@10'],
      new Set(each.flatMap(({ top }) => top)).size / model.info.items,
      'coverage@10',
    );
    const owners = (/** @type {string} */ item) =>
      historyLists.filter(([, list]) => list.includes(item)).length;
    near(
      result.metrics['novelty@10'],
      mean(each.map(({ top }) => mean(top.map((item) => -Math.log2(owners(item) / historyLists.length))))),
      'novelty@10',
    );
    assert.deepEqual(
      Object.keys(result.metrics).sort(),
      ['coverage', 'gini', 'hitrate', 'map', 'mrr', 'ndcg', 'novelty', 'precision', 'recall']
        .flatMap((name) => [`${name}@10`, `${name}@3`])
        .sort(),
    );
    assert.ok(!('gini@10' in result.standardErrors));
  });

  test('a model that knows the answer gets 1 everywhere', async () => {
    /** @type {[string, string[]][]} */
    const groups = Array.from({ length: 60 }, (_, u) => [
      `p${u}`,
      Array.from({ length: 6 }, (__, j) => `g${u % 5}-${j}`),
    ]);
    const oracle = await loadModel((await trainModel(interactions(groups), { dim: 8, minSupport: 1 })).bytes);
    const result = await evaluateModel(oracle, {
      history: interactions(groups.map(([user, list]) => [user, list.slice(0, 4)])),
      test: interactions(groups.map(([user, list]) => [user, list.slice(4)])),
      k: [2],
    });
    for (const name of ['recall', 'ndcg', 'hitrate', 'precision', 'mrr', 'map'])
      assert.equal(result.metrics[`${name}@2`], 1, name);
    assert.equal(result.standardErrors['ndcg@2'], 0);
  });

  test('the order of people and of their events does not matter', async () => {
    const random = seeded(3);
    const mixed = (/** @type {[string, string[]][]} */ lists) =>
      interactions(shuffled(lists, random).map(([user, list]) => [user, shuffled(list, random)]));
    const options = {
      k: [5],
      resamples: 50,
      baselines: /** @type {const} */ (['popularity', 'itemknn']),
      sampled: 20,
    };
    assert.deepEqual(
      timeless(
        await evaluateModel(model, {
          ...options,
          baselines: [...options.baselines],
          history: mixed(historyLists),
          test: mixed(testLists),
        }),
      ).baselines,
      timeless(
        await evaluateModel(model, { ...options, baselines: [...options.baselines], history, test: heldOut }),
      ).baselines,
    );
  });

  test('counts what it leaves out and what cannot be hit', async () => {
    const lists = /** @type {[string, string[]][]} */ ([
      ['u0', [...(seen.get('u0') ?? []).slice(0, 2), 'never-seen']],
      ['stranger', (seen.get('u1') ?? []).slice(0, 1)],
      ['u2', (seen.get('u2') ?? []).slice(0, 1)],
      ['u3', wanted.get('u3') ?? []],
    ]);
    const { users, skipped, metrics } = await evaluateModel(model, {
      history,
      test: { ...interactions(lists), users: ['u0', 'stranger', 'u2', 'u3', 'u4'] },
      k: [model.info.items],
    });
    assert.equal(users, 3);
    assert.deepEqual(skipped, {
      peopleWithoutTest: 2,
      peopleWithoutCandidates: 0,
      peopleWithoutHistory: 1,
      testItemsInHistory: 3,
      testItemsUnknown: 1,
    });
    near(metrics[`recall@${model.info.items}`], 2 / 3, 'the unknown item is a miss');
  });

  test('people without history get the popularity order', async () => {
    const [first, second] = model.ids();
    const { metrics, personas } = await evaluateModel(model, {
      history,
      test: interactions([
        ['stranger', [second]],
        ['other', [first]],
      ]),
      k: [1, 2],
    });
    assert.deepEqual([metrics['hitrate@1'], metrics['hitrate@2']], [0.5, 1]);
    assert.deepEqual(personas, {
      people: 0,
      mean: 0,
      effective: 0,
      collapseRate: null,
      single: 0,
      sharpness: null,
    });
  });
});

describe('candidates', () => {
  test('are what rank is asked for, with the test items added', async () => {
    const random = seeded(9);
    const ids = model.ids();
    const candidates = new Map(all.slice(0, 50).map(([user]) => [user, sample(ids, 30, random)]));
    const { users, skipped, metrics, protocol } = await evaluateModel(model, {
      history,
      test: heldOut,
      candidates,
      k: [5],
    });
    const asked = [...candidates].filter(([user]) => (wanted.get(user) ?? []).length > 0);
    assert.equal(protocol.ranking, 'candidates');
    assert.equal(users, asked.length);
    assert.equal(users + skipped.peopleWithoutCandidates + skipped.peopleWithoutTest, all.length);
    const recall = asked.map(([user, list]) => {
      const test = /** @type {string[]} */ (wanted.get(user));
      const top = model
        .createProfile(seen.get(user) ?? [])
        .rank(new Set([...list, ...test]), { topK: 5 })
        .items.map(({ item }) => item);
      return test.filter((item) => top.includes(item)).length / test.length;
    });
    near(metrics['recall@5'], recall.reduce((a, b) => a + b, 0) / recall.length, 'recall@5');
  });

  test('sampled: the seed decides, people of a smaller test keep theirs, and it is easier', async () => {
    const options = { history, test: heldOut, k: [5] };
    const sampled = (/** @type {number} */ seed, extra = {}) =>
      evaluateModel(model, { ...options, sampled: 15, seed, ...extra });
    const first = await sampled(1);
    assert.deepEqual(timeless(await sampled(1)), timeless(first));
    assert.notDeepEqual((await sampled(2)).metrics, first.metrics);
    assert.ok(first.metrics['ndcg@5'] > (await evaluateModel(model, options)).metrics['ndcg@5']);
    const everything = await sampled(1, { sampled: 1e6 });
    near(
      everything.metrics['ndcg@5'],
      (await evaluateModel(model, options)).metrics['ndcg@5'],
      'all items as negatives are the full ranking',
    );
  });
});

describe('persona health', () => {
  test('is what profiles and explanations say', async () => {
    const { personas } = await evaluateModel(model, { history, test: heldOut, k: [5] });
    const asked = testLists.filter(([, list]) => list.length > 0);
    const profiles = asked.map(([user]) => model.createProfile(seen.get(user) ?? []));
    const counts = profiles.map((me) => me.personas().length);
    const several = profiles.filter((_, i) => counts[i] > 1);
    const mean = (/** @type {number[]} */ values) => values.reduce((a, b) => a + b, 0) / values.length;
    assert.ok(several.length > 10);
    assert.equal(personas.people, profiles.length);
    near(personas.mean, mean(counts), 'mean');
    near(personas.single, counts.filter((n) => n === 1).length / counts.length, 'single');
    near(
      personas.effective,
      mean(
        profiles.map((me) =>
          Math.exp(
            -me.personas().reduce((sum, { share }) => sum + (share > 0 ? share * Math.log(share) : 0), 0),
          ),
        ),
      ),
      'effective',
    );
    const sharp = several.map((me) =>
      mean(
        me
          .recommend({ topK: 5, explain: true })
          .items.map(
            ({ attention }) =>
              -[.../** @type {Float32Array} */ (attention)].reduce(
                (sum, a) => sum + (a > 0 ? a * Math.log(a) : 0),
                0,
              ) / Math.log(/** @type {Float32Array} */ (attention).length),
          ),
      ),
    );
    near(/** @type {number} */ (personas.sharpness), mean(sharp), 'sharpness');
  });

  test("responsibilities are the profile's own, complete", () => {
    for (const [user, list] of historyLists.slice(0, 40)) {
      const me = model.createProfile(list);
      const { shares, columns, attention } = foldPerson(
        model,
        list.map((item) => ({ item, weight: 1 })),
        ['never-asked'].slice(1),
      );
      assert.deepEqual(attention, []);
      assert.deepEqual(
        shares,
        me.personas().map(({ share }) => share),
        user,
      );
      me.personas().forEach(({ items }, k) => {
        for (const { item, responsibility } of items)
          assert.equal(columns[k][list.indexOf(item)], responsibility);
      });
      list.forEach((_, i) =>
        near(
          columns.reduce((sum, column) => sum + column[i], 0),
          1,
          'sum',
          1e-5,
        ),
      );
    }
  });

  test('collapse and entropy, by hand', () => {
    const column = (/** @type {number[]} */ ...values) => Float32Array.from(values);
    assert.equal(isCollapsed([column(1, 0, 0), column(0, 1, 1)]), false);
    assert.equal(isCollapsed([column(0.5, 0.5), column(0.5, 0.5)]), true);
    assert.equal(isCollapsed([column(0.6, 0.4), column(0.4, 0.6)]), true); // .48 / .52
    assert.equal(isCollapsed([column(0.7, 0.3), column(0.3, 0.7)]), false); // .42 / .58
    assert.equal(isCollapsed([column(1, 0, 0), column(0, 0.5, 0.5), column(0, 0.5, 0.5)]), true);
    assert.equal(isCollapsed([column(1, 1)]), false);
    near(entropy([0.25, 0.25, 0.25, 0.25]), Math.log(4), 'uniform');
    assert.equal(entropy([1, 0]), 0);
  });
});

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

describe('comparisons', () => {
  test('a model against itself differs by nothing', async () => {
    const { against, metrics } = await evaluateModel(model, {
      history,
      test: heldOut,
      k: [5],
      against: model,
      resamples: 30,
    });
    assert.deepEqual(against?.metrics, metrics);
    for (const interval of Object.values(against?.difference ?? {}))
      assert.deepEqual(interval, { mean: 0, low: 0, high: 0, below: 0 });
  });

  test('new people: left out, folded in, compared with the model that knew them', async () => {
    const { newUsers } = await evaluateModel(model, {
      history,
      test: heldOut,
      k: [5, 20],
      newUsers: 0.25,
      resamples: 200,
    });
    assert.equal(newUsers?.leftOut, all.length / 4);
    assert.ok(newUsers && newUsers.users > 0 && newUsers.users <= newUsers.leftOut);
    const key = 'ndcg@20';
    const { mean, low, high } = newUsers.ratio[key];
    near(mean, newUsers.foldedIn.metrics[key] / newUsers.trained.metrics[key], 'ratio');
    assert.ok(low <= mean && mean <= high && low > 0.5 && high < 1.5, `${low} ${mean} ${high}`);
    assert.notDeepEqual(newUsers.foldedIn.metrics, newUsers.trained.metrics);
  });

  test('new people: the other training knows aspects, baselines are fitted without them too', async () => {
    const options = { dim: 12, sweeps: 3, neighbours: 20, neighbourAspects: 60 };
    const share = 0.25;
    const seed = 4;
    const told = await loadModel((await trainModel(history, { ...options, items: filmFacts })).bytes);
    const { newUsers } = await evaluateModel(told, {
      history,
      test: heldOut,
      k: [5],
      newUsers: share,
      seed,
      resamples: 20,
      perPerson: true,
      baselines: ['popularity', { name: 'ease', settings: { lambda: 7 } }],
    });
    assert.ok(newUsers?.people);
    const everybody = historyLists
      .filter(([, list]) => list.length > 0)
      .map(([user]) => user)
      .sort();
    const leftOut = new Set(sampleOf(everybody, Math.round(share * everybody.length), seededRandom(seed)));
    assert.ok(newUsers.people.every((user) => leftOut.has(user)));
    const rest = interactions(historyLists.filter(([user]) => !leftOut.has(user)));
    const { settings } = told.info.metadata;
    const without = await loadModel((await trainModel(rest, { ...settings, items: filmFacts })).bytes);
    const byHand = await evaluateModel(without, {
      train: rest,
      history,
      test: interactions(testLists.filter(([user]) => leftOut.has(user))),
      k: [5],
      resamples: 20,
      baselines: ['popularity', { name: 'ease', settings: { lambda: 7 } }],
    });
    assert.equal(newUsers.foldedIn.metrics['ndcg@5'], byHand.metrics['ndcg@5']);
    assert.deepEqual(
      Object.entries(newUsers.baselines).map(([name, { settings, metrics, difference }]) => [
        name,
        settings,
        metrics['ndcg@5'],
        difference['ndcg@5'].mean,
      ]),
      Object.entries(byHand.baselines).map(([name, { settings, metrics, difference }]) => [
        name,
        settings,
        metrics['ndcg@5'],
        difference['ndcg@5'].mean,
      ]),
    );
  });

  test('figures of each person, where they are asked for', async () => {
    const options = {
      history,
      test: heldOut,
      k: [5],
      newUsers: 0.25,
      resamples: 20,
      baselines: /** @type {const} */ (['popularity']),
      against: model,
    };
    const plain = await evaluateModel(model, { ...options, baselines: [...options.baselines] });
    const full = await evaluateModel(model, {
      ...options,
      baselines: [...options.baselines],
      perPerson: true,
    });
    assert.ok(!('people' in plain) && !JSON.stringify(plain).includes('perPerson'));
    assert.deepEqual(
      full.people,
      testLists
        .filter(([, list]) => list.length > 0)
        .map(([user]) => user)
        .sort(),
    );
    const parts = [
      full,
      full.baselines.popularity,
      full.against,
      full.newUsers?.foldedIn,
      full.newUsers?.trained,
      full.newUsers?.baselines.popularity,
    ];
    for (const [i, part] of parts.entries()) {
      const values = part?.perPerson?.['ndcg@5'] ?? [];
      const people = i < 3 ? full.people : full.newUsers?.people;
      assert.equal(values.length, people?.length);
      near(
        values.reduce((a, b) => a + b, 0) / values.length,
        part?.metrics['ndcg@5'] ?? NaN,
        `mean of part ${i}`,
      );
      assert.ok(!('gini@5' in (part?.perPerson ?? {})));
    }
  });

  test('people who were in no training: baselines are fitted to others', async () => {
    const half = (/** @type {[string, string[]][]} */ lists, /** @type {number} */ from) =>
      interactions(lists.slice(from, from + 100));
    const others = await loadModel(
      (await trainModel(half(historyLists, 0), { dim: 12, minSupport: 1 })).bytes,
    );
    const { users, baselines } = await evaluateModel(others, {
      train: half(historyLists, 0),
      history: half(historyLists, 100),
      test: half(testLists, 100),
      k: [5],
      baselines: ['popularity', 'ease'],
      resamples: 20,
    });
    assert.equal(users, testLists.slice(100).filter(([, list]) => list.length > 0).length);
    assert.ok((baselines.ease?.metrics['ndcg@5'] ?? 0) > 0);
  });
});

/** @type {[any, RegExp][]} */
const wrongOptions = [
  [{ history: undefined }, /history: got undefined, wanted interactions/],
  [{ test: null }, /test: got null/],
  [{ k: [] }, /k: got object, wanted an array of list lengths/],
  [{ k: [0] }, /k: got 0, wanted whole numbers, 1 or more/],
  [{ k: 5 }, /k: got 5/],
  [{ sampled: 0 }, /sampled: got 0/],
  [{ sampled: 5, candidates: new Map() }, /sampled: got 5, wanted either candidates or sampled/],
  [{ test: { ...heldOut, users: 'u' } }, /test: interactions\.users: got u, wanted an array of ids/],
  [{ validation: { ...heldOut, user: [9999] } }, /validation: interactions: got 1 users/],
  [{ against: {} }, /against: got object/],
  [{ candidates: new Map([['u0', 'm1']]) }, /candidates of u0: got m1, wanted an iterable/],
  [{ candidates: [] }, /candidates: got object, wanted a Map/],
  [{ newUsers: 1 }, /newUsers: got 1, wanted a share above 0 and below 1/],
  [{ newUsers: 0.5, train: history }, /newUsers: got 0.5, wanted no train/],
  [{ seed: -1 }, /seed: got -1/],
  [{ perPerson: 1 }, /perPerson: got 1, wanted true or false/],
  [{ resamples: 0 }, /resamples: got 0/],
  [{ baselines: ['magic'] }, /baseline: got magic, wanted one of popularity, itemknn, ease, als/],
  [{ baselines: 'ease' }, /baselines: got ease, wanted an array/],
  [{ baselines: ['ease', 'ease'] }, /ease twice/],
  [{ baselines: [{ name: 'ease', settings: { beta: 1 } }] }, /ease setting beta/],
  [{ baselines: [{ name: 'ease', settings: { lambda: 0 } }] }, /ambda: got 0, wanted a number from/],
  [{ signal: 5 }, /signal: got 5/],
  [{ onProgress: 5 }, /onProgress: got 5/],
];

describe('what is refused', () => {
  const wrong = (/** @type {any} */ options) => () =>
    evaluateModel(model, { history, test: heldOut, ...options });

  test('options, one by one', async () => {
    for (const [options, message] of wrongOptions) await failsWith(wrong(options), 'BAD_ARGUMENT', message);
    await failsWith(() => evaluateModel(model, /** @type {any} */ ([])), 'BAD_ARGUMENT', /options/);
    await failsWith(
      () => evaluateModel(/** @type {any} */ ({}), { history, test: heldOut }),
      'BAD_ARGUMENT',
      /model: got object, wanted a Model/,
    );
  });

  test('nobody to measure', async () => {
    await failsWith(
      wrong({ test: history }),
      'NO_DATA',
      /nobody to measure: got \d+ people without test items/,
    );
    await failsWith(wrong({ candidates: new Map() }), 'NO_DATA', /without candidates/);
    await failsWith(
      wrong({ test: { users: ['u0'], items: ['a'], user: [], item: [] } }),
      'NO_DATA',
      /test: no interactions left/,
    );
    await failsWith(wrong({ validation: history, baselines: ['ease'] }), 'NO_DATA', /validation: got nobody/);
    await failsWith(wrong({ newUsers: 0.001 }), 'NO_DATA', /newUsers: got 0 people/);
  });

  test('an abort rejects with its reason, wherever it comes', async () => {
    for (const stage of [
      'ranking',
      'looking at personas',
      'fitting ease',
      'fitting als',
      'comparing with ease',
      'training without them',
    ]) {
      const abort = new AbortController();
      const reason = new Error(`during ${stage}`);
      const running = evaluateModel(model, {
        history,
        test: heldOut,
        baselines: ['ease', 'als'],
        newUsers: 0.2,
        signal: abort.signal,
        onProgress: (progress) => {
          if (progress.stage === stage) abort.abort(reason);
        },
      });
      await assert.rejects(running, reason);
    }
    await assert.rejects(
      evaluateModel(model, { history, test: heldOut, signal: AbortSignal.abort(new Error('before')) }),
      /before/,
    );
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
