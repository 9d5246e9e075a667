// Owns which build of the core runs: SIMD where the engine has it and computes it right, else scalar. Must
// not fetch anything.
import simdGzip from '../../dist/wasm/core-simd.wasm.gz';
import { badArgument } from './arguments.js';
import { canUnpack, compileGzip, notStarted } from './compile.js';
import { AmpcfError } from './errors.js';
import { WasmMemory, decodeBase64 } from './memory.js';

/** A module with a function that returns i32x4.splat(0): valid only where wasm SIMD is. */
const simdProbe = 'AGFzbQEAAAABBQFgAAF7AwIBAAoIAQYAQQD9EQs=';

/** @typedef {'simd' | 'scalar'} Backend */
/** @type {Partial<Record<Backend | 'large', WebAssembly.Module>>} */
const compiled = {};

/** A catalogue of so many is worth pruning: ROUNDED_LEAST_ITEMS of src/core/rounded.h. */
const largeItems = 2000;

async function compileScalar() {
  // A chunk of its own: only engines without SIMD download it.
  const { default: base64 } = await import('./scalar.js');
  return WebAssembly.compile(decodeBase64(base64));
}

/** @typedef {{ memory: WasmMemory, backend: Backend | 'given', why: string }} Core */

/**
 * @param {Backend} backend
 * @param {string} why
 * @returns {Promise<Core>}
 */
async function start(backend, why) {
  // A compilation that failed is not remembered: the next load tries again.
  const module = (compiled[backend] ??= await (backend === 'simd' ? compileGzip(simdGzip) : compileScalar()));
  return { memory: WasmMemory.start(module, backend), backend, why };
}

/**
 * @param {'auto' | Backend} backend
 * @param {WebAssembly.Module | undefined} module
 * @returns {Promise<Core>}
 */
async function choose(backend, module) {
  if (module) return { memory: WasmMemory.start(module, 'given'), backend: 'given', why: 'options.module' };
  if (backend !== 'auto') return start(backend, 'options.backend');
  if (!WebAssembly.validate(decodeBase64(simdProbe)) || !canUnpack())
    return start('scalar', 'no wasm SIMD or no DecompressionStream');
  try {
    return await start('simd', 'wasm SIMD passed the self-test');
  } catch (error) {
    if (!(error instanceof AmpcfError)) throw error;
    return start('scalar', error.message);
  }
}

/**
 * A fresh instance of the core.
 * @param {'auto' | Backend} backend
 * @param {WebAssembly.Module} [module] a module compiled by the host, for runtimes that refuse to compile
 *   bytes
 * @returns {Promise<Core>}
 */
export async function instantiateCore(backend, module) {
  if (!['auto', 'simd', 'scalar'].includes(backend))
    throw badArgument('backend', backend, "'auto', 'simd' or 'scalar'");
  try {
    return await choose(backend, module);
  } catch (error) {
    throw notStarted('WebAssembly', error);
  }
}

/**
 * The core for a model file: for a large catalogue the one that prunes, which gives the same lists sooner.
 * @param {Core} core
 * @param {Uint8Array} bytes of the file
 * @returns {Promise<Core>} core itself where there is nothing to prune, or no such chunk to be had
 */
export async function coreFor(core, bytes) {
  const items = bytes.byteLength < 36 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(32, true);
  if (core.backend !== 'simd' || items < largeItems) return core;
  try {
    // A chunk of its own: a page with a small catalogue does not download it.
    compiled.large ??= await compileGzip((await import('./large.js')).default);
    return { ...core, memory: WasmMemory.start(compiled.large, 'large') };
  } catch {
    return core;
  }
}
