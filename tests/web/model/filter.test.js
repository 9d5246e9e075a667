// Owns the tests of which items may be listed: filters of every kind against lists of which all that they
// refuse was left out, who is asked, masks and candidates. Must not test scores.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { below, failsWith, golden, historyOf, openSmallModel, sample, seeded } from '../../support.js';

/** @typedef {import('../../../web/model/model.js').Model} Model */
/** @typedef {import('../../../web/model/profile.js').Profile} Profile */
/** @type {Model} */ let model;
/** @type {Model} */ let other;
/** @type {string[]} */ let ids;

const any = (/** @type {unknown} */ value) => /** @type {any} */ (value);
const idsOf = (/** @type {import('../../../web/model/types.js').Ranking} */ ranking) =>
  ranking.items.map(({ item }) => item);

before(async () => {
  model = await openSmallModel();
  other = await openSmallModel();
  ids = model.ids();
});

const pick = (/** @type {any} */ list, /** @type {() => number} */ random) =>
  list[below(random, list.length)];

/**
 * Options of one list, and which ids may be in it.
 * @param {() => number} random
 */
function randomCase(random) {
  const part = pick([0, 0.003, 0.03, 0.3, 0.9, 1], random);
  const kept = new Set(ids.filter(() => random() < part));
  const options = {
    topK: pick([0, 1, 3, 10, 60, 230, ids.length], random),
    proportional: pick([0, 0, 0.15, 0.6, 1], random),
    excludeSeen: random() < 0.7,
    aspects: random() < 0.5,
  };
  const me = model.createProfile(random() < 0.1 ? [] : historyOf(below(random, 60)), {
    personas: pick([undefined, 1, 2, 4], random),
  });
  if (random() < 0.2) me.dislike(pick(ids, random));
  return { me, kept, options };
}

/**
 * Which items the list depends on: those that would be among what it is chosen from, if they passed.
 * @param {Profile} me
 * @param {Set<string>} kept
 * @param {{ topK: number, proportional: number, excludeSeen: boolean }} options
 */
function needed(me, kept, { topK, proportional, excludeSeen }) {
  const liked = me.history.some(({ preference }) => preference > 0);
  const inProportion = proportional > 0 && liked;
  const all = inProportion ? Math.max(100, topK) : topK;
  const own = inProportion ? Math.max(20, Math.min(topK, 200)) : 0;
  /** @type {Map<number, number>} */ const of = new Map();
  let passed = 0;
  return me
    .recommend({ topK: ids.length, proportional: 0, excludeSeen })
    .items.filter(({ item, persona }) => {
      const k = persona?.index ?? 0;
      const before = of.get(k) ?? 0;
      const asks = passed < all || before < own;
      if (asks && kept.has(item)) {
        passed++;
        of.set(k, before + 1);
      }
      return asks;
    })
    .map(({ item }) => item);
}

describe('a filter gives the list that leaving out all that it refuses gives', () => {
  test('250 random filters of every kind', () => {
    const random = seeded(1);
    for (let n = 0; n < 250; n++) {
      const { me, kept, options } = randomCase(random);
      const wanted = golden(me.recommend({ ...options, exclude: ids.filter((id) => !kept.has(id)) }));
      /** @type {string[]} */ const asked = [];
      const filter = (/** @type {string} */ id) => {
        asked.push(id);
        return kept.has(id);
      };
      const what = JSON.stringify([n, options, kept.size]);
      assert.deepEqual(golden(me.recommend({ ...options, filter })), wanted, what);
      const most = needed(me, kept, options);
      assert.deepEqual([...asked].sort(), [...(options.topK ? most : [])].sort(), what);
      if (options.proportional === 0) assert.deepEqual(asked, most, what);
      const list = random() < 0.5 ? kept : [...kept];
      for (const same of [list, model.mask(list), model.candidates(list), model.mask(filter)])
        assert.deepEqual(golden(me.recommend({ ...options, filter: same })), wanted, what);
      const left = model.mask((id) => !kept.has(id));
      assert.deepEqual(golden(me.recommend({ ...options, exclude: left })), wanted, what);
      me.dispose();
    }
  });

  test('with exclude beside it, and with calibrate', () => {
    const random = seeded(2);
    for (let n = 0; n < 100; n++) {
      const { me, kept, options } = randomCase(random);
      const exclude = sample(ids, below(random, 100), random);
      const gone = ids.filter((id) => !kept.has(id) || exclude.includes(id));
      const filter = pick([(/** @type {string} */ id) => kept.has(id), kept, model.mask(kept)], random);
      const without = pick(
        [exclude, new Set(exclude), model.candidates(exclude), model.mask(exclude)],
        random,
      );
      assert.deepEqual(
        golden(me.recommend({ ...options, filter, exclude: without })),
        golden(me.recommend({ ...options, exclude: gone })),
      );
      const calibrated = { topK: 5, calibrate: 0.5, excludeSeen: options.excludeSeen };
      if (me.personalized)
        assert.deepEqual(
          golden(me.recommend({ ...calibrated, filter, exclude: without })),
          golden(me.recommend({ ...calibrated, exclude: gone })),
        );
      me.dispose();
    }
  });

  test('a filter that answers at random is asked once about each item, and obeyed', () => {
    const random = seeded(3);
    for (let n = 0; n < 100; n++) {
      const { me, options } = randomCase(random);
      /** @type {Map<string, boolean>} */ const said = new Map();
      const filter = (/** @type {string} */ id) => {
        assert.ok(!said.has(id));
        said.set(id, random() < 0.3);
        return said.get(id) ?? false;
      };
      for (const id of idsOf(me.recommend({ ...options, filter }))) assert.ok(said.get(id));
      me.dispose();
    }
  });
});

describe('by aspects', () => {
  test('an item has one of those to include, and none of those to exclude', () => {
    const random = seeded(4);
    const names = [...new Set(ids.flatMap((id) => model.aspects(id)))];
    for (let n = 0; n < 200; n++) {
      const { me, options } = randomCase(random);
      const include = random() < 0.3 ? undefined : sample(names, below(random, 4), random);
      const exclude = random() < 0.3 ? undefined : sample(names, below(random, 4), random);
      const aspects = { ...(include && { include }), ...(exclude && { exclude: new Set(exclude) }) };
      const passes = (/** @type {string} */ id) => {
        const own = model.aspects(id);
        return (!include || include.some((a) => own.includes(a))) && !exclude?.some((a) => own.includes(a));
      };
      const wanted = golden(me.recommend({ ...options, exclude: ids.filter((id) => !passes(id)) }));
      for (const filter of [{ aspects }, model.mask({ aspects })])
        assert.deepEqual(golden(me.recommend({ ...options, filter })), wanted);
      me.dispose();
    }
  });

  test('an aspect that the model has not got is refused with those that it has', async () => {
    const me = model.createProfile(historyOf(1));
    const [name] = model.aspects(ids[0]);
    for (const wrong of [`${name}s`, name.toLowerCase(), name.slice(1)])
      for (const key of ['include', 'exclude'])
        for (const call of [
          () => me.recommend({ filter: { aspects: { [key]: [wrong] } } }),
          () => model.mask({ aspects: { [key]: [wrong] } }),
        ])
          await failsWith(call, 'BAD_ARGUMENT', new RegExp(`aspect: got ${wrong}.*${name}`));
    for (const wrong of [5, null, {}, Symbol('s'), ''])
      await failsWith(() => model.mask({ aspects: { include: [any(wrong)] } }), 'BAD_ARGUMENT', /aspect/);
    for (const wrong of [{}, { aspects: undefined }, { aspects: 'x' }, { aspects: [] }, { aspect: {} }])
      await failsWith(() => me.recommend({ filter: any(wrong) }), 'BAD_ARGUMENT', /aspects/);
    for (const wrong of ['x', 5, null])
      await failsWith(() => model.mask({ aspects: { include: any(wrong) } }), 'BAD_ARGUMENT', /aspects/);
    await failsWith(() => model.mask({ aspects: any({ includes: [] }) }), 'BAD_ARGUMENT', /include, exclude/);
    const bare = await openSmallModel({ items: undefined });
    await failsWith(() => bare.mask({ aspects: { include: [name] } }), 'BAD_ARGUMENT', /aspect/);
  });
});

describe('ids', () => {
  test('unknown ones are told, of exclude first, and numbers are ids', () => {
    const me = model.createProfile(historyOf(1));
    const filter = ['no such film', ids[500], ids[400], ids[500]];
    const exclude = ['nor this', ids[400]];
    for (const made of [(/** @type {any} */ x) => x, (/** @type {any} */ x) => model.mask(x)]) {
      const ranking = me.recommend({ filter: made(filter), exclude: made(exclude) });
      assert.deepEqual(ranking.unknown, ['nor this', 'no such film']);
      assert.deepEqual(idsOf(ranking), [ids[500]]);
      ranking.unknown.push('mine');
    }
    assert.deepEqual(model.mask(['no such film', ids[1]]).unknown, ['no such film']);
    assert.deepEqual(me.recommend({ filter: any([5]) }).unknown, ['5']);
    assert.deepEqual(idsOf(me.recommend({ filter: [] })), []);
  });

  test('candidates rank as their list does, again and again, for everybody', () => {
    const random = seeded(5);
    for (let n = 0; n < 100; n++) {
      const list = [...sample(ids, below(random, 90), random), 'no such film', ids[3], ids[3], 'nor this'];
      const held = model.candidates(list.values());
      assert.deepEqual(
        [held.unknown, held.duplicates.includes(ids[3])],
        [['no such film', 'nor this'], true],
      );
      for (let person = 0; person < 3; person++) {
        const me = model.createProfile(historyOf(below(random, 60)));
        for (const options of [{}, { topK: 3 }, { topK: 2, explain: true }, { topK: 1000 }]) {
          const ranking = me.rank(held, options);
          assert.deepEqual(golden(ranking), golden(me.rank(list, options)));
          ranking.unknown.push('mine');
          ranking.duplicates.push('mine');
        }
        me.dispose();
      }
    }
  });
});

describe('what is of another model, or gone', () => {
  test('is refused', async () => {
    const me = model.createProfile(historyOf(1));
    const mine = model.mask([ids[1]]);
    assert.equal(idsOf(me.recommend({ filter: model.mask(mine) }))[0], ids[1]);
    for (const foreign of [other.mask([ids[1]]), other.candidates([ids[1]])]) {
      await failsWith(() => me.recommend({ filter: foreign }), 'BAD_ARGUMENT', /filter.*model/);
      await failsWith(() => me.recommend({ exclude: foreign }), 'BAD_ARGUMENT', /exclude.*model/);
      await failsWith(() => model.mask(foreign), 'BAD_ARGUMENT', /mask.*model/);
    }
    await failsWith(() => me.rank(other.candidates([ids[1]])), 'BAD_ARGUMENT', /candidates.*model/);
    assert.deepEqual(idsOf(me.rank(mine)), [ids[1]]);
  });

  test('DISPOSED', async () => {
    const gone = await openSmallModel();
    const me = gone.createProfile(historyOf(1));
    const held = gone.candidates(ids.slice(0, 5));
    const mask = gone.mask(held);
    gone.dispose();
    await failsWith(() => me.rank(held), 'DISPOSED');
    await failsWith(() => me.recommend({ filter: mask }), 'DISPOSED');
    await failsWith(() => gone.candidates([ids[0]]), 'DISPOSED');
    for (const filter of [[ids[0]], () => true, { aspects: { include: model.aspects(ids[0]) } }, mask])
      await failsWith(() => gone.mask(any(filter)), 'DISPOSED');
  });

  test('a mask whose function throws or gives a promise is not made', async () => {
    const own = new Error('of the app');
    const thrown = () => {
      throw own;
    };
    assert.throws(() => model.mask(thrown), own);
    await failsWith(() => model.mask(any(async () => true)), 'BAD_ARGUMENT', /mask.*promise/);
    for (const wrong of [undefined, null, 5, 'x', true, Symbol('s')])
      await failsWith(() => model.mask(any(wrong)), 'BAD_ARGUMENT', /mask/);
  });
});
