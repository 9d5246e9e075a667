// Owns which build of the core runs: SIMD where the engine has it and computes it right, else scalar. Must
// not fetch anything.
import simdGzip from '../../dist/wasm/core-simd.wasm.gz';
import { badArgument, messageOf } from './arguments.js';
import { AmpcfError } from './errors.js';
import { WasmMemory, decodeBase64 } from './memory.js';

/** A function that returns i32x4.splat(0): valid only where wasm SIMD is. */
const simdProbe = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 17, 11,
]);

/** @typedef {'simd' | 'scalar'} Backend */
/** @type {Partial<Record<Backend, WebAssembly.Module>>} */
const compiled = {};

/**
 * Node's zlib, which is there at once; merely naming a web stream makes Node load them all, which takes 15
 * ms.
 */
const nodeZlib = () => globalThis.process?.getBuiltinModule?.('node:zlib');

async function compileSimd() {
  const zlib = nodeZlib();
  if (zlib) return new WebAssembly.Module(zlib.gunzipSync(decodeBase64(simdGzip)));
  const stream = new Blob([decodeBase64(simdGzip)]).stream().pipeThrough(new DecompressionStream('gzip'));
  return WebAssembly.compile(await new Response(stream).arrayBuffer());
}

async function compileScalar() {
  // A chunk of its own: only engines without SIMD download it.
  const { default: base64 } = await import('./scalar.js');
  return WebAssembly.compile(decodeBase64(base64));
}

/** @param {Backend} backend */
async function instantiate(backend) {
  // A compilation that failed is not remembered: the next load tries again.
  return WasmMemory.start(
    (compiled[backend] ??= await (backend === 'simd' ? compileSimd() : compileScalar())),
    backend,
  );
}

/** @typedef {{ memory: WasmMemory, backend: Backend | 'given', why: string }} Core */

/**
 * @param {'auto' | Backend} backend
 * @param {WebAssembly.Module | undefined} module
 * @returns {Promise<Core>}
 */
async function choose(backend, module) {
  if (module) return { memory: WasmMemory.start(module, 'given'), backend: 'given', why: 'options.module' };
  if (backend !== 'auto') return { memory: await instantiate(backend), backend, why: 'options.backend' };
  if (!WebAssembly.validate(simdProbe) || !(nodeZlib() || typeof DecompressionStream === 'function'))
    return {
      memory: await instantiate('scalar'),
      backend: 'scalar',
      why: 'the engine has no wasm SIMD or no DecompressionStream',
    };
  try {
    return {
      memory: await instantiate('simd'),
      backend: 'simd',
      why: 'the engine has wasm SIMD and passed the self-test',
    };
  } catch (error) {
    if (!(error instanceof AmpcfError)) throw error;
    return { memory: await instantiate('scalar'), backend: 'scalar', why: error.message };
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
    if (typeof WebAssembly !== 'object') throw Error('the engine has none');
    return await choose(backend, module);
  } catch (error) {
    if (error instanceof AmpcfError) throw error;
    // Engines report a memory that cannot be reserved as a RangeError.
    throw new AmpcfError(
      error instanceof RangeError ? 'OUT_OF_MEMORY' : 'NO_WASM',
      `WebAssembly could not be started (a Content-Security-Policy needs 'wasm-unsafe-eval'): ${messageOf(error)}`,
      { cause: error },
    );
  }
}
