// Owns products of vectors, and vectors made directions. Must not know what they are of.

/**
 * Rows of length 1, in place; zeros stay.
 * @template {Float32Array | Float64Array} A
 * @param {A} rows (n, D)
 * @param {number} dim
 * @returns {A} rows
 */
export function toDirections(rows, dim) {
  for (let at = 0; at < rows.length; at += dim) {
    let square = 0;
    for (let d = at; d < at + dim; d++) square += rows[d] * rows[d];
    const length = Math.sqrt(square) || 1;
    for (let d = at; d < at + dim; d++) rows[d] /= length;
  }
  return rows;
}

/**
 * Of a vector and a row of many.
 * @param {ArrayLike<number>} of (D)
 * @param {ArrayLike<number>} rows
 * @param {number} from where the row begins
 */
export function dotAt(of, rows, from) {
  let sum = 0;
  for (let d = 0; d < of.length; d++) sum += of[d] * rows[from + d];
  return sum;
}
