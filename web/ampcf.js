// Owns the browser and Node entry: ranking, and taste beside it. Must have no top-level side effects and no
// dependencies.
import { optionsArgument } from './core/options.js';
import { loadNames } from './core/source.js';
import { loadModel as load } from './rank.js';
import { taste, tasteFrom } from './taste.js';

export * from './rank.js';

/** @import { Model } from './model/model.js' */
/** @import { LoadOptions } from './rank.js' */
/** @import { ModelSource } from './core/source.js' */

/** @typedef {LoadOptions & { tasteModule?: WebAssembly.Module | undefined }} FullLoadOptions */

/**
 * Load a model file, as `loadModel` of 'ampcf/rank' does, which see; profiles measure taste and calibrate
 * lists. Runtimes that forbid compiling give two modules: `module` from 'ampcf/core.wasm', `tasteModule` from
 * 'ampcf/taste.wasm'.
 * @param {ModelSource} source
 * @param {FullLoadOptions} [options]
 * @returns {Promise<Model>}
 */
export async function loadModel(source, options = {}) {
  const { tasteModule, ...others } = optionsArgument(options, `${loadNames} tasteModule`);
  return load(source, { taste: tasteModule === undefined ? taste : tasteFrom(tasteModule), ...others });
}
