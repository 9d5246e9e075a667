// Owns the page's end of the line to one worker: questions, answers in any order, progress, cancellation,
// and what is told when the worker ends. Must not know what is asked.
import { badArgument, messageOf } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { threadOfNode, threadOfPage } from '../workers/thread.js';

/** @import { NodeWorker, Thread } from '../workers/thread.js' */
/** @typedef {{ code?: string, name: string, message: string, details?: Record<string, unknown> }} Failed */
/**
 * @typedef {object} Waiting
 * @property {(answer: any) => void} resolve
 * @property {(error: unknown) => void} reject
 * @property {((progress: any) => void) | undefined} onProgress
 */
/**
 * @typedef {object} AskOptions
 * @property {Transferable[]} [transfer]
 * @property {AbortSignal | undefined} [signal]
 * @property {((progress: any) => void) | undefined} [onProgress]
 */

/** @param {Failed} failed what is left of an error that was thrown in the worker */
function errorOf({ code, name, message, details }) {
  if (code) return new AmpcfError(code, message, details);
  return Object.assign(new Error(message), { name });
}

/** @param {unknown} error why a worker ended by itself; undefined: it does not say */
const endedBy = (error) =>
  new AmpcfError(
    'INSTANCE_FAILED',
    `the worker ended: ${error === undefined ? 'out of memory, or ended from outside' : messageOf(error)}; ` +
      'wanted its file beside the library, and memory for it',
    { cause: error },
  );

/** @param {unknown} signal */
export function signalArgument(signal) {
  if (signal !== undefined && typeof (/** @type {any} */ (signal)?.throwIfAborted) !== 'function')
    throw badArgument('signal', signal, 'an AbortSignal');
  return /** @type {AbortSignal | undefined} */ (signal);
}

/**
 * What of a message no thread can be sent, with the name of the nearest option; undefined: it is elsewhere.
 * @param {any} value
 * @param {string} name
 * @param {number} [depth]
 * @returns {string | undefined}
 */
function unsendable(value, name, depth = 0) {
  if (typeof value === 'function' || typeof value === 'symbol') return `${name}: got a ${typeof value}`;
  if (Object(value) !== value || ArrayBuffer.isView(value) || depth > 5) return undefined;
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype)
    try {
      return void structuredClone(value);
    } catch {
      return `${name}: got ${value[Symbol.toStringTag] ?? 'an object'}`;
    }
  for (const [key, field] of Object.entries(value)) {
    const found = unsendable(field, Array.isArray(value) || key === 'args' ? name : key, depth + 1);
    if (found) return found;
  }
  return undefined;
}

/**
 * @param {Thread} thread
 * @param {object} message
 * @param {Transferable[]} transfer
 */
function send(thread, message, transfer) {
  try {
    thread.post(message, /** @type {ArrayBuffer[]} */ (transfer));
  } catch (cause) {
    const wanted = 'values that a worker can be sent: no functions, iterators or symbols, no buffer twice';
    const got = unsendable(message, 'arguments') ?? `arguments: got ${messageOf(cause)}`;
    throw new AmpcfError('BAD_ARGUMENT', `${got}, wanted ${wanted}`, { cause });
  }
}

/**
 * @param {any} worker of a page or of Node
 * @param {(news: any) => void} [onNews] what it says unasked
 */
export function openLine(worker, onNews = () => {}) {
  const thread = worker.on ? threadOfNode(/** @type {NodeWorker} */ (worker)) : threadOfPage(worker);
  /** @type {Map<number, Waiting>} */
  const waiting = new Map();
  let last = 0;
  /** @type {unknown} */ let ended;
  // A worker that nobody waits for does not keep Node alive.
  const rest = () => void (waiting.size > 0 ? worker.ref?.() : worker.unref?.());
  const end = (/** @type {unknown} */ error) => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
    return thread.end();
  };
  const hear = (/** @type {number} */ id, /** @type {Waiting} */ one, /** @type {any} */ progress) => {
    try {
      one.onProgress?.(progress);
    } catch (error) {
      waiting.delete(id); // the caller's own error comes out of the call
      one.reject(error);
    }
  };
  thread.listen(
    ({ id, answer, failed, progress, news }) => {
      const one = waiting.get(id);
      if (news) return onNews(news);
      if (!one) return undefined; // it was cancelled
      if (progress) return hear(id, one, progress);
      waiting.delete(id);
      rest();
      return failed ? one.reject(errorOf(failed)) : one.resolve(answer);
    },
    (error) => void end(endedBy(error)),
  );
  rest();
  return {
    /**
     * @param {object} question
     * @param {AskOptions} [options]
     * @returns {Promise<any>}
     */
    async ask(question, { transfer = [], signal, onProgress } = {}) {
      signal?.throwIfAborted();
      if (ended) throw ended;
      const id = ++last;
      send(thread, { ...question, id, progress: Boolean(onProgress) }, transfer);
      const listening = new AbortController();
      try {
        return await new Promise((resolve, reject) => {
          waiting.set(id, { resolve, reject, onProgress });
          rest();
          const cancel = () => {
            waiting.delete(id);
            rest();
            if (!ended) send(thread, { cancel: id }, []);
            reject(/** @type {AbortSignal} */ (signal).reason);
          };
          signal?.addEventListener('abort', cancel, { once: true, signal: listening.signal });
        });
      } finally {
        listening.abort();
      }
    },
    /** @param {unknown} error what all who wait, or ask later, are told */
    end,
  };
}

/** @typedef {ReturnType<typeof openLine>} Line */
