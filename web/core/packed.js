// Owns symmetric matrices as their lower triangle, row by row, and what is solved with them. Must not know
// what they stand for.

/**
 * How many numbers the lower triangle of a D x D matrix has.
 * @param {number} dim
 */
export const packedSize = (dim) => (dim * (dim + 1)) / 2;

/**
 * A += w v v^T.
 * @param {Float64Array} a packed
 * @param {number} w
 * @param {ArrayLike<number>} v (D, from `at`)
 * @param {number} dim
 * @param {number} [at]
 */
export function addOuter(a, w, v, dim, at = 0) {
  for (let i = 0, e = 0; i < dim; i++) {
    const x = w * v[at + i];
    for (let j = 0; j <= i; j++) a[e++] += x * v[at + j];
  }
}

/**
 * A = L L^T, in place. A pivot that rounding has eaten becomes the least that is told from 0: what is solved
 * with it stays finite.
 * @param {Float64Array} a packed, positive definite
 * @param {number} dim
 * @returns {Float64Array} a, which is L now
 */
export function cholesky(a, dim) {
  for (let i = 0; i < dim; i++) {
    const row = packedSize(i);
    for (let j = 0; j <= i; j++) {
      const other = packedSize(j);
      let sum = a[row + j];
      for (let k = 0; k < j; k++) sum -= a[row + k] * a[other + k];
      a[row + j] = i === j ? Math.sqrt(Math.max(sum, 1e-30)) : sum / a[other + j];
    }
  }
  return a;
}

/**
 * L x = b, in place.
 * @param {Float64Array} l packed
 * @param {Float64Array} x (D) b before, x after
 */
export function solveLower(l, x) {
  for (let i = 0, e = 0; i < x.length; i++) {
    let sum = x[i];
    for (let j = 0; j < i; j++) sum -= l[e++] * x[j];
    x[i] = sum / l[e++];
  }
  return x;
}

/**
 * L^T x = b, in place.
 * @param {Float64Array} l packed
 * @param {Float64Array} x (D) b before, x after
 */
export function solveUpper(l, x) {
  for (let i = x.length - 1; i >= 0; i--) {
    const row = packedSize(i);
    x[i] /= l[row + i];
    for (let j = 0; j < i; j++) x[j] -= l[row + j] * x[i];
  }
  return x;
}
