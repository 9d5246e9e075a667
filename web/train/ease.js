// Owns EASE with its whole matrix: a baseline to measure others by. Must not be needed to train a model.
import { badArgument } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';
import { AmpcfError } from '../core/errors.js';
import { neighbourDefaults } from './defaults.js';
import { startTrainer } from './module.js';
import { runNeighbours } from './neighbours.js';
import { checkCompany } from './options.js';
import { checkSetting, relativeLambda } from './settings.js';

/** @import { CanonicalInteractions } from './interactions.js' */
/** @import { NeighboursRun } from './kernel.js' */
/** @typedef {{ done: number, total: number }} EaseProgress steps */
/**
 * @typedef {object} EaseOptions
 * @property {number} [lambda] L2 of an item of mean popularity
 * @property {number} [lambdaGrowth] exponent of an item's popularity in its L2
 * @property {number} [userDamping] exponent by which people with many events count less
 * @property {number} [popularityDamping] exponent by which popular candidates gain less
 * @property {AbortSignal} [signal]
 * @property {(progress: EaseProgress) => void} [onProgress]
 */
/** @typedef {{ score(history: Uint32Array, out: Float32Array): void, dispose(): void }} Ease */

const easeNames = 'lambda lambdaGrowth userDamping popularityDamping signal onProgress';

/**
 * @param {CanonicalInteractions} data
 * @param {EaseOptions} options
 */
function easeSettings(data, { lambda, lambdaGrowth, userDamping, popularityDamping }) {
  const given = Object.entries({
    neighbourLambda: lambda,
    neighbourLambdaGrowth: lambdaGrowth,
    neighbourUserDamping: userDamping,
    neighbourPopularityDamping: popularityDamping,
  }).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) checkSetting(name, value);
  return {
    ...neighbourDefaults,
    neighbourLambda: relativeLambda(data),
    ...Object.fromEntries(given),
    neighbours: 0,
    minSupport: 1,
  };
}

/**
 * EASE with the whole matrix, nothing cut.
 * @param {CanonicalInteractions} data
 * @param {EaseOptions} [options]
 * @returns {Promise<Ease>} `score` fills out (N) with the scores of a history of distinct item indices
 * @throws {AmpcfError} BAD_ARGUMENT, OUT_OF_MEMORY; an abort rejects with its reason
 */
export async function fitEase(data, options = {}) {
  checkCompany(optionsArgument(options, easeNames));
  if (!Array.isArray(data?.itemIds) || !ArrayBuffer.isView(data.offsets) || !ArrayBuffer.isView(data.items))
    throw badArgument('data', data, 'interactions in canonical form');
  const settings = easeSettings(data, options),
    n = data.itemIds.length;
  /** @type {NeighboursRun | undefined} */
  let run = await runNeighbours(await startTrainer(), data, settings, options);
  return {
    score(history, out) {
      if (!run) throw new AmpcfError('DISPOSED', 'this EASE was disposed');
      if (out.length !== n) throw badArgument('out', out.length, `a length of ${n}`);
      out.set(run.score(history));
    },
    dispose() {
      run = undefined;
    },
  };
}
