// Owns the browser and Node entry: ranking, and taste beside it. Must have no top-level side effects and no
// dependencies.
import { optionsArgument } from './core/options.js';
import { loadNames } from './core/source.js';
import { loadModel as load } from './rank.js';
import { taste } from './taste.js';

export * from './rank.js';

/** @import { Model } from './model/model.js' */
/** @import { LoadOptions } from './rank.js' */
/** @import { ModelSource } from './core/source.js' */

/**
 * Load a model file, as `loadModel` of 'ampcf/rank' does, which see; profiles measure taste and calibrate
 * lists.
 * @param {ModelSource} source
 * @param {LoadOptions} [options]
 * @returns {Promise<Model>}
 */
export async function loadModel(source, options = {}) {
  return load(source, { taste, ...optionsArgument(options, loadNames) });
}
