// Owns opening a model file from disk, and saying that it was the model that was bad. Must not rank.
import { loadModel } from '../ampcf.js';
import { AmpcfError } from '../core/errors.js';
import { readFileBytes } from '../read/bytes.js';
import { inline } from '../read/inline.js';

const notTheModel = new Set(['IO', 'DISK_FULL', 'OUT_OF_MEMORY', 'NO_WASM', 'INSTANCE_FAILED']);

/** @param {string} path */
export async function loadModelFile(path) {
  return openModel(path, await readFileBytes(path));
}

/**
 * @param {string} path
 * @param {Uint8Array} bytes
 */
export async function openModel(path, bytes) {
  try {
    return await loadModel(bytes);
  } catch (error) {
    if (!(error instanceof AmpcfError) || notTheModel.has(error.code)) throw error;
    throw new AmpcfError(error.code, `${inline(path)}: ${error.message}`, {
      ...error.details,
      badModel: true,
      cause: error,
    });
  }
}
