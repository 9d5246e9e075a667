// Owns the history-bootstrap floor: lists drawn from a history, by seed. Must not know models or how a
// distance is computed.
import { quantile } from '../core/quantile.js';
import { seededRandom } from '../core/random.js';
import { packRows } from './checks.js';

/** @import { Rows } from './kernel.js' */
/**
 * @typedef {object} Floor distances of drawn lists
 * @property {number} mean
 * @property {number} low 5 % quantile
 * @property {number} median
 * @property {number} high 95 % quantile
 * @property {number} rounds how many were drawn
 */

/**
 * @param {Rows} rows of the history
 * @param {ArrayLike<number>} weights of its items
 * @param {{ topK: number, rounds: number, seed: number }} options
 * @param {(sample: Rows) => number} distance of a drawn list
 * @returns {Floor | null}
 */
export function floorOf(
  { size, offsets, categories, weights: shares },
  weights,
  { topK, rounds, seed },
  distance,
) {
  const random = seededRandom(seed);
  const all = Array.from({ length: offsets.length - 1 }, (_, i) => i);
  // An item without categories counts in no list, so none is drawn.
  const items = all
    .filter((i) => offsets[i + 1] > offsets[i] && weights[i] > 0)
    .map((i) => ({
      weight: weights[i],
      row: categories
        .slice(offsets[i], offsets[i + 1])
        .map((category, e) => /** @type {[number, number]} */ ([category, shares?.[offsets[i] + e] ?? 1])),
    }));
  const total = items.reduce((sum, { weight }) => sum + weight, 0);
  const draw = () => {
    let mark = random() * total;
    return (items.find(({ weight }) => (mark -= weight) < 0) ?? items[items.length - 1]).row;
  };
  if (items.length === 0) return null;
  const distances = Array.from({ length: rounds }, () =>
    distance(packRows(Array.from({ length: topK }, draw), size)),
  ).sort((a, b) => a - b);
  return {
    mean: distances.reduce((sum, x) => sum + x, 0) / rounds,
    low: quantile(distances, 0.05),
    median: quantile(distances, 0.5),
    high: quantile(distances, 0.95),
    rounds,
  };
}
