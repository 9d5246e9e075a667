// Owns what is checked of given vectors, and the order in which a file has them. Must not touch wasm or
// settings.
import { AMPCF_MAX_DIM, FORMAT_MAX_ID_BYTES } from '../core/abi.js';
import { badArgument, itemId } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { encodeId } from '../core/memory.js';
import { canonicalInteractions, interactionsArgument } from './interactions.js';

/** @import { Interactions } from './interactions.js' */
/**
 * @typedef {object} GivenVectors
 * @property {readonly (string | number)[]} ids (N) distinct; numbers are taken as their decimal text
 * @property {ArrayLike<number> | ArrayLike<ArrayLike<number>>} vectors N x D numbers, row after row in one
 *   array, or N arrays of D; finite and at most 2^20. Float32Array is kept bit for bit, others are rounded to
 *   it; what is below 2^-126 becomes 0
 * @property {number} dim D, 1 to 1024
 * @property {ArrayLike<number>} [popularity] (N) how many people used each item, whole numbers; with it items
 *   stand in order of popularity, without it as given
 * @property {number} [users] people in all, at least the largest popularity, which is the default
 * @property {Interactions} [interactions] who used what, in place of `popularity` and `users`; items without
 *   a vector are left out
 * @property {ArrayLike<number>} [itemBias] (N) what the trainer adds to the score of each item, in place of
 *   popularity
 * @property {ArrayLike<number>} [itemWeights] (N) q_j of src/FORMAT.md, 2^-20 to 2^20
 * @property {ArrayLike<number>} [itemTargets] (N) t_j likewise
 */
/**
 * @typedef {object} CheckedVectors in the order of the file
 * @property {string[]} ids
 * @property {number} dim
 * @property {Float32Array} vectors (N, D)
 * @property {Uint32Array | undefined} people (N)
 * @property {number} users
 * @property {number} interactions sum of popularity
 * @property {number} outside interactions with items that have no vector
 * @property {Float32Array | undefined} bias (N)
 * @property {Float32Array | undefined} weights (N)
 * @property {Float32Array | undefined} targets (N)
 * @property {string[]} zeros ids of vectors that are all 0
 */

const leastNormal = 2 ** -126;
/** Most that a file holds of any number. */
const mostNumber = 2 ** 20;
const leastWeight = 2 ** -20;
const mostPeople = 2 ** 26;

/**
 * @param {unknown} ids
 * @returns {string[]}
 */
export function checkedIds(ids) {
  if (!Array.isArray(ids)) throw badArgument('ids', ids, 'an array of item ids');
  if (ids.length === 0) throw badArgument('ids', 'none', 'at least one');
  const texts = ids.map(itemId);
  texts.forEach((id, i) => {
    const { length } = encodeId(id);
    if (length === 0 || length > FORMAT_MAX_ID_BYTES || id.includes('\0'))
      throw badArgument(`ids[${i}]`, id, `an id of 1 to ${FORMAT_MAX_ID_BYTES} bytes without NUL`);
  });
  const first = new Map();
  texts.forEach((id, i) => {
    if (first.has(id))
      throw new AmpcfError(
        'BAD_IDS',
        `ids: got ${JSON.stringify(id.slice(0, 80))} twice, at ${first.get(id)} and ${i}, ` +
          'wanted distinct ids',
      );
    first.set(id, i);
  });
  return texts;
}

/**
 * The numbers row after row.
 * @param {any} vectors
 * @param {number} n
 * @param {number} dim
 * @returns {ArrayLike<number>}
 */
function flat(vectors, n, dim) {
  if (typeof vectors !== 'object' || typeof vectors?.length !== 'number')
    throw badArgument('vectors', vectors, 'an array of numbers, or of arrays of numbers');
  if (vectors.length > 0 && typeof vectors[0] === 'object' && vectors[0] !== null) {
    if (vectors.length !== n) throw badArgument('vectors', `${vectors.length} rows`, `${n}, one for each id`);
    const all = new Float64Array(n * dim);
    for (let j = 0; j < n; j++) {
      if (vectors[j]?.length !== dim)
        throw badArgument(`vectors[${j}]`, `${vectors[j]?.length} numbers`, `${dim}, as dim says`);
      for (let d = 0; d < dim; d++)
        all[j * dim + d] = checkedNumber(vectors[j][d], () => `vectors[${j}][${d}]`);
    }
    return all;
  }
  if (vectors.length !== n * dim)
    throw badArgument('vectors', `${vectors.length} numbers`, `${n * dim}: ${n} ids x dim ${dim}`);
  return vectors;
}

/**
 * @param {unknown} x
 * @param {() => string} name
 * @returns {number}
 */
function checkedNumber(x, name) {
  if (!(typeof x === 'number' && Math.abs(x) <= mostNumber))
    throw badArgument(name(), x, 'a finite number of at most 2^20');
  return x;
}

/**
 * Rows in the order of the file, in single precision.
 * @param {ArrayLike<number>} given
 * @param {readonly string[]} ids as given
 * @param {Uint32Array} order
 * @param {number} dim
 */
function rowsOf(given, ids, order, dim) {
  const vectors = new Float32Array(order.length * dim);
  const zeros = [];
  for (let j = 0; j < order.length; j++) {
    let any = false;
    for (let d = 0; d < dim; d++) {
      const at = order[j] * dim + d,
        x = checkedNumber(given[at], () => `vector of ${JSON.stringify(ids[order[j]])}, number ${d}`);
      const kept = Math.abs(x) < leastNormal ? 0 : x;
      vectors[j * dim + d] = kept;
      any ||= kept !== 0;
    }
    if (!any) zeros.push(ids[order[j]]);
  }
  if (zeros.length === order.length)
    throw badArgument('vectors', 'nothing but zeros', 'at least one number that is not 0');
  return { vectors, zeros };
}

/**
 * How many people used each item, as given.
 * @param {GivenVectors} given
 * @param {readonly string[]} ids
 */
function popularityOf({ popularity, users, interactions }, ids) {
  if (interactions !== undefined) {
    if (popularity !== undefined || users !== undefined)
      throw badArgument('popularity and users', 'given', 'nothing beside interactions, which say both');
    return countedPopularity(interactions, ids);
  }
  if (popularity === undefined) {
    if (users !== undefined) throw badArgument('users', users, 'popularity with it');
    return { people: undefined, users: 0, outside: 0 };
  }
  if (typeof popularity?.length !== 'number' || popularity.length !== ids.length)
    throw badArgument('popularity', `${popularity?.length} numbers`, `${ids.length}, one for each id`);
  const people = Uint32Array.from({ length: ids.length }, (_, j) => {
    const count = popularity[j];
    if (!(Number.isInteger(count) && count >= 0 && count <= mostPeople))
      throw badArgument(`popularity[${j}]`, count, 'a whole number of people');
    return count;
  });
  const most = people.reduce((a, b) => Math.max(a, b), 1);
  if (users !== undefined && !(Number.isInteger(users) && users >= most && users <= mostPeople))
    throw badArgument('users', users, `a whole number of people, at least ${most}: so many used one item`);
  return { people, users: users ?? most, outside: 0 };
}

/**
 * One id, to compare.
 * @param {readonly string[]} ids
 */
const shown = (ids) => (ids.length > 0 ? JSON.stringify(ids[0].slice(0, 80)) : 'none');

/**
 * The same of interactions: each pair counts once, and people count who used an item that has a vector.
 * @param {Interactions} interactions
 * @param {readonly string[]} ids
 */
function countedPopularity(interactions, ids) {
  const index = new Map(ids.map((id, j) => [id, j]));
  const { users, itemIds, offsets, items } = canonicalInteractions(interactionsArgument(interactions), 1);
  const there = itemIds.map((id) => index.get(id) ?? -1);
  const people = new Uint32Array(ids.length);
  let counted = 0;
  let outside = 0;
  for (let u = 0; u < users; u++) {
    const known = items.subarray(offsets[u], offsets[u + 1]).filter((j) => there[j] >= 0);
    for (const j of known) people[there[j]]++;
    if (known.length > 0) counted++;
    outside += offsets[u + 1] - offsets[u] - known.length;
  }
  if (counted === 0)
    throw new AmpcfError(
      'NO_DATA',
      `interactions: got none with an item of ids: ${shown(itemIds)} there, ${shown(ids)} here, ` +
        'wanted at least one',
    );
  return { people, users: counted, outside };
}

/**
 * Numbers of the items in the order of the file.
 * @param {string} name
 * @param {ArrayLike<number> | undefined} given
 * @param {Uint32Array} order
 * @param {number} least
 */
function perItem(name, given, order, least) {
  if (given === undefined) return undefined;
  if (typeof given?.length !== 'number' || given.length !== order.length)
    throw badArgument(name, `${given?.length} numbers`, `${order.length}, one for each id`);
  return Float32Array.from(order, (j) => {
    if (!(typeof given[j] === 'number' && given[j] >= least && given[j] <= mostNumber))
      throw badArgument(`${name}[${j}]`, given[j], `a number from ${least} to ${mostNumber}`);
    return Math.abs(given[j]) < leastNormal ? 0 : given[j];
  });
}

/**
 * Most popular first, ties by id; as given where nothing is known.
 * @param {readonly string[]} ids
 * @param {Uint32Array | undefined} people
 */
function orderOf(ids, people) {
  const order = Uint32Array.from(ids.keys());
  if (!people) return order;
  return order.sort((a, b) => people[b] - people[a] || (ids[a] < ids[b] ? -1 : 1));
}

/**
 * @param {GivenVectors} given
 * @returns {CheckedVectors}
 * @throws {AmpcfError} BAD_ARGUMENT, BAD_IDS, NO_DATA
 */
export function checkedVectors(given) {
  const { dim } = given;
  if (!(Number.isInteger(dim) && dim >= 1 && dim <= AMPCF_MAX_DIM))
    throw badArgument('dim', dim, `a whole number from 1 to ${AMPCF_MAX_DIM}`);
  const ids = checkedIds(given.ids);
  const numbers = flat(given.vectors, ids.length, dim);
  const { people, users, outside } = popularityOf(given, ids);
  const order = orderOf(ids, people);
  return {
    ids: Array.from(order, (j) => ids[j]),
    dim,
    ...rowsOf(numbers, ids, order, dim),
    people: people && Uint32Array.from(order, (j) => people[j]),
    users,
    interactions: people ? people.reduce((sum, count) => sum + count, 0) : 0,
    outside,
    bias: perItem('itemBias', given.itemBias, order, -mostNumber),
    weights: perItem('itemWeights', given.itemWeights, order, leastWeight),
    targets: perItem('itemTargets', given.itemTargets, order, leastWeight),
  };
}
