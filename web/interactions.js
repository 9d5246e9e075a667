// Owns the canonical form of interactions: the same pairs in any order give the same arrays. Must not know text formats.
import { badArgument } from './arguments.js';
import { AmpcfError } from './errors.js';
import { encodeId } from './memory.js';

/**
 * @typedef {object} Interactions
 * @property {readonly string[]} users ids
 * @property {readonly string[]} items ids
 * @property {ArrayLike<number>} user (X) index into users
 * @property {ArrayLike<number>} item (X) index into items
 * @property {ArrayLike<number> | null} [weight] (X) in (0, 1024]; absent = all 1
 */
/**
 * @typedef {object} CanonicalInteractions rows by user id, items most popular first (ties by id), items increasing in a row
 * @property {number} users
 * @property {string[]} itemIds
 * @property {Uint32Array} offsets (U + 1)
 * @property {Uint32Array} items (X)
 * @property {Float32Array | null} weights (X)
 * @property {number} dropped interactions lost to minSupport
 */

const byText = (/** @type {string} */ a, /** @type {string} */ b) => (a < b ? -1 : a > b ? 1 : 0);

/** @param {Interactions} given @param {number} minSupport @returns {CanonicalInteractions} */
export function canonicalInteractions({ users, items, user, item, weight }, minSupport) {
  checkIds('users', users);
  checkIds('items', items);
  for (const [name, list] of Object.entries({ user, item, weight: weight ?? [] }))
    if (typeof list?.length !== 'number') throw badArgument(`interactions.${name}`, list, 'an array of numbers');
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

/** An id that stands twice would be two people, or two items: support would be counted wrong. @param {string} name @param {readonly string[]} ids */
function checkIds(name, ids) {
  if (!Array.isArray(ids)) throw badArgument(`interactions.${name}`, ids, 'an array of ids');
  const wrong = ids.findIndex((id) => typeof id !== 'string');
  if (wrong >= 0) throw badArgument(`interactions.${name}[${wrong}]`, ids[wrong], 'a string');
  ids.forEach(encodeId);
  if (new Set(ids).size !== ids.length) throw new AmpcfError('BAD_IDS', `interactions.${name}: got an id twice, wanted distinct ids`);
}

/** Index of the last interaction of each (user, item). @param {ArrayLike<number>} user @param {ArrayLike<number>} item @param {number} nUsers @param {number} nItems */
function lastOfEachPair(user, item, nUsers, nItems) {
  const last = new Map();
  for (let x = 0; x < user.length; x++) {
    if (!isIndex(user[x], nUsers)) throw badArgument(`user of interaction ${x}`, user[x], `an index below ${nUsers}`);
    if (!isIndex(item[x], nItems)) throw badArgument(`item of interaction ${x}`, item[x], `an index below ${nItems}`);
    last.set(user[x] * nItems + item[x], x);
  }
  return [...last.values()];
}

/** @param {unknown} value @param {number} n */
function isIndex(value, n) {
  return Number.isInteger(value) && /** @type {number} */ (value) >= 0 && /** @type {number} */ (value) < n;
}

/** @param {number[]} rows @param {{ user: ArrayLike<number>, item: ArrayLike<number>, weight?: ArrayLike<number> | null, newIndex: Int32Array }} from */
function toRows(rows, { user, item, weight, newIndex }) {
  const items = new Uint32Array(rows.length), weights = weight ? new Float32Array(rows.length) : null;
  const starts = [0];
  rows.forEach((x, at) => {
    if (at > 0 && user[x] !== user[rows[at - 1]]) starts.push(at);
    items[at] = newIndex[item[x]];
    if (!weights || !weight) return;
    // The core counts in single precision, where a tiny weight is 0.
    if (typeof weight[x] !== 'number' || !(Math.fround(weight[x]) > 0 && weight[x] <= 1024)) throw badArgument(`weight of interaction ${x}`, weight[x], 'a number above 0 and at most 1024');
    weights[at] = weight[x];
  });
  return { users: starts.length, offsets: Uint32Array.from([...starts, rows.length]), items, weights };
}
