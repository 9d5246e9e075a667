// Owns tastes by relation: aspects that carry theirs, entities of a relation, as categories that taste is
// counted over. Must not compare tastes.
import { AMPCF_MAX_CATEGORIES } from '../core/abi.js';
import { badArgument } from '../core/arguments.js';
import { aspectsOfItem, titleAt } from '../core/kernel.js';
import { optionsArgument } from '../core/options.js';
import { modelArgument } from '../model/handles.js';
import { graphIn, needGraph } from './opened.js';

/** @import { Model } from '../model/model.js' */
/** @import { Graph } from './prior.js' */
/**
 * @typedef {object} RelationSpace for `space` of 'ampcf/taste'
 * @property {string} relation
 * @property {'graph' | 'aspects'} from
 * @property {string[]} categories names: entities of the relation, or aspects without its name
 *   value; where there are more than 4,096, those of most items and, last, one for all others
 * @property {(item: string) => number[]} of the categories of an item
 */

/**
 * What an aspect says by the name of its relation: `director: Carol Reed`. An aspect that merely has a colon
 * looks the same, so nothing is read so unless it is asked for.
 * @param {string} aspect
 * @returns {{ relation: string, value: string } | null} null: it names no relation
 */
export function aspectRelation(aspect) {
  if (typeof aspect !== 'string') throw badArgument('aspect', aspect, 'a text');
  const at = aspect.indexOf(': ');
  const [relation, value] = [aspect.slice(0, Math.max(at, 0)).trim(), aspect.slice(at + 2).trim()];
  return relation && value ? { relation, value } : null;
}

/**
 * @param {Model} model
 * @param {string} relation
 */
function ofAspects({ kernel, aspectNames }, relation) {
  /** @type {Map<number, number>} */
  const places = new Map();
  const categories = aspectNames.flatMap((name, aspect) => {
    const found = aspectRelation(name);
    if (found?.relation !== relation) return [];
    places.set(aspect, places.size);
    return [found.value];
  });
  const of = (/** @type {number} */ index) =>
    aspectsOfItem(kernel, index).flatMap((aspect) => places.get(aspect) ?? []);
  return { categories, of };
}

/**
 * @param {Model} model
 * @param {Graph | null} graph
 * @param {string} relation
 */
function ofGraph({ kernel }, graph, relation) {
  const wanted = graph ? graph.relations.indexOf(relation) : -1;
  if (!graph || wanted < 0) return { categories: [], of: () => [] };
  const { links, items, entities } = graph;
  /** @type {Map<number, number>} */
  const places = new Map();
  const nodesOf = (/** @type {number} */ index) => {
    const found = new Set();
    for (let e = links.offsets[index]; e < links.offsets[index + 1]; e++)
      if (links.relation[e] === wanted) found.add(links.to[e]);
    return [...found];
  };
  for (let j = 0; j < items; j++)
    for (const node of nodesOf(j)) if (!places.has(node)) places.set(node, places.size);
  const categories = [...places.keys()].map((node) =>
    node < items ? titleAt(kernel, node) : entities[node - items],
  );
  const of = (/** @type {number} */ index) =>
    nodesOf(index).map((node) => /** @type {number} */ (places.get(node)));
  return { categories, of };
}

/**
 * As many categories as taste can be counted over: those of most items, the others together.
 * @param {Model} model
 * @param {{ categories: string[], of: (index: number) => number[] }} space
 */
function commonOf({ info }, { categories, of }) {
  if (categories.length <= AMPCF_MAX_CATEGORIES) return { categories, of };
  const counts = new Float64Array(categories.length);
  for (let j = 0; j < info.items; j++) for (const category of of(j)) counts[category]++;
  const order = [...categories.keys()].sort((a, b) => counts[b] - counts[a]);
  const last = AMPCF_MAX_CATEGORIES - 1;
  const places = new Uint32Array(categories.length).fill(last);
  order.slice(0, last).forEach((category, place) => (places[category] = place));
  return {
    categories: [...order.slice(0, last).map((category) => categories[category]), 'others'],
    of: (/** @type {number} */ index) => [...new Set(of(index).map((category) => places[category]))],
  };
}

/**
 * The relations that taste can be counted over.
 * @param {Model} model
 * @param {Graph | null} graph
 */
function relationsIn({ aspectNames }, graph) {
  const named = aspectNames.flatMap((name) => aspectRelation(name)?.relation ?? []);
  return [...new Set([...(graph?.relations ?? []), ...named])];
}

/** @type {WeakMap<Model, Map<string, RelationSpace>>} */
const kept = new WeakMap();

/**
 * Taste by one relation, for `space` of taste distances: the directors of a history against those of a list.
 * @param {Model} model
 * @param {string} relation
 * @param {{ from?: 'graph' | 'aspects' }} [options] from: default the graph where it has the relation, else
 *   aspects that are named `relation: value`
 * @returns {RelationSpace} the same one each time
 * @throws {import('../core/errors.js').AmpcfError} NO_GRAPH: from the graph of a file without;
 *   BAD_ARGUMENT: no item has such a relation; BAD_SECTION, DISPOSED
 */
export function relationSpace(model, relation, options = {}) {
  modelArgument(model);
  const { from } = optionsArgument(options, 'from');
  if (typeof relation !== 'string') throw badArgument('relation', relation, 'the name of one');
  if (from !== undefined && from !== 'graph' && from !== 'aspects')
    throw badArgument('from', from, 'graph or aspects');
  const graph = from === 'graph' ? needGraph(model, 'relationSpace') : from ? null : graphIn(model);
  const source = from ?? (graph?.relations.includes(relation) ? 'graph' : 'aspects');
  const spaces = kept.get(model) ?? new Map();
  kept.set(model, spaces);
  const found = spaces.get(`${source} ${relation}`);
  if (found) return found;
  const all = source === 'graph' ? ofGraph(model, graph, relation) : ofAspects(model, relation);
  const { categories, of } = commonOf(model, all);
  if (categories.length === 0) throw badArgument('relation', relation, wantedOf(relationsIn(model, graph)));
  const space = {
    relation,
    from: source,
    categories,
    of: (/** @type {string} */ item) => {
      const index = model.indexOf(item);
      return index === undefined ? [] : of(index);
    },
  };
  spaces.set(`${source} ${relation}`, space);
  return space;
}

/** @param {string[]} names */
function wantedOf(names) {
  if (names.length === 0) return 'a graph, or aspects as relation: value, of which this model has none';
  return `one that items have: ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', ...' : ''}`;
}
