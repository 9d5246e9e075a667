// Owns the tests of who speaks: the posterior over sides by hand, and its bounds. Must not load a model.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../../web/core/random.js';
import { factorsOf, fitsOf, posteriorOf, sameHour, unsureOf } from '../../../web/now/posterior.js';

const close = (/** @type {ArrayLike<number>} */ got, /** @type {number[]} */ wanted) => {
  assert.equal(got.length, wanted.length);
  wanted.forEach((value, i) => assert.ok(Math.abs(got[i] - value) < 1e-9, `${got[i]} is not ${value}`));
};

test('the posterior by hand', () => {
  const how = { trust: 1, floor: 0.2, novelty: 0.1 };
  const clue = { fits: [0.4, 0.1], fitsAny: 0.2, strength: 1 };
  // .9 .5 .4 = .18, .9 .5 .1 = .045, .1 .2 = .02; of .245
  const { sides, novel, leaning } = posteriorOf([0.5, 0.5], [clue], how);
  const q = [0.18, 0.045, 0.02].map((part) => part / 0.245);
  close(sides, [0.8 * q[0] + 0.1, 0.8 * q[1] + 0.1]);
  close([novel], [0.8 * q[2]]);
  close(leaning, [0.8 * (q[0] + q[2] / 2) + 0.1, 0.8 * (q[1] + q[2] / 2) + 0.1]);
  close(posteriorOf([0.5, 0.5], [], how).leaning, [0.5, 0.5]);
  close(posteriorOf([0.7, 0.3], [{ ...clue, strength: 0 }], { ...how, novelty: 0 }).sides, [0.7, 0.3]);
  assert.equal(posteriorOf([], [clue], how).novel, 1);
});

test('fits are means with some of anything, factors are ratios', () => {
  const known = { sides: 2, shares: [0.75, 0.25], owners: [1, 0, 0.5, 0.5, 0, 1], mass: [1, 2, 0] };
  close(fitsOf(known, [0.9, 0.5, 1], 2, 0.1), [(0.9 + 0.5 + 0.2) / 4, (0.5 + 0.2) / 3]);
  close(factorsOf(known, [0.5, 0.5]), [2 / 3, 4 / 3, 2]);
});

test('whatever comes it is finite, sums to one, and forgets no side', () => {
  const random = seededRandom(1);
  const how = { trust: 2, floor: 0.1, novelty: 0.1 };
  for (let round = 0; round < 500; round++) {
    const p = 1 + Math.floor(random() * 6);
    const raw = Array.from({ length: p }, random);
    const shares = raw.map((x) => x / raw.reduce((a, b) => a + b, 0));
    const clues = Array.from({ length: Math.floor(random() * 400) }, () => ({
      fits: Array.from({ length: p }, () => (random() < 0.1 ? 0 : random())),
      fitsAny: random() < 0.1 ? 0 : random(),
      strength: random(),
    }));
    const { sides, novel, leaning } = posteriorOf(shares, clues, how);
    const sum = (/** @type {Float64Array} */ list) => list.reduce((a, b) => a + b, 0);
    close([sum(sides) + novel, sum(leaning)], [1, 1]);
    assert.ok(leaning.every((value, k) => value >= 0.0999 * shares[k]));
    const unsure = unsureOf([...sides, novel]);
    assert.ok(unsure >= 0 && unsure <= 1);
  }
});

test('an hour is near itself on any day, and says nothing on the mean', () => {
  const day = 86400;
  assert.ok(Math.abs(sameHour(5000, 5000 + 300 * day) - sameHour(0, 0)) < 1e-9);
  assert.ok(sameHour(0, day / 2) < 0.01);
  assert.ok(Math.abs(sameHour(1800, day - 1800) - sameHour(0, 3600)) < 1e-9, 'around midnight');
  let sum = 0;
  for (let at = 0; at < day; at += 60) sum += sameHour(at, 0) / (day / 60);
  assert.ok(Math.abs(sum - 1) < 1e-3, `${sum}`);
});

test('how open it is', () => {
  assert.equal(unsureOf([1]), 0);
  assert.equal(unsureOf([1, 0]), 0);
  close([unsureOf([0.5, 0.5])], [1]);
  assert.equal(unsureOf([]), 0);
});
