// Owns how far each item leans on the graph: own vectors, people and settings -> vectors and shares. Must not
// choose the settings or write files.
import { agreements, allPriors } from './all-priors.js';
import { openGraph, weighGraph } from './prior.js';

/** @import { Graph } from './prior.js' */
/** @import { Network } from './triples.js' */
/**
 * @typedef {object} GraphSettings
 * @property {number} gain A, 0 to 4: how long priors are beside the vectors that they are the mean of
 * @property {number} pull 0 to 0.9: how much of its prior an item of next to no people takes, times the gain
 * @property {number} people m: an item of m people takes half as much
 * @property {number} power relations weigh by this power of how far they can be trusted
 * @property {number} decay of a second step, from entity to entity
 */
/**
 * @typedef {object} OwnItems what was learnt of items alone
 * @property {Float32Array} vectors (N, D)
 * @property {number} dim
 * @property {Float64Array} people (N) of each; 0: nobody, it lives on the graph
 */

/** Where nothing is held out to choose them by. */
export const graphDefaults = Object.freeze({ gain: 1, pull: 0.3, people: 10, power: 1, decay: 0.5 });
/** People from which the vector of an item is half known. */
const halfKnown = 5;
const mostRounds = 12;
/** Of the largest number. */
const close = 1e-6;

/**
 * How far relations can be trusted, of items with people.
 * @param {Network} network
 * @param {OwnItems} own
 */
export function trustIn(network, { vectors, dim, people }) {
  const graph = openGraph({
    ...network,
    weights: new Float32Array(network.relations.length + 1).fill(1),
    shares: Float32Array.from(people, (n) => (n > 0 ? 0 : 1)),
  });
  const trust = people.map((n) => n / (halfKnown + n));
  return { graph, found: agreements(graph, vectors, dim, trust) };
}

/**
 * Weights of relations by how far they can be trusted, and the decay.
 * @param {Float64Array} found
 * @param {Pick<GraphSettings, 'gain' | 'power' | 'decay'>} settings
 */
export function graphWeights(found, { gain, power, decay }) {
  const most = found.reduce((a, b) => Math.max(a, b), 0);
  const weights = found.map((x) => (most > 0 && x > 0 ? gain * (x / most) ** power : 0));
  return Float32Array.from([...weights, decay]);
}

/**
 * Item by item, v_j = own_j + s_j p_j, where the priors p are of the vectors v themselves: round by round.
 * @param {ReturnType<typeof trustIn>} trusted its graph takes the weights and shares that are chosen
 * @param {OwnItems} own
 * @param {GraphSettings} settings
 * @param {number} [rounds]
 * @returns {{ vectors: Float32Array, reached: Uint8Array }} reached: whether a path leads to the item
 */
export function leanOn(
  { graph, found },
  own,
  { gain, pull, people: half, power, decay },
  rounds = mostRounds,
) {
  const { weights, shares, items } = graph;
  weights.set(graphWeights(found, { gain, power, decay }));
  const lean = gain > 0 ? Math.min(1, pull / gain) : 0;
  own.people.forEach((n, j) => {
    shares[j] = n > 0 ? (lean * half) / (half + n) : 1;
  });
  weighGraph(graph);
  const { dim } = own;
  const vectors = own.vectors.slice();
  /** @type {Uint8Array} */ let reached = new Uint8Array(items);
  const enough = close * vectors.reduce((a, x) => Math.max(a, Math.abs(x)), 0);
  for (let round = 0, moved = Infinity; round < rounds && moved > enough; round++) {
    const { priors, reached: are } = allPriors(graph, vectors, dim);
    reached = are;
    moved = 0;
    for (let j = 0; j < items; j++) {
      if (!are[j]) continue;
      for (let d = 0, at = j * dim; d < dim; d++, at++) {
        const x = Math.fround(own.vectors[at] + shares[j] * priors[at]);
        moved = Math.max(moved, Math.abs(x - vectors[at]));
        vectors[at] = x;
      }
    }
  }
  // What no path leads to has nothing of the graph.
  for (let j = 0; j < items; j++) if (!reached[j]) shares[j] = 0;
  weighGraph(graph);
  return { vectors, reached };
}
