// Owns which build of the core runs: SIMD where the engine has it and computes it right, else scalar. Must
// not fetch anything.
import packedSimd from './simd.js';
import { badArgument, messageOf } from './arguments.js';
import { compilePacked, notStarted } from './compile.js';
import { WasmMemory, decodeBase64 } from './memory.js';

/** @typedef {'simd' | 'scalar'} Backend */
/** @type {Record<string, WebAssembly.Module>} */
const compiled = {};

/**
 * Chunks of their own: what an engine without SIMD needs, and a large catalogue.
 * @param {Backend | 'large'} build
 */
const compile = async (build) =>
  build === 'scalar'
    ? WebAssembly.compile(decodeBase64((await import('./scalar.js')).default))
    : compilePacked(build === 'simd' ? packedSimd : (await import('./large.js')).default);

/**
 * @typedef {object} Core
 * @property {WasmMemory} memory
 * @property {Backend | 'given'} backend
 * @property {string} why
 * @property {() => Promise<Core>} [whole] of the core that every page downloads, which is without what few
 *   need: the one that has it, which prunes, reads files of version 0.1, and says why it refuses a file
 */

/**
 * @param {Backend} backend
 * @param {string} why
 * @param {Backend | 'large'} [build]
 * @returns {Promise<Core>}
 */
async function start(backend, why, build = backend) {
  // A compilation that failed is not remembered: the next load tries again.
  const module = (compiled[build] ??= await compile(build));
  const core = { memory: WasmMemory.start(module, build), backend, why };
  return build === 'simd' ? { ...core, whole: () => start(backend, why, 'large') } : core;
}

/**
 * A fresh instance of the core.
 * @param {'auto' | Backend} backend
 * @param {WebAssembly.Module} [module] a module compiled by the host, for runtimes that refuse to compile
 *   bytes
 * @returns {Promise<Core>}
 */
export async function instantiateCore(backend, module) {
  const backends = ['auto', 'simd', 'scalar'];
  if (!backends.includes(backend)) throw badArgument('backend', backend, `one of ${backends}`);
  try {
    if (module) return { memory: WasmMemory.start(module, 'given'), backend: 'given', why: 'options.module' };
    if (backend !== 'auto') return await start(backend, 'options.backend');
    // An engine without SIMD refuses the module, one without DecompressionStream cannot unpack it.
    return await start('simd', 'wasm SIMD passed the self-test').catch((error) =>
      start('scalar', messageOf(error)),
    );
  } catch (error) {
    throw notStarted('WebAssembly', error);
  }
}

/**
 * The core for a model file. From 2,048 items on, ROUNDED_LEAST_ITEMS of src/core/rounded.h, it is the one
 * that prunes, which gives the same lists sooner.
 * @param {Core} core
 * @param {Uint8Array} bytes of the file
 * @returns {Promise<Core>} core itself where there is nothing to prune, or no such chunk to be had
 */
export const coreFor = async (core, bytes) =>
  core.whole && (bytes[33] > 7 || bytes[34] || bytes[35]) ? core.whole().catch(() => core) : core;
