// Owns the entry of a worker that asks a model about people. Must not know what the answers are for.
import { loadModel } from '../ampcf.js';
import { AmpcfError } from '../core/errors.js';
import { serve } from '../workers/port.js';
import { listPeople } from './coded-lists.js';

/** @import { Model } from '../ampcf.js' */
/** @type {Model | undefined} */ let model;

serve(async ({ bytes, people, options }) => {
  if (bytes) {
    model?.dispose();
    model = await loadModel(bytes);
    return { answer: model.diagnostics().memoryBytes };
  }
  if (!model) throw new AmpcfError('BAD_ARGUMENT', 'a worker was asked before it had a model');
  const answer = listPeople(model.kernel, people, options);
  return { answer, transfer: [answer.lists.buffer, answer.lengths.buffer, answer.health.buffer] };
});
