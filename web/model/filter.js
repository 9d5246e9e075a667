// Owns which items may be listed: by ids, by aspects, by a function. Must not rank.
import { badArgument, listArgument } from '../core/arguments.js';
import { aspectsOfItem, idAt, openMemory } from '../core/kernel.js';
import { optionValues } from '../core/options.js';
import { Candidates, candidatesArgument } from './candidates.js';

/** @import { Model } from './model.js' */
/** @import { AspectFilter, Filter } from './types.js' */
/** @typedef {(index: number) => unknown} Passes */
/** @typedef {{ only?: Candidates, passes?: Passes }} Chosen the items themselves, or whom to ask */

/**
 * @param {Model} model
 * @param {AspectFilter} filter
 * @returns {Passes}
 */
function aspectTest(model, filter) {
  const [include, exclude = []] = optionValues(filter, 'include exclude', 'filter.aspects');
  const names = model.aspectNames;
  const listed = (/** @type {Iterable<string>} */ given) =>
    listArgument('aspects', given).map((name) => {
      const aspect = names.indexOf(name);
      if (aspect < 0)
        throw badArgument(
          'aspect',
          name,
          `one of the model: ${names.slice(0, 40).join(', ') || 'it has none'}`,
        );
      return aspect;
    });
  const wanted = include === undefined || listed(include);
  const unwanted = listed(exclude);
  return (index) => {
    const aspects = aspectsOfItem(model.kernel, index);
    const hasOne = (/** @type {number[]} */ of) => aspects.some((aspect) => of.includes(aspect));
    return (wanted === true || hasOne(wanted)) && !hasOne(unwanted);
  };
}

/**
 * @param {Model} model
 * @param {string} name of the argument
 * @param {Filter} filter
 * @returns {Chosen}
 */
export function filterArgument(model, name, filter) {
  if (typeof filter === 'function')
    return {
      passes(index) {
        const answer = /** @type {any} */ (filter(idAt(model.kernel, index)));
        // A promise is true, whatever it will say.
        if (answer?.then) throw badArgument(name, 'a promise', 'true or false');
        return answer;
      },
    };
  if (Object(filter) !== filter) throw badArgument(name, filter, 'a function, ids, a mask or { aspects }');
  if (filter instanceof Candidates || Symbol.iterator in filter)
    return { only: candidatesArgument(model, name, filter) };
  const [aspects] = optionValues(filter, 'aspects', name);
  return { passes: aspectTest(model, /** @type {AspectFilter} */ (aspects)) };
}

/**
 * The items that pass.
 * @param {Model} model
 * @param {Filter} filter
 */
export function maskOf(model, filter) {
  openMemory(model.kernel);
  const { only, passes } = filterArgument(model, 'mask', filter);
  const all = new Uint32Array(model.info.items).map((_, index) => index);
  return only ?? new Candidates(model, all.filter(/** @type {Passes} */ (passes)), [], []);
}
