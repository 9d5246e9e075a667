// Owns the worker's end of the line: one question after the other, each in a turn of its own, so that a
// cancellation is heard before the question that it is about. Must not know what is asked.
import { messageOf } from '../core/arguments.js';
import { nodeThreads } from '../workers/thread.js';

/** @typedef {{ answer?: unknown, transfer?: Transferable[] }} Reply */

/** @param {any} error */
const failedBy = (error) => ({
  code: typeof error?.code === 'string' ? error.code : undefined,
  name: String(error?.name ?? 'Error'),
  message: messageOf(error),
  details: error?.details,
});

/**
 * @param {(question: any, tell: (progress: unknown) => void) => Reply | Promise<Reply>} handle
 * @returns {(news: unknown) => void} tells what nobody asked
 */
export function serveLine(handle) {
  const port = /** @type {any} */ (nodeThreads()?.parentPort ?? globalThis);
  const cancelled = new Set();
  let turn = Promise.resolve();
  const post = (/** @type {object} */ message, /** @type {Transferable[]} */ transfer = []) =>
    port.postMessage(message, transfer);
  const fail = (/** @type {number} */ id, /** @type {unknown} */ error) => {
    const failed = failedBy(error);
    try {
      post({ id, failed });
    } catch {
      post({ id, failed: { ...failed, details: undefined } }); // they hold what cannot be sent
    }
  };
  const hear = async (/** @type {any} */ question) => {
    const { id, progress } = question;
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (cancelled.delete(id)) return;
    try {
      const tell = (/** @type {unknown} */ news) => progress && post({ id, progress: news });
      const { answer, transfer } = await handle(question, tell);
      post({ id, answer }, transfer);
    } catch (error) {
      fail(id, error);
    }
  };
  port.onmessage = (/** @type {{ data: any }} */ { data }) => {
    if (data.cancel) cancelled.add(data.cancel);
    else turn = turn.then(() => hear(data));
  };
  return (news) => post({ news });
}
