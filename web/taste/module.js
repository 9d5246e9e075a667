// Owns starting the taste module, a small wasm of its own. Must not be needed to rank, and must not know
// models.
import gzip from '../../dist/wasm/taste.wasm.gz';
import { messageOf } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { WasmMemory, decodeBase64 } from '../core/memory.js';
import { TasteKernel } from './kernel.js';

/** @param {WebAssembly.Module} module */
function kernelOf(module) {
  const memory = new WasmMemory(module);
  if (memory.call('ampcf_taste_self_test') !== 1)
    throw new AmpcfError('INSTANCE_FAILED', 'the taste module computes wrong numbers on this engine');
  return new TasteKernel(memory);
}

/** @param {unknown} error */
const noWasm = (error) =>
  error instanceof AmpcfError
    ? error
    : new AmpcfError(
        'NO_WASM',
        `the taste module could not be started (a Content-Security-Policy needs 'wasm-unsafe-eval'): ${messageOf(error)}`,
        { cause: error },
      );

/**
 * Node compiles at once, and so need not before taste is asked for; elsewhere undefined.
 * @returns {(() => TasteKernel) | undefined}
 */
function nodeStarter() {
  const zlib = globalThis.process?.getBuiltinModule?.('node:zlib');
  return zlib && (() => kernelOf(new WebAssembly.Module(zlib.gunzipSync(decodeBase64(gzip)))));
}

async function start() {
  return kernelOf(
    await WebAssembly.compile(
      await new Response(
        new Blob([decodeBase64(gzip)]).stream().pipeThrough(new DecompressionStream('gzip')),
      ).arrayBuffer(),
    ),
  );
}

/** @type {TasteKernel | undefined} */
let kernel;
/** @type {Promise<TasteKernel> | undefined} */
let starting;

/**
 * The one instance, when it is first asked for where that can be, else started before this resolves. A start
 * that failed is not remembered.
 * @returns {Promise<() => TasteKernel>}
 */
export async function tasteKernel() {
  const starter = nodeStarter();
  try {
    if (!kernel && !starter) kernel = await (starting ??= start());
  } catch (error) {
    starting = undefined;
    throw noWasm(error);
  }
  return () => {
    try {
      return (kernel ??= /** @type {() => TasteKernel} */ (starter)());
    } catch (error) {
      throw noWasm(error);
    }
  };
}
