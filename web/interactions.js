// Owns the canonical form of interactions: the same pairs in any order give the same arrays. Must not know text formats.
import { AmpcfError } from './errors.js';

/**
 * @typedef {object} Interactions
 * @property {readonly string[]} users ids @property {readonly string[]} items ids
 * @property {ArrayLike<number>} user (X) index into users @property {ArrayLike<number>} item (X) index into items
 * @property {ArrayLike<number> | null} [weight] (X) in (0, 1024]; absent = all 1
 */
/**
 * @typedef {object} CanonicalInteractions rows by user id, items most popular first (ties by id), items increasing in a row
 * @property {number} users @property {string[]} itemIds @property {Uint32Array} offsets (U + 1) @property {Uint32Array} items (X)
 * @property {Float32Array | null} weights (X) @property {number} dropped interactions lost to minSupport
 */

const byText = (/** @type {string} */ a, /** @type {string} */ b) => (a < b ? -1 : a > b ? 1 : 0);

/** @param {Interactions} given @param {number} minSupport @returns {CanonicalInteractions} */
export function canonicalInteractions({ users, items, user, item, weight }, minSupport) {
  const n = user.length;
  if (item.length !== n || (weight && weight.length !== n))
    throw new AmpcfError('BAD_ARGUMENT', `interactions: got ${n} users, ${item.length} items and ${weight?.length ?? 'no'} weights, wanted as many of each`);
  const last = lastOfEachPair(user, item, users.length, items.length);
  const support = new Uint32Array(items.length);
  for (const x of last) support[item[x]]++;

  const kept = Array.from(items.keys()).filter((j) => support[j] >= Math.max(1, minSupport))
    .sort((a, b) => support[b] - support[a] || byText(items[a], items[b]));
  const newIndex = new Int32Array(items.length).fill(-1);
  kept.forEach((j, at) => { newIndex[j] = at; });
  const rows = last.filter((x) => newIndex[item[x]] >= 0);
  if (rows.length === 0) throw new AmpcfError('NO_DATA', `no interactions left: got ${n}, wanted at least one item used by ${Math.max(1, minSupport)} people`);

  const order = Array.from(users.keys()).sort((a, b) => byText(users[a], users[b]));
  const userRank = new Uint32Array(users.length);
  order.forEach((u, at) => { userRank[u] = at; });
  rows.sort((a, b) => userRank[user[a]] - userRank[user[b]] || newIndex[item[a]] - newIndex[item[b]]);
  return { itemIds: kept.map((j) => items[j]), dropped: last.length - rows.length, ...toRows(rows, { user, item, weight, newIndex }) };
}

/** Index of the last interaction of each (user, item). @param {ArrayLike<number>} user @param {ArrayLike<number>} item @param {number} nUsers @param {number} nItems */
function lastOfEachPair(user, item, nUsers, nItems) {
  const last = new Map();
  for (let x = 0; x < user.length; x++) {
    if (!(user[x] >= 0 && user[x] < nUsers && item[x] >= 0 && item[x] < nItems))
      throw new AmpcfError('BAD_ARGUMENT', `interaction ${x}: got user ${user[x]}, item ${item[x]}, wanted indices below ${nUsers} and ${nItems}`);
    last.set(user[x] * nItems + item[x], x);
  }
  return [...last.values()];
}

/** @param {number[]} rows @param {{ user: ArrayLike<number>, item: ArrayLike<number>, weight?: ArrayLike<number> | null, newIndex: Int32Array }} from */
function toRows(rows, { user, item, weight, newIndex }) {
  const items = new Uint32Array(rows.length), weights = weight ? new Float32Array(rows.length) : null;
  const starts = [0];
  rows.forEach((x, at) => {
    if (at > 0 && user[x] !== user[rows[at - 1]]) starts.push(at);
    items[at] = newIndex[item[x]];
    if (!weights || !weight) return;
    weights[at] = weight[x];
    if (!(weights[at] > 0 && weights[at] <= 1024)) throw new AmpcfError('BAD_ARGUMENT', `weight ${x}: got ${weight[x]}, wanted above 0 and at most 1024`);
  });
  return { users: starts.length, offsets: Uint32Array.from([...starts, rows.length]), items, weights };
}
