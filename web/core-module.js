// Owns which build of the core runs: SIMD where the engine has it and computes it right, else scalar. Must not fetch anything.
import simdGzip from '../dist/wasm/core-simd.wasm.gz';
import { AmpcfError } from './errors.js';
import { WasmMemory } from './memory.js';

/** A function that returns i32x4.splat(0): valid only where wasm SIMD is. */
const simdProbe = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 17, 11]);

/** @typedef {'simd' | 'scalar'} Backend */
/** @type {Partial<Record<Backend, Promise<WebAssembly.Module>>>} */
const compiled = {};

/** @param {string} base64 */
function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

async function compileSimd() {
  const stream = new Blob([bytesOf(simdGzip)]).stream().pipeThrough(new DecompressionStream('gzip'));
  return WebAssembly.compile(await new Response(stream).arrayBuffer());
}

async function compileScalar() {
  // A chunk of its own: only engines without SIMD download it.
  const { default: base64 } = await import('./core-scalar.js');
  return WebAssembly.compile(bytesOf(base64));
}

/** @param {Backend} backend */
async function instantiate(backend) {
  const module = await (compiled[backend] ??= backend === 'simd' ? compileSimd() : compileScalar());
  const memory = new WasmMemory(module);
  if (memory.call('ampcf_self_test') >>> 0 !== AMPCF_SELF_TEST)
    throw new AmpcfError('INSTANCE_FAILED', `the ${backend} build computes wrong numbers on this engine`);
  return memory;
}

/**
 * A fresh instance of the core.
 * @param {'auto' | Backend} backend
 * @param {WebAssembly.Module} [module] a module compiled by the host, for runtimes that refuse to compile bytes
 * @returns {Promise<{ memory: WasmMemory, backend: Backend | 'given', why: string }>}
 */
export async function instantiateCore(backend, module) {
  if (typeof WebAssembly !== 'object')
    throw new AmpcfError('NO_WASM', 'this engine has no WebAssembly, or the page forbids it (Content-Security-Policy needs \'wasm-unsafe-eval\')');
  if (module) return { memory: new WasmMemory(module), backend: 'given', why: 'options.module' };
  if (backend !== 'auto') return { memory: await instantiate(backend), backend, why: 'options.backend' };
  if (!WebAssembly.validate(simdProbe) || typeof DecompressionStream === 'undefined')
    return { memory: await instantiate('scalar'), backend: 'scalar', why: 'the engine has no wasm SIMD or no DecompressionStream' };
  try {
    return { memory: await instantiate('simd'), backend: 'simd', why: 'the engine has wasm SIMD and passed the self-test' };
  } catch (error) {
    if (!(error instanceof AmpcfError)) throw new AmpcfError('NO_WASM', `WebAssembly could not be compiled: ${error instanceof Error ? error.message : error}`, { cause: error });
    return { memory: await instantiate('scalar'), backend: 'scalar', why: error.message };
  }
}
