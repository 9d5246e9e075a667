// Owns what becomes of pairs of a person and an item that come again. Must not depend on the order of the
// rows, but for which of them stays in its place.

/**
 * @typedef {object} Columns of the first `count` rows; overwritten
 * @property {Int32Array} user
 * @property {Int32Array} item
 * @property {Float64Array | null} rating
 * @property {Float64Array | null} time
 * @property {number} count
 */

/**
 * Merges repeated pairs into their first row: rows sorted by user, then one mark an item; no table of pairs
 * to overflow.
 * @param {Columns} columns
 * @param {{ users: number, items: number }} sizes
 * @param {'last' | 'sum'} rule
 * @returns {number} how many rows are left, at the beginning of the columns
 */
export function mergePairs(columns, { users, items }, rule) {
  const { user, item, count } = columns;
  const end = new Int32Array(users + 1);
  for (let k = 0; k < count; k++) end[user[k] + 1]++;
  for (let u = 1; u < end.length; u++) end[u] += end[u - 1];
  const order = new Int32Array(count);
  for (let k = 0; k < count; k++) order[end[user[k]]++] = k;

  const lastOwner = new Int32Array(items).fill(-1);
  const merged = new Uint8Array(count);
  for (let u = 0, from = 0; u < users; from = end[u++]) {
    const rows = order.subarray(from, end[u]);
    let twice = false;
    for (const k of rows) {
      twice ||= lastOwner[item[k]] === u;
      lastOwner[item[k]] = u;
    }
    if (twice) mergeRows(columns, rows, rule, merged);
  }
  return keepRest(columns, merged);
}

/**
 * Merges the rows of one person. They are sorted by what they say, so that where they stand in the file
 * changes nothing, not even the last bit of a sum.
 * @param {Columns} columns
 * @param {Int32Array} rows sorted in place
 * @param {'last' | 'sum'} rule
 * @param {Uint8Array} merged marks the rows to leave out
 */
function mergeRows({ item, rating, time }, rows, rule, merged) {
  rows.sort(
    (a, b) =>
      item[a] - item[b] || (time ? time[a] - time[b] : 0) || (rating ? rating[a] - rating[b] : 0) || a - b,
  );
  for (let from = 0, to = 0; from < rows.length; from = to) {
    while (to < rows.length && item[rows[to]] === item[rows[from]]) to++;
    const alike = rows.subarray(from, to);
    const first = alike.reduce((a, b) => Math.min(a, b));
    const last = alike[alike.length - 1];
    const value = rating && (rule === 'sum' ? alike.reduce((sum, k) => sum + rating[k], 0) : rating[last]);
    const moment = time && time[last];
    for (const k of alike) merged[k] = Number(k !== first);
    if (rating) rating[first] = Number(value);
    if (time) time[first] = Number(moment);
  }
}

/**
 * @param {Columns} columns
 * @param {Uint8Array} merged
 */
function keepRest({ user, item, rating, time, count }, merged) {
  let kept = 0;
  for (let k = 0; k < count; k++) {
    if (merged[k]) continue;
    user[kept] = user[k];
    item[kept] = item[k];
    if (rating) rating[kept] = rating[k];
    if (time) time[kept] = time[k];
    kept++;
  }
  return kept;
}
