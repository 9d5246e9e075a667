// Owns the entry 'ampcf/rank' for runtimes that forbid compiling bytes and import wasm files as modules, such
// as workerd. Must not differ from it in anything else.
import coreFile from '../../dist/wasm/core-large.wasm';
import { loadModel as load } from '../rank.js';
import { givenModules } from './modules.js';

export * from '../rank.js';

/**
 * Load a model file, as `loadModel` of 'ampcf/rank' does, with what the runtime compiled.
 * @type {typeof load}
 */
export const loadModel = async (source, options = {}) =>
  load(source, givenModules({ module: coreFile }, options));
