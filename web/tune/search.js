// Owns the course of a search: rounds, proposals, which trials are hopeless, which is best. Must not know
// threads, files or time.
import { seededRandom } from '../core/random.js';
import { drawSettings, searchSpace, stepFrom } from './space.js';

/** @import { TrainSettings } from '../train/settings.js' */
/** @import { ValidationFigures } from '../evaluate/validation-figures.js' */
/**
 * @typedef {object} TrialJob
 * @property {number} trial from 0, the defaults
 * @property {Record<string, number>} chosen settings that this trial changes
 * @property {number} promising NDCG@20 after the first sweeps below which a trial is abandoned
 * @property {number} best NDCG@20 so far; a model that is no better is not sent back
 */
/**
 * @typedef {object} TrialResult
 * @property {number} trial
 * @property {Record<string, number>} chosen
 * @property {number | null} early NDCG@20 after the first sweeps
 * @property {ValidationFigures | null} validation on the sample; null: abandoned
 * @property {TrainSettings | null} settings with the sweeps kept
 * @property {Uint8Array<ArrayBuffer> | null} bytes of a model that is better than `best`
 * @property {{ users: number, items: number, interactions: number, dropped: number }} counts
 * @property {number} seconds
 */
/**
 * @typedef {object} Measured what a trial has that was not given up and is the best so far
 * @property {ValidationFigures} validation
 * @property {TrainSettings} settings
 * @property {Uint8Array<ArrayBuffer>} bytes
 */
/** @typedef {TrialResult & Measured} BestTrial */
/**
 * @typedef {object} SearchOptions
 * @property {TrainSettings} settings the defaults and what is fixed
 * @property {readonly string[]} fixed names of settings that no trial changes
 * @property {number} seed
 * @property {number} trials at most
 * @property {(jobs: readonly TrialJob[]) => Promise<TrialResult[]>} run a round: results of all jobs, or of
 *   those done in time
 * @property {() => boolean} over whether time is up; the first trial is run all the same
 * @property {(best: BestTrial) => void | Promise<void>} [onBest] after each round that brought a better one
 */

/**
 * Trials in a round: they do not know of each other, so that any number of processors gives the same search.
 */
const roundSize = 8;

export const ndcgOf = (/** @type {TrialResult} */ { validation }) =>
  validation?.metrics['ndcg@20'] ?? -Infinity;

/**
 * The NDCG that a trial must reach to be worth its time: the best third of the others had it as early.
 * @param {readonly TrialResult[]} results
 */
function promisingFrom(results) {
  const early = results.flatMap(({ early: value }) => value ?? []).sort((a, b) => b - a);
  return early[Math.floor(early.length / 3)] ?? -Infinity;
}

/**
 * The best of results and of the best so far; of equals the earlier.
 * @param {readonly TrialResult[]} results
 * @param {BestTrial | undefined} best
 */
function betterOf(results, best) {
  return results.reduce(
    (found, result) =>
      result.bytes && (!found || ndcgOf(result) > ndcgOf(found)) ? /** @type {BestTrial} */ (result) : found,
    best,
  );
}

/**
 * Runs a search: first the defaults, then rounds of random settings, every other trial a step from the best
 * so far.
 * @param {SearchOptions} options
 * @returns {Promise<{ best: BestTrial, results: TrialResult[] }>} same options and results of trials, same
 *   search
 */
export async function searchSettings({ settings, fixed, seed, trials, run, over, onBest }) {
  const results = await run([{ trial: 0, chosen: {}, promising: -Infinity, best: -Infinity }]);
  const space = searchSpace(settings, fixed);
  let best = /** @type {BestTrial} */ (results[0]);
  await onBest?.(best);
  for (let round = 1; results.length < trials && !over() && space.size > 0; round++) {
    const promising = promisingFrom(results);
    const first = results.length;
    const good = { ...settings, ...best.chosen };
    const jobs = Array.from({ length: Math.min(roundSize, trials - first) }, (_, i) => {
      const random = seededRandom(seed ^ Math.imul(first + i, 0x9e3779b1));
      return {
        trial: first + i,
        chosen: i % 2 === 0 ? stepFrom(space, good, round, random) : drawSettings(space, random),
        promising,
        best: ndcgOf(best),
      };
    });
    const done = await run(jobs);
    const found = betterOf(done, best);
    results.push(...done);
    if (found && found !== best) await onBest?.((best = found));
    if (done.length < jobs.length) break;
  }
  return { best, results };
}
