// Owns a pool of threads: questions to each of them and their answers in order, and its end when one of them
// fails. Must not know what is asked.
import { messageOf } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';

/** @import { Thread } from './thread.js' */
/** @typedef {{ resolve: (answer: any) => void, reject: (error: unknown) => void }} Waiting */
/** @typedef {{ code?: string, message: string }} Failed what is left of an error between threads */

/**
 * Why a thread ended that nobody ended.
 * @param {unknown} error undefined: it says nothing
 */
function endedBy(error) {
  if (error instanceof AmpcfError) return error;
  const code = /** @type {{ code?: unknown } | undefined} */ (error)?.code;
  if (error === undefined || code === 'ERR_WORKER_OUT_OF_MEMORY')
    return new AmpcfError(
      'OUT_OF_MEMORY',
      'a worker ended before its work: got too little memory for it, wanted fewer cores',
    );
  return new AmpcfError(
    'INSTANCE_FAILED',
    `a worker failed: ${messageOf(error)}; wanted its file beside the library, or cores: 1`,
    { cause: error },
  );
}

/**
 * Threads that answer one question after the other. When one of them fails, everything that is asked is
 * refused with its error.
 * @param {number} size
 * @param {() => Thread} start
 */
export function openPool(size, start) {
  const threads = Array.from({ length: size }, start);
  const waiting = threads.map(() => /** @type {Waiting[]} */ ([]));
  let failure = /** @type {unknown} */ (undefined);
  let ended = false;
  const fail = (/** @type {unknown} */ error) => {
    if (ended) return;
    failure ??= error;
    for (const list of waiting) for (const { reject } of list.splice(0)) reject(failure);
  };
  threads.forEach((thread, i) =>
    thread.listen(
      (/** @type {{ answer?: unknown, failed?: Failed }} */ { answer, failed }) => {
        if (!failed) waiting[i].shift()?.resolve(answer);
        else
          fail(
            failed.code ? new AmpcfError(failed.code, failed.message) : endedBy(new Error(failed.message)),
          );
      },
      (error) => fail(endedBy(error)),
    ),
  );
  const post = (
    /** @type {number} */ i,
    /** @type {object} */ message,
    /** @type {ArrayBuffer[]} */ transfer,
  ) => {
    if (failure) throw failure;
    threads[i].post(message, transfer);
  };
  return {
    size,
    /**
     * Asks a thread.
     * @param {number} i which
     * @param {object} question
     * @param {ArrayBuffer[]} [transfer]
     * @returns {Promise<any>} its answer
     */
    ask(i, question, transfer = []) {
      return new Promise((resolve, reject) => {
        post(i, { question }, transfer);
        waiting[i].push({ resolve, reject });
      });
    },
    /**
     * Tells a thread what needs no answer; what it says before is what it has done before.
     * @param {number} i which
     * @param {object} news
     * @param {ArrayBuffer[]} [transfer]
     */
    tell: (i, news, transfer = []) => post(i, { news }, transfer),
    /** Ends all threads, whatever they do; who still waits is refused. */
    async close() {
      fail(new AmpcfError('DISPOSED', 'the workers were ended'));
      ended = true;
      await Promise.all(threads.map((thread) => thread.end()));
    },
  };
}

/** @typedef {ReturnType<typeof openPool>} Pool */

/**
 * With a pool, for as long as `use` takes; an abort ends it at once, whatever its threads do.
 * @template T
 * @param {Pool} pool
 * @param {AbortSignal | undefined} signal
 * @param {(pool: Pool) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withPool(pool, signal, use) {
  const listening = new AbortController();
  /** @type {Promise<never>} */
  const aborted = new Promise((_, reject) => {
    const stop = () => reject(/** @type {AbortSignal} */ (signal).reason);
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true, signal: listening.signal });
  });
  const work = use(pool);
  work.catch(() => {}); // after an abort nobody asks
  try {
    return await Promise.race([work, aborted]);
  } finally {
    listening.abort();
    await pool.close();
  }
}
