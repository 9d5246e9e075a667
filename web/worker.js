// Owns the worker entry: a model, and a training, in a thread of their own. Must not start one before it is
// asked.
export { RemoteHandle, RemoteModel, RemoteProfile, loadModelInWorker } from './remote/model.js';
export { trainInWorker } from './remote/train.js';

/** @typedef {import('./remote/model.js').WorkerLoadOptions} WorkerLoadOptions */
/** @typedef {import('./remote/model.js').WorkerSource} WorkerSource */
/** @typedef {import('./remote/train.js').WorkerTrainOptions} WorkerTrainOptions */
