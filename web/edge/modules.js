// Owns what the entries of this room add to options. Must not compile anything.
import { isObject } from '../core/arguments.js';

/**
 * An import of a wasm file is text to our bundler's types, and a module to such a runtime.
 * @param {unknown} file
 */
export const compiledFile = (file) => /** @type {WebAssembly.Module} */ (file);

/**
 * Options with the modules of the runtime, unless the caller brings others; what is no object is left to
 * those who refuse it.
 * @template T
 * @param {Record<string, unknown>} files
 * @param {T} options
 * @returns {T}
 */
export const givenModules = (files, options) => (isObject(options) ? { ...files, ...options } : options);
