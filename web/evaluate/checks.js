// Owns the checks of whole numbers that measurements are asked with. Must not know what they are for.
import { badArgument } from '../core/arguments.js';
import { highestSeed } from '../core/random.js';

/**
 * @param {string} name
 * @param {unknown} value
 * @param {number} low
 * @param {number} [high]
 * @throws {import('../core/errors.js').AmpcfError} BAD_ARGUMENT
 */
export function wholeArgument(name, value, low, high = Infinity) {
  if (Number.isSafeInteger(value) && Number(value) >= low && Number(value) <= high) return;
  const range = high === Infinity ? `, ${low} or more` : ` from ${low} to ${high}`;
  throw badArgument(name, value, `a whole number${range}`);
}

/**
 * @param {unknown} seed
 * @throws {import('../core/errors.js').AmpcfError} BAD_ARGUMENT
 */
export const seedArgument = (seed) => wholeArgument('seed', seed, 0, highestSeed);
