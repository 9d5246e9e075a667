// Owns the results of items in train.wasm, learnt or given: where they lie, their clusters, the model file
// that is written from there. Must not check what callers pass, or know how vectors came about.
import * as abi from '../core/abi.js';
import { AmpcfError } from '../core/errors.js';
import { terminatedText } from '../core/memory.js';
import { readStruct, writeStruct } from '../core/struct.js';

/** @import { Layout } from '../core/abi.js' */
/** @import { WasmMemory } from '../core/memory.js' */
/** @import { StructValues } from '../core/struct.js' */
/** @import { ModelParts } from './kernel.js' */
/**
 * @typedef {object} ItemResults what a training has learnt of N items at width D, by the names of
 *   ampcf_model_parts
 * @property {Float32Array} vectors (N, D)
 * @property {Float32Array} bias (N)
 * @property {Float32Array} gram (D (D + 1) / 2)
 * @property {Float32Array} settings (16)
 * @property {Float32Array | null} item_weights (N)
 * @property {Float32Array | null} item_targets (N)
 */
/** @typedef {keyof typeof abi.ampcf_model_parts.fields} PartName */
/** @typedef {keyof ItemResults} TrainedPart */
/** @typedef {Uint8Array | Int8Array | Uint16Array | Uint32Array | Float32Array} Typed */

/**
 * @param {WasmMemory} memory
 * @param {Typed | null | undefined} array
 * @returns {number} the address of a copy, which is not null for an empty array; 0 for none
 */
export function put(memory, array) {
  if (!array) return 0;
  const at = memory.allocate(Math.max(1, array.byteLength));
  memory.u8(at, array.byteLength).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  return at;
}

/**
 * @template {Layout} L
 * @param {WasmMemory} memory
 * @param {L} layout
 * @param {number} at
 * @param {StructValues<L>} values
 */
export function putStruct(memory, layout, at, values) {
  memory.u8(at, layout.bytes).set(writeStruct(layout, values));
}

/**
 * @template {Layout} L
 * @param {WasmMemory} memory
 * @param {L} layout
 * @param {number} at
 */
export function getStruct(memory, layout, at) {
  return readStruct(layout, memory.u8(at, layout.bytes).slice());
}

/**
 * @param {WasmMemory} memory
 * @param {number} status
 */
export const statusName = (memory, status) =>
  terminatedText(memory, memory.call('ampcf_status_name', status));

/**
 * @param {WasmMemory} memory
 * @param {number} status
 * @param {string} what was tried, and did not succeed
 */
export function check(memory, status, what) {
  if (status === 0) return;
  const name = statusName(memory, status);
  throw new AmpcfError(name, `${what}: ${name}`);
}

/**
 * @param {WasmMemory} memory
 * @param {number} status of a writer
 * @param {number} fault address of what it said
 */
export function checkWritten(memory, status, fault) {
  if (status === 0) return;
  const { what } = getStruct(memory, abi.ampcf_fault, fault);
  throw new AmpcfError(
    statusName(memory, status),
    `the model would be refused by the loader: ${terminatedText(memory, what)}`,
  );
}

/** Where results lie in memory, and how many numbers they are; what is at 0 is nowhere. */
/** @typedef {Record<TrainedPart, [at: number, length: number]>} Places */

/** Results of N items in the memory of train.wasm. */
export class ItemsInWasm {
  #memory;
  #items;
  #dim;
  #places;

  /**
   * @param {WasmMemory} memory
   * @param {{ items: number, dim: number }} shape
   * @param {() => Places} places
   */
  constructor(memory, { items, dim }, places) {
    this.#memory = memory;
    this.#items = items;
    this.#dim = dim;
    this.#places = places;
  }

  /** @returns {Places} */
  places() {
    return this.#places();
  }

  /**
   * Copies of all of them.
   * @returns {ItemResults}
   */
  results() {
    const copies = Object.entries(this.places()).map(([name, [at, length]]) => [
      name,
      at ? this.#memory.f32(at, length).slice() : null,
    ]);
    return Object.fromEntries(copies);
  }

  /** A copy of the settings of a file that is written now. */
  settings() {
    return this.#memory.f32(...this.places().settings).slice();
  }

  /**
   * The cluster of each item by the direction of its vector.
   * @param {number} count
   * @param {number} seed
   */
  clusters(count, seed) {
    const memory = this.#memory;
    const n = this.#items;
    const bytes = memory.call('ampcf_clusters_memory', n, this.#dim, count) >>> 0;
    return memory.scoped([n, bytes], (out, scratch) => {
      const [vectors] = this.places().vectors;
      check(
        memory,
        memory.call('ampcf_clusters', vectors, n, this.#dim, count, seed, scratch, bytes, out),
        'the items could not be clustered',
      );
      return memory.u8(out, n).slice();
    });
  }

  /**
   * A model file. The results are written from where they are: a copy would double the memory of a large
   * catalogue.
   * @param {ModelParts} parts
   * @returns {Uint8Array<ArrayBuffer>}
   */
  writeModel(parts) {
    const memory = this.#memory,
      /** @type {number[]} */ copies = [];
    try {
      // Copies first: each may grow the memory and detach a view made before it.
      const given = Object.entries(parts).map(([name, part]) => {
        const [type] = abi.ampcf_model_parts.fields[/** @type {PartName} */ (name)];
        if (type !== 'pointer') return [name, part];
        const copy = put(memory, /** @type {Typed | undefined} */ (part));
        copies.push(copy);
        return [name, copy];
      });
      const trained = Object.entries(this.places()).map(([name, [at]]) => [name, at]);
      return memory.scoped([abi.ampcf_model_parts.bytes], (at) => {
        putStruct(memory, abi.ampcf_model_parts, at, Object.fromEntries([...trained, ...given]));
        return this.#file(at);
      });
    } finally {
      for (const copy of copies) memory.free(copy);
    }
  }

  /** @param {number} parts ampcf_model_parts */
  #file(parts) {
    const memory = this.#memory,
      bytes = memory.call('ampcf_model_file_bytes', parts) >>> 0;
    if (bytes === 0)
      throw new AmpcfError('LIMIT', 'the model does not fit a file: fewer items or a smaller dim are needed');
    const checkBytes = memory.call('ampcf_model_write_memory', parts) >>> 0;
    return memory.scoped([bytes, checkBytes, abi.ampcf_fault.bytes], (file, work, fault) => {
      const status = memory.call('ampcf_model_write', parts, file, bytes, work, checkBytes, fault);
      checkWritten(memory, status, fault);
      return memory.u8(file, bytes).slice();
    });
  }
}
