// Owns what is said where a training does not fit the 4 GiB that wasm memory ends at. Must not train.
import { AmpcfError } from '../core/errors.js';

/** @import { CanonicalInteractions } from './interactions.js' */

export const wasmBytes = 2 ** 32;
/** Stack, data and what is allocated in between. */
const aside = 2 ** 21;

const count = (/** @type {number} */ n) => n.toLocaleString('en');
const gib = (/** @type {number} */ bytes) => `${(bytes / 2 ** 30).toFixed(2)} GiB`;

/**
 * Bytes of what is trained on.
 * @param {Pick<CanonicalInteractions, 'offsets' | 'items' | 'weights'>} data
 */
export const inputBytes = ({ offsets, items, weights }) =>
  offsets.byteLength + items.byteLength + (weights?.byteLength ?? 0);

/**
 * Refuses a training that no wasm memory is large enough for, with what it would take.
 * @param {CanonicalInteractions} data
 * @param {number} dim
 * @param {number} state bytes of a training besides its input; 0: more than 4 GiB
 * @throws {AmpcfError} OUT_OF_MEMORY
 */
export function checkWasmFits(data, dim, state) {
  const input = inputBytes(data);
  if (state > 0 && input + state + aside <= wasmBytes) return;
  const { users, itemIds, items } = data;
  const n = itemIds.length;
  // The index by item; vectors of people and, twice, of items.
  const least = 8 * items.length + 4 * dim * (users + 2 * n);
  const wanted = state ? input + state : Math.max(input + least, wasmBytes);
  const atLeast = state ? '' : 'at least ';
  const needs = wanted > wasmBytes ? atLeast + gib(wanted) : 'more than 4 GiB';
  throw new AmpcfError(
    'OUT_OF_MEMORY',
    `training on ${count(items.length)} interactions of ${count(users)} people with ${count(n)} items at ` +
      `dim ${dim} needs ${needs}, got the 4 GiB of wasm memory, wanted no more: ` +
      'a smaller dim (--dim) or a larger minSupport (--min-support) needs less, and ' +
      'examples/spark trains on what fits no machine',
    { wanted, limit: wasmBytes },
  );
}
