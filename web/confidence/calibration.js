// Owns the map from scores to probabilities as it lies in a model file: its form, its checks, what it says.
// Must not fit one.

/** @import { Model } from '../model/model.js' */
/**
 * @typedef {'catalogue' | 'shown'} Population of what the probabilities are: 'catalogue', an item that the
 *   history does not have is among the held-out likes; 'shown', an item that was shown (or rated) is liked
 */
/**
 * @typedef {object} OwnRate what a person's own share of likes says, where histories hold what was not liked
 * @property {number} base share of likes of everybody
 * @property {number} strength so many events at the base are added to a person's own
 * @property {readonly [number, number, number, number]} slopes logit = slopes . [1, logit by score, logit of
 *   the own share, log(1 + events)]
 */
/**
 * @typedef {object} Calibration logit of the probability: piecewise linear in the score, never falling, for
 *   each of S history lengths; linear in log(1 + length) between them
 * @property {1} version
 * @property {Population} population
 * @property {number} baseRate share of likes in the population
 * @property {number} people that it was fitted on
 * @property {number} likes of them that were held out
 * @property {readonly number[]} histories (S) lengths, increasing
 * @property {readonly (readonly number[])[]} scores (S) of knots each, increasing
 * @property {readonly (readonly number[])[]} logits (S) of as many, never falling
 * @property {OwnRate | null} own
 * @property {number} level how often an interval is to hold
 * @property {readonly [number, number]} bands thirds of the uncertainty
 * @property {Spread} spread
 */
/**
 * @typedef {object} Spread what is added to the logit for the two ends of an interval, linear in log(1 +
 *   length)
 * @property {readonly number[]} histories (T) lengths, increasing
 * @property {readonly (readonly (readonly [number, number])[])[]} ends (T x 3) by length and band of
 *   uncertainty
 */
/** @typedef {'NOT_CALIBRATED' | 'BAD_CALIBRATION'} Reason why there is no probability */

const isNumber = (/** @type {unknown} */ x) => typeof x === 'number' && Math.abs(x) < 1e6;
const isShare = (/** @type {any} */ x) => isNumber(x) && x > 0 && x < 1;
const most = 256;

/**
 * @param {unknown} list
 * @param {(value: any, i: number, list: any[]) => boolean} sound
 * @param {number} [length]
 */
const isList = (list, sound, length) =>
  Array.isArray(list) &&
  list.length > 0 &&
  list.length <= most &&
  (length === undefined || list.length === length) &&
  list.every(sound);

const rises = (/** @type {any} */ x, /** @type {number} */ i, /** @type {any[]} */ list) =>
  isNumber(x) && (i === 0 || x > list[i - 1]);
const stays = (/** @type {any} */ x, /** @type {number} */ i, /** @type {any[]} */ list) =>
  isNumber(x) && (i === 0 || x >= list[i - 1]);

/**
 * @param {any} own
 */
const isOwn = (own) =>
  own === null ||
  (isShare(own?.base) &&
    isNumber(own.strength) &&
    own.strength > 0 &&
    isList(own.slopes, isNumber, 4) &&
    own.slopes[1] >= 0);

/** @param {any} ends */
const isEnds = (ends) => isList(ends, isNumber, 2) && ends[0] <= 0 && ends[1] >= 0;

/**
 * @param {any} c what the metadata of a file say, which may be a stranger's
 * @returns {c is Calibration}
 */
export function isCalibration(c) {
  const n = c?.histories?.length;
  return (
    c?.version === 1 &&
    (c.population === 'catalogue' || c.population === 'shown') &&
    isShare(c.baseRate) &&
    isList(c.histories, rises) &&
    c.histories[0] >= 0 &&
    isList(c.scores, (knots) => isList(knots, rises), n) &&
    isList(c.logits, (knots, s) => isList(knots, stays, c.scores[s].length), n) &&
    isOwn(c.own) &&
    isShare(c.level) &&
    isList(c.bands, stays, 2) &&
    isList(c.spread?.histories, rises) &&
    c.spread.histories[0] >= 0 &&
    isList(c.spread.ends, (row) => isList(row, isEnds, 3), c.spread.histories.length)
  );
}

/**
 * @param {Model} model
 * @returns {{ calibration: Calibration | null, reason: Reason | null }}
 */
export function calibrationOf({ info }) {
  const found = info.metadata.confidence;
  if (found === undefined || found === null) return { calibration: null, reason: 'NOT_CALIBRATED' };
  return isCalibration(found)
    ? { calibration: found, reason: null }
    : { calibration: null, reason: 'BAD_CALIBRATION' };
}

export const logit = (/** @type {number} */ p) => Math.log(p / (1 - p));
export const logistic = (/** @type {number} */ z) => 1 / (1 + Math.exp(-z));

/**
 * Piecewise linear, level beyond its ends.
 * @param {readonly number[]} xs increasing
 * @param {(i: number) => number} yOf
 * @param {number} x
 */
function onLine(xs, yOf, x) {
  const last = xs.length - 1;
  if (!(x > xs[0])) return yOf(0);
  if (!(x < xs[last])) return yOf(last);
  let after = 1;
  while (xs[after] < x) after++;
  const part = (x - xs[after - 1]) / (xs[after] - xs[after - 1]);
  const low = yOf(after - 1);
  return low + part * (yOf(after) - low);
}

/**
 * Something of each history length, between them linear in log(1 + length).
 * @param {readonly number[]} histories
 * @param {(s: number) => number} of
 * @param {number} length
 */
export const byLength = (histories, of, length) => onLine(histories.map(Math.log1p), of, Math.log1p(length));

/**
 * Log odds of a person's own share of likes, shrunk to that of everybody.
 * @param {OwnRate} own
 * @param {{ events: number, likes: number }} history
 */
export const ownLogit = ({ base, strength }, { events, likes }) =>
  logit((likes + strength * base) / (events + strength));

/**
 * Log odds that an item with this score is liked.
 * @param {Calibration} calibration
 * @param {{ events: number, likes: number }} history
 * @param {number} score
 */
export function logitOf({ histories, scores, logits, own }, history, score) {
  const z = byLength(histories, (s) => onLine(scores[s], (i) => logits[s][i], score), history.likes);
  if (!own) return z;
  const [a, b, c, d] = own.slopes;
  return a + b * z + c * ownLogit(own, history) + d * Math.log1p(history.events);
}

/**
 * @param {Pick<Calibration, 'bands'>} calibration
 * @param {number} uncertainty
 */
export const bandOf = ({ bands }, uncertainty) =>
  Number(uncertainty > bands[0]) + Number(uncertainty > bands[1]);

/**
 * What is added to the logit for the ends of an interval.
 * @param {Calibration} calibration
 * @param {number} likes
 * @param {number} uncertainty
 * @returns {[low: number, high: number]}
 */
export function endsOf(calibration, likes, uncertainty) {
  const { histories, ends } = calibration.spread;
  const band = bandOf(calibration, uncertainty);
  const end = (/** @type {0 | 1} */ e) => byLength(histories, (t) => ends[t][band][e], likes);
  return [end(0), end(1)];
}

/**
 * The probability and its interval.
 * @param {Calibration} calibration
 * @param {{ events: number, likes: number }} history
 * @param {{ score: number, uncertainty: number, shift: number }} item shift: of the log odds, for another
 *   base rate
 * @returns {{ probability: number, interval: [low: number, high: number] }}
 */
export function probabilityOf(calibration, history, { score, uncertainty, shift }) {
  const z = logitOf(calibration, history, score) + shift;
  const [low, high] = endsOf(calibration, history.likes, uncertainty);
  return { probability: logistic(z), interval: [logistic(z + low), logistic(z + high)] };
}
