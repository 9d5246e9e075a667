// Owns the tests of settingsFromData: what is open is chosen, what is given stays, the same data gives the
// same.
// Must not judge how good a model is beyond the choice.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { settingsFromData } from '../../../dist/evaluate.js';
import { failsWith, interactionsOf, people } from '../../support.js';

/** @import { FromData } from '../../../web/evaluate.js' */

const some = people.slice(0, 160);
const data = interactionsOf(some);
const small = { dim: 8, minSupport: 2 };
/** @type {FromData} */
let found;

before(async () => {
  found = await settingsFromData(data, small);
});

describe('settingsFromData', () => {
  test('tries weights of unobserved pairs first, then neighbours with the best of them', () => {
    const tried = found.trials.map(({ settings }) => settings);
    assert.deepEqual(tried.slice(0, 3), [{}, { unobserved: 30 }, { unobserved: 100 }]);
    assert.deepEqual(
      tried.slice(3).map(({ neighbours, neighbourMethod }) => [neighbours, neighbourMethod]),
      [
        [50, 'local'],
        [50, 'ease'],
      ],
    );
    assert.equal(found.people, some.length);
  });

  test('leaves the defaults only for what gained more than its standard error', () => {
    const chosen = found.trials.find(({ settings }) => settings === found.settings);
    if (Object.keys(found.settings).length === 0) assert.equal(chosen, undefined);
    else assert.ok(chosen && chosen.gain > chosen.standardError && chosen.ndcg > found.trials[0].ndcg);
    for (const { settings, gain, standardError } of found.trials)
      if (settings.neighbours && !found.settings.neighbours) assert.ok(gain <= standardError);
  });

  test('gives the same whatever the order of people and rows', async () => {
    const shuffled = interactionsOf(
      some.toReversed().map((person) => ({ ...person, history: person.history.toReversed() })),
    );
    assert.deepEqual(await settingsFromData(shuffled, small), found);
  });

  test('does not touch what is given, and asks nothing where nothing is open', async () => {
    const weighed = await settingsFromData(data, { ...small, unobserved: 5 });
    for (const { settings } of weighed.trials) assert.equal(settings.unobserved, undefined);
    const alone = await settingsFromData(data, { ...small, neighbours: 0 });
    assert.equal(alone.trials.length, 3);
    for (const closed of [
      { lambda: 0.01, neighbours: 10 },
      { private: true, dim: 8 },
      { objective: /** @type {const} */ ('softmax') },
    ])
      assert.deepEqual(await settingsFromData(data, closed), { settings: {}, trials: [], people: 0 });
  });

  test('leaves the defaults where too few people can be asked', async () => {
    const few = await settingsFromData(interactionsOf(some.slice(0, 20)), small);
    assert.deepEqual(few, { settings: {}, trials: [], people: 20 });
  });

  test('takes no neighbours where there is no memory for them', async () => {
    const fits = async (/** @type {{ neighbours?: number }} */ { neighbours = 0 }) => neighbours === 0;
    const { trials } = await settingsFromData(data, small, { fits });
    assert.equal(trials.length, 3);
  });

  test('refuses what is no data, and ends with the reason of an abort', async () => {
    await failsWith(() => settingsFromData(/** @type {any} */ (null)), 'BAD_ARGUMENT');
    await failsWith(() => settingsFromData(data, { dim: 0 }), 'BAD_ARGUMENT');
    const reason = new Error('enough');
    await assert.rejects(settingsFromData(data, small, { signal: AbortSignal.abort(reason) }), reason);
  });
});
