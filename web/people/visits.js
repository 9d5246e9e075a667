// Owns which events of a history go together: one visit is one person's, and has an hour. Must not know who
// there is.
import { hours } from './mixture.js';

/** @import { StoredEvent } from '../model/types.js' */
/** @import { Unit } from './mixture.js' */
/**
 * @typedef {object} PlacedEvent
 * @property {StoredEvent} event
 * @property {Float64Array | null} place (R); null where the model does not know the item
 * @property {number} weight what it says of taste, about 1; 0: nothing
 * @property {number} told whose it is; -1: nobody said
 */

const secondsPerHour = 3600;
/** 1 January 1970 was a Thursday, of a week that begins on Sunday. */
const firstDay = 4;

/**
 * Which of the times of the week, in UTC; -1 without a time.
 * @param {number | null} at unix seconds
 */
export function hourOf(at) {
  if (at === null) return -1;
  const hour = Math.floor(at / secondsPerHour);
  const ofDay = ((hour % 24) + 24) % 24;
  const day = (((Math.floor(hour / 24) + firstDay) % 7) + 7) % 7;
  return Math.floor(ofDay / 3) + (day === 0 || day === 6 ? hours / 2 : 0);
}

/**
 * Events as visits: those with times are cut where nothing happens for `gap` seconds, each other one is for
 * itself. Where one person is told of a visit, the rest of it is that person's too.
 * @param {readonly PlacedEvent[]} events
 * @param {number} gap
 * @returns {number[][]} places in the list
 */
function visitsOf(events, gap) {
  const timeOf = (/** @type {number} */ i) => events[i].event.at;
  /** @type {number[][]} */
  const visits = [];
  let last = -Infinity;
  const timed = [...events.keys()].filter((i) => timeOf(i) !== null);
  for (const i of timed.sort((a, b) => Number(timeOf(a)) - Number(timeOf(b)) || a - b)) {
    const at = Number(timeOf(i));
    if (visits.length > 0 && at - last <= gap) visits[visits.length - 1].push(i);
    else visits.push([i]);
    last = at;
  }
  return [...visits, ...[...events.keys()].filter((i) => timeOf(i) === null).map((i) => [i])];
}

/**
 * @param {readonly PlacedEvent[]} events at least one
 * @param {number} size R
 * @param {number} told
 * @returns {Unit}
 */
export function unitOf(events, size, told) {
  const sum = new Float64Array(size);
  let count = 0;
  let n = 0;
  for (const { place, weight } of events) {
    if (!place || weight === 0) continue;
    count += weight;
    n++;
    for (let e = 0; e < size; e++) sum[e] += weight * place[e];
  }
  return { sum, count, events: n, hour: hourOf(events[0].event.at), told };
}

/**
 * @param {readonly PlacedEvent[]} events
 * @param {number} size R
 * @param {number} gap
 * @returns {{ units: Unit[], unitAt: Int32Array }} unitAt: of each event, its unit
 */
export function unitsOf(events, size, gap) {
  /** @type {Unit[]} */
  const units = [];
  const unitAt = new Int32Array(events.length);
  for (const visit of visitsOf(events, gap)) {
    const owners = new Set(visit.map((i) => events[i].told));
    const named = [...owners].filter((told) => told >= 0);
    // Two people of one visit: what nobody said of it is left to the taste.
    const parts =
      named.length === 1 ? [visit] : [...owners].map((o) => visit.filter((i) => events[i].told === o));
    for (const part of parts) {
      for (const i of part) unitAt[i] = units.length;
      const told = named.length === 1 ? named[0] : events[part[0]].told;
      units.push(
        unitOf(
          part.map((i) => events[i]),
          size,
          told,
        ),
      );
    }
  }
  return { units, unitAt };
}
