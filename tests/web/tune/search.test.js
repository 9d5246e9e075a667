// Owns the tests of the course of a search: which methods and settings are proposed, and when. Must not
// train.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { methodsFor } from '../../../web/tune/methods.js';
import { searchSettings } from '../../../web/tune/search.js';

/** @import { TrialJob, TrialResult } from '../../../web/tune/search.js' */

const everything = async () => true;
const namesOf = (/** @type {{ name: string }[]} */ methods) => methods.map(({ name }) => name);

describe('the methods of neighbours', () => {
  test('are all that fit, the given one first', async () => {
    const all = await methodsFor({ dim: 4 }, everything);
    assert.deepEqual([all[0].name, all[0].chosen], ['none', {}]);
    assert.deepEqual(namesOf(all), ['none', 'cooccurrence', 'local', 'ease']);
    assert.deepEqual(all.at(-1)?.chosen, { neighbours: 100, neighbourMethod: 'ease' });
    assert.equal(all.at(-1)?.settings.dim, 4);
    const five = await methodsFor({ neighbours: 5 }, everything);
    assert.deepEqual([five[0].name, five[0].chosen], ['ease', {}]);
    assert.deepEqual(five[1].chosen, { neighbourMethod: 'cooccurrence' });
    assert.ok(!namesOf(five).includes('none'));
    assert.deepEqual(namesOf(await methodsFor({ neighbours: 0 }, everything)), ['none']);
    const given = { neighbours: 5, neighbourMethod: 'cooccurrence' };
    assert.deepEqual(namesOf(await methodsFor(given, everything)), ['cooccurrence']);
  });

  test('leave out what does not fit, and let EASE stand alone where that fits', async () => {
    const small = await methodsFor({}, async ({ neighbours }) => !neighbours);
    assert.deepEqual(namesOf(small), ['none']);
    const alone = await methodsFor(
      {},
      async ({ neighbourMethod, neighbourBlend }) => neighbourMethod !== 'ease' || neighbourBlend === 0,
    );
    assert.deepEqual(alone.at(-1)?.chosen, { neighbours: 100, neighbourMethod: 'ease', neighbourBlend: 0 });
  });
});

/**
 * A search whose trials reach what `ndcg` says.
 * @param {(chosen: Record<string, any>) => number} ndcg
 * @param {Record<string, any>} given
 * @param {number} trials
 */
async function searched(ndcg, given, trials) {
  const methods = await methodsFor(given, everything);
  /** @type {TrialJob[][]} */
  const rounds = [];
  const { best, results } = await searchSettings({
    methods,
    fixed: Object.keys(given),
    seed: 1,
    trials,
    over: () => false,
    run: async (jobs) => {
      rounds.push([...jobs]);
      return jobs.map(({ trial, chosen, best: before }) => {
        const value = ndcg(chosen);
        return /** @type {TrialResult} */ (
          /** @type {unknown} */ ({
            trial,
            chosen,
            early: value,
            validation: { metrics: { 'ndcg@20': value } },
            gate: { gate: chosen.neighbours ? 0.25 : 1, leaves: 4, trials: [] },
            settings: { ...methods[0].settings, ...chosen },
            bytes: value > before ? new Uint8Array(1) : null,
          })
        );
      });
    },
  });
  return { best, results, rounds, methods };
}

describe('a search', () => {
  const likesCounts = (/** @type {Record<string, any>} */ { neighbourMethod, userDamping = 0.5 }) =>
    (neighbourMethod === 'cooccurrence' ? 0.3 : 0.2) - 0.1 * (userDamping - 0.7) ** 2;

  test('tries each method once with its defaults, then keeps to the best', async () => {
    const { best, rounds, results, methods } = await searched(likesCounts, {}, 41);
    assert.deepEqual(
      rounds[0].map(({ chosen }) => chosen),
      methods.map(({ chosen }) => chosen),
    );
    const later = rounds.slice(1).flat();
    const kept = later.filter(({ chosen }) => chosen.neighbourMethod === 'cooccurrence');
    assert.ok(kept.length > later.length / 2 && kept.length < later.length);
    for (const { chosen } of kept) assert.equal(chosen.neighbours, 100);
    assert.equal(best.chosen.neighbourMethod, 'cooccurrence');
    assert.equal(results.length, 41);
  });

  test('measures later trials with the gate that the first one of their method chose', async () => {
    const { rounds } = await searched(likesCounts, {}, 41);
    for (const { gate } of rounds[0]) assert.equal(gate, undefined);
    for (const { chosen, gate } of rounds.slice(1).flat())
      assert.deepEqual(gate, { gate: chosen.neighbours ? 0.25 : 1, leaves: 4 });
  });

  test('draws no gate and no number that is none, and is the same again', async () => {
    const { results } = await searched(likesCounts, {}, 30);
    for (const { chosen } of results)
      for (const [name, value] of Object.entries(chosen)) {
        assert.ok(!['gate', 'leaves', 'proportional'].includes(name));
        assert.ok(typeof value === 'string' || Number.isFinite(value), name);
      }
    const again = await searched(likesCounts, {}, 30);
    assert.deepEqual(again.results, results);
  });

  test('leaves alone what is given, and stops where nothing is left to try', async () => {
    const { results } = await searched(likesCounts, { neighbours: 0, lambda: 0.01 }, 9);
    for (const { chosen } of results) assert.ok(!('neighbours' in chosen) && !('lambda' in chosen));
    const given = { unobserved: 12, lambda: 0.004, userDamping: 0.5, itemDamping: 0.5, popularityDamping: 0 };
    const none = await searched(likesCounts, { ...given, alpha: 0.3, neighbours: 0 }, 20);
    assert.equal(none.results.length, 1);
  });
});
