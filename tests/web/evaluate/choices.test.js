// Owns the tests of what is chosen on validation people at the end of a training: the rules for the gate, its
// leaves and lists in proportion. Must not train.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chooseGate, shrunkGate } from '../../../web/evaluate/choose-gate.js';
import { chooseProportional } from '../../../web/evaluate/choose-proportional.js';

/** @import { GatePair } from '../../../web/evaluate/choose-gate.js' */

const plain = 0.2;
/** Each person gains what the pair brings, every other one a little more, the rest a little less. */
const spread = (/** @type {number} */ person) => (person % 2 === 0 ? 0.01 : -0.01);
const peopleOf = (/** @type {number} */ n) => Array.from({ length: n }, (_, u) => u);
/** Standard error of a gain of n people. */
const errorOf = (/** @type {number} */ n) => 0.01 / Math.sqrt(n - 1);

/**
 * @param {number} n people
 * @param {(pair: GatePair) => number} gain
 * @param {{ gate?: number, leaves?: number }} [fixed]
 */
async function choose(n, gain, fixed = {}) {
  /** @type {Map<string, number[]>} */
  const asked = new Map();
  const choice = await chooseGate({
    people: peopleOf(n),
    fixed,
    leaves: 8,
    measure: async (pair, people) => {
      assert.deepEqual(Object.keys(pair), ['gate', 'leaves'], 'nothing but settings of a file');
      const key = pair.gate > 0 ? `${pair.gate} ${pair.leaves}` : 'none';
      asked.set(key, [...(asked.get(key) ?? []), ...people]);
      return Float64Array.from(people, (u) => (pair.gate > 0 ? plain + gain(pair) + spread(u) : plain));
    },
  });
  return { choice, asked };
}

const near = (/** @type {number | undefined} */ got, /** @type {number} */ wanted) =>
  assert.ok(Math.abs(Number(got) - wanted) < 1e-9, `got ${got}, wanted ${wanted}`);

describe('the gate', () => {
  test('is the surest pair, shrunk by how sure it is', async () => {
    const { choice } = await choose(100, ({ gate, leaves }) => 0.01 - 0.01 * (gate - 1) ** 2 + leaves * 1e-4);
    const error = errorOf(100);
    const gain = 0.01 + 256e-4;
    assert.deepEqual([choice?.tried, choice?.leaves, choice?.people], [1, 256, 100]);
    near(choice?.ndcg, plain);
    near(choice?.gain, gain / plain);
    near(choice?.standardError, error / plain);
    assert.equal(choice?.gate, Math.round(100 * (1 - (error / gain) ** 2)) / 100);
  });

  test('is none where no gain is larger than its standard error', async () => {
    const { choice } = await choose(100, () => 0.5 * errorOf(100));
    assert.deepEqual([choice?.gate, choice?.leaves], [0, 8]);
    near(choice?.gain, (0.5 * errorOf(100)) / plain);
    const one = await choose(1, () => 0.1);
    assert.equal(one.choice?.gate, 0, 'one person is sure of nothing');
  });

  test('has the fewest leaves within half a percent', async () => {
    const by = (/** @type {Record<number, number>} */ more) =>
      choose(100, ({ gate, leaves }) => (gate === 1.5 ? 0.02 + more[leaves] * plain : 0));
    assert.equal((await by({ 1: 0, 4: 0.004, 8: 0.002, 256: 0.004 })).choice?.leaves, 1);
    assert.equal((await by({ 1: 0, 4: 0.003, 8: 0.004, 256: 0.006 })).choice?.leaves, 4);
    assert.equal((await by({ 1: 0, 4: 0, 8: 0, 256: 0.01 })).choice?.leaves, 256);
  });

  test('is sharper where each event is a leaf, if that pays', async () => {
    const { choice } = await choose(100, ({ gate, leaves }) =>
      leaves === 256 && gate === 1 ? 0.05 : gate === 0.5 ? 0.02 : 0.01,
    );
    assert.deepEqual([choice?.tried, choice?.leaves], [1, 256]);
  });

  test('and leaves that are given stay, and nothing is measured where both are', async () => {
    const gate = await choose(100, ({ leaves }) => (leaves === 4 ? 0.02 : 0.01), { gate: 3 });
    assert.deepEqual([gate.choice?.gate, gate.choice?.leaves], [3, 4]);
    assert.deepEqual([...gate.asked.keys()].sort(), ['3 1', '3 256', '3 4', '3 8', 'none']);
    const leaves = await choose(100, () => 0.02, { leaves: 5 });
    assert.equal(leaves.choice?.leaves, 5);
    assert.ok([...leaves.asked.keys()].every((key) => key === 'none' || key.endsWith(' 5')));
    for (const fixed of [{ gate: 0 }, { gate: 1, leaves: 4 }]) {
      const { choice, asked } = await choose(100, () => 0.02, fixed);
      assert.deepEqual([choice, asked.size], [null, 0]);
    }
  });

  test('asks everybody about the best alone, and nobody twice', async () => {
    const { choice, asked } = await choose(2000, ({ gate }) => 0.02 * gate);
    assert.equal(choice?.tried, 2);
    const counts = Object.fromEntries([...asked].map(([key, people]) => [key, people.length]));
    for (const [key, people] of asked) assert.equal(new Set(people).size, people.length, key);
    assert.deepEqual(
      [counts.none, counts['2 8'], counts['1.5 8'], counts['1 8'], counts['0.25 8']],
      [2000, 2000, 2000, 500, 500],
    );
    assert.equal(choice?.people, 2000);
  });

  test('shrinks to nothing as the error nears the gain', () => {
    assert.equal(shrunkGate(1, { gain: 0.02, standardError: 0.01 }), 0.75);
    assert.equal(shrunkGate(2, { gain: 0.02, standardError: 0.002 }), 1.98);
    assert.equal(shrunkGate(1, { gain: 0.01, standardError: 0.01 }), 0);
    assert.equal(shrunkGate(1, { gain: -0.01, standardError: 0.001 }), 0);
  });
});

describe('lists in proportion', () => {
  const pace = async () => {};
  const cost = (/** @type {number} */ per, n = 100) =>
    chooseProportional(
      peopleOf(n),
      (_, share) => ({ list: [String(share)], ndcg: plain * (1 - per * share) }),
      pace,
    );

  test('are not chosen by few people, nor by people of whom nothing is found', async () => {
    assert.equal(await cost(0.004, 49), null);
    const nothing = await chooseProportional(
      peopleOf(100),
      (_, share) => ({ list: [String(share)], ndcg: 0 }),
      pace,
    );
    assert.equal(nothing, null);
  });

  test('are asked about half as often as there are shares, and never of two lists at once', async () => {
    /** @type {Map<number, Set<number>>} */
    const asked = new Map();
    const choice = await chooseProportional(
      peopleOf(100),
      (person, share) => {
        const whom = asked.get(share) ?? new Set();
        assert.ok(!whom.has(person));
        asked.set(share, whom.add(person));
        return { list: [String(share)], ndcg: plain * (1 - 0.04 * share) };
      },
      pace,
    );
    assert.equal(choice?.proportional, 0.1);
    assert.ok(asked.size <= 4, `got ${asked.size}`);
    const shares = choice?.trials.map(({ proportional }) => proportional);
    assert.deepEqual(shares, [...asked.keys()].sort());
  });

  test('are as far in proportion as half a percent pays for', async () => {
    assert.equal((await cost(0.004))?.proportional, 0.5);
    const some = await cost(0.02);
    assert.equal(some?.proportional, 0.2);
    near(some?.cost, 0.004);
    near(some?.ndcg, plain);
    assert.equal((await cost(1))?.proportional, 0);
  });

  test('stay as they are where no list changes', async () => {
    const same = await chooseProportional(peopleOf(100), () => ({ list: ['a'], ndcg: plain }), pace);
    assert.deepEqual([same?.proportional, same?.cost, same?.people], [0, 0, 100]);
  });
});
