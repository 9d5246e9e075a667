// Owns how much of the tastes that a model knows somebody has. Must not draw people.
import { itemId, listArgument } from '../core/arguments.js';
import { worldOf } from './world.js';

/** @import { Model } from '../model/model.js' */
/** @import { World } from './world.js' */
/**
 * @typedef {object} Covered shares from 0 to 1; a region is covered where somebody has it: two events and a
 *   tenth of the history, or the whole region
 * @property {number} regions how many there are
 * @property {number} covered share of them
 * @property {number} rare share of the quarter of them that is least popular
 * @property {string[]} missing names of those that nobody has
 */
/**
 * @typedef {object} Support
 * @property {Covered | null} aspects null: the model has none
 * @property {Covered} clusters
 */

const leastShare = 0.1;
const leastEvents = 2;

/**
 * @param {World} world
 * @param {'aspect' | 'cluster'} kind
 * @param {readonly Set<number>[]} histories
 * @returns {Covered}
 */
function coveredOf({ regions, popularity }, kind, histories) {
  const all = regions
    .filter((region) => region.kind === kind)
    .map((region) => ({ ...region, mass: region.items.reduce((sum, j) => sum + popularity[j], 0) }))
    .sort((a, b) => a.mass - b.mass);
  const isCovered = all.map(({ items }) =>
    histories.some((own) => {
      const events = items.reduce((sum, j) => sum + Number(own.has(j)), 0);
      return events > 0 && events >= Math.min(items.length, Math.max(leastEvents, leastShare * own.size));
    }),
  );
  const share = (/** @type {boolean[]} */ of) => of.filter(Boolean).length / Math.max(1, of.length);
  const rare = isCovered.slice(0, Math.ceil(all.length / 4));
  const missing = all.filter((_, r) => !isCovered[r]).map(({ name }) => name);
  return { regions: all.length, covered: share(isCovered), rare: share(rare), missing };
}

/**
 * How much of the aspects and clusters of a model somebody's history has: of simulated people, or of real
 * ones to compare.
 * @param {Model} model
 * @param {Iterable<Iterable<string | number>>} histories ids; those that the model does not know do not count
 * @returns {Support}
 */
export function supportOf(model, histories) {
  const world = worldOf(model);
  const sets = listArgument('histories', histories).map((history) => {
    const known = listArgument('history', history).map((id) => model.indexOf(itemId(id)));
    return new Set(known.filter((j) => j !== undefined));
  });
  const hasAspects = world.regions.some(({ kind }) => kind === 'aspect');
  return {
    aspects: hasAspects ? coveredOf(world, 'aspect', sets) : null,
    clusters: coveredOf(world, 'cluster', sets),
  };
}
