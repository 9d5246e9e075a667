// Owns the tests of what counts as a like, and of counts as weights. Must not read files.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { likesOf, weightRule } from '../../../web/read/likes.js';

/** @param {[number, number][]} counts values and how often they come */
const ratings = (counts) => Float64Array.from(counts.flatMap(([value, n]) => Array(n).fill(value)));

/**
 * @param {[number, number][]} counts
 * @param {string} [name]
 */
function ruleOf(counts, name) {
  const { scale, threshold, positive } = likesOf(ratings(counts), name);
  return [scale, threshold === undefined ? null : Number(threshold.toFixed(6)), positive];
}

const stars = /** @type {[number, number][]} */ ([
  [5, 20],
  [4, 20],
  [3, 10],
  [1, 10],
]);

test('60 % of the highest on scales of stars, points and percent', () => {
  assert.deepEqual(ruleOf(stars), ['stars', 3, true]);
  assert.deepEqual(ruleOf([...stars, [0.5, 3], [4.5, 9]]), ['stars', 3, true]);
  assert.deepEqual(
    ruleOf([
      [1, 5],
      [2.33, 9],
      [3.67, 9],
      [4.33, 9],
      [5, 9],
    ]),
    ['stars', 3, true],
  );
  assert.deepEqual(
    ruleOf([
      [1, 5],
      [1 / 3, 9],
      [11 / 3, 9],
      [5, 9],
    ]),
    ['stars', 3, true],
  );
  assert.deepEqual(
    ruleOf([
      [1, 5],
      [7, 9],
      [8, 9],
      [10, 9],
    ]),
    ['points', 6, true],
  );
  assert.deepEqual(
    ruleOf([
      [20, 5],
      [40, 9],
      [60, 9],
      [80, 9],
      [100, 9],
    ]),
    ['percent', 60, true],
  );
  assert.deepEqual(
    ruleOf(
      [
        [21, 5],
        [43, 9],
        [66, 9],
        [87, 9],
        [99, 9],
      ],
      'score',
    ),
    ['percent', 60, true],
  );
  assert.deepEqual(
    ruleOf(
      [
        [3.1, 5],
        [7.4, 9],
        [8.8, 9],
        [9.9, 9],
      ],
      'rating',
    ),
    ['points', 5.94, true],
  );
  assert.deepEqual(
    ruleOf(
      [
        [0.2, 5],
        [0.45, 9],
        [0.9, 9],
        [1, 9],
      ],
      'score',
    ),
    ['fraction', 0.6, true],
  );
});

test('a stray value changes nothing', () => {
  for (const stray of [3.7, -1, 0, 0.01, 50, 4.99, 1e9, -500])
    assert.deepEqual(ruleOf([...stars, [stray, 1]]), ['stars', 3, true], String(stray));
  assert.equal(likesOf(ratings([...stars, [3.7, 1]]), 'rating').stray, 1);
  assert.deepEqual(
    ruleOf([
      [1, 30],
      [0, 10],
      [17, 1],
    ]),
    ['thumbs', null, true],
  );
});

test('0 and below are never likes: thumbs, and scales around 0', () => {
  assert.deepEqual(
    ruleOf([
      [1, 20],
      [0, 20],
    ]),
    ['thumbs', null, true],
  );
  assert.deepEqual(
    ruleOf([
      [1, 20],
      [-1, 20],
    ]),
    ['thumbs', null, true],
  );
  assert.deepEqual(
    ruleOf([
      [1, 20],
      [-1, 20],
      [0, 4],
    ]),
    ['thumbs', null, true],
  );
  assert.deepEqual(
    ruleOf(
      [
        [9.5, 20],
        [-3.2, 20],
        [0.4, 4],
      ],
      'rating',
    ),
    ['signed', null, true],
  );
  assert.deepEqual(
    ruleOf([
      [0, 20],
      [10, 9],
      [8, 9],
      [2, 2],
    ]),
    ['points', 6, true],
  );
  assert.equal(
    likesOf(
      ratings([
        [0, 20],
        [10, 9],
        [8, 9],
      ]),
    ).nothing,
    20,
  );
});

test('one value below 0 stands for no rating beside points, several are a scale around 0', () => {
  const points = /** @type {[number, number][]} */ ([
    [10, 9],
    [8, 9],
    [4, 9],
  ]);
  assert.deepEqual(ruleOf([...points, [-1, 20]]), ['points', 6, true]);
  assert.deepEqual(ruleOf([...points, [-1, 20], [-8, 5]]), ['signed', null, true]);
});

test('counts and scales that are not known: everything above 0', () => {
  assert.deepEqual(
    ruleOf(
      [
        [1500, 5],
        [2, 5],
      ],
      'plays',
    ),
    ['counts', null, true],
  );
  assert.deepEqual(ruleOf(stars, 'play_count'), ['counts', null, true]);
  assert.deepEqual(
    ruleOf([
      [1, 50],
      [2, 20],
      [3, 9],
      [17, 4],
      [88, 1],
    ]),
    ['counts', null, true],
  );
  assert.deepEqual(
    ruleOf([
      [1, 9],
      [2, 9],
      [3, 9],
    ]),
    ['counts', null, true],
  );
  assert.deepEqual(ruleOf([[1, 9]]), ['same', null, true]);
  assert.deepEqual(likesOf(null).scale, 'none');
});

test('weights: as they are up to a bound, log(1 + n) above it, and capped where that is not wanted', () => {
  const small = weightRule(Float64Array.of(1, 1024), 1024);
  assert.deepEqual([small.scale, small.capped, small.of(1024)], ['linear', 0, 1024]);
  const large = weightRule(Float64Array.of(2, 1500), 1024);
  assert.deepEqual([large.scale, large.capped, large.of(1500)], ['log1p', 0, Math.log1p(1500)]);
  const linear = weightRule(Float64Array.of(2, 1500, 9e9), 1024, 'linear');
  assert.deepEqual([linear.scale, linear.capped, linear.of(9e9)], ['linear', 2, 1024]);
});
