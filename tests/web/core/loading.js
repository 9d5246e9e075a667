// Owns what the tests of loadModel share: a small model, what it ranks, and the proof that a source gives it.
// Must not hold a test.
import assert from 'node:assert/strict';
import { Model, loadModel } from '../../../dist/ampcf.js';
import { golden, historyOf, smallModel } from '../../support.js';

export const bytes = await smallModel();

/** @param {Model} model */
export const rankingOf = (model) => golden(model.createProfile(historyOf(0)).recommend({ topK: 50 }));

/** What it recommends: 50 items with their scores. */
export const expected = rankingOf(await loadModel(bytes));
assert.equal(expected.length, 50);

/**
 * Loads, ranks as it should, and gives the model back.
 * @param {any} source
 * @param {any} [options]
 */
export async function loadsFrom(source, options) {
  const model = await loadModel(source, options);
  assert.ok(model instanceof Model);
  assert.deepEqual(rankingOf(model), expected);
  assert.equal(model.info.bytes, bytes.length);
  return model;
}

/**
 * @param {Uint8Array} all
 * @param {number} [chunk]
 */
export const streamOf = (all, chunk = 1000) =>
  new ReadableStream({
    start(controller) {
      for (let at = 0; at < all.length; at += chunk) controller.enqueue(all.slice(at, at + chunk));
      controller.close();
    },
  });

export const withBytes = (/** @type {(copy: Uint8Array) => void} */ change) => {
  const copy = bytes.slice();
  change(copy);
  return copy;
};
