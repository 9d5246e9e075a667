// Owns the posterior of a person's vector, N(u, s^2 M^-1), and what it says of an item: how much of its
// direction the history leaves open, how far a score may be off. Must not rank.
import { badArgument } from '../core/arguments.js';
import { vectorsOf } from '../core/kernel.js';
import { cholesky, packedSize, solveLower } from '../core/packed.js';
import { profileArgument } from '../model/handles.js';
import { precisionOf, systemOf } from '../model/system.js';

/** @import { Model } from '../model/model.js' */
/** @import { Profile } from '../model/profile.js' */
/**
 * @typedef {object} Posterior
 * @property {number} dim D
 * @property {Float64Array} factor L of M = L L^T, packed lower triangle, row by row
 * @property {number} scale s, of an event of weight 1
 */
/** @typedef {Posterior & { before: Float64Array, events: number, likes: number }} PersonPosterior before: L
 *   of M without the events; likes: events that were liked */

/**
 * |L^-1 v|^2 = v^T M^-1 v.
 * @param {Float64Array} factor
 * @param {ArrayLike<number>} vectors
 * @param {number} at where v begins
 * @param {Float64Array} work (D)
 */
export function leverage(factor, vectors, at, work) {
  for (let d = 0; d < work.length; d++) work[d] = vectors[at + d];
  solveLower(factor, work);
  let sum = 0;
  for (let d = 0; d < work.length; d++) sum += work[d] * work[d];
  return sum;
}

/**
 * @param {Posterior} given
 * @param {'factor' | 'before'} [name]
 */
export function posteriorArgument(given, name = 'factor') {
  const { dim, scale, [name]: factor } = /** @type {any} */ (given ?? {});
  const sound =
    Number.isInteger(dim) &&
    dim > 0 &&
    Number.isFinite(scale) &&
    scale >= 0 &&
    factor instanceof Float64Array &&
    factor.length === packedSize(dim);
  if (!sound) throw badArgument('posterior', given, 'what posteriorOf(profile) gives');
}

/**
 * Vectors one after the other, or one that begins somewhere.
 * @param {ArrayLike<number>} vectors
 * @param {number} dim
 * @param {number} [at]
 */
export function vectorsArgument(vectors, dim, at) {
  const length = typeof vectors === 'object' ? vectors?.length : undefined;
  const sound =
    Number.isInteger(length) &&
    (at === undefined
      ? Number(length) % dim === 0
      : Number.isInteger(at) && at >= 0 && at + dim <= Number(length));
  if (!sound) throw badArgument('vectors', vectors, `${dim} numbers for each`);
  const end = at === undefined ? vectors.length : at + dim;
  for (let i = at ?? 0; i < end; i++)
    if (typeof vectors[i] !== 'number' || !(Math.abs(vectors[i]) <= 2 ** 20))
      throw badArgument(`vectors[${i}]`, vectors[i], 'a number to 2^20');
}

/**
 * How many events a history has, and how many of them were liked; those of summaries too.
 * @param {Profile} profile
 */
export function eventsOf(profile) {
  const state = profile.state.now();
  let events = state.known.length;
  let likes = state.known.filter((id) => state.facts(id).preference > 0).length;
  for (const [, , , count] of profile.summaries) {
    events += count;
    likes += count;
  }
  return { events, likes };
}

/** @type {WeakMap<Profile, { version: number, posterior: PersonPosterior }>} */
const known = new WeakMap();

/**
 * The posterior of a person's vector, worked out once for each state of a profile. s^2 is what the events
 * leave unexplained, with one event of which nothing is explained: (1 + sum_i w_i q_i (t_i g_i)^2 - u . r) /
 * (1 + n), r the right side of M u = r.
 * @param {Profile} profile
 * @returns {PersonPosterior}
 */
export function posteriorOf(profile) {
  const { version } = profileArgument(profile);
  profile.state.check();
  const found = known.get(profile);
  if (found?.version === version) return found.posterior;
  const posterior = workOut(profile);
  known.set(profile, { version, posterior });
  return posterior;
}

/**
 * @param {Profile} profile
 * @returns {PersonPosterior}
 */
function workOut(profile) {
  const { matrix, dim, rhs, pulls, weights, ridge } = precisionOf(profile);
  const { gram, alpha } = systemOf(profile.model);
  const without = gram.map((value) => alpha * value);
  for (let d = 0; d < dim; d++) without[packedSize(d) + d] += ridge;
  let left = 1;
  let rows = 1;
  pulls.forEach((pull, row) => {
    if (!(weights[row] > 0)) return;
    left += (pull * pull) / weights[row];
    rows++;
  });
  const factor = cholesky(matrix, dim);
  const solved = solveLower(factor, rhs.slice());
  for (let d = 0; d < dim; d++) left -= solved[d] * solved[d];
  return {
    dim,
    factor,
    before: cholesky(without, dim),
    scale: Math.sqrt(Math.max(left, 1e-6) / rows),
    ...eventsOf(profile),
  };
}

/**
 * What the history leaves open of an item's direction: v^T M^-1 v over what it is without the events. 1: they
 * say nothing of it; near 0: they say all. 1 for an item without a direction.
 * @param {PersonPosterior} posterior
 * @param {ArrayLike<number>} vectors
 * @param {number} [at] where v begins
 */
export function uncertaintyOf(posterior, vectors, at = 0) {
  posteriorArgument(posterior);
  posteriorArgument(posterior, 'before');
  vectorsArgument(vectors, posterior.dim, at);
  return openOf(posterior, vectors, at);
}

/**
 * @param {PersonPosterior} posterior
 * @param {ArrayLike<number>} vectors
 * @param {number} at
 */
function openOf({ dim, factor, before }, vectors, at) {
  const work = new Float64Array(dim);
  const open = leverage(before, vectors, at, work);
  return open > 0 ? Math.min(1, leverage(factor, vectors, at, work) / open) : 1;
}

/**
 * Of items of a model.
 * @param {Model} model
 * @param {PersonPosterior} posterior
 * @returns {(index: number) => number}
 */
export const uncertaintyIn = (model, posterior) => (index) =>
  openOf(posterior, vectorsOf(model.kernel, index, 1), 0);
