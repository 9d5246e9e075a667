// Owns the tests of the ridge system as it is read in JavaScript: it is that of the core. Must not test what
// is made of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { recency } from '../../../dist/learn.js';
import { vectorsOf } from '../../../web/core/kernel.js';
import { addOuter, cholesky, packedSize, solveLower, solveUpper } from '../../../web/core/packed.js';
import { precisionOf, systemOf } from '../../../web/model/system.js';
import { failure, historyOf, openSmallModel, seeded, smallModel } from '../../support.js';

/** @import { Profile } from '../../../web/model/profile.js' */

/**
 * What each event adds to the score of an item of one vector: pull v_i^T M^-1 v_j.
 * @param {Profile} profile
 * @param {string} item
 */
function contributionsOf(profile, item) {
  const { matrix, dim, vectors, pulls, summaries } = precisionOf(profile);
  const { model } = profile;
  const index = /** @type {number} */ (model.indexOf(item));
  const l = cholesky(matrix.slice(), dim);
  const x = solveUpper(l, solveLower(l, Float64Array.from(vectorsOf(model.kernel, index, 1))));
  const rows = Array.from(pulls, (pull, row) =>
    x.reduce((sum, value, d) => sum + pull * value * vectors[row * dim + d], 0),
  );
  return { events: rows.slice(summaries), remembered: rows.slice(0, summaries).reduce((a, b) => a + b, 0) };
}

/** @param {Profile} profile of one persona */
function agrees(profile) {
  const { model } = profile;
  const known = profile.history.filter(({ item }) => model.has(item)).map(({ item }) => item);
  for (const item of model.ids().filter((_, j) => j % 7 === 0)) {
    const { events, remembered } = contributionsOf(profile, item);
    const { explanation } = profile.explain(item);
    assert.ok(Math.abs(remembered - explanation.remembered) < 1e-5, `${item}: remembered`);
    for (const { item: because, contribution } of explanation.contributions) {
      const mine = events[known.indexOf(because)];
      assert.ok(Math.abs(mine - contribution) < 1e-5, `${item}, ${because}: ${mine}, ${contribution}`);
    }
    assert.equal(explanation.contributions.length, known.length);
  }
}

const weighted = historyOf(3).map((event, i) => ({
  ...event,
  weight: 0.25 + (i % 4),
  preference: i % 3 === 2 ? -0.5 : 1,
}));

test('M is that of the core: its parts of a score are those of explain', async () => {
  for (const options of [
    {},
    { vectors: /** @type {const} */ ('int8') },
    { alpha: 0.02, lambda: 0.3, popularityDamping: 0.4, itemDamping: 0.5 },
  ]) {
    const model = await openSmallModel(options);
    agrees(model.createProfile(historyOf(0), { personas: 1 }));
    agrees(model.createProfile([...weighted, 'nobody knows this'], { personas: 1 }));
    agrees(model.createProfile([], { personas: 1 }));
  }
});

test('M counts what was forgotten and what time does', async () => {
  const model = await openSmallModel();
  const forgetful = model.createProfile(historyOf(1), { personas: 1 });
  forgetful.forget({ keep: 3 });
  assert.equal(precisionOf(forgetful).summaries, 1);
  agrees(forgetful);
  const aging = model.createProfile(historyOf(2), { personas: 1, recency: recency({ halfLife: 2 }) });
  assert.ok(new Set(precisionOf(aging).weights).size > 3, 'time does something');
  agrees(aging);
  // What is asked of the owners of the events is asked of the same fold.
  const many = model.createProfile(historyOf(2), { recency: recency({ halfLife: 2 }) });
  const { weights } = precisionOf(many);
  assert.ok(weights.every((w) => w > 0 && w <= 1));
});

test('the right side is the sum of the pulls, whatever the personas', async () => {
  const model = await openSmallModel();
  const several = precisionOf(model.createProfile(weighted));
  const one = precisionOf(model.createProfile(weighted, { personas: 1 }));
  assert.deepEqual(several, one);
  assert.equal(several.rhs.length, several.dim);
  assert.ok(several.mass > 0);
});

test('a system is read once, and not of a model that is gone', async () => {
  const model = await loadModel(await smallModel());
  const system = systemOf(model);
  assert.equal(systemOf(model), system);
  assert.equal(system.gram.length, packedSize(model.info.dim));
  assert.equal(system.items, model.info.items);
  const profile = model.createProfile(historyOf(0));
  model.dispose();
  assert.equal((await failure(() => systemOf(model))).code, 'DISPOSED');
  assert.equal((await failure(() => precisionOf(profile))).code, 'DISPOSED');
});

test('packed matrices are solved', () => {
  const random = seeded(5);
  const dim = 7;
  const a = new Float64Array(packedSize(dim));
  for (let r = 0; r < 9; r++)
    addOuter(
      a,
      1 + r,
      Float64Array.from({ length: dim }, () => random() - 0.5),
      dim,
    );
  const at = (/** @type {number} */ i, /** @type {number} */ j) =>
    a[packedSize(Math.max(i, j)) + Math.min(i, j)];
  const b = Float64Array.from({ length: dim }, () => random());
  const l = cholesky(a.slice(), dim);
  const x = solveUpper(l, solveLower(l, b.slice()));
  for (let i = 0; i < dim; i++)
    assert.ok(Math.abs(x.reduce((sum, value, j) => sum + at(i, j) * value, 0) - b[i]) < 1e-9);
  // What rounding has eaten stays finite.
  assert.ok(cholesky(new Float64Array(packedSize(3)), 3).every(Number.isFinite));
});
