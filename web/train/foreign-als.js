// Owns what the implicit ALS of other libraries is in the terms of a model file, so that people are folded in
// as these libraries fold them in. Must not touch vectors.
import { badArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';

/**
 * Least squares of another library.
 * @typedef {object} ForeignAls
 * @property {'implicit' | 'spark'} library `implicit.als.AlternatingLeastSquares`, or Spark's `ALS` with
 *   `implicitPrefs`
 * @property {number} regularization `regularization` there, `regParam` in Spark
 * @property {number} alpha of there
 * @property {number} [rating] what one event counts in the data of there, above 0; default 1
 */
/**
 * @typedef {object} ForeignFoldIn
 * @property {{ alpha: number, lambda: number, nu: number, gate: number, proportional: number, bias: number }}
 *   settings
 * @property {number} weight q_j of every item
 * @property {number} target t_j of every item
 * @property {number} gramFactor as in include/ampcf_train.h
 */

/*
 * Ours, with one vector for the whole person and liked events of weight 1 (src/FORMAT.md), S = sum_j v_j
 * v_j^T:
 *
 *     (alpha q S + sum_i q v_i v_i^T + lambda (q t^2 n + alpha N / factor)^nu I) u = sum_i q t v_i
 *
 * implicit 0.7 (implicit/cpu/als.py, user_linear_equation), c = its alpha times the rating, reg =
 * regularization:
 *
 *     (S + sum_i (c - 1) v_i v_i^T + reg I) u = sum_i c v_i
 *
 * is that with q = c - 1, t = c / (c - 1), alpha = 1 / q, lambda = reg and nu = 0. With c = 1, its default, q
 * would be 0, which no file holds: 2^-20, the least, changes a score by a millionth of what an event adds.
 *
 * Spark (ml.recommendation.ALS, computeFactors), a = its alpha times the rating, reg = regParam, n = liked
 * events:
 *
 *     (S + sum_i a v_i v_i^T + reg n I) u = sum_i (1 + a) v_i
 *
 * is that divided by a, with q = 1, t = (1 + a) / a, alpha = 1 / a, nu = 1 and lambda t^2 = reg / a, where
 * the factor makes alpha N / factor too small to count.
 */

const leastWeight = 2 ** -20;
/** alpha N / factor is then below 2^-16 of what one event counts in the ridge, with 2^24 items. */
const sparkFactor = 2 ** 40;
/** Most that a file holds of alpha, of a target and of lambda. */
const mostAlpha = 1024;
const mostNumber = 2 ** 20;

/** One vector a person, and the order by score. */
const plain = Object.freeze({ gate: 0, proportional: 0, bias: 0 });

/**
 * @param {string} name
 * @param {number} got
 * @param {number} low
 * @param {number} high
 */
function inRange(name, got, low, high) {
  if (!(typeof got === 'number' && got >= low && got <= high))
    throw badArgument(name, got, `a number from ${low} to ${high}`);
}

/**
 * @param {number} c confidence of an event
 * @param {number} regularization
 * @returns {ForeignFoldIn}
 */
function ofImplicit(c, regularization) {
  if (!(c >= 1 && c <= mostNumber))
    throw new AmpcfError(
      'BAD_ARGUMENT',
      `as.alpha x as.rating: got ${c}, wanted 1 to ${mostNumber}: implicit takes it for the confidence ` +
        'of an event, and below 1 an event would count less than none',
    );
  const weight = Math.max(c - 1, leastWeight);
  const gramFactor = 2 ** Math.max(0, Math.ceil(Math.log2(1 / weight / mostAlpha)));
  inRange('as.regularization', regularization, 1e-6, mostNumber);
  return {
    settings: { alpha: 1 / weight, lambda: regularization, nu: 0, ...plain },
    weight,
    target: c / weight,
    gramFactor,
  };
}

/**
 * @param {number} a
 * @param {number} regularization
 * @returns {ForeignFoldIn}
 */
function ofSpark(a, regularization) {
  inRange('as.alpha x as.rating', a, 1 / mostAlpha, mostNumber);
  const target = (1 + a) / a;
  const lambda = regularization / (a * target * target);
  const [least, most] = [1e-6, mostNumber].map((bound) => bound * a * target * target);
  inRange('as.regularization', regularization, least, most);
  return { settings: { alpha: 1 / a, lambda, nu: 1, ...plain }, weight: 1, target, gramFactor: sparkFactor };
}

/**
 * How a file says what a library does. Scores are those of the library's own recommendations for a person
 * whose factors are calculated from these events, to 1e-4 of the largest.
 * @param {ForeignAls} als
 * @returns {ForeignFoldIn}
 * @throws {AmpcfError} BAD_ARGUMENT
 */
export function foreignFoldIn(als) {
  if (typeof als !== 'object' || als === null)
    throw badArgument('as', als, '{ library, regularization, alpha }');
  const { library, regularization, alpha, rating = 1 } = als;
  for (const [name, value] of Object.entries({ regularization, alpha, rating }))
    if (!(typeof value === 'number' && value > 0 && value < Infinity))
      throw badArgument(`as.${name}`, value, 'a number above 0');
  if (library === 'implicit') return ofImplicit(alpha * rating, regularization);
  if (library === 'spark') return ofSpark(alpha * rating, regularization);
  throw badArgument('as.library', library, 'implicit or spark');
}
