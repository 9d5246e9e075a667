// Owns opening a model file from disk, and saying that it was the model that was bad. Must not rank.
import { loadModel } from '../ampcf.js';
import { AmpcfError } from '../core/errors.js';
import { magic } from '../evidence/format.js';
import { graphFacts } from '../graph.js';
import { readFileBytes } from '../read/bytes.js';
import { inline } from '../read/inline.js';

const notTheModel = new Set(['IO', 'DISK_FULL', 'OUT_OF_MEMORY', 'NO_WASM', 'INSTANCE_FAILED']);

/** @import { Model } from '../model/model.js' */
/** @import { LoadOptions } from '../rank.js' */

/**
 * Whether a file begins as one of `ampcf evidence`.
 * @param {Uint8Array} bytes
 */
export const isEvidence = (bytes) => magic.every((byte, i) => bytes[i] === byte);

/**
 * @param {string} path
 * @param {LoadOptions} [options]
 */
export async function loadModelFile(path, options) {
  return openModel(path, await readFileBytes(path), options);
}

/**
 * @param {string} path
 * @param {Uint8Array} bytes
 * @param {LoadOptions} [options]
 */
export async function openModel(path, bytes, options) {
  try {
    return await loadModel(bytes, options);
  } catch (error) {
    return sayBad(path, error);
  }
}

/**
 * What the graph of a model holds, which the core does not look at; null: it has none.
 * @param {string} path
 * @param {Model} model
 */
export function graphOfModel(path, model) {
  try {
    return graphFacts(model);
  } catch (error) {
    return sayBad(path, error);
  }
}

/**
 * Throws an error again, as one of the file that was given.
 * @param {string} path
 * @param {unknown} error
 * @returns {never}
 */
export function sayBad(path, error) {
  if (!(error instanceof AmpcfError) || notTheModel.has(error.code)) throw error;
  throw new AmpcfError(error.code, `${inline(path)}: ${error.message}`, {
    ...error.details,
    badModel: true,
    cause: error,
  });
}
