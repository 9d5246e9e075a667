// Owns the checks that what is given is a model or a profile, for the entries beside ranking. Must not load
// either of them.
import { badArgument } from '../core/arguments.js';

/** @import { Model } from './model.js' */
/** @import { Profile } from './profile.js' */

/**
 * @param {unknown} given
 * @returns {Model}
 */
export function modelArgument(given) {
  const model = /** @type {Model | undefined} */ (given);
  if (typeof model?.restoreProfile !== 'function' || !model.kernel)
    throw badArgument('model', given, 'a model of loadModel');
  return model;
}

/**
 * @param {unknown} given
 * @param {Model} [model] that it is to be of: indices of one are none of another
 * @returns {Profile}
 */
export function profileArgument(given, model) {
  const profile = /** @type {Profile | undefined} */ (given);
  if (typeof profile?.state?.now !== 'function')
    throw badArgument('profile', given, 'a profile of model.createProfile');
  if (model && profile.model !== model) throw badArgument('profile', given, 'a profile of this model');
  return profile;
}
