// Owns what of the demo page comes after the first lists. Must not be needed for them.
import { prepareChange } from './change.js';
import { prepareMap } from './map.js';
import { prepareOwn } from './own.js';
import { prepareSearch } from './search.js';
import { prepareTrying } from './trying.js';

const channel = new MessageChannel();
/** @type {(() => void)[]} */
const waiting = [];
channel.port1.onmessage = () => waiting.shift()?.();

/** Lets the page breathe: between parts of a long work it may paint and answer, also where nobody looks. */
const pause = () =>
  new Promise((/** @type {(value?: any) => void} */ resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(0);
  });

/**
 * @param {import('./keep.js').Keep} keep
 * @param {boolean} isMine whether the model was trained in this page
 */
export async function prepareRest(keep, isMine) {
  prepareTrying();
  prepareChange();
  await prepareSearch(pause);
  await prepareOwn(keep, isMine);
  await prepareMap(pause);
}
