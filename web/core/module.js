// Owns which build of the core runs: SIMD where the engine has it and computes it right, else scalar. Must
// not fetch anything.
import packedSimd from '../../dist/wasm/core-simd.wasm.zlib';
import { badArgument, messageOf } from './arguments.js';
import { compilePacked, notStarted } from './compile.js';
import { WasmMemory, decodeBase64 } from './memory.js';

/** @typedef {'simd' | 'scalar'} Backend */
/** @type {Partial<Record<Backend, WebAssembly.Module>>} */
const compiled = {};

// A chunk of its own: only engines without SIMD download it.
const compileScalar = () =>
  import('./scalar.js').then(({ default: base64 }) => WebAssembly.compile(decodeBase64(base64)));

/** @typedef {{ memory: WasmMemory, backend: Backend | 'given', why: string }} Core */

/**
 * @param {Backend} backend
 * @param {string} why
 * @returns {Promise<Core>}
 */
async function start(backend, why) {
  // A compilation that failed is not remembered: the next load tries again.
  const module = (compiled[backend] ??= await (backend === 'simd'
    ? compilePacked(packedSimd)
    : compileScalar()));
  return { memory: WasmMemory.start(module, backend), backend, why };
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
