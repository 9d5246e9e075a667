// Owns what every score begins with: the biases of the items. Must not fold a history.
import { scoresOf } from '../core/kernel.js';

/** @import { Model } from './model.js' */

/**
 * The score of each item for somebody of whom nothing is known.
 * @param {Model} model
 * @returns {Float32Array} (N)
 */
export function biasesOf(model) {
  const nobody = model.createProfile();
  try {
    return scoresOf(nobody.state.now().core);
  } finally {
    nobody.dispose();
  }
}
