// Owns the graph entry: why an item is recommended by the relations that it shares with the history, what is
// alike through them, tastes by relation. Must not be needed to rank.
export { graphFacts } from './graph/facts.js';
export { graph, pathsOf } from './graph/paths.js';
export { aspectRelation, relationSpace } from './graph/relations.js';
export { similar } from './graph/similar.js';

/** @typedef {import('./graph/facts.js').GraphFacts} GraphFacts */
/** @typedef {import('./graph/facts.js').RelationFacts} RelationFacts */
/** @typedef {import('./graph/parts.js').GraphExplanation} GraphExplanation */
/** @typedef {import('./graph/parts.js').GraphPart} GraphPart */
/** @typedef {import('./graph/parts.js').GraphPath} GraphPath */
/** @typedef {import('./graph/paths.js').GraphOptions} GraphOptions */
/** @typedef {import('./graph/opened.js').GraphStep} GraphStep */
/** @typedef {import('./graph/relations.js').RelationSpace} RelationSpace */
/** @typedef {import('./graph/similar.js').AlikeItem} AlikeItem */
/** @typedef {import('./graph/similar.js').Link} Link */
