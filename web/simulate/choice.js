// Owns the rule by which a simulated person chooses: how likely each item is to be what they would take.
// Must not draw people or know lists.
import { largest } from '../core/largest.js';
import { dotAt } from './world.js';

/** @import { World } from './world.js' */
/** @import { SimulatedPerson } from './people.js' */
/**
 * @typedef {object} Liking
 * @property {Float32Array} p (N) sum 1: what the person would take if nobody showed anything
 * @property {Uint8Array} owner (N) the taste that each item speaks to most
 */

/**
 * One taste over the catalogue: exp(focus cos(t, v_j)) pop_j^g, and `inside` times as much within its region.
 * @param {World} world
 * @param {SimulatedPerson} person
 * @param {SimulatedPerson['tastes'][number]} taste
 */
export function tasteOver({ n, dim, unit, popularity, regions }, person, taste) {
  const logits = new Float64Array(n);
  let most = -Infinity;
  const home = regions.find(({ kind, name }) => kind === taste.kind && name === taste.name);
  for (const j of home?.items ?? []) logits[j] = Math.log(person.inside);
  for (let j = 0; j < n; j++) {
    logits[j] +=
      person.focus * dotAt(taste.vector, j * dim, unit) + person.popularity * Math.log(popularity[j]);
    most = Math.max(most, logits[j]);
  }
  let sum = 0;
  for (let j = 0; j < n; j++) sum += logits[j] = Math.exp(logits[j] - most);
  return logits.map((x) => x / sum);
}

/**
 * The mixture of a person's tastes.
 * @param {World} world
 * @param {SimulatedPerson} person
 * @returns {Liking}
 */
export function likingOf(world, person) {
  const p = new Float32Array(world.n);
  const best = new Float32Array(world.n);
  const owner = new Uint8Array(world.n);
  person.tastes.forEach((taste, k) => {
    const over = tasteOver(world, person, taste);
    for (let j = 0; j < world.n; j++) {
      const part = taste.share * over[j];
      p[j] += part;
      if (part > best[j]) [best[j], owner[j]] = [part, k];
    }
  });
  return { p, owner };
}

/**
 * So many items without putting one back, in the order they are drawn (Gumbel's trick: the largest of log p +
 * noise are such a sample).
 * @param {Float32Array} p
 * @param {number} count
 * @param {() => number} random
 */
export function drawn(p, count, random) {
  const keys = Float64Array.from(p, (x) => Math.log(x) - Math.log(-Math.log(random() || Number.MIN_VALUE)));
  return largest(keys, count, -Infinity);
}

/**
 * One item that is not among those the person has.
 * @param {Float32Array} p
 * @param {ReadonlySet<number>} had
 * @param {() => number} random
 */
export function drawOne(p, had, random) {
  let left = 0;
  for (let j = 0; j < p.length; j++) if (!had.has(j)) left += p[j];
  let at = random() * left;
  for (let j = 0; j < p.length; j++) if (!had.has(j) && (at -= p[j]) <= 0 && p[j] > 0) return j;
  return undefined;
}

/**
 * The likeliest items, best first.
 * @param {Float32Array} p
 * @param {number} count
 */
export const likeliest = (p, count) => largest(p, count, -1);
