// Owns what a thread is here: a worker thread of Node, or a module worker of a page. Must not know what is
// said to it.

/**
 * @typedef {object} Thread
 * @property {(message: unknown, transfer: ArrayBuffer[]) => void} post
 * @property {(onMessage: (message: any) => void, onEnd: (error: unknown) => void) => void} listen onEnd: it
 *   failed, or ended by itself
 * @property {() => Promise<unknown>} end
 */

/**
 * What is used of a worker of Node. Its own types are not there in a page's project.
 * @typedef {object} NodeWorker
 * @property {(message: any, transfer?: readonly any[]) => void} postMessage
 * @property {(name: any, listener: (value: any) => void) => NodeWorker} on
 * @property {() => Promise<unknown>} terminate
 */

/**
 * Node's threads; undefined in a page, and in Node before 20.16.
 * @returns {{ Worker: new (url: URL) => NodeWorker, parentPort: unknown } | undefined}
 */
export const nodeThreads = () => globalThis.process?.getBuiltinModule?.('node:worker_threads');

/** Whether threads can be started here. */
export const hasThreads = () => Boolean(nodeThreads()) || typeof Worker === 'function';

/**
 * @param {NodeWorker} worker
 * @returns {Thread}
 */
export const threadOfNode = (worker) => ({
  post: (message, transfer) => worker.postMessage(message, transfer),
  listen(onMessage, onEnd) {
    worker.on('message', onMessage).on('error', onEnd).on('messageerror', onEnd);
    worker.on('exit', () => onEnd(undefined));
  },
  end: () => worker.terminate(),
});

/**
 * @param {Worker} worker
 * @returns {Thread}
 */
export const threadOfPage = (worker) => ({
  post: (message, transfer) => worker.postMessage(message, transfer),
  listen(onMessage, onEnd) {
    worker.onmessage = ({ data }) => onMessage(data);
    worker.onmessageerror = () => onEnd(new Error('a message could not be read'));
    worker.onerror = (event) => {
      event.preventDefault();
      onEnd(event.error ?? new Error(event.message || 'its file could not be loaded'));
    };
  },
  async end() {
    worker.terminate();
  },
});
