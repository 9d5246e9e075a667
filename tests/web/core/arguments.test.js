// Owns the tests of what refusals say: what kind of thing was got, and which option was probably meant. Must
// not test what right arguments do: the sweep of wrong ones is tests/package/wrong-arguments.test.js.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { loadModel } from '../../../dist/ampcf.js';
import { conversation } from '../../../dist/ask.js';
import { peopleOf } from '../../../dist/people.js';
import { explainInWords } from '../../../dist/sentences.js';
import { indexedDbStore } from '../../../dist/store.js';
import { optionValues, optionsArgument } from '../../../web/core/options.js';
import { historyOf, smallModel } from '../../support.js';

const model = await loadModel(await smallModel());
const me = model.createProfile(historyOf(0));
/** What right and wrong arguments are given to. @type {any} */
const any = { model, me, peopleOf, conversation, explainInWords, indexedDbStore };

/**
 * @param {() => unknown} call
 * @returns {string} what it says
 */
function refusal(call) {
  try {
    call();
  } catch (error) {
    assert.equal(/** @type {any} */ (error).code, 'BAD_ARGUMENT', String(error));
    return /** @type {Error} */ (error).message;
  }
  return assert.fail('nothing was refused');
}

class Basket {}
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();
const shy = new Proxy(
  {},
  {
    get() {
      throw new Error('asked');
    },
  },
);

describe('what was got', () => {
  /** @type {[unknown, string][]} */
  const kinds = [
    [new Map(), 'Map'],
    [new Set(), 'Set'],
    [new Date(0), 'Date'],
    [[1], 'Array'],
    [Promise.resolve(), 'Promise'],
    [/a/, 'RegExp'],
    [new Uint8Array(2), 'Uint8Array'],
    [() => 1, 'Function'],
    [async () => 1, 'AsyncFunction'],
    [new TypeError('e'), 'Error'],
    [model, 'Model'],
    [me, 'Profile'],
    [runInNewContext('new Map()'), 'Map'],
    [null, 'null'],
    [NaN, 'NaN'],
    [true, 'true'],
    [5, '5'],
    ['5', '"5"'],
    ['', '""'],
    [' ', '" "'],
    ['five', 'five'],
    [Symbol('s'), 'Symbol(s)'],
  ];
  for (const [value, name] of kinds)
    test(name, () => {
      for (const call of [
        () => any.me.recommend(value),
        () => any.model.createProfile([], value),
        () => any.peopleOf(me, value),
      ])
        assert.ok(refusal(call).startsWith(`options: got ${name}, wanted an object with one of `));
      if (name !== '5')
        assert.match(
          refusal(() => any.me.recommend({ topK: value })),
          /^topK: got /,
        );
      if (name === 'null') return;
      assert.ok(refusal(() => any.peopleOf(me, { owners: value })).includes(`got ${name}, wanted an object`));
    });

  test('a proxy that will not be asked is an object of some kind', () => {
    for (const value of [revoked, shy])
      assert.equal(
        refusal(() => optionValues(value, 'a b')),
        'options: got object, wanted an object with one of a, b',
      );
  });

  test('an object is an object where something else is wanted', () => {
    for (const value of [{}, Object.create(null), new Basket(), runInNewContext('({})')]) {
      assert.match(
        refusal(() => any.me.rank(value)),
        /^candidates: got Object, wanted an iterable/,
      );
      assert.doesNotThrow(() => any.me.recommend(value));
    }
  });
});

describe('options that nobody has', () => {
  /** @type {[() => unknown, string | undefined][]} */
  const cases = [
    [() => any.me.recommend({ topk: 5 }), 'topK'],
    [() => any.me.recommend({ TOPK: 5 }), 'topK'],
    [() => any.me.recommend({ explian: true }), 'explain'],
    [() => any.me.recommend({ excludeSean: true }), 'excludeSeen'],
    [() => any.me.recommend({ exlcudeSeem: true }), 'excludeSeen'],
    [() => any.me.recommend({ filters: () => true }), 'filter'],
    [() => any.me.rank([], { contribution: 5 }), 'contributions'],
    [() => any.model.createProfile([], { persona: 2 }), 'personas'],
    [() => any.model.createProfile([], { calibrate: 1 }), undefined],
    [() => any.me.add({ items: 'a' }), 'item'],
    [() => any.me.rate('a', 4, { sclae: [1, 5] }), 'scale'],
    [() => any.peopleOf(me, { owner: {} }), 'owners'],
    [() => any.conversation(me, { tunrs: 3 }), 'turns'],
    [() => any.indexedDbStore({ encryped: true }), 'encrypted'],
    [() => any.explainInWords(me.explain(model.ids()[0]), { reason: 2 }), 'reasons'],
    [() => any.me.recommend({ '': 5 }), undefined],
    [() => any.me.recommend({ x: 5 }), undefined],
    [() => any.me.recommend({ ['k'.repeat(10000)]: 5 }), undefined],
  ];
  for (const [call, meant] of cases)
    test(`${meant ?? 'none'} is meant by ${call}`, () => {
      const said = refusal(call);
      assert.match(said, /wanted one of \w+, /);
      assert.equal(/; did you mean (\w+)\?$/.exec(said)?.[1], meant, said);
    });

  test('the nearest is named, and what is near is letters changed, added, left out or swapped', () => {
    /** @param {string} name @param {string} names */
    const meant = (name, names) =>
      /did you mean (\w+)/.exec(refusal(() => optionValues({ [name]: 1 }, names)))?.[1];
    assert.equal(meant('seeds', 'speed seed'), 'seed');
    for (const near of ['recencx', 'recencyy', 'ecency', 'recnecy', 'RECENCY'])
      assert.equal(meant(near, 'personas recency'), 'recency', near);
    // Two steps need eight letters, and three are too many.
    assert.equal(meant('rexxncy', 'personas recency'), undefined);
    assert.equal(meant('persxxas', 'personas recency'), 'personas');
    assert.equal(meant('pxxxxxas', 'personas recency'), undefined);
  });

  test('right ones come back, those not given as undefined', () => {
    assert.deepEqual(optionValues({ b: 2 }, 'a b'), [undefined, 2]);
    const options = { a: 1 };
    assert.equal(optionsArgument(options, 'a b'), options);
  });
});
