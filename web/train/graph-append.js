// Owns what a graph says of items that are appended: vectors by their relations to items that the file has,
// beside what aspects, titles and embeddings say. Must not move what is there.
import { graphDefaults, graphWeights, trustIn } from '../graph/lean.js';
import { openGraph } from '../graph/prior.js';
import { allPriors } from '../graph/all-priors.js';
import { shrinkageOf } from '../graph/shrinkage.js';
import { joinedNetwork, putGraph, readGraph } from './edit-graph.js';
import { appendedOf } from './edit-items.js';
import { trustOf } from './predicted-items.js';

/** @import { EditedFile } from './edit-file.js' */
/** @import { Graph } from '../graph/prior.js' */
/** @import { Triples, TriplesReport } from '../graph/triples.js' */
/** @import { PredictedItems } from './predicted-items.js' */
/**
 * @typedef {object} GraphAppended
 * @property {TriplesReport} triples of the file and of those that were given
 * @property {number} reached new items that a path leads to
 * @property {number} explained what the graph alone says of the vectors of trained items, each without
 *   itself, as a part of their variance; 0 or less: nothing
 * @property {number} both what it says together with aspects, titles and embeddings
 */
/**
 * @typedef {object} Placed
 * @property {Float32Array} vectors (M, D) of the new items
 * @property {Uint8Array} reached (M)
 * @property {Graph} graph of all items
 * @property {GraphAppended} report
 */

const mostLonger = 3;

/**
 * Shares of what the ridge and the graph say by which trained items are said best, in least squares.
 * @param {Float32Array} vectors (N, D)
 * @param {number} dim
 * @param {{ said: Float64Array, priors: Float64Array, reached: Uint8Array, trust: Float64Array }} guesses
 */
function sharesOf(vectors, dim, { said, priors, reached, trust }) {
  let [aa, ab, bb, av, bv, vv, one] = [0, 0, 0, 0, 0, 0, 0];
  const mean = meanOf(vectors, dim, trust, reached);
  for (let j = 0; j < trust.length; j++) {
    if (!reached[j]) continue;
    for (let d = 0; d < dim; d++) {
      const [v, a, b] = [vectors[j * dim + d], said[j * (dim + 1) + d], priors[j * dim + d]];
      aa += trust[j] * a * a;
      ab += trust[j] * a * b;
      bb += trust[j] * b * b;
      av += trust[j] * a * v;
      bv += trust[j] * b * v;
      vv += trust[j] * v * v;
      one += trust[j] * (v - mean[d]) ** 2;
    }
  }
  const determinant = aa * bb - ab * ab;
  const solved =
    determinant > 1e-9 * aa * bb
      ? { ridge: (av * bb - bv * ab) / determinant, graph: (bv * aa - av * ab) / determinant }
      : { ridge: 0, graph: bb > 0 ? bv / bb : 0 };
  if (solved.ridge < 0) Object.assign(solved, { ridge: 0, graph: bb > 0 ? bv / bb : 0 });
  if (solved.graph < 0) Object.assign(solved, { ridge: aa > 0 ? av / aa : 0, graph: 0 });
  const { ridge, graph } = solved;
  const left =
    vv - 2 * (ridge * av + graph * bv) + ridge ** 2 * aa + 2 * ridge * graph * ab + graph ** 2 * bb;
  const part = (/** @type {number} */ error) => (one > 0 ? 1 - error / one : 0);
  return { ridge, graph, both: part(left), alone: part(vv - (bb > 0 ? bv ** 2 / bb : 0)) };
}

/**
 * @param {Float32Array} vectors
 * @param {number} dim
 * @param {Float64Array} trust
 * @param {Uint8Array} reached
 */
function meanOf(vectors, dim, trust, reached) {
  const mean = new Float64Array(dim);
  let sum = 0;
  for (let j = 0; j < trust.length; j++) {
    if (!reached[j]) continue;
    sum += trust[j];
    for (let d = 0; d < dim; d++) mean[d] += trust[j] * vectors[j * dim + d];
  }
  return mean.map((x) => (sum > 0 ? x / sum : 0));
}

/**
 * @param {ArrayLike<number>} rows
 * @param {number} dim
 * @param {number} j
 */
function lengthOf(rows, dim, j) {
  let square = 0;
  for (let d = 0; d < dim; d++) square += rows[j * dim + d] ** 2;
  return Math.sqrt(square);
}

/**
 * The graph of all items: weights that the file has stay, of relations that it does not know they follow from
 * how well these say the trained items. New items say nothing of others.
 * @param {EditedFile} file
 * @param {{ there: readonly string[], ids: readonly string[], triples: Triples }} fresh
 * @param {{ trained: number, people: Float64Array | undefined }} known
 */
function wholeGraph(file, { there, ids, triples }, { trained, people }) {
  const stored = readGraph(file);
  const all = [...there, ...ids];
  const { network, report } = joinedNetwork(stored, there, triples, all);
  const counts = new Float64Array(all.length);
  for (let j = 0; j < trained; j++) counts[j] = people ? Math.max(people[j], 1e-3) : 1e9;
  const vectors = new Float32Array(all.length * file.dim);
  vectors.set(file.vectors());
  const trusted = trustIn(network, { vectors, dim: file.dim, people: counts });
  const settings = { ...graphDefaults, ...file.metadata().graph };
  const weights = graphWeights(trusted.found, settings);
  const known = new Map(stored?.relations.map((name, r) => [name, stored.weights[r]]));
  network.relations.forEach((name, r) => {
    weights[r] = known.get(name) ?? weights[r];
  });
  const { length: n } = network.relations;
  if (stored) weights.set(stored.weights.subarray(stored.relations.length), n);
  const shares = new Float32Array(all.length).fill(1);
  for (let j = 0; j < there.length; j++) shares[j] = stored ? stored.shares[j] : j < trained ? 0 : 1;
  const graph = openGraph({ ...network, weights, shares });
  const gram = /** @type {Float32Array} */ (file.floats('gram'));
  graph.shrinkage = shrinkageOf(gram, file.dim, weights[n + 1]);
  return { graph, report, vectors };
}

/**
 * Vectors of new items: the ridge's and the graph's guess in the shares by which they say trained items best,
 * each of which is left out of what is said of it.
 * @param {EditedFile} file without the new items
 * @param {{ there: readonly string[], ids: readonly string[], triples: Triples }} fresh
 * @param {PredictedItems & { people: Float64Array | undefined }} guessed
 * @returns {Placed}
 */
export function placeByGraph(file, fresh, guessed) {
  const { dim } = file;
  const trained = file.items - appendedOf(file);
  const { graph, report, vectors } = wholeGraph(file, fresh, { trained, people: guessed.people });
  const { priors, reached } = allPriors(graph, vectors, dim);
  const { said, longer } = guessed;
  const trust = trustOf(guessed.people, trained);
  const shares = sharesOf(vectors, dim, { said, priors, reached, trust });
  const out = guessed.vectors.slice();
  const from = file.items;
  const more = lengthening(vectors, dim, { said, priors, reached, trust }, shares);
  const share = Math.min(1, more * shares.graph);
  const n = fresh.ids.length;
  for (let i = 0; i < n; i++) {
    const j = from + i;
    graph.shares[j] = reached[j] ? share : 0;
    if (!reached[j]) continue;
    for (let d = 0; d < dim; d++)
      out[i * dim + d] =
        (more * shares.ridge * guessed.vectors[i * dim + d]) / longer + share * priors[j * dim + d];
  }
  const found = reached.subarray(from);
  return {
    vectors: out,
    reached: found,
    graph,
    report: {
      triples: report,
      reached: found.reduce((sum, is) => sum + is, 0),
      explained: shares.alone,
      both: shares.both,
    },
  };
}

/**
 * How much longer trained vectors are than what is said of them.
 * @param {Float32Array} vectors
 * @param {number} dim
 * @param {{ said: Float64Array, priors: Float64Array, reached: Uint8Array, trust: Float64Array }} guesses
 * @param {{ ridge: number, graph: number }} shares
 */
function lengthening(vectors, dim, { said, priors, reached, trust }, shares) {
  let [own, guess] = [0, 0];
  const row = new Float64Array(dim);
  for (let j = 0; j < trust.length; j++) {
    if (!reached[j]) continue;
    for (let d = 0; d < dim; d++)
      row[d] = shares.ridge * said[j * (dim + 1) + d] + shares.graph * priors[j * dim + d];
    own += lengthOf(vectors, dim, j);
    guess += lengthOf(row, dim, 0);
  }
  return guess > 0 ? Math.min(mostLonger, Math.max(1, own / guess)) : 1;
}

/**
 * The graph in the file that has the new items; those whose vectors were given have nothing of it.
 * @param {EditedFile} file
 * @param {Placed} placed
 * @param {(id: string) => boolean} isGiven
 * @param {readonly string[]} ids
 */
export function putPlaced(file, { graph }, isGiven, ids) {
  const from = file.items - ids.length;
  ids.forEach((id, i) => {
    if (isGiven(id)) graph.shares[from + i] = 0;
  });
  putGraph(file, graph);
}
