// Owns ridge regression of rows of numbers on sparse features, in closed form, with its strength chosen by
// leaving each row out. Must not know what the rows are.
import { cholesky, packedSize } from '../core/packed.js';

/**
 * @typedef {object} SparseRows
 * @property {number} width features
 * @property {Uint32Array} offsets row i has its features from offsets[i] to offsets[i + 1]
 * @property {Uint32Array} columns
 * @property {Float64Array} values
 */
/**
 * @typedef {object} RidgeData
 * @property {Float64Array} targets (N, K)
 * @property {number} k K
 * @property {number} counted how many of the targets of a row, the first ones, the strength is chosen by
 * @property {Float64Array} weights (N) of mean 1
 */
/**
 * @typedef {object} Penalty
 * @property {number} strength in units of a row of mean weight
 * @property {Float64Array} of each feature (width), times the strength
 */
/**
 * @typedef {object} Ridge
 * @property {Penalty} penalty
 * @property {Float64Array} said (N, K) of each row by the others
 * @property {number} explained the part of the weighted variance that rows left out are predicted by; below
 *   0: the mean alone is better
 * @property {Float64Array} coefficients (width + 1, K), the last row for all
 */

/**
 * The inverse of L L^T, whole.
 * @param {Float64Array} l packed
 * @param {number} n
 */
function inverse(l, n) {
  // Rows of the inverse of L, whose transpose times itself it is.
  const inner = new Float64Array(packedSize(n));
  for (let c = 0; c < n; c++)
    for (let r = c; r < n; r++) {
      const row = packedSize(r);
      let sum = r === c ? 1 : 0;
      for (let k = c; k < r; k++) sum -= l[row + k] * inner[packedSize(k) + c];
      inner[row + c] = sum / l[row + r];
    }
  const out = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    const row = packedSize(k);
    for (let r = 0; r <= k; r++) {
      const x = inner[row + r];
      if (x === 0) continue;
      for (let c = 0; c <= r; c++) out[r * n + c] += x * inner[row + c];
    }
  }
  for (let r = 0; r < n; r++) for (let c = 0; c < r; c++) out[c * n + r] = out[r * n + c];
  return out;
}

/**
 * Calls back with each feature of a row, the last of which is 1 for all.
 * @param {SparseRows} rows
 * @param {number} i
 * @returns {[columns: Uint32Array, values: Float64Array]}
 */
function rowOf({ width, offsets, columns, values }, i) {
  const n = offsets[i + 1] - offsets[i];
  const at = new Uint32Array(n + 1);
  const x = new Float64Array(n + 1);
  at.set(columns.subarray(offsets[i], offsets[i + 1]));
  x.set(values.subarray(offsets[i], offsets[i + 1]));
  at[n] = width;
  x[n] = 1;
  return [at, x];
}

/**
 * X^T W X and X^T W Y.
 * @param {SparseRows} rows
 * @param {RidgeData} data
 */
function momentsOf(rows, { targets, k, weights }) {
  const n = rows.width + 1;
  const gram = new Float64Array(packedSize(n));
  const right = new Float64Array(n * k);
  for (let i = 0; i < weights.length; i++) {
    const [at, x] = rowOf(rows, i);
    for (let a = 0; a < at.length; a++) {
      const wx = weights[i] * x[a];
      for (let b = 0; b < at.length; b++) if (at[b] <= at[a]) gram[packedSize(at[a]) + at[b]] += wx * x[b];
      for (let d = 0; d < k; d++) right[at[a] * k + d] += wx * targets[i * k + d];
    }
  }
  return { gram, right };
}

/**
 * What the fit with this inverse says of each row when the row is left out: what it is, less its
 * residual over one less its leverage.
 * @param {SparseRows} rows
 * @param {RidgeData} data
 * @param {Float64Array} coefficients
 * @param {Float64Array} inverted
 */
function leftOut(rows, { targets, k, weights }, coefficients, inverted) {
  const n = rows.width + 1;
  const out = new Float64Array(targets.length);
  for (let i = 0; i < weights.length; i++) {
    const [at, x] = rowOf(rows, i);
    let leverage = 0;
    for (let p = 0; p < at.length; p++)
      for (let q = 0; q < at.length; q++) leverage += x[p] * x[q] * inverted[at[p] * n + at[q]];
    const left = Math.max(1e-6, 1 - weights[i] * leverage);
    const said = predicted(coefficients, k, at, x);
    for (let d = 0; d < k; d++) {
      const target = targets[i * k + d];
      out[i * k + d] = target - (target - said[d]) / left;
    }
  }
  return out;
}

/**
 * @param {RidgeData} data
 * @param {Float64Array} said
 */
function errorOf({ targets, k, weights, counted }, said) {
  let error = 0;
  for (let i = 0; i < weights.length; i++)
    for (let d = 0; d < counted; d++) error += weights[i] * (targets[i * k + d] - said[i * k + d]) ** 2;
  return error;
}

/**
 * The fit at one strength, and its weighted squared error of rows left out.
 * @param {SparseRows} rows
 * @param {RidgeData} data
 * @param {{ gram: Float64Array, right: Float64Array }} moments
 * @param {Penalty} penalty
 */
function fitAt(rows, data, { gram, right }, { strength, of }) {
  const n = rows.width + 1;
  const { k } = data;
  const a = gram.slice();
  for (let c = 0; c < rows.width; c++) a[packedSize(c) + c] += strength * of[c];
  a[packedSize(rows.width) + rows.width] += 1e-9; // what is the same for all is not held back
  cholesky(a, n);
  const inverted = inverse(a, n);
  const coefficients = new Float64Array(n * k);
  for (let r = 0; r < n; r++)
    for (let c = 0; c < n; c++) {
      const x = inverted[r * n + c];
      if (x !== 0) for (let d = 0; d < k; d++) coefficients[r * k + d] += x * right[c * k + d];
    }
  const said = leftOut(rows, data, coefficients, inverted);
  return { coefficients, said, error: errorOf(data, said) };
}

/**
 * @param {Float64Array} coefficients
 * @param {number} k
 * @param {Uint32Array} at
 * @param {Float64Array} x
 */
function predicted(coefficients, k, at, x) {
  const out = new Float64Array(k);
  for (let a = 0; a < at.length; a++)
    for (let d = 0; d < k; d++) out[d] += x[a] * coefficients[at[a] * k + d];
  return out;
}

/**
 * What the fit says of row i.
 * @param {Ridge} ridge
 * @param {number} k
 * @param {SparseRows} rows
 * @param {number} i
 */
export function predict({ coefficients }, k, rows, i) {
  return predicted(coefficients, k, ...rowOf(rows, i));
}

/**
 * Weighted squared distance of the rows from their mean.
 * @param {RidgeData} data
 */
function spread({ targets, k, weights, counted }) {
  let sum = 0;
  const total = weights.reduce((all, w) => all + w, 0);
  for (let d = 0; d < counted; d++) {
    let mean = 0;
    for (let i = 0; i < weights.length; i++) mean += weights[i] * targets[i * k + d];
    mean /= total;
    for (let i = 0; i < weights.length; i++) sum += weights[i] * (targets[i * k + d] - mean) ** 2;
  }
  return sum;
}

/**
 * @param {SparseRows} rows
 * @param {RidgeData} data
 * @param {readonly Penalty[]} penalties to choose from
 * @returns {Ridge}
 */
export function ridgeRegression(rows, data, penalties) {
  const moments = momentsOf(rows, data);
  let best;
  for (const penalty of penalties) {
    const fit = fitAt(rows, data, moments, penalty);
    if (!best || fit.error < best.error) best = { ...fit, penalty };
  }
  const { penalty, coefficients, said, error } = /** @type {NonNullable<typeof best>} */ (best);
  const all = spread(data);
  return { penalty, coefficients, said, explained: all > 0 ? 1 - error / all : 0 };
}
