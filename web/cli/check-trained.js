// Owns the check of what was trained on what was held out, with its progress. Must not train.
import { loadModel } from '../ampcf.js';
import { checkValidation } from '../evaluate.js';
import { stages } from './progress.js';

/** @import { Interactions, TrainResult } from '../train.js' */

/**
 * Whether the model beats popularity, and how far the held-out events are from those of the training.
 * @param {Pick<TrainResult, 'bytes' | 'settings'>} trained
 * @param {Interactions} interactions
 * @param {Interactions} validation
 * @param {{ signal: AbortSignal, quiet: boolean }} io
 */
export async function checkTrained({ bytes, settings }, interactions, validation, { signal, quiet }) {
  const model = await loadModel(bytes);
  const lines = stages(quiet);
  return checkValidation(model, interactions, validation, {
    seed: Number(settings.seed),
    signal,
    onProgress: ({ stage, done, total }) => lines.update(stage, done, total, '', 'people'),
  }).finally(() => {
    lines.finish();
    model.dispose();
  });
}
