// Owns the Model object: an open model file in one wasm instance. Must not know where the bytes came from.
/// <reference lib="esnext.disposable" preserve="true" />
import { countArgument, itemId, listArgument, optionsArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { encodeId } from '../core/memory.js';
import { Profile } from './profile.js';
import { readSavedProfile } from './saved-profile.js';
import { guessKind, hexOf } from '../core/source.js';

/** @import { WasmMemory } from '../core/memory.js' */
/** @import { Taste } from '../taste.js' */
/** @import { HistoryEvent, ProfileOptions } from './profile.js' */
/** @typedef {{ item: string, title: string, score: number }} SimilarItem */
/**
 * @typedef {object} ModelInfo
 * @property {number} items N
 * @property {number} dim D
 * @property {number} personas most personas a profile may have
 * @property {number} aspects A
 * @property {number} neighbours pairs of items that vouch for each other beside the vectors; 0 without
 * @property {number} bytes size of the file
 * @property {string} lineage hex, ties saved profiles to this training
 * @property {Record<string, any>} metadata what the trainer wrote about itself
 */

const noItem = 0xffffffff;
const sectionNames = [
  'header',
  'item vectors',
  'item scales',
  'item bias',
  'gram',
  'settings',
  'id offsets',
  'ids',
  'id order',
  'title offsets',
  'titles',
  'aspect offsets',
  'aspect names',
  'item aspect offsets',
  'item aspects',
  'metadata',
  'neighbour offsets',
  'neighbours',
  'neighbour values',
  'neighbour scales',
  'item weights',
  'item targets',
  'item clusters',
];

/** An open model. Make one with `loadModel`; release it with `dispose()`. */
export class Model {
  #memory;
  #address;
  #blocks;
  #diagnostics;
  #disposed = false;
  #abandoned =
    typeof FinalizationRegistry === 'function'
      ? new FinalizationRegistry((/** @type {number} */ address) => this.#memory?.free(address))
      : undefined;
  /** @type {ModelInfo} */ #info;
  /** @type {Map<string, number>} */ #found = new Map();

  /**
   * Copies the bytes into wasm, checks them there once, and never reads the caller's buffer again.
   * @param {{ memory: WasmMemory, backend: string, why: string }} core
   * @param {Uint8Array} bytes
   */
  constructor(core, bytes) {
    const { memory } = core;
    this.#memory = memory;
    this.#diagnostics = { backend: core.backend, why: core.why };
    const size = bytes.byteLength,
      file = memory.allocate(size);
    memory.u8(file, size).set(bytes);
    const needed = memory.call('ampcf_model_memory', file, size) >>> 0;
    this.#blocks = [file, memory.allocate(needed)];
    this.#address = this.#open(bytes, needed);
    this.#info = this.#readInfo(size);
  }

  /**
   * @param {Uint8Array} bytes
   * @param {number} needed
   */
  #open(bytes, needed) {
    const memory = this.#memory;
    return memory.scoped([16, 48], (out, fault) => {
      const status = memory.call(
        'ampcf_model_open',
        this.#blocks[0],
        bytes.byteLength,
        this.#blocks[1],
        needed,
        out,
        fault,
      );
      if (status === 0) return memory.u32(out, 1)[0];
      // ampcf_fault on wasm32: offset, got, wanted (u64 each), what (char *), section, status.
      const [offset, got, wanted] = [...memory.u64(fault, 3)].map(Number);
      const [what, sectionType] = memory.u32(fault + 24, 2);
      const code = memory.statusName(status),
        section = sectionNames[sectionType] ?? `section type ${sectionType}`;
      const message =
        code === 'BAD_MAGIC'
          ? `not an ampcf model file: got ${guessKind(bytes)}`
          : `model file refused (${code}): ${memory.text(what)} in ${section} at byte ${offset}: got ${got}, wanted ${wanted}`;
      for (const block of this.#blocks) memory.free(block);
      throw new AmpcfError(code, message, { section, offset, got, wanted });
    });
  }

  /**
   * @param {number} fileBytes
   * @returns {ModelInfo}
   */
  #readInfo(fileBytes) {
    const memory = this.#memory,
      at = this.#address;
    const lineage = hexOf(memory.u8(memory.call('ampcf_model_lineage', at), 16));
    let metadata = {};
    try {
      metadata = JSON.parse(this.#text('ampcf_model_metadata') || '{}');
    } catch {
      // Metadata is for people: a file with odd metadata still ranks.
    }
    return Object.freeze({
      items: memory.call('ampcf_model_items', at),
      dim: memory.call('ampcf_model_dim', at),
      personas: memory.call('ampcf_model_personas', at),
      aspects: memory.call('ampcf_model_aspects', at),
      neighbours: memory.call('ampcf_model_neighbours', at),
      bytes: fileBytes,
      lineage,
      metadata,
    });
  }

  /**
   * @param {string} name
   * @param {...number} args
   */
  #text(name, ...args) {
    return this.memory.scoped([16], (length) => {
      const at = this.memory.call(name, this.#address, ...args, length);
      return this.memory.text(at, this.memory.u32(length, 1)[0]);
    });
  }

  /**
   * @internal A folded profile holds wasm memory: freed at the latest when nobody refers to it any more.
   * @param {object} profile
   * @param {number} address
   */
  keep(profile, address) {
    this.#abandoned?.register(profile, address, profile);
  }

  /**
   * @internal
   * @param {object} profile
   * @param {number} address
   */
  release(profile, address) {
    this.#abandoned?.unregister(profile);
    this.memory.free(address);
  }

  /**
   * @internal
   * @returns {WasmMemory}
   */
  get memory() {
    if (this.#disposed) throw new AmpcfError('DISPOSED', 'the model was disposed: load it again');
    return this.#memory;
  }

  /**
   * Taste over this model: distributions, distances, floors, other orders. Undefined where it was loaded by
   * 'ampcf/rank' without `taste`.
   * @type {Taste | undefined}
   */
  taste;

  /**
   * @internal
   * @param {string} what
   * @returns {Taste}
   */
  needTaste(what) {
    if (!this.taste)
      throw new AmpcfError(
        'NEEDS_TASTE',
        `${what}: got a model without taste, wanted loadModel(source, { taste }) with taste of 'ampcf/taste'`,
      );
    return this.taste;
  }

  /** @internal */
  get address() {
    return this.#address;
  }

  /** Sizes, lineage and the trainer's own words. */
  get info() {
    return this.#info;
  }

  /**
   * @internal Index of an id, or undefined when the model does not know it.
   * @param {string} id
   */
  indexOf(id) {
    let index = this.#found.get(id);
    if (index === undefined) {
      const bytes = encodeId(id),
        { memory } = this;
      index =
        bytes.length === 0 || bytes.length > 512
          ? noItem
          : memory.scoped([bytes.length], (at) => {
              memory.u8(at, bytes.length).set(bytes);
              return memory.call('ampcf_model_find', this.#address, at, bytes.length) >>> 0;
            });
      // Remember known ids only: their number is bounded by the catalogue.
      if (index !== noItem) this.#found.set(id, index);
    }
    return index === noItem ? undefined : index;
  }

  /**
   * Does the model know this item?
   * @param {string | number} item
   */
  has(item) {
    return this.indexOf(itemId(item)) !== undefined;
  }

  /**
   * @internal
   * @param {number} index
   */
  idAt(index) {
    return this.#text('ampcf_model_id', index);
  }

  /**
   * @internal
   * @param {number} index
   */
  titleAt(index) {
    return this.#text('ampcf_model_title', index) || this.idAt(index);
  }

  /**
   * @internal
   * @param {number} index
   */
  aspectAt(index) {
    return this.#text('ampcf_model_aspect', index);
  }

  /**
   * Title of an item, its id where the file has no titles. Throws UNKNOWN_ITEM.
   * @param {string | number} item
   */
  title(item) {
    return this.titleAt(this.#known(item));
  }

  /**
   * Aspects (genres, tags, ...) of an item. Throws UNKNOWN_ITEM.
   * @param {string | number} item
   * @returns {string[]}
   */
  aspects(item) {
    return this.aspectsAt(this.#known(item)).map((aspect) => this.aspectAt(aspect));
  }

  /**
   * @internal
   * @param {number} index
   * @returns {number[]}
   */
  aspectsAt(index) {
    const { memory } = this;
    return memory.scoped([16], (count) => {
      const at = memory.call('ampcf_model_item_aspects', this.#address, index, count);
      return [...memory.u16(at, memory.u32(count, 1)[0])];
    });
  }

  /** @param {string | number} item */
  #known(item) {
    const index = this.indexOf(itemId(item));
    if (index === undefined)
      throw new AmpcfError('UNKNOWN_ITEM', `the model does not know item ${JSON.stringify(item)}`);
    return index;
  }

  /**
   * Every item id, most popular first.
   * @returns {string[]}
   */
  ids() {
    return Array.from({ length: this.#info.items }, (_, index) => this.idAt(index));
  }

  /**
   * Items most like one item, by cosine of the item vectors.
   * @param {string | number} item
   * @param {{ topK?: number }} [options]
   * @returns {SimilarItem[]} best first; scores in [-1, 1]
   */
  similar(item, options = {}) {
    const { topK = 10 } = optionsArgument(options),
      index = this.#known(item),
      { memory } = this;
    const k = Math.min(countArgument('topK', topK), this.#info.items);
    return memory.scoped([k * 12, 16], (list, count) => {
      memory.call('ampcf_similar', this.#address, index, k, list, count);
      const n = memory.u32(count, 1)[0];
      const words = memory.u32(list, n * 3).slice(),
        floats = new Float32Array(words.buffer);
      return Array.from({ length: n }, (_, i) => ({
        item: this.idAt(words[3 * i]),
        title: this.titleAt(words[3 * i]),
        score: floats[3 * i + 1],
      }));
    });
  }

  /**
   * A profile of one person. It stays in this process: nothing is sent anywhere.
   * @param {Iterable<HistoryEvent | string | number>} [history] events or plain item ids
   * @param {ProfileOptions} [options]
   */
  createProfile(history = [], options = {}) {
    const profile = new Profile(this, options);
    for (const event of listArgument('history', history)) profile.add(event);
    return profile.settle();
  }

  /**
   * A profile from what `profile.save()` gave, rebuilt from its events, also for a newer model; what `forget`
   * left of others is for the model that made it, and another goes without. Throws BAD_PROFILE when the bytes
   * are damaged, UNSUPPORTED_VERSION when they come from a newer library.
   * @param {Uint8Array} bytes
   * @param {ProfileOptions} [options]
   */
  restoreProfile(bytes, options = {}) {
    const profile = this.createProfile([], options);
    readSavedProfile(this, bytes, profile);
    return profile;
  }

  /**
   * Which build runs and why, how much memory it holds, and the model card where the trainer wrote one: the
   * quality of its personas, what it gives away.
   */
  diagnostics() {
    return {
      ...this.#diagnostics,
      memoryBytes: this.memory.bytes,
      info: this.#info,
      card: this.#info.metadata.card ?? null,
    };
  }

  /**
   * Release the wasm memory. Every later call of this model or its profiles throws DISPOSED; disposing twice
   * is fine.
   */
  dispose() {
    this.#disposed = true;
    this.#found.clear();
    // The instance and its memory go when nothing refers to them.
    this.#memory = /** @type {any} */ (undefined);
  }

  [Symbol.dispose]() {
    this.dispose();
  }
}
