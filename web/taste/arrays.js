// Owns the taste functions on plain arrays, for those who have no model. Must not know models or profiles.
import { badArgument, listArgument } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';
import {
  costArgument,
  discountArgument,
  distanceArgument,
  distributionArgument,
  lambdaArgument,
  numbersArgument,
  rowsArgument,
  topKArgument,
} from './checks.js';
import { tasteKernel } from './module.js';

/** @import { Cost, Distance } from './checks.js' */
/** @import { TasteKernel } from './kernel.js' */
/**
 * Categories of an item as indices, or with weights: [0, 3] or [[0, 2], [3, 1]].
 * @typedef {Iterable<number | [category: number, weight: number]>} Categories
 */
/**
 * @typedef {object} DistributionOptions
 * @property {Iterable<number>} [weights] of the items, default 1
 * @property {boolean} [discount] by rank, default true
 * @property {number} [size] number of categories
 */

/**
 * Taste distribution of a list of items, best first: each spreads its weight over its categories.
 * @param {Iterable<Categories>} items categories of each
 * @param {DistributionOptions} [options]
 * @returns {Promise<Float64Array | null>} share of each category, sum 1; null when no item has a category and
 *   weight
 * @throws {AmpcfError} BAD_ARGUMENT
 */
export async function tasteDistribution(items, options = {}) {
  const { weights, discount, size } = optionsArgument(options, 'weights discount size');
  const rows = rowsArgument(items, size);
  const given =
    weights === undefined
      ? undefined
      : numbersArgument('weights', weights, { low: 0, length: rows.offsets.length - 1 });
  const byRank = discountArgument(discount, true);
  const kernel = (await tasteKernel())();
  return nullIfEmpty(kernel.distribution(rows, given, byRank));
}

/** @param {Float64Array} p */
export const nullIfEmpty = (p) => (p.some((x) => x > 0) ? p : null);

/**
 * How far two taste distributions are apart; 0 = the same. Formulas, bounds and sources: web/taste/TASTE.md.
 * @param {Iterable<number>} p the taste
 * @param {Iterable<number>} q the list; of equal length, each with sum 1
 * @param {{ distance?: Distance, cost?: Cost }} [options] distance default 'jensenShannon'; cost: of
 *   'wasserstein', default 1 between different categories
 * @returns {Promise<number>} 0 to 1; 'kl': nats, 0 to ln 100; 'wasserstein': unit of the cost
 * @throws {AmpcfError} BAD_ARGUMENT
 */
export async function tasteDistance(p, q, options = {}) {
  const { distance, cost } = optionsArgument(options, 'distance cost');
  const measure = distanceArgument(distance);
  const from = distributionArgument('p', p);
  const to = distributionArgument('q', q, from.length);
  const kernel = (await tasteKernel())();
  const categories = from.map((_, a) => a);
  return distanceBetween(kernel, measure, from, to, cost, categories);
}

/**
 * The distance by a cost of the caller's. Only categories of weight are sent, so that a cost is asked for no
 * other.
 * @param {TasteKernel} kernel
 * @param {Distance} measure
 * @param {ArrayLike<number>} p
 * @param {ArrayLike<number>} q
 * @param {unknown} cost
 * @param {readonly unknown[]} categories
 */
export function distanceBetween(kernel, measure, p, q, cost, categories) {
  if (cost === undefined || measure !== 'wasserstein') return kernel.distance(measure, p, q);
  const kept = categories.map((_, a) => a).filter((a) => p[a] > 0 || q[a] > 0);
  const matrix = costArgument(cost, categories, kept);
  return kernel.distance(
    measure,
    kept.map((a) => p[a]),
    kept.map((a) => q[a]),
    matrix,
  );
}

/** One pool may serve every rule. */
const poolNames = 'scores items target vectors';

/**
 * @param {unknown} scores
 * @param {{ lambda: number, topK?: number, discount?: boolean }} options
 * @param {string} names of them
 */
function poolArguments(scores, options, names) {
  const { lambda, topK } = optionsArgument(options, names);
  const list = numbersArgument('scores', scores);
  return { list, lambda: lambdaArgument(lambda), topK: topKArgument(topK, list.length) };
}

/**
 * @typedef {object} TastePool
 * @property {Iterable<number>} scores of the candidates, best first
 * @property {Iterable<Categories>} items their categories
 * @property {Iterable<number>} target the taste that is wanted
 */
/**
 * @typedef {object} CalibratedOptions
 * @property {number} lambda 0 to 1; 0 leaves the order as it is
 * @property {number} [topK] length of the list, default all
 * @property {boolean} [discount] by rank, default true
 */

/**
 * @param {'steck' | 'proportional'} by
 * @param {TastePool} pool
 * @param {CalibratedOptions} options
 */
async function calibratedRerank(by, pool, options) {
  const { scores, items, target } = optionsArgument(pool, poolNames, 'pool');
  const { list, lambda, topK } = poolArguments(scores, options, 'lambda topK discount');
  const p = distributionArgument('target', target);
  const rows = rowsArgument(items, p.length);
  if (rows.offsets.length - 1 !== list.length)
    throw badArgument('length of items', rows.offsets.length - 1, String(list.length));
  const discount = discountArgument(options.discount, true);
  const kernel = (await tasteKernel())();
  return kernel.calibrated(by, rows, list, p, { lambda, discount, topK });
}

/**
 * Steck's greedy calibrated list: maximise (1 - lambda) sum of scores - lambda KL(target, taste of the list).
 * @param {TastePool} pool
 * @param {CalibratedOptions} options
 * @returns {Promise<number[]>} positions in the pool
 * @throws {AmpcfError} BAD_ARGUMENT
 */
export const steckRerank = (pool, options) => calibratedRerank('steck', pool, options);

/**
 * Proportional list: every taste takes its turns, (1 - lambda) score + lambda what the candidate's tastes
 * still lack of their part.
 * @param {TastePool} pool
 * @param {CalibratedOptions} options
 * @returns {Promise<number[]>} positions in the pool
 * @throws {AmpcfError} BAD_ARGUMENT
 */
export const proportionalRerank = (pool, options) => calibratedRerank('proportional', pool, options);

/**
 * @param {unknown} vectors
 * @param {number} n
 */
function vectorsArgument(vectors, n) {
  const rows = listArgument('vectors', /** @type {Iterable<Iterable<number>>} */ (vectors)).map((row, i) =>
    numbersArgument(`vectors[${i}]`, row),
  );
  if (rows.length !== n) throw badArgument('length of vectors', rows.length, String(n));
  const dim = rows[0]?.length ?? 0;
  const odd = rows.findIndex((row) => row.length !== dim || row.some((x) => Math.abs(x) > 2 ** 64));
  if (odd >= 0)
    throw badArgument(`vectors[${odd}]`, `${rows[odd].length} numbers`, `${dim} numbers of at most 2^64`);
  return { flat: rows.flat(), dim };
}

/**
 * @param {'mmr' | 'dpp'} by
 * @param {{ scores: Iterable<number>, vectors: Iterable<Iterable<number>> }} pool
 * @param {{ lambda: number, topK?: number }} options
 */
async function diverseRerank(by, pool, options) {
  const { scores, vectors } = optionsArgument(pool, poolNames, 'pool');
  const { list, lambda, topK } = poolArguments(scores, options, 'lambda topK');
  const { flat, dim } = vectorsArgument(vectors, list.length);
  const kernel = (await tasteKernel())();
  return kernel.diverse(by, list, flat, dim, { lambda, topK });
}

/**
 * Maximal marginal relevance: (1 - lambda) score - lambda largest cosine to what is in the list.
 * @param {{ scores: Iterable<number>, vectors: Iterable<Iterable<number>> }} pool candidates, best first
 * @param {{ lambda: number, topK?: number }} options lambda 0 to 1; 0 leaves the order as it is
 * @returns {Promise<number[]>} positions in the pool
 * @throws {AmpcfError} BAD_ARGUMENT
 */
export const mmrRerank = (pool, options) => diverseRerank('mmr', pool, options);

/**
 * Greedy MAP of a determinantal point process: (1 - lambda) sum of scores + lambda log det of the cosines.
 * @param {{ scores: Iterable<number>, vectors: Iterable<Iterable<number>> }} pool candidates, best first
 * @param {{ lambda: number, topK?: number }} options lambda 0 to 1; 0 leaves the order as it is
 * @returns {Promise<number[]>} positions in the pool
 * @throws {AmpcfError} BAD_ARGUMENT
 */
export const dppRerank = (pool, options) => diverseRerank('dpp', pool, options);
