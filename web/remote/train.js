// Owns training in a worker: the page stays free, and an abort ends it at once. Must not train here.
import { functionArgument, isObject } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { optionsArgument } from '../core/options.js';
import { nodeThreads } from '../workers/thread.js';
import { openLine, signalArgument } from './line.js';
import { buffersOf } from './buffers.js';

/** @import { Interactions } from '../train/interactions.js' */
/** @import { TrainOptions, TrainResult } from '../train/options.js' */
/**
 * @typedef {TrainOptions & { transfer?: boolean }} WorkerTrainOptions transfer: give the buffers of typed
 *   arrays away
 */

function startWorker() {
  const threads = nodeThreads();
  // Bundlers look for exactly this expression.
  return threads
    ? new threads.Worker(new URL('./training-worker.js', import.meta.url))
    : new Worker(new URL('./training-worker.js', import.meta.url), { type: 'module' });
}

/**
 * Train in a worker, as `trainModel` of 'ampcf/train' does, which see: the same bytes. Options that are
 * functions stay behind: `onSnapshot` and `chooseSettings` are refused.
 * @param {Interactions} interactions typed arrays are sent sooner than lists
 * @param {WorkerTrainOptions} [options] also `transfer`
 * @returns {Promise<TrainResult>}
 * @throws {AmpcfError} as `trainModel`; an abort rejects with its reason, and ends the worker
 */
export async function trainInWorker(interactions, options = {}) {
  // What else there is, the trainer checks.
  if (!isObject(options)) optionsArgument(options, 'signal onProgress transfer');
  const { signal, onProgress, transfer = false, ...settings } = options;
  signalArgument(signal)?.throwIfAborted();
  functionArgument('onProgress', onProgress);
  const line = openLine(startWorker());
  try {
    const ways = { signal, onProgress, transfer: transfer ? buffersOf(interactions) : [] };
    return await line.ask({ interactions, options: settings }, ways);
  } finally {
    void line.end(new AmpcfError('DISPOSED', 'the training has ended'));
  }
}
