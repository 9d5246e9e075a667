// Owns what time does to events: each weighs less the older it is, by the clock of the persona that owns it.
// Must not drop an event.
import { badArgument } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';

/** @import { Recency, StoredEvent } from '../model/types.js' */
/**
 * @typedef {object} RecencyOptions
 * @property {number} halfLife age at which an event weighs half, above 0
 * @property {'events' | 'days'} [unit] of ages, default 'events': how many events came later
 * @property {boolean} [perPersona] default true: a persona ages by what happens to it. By events, only its
 *   own events count; by days, the half-life is as much longer as its events are rarer than those of an
 *   average persona, up to 4 times either way
 * @property {number} [least] no factor is below this, 0 to 1, default 0.05: an old taste gets quiet, not lost
 */

const secondsPerDay = 86400;
const mostRatio = 4;

/**
 * The places of the events, newest first; by the order of the history where not every event has a time.
 * @param {readonly StoredEvent[]} events
 */
function newestFirst(events) {
  const order = [...events.keys()].reverse();
  const time = (/** @type {number} */ i) => /** @type {number} */ (events[i].at);
  return events.every(({ at }) => at !== null) ? order.sort((a, b) => time(b) - time(a)) : order;
}

/**
 * How many events came later (H x P): of the persona itself, each for the part that it owns, or of all.
 * @param {readonly StoredEvent[]} events
 * @param {Float32Array} owners
 * @param {boolean} perPersona
 */
function agesInEvents(events, owners, perPersona) {
  const p = owners.length / events.length;
  const ages = new Float64Array(owners.length);
  const clock = new Float64Array(p);
  for (const i of newestFirst(events))
    for (let k = 0; k < p; k++) {
      ages[i * p + k] = clock[k];
      clock[k] += perPersona ? owners[i * p + k] : 1;
    }
  return ages;
}

/**
 * Days before the latest event, in half-lives of a persona whose events are as frequent as those of the
 * average one (H x P).
 * @param {readonly StoredEvent[]} events
 * @param {Float32Array} owners
 * @param {boolean} perPersona
 */
function agesInDays(events, owners, perPersona) {
  const p = owners.length / events.length;
  const ages = new Float64Array(owners.length);
  const latest = Math.max(...events.map(({ at }) => at ?? -Infinity));
  const mass = new Float64Array(p);
  owners.forEach((r, x) => {
    mass[x % p] += r;
  });
  for (let x = 0; x < ages.length; x++) {
    const { at } = events[Math.floor(x / p)];
    if (at === null) continue; // age 0
    const rarer = events.length / p / mass[x % p];
    const slower = perPersona ? Math.min(mostRatio, Math.max(1 / mostRatio, rarer)) : 1;
    ages[x] = (latest - at) / secondsPerDay / slower;
  }
  return ages;
}

/**
 * For `createProfile(history, { recency })` and `profile.adjust`: factor_i = sum_k r_ik max(least, 2^(-age_ik
 * / halfLife)). Events without a time keep their place in the history, or, by days, do not age. Drift is
 * personal (Koren 2009, KDD, "Collaborative filtering with temporal dynamics").
 * @param {RecencyOptions} options
 * @returns {Recency}
 */
export function recency(options) {
  const {
    halfLife,
    unit = 'events',
    perPersona = true,
    least = 0.05,
  } = optionsArgument(options, 'halfLife unit perPersona least');
  if (!(Number.isFinite(halfLife) && halfLife > 0))
    throw badArgument('halfLife', halfLife, 'a number above 0');
  if (unit !== 'events' && unit !== 'days') throw badArgument('unit', unit, "'events' or 'days'");
  if (typeof least !== 'number' || !(least >= 0 && least <= 1)) throw badArgument('least', least, '0 to 1');
  return (events, owners) => {
    const p = owners.length / events.length;
    const ages = (unit === 'days' ? agesInDays : agesInEvents)(events, owners, perPersona);
    return events.map((_, i) => {
      let factor = 0;
      for (let k = 0; k < p; k++)
        factor += owners[i * p + k] * Math.max(least, 2 ** (-ages[i * p + k] / halfLife));
      return factor;
    });
  };
}
