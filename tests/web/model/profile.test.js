// Owns the tests of histories and rankings: Profile.add to recommend. Must not test explanations and personas
// (explain.test.js), saved bytes (saved-profile.test.js) nor disposal (profile-life.test.js).
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import {
  below,
  failsWith,
  failure,
  golden,
  historyOf,
  openSmallModel,
  people,
  sample,
  seeded,
  shuffled,
} from '../../support.js';

/** @typedef {import('../../../web/model/model.js').Model} Model */
/** @type {Model} */ let model;
/** @type {string[]} */ let ids;

before(async () => {
  model = await openSmallModel();
  ids = model.ids();
});

const known = (/** @type {number} */ n) => historyOf(n).map((event) => event.item);
const scoresOf = (/** @type {import('../../../web/model/types.js').Ranking} */ ranking) =>
  new Map(ranking.items.map(({ item, score }) => [item, score]));
const any = (/** @type {unknown} */ value) => /** @type {any} */ (value);

describe('history', () => {
  test('events are ids, numbers or objects; adding again replaces weight and time, not the place', () => {
    const me = model.createProfile([
      ids[0],
      { item: ids[1], weight: 2, at: 10 },
      { item: ids[2], at: null },
      603,
      { item: 604 },
    ]);
    assert.equal(me.size, 5);
    assert.equal(me.add({ item: ids[0], weight: 0.5, at: 20 }), me);
    assert.deepEqual(me.history, [
      { item: ids[0], weight: 0.5, preference: 1, at: 20 },
      { item: ids[1], weight: 2, preference: 1, at: 10 },
      { item: ids[2], weight: 1, preference: 1, at: null },
      { item: '603', weight: 1, preference: 1, at: null },
      { item: '604', weight: 1, preference: 1, at: null },
    ]);
    assert.deepEqual(me.unknown, ['603', '604']);
    me.history.pop();
    assert.equal(me.size, 5);
  });

  test('numbers are their decimal text', async () => {
    const { trainModel } = await import('../../../dist/train.js');
    const { loadModel } = await import('../../../dist/ampcf.js');
    const trained = await trainModel(
      {
        users: ['a', 'b'],
        items: ['603', '-7', '0', '9007199254740991'],
        user: [0, 0, 0, 1, 1],
        item: [0, 1, 2, 0, 3],
      },
      { dim: 2, minSupport: 1 },
    );
    const numbers = await loadModel(trained.bytes);
    for (const id of [603, -7, 0, -0, 9007199254740991]) assert.ok(numbers.has(id), String(id));
    const me = numbers.createProfile([603]);
    assert.deepEqual(me.unknown, []);
    assert.equal(me.explain(603).score, me.rank(['603']).items[0].score);
    assert.equal(me.remove(603), true);
    assert.equal(me.size, 0);
  });

  test('remove, clear, and back again: the ranking depends on what is there only', () => {
    const me = model.createProfile(historyOf(2)),
      first = golden(me.recommend());
    const gone = people[2].history[0].item;
    assert.equal(me.remove('never there'), false);
    assert.equal(me.remove(gone), true);
    assert.equal(me.remove(gone), false);
    assert.notDeepEqual(golden(me.recommend()), first);
    me.clear();
    assert.deepEqual([me.size, me.personalized, me.history, me.unknown], [0, false, [], []]);
    for (const event of historyOf(2)) me.add(event);
    assert.deepEqual(golden(me.recommend()), first);
  });

  test('weights count', () => {
    const [a, b] = people[0].history.map((event) => event.item),
      target = model.similar(b, { topK: 1 })[0].item;
    const score = (/** @type {number} */ weight) =>
      Number(model.createProfile([a, { item: b, weight }]).rank([target]).items[0].score);
    const rising = [0.01, 0.1, 1, 10, 100].map(score);
    rising.forEach((value, i) => assert.ok(i === 0 || value > rising[i - 1], String(rising)));
    const mild = model.createProfile([{ item: a, weight: 1 }]),
      plain = model.createProfile([a]);
    assert.deepEqual(golden(mild.recommend()), golden(plain.recommend()));
    for (const weight of [1024, 1e-30, Number.MIN_VALUE * 2 ** 925]) {
      const scores = model.createProfile([{ item: a, weight }]).recommend({ topK: ids.length }).items;
      assert.ok(scores.every((entry) => Number.isFinite(entry.score)));
    }
  });

  test('the order of events does not matter', () => {
    const random = seeded(5);
    for (let n = 0; n < 20; n++) {
      const a = scoresOf(model.createProfile(historyOf(n)).recommend({ topK: 100 })),
        b = scoresOf(model.createProfile(shuffled(historyOf(n), random)).recommend({ topK: 100 }));
      for (const [item, score] of a)
        assert.ok(
          Math.abs(Number(score) - Number(b.get(item) ?? score)) < 1e-4,
          `${item}: ${score}, ${b.get(item)}`,
        );
    }
  });

  test('invalid events are refused and change nothing', async () => {
    const me = model.createProfile(historyOf(4));
    const { history } = me;
    const first = golden(me.recommend());
    const bad = [
      undefined,
      null,
      NaN,
      1.5,
      Infinity,
      2 ** 53,
      true,
      5n,
      Symbol('x'),
      {},
      [],
      ['a'],
      () => 'a',
      { item: null },
      { item: {} },
      { item: 0.1 },
      'a\ud800',
      '\udc00',
      { item: '\ud83d' },
    ];
    for (const event of bad) await failsWith(() => me.add(any(event)), 'BAD_ARGUMENT', /item id|^event: /);
    for (const weight of [0, -1, NaN, Infinity, 1024.001, '1', null, 5n, Symbol('w'), {}, 1e-46])
      await failsWith(() => me.add({ item: ids[0], weight: any(weight) }), 'BAD_ARGUMENT', /weight/);
    for (const at of [NaN, Infinity, '2024', {}, 5n, Symbol('t'), new Date()])
      await failsWith(() => me.add({ item: ids[0], at: any(at) }), 'BAD_ARGUMENT', /time/);
    for (const item of [NaN, {}, null, 5n])
      await failsWith(() => me.remove(any(item)), 'BAD_ARGUMENT', /item id/);
    assert.deepEqual(me.history, history);
    assert.deepEqual(golden(me.recommend()), first);
    for (const list of [5, 'tt0133093', null, {}, () => []])
      await failsWith(() => model.createProfile(any(list)), 'BAD_ARGUMENT', /history/);
    for (const options of [null, 5, 'x'])
      await failsWith(() => model.createProfile([], any(options)), 'BAD_ARGUMENT', /options/);
    for (const personas of [0, -1, 1.5, model.info.personas + 1, NaN, '2', null, Symbol('p')])
      await failsWith(() => model.createProfile([], { personas: any(personas) }), 'BAD_ARGUMENT', /personas/);
  });

  test("an error of the caller's iterator is the caller's own", async () => {
    const mine = new Error('mine');
    const events = {
      *[Symbol.iterator]() {
        yield ids[0];
        throw mine;
      },
    };
    assert.equal(await failure(() => model.createProfile(events)), mine);
    const me = model.createProfile([ids[3]]);
    for (const run of [
      () => me.rank(events),
      () => me.recommend({ exclude: events }),
      () => me.tasteDistance(events),
    ])
      assert.equal(await failure(run), mine);
    assert.equal(me.size, 1);
  });
});

describe('without a known history', () => {
  test('the ranking is popularity, the order of model.ids()', () => {
    const me = model.createProfile(),
      ranking = me.recommend({ topK: 30 });
    assert.equal(ranking.personalized, false);
    assert.equal(me.personalized, false);
    assert.deepEqual(
      ranking.items.map((entry) => entry.item),
      ids.slice(0, 30),
    );
    assert.ok(
      ranking.items.every((entry) => entry.persona === null && entry.known && entry.title !== entry.item),
    );
    // Many items have the same number of people: equal scores come in catalogue order, however they were
    // given.
    const all = me.rank(shuffled(ids, seeded(1)));
    assert.deepEqual(
      all.items.map((entry) => entry.item),
      ids,
    );
    assert.ok(new Set(all.items.map((entry) => entry.score)).size < ids.length / 2);
    assert.deepEqual(me.personas(), []);
  });

  test('unknown items are dormant: counted, kept, without effect', () => {
    const strange = ['', 'no such film', 'x'.repeat(513), 'é'.repeat(256), '\0', 12345];
    const me = model.createProfile(strange);
    assert.equal(me.size, strange.length);
    assert.deepEqual(me.unknown, strange.map(String));
    assert.equal(me.personalized, false);
    assert.deepEqual(golden(me.recommend()), golden(model.createProfile().recommend()));
    const mixed = model.createProfile([strange[0], ...historyOf(1), strange[1]]),
      plain = model.createProfile(historyOf(1));
    assert.deepEqual(golden(mixed.recommend()), golden(plain.recommend()));
    assert.deepEqual(mixed.unknown, ['', 'no such film']);
    assert.ok(mixed.personalized);
  });

  test('ids are compared byte by byte, not normalized', () => {
    assert.equal(model.has(ids[0]), true);
    for (const almost of [ids[0].toUpperCase(), ` ${ids[0]}`, `${ids[0]}\0`, ids[0].slice(1)])
      assert.equal(model.has(almost), false);
  });

  test('one item makes one persona', () => {
    for (const item of [ids[0], ids[100], ids.at(-1)]) {
      const me = model.createProfile([/** @type {string} */ (item)]);
      assert.equal(me.personas().length, 1);
      assert.equal(me.personas()[0].share, 1);
      const { items, personalized } = me.recommend({ topK: ids.length });
      assert.ok(personalized && items.length === ids.length - 1);
      assert.ok(items.every((entry) => Number.isFinite(entry.score) && entry.persona?.index === 0));
    }
  });
});

describe('rank', () => {
  test('never filters: history items, unknown ones last in input order, each distinct id once', () => {
    const me = model.createProfile(historyOf(0)),
      [seen] = known(0);
    const ranking = me.rank(['zz', seen, ids[5], 'aa', seen, ids[9], 'zz', 7, '7', ids[5]]);
    assert.equal(ranking.items.length, 6);
    assert.deepEqual(
      ranking.items
        .slice(0, 3)
        .map((entry) => entry.item)
        .sort(),
      [...new Set([seen, ids[5], ids[9]])].sort(),
    );
    assert.deepEqual(
      ranking.items.slice(3),
      ['zz', 'aa', '7'].map((item) => ({ item, title: item, known: false, score: null, persona: null })),
    );
    assert.deepEqual(ranking.unknown, ['zz', 'aa', '7']);
    assert.deepEqual(ranking.duplicates.sort(), [seen, 'zz', '7', ids[5]].sort());
    const scores = ranking.items.slice(0, 3).map((entry) => Number(entry.score));
    assert.deepEqual(
      scores,
      [...scores].sort((a, b) => b - a),
    );
  });

  test('nothing, only unknown ones, any iterable', () => {
    const me = model.createProfile(historyOf(0));
    assert.deepEqual(me.rank([]), { personalized: true, items: [], unknown: [], duplicates: [] });
    assert.deepEqual(
      me.rank(['b', 'a', 'c'], { topK: 2 }).items.map((entry) => entry.item),
      ['b', 'a'],
    );
    const list = ids.slice(10, 30),
      first = golden(me.rank(list));
    for (const source of [
      new Set(list),
      list.values(),
      new Map(list.map((id) => [id, 0])).keys(),
      (function* all() {
        yield* list;
      })(),
    ])
      assert.deepEqual(golden(me.rank(source)), first);
  });

  test('topK cuts the same list', () => {
    const me = model.createProfile(historyOf(6));
    const list = ['unknown 1', ...sample(ids, 40, seeded(2)), 'unknown 2'];
    const all = me.rank(list);
    assert.equal(all.items.length, 42);
    for (const topK of [0, 1, 39, 40, 41, 42, 43, 1e9]) {
      const cut = me.rank(list, { topK });
      assert.deepEqual(golden(cut), golden(all).slice(0, topK));
      assert.deepEqual(cut.unknown, ['unknown 1', 'unknown 2']);
    }
  });

  test('does not depend on the order of candidates', () => {
    const me = model.createProfile(historyOf(7));
    const random = seeded(3);
    const first = golden(me.rank(ids));
    for (let n = 0; n < 5; n++) assert.deepEqual(golden(me.rank(shuffled(ids, random))), first);
  });

  test('gives every item the same score whatever stands beside it', () => {
    const me = model.createProfile(historyOf(8));
    const all = scoresOf(me.rank(ids));
    const random = seeded(4);
    for (let n = 0; n < 50; n++)
      for (const [item, score] of scoresOf(me.rank(sample(ids, 1 + below(random, 9), random))))
        assert.equal(score, all.get(item));
  });

  test('invalid arguments', async () => {
    const me = model.createProfile(historyOf(0)),
      first = golden(me.rank(ids.slice(0, 20)));
    for (const list of [undefined, null, 5, 'text', {}, Symbol('x')])
      await failsWith(() => me.rank(any(list)), 'BAD_ARGUMENT', /candidates/);
    for (const list of [[ids[0], null], [{ item: ids[0] }], [NaN], [['a']], [Symbol('x')], [1n]])
      await failsWith(() => me.rank(any(list)), 'BAD_ARGUMENT', /item id/);
    await failsWith(() => me.rank(['\ud800']), 'BAD_ARGUMENT', /Unicode/);
    for (const count of [-1, 1.5, NaN, Infinity, '5', null, 5n, Symbol('k'), {}, Object.create(null)]) {
      await failsWith(() => me.rank(ids, { topK: any(count) }), 'BAD_ARGUMENT', /topK/);
      await failsWith(() => me.recommend({ topK: any(count) }), 'BAD_ARGUMENT', /topK/);
      await failsWith(() => model.similar(ids[0], { topK: any(count) }), 'BAD_ARGUMENT', /topK/);
      for (const run of [
        () => me.rank(ids, { contributions: any(count) }),
        () => me.explain(ids[0], { contributions: any(count) }),
      ])
        await failsWith(run, 'BAD_ARGUMENT', /contributions/);
    }
    for (const options of [null, 5, 'x', [], ids, new Set(), new Uint8Array(2)])
      for (const run of [
        () => me.rank([], any(options)),
        () => me.recommend(any(options)),
        () => me.explain(ids[0], any(options)),
        () => model.similar(ids[0], any(options)),
      ])
        await failsWith(run, 'BAD_ARGUMENT', /options/);
    assert.deepEqual(golden(me.rank(ids.slice(0, 20))), first);
  });
});

describe('recommend', () => {
  test('gives the scores and the order of rank, bit for bit', () => {
    for (let n = 0; n < 25; n++) {
      const me = model.createProfile(historyOf(n));
      assert.deepEqual(
        golden(me.recommend({ excludeSeen: false, topK: ids.length, proportional: 0 })),
        golden(me.rank(ids)),
      );
    }
  });

  test('leaves out the history unless asked not to, and what is excluded', async () => {
    const me = model.createProfile(historyOf(9)),
      seen = new Set(known(9));
    const byScore = { proportional: 0 };
    const all = golden(me.recommend({ excludeSeen: false, topK: ids.length, ...byScore }));
    assert.equal(all.length, ids.length);
    assert.deepEqual(
      golden(me.recommend({ topK: ids.length, ...byScore })),
      all.filter(([item]) => !seen.has(String(item))),
    );
    const exclude = new Set([...ids.slice(0, 50), 'no such item', 99]);
    const ranking = me.recommend({ topK: 10, exclude, ...byScore });
    assert.deepEqual(
      golden(ranking),
      all.filter(([item]) => !seen.has(String(item)) && !exclude.has(/** @type {any} */ (item))).slice(0, 10),
    );
    assert.deepEqual(ranking.unknown, ['no such item', '99']);
    assert.deepEqual(ranking.duplicates, []);
    assert.equal(me.recommend().items.length, 10);
    assert.deepEqual(me.recommend({ topK: 0 }).items, []);
    assert.deepEqual(me.recommend({ exclude: ids }).items, []);
    assert.equal(
      me.recommend({ topK: 1e9 }).items.length,
      ids.length - known(9).filter((id) => model.has(id)).length,
    );
    for (const list of [5, 'abc', null, {}])
      await failsWith(() => me.recommend({ exclude: any(list) }), 'BAD_ARGUMENT', /exclude/);
  });

  test('a filter is asked once about every item that may be listed, and obeyed', async () => {
    const me = model.createProfile(historyOf(10)),
      exclude = ids.slice(0, 9);
    /** @type {string[]} */ const asked = [];
    const ranking = me.recommend({
      topK: 1e6,
      exclude,
      filter: (item) => {
        asked.push(item);
        return item.length % 2 === 0;
      },
    });
    const left = ids.filter((id) => !exclude.includes(id) && !known(10).includes(id));
    assert.deepEqual([...asked].sort(), [...left].sort());
    assert.deepEqual(
      ranking.items.map((entry) => entry.item).sort(),
      left.filter((id) => id.length % 2 === 0).sort(),
    );
    for (const filter of [5, 'x', {}])
      await failsWith(() => me.recommend({ filter: any(filter) }), 'BAD_ARGUMENT', /filter/);
  });

  test('a filter may use the library, this profile too', () => {
    const me = model.createProfile(historyOf(11)),
      first = golden(me.recommend());
    let calls = 0;
    const ranking = me.recommend({
      filter: (item) => {
        if (calls++ % 7 === 0) {
          const other = model.createProfile(historyOf(calls % people.length));
          other.recommend({ topK: 3, explain: true });
          other.dispose();
          me.rank([item], { explain: true });
          me.recommend({ topK: 2 });
          me.personas();
        }
        return true;
      },
    });
    assert.ok(calls > 50 && calls < 500);
    assert.deepEqual(golden(ranking), first);
  });

  test('a filter that throws leaves everything as it was', async () => {
    const me = model.createProfile(historyOf(13));
    const first = golden(me.recommend());
    const mine = new Error('mine');
    const bytes = model.diagnostics().memoryBytes;
    let left = 100;
    assert.equal(
      await failure(() =>
        me.recommend({
          filter: () => {
            if (left-- === 0) throw mine;
            return true;
          },
        }),
      ),
      mine,
    );
    await failsWith(() => me.recommend({ filter: () => me.rank(any(5)).items.length > 0 }), 'BAD_ARGUMENT');
    assert.deepEqual(golden(me.recommend()), first);
    assert.equal(model.diagnostics().memoryBytes, bytes);
    const gone = model.createProfile(historyOf(13));
    await failsWith(
      () =>
        gone.recommend({
          filter: () => {
            gone.dispose();
            return true;
          },
        }),
      'DISPOSED',
    );
    assert.deepEqual(golden(me.recommend()), first);
  });

  test('options that change the profile while they are read do no harm', () => {
    const expected = golden(model.createProfile([ids[1]]).recommend({ topK: 5 }));
    for (const name of ['topK', 'explain', 'contributions', 'exclude', 'excludeSeen', 'filter']) {
      const me = model.createProfile(historyOf(14));
      const plain = /** @type {any} */ ({
        topK: 5,
        explain: true,
        contributions: 2,
        exclude: [],
        excludeSeen: true,
      });
      const options = Object.defineProperty({ ...plain }, name, {
        get() {
          me.clear();
          me.add(ids[1]);
          return plain[name];
        },
      });
      assert.equal(me.recommend(options).items.length, 5);
      assert.deepEqual(golden(me.recommend({ topK: 5 })), expected);
      me.add(ids[2]);
      if (/^(topK|explain|contributions)$/.test(name)) {
        const { exclude, excludeSeen, ...rest } = Object.getOwnPropertyDescriptors(options);
        assert.equal(me.rank(ids.slice(0, 40), Object.defineProperties({}, rest)).items.length, 5);
      }
    }
  });
});

describe('similar, title, aspects', () => {
  test('similar items come best first, without the item itself', async () => {
    const list = model.similar(ids[3], { topK: 1e6 });
    assert.equal(list.length, ids.length - 1);
    assert.ok(
      list.every(
        (entry, i) =>
          entry.item !== ids[3] &&
          entry.score >= -1 &&
          entry.score <= 1 &&
          (i === 0 || entry.score <= list[i - 1].score),
      ),
    );
    assert.equal(model.similar(ids[3]).length, 10);
    assert.deepEqual(model.similar(ids[3], { topK: 0 }), []);
    const back = model.similar(list[0].item, { topK: 1e6 }).find((entry) => entry.item === ids[3]);
    assert.ok(Math.abs(Number(back?.score) - list[0].score) < 1e-6);
  });

  test('by taste alone: what goes by relations says where it is', async () => {
    assert.deepEqual(model.similar(ids[3], { by: 'taste' }), model.similar(ids[3]));
    for (const by of ['graph', 'both', null, 5, {}])
      await failsWith(
        () => model.similar(ids[3], { by: any(by) }),
        'BAD_ARGUMENT',
        /by: got .+, wanted taste, or ampcf\/graph/,
      );
  });

  test('unknown items are told apart from malformed ones', async () => {
    const me = model.createProfile(historyOf(0));
    for (const run of [model.title, model.aspects, model.similar]
      .map((method) => (/** @type {any} */ item) => method.call(model, item))
      .concat((item) => any(me.explain(item)))) {
      await failsWith(() => run('no such film'), 'UNKNOWN_ITEM', /no such film/);
      await failsWith(() => run(''), 'UNKNOWN_ITEM');
      await failsWith(() => run({}), 'BAD_ARGUMENT');
      await failsWith(() => run('\ud800'), 'BAD_ARGUMENT');
    }
    assert.equal(model.has('no such film'), false);
    await failsWith(() => model.has(any(null)), 'BAD_ARGUMENT');
  });
});
