// Owns the space in which people are told apart: directions of the item vectors by how much people differ in
// them, read off a model file. Must not know events.
import { toDirections } from '../core/directions.js';
import { vectorsOf } from '../core/kernel.js';
import { seededRandom } from '../core/random.js';

/** @import { Model } from '../model/model.js' */
/**
 * @typedef {object} TasteSpace where the items of one person lie around its mean with variance 1, and the
 *   means of people around 0 with variance rho
 * @property {number} size R
 * @property {Float64Array} rho (R) largest first
 * @property {(item: number) => Float64Array} place (R) of an item of the catalogue
 */

/** Directions that are kept, items that they are taken from, rounds in which they settle. */
const most = 16;
const looked = 2048;
const rounds = 30;
/** rho_e = scale (D lambda_e / sum lambda)^power, as it is among people of three data sets (PEOPLE.md). */
const scale = 0.03;
const power = 1.4;
/** How soon popularity falls with the place in the file, which is by popularity. */
const flat = 50;

/** @type {WeakMap<Model, TasteSpace>} */
const spaces = new WeakMap();

/**
 * Mean and covariance of the directions of popular items, each by its popularity.
 * @param {Float32Array} units (n, D)
 * @param {number} dim
 */
function momentsOf(units, dim) {
  const mean = new Float64Array(dim);
  const cov = new Float64Array(dim * dim);
  const weight = (/** @type {number} */ j) => 1 / (j + flat);
  const n = units.length / dim;
  let total = 0;
  for (let j = 0; j < n; j++) {
    total += weight(j);
    for (let d = 0; d < dim; d++) mean[d] += weight(j) * units[j * dim + d];
  }
  for (let d = 0; d < dim; d++) mean[d] /= total;
  const row = new Float64Array(dim);
  for (let j = 0; j < n; j++) {
    for (let d = 0; d < dim; d++) row[d] = units[j * dim + d] - mean[d];
    for (let d = 0; d < dim; d++) {
      const w = (weight(j) / total) * row[d];
      for (let e = 0; e <= d; e++) cov[d * dim + e] += w * row[e];
    }
  }
  for (let d = 0; d < dim; d++) for (let e = 0; e < d; e++) cov[e * dim + d] = cov[d * dim + e];
  return { mean, cov };
}

/**
 * Removes what a row has of the rows before it, and gives its length before it is made 1.
 * @param {Float64Array[]} rows
 * @param {number} at
 */
function orthogonal(rows, at) {
  const row = rows[at];
  for (let b = 0; b < at; b++) {
    let dot = 0;
    for (let d = 0; d < row.length; d++) dot += row[d] * rows[b][d];
    for (let d = 0; d < row.length; d++) row[d] -= dot * rows[b][d];
  }
  const length = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
  for (let d = 0; length > 0 && d < row.length; d++) row[d] /= length;
  return length;
}

/**
 * The leading directions of a covariance and their variances, by subspace iteration.
 * @param {Float64Array} cov (D, D)
 * @param {number} dim
 * @returns {{ directions: Float64Array[], variances: number[] }}
 */
function leading(cov, dim) {
  const random = seededRandom(1);
  const size = Math.min(most, dim);
  let directions = Array.from({ length: size }, () =>
    Float64Array.from({ length: dim }, () => random() - 0.5),
  );
  /** @type {number[]} */
  let variances = [];
  for (let round = 0; round < rounds; round++) {
    directions = directions.map((row) =>
      Float64Array.from(row, (_, d) => {
        let sum = 0;
        for (let e = 0; e < dim; e++) sum += cov[d * dim + e] * row[e];
        return sum;
      }),
    );
    variances = directions.map((_, at) => orthogonal(directions, at));
  }
  return { directions, variances };
}

/**
 * @param {Model} model
 * @returns {TasteSpace}
 */
function makeSpace({ kernel }) {
  const { items, dim } = kernel.facts;
  const units = vectorsOf(kernel, 0, Math.min(looked, items));
  toDirections(units, dim);
  const { mean, cov } = momentsOf(units, dim);
  let trace = 0;
  for (let d = 0; d < dim; d++) trace += cov[d * dim + d];
  const { directions, variances } = leading(cov, dim);
  // A direction in which items hardly differ tells nobody from anybody.
  const kept = directions.filter((_, e) => variances[e] > 1e-6 * trace);
  const rho = Float64Array.from(kept, (_, e) => scale * ((dim * variances[e]) / trace) ** power);
  const place = (/** @type {number} */ item) => {
    const isRead = item < units.length / dim;
    const unit = isRead ? units.subarray(item * dim, (item + 1) * dim) : vectorsOf(kernel, item, 1);
    if (!isRead) toDirections(unit, dim);
    const y = Float64Array.from(kept, (direction, e) => {
      let dot = 0;
      for (let d = 0; d < dim; d++) dot += direction[d] * (unit[d] - mean[d]);
      return dot / Math.sqrt(variances[e]);
    });
    const length = Math.sqrt(y.reduce((sum, x) => sum + x * x, 0));
    return length > 0 ? y.map((x) => (x * Math.sqrt(y.length)) / length) : y;
  };
  return { size: kept.length, rho, place };
}

/**
 * The space of a model, made once.
 * @param {Model} model
 */
export function tasteSpace(model) {
  let space = spaces.get(model);
  if (!space) spaces.set(model, (space = makeSpace(model)));
  return space;
}
