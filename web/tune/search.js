// Owns the course of a search: rounds, methods, proposals, gates, which trials are hopeless, which is best.
// Must not know threads, files or time.
import { seededRandom } from '../core/random.js';
import { drawSettings, searchSpace, stepFrom } from './space.js';

/** @import { TrainSettings } from '../train/settings.js' */
/** @import { GateChoice, ValidationFigures } from '../evaluate.js' */
/** @import { GatePair } from '../evaluate/choose-gate.js' */
/** @import { Chosen, Method } from './methods.js' */
/**
 * @typedef {object} TrialJob
 * @property {number} trial from 0, the defaults
 * @property {Chosen} chosen settings that this trial changes
 * @property {GatePair} [gate] that it is measured with; without one it chooses one
 * @property {number} promising NDCG@20 after the first sweeps below which a trial is abandoned
 * @property {number} best NDCG@20 so far; a model that is no better is not sent back
 */
/**
 * @typedef {object} TrialResult
 * @property {number} trial
 * @property {Chosen} chosen
 * @property {number | null} early NDCG@20 after the first sweeps
 * @property {ValidationFigures | null} validation on the sample; null: abandoned
 * @property {GateChoice | null} gate how it was chosen; null: it was not
 * @property {TrainSettings | null} settings with the sweeps kept and the gate
 * @property {Uint8Array<ArrayBuffer> | null} bytes of a model that is better than `best`
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
 * @property {readonly Method[]} methods that are compared, the one of the first trial first
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
 * What trials are proposed with: half of them are a step from the best, the others random, one in four of
 * those with a method that is not the best one.
 * @param {readonly Method[]} methods
 * @param {readonly string[]} fixed
 */
function proposals(methods, fixed) {
  const spaces = methods.map(({ chosen, settings }) =>
    searchSpace(settings, [...fixed, ...Object.keys(chosen)]),
  );
  return {
    /** Is there anything to draw? */
    any: spaces.some((space) => space.size > 0),
    /**
     * @param {Method} method of the best
     * @param {Chosen} good settings of the best, also those that follow from the data
     * @param {number} round
     * @param {() => number} random
     */
    step(method, good, round, random) {
      const space = spaces[methods.indexOf(method)];
      return { ...method.chosen, ...stepFrom(space, { ...method.settings, ...good }, round, random) };
    },
    /**
     * @param {Method} method
     * @param {() => number} random
     */
    draw(method, random) {
      const others = methods.filter((other) => other !== method);
      const away = others.length > 0 && random() < 0.25;
      const drawn = away ? others[Math.floor(random() * others.length)] : method;
      return { ...drawn.chosen, ...drawSettings(spaces[methods.indexOf(drawn)], random) };
    },
  };
}

/**
 * The method that a trial took: the one whose settings it has.
 * @param {readonly Method[]} methods
 * @param {Chosen} chosen
 */
const methodOf = (methods, chosen) =>
  methods.find((method) => method !== methods[0] && isPartOf(method.chosen, chosen)) ?? methods[0];

/**
 * @param {Chosen} part
 * @param {Chosen} whole
 */
const isPartOf = (part, whole) => Object.entries(part).every(([name, value]) => whole[name] === value);

/**
 * The gate that later trials of a method are measured with: the one that its first trial chose. Choosing
 * takes longer than many a training.
 * @param {readonly Method[]} methods
 */
function gatesOf(methods) {
  /** @type {Map<Method, GatePair>} */
  const gates = new Map();
  return {
    /** @param {readonly TrialResult[]} results */
    learn(results) {
      for (const { chosen, gate } of results) {
        const method = methodOf(methods, chosen);
        if (gate && !gates.has(method)) gates.set(method, { gate: gate.gate, leaves: gate.leaves });
      }
    },
    /** @param {Chosen} chosen */
    of(chosen) {
      const gate = gates.get(methodOf(methods, chosen));
      return gate && { gate };
    },
  };
}

/**
 * Runs a search: first every method with its defaults, then rounds of random settings, every other trial a
 * step from the best so far.
 * @param {SearchOptions} options
 * @returns {Promise<{ best: BestTrial, results: TrialResult[] }>} same options and results of trials, same
 *   search
 */
export async function searchSettings({ methods, fixed, seed, trials, run, over, onBest }) {
  const propose = proposals(methods, fixed);
  const gates = gatesOf(methods);
  const jobs = methods.map(({ chosen }, trial) => ({ trial, chosen, promising: -Infinity, best: -Infinity }));
  const results = await run(jobs.slice(0, trials));
  let best = /** @type {BestTrial} */ (betterOf(results, undefined));
  gates.learn(results);
  await onBest?.(best);
  for (let round = 1; propose.any && results.length < trials && !over(); round++) {
    const promising = promisingFrom(results);
    const first = results.length;
    const method = methodOf(methods, best.chosen);
    const jobs = Array.from({ length: Math.min(roundSize, trials - first) }, (_, i) => {
      const trial = first + i;
      const random = seededRandom(seed ^ Math.imul(trial, 0x9e3779b1));
      const chosen =
        i % 2 === 0 ? propose.step(method, best.settings, round, random) : propose.draw(method, random);
      return { trial, chosen, ...gates.of(chosen), promising, best: ndcgOf(best) };
    });
    const done = await run(jobs);
    const found = betterOf(done, best);
    results.push(...done);
    gates.learn(done);
    if (found && found !== best) {
      best = found;
      await onBest?.(best);
    }
    if (done.length < jobs.length) break;
  }
  return { best, results };
}
