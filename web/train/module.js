// Owns starting train.wasm. Must stay out of the browser entry, so that pages never download it.
import scalar from '../../dist/wasm/train-scalar.wasm';
import simd from '../../dist/wasm/train-simd.wasm';
import { notStarted } from '../core/compile.js';
import { WasmMemory, decodeBase64 } from '../core/memory.js';
import { TrainKernel } from './kernel.js';

/**
 * @typedef {object} StartedTrainer
 * @property {TrainKernel} kernel a fresh instance
 * @property {{ module: WebAssembly.Module, name: string }} build that others are started from
 */

/**
 * A fresh instance: SIMD where it works, else scalar; both give the same bytes.
 * @returns {Promise<TrainKernel>}
 */
export const startTrainer = async () => (await startTrainerBuild()).kernel;

/**
 * The same, with what it was started from.
 * @returns {Promise<StartedTrainer>}
 */
export async function startTrainerBuild() {
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
      return started(module, 'simd');
    } catch {
      // An engine whose SIMD is wrong may still compute right without it.
    }
  }
  return started(await WebAssembly.compile(decodeBase64(scalar)), 'scalar');
}

/**
 * @param {WebAssembly.Module} module
 * @param {string} name
 * @returns {StartedTrainer}
 */
function started(module, name) {
  return { kernel: new TrainKernel(WasmMemory.start(module, name)), build: { module, name } };
}
