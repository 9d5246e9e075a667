// Owns the tests of `ampcf/evaluate`: protocols, persona health, comparisons, new people, refusals. Must not
// take an expected figure from the code under test.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { evaluateModel } from '../../../dist/evaluate.js';
import { trainModel } from '../../../dist/train.js';
import { entropy } from '../../../web/core/entropy.js';
import { isCollapsed } from '../../../web/evaluate/persona-figures.js';
import { foldPerson } from '../../../web/evaluate/persona-health.js';
import { sampleOf, seededRandom } from '../../../web/core/random.js';
import { failsWith, filmFacts, people, sample, seeded, shuffled } from '../../support.js';
import {
  all,
  figuresByHand,
  heldOut,
  history,
  historyLists,
  interactions,
  model,
  near,
  part,
  seen,
  testLists,
  timeless,
  validation,
  wanted,
} from './held-out.js';

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
          .recommend({ topK: 5, proportional: 0, explain: true })
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
  [{ k: [] }, /k: got Array, wanted an array of list lengths/],
  [{ k: [0] }, /k: got 0, wanted whole numbers, 1 or more/],
  [{ k: 5 }, /k: got 5/],
  [{ sampled: 0 }, /sampled: got 0/],
  [{ sampled: 5, candidates: new Map() }, /sampled: got 5, wanted either candidates or sampled/],
  [{ test: { ...heldOut, users: 'u' } }, /test: interactions\.users: got u, wanted an array of ids/],
  [{ validation: { ...heldOut, user: [9999] } }, /validation: interactions: got 1 users/],
  [{ against: {} }, /against: got Object/],
  [{ candidates: new Map([['u0', 'm1']]) }, /candidates of u0: got m1, wanted an iterable/],
  [{ candidates: [] }, /candidates: got Array, wanted a Map/],
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
      /model: got Object, wanted a Model/,
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
