// Owns how far a graph is trusted: settings of graph/lean.js by events that a training did not see. Must not
// train or write files.
import { addOuter, cholesky, packedSize, solveLower, solveUpper } from '../core/packed.js';
import { graphDefaults, leanOn } from '../graph/lean.js';

/** @import { GraphSettings, OwnItems, trustIn } from '../graph/lean.js' */
/**
 * @typedef {object} ScoutModel a model of a part of the events, and how people are folded into it
 * @property {OwnItems} own
 * @property {Float64Array} bias
 * @property {Float64Array} weights q_j
 * @property {Float64Array} targets t_j
 * @property {Float32Array} gram
 * @property {Float32Array} settings of the file
 * @property {number} trained items that the Gram is of
 */
/** @typedef {{ history: number[], relevant: number[] }} Asked indices of items */
/**
 * @typedef {object} GraphTrial
 * @property {GraphSettings} settings
 * @property {number} all NDCG@20 of everybody, of items that somebody has: items that were held out whole
 *   have more events here than items without people will ever get
 * @property {number} rare mean NDCG@20 of what few people or nobody had, by groups
 */

const cut = 20;
/** Groups of items: of nobody, of 1 to 5 people, of 6 to 20. */
const groupOf = (/** @type {number} */ n) => (n === 0 ? 0 : n <= 5 ? 1 : n <= 20 ? 2 : -1);
const groups = 3;
/** Fewer people say nothing of a group. */
const fewest = 10;
/** So much may a choice cost everybody; and what an NDCG of rare items is worth beside one of all. */
const mostLost = 0;
const worth = 0.3;

/** What is tried, one setting after the other. */
const steps = /** @type {const} */ ([
  ['gain', [0.5, 0.7, 0.85, 1.2, 1.4, 1.7, 2]],
  ['pull', [0, 0.1, 0.2, 0.3, 0.4, 0.65]],
  ['people', [3, 10, 30, 100]],
  ['power', [0, 2]],
  ['decay', [0, 0.25, 1]],
  ['gain', [0.5, 0.7, 0.85, 1, 1.2, 1.4, 1.7, 2]],
]);
const gains = Float64Array.from({ length: cut }, (_, i) => 1 / Math.log2(i + 2));

/**
 * The vector of a person, as one persona.
 * @param {ScoutModel} model
 * @param {readonly number[]} history
 */
function personOf({ own, weights, targets, gram, settings, trained }, history) {
  const { vectors, dim } = own;
  const [alpha, lambda, nu] = settings;
  const matrix = Float64Array.from(gram, (x) => alpha * x);
  const out = new Float64Array(dim);
  let sum = 0;
  for (const j of history) {
    sum += weights[j] * targets[j] ** 2;
    addOuter(matrix, weights[j], vectors, dim, j * dim);
    for (let d = 0; d < dim; d++) out[d] += weights[j] * targets[j] * vectors[j * dim + d];
  }
  const ridge = lambda * (sum + alpha * trained) ** nu;
  for (let d = 0; d < dim; d++) matrix[packedSize(d) + d] += ridge;
  const l = cholesky(matrix, dim);
  return solveUpper(l, solveLower(l, out));
}

/**
 * NDCG@20 of some items, which have these places.
 * @param {readonly number[]} places
 */
function ndcgOf(places) {
  let ideal = 0;
  for (let i = 0; i < Math.min(cut, places.length); i++) ideal += gains[i];
  return places.reduce((sum, at) => sum + (at < cut ? gains[at] : 0), 0) / ideal;
}

/**
 * @param {ScoutModel} model
 * @param {readonly (Asked & { vector: Float64Array })[]} asked
 * @param {Float32Array} vectors
 */
function measure({ own: { dim, people }, bias }, asked, vectors) {
  const sums = new Float64Array(groups + 1);
  const counts = new Uint32Array(groups + 1);
  const scores = new Float64Array(bias.length);
  for (const { history, relevant, vector } of asked) {
    for (let j = 0, at = 0; j < scores.length; j++) {
      let sum = bias[j];
      for (let d = 0; d < dim; d++) sum += vector[d] * vectors[at++];
      scores[j] = sum;
    }
    for (const j of history) scores[j] = -Infinity;
    const places = relevant.map((j) => {
      let above = 0;
      for (let i = 0; i < scores.length && above < cut; i++)
        if (scores[i] > scores[j] || (scores[i] === scores[j] && i < j)) above++;
      return above;
    });
    for (let g = 0; g <= groups; g++) {
      const these = places.filter((_, i) => {
        const n = people[relevant[i]];
        return g === groups ? n > 0 : groupOf(n) === g;
      });
      if (these.length === 0) continue;
      sums[g] += ndcgOf(these);
      counts[g]++;
    }
  }
  const rare = Array.from({ length: groups }, (_, g) => g).filter((g) => counts[g] >= fewest);
  return {
    all: sums[groups] / Math.max(1, counts[groups]),
    rare: rare.length > 0 ? rare.reduce((sum, g) => sum + sums[g] / counts[g], 0) / rare.length : 0,
  };
}

/**
 * Whether entities are linked to entities: the other node of the last link of a row is the highest.
 * @param {ReturnType<typeof trustIn>['graph']} graph
 */
function hasSecondSteps({ links: { offsets, to }, items }) {
  for (let k = items; k + 1 < offsets.length; k++)
    if (offsets[k + 1] > offsets[k] && to[offsets[k + 1] - 1] >= items) return true;
  return false;
}

/**
 * Setting by setting, the value by which people find what was held out, above all what few have; a choice
 * that everybody pays for is none.
 * @param {ScoutModel} model
 * @param {ReturnType<typeof trustIn>} trusted
 * @param {readonly Asked[]} people
 * @param {{ report: (done: number, total: number) => Promise<void> }} how
 * @returns {Promise<{ settings: GraphSettings, trials: GraphTrial[], without: Omit<GraphTrial, 'settings'>
 * }>}
 */
export async function searchGraph(model, trusted, people, { report }) {
  const asked = people.map((person) => ({ ...person, vector: personOf(model, person.history) }));
  const without = measure(model, asked, model.own.vectors);
  const trials = /** @type {GraphTrial[]} */ ([]);
  const known = new Map();
  const valueOf = (/** @type {GraphSettings} */ settings) => {
    const key = JSON.stringify(settings);
    const found = known.get(key);
    if (found !== undefined) return found;
    const { vectors } = leanOn(trusted, model.own, settings, 3);
    const trial = { settings, ...measure(model, asked, vectors) };
    trials.push(trial);
    const lost = Math.max(0, (1 - mostLost) * without.all - trial.all);
    const value = trial.all + worth * trial.rare - 10 * lost;
    known.set(key, value);
    return value;
  };
  const wanted = steps.filter(([name]) => name !== 'decay' || hasSecondSteps(trusted.graph));
  const total = wanted.reduce((sum, [, values]) => sum + values.length, 0);
  let best = /** @type {GraphSettings} */ ({ ...graphDefaults });
  let value = valueOf(best);
  let done = 0;
  for (const [name, values] of wanted) {
    const from = best;
    for (const x of values) {
      const settings = { ...from, [name]: x };
      const got = valueOf(settings);
      if (got > value + 1e-9) {
        best = settings;
        value = got;
      }
      await report(++done, total);
    }
  }
  return { settings: best, trials, without };
}
