// Owns Ctrl-C: the signal that commands watch, how long they may take to stop, and how a command says what an
// interrupted run left behind. Must not print.

/** Files are replaced whole or not at all, so that a command may be left alone whatever it waits for. */
const patienceMs = 1500;

/** Thrown instead of the reason of an abort, by a command that had written something by then. */
export class Interrupted extends Error {
  /** @param {string} left what there is now */
  constructor(left) {
    super(left);
    this.name = 'Interrupted';
  }
}

/**
 * A signal that aborts at the first Ctrl-C, and a race with it: work that has not stopped a while after that
 * waits for what may never come, such as the other end of a pipe, and is not waited for. The second Ctrl-C
 * ends the process at once.
 */
export function interruptions() {
  const abort = new AbortController();
  /** @type {Promise<never>} */
  const givenUp = new Promise((_, reject) => {
    process.once('SIGINT', () => {
      abort.abort(new Error('interrupted'));
      setTimeout(() => reject(abort.signal.reason), patienceMs).unref();
    });
  });
  givenUp.catch(() => {}); // the work may have ended by then
  return {
    signal: abort.signal,
    /**
     * @template T
     * @param {Promise<T>} work
     */
    race: (work) => Promise.race([work, givenUp]),
  };
}
