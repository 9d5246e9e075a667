// Owns the entry of a worker thread that runs trials. Must not keep anything from one trial to the next.
import { parentPort, workerData } from 'node:worker_threads';
import { serve } from '../workers/port.js';
import { runTrial } from './trial.js';

serve(async (job) => ({ answer: await runTrial(workerData, job) }), parentPort);
