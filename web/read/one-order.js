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
 * Rows by a key from 0 to n - 1; rows of one key keep their order.
 * @param {Int32Array} rows
 * @param {(row: number) => number} keyOf
 * @param {number} n
 */
function byKey(rows, keyOf, n) {
  const next = new Int32Array(n + 1);
  for (const row of rows) next[keyOf(row) + 1]++;
  for (let key = 0; key < n; key++) next[key + 1] += next[key];
  const out = new Int32Array(rows.length);
  for (const row of rows) out[next[keyOf(row)]++] = row;
  return out;
}

/**
 * Interactions by person, then by item, both by id.
 * @param {FileRatings} ratings of which no pair comes again
 * @returns {Ratings}
 */
export function inOneOrder(ratings) {
  const users = sortedIds(ratings.users);
  const items = sortedIds(ratings.items);
  const { user, item, rating, time } = ratings;
  const all = Int32Array.from(user.keys());
  const byItem = byKey(all, (x) => items.rank[item[x]], ratings.items.length);
  const place = byKey(byItem, (x) => users.rank[user[x]], ratings.users.length);
  return {
    ...ratings,
    users: users.sorted,
    items: items.sorted,
    user: place.map((x) => users.rank[user[x]]),
    item: place.map((x) => items.rank[item[x]]),
    rating: rating && Float64Array.from(place, (x) => rating[x]),
    time: time && Float64Array.from(place, (x) => time[x]),
    place,
  };
}
