// Owns the tests of people drawn from a model: coverage, consistency, the same by the same seed. Must not
// test rounds.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { simulatePeople, supportOf } from '../../../dist/simulate.js';
import { modelFromVectors } from '../../../dist/train.js';
import { failsWith, openSmallModel, seeded } from '../../support.js';

/** @typedef {import('ampcf').Model} Model */
/** @type {Model} */ let model;
before(async () => {
  model = await openSmallModel();
});
const plain = (/** @type {unknown} */ value) => JSON.parse(JSON.stringify(value));

describe('people', () => {
  test('are the same by the same seed, and the first of many are those of few', () => {
    for (const by of /** @type {const} */ (['coverage', 'density'])) {
      const many = simulatePeople(model, { people: 24, by, seed: 7 });
      assert.deepEqual(plain(simulatePeople(model, { people: 24, by, seed: 7 })), plain(many));
      assert.deepEqual(
        plain(simulatePeople(model, { people: 9, by, seed: 7 }).people),
        plain(many.people.slice(0, 9)),
      );
      const other = simulatePeople(model, { people: 24, by, seed: 8 });
      assert.notDeepEqual(plain(other.people), plain(many.people));
    }
  });

  test('have one to four tastes in turn, shares that sum to 1, and histories of the model', () => {
    const { people } = simulatePeople(model, { people: 40, events: 12 });
    assert.deepEqual(
      people.slice(0, 8).map(({ tastes }) => tastes.length),
      [1, 2, 3, 4, 1, 2, 3, 4],
    );
    for (const { tastes, history, says } of people) {
      assert.ok(Math.abs(tastes.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-12);
      assert.ok(tastes.every(({ share }) => share >= 0.1 - 1e-12));
      for (const { vector } of tastes) {
        assert.equal(vector.length, model.info.dim);
        assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-5);
      }
      assert.equal(new Set(history).size, history.length);
      assert.ok(history.length >= 4 && history.every((id) => model.has(id)));
      assert.ok(says.length > 0 && says.every((name) => model.aspects(model.ids()[0]) && name !== ''));
    }
    const lengths = people.map(({ history }) => history.length);
    const mean = lengths.reduce((a, b) => a + b, 0) / lengths.length;
    assert.ok(mean > 7 && mean < 18, String(mean));
  });

  test('by coverage have every region before one comes twice; by density they miss rare ones', () => {
    const coverage = simulatePeople(model, { people: 80, events: 20 });
    const density = simulatePeople(model, { people: 80, events: 20, by: 'density' });
    const regions = (/** @type {typeof coverage} */ { people }) =>
      people.flatMap(({ tastes }) => tastes.map(({ kind, name }) => `${kind} ${name}`));
    const all = new Set(regions(coverage)).size;
    assert.equal(new Set(regions(coverage).slice(0, all)).size, all);
    const { aspects, clusters } = coverage.support;
    assert.ok(Number(aspects?.covered) > 0.95 && Number(aspects?.rare) > 0.9, JSON.stringify(aspects));
    assert.ok(clusters.covered > 0.95);
    assert.ok(density.support.clusters.rare < clusters.rare / 2);
    const popular = (/** @type {typeof coverage} */ { people }) => {
      const places = new Map(model.ids().map((id, j) => [id, j]));
      const picks = people.flatMap(({ history }) => history.map((id) => Number(places.get(id))));
      return picks.reduce((a, b) => a + b, 0) / picks.length;
    };
    assert.ok(popular(density) < popular(coverage));
  });

  test('are told from others by their halves, their ends, and what they say', () => {
    for (const by of /** @type {const} */ (['coverage', 'density'])) {
      const { within, across, said } = simulatePeople(model, { people: 80, by }).consistency;
      assert.ok(
        Number(within) > 0.75 && Number(across) > 0.7 && Number(said) > 0.7,
        `${within} ${across} ${said}`,
      );
    }
    // The measure can fail: people of no taste are nobody.
    const { within, said } = simulatePeople(model, {
      ...{ people: 80, by: 'density', focus: 0, popularity: 0 },
    }).consistency;
    assert.ok(Number(within) < 0.7 && Number(said) < 0.7, `${within} ${said}`);
  });

  test('are drawn from files without aspects, clusters, popularity, or more than one item', async () => {
    const random = seeded(3);
    for (const n of [1, 2, 60]) {
      const ids = Array.from({ length: n }, (_, j) => `i${j}`);
      const vectors = ids.map(() => Array.from({ length: 4 }, () => random() - 0.5));
      const { bytes } = await modelFromVectors({ ids, vectors, dim: 4 });
      const bare = await loadModel(bytes);
      for (const by of /** @type {const} */ (['coverage', 'density'])) {
        const { people, consistency, support } = simulatePeople(bare, { people: 12, by });
        assert.ok(people.every(({ history, says }) => history.length > 0 && says.length === 0));
        assert.equal(consistency.said, null);
        assert.equal(support.aspects, null);
        for (const share of [support.clusters.covered, consistency.within ?? 1])
          assert.ok(share >= 0 && share <= 1);
      }
      bare.dispose();
    }
  });

  test('wrong settings are refused', async () => {
    for (const options of [
      { people: 0 },
      { people: 1e6 },
      { by: 'chance' },
      { seed: -1 },
      { events: 0 },
      { focus: NaN },
      { popularity: 3 },
      { poeple: 3 },
    ])
      await failsWith(() => simulatePeople(model, /** @type {any} */ (options)), 'BAD_ARGUMENT');
    const gone = await openSmallModel();
    gone.dispose();
    await failsWith(() => simulatePeople(gone), 'DISPOSED');
    await failsWith(() => simulatePeople(/** @type {any} */ ({})), 'BAD_ARGUMENT', /model/);
  });
});

describe('support', () => {
  test('a region is covered by two events and a tenth of a history', () => {
    const western = model.ids().filter((id) => model.aspects(id).includes('Western'));
    const others = model.ids().filter((id) => !model.aspects(id).includes('Western'));
    const covers = (/** @type {string[]} */ history) =>
      !supportOf(model, [history]).aspects?.missing.includes('Western');
    assert.equal(covers(western.slice(0, 1)), false);
    assert.equal(covers(western.slice(0, 2)), true);
    assert.equal(covers([...western.slice(0, 2), ...others.slice(0, 18)]), true);
    assert.equal(covers([...western.slice(0, 2), ...others.slice(0, 19)]), false);
    assert.equal(supportOf(model, []).aspects?.covered, 0);
    assert.equal(supportOf(model, [['nobody has it']]).clusters.covered, 0);
  });
});
