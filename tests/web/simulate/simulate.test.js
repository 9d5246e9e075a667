// Owns the tests of the loop: what each policy does, figures by hand, progress, aborts, retraining. Must not
// test how people are drawn.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { loadModel as loadRanking } from '../../../dist/rank.js';
import { simulate, simulatePeople } from '../../../dist/simulate.js';
import { failure, failsWith, openSmallModel, smallModel } from '../../support.js';

/** @typedef {import('ampcf').Model} Model */
/** @typedef {import('ampcf/simulate').Simulation} Simulation */
/** @type {Model} */ let model;
before(async () => {
  model = await openSmallModel();
});
const small = { people: 12, rounds: 4 };
/** @param {Simulation} of */
const byName = (of) => Object.fromEntries(of.policies.map((policy) => [policy.name, policy]));

describe('rounds', () => {
  test('the same seed gives the same figures, another order of policies too', async () => {
    const first = await simulate(model, { ...small, policies: ['one', 'epsilon', 'forget'] });
    const again = await simulate(model, { ...small, policies: ['forget', 'one', 'epsilon'] });
    assert.deepEqual(byName(again), byName(first));
    assert.deepEqual(JSON.parse(JSON.stringify(first)), first, 'JSON as it stands');
    assert.notDeepEqual(await simulate(model, { ...small, seed: 2, policies: ['one'] }), first);
  });

  test('every figure is there for every policy, finite and in its range', async () => {
    const policies = 'one personas proportional=0.3 calibrate epsilon=0.5 ring=3 forget session=2 popular';
    const { policies: runs, truth } = await simulate(model, { ...small, policies: policies.split(' ') });
    assert.deepEqual(
      runs.map(({ name }) => name),
      policies.split(' '),
    );
    for (const { rounds, mean, byPerson, across } of runs) {
      assert.deepEqual(
        rounds.map(({ round }) => round),
        [1, 2, 3, 4],
      );
      for (const of of rounds) {
        for (const value of Object.values(of)) assert.ok(Number.isFinite(value), JSON.stringify(of));
        for (const share of [of.tdd, of.minority, of.gini, of.coverage])
          assert.ok(Number(share) >= 0 && Number(share) <= 1);
        assert.ok(of.hits >= 0 && of.regret >= -1e-9);
      }
      assert.ok(Math.abs(mean.hits - rounds.reduce((sum, { hits }) => sum + hits, 0) / 4) < 1e-12);
      assert.equal(byPerson.hits.length, 12);
      assert.ok(Number(across) >= 0 && Number(across) <= 1);
    }
    assert.ok(Number(truth.minority) > 0 && Number(truth.minority) < 1);
  });

  test('the best list by the true taste has no regret, what nobody likes has the most', async () => {
    const crowd = simulatePeople(model, { people: 6, focus: 0, popularity: 1, events: 30 });
    // Without focus a single taste is its region, then popularity.
    const { tastes } = crowd.people[0];
    const home = (/** @type {string} */ id) => model.aspects(id).includes(tastes[0].name);
    const one = { ...crowd, people: [{ ...crowd.people[0], inside: 1, popularity: 2 }] };
    const ids = model.ids();
    const had = new Set(one.people[0].history);
    const best = (/** @type {any} */ _, /** @type {number} */ k, /** @type {any} */ { exclude }) =>
      ids.filter((id) => !exclude.includes(id)).slice(0, k);
    const none = () => [];
    const owned = () => [...had].slice(0, 5);
    const options = { people: one, rounds: 3, policies: [best, none, owned], start: 5, rest: 0, look: 1 };
    const runs = byName(await simulate(model, options));
    const all = [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 6, 1 / 7, 1 / 8, 1 / 9, 1 / 10].reduce((a, b) => a + b);
    assert.ok(Math.abs(runs.best.rounds[0].regret) < 1e-9 && typeof home === 'function');
    assert.ok(Math.abs(runs.best.rounds[0].hits - all) < 1e-9);
    for (const name of ['none', 'owned']) {
      assert.equal(runs[name].rounds[0].hits, 0);
      assert.ok(Math.abs(runs[name].rounds[0].regret - all) < 1e-9);
    }
    assert.deepEqual([runs.none.mean.gini, runs.none.mean.coverage], [0, 0]);
    assert.equal(runs.owned.mean.coverage, 5 / ids.length);
    assert.ok(Math.abs(runs.owned.mean.gini - (1 - 5 / ids.length)) < 1e-9);
  });

  test('what was shown and not taken rests, and what was had is not shown', async () => {
    /** @type {Map<string, string[][]>} */ const seen = new Map();
    const watch = (/** @type {any} */ me, /** @type {number} */ k, /** @type {any} */ { exclude, round }) => {
      const list = me.recommend({ topK: k, exclude }).items.map((/** @type {any} */ { item }) => item);
      seen.set(`${exclude[0]} ${round}`, list);
      return list;
    };
    const people = { people: 1, rounds: 3, takes: 1, elsewhere: 0 };
    const lists = async (/** @type {number} */ rest) => {
      seen.clear();
      await simulate(model, { ...people, rest, policies: [watch] });
      return [...seen.values()].flat();
    };
    const rested = await lists(2);
    assert.equal(new Set(rested).size, 30);
    const again = await lists(0);
    assert.ok(new Set(again).size < 20);
  });

  test('a profile that forgets has fewer bytes, one that knows something beats popularity', async () => {
    const policies = ['personas', 'session=2', 'popular'];
    const runs = byName(await simulate(model, { people: 30, rounds: 8, policies }));
    assert.ok(runs['session=2'].mean.bytes < runs.personas.mean.bytes / 2);
    assert.ok(runs.personas.mean.hits > runs.popular.mean.hits);
    assert.ok(runs.personas.mean.coverage > 2 * runs.popular.mean.coverage);
    assert.ok(Number(runs.personas.mean.tdd) < Number(runs.popular.mean.tdd));
  });

  test('of a crowd of its own, also after JSON', async () => {
    const crowd = simulatePeople(model, { people: 5, by: 'density', seed: 4 });
    const copy = JSON.parse(JSON.stringify(crowd));
    for (const { tastes } of copy.people)
      for (const taste of tastes) taste.vector = Object.values(taste.vector);
    const options = { rounds: 2, policies: ['one'] };
    const first = await simulate(model, { ...options, people: crowd });
    assert.equal(first.settings.by, 'density');
    assert.deepEqual((await simulate(model, { ...options, people: copy })).policies, first.policies);
  });

  test('a model of `ampcf/rank` has no list that needs taste, unless it is asked for one', async () => {
    const bare = await loadRanking(await smallModel());
    const { policies } = await simulate(bare, { people: 2, rounds: 1 });
    assert.deepEqual(
      policies.map(({ name }) => name),
      ['one', 'personas', 'proportional', 'epsilon'],
    );
    await failsWith(
      () => simulate(bare, { people: 2, rounds: 1, policies: ['calibrate'] }),
      'NEEDS_TASTE',
      /ampcf\/taste/,
    );
  });
});

describe('training in the loop', () => {
  test('changes what is shown, and takes the width that it is told', async () => {
    const options = { people: 20, rounds: 2, policies: ['personas'] };
    const dims = new Set();
    const watch = (/** @type {any} */ me, /** @type {number} */ k, /** @type {any} */ context) => {
      dims.add(context.model.info.dim);
      return me.recommend({ topK: k, exclude: context.exclude }).items.map((/** @type {any} */ x) => x.item);
    };
    await simulate(model, { ...options, policies: [watch], retrain: { dim: 3, sweeps: 2 } });
    assert.deepEqual([...dims], [3]);
    const kept = await simulate(model, options);
    const trained = await simulate(model, { ...options, retrain: true });
    assert.notDeepEqual(trained.policies[0].rounds, kept.policies[0].rounds);
    assert.ok(trained.policies[0].rounds.every(({ hits }) => Number.isFinite(hits)));
  });
});

describe('a run', () => {
  test('says how far it is, and ends when it is told to', async () => {
    const steps = /** @type {any[]} */ ([]);
    await simulate(model, { ...small, policies: ['one'], onProgress: (step) => steps.push(step) });
    assert.deepEqual(steps.at(-1), { stage: 'one', done: 60, total: 60 });
    const stop = new AbortController();
    const reason = new Error('enough');
    const error = await failure(() =>
      simulate(model, { ...small, rounds: 500, signal: stop.signal, onProgress: () => stop.abort(reason) }),
    );
    assert.equal(error, reason);
    // Whoever was in the middle of it left no profile that keeps the model.
    assert.ok((await simulate(model, { ...small, policies: ['one'] })).policies.length === 1);
  });

  test('is refused where settings are wrong', async () => {
    for (const options of [
      { rounds: 0 },
      { topK: 0 },
      { takes: 1.5 },
      { start: -1 },
      { look: NaN },
      { elsewhere: 2 },
      { rest: -1 },
      { people: [] },
      { people: { by: 'density', people: [{ id: 'x', tastes: [] }] } },
      { policies: [] },
      { policies: ['best'] },
      { policies: ['one=3'] },
      { policies: ['ring=0'] },
      { policies: ['ring=1.5'] },
      { policies: ['epsilon=2'] },
      { policies: ['one', 'one'] },
      { policies: [() => 5] },
      { policies: [{ name: 'x' }] },
      { retrain: 'yes' },
      { signal: {} },
      { roundz: 3 },
    ])
      await failsWith(
        () => simulate(model, /** @type {any} */ ({ people: 2, rounds: 1, ...options })),
        'BAD_ARGUMENT',
      );
    await failsWith(() => simulate(model, { people: 100000, rounds: 1 }), 'LIMIT', /people times items/);
    await failsWith(() => simulate(model, { people: 2, rounds: 1, policies: ['thompson'] }), 'NEEDS_PLUGIN');
  });
});
