// Owns the tests of conversations: what answers do to what is believed, what is asked, and what takes it
// back. Must not measure how good the questions are: tests/bench/ask.js does.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { conversation, nextTurn } from '../../../dist/ask.js';
import { trainModel } from '../../../dist/train.js';
import { largest } from '../../../web/core/largest.js';
import { coinBits, valueOf } from '../../../web/ask/value.js';
import { seededRandom } from '../../../web/core/random.js';
import { codes, failsWith, filmFacts, historyOf, openSmallModel } from '../../support.js';

/** @import { Answer, AskOptions, Turn } from '../../../web/ask.js' */
/** @import { Model } from '../../../web/model/model.js' */
/** @import { Conversation } from '../../../web/ask.js' */

/** @type {Model} */ let model;
/** @type {Model} */ let plain;

before(async () => {
  model = await openSmallModel({ items: filmFacts });
  plain = await openSmallModel({ items: undefined });
});

const nobody = (of = model) => of.createProfile();
const somebody = (of = model) => of.createProfile(historyOf(2));
/** @param {Conversation} talk */
const chances = (talk, n = 1000) =>
  talk.list({ topK: n }).items.map(({ item, chance }) => ({ item, chance }));
/** @param {Conversation} talk */
const bits = (talk) => JSON.stringify([chances(talk), talk.next(), talk.turns]);
/** @param {string} aspect */
const having = (aspect, of = model) => new Set(of.ids().filter((id) => of.aspects(id).includes(aspect)));
/**
 * How likely what is wanted has an aspect.
 * @param {Conversation} talk
 * @param {string} aspect
 */
function massOf(talk, aspect) {
  const has = having(aspect);
  return chances(talk).reduce((sum, { item, chance }) => sum + (has.has(item) ? chance : 0), 0);
}
const asks = (/** @type {string} */ aspect) => ({ ask: [{ aspect }] });

describe('what is believed', () => {
  test('sums to 1, likeliest first, and nobody gets what is popular', () => {
    const listed = chances(conversation(nobody()));
    assert.equal(listed.length, model.info.items);
    assert.ok(Math.abs(listed.reduce((sum, { chance }) => sum + chance, 0) - 1) < 1e-9);
    assert.ok(listed.every(({ chance }, i) => i === 0 || chance <= listed[i - 1].chance));
    assert.deepEqual(
      listed.slice(0, 5).map(({ item }) => item),
      nobody()
        .recommend({ topK: 5 })
        .items.map(({ item }) => item),
    );
  });

  test('of a list of the app', () => {
    const talk = conversation(somebody()).answer(asks('Comedy'), 'yes');
    const all = chances(talk);
    const some = all.slice(10, 90).map(({ item }) => item);
    const { items, unknown } = talk.list({ topK: 5, among: [...some.reverse(), 'no such thing'] });
    assert.deepEqual(
      items.map(({ item, chance }) => ({ item, chance })),
      all.slice(10, 15),
    );
    assert.deepEqual(unknown, ['no such thing']);
  });

  test('leaves out the history, and follows it when it changes', () => {
    const me = somebody();
    const talk = conversation(me);
    const own = new Set(me.history.map(({ item }) => item));
    assert.ok(chances(talk).every(({ item }) => !own.has(item)));
    const [{ item }] = chances(talk);
    me.add(item);
    assert.ok(chances(talk).every((entry) => entry.item !== item));
    me.undo();
    assert.equal(chances(talk)[0].item, item);
  });

  test('a yes and a no are Bayes with the error that was given', () => {
    for (const [answer, has, lacks] of /** @type {const} */ ([
      ['yes', 0.9, 0.2],
      ['no', 0.1, 0.8],
    ])) {
      const talk = conversation(somebody(), { error: { yes: 0.2, no: 0.1 } });
      const before = massOf(talk, 'Comedy');
      talk.answer(asks('Comedy'), answer);
      const wanted = (before * has) / (before * has + (1 - before) * lacks);
      assert.ok(Math.abs(massOf(talk, 'Comedy') - wanted) < 1e-5, answer);
    }
  });

  test('both: half of what is wanted has it', () => {
    const talk = conversation(somebody()).answer(asks('Comedy'), 'both');
    assert.ok(Math.abs(massOf(talk, 'Comedy') - 0.5) < 1e-5);
  });

  test('of several things that are wanted, another one may be the reason of a yes', () => {
    const share = (/** @type {number} */ wants) => {
      const talk = conversation(somebody(), { wants, error: 0.01 });
      const before = massOf(talk, 'Comedy');
      const other = 1 - (1 - before) ** (wants - 1);
      const lacks = other * 0.99 + (1 - other) * 0.01;
      talk.answer(asks('Comedy'), 'yes');
      const wanted = (before * 0.99) / (before * 0.99 + (1 - before) * lacks);
      assert.ok(Math.abs(massOf(talk, 'Comedy') - wanted) < 1e-5);
      return wanted;
    };
    assert.ok(share(1) > share(2) && share(2) > share(4));
  });

  test('an answer about an item moves what is like it, and hides the item', () => {
    const item = model.ids()[3];
    const [alike] = model.similar(item).filter(({ score }) => score > 0.5);
    const chanceOf = (/** @type {Answer} */ answer) => {
      const talk = conversation(nobody()).answer({ ask: [{ item }] }, answer);
      assert.equal(
        chances(talk).some((entry) => entry.item === item),
        answer === 'do not know',
      );
      return chances(talk).find((entry) => entry.item === alike.item)?.chance ?? 0;
    };
    assert.ok(chanceOf('yes') > chanceOf('both') && chanceOf('both') > chanceOf('no'));
  });

  test('a list that was not wanted is not listed again; one that was comes to the top', () => {
    const talk = conversation(nobody(), { list: 5 });
    const recommend = talk.list();
    talk.answer({ recommend }, 'no');
    const shown = new Set(recommend.items.map(({ item }) => item));
    assert.ok(chances(talk).every(({ item }) => !shown.has(item)));
    talk.undo();
    const low = { items: chances(talk).slice(-3) };
    talk.answer(/** @type {any} */ ({ recommend: low }), 'yes');
    assert.ok(chances(talk, 3).reduce((sum, { chance }) => sum + chance, 0) > 0);
    assert.equal(chances(talk).length, model.info.items);
  });

  test('what is said counts less for items of many aspects', () => {
    const ratio = (/** @type {number} */ named) => {
      const talk = conversation(nobody(), { named, prior: { popularity: 0 } }).say('Comedy');
      const listed = chances(talk).filter(({ item }) => model.aspects(item).includes('Comedy'));
      const of = (/** @type {number} */ n) =>
        listed.find(({ item }) => model.aspects(item).length === n)?.chance ?? NaN;
      return of(1) / of(3);
    };
    assert.ok(Math.abs(ratio(0) - 1) < 1e-4);
    assert.ok(Math.abs(ratio(1) - 3) < 1e-4);
  });
});

describe('what is asked', () => {
  /**
   * Somebody who wants one film, and answers truly.
   * @param {Conversation} talk
   * @param {string} target
   */
  function turnsTo(talk, target) {
    const has = new Set(model.aspects(target));
    for (let turns = 1; turns <= 60; turns++) {
      const turn = talk.next();
      if (turn.recommend?.items.some(({ item }) => item === target)) return turns;
      if (turn.recommend) talk.answer(turn, 'no');
      else
        talk.answer(
          turn,
          turn.ask.map((one) => ('aspect' in one ? (has.has(one.aspect) ? 'yes' : 'no') : 'do not know')),
        );
    }
    return Infinity;
  }

  test('questions find what lists alone do not', () => {
    const targets = model.ids().slice(40, 80);
    const mean = (/** @type {AskOptions} */ options) =>
      targets.reduce(
        (sum, target) => sum + turnsTo(conversation(nobody(), { list: 3, ...options }), target),
        0,
      ) / targets.length;
    const asking = mean({ about: 'aspects', error: 0 });
    const listing = mean({ turns: 1 });
    assert.ok(asking < 0.7 * listing, `${asking} turns, ${listing} without questions`);
  });

  test('nothing twice, and lists when the turns are over', () => {
    const talk = conversation(nobody(), { turns: 6, patience: 1, list: 2, error: 0 });
    const asked = [];
    for (let turn = 0; turn < 5; turn++) {
      const { ask, ...rest } = talk.next();
      for (const one of ask ?? []) asked.push(JSON.stringify(one));
      talk.answer(/** @type {Turn} */ ({ ask, ...rest }), 'do not know');
    }
    assert.ok(asked.length > 2);
    assert.equal(new Set(asked).size, asked.length);
    assert.ok(talk.next().recommend);
  });

  test('the same turn until something changes', () => {
    const talk = conversation(somebody());
    assert.deepEqual(talk.next(), talk.next());
    assert.deepEqual(talk.next(), nextTurn(somebody()));
  });

  test('several aspects at once where they cost nothing, only those that go together', () => {
    const { ask } = nextTurn(nobody(), { most: 3, effort: 0, patience: 1, about: 'aspects', list: 2 });
    assert.ok(ask && ask.length > 1 && ask.length <= 3);
    const pairs = (/** @type {string} */ a, /** @type {string} */ b) => [a, b].includes('Comedy');
    const some = nextTurn(nobody(), {
      most: 3,
      effort: 0,
      patience: 1,
      about: 'aspects',
      list: 2,
      together: pairs,
    });
    assert.ok(some.ask);
    const names = some.ask.map((one) => ('aspect' in one ? one.aspect : ''));
    assert.ok(names.length === 1 || (names.length === 2 && names.includes('Comedy')));
    const one = nextTurn(nobody(), {
      most: 3,
      effort: 0,
      patience: 1,
      list: 2,
      about: 'aspects',
      together: () => false,
    });
    assert.equal(one.ask?.length, 1);
  });

  test('only what may be asked', () => {
    const allowed = { aspect: 'War' };
    const options = { list: 2, patience: 1, may: (/** @type {any} */ one) => one.aspect === allowed.aspect };
    const talk = conversation(nobody(), options);
    const turn = talk.next();
    assert.deepEqual(
      turn.ask?.map((one) => ({ ...one, words: undefined })),
      [{ ...allowed, words: undefined }],
    );
    assert.ok(talk.answer(turn, 'do not know').next().recommend);
  });

  test('a list at once, where what is left fits into it', () => {
    assert.ok(conversation(nobody(), { list: 500 }).next().recommend);
    const talk = conversation(nobody(), { turns: 100, list: 4 });
    assert.ok(talk.next().ask);
    const others = { items: chances(talk).slice(4) };
    talk.answer(/** @type {any} */ ({ recommend: others }), 'no');
    assert.equal(talk.next().recommend?.items.length, 4);
  });
});

describe('taking back', () => {
  test('every answer, to the bit', () => {
    const talk = conversation(somebody(), { wants: 2 });
    const [aspect] = model.aspects(model.ids()[0]);
    const item = model.ids()[9];
    /** @type {(() => unknown)[]} */
    const moves = [
      () => talk.say('Comedy'),
      () => talk.answer(asks(aspect), 'yes'),
      () => talk.answer(asks(aspect), 'no'),
      () => talk.answer(asks('Drama'), 'both'),
      () => talk.answer({ ask: [{ item }] }, 'yes'),
      () => talk.answer({ ask: [{ item }, { aspect: 'War' }] }, ['no', 'do not know']),
      () => talk.answer({ recommend: talk.list() }, 'no'),
      () => talk.answer({ recommend: talk.list() }, 'yes'),
      () => talk.answer(asks('War'), 'do not know'),
    ];
    const states = moves.map((move) => {
      const before = bits(talk);
      move();
      return before;
    });
    assert.equal(talk.answers.length, moves.length);
    for (const state of states.reverse()) {
      assert.equal(talk.undo(), true);
      assert.equal(bits(talk), state);
    }
    assert.equal(talk.undo(), false);
  });

  test('do not know moves nothing', () => {
    const talk = conversation(somebody());
    const before = JSON.stringify(chances(talk));
    talk.answer(talk.next(), 'do not know');
    talk.answer(asks('Comedy'), 'do not know');
    assert.equal(JSON.stringify(chances(talk)), before);
  });

  test('do not know to a list: it is left out of the next turn, and nothing is believed otherwise', () => {
    const talk = conversation(somebody());
    const before = JSON.stringify(chances(talk));
    const shown = talk.list({ topK: 5 });
    const ids = shown.items.map(({ item }) => item);
    talk.answer({ recommend: shown }, 'do not know');
    const next = talk.list({ topK: 5 });
    assert.equal(next.items.filter(({ item }) => ids.includes(item)).length, 0);
    assert.equal(talk.undo(), true);
    assert.equal(JSON.stringify(chances(talk)), before);
    talk.answer({ recommend: shown }, 'do not know');
    const aside = JSON.stringify(chances(talk));
    // The next answer lets it come back; taken back, the list is aside again.
    talk.answer(asks('Comedy'), 'do not know');
    assert.equal(JSON.stringify(chances(talk)), before);
    assert.equal(talk.undo(), true);
    assert.equal(JSON.stringify(chances(talk)), aside);
    talk.answer(asks('Comedy'), 'yes');
    const other = conversation(somebody()).answer(asks('Comedy'), 'yes');
    assert.equal(JSON.stringify(chances(talk)), JSON.stringify(chances(other)));
    talk.answer({ recommend: shown }, 'no').answer(asks('Drama'), 'both');
    assert.equal(talk.list({ topK: 50 }).items.filter(({ item }) => ids.includes(item)).length, 0);
  });

  test('what was answered cannot be changed through what is given out', () => {
    const talk = conversation(somebody());
    const shown = talk.list({ topK: 3 });
    talk.answer({ recommend: shown }, 'no').answer(asks('Comedy'), 'yes');
    const before = JSON.stringify(talk.answers);
    const [[list], [aspect]] = /** @type {any} */ (talk.answers);
    list.items.length = 0;
    aspect.answer = 'no';
    assert.equal(JSON.stringify(talk.answers), before);
  });

  test('a yes and a no to the same, and the other way round, leave what was', () => {
    const talk = conversation(somebody(), { error: 0.1 });
    const before = chances(talk);
    talk.answer(asks('Comedy'), 'yes').answer(asks('Comedy'), 'no');
    chances(talk).forEach(({ item, chance }, i) => {
      assert.equal(item, before[i].item);
      assert.ok(Math.abs(chance - before[i].chance) < 1e-6);
    });
  });
});

describe('keeping', () => {
  test('leaves when an event that is there was, and how much it counts', () => {
    const [item] = model.ids();
    const me = model.createProfile([{ item, weight: 3, at: 1000 }]);
    conversation(me)
      .answer({ ask: [{ item }] }, 'no')
      .keep();
    const [{ weight, at, preference }] = me.history;
    assert.deepEqual([weight, at, preference], [3, 1000, -1]);
  });

  test('where an answer cannot be kept it goes on to count, and is kept later', async () => {
    const full = Array.from({ length: 65_535 }, (_, i) => `unknown ${i}`);
    const me = model.createProfile(full);
    const [liked, disliked] = model.ids();
    const talk = conversation(me)
      .answer({ ask: [{ item: liked }] }, 'yes')
      .answer({ ask: [{ item: disliked }] }, 'no');
    await failsWith(() => talk.keep(), 'LIMIT');
    assert.deepEqual([me.history.at(-1)?.item, me.size], [liked, 65_536]);
    me.remove(full[0]);
    assert.equal(talk.keep(), 1);
    assert.deepEqual([me.history.at(-1)?.item, me.history.at(-1)?.preference], [disliked, -1]);
  });

  test('only when asked to: answers about items are events, and speak once', () => {
    const me = somebody();
    const before = JSON.stringify(me.history);
    const [liked, left, disliked] = model.ids().filter((id) => !me.history.some(({ item }) => item === id));
    const talk = conversation(me)
      .answer({ ask: [{ item: liked }, { item: left }, { item: disliked }] }, ['yes', 'both', 'no'])
      .answer(asks('Comedy'), 'yes');
    assert.equal(JSON.stringify(me.history), before);
    assert.equal(talk.keep(), 3);
    assert.deepEqual(
      me.history.slice(-3).map(({ item, preference }) => [item, preference]),
      [
        [liked, 1],
        [left, 0],
        [disliked, -1],
      ],
    );
    assert.equal(talk.keep(), 0);
    const fresh = conversation(me).answer(asks('Comedy'), 'yes');
    assert.deepEqual(chances(talk), chances(fresh));
    for (let i = 0; i < 3; i++) me.undo();
    assert.equal(JSON.stringify(me.history), before);
  });
});

describe('whatever is answered', () => {
  const random = seededRandom(5);
  const answers = /** @type {Answer[]} */ (['yes', 'no', 'both', 'do not know']);
  const pick = (/** @type {readonly Answer[]} */ list) => list[Math.floor(random() * list.length)];

  for (const [name, of] of /** @type {const} */ ([
    ['aspects', () => model],
    ['no aspects', () => plain],
  ]))
    test(`at random, a model with ${name}: finite, and back to the bit`, () => {
      for (const error of [0, 0.05, 0.5]) {
        const talk = conversation(of().createProfile(), { error, list: 3, most: 2, turns: 100 });
        const before = bits(talk);
        for (let n = 0; n < 80; n++) {
          const turn = talk.next();
          talk.answer(turn, turn.ask ? turn.ask.map(() => pick(answers)) : pick(answers));
          const listed = chances(talk);
          assert.ok(listed.every(({ chance }) => chance > 0 && chance <= 1));
        }
        while (talk.undo());
        assert.equal(bits(talk), before);
      }
    });

  test('10,000 answers that contradict each other', () => {
    const talk = conversation(somebody(), { error: 0 });
    const before = bits(talk);
    for (let n = 0; n < 10000; n++) talk.answer(asks(n % 3 ? 'Comedy' : 'Drama'), n % 2 ? 'yes' : 'no');
    for (const { chance } of chances(talk)) assert.ok(Number.isFinite(chance));
    for (let n = 0; n < 10000; n++) talk.answer(asks('Comedy'), 'yes');
    assert.ok(chances(talk).length > 0 && talk.next());
    assert.equal(talk.turns, 20000);
    while (talk.undo());
    assert.equal(bits(talk), before);
  });

  test('everything was shown: an empty list, for ever', () => {
    const talk = conversation(nobody(), { list: 1000 });
    talk.answer({ recommend: talk.list() }, 'no');
    assert.deepEqual(talk.next().recommend?.items, []);
    talk.answer(talk.next(), 'no').say('Comedy');
    assert.deepEqual(talk.list().items, []);
    talk.undo();
    talk.undo();
    talk.undo();
    assert.equal(chances(talk).length, model.info.items);
  });

  test('a model of one item, without aspects, and one that knows nothing of a person', async () => {
    const pairs = { users: ['u'], items: ['a'], user: [0], item: [0] };
    const { bytes } = await trainModel(pairs, { dim: 2, minSupport: 1 });
    const tiny = await loadModel(bytes);
    assert.deepEqual(
      nextTurn(tiny.createProfile()).recommend?.items.map(({ item }) => item),
      ['a'],
    );
    assert.deepEqual(nextTurn(tiny.createProfile(['a', 'z'])).recommend?.items, []);
  });
});

describe('refusals', () => {
  test('are coded, and change nothing', async () => {
    const talk = conversation(somebody());
    talk.answer(asks('Comedy'), 'yes');
    const before = bits(talk);
    const any = (/** @type {unknown} */ value) => /** @type {any} */ (value);
    for (const [run, code] of /** @type {[() => unknown, string][]} */ ([
      [() => talk.answer(asks('no such thing'), 'yes'), 'BAD_ARGUMENT'],
      [() => talk.answer({ ask: [{ item: 'no such thing' }] }, 'yes'), 'UNKNOWN_ITEM'],
      [() => talk.answer({ ask: [{ aspect: 'Drama' }, { aspect: 'x' }] }, 'yes'), 'BAD_ARGUMENT'],
      [() => talk.answer(asks('Drama'), any('perhaps')), 'BAD_ARGUMENT'],
      [() => talk.answer(asks('Drama'), ['yes', 'no']), 'BAD_ARGUMENT'],
      [() => talk.answer({ ask: [] }, 'yes'), 'BAD_ARGUMENT'],
      [() => talk.answer(any({}), 'yes'), 'BAD_ARGUMENT'],
      [() => talk.answer(any({ ask: [{}] }), 'yes'), 'BAD_ARGUMENT'],
      [() => talk.answer(any({ recommend: talk.list() }), any(['yes'])), 'BAD_ARGUMENT'],
      [() => talk.say('no such thing'), 'BAD_ARGUMENT'],
      [() => conversation(nobody(), { error: 0.6 }), 'BAD_ARGUMENT'],
      [() => conversation(nobody(), { patience: 0 }), 'BAD_ARGUMENT'],
      [() => conversation(nobody(), { most: 5 }), 'BAD_ARGUMENT'],
      [() => conversation(nobody(), any({ about: 'people' })), 'BAD_ARGUMENT'],
      [() => conversation(nobody(), { prior: { score: NaN } }), 'BAD_ARGUMENT'],
      [() => conversation(nobody(plain), { about: 'aspects' }), 'NO_ASPECTS'],
    ])) {
      assert.ok(codes.has(code) || code === 'UNKNOWN_ITEM');
      await failsWith(async () => run(), code);
      assert.equal(bits(talk), before);
    }
  });

  test('of a profile that was disposed', async () => {
    const me = somebody();
    const talk = conversation(me);
    me.dispose();
    for (const run of [
      () => talk.next(),
      () => talk.list(),
      () => talk.say('Comedy'),
      () => talk.undo(),
      () => talk.keep(),
    ])
      await failsWith(async () => run(), 'DISPOSED');
  });

  test('a function of the app may not change the profile', async () => {
    const me = somebody();
    const together = () => Boolean(me.add('x'));
    await failsWith(
      async () => nextTurn(me, { together, most: 2, effort: 0, about: 'aspects', list: 2 }),
      'BUSY',
    );
  });

  test('a model without aspects is asked about by items', () => {
    const { ask } = nextTurn(nobody(plain), { list: 2, patience: 1 });
    assert.ok(ask && 'item' in ask[0] && ask[0].words.startsWith('Do you know '));
  });
});

describe('the score', () => {
  test('a question that halves doubles the reach of each place', () => {
    const even = new Float64Array(64).fill(1 / 64);
    const how = { list: 4, patience: 1, bits: 1 };
    assert.equal(valueOf(even, 64, 1, how), 4 / 64);
    assert.equal(valueOf(even, 64, 2, how), 8 / 64);
    assert.equal(valueOf(even, 64, 5, how), 1);
    assert.equal(valueOf(even, 64, 5, { ...how, bits: 0 }), 20 / 64);
    assert.equal(valueOf(even, 64, 5, { ...how, patience: 0.5 }), 0.0625 * 1.9375);
    assert.equal(valueOf(even, 0, 5, how), 0);
  });

  test('bits and the largest, by hand', () => {
    assert.equal(coinBits(0.5), 1);
    assert.equal(coinBits(0) + coinBits(1), 0);
    assert.deepEqual(largest(Float64Array.of(1, 3, 0, 3, 2), 3), [1, 3, 4]);
    assert.deepEqual(largest(Float64Array.of(1, 1, 1), 2), [0, 1]);
    assert.deepEqual(largest(Float64Array.of(0, -1), 2), []);
    assert.deepEqual(largest(Float64Array.of(1, 2), 0), []);
    const random = seededRandom(3);
    const values = Float64Array.from({ length: 500 }, () => Math.floor(20 * random()) / 20);
    const order = [...values.keys()]
      .filter((i) => values[i] > 0.1)
      .sort((a, b) => values[b] - values[a] || a - b);
    for (const most of [1, 10, 64, 65, 400, 1000])
      assert.deepEqual(largest(values, most, 0.1), order.slice(0, most), String(most));
  });
});
