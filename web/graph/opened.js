// Owns the graph of an open model, read when it is first asked for, and its steps in ids and titles. Must not
// know a person.
import { idAt, openMemory, titleAt, vectorsOf } from '../core/kernel.js';
import { AmpcfError } from '../core/errors.js';
import { sectionsOf } from '../core/sections.js';
import { graphOf } from './prior.js';

/** @import { OpenModel } from '../core/kernel.js' */
/** @import { Model } from '../model/model.js' */
/** @import { Graph, Step } from './prior.js' */
/**
 * @typedef {object} GraphStep
 * @property {string} relation
 * @property {string} entity its name; of an item its title
 * @property {string} [item] the id, where the entity is an item
 * @property {boolean} forward is the link said of what the step begins at, or of what it leads to?
 */

/** @type {WeakMap<OpenModel, Graph | null>} */
const graphs = new WeakMap();
/** @type {WeakMap<OpenModel, Float32Array>} */
const vectors = new WeakMap();

/**
 * @param {Model} model
 * @returns {Graph | null} null: the file has none
 * @throws {AmpcfError} BAD_SECTION, DISPOSED
 */
export function graphIn({ kernel }) {
  const memory = openMemory(kernel);
  let found = graphs.get(kernel);
  if (found === undefined) {
    const { sections, items } = sectionsOf(memory.u8(kernel.file, kernel.facts.bytes));
    graphs.set(kernel, (found = graphOf(sections, items)));
  }
  return found;
}

/**
 * @param {Model} model
 * @param {string} what is asked for
 * @returns {Graph}
 * @throws {AmpcfError} NO_GRAPH, BAD_SECTION, DISPOSED
 */
export function needGraph(model, what) {
  const found = graphIn(model);
  if (found) return found;
  throw new AmpcfError(
    'NO_GRAPH',
    `${what}: got a model file without a graph, wanted one of a training with triples (ampcf train --graph)`,
  );
}

/**
 * All vectors of a model: as many numbers again as the core holds.
 * @param {Model} model
 */
export function vectorsIn({ kernel }) {
  let found = vectors.get(kernel);
  if (!found) vectors.set(kernel, (found = vectorsOf(kernel, 0, kernel.facts.items)));
  return found;
}

/**
 * @param {Model} model
 * @returns {(step: Step) => GraphStep}
 */
export const stepIn =
  ({ kernel }) =>
  ({ relation, entity, forward }) =>
    typeof entity === 'string'
      ? { relation, entity, forward }
      : { relation, entity: titleAt(kernel, entity), item: idAt(kernel, entity), forward };
