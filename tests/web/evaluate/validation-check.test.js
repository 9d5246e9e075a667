// Owns the tests of checkValidation: popularity's figures, the shift between training and validation.
// Must not judge how good a model is.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { checkValidation, evaluateModel } from '../../../dist/evaluate.js';
import { trainModel } from '../../../dist/train.js';
import { failsWith } from '../../support.js';
import { history, interactions, model, near, validation } from './held-out.js';

/** @import { ValidationCheck } from '../../../web/evaluate.js' */

/** @param {ValidationCheck} check */
const shiftIn = ({ shift }) => {
  assert.ok(shift);
  return shift;
};

describe('checkValidation', () => {
  test('has the figures of the baseline popularity', async () => {
    const { popularity, events } = await checkValidation(model, history, validation);
    assert.ok(events.heldOut > 0 && events.unknown >= 0 && events.unknown <= events.heldOut);
    const { baselines } = await evaluateModel(model, {
      history,
      test: validation,
      k: [20],
      resamples: 1,
      baselines: ['popularity'],
    });
    assert.equal(popularity.metrics['ndcg@20'], baselines.popularity?.metrics['ndcg@20']);
    assert.equal(popularity.metrics['recall@20'], baselines.popularity?.metrics['recall@20']);
  });

  test('counts popularity without the person, and finds the nearest of the history', async () => {
    // a: 4 people, b: 3, c: 2, d: 2 in the training.
    const given = interactions([
      ['u', ['a', 'b']],
      ['v', ['a', 'b', 'c']],
      ['w', ['a', 'b', 'd']],
      ['x', ['a', 'c', 'd']],
    ]);
    const held = interactions([['u', ['c', 'd', 'nobody knows it']]]);
    const { bytes } = await trainModel(given, { dim: 4, sweeps: 4, minSupport: 1 });
    const small = await loadModel(bytes);
    const check = await checkValidation(small, given, held);
    assert.deepEqual(check.events, { heldOut: 3, unknown: 1 });
    const { people, popularity, nearness } = shiftIn(check);
    assert.equal(people, 1);
    near(popularity.heldOut, Math.log(2), 'both are of two people');
    assert.ok([3, 2].some((others) => Math.abs(popularity.leftOut - Math.log(others)) < 1e-9));
    near(popularity.ratio, Math.exp(popularity.heldOut - popularity.leftOut), 'ratio');
    for (const value of Object.values(nearness)) assert.ok(value >= -1 && value <= 1 + 1e-9);
    assert.deepEqual(shiftIn(await checkValidation(small, given, held)).popularity, popularity);
  });

  test('sees that what was held out is rarer, or is not', async () => {
    const counts = new Map();
    for (const j of Array.from(history.item)) counts.set(j, (counts.get(j) ?? 0) + 1);
    const middle = [...counts.values()].sort((a, b) => a - b)[Math.floor(counts.size / 2)];
    const rare = (/** @type {boolean} */ wanted) => {
      const keep = Array.from(validation.item, (j, x) => ({
        x,
        n: counts.get(history.items.indexOf(validation.items[j])) ?? 0,
      }))
        .filter(({ n }) => n > 0 && n < middle === wanted)
        .map(({ x }) => x);
      return {
        ...validation,
        user: keep.map((x) => validation.user[x]),
        item: keep.map((x) => validation.item[x]),
      };
    };
    const [low, high] = await Promise.all(
      [true, false].map(async (wanted) => shiftIn(await checkValidation(model, history, rare(wanted)))),
    );
    assert.ok(low.popularity.ratio < 0.8 && high.popularity.ratio > 1.2);
    const alike = shiftIn(await checkValidation(model, history, validation));
    assert.ok(Math.abs(Math.log(alike.popularity.ratio)) < 3 * alike.popularity.standardError);
  });

  test('refuses what is no model, and has no shift where nobody can be asked', async () => {
    await failsWith(
      () => checkValidation(/** @type {any} */ ({}), history, validation),
      'BAD_ARGUMENT',
      /^model/,
    );
    await failsWith(() => checkValidation(model, history, history), 'NO_DATA');
    await failsWith(() => checkValidation(model, history, validation, { seed: -1 }), 'BAD_ARGUMENT', /^seed/);
    const unknown = interactions([['u0', ['nobody knows it']]]);
    assert.equal((await checkValidation(model, history, unknown)).shift, null);
  });
});
