// Owns the side of a thread: questions come, answers go, one after the other. Must not know what is asked.
import { messageOf } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { nodeThreads } from './thread.js';

/** @typedef {{ answer?: unknown, transfer?: ArrayBuffer[] } | void} Reply */

/**
 * Answers every question in turn; what is told is heard in turn with them.
 * @param {(message: any) => Reply | Promise<Reply>} handle
 * @param {unknown} [own] the port, where it is known
 */
export function serve(handle, own = nodeThreads()?.parentPort ?? globalThis) {
  const port = /** @type {any} */ (own);
  let turn = Promise.resolve();
  const hear = async (/** @type {{ question?: any, news?: any }} */ { question, news }) => {
    try {
      const reply = await handle(question ?? news);
      if (question) port.postMessage({ answer: reply?.answer }, reply?.transfer ?? []);
    } catch (error) {
      // A class does not survive the way between threads.
      const code = error instanceof AmpcfError ? error.code : undefined;
      port.postMessage({
        failed: { code, message: code ? /** @type {Error} */ (error).message : messageOf(error) },
      });
    }
  };
  port.onmessage = (/** @type {{ data: any }} */ { data }) => {
    turn = turn.then(() => hear(data));
  };
}
