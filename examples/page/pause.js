// Owns how long work is cut into short parts. Must not know what the work is.

const channel = new MessageChannel();
/** @type {(() => void)[]} */
const waiting = [];
channel.port1.onmessage = () => waiting.shift()?.();

/** Lets the page breathe: between parts of a long work it may paint and answer, also where nobody looks. */
export const pause = () =>
  new Promise((/** @type {(value?: any) => void} */ resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(0);
  });

/**
 * Does one part of a work after another, with a pause before each, as long as the work is wanted.
 * @param {Iterable<() => void>} parts
 * @param {() => boolean} isWanted
 * @returns {Promise<boolean>} whether all of it was done
 */
export async function inParts(parts, isWanted) {
  for (const part of parts) {
    await pause();
    if (!isWanted()) return false;
    part();
  }
  return true;
}
