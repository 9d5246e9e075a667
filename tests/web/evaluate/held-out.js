// Owns what the tests of `ampcf/evaluate` share: histories with a part held out, and a model of the rest.
// Must not hold a test.
import assert from 'node:assert/strict';
import { loadModel } from '../../../dist/ampcf.js';
import { trainModel } from '../../../dist/train.js';
import { people } from '../../support.js';

/**
 * @param {[string, string[]][]} lists
 * @returns {import('../../../web/train.js').Interactions}
 */
export function interactions(lists) {
  const users = [...new Set(lists.map(([user]) => user))];
  const items = [...new Set(lists.flatMap(([, list]) => list))];
  const pairs = lists.flatMap(([user, list]) =>
    list.map((item) => [users.indexOf(user), items.indexOf(item)]),
  );
  return { users, items, user: pairs.map(([u]) => u), item: pairs.map(([, j]) => j) };
}

export const near = (
  /** @type {number} */ got,
  /** @type {number} */ wanted,
  /** @type {string} */ what,
  within = 1e-9,
) => assert.ok(Math.abs(got - wanted) <= within, `${what}: got ${got}, wanted ${wanted}`);
export const timeless = (
  /** @type {import('../../../web/evaluate.js').Evaluation} */ { seconds, ...rest },
) => {
  assert.ok(seconds > 0);
  return rest;
};

/** @type {[string, string[]][]} */
export const all = people.map(({ history }, u) => [`u${u}`, history.map(({ item }) => item)]);
export const part = (/** @type {(i: number) => boolean} */ keep) =>
  /** @type {[string, string[]][]} */ (all.map(([user, list]) => [user, list.filter((_, i) => keep(i))]));
export const historyLists = part((i) => i % 5 < 3);
export const validation = interactions(part((i) => i % 5 === 3));
export const testLists = part((i) => i % 5 === 4);
export const history = interactions(historyLists);
export const heldOut = interactions(testLists);
export const seen = new Map(historyLists);
export const wanted = new Map(testLists);
/** Of the history alone. */
export const model = await loadModel(
  (await trainModel(history, { dim: 12, sweeps: 5, minSupport: 1 })).bytes,
);

/**
 * Recall@10 and NDCG@10 of one person, counted by hand.
 * @param {string[]} history
 * @param {string[]} list what the person took next
 */
export function figuresByHand(history, list) {
  const top = model
    .createProfile(history)
    .recommend({ topK: 10, proportional: 0 })
    .items.map(({ item }) => item);
  const ranks = list.map((item) => top.indexOf(item)).filter((rank) => rank >= 0);
  const gain = (/** @type {number} */ sum, /** @type {number} */ rank) => sum + 1 / Math.log2(rank + 2);
  const ideal = list.slice(0, 10).map((_, i) => i);
  return { recall: ranks.length / list.length, ndcg: ranks.reduce(gain, 0) / ideal.reduce(gain, 0), top };
}
