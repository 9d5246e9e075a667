// Owns the ridge system that a history is folded in by, read from the model file where it lies: Gram,
// settings, item weights, and the matrix M of a profile. Must not change either, nor be needed to rank.
import { AMPCF_SUMMARY_HEAD } from '../core/abi.js';
import { openMemory, responsibilitiesOf, vectorsOf } from '../core/kernel.js';
import { addOuter, packedSize } from '../core/packed.js';
import { floatsOf, sectionsOf } from '../core/sections.js';
import { aged } from './folded.js';
import { storedEvent } from './history.js';

/** @import { Model } from './model.js' */
/** @import { Profile } from './profile.js' */
/**
 * @typedef {object} System
 * @property {number} dim D
 * @property {number} items N
 * @property {Float64Array} gram packed lower triangle, row by row: sum_j q_j v_j v_j^T
 * @property {number} alpha weight of what was not observed
 * @property {number} lambda of the ridge lambda (sum_i w_i q_i t_i^2 + alpha N)^nu
 * @property {number} nu
 * @property {Float32Array | null} weights (N) q_j; null: all 1
 * @property {Float32Array | null} targets (N) t_j; null: all 1
 */
/**
 * @typedef {object} Precision M and what it was made of: sum_k u_k = M^-1 sum_rows pull_row v_row
 * @property {Float64Array} matrix packed lower triangle of M, row by row
 * @property {number} dim D
 * @property {Float64Array} rhs (D) sum_rows pull_row v_row
 * @property {Float64Array} vectors (R x D) of the summaries of forgotten events, then of the events, in the
 *   order that the folded state knows them in
 * @property {Float64Array} pulls (R) w q t g
 * @property {Float64Array} weights (R) w q
 * @property {number} summaries how many rows are of summaries
 * @property {number} mass sum_rows w q t^2
 * @property {number} ridge lambda_u
 */

/** @type {WeakMap<object, System>} */
const systems = new WeakMap();

/**
 * Read once for each model.
 * @param {Model} model
 * @returns {System}
 */
export function systemOf(model) {
  const { kernel } = model;
  const memory = openMemory(kernel);
  const known = systems.get(kernel);
  if (known) return known;
  const { sections, items, dim } = sectionsOf(memory.u8(kernel.file, kernel.facts.bytes));
  const floats = (/** @type {string} */ name) => {
    const section = sections.find((each) => each.name === name);
    return section ? floatsOf(section) : null;
  };
  const [alpha, lambda, nu] = /** @type {Float32Array} */ (floats('settings'));
  const system = {
    dim,
    items,
    gram: Float64Array.from(/** @type {Float32Array} */ (floats('gram'))),
    alpha,
    lambda,
    nu,
    weights: floats('item weights'),
    targets: floats('item targets'),
  };
  systems.set(kernel, system);
  return system;
}

/**
 * What `recency` makes of each weight, as the fold has it: it is asked once more, about the same fold.
 * @param {Profile} profile
 * @returns {ArrayLike<number> | null} null: nothing is aged
 */
function agesOf(profile) {
  const { known } = profile.state;
  const { recency, personas } = profile.folding;
  if (!recency || known.length === 0) return null;
  const plain = profile.model.createProfile([], { personas });
  try {
    plain.become(
      profile.history.filter(({ item }) => profile.model.has(item)),
      profile.summaries,
    );
    const owners = responsibilitiesOf(plain.state.now().core);
    const events = known.map((id) => storedEvent(id, profile.state.facts(id)));
    return profile.state.lend(() => recency(events, owners));
  } finally {
    plain.dispose();
  }
}

/**
 * What each row adds to the system.
 * @param {Profile} profile
 * @returns {Omit<Precision, 'matrix' | 'rhs' | 'ridge'>}
 */
function rowsOf(profile) {
  const state = profile.state.now();
  const { model, summaries } = profile;
  const { dim, weights: q, targets: t } = systemOf(model);
  const { known, indices } = state;
  const n = summaries.length + known.length;
  const vectors = new Float64Array(n * dim);
  const pulls = new Float64Array(n);
  const weights = new Float64Array(n);
  let mass = 0;
  summaries.forEach((summary, s) => {
    const [, weight, preference] = summary;
    vectors.set(summary.subarray(AMPCF_SUMMARY_HEAD), s * dim);
    weights[s] = weight;
    pulls[s] = weight * preference;
    mass += weight * preference * preference;
  });
  const ages = agesOf(profile);
  indices.forEach((index, i) => {
    const { weight, preference } = state.facts(known[i]);
    const row = summaries.length + i;
    const target = t ? t[index] : 1;
    vectors.set(vectorsOf(model.kernel, index, 1), row * dim);
    weights[row] = (ages ? aged(weight, ages[i]) : weight) * (q ? q[index] : 1);
    pulls[row] = weights[row] * target * preference;
    mass += weights[row] * target * target;
  });
  return { dim, vectors, pulls, weights, summaries: summaries.length, mass };
}

/**
 * The matrix M = alpha G + sum_i w_i q_i v_i v_i^T + lambda_u I of a profile, as src/core/profile.c has it.
 * @param {Profile} profile
 * @returns {Precision}
 */
export function precisionOf(profile) {
  const rows = rowsOf(profile);
  const { dim, items, gram, alpha, lambda, nu } = systemOf(profile.model);
  const { vectors, pulls, weights, mass } = rows;
  const matrix = gram.map((value) => alpha * value);
  const rhs = new Float64Array(dim);
  weights.forEach((weight, row) => {
    addOuter(matrix, weight, vectors, dim, row * dim);
    for (let d = 0; d < dim; d++) rhs[d] += pulls[row] * vectors[row * dim + d];
  });
  const all = mass + alpha * items;
  const ridge = lambda * (all > 0 ? all ** nu : 1);
  for (let d = 0; d < dim; d++) matrix[packedSize(d) + d] += ridge;
  return { ...rows, matrix, rhs, ridge };
}
