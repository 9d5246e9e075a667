// Owns pairing one side with the other for the largest total: the assignment problem. Must not know what is
// paired.

/**
 * The Hungarian method (Kuhn 1955, Munkres 1957) with potentials: O(rows^2 columns).
 * @param {readonly (readonly number[])[]} gain (A, B) finite
 * @returns {[number, number][]} min(A, B) pairs of row and column with the largest sum, by row
 */
export function bestPairs(gain) {
  const rows = gain.length;
  const columns = gain[0]?.length ?? 0;
  if (rows === 0 || columns === 0) return [];
  if (rows > columns)
    return bestPairs(gain[0].map((_, c) => gain.map((row) => row[c])))
      .map(([c, r]) => /** @type {[number, number]} */ ([r, c]))
      .sort(([a], [b]) => a - b);
  // Rows and columns from 1; column 0 holds the row that is being placed.
  const ofRow = new Float64Array(rows + 1);
  const ofColumn = new Float64Array(columns + 1);
  const rowAt = new Int32Array(columns + 1);
  for (let row = 1; row <= rows; row++) {
    rowAt[0] = row;
    augment(gain, ofRow, ofColumn, rowAt);
  }
  return Array.from(rowAt.subarray(1), (row, c) => /** @type {[number, number]} */ ([row - 1, c]))
    .filter(([row]) => row >= 0)
    .sort(([a], [b]) => a - b);
}

/**
 * Places the row in column 0 along one shortest augmenting path.
 * @param {readonly (readonly number[])[]} gain
 * @param {Float64Array} ofRow
 * @param {Float64Array} ofColumn
 * @param {Int32Array} rowAt
 */
function augment(gain, ofRow, ofColumn, rowAt) {
  const columns = rowAt.length - 1;
  const slack = new Float64Array(columns + 1).fill(Infinity);
  const from = new Int32Array(columns + 1);
  const used = new Uint8Array(columns + 1);
  let at = 0;
  do {
    used[at] = 1;
    let next = 0;
    let least = Infinity;
    for (let c = 1; c <= columns; c++) {
      if (used[c]) continue;
      const cost = -gain[rowAt[at] - 1][c - 1] - ofRow[rowAt[at]] - ofColumn[c];
      if (cost < slack[c]) [slack[c], from[c]] = [cost, at];
      if (slack[c] < least) [least, next] = [slack[c], c];
    }
    for (let c = 0; c <= columns; c++) {
      if (!used[c]) slack[c] -= least;
      else {
        ofRow[rowAt[c]] += least;
        ofColumn[c] -= least;
      }
    }
    at = next;
  } while (rowAt[at] !== 0);
  for (; at !== 0; at = from[at]) rowAt[at] = rowAt[from[at]];
}
