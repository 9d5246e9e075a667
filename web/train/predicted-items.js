// Owns what is guessed of items that nobody has used: vectors and bias, by ridge regression on the trained
// items. Must not write files.
import { predict, ridgeRegression } from './ridge.js';

/** @import { ItemFeatures } from './item-features.js' */
/**
 * @typedef {object} TrainedItems in the order of the file
 * @property {Float32Array} vectors (N, D) as they are scored
 * @property {Float32Array} bias (N)
 * @property {number} dim
 * @property {Float64Array | undefined} people of each, where they are known
 */
/**
 * @typedef {object} PredictedItems
 * @property {Float32Array} vectors (M, D)
 * @property {Float32Array} bias (M)
 * @property {number} strength of the ridge for the vectors
 * @property {number} explained how much of the trained vectors the others say, 1 = all of it
 * @property {Float64Array} said (N, D + 1) of each trained item by the others, its bias last
 * @property {number} longer as guesses are made longer than the ridge has them
 */

/** Of the ridge, in items of mean weight. */
const strengths = Object.freeze([0.3, 1, 3, 10, 30, 100]);
/** As much longer guessed vectors become at most. */
const mostLonger = 3;
/** How much more words of titles are held back than aspects; the last leaves them out. */
const wordPenalties = Object.freeze([1, 10, 1e6]);

/**
 * How much each trained item counts: one that more people used has a vector that is known better. The root,
 * because a few items with most of the people would say it all.
 * @param {Float64Array | undefined} people
 * @param {number} n
 */
export function trustOf(people, n) {
  if (!people) return new Float64Array(n).fill(1);
  const weights = people.map((count) => Math.sqrt(Math.max(1, count)));
  const mean = weights.reduce((sum, w) => sum + w, 0) / n;
  return weights.map((w) => w / mean);
}

/**
 * Vectors and bias of each trained item, row by row.
 * @param {TrainedItems} items
 */
function targetsOf({ vectors, bias, dim }) {
  const k = dim + 1;
  const targets = new Float64Array(bias.length * k);
  for (let j = 0; j < bias.length; j++) {
    targets.set(vectors.subarray(j * dim, (j + 1) * dim), j * k);
    targets[j * k + dim] = bias[j];
  }
  return targets;
}

/**
 * Sum of the lengths of vectors at the head of rows.
 * @param {Float64Array} rows (N, K)
 * @param {number} k
 */
function lengthsOf(rows, k) {
  let sum = 0;
  for (let at = 0; at < rows.length; at += k) {
    let square = 0;
    for (let d = 0; d < k - 1; d++) square += rows[at + d] ** 2;
    sum += Math.sqrt(square);
  }
  return sum;
}

/** @param {boolean[]} words */
function penaltiesOf(words) {
  const more = words.includes(true) ? wordPenalties : [1];
  return more.flatMap((penalty) => {
    const of = Float64Array.from(words, (word) => (word ? penalty : 1));
    return strengths.map((strength) => ({ strength, of }));
  });
}

/**
 * A ridge draws vectors to their mean, and short vectors stay behind long ones in every list: so those that
 * are more than the mean are made as much longer as trained ones are than what the others say of them. The
 * bias, which is popularity, stays among those of trained items.
 * @param {TrainedItems} items
 * @param {ItemFeatures} features
 * @returns {PredictedItems}
 */
export function predictItems(items, features) {
  const { bias, dim, people } = items;
  const k = dim + 1;
  const weights = trustOf(people, bias.length);
  const data = { targets: targetsOf(items), k, counted: dim, weights };
  const ridge = ridgeRegression(features.trained, data, penaltiesOf(features.words));
  const drawn = lengthsOf(data.targets, k) / lengthsOf(ridge.said, k);
  const longer = ridge.explained > 0 ? Math.min(mostLonger, Math.max(1, drawn)) : 1;
  const low = bias.reduce((a, b) => Math.min(a, b), Infinity);
  const high = bias.reduce((a, b) => Math.max(a, b), -Infinity);
  const m = features.known.length;
  const out = { vectors: new Float32Array(m * dim), bias: new Float32Array(m) };
  for (let i = 0; i < m; i++) {
    const row = predict(ridge, k, features.fresh, i);
    const factor = features.known[i] > 0 ? longer : 1;
    out.vectors.set(
      row.subarray(0, dim).map((x) => factor * x),
      i * dim,
    );
    out.bias[i] = Math.min(high, Math.max(low, row[dim]));
  }
  return { ...out, strength: ridge.penalty.strength, explained: ridge.explained, said: ridge.said, longer };
}
