// Owns items that are alike, by taste, by what they share in the graph, or by both, and through what. Must
// not know a person.
import { badArgument, countArgument, itemId } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { idAt, similarTo, titleAt } from '../core/kernel.js';
import { optionsArgument } from '../core/options.js';
import { modelArgument } from '../model/handles.js';
import { graphIn, needGraph, stepIn } from './opened.js';

/** @import { Model } from '../model/model.js' */
/** @import { GraphStep } from './opened.js' */
/** @import { Graph } from './prior.js' */
/** @typedef {{ steps: GraphStep[], weight: number }} Link steps from the item that was asked about to the
 *   other; weight: its part of the likeness by the graph */
/**
 * @typedef {object} AlikeItem
 * @property {string} item
 * @property {string} title
 * @property {number} score by what was asked
 * @property {number} taste cosine of the vectors, -1 to 1
 * @property {number | null} graph likeness by the graph, 0 to 1; null: the file has none
 * @property {Link[]} through what they share, the most telling first; empty where that is nothing
 */
/**
 * @typedef {object} Feature a node that says something of an item
 * @property {number} weight
 * @property {number[]} links from the item to the node
 */

/** As much of both is taste. */
const half = 0.5;
const mostThrough = 3;

/**
 * What says something of a node, itself among it: neighbours by the attention of the relation, and what is
 * behind an entity by both and the decay, each by the way that weighs most. An item behind an entity says
 * nothing of an item: that is what the entity says.
 * @param {Graph} graph
 * @param {number} from
 * @returns {Map<number, Feature>}
 */
function around({ links, items, attention, decay, rarity }, from) {
  const found = new Map([[from, /** @type {Feature} */ ({ weight: 1, links: [] })]]);
  const take = (/** @type {number} */ node, /** @type {number} */ weight, /** @type {number[]} */ by) => {
    const before = found.get(node);
    if (weight > (before?.weight ?? 0)) found.set(node, { weight, links: by });
  };
  for (let e = links.offsets[from]; e < links.offsets[from + 1]; e++) {
    const node = links.to[e];
    const a = attention[links.relation[e]];
    take(node, a, [e]);
    if (node < items || !(decay > 0 && a > 0)) continue;
    for (let f = links.offsets[node]; f < links.offsets[node + 1]; f++)
      if (links.to[f] >= items || from >= items)
        take(links.to[f], a * decay * rarity[node] * attention[links.relation[f]], [e, f]);
  }
  return found;
}

/**
 * @param {Graph} graph
 * @param {Map<number, Feature>} features
 */
function lengthOf({ rarity }, features) {
  let sum = 0;
  for (const [node, { weight }] of features) sum += rarity[node] * weight * weight;
  return Math.sqrt(sum);
}

/**
 * Likeness of one item to all others: the cosine of what is said of them, each node by its rarity.
 * @param {Graph} graph
 * @param {number} item
 * @returns {Map<number, number>} of those that share something
 */
function likenessOf(graph, item) {
  const own = around(graph, item);
  /** @type {Map<number, number>} */
  const sums = new Map();
  for (const [node, { weight }] of own)
    for (const [other, { weight: back }] of around(graph, node))
      if (other < graph.items && other !== item) {
        const both = graph.rarity[node] * weight * back;
        if (both > 0) sums.set(other, (sums.get(other) ?? 0) + both);
      }
  const length = lengthOf(graph, own);
  for (const [other, sum] of sums)
    sums.set(other, Math.min(1, sum / (length * lengthOf(graph, around(graph, other)))));
  return sums;
}

/**
 * What two items share.
 * @param {Model} model
 * @param {Graph} graph
 * @param {Map<number, Feature>} own of the first
 * @param {number} other
 * @returns {Link[]}
 */
function throughOf(model, graph, own, other) {
  const { links, relations, entities, items, rarity } = graph;
  const its = around(graph, other);
  const scale = lengthOf(graph, own) * lengthOf(graph, its);
  const toStep = stepIn(model);
  const step = (/** @type {number} */ link, /** @type {number} */ to, /** @type {boolean} */ turned) =>
    toStep({
      relation: relations[links.relation[link]],
      entity: to < items ? to : entities[to - items],
      forward: (links.forward[link] === 1) !== turned,
    });
  /** @type {Map<string, Link>} */
  const found = new Map();
  for (const [node, { weight, links: there }] of own) {
    const back = its.get(node);
    const part = (rarity[node] * weight * (back?.weight ?? 0)) / scale;
    if (!back || !(part > 0)) continue;
    const ends = [other, ...back.links.map((link) => links.to[link])];
    const steps = [
      ...there.map((link) => step(link, links.to[link], false)),
      ...back.links.map((link, i) => step(link, ends[i], true)).reverse(),
    ];
    // A link from one to the other is found from both.
    const key = JSON.stringify(steps);
    found.set(key, { steps, weight: part + (found.get(key)?.weight ?? 0) });
  }
  return [...found.values()].sort((x, y) => y.weight - x.weight).slice(0, mostThrough);
}

/**
 * @param {Model} model
 * @param {number} index
 * @param {'taste' | 'graph' | 'both'} by
 * @param {Graph | null} graph
 * @returns {{ index: number, score: number, taste: number, graph: number | null }[]} best first
 */
function scored({ kernel, info }, index, by, graph) {
  const { items, scores } = similarTo(kernel, index, info.items);
  const alike = graph && likenessOf(graph, index);
  const all = Array.from(items, (other, i) => {
    const ofGraph = alike && (alike.get(other) ?? 0);
    const both = half * scores[i] + (1 - half) * Number(ofGraph);
    const score = by === 'taste' ? scores[i] : by === 'graph' ? Number(ofGraph) : both;
    return { index: other, score, taste: scores[i], graph: ofGraph };
  });
  if (by === 'taste') return all;
  const found = by === 'graph' ? all.filter((entry) => entry.score > 0) : all;
  return found.sort((a, b) => b.score - a.score || b.taste - a.taste || a.index - b.index);
}

/**
 * Items most like one item: by cosine of the vectors, by what they share in the graph (weighed as the model
 * weighs it), or by the mean of both; and through what each is alike.
 * @param {Model} model
 * @param {string | number} item
 * @param {{ by?: 'taste' | 'graph' | 'both', topK?: number }} [options] default 'both', 10
 * @returns {AlikeItem[]} best first; by 'graph' only those that share something
 * @throws {AmpcfError} NO_GRAPH: by 'graph' or 'both' of a file without; UNKNOWN_ITEM, BAD_ARGUMENT,
 *   BAD_SECTION, DISPOSED
 */
export function similar(model, item, options = {}) {
  modelArgument(model);
  const { by = 'both', topK = 10 } = optionsArgument(options, 'by topK');
  if (by !== 'taste' && by !== 'graph' && by !== 'both') throw badArgument('by', by, 'taste, graph or both');
  const most = countArgument('topK', topK);
  const graph = by === 'taste' ? graphIn(model) : needGraph(model, `similar by ${by}`);
  const id = itemId(item);
  const index = model.indexOf(id);
  if (index === undefined)
    throw new AmpcfError('UNKNOWN_ITEM', `the model does not know item ${JSON.stringify(id)}`);
  const own = graph && around(graph, index);
  return scored(model, index, by, graph)
    .slice(0, most)
    .map(({ index: other, ...facts }) => ({
      item: idAt(model.kernel, other),
      title: titleAt(model.kernel, other),
      ...facts,
      through: graph && own ? throughOf(model, graph, own, other) : [],
    }));
}
