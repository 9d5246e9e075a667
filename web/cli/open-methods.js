// Owns which methods of neighbours a search from the command line can afford: memory, and time. Must not know
// how a search goes on.
import { AmpcfError } from '../core/errors.js';
import { canonicalInteractions } from '../train/interactions.js';
import { trainSettings } from '../train/settings.js';
import { trainingMemory } from '../train.js';
import { methodsFor } from '../tune/methods.js';
import { memoryLimit } from './free-memory.js';

/** @import { Interactions } from '../train.js' */

/** EASE inverts a matrix with a row for each item, or each person where these are fewer. */
const inverseStepsPerSecond = 5e9;
/** Part of the time that one trial may take. */
const mostTime = 1 / 4;

/**
 * @param {unknown} error
 * @returns {undefined} where it says that no wasm memory is large enough
 */
function ifTooLarge(error) {
  if (!(error instanceof AmpcfError && error.code === 'OUT_OF_MEMORY')) throw error;
}

/**
 * The methods of neighbours that fit into memory and time, and the bytes of the largest of them.
 * @param {Interactions} interactions
 * @param {Record<string, any>} given settings that stay fixed
 * @param {Record<string, any>} values
 * @param {{ minutes: number | undefined, say: (line: string) => void }} options
 */
export async function openMethods(interactions, given, values, { minutes = Infinity, say }) {
  const limit = memoryLimit(values).bytes;
  const { users, itemIds } = canonicalInteractions(interactions, trainSettings(given).minSupport);
  const inverseSeconds = Math.min(users, itemIds.length) ** 3 / inverseStepsPerSecond;
  let bytes = 0;
  const fits = async (/** @type {Record<string, any>} */ settings) => {
    const need = await trainingMemory(interactions, settings).catch(ifTooLarge);
    if (!need || need.bytes > limit) return false;
    if (settings.neighbourMethod === 'ease' && inverseSeconds > mostTime * 60 * minutes) return false;
    bytes = Math.max(bytes, need.bytes);
    return true;
  };
  await fits(given);
  const methods = await methodsFor(given, fits);
  if (methods.length > 1) say(`methods  ${methods.map(({ name }) => name).join(', ')} (neighbours)`);
  return { methods, bytes };
}
