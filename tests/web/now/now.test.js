// Owns the tests of rankings that lean on a visit, and of sessions. Must not test how good the lists are:
// that is the bench.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { now, session } from '../../../dist/now.js';
import { codes, failure, films, smallModel } from '../../support.js';

/** @import { Model, Ranking } from 'ampcf' */
/** @import { NowRanking, Side } from 'ampcf/now' */

/** @type {Model} */ let model;
/** @type {string[]} */ let westerns;
/** @type {string[]} */ let cartoons;
/** @type {string[]} */ let both;

before(async () => {
  model = await loadModel(await smallModel(), { plugins: [now] });
  const of = (/** @type {string} */ genre, /** @type {string} */ not) =>
    films
      .filter(({ item, genres }) => model.has(item) && genres.includes(genre) && !genres.includes(not))
      .map(({ item }) => item);
  westerns = of('Western', 'Animation');
  cartoons = of('Animation', 'Western');
  both = [...westerns.slice(0, 8), ...cartoons.slice(0, 8)];
});

const ask = (/** @type {any} */ me, /** @type {unknown} */ given, options = {}) =>
  /** @type {NowRanking} */ (me.recommend({ topK: 10, ...options, now: given }));
const share = (/** @type {Ranking} */ { items }, /** @type {string} */ genre) =>
  items.filter(({ item }) => model.aspects(item).includes(genre)).length / items.length;
const sum = (/** @type {number[]} */ list) => list.reduce((a, b) => a + b, 0);
const isClose = (/** @type {number} */ a, /** @type {number} */ b, tolerance = 1e-5) =>
  assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

describe('recommend({ now })', () => {
  test('follows the side that is here, says so, and forgets none', () => {
    const me = model.createProfile(both);
    const labels = me.personas().map(({ label }) => label);
    assert.ok(labels.length >= 2);
    for (const [given, genre] of /** @type {const} */ ([
      [westerns[10], 'Western'],
      [cartoons[10], 'Animation'],
    ])) {
      const ranking = ask(me, [given]);
      assert.ok(share(ranking, genre) > share(me.recommend(), genre));
      const [first] = ranking.now;
      const before = me.personas()[first.persona];
      assert.ok(before.items.some(({ item }) => model.aspects(item).includes(genre)));
      assert.ok(first.share > before.share);
      isClose(sum(ranking.now.map((side) => side.share)), 1);
      assert.ok(ranking.now.slice(0, labels.length).every((side) => side.share > 0.01 * side.prior));
      assert.ok(!ranking.items.some(({ item }) => item === given || both.includes(item)));
    }
  });

  test('changes nothing of the profile, and is the same again', () => {
    const me = model.createProfile(both);
    const plain = me.recommend();
    const saved = me.save();
    const first = ask(me, [westerns[10], cartoons[9]]);
    assert.deepEqual(ask(me, [westerns[10], cartoons[9]]), first);
    assert.deepEqual(ask(model.createProfile(both), new Set([westerns[10], cartoons[9]])), first);
    assert.deepEqual(me.recommend(), plain);
    assert.deepEqual(me.save(), saved);
    assert.equal(me.version, 0);
    assert.equal(me.undo(), false);
  });

  test('without anything known it is the plain list, and tells the prior', () => {
    const me = model.createProfile(both);
    const plain = me.recommend();
    const priors = me
      .personas()
      .map(({ index, label, share }) => ({ persona: index, label, share, prior: share }));
    for (const given of [[], {}, { items: [] }, { at: 5 }, ['never seen']]) {
      const { now: sides, ...ranking } = ask(me, given);
      assert.deepEqual(ranking.items, plain.items);
      assert.deepEqual(sides, priors);
      assert.deepEqual(ranking.unknown, Array.isArray(given) ? given : []);
    }
  });

  test('parts of a score add up, with the events of the visit among them', () => {
    const me = model.createProfile(both).dislike(westerns[12]);
    const given = { items: [cartoons[10]], aspects: 'Western' };
    const ranking = ask(me, given, { explain: true, contributions: 100 });
    for (const { item, score, attention, explanation, persona } of ranking.items) {
      assert.ok(explanation && attention && persona);
      const { contributions, rest, remembered, bias, residual } = explanation;
      isClose(
        sum(contributions.map((part) => part.contribution)) + rest + remembered + bias + residual,
        Number(score),
      );
      isClose(sum([...attention]), 1);
      assert.ok(contributions.some((part) => part.item === cartoons[10]));
      for (const index of [persona.index, ...contributions.map((part) => part.persona)])
        assert.ok(
          ranking.now.some((side) => side.persona === index),
          `${item} ${index}`,
        );
      assert.equal(ranking.now.find((side) => side.persona === persona.index)?.label, persona.label);
    }
  });

  test('ranks given items, unknown ones last', () => {
    const me = model.createProfile(both);
    const ids = ['nothing', ...cartoons.slice(8, 12), ...westerns.slice(8, 12)];
    const ranking = /** @type {NowRanking} */ (me.rank(ids, { now: ['no film', westerns[12]] }));
    assert.equal(ranking.items.length, ids.length);
    assert.ok(westerns.includes(ranking.items[0].item));
    assert.equal(ranking.items.at(-1)?.item, 'nothing');
    assert.deepEqual(ranking.unknown, ['no film', 'nothing']);
  });

  test('what fits no side counts as itself', () => {
    const me = model.createProfile(westerns.slice(0, 12));
    const ranking = ask(me, cartoons.slice(3, 6));
    const visit = /** @type {Side} */ (ranking.now.find(({ prior }) => prior === 0));
    assert.equal(visit.persona, me.personas().length);
    assert.ok(visit.share > 0.3, `${visit.share}`);
    assert.ok(share(ranking, 'Animation') >= 0.5);
    assert.ok(ranking.items.some(({ persona }) => persona?.index === visit.persona));
    const ofOld = ask(me, westerns.slice(12, 14)).now.find(({ prior }) => prior === 0);
    assert.ok(Number(ofOld?.share) < visit.share);
    assert.match(visit.label, /Animation/);
    const [cartoon] = ranking.items.filter(({ item }) => model.aspects(item).includes('Animation'));
    assert.equal(cartoon.persona?.label, visit.label);
    const old = ask(me, westerns.slice(12, 14));
    assert.ok(
      old.items.every(({ persona }) => persona?.index === 0),
      'what fits is no side of its own',
    );
  });

  test('a person without history has the visit alone', () => {
    const me = model.createProfile();
    const ranking = ask(me, [westerns[0]]);
    assert.equal(ranking.personalized, true);
    assert.deepEqual(
      ranking.now.map(({ persona, share: of, prior }) => [persona, of, prior]),
      [[0, 1, 0]],
    );
    assert.ok(share(ranking, 'Western') > share(me.recommend(), 'Western'));
    assert.deepEqual(ask(me, []).now, []);
    const disliked = ask(me, [{ item: westerns[0], preference: -1 }], { explain: true });
    assert.equal(disliked.items.length, 10);
  });

  test('what is forgotten is a side too', () => {
    const me = model.createProfile(both);
    me.forget();
    const ranking = ask(me, [cartoons[10]]);
    assert.ok(share(ranking, 'Animation') > share(me.recommend(), 'Animation'));
    const without = ask(me, [westerns[10]]);
    assert.ok(share(without, 'Western') > share(me.recommend(), 'Western'));
    assert.notEqual(ranking.now[0].persona, without.now[0].persona);
  });
});

describe('stated intent', () => {
  test('an aspect leans on who has it', () => {
    const me = model.createProfile(both);
    for (const genre of ['Western', 'Animation']) {
      const ranking = ask(me, { aspects: genre });
      assert.deepEqual(ask(me, { aspects: [genre, genre] }), ranking);
      assert.ok(share(ranking, genre) > share(me.recommend(), genre));
      const before = me.personas()[ranking.now[0].persona];
      assert.ok(before.items.some(({ item }) => model.aspects(item).includes(genre)));
    }
    assert.ok(share(ask(model.createProfile(), { aspects: 'Western' }), 'Western') > 0.3);
  });

  test('an aspect that nobody has is refused, with the name that was meant', async () => {
    const me = model.createProfile(both);
    const error = await failure(() => ask(me, { aspects: ['Westren'] }));
    assert.equal(error.code, 'BAD_ARGUMENT');
    assert.match(error.message, /did you mean Western\?/);
    const plain = await loadModel(await smallModel({ items: undefined }), { plugins: [now] });
    const other = plain.createProfile(both);
    assert.equal((await failure(() => ask(other, { aspects: 'Western' }))).code, 'NO_ASPECTS');
    assert.equal(ask(other, { aspects: [], items: [westerns[9]] }).items.length, 10);
  });

  test('the time of day counts where the history has times', () => {
    const hour = 3600;
    const at = (/** @type {string[]} */ ids, /** @type {number} */ of) =>
      ids.map((item, i) => ({ item, at: 86400 * (100 + i) + of * hour }));
    const me = model.createProfile([...at(westerns.slice(0, 8), 22), ...at(cartoons.slice(0, 8), 9)]);
    const first = (/** @type {number} */ of) => {
      const { now: sides } = ask(me, { at: 86400 * 400 + of * hour });
      assert.ok(sides.every(({ prior }) => prior > 0));
      return me.personas()[sides[0].persona].items.map(({ item }) => item);
    };
    assert.ok(first(22).includes(westerns[0]));
    assert.ok(first(9).includes(cartoons[0]));
  });
});

describe('a session', () => {
  test('leans on its latest events, in the order they came', () => {
    const me = model.createProfile(both);
    const visit = session(me, { events: 2 });
    assert.deepEqual(visit.recommend().items, me.recommend().items);
    visit.add(cartoons[9]).add(westerns[9]).add(westerns[10]);
    assert.deepEqual(visit.recommend({ topK: 10 }), ask(me, [westerns[9], westerns[10]]));
    assert.deepEqual(visit.rank(cartoons), me.rank(cartoons, { now: [westerns[9], westerns[10]] }));
    assert.equal(visit.size, 3);
    visit.add(westerns[9]);
    assert.deepEqual(visit.history.map(({ item }) => item).slice(-2), [westerns[10], westerns[9]]);
    assert.deepEqual(
      visit.recommend({ topK: 10, now: { aspects: 'Comedy', items: [cartoons[9]] } }),
      ask(me, { aspects: 'Comedy', items: [westerns[10], westerns[9], cartoons[9]] }),
    );
  });

  test('says who speaks, and how open that is', () => {
    const me = model.createProfile(both);
    const visit = session(me);
    const before = visit.unsure;
    visit.add(westerns[9]).add(westerns[10]);
    const [first, ...rest] = visit.personas();
    assert.equal(me.personas()[first.index].label, first.label);
    assert.deepEqual(first.items, me.personas()[first.index].items);
    assert.ok(first.share > first.prior);
    assert.ok(rest.length > 0);
    assert.ok(visit.unsure >= 0 && visit.unsure < before && before <= 1);
    assert.equal(session(model.createProfile()).unsure, 0);
  });

  test('is taken back, cleared, and over after a while', () => {
    const visit = session(model.createProfile(both), { idle: 60 });
    visit.add({ item: westerns[9], at: 1000 }).add({ item: westerns[10], at: 1060 });
    assert.equal(visit.size, 2);
    visit.add({ item: cartoons[9], at: 1121 });
    assert.deepEqual(
      visit.history.map(({ item }) => item),
      [cartoons[9]],
    );
    assert.equal(visit.undo(), true);
    assert.equal(visit.size, 2);
    visit.clear();
    assert.equal(visit.size, 0);
    assert.ok(visit.undo() && visit.undo() && visit.undo());
    assert.equal(visit.size, 0);
    assert.equal(visit.undo(), false);
    visit.add({ item: cartoons[9], at: 2000 }).add(westerns[9]);
    const leans = (/** @type {number} */ at) => visit.recommend({ now: { at } }).now.length;
    assert.equal(leans(2060), leans(2061) + 1, 'the visit has a side of its own, until it is over');
  });

  test('what is kept without a time does not take the time of an event that is there', () => {
    const me = model.createProfile([
      { item: westerns[0], at: 1000 },
      { item: westerns[1], at: 1000 },
    ]);
    session(me).add(westerns[0]).add({ item: westerns[1], at: 2000 }).keep();
    assert.deepEqual(
      me.history.map(({ at }) => at),
      [1000, 2000],
    );
  });

  test('keeps what it is told to, as one change that is taken back and may be kept again', () => {
    const me = model.createProfile(both);
    const saved = me.save();
    const visit = session(me).add({ item: westerns[9], at: 7 }).add({ item: cartoons[9], preference: -1 });
    visit.recommend();
    assert.deepEqual(me.save(), saved);
    assert.equal(visit.keep(), 2);
    assert.equal(visit.keep(), 0);
    assert.deepEqual(
      me.history.slice(-2).map(({ item, at, preference }) => [item, at, preference]),
      [
        [westerns[9], 7, 1],
        [cartoons[9], null, -1],
      ],
    );
    visit.add(westerns[10]);
    assert.equal(visit.keep(), 1);
    assert.ok(me.undo());
    assert.equal(visit.keep(), 1);
    assert.ok(me.undo() && me.undo());
    assert.deepEqual(me.save(), saved);
    assert.equal(me.undo(), false);
    assert.equal(visit.keep(), 3);
    me.dispose();
    assert.equal(await_(() => visit.recommend()).code, 'DISPOSED');
    assert.equal(await_(() => visit.add(westerns[11])).code, 'DISPOSED');
  });
});

/** @param {() => unknown} run */
function await_(run) {
  try {
    run();
  } catch (error) {
    return /** @type {any} */ (error);
  }
  throw new Error('it went well');
}

describe('whatever happens', () => {
  test('10,000 turns do not grow memory, and stay finite', () => {
    const me = model.createProfile(both);
    const visit = session(me);
    const ids = model.ids();
    const turn = (/** @type {number} */ i) => {
      visit.add({ item: ids[(i * 7919) % ids.length], preference: i % 3 === 2 ? -1 : 1 });
      const { items, now: sides } = visit.recommend({ topK: 3 });
      assert.ok(items.every(({ score }) => Number.isFinite(score)));
      assert.ok(sides.every(({ share: of }) => of >= 0 && of <= 1));
    };
    for (let i = 0; i < 200; i++) turn(i);
    const before = model.diagnostics().memoryBytes;
    for (let i = 200; i < 10000; i++) turn(i);
    assert.equal(model.diagnostics().memoryBytes, before);
    assert.equal(visit.size <= 100, true);
  });

  test('people who come and go do not grow memory', () => {
    const visit = (/** @type {number} */ i) => {
      const me = model.createProfile(both.slice(i % 8));
      ask(me, [westerns[10]]);
      me.dispose();
    };
    for (let i = 0; i < 50; i++) visit(i);
    const before = model.diagnostics().memoryBytes;
    for (let i = 0; i < 2000; i++) visit(i);
    assert.equal(model.diagnostics().memoryBytes, before);
  });

  test('a profile that changes or goes is not answered from before', async () => {
    const me = model.createProfile(both);
    const before = ask(me, [westerns[10]]);
    me.add(cartoons[10]);
    assert.ok(ask(me, [westerns[10]]).items.every(({ item }) => item !== cartoons[10]));
    me.undo();
    assert.deepEqual(ask(me, [westerns[10]]), before);
    me.adjust({ personas: 1 });
    assert.equal(ask(me, [westerns[10]]).now.filter(({ prior }) => prior > 0).length, 1);
    me.dispose();
    assert.equal((await failure(() => ask(me, [westerns[10]]))).code, 'DISPOSED');
  });

  test("the app's own functions may ask but not change", async () => {
    const me = model.createProfile(both);
    let asked = 0;
    const list = ask(me, [westerns[10]], {
      filter: (/** @type {string} */ item) => {
        for (let i = 0; i < 12; i++) ask(me, [westerns[(asked + i) % 8], cartoons[i]], { topK: 1 });
        asked++;
        return item !== westerns[11];
      },
    });
    assert.ok(asked > 0 && list.items.length === 10);
    assert.equal((await failure(() => ask(me, [], { filter: () => me.add('x') }))).code, 'BUSY');
    const goes = await failure(() => ask(me, [], { filter: () => (me.dispose(), true) }));
    assert.equal(goes.code, 'DISPOSED');
  });

  test('what is no visit is refused, and nothing changes', async () => {
    const me = model.createProfile(both);
    const plain = me.recommend();
    const wrong = /** @type {any[]} */ ([
      null,
      3,
      'heat',
      true,
      [null],
      [{}],
      [{ item: 'a', weight: 0 }],
      { item: [] },
      { items: 'heat' },
      { at: NaN },
      { at: 'now' },
      { aspects: 3 },
      { aspects: [3] },
      { aspects: 'Drama', more: 1 },
      [Symbol('a')],
    ]);
    for (const given of wrong) {
      const error = await failure(() => ask(me, given));
      assert.ok(error.code === 'BAD_ARGUMENT' && codes.has(error.code), String(error));
    }
    for (const options of /** @type {any[]} */ ([
      { events: 0 },
      { events: 1.5 },
      { idle: 0 },
      { idle: NaN },
      { ides: 3 },
      3,
    ]))
      assert.equal((await failure(() => session(me, options))).code, 'BAD_ARGUMENT');
    assert.equal((await failure(() => session(/** @type {any} */ ({})))).code, 'BAD_ARGUMENT');
    assert.equal((await failure(() => session(me).recommend({ topk: 3 }))).code, 'BAD_ARGUMENT');
    assert.deepEqual(me.recommend(), plain);
  });

  test('of several rankings options each does its part', async () => {
    const tastes = model.createProfile(both);
    const list = ask(tastes, [westerns[10]], { calibrate: 0.5, filter: { aspects: { exclude: ['Drama'] } } });
    assert.ok(list.items.every(({ item }) => !model.aspects(item).includes('Drama')));
  });
});
