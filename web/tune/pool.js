// Owns the trials of a search in worker threads: jobs to whichever is free, results in the order of the jobs.
// Must not know what a job is about, or how threads are spoken to.
import { Worker } from 'node:worker_threads';
import { openPool } from '../workers/pool.js';
import { threadOfNode } from '../workers/thread.js';

/** @import { TrialInput } from './trial.js' */
/** @import { TrialJob, TrialResult } from './search.js' */

/**
 * @param {number} size number of threads
 * @param {TrialInput} input what every trial works on
 */
export function workerPool(size, input) {
  const pool = openPool(size, () =>
    threadOfNode(new Worker(new URL('./tune-worker.js', import.meta.url), { workerData: input })),
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
      const work = async (/** @type {number} */ worker) => {
        while (next < jobs.length && !signal.aborted) {
          const at = next++;
          const result = await pool.ask(worker, jobs[at]);
          if (signal.aborted) return;
          onResult((results[at] = result));
        }
      };
      const all = Promise.all(Array.from({ length: size }, (_, worker) => work(worker)));
      await Promise.race([all, stopped]).finally(() => listening.abort());
      all.catch(() => {}); // workers that are terminated fail their jobs
      return results.flatMap((result) => result ?? []);
    },
    close: () => pool.close(),
  };
}
