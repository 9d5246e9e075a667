// Owns the checks of what callers pass, and the wording of refusals. Must not know what the arguments are
// for.
import { AmpcfError } from './errors.js';

/**
 * The kind of an object, as JavaScript names it: Object, Array, Map, Date, Promise, Profile.
 * @param {unknown} got
 * @returns {string}
 */
function kindOf(got) {
  try {
    return Object.prototype.toString.call(got).slice(8, -1);
  } catch {
    return typeof got; // a proxy that will not be asked
  }
}

/**
 * Whether it has names and values: lists, maps, dates and promises have none, and would be taken for empty.
 * @param {unknown} value
 */
export const isObject = (value) => kindOf(value) === 'Object';

/**
 * BAD_ARGUMENT for whatever was given: objects are not converted to text, because that can fail or run the
 * caller's code, and a text is told from the number that it looks like.
 * @param {string} name
 * @param {unknown} got
 * @param {string} wanted
 */
export function badArgument(name, got, wanted) {
  const text = Object(got) === got ? kindOf(got) : String(got);
  const quote = typeof got === 'string' && !Number.isNaN(Number(got)) ? '"' : '';
  return new AmpcfError(
    'BAD_ARGUMENT',
    `${name}: got ${quote}${text.slice(0, 80)}${quote}, wanted ${wanted}`,
  );
}

/**
 * What a foreign error says; anything else that was thrown stays in `cause`.
 * @param {unknown} cause
 */
export function messageOf(cause) {
  return cause instanceof Error ? cause.message : typeof cause;
}

/**
 * Ids are strings; numbers are taken as their decimal text.
 * @param {unknown} item
 * @returns {string}
 */
export function itemId(item) {
  if (typeof item === 'string') return item;
  if (Number.isSafeInteger(item)) return String(item);
  throw badArgument('item id', item, 'a string or a safe integer');
}

/**
 * A string is iterable too, but as its letters: never what is meant.
 * @template T
 * @param {string} name
 * @param {Iterable<T>} list
 * @returns {T[]}
 */
export function listArgument(name, list) {
  if (typeof list === 'string' || typeof list?.[Symbol.iterator] !== 'function')
    throw badArgument(name, list, 'an iterable of items');
  try {
    return [...list];
  } catch (error) {
    // The buffer of a view may be gone; all else that is thrown is the caller's own.
    if (!ArrayBuffer.isView(list)) throw error;
    throw badArgument(name, list, 'one with its buffer');
  }
}

/**
 * @param {string} name
 * @param {any} value
 * @returns {number}
 */
export function countArgument(name, value) {
  if (!Number.isSafeInteger(value) || value < 0) throw badArgument(name, value, 'a whole number >= 0');
  return value;
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {number} low
 * @param {number} high
 * @param {string} [wanted] in words
 */
export function rangeArgument(name, value, low, high, wanted = `a number from ${low} to ${high}`) {
  if (typeof value !== 'number' || !(value >= low && value <= high)) throw badArgument(name, value, wanted);
}

/**
 * A function, or nothing.
 * @param {string} name
 * @param {unknown} value
 */
export function functionArgument(name, value) {
  if (value !== undefined && typeof value !== 'function') throw badArgument(name, value, 'a function');
}
