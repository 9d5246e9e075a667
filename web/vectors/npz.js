// Owns NumPy's .npz: arrays by name in a zip. Must not know what the arrays mean.
import { unzipSync } from 'fflate';
import { badFile, readNpy } from './npy.js';

/** @import { NpyArray } from './npy.js' */

/**
 * @param {Uint8Array} bytes
 * @param {string} file
 * @returns {Map<string, NpyArray | Error>} an error where an array is of a kind that is not read
 */
export function readNpz(bytes, file) {
  let entries;
  try {
    entries = unzipSync(bytes);
  } catch (cause) {
    throw badFile(file, 'npz', /** @type {Error} */ (cause).message, 'a sound .npz, as np.savez writes it');
  }
  /** @type {Map<string, NpyArray | Error>} */
  const arrays = new Map();
  for (const [entry, data] of Object.entries(entries)) {
    const name = entry.replace(/\.npy$/, '');
    try {
      arrays.set(name, readNpy(data, `${file}(${name})`));
    } catch (error) {
      arrays.set(name, /** @type {Error} */ (error));
    }
  }
  return arrays;
}
