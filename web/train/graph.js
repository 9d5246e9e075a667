// Owns what a graph does to a model file: items get vectors that lean on it, those without people too, and
// the file holds it. Must not train.
import { rangeArgument } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';
import { allPriors } from '../graph/all-priors.js';
import { graphDefaults, graphRanges, leanOn, trustIn } from '../graph/lean.js';
import { triplesArgument } from '../graph/triples.js';
import { appendItems, peopleOf } from './append.js';
import { appendVectors } from './edit-append.js';
import { openToEdit } from './edit-file.js';
import { joinedNetwork, putGraph, readGraph } from './edit-graph.js';
import { appendedOf, ridgeOf, setMetadata, setRidge } from './edit-items.js';
import { checkOptions } from './options.js';

/** @import { EditedFile } from './edit-file.js' */
/** @import { GraphSettings } from '../graph/lean.js' */
/** @import { Triples, TriplesReport } from '../graph/triples.js' */
/**
 * @typedef {object} AddGraphOptions
 * @property {Triples} graph
 * @property {Map<string, { title?: string, aspects?: string[] }>} [items] those that the model does not have
 *   and that a path of the graph leads to are put at its end
 * @property {Partial<GraphSettings>} [settings] default: `graphDefaults`
 * @property {AbortSignal} [signal]
 */
/**
 * @typedef {object} GraphResult
 * @property {Uint8Array<ArrayBuffer>} bytes of the model file
 * @property {string[]} appended ids of items without people that the graph gave a vector
 * @property {TriplesReport} triples what became of them
 * @property {{ relation: string, weight: number }[]} relations the heaviest first
 * @property {number} reached items that a path leads to
 * @property {GraphSettings} settings
 */

/**
 * @param {Partial<GraphSettings>} given
 * @returns {GraphSettings}
 */
function graphSettings(given = {}) {
  const own = optionsArgument(given, Object.keys(graphRanges).join(' '), 'graph settings');
  const settings = /** @type {GraphSettings} */ ({ ...graphDefaults });
  for (const [name, value] of Object.entries(own)) {
    if (value === undefined) continue;
    const known = /** @type {keyof typeof graphRanges} */ (name);
    rangeArgument(`graph ${name}`, value, ...graphRanges[known]);
    settings[known] = value;
  }
  return settings;
}

/**
 * Rows of vectors as the file has them, all anew.
 * @param {EditedFile} file
 * @param {Float32Array} vectors
 * @param {import('./edit-items.js').Ridge} ridge
 */
function putVectors(file, vectors, ridge) {
  const empty = new Uint8Array(0);
  file.set('item vectors', empty);
  if (file.find('item scales')) file.set('item scales', empty);
  appendVectors(file, vectors);
  setRidge(file, ridge);
}

/**
 * @typedef {object} Leaning a model file with the items that the graph brings, before any leans on it
 * @property {string[]} appended their ids
 * @property {TriplesReport} triples
 * @property {import('../graph/prior.js').Graph} graph
 * @property {(settings: GraphSettings, rounds?: number) => { bytes: () => Uint8Array<ArrayBuffer>,
 *   reached: Uint8Array, file: EditedFile }} lean the same file again and again, with other vectors
 *   and without the graph
 */

/**
 * @param {Uint8Array} bytes
 * @param {Triples} triples checked
 * @param {Map<string, { title?: string, aspects?: string[] }> | undefined} items
 * @param {{ people: Float64Array | undefined, signal: AbortSignal | undefined }} known people of trained
 *   items; undefined: as the file tells
 * @returns {Promise<Leaning>}
 */
export async function openLeaning(bytes, triples, items, { people, signal }) {
  const before = await openToEdit(bytes);
  const there = before.texts('id offsets', 'ids');
  const fresh = linkedItems(triples, items, new Set(there));
  const more = fresh.size > 0 ? await appendItems(bytes, { items: fresh, ...(signal && { signal }) }) : null;
  signal?.throwIfAborted();
  const file = more ? await openToEdit(more.bytes) : before;
  const ids = file.texts('id offsets', 'ids');
  const stored = readGraph(before);
  const { network, report } = joinedNetwork(stored, there, triples, ids);
  const trained = file.items - appendedOf(file);
  const own = {
    vectors: ownVectors(file, stored, trained),
    dim: file.dim,
    people: countsIn(file, people),
    weights: file.floats('item weights'),
  };
  const trusted = trustIn(network, own);
  const guessed = file.vectors();
  const ridge = ridgeOf(file);
  return {
    appended: more?.appended ?? [],
    triples: report,
    graph: trusted.graph,
    lean(settings, rounds) {
      const { vectors, reached } = leanOn(trusted, own, settings, rounds);
      // What no path leads to is guessed from aspects, as append has it.
      for (let j = trained; j < file.items; j++)
        if (!reached[j]) vectors.set(guessed.subarray(j * file.dim, (j + 1) * file.dim), j * file.dim);
      putVectors(file, vectors.map(storable), ridge);
      return { bytes: () => file.bytes(), reached, file };
    },
  };
}

/**
 * How many people all items have: those that were appended nobody.
 * @param {EditedFile} file
 * @param {Float64Array | undefined} people of trained items
 */
function countsIn(file, people) {
  const trained = file.items - appendedOf(file);
  const bias = /** @type {Float32Array} */ (file.floats('item bias'));
  const known = people ?? peopleOf(file, bias.subarray(0, trained));
  const counts = new Float64Array(file.items);
  for (let j = 0; j < trained; j++) counts[j] = known ? Math.max(known[j], 1e-3) : manyPeople;
  return counts;
}

/**
 * @param {Uint8Array} bytes
 * @param {Triples} triples checked
 * @param {Map<string, { title?: string, aspects?: string[] }> | undefined} items
 * @param {{ people: Float64Array | undefined, settings: GraphSettings, signal: AbortSignal | undefined }} how
 *   people of trained items; undefined: as the file tells
 * @returns {Promise<GraphResult>}
 */
export async function leanFile(bytes, triples, items, { people, settings, signal }) {
  const leaning = await openLeaning(bytes, triples, items, { people, signal });
  const { file, reached } = leaning.lean(settings);
  signal?.throwIfAborted();
  putGraph(file, leaning.graph);
  setMetadata(file, { graph: settings });
  return {
    bytes: file.bytes(),
    appended: leaning.appended,
    triples: leaning.triples,
    relations: byWeight(leaning.graph),
    reached: reached.reduce((sum, is) => sum + is, 0),
    settings,
  };
}

/** The relations that say most first. @param {{ relations: string[], weights: ArrayLike<number> }} graph */
const byWeight = ({ relations, weights }) =>
  relations
    .map((relation, r) => ({ relation, weight: weights[r] }))
    .sort((a, b) => b.weight - a.weight || (a.relation < b.relation ? -1 : 1));

/**
 * New items that a triple names.
 * @param {Triples} triples
 * @param {Map<string, { title?: string, aspects?: string[] }> | undefined} items
 * @param {ReadonlySet<string>} there
 */
function linkedItems({ heads, tails }, items, there) {
  const named = new Set([...heads, ...tails]);
  return new Map(
    Array.from(items ?? [], ([id, facts]) => /** @type {const} */ ([String(id), facts])).filter(
      ([id]) => named.has(id) && !there.has(id),
    ),
  );
}

/**
 * What was learnt of items without a graph: without the part that a graph in the file has given them.
 * @param {EditedFile} file
 * @param {import('../graph/prior.js').Graph | null} graph of the file, which may have items more by now
 * @param {number} trained
 */
function ownVectors(file, graph, trained) {
  const { dim } = file;
  const vectors = file.vectors().fill(0, trained * dim);
  if (!graph) return vectors;
  const { priors } = allPriors(graph, file.vectors().subarray(0, graph.items * dim), dim);
  for (let j = 0; j < trained; j++)
    for (let d = 0, at = j * dim; d < dim; d++, at++) vectors[at] -= graph.shares[j] * priors[at];
  return vectors;
}

/**
 * A model file whose items lean on a graph: many people override it, few lean on it, none live on it. One
 * that has a graph gets the triples beside its own.
 * @param {Uint8Array} bytes of a model file
 * @param {AddGraphOptions} options
 * @returns {Promise<GraphResult>} same arguments, same bytes
 * @throws {import('../core/errors.js').AmpcfError} what loading the file throws; BAD_ARGUMENT; LIMIT
 */
export async function addGraph(bytes, options) {
  const { graph, items, settings, signal } = optionsArgument(options, 'graph items settings signal');
  checkOptions({ items, signal });
  signal?.throwIfAborted();
  const leaning = { people: undefined, settings: graphSettings(settings), signal };
  return leanFile(bytes, triplesArgument(graph), items, leaning);
}

/** Where nothing says how many people items have, none that was trained leans on the graph. */
const manyPeople = 1e9;
const leastNormal = 2 ** -126;
const mostNumber = 2 ** 20;

/** @param {number} x */
const storable = (x) => (Math.abs(x) < leastNormal ? 0 : Math.max(-mostNumber, Math.min(mostNumber, x)));
