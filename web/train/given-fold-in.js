// Owns the fold-in that suits vectors of which only numbers are known. Must not measure rankings.

/** @import { CheckedVectors } from './given-input.js' */

/**
 * `prior`: events that all pairs which were not observed count together. In units of one event of mean
 * length, since alpha N C, with C the mean of v v^T, weighs as N alpha events. `ridge`: L2 as a part of what
 * one event adds to the system on average of its D directions. Vectors of one length are likely to come from
 * texts, images or a network: there the wide directions are meanings, which a small ridge would level out.
 *
 * NDCG@20 of held-out events, nothing else known of them, and the best of priors from 3 to 30,000 and ridges
 * from .003 to 100: vectors of ALS on MovieLens-1M .276 (.276), the same at length 1 .242 (.257), text
 * embeddings of films .0240 (.0246) there and .0923 (.0929) with the people of the demo.
 */
const usual = Object.freeze({ prior: 3000, ridge: 0.3 });
const usualOfOneLength = Object.freeze({ prior: 3000, ridge: 3 });
/** Lengths that differ by less than this part of their mean are one. */
const sameLength = 0.01;

/**
 * Whether all vectors have one length, but for those that are 0.
 * @param {CheckedVectors} checked
 */
function areOfOneLength({ vectors, dim, ids }) {
  let least = Infinity;
  let most = 0;
  for (let j = 0; j < ids.length; j++) {
    let square = 0;
    for (let d = 0; d < dim; d++) square += vectors[j * dim + d] ** 2;
    if (square === 0) continue;
    least = Math.min(least, square);
    most = Math.max(most, square);
  }
  return Math.sqrt(most / least) < 1 + sameLength;
}

/**
 * Mean of |v|^2 over the items whose vectors are not 0.
 * @param {Pick<CheckedVectors, 'vectors' | 'zeros' | 'ids'>} checked
 */
function meanSquare({ vectors, ids, zeros }) {
  let sum = 0;
  for (const x of vectors) sum += x * x;
  return sum / (ids.length - zeros.length);
}

/** @param {number} x */
const rounded = (x) => Number(x.toPrecision(3));

/**
 * alpha and lambda that count `prior` events and `ridge` parts of the mean direction, whatever the length,
 * number and width of the vectors.
 * @param {Pick<CheckedVectors, 'vectors' | 'zeros' | 'ids' | 'dim'>} checked
 * @param {{ prior: number, ridge: number }} scale
 */
export function scaledFoldIn(checked, { prior, ridge }) {
  const within = (/** @type {number} */ x, /** @type {number} */ high) => Math.min(high, Math.max(1e-6, x));
  return {
    alpha: within(rounded(prior / checked.ids.length), 1024),
    lambda: within(rounded((ridge * meanSquare(checked)) / checked.dim), 2 ** 20),
  };
}

/**
 * @param {CheckedVectors} checked
 */
export function usualFoldIn(checked) {
  return {
    ...scaledFoldIn(checked, areOfOneLength(checked) ? usualOfOneLength : usual),
    itemDamping: checked.people ? 0.5 : 0,
  };
}
