// Owns which settings are searched, and where: ranges, random draws, small steps from a good place. Must not
// train or measure.
import { normal } from '../core/random.js';
import { settingRanges } from '../train/settings.js';

/** @import { TrainSettings } from '../train/settings.js' */
/** @typedef {{ low: number, high: number, log: boolean }} Range */
/** @typedef {Map<string, Range>} Space by name of the setting */

/** Share of a range that a small step takes at first. */
const firstStep = 0.2;

const linear = (/** @type {number} */ low, /** @type {number} */ high) => ({ low, high, log: false });
const log = (/** @type {number} */ low, /** @type {number} */ high) => ({ low, high, log: true });

/**
 * Of each way to neighbours.
 * @type {Record<string, Record<string, Range>>}
 */
const neighbourRanges = {
  ease: {
    neighbourLambda: log(30, 3000),
    neighbourLambdaGrowth: linear(0, 1),
    neighbourBlend: linear(0.4, 1),
    neighbourAspects: log(5, 300),
  },
  cooccurrence: {
    neighbourStrength: log(0.02, 1),
    neighbourSourceDamping: linear(0, 1),
    neighbourPopularityDamping: linear(0, 1),
  },
  local: {
    neighbourLambda: log(0.5, 20),
    neighbourStrength: log(0.5, 30),
    neighbourSourceDamping: linear(0, 0.6),
    neighbourPopularityDamping: linear(-0.1, 0.2),
  },
};

/**
 * The settings of an objective that are worth a search. For als alpha follows the density of the data, by
 * `unobserved`. Gate, leaves and proportional are chosen at the end of each training.
 * @param {TrainSettings} settings
 * @param {readonly string[]} fixed
 * @returns {Record<string, Range>}
 */
function rangesFor(settings, fixed) {
  const around = (/** @type {string} */ name) => log(Number(settings[name]) / 5, Number(settings[name]) * 5);
  const least = settings.objective === 'als';
  return {
    ...(!least ? { alpha: around('alpha') } : !fixed.includes('alpha') && { unobserved: log(3, 40) }),
    lambda: least ? log(0.001, 0.03) : around('lambda'),
    learningRate: around('learningRate'),
    userDamping: linear(0, 1),
    itemDamping: linear(0, 0.8),
    popularityDamping: linear(0, 0.2),
    ...neighbourRanges[String(settings.neighbourMethod)],
    neighbourUserDamping: linear(0, 1),
  };
}

/**
 * @param {TrainSettings} settings the defaults and what is fixed
 * @param {readonly string[]} fixed names
 * @returns {Space}
 */
export function searchSpace(settings, fixed) {
  return new Map(
    Object.entries(rangesFor(settings, fixed))
      .filter(([name]) => name in settings && !fixed.includes(name))
      .map(([name, range]) => {
        const [lowest, highest] = settingRanges[name];
        return [
          name,
          {
            ...range,
            low: Math.min(highest, Math.max(lowest, range.low)),
            high: Math.max(lowest, Math.min(highest, range.high)),
          },
        ];
      }),
  );
}

/**
 * The value at a share of a range. It has four digits, so that a command line that a person can read gives
 * the same number.
 * @param {Range} range
 * @param {number} share 0 to 1
 */
function valueAt({ low, high, log: isLog }, share) {
  const value = isLog ? low * (high / low) ** share : low + (high - low) * share;
  return Math.min(Math.max(Number(value.toPrecision(4)), low), high);
}

/**
 * Where a value stands in its range, 0 to 1; the middle where it follows from the data.
 * @param {Range} range
 * @param {number} value
 */
function shareOf({ low, high, log: isLog }, value) {
  if (!Number.isFinite(value)) return 0.5;
  const share =
    high > low
      ? isLog
        ? Math.log(Math.max(value, low) / low) / Math.log(high / low)
        : (value - low) / (high - low)
      : 0;
  return Math.min(1, Math.max(0, share));
}

/**
 * @param {Space} space
 * @param {() => number} random
 * @returns {Record<string, number>}
 */
export function drawSettings(space, random) {
  return Object.fromEntries(Array.from(space, ([name, range]) => [name, valueAt(range, random())]));
}

/**
 * Settings near the best: about half of them a step away from where they are best so far; steps grow shorter
 * from round to round.
 * @param {Space} space
 * @param {Record<string, number | string>} best
 * @param {number} round from 1
 * @param {() => number} random
 * @returns {Record<string, number>}
 */
export function stepFrom(space, best, round, random) {
  const size = firstStep / Math.sqrt(round);
  const names = [...space.keys()];
  const sure = names[Math.floor(random() * names.length)];
  const steps = Array.from(space, ([name, range]) => {
    const moves = random() < 0.5 || name === sure;
    const by = size * normal(random);
    const from = Number(best[name]);
    return /** @type {[string, number]} */ ([
      name,
      moves ? valueAt(range, Math.min(1, Math.max(0, shareOf(range, from) + by))) : from,
    ]);
  });
  // What follows from the data is no number here, and follows from it again.
  return Object.fromEntries(steps.filter(([, value]) => Number.isFinite(value)));
}
