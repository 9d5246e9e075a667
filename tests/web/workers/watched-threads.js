// Owns watching the threads that the library starts: how many there are, and one that fails. Must not hold a
// test.
import assert from 'node:assert/strict';

const threads = /** @type {any} */ (process.getBuiltinModule('node:worker_threads'));
const { Worker } = threads;

/**
 * Runs something and looks at the threads that it starts; in the end there must be none left.
 * @template T
 * @param {() => Promise<T>} run
 * @param {(worker: import('node:worker_threads').Worker, i: number) => void} [meddle] with each
 * @returns {Promise<{ result: T | undefined, error: any, started: number }>}
 */
export async function withThreads(run, meddle = () => {}) {
  let alive = 0;
  let started = 0;
  threads.Worker = class extends Worker {
    constructor(/** @type {any[]} */ ...args) {
      super(...args);
      alive++;
      this.on('exit', () => alive--);
      meddle(/** @type {any} */ (this), started++);
    }
  };
  try {
    const result = await run();
    assert.equal(alive, 0, 'workers are left over');
    return { result, error: undefined, started };
  } catch (error) {
    assert.equal(alive, 0, 'workers are left over after an error');
    return { result: undefined, error, started };
  } finally {
    threads.Worker = Worker;
  }
}
