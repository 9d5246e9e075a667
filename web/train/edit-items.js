// Owns what of a model file depends on which items it has: Gram, order of ids, how many nobody has used. Must
// not choose items.
import { FORMAT_MAX_METADATA_BYTES } from '../core/abi.js';
import { badArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { gramOf, traceOf } from '../graph/shrinkage.js';
import { bytesOf, dtypes } from './edit-file.js';

/** @import { EditedFile } from './edit-file.js' */

const leastNormal = 2 ** -126;
const mostGram = 2 ** 64;
/** Of the settings. */
const alphaAt = 0;

/**
 * Of those vectors that were trained: nobody could have had the others, so that nobody has them says nothing
 * of anybody.
 * @param {EditedFile} file
 */
function trainedGram(file) {
  const trained = file.items - appendedOf(file);
  const vectors = file.vectors().subarray(0, trained * file.dim);
  return { trained, sum: gramOf(vectors, file.floats('item weights'), file.dim) };
}

/**
 * What a file has of its training, whichever items came later: src/FORMAT.md.
 * @typedef {object} Ridge
 * @property {number} factor how many times as large as the sum over trained items the file has its Gram, were
 *   they alone; a power of 2, but for the rounding of both
 * @property {number} alpha the weight of that Gram, were they alone
 */

/**
 * @param {EditedFile} file before items come or go
 * @returns {Ridge}
 */
export function ridgeOf(file) {
  const { trained, sum } = trainedGram(file);
  const more = file.items / trained;
  const stored = traceOf(/** @type {Float32Array} */ (file.floats('gram')), file.dim);
  const factor = stored / traceOf(sum, file.dim) / more;
  const power = 2 ** Math.round(Math.log2(factor));
  const settings = /** @type {Float32Array} */ (file.floats('settings'));
  // The number that was rounded when items came, where the metadata still have it.
  const written = Math.fround(file.metadata().settings?.alpha);
  const isWritten = Math.fround(written / more) === settings[alphaAt];
  const alpha = isWritten ? written : settings[alphaAt] * more;
  if (Math.abs(factor / power - 1) < 1e-3) return { factor: power, alpha };
  return { factor: factor > 0 && Number.isFinite(factor) ? factor : 1 / more, alpha };
}

/**
 * The Gram of the trained vectors as they are now, and its weight: `alpha G` and `alpha N` of a person are
 * what they are without the other items.
 * @param {EditedFile} file
 * @param {Ridge} ridge
 */
export function setRidge(file, { factor, alpha }) {
  const { trained, sum } = trainedGram(file);
  if (file.vectors().every((x) => x === 0))
    throw badArgument('items', 'none with a vector that is not 0', 'at least one left');
  const more = file.items / trained;
  const gram = Float32Array.from(sum, (x) => {
    const value = factor * more * x;
    return Math.abs(value) < leastNormal ? 0 : Math.max(-mostGram, Math.min(mostGram, value));
  });
  file.set('gram', bytesOf(gram));
  const settings = /** @type {Float32Array} */ (file.floats('settings')).slice();
  settings[alphaAt] = alpha / more;
  file.set('settings', bytesOf(settings));
}

/**
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
function compareBytes(a, b) {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

/**
 * The order of the ids as they are now.
 * @param {EditedFile} file
 */
export function setIdOrder(file) {
  const offsets = file.offsets('id offsets');
  const { data } = file.get('ids');
  const ids = Array.from({ length: file.items }, (_, j) => data.subarray(offsets[j], offsets[j + 1]));
  file.set('id order', bytesOf(Uint32Array.from(ids.keys()).sort((a, b) => compareBytes(ids[a], ids[b]))));
}

/**
 * Items at the end of the file that nobody has used: they came by an append.
 * @param {EditedFile} file
 * @returns {number}
 */
export function appendedOf(file) {
  const { appended } = file.metadata();
  return Number.isInteger(appended) && appended > 0 && appended < file.items ? appended : 0;
}

/**
 * @param {EditedFile} file
 * @param {number} appended
 */
export function setAppended(file, appended) {
  if (appended === appendedOf(file)) return;
  const { appended: _, ...metadata } = file.metadata();
  putMetadata(file, { ...metadata, ...(appended > 0 && { appended }) });
}

/**
 * Facts beside those that the metadata have.
 * @param {EditedFile} file
 * @param {Record<string, unknown>} more
 */
export const setMetadata = (file, more) => putMetadata(file, { ...file.metadata(), ...more });

/**
 * @param {EditedFile} file
 * @param {Record<string, unknown>} metadata
 */
function putMetadata(file, metadata) {
  const text = new TextEncoder().encode(JSON.stringify(metadata));
  if (text.length > FORMAT_MAX_METADATA_BYTES)
    throw new AmpcfError(
      'LIMIT',
      `metadata: got ${text.length} bytes, wanted at most ${FORMAT_MAX_METADATA_BYTES}`,
    );
  file.set('metadata', text, dtypes.u8);
}
