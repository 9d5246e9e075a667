// Owns what can be set for each objective: defaults, ranges, the order in C. Must not touch wasm.
import { badArgument } from '../core/arguments.js';

/**
 * Chosen on the validation part of a public MovieLens-1M split. neighbourLambda follows from the number of
 * people.
 */
export const neighbourDefaults = Object.freeze({
  neighbourMethod: /** @type {'ease' | 'cooccurrence'} */ ('ease'),
  neighbourStrength: 1,
  neighbourLambda: /** @type {number | undefined} */ (undefined),
  neighbourLambdaGrowth: 0.5,
  neighbourUserDamping: 0.6,
  neighbourSourceDamping: 0.5,
  neighbourPopularityDamping: 0.12,
  neighbourBlend: 0.8,
  neighbourAspects: 60,
});

/** @type {Record<string, [number, number]>} */
export const neighbourRanges = {
  neighbours: [0, 65536],
  neighbourStrength: [0, 1024],
  neighbourLambda: [1e-3, 1e9],
  neighbourLambdaGrowth: [0, 4],
  neighbourUserDamping: [0, 4],
  neighbourSourceDamping: [0, 4],
  neighbourPopularityDamping: [-4, 4],
  neighbourBlend: [0.01, 1],
  neighbourAspects: [0, 1e9],
};
/** Settings of which 0 means none. */
const orZero = { neighbourBlend: true };

/** What every objective takes besides; with neighbours, their settings too. */
const fileDefaults = { vectors: /** @type {'f32' | 'f16' | 'int8'} */ ('f32'), neighbours: 0, clusters: 24 };

/**
 * In the order in which they stand in a model's metadata. Settings of the `als` objective, chosen by NDCG@20
 * on the validation part of a public MovieLens-1M split (`npm run bench:validation`).
 */
export const trainDefaults = Object.freeze({
  dim: 64,
  personas: 4,
  sweeps: 12,
  joint: 0,
  seed: 1,
  alpha: /** @type {number | undefined} */ (undefined),
  unobserved: 12,
  lambda: 0.004,
  nu: 1,
  beta: 20,
  eta: 0,
  tau: 0.8,
  rho: 0.1,
  sharpness: 12,
  split: 1.4,
  bias: 0.01,
  minSupport: 5,
  userDamping: 0.5,
  itemDamping: 0.5,
  popularityDamping: 0.05,
  ...fileDefaults,
});

/**
 * The authors' settings for the training. The way people are folded in, from alpha on, was chosen by NDCG@10
 * of an item held out of the training of the two leave-one-out data sets: there folded-in people rank as well
 * as the vectors trained for them.
 */
export const softmaxDefaults = Object.freeze({
  dim: 64,
  personas: 3,
  epochs: 20,
  batch: 256,
  negatives: 4,
  attention: /** @type {'dot' | 'cosine'} */ ('dot'),
  attentionBeta: 1,
  learningRate: 0.001,
  balance: 0.5,
  entropyPositive: 0.005,
  entropyNegative: 0.005,
  seed: 1,
  alpha: 0.03,
  lambda: 0.15,
  nu: 1,
  beta: 20,
  eta: 0,
  tau: 0.8,
  rho: 0.1,
  sharpness: 12,
  split: 1.4,
  bias: 0.01,
  minSupport: 5,
  ...fileDefaults,
});

/**
 * Start from `warmup` sweeps of als, then epochs of gradient. Chosen by NDCG@20 on the validation part of a
 * public MovieLens-1M split (`npm run bench:likelihoods`). There `logistic` gains from 12 epochs, less with
 * more weight on zeros (.4, 1) or little dropout (.2); `gaussian` a little; `multinomial` only loses what als
 * has reached, at every learning rate and dropout that was tried, so it is held to its start by `decay`.
 */
const likelihoodDefaults = {
  dim: 64,
  personas: 4,
  epochs: 12,
  warmup: 12,
  joint: 1,
  batch: 256,
  samples: 0,
  learningRate: 0.0005,
  dropout: 0.5,
  decay: 0,
  seed: 1,
  alpha: 0.4,
  lambda: 0.006,
  nu: 1,
  beta: 20,
  eta: 0,
  tau: 0.8,
  rho: 0.1,
  sharpness: 12,
  split: 1.4,
  bias: 0.01,
  minSupport: 5,
  ...fileDefaults,
};
export const multinomialDefaults = Object.freeze({
  ...likelihoodDefaults,
  epochs: 8,
  dropout: 0.2,
  decay: 1,
});
export const gaussianDefaults = Object.freeze({ ...likelihoodDefaults, zeros: 1 });
export const logisticDefaults = Object.freeze({ ...likelihoodDefaults, zeros: 0.1 });

/** Every objective: ampcf_objective and what can be set. */
const objectives = {
  als: { code: 0, defaults: trainDefaults },
  softmax: { code: 1, defaults: softmaxDefaults },
  multinomial: { code: 2, defaults: multinomialDefaults },
  gaussian: { code: 3, defaults: gaussianDefaults },
  logistic: { code: 4, defaults: logisticDefaults },
};
/** Settings that are one of a few words; each stands for its place in C. */
const choices = {
  attention: ['dot', 'cosine'],
  vectors: ['f32', 'f16', 'int8'],
  neighbourMethod: ['ease', 'cooccurrence'],
};

/** Lowest and highest; the first ones are whole numbers. */
const wholeRanges = {
  personas: [1, 64],
  dim: [1, 1024],
  sweeps: [1, 1000],
  joint: [0, 1000],
  epochs: [1, 1000],
  batch: [1, 65536],
  negatives: [1, 64],
  warmup: [1, 1000],
  samples: [0, 2 ** 24],
  seed: [0, 2 ** 32 - 1],
  minSupport: [1, 2 ** 32 - 1],
  neighbours: neighbourRanges.neighbours,
  clusters: [0, 256],
};
/** @type {Record<string, [number, number] | number[]>} */
export const settingRanges = {
  ...neighbourRanges,
  ...wholeRanges,
  alpha: [1e-6, 1024],
  unobserved: [0.001, 1e6],
  lambda: [1e-6, 2 ** 20],
  nu: [0, 1],
  beta: [0, 1024],
  eta: [0, 16],
  tau: [0, 1],
  rho: [0, 1],
  sharpness: [0, 1024],
  split: [0, 1024],
  bias: [0, 1024],
  learningRate: [1e-9, 1],
  balance: [0, 1],
  entropyPositive: [0, 1024],
  entropyNegative: [0, 1024],
  attentionBeta: [0, 1024],
  userDamping: [0, 2],
  itemDamping: [0, 2],
  popularityDamping: [0, 2],
  dropout: [0, 0.99],
  decay: [0, 2 ** 20],
  zeros: [0, 1024],
};

/** ampcf_train_config after n_users and n_items, 4 bytes each. */
const wholeFields = [
  'objective',
  'dim',
  'personas',
  'sweeps',
  'joint',
  'batch',
  'negatives',
  'attention',
  'seed',
  'warmup',
  'samples',
];
const floatFields = [
  'alpha',
  'lambda',
  'nu',
  'beta',
  'eta',
  'tau',
  'rho',
  'sharpness',
  'split',
  'bias',
  'learningRate',
  'balance',
  'entropyPositive',
  'entropyNegative',
  'attentionBeta',
  'userDamping',
  'itemDamping',
  'popularityDamping',
  'dropout',
  'decay',
  'zeros',
];

/** Names of the settings that are numbers, and of those that are words, for the command line. */
export const numberSettings = Object.freeze(Object.keys(settingRanges));
export const choiceSettings = Object.freeze(['objective', ...Object.keys(choices)]);

/**
 * @typedef {{ objective: keyof typeof objectives, personas: number, dim: number, minSupport: number, [name:
 *   string]: number | string }} TrainSettings
 */

/**
 * Defaults and what was given, checked.
 * @param {Record<string, any>} given
 * @returns {TrainSettings} the settings of the objective and no other
 */
export function trainSettings(given) {
  const name = given.objective === undefined ? 'als' : given.objective;
  if (typeof name !== 'string' || !Object.hasOwn(objectives, name))
    throw badArgument('objective', name, `one of ${Object.keys(objectives).join(', ')}`);
  const objective = /** @type {keyof typeof objectives} */ (name);
  const defaults = { ...objectives[objective].defaults, ...(given.neighbours > 0 && neighbourDefaults) };
  const stray = [...choiceSettings, ...numberSettings].find(
    (setting) => setting !== 'objective' && given[setting] !== undefined && !(setting in defaults),
  );
  if (stray)
    throw badArgument(
      stray,
      given[stray],
      `nothing: it is not a setting of objective ${objective}${stray in neighbourDefaults ? ' without neighbours' : ''}`,
    );
  const chosen = Object.fromEntries(
    Object.entries(defaults).map(([setting, value]) => [
      setting,
      given[setting] === undefined ? value : given[setting],
    ]),
  );
  for (const [setting, value] of Object.entries(chosen))
    if (value !== undefined) checkSetting(setting, value);
  return /** @type {TrainSettings} */ ({ objective, ...chosen });
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function checkSetting(name, value) {
  if (name in choices) {
    const words = choices[/** @type {keyof typeof choices} */ (name)];
    if (!words.includes(/** @type {string} */ (value)))
      throw badArgument(name, value, `one of ${words.join(', ')}`);
    return;
  }
  const [low, high] = settingRanges[name],
    whole = name in wholeRanges;
  if (
    typeof value !== 'number' ||
    (!(value === 0 && name in orZero) && !(value >= low && value <= high)) ||
    (whole && !Number.isInteger(value))
  )
    throw badArgument(
      name,
      value,
      `${name in orZero ? '0, or ' : ''}a ${whole ? 'whole number' : 'number'} from ${low} to ${high}`,
    );
}

/**
 * alpha where it is not given: all pairs that were not observed weigh `unobserved` times as much as all that
 * were.
 * @param {TrainSettings} settings
 * @param {{ users: number, itemIds: string[], items: Uint32Array }} data
 */
export function relativeAlpha(settings, { users, itemIds, items }) {
  const pairs = users * itemIds.length;
  return Math.min(1024, Math.max(1e-6, (Number(settings.unobserved) * items.length) / pairs));
}

/**
 * L2 of neighbours where it is not given: more people need more.
 * @param {{ users: number }} data
 */
export const relativeLambda = ({ users }) => Number((users ** 0.8).toPrecision(3));

/**
 * The settings of a run that ends where this one stands after `sweep` sweeps or epochs: same model.
 * @param {TrainSettings} settings
 * @param {number} sweep
 * @returns {TrainSettings}
 */
export function settingsAfter(settings, sweep) {
  if ('warmup' in settings) return { ...settings, epochs: sweep - Number(settings.warmup) };
  const fewer = Number(settings.sweeps ?? settings.epochs) - sweep;
  if (fewer === 0) return settings;
  return {
    ...settings,
    ...('epochs' in settings ? { epochs: sweep } : { sweeps: sweep }),
    ...('joint' in settings && { joint: Math.max(0, Number(settings.joint) - fewer) }),
  };
}

/**
 * ampcf_vector_type.
 * @param {Record<string, unknown>} settings
 */
export const vectorType = (settings) => choices.vectors.indexOf(/** @type {string} */ (settings.vectors));

/**
 * ampcf_train_config as bytes.
 * @param {TrainSettings} settings
 * @param {number} users
 * @param {number} items
 */
export function trainConfig(settings, users, items) {
  const words = new Uint32Array(2 + wholeFields.length + floatFields.length),
    floats = new Float32Array(words.buffer);
  const codes = {
    ...settings,
    objective: objectives[settings.objective].code,
    sweeps: settings.sweeps ?? settings.epochs,
    attention: Math.max(0, choices.attention.indexOf(String(settings.attention))),
  };
  words.set([
    users,
    items,
    ...wholeFields.map((name) => Number(codes[/** @type {keyof typeof codes} */ (name)] ?? 0)),
  ]);
  floats.set(
    floatFields.map((name) => Number(settings[name] ?? 0)),
    2 + wholeFields.length,
  );
  return new Uint8Array(words.buffer);
}
