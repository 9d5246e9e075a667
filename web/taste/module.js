// Owns starting the taste module, a small wasm of its own. Must not be needed to rank, and must not know
// models.
import packed from '../../dist/wasm/taste.wasm.zlib';
import { badArgument } from '../core/arguments.js';
import { compilePacked, compileNow, compilesAtOnce, notStarted } from '../core/compile.js';
import { TasteKernel } from './kernel.js';

/** @param {unknown} error */
const noWasm = (error) => notStarted('the taste module', error);

const start = async () => new TasteKernel(await compilePacked(packed));

/** @type {WebAssembly.Module | undefined} */
let given;
/** @type {TasteKernel | undefined} */
let kernel;
/** @type {Promise<TasteKernel> | undefined} */
let starting;

/**
 * From now on the taste module is this one, which the host has compiled.
 * @param {WebAssembly.Module} module
 */
export function useTasteModule(module) {
  if (!(module instanceof WebAssembly.Module))
    throw badArgument('tasteModule', module, "a WebAssembly.Module, which 'ampcf/taste.wasm' is");
  given = module;
}

/**
 * The one instance, when it is first asked for where that can be, else started before this resolves. A start
 * that failed is not remembered.
 * @returns {Promise<() => TasteKernel>}
 */
export async function tasteKernel() {
  try {
    if (!kernel && !given && !compilesAtOnce()) kernel = await (starting ??= start());
  } catch (error) {
    starting = undefined;
    throw noWasm(error);
  }
  return () => {
    try {
      return (kernel ??= new TasteKernel(given ?? compileNow(packed)));
    } catch (error) {
      throw noWasm(error);
    }
  };
}
