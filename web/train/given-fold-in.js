// Owns the fold-in that suits vectors of which only numbers are known. Must not measure rankings.

/** @import { CheckedVectors } from './given-input.js' */

/**
 * Events that all pairs which were not observed count together: the prior of a history. In units of one event of
 * mean length, since alpha N C, with C the mean of v v^T, weighs as N alpha events.
 */
const priorEvents = 300;
/** L2 as a part of what one event adds to the system on average of its D directions. */
const relativeLambda = 0.1;

/**
 * Mean of |v|^2 over the items whose vectors are not 0.
 * @param {Pick<CheckedVectors, 'vectors' | 'zeros' | 'ids'>} checked
 */
export function meanSquare({ vectors, ids, zeros }) {
  let sum = 0;
  for (const x of vectors) sum += x * x;
  return sum / (ids.length - zeros.length);
}

/** @param {number} x */
const rounded = (x) => Number(x.toPrecision(3));

/**
 * alpha and lambda that count `prior` events and `ridge` parts of the mean direction, whatever the length, number
 * and width of the vectors.
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
    ...scaledFoldIn(checked, { prior: priorEvents, ridge: relativeLambda }),
    itemDamping: checked.people ? 0.5 : 0,
  };
}
