// Owns how many people there are: from how likely the events are with one to four of them to probabilities.
// Must not fit people.
import { softmax } from './mixture.js';

/** @import { Mixture, Unit } from './mixture.js' */

/** Most people that are looked for. */
export const mostPeople = 4;
/**
 * Log odds of more than one person, and of each number among those, by what is seen: an account whose visits
 * are known, and one of single events. Fitted on accounts of one and of several people that were put together
 * for it, as many of one as of several (PEOPLE.md).
 * @typedef {object} Odds
 * @property {number} base
 * @property {number} gain by how much likelier the events are with two people, a root of their number
 * @property {number} alone by how likely they are with one
 * @property {number} size by the log of their number
 * @property {number} visits by the log of events a visit
 * @property {readonly number[]} among 2, 3, 4 people
 * @property {number} more by how much likelier the events are with so many than with two
 * @property {number} broad by how likely they are with one, for each person above two
 */
/** @type {Readonly<{ visits: Odds, events: Odds }>} */
const odds = Object.freeze({
  visits: {
    base: -0.561,
    gain: 0.708,
    alone: -0.175,
    size: 0,
    visits: -0.222,
    among: [0, -0.863, -1.275],
    more: 0.616,
    broad: 0,
  },
  events: {
    base: 0.718,
    gain: 0.196,
    alone: -0.095,
    size: -0.072,
    visits: 0,
    among: [0, 0.208, 0.392],
    more: 0.113,
    broad: -0.046,
  },
});
/** So many events are half as telling as many. */
const few = 5;
/** Of accounts of several people, how many are of 2, 3, 4. */
const shares = Object.freeze([0.6, 0.25, 0.15]);

/**
 * @param {readonly Mixture[]} fits with 1, 2, ... people
 * @param {readonly Unit[]} units that they were fitted on
 * @param {number} least fewer there are not
 * @returns {number[]} probabilities of 1 to 4 people, sum 1
 */
export function numberOfPeople(fits, units, least) {
  const saying = units.filter(({ count }) => count > 0);
  const events = saying.reduce((sum, { events: n }) => sum + n, 0);
  const of = events > saying.length ? odds.visits : odds.events;
  const scaled = (/** @type {number} */ x) => x / Math.sqrt(Math.max(1, events));
  const [one, two, ...rest] = fits.map(({ evidence }) => evidence);
  const perVisit = Math.log(Math.max(1, events) / Math.max(1, saying.length));
  const log =
    of.base +
    of.gain * scaled(two - one) +
    of.alone * scaled(one) +
    of.size * Math.log(1 + events) +
    of.visits * perVisit;
  // Little was seen: as likely as not.
  const several = 1 / (1 + Math.exp((-log * events) / (events + few)));
  const parts = softmax(
    Float64Array.from([two, ...rest], (evidence, i) => {
      const seen = of.more * scaled(evidence - two) + of.broad * i * scaled(one);
      return Math.log(shares[i]) + of.among[i] + seen;
    }),
  );
  const all = [1 - several, ...Array.from(parts, (part) => several * part)];
  const possible = all.map((p, i) => (i + 1 < least ? 0 : Math.max(p, 1e-9)));
  const sum = possible.reduce((a, b) => a + b, 0);
  return possible.map((p) => p / sum);
}

/**
 * One, unless more than one are likelier; then the likeliest of those.
 * @param {readonly number[]} probabilities
 */
export function likeliestNumber([one, ...more]) {
  return one >= 0.5 ? 1 : 2 + more.indexOf(Math.max(...more));
}
