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
  const n = first.user.length;
  const all = n + second.user.length;
  const user = new Uint32Array(all);
  const item = new Uint32Array(all);
  const weight = first.weight ? new Float64Array(all).fill(1) : null;
  for (const [part, from] of /** @type {const} */ ([
    [first, 0],
    [second, n],
  ])) {
    const newUser = part.users.map((id) => Number(userAt.get(id)));
    const newItem = part.items.map((id) => Number(itemAt.get(id)));
    for (let x = 0; x < part.user.length; x++) {
      user[from + x] = newUser[part.user[x]];
      item[from + x] = newItem[part.item[x]];
      if (weight && part.weight) weight[from + x] = part.weight[x];
    }
  }
  return { users, items, user, item, weight };
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
  for (const x of people.rows) support[item[x]]++;

  const kept = Array.from(items.keys())
    .filter((j) => support[j] >= Math.max(1, minSupport))
    .sort((a, b) => support[b] - support[a] || byText(items[a], items[b]));
  const newIndex = new Int32Array(items.length).fill(-1);
  kept.forEach((j, at) => {
    newIndex[j] = at;
  });
  const order = Array.from(users.keys()).sort((a, b) => byText(users[a], users[b]));
  const packed = packRows(people, order, { item, weight, newIndex });
  if (packed.items.length === 0) throw nothingLeft(n, Math.max(1, minSupport));
  return {
    users: packed.offsets.length - 1,
    itemIds: kept.map((j) => items[j]),
    dropped: people.rows.length - packed.items.length,
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
 * @typedef {object} PeoplesRows
 * @property {Uint32Array} offsets (U + 1) where the rows of a person begin
 * @property {Uint32Array} rows numbers of interactions
 */

/**
 * For each user the last interaction with each item, in their order. Not one Map of all pairs: a Map of V8
 * holds 2^24 at most. Nor an array a person: there may be millions.
 * @param {ArrayLike<number>} user
 * @param {ArrayLike<number>} item
 * @param {number} nUsers
 * @param {number} nItems
 * @returns {PeoplesRows}
 */
export function lastOfEachPair(user, item, nUsers, nItems) {
  const offsets = new Uint32Array(nUsers + 1);
  for (let x = 0; x < user.length; x++) {
    if (!isIndex(user[x], nUsers))
      throw badArgument(`user of interaction ${x}`, user[x], `an index below ${nUsers}`);
    if (!isIndex(item[x], nItems))
      throw badArgument(`item of interaction ${x}`, item[x], `an index below ${nItems}`);
    offsets[user[x] + 1]++;
  }
  for (let u = 0; u < nUsers; u++) offsets[u + 1] += offsets[u];
  const rows = new Uint32Array(user.length);
  const next = offsets.slice();
  for (let x = 0; x < user.length; x++) rows[next[user[x]]++] = x;
  return { offsets, rows: rows.subarray(0, leaveLast(offsets, rows, item, nItems)) };
}

/**
 * Leaves of each pair the last row, in place.
 * @param {Uint32Array} offsets changed
 * @param {Uint32Array} rows changed
 * @param {ArrayLike<number>} item
 * @param {number} nItems
 * @returns {number} how many rows are left
 */
function leaveLast(offsets, rows, item, nItems) {
  const lastOf = new Uint32Array(nItems);
  let left = 0;
  for (let u = 0, from = 0; u + 1 < offsets.length; u++) {
    const to = offsets[u + 1];
    for (let k = from; k < to; k++) lastOf[item[rows[k]]] = rows[k];
    for (let k = from; k < to; k++) if (lastOf[item[rows[k]]] === rows[k]) rows[left++] = rows[k];
    from = to;
    offsets[u + 1] = left;
  }
  return left;
}

/**
 * @param {unknown} value
 * @param {number} n
 */
function isIndex(value, n) {
  return Number.isInteger(value) && /** @type {number} */ (value) >= 0 && /** @type {number} */ (value) < n;
}

/**
 * The rows of people in the order given, without items that are left out and people who keep none.
 * @param {PeoplesRows} people
 * @param {readonly number[]} order
 * @param {{ item: ArrayLike<number>, weight?: ArrayLike<number> | null, newIndex: Int32Array }} from
 */
function packRows({ offsets: starts, rows }, order, { item, weight, newIndex }) {
  let kept = 0;
  for (const x of rows) if (newIndex[item[x]] >= 0) kept++;
  const offsets = new Uint32Array(order.length + 1);
  const items = new Uint32Array(kept);
  const weights = weight ? new Float32Array(kept) : null;
  const rowOf = new Uint32Array(newIndex.length);
  let at = 0;
  let people = 0;
  for (const u of order) {
    const from = at;
    for (let k = starts[u]; k < starts[u + 1]; k++) {
      const j = newIndex[item[rows[k]]];
      if (j < 0) continue;
      items[at++] = j;
      rowOf[j] = rows[k];
    }
    if (at === from) continue;
    items.subarray(from, at).sort();
    if (weight && weights) for (let k = from; k < at; k++) weights[k] = weightOf(weight, rowOf[items[k]]);
    offsets[++people] = at;
  }
  return { offsets: offsets.slice(0, people + 1), items, weights };
}

/**
 * @param {ArrayLike<number>} weight
 * @param {number} x
 */
function weightOf(weight, x) {
  // The core counts in single precision, where a tiny weight is 0.
  if (typeof weight[x] === 'number' && Math.fround(weight[x]) > 0 && weight[x] <= AMPCF_MAX_WEIGHT)
    return weight[x];
  throw badArgument(
    `weight of interaction ${x}`,
    weight[x],
    `a number above 0 and at most ${AMPCF_MAX_WEIGHT}`,
  );
}
