// Owns the tests of ampcf/people: whose each event is, how many people, who is here, a profile for each. Must
// not measure how well accounts are told apart: npm run bench:people does.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { as, peopleOf, whoIsHere } from '../../../dist/people.js';
import { failsWith, films, historyOf, openSmallModel, seeded, shuffled, smallModel } from '../../support.js';

/** @typedef {import('../../../web/model/model.js').Model} Model */
/** @type {Model} */
let model;
/** @type {string[]} */
let ids;

/** @param {string} genre */
const ofGenre = (genre) => films.filter(({ genres }) => genres.includes(genre)).map(({ item }) => item);
/** @type {string[]} */
let first;
/** @type {string[]} */
let second;
/** @type {string[]} */
let both;

before(async () => {
  model = await openSmallModel();
  ids = model.ids();
  const [a, b] = [ofGenre('Western'), ofGenre('Animation')];
  first = a.filter((item) => !b.includes(item) && model.has(item)).slice(0, 14);
  second = b.filter((item) => !a.includes(item) && model.has(item)).slice(0, 14);
  both = shuffled([...first, ...second], seeded(3));
});

const sum = (/** @type {readonly number[]} */ list) => list.reduce((a, b) => a + b, 0);
const near = (/** @type {number} */ got, /** @type {number} */ wanted) =>
  assert.ok(Math.abs(got - wanted) < 1e-9, `${got} is not ${wanted}`);

/** @param {import('../../../web/people.js').People} people */
function assertSound(people) {
  assert.equal(people.probabilities.length, 4);
  near(sum(people.probabilities), 1);
  assert.equal(people.confidence, people.probabilities[people.count - 1]);
  assert.equal(people.list.length, people.count);
  near(sum(people.list.map(({ share }) => share)), 1);
  assert.equal(new Set(people.list.map(({ label }) => label)).size, people.count);
  for (const { probabilities, person } of people.events) {
    assert.equal(probabilities.length, people.count);
    near(sum(probabilities), 1);
    assert.ok(probabilities.every((p) => p >= 0 && p <= probabilities[person]));
  }
}

/**
 * Share of the pairs of events on which a split and the truth agree.
 * @param {import('../../../web/people.js').People} people
 * @param {(item: string) => number} truth
 */
function agreement({ events }, truth) {
  let right = 0;
  let all = 0;
  for (const a of events)
    for (const b of events)
      if (a.item < b.item) {
        all++;
        right += Number((a.person === b.person) === (truth(a.item) === truth(b.item)));
      }
  return right / all;
}

/** Accounts of four demo people, with visits. @param {number} t */
const crowded = (t) => {
  const at = new Map();
  [t, t + 7, t + 31, t + 50].forEach((u, i) =>
    historyOf(u % 200).forEach(({ item }, j) =>
      at.set(item, 1.7e9 + i * 2e5 + (j >> 3) * 86400 * 7 + (j % 8) * 60),
    ),
  );
  return [...at].map(([item, time]) => ({ item, at: t % 3 ? time : null }));
};

describe('peopleOf', () => {
  test('where nobody is sure of an event the names are those of the items that are listed', () => {
    const two = [
      ...first.slice(0, 2).map((item) => ({ item, at: 1790000000 })),
      ...second.slice(0, 2).map((item) => ({ item, at: 1790100000 })),
    ];
    const me = model.createProfile(two);
    const { list, events } = peopleOf(me, { people: 2 });
    assert.ok(
      events.every(({ probabilities }) => Math.max(...probabilities) < 0.8),
      'nobody is sure',
    );
    for (const { label, items, aspects } of list) {
      const listed = new Set(items.flatMap(({ item }) => model.aspects(item)));
      assert.ok(items.length === 2 && aspects.length > 0, label);
      for (const { aspect } of aspects.slice(0, 2)) assert.ok(listed.has(aspect), `${label}: ${aspect}`);
      assert.ok(
        [...listed].some((aspect) => label.includes(aspect)),
        label,
      );
    }
    me.dispose();
  });

  test('parts sum to 1 to the last bits', () => {
    for (let t = 0; t < 40; t++) {
      const me = model.createProfile(crowded(t));
      const people = peopleOf(me, { people: 3 + (t % 2) });
      const lists = [
        people.probabilities,
        people.list.map(({ share }) => share),
        people.whoIsHere([ids[t]]).map(({ probability }) => probability),
        ...people.events.map(({ probabilities }) => probabilities),
      ];
      for (const list of lists) assert.ok(Math.abs(sum(list) - 1) < 4e-16 * list.length, String(sum(list)));
      me.dispose();
    }
  });

  test('tells two people of different tastes apart, names them, and leaves the account alone', () => {
    const me = model.createProfile(both);
    const version = me.version;
    const people = peopleOf(me, { people: 2 });
    assertSound(people);
    assert.ok(agreement(people, (item) => Number(first.includes(item))) > 0.9);
    const labels = people.list.map(({ label }) => label).join();
    assert.match(labels, /Western/);
    assert.match(labels, /Animation/);
    for (const { items, personas, aspects } of people.list) {
      assert.ok(items.length > 5 && personas.length > 0 && aspects.length > 0);
      assert.ok(items.every(({ probability }, i) => i === 0 || probability <= items[i - 1].probability));
      assert.equal(model.title(items[0].item), items[0].title);
    }
    assert.equal(me.version, version);
    assert.equal(me.size, both.length);
  });

  test('the same account gives the same people, in any process and after others', () => {
    const split = () => JSON.stringify(peopleOf(model.createProfile(both), { people: 2 }).events);
    const before = split();
    peopleOf(model.createProfile(first));
    assert.equal(split(), before);
  });

  test('a number that was told is kept, without being surer of it', () => {
    const me = model.createProfile(both);
    const { probabilities } = peopleOf(me);
    for (const people of [1, 2, 3, 4]) {
      const told = peopleOf(me, { people });
      assert.equal(told.count, people);
      assert.deepEqual(told.probabilities, probabilities);
      assertSound(told);
    }
  });

  test('owners that were told are kept and draw others after them', () => {
    const me = model.createProfile(both);
    const owners = Object.fromEntries([
      ...first.slice(0, 4).map((item) => [item, 1]),
      ...second.slice(0, 4).map((item) => [item, 0]),
    ]);
    const people = peopleOf(me, { people: 2, owners });
    assertSound(people);
    for (const { item, person, probabilities } of people.events)
      if (item in owners) {
        assert.equal(person, owners[item]);
        assert.equal(probabilities[person], 1);
      }
    const rest = people.events.filter(({ item }) => !(item in owners));
    const right = rest.filter(({ item, person }) => person === Number(first.includes(item))).length;
    assert.ok(right / rest.length > 0.85, `${right} of ${rest.length}`);
    assert.match(people.list[1].label, /Western/);
    // A third person is named: there are not fewer.
    const three = peopleOf(me, { owners: { [first[0]]: 2 } });
    assert.ok(three.count >= 3);
    assert.equal(three.probabilities[0] + three.probabilities[1], 0);
    assert.equal(three.events.find(({ item }) => item === first[0])?.person, 2);
  });

  test('what goes against the taste is kept too', () => {
    const me = model.createProfile(both);
    const people = peopleOf(me, { people: 2, owners: { [first[0]]: 0, [first[1]]: 1, [second[0]]: 0 } });
    const of = (/** @type {string} */ item) => people.events.find((event) => event.item === item)?.person;
    assert.deepEqual([first[0], first[1], second[0]].map(of), [0, 1, 0]);
  });

  test('events of one visit are of one person', () => {
    const mixed = [first[0], first[1], first[2], second[0]];
    const day = 86400;
    const me = model.createProfile([
      ...mixed.map((item, i) => ({ item, at: 100 * day + 60 * i })),
      ...first.slice(3).map((item, i) => ({ item, at: (200 + i) * day })),
      ...second.slice(1).map((item, i) => ({ item, at: (300 + i) * day + 40000 })),
    ]);
    const people = peopleOf(me, { people: 2 });
    const of = (/** @type {string} */ item) => people.events.find((event) => event.item === item);
    for (const item of mixed) assert.deepEqual(of(item)?.probabilities, of(first[0])?.probabilities);
    const apart = peopleOf(me, { people: 2, gap: 0 });
    const [a, b] = [first[0], second[0]].map((item) => apart.events.find((event) => event.item === item));
    assert.notDeepEqual(a?.probabilities, b?.probabilities);
    // Who made one event of a visit made the others.
    const told = peopleOf(me, { people: 2, owners: { [second[0]]: 1 } });
    assert.equal(told.events.find(({ item }) => item === first[0])?.probabilities[1], 1);
  });

  test('visits of different people are noticed', () => {
    const at = (/** @type {string[]} */ list, /** @type {number} */ from, /** @type {number} */ hour) =>
      list.map((item, i) => ({ item, at: 86400 * (from + Math.floor(i / 5)) + 3600 * hour + 60 * (i % 5) }));
    const events = [...at(first, 10, 9), ...at(second, 20, 21)];
    const alone = at([...first, ...ofGenre('Western').slice(14, 28)], 10, 9);
    const several = (/** @type {any[]} */ list) => 1 - peopleOf(model.createProfile(list)).probabilities[0];
    assert.ok(several(events) > several(alone) + 0.2, `${several(events)} and ${several(alone)}`);
  });
});

describe('little and much', () => {
  test('no event, one event, one item that nobody knows', () => {
    for (const history of [[], [ids[0]], ['nobody-knows-it'], [{ item: ids[0], preference: -1 }]]) {
      const me = model.createProfile(history);
      for (const options of [{}, { people: 3 }]) {
        const people = peopleOf(me, options);
        assertSound(people);
        assert.equal(people.events.length, history.length);
        people.as(0).dispose();
        near(sum(people.whoIsHere([ids[1]]).map(({ probability }) => probability)), 1);
      }
    }
    assert.equal(peopleOf(model.createProfile()).count, 1);
    assert.equal(peopleOf(model.createProfile()).list[0].label, 'person 1');
    for (const n of [1, 2]) {
      const { count, probabilities } = peopleOf(model.createProfile(ids.slice(0, n)));
      assert.ok(count <= n);
      assert.deepEqual(probabilities.slice(n), Array(4 - n).fill(0), 'nobody is there without an event');
    }
  });

  test('dislikes shape nobody, and go to whom they are like', () => {
    const likes = peopleOf(model.createProfile(both), { people: 2 });
    const me = model.createProfile(both).dislike(ofGenre('Western')[15], { weight: 1024 });
    const people = peopleOf(me, { people: 2 });
    assertSound(people);
    likes.events.forEach(({ probabilities }, i) =>
      probabilities.forEach((p, q) => near(people.events[i].probabilities[q], p)),
    );
  });

  test('extreme weights and times are finite', () => {
    const times = [-1e300, 1e300, -86400, 0, 1e15, Number.MIN_VALUE];
    const me = model.createProfile(
      both.map((item, i) => ({ item, weight: i % 2 ? 1e-45 : 1024, at: times[i % times.length] })),
    );
    const people = peopleOf(me, { people: 2 });
    assertSound(people);
    people.as(0).dispose();
    near(sum(people.whoIsHere([{ item: ids[3], at: -1e300 }]).map(({ probability }) => probability)), 1);
  });

  test('the longest history', () => {
    const many = Array.from({ length: 65536 - ids.length }, (_, i) => `unknown${i}`);
    const me = model.createProfile([...ids, ...many]);
    const people = peopleOf(me, { people: 2 });
    assert.equal(people.events.length, 65536);
    for (const { probabilities } of people.events) assert.ok(Math.abs(sum(probabilities) - 1) < 1e-9);
    people.as(1).dispose();
    me.dispose();
  });

  test('more visits than are fitted', async () => {
    const { trainModel } = await import('../../../dist/train.js');
    const items = Array.from({ length: 2400 }, (_, j) => `i${j}`);
    const random = seeded(5);
    const pairs = Array.from({ length: 300 }, (_, u) =>
      Array.from({ length: 40 }, () => [u, Math.floor(random() * 1200) * 2 + (u % 2)]),
    ).flat();
    const { bytes } = await trainModel(
      {
        users: Array.from({ length: 300 }, (_, u) => `u${u}`),
        items,
        user: pairs.map(([u]) => u),
        item: pairs.map(([, j]) => j),
      },
      { dim: 8, sweeps: 3, minSupport: 1 },
    );
    const large = await loadModel(bytes);
    const me = large.createProfile(large.ids());
    const owners = Object.fromEntries(
      large
        .ids()
        .slice(0, 700)
        .map((item, i) => [item, i % 2]),
    );
    const people = peopleOf(me, { people: 2, owners });
    for (const { item, person } of people.events.filter((event) => event.item in owners))
      assert.equal(person, owners[item]);
    assert.equal(people.events.length, large.info.items);
    large.dispose();
  });
});

describe('whoIsHere', () => {
  test('says who it is by what they like, and lets events of the history not speak for themselves', () => {
    const [known, more] = [first.slice(0, 9), first.slice(9)];
    const me = model.createProfile([...known, ...second]);
    const people = peopleOf(me, { people: 2 });
    const western = people.events.find(({ item }) => item === known[0])?.person;
    const here = people.whoIsHere(more);
    assert.equal(here.length, 3);
    near(sum(here.map(({ probability }) => probability)), 1);
    assert.deepEqual(
      here.map(({ person }) => person),
      [0, 1, null],
    );
    assert.equal(here[2].label, 'somebody new');
    assert.ok(here[Number(western)].probability > 0.6, JSON.stringify(here));
    assert.ok(people.whoIsHere(known.slice(0, 4))[Number(western)].probability > 0.6);
    assert.deepEqual(whoIsHere(me, more), here);
  });

  test('what fits nobody is somebody new', () => {
    const me = model.createProfile(first);
    const other = (/** @type {string[]} */ list) => whoIsHere(me, list).at(-1)?.probability ?? NaN;
    peopleOf(me, { people: 1 });
    assert.ok(other(second) > 0.5, String(other(second)));
    assert.ok(other(second) > other(second.slice(0, 1)));
    assert.ok(other(first.slice(0, 6)) < 0.1);
  });

  test('nothing says nothing', () => {
    const me = model.createProfile(both);
    const people = peopleOf(me, { people: 2 });
    const here = people.whoIsHere([]);
    people.list.forEach(({ share }, q) => near(here[q].probability, 0.9 * share));
    near(people.whoIsHere(['nobody-knows-it'])[2].probability, here[2].probability);
  });
});

describe('as', () => {
  test('is a profile of the model that ranks, explains and is disposed', () => {
    const me = model.createProfile(both);
    const people = peopleOf(me, { people: 2 });
    const western = Number(people.events.find(({ item }) => item === first[0])?.person);
    const one = people.as(western);
    const [top] = one.recommend({ topK: 1, proportional: 0 }).items;
    const { contributions, rest, remembered, bias, residual } = one.explain(top.item).explanation;
    const parts = sum(contributions.map(({ contribution }) => contribution));
    assert.ok(Math.abs(parts + rest + remembered + bias + residual - Number(top.score)) < 1e-6);
    const weightIn = (/** @type {string[]} */ list) =>
      sum(one.history.filter(({ item }) => list.includes(item)).map(({ weight }) => weight));
    assert.ok(weightIn(first) > 4 * weightIn(second), `${weightIn(first)} and ${weightIn(second)}`);
    for (const { item, weight } of one.history) {
      const event = people.events.find((found) => found.item === item);
      assert.equal(weight, event?.probabilities[western]);
    }
    const genres = (/** @type {typeof one} */ who) =>
      who
        .recommend({ topK: 12, proportional: 0, excludeSeen: false })
        .items.filter(({ item }) => model.aspects(item).includes('Western')).length;
    assert.ok(genres(one) > genres(people.as(1 - western)));
    one.dispose();
    assert.throws(() => one.recommend(), { code: 'DISPOSED' });
    assert.equal(me.size, both.length);
  });

  test('by the entry: the last split, made anew after a change', () => {
    const me = model.createProfile(both);
    const people = peopleOf(me, { people: 2 });
    const [a, b] = [as(me, 1), people.as(people.list[1])];
    assert.deepEqual(a.history, b.history);
    me.remove(first[0]);
    const gone = (/** @type {typeof me} */ who) => who.history.every(({ item }) => item !== first[0]);
    assert.ok(gone(people.as(0)) && gone(people.as(1)), 'what was removed does not come back');
    assert.ok(gone(as(me, 0)) && gone(as(me, 1)));
    me.add(first[0]);
    const both_ = [0, 1].map((q) => people.as(q).history.find(({ item }) => item === first[0])?.weight ?? 0);
    assert.ok(sum(both_) > 0.9 && sum(both_) < 1 + 1e-9, 'what came back is given anew');
  });

  test('keeps times, preferences and how the account is folded', () => {
    const me = model.createProfile(
      both.map((item, i) => ({ item, at: 86400 * i, preference: i % 3 ? 1 : 0.5 })),
      { personas: 1 },
    );
    const one = peopleOf(me, { people: 1 }).as(0);
    assert.deepEqual(one.history, me.history);
    assert.deepEqual(one.folding, me.folding);
    assert.deepEqual(one.recommend(), me.recommend());
  });
});

describe('refusals', () => {
  test('wrong options and people', async () => {
    const me = model.createProfile(both);
    for (const [options, message] of /** @type {[any, RegExp][]} */ ([
      [{ people: 0 }, /people: got 0/],
      [{ people: 5 }, /wanted a whole number from 1 to 4/],
      [{ people: 1.5 }, /people: got 1.5/],
      [{ gap: -1 }, /gap: got -1/],
      [{ gap: NaN }, /gap: got NaN/],
      [{ owners: [] }, /owners/],
      [{ owners: { a: 4 } }, /owner of a: got 4/],
      [{ owners: { a: -1 } }, /owner of a: got -1/],
      [{ people: 2, owners: { a: 2 } }, /persons below 2/],
      [{ person: 2 }, /one of people, owners, gap/],
    ]))
      await failsWith(() => peopleOf(me, options), 'BAD_ARGUMENT', message);
    const people = peopleOf(me, { people: 2 });
    for (const person of [2, -1, 0.5, null, {}, 'x'])
      await failsWith(() => people.as(/** @type {any} */ (person)), 'BAD_ARGUMENT', /person/);
    await failsWith(() => whoIsHere(me, /** @type {any} */ ('x')), 'BAD_ARGUMENT');
    await failsWith(() => whoIsHere(me, [/** @type {any} */ ({ item: 'a', weight: 0 })]), 'BAD_ARGUMENT');
    await failsWith(() => peopleOf(/** @type {any} */ ({})), 'BAD_ARGUMENT', /profile/);
  });

  test('after dispose', async () => {
    const other = await loadModel(await smallModel());
    const me = other.createProfile(both);
    const people = peopleOf(me, { people: 2 });
    me.dispose();
    await failsWith(() => peopleOf(me), 'DISPOSED');
    await failsWith(() => people.as(0), 'DISPOSED');
    await failsWith(() => people.whoIsHere([]), 'DISPOSED');
    const next = other.createProfile(both);
    other.dispose();
    await failsWith(() => peopleOf(next), 'DISPOSED');
  });

  test('a model without aspects names people by items', async () => {
    const bare = await loadModel(await smallModel({ items: undefined }));
    const people = peopleOf(bare.createProfile(both), { people: 2 });
    assertSound(people);
    for (const { label, items } of people.list) assert.ok(label.startsWith(items[0].title), label);
    bare.dispose();
  });
});
