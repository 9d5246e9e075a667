// Owns what measures read of a profile: its events as they are folded, what each says of taste, whose it is.
// Must not be needed to rank, and must not measure.
import { responsibilitiesOf, sharesOf } from '../core/kernel.js';

/** @import { FoldedProfile } from '../core/kernel.js' */
/** @import { Profile } from './profile.js' */
/**
 * @typedef {object} Measured
 * @property {FoldedProfile} core
 * @property {string[]} known (H) events whose items the model knows
 * @property {number[]} indices (H) of them
 * @property {number[]} weights (H) what each says of taste: w g, 0 where it was not liked
 * @property {number[]} shares (P)
 * @property {Float32Array} responsibilities (H x P)
 */

/**
 * @param {Profile} profile
 * @returns {Measured}
 */
export function measured(profile) {
  const state = profile.state.now();
  const { core, known, indices } = state;
  return {
    core,
    known,
    indices,
    weights: known.map((id) => {
      const { weight, preference } = state.facts(id);
      return weight * Math.max(preference, 0);
    }),
    shares: sharesOf(core),
    responsibilities: responsibilitiesOf(core),
  };
}
