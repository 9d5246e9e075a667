// Owns how many people there are: from how likely the events are with one to four of them to probabilities.
// Must not fit people.
import { softmax } from './mixture.js';

/** @import { Mixture, Unit } from './mixture.js' */

/** Most people that are looked for. */
export const mostPeople = 4;
/**
 * Fitted on accounts of one and of several people that were put together for it, as many of one as of several
 * and with as many events (PEOPLE.md): by how likely the events are with one, and how much likelier with two.
 */
const byEvents = Object.freeze({ base: 0.718, gain: 0.196, alone: -0.095, size: -0.072 });
const byVisits = Object.freeze({ base: 1.215, gain: 2.111, alone: -0.504 });
/** Of accounts of several, which number: how much likelier the events are than with two, than with one. */
const among = Object.freeze({ base: [0, 0.2, 0.38], gain: 0.115, alone: -0.04 });
/** So many events are half as telling as many. */
const few = 5;
/** Of accounts of several people, how many are of 2, 3, 4. */
const shares = Object.freeze([0.6, 0.25, 0.15]);

/**
 * @param {number} one evidence with one person, over a root of the events
 * @param {number} two
 * @param {number} events
 */
const oddsByEvents = (one, two, events) =>
  byEvents.base + byEvents.gain * (two - one) + byEvents.alone * one + byEvents.size * Math.log(1 + events);

/**
 * @param {number} one evidence with one person
 * @param {number} two
 */
function oddsByVisits(one, two) {
  const part = Math.max(-1, Math.min(1, (two - one) / Math.max(1, one, two)));
  return byVisits.base + byVisits.gain * part + byVisits.alone * Math.log(Math.max(1, one));
}

/**
 * @param {readonly Mixture[]} fits with 1, 2, ... people
 * @param {readonly Unit[]} units that they were fitted on
 * @param {number} least fewer there are not
 * @returns {number[]} probabilities of 1 to 4 people, sum 1
 */
export function numberOfPeople(fits, units, least) {
  const saying = units.filter(({ count }) => count > 0);
  const events = saying.reduce((sum, unit) => sum + unit.events, 0);
  const scaled = (/** @type {number} */ x) => x / Math.sqrt(Math.max(1, events));
  const [one, two, ...rest] = fits.map(({ evidence }) => evidence);
  const log =
    events > saying.length ? oddsByVisits(one, two) : oddsByEvents(scaled(one), scaled(two), events);
  // Little was seen: as likely as not.
  const several = 1 / (1 + Math.exp((-log * events) / (events + few)));
  const parts = softmax(
    Float64Array.from([two, ...rest], (evidence, i) => {
      const seen = among.gain * scaled(evidence - two) + among.alone * i * scaled(one);
      return Math.log(shares[i]) + among.base[i] + seen;
    }),
  );
  const all = [1 - several, ...Array.from(parts, (part) => several * part)];
  // Nobody is there without an event.
  const most = Math.max(1, least, events);
  const possible = all.map((p, i) => (i + 1 < least || i + 1 > most ? 0 : Math.max(p, 1e-9)));
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
