// Owns the graph in a model file that is changed: it is read, written, and follows items that come and go.
// Must not choose weights or move vectors.
import { graphSectionNames } from '../core/sections.js';
import { graphOf } from '../graph/prior.js';
import { networkOf } from '../graph/triples.js';
import { bytesOf, dtypes } from './edit-file.js';

/** @import { EditedFile } from './edit-file.js' */
/** @import { GraphArrays } from '../graph/prior.js' */
/** @import { Triples } from '../graph/triples.js' */

/** Stands before the name of an entity where ids of items stand beside it: in no id that people write. */
const entityMark = '\uFFFF';

/**
 * @param {EditedFile} file
 * @throws {import('../core/errors.js').AmpcfError} BAD_SECTION
 */
export const readGraph = (file) => graphOf(file.sections, file.items);

/**
 * @param {readonly string[]} names
 */
function packed(names) {
  const parts = names.map((name) => new TextEncoder().encode(name));
  const offsets = new Uint32Array(names.length + 1);
  parts.forEach((part, i) => {
    offsets[i + 1] = offsets[i] + part.length;
  });
  const bytes = new Uint8Array(offsets[names.length]);
  parts.forEach((part, i) => bytes.set(part, offsets[i]));
  return { offsets, bytes };
}

/**
 * @param {EditedFile} file
 * @param {GraphArrays | null} graph null, and one without triples: none
 */
export function putGraph(file, graph) {
  if (graph === null || graph.tail.length === 0) {
    for (const name of graphSectionNames) file.remove(name);
    return;
  }
  const relations = packed(graph.relations);
  const entities = packed(graph.entities);
  const data = /** @type {const} */ ([
    [relations.offsets, 'u32'],
    [relations.bytes, 'u8'],
    [entities.offsets, 'u32'],
    [entities.bytes, 'u8'],
    [graph.offsets, 'u32'],
    [Uint16Array.from(graph.relation), 'u16'],
    [graph.tail, 'u32'],
    [graph.weights, 'f32'],
    [graph.shares, 'f32'],
  ]);
  graphSectionNames.forEach((name, i) => {
    const [array, type] = data[i];
    file.set(name, bytesOf(array), dtypes[type]);
  });
}

/**
 * The triples of the file and others, as one network of the items that it has now; relations keep the weights
 * that they have, others are left at 0.
 * @param {Pick<GraphArrays, 'relations' | 'entities' | 'offsets' | 'relation' | 'tail'> | null} there
 * @param {readonly string[]} before ids of the items of `there`
 * @param {Triples} more checked
 * @param {readonly string[]} ids of the items now
 */
export function joinedNetwork(there, before, more, ids) {
  const known = new Set(ids);
  const names = /** @type {Map<string, string>} */ (new Map());
  /** One text for each entity, whatever the number of triples that have it. */
  const marked = /** @type {Map<string, string>} */ (new Map());
  const entity = (/** @type {string} */ name) => {
    let id = marked.get(name);
    if (id === undefined) {
      id = entityMark + name;
      marked.set(name, id);
      names.set(id, name);
    }
    return id;
  };
  const textOf = (/** @type {number} */ k, /** @type {readonly string[]} */ entities) =>
    k < before.length ? before[k] : entity(entities[k - before.length]);
  const heads = /** @type {string[]} */ ([]);
  const relations = /** @type {string[]} */ ([]);
  const tails = /** @type {string[]} */ ([]);
  for (let k = 0; there && k + 1 < there.offsets.length; k++)
    for (let e = there.offsets[k]; e < there.offsets[k + 1]; e++) {
      const [head, tail] = [k, there.tail[e]].map((node) => textOf(node, there.entities));
      if (!isThere(head, known) || !isThere(tail, known)) continue;
      heads.push(head);
      relations.push(there.relations[there.relation[e]]);
      tails.push(tail);
    }
  const given = more.heads.length;
  for (let x = 0; x < given; x++) {
    const [head, tail] = [more.heads[x], more.tails[x]].map((id) =>
      known.has(id) ? id : entity(more.names?.get(id) ?? id),
    );
    heads.push(head);
    relations.push(more.relations[x]);
    tails.push(tail);
  }
  return networkOf({ heads, relations, tails, names }, ids);
}

/**
 * @param {string} text
 * @param {ReadonlySet<string>} items
 */
const isThere = (text, items) => text.startsWith(entityMark) || items.has(text);

/**
 * Items at the end that nothing is said of: their rows are empty.
 * @param {EditedFile} file before it has them
 * @param {number} more
 */
export function growGraph(file, more) {
  const graph = readGraph(file);
  if (!graph || more === 0) return;
  const { offsets, items } = graph;
  const grown = new Uint32Array(offsets.length + more);
  grown.set(offsets.subarray(0, items + 1));
  grown.fill(offsets[items], items + 1, items + 1 + more);
  grown.set(offsets.subarray(items + 1), items + 1 + more);
  const shares = new Float32Array(items + more);
  shares.set(graph.shares);
  putGraph(file, {
    ...graph,
    offsets: grown,
    tail: graph.tail.map((k) => (k < items ? k : k + more)),
    shares,
  });
}

/**
 * The graph without the items that go: their triples go too, and entities that connect no items any more.
 * What others say of an item may end: then it has no share.
 * @param {EditedFile} file before they are gone
 * @param {Uint32Array} kept
 */
export function keepGraph(file, kept) {
  const graph = readGraph(file);
  if (!graph || kept.length === file.items) return;
  const ids = file.texts('id offsets', 'ids');
  const left = Array.from(kept, (j) => ids[j]);
  const { network } = joinedNetwork(graph, ids, { heads: [], relations: [], tails: [] }, left);
  const hasLink = Uint8Array.from(left, (_, k) => Number(network.offsets[k + 1] > network.offsets[k]));
  for (const k of network.tail) if (k < left.length) hasLink[k] = 1;
  putGraph(file, {
    ...network,
    weights: weightsFor(network.relations, graph),
    shares: Float32Array.from(kept, (j, k) => (hasLink[k] ? graph.shares[j] : 0)),
  });
}

/**
 * The weights that relations have, the decay and kappa.
 * @param {readonly string[]} relations
 * @param {Pick<GraphArrays, 'relations' | 'weights'>} graph
 */
function weightsFor(relations, graph) {
  const of = new Map(graph.relations.map((name, r) => [name, graph.weights[r]]));
  return Float32Array.from([
    ...relations.map((name) => of.get(name) ?? 0),
    ...graph.weights.subarray(graph.relations.length),
  ]);
}
