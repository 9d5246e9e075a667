// Owns starting train.wasm. Must stay out of the browser entry, so that pages never download it.
import scalar from '../../dist/wasm/train-scalar.wasm';
import simd from '../../dist/wasm/train-simd.wasm';
import { notStarted } from '../core/compile.js';
import { WasmMemory, decodeBase64 } from '../core/memory.js';
import { TrainKernel } from './kernel.js';

/**
 * A fresh instance: SIMD where it works, else scalar; both give the same bytes.
 * @returns {Promise<TrainKernel>}
 */
export async function startTrainer() {
  try {
    return await start();
  } catch (error) {
    throw notStarted('the trainer', error);
  }
}

async function start() {
  const simdBytes = decodeBase64(simd);
  if (WebAssembly.validate(simdBytes)) {
    const module = await WebAssembly.compile(simdBytes);
    try {
      return new TrainKernel(WasmMemory.start(module, 'simd'));
    } catch {
      // An engine whose SIMD is wrong may still compute right without it.
    }
  }
  return new TrainKernel(WasmMemory.start(await WebAssembly.compile(decodeBase64(scalar)), 'scalar'));
}
