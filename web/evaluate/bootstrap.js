// Owns the paired bootstrap over people: how far a difference or a ratio of two means could be luck. Must not
// know what is measured.
import { badArgument } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';
import { AmpcfError } from '../core/errors.js';
import { quantile } from '../core/quantile.js';
import { below, seededRandom } from '../core/random.js';
import { seedArgument, wholeArgument } from './checks.js';

/**
 * @typedef {object} Interval percentile interval
 * @property {number} mean
 * @property {number} low
 * @property {number} high
 * @property {number} below share of resamples below 0 (a ratio: below 1)
 */
/** @typedef {{ resamples?: number, seed?: number }} BootstrapOptions defaults 2000 and 1 */
/**
 * @typedef {(done: number, total: number) => Promise<void>} Pace a turn of the event loop now and then;
 *   rejects on abort
 */

const level = 0.95;

/**
 * Resamples people and takes the means of every column over the same ones, one resample at a step.
 * @param {Float64Array[]} columns (U) each, one number a person
 * @param {number} resamples
 * @param {number} seed
 * @returns {Generator<number, Float64Array[], void>} yields how many are done, returns (resamples) for each
 *   column
 */
function* resampledMeans(columns, resamples, seed) {
  const n = columns[0].length;
  const random = seededRandom(seed);
  const times = new Uint32Array(n);
  const means = columns.map(() => new Float64Array(resamples));
  for (let b = 0; b < resamples; b++) {
    times.fill(0);
    for (let i = 0; i < n; i++) times[below(random, n)]++;
    columns.forEach((column, c) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += times[i] * column[i];
      means[c][b] = sum / n;
    });
    yield b + 1;
  }
  return means;
}

/**
 * @param {number} mean
 * @param {Float64Array} samples
 * @param {number} neutral
 * @returns {Interval}
 */
function intervalOf(mean, samples, neutral) {
  const sorted = samples.filter(Number.isFinite).sort();
  const tail = (1 - level) / 2;
  return {
    mean,
    low: quantile(sorted, tail),
    high: quantile(sorted, 1 - tail),
    below: sorted.filter((value) => value < neutral).length / sorted.length,
  };
}

/** @param {Float64Array} column */
const meanOf = (column) => column.reduce((sum, value) => sum + value, 0) / column.length;

/**
 * The mean difference of two systems on the same people, and how far it could be luck: people are drawn with
 * replacement, each with both figures.
 * Efron & Tibshirani 1993, chapter 13
 * @param {ArrayLike<number>} a (U) a metric of each person under the first system
 * @param {ArrayLike<number>} b (U) the same people, in the same order, under the second
 * @param {BootstrapOptions} [options] same seed, same interval
 * @returns {Interval} of mean(a) - mean(b), 95 %, in the metric's own unit
 * @throws {AmpcfError} BAD_ARGUMENT. O(resamples U)
 */
export function pairedBootstrap(a, b, options = {}) {
  const { resamples = 2000, seed = 1 } = optionsArgument(options, 'resamples seed');
  checkResampling(resamples, seed);
  if (!(a?.length > 0) || a.length !== b?.length)
    throw new AmpcfError(
      'BAD_ARGUMENT',
      `figures of people: got ${a?.length} and ${b?.length}, wanted as many of both, and at least one`,
    );
  const column = Float64Array.from(a, (value, i) => value - b[i]);
  const wrong = column.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw badArgument(`figure ${wrong}`, column[wrong], 'finite numbers');
  const steps = resampledMeans([column], resamples, seed);
  for (let step = steps.next(); ; step = steps.next())
    if (step.done) return intervalOf(meanOf(column), step.value[0], 0);
}

/**
 * @param {unknown} resamples
 * @param {unknown} seed
 */
export function checkResampling(resamples, seed) {
  wholeArgument('resamples', resamples, 1, 1e6);
  seedArgument(seed);
}

/**
 * `pairedBootstrap` for many metrics at once, on the same resamples, in turns of the event loop.
 * @param {Record<string, Float64Array>} a (U) for each metric
 * @param {Record<string, Float64Array>} b the same metrics and people
 * @param {{ resamples: number, seed: number, pace: Pace, ratio?: boolean }} options ratio: mean(a) / mean(b)
 *   instead of the difference
 * @returns {Promise<Record<string, Interval>>} a ratio to 0 is left out
 */
export async function compareMetrics(a, b, { resamples, seed, pace, ratio = false }) {
  const names = Object.keys(a);
  const columns = names.flatMap((name) =>
    ratio ? [a[name], b[name]] : [a[name].map((value, i) => value - b[name][i])],
  );
  const steps = resampledMeans(columns, resamples, seed);
  let step = steps.next();
  for (; !step.done; step = steps.next()) await pace(step.value, resamples);
  const means = step.value;
  /** @type {Record<string, Interval>} */
  const out = {};
  names.forEach((name, i) => {
    if (!ratio) out[name] = intervalOf(meanOf(columns[i]), means[i], 0);
    else if (meanOf(b[name]) > 0)
      out[name] = intervalOf(
        meanOf(a[name]) / meanOf(b[name]),
        means[2 * i].map((value, r) => value / means[2 * i + 1][r]),
        1,
      );
  });
  return out;
}
