// Owns the Model object: an open model file in one wasm instance. Must not know where the bytes came from.
/// <reference lib="esnext.disposable" preserve="true" />
import { AMPCF_NO_ITEM } from '../core/abi.js';
import { badArgument, countArgument, itemId, listArgument } from '../core/arguments.js';
import { Bound } from '../core/bound.js';
import { AmpcfError } from '../core/errors.js';
import {
  aspectAt,
  aspectsOfItem,
  closeModel,
  findItem,
  idAt,
  memoryBytes,
  metadataOf,
  similarTo,
  titleAt,
} from '../core/kernel.js';
import { encodeId } from '../core/memory.js';
import { hexOf } from '../core/bytes.js';
import { optionValues } from '../core/options.js';
import { candidatesArgument } from './candidates.js';
import { maskOf } from './filter.js';
import { Profile } from './profile.js';
import { readSavedProfile } from './saved-profile.js';

/** @import { Core } from '../core/module.js' */
/** @import { OpenModel } from '../core/kernel.js' */
/** @import { Taste } from '../taste.js' */
/** @import { OpenPlugin } from './plugins.js' */
/** @import { Filter, HistoryEvent, ModelInfo, ProfileOptions, SimilarItem } from './types.js' */
/** An open model. Make one with `loadModel`; release it with `dispose()`. */
export class Model extends Bound {
  #kernel;
  #diagnostics;
  /** @type {ModelInfo} */ #info;
  /** @type {Map<string, number>} */ #found = new Map();
  /** @type {string[] | undefined} */ #aspectNames;

  /**
   * @internal
   * @param {Omit<Core, 'memory' | 'whole'>} diagnostics
   * @param {OpenModel} kernel
   */
  constructor(diagnostics, kernel) {
    super();
    let metadata = {};
    try {
      const given = JSON.parse(metadataOf(kernel));
      if (given && typeof given === 'object') metadata = given;
    } catch {
      // Metadata is for people: a file with odd metadata, or none, still ranks.
    }
    this.#kernel = kernel;
    this.#diagnostics = diagnostics;
    this.#info = Object.freeze({ ...kernel.facts, lineage: hexOf(kernel.facts.lineage), metadata });
  }

  /** @internal The model in wasm: what other parts of the library read it by. */
  get kernel() {
    return this.#kernel;
  }

  /**
   * Taste over this model: distributions, distances, floors, other orders. Undefined where it was loaded by
   * 'ampcf/rank' without `taste`.
   * @type {Taste | undefined}
   */
  taste;

  /**
   * @internal What `loadModel(source, { plugins })` brought, by option.
   * @type {Map<string, OpenPlugin>}
   */
  plugins = new Map();

  /**
   * @internal
   * @param {string} what
   * @returns {Taste}
   */
  needTaste(what) {
    if (!this.taste)
      throw new AmpcfError(
        'NEEDS_TASTE',
        `${what}: got a model without, wanted loadModel(source, { taste }) of 'ampcf/taste'`,
      );
    return this.taste;
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
      index = findItem(this.#kernel, encodeId(id));
      // Remember known ids only: their number is bounded by the catalogue.
      if (index !== AMPCF_NO_ITEM) this.#found.set(id, index);
    }
    return index === AMPCF_NO_ITEM ? undefined : index;
  }

  /**
   * Does the model know this item?
   * @param {string | number} item
   */
  has(item) {
    return this.indexOf(itemId(item)) !== undefined;
  }

  /**
   * Title of an item, its id where the file has no titles. Throws UNKNOWN_ITEM.
   * @param {string | number} item
   */
  title(item) {
    return titleAt(this.#kernel, this.#known(item));
  }

  /**
   * Aspects (genres, tags, ...) of an item. Throws UNKNOWN_ITEM.
   * @param {string | number} item
   * @returns {string[]}
   */
  aspects(item) {
    return aspectsOfItem(this.#kernel, this.#known(item)).map((aspect) => aspectAt(this.#kernel, aspect));
  }

  /** @internal Of all aspects, by their number. */
  get aspectNames() {
    return (this.#aspectNames ??= Array.from({ length: this.#info.aspects }, (_, aspect) =>
      aspectAt(this.#kernel, aspect),
    ));
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
    return Array.from({ length: this.#info.items }, (_, index) => idAt(this.#kernel, index));
  }

  /**
   * Items most like one item, by cosine of the item vectors. `similar` of `ampcf/graph` also goes by
   * relations.
   * @param {string | number} item
   * @param {{ topK?: number, by?: 'taste' }} [options]
   * @returns {SimilarItem[]} best first; scores in [-1, 1]
   */
  similar(item, options = {}) {
    const [topK = 10, by = 'taste'] = optionValues(options, 'topK by');
    if (by !== 'taste') throw badArgument('by', by, 'taste, or ampcf/graph');
    const index = this.#known(item);
    const kernel = this.#kernel;
    const { items, scores } = similarTo(
      kernel,
      index,
      Math.min(countArgument('topK', topK), this.#info.items),
    );
    return Array.from(items, (other, i) => ({
      item: idAt(kernel, other),
      title: titleAt(kernel, other),
      score: scores[i],
    }));
  }

  /**
   * A list of ids that is looked up once and then ranked often: `profile.rank(candidates)`. `exclude` and
   * `filter` of `recommend` take it too.
   * @param {Iterable<string | number>} ids
   */
  candidates(ids) {
    return candidatesArgument(this, 'candidates', ids);
  }

  /**
   * Which items may be listed, found out once for any number of lists: `filter` and `exclude` of `recommend`
   * take it.
   * @param {Filter} filter ids, `{ aspects: { include, exclude } }`, or a function, which is asked about
   *   every item
   */
  mask(filter) {
    return maskOf(this, filter);
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
   * left of others is for the training that made it and for what `appendItems` and `retireItems` make of its
   * file. Another goes without, and `lost` of the profile says how many personas that were. Throws
   * BAD_PROFILE when the bytes are damaged, UNSUPPORTED_VERSION when they come from a newer library.
   * @param {Uint8Array} bytes
   * @param {ProfileOptions} [options]
   */
  restoreProfile(bytes, options = {}) {
    return readSavedProfile(this, bytes, this.createProfile([], options));
  }

  /**
   * Which build runs and why, how much memory it holds, and the model card where the trainer wrote one: the
   * quality of its personas, what it gives away.
   */
  diagnostics() {
    return {
      ...this.#diagnostics,
      memoryBytes: memoryBytes(this.#kernel),
      info: this.#info,
      card: this.#info.metadata.card ?? null,
    };
  }

  /**
   * Release the wasm memory. Every later call of this model or its profiles throws DISPOSED; disposing twice
   * is fine.
   */
  dispose() {
    this.#found.clear();
    closeModel(this.#kernel);
  }

  [Symbol.dispose]() {
    this.dispose();
  }

  /** What it is: N items, D numbers each, at most P personas of a profile, bytes of the file. */
  toString() {
    const { items, dim, personas, bytes } = this.#info;
    return `Model { N: ${items}, D: ${dim}, P: ${personas}, bytes: ${bytes} }`;
  }
}
