// Owns the mathematics: which side of a person speaks, given what happened in this visit. Pure functions over
// arrays; must not know a model.
import { entropy } from '../core/entropy.js';

/**
 * What is known of the history. Rows: first what is left of forgotten events, then events.
 * @typedef {object} Known
 * @property {number} sides P
 * @property {ArrayLike<number>} shares (P) sum 1
 * @property {ArrayLike<number>} owners (R x P) how much of each row is whose
 * @property {ArrayLike<number>} mass (R) how many liked events a row stands for; 0: it was not liked
 */
/**
 * @typedef {object} Clue something that happened, and how well it fits
 * @property {ArrayLike<number>} fits (P) each side, above 0
 * @property {number} fitsAny what it fits that may be anything
 * @property {number} strength 0 to 1
 */
/**
 * @typedef {object} Settings
 * @property {number} weight of an event of this visit beside those of the history
 * @property {number} wish weight of an aspect that was asked for
 * @property {number} sharpness b of the kernel by which an event is near another
 * @property {number} trust tau: how much each clue says
 * @property {number} floor how much of the prior is kept whatever happened
 * @property {number} novelty prior of a side that the history does not have
 * @property {number} doubt so many events of anything are added to each side before it is asked what it fits
 */

/**
 * Chosen on validation people, web/now/NOW.md.
 * @type {Readonly<Settings>}
 */
export const settings = Object.freeze({
  weight: 30,
  wish: 30,
  sharpness: 12,
  trust: 1,
  floor: 0.1,
  novelty: 0.1,
  doubt: 0.5,
});

/**
 * How near an event is to each side: the mean over what the side likes of exp(b cos), a density of the side's
 * own events around it.
 * @param {Known} known
 * @param {ArrayLike<number>} near (R) kernel to each row
 * @param {number} doubt how many events of anything
 * @param {number} anything
 */
export function fitsOf({ sides, owners, mass }, near, doubt, anything) {
  const sum = new Float64Array(sides).fill(doubt * anything);
  const all = new Float64Array(sides).fill(doubt);
  for (let row = 0; row < mass.length; row++)
    for (let k = 0; k < sides; k++) {
      const part = owners[row * sides + k] * mass[row];
      sum[k] += part * near[row];
      all[k] += part;
    }
  return sum.map((value, k) => value / all[k]);
}

/**
 * pi_k' = (1 - floor) (q_k + q_0 pi_k) + floor pi_k of the sides there are, and q_0 of a new one;
 * q_k ~ (1 - novelty) pi_k prod_t fits_tk^(trust strength_t), q_0 ~ novelty prod_t fitsAny_t^(...).
 * @param {ArrayLike<number>} shares (P) the prior; none: a person without history is new
 * @param {readonly Clue[]} clues none: the prior
 * @param {Pick<Settings, 'trust' | 'floor' | 'novelty'>} how
 * @returns {{ sides: Float64Array, novel: number, leaning: Float64Array }} sides (P) and novel: sum 1;
 *   leaning (P) sum 1: what each side of the history is worth now, its prior share where all is new
 */
export function posteriorOf(shares, clues, { trust, floor, novelty }) {
  const prior = Float64Array.from(shares);
  if (clues.length === 0 || prior.length === 0)
    return { sides: prior, novel: prior.length > 0 ? 0 : 1, leaning: prior };
  const logs = prior.map((share) => Math.log((1 - novelty) * Math.max(share, 1e-30)));
  let novel = Math.log(novelty);
  for (const { fits, fitsAny, strength } of clues) {
    for (let k = 0; k < logs.length; k++) logs[k] += trust * strength * Math.log(Math.max(fits[k], 1e-30));
    novel += trust * strength * Math.log(Math.max(fitsAny, 1e-30));
  }
  const most = Math.max(novel, ...logs);
  const parts = logs.map((log) => Math.exp(log - most));
  const sum = parts.reduce((a, b) => a + b, Math.exp(novel - most));
  const q0 = Math.exp(novel - most) / sum;
  const mixed = (/** @type {number} */ add) =>
    parts.map((part, k) => (1 - floor) * (part / sum + add * prior[k]) + floor * prior[k]);
  return { sides: mixed(0), novel: (1 - floor) * q0, leaning: mixed(q0) };
}

/**
 * What each row of the history is to count for: the ratio of its sides' leaning to their prior.
 * @param {Known} known
 * @param {ArrayLike<number>} leaning (P)
 */
export function factorsOf({ sides, shares, owners, mass }, leaning) {
  return Float64Array.from(mass, (_, row) => {
    let factor = 0;
    for (let k = 0; k < sides; k++)
      factor += (owners[row * sides + k] * leaning[k]) / Math.max(shares[k], 1e-30);
    return factor;
  });
}

/**
 * How open it is who speaks: 0 one side for certain, 1 all alike. Entropy over its greatest value.
 * @param {readonly number[]} shares sum 1
 */
export function unsureOf(shares) {
  if (shares.length < 2) return 0;
  return Math.min(1, Math.max(0, entropy(shares) / Math.log(shares.length)));
}

const day = 86400;
/** Concentration of an hour of the day: a standard deviation of about an hour and a half. */
const concentration = 6.5;
/** exp(-kappa) I0(kappa): the mean of exp(kappa (cos - 1)) over a day. */
const meanOfDay = 0.1598;

/**
 * A kernel over the time of day, mean 1; the zone does not matter.
 * @param {number} a unix seconds
 * @param {number} b
 */
export const sameHour = (a, b) =>
  Math.exp(concentration * (Math.cos((2 * Math.PI * ((a - b) % day)) / day) - 1)) / meanOfDay;
