// Owns worker threads: jobs to whichever is free, results in the order of the jobs. Must not know what a job
// is about.
import { Worker } from 'node:worker_threads';
import { AmpcfError } from '../core/errors.js';

/** @import { TrialInput } from './trial.js' */
/** @import { TrialJob, TrialResult } from './search.js' */

/**
 * Runs one job in one worker.
 * @param {Worker} worker
 * @param {TrialJob} job
 * @returns {Promise<TrialResult>}
 */
function runIn(worker, job) {
  return new Promise((resolve, reject) => {
    const settle = (/** @type {() => void} */ act) => {
      worker.off('message', onMessage).off('error', reject).off('exit', onExit);
      act();
    };
    const onMessage = (
      /** @type {{ result?: TrialResult, failed?: { code: string, message: string } }} */ { result, failed },
    ) =>
      settle(() => {
        if (result) resolve(result);
        else reject(new AmpcfError(String(failed?.code), String(failed?.message)));
      });
    const onExit = () =>
      settle(() =>
        reject(
          new AmpcfError(
            'OUT_OF_MEMORY',
            'a worker thread ended before its trial: got too little memory for it, wanted fewer --cores',
          ),
        ),
      );
    worker.on('message', onMessage).on('error', reject).on('exit', onExit);
    worker.postMessage(job);
  });
}

/**
 * @param {number} size number of threads
 * @param {TrialInput} input what every trial works on
 */
export function workerPool(size, input) {
  const workers = Array.from(
    { length: size },
    () => new Worker(new URL('./tune-worker.js', import.meta.url), { workerData: input }),
  );
  return {
    /**
     * @param {readonly TrialJob[]} jobs
     * @param {{ signal: AbortSignal, onResult: (result: TrialResult) => void }} options
     * @returns {Promise<TrialResult[]>} in the order of the jobs; after an abort those that were done, and
     *   the pool is of no more use
     */
    async run(jobs, { signal, onResult }) {
      const results = /** @type {(TrialResult | undefined)[]} */ (jobs.map(() => undefined));
      const listening = new AbortController();
      const stopped = new Promise((resolve) => {
        signal.addEventListener('abort', resolve, { once: true, signal: listening.signal });
      });
      let next = 0;
      const work = async (/** @type {Worker} */ worker) => {
        while (next < jobs.length && !signal.aborted) {
          const at = next++;
          const result = await runIn(worker, jobs[at]);
          if (signal.aborted) return;
          onResult((results[at] = result));
        }
      };
      const all = Promise.all(workers.map(work));
      await Promise.race([all, stopped]).finally(() => listening.abort());
      all.catch(() => {}); // workers that are terminated fail their jobs
      return results.flatMap((result) => result ?? []);
    },
    close: () => Promise.all(workers.map((worker) => worker.terminate())),
  };
}
