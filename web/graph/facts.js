// Owns the figures of a graph: how many relations, entities, triples, and what leans on them. Must not read a
// file twice.
import { modelArgument } from '../model/handles.js';
import { graphIn } from './opened.js';
import { isReached } from './prior.js';

/** @import { Model } from '../model/model.js' */
/**
 * @typedef {object} RelationFacts
 * @property {string} relation
 * @property {number} triples
 * @property {number} items that have at least one of them
 * @property {number} weight as the training found it
 */
/**
 * @typedef {object} GraphFacts
 * @property {number} relations
 * @property {number} entities that are no items
 * @property {number} triples
 * @property {number} items with at least one triple
 * @property {number} leaning items whose vector leans on the graph
 * @property {number} share the mean of how much they lean, over all items
 * @property {number} whole items that live on the graph alone
 * @property {number} decay of a second step, from entity to entity
 * @property {RelationFacts[]} byRelation most triples first
 */

/**
 * What the graph of a model file holds.
 * @param {Model} model
 * @returns {GraphFacts | null} null: the file has none
 * @throws {import('../core/errors.js').AmpcfError} BAD_SECTION, DISPOSED, BAD_ARGUMENT
 */
export function graphFacts(model) {
  const found = graphIn(modelArgument(model));
  if (!found) return null;
  const { relations, entities, relation, links, items: n, shares, weights } = found;
  const byRelation = relations.map((name, r) => ({
    relation: name,
    triples: 0,
    items: 0,
    weight: weights[r],
  }));
  for (const r of relation) byRelation[r].triples++;
  let items = 0;
  for (let j = 0; j < n; j++) {
    const own = new Set(links.relation.subarray(links.offsets[j], links.offsets[j + 1]));
    if (own.size > 0) items++;
    for (const r of own) byRelation[r].items++;
  }
  // Of nobody, and out of reach of all that somebody has: its share is of nothing.
  const leans = shares.map((share, j) => (share === 1 && !isReached(found, j) ? 0 : share));
  const count = (/** @type {(share: number) => boolean} */ is) => leans.filter(is).length;
  return {
    relations: relations.length,
    entities: entities.length,
    triples: relation.length,
    items,
    leaning: count((share) => share > 0),
    share: leans.reduce((sum, share) => sum + Math.min(1, share), 0) / Math.max(1, n),
    whole: count((share) => share >= 1),
    decay: found.decay,
    byRelation: byRelation.sort((a, b) => b.triples - a.triples),
  };
}
