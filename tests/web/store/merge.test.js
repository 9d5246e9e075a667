// Owns the tests of the merge of two histories, mostly as properties over random histories. Must not need a
// profile or a store.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeHistories, sameHistory } from '../../../web/store/merge.js';
import { below, seeded, shuffled } from '../../support.js';

/** @import { Entry } from '../../../web/store/merge.js' */

const rounds = 2000;
/**
 * @param {string} item
 * @param {number} [weight]
 * @param {number} [wanted]
 * @returns {Entry}
 */
const entry = (item, weight = 1, preference = 1) => ({ item, weight, preference, at: null });
const items = (/** @type {readonly Entry[]} */ history) => history.map(({ item }) => item);
const asSet = (/** @type {readonly Entry[]} */ history) =>
  [...history].sort((a, b) => (a.item < b.item ? -1 : 1));

/** @param {() => number} random */
const randomHistory = (random) =>
  shuffled([...'abcdefghij'], random)
    .slice(0, below(random, 8))
    .map((item) => entry(item, 1 + below(random, 3)));

/**
 * What a person may do: add, change, remove, move to the end.
 * @param {Entry[]} history
 * @param {() => number} random
 * @param {string[]} alphabet the only items that are touched
 */
function changed(history, random, alphabet) {
  let now = [...history];
  for (let n = below(random, 6); n > 0; n--) {
    const item = alphabet[below(random, alphabet.length)];
    const at = now.findIndex((each) => each.item === item);
    const fresh = entry(item, 1 + below(random, 3), below(random, 3) - 1);
    if (at < 0) now.push(fresh);
    else if (random() < 0.4) now.splice(at, 1);
    else if (random() < 0.3) now = [...now.filter((_, i) => i !== at), fresh];
    else now[at] = fresh;
  }
  return now;
}

test('additions of both sides are all there: theirs first, then mine', () => {
  const base = [entry('a'), entry('b')];
  const merged = mergeHistories(base, [...base, entry('m1'), entry('m2')], [...base, entry('t1')]);
  assert.deepEqual(items(merged), ['a', 'b', 't1', 'm1', 'm2']);
});

test('what I changed or removed is as I have it, what they did to the rest stays done', () => {
  const base = [entry('a'), entry('b'), entry('c'), entry('d')];
  const mine = [entry('a', 5), entry('c'), entry('d')];
  const theirs = [entry('a', 7), entry('b', 9), entry('d', 3)];
  assert.deepEqual(mergeHistories(base, mine, theirs), [entry('a', 5), entry('d', 3)]);
  assert.deepEqual(
    mergeHistories(base, [entry('a', 5), ...base.slice(1)], []),
    [entry('a', 5)],
    'a change outlives their removal',
  );
  assert.deepEqual(
    mergeHistories(base, [entry('a', 1, -1), ...base.slice(1)], base.slice(0, 3)),
    [entry('a', 1, -1), entry('b'), entry('c')],
    'a dislike is a change',
  );
});

test('one side alone is taken exactly, in its order', () => {
  const random = seeded(7);
  for (let n = 0; n < rounds; n++) {
    const base = randomHistory(random);
    const mine = changed(base, random, [...'abcdefghijklm']);
    assert.deepEqual(mergeHistories(base, mine, base), mine);
    assert.deepEqual(mergeHistories(base, base, mine), mine);
    assert.deepEqual(mergeHistories(base, mine, mine), mine);
  }
});

test('disjoint changes commute: both ways round hold the same entries, and nothing is lost', () => {
  const random = seeded(11);
  let different = 0;
  for (let n = 0; n < rounds; n++) {
    const base = randomHistory(random);
    const left = changed(base, random, [...'abcdekl']);
    const right = changed(base, random, [...'fghijmn']);
    const one = mergeHistories(base, left, right);
    const other = mergeHistories(base, right, left);
    assert.deepEqual(asSet(one), asSet(other));
    for (const [side, alphabet] of /** @type {const} */ ([
      [left, 'abcdekl'],
      [right, 'fghijmn'],
    ]))
      assert.deepEqual(
        asSet(one.filter(({ item }) => alphabet.includes(item))),
        asSet(side.filter(({ item }) => alphabet.includes(item))),
      );
    if (!sameHistory(one, left) && !sameHistory(one, right)) different++;
  }
  assert.ok(different > rounds / 4, 'the histories really differ');
});

test('merging again changes nothing, items come once, and the arguments stay as they were', () => {
  const random = seeded(13);
  for (let n = 0; n < rounds; n++) {
    const base = randomHistory(random);
    const mine = changed(base, random, [...'abcdefghijklm']);
    const theirs = changed(base, random, [...'abcdefghijklm']);
    const before = JSON.stringify([base, mine, theirs]);
    const merged = mergeHistories(base, mine, theirs);
    assert.equal(new Set(items(merged)).size, merged.length);
    assert.deepEqual(mergeHistories(theirs, merged, theirs), merged, 'the writer reads what it wrote over');
    assert.deepEqual(
      mergeHistories(mine, mine, merged),
      merged,
      'the other side follows without a change of its own',
    );
    assert.equal(JSON.stringify([base, mine, theirs]), before);
    const known = new Set([...mine, ...theirs].map((each) => JSON.stringify(each)));
    assert.ok(
      merged.every((each) => known.has(JSON.stringify(each))),
      'nothing is invented',
    );
  }
});

test('sides that store in turns come to one history, in one order', () => {
  const random = seeded(17);
  for (let n = 0; n < 300; n++) {
    let stored = randomHistory(random);
    const sides = [0, 1, 2].map(() => ({ base: stored, now: stored }));
    const follow = (/** @type {typeof sides[0]} */ side) => {
      side.now = mergeHistories(side.base, side.now, stored);
      side.base = stored;
    };
    for (let turn = 0; turn < 12; turn++) {
      const side = sides[below(random, 3)];
      side.now = changed(side.now, random, [...'abcdefghijklm']);
      if (random() < 0.5) continue;
      follow(side);
      side.base = stored = side.now;
    }
    for (const side of sides) (follow(side), (side.base = stored = side.now));
    for (const side of sides) follow(side);
    for (const side of sides) assert.deepEqual(side.now, stored);
  }
});
