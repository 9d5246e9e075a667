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
 * A list is an object too, and its own `filter` would be taken for an option.
 * @template {object} T
 * @param {T} options
 * @returns {T}
 */
export function optionsArgument(options) {
  if (typeof options !== 'object' || !options || Symbol.iterator in options)
    throw badArgument('options', options, 'an object of options');
  return options;
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
    throw badArgument(name, list, 'one that is not detached');
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
 * A function, or nothing.
 * @param {string} name
 * @param {unknown} value
 */
export function functionArgument(name, value) {
  if (value !== undefined && typeof value !== 'function') throw badArgument(name, value, 'a function');
}
