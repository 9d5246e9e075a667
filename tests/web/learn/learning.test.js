// Owns the tests of a profile that learns: what is not wanted, undo, one event more, and what is left of what
// was forgotten.
// Must not measure whether recommendations get better: npm run bench:learning does.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { below, failsWith, golden, historyOf, openSmallModel, people, seeded } from '../../support.js';

/** @typedef {import('../../../web/model/profile.js').Profile} Profile */
/** @type {import('../../../web/model/model.js').Model} */
let model;
/** @type {string[]} */
let ids;

before(async () => {
  model = await openSmallModel();
  ids = model.ids();
});

/**
 * Everything that a profile shows, every bit of it.
 * @param {Profile} me
 */
const shown = (me) =>
  JSON.stringify([
    golden(me.recommend({ topK: 200, excludeSeen: false })),
    me.personas(),
    me.explain(ids[17]),
    [...me.save()],
    me.unknown,
    me.personalized,
  ]);

/**
 * The same events in the same order, at once.
 * @param {Profile} me
 */
const afresh = (me) => model.createProfile(me.history);

describe('one event more', () => {
  test('gives every bit of folding all events at once, whatever came before', () => {
    const random = seeded(7);
    for (let round = 0; round < 30; round++) {
      const me = model.createProfile(historyOf(round).slice(0, below(random, 30)));
      for (let step = 0; step < 12; step++) {
        const item = random() < 0.1 ? `unknown ${step}` : ids[below(random, ids.length)];
        const action = below(random, 8);
        if (action === 0) me.remove(item);
        else if (action === 1) me.dislike(item);
        else if (action === 2) me.skip(item);
        else if (action === 3) me.rate(item, 1 + below(random, 9) / 2);
        else if (action === 4) me.undo();
        else me.add({ item, weight: random() + 0.1, preference: 2 * random() - 1 });
        if (random() < 0.6) assert.equal(shown(me), shown(afresh(me)), `round ${round}, step ${step}`);
      }
    }
  });

  test('beyond the room that was left for more', () => {
    const me = model.createProfile([ids[0]]);
    for (const id of ids.slice(1, 120)) {
      me.add(id);
      assert.equal(me.personalized, true);
    }
    assert.equal(shown(me), shown(afresh(me)));
  });

  test('folds in without an event that is there twice', () => {
    const me = model.createProfile(historyOf(1));
    const first = shown(me);
    me.recommend();
    for (const event of historyOf(1)) me.add(event);
    assert.equal(shown(me), first);
  });
});

describe('what is not wanted', () => {
  const scoreOf = (/** @type {Profile} */ me, /** @type {string} */ item) =>
    Number(me.rank([item]).items[0].score);

  test('a dislike lowers the item and what is like it, for everybody', () => {
    for (let n = 0; n < 40; n++) {
      const history = historyOf(n);
      const me = model.createProfile(history);
      const [best] = me.recommend({ topK: 1 }).items;
      const [near] = model.similar(best.item, { topK: 1 });
      const before = [scoreOf(me, best.item), scoreOf(me, near.item)];
      me.dislike(best.item);
      assert.ok(scoreOf(me, best.item) < before[0] && scoreOf(me, near.item) < before[1], `person ${n}`);
      assert.ok(
        (me.explain(best.item).explanation.contributions.at(-1)?.contribution ?? 0) < 0,
        'the dislike is the part that speaks against it',
      );
    }
  });

  test('a skip lowers less than a dislike, and leaves the history as it is', () => {
    for (let n = 0; n < 40; n++) {
      const history = historyOf(n);
      const me = model.createProfile(history);
      const [{ item, score }] = me.recommend({ topK: 1 }).items;
      const skipped = scoreOf(model.createProfile(history).skip(item), item);
      const disliked = scoreOf(model.createProfile(history).dislike(item), item);
      assert.ok(
        disliked < skipped && skipped < Number(score),
        `person ${n}: ${disliked}, ${skipped}, ${score}`,
      );
      const liked = shown(me);
      assert.equal(shown(me.skip(history[0].item)), liked);
    }
  });

  test('stars: the middle of the scale is nothing, more is more', () => {
    const me = model.createProfile(historyOf(3));
    const [{ item }] = me.recommend({ topK: 1 }).items;
    const scores = [1, 2, 3, 4, 5].map((stars) =>
      scoreOf(model.createProfile(historyOf(3)).rate(item, stars), item),
    );
    assert.deepEqual(
      scores,
      [...scores].sort((a, b) => a - b),
    );
    assert.equal(new Set(scores).size, 5);
    assert.deepEqual(model.createProfile().rate('x', 7.5, { scale: [0, 10], at: 5 }).history, [
      { item: 'x', weight: 1, preference: 0.5, at: 5 },
    ]);
  });

  test('the old name of preference works for this version: given, read, set, in JSON of before', () => {
    const events = [
        { item: ids[0], wanted: -0.5 },
        { item: ids[1], wanted: 0 },
      ],
      me = model.createProfile(events),
      [first] = me.history;
    assert.deepEqual(
      me.history.map(({ preference, wanted }) => [preference, wanted]),
      [
        [-0.5, -0.5],
        [0, 0],
      ],
    );
    assert.deepEqual(first, { item: ids[0], weight: 1, preference: -0.5, at: null });
    assert.equal(JSON.stringify(first).includes('wanted'), false);
    assert.equal(model.createProfile([{ ...first, wanted: 1 }]).history[0].preference, 1);
    first.wanted = 0.25;
    assert.equal(me.add(first).history[0].preference, 0.25);
    first.preference = 0.75;
    assert.equal(me.add(first).history[0].preference, 0.75);
  });

  test('makes no persona: those of what was liked stay', () => {
    const liked = historyOf(2);
    const me = model.createProfile(liked);
    const before = me.personas().map(({ items }) => items.map(({ item }) => item));
    for (const id of ids.slice(0, 25)) if (!liked.some(({ item }) => item === id)) me.dislike(id);
    assert.deepEqual(
      me.personas().map(({ items }) => items.map(({ item }) => item)),
      before,
    );
  });

  test('with nothing liked there is a ranking, lowest what is like the disliked', () => {
    const me = model.createProfile().dislike(ids[3]).dislike(ids[5]);
    const { items, personalized } = me.recommend({ topK: ids.length, excludeSeen: false });
    assert.equal(personalized, true);
    assert.ok(items.every(({ score }) => Number.isFinite(score)));
    assert.ok(items.findIndex(({ item }) => item === ids[3]) > ids.length / 2);
  });

  test('what cannot be is refused, and changes nothing', async () => {
    const me = model.createProfile(historyOf(0));
    const first = shown(me);
    for (const preference of [1.1, -2, NaN, '1', null])
      await failsWith(
        () => me.add({ item: ids[0], preference: /** @type {any} */ (preference) }),
        'BAD_ARGUMENT',
        /preference of/,
      );
    for (const stars of [0, 6, NaN, undefined])
      await failsWith(
        () => me.rate(ids[0], /** @type {any} */ (stars)),
        'BAD_ARGUMENT',
        /rating of .* wanted 1 to 5/,
      );
    await failsWith(() => me.dislike(ids[0], { weight: -1 }), 'BAD_ARGUMENT', /weight of/);
    assert.equal(shown(me), first);
  });
});

describe('undo', () => {
  test('takes back each change to the last bit, the order of the history included', () => {
    const random = seeded(11);
    for (let round = 0; round < 20; round++) {
      const me = model.createProfile(historyOf(round).slice(0, 12));
      const states = [shown(me)];
      for (let step = 0; step < 15; step++) {
        const id =
          random() < 0.5
            ? (me.history[below(random, Math.max(1, me.size))]?.item ?? ids[0])
            : ids[below(random, ids.length)];
        const { version } = me;
        [
          () => me.add(id),
          () => me.dislike(id),
          () => me.remove(id),
          () => me.clear(),
          () => me.rate(id, 2),
          () => me.skip(id),
        ][below(random, 6)]();
        if (me.version !== version) states.push(shown(me));
      }
      while (states.length > 1) {
        states.pop();
        assert.equal(me.undo(), true);
        assert.equal(shown(me), states.at(-1));
      }
      assert.equal(me.undo(), false, 'what the profile was made with stays');
    }
  });

  test('reaches a hundred changes back', () => {
    const me = model.createProfile();
    for (const id of ids.slice(0, 120)) me.add(id);
    for (let n = 0; n < 100; n++) assert.equal(me.undo(), true);
    assert.equal(me.undo(), false);
    assert.equal(me.size, 20);
  });
});

test('every change is told, and counted', () => {
  const me = model.createProfile(historyOf(0));
  let told = 0;
  const stop = me.subscribe(() => told++);
  me.add(ids[0]).dislike(ids[1]).skip(ids[2]);
  me.remove(ids[1]);
  me.remove('never there');
  me.undo();
  assert.deepEqual([told, me.version], [5, 5]);
  stop();
  me.clear();
  assert.deepEqual([told, me.version], [5, 6]);
});

describe('forgetting', () => {
  test('leaves the personas and rankings much as they were, and no event', () => {
    let overlap = 0;
    let kept = 0;
    for (let n = 0; n < 40; n++) {
      const me = model.createProfile(historyOf(n));
      const personas = me.personas().length;
      const exclude = me.history.map(({ item }) => item);
      const before = me.recommend({ topK: 20 }).items.map(({ item }) => item);
      me.forget();
      assert.deepEqual([me.size, me.history, me.personalized, me.undo()], [0, [], true, false]);
      const after = me.recommend({ topK: 20, exclude }).items.map(({ item }) => item);
      const text = new TextDecoder().decode(me.save());
      assert.ok(
        exclude.every((id) => !text.includes(id)),
        'no id is left in what is saved',
      );
      assert.ok(
        me
          .personas()
          .every(
            ({ label, items }) => items.length > 0 && label === items.map(({ title }) => title).join(', '),
          ),
        'named by what they would recommend',
      );
      kept += Number(me.personas().length === personas);
      overlap += after.filter((item) => before.includes(item)).length / 20 / 40;
    }
    assert.ok(overlap > 0.7 && kept >= 38, `got ${overlap}, ${kept} of 40 keep their number of personas`);
  });

  test('what is left adds up: contributions, remembered, bias and residual are the score', () => {
    for (let n = 0; n < 20; n++) {
      const me = model.createProfile(historyOf(n));
      me.forget({ keep: 5 });
      assert.equal(me.size, Math.min(5, people[n].history.length));
      for (const id of ids.slice(0, 40)) {
        const {
          score,
          explanation: { contributions, rest, remembered, bias, residual },
        } = me.explain(id);
        const sum =
          contributions.reduce((total, { contribution }) => total + contribution, 0) +
          rest +
          remembered +
          bias +
          residual;
        assert.ok(
          Math.abs(sum - Number(score)) < 1e-9 &&
            Math.abs(residual) <=
              1e-5 *
                Math.max(
                  ...contributions.map(({ contribution }) => Math.abs(contribution)),
                  Math.abs(remembered),
                ) +
                1e-6,
        );
      }
    }
  });

  test('a ring keeps about so many events; saving and restoring keeps what is remembered', () => {
    const me = model.createProfile([], { ring: 8 });
    for (const event of historyOf(4)) me.add(event);
    assert.ok(me.size >= 8 && me.size <= 10, `got ${me.size}`);
    const back = model.restoreProfile(me.save());
    assert.equal(shown(back), shown(me));
    assert.ok(me.explain(ids[9]).explanation.remembered !== 0);
    me.clear();
    assert.equal(me.personalized, false);
  });

  test('a summary of another training is not used', async () => {
    const other = await openSmallModel({ seed: 5 });
    const me = model.createProfile(historyOf(4));
    me.forget({ keep: 3 });
    const moved = other.restoreProfile(me.save());
    assert.deepEqual(golden(moved.recommend()), golden(other.createProfile(me.history).recommend()));
  });
});

describe('what a profile is asked on the way', () => {
  test('a recency that reads its profile sees it without itself, and harms no other', () => {
    const history = historyOf(1);
    /** @type {import('../../../web/model/profile.js').Profile | undefined} */
    let me;
    let asked = 0;
    me = model.createProfile(history, {
      recency: (events) => {
        asked += Number(me?.personalized) + Number((me?.rank([ids[0]]).items.length ?? 0) > 0);
        return events.map(() => 0.5);
      },
    });
    const half = model.createProfile(history.map((event) => ({ ...event, weight: 0.5 })));
    assert.deepEqual(golden(me.recommend()), golden(half.recommend()));
    assert.ok(asked >= 2);
    assert.ok(model.createProfile(historyOf(2)).recommend().items.length > 0);
  });

  test('a recency that throws is asked again, and leaves nothing behind', () => {
    const history = historyOf(1);
    let fails = true;
    const me = model.createProfile(history, {
      recency: (events) => {
        if (fails) throw new Error('not yet');
        return events.map(() => 1);
      },
    });
    assert.throws(() => me.recommend(), /not yet/);
    assert.throws(() => me.personas(), /not yet/);
    fails = false;
    assert.deepEqual(golden(me.recommend()), golden(model.createProfile(history).recommend()));
  });

  test('a verb says the preference, and no option says another', async () => {
    for (const name of ['wanted', 'preference', 'item'])
      for (const say of [
        (/** @type {any} */ was) => model.createProfile([]).dislike(ids[3], was),
        (/** @type {any} */ was) => model.createProfile([ids[3]]).skip(ids[3], was),
        (/** @type {any} */ was) => model.createProfile([]).rate(ids[3], 1, was),
      ])
        await failsWith(
          () => say({ weight: 2, [name]: 1 }),
          'BAD_ARGUMENT',
          RegExp(`^options: got ${name}, `),
        );
    const [disliked] = model.createProfile([]).dislike(ids[3], { weight: 2, at: 5 }).history;
    assert.deepEqual({ ...disliked }, { item: ids[3], weight: 2, preference: -1, at: 5 });
    const [rated] = model.createProfile([]).rate(ids[3], 1, { weight: 2, at: 5 }).history;
    assert.deepEqual({ ...rated }, { ...disliked });
    const [skipped] = model.createProfile([]).skip(ids[3], { at: 5 }).history;
    assert.deepEqual({ ...skipped }, { item: ids[3], weight: 0.1, preference: 0, at: 5 });
  });
});
