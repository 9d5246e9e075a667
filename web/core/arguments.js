// Owns the checks of what callers pass, and the wording of refusals. Must not know what the arguments are
// for.
import { AmpcfError } from './errors.js';

/**
 * BAD_ARGUMENT for whatever was given: objects are not converted to text, because that can fail or run the
 * caller's code.
 * @param {string} name
 * @param {unknown} got
 * @param {string} wanted
 */
export function badArgument(name, got, wanted) {
  return new AmpcfError(
    'BAD_ARGUMENT',
    `${name}: got ${Object(got) === got ? typeof got : String(got).slice(0, 80)}, wanted ${wanted}`,
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
 * The words of a text.
 * @template {string} S
 * @typedef {S extends `${infer First} ${infer Rest}` ? [First, ...Words<Rest>] : [S]} Words
 */
/**
 * What an object has by these names.
 * @template T
 * @template {string[]} W
 * @typedef {{ [I in keyof W]: W[I] extends keyof T ? T[W[I]] : never }} Values
 */

/**
 * What an object says by these names; one with any other name is refused: an option that was misspelt would
 * do nothing, in silence. A list is an object too, and its own `filter` would be taken for an option.
 * @template {object} T
 * @template {string} S
 * @param {T} options
 * @param {S} names with a space between them
 * @param {string} [what] it is
 * @returns {Values<T, Words<S>>} undefined where it says nothing
 */
export function optionValues(options, names, what = 'options') {
  const known = names.split(' ');
  const wanted = `one of ${known.join(', ')}`;
  if (typeof options !== 'object' || !options || Symbol.iterator in options)
    throw badArgument(what, options, `an object with ${wanted}`);
  for (const name of Object.keys(options)) if (!known.includes(name)) throw badArgument(what, name, wanted);
  return /** @type {any} */ (known.map((name) => /** @type {any} */ (options)[name]));
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
