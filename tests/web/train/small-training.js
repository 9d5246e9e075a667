// Owns what the tests of trainModel share: a few people, quick settings, and the same pairs in another order.
// Must not hold a test.
import { interactionsOf, people, seeded, shuffled, steady } from '../../support.js';

/** @typedef {import('../../../web/train.js').Interactions} Interactions */
export const small = { ...steady, dim: 8, sweeps: 3 };
export const few = people.slice(0, 80);
/** @type {Interactions} */ export const base = interactionsOf(few);
export const any = (/** @type {unknown} */ value) => /** @type {any} */ (value);

/**
 * The same pairs in another order, with users and items numbered otherwise.
 * @param {Interactions} given
 * @param {number} seed
 * @returns {Interactions}
 */
export function reordered(given, seed) {
  const random = seeded(seed);
  const users = shuffled(given.users, random);
  const items = shuffled(given.items, random);
  const userAt = new Map(users.map((id, i) => [id, i])),
    itemAt = new Map(items.map((id, i) => [id, i]));
  const order = shuffled(
    Array.from(given.user, (_, x) => x),
    random,
  );
  return {
    users,
    items,
    user: order.map((x) => Number(userAt.get(given.users[given.user[x]]))),
    item: order.map((x) => Number(itemAt.get(given.items[given.item[x]]))),
    ...(given.weight ? { weight: order.map((x) => /** @type {ArrayLike<number>} */ (given.weight)[x]) } : {}),
  };
}
