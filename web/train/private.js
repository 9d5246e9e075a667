// Owns `private: true`: the settings that it stands for, and what it does not go with. Must not train.
import { badArgument } from '../core/arguments.js';
import { trainDefaults } from './defaults.js';

/** @import { CanonicalInteractions } from './interactions.js' */

/** What would remember more of a person than the settings that were measured. */
const floors = { lambda: trainDefaults.lambda, minSupport: trainDefaults.minSupport };
const ceilings = { dim: trainDefaults.dim, neighbours: 0 };

/** There only where they are asked for: other trainings write the metadata that they have always had. */
export const forgetful = Object.freeze(['supportLambda', 'vectorStep']);
/** supportLambda follows from the data. */
const privateDefaults = { supportLambda: /** @type {number | undefined} */ (undefined), vectorStep: 0.5 };

/** What a search leaves alone beside `private`. */
export const privateFixed = Object.freeze(['lambda', 'unobserved']);

/**
 * Beside `private` a setting can be given that remembers less, but none that remembers more.
 * @param {Record<string, any>} given
 */
function refuseContradictions(given) {
  const { objective = 'als' } = given;
  if (objective !== 'als') throw badArgument('objective', objective, 'als: private is a training by als');
  for (const name of forgetful)
    if (given[name] === 0) throw badArgument(name, 0, 'more than 0, or nothing: private needs it');
  for (const [name, low] of Object.entries(floors))
    if (typeof given[name] === 'number' && given[name] < low)
      throw badArgument(name, given[name], `${low} or more: private allows no less`);
  for (const [name, high] of Object.entries(ceilings))
    if (typeof given[name] === 'number' && given[name] > high)
      throw badArgument(name, given[name], `${high}${high > 0 ? ' or less' : ''}: private allows no more`);
}

/**
 * @param {Record<string, any>} given
 * @returns {boolean}
 */
export function isPrivate(given) {
  if (given.private === undefined || given.private === false) return false;
  if (given.private !== true) throw badArgument('private', given.private, 'true or false');
  refuseContradictions(given);
  return true;
}

/**
 * @param {Record<string, any>} given
 * @param {boolean} toBePrivate
 * @returns {Record<string, number | undefined>}
 */
export const forgetfulDefaults = (given, toBePrivate) =>
  toBePrivate
    ? privateDefaults
    : Object.fromEntries(forgetful.filter((name) => given[name] !== undefined).map((name) => [name, 0]));

/**
 * The people that an item must have so that it may keep much of what they like. Chosen on the validation part
 * of two public sets of 600 and 6,000 people (METRICS.md).
 * @param {Pick<CanonicalInteractions, 'users'>} data
 */
export const privateSupport = ({ users }) => Number((4 * Math.sqrt(users)).toPrecision(3));
