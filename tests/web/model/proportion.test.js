// Owns the test of lists in proportion: the places of `recommend` against src/core/proportion.c, done again
// in doubles. Must not test scores.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { vectorsOf } from '../../../web/core/kernel.js';
import { failsWith, golden, historyOf, openSmallModel, people } from '../../support.js';

/** @typedef {import('../../../web/model/model.js').Model} Model */
/** @typedef {import('../../../web/model/profile.js').Profile} Profile */
/** @type {Model} */ let model;
/** @type {string[]} */ let ids;
/** @type {Map<string, number[]>} */ let units;

const any = (/** @type {unknown} */ value) => /** @type {any} */ (value);
const idsOf = (/** @type {import('../../../web/model/types.js').Ranking} */ ranking) =>
  ranking.items.map(({ item }) => item);

before(async () => {
  model = await openSmallModel();
  ids = model.ids();
  units = new Map(
    ids.map((id, j) => {
      const v = [...vectorsOf(model.kernel, j, 1)];
      const length = Math.hypot(...v);
      return [id, v.map((x) => x / length)];
    }),
  );
});

const unitOf = (/** @type {string} */ id) => /** @type {number[]} */ (units.get(id));
const alike = (/** @type {string} */ a, /** @type {string} */ b) =>
  Math.exp(4 * (unitOf(a).reduce((sum, x, d) => sum + x * unitOf(b)[d], 0) - 1));

/**
 * Who may be seated: the first 100 by score, and the first 20 of each persona.
 * @param {Profile} me
 */
function candidatesOf(me) {
  const ranked = me.recommend({ topK: ids.length, proportional: 0 }).items;
  const own = /** @type {Map<number, number>} */ (new Map());
  const pool = ranked.filter(({ persona }, at) => {
    const before = own.get(Number(persona?.index)) ?? 0;
    own.set(Number(persona?.index), before + 1);
    return at < 100 || before < 20;
  });
  return pool.map(({ item, persona }, rank) => ({ item, rank, persona: Number(persona?.index) }));
}

/**
 * What aspects are owed: sqrt of their part of the history.
 * @param {Profile} me
 */
function aimOf(me) {
  /** @type {Map<string, number>} */ const sums = new Map();
  for (const { item, weight } of me.history) {
    const aspects = model.aspects(item);
    for (const aspect of aspects) sums.set(aspect, (sums.get(aspect) ?? 0) + weight / aspects.length);
  }
  const total = [...sums.values()].reduce((sum, x) => sum + Math.sqrt(x), 0);
  return new Map([...sums].map(([aspect, x]) => [aspect, Math.sqrt(x) / total]));
}

/**
 * The formula, place after place.
 * @param {Profile} me
 * @param {{ topK: number, proportional: number, aspects: boolean }} options
 */
function reference(me, { topK, proportional, aspects }) {
  const shares = me.personas().map(({ share }) => share);
  const weights = me.history.reduce((sum, { weight }) => sum + weight, 0);
  const due = (/** @type {string} */ id) =>
    me.history.reduce((sum, { item, weight }) => sum + weight * alike(id, item), 0) / weights;
  const left = candidatesOf(me).map((of) => ({ ...of, due: due(of.item) }));
  const aim = aimOf(me);
  /** @type {string[]} */ const list = [];
  const seats = shares.map(() => 0);
  while (list.length < topK && left.length > 0) {
    const place = list.length + 1;
    const listed = list.filter((id) => model.aspects(id).length > 0);
    const brought = (/** @type {string} */ aspect) =>
      listed.reduce(
        (sum, id) => sum + (model.aspects(id).includes(aspect) ? 1 / model.aspects(id).length : 0),
        0,
      );
    const gains = left.map(({ item, rank, due: owed }) => {
      const claim = place * owed - list.reduce((sum, id) => sum + alike(id, item), 0);
      const of = model.aspects(item);
      const aspect = of.reduce(
        (sum, name) => sum + ((aim.get(name) ?? 0) * (listed.length + 1) - brought(name)) / of.length,
        0,
      );
      return (
        (1 - proportional) * (1 - Math.log2(1 + rank) / Math.log2(100)) +
        proportional * (aspects ? claim + aspect : 2 * claim)
      );
    });
    const may = left.map(
      ({ persona }) => seats[persona] <= (shares[persona] + 1 - proportional) * place + 1e-9,
    );
    const allowed = may.some((is) => is) ? may : may.map(() => true);
    const best = gains.reduce(
      (found, gain, i) => (allowed[i] && (found < 0 || gain > gains[found]) ? i : found),
      -1,
    );
    const [chosen] = left.splice(best, 1);
    seats[chosen.persona]++;
    list.push(chosen.item);
  }
  return list;
}

describe('lists in proportion', () => {
  test('are those of the formula, with aspects and without', () => {
    for (let n = 0; n < 8; n++)
      for (const proportional of [0.05, 0.2, 1])
        for (const aspects of [true, false]) {
          const me = model.createProfile(historyOf(n));
          const options = { topK: 12, proportional, aspects };
          assert.deepEqual(idsOf(me.recommend(options)), reference(me, options), `${n} ${proportional}`);
        }
  });

  test('at 0 are the order by score, without a seat; scores and personas are those of rank', () => {
    for (let n = 0; n < 10; n++) {
      const me = model.createProfile(historyOf(n));
      const byScore = me.recommend({ topK: 30, proportional: 0, excludeSeen: false });
      assert.deepEqual(golden(byScore), golden(me.rank(ids, { topK: 30 })));
      assert.ok(byScore.items.every(({ seat }) => seat === undefined));
      const { items } = me.recommend({ topK: 30, proportional: 0.5 });
      const ranked = new Map(me.rank(items.map(({ item }) => item)).items.map((of) => [of.item, of]));
      for (const { item, score, persona } of items)
        assert.deepEqual([score, persona], [ranked.get(item)?.score, ranked.get(item)?.persona]);
    }
  });

  test('say where a claim, not the score, put an item', () => {
    let seats = 0;
    for (let n = 0; n < 10; n++) {
      const me = model.createProfile(historyOf(n));
      const all = idsOf(me.recommend({ topK: ids.length, proportional: 0 }));
      /** @type {Set<string>} */ const listed = new Set();
      for (const { item, seat } of me.recommend({ topK: 20, proportional: 0.2 }).items) {
        assert.equal(seat ?? false, item !== all.find((id) => !listed.has(id)));
        listed.add(item);
        seats += Number(seat ?? false);
      }
    }
    assert.ok(seats > 20 && seats < 200, `${seats} of 200`);
  });

  test('never give a persona more than its share of the places and one, at 1', () => {
    let several = 0;
    for (let n = 0; n < people.length && n < 60; n++) {
      const me = model.createProfile(historyOf(n));
      const personas = me.personas();
      if (personas.length < 2) continue;
      several++;
      for (const topK of [5, 12, 20]) {
        const { items } = me.recommend({ topK, proportional: 1 });
        for (const { index, share } of personas) {
          const seats = items.filter(({ persona }) => persona?.index === index).length;
          assert.ok(seats <= Math.ceil(share * topK) + 1, `${n}: ${seats} of ${topK} for ${share}`);
        }
      }
    }
    assert.ok(several > 10, `${several}`);
  });

  test('of few places are the beginning of those of more', () => {
    for (let n = 0; n < 10; n++) {
      const me = model.createProfile(historyOf(n));
      const long = idsOf(me.recommend({ topK: 20, proportional: 0.3 }));
      for (const topK of [1, 5, 12])
        assert.deepEqual(idsOf(me.recommend({ topK, proportional: 0.3 })), long.slice(0, topK));
    }
  });

  test('give everything once, beyond 200 places by score', () => {
    const me = model.createProfile(historyOf(3));
    const list = idsOf(me.recommend({ topK: ids.length, proportional: 0.4, excludeSeen: false }));
    assert.deepEqual([...list].sort(), [...ids].sort());
    const rest = new Set(list.slice(200));
    const byScore = idsOf(me.recommend({ topK: ids.length, proportional: 0, excludeSeen: false }));
    assert.deepEqual(
      list.slice(200),
      byScore.filter((id) => rest.has(id)),
    );
    assert.deepEqual(me.recommend({ topK: 0, proportional: 1 }).items, []);
    assert.deepEqual(me.recommend({ exclude: ids, proportional: 1 }).items, []);
  });

  test('go by score where nothing is liked, and where nothing is known', () => {
    const disliked = model.createProfile(ids.slice(0, 4).map((item) => ({ item, preference: -1 })));
    const nobody = model.createProfile();
    for (const me of [disliked, nobody])
      assert.deepEqual(golden(me.recommend({ proportional: 1 })), golden(me.recommend({ proportional: 0 })));
  });

  test('refuse what is not 0 to 1, and say so', async () => {
    const me = model.createProfile(historyOf(1));
    for (const bad of [-0.1, 1.1, NaN, '0.5', {}, 1n, true, null])
      await failsWith(() => me.recommend({ proportional: any(bad) }), 'BAD_ARGUMENT', /proportional.*0 to 1/);
    for (const bad of [0, 'no', null])
      await failsWith(() => me.recommend({ aspects: any(bad) }), 'BAD_ARGUMENT', /aspects.*true or false/);
  });

  test('are as proportional as the file says, unless asked', () => {
    const me = model.createProfile(historyOf(2));
    const { proportional } = model.info;
    assert.ok(proportional > 0 && proportional <= 1);
    assert.deepEqual(golden(me.recommend()), golden(me.recommend({ proportional })));
  });
});
