// Owns how far each item leans on the graph: own vectors, people and settings -> vectors and shares. Must not
// choose the settings or write files.
import { agreements, allMeans, allPriors, lengthAt } from './all-priors.js';
import { mostLonger, openGraph, weighGraph } from './prior.js';
import { gramOf, shrinkageOf } from './shrinkage.js';

/** @import { Graph } from './prior.js' */
/** @import { Network } from './triples.js' */
/**
 * @typedef {object} GraphSettings
 * @property {number} gain 0 to 2: how long an item of nobody is beside the mean of those that it is linked to
 * @property {number} pull 0 to 0.9: how much of its prior an item of next to no people takes
 * @property {number} people m: an item of m people takes about half as much
 * @property {number} power relations weigh by this power of how far they can be trusted
 * @property {number} decay of a second step, from entity to entity
 * @property {number} shrink kappa: how far priors are held back in directions in which all items are large
 */
/**
 * @typedef {object} OwnItems what was learnt of items alone
 * @property {Float32Array} vectors (N, D)
 * @property {number} dim
 * @property {Float64Array} people (N) of each; 0: nobody, it lives on the graph
 * @property {Float32Array} [weights] (N) q, of those who have people at least; none: 1
 */

/**
 * Where nothing is held out to choose them by: what cost nobody anything where it was measured.
 * @type {Readonly<GraphSettings>}
 */
export const graphDefaults = Object.freeze({
  gain: 0.6,
  pull: 0.5,
  people: 30,
  power: 1,
  decay: 0.5,
  shrink: 2,
});
/**
 * What each may be.
 * @type {Readonly<Record<keyof GraphSettings, readonly [least: number, most: number]>>}
 */
export const graphRanges = Object.freeze({
  gain: [0, 2],
  pull: [0, 0.9],
  people: [0.1, 1e6],
  power: [0, 8],
  decay: [0, 1],
  shrink: [0, 1000],
});

/**
 * The settings that the metadata of a file have, as far as they may be: metadata are anybody's.
 * @param {unknown} written
 * @returns {GraphSettings}
 */
export function writtenSettings(written) {
  const settings = { ...graphDefaults };
  for (const [name, [low, high]] of Object.entries(graphRanges)) {
    const value = /** @type {any} */ (written)?.[name];
    if (typeof value === 'number' && value >= low && value <= high)
      settings[/** @type {keyof GraphSettings} */ (name)] = value;
  }
  return settings;
}

/** An item of so many people is known by itself: it leans on nothing. */
export const leansBelow = 50;
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
    weights: new Float32Array(network.relations.length + 2).fill(1),
    shares: Float32Array.from(people, (n) => (n > 0 ? 0 : 1)),
  });
  const trust = people.map((n) => n / (halfKnown + n));
  return { graph, found: agreements(graph, vectors, dim, trust) };
}

/**
 * Weights of relations by how far they can be trusted, the decay and kappa.
 * @param {Float64Array} found
 * @param {Pick<GraphSettings, 'power' | 'decay' | 'shrink'>} settings
 */
export function graphWeights(found, { power, decay, shrink }) {
  const most = found.reduce((a, b) => Math.max(a, b), 0);
  const weights = found.map((x) => (most > 0 && x > 0 ? (x / most) ** power : 0));
  return Float32Array.from([...weights, decay, shrink]);
}

/**
 * How much of its prior an item of n people takes.
 * @param {GraphSettings} settings
 * @param {number} n
 */
const shareOf = ({ pull, people: half }, n) => (Math.max(0, 1 - n / leansBelow) * pull * half) / (half + n);

/**
 * Those of nobody: the gain times as long as what they are linked to is on the average. A mean of vectors is
 * short where these do not agree, and short vectors stay behind in every list.
 * @param {Graph} graph
 * @param {OwnItems} own
 * @param {{ vectors: Float32Array, priors: Float64Array, reached: Uint8Array, gain: number }} found
 */
export function placeColdItems(graph, { dim, people }, { vectors, priors, reached, gain }) {
  const lengths = Float64Array.from(people, (_, j) => lengthAt(vectors, j * dim, dim));
  const wanted = allMeans(graph, lengths, 1).priors;
  people.forEach((n, j) => {
    if (n > 0 || !reached[j]) return;
    const length = lengthAt(priors, j * dim, dim);
    const longer = (gain * wanted[j]) / (graph.gain * length);
    const share = length > 0 ? Math.min(mostLonger, Math.max(1, longer)) : 1;
    graph.shares[j] = share;
    for (let d = 0; d < dim; d++) vectors[j * dim + d] = graph.shares[j] * priors[j * dim + d];
  });
}

/**
 * Of items that somebody has, as the file will have it.
 * @param {OwnItems} own
 * @param {Float32Array} vectors
 */
function gramOfKnown({ people, weights, dim }, vectors) {
  const used = Float64Array.from(people, (n, j) => (n > 0 ? (weights?.[j] ?? 1) : 0));
  return gramOf(vectors, used, dim);
}

/**
 * What no path leads to has nothing of the graph: an item that somebody has then says all that it knows. One
 * of nobody keeps its share, so that it says nothing, unless it has no link.
 * @param {Graph} graph
 * @param {Float64Array} people
 * @param {Uint8Array} reached
 * @returns {boolean} whether what others say has changed
 */
function leaveOut(graph, people, reached) {
  const { shares, links } = graph;
  let changed = false;
  people.forEach((n, j) => {
    const isLinked = links.offsets[j + 1] > links.offsets[j];
    if (reached[j] || (n === 0 && isLinked)) return;
    changed ||= isLinked && shares[j] > 0;
    shares[j] = 0;
  });
  if (changed) weighGraph(graph);
  return changed;
}

/**
 * Item by item, v_j = own_j + s_j p_j, where the priors p are of the vectors v themselves: round by round.
 * Items of nobody come last: they say nothing of others.
 * @param {ReturnType<typeof trustIn>} trusted its graph takes the weights and shares that are chosen
 * @param {OwnItems} own
 * @param {GraphSettings} settings
 * @param {number} [rounds]
 * @returns {{ vectors: Float32Array, reached: Uint8Array }} reached: whether a path leads to the item
 */
export function leanOn({ graph, found }, own, settings, rounds = mostRounds) {
  const { weights, shares, items } = graph;
  const { dim, people } = own;
  weights.set(graphWeights(found, settings));
  people.forEach((n, j) => {
    shares[j] = n > 0 ? shareOf(settings, n) : 1;
  });
  weighGraph(graph);
  const vectors = own.vectors.slice();
  const enough = close * vectors.reduce((a, x) => Math.max(a, Math.abs(x)), 0);
  const held = () => {
    graph.shrinkage = shrinkageOf(gramOfKnown(own, vectors), dim, settings.shrink);
    return allPriors(graph, vectors, dim);
  };
  let last = held();
  if (leaveOut(graph, people, last.reached)) last = held();
  for (let round = 0, moved = Infinity; round < rounds && moved > enough; round++) {
    moved = 0;
    for (let j = 0; j < items; j++) {
      if (!last.reached[j] || people[j] === 0) continue;
      for (let d = 0, at = j * dim; d < dim; d++, at++) {
        const x = Math.fround(own.vectors[at] + shares[j] * last.priors[at]);
        moved = Math.max(moved, Math.abs(x - vectors[at]));
        vectors[at] = x;
      }
    }
    if (moved > 0) last = held();
  }
  placeColdItems(graph, own, { vectors, ...last, gain: settings.gain });
  weighGraph(graph);
  return { vectors, reached: last.reached };
}
