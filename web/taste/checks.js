// Owns the checks of what callers of the taste entry pass. Must not know what it is for.
import { AMPCF_MAX_CATEGORIES } from '../core/abi.js';
import { badArgument, countArgument, listArgument } from '../core/arguments.js';
import { measures } from './kernel.js';

/** @import { Measure, Rows } from './kernel.js' */
/** @typedef {Measure} Distance */

const maxCost = 1e9;

/**
 * @param {unknown} value
 * @returns {Distance}
 */
export function distanceArgument(value = 'jensenShannon') {
  if (!measures.includes(/** @type {Measure} */ (value)))
    throw badArgument('distance', value, `one of ${measures.join(', ')}`);
  return /** @type {Distance} */ (value);
}

/**
 * @param {unknown} value
 * @param {boolean} otherwise
 */
export function discountArgument(value, otherwise) {
  if (value !== undefined && typeof value !== 'boolean')
    throw badArgument('discount', value, 'true or false');
  return value ?? otherwise;
}

/**
 * @param {unknown} value
 * @param {string} [name]
 */
export function lambdaArgument(value, name = 'lambda') {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1))
    throw badArgument(name, value, 'a number from 0 to 1');
  return value;
}

/**
 * How long a list is to be: all of it where no limit is given.
 * @param {unknown} value
 * @param {number} otherwise
 */
export function topKArgument(value, otherwise) {
  return value === undefined ? otherwise : Math.min(countArgument('topK', value), otherwise);
}

/**
 * @param {string} name
 * @param {unknown} list
 * @param {{ low?: number, length?: number }} [rule]
 * @returns {number[]}
 */
export function numbersArgument(name, list, { low = -Infinity, length } = {}) {
  const numbers = listArgument(name, /** @type {Iterable<number>} */ (list));
  if (length !== undefined && numbers.length !== length)
    throw badArgument(`length of ${name}`, numbers.length, String(length));
  numbers.forEach((x, i) => {
    if (typeof x !== 'number' || !Number.isFinite(x) || x < low)
      throw badArgument(
        `${name}[${i}]`,
        x,
        low === -Infinity ? 'a finite number' : `a finite number of at least ${low}`,
      );
  });
  return numbers;
}

/**
 * @param {string} name
 * @param {unknown} list
 * @param {number} [length]
 */
export function distributionArgument(name, list, length) {
  const p = numbersArgument(name, list, { low: 0, length });
  const sum = p.reduce((total, x) => total + x, 0);
  if (p.length < 1 || p.length > AMPCF_MAX_CATEGORIES)
    throw badArgument(`length of ${name}`, p.length, `1 to ${AMPCF_MAX_CATEGORIES}`);
  if (!(Math.abs(sum - 1) <= 1e-6)) throw badArgument(`sum of ${name}`, sum, '1');
  return p;
}

/**
 * A ground cost between categories: a matrix, flat or as rows, or a function of two categories.
 * @typedef {number[][] | ArrayLike<number> | ((from: any, to: any) => number)} Cost
 */

/**
 * The cost between the categories at `kept`, row-major.
 * @param {unknown} cost
 * @param {readonly unknown[]} categories what a function is asked with
 * @param {number[]} kept indices
 */
export function costArgument(cost, categories, kept) {
  const n = categories.length;
  const flat = typeof cost === 'function' ? undefined : /** @type {any} */ (cost);
  const isRows = Array.isArray(flat?.[0]);
  if (
    flat !== undefined &&
    (isRows
      ? flat.length !== n || flat.some((/** @type {any} */ row) => row?.length !== n)
      : !(flat?.length === n * n))
  )
    throw badArgument(
      'cost',
      flat?.length === undefined ? flat : `${flat.length} ${isRows ? 'rows' : 'numbers'}`,
      `a function or a matrix of ${n} x ${n}`,
    );
  return kept.flatMap((a) =>
    kept.map((b) => {
      const value =
        typeof cost === 'function'
          ? cost(categories[a], categories[b])
          : isRows
            ? flat[a][b]
            : flat[a * n + b];
      if (typeof value !== 'number' || !(value >= 0 && value <= maxCost))
        throw badArgument(
          `cost from ${String(categories[a])} to ${String(categories[b])}`,
          value,
          `a number from 0 to ${maxCost}`,
        );
      return value;
    }),
  );
}

/**
 * Items as rows of a taste space: each a list of category indices, or of [category, weight].
 * @param {unknown} items
 * @param {unknown} size of the space; default: the largest category + 1
 * @returns {Rows}
 */
export function rowsArgument(items, size) {
  /** @type {[number, number][][]} */
  const rows = listArgument('items', /** @type {Iterable<Iterable<any>>} */ (items)).map((row, i) => {
    const entries = listArgument(`items[${i}]`, row)
      .map((entry) => {
        const [category, weight] = Array.isArray(entry) ? entry : [entry, 1];
        if (typeof weight !== 'number' || !(weight > 0 && weight < Infinity))
          throw badArgument(`weight in items[${i}]`, weight, 'a number above 0');
        return /** @type {[number, number]} */ ([countArgument(`category in items[${i}]`, category), weight]);
      })
      .sort(([a], [b]) => a - b);
    const twice = entries.findIndex(([category], e) => e > 0 && category === entries[e - 1][0]);
    if (twice >= 0) throw badArgument(`category in items[${i}]`, `${entries[twice][0]} twice`, 'each once');
    return entries;
  });
  const least = rows.reduce((most, row) => Math.max(most, (row.at(-1)?.[0] ?? 0) + 1), 1);
  const n = size === undefined ? least : countArgument('size', size);
  if (n < least || n > AMPCF_MAX_CATEGORIES)
    throw badArgument('size', n, `${least} to ${AMPCF_MAX_CATEGORIES} categories`);
  return packRows(rows, n);
}

/**
 * @param {[number, number][][]} rows sorted by category
 * @param {number} size
 * @returns {Rows}
 */
export function packRows(rows, size) {
  const offsets = [0];
  for (const row of rows) offsets.push(offsets[offsets.length - 1] + row.length);
  return {
    size,
    offsets,
    categories: rows.flatMap((row) => row.map(([category]) => category)),
    weights: rows.flatMap((row) => row.map(([, weight]) => weight)),
  };
}
