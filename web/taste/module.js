// Owns starting the taste module, a small wasm of its own. Must not be needed to rank, and must not know
// models.
import packed from '../../dist/wasm/taste.wasm.zlib';
import { compilePacked, compileNow, compilesAtOnce, notStarted } from '../core/compile.js';
import { TasteKernel } from './kernel.js';

/** @param {unknown} error */
const noWasm = (error) => notStarted('the taste module', error);

const start = async () => new TasteKernel(await compilePacked(packed));

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
  try {
    if (!kernel && !compilesAtOnce()) kernel = await (starting ??= start());
  } catch (error) {
    starting = undefined;
    throw noWasm(error);
  }
  return () => {
    try {
      return (kernel ??= new TasteKernel(compileNow(packed)));
    } catch (error) {
      throw noWasm(error);
    }
  };
}
