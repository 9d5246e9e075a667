// Owns lists of ids as items of a model, found once. Must not rank.
import { badArgument, itemId, listArgument } from '../core/arguments.js';
import { openMemory } from '../core/kernel.js';

/** @import { Model } from './model.js' */

/** A list of ids that was looked up: `model.candidates` makes it, and takes what takes ids. */
export class Candidates {
  /**
   * @internal
   * @param {Model} model
   * @param {string} name of the argument
   * @param {Iterable<string | number>} list
   */
  constructor(model, name, list) {
    openMemory(model.kernel);
    /** @type {Set<string>} */ const seen = new Set();
    /** @type {Set<string>} */ const duplicates = new Set();
    for (const candidate of listArgument(name, list)) {
      const id = itemId(candidate);
      if (seen.has(id)) duplicates.add(id);
      seen.add(id);
    }
    /** @type {string[]} */ const unknown = [];
    /** @type {number[]} */ const indices = [];
    for (const id of seen) {
      const index = model.indexOf(id);
      if (index === undefined) unknown.push(id);
      else indices.push(index);
    }
    /** @internal */
    this.model = model;
    /** @internal */
    this.indices = Uint32Array.from(indices);
    /** Ids that the model does not know, in the order of the list. */
    this.unknown = unknown;
    /** Ids that the list has more than once: they count once. */
    this.duplicates = [...duplicates];
  }
}

/**
 * What was made for this model, and not for another: the same index is another item there.
 * @template {{ model: Model }} T
 * @param {Model} model
 * @param {string} name of the argument
 * @param {T} made
 */
export function ofModel(model, name, made) {
  if (made.model !== model) throw badArgument(name, 'that of another model', 'that of this model');
  return made;
}

/**
 * @param {Model} model
 * @param {string} name of the argument
 * @param {Iterable<string | number> | Candidates} list
 */
export const candidatesOf = (model, name, list) =>
  list instanceof Candidates ? ofModel(model, name, list) : new Candidates(model, name, list);
