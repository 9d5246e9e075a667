// Owns the trainer entry: interactions -> bytes of a model file. Must not be needed to rank.
export { makeEvidence } from './evidence/make.js';
export { appendItems } from './train/append.js';
export { fitEase } from './train/ease.js';
export { modelFromVectors } from './train/from-vectors.js';
export {
  gaussianDefaults,
  logisticDefaults,
  multinomialDefaults,
  softmaxDefaults,
  trainDefaults,
} from './train/defaults.js';
export { addGraph } from './train/graph.js';
export { replaceMetadata } from './train/metadata.js';
export { retireItems } from './train/retire.js';
export { trainModel, trainingMemory } from './train/train.js';

/** @typedef {import('./train/append.js').AppendedItems} AppendedItems */
/** @typedef {import('./train/append.js').AppendOptions} AppendOptions */
/** @typedef {import('./train/graph.js').AddGraphOptions} AddGraphOptions */
/** @typedef {import('./train/graph.js').GraphResult} GraphResult */
/** @typedef {import('./graph/lean.js').GraphSettings} GraphSettings */
/** @typedef {import('./graph/triples.js').Triples} Triples */
/** @typedef {import('./train/item-features.js').Embeddings} Embeddings */
/** @typedef {import('./evidence/corpus.js').Review} Review */
/** @typedef {import('./evidence/make.js').EvidenceOptions} EvidenceOptions */
/** @typedef {import('./evidence/make.js').MadeEvidence} MadeEvidence */
/** @typedef {import('./train/interactions.js').Interactions} Interactions */
/** @typedef {import('./train/ease.js').Ease} Ease */
/** @typedef {import('./train/ease.js').EaseOptions} EaseOptions */
/** @typedef {import('./train/foreign-als.js').ForeignAls} ForeignAls */
/** @typedef {import('./train/from-vectors.js').VectorModel} VectorModel */
/** @typedef {import('./train/from-vectors.js').VectorOptions} VectorOptions */
/** @typedef {import('./train/late-settings.js').LateSettings} LateSettings */
/** @typedef {import('./train/options.js').FinishedTraining} FinishedTraining */
/** @typedef {import('./train/retire.js').RetiredItems} RetiredItems */
/** @typedef {import('./train/options.js').TrainOptions} TrainOptions */
/** @typedef {import('./train/options.js').TrainProgress} TrainProgress */
/** @typedef {import('./train/options.js').TrainResult} TrainResult */
/** @typedef {import('./train/options.js').TrainSnapshot} TrainSnapshot */
