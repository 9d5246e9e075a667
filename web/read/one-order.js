// Owns the one order of interactions: whatever the order of rows in a file, what follows from them is the
// same. Must not leave a row out.

/** @import { Ratings as FileRatings } from './read-ratings.js' */
/** @typedef {FileRatings & { place: Int32Array }} Ratings place: of each row among the rows of the file */

/**
 * @param {readonly string[]} ids
 * @returns {{ sorted: string[], rank: Int32Array }} rank of each id among the sorted ones
 */
function sortedIds(ids) {
  const order = Int32Array.from(ids.keys()).sort((a, b) => (ids[a] < ids[b] ? -1 : ids[a] > ids[b] ? 1 : 0));
  const rank = new Int32Array(ids.length);
  order.forEach((id, at) => {
    rank[id] = at;
  });
  return { sorted: Array.from(order, (id) => ids[id]), rank };
}

/**
 * Where rows go that are sorted by a key from 0 to n - 1; rows of one key keep their order.
 * @param {Int32Array} key of each row
 * @param {Int32Array} rank of each key
 * @param {Int32Array | null} rows in the order that they have; null: as they are numbered
 * @returns {Int32Array} rows in their new order
 */
function byKey(key, rank, rows) {
  const next = new Int32Array(rank.length + 1);
  for (let x = 0; x < key.length; x++) next[rank[key[x]] + 1]++;
  for (let k = 0; k < rank.length; k++) next[k + 1] += next[k];
  const out = new Int32Array(key.length);
  for (let k = 0; k < out.length; k++) {
    const x = rows ? rows[k] : k;
    out[next[rank[key[x]]]++] = x;
  }
  return out;
}

/**
 * A column in a new order, by room that all columns share.
 * @template {Int32Array | Float64Array} T
 * @param {T} column overwritten
 * @param {Int32Array} order
 * @param {ArrayBuffer} room
 * @returns {T}
 */
function reordered(column, order, room) {
  const old = column instanceof Int32Array ? new Int32Array(room) : new Float64Array(room);
  old.set(column);
  for (let k = 0; k < order.length; k++) column[k] = old[order[k]];
  return column;
}

/**
 * Interactions by person, then by item, both by id. Columns are overwritten: two copies of all of them are
 * more than a large file leaves room for.
 * @param {FileRatings} ratings of which no pair comes again
 * @returns {Ratings}
 */
export function inOneOrder(ratings) {
  const users = sortedIds(ratings.users);
  const items = sortedIds(ratings.items);
  const { user, item, rating, time } = ratings;
  const place = byKey(user, users.rank, byKey(item, items.rank, null));
  const room = new ArrayBuffer(user.length * 8);
  for (const [column, { rank }] of /** @type {const} */ ([
    [user, users],
    [item, items],
  ])) {
    reordered(column, place, room);
    for (let x = 0; x < column.length; x++) column[x] = rank[column[x]];
  }
  return {
    ...ratings,
    users: users.sorted,
    items: items.sorted,
    rating: rating && reordered(rating, place, room),
    time: time && reordered(time, place, room),
    place,
  };
}
