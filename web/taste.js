// Owns the taste entry: distributions of taste, distances between them, and lists that are re-ranked for
// taste. Must not be needed to rank.
import { modelArgument } from './model/handles.js';
import { tasteKernel, useTasteModule } from './taste/module.js';
import { Taste } from './taste/taste.js';

/** @import { Model } from './model/model.js' */
/** @typedef {import('./taste/taste.js').DistanceOptions} DistanceOptions */
/** @typedef {import('./taste/taste.js').CalibrateSettings} CalibrateSettings */
/** @typedef {import('./taste/spaces.js').OwnSpace} OwnSpace */
/**
 * What brings taste to a model, so that an app which does not measure taste need not download it.
 * @typedef {object} TastePlugin
 * @property {(model: Model) => Promise<Taste>} open what `loadModel` calls with the model that it has opened
 */

export {
  dppRerank,
  mmrRerank,
  proportionalRerank,
  steckRerank,
  tasteDistance,
  tasteDistribution,
} from './taste/arrays.js';
export { Taste };

/**
 * What `loadModel(source, { taste })` takes: taste distances with options, and `recommend({ calibrate })`.
 * Opening throws NO_WASM or INSTANCE_FAILED.
 * @type {TastePlugin}
 */
export const taste = { open: async (model) => new Taste(modelArgument(model), await tasteKernel()) };

/**
 * Taste by a module that the host has compiled, for runtimes that forbid compiling: import it from
 * 'ampcf/taste.wasm'. From then on the functions on arrays use it too.
 * @param {WebAssembly.Module} module
 * @returns {TastePlugin}
 * @throws {AmpcfError} BAD_ARGUMENT
 */
export function tasteFrom(module) {
  useTasteModule(module);
  return taste;
}
