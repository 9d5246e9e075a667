// Owns the posterior over owners: which of k people each group of events is of, and how likely the events are
// with k people. Must not know a model, and must not draw random numbers but from a seed.
import { seededRandom } from '../core/random.js';

/**
 * @typedef {object} Unit events that one person made, together: a visit, or one event
 * @property {Float64Array} sum (R) of their places, by weight
 * @property {number} count their weight
 * @property {number} events how many say something
 * @property {number} hour its time of the week, a whole number below `hours`; -1: none is known
 * @property {number} told whose it is; -1: nobody said
 */
/**
 * @typedef {object} Mixture
 * @property {number} k
 * @property {Float64Array[]} owners (units) of (k), each of sum 1
 * @property {number} evidence log of how likely the units are, against people who have no taste
 * @property {Crowd} crowd
 */

/** Times of a week that are told apart: eight of a working day, eight of a free one. */
export const hours = 16;
const hourPrior = 0.5;
/** Starts, rounds of each, rounds of the best one; what moves less has settled. */
const starts = 4;
const trialRounds = 3;
const rounds = 12;
const settled = 0.02;

/** What is known of k people: sums, counts, times. */
export class Crowd {
  /**
   * @param {Float64Array} rho (R)
   * @param {number} k
   */
  constructor(rho, k) {
    this.rho = rho;
    this.k = k;
    this.sums = Array.from({ length: k }, () => new Float64Array(rho.length));
    this.counts = new Float64Array(k);
    this.hours = Array.from({ length: k }, () => new Float64Array(hours));
    this.visits = new Float64Array(k);
  }

  /** The same, to be changed. */
  copy() {
    const crowd = new Crowd(this.rho, this.k);
    crowd.sums = this.sums.map((sums) => sums.slice());
    crowd.counts = this.counts.slice();
    crowd.hours = this.hours.map((times) => times.slice());
    crowd.visits = this.visits.slice();
    return crowd;
  }

  /**
   * @param {readonly number[]} order of the people
   */
  take(order) {
    this.sums = order.map((q) => this.sums[q]);
    this.counts = Float64Array.from(order, (q) => this.counts[q]);
    this.hours = order.map((q) => this.hours[q]);
    this.visits = Float64Array.from(order, (q) => this.visits[q]);
  }

  /**
   * @param {Unit} unit
   * @param {number} person
   * @param {number} part of it; below 0: taken away
   */
  add({ sum, count, hour }, person, part) {
    const sums = this.sums[person];
    for (let e = 0; e < sums.length; e++) sums[e] += part * sum[e];
    this.counts[person] += part * count;
    if (hour < 0) return;
    this.hours[person][hour] += part;
    this.visits[person] += part;
  }

  /**
   * log p(unit | what else is this person's) - log p(unit | nobody's), with `part` of it left out of what is
   * the person's; person k is somebody new.
   * @param {Unit} unit
   * @param {number} person
   * @param {number} part
   */
  likelihood({ sum, count, hour }, person, part) {
    const { rho } = this;
    const isNew = person === this.k;
    const sums = isNew ? undefined : this.sums[person];
    const n = isNew ? 0 : Math.max(0, this.counts[person] - part * count);
    let gain = 0;
    let shrunk = 1;
    let whole = 1;
    for (let e = 0; e < rho.length; e++) {
      const before = sums ? sums[e] - part * sum[e] : 0;
      const after = before + sum[e];
      const was = 1 + n * rho[e];
      const is = was + count * rho[e];
      gain += (rho[e] * (after * after * was - before * before * is)) / (is * was);
      shrunk *= was;
      whole *= is;
    }
    let log = (gain + Math.log(shrunk / whole)) / 2;
    if (hour >= 0 && !isNew) {
      const times = Math.max(0, this.hours[person][hour] - part);
      const visits = Math.max(0, this.visits[person] - part);
      log += Math.log(((times + hourPrior) * hours) / (visits + hourPrior * hours));
    }
    return log;
  }
}

/**
 * Numbers to parts of 1, by their exponentials.
 * @param {Float64Array} logs changed
 */
export function softmax(logs) {
  let highest = -Infinity;
  for (let q = 0; q < logs.length; q++) if (logs[q] > highest) highest = logs[q];
  let sum = 0;
  for (let q = 0; q < logs.length; q++) sum += logs[q] = Math.exp(logs[q] - highest);
  for (let q = 0; q < logs.length; q++) logs[q] /= sum;
  return logs;
}

/**
 * @param {Unit} unit
 * @param {number} k
 */
const toldOwner = ({ told }, k) =>
  Float64Array.from({ length: k }, (_, q) => Number(q === Math.min(told, k - 1)));

/**
 * Owners to begin with: by directions of the seed, and by what was told.
 * @param {readonly Unit[]} units
 * @param {Float64Array} rho
 * @param {number} k
 * @param {number} seed
 */
function beginning(units, rho, k, seed) {
  const random = seededRandom(seed);
  const crowd = new Crowd(rho, k);
  for (const unit of units) if (unit.told >= 0) crowd.add(unit, Math.min(unit.told, k - 1), 1);
  const directions = Array.from({ length: k }, () =>
    Float64Array.from(rho, (x) => 2 * Math.sqrt(x) * (random() + random() + random() - 1.5)),
  );
  return units.map((unit) => {
    if (unit.told >= 0) return toldOwner(unit, k);
    const { sum, count } = unit;
    const logs = Float64Array.from(directions, (direction, q) => {
      let log = 0;
      for (let e = 0; e < rho.length; e++) log += direction[e] * sum[e];
      return log / Math.sqrt(Math.max(count, 1)) + (crowd.counts[q] > 0 ? crowd.likelihood(unit, q, 0) : 0);
    });
    return softmax(logs);
  });
}

/**
 * One pass over the units, each seen against all others. Returns the largest move.
 * @param {readonly Unit[]} units
 * @param {Float64Array[]} owners changed
 * @param {Crowd} crowd changed
 */
function sweep(units, owners, crowd) {
  const { k } = crowd;
  const next = new Float64Array(k);
  let move = 0;
  units.forEach((unit, i) => {
    if (unit.told >= 0) return;
    const own = owners[i];
    for (let q = 0; q < k; q++) next[q] = crowd.likelihood(unit, q, own[q]);
    softmax(next);
    const change = own.reduce((most, part, q) => Math.max(most, Math.abs(next[q] - part)), 0);
    // All parts move or none, so that they go on to sum to 1.
    if (change < 1e-9) return;
    move = Math.max(move, change);
    for (let q = 0; q < k; q++) crowd.add(unit, q, next[q] - own[q]);
    own.set(next);
  });
  return move;
}

/** log Gamma, Stirling's series behind eight steps. */
function logGamma(/** @type {number} */ x) {
  let shift = 0;
  for (; x < 8; x++) shift += Math.log(x);
  return (
    (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x ** 3) - shift
  );
}

/**
 * A bound of the log evidence: taste, times, and what is not known of owners.
 * @param {readonly Unit[]} units
 * @param {Float64Array[]} owners
 * @param {Crowd} crowd
 */
function evidenceOf(units, owners, crowd) {
  const { k, rho } = crowd;
  let log = 0;
  for (let q = 0; q < k; q++) {
    for (let e = 0; e < rho.length; e++) {
      const is = 1 + crowd.counts[q] * rho[e];
      log += (rho[e] * crowd.sums[q][e] ** 2) / (2 * is) - Math.log(is) / 2;
    }
    const visits = crowd.visits[q];
    if (visits === 0) continue;
    log += logGamma(hourPrior * hours) - logGamma(hourPrior * hours + visits) + visits * Math.log(hours);
    for (const times of crowd.hours[q]) log += logGamma(hourPrior + Math.max(0, times)) - logGamma(hourPrior);
  }
  for (const own of owners) for (const part of own) if (part > 1e-12) log -= part * Math.log(part);
  return log - units.length * Math.log(k);
}

/**
 * @param {readonly Unit[]} units
 * @param {Float64Array} rho
 * @param {number} k people
 * @returns {Mixture}
 */
export function fitPeople(units, rho, k) {
  const tries = Array.from({ length: k === 1 ? 1 : starts }, (_, seed) => {
    const owners = beginning(units, rho, k, seed + 1);
    const crowd = new Crowd(rho, k);
    units.forEach((unit, i) => owners[i].forEach((part, q) => crowd.add(unit, q, part)));
    for (let round = 0; k > 1 && round < trialRounds; round++) sweep(units, owners, crowd);
    return { k, owners, crowd, evidence: evidenceOf(units, owners, crowd) };
  });
  const best = tries.reduce((a, b) => (b.evidence > a.evidence ? b : a));
  for (let round = 0; k > 1 && round < rounds; round++)
    if (sweep(units, best.owners, best.crowd) < settled) break;
  return { ...best, evidence: evidenceOf(units, best.owners, best.crowd) };
}
