// Owns the formulas of METRICS.md on what is looked up of a list once: where its hits are, what its items
// say, how often each is shown. Must not check what callers pass, but for what nobody else sees.
import { badArgument } from '../core/arguments.js';

/** @import { RankedList } from './metrics.js' */

/**
 * @param {string} name
 * @param {unknown} list
 */
export function checkList(name, list) {
  if (!Array.isArray(list)) throw badArgument(name, list, 'an array');
}

/**
 * Where a list holds relevant items: all that the metrics of a person ask of it.
 * @template T
 * @param {RankedList<T>} list
 * @param {ReadonlySet<T>} relevant
 * @returns {Uint8Array} 1 at each of them, as long as the list
 */
export function hitsOf(list, relevant) {
  const hits = new Uint8Array(list.length);
  for (let i = 0; i < list.length; i++) if (relevant.has(list[i])) hits[i] = 1;
  return hits;
}

/** What each place of a list counts, as far as anybody has asked. */
const discounts = /** @type {number[]} */ ([]);

/** @param {number} k */
function discountsTo(k) {
  while (discounts.length < k) discounts.push(1 / Math.log2(discounts.length + 2));
  return discounts;
}

/**
 * @param {Uint8Array} hits
 * @param {number} k
 */
function countTo(hits, k) {
  let found = 0;
  for (let i = 0; i < k && i < hits.length; i++) found += hits[i];
  return found;
}

/**
 * The metrics of a person, by the name that figures have them under, of where the hits are, of how many items
 * are relevant, and of k.
 * @satisfies {Record<string, (hits: Uint8Array, relevant: number, k: number) => number>}
 */
export const byHits = {
  recall: (hits, relevant, k) => countTo(hits, k) / relevant,
  precision: (hits, _, k) => countTo(hits, k) / k,
  hitrate: (hits, _, k) => (countTo(hits, k) > 0 ? 1 : 0),
  ndcg(hits, relevant, k) {
    const worth = discountsTo(Math.min(k, Math.max(hits.length, relevant)));
    let gain = 0;
    let ideal = 0;
    for (let i = 0; i < k && i < hits.length; i++) if (hits[i]) gain += worth[i];
    for (let i = 0; i < k && i < relevant; i++) ideal += worth[i];
    return gain / ideal;
  },
  mrr(hits, _, k) {
    for (let i = 0; i < k && i < hits.length; i++) if (hits[i]) return 1 / (i + 1);
    return 0;
  },
  map(hits, relevant, k) {
    let found = 0;
    let sum = 0;
    for (let i = 0; i < k && i < hits.length; i++) if (hits[i]) sum += ++found / (i + 1);
    return sum / Math.min(k, relevant);
  },
};

/**
 * Self-information of the first items of a list, in bits.
 * @template T
 * @param {RankedList<T>} list
 * @param {(item: T) => number} share
 * @param {number} k most of them
 */
export function informationOf(list, share, k) {
  const bits = new Float64Array(Math.min(k, list.length));
  for (let i = 0; i < bits.length; i++) bits[i] = -Math.log2(share(list[i]));
  return bits;
}

/**
 * @param {Float64Array} information of a list
 * @param {number} k
 */
export function noveltyOf(information, k) {
  const n = Math.min(k, information.length);
  let bits = 0;
  for (let i = 0; i < n; i++) bits += information[i];
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
 * Coverage of the catalogue and the Gini coefficient, which count the same.
 * @template T
 * @param {readonly RankedList<T>[]} lists
 * @param {number} k
 * @param {number} catalogue number of items
 */
export function spreadOf(lists, k, catalogue) {
  const times = Float64Array.from(exposure(lists, k).values()).sort();
  checkCatalogue(times.length, catalogue);
  const unseen = catalogue - times.length;
  let sum = 0;
  let weighted = 0;
  times.forEach((n, i) => {
    sum += n;
    weighted += (2 * (unseen + i + 1) - catalogue - 1) * n;
  });
  return { coverage: times.length / catalogue, gini: sum > 0 ? weighted / (catalogue * sum) : 0 };
}
