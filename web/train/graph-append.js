// Owns what a graph says of items that are appended: vectors by their relations to items that the file has,
// beside what aspects, titles and embeddings say. Must not move what is there.
import { graphWeights, placeColdItems, trustIn, writtenSettings } from '../graph/lean.js';
import { isReached, mostLonger, openGraph, weighGraph } from '../graph/prior.js';
import { allPriors } from '../graph/all-priors.js';
import { shrinkageOf } from '../graph/shrinkage.js';
import { joinedNetwork, readGraph } from './edit-graph.js';
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

/** As much longer than what is said of them new vectors become at most. */
const mostLengthened = 3;
/** How short what the graph says may be made, where the file does not say it yet. */
const leastGain = 0.25;

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
 * Triples without those of items that nobody has and whose vectors stay what they are: given now, or guessed
 * by an append before. The graph has no part of them, and they say nothing of others.
 * @param {Triples} triples
 * @param {ReadonlySet<string>} apart
 * @returns {Triples}
 */
function triplesWithout({ heads, relations, tails, names }, apart) {
  const left = Array.from(heads.keys()).filter((x) => !apart.has(heads[x]) && !apart.has(tails[x]));
  const of = (/** @type {readonly string[]} */ list) => left.map((x) => list[x]);
  return { heads: of(heads), relations: of(relations), tails: of(tails), ...(names && { names }) };
}

/**
 * The graph of all items: weights that the file has stay, of relations that it does not know they follow from
 * how well these say the trained items. Items that nobody has say nothing of others.
 * @param {EditedFile} file
 * @param {{ there: readonly string[], ids: readonly string[], triples: Triples }} fresh
 * @param {{ stored: Graph | null, trained: number, people: Float64Array | undefined }} known
 */
function wholeGraph(file, { there, ids, triples }, { stored, trained, people }) {
  const all = [...there, ...ids];
  const { network, report } = joinedNetwork(stored, there, triples, all);
  const counts = new Float64Array(all.length);
  for (let j = 0; j < trained; j++) counts[j] = people ? Math.max(people[j], 1e-3) : 1e9;
  const vectors = new Float32Array(all.length * file.dim);
  vectors.set(file.vectors());
  const trusted = trustIn(network, { vectors, dim: file.dim, people: counts });
  const settings = writtenSettings(file.metadata().graph);
  const weights = graphWeights(trusted.found, settings);
  const known = new Map(stored?.relations.map((name, r) => [name, stored.weights[r]]));
  network.relations.forEach((name, r) => {
    weights[r] = known.get(name) ?? weights[r];
  });
  const { length: n } = network.relations;
  if (stored) weights.set(stored.weights.subarray(stored.relations.length), n);
  const shares = new Float32Array(all.length).fill(1);
  for (let j = 0; j < there.length; j++)
    shares[j] = Math.max(stored ? stored.shares[j] : 0, j < trained ? 0 : 1);
  const gram = /** @type {Float32Array} */ (file.floats('gram'));
  const graph = openGraph({ ...network, weights, shares }, shrinkageOf(gram, file.dim, weights[n + 1]));
  return { graph, report, vectors, gain: settings.gain };
}

/**
 * How much of its prior a new item takes beside what its aspects say: at least all of it, by which others
 * know that nobody has it. Where less is better, and the file had no graph, its weights make the prior
 * shorter.
 * @param {Graph} graph
 * @param {Float64Array} priors of it
 * @param {number} wanted how long it should be, of what the weights have it
 * @param {boolean} isStored
 */
function wholeShare(graph, priors, wanted, isStored) {
  if (isStored || wanted > 1) return Math.min(mostLonger, Math.max(1, wanted));
  const factor = Math.max(leastGain, wanted);
  const { weights } = graph;
  for (let r = 0; r < graph.relations.length; r++) weights[r] *= factor;
  weighGraph(graph);
  priors.forEach((x, i) => {
    priors[i] = factor * x;
  });
  return 1;
}

/**
 * Vectors of new items: of the ridge and the graph, or of the graph alone where nothing else is known.
 * @param {Float32Array} guessed (M, D) by the ridge; what no path leads to stays so
 * @param {{ graph: Graph, vectors: Float32Array, priors: Float64Array, reached: Uint8Array }} placed vectors:
 *   of the graph alone
 * @param {{ ridge: number, share: number, known: Uint32Array, from: number }} how
 */
function mixed(guessed, { graph, vectors, priors, reached }, { ridge, share, known, from }) {
  const dim = guessed.length / known.length;
  return guessed.map((x, at) => {
    const i = Math.floor(at / dim);
    const j = from + i;
    if (!reached[j]) return x;
    const place = j * dim + (at % dim);
    if (known[i] === 0) return vectors[place];
    graph.shares[j] = share;
    return ridge * x + share * priors[place];
  });
}

/**
 * Whether the vector of an item that nobody has is of what the graph says.
 * @param {Graph | null} stored
 * @param {number} j
 */
const livesOn = (stored, j) => stored !== null && stored.shares[j] > 0 && isReached(stored, j);

/**
 * Shares as the file has them: of what came before as they were; of new items none where nothing is linked.
 * One that is linked, but to nothing that anybody has, keeps its share, so that it says nothing of others.
 * @param {Graph} graph
 * @param {Graph | null} stored
 * @param {{ trained: number, from: number }} counts of items with people, and of those before
 */
function settleShares({ shares, links, items }, stored, { trained, from }) {
  for (let j = trained; j < from; j++) shares[j] = stored?.shares[j] ?? 0;
  for (let j = from; j < items; j++) if (links.offsets[j] === links.offsets[j + 1]) shares[j] = 0;
}

/**
 * Vectors of new items. One of which aspects, titles or embeddings say something has the ridge's and the
 * graph's guess in the shares by which they say trained items best, each of which is left out of what is said
 * of it; one of which nothing else is known lives on the graph, as in a training.
 * @param {EditedFile} file without the new items
 * @param {{ there: readonly string[], ids: readonly string[], triples: Triples }} fresh
 * @param {PredictedItems & { people: Float64Array | undefined, known: Uint32Array }} guessed
 * @param {(id: string) => boolean} isGiven whether its vector was given
 * @returns {Placed}
 */
export function placeByGraph(file, fresh, guessed, isGiven) {
  const { dim, items: from } = file;
  const trained = from - appendedOf(file);
  const { said, longer, people, known } = guessed;
  const stored = readGraph(file);
  const isApart = (/** @type {string} */ _, /** @type {number} */ j) => j >= trained && !livesOn(stored, j);
  const apart = new Set([...fresh.ids.filter(isGiven), ...fresh.there.filter(isApart)]);
  const triples = triplesWithout(fresh.triples, apart);
  const facts = { stored, trained, people };
  const { graph, report, vectors, gain } = wholeGraph(file, { ...fresh, triples }, facts);
  const { priors, reached } = allPriors(graph, vectors, dim);
  const guesses = { said, priors, reached, trust: trustOf(people, trained) };
  const shares = sharesOf(vectors, dim, guesses);
  const more = lengthening(vectors, dim, guesses, shares);
  const share = wholeShare(graph, priors, more * shares.graph, stored !== null);
  const counts = new Float64Array(reached.length).fill(1, 0, from);
  placeColdItems(graph, { vectors, dim, people: counts }, { vectors, priors, reached, gain });
  const ridge = (more * shares.ridge) / longer;
  const placed = { graph, vectors, priors, reached };
  const out = mixed(guessed.vectors, placed, { ridge, share, known, from });
  settleShares(graph, stored, { trained, from });
  const found = reached.subarray(from);
  const count = found.reduce((sum, is) => sum + is, 0);
  return {
    vectors: out,
    reached: found,
    graph,
    report: { triples: report, reached: count, explained: shares.alone, both: shares.both },
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
  return guess > 0 ? Math.min(mostLengthened, Math.max(1, own / guess)) : 1;
}
