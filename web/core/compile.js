// Owns turning the wasm that a bundle carries, zlib's in base64, into a module, and saying why that failed.
// Must not know what a module does.
import { messageOf } from './arguments.js';
import { AmpcfError } from './errors.js';
import { decodeBase64 } from './memory.js';

/** Node's zlib, which is there at once; merely naming a web stream makes Node load them all, in 15 ms. */
const nodeZlib = () => globalThis.process?.getBuiltinModule?.('node:zlib');

/** Does this engine unpack and compile without a promise, as Node does? */
export const compilesAtOnce = () => Boolean(nodeZlib());

/**
 * Unpack and compile without a promise; only where `compilesAtOnce`.
 * @param {string} packed in base64
 * @param {any} zlib of Node
 */
export const compileNow = (packed, zlib = nodeZlib()) =>
  new WebAssembly.Module(zlib.inflateSync(decodeBase64(packed)));

/**
 * @param {string} packed in base64
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compilePacked(packed) {
  const zlib = nodeZlib();
  if (zlib) return compileNow(packed, zlib);
  const stream = new Blob([decodeBase64(packed)]).stream().pipeThrough(new DecompressionStream('deflate'));
  return WebAssembly.compile(await new Response(stream).arrayBuffer());
}

/**
 * @param {string} what could not be started
 * @param {unknown} error why; one of ours says enough
 */
export function notStarted(what, error) {
  if (error instanceof AmpcfError) return error;
  // Engines report a memory that cannot be reserved as a RangeError.
  return new AmpcfError(
    error instanceof RangeError ? 'OUT_OF_MEMORY' : 'NO_WASM',
    `${what} did not start (a Content-Security-Policy needs 'wasm-unsafe-eval'): ${messageOf(error)}`,
    { cause: error },
  );
}
