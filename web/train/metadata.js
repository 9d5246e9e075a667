// Owns putting other metadata into a finished model file. Must not know what it says, or write bytes of the
// file: the kernel does.
import { badArgument } from '../core/arguments.js';
import { FORMAT_MAX_METADATA_BYTES } from '../core/abi.js';
import { AmpcfError } from '../core/errors.js';
import { bytesView } from '../core/bytes.js';
import { startTrainer } from './module.js';

/** @param {Record<string, unknown>} metadata */
function jsonOf(metadata) {
  try {
    return JSON.stringify(metadata);
  } catch (cause) {
    throw badArgument('metadata', String(cause), 'what JSON can say');
  }
}

/**
 * The same model with other metadata: ranking, ids and lineage stay as they are, and saved profiles go on.
 * @param {Uint8Array} bytes of a model file that this library wrote
 * @param {Record<string, unknown>} metadata becomes `model.info.metadata`; at most 64 KiB as JSON
 * @returns {Promise<Uint8Array<ArrayBuffer>>} checked by the loader
 * @throws {AmpcfError} what loading the file throws; BAD_SECTION: its metadata is not where the trainer puts
 *   it; LIMIT: the metadata is too large; BAD_ARGUMENT
 */
export async function replaceMetadata(bytes, metadata) {
  const file = bytesView(bytes);
  if (!file) throw badArgument('model file', bytes, 'a Uint8Array');
  if (typeof metadata !== 'object' || metadata === null) throw badArgument('metadata', metadata, 'an object');
  const text = new TextEncoder().encode(jsonOf(metadata));
  if (text.length > FORMAT_MAX_METADATA_BYTES)
    throw new AmpcfError(
      'LIMIT',
      `metadata: got ${text.length} bytes, wanted at most ${FORMAT_MAX_METADATA_BYTES}`,
    );
  const kernel = await startTrainer();
  return kernel.replaceMetadata(file, text);
}
