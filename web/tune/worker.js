// Owns the entry of a worker thread that runs trials. Must not keep anything from one trial to the next.
import { parentPort, workerData } from 'node:worker_threads';
import { AmpcfError } from '../core/errors.js';
import { runTrial } from './trial.js';

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);

port.on('message', async (/** @type {import('./search.js').TrialJob} */ job) => {
  try {
    port.postMessage({ result: await runTrial(workerData, job) });
  } catch (error) {
    // A class does not survive the way between threads.
    if (error instanceof AmpcfError)
      port.postMessage({ failed: { code: error.code, message: error.message } });
    else throw error;
  }
});
