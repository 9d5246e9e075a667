// Owns the figures of lists and picks that need nothing but counting. Must not know rounds or policies.
import { entropy } from '../core/entropy.js';

/** @import { World } from './world.js' */

/**
 * Bits.
 * @param {World} world
 * @param {readonly number[]} items
 */
export function entropyOf({ categories, size }, items) {
  const counts = new Float64Array(size);
  let sum = 0;
  for (const j of items)
    for (const a of categories[j]) {
      counts[a] += 1 / categories[j].length;
      sum += 1 / categories[j].length;
    }
  return sum > 0 ? entropy(counts.map((n) => n / sum)) / Math.LN2 : 0;
}

/**
 * Gini coefficient and coverage of what was shown.
 * @param {readonly number[][]} lists
 * @param {number} n items of the catalogue
 */
export function spreadOf(lists, n) {
  const times = new Float64Array(n);
  for (const list of lists) for (const j of list) times[j]++;
  const sum = times.reduce((a, b) => a + b, 0);
  const coverage = times.filter((x) => x > 0).length / n;
  const weighted = times.sort().reduce((total, x, i) => total + (2 * (i + 1) - n - 1) * x, 0);
  return { coverage, gini: sum > 0 ? weighted / (n * sum) : 0 };
}

/**
 * @param {readonly (number | null)[]} values
 * @returns {number | null}
 */
export function meanOf(values) {
  const there = values.filter((x) => x !== null);
  return there.length > 0 ? there.reduce((a, b) => a + b, 0) / there.length : null;
}
