// Owns which items may be listed: ids, aspects, functions, and masks that remember what these said. Must not
// rank.
import { badArgument, listArgument, optionValues } from '../core/arguments.js';
import { aspectsOfItem, idAt, openMemory } from '../core/kernel.js';
import { Candidates, ofModel } from './candidates.js';

/** @import { Model } from './model.js' */
/** @import { AspectFilter, Filter } from './types.js' */

/**
 * One of three: an answer for each item, the items themselves, or whom to ask.
 * @typedef {object} Chosen
 * @property {readonly string[]} unknown ids that were given and that the model does not know
 * @property {Uint8Array} [out] (N) 1: left out
 * @property {Uint32Array} [indices]
 * @property {(index: number) => unknown} [passes]
 */

/** Items that were chosen once, for any number of lists. Make one with `model.mask`. */
export class Mask {
  /**
   * @internal
   * @param {Model} model
   * @param {Filter} filter
   */
  constructor(model, filter) {
    openMemory(model.kernel);
    const chosen = filterArgument(model, 'mask', filter);
    /** Ids that were given and that the model does not know. */
    this.unknown = chosen.unknown;
    /** @internal */
    this.model = model;
    /** @internal (N) 1: left out */
    this.out = new Uint8Array(model.info.items);
    leaveOut(chosen, this.out);
    const { passes } = chosen;
    if (passes) this.out.forEach((_, index, out) => (out[index] = passes(index) ? 0 : 1));
  }
}

/**
 * All that needs nobody to be asked.
 * @param {Chosen} chosen
 * @param {Uint8Array} excluded (N)
 */
export function leaveOut({ out, indices }, excluded) {
  if (out) excluded.set(out);
  if (indices) excluded.fill(1);
  for (const index of indices ?? []) excluded[index] = 0;
}

/**
 * The name of an aspect that has most pairs of letters in common with a wrong one.
 * @param {string[]} names
 * @param {unknown} wrong
 */
function nearest(names, wrong) {
  const pairs = (/** @type {unknown} */ word) =>
    typeof word === 'string' ? [...` ${word.toLowerCase()} `].map((letter, i, all) => letter + all[i + 1]) : [];
  const given = pairs(wrong);
  const likeness = (/** @type {string} */ name) => {
    const own = pairs(name);
    return own.filter((pair) => given.includes(pair)).length / (own.length + given.length);
  };
  return names.reduce((best, name) => (likeness(name) > likeness(best) ? name : best), names[0]);
}

/**
 * @param {Model} model
 * @param {AspectFilter} filter
 * @returns {(index: number) => boolean}
 */
function aspectTest(model, filter) {
  const [include, exclude = []] = optionValues(filter, 'include exclude', 'filter.aspects');
  const names = model.aspectNames;
  const listed = (/** @type {Iterable<string>} */ given) =>
    listArgument('aspects', given).map((name) => {
      const aspect = names.indexOf(name);
      if (aspect < 0)
        throw badArgument('aspect', name, `one of the model, of which ${nearest(names, name)} is nearest`);
      return aspect;
    });
  const [wanted, unwanted] = [include !== undefined && listed(include), listed(exclude)];
  return (index) => {
    const aspects = aspectsOfItem(model.kernel, index);
    const hasOne = (/** @type {number[]} */ of) => aspects.some((aspect) => of.includes(aspect));
    return (!wanted || hasOne(wanted)) && !hasOne(unwanted);
  };
}

/**
 * @param {Model} model
 * @param {string} name of the argument
 * @param {Filter} filter
 * @returns {Chosen}
 */
export function filterArgument(model, name, filter) {
  if (filter instanceof Mask || filter instanceof Candidates) return ofModel(model, name, filter);
  if (typeof filter === 'function')
    return {
      unknown: [],
      passes(index) {
        const answer = /** @type {any} */ (filter(idAt(model.kernel, index)));
        // A promise is true, whatever it will say.
        if (answer?.then) throw badArgument(name, 'a promise', 'true or false');
        return answer;
      },
    };
  if (Object(filter) !== filter) throw badArgument(name, filter, 'a function, ids, a mask or { aspects }');
  if (Symbol.iterator in filter) return new Candidates(model, name, filter);
  const [aspects] = optionValues(filter, 'aspects', name);
  return { unknown: [], passes: aspectTest(model, /** @type {AspectFilter} */ (aspects)) };
}
