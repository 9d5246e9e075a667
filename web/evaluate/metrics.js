// Owns the metrics of METRICS.md: pure functions of ranked lists and relevant sets. Must not rank, average
// over people or print.
import { badArgument } from '../core/arguments.js';

/**
 * @template T
 * @typedef {readonly T[]} RankedList best first, no item twice
 */

/** @param {number} k */
function checkCut(k) {
  if (!Number.isSafeInteger(k) || k < 1) throw badArgument('k', k, 'a whole number, 1 or more');
}

/**
 * @param {string} name
 * @param {unknown} list
 */
function checkList(name, list) {
  if (!Array.isArray(list)) throw badArgument(name, list, 'an array');
}

/**
 * @template T
 * @param {RankedList<T>} list
 * @param {ReadonlySet<T>} relevant
 * @param {number} k
 */
function check(list, relevant, k) {
  checkCut(k);
  checkList('list', list);
  if (!(relevant instanceof Set) || relevant.size === 0)
    throw badArgument(
      'relevant',
      relevant instanceof Set ? 'an empty set' : relevant,
      'a Set of at least one item',
    );
}

/**
 * @template T
 * @param {RankedList<T>} list
 * @param {ReadonlySet<T>} relevant
 * @param {number} k
 */
function hits(list, relevant, k) {
  let found = 0;
  for (let i = 0; i < k && i < list.length; i++) if (relevant.has(list[i])) found++;
  return found;
}

/**
 * Share of the relevant items that are among the first k, 0 to 1; at most k / |relevant|.
 * @template T
 * @param {RankedList<T>} list
 * @param {ReadonlySet<T>} relevant at least one
 * @param {number} k 1 or more
 * @throws {import('../core/errors.js').AmpcfError} BAD_ARGUMENT, as every metric here
 */
export function recall(list, relevant, k) {
  check(list, relevant, k);
  return hits(list, relevant, k) / relevant.size;
}

/**
 * Share of the k places that hold a relevant item, 0 to 1; a place that is empty holds none.
 * @template T
 * @param {RankedList<T>} list
 * @param {ReadonlySet<T>} relevant
 * @param {number} k
 */
export function precision(list, relevant, k) {
  check(list, relevant, k);
  return hits(list, relevant, k) / k;
}

/**
 * 1 when a relevant item is among the first k, else 0.
 * @template T
 * @param {RankedList<T>} list
 * @param {ReadonlySet<T>} relevant
 * @param {number} k
 */
export function hitRate(list, relevant, k) {
  check(list, relevant, k);
  return hits(list, relevant, k) > 0 ? 1 : 0;
}

/**
 * Discounted gain of the first k over that of the best possible first k, 0 to 1. Gains are 0 or 1.
 * @template T
 * @param {RankedList<T>} list
 * @param {ReadonlySet<T>} relevant
 * @param {number} k
 */
export function ndcg(list, relevant, k) {
  check(list, relevant, k);
  let gain = 0;
  let ideal = 0;
  for (let i = 0; i < k; i++) {
    if (i < list.length && relevant.has(list[i])) gain += 1 / Math.log2(i + 2);
    if (i < relevant.size) ideal += 1 / Math.log2(i + 2);
  }
  return gain / ideal;
}

/**
 * 1 / rank of the first relevant item, 0 when it is not among the first k.
 * @template T
 * @param {RankedList<T>} list
 * @param {ReadonlySet<T>} relevant
 * @param {number} k
 */
export function mrr(list, relevant, k) {
  check(list, relevant, k);
  for (let i = 0; i < k && i < list.length; i++) if (relevant.has(list[i])) return 1 / (i + 1);
  return 0;
}

/**
 * Precision at the rank of each hit among the first k, summed, over min(k, |relevant|): 0 to 1.
 * @template T
 * @param {RankedList<T>} list
 * @param {ReadonlySet<T>} relevant
 * @param {number} k
 */
export function map(list, relevant, k) {
  check(list, relevant, k);
  let found = 0;
  let sum = 0;
  for (let i = 0; i < k && i < list.length; i++) if (relevant.has(list[i])) sum += ++found / (i + 1);
  return sum / Math.min(k, relevant.size);
}

/**
 * Mean self-information of the first k items, in bits; 0 for an empty list.
 * @template T
 * @param {RankedList<T>} list
 * @param {(item: T) => number} share of the people who have the item, above 0 and at most 1
 * @param {number} k
 */
export function novelty(list, share, k) {
  checkCut(k);
  checkList('list', list);
  if (typeof share !== 'function') throw badArgument('share', share, 'a function of an item');
  const n = Math.min(k, list.length);
  let bits = 0;
  for (let i = 0; i < n; i++) bits -= Math.log2(share(list[i]));
  return n > 0 ? bits / n : 0;
}

/**
 * How often each item stands among the first k of a list.
 * @template T
 * @param {readonly RankedList<T>[]} lists
 * @param {number} k
 */
function exposure(lists, k) {
  /** @type {Map<T, number>} */
  const times = new Map();
  checkList('lists', lists);
  for (const list of lists) checkList('list', list);
  for (const list of lists)
    for (let i = 0; i < k && i < list.length; i++) times.set(list[i], (times.get(list[i]) ?? 0) + 1);
  return times;
}

/**
 * @param {number} shown
 * @param {number} catalogue
 */
function checkCatalogue(shown, catalogue) {
  if (!Number.isSafeInteger(catalogue) || catalogue < Math.max(1, shown))
    throw badArgument(
      'catalogue',
      catalogue,
      `a whole number, at least the ${Math.max(1, shown)} items in the lists`,
    );
}

/**
 * Share of the catalogue that is among the first k of anybody's list, 0 to 1.
 * @template T
 * @param {readonly RankedList<T>[]} lists
 * @param {number} k
 * @param {number} catalogue number of items
 */
export function coverage(lists, k, catalogue) {
  checkCut(k);
  const shown = exposure(lists, k).size;
  checkCatalogue(shown, catalogue);
  return shown / catalogue;
}

/**
 * Gini coefficient of how often each item of the catalogue is shown among the first k: 0 = all alike, 1 - 1 /
 * catalogue = always the same one.
 * @template T
 * @param {readonly RankedList<T>[]} lists
 * @param {number} k
 * @param {number} catalogue number of items
 */
export function gini(lists, k, catalogue) {
  checkCut(k);
  const times = Float64Array.from(exposure(lists, k).values()).sort();
  checkCatalogue(times.length, catalogue);
  const unseen = catalogue - times.length;
  let sum = 0;
  let weighted = 0;
  times.forEach((n, i) => {
    sum += n;
    weighted += (2 * (unseen + i + 1) - catalogue - 1) * n;
  });
  return sum > 0 ? weighted / (catalogue * sum) : 0;
}
