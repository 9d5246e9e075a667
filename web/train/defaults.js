// Owns the defaults of every objective and of neighbours: each once, in the order in which a model's metadata
// has them. Must not check what is given.

/**
 * Chosen on the validation part of a public MovieLens-1M split. neighbourLambda follows from the number of
 * people.
 */
export const neighbourDefaults = Object.freeze({
  neighbourMethod: /** @type {'ease' | 'cooccurrence' | 'local'} */ ('ease'),
  neighbourStrength: 1,
  neighbourLambda: /** @type {number | undefined} */ (undefined),
  neighbourLambdaGrowth: 0.5,
  neighbourUserDamping: 0.6,
  neighbourSourceDamping: 0.5,
  neighbourPopularityDamping: 0.12,
  neighbourBlend: 0.8,
  neighbourAspects: 60,
});

/**
 * Those of `local`, chosen on the validation parts of public splits of Gowalla, Last.fm and MovieLens-1M.
 * neighbourLambda follows from the events an item has, neighbourStrength from the number of items.
 */
export const localDefaults = Object.freeze({
  ...neighbourDefaults,
  neighbourMethod: /** @type {'ease' | 'cooccurrence' | 'local'} */ ('local'),
  neighbourStrength: /** @type {number | undefined} */ (undefined),
  neighbourUserDamping: 0.3,
  neighbourSourceDamping: 0.3,
  neighbourPopularityDamping: 0,
});

/** How people are folded in and scored, the same for every objective. */
const foldInDefaults = {
  nu: 1,
  split: 1.4,
  gate: 0.25,
  leaves: 8,
  proportional: 0.1,
  bias: 0.01,
  minSupport: 5,
};

/** What every objective takes besides; with neighbours, their settings too. */
const fileDefaults = { vectors: /** @type {'f32' | 'f16' | 'int8'} */ ('f32'), neighbours: 0, clusters: 24 };

/**
 * Settings of the `als` objective, chosen by NDCG@20 on the validation part of a public MovieLens-1M split
 * (`npm run bench:validation`).
 */
export const trainDefaults = Object.freeze({
  dim: 64,
  personas: 4,
  sweeps: 12,
  seed: 1,
  alpha: /** @type {number | undefined} */ (undefined),
  unobserved: 12,
  lambda: 0.004,
  ...foldInDefaults,
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
  ...foldInDefaults,
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
  batch: 256,
  samples: 0,
  learningRate: 0.0005,
  dropout: 0.5,
  decay: 0,
  seed: 1,
  alpha: 0.4,
  lambda: 0.006,
  ...foldInDefaults,
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

/**
 * Of vectors that were learnt elsewhere. alpha and lambda follow from their norm and width, itemDamping is 0
 * where nothing is known of popularity.
 */
export const givenDefaults = Object.freeze({
  personas: 4,
  seed: 1,
  alpha: /** @type {number | undefined} */ (undefined),
  lambda: /** @type {number | undefined} */ (undefined),
  nu: 1,
  split: foldInDefaults.split,
  gate: foldInDefaults.gate,
  leaves: foldInDefaults.leaves,
  proportional: foldInDefaults.proportional,
  bias: foldInDefaults.bias,
  itemDamping: 0.5,
  popularityDamping: 0,
  vectorType: fileDefaults.vectors,
  clusters: fileDefaults.clusters,
});

/** What can be set for each objective. */
export const objectiveDefaults = {
  als: trainDefaults,
  softmax: softmaxDefaults,
  multinomial: multinomialDefaults,
  gaussian: gaussianDefaults,
  logistic: logisticDefaults,
};
