// Owns items that were chosen by ids, and that they are of one model. Must not rank.
import { badArgument, itemId, listArgument } from '../core/arguments.js';
import { openMemory } from '../core/kernel.js';

/** @import { Model } from './model.js' */

/**
 * Items of a model, found once: what `model.candidates` and `model.mask` make. `rank`, `filter` and `exclude`
 * take it in place of ids.
 */
export class Candidates {
  /**
   * @internal
   * @param {Model} model
   * @param {Uint32Array} indices
   * @param {readonly string[]} unknown
   * @param {readonly string[]} duplicates
   */
  constructor(model, indices, unknown, duplicates) {
    /** @internal */
    this.model = model;
    /** @internal */
    this.indices = indices;
    /** Ids that were given and that the model does not know. */
    this.unknown = unknown;
    /** Ids that were given more than once: they count once. */
    this.duplicates = duplicates;
  }
}

/**
 * @param {Model} model
 * @param {string} name of the argument
 * @param {Iterable<string | number> | Candidates} list
 */
export function candidatesArgument(model, name, list) {
  if (list instanceof Candidates) {
    // The same index is another item there.
    if (list.model !== model) throw badArgument(name, 'items of another model', 'of this model');
    return list;
  }
  openMemory(model.kernel);
  /** @type {Set<string>} */ const seen = new Set();
  /** @type {Set<string>} */ const duplicates = new Set();
  for (const candidate of listArgument(name, list)) {
    const id = itemId(candidate);
    (seen.has(id) ? duplicates : seen).add(id);
  }
  /** @type {number[]} */ const indices = [];
  const unknown = [...seen].filter((id) => {
    const index = model.indexOf(id);
    return index === undefined || !indices.push(index);
  });
  return new Candidates(model, Uint32Array.from(indices), unknown, [...duplicates]);
}
