// Owns instantiating the trainer's wasm. Must stay out of the browser entry, so that pages never download it.
import scalar from '../dist/wasm/train-scalar.wasm';
import simd from '../dist/wasm/train-simd.wasm';
import { WasmMemory } from './memory.js';

/** @param {string} base64 */
function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

/** A fresh trainer instance: SIMD where it works, else scalar; both give the same bytes. @returns {Promise<{ memory: WasmMemory }>} */
export async function instantiateTrainer() {
  const simdBytes = bytesOf(simd);
  if (WebAssembly.validate(simdBytes)) {
    const memory = new WasmMemory(await WebAssembly.compile(simdBytes));
    if (memory.call('ampcf_self_test') >>> 0 === AMPCF_SELF_TEST) return { memory };
  }
  return { memory: new WasmMemory(await WebAssembly.compile(bytesOf(scalar))) };
}
