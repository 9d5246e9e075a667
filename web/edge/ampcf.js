// Owns the entry 'ampcf' for runtimes that forbid compiling bytes and import wasm files as modules, such as
// workerd. Must not differ from it in anything else.
import coreFile from '../../dist/wasm/core-large.wasm';
import tasteFile from '../../dist/wasm/taste.wasm';
import { loadModel as load } from '../ampcf.js';
import { givenModules } from './modules.js';

export * from '../ampcf.js';

/**
 * Load a model file, as `loadModel` of 'ampcf' does, with what the runtime compiled.
 * @type {typeof load}
 */
export const loadModel = async (source, options = {}) =>
  load(source, givenModules({ module: coreFile, tasteModule: tasteFile }, options));
