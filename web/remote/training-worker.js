// Owns the entry of the worker that trains one model. Must not keep what it was given.
import { trainModel } from '../train.js';
import { serveLine } from './serve.js';

serveLine(async ({ interactions, options, progress }, tell) => {
  const answer = await trainModel(interactions, { ...options, ...(progress && { onProgress: tell }) });
  return { answer, transfer: [answer.bytes.buffer] };
});
