// Owns the canonical form of interactions: the same pairs in any order give the same arrays. Must not know
// text formats.
import { AMPCF_MAX_WEIGHT } from '../core/abi.js';
import { badArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { encodeId } from '../core/memory.js';

/**
 * @typedef {object} Interactions
 * @property {readonly string[]} users ids
 * @property {readonly string[]} items ids
 * @property {ArrayLike<number>} user (X) index into users
 * @property {ArrayLike<number>} item (X) index into items
 * @property {ArrayLike<number> | null} [weight] (X) in (0, 1024]; absent = all 1
 */
/**
 * @typedef {object} CanonicalInteractions rows by user id, items most popular first (ties by id), items
 *   increasing in a row
 * @property {number} users
 * @property {string[]} itemIds
 * @property {Uint32Array} offsets (U + 1)
 * @property {Uint32Array} items (X)
 * @property {Float32Array | null} weights (X)
 * @property {number} dropped interactions lost to minSupport
 */

/**
 * That there are arrays where interactions have them; what is in them is looked at by the training.
 * @param {Interactions} given
 * @returns {Interactions}
 */
export function interactionsArgument(given) {
  if (typeof given !== 'object' || given === null) throw badArgument('interactions', given, 'an object');
  for (const name of /** @type {const} */ (['users', 'items', 'user', 'item']))
    if (typeof given[name]?.length !== 'number')
      throw badArgument(`interactions.${name}`, given[name], 'an array');
  return given;
}

/**
 * The events of two sets together; of a pair in both the second weight counts. Where the first has weights
 * and the second none, its events weigh 1.
 * @param {Interactions} first
 * @param {Interactions} second
 * @returns {Interactions}
 */
export function joinInteractions(first, second) {
  const users = [...new Set([...first.users, ...second.users])];
  const items = [...new Set([...first.items, ...second.items])];
  const userAt = new Map(users.map((id, u) => [id, u]));
  const itemAt = new Map(items.map((id, j) => [id, j]));
  const parts = [first, second];
  const join = (/** @type {(part: Interactions) => number[]} */ of) => parts.map(of).flat();
  return {
    users,
    items,
    user: join((part) => Array.from(part.user, (u) => Number(userAt.get(part.users[u])))),
    item: join((part) => Array.from(part.item, (j) => Number(itemAt.get(part.items[j])))),
    weight: first.weight
      ? join(({ user, weight }) => Array.from(user, (_, x) => (weight ? weight[x] : 1)))
      : null,
  };
}

const byText = (/** @type {string} */ a, /** @type {string} */ b) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * @param {number} n interactions
 * @param {number} support
 */
const nothingLeft = (n, support) =>
  new AmpcfError(
    'NO_DATA',
    `no interactions left: got ${n}, wanted at least one item used by ${support} people ` +
      '(minSupport, --min-support)',
  );

/**
 * @param {Interactions} given
 * @param {number} minSupport
 * @returns {CanonicalInteractions}
 */
export function canonicalInteractions({ users, items, user, item, weight }, minSupport) {
  checkIds('users', users);
  checkIds('items', items);
  for (const [name, list] of Object.entries({ user, item, weight: weight ?? [] }))
    if (typeof list?.length !== 'number')
      throw badArgument(`interactions.${name}`, list, 'an array of numbers');
  const n = user.length;
  if (item.length !== n || (weight && weight.length !== n))
    throw new AmpcfError(
      'BAD_ARGUMENT',
      `interactions: got ${n} users, ${item.length} items and ${weight?.length ?? 'no'} weights, ` +
        'wanted as many of each',
    );
  const people = lastOfEachPair(user, item, users.length, items.length);
  const support = new Uint32Array(items.length);
  for (const rows of people) for (const x of rows) support[item[x]]++;

  const kept = Array.from(items.keys())
    .filter((j) => support[j] >= Math.max(1, minSupport))
    .sort((a, b) => support[b] - support[a] || byText(items[a], items[b]));
  const newIndex = new Int32Array(items.length).fill(-1);
  kept.forEach((j, at) => {
    newIndex[j] = at;
  });
  const order = Array.from(users.keys()).sort((a, b) => byText(users[a], users[b]));
  const rows = order
    .map((u) =>
      people[u].filter((x) => newIndex[item[x]] >= 0).sort((a, b) => newIndex[item[a]] - newIndex[item[b]]),
    )
    .filter((list) => list.length > 0);
  if (rows.length === 0) throw nothingLeft(n, Math.max(1, minSupport));
  const before = people.reduce((sum, list) => sum + list.length, 0),
    packed = packRows(rows, { item, weight, newIndex });
  return {
    users: rows.length,
    itemIds: kept.map((j) => items[j]),
    dropped: before - packed.items.length,
    ...packed,
  };
}

/**
 * An id that stands twice would be two people, or two items: support would be counted wrong.
 * @param {string} name
 * @param {readonly string[]} ids
 */
function checkIds(name, ids) {
  if (!Array.isArray(ids)) throw badArgument(`interactions.${name}`, ids, 'an array of ids');
  const wrong = ids.findIndex((id) => typeof id !== 'string');
  if (wrong >= 0) throw badArgument(`interactions.${name}[${wrong}]`, ids[wrong], 'a string');
  ids.forEach(encodeId);
  if (new Set(ids).size !== ids.length)
    throw new AmpcfError('BAD_IDS', `interactions.${name}: got an id twice, wanted distinct ids`);
}

/**
 * For each user the last interaction with each item. Not one Map of all pairs: a Map of V8 holds 2^24 at
 * most.
 * @param {ArrayLike<number>} user
 * @param {ArrayLike<number>} item
 * @param {number} nUsers
 * @param {number} nItems
 * @returns {Uint32Array[]}
 */
function lastOfEachPair(user, item, nUsers, nItems) {
  const counts = new Uint32Array(nUsers),
    lastOf = new Int32Array(nItems).fill(-1);
  for (let x = 0; x < user.length; x++) {
    if (!isIndex(user[x], nUsers))
      throw badArgument(`user of interaction ${x}`, user[x], `an index below ${nUsers}`);
    if (!isIndex(item[x], nItems))
      throw badArgument(`item of interaction ${x}`, item[x], `an index below ${nItems}`);
    counts[user[x]]++;
  }
  const lists = Array.from(counts, (count) => new Uint32Array(count));
  for (let x = user.length - 1; x >= 0; x--) lists[user[x]][--counts[user[x]]] = x;
  return lists.map((list) => {
    for (const x of list) lastOf[item[x]] = x;
    return list.filter((x) => lastOf[item[x]] === x);
  });
}

/**
 * @param {unknown} value
 * @param {number} n
 */
function isIndex(value, n) {
  return Number.isInteger(value) && /** @type {number} */ (value) >= 0 && /** @type {number} */ (value) < n;
}

/**
 * @param {Uint32Array[]} rows
 * @param {{ item: ArrayLike<number>, weight?: ArrayLike<number> | null, newIndex: Int32Array }} from
 */
function packRows(rows, { item, weight, newIndex }) {
  const offsets = new Uint32Array(rows.length + 1);
  rows.forEach((list, u) => {
    offsets[u + 1] = offsets[u] + list.length;
  });
  const items = new Uint32Array(offsets[rows.length]),
    weights = weight ? new Float32Array(items.length) : null;
  let at = 0;
  for (const list of rows)
    for (const x of list) {
      items[at] = newIndex[item[x]];
      // The core counts in single precision, where a tiny weight is 0.
      if (
        weight &&
        (typeof weight[x] !== 'number' || !(Math.fround(weight[x]) > 0 && weight[x] <= AMPCF_MAX_WEIGHT))
      )
        throw badArgument(
          `weight of interaction ${x}`,
          weight[x],
          `a number above 0 and at most ${AMPCF_MAX_WEIGHT}`,
        );
      if (weights && weight) weights[at] = weight[x];
      at++;
    }
  return { offsets, items, weights };
}
