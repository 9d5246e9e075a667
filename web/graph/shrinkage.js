// Owns how a prior is held back: what nobody chose of a catalogue counts against directions in which all of
// it is large. Must not know a graph.
import { addOuter, cholesky, packedSize, solveLower, solveUpper } from '../core/packed.js';

/**
 * sum_j q_j v_j v_j^T, summed in the order in which the trainer does.
 * @param {ArrayLike<number>} vectors (N, D)
 * @param {ArrayLike<number> | undefined} weights (N) q; none: 1
 * @param {number} dim D
 * @returns {Float64Array} packed
 */
export function gramOf(vectors, weights, dim) {
  const sum = new Float64Array(packedSize(dim));
  for (let j = 0, at = 0; at < vectors.length; j++, at += dim)
    addOuter(sum, weights ? weights[j] : 1, vectors, dim, at);
  return sum;
}

/**
 * The sum of the diagonal.
 * @param {ArrayLike<number>} gram packed
 * @param {number} dim
 */
export function traceOf(gram, dim) {
  let sum = 0;
  for (let r = 1; r <= dim; r++) sum += gram[packedSize(r) - 1];
  return sum;
}

/**
 * L of S^-1 = I + kappa D G / tr G, the same whatever G is multiplied by.
 * @param {ArrayLike<number>} gram G, packed
 * @param {number} dim D
 * @param {number} kappa
 * @returns {Float64Array | null} packed; null: S is I
 */
export function shrinkageOf(gram, dim, kappa) {
  const by = (kappa * dim) / traceOf(gram, dim);
  if (!(by > 0 && by < Infinity)) return null;
  const inverse = Float64Array.from(gram, (x) => by * x);
  for (let r = 1; r <= dim; r++) inverse[packedSize(r) - 1] += 1;
  return cholesky(inverse, dim);
}

/**
 * S x, in place.
 * @param {Float64Array | null} shrinkage
 * @param {Float64Array} x (D)
 */
export const shrink = (shrinkage, x) => (shrinkage ? solveUpper(shrinkage, solveLower(shrinkage, x)) : x);
