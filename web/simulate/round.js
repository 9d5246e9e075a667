// Owns one visit of one person: what they look at, what they take, and figures of it. Must not make lists.
import { tasteDistance, tasteDistribution } from '../taste.js';
import { drawOne } from './choice.js';
import { entropyOf, meanOf, spreadOf } from './figures.js';

/** @import { Liking } from './choice.js' */
/** @import { SimulatedPerson } from './people.js' */
/** @import { World } from './world.js' */
/**
 * @typedef {object} Visitor a person as the loop sees it
 * @property {SimulatedPerson} person
 * @property {number[]} start the history, by number
 * @property {Liking} liking
 * @property {number[]} best items, likeliest first, as many as a run can need
 * @property {Float64Array | null} taste distribution over categories
 * @property {number} largest which taste is the largest
 * @property {number} minority true share of the others
 */
/**
 * @typedef {object} Visit figures of one person in one round
 * @property {number[]} taken from the list
 * @property {number[]} elsewhere taken without it
 * @property {number} hits how many of the list are taken, as expected over all lots
 * @property {number} regret how many more would be of the best list by the true taste
 * @property {number} listEntropy bits
 * @property {number} tasteEntropy bits, of the latest events
 * @property {number | null} tdd distance of the list from the true taste
 * @property {number | null} minority share of the list for other tastes than the largest
 */
/**
 * Means over people; null where nobody has one.
 * @typedef {object} RoundFigures
 * @property {number} round from 1
 * @property {number} hits of a list, as expected
 * @property {number} regret hits less than those of the best list by the true taste
 * @property {number} listEntropy bits, over aspects, or clusters where there are none
 * @property {number} tasteEntropy the same of the latest 30 events of each person
 * @property {number | null} tdd distance of the list from the true taste
 * @property {number | null} minority share of places for tastes other than the largest, of people with two or
 *   more
 * @property {number} gini of how often each item of the catalogue is shown
 * @property {number} coverage share of the catalogue that is shown to somebody
 * @property {number} elsewhere taken without the list
 * @property {number} bytes of a saved profile after the round
 */
/** @typedef {{ topK: number, look: number, takes: number, elsewhere: number }} Habits */

const latest = 30;

/**
 * What a person takes of each place, if it is looked at: 1 for what would be in the best list, else in
 * proportion to the last of it; nothing that the person has.
 * @param {Visitor} visitor
 * @param {number[]} list
 * @param {ReadonlySet<number>} had
 * @param {number} topK
 */
function acceptance({ liking: { p }, best }, list, had, topK) {
  const left = [];
  for (let i = 0; i < best.length && left.length < topK; i++) if (!had.has(best[i])) left.push(best[i]);
  const least = left.length > 0 ? p[left[left.length - 1]] : Infinity;
  return {
    ideal: left.length,
    accepts: list.map((j) => (had.has(j) || !(p[j] > 0) ? 0 : Math.min(1, p[j] / least))),
  };
}

/**
 * @param {World} world
 * @param {Visitor} visitor
 * @param {number[]} list
 * @param {Set<number>} had in order; what is taken is added
 * @param {Habits} habits
 * @param {() => number} random
 * @returns {Promise<Visit>}
 */
export async function visit(world, visitor, list, had, { topK, look, takes, elsewhere }, random) {
  const looks = (/** @type {number} */ place) => (place + 1) ** -look;
  const { ideal, accepts } = acceptance(visitor, list, had, topK);
  const hits = accepts.reduce((sum, a, place) => sum + a * looks(place), 0);
  let most = 0;
  for (let place = 0; place < ideal; place++) most += looks(place);
  const taken = list.filter((_, place) => random() < accepts[place] * looks(place)).slice(0, takes);
  for (const j of taken) had.add(j);
  const other = random() < elsewhere ? drawOne(visitor.liking.p, had, random) : undefined;
  if (other !== undefined) had.add(other);
  const shown = await tasteDistribution(
    list.map((j) => world.categories[j]),
    { size: world.size },
  );
  const ofOthers = list.filter((j) => visitor.liking.owner[j] !== visitor.largest).length;
  return {
    taken,
    elsewhere: other === undefined ? [] : [other],
    hits,
    regret: most - hits,
    listEntropy: entropyOf(world, list),
    tasteEntropy: entropyOf(world, [...had].slice(-latest)),
    tdd: shown && visitor.taste && (await tasteDistance(visitor.taste, shown)),
    minority: visitor.person.tastes.length > 1 && list.length > 0 ? ofOthers / list.length : null,
  };
}

/**
 * @param {number} round
 * @param {readonly Visit[]} visits
 * @param {readonly number[][]} lists
 * @param {readonly number[]} bytes
 * @param {World} world
 * @returns {RoundFigures}
 */
export function roundFigures(round, visits, lists, bytes, { n }) {
  const mean = (/** @type {(visit: Visit) => number | null} */ of) => meanOf(visits.map(of));
  const sure = (/** @type {(visit: Visit) => number} */ of) => mean(of) ?? 0;
  return {
    round,
    hits: sure(({ hits }) => hits),
    regret: sure(({ regret }) => regret),
    listEntropy: sure(({ listEntropy }) => listEntropy),
    tasteEntropy: sure(({ tasteEntropy }) => tasteEntropy),
    tdd: mean(({ tdd }) => tdd),
    minority: mean(({ minority }) => minority),
    ...spreadOf(lists, n),
    elsewhere: sure(({ elsewhere }) => elsewhere.length),
    bytes: meanOf(bytes) ?? 0,
  };
}
