// Owns the metrics of METRICS.md: pure functions of ranked lists and relevant sets. Must not rank, average
// over people or print.
import { badArgument } from '../core/arguments.js';
import { byHits, checkList, hitsOf, informationOf, noveltyOf, spreadOf } from './by-hits.js';

/**
 * @template T
 * @typedef {readonly T[]} RankedList best first, no item twice
 */

/** @param {number} k */
function checkCut(k) {
  if (!Number.isSafeInteger(k) || k < 1) throw badArgument('k', k, 'a whole number, 1 or more');
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
 * Share of the relevant items that are among the first k, 0 to 1; at most k / |relevant|.
 * @template T
 * @param {RankedList<T>} list
 * @param {ReadonlySet<T>} relevant at least one
 * @param {number} k 1 or more
 * @throws {import('../core/errors.js').AmpcfError} BAD_ARGUMENT, as every metric here
 */
export function recall(list, relevant, k) {
  check(list, relevant, k);
  return byHits.recall(hitsOf(list, relevant), relevant.size, k);
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
  return byHits.precision(hitsOf(list, relevant), relevant.size, k);
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
  return byHits.hitrate(hitsOf(list, relevant), relevant.size, k);
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
  return byHits.ndcg(hitsOf(list, relevant), relevant.size, k);
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
  return byHits.mrr(hitsOf(list, relevant), relevant.size, k);
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
  return byHits.map(hitsOf(list, relevant), relevant.size, k);
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
  return noveltyOf(informationOf(list, share, k), k);
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
  return spreadOf(lists, k, catalogue).coverage;
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
  return spreadOf(lists, k, catalogue).gini;
}
