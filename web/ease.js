// Owns EASE, the closed-form item-item model (Steck 2019, arXiv:1905.03375), in double precision. Must not know how it is measured.
import { badArgument } from './arguments.js';
import { AmpcfError } from './errors.js';

/** @import { CanonicalInteractions } from './interactions.js' */
/**
 * @typedef {object} EaseOptions
 * @property {number} lambda L2, above 0
 * @property {AbortSignal} [signal]
 * @property {(progress: { done: number, total: number }) => void} [onProgress] rows of N x N work
 */

/** N x N doubles, and a wait that somebody would sit through. */
const mostItems = 8192;
const turnMs = 50;

/**
 * B = I - P / diag(P) with P = (X^T X + lambda I)^-1, zero on the diagonal. X is who used what; weights are not used.
 * @param {CanonicalInteractions} data @param {EaseOptions} options
 * @returns {Promise<{ score(history: Uint32Array, out: Float32Array): void, dispose(): void }>} score: out (N), the sum of the rows of B
 *   of the history's items
 * @throws {AmpcfError} BAD_ARGUMENT, LIMIT; an abort rejects with its reason. O(N^3)
 */
export async function fitEase(data, { lambda, signal, onProgress }) {
  if (typeof lambda !== 'number' || !(lambda > 0 && lambda < Infinity)) throw badArgument('lambda', lambda, 'a number above 0');
  const n = data.itemIds.length;
  if (n > mostItems) throw new AmpcfError('LIMIT', `EASE: got ${n} items, wanted at most ${mostItems}`);
  const a = gramOf(data, lambda), inverse = new Float64Array(n);
  let done = 0, last = -Infinity;
  for (const phase of [factorRow, invertRow, productRow])
    for (let i = 0; i < n; i++, done++) {
      phase(a, inverse, n, i);
      if (performance.now() - last < turnMs) continue;
      last = performance.now();
      signal?.throwIfAborted();
      onProgress?.({ done, total: 3 * n });
      await new Promise((resolve) => { setTimeout(resolve, 0); });
    }
  signal?.throwIfAborted();
  return scorerOf(a, inverse, n);
}

/** Lower triangle of X^T X + lambda I. @param {CanonicalInteractions} data @param {number} lambda */
function gramOf({ users, itemIds, offsets, items }, lambda) {
  const n = itemIds.length, a = new Float64Array(n * n);
  for (let u = 0; u < users; u++)
    for (let x = offsets[u]; x < offsets[u + 1]; x++)
      for (let y = offsets[u]; y <= x; y++) a[items[x] * n + items[y]]++; // items increase in a row
  for (let i = 0; i < n; i++) a[i * n + i] += lambda;
  return a;
}

/** sum_k a[x + k] a[y + k] for from <= k < to, in four partial sums. @param {Float64Array} a @param {number} x @param {number} y @param {number} from @param {number} to */
function dot(a, x, y, from, to) {
  let s0 = 0, s1 = 0, s2 = 0, s3 = 0, k = from;
  for (; k + 3 < to; k += 4) {
    s0 += a[x + k] * a[y + k];
    s1 += a[x + k + 1] * a[y + k + 1];
    s2 += a[x + k + 2] * a[y + k + 2];
    s3 += a[x + k + 3] * a[y + k + 3];
  }
  for (; k < to; k++) s0 += a[x + k] * a[y + k];
  return s0 + s1 + (s2 + s3);
}

/** Row i of the Cholesky factor L, in the lower triangle; its diagonal goes inverted to `inverse`. @param {Float64Array} a @param {Float64Array} inverse @param {number} n @param {number} i */
function factorRow(a, inverse, n, i) {
  for (let j = 0; j < i; j++) a[i * n + j] = (a[i * n + j] - dot(a, i * n, j * n, 0, j)) * inverse[j];
  inverse[i] = 1 / Math.sqrt(a[i * n + i] - dot(a, i * n, i * n, 0, i));
}

/** Column i of U = L^-T, in the upper triangle: U_ji = -(sum_k L_ik U_jk) / L_ii. @param {Float64Array} a @param {Float64Array} inverse @param {number} n @param {number} i */
function invertRow(a, inverse, n, i) {
  for (let j = 0; j < i; j++) {
    const head = a[i * n + j] * inverse[j]; // U_jj is 1 / L_jj
    a[j * n + i] = -(head + dot(a, i * n, j * n, j + 1, i)) * inverse[i];
  }
}

/** Row i of P = U U^T, in the lower triangle, where L is done with; P_ii goes to the diagonal. @param {Float64Array} a @param {Float64Array} inverse @param {number} n @param {number} i */
function productRow(a, inverse, n, i) {
  for (let j = 0; j < i; j++) a[i * n + j] = a[j * n + i] * inverse[i] + dot(a, i * n, j * n, i + 1, n);
  a[i * n + i] = inverse[i] * inverse[i] + dot(a, i * n, i * n, i + 1, n);
}

/** @param {Float64Array} a P in the lower triangle @param {Float64Array} scale overwritten by -1 / P_jj @param {number} n */
function scorerOf(a, scale, n) {
  let rows = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    scale[i] = -1 / a[i * n + i];
    for (let j = 0; j < i; j++) rows[i * n + j] = rows[j * n + i] = a[i * n + j];
  }
  return {
    /** @param {Uint32Array} history @param {Float32Array} out */
    score(history, out) {
      out.fill(0);
      for (const i of history) for (let j = 0, at = i * n; j < n; j++) out[j] += rows[at + j];
      for (let j = 0; j < n; j++) out[j] *= scale[j];
    },
    dispose() {
      rows = new Float32Array(0);
    },
  };
}
