// Owns the three measures of whether people hold together: within a history, across a run, between what they
// say and what they pick. Must not know how they were drawn.
import { centreOf, dotAt } from './world.js';

/** @import { World } from './world.js' */
/**
 * How often a person is nearer to itself than to another: 1 always, .5 as chance has it; null where nobody
 * could be asked.
 * @typedef {number | null} Recognised
 */
/**
 * @typedef {object} Consistency
 * @property {Recognised} within two halves of a history point the same way
 * @property {Recognised} across its first and last quarter do; of a run: the history at the start, and what
 *   was taken in the second half of the rounds
 * @property {Recognised} said the aspects stated are those picked
 */
/** @typedef {{ history: readonly string[], says: readonly string[] }} Telling */

/** Each person is compared with so many others. */
const strangers = 20;

/**
 * How often own(i, i) is above own(i, s) of strangers, ties by half.
 * @param {number} n people
 * @param {(i: number, s: number) => number | null} likeness of one half of i with the other half of s
 * @returns {Recognised}
 */
function recognised(n, likeness) {
  let sum = 0;
  let asked = 0;
  for (let i = 0; i < n; i++) {
    const own = likeness(i, i);
    if (own === null) continue;
    const step = Math.max(1, Math.floor(n / strangers));
    for (let away = 1; away < n; away += step) {
      const other = likeness(i, (i + away) % n);
      if (other === null) continue;
      sum += own > other ? 1 : own === other ? 0.5 : 0;
      asked++;
    }
  }
  return asked > 0 ? sum / asked : null;
}

/**
 * By the directions of two lists of each person.
 * @param {World} world
 * @param {readonly (readonly number[])[]} first
 * @param {readonly (readonly number[])[]} second
 * @returns {Recognised}
 */
export function recognisedBy({ unit, dim }, first, second) {
  const [from, to] = [first, second].map((lists) =>
    lists.map((list) => (list.length > 0 ? centreOf(unit, dim, list) : null)),
  );
  return recognised(first.length, (i, s) => {
    const [a, b] = [from[i], to[s]];
    return a && b && dotAt(a, 0, b);
  });
}

/**
 * Items of the model by their number.
 * @param {World} world
 * @param {readonly string[]} ids
 */
export const indicesOf = ({ model }, ids) => ids.flatMap((id) => model.indexOf(id) ?? []);

/**
 * @param {World} world
 * @param {readonly Telling[]} people
 * @returns {Consistency}
 */
export function consistencyOf(world, people) {
  const picks = people.map(({ history }) => indicesOf(world, history));
  const half = (/** @type {number} */ odd) => picks.map((list) => list.filter((_, i) => i % 2 === odd));
  const quarter = (/** @type {number[]} */ { length }) => Math.max(1, length >> 2);
  const named = world.model.aspectNames;
  const said = people.map(({ says }) => says.map((name) => named.indexOf(name)).filter((a) => a >= 0));
  return {
    within: recognisedBy(world, half(0), half(1)),
    across: recognisedBy(
      world,
      picks.map((list) => list.slice(0, quarter(list))),
      picks.map((list) => (list.length > 1 ? list.slice(-quarter(list)) : [])),
    ),
    said: recognised(people.length, (i, s) => {
      if (said[i].length === 0 || picks[s].length === 0) return null;
      const has = (/** @type {number} */ j) => world.categories[j].some((a) => said[i].includes(a));
      return picks[s].filter(has).length / picks[s].length;
    }),
  };
}
