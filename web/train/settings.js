// Owns what can be set for each objective: ranges, words, checks, and what follows from the data. Must not
// touch wasm.
import * as abi from '../core/abi.js';
import { badArgument } from '../core/arguments.js';
import { highestSeed } from '../core/random.js';
import { localDefaults, neighbourDefaults, objectiveDefaults } from './defaults.js';
import { forgetful, forgetfulDefaults, isPrivate, privateSupport } from './private.js';

/** @import { CanonicalInteractions } from './interactions.js' */
/**
 * @typedef {{ objective: keyof typeof objectiveDefaults, personas: number, dim: number, minSupport: number,
 *   [name: string]: number | string }} TrainSettings
 */

/** Settings that are one of a few words, and what each word is in C. */
export const choices = {
  objective: {
    als: abi.AMPCF_OBJECTIVE_ALS,
    softmax: abi.AMPCF_OBJECTIVE_SOFTMAX,
    multinomial: abi.AMPCF_OBJECTIVE_MULTINOMIAL,
    gaussian: abi.AMPCF_OBJECTIVE_GAUSSIAN,
    logistic: abi.AMPCF_OBJECTIVE_LOGISTIC,
  },
  attention: { dot: abi.AMPCF_ATTENTION_DOT, cosine: abi.AMPCF_ATTENTION_COSINE },
  vectors: { f32: abi.AMPCF_VECTORS_F32, f16: abi.AMPCF_VECTORS_F16, int8: abi.AMPCF_VECTORS_INT8 },
  neighbourMethod: {
    ease: abi.AMPCF_NEIGHBOURS_EASE,
    cooccurrence: abi.AMPCF_NEIGHBOURS_COOCCURRENCE,
    local: abi.AMPCF_NEIGHBOURS_LOCAL,
  },
};

/**
 * Lowest, highest, and the step where only whole numbers are taken.
 * @type {Record<string, [low: number, high: number, step?: 1]>}
 */
export const settingRanges = {
  neighbours: [0, 65536, 1],
  neighbourStrength: [0, 1024],
  neighbourLambda: [1e-3, 1e9],
  neighbourLambdaGrowth: [0, 4],
  neighbourUserDamping: [0, 4],
  neighbourSourceDamping: [0, 4],
  neighbourPopularityDamping: [-4, 4],
  neighbourBlend: [0.01, 1],
  neighbourAspects: [0, 1e9],
  personas: [1, abi.AMPCF_MAX_PERSONAS, 1],
  dim: [1, abi.AMPCF_MAX_DIM, 1],
  sweeps: [1, 1000, 1],
  epochs: [1, 1000, 1],
  batch: [1, 65536, 1],
  negatives: [1, 64, 1],
  warmup: [1, 1000, 1],
  samples: [0, abi.AMPCF_MAX_ITEMS, 1],
  seed: [0, highestSeed, 1],
  minSupport: [1, 2 ** 32 - 1, 1],
  clusters: [0, abi.AMPCF_MAX_CLUSTERS, 1],
  alpha: [1e-6, 1024],
  unobserved: [0.001, 1e6],
  lambda: [1e-6, 2 ** 20],
  nu: [0, 1],
  split: [0, 1024],
  gate: [0, 16],
  leaves: [1, abi.AMPCF_MAX_LEAVES, 1],
  proportional: [0, 1],
  bias: [0, 1024],
  learningRate: [1e-9, 1],
  balance: [0, 1],
  entropyPositive: [0, 1024],
  entropyNegative: [0, 1024],
  attentionBeta: [0, 1024],
  userDamping: [0, 2],
  itemDamping: [0, 2],
  popularityDamping: [0, 2],
  supportLambda: [0, 65536],
  vectorStep: [0.001, 1],
  dropout: [0, 0.99],
  decay: [0, 2 ** 20],
  zeros: [0, 1024],
};
/** Settings of which 0 means none, though it is out of their range. */
const orZero = new Set(['neighbourBlend', 'vectorStep']);

const ofAttention = 'it was part of the attention of version 0.1, which the gate replaced';
/**
 * What is wanted in the place of a setting of version 0.1 that is gone. Models of that version still have
 * them in their metadata.
 * @type {Readonly<Record<string, { setting?: string, why: string }>>}
 */
export const goneSettings = Object.freeze({
  beta: { setting: 'gate', why: ofAttention },
  eta: { setting: 'gate', why: ofAttention },
  tau: { setting: 'gate', why: ofAttention },
  rho: { setting: 'gate', why: ofAttention },
  sharpness: { setting: 'leaves', why: ofAttention },
  joint: { why: 'it trained items by the attention of version 0.1, which the gate replaced' },
});

/**
 * Settings as they stand in the metadata of a model, without those that are gone.
 * @param {Record<string, any>} settings
 * @returns {Record<string, any>}
 */
export const knownSettings = (settings) =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => !Object.hasOwn(goneSettings, name)));

/** Names of the settings that are numbers, and of those that are words, for the command line. */
export const numberSettings = Object.freeze(Object.keys(settingRanges));
export const choiceSettings = Object.freeze(Object.keys(choices));

/**
 * Defaults and what was given, checked.
 * @param {Record<string, any>} given
 * @returns {TrainSettings} the settings of the objective and no other
 */
export function trainSettings(given) {
  refuseGone(given);
  const toBePrivate = isPrivate(given);
  const objective = /** @type {TrainSettings['objective']} */ (
    given.objective === undefined ? 'als' : given.objective
  );
  checkSetting('objective', objective);
  const ofNeighbours = given.neighbourMethod === 'local' ? localDefaults : neighbourDefaults;
  const defaults = {
    ...objectiveDefaults[objective],
    ...(objective === 'als' && forgetfulDefaults(given, toBePrivate)),
    ...(given.neighbours > 0 && ofNeighbours),
  };
  refuseStray(given, objective, defaults);
  const chosen = Object.fromEntries(
    Object.entries(defaults).map(([setting, value]) => [
      setting,
      given[setting] === undefined ? value : given[setting],
    ]),
  );
  for (const [setting, value] of Object.entries(chosen))
    if (value !== undefined) checkSetting(setting, value);
  // 0 is as if nothing had been given: the same bytes, metadata included.
  for (const setting of forgetful) if (chosen[setting] === 0) delete chosen[setting];
  return /** @type {TrainSettings} */ ({ objective, ...chosen });
}

/** @param {Record<string, any>} given */
export function refuseGone(given) {
  for (const [name, { setting = 'nothing', why }] of Object.entries(goneSettings))
    if (given[name] !== undefined) throw badArgument(name, given[name], `${setting}: ${why}`);
}

/**
 * A setting of another objective would do nothing, which is not what was meant.
 * @param {Record<string, any>} given
 * @param {string} objective
 * @param {Record<string, unknown>} defaults
 */
function refuseStray(given, objective, defaults) {
  const stray = [...choiceSettings, ...numberSettings].find(
    (setting) => setting !== 'objective' && given[setting] !== undefined && !(setting in defaults),
  );
  if (stray)
    throw badArgument(
      stray,
      given[stray],
      `nothing: it is not a setting of objective ${objective}` +
        (stray in neighbourDefaults ? ' without neighbours' : ''),
    );
}

/**
 * @param {string} name of a setting
 * @param {unknown} value
 */
export function checkSetting(name, value) {
  if (name in choices) {
    const words = choices[/** @type {keyof typeof choices} */ (name)];
    if (typeof value !== 'string' || !Object.hasOwn(words, value))
      throw badArgument(name, value, `one of ${Object.keys(words).join(', ')}`);
    return;
  }
  const [low, high, step] = settingRanges[name],
    zero = orZero.has(name);
  if (
    typeof value !== 'number' ||
    (!(value === 0 && zero) && !(value >= low && value <= high)) ||
    (step && !Number.isInteger(value))
  )
    throw badArgument(
      name,
      value,
      `${zero ? '0, or ' : ''}a ${step ? 'whole number' : 'number'} from ${low} to ${high}`,
    );
}

/**
 * alpha where it is not given: all pairs that were not observed weigh `unobserved` times as much as all that
 * were.
 * @param {TrainSettings} settings
 * @param {CanonicalInteractions} data
 */
function relativeAlpha(settings, { users, itemIds, items }) {
  const [low, high] = settingRanges.alpha,
    pairs = users * itemIds.length;
  return Math.min(high, Math.max(low, (Number(settings.unobserved) * items.length) / pairs));
}

/**
 * L2 of neighbours where it is not given: more people need more.
 * @param {{ users: number }} data
 */
export const relativeLambda = ({ users }) => Number((users ** 0.8).toPrecision(3));

/**
 * The same of `local`, relative to what an item says of itself: 5 up to 50 events an item, 2 from 100 on, and
 * between them a line over the logarithm.
 * @param {CanonicalInteractions} data
 */
function localLambda({ items, itemIds }) {
  const share = Math.min(1, Math.max(0, Math.log2(items.length / itemIds.length / 50)));
  return Number((5 * (2 / 5) ** share).toPrecision(3));
}

/**
 * How much `local` counts beside vectors where it is not given: 1 for each 4096 items, 1 to 10. The best was
 * 1 on catalogues of 3,000 and 8,000, and 10 and more on one of 41,000.
 * @param {CanonicalInteractions} data
 */
const localStrength = ({ itemIds }) =>
  Number(Math.min(10, Math.max(1, itemIds.length / 4096)).toPrecision(2));

/**
 * With the defaults that follow from the data.
 * @param {TrainSettings} settings
 * @param {CanonicalInteractions} data
 */
function neighbourSettings({ neighbourMethod, neighbourLambda, neighbourStrength }, data) {
  const local = neighbourMethod === 'local';
  return {
    neighbourLambda: neighbourLambda ?? (local ? localLambda(data) : relativeLambda(data)),
    neighbourStrength: neighbourStrength ?? localStrength(data),
  };
}

/**
 * With the defaults that follow from the data.
 * @param {TrainSettings} settings
 * @param {CanonicalInteractions} data
 * @returns {TrainSettings}
 */
export function settingsFor(settings, data) {
  return {
    ...settings,
    alpha: settings.alpha ?? relativeAlpha(settings, data),
    ...('supportLambda' in settings && { supportLambda: settings.supportLambda ?? privateSupport(data) }),
    ...(Number(settings.neighbours) > 0 && neighbourSettings(settings, data)),
  };
}

/**
 * The settings of a run that ends where this one stands after `sweep` sweeps or epochs: same model.
 * @param {TrainSettings} settings
 * @param {number} sweep
 * @returns {TrainSettings}
 */
export function settingsAfter(settings, sweep) {
  if ('warmup' in settings) return { ...settings, epochs: sweep - Number(settings.warmup) };
  return { ...settings, ...('epochs' in settings ? { epochs: sweep } : { sweeps: sweep }) };
}
