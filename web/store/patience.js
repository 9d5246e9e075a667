// Owns the end of waiting for a store that does not answer. Must not know what it was asked.
import { AmpcfError } from '../core/errors.js';

const steps = 10;

/**
 * What a store says, or NO_STORE when it has not spoken in time, or the reason of an abort. What it says
 * later is heard
 * by nobody: a write that comes late is one that compared and swapped, and is found by the next look.
 * @template T
 * @param {Promise<T> | T} said a store of the caller's may speak at once
 * @param {number} ms
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
export async function inTime(said, ms, signal) {
  const listening = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer;
  const given = new Promise((_, reject) => {
    const late = () =>
      reject(
        new AmpcfError(
          'NO_STORE',
          `the profile cannot be kept: got no answer of the store in ${ms} ms, wanted one (timeoutMs)`,
        ),
      );
    // In steps: after a sleep of the machine all of its time has passed at once, and the store's has not.
    let left = steps;
    const step = () => {
      if (left-- === 0) late();
      else timer = setTimeout(step, Math.min(ms / steps, 2 ** 31 - 1));
    };
    step();
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true, signal: listening.signal });
  });
  try {
    return /** @type {T} */ (await Promise.race([said, given]));
  } finally {
    clearTimeout(timer);
    listening.abort();
  }
}
