// Owns the trainer entry: interactions -> bytes of a model file. Must not be needed to rank.
export { fitEase } from './train/neighbours.js';
export {
  gaussianDefaults,
  logisticDefaults,
  multinomialDefaults,
  softmaxDefaults,
  trainDefaults,
} from './train/settings.js';
export { trainModel, trainingMemory } from './train/train.js';

/** @typedef {import('./train/interactions.js').Interactions} Interactions */
/** @typedef {import('./train/neighbours.js').Ease} Ease */
/** @typedef {import('./train/neighbours.js').EaseOptions} EaseOptions */
/** @typedef {import('./train/train.js').TrainOptions} TrainOptions */
/** @typedef {import('./train/train.js').TrainProgress} TrainProgress */
/** @typedef {import('./train/train.js').TrainResult} TrainResult */
/** @typedef {import('./train/train.js').TrainSnapshot} TrainSnapshot */
