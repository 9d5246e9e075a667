// Owns an evidence file in use: opened whole, or its head first and then the sentences of the items that are
// shown. Must fetch nothing but the file it was given, and that through core/source.js.
import { badArgument, itemId, listArgument } from '../core/arguments.js';
import { crc32c } from '../core/crc32c.js';
import { AmpcfError } from '../core/errors.js';
import { optionsArgument } from '../core/options.js';
import { readRange, readSource } from '../core/source.js';
import { modelArgument } from '../model/handles.js';
import { badFile, checkOf, sentencesIn } from './format.js';
import { headEnd, headIn, placesIn, tableEnd } from './head.js';

/** @import { ModelSource, ReadOptions } from '../core/source.js' */
/** @import { Model } from '../model/model.js' */
/** @import { Source } from './cares.js' */
/** @import { StoredSentence } from './format.js' */
/** @import { Head } from './head.js' */
/**
 * @typedef {ReadOptions & { ranges?: boolean }} EvidenceLoadOptions ranges: fetch the head of a URL now, and
 *   later the sentences of the items that are asked for, by HTTP Range; the server then learns which items
 * are shown. Default: all at once, and no request later
 */
/** @typedef {{ text: string, aspects: string[], polarity: -1 | 0 | 1 }} EvidenceSentence */

/** The head of a small catalogue is in the first bytes, which come with the first request. */
const firstBytes = 32768;
/** Blocks that lie so near are fetched together. */
const nearBytes = 2048;
const optionNames = 'ranges integrity signal onProgress maxBytes';
const none = /* @__PURE__ */ new Map();

/** @typedef {(from: number, to: number) => Promise<Uint8Array>} ReadRange */

/** What people say of items: an evidence file of `ampcf evidence` or `makeEvidence`. */
export class Evidence {
  #head;
  /** @type {Map<string, number>} */ #index;
  /** @type {ReadRange} */ #read;
  /** @type {Map<number, StoredSentence[]>} */ #sentences = new Map();
  /** @type {Map<number, Map<string, number>>} */ #mentions = new Map();
  /** @internal @type {Source} */ source;

  /**
   * @internal
   * @param {Head} head
   * @param {ReadRange} read of the file
   */
  constructor(head, read) {
    this.#head = head;
    this.#index = new Map(head.ids.map((id, i) => [id, i]));
    this.#read = read;
    this.source = { of: (item) => this.#mentioned(item), ids: () => head.ids, leans: true };
  }

  /** How many items have sentences, all aspects, and what the maker said of itself. */
  get info() {
    const { ids, aspects, metadata } = this.#head;
    return { items: ids.length, aspects: [...aspects], metadata };
  }

  /**
   * Refuses a model that is not the one the file was made for: the same id may be another item there. Items
   * that are appended or retired leave a model what it is. A file that does not say goes with all.
   * @param {Model} model
   * @throws {AmpcfError} WRONG_MODEL
   */
  goesWith(model) {
    const { lineage } = modelArgument(model).info;
    const { lineage: wanted = lineage } = this.#head.metadata ?? {};
    if (wanted === lineage) return;
    const made = 'ampcf evidence makes one for this model, and with --any-model for all';
    throw badFile('WRONG_MODEL', 'model', lineage, `${wanted}, which it was made for: ${made}`);
  }

  /** Ids of the items that have sentences. */
  ids() {
    return [...this.#head.ids];
  }

  /**
   * Are there sentences of this item?
   * @param {string | number} item
   */
  has(item) {
    return this.#index.has(itemId(item));
  }

  /**
   * What people say most of an item: aspects, and how many people speak of each (255 at most).
   * @param {string | number} item
   * @returns {{ aspect: string, people: number }[]} the most mentioned first; empty for an item without
   */
  mentions(item) {
    return Array.from(this.#mentioned(itemId(item)), ([aspect, people]) => ({ aspect, people }));
  }

  /** @param {string} id */
  #mentioned(id) {
    const item = this.#index.get(id);
    if (item === undefined) return /** @type {ReadonlyMap<string, number>} */ (none);
    let found = this.#mentions.get(item);
    if (!found) {
      const { offsets, mentioned, weights, aspects } = this.#head;
      const places = Array.from({ length: offsets[item + 1] - offsets[item] }, (_, i) => offsets[item] + i);
      found = new Map(places.map((x) => [aspects[mentioned[x]], weights[x]]));
      this.#mentions.set(item, found);
    }
    return found;
  }

  /**
   * Fetches the sentences of items, of those that lie near each other together: for a list that is to be
   * shown. Nothing is fetched twice, nor where the file was loaded whole.
   * @param {Iterable<string | number>} items
   */
  async load(items) {
    const { starts } = this.#head;
    const wanted = listArgument('items', items)
      .flatMap((item) => this.#index.get(itemId(item)) ?? [])
      .filter((item) => !this.#sentences.has(item))
      .sort((a, b) => a - b);
    /** @type {number[][]} */ const groups = [];
    for (const item of new Set(wanted)) {
      const group = groups.at(-1);
      if (group && starts[item] - starts[Number(group.at(-1)) + 1] <= nearBytes) group.push(item);
      else groups.push([item]);
    }
    await Promise.all(groups.map((group) => this.#take(group)));
  }

  /** @param {number[]} group of items, in order */
  async #take(group) {
    const { starts, checks, blocks, offsets, mentioned } = this.#head;
    const from = starts[group[0]];
    const bytes = await this.#read(blocks.from + from, blocks.from + starts[group[group.length - 1] + 1]);
    for (const item of group) {
      const block = bytes.subarray(starts[item] - from, starts[item + 1] - from);
      if (checkOf(block) !== checks[item])
        throw badFile('CHECKSUM', `sentences of ${this.#head.ids[item]}`, 'another sum', 'the one it says');
      this.#sentences.set(item, sentencesIn(block, mentioned.subarray(offsets[item], offsets[item + 1])));
    }
  }

  /**
   * The sentences of an item, as the file has them. Texts of people nobody knows: set them as textContent,
   * never as innerHTML.
   * @param {string | number} item
   * @returns {Promise<EvidenceSentence[]>} empty for an item without
   */
  async sentences(item) {
    const id = itemId(item);
    const index = this.#index.get(id);
    if (index === undefined) return [];
    await this.load([id]);
    const { aspects } = this.#head;
    return /** @type {StoredSentence[]} */ (this.#sentences.get(index)).map(
      ({ text, polarity, aspects: own }) => ({
        text,
        aspects: own.map((aspect) => aspects[aspect]),
        polarity: /** @type {-1 | 0 | 1} */ (polarity),
      }),
    );
  }
}

/**
 * @param {string | URL} url
 * @param {EvidenceLoadOptions} options
 */
async function loadByRanges(url, { signal, maxBytes = 2 ** 30 }) {
  const first = await readRange(url, 0, firstBytes, signal);
  if (first.whole) return openEvidence(first.bytes);
  const found = placesIn(first.bytes, first.size);
  const end = headEnd(found.places);
  if (end > maxBytes)
    throw badFile('LIMIT', 'head', `${end} bytes`, `at most ${maxBytes} (options.maxBytes)`);
  let head = first.bytes.subarray(0, end);
  if (head.length < end) {
    const rest = await readRange(url, head.length, end, signal);
    head = new Uint8Array(end);
    head.set(first.bytes);
    head.set(rest.whole ? rest.bytes.subarray(first.bytes.length, end) : rest.bytes, first.bytes.length);
  }
  return new Evidence(headIn(head, found), async (from, to) => {
    const { bytes, size, whole } = await readRange(url, from, to);
    if (size !== found.size)
      throw badFile('CHECKSUM', 'bytes in all', size, `${found.size}, as when it was opened`);
    if (!whole && bytes.length !== to - from)
      throw badFile('TRUNCATED', 'bytes of sentences', bytes.length, String(to - from));
    return whole ? bytes.subarray(from, to) : bytes;
  });
}

/** @param {Uint8Array} bytes of a whole file */
function openEvidence(bytes) {
  const found = placesIn(bytes, bytes.length);
  const head = headIn(bytes, found);
  const { from, crc, length } = head.blocks;
  if (crc32c(bytes.subarray(from, from + length)) !== crc)
    throw badFile('CHECKSUM', 'sentences', 'another CRC32C', 'the one it says');
  return new Evidence(head, async (a, b) => bytes.subarray(a, b));
}

/**
 * Files are read by what reads models, which calls them so.
 * @param {unknown} error
 * @returns {never}
 */
function sayEvidence(error) {
  if (!(error instanceof AmpcfError)) throw error;
  const { code, message, details, cause } = error;
  throw new AmpcfError(code, message.replace(/^model/, 'evidence'), { ...details, cause });
}

/**
 * Opens an evidence file.
 * @param {ModelSource} source
 * @param {EvidenceLoadOptions} [options]
 * @returns {Promise<Evidence>}
 * @throws {AmpcfError} BAD_MAGIC, TRUNCATED, TRAILING_DATA, CHECKSUM, BAD_SECTION, BAD_TEXT, BAD_IDS, LIMIT,
 *   UNSUPPORTED_VERSION: the file; HTTP, INTEGRITY: its download; BAD_ARGUMENT
 */
export async function loadEvidence(source, options = {}) {
  const given = optionsArgument(options, optionNames);
  const { ranges = false, ...reading } = given;
  if (typeof ranges !== 'boolean') throw badArgument('ranges', ranges, 'true or false');
  if (!ranges) {
    const bytes = await readSource(source, reading).catch(sayEvidence);
    // A copy of its own: what was checked stays as it is.
    return openEvidence(new Uint8Array(bytes));
  }
  if (typeof source !== 'string' && !(source instanceof URL))
    throw badArgument('source with ranges', source, 'a URL');
  if (reading.integrity !== undefined)
    throw badArgument(
      'integrity with ranges',
      reading.integrity,
      'none: parts are checked by their own sums',
    );
  return loadByRanges(source, reading);
}
