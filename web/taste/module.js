// Owns starting the taste module, a small wasm of its own. Must not be needed to rank, and must not know models.
import gzip from '../../dist/wasm/taste.wasm.gz';
import { messageOf } from '../arguments.js';
import { AmpcfError } from '../errors.js';
import { WasmMemory, decodeBase64 } from '../memory.js';
import { TasteKernel } from './kernel.js';

/** @type {Promise<TasteKernel> | undefined} */
let started;

/** In Node at once: it loads with the model, and compiling aside takes Node ten times as long. */
async function compile() {
  const zlib = globalThis.process?.getBuiltinModule?.('node:zlib'), packed = decodeBase64(gzip);
  if (zlib) return new WebAssembly.Module(zlib.gunzipSync(packed));
  return WebAssembly.compile(await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer());
}

async function start() {
  const memory = new WasmMemory(await compile());
  if (memory.call('ampcf_taste_self_test') !== 1) throw new AmpcfError('INSTANCE_FAILED', 'the taste module computes wrong numbers on this engine');
  return new TasteKernel(memory);
}

/** The one instance; a start that failed is not remembered, the next call tries again. @returns {Promise<TasteKernel>} */
export async function tasteKernel() {
  try {
    return await (started ??= start());
  } catch (error) {
    started = undefined;
    if (error instanceof AmpcfError) throw error;
    throw new AmpcfError('NO_WASM', `the taste module could not be started (a Content-Security-Policy needs 'wasm-unsafe-eval'): ${messageOf(error)}`, { cause: error });
  }
}
