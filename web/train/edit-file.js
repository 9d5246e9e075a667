// Owns a model file as sections that may be exchanged: the rest stays byte for byte, in the order it
// has. Must not know why items come or go; what it writes, the loader checks.
import { badArgument } from '../core/arguments.js';
import { bytesView } from '../core/bytes.js';
import { crc32c } from '../core/crc32c.js';
import { AmpcfError } from '../core/errors.js';
import { dtypeBytes, expandedVectors, floatsOf, sectionsOf, wholeNumbersOf } from '../core/sections.js';
import { graphSectionNames } from '../core/sections.js';
import { sectionNames } from '../core/abi.js';
import { startTrainer } from './module.js';

/** @import { Section } from '../core/sections.js' */
/** @typedef {import('./kernel.js').TrainKernel} TrainKernel */

const knownNames = [...sectionNames, ...graphSectionNames];
const headerBytes = 128;
const entryBytes = 48;
const alignment = 64;
export const dtypes = Object.freeze({ f32: 1, f16: 2, i8: 3, u8: 4, u16: 5, u32: 6 });

const aligned = (/** @type {number} */ at) => Math.ceil(at / alignment) * alignment;

/**
 * Bytes in the order of the file, of a typed array of this machine, which like wasm is little-endian.
 * @param {ArrayBufferView} array
 */
export const bytesOf = (array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** A model file that the loader has accepted, to be changed. */
export class EditedFile {
  #kernel;
  #header;
  /** @type {Section[]} */ #sections;

  /**
   * @param {TrainKernel} kernel
   * @param {Uint8Array} bytes
   */
  constructor(kernel, bytes) {
    const { header, items, dim, sections } = sectionsOf(bytes);
    this.#kernel = kernel;
    this.#header = header;
    this.#sections = [...sections];
    this.items = items;
    this.dim = dim;
  }

  /** @param {string} name */
  find(name) {
    return this.#sections.find((section) => section.name === name);
  }

  /**
   * A section that each file has.
   * @param {string} name
   */
  get(name) {
    return /** @type {Section} */ (this.find(name));
  }

  /** @param {string} name */
  offsets(name) {
    return wholeNumbersOf(this.get(name));
  }

  /** Vectors as they are scored. */
  vectors() {
    return expandedVectors(this.get('item vectors'), this.find('item scales'), this.dim);
  }

  /**
   * Numbers of the items, where the file has them.
   * @param {string} name
   */
  floats(name) {
    const section = this.find(name);
    return section && floatsOf(section);
  }

  /**
   * Texts between offsets.
   * @param {string} offsetsName
   * @param {string} name
   * @returns {string[]}
   */
  texts(offsetsName, name) {
    if (!this.find(name)) return [];
    const offsets = this.offsets(offsetsName);
    const { data } = this.get(name);
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    return Array.from({ length: offsets.length - 1 }, (_, i) =>
      decoder.decode(data.subarray(offsets[i], offsets[i + 1])),
    );
  }

  /**
   * Other bytes for a section; one that is not there comes before the metadata, which are last.
   * @param {string} name
   * @param {Uint8Array} data
   * @param {number} [dtype] default: as it is
   */
  set(name, data, dtype = this.get(name).dtype) {
    const there = this.find(name);
    const cols = there?.cols ?? 1;
    const rows = data.length / dtypeBytes[dtype] / cols;
    const type = knownNames.indexOf(name);
    const section = { type, name, flags: 0, ...there, dtype, rows, cols, data };
    if (there) this.#sections[this.#sections.indexOf(there)] = section;
    else {
      const last = this.#sections.findIndex((each) => each.name === 'metadata');
      this.#sections.splice(last < 0 || name === 'metadata' ? this.#sections.length : last, 0, section);
    }
  }

  /** All sections, in the order of the file. */
  get sections() {
    return this.#sections;
  }

  /** @param {string} name */
  remove(name) {
    this.#sections = this.#sections.filter((section) => section.name !== name);
  }

  /** The metadata; empty where they are no object of JSON. */
  metadata() {
    try {
      const found = JSON.parse(new TextDecoder().decode(this.find('metadata')?.data));
      if (typeof found === 'object' && found !== null) return /** @type {Record<string, any>} */ (found);
    } catch {
      // As the loader has it: metadata are for people.
    }
    return {};
  }

  /** @returns {Uint8Array<ArrayBuffer>} checked by the loader */
  bytes() {
    const table = headerBytes + entryBytes * this.#sections.length;
    let end = table;
    const places = this.#sections.map(({ data }) => {
      const from = aligned(end);
      end = from + data.length;
      return from;
    });
    const out = new Uint8Array(end);
    const view = new DataView(out.buffer);
    out.set(this.#header);
    this.#sections.forEach((section, s) => {
      out.set(section.data, places[s]);
      putEntry(view, headerBytes + s * entryBytes, section, places[s]);
    });
    view.setBigUint64(16, BigInt(end), true);
    view.setUint32(24, this.#sections.length, true);
    view.setUint32(32, this.items, true);
    view.setUint32(124, 0, true);
    view.setUint32(124, crc32c(out.subarray(0, table)), true);
    this.#kernel.checkModel(out, 'the model would be refused by the loader');
    return out;
  }
}

/**
 * @param {DataView} view
 * @param {number} at
 * @param {Section} section
 * @param {number} offset
 */
function putEntry(view, at, { type, flags, dtype, rows, cols, data }, offset) {
  const u32 = (/** @type {number} */ place, /** @type {number} */ value) =>
    view.setUint32(at + place, value, true);
  u32(0, type);
  u32(4, flags);
  view.setBigUint64(at + 8, BigInt(offset), true);
  view.setBigUint64(at + 16, BigInt(data.length), true);
  u32(24, dtype);
  u32(28, rows);
  u32(32, cols);
  u32(36, crc32c(data));
}

/**
 * @param {unknown} bytes of a model file
 * @returns {Promise<EditedFile>}
 * @throws {AmpcfError} what loading the file throws; UNSUPPORTED_VERSION: it has a section that this
 *   version does not know, whose items would be left as they were
 */
export async function openToEdit(bytes) {
  const file = bytesView(bytes);
  if (!file) throw badArgument('model file', bytes, 'a Uint8Array');
  const copy = new Uint8Array(file);
  const kernel = await startTrainer();
  kernel.checkModel(copy, 'model file');
  const unknown = sectionsOf(copy).sections.find(({ name }) => name === '');
  if (unknown)
    throw new AmpcfError(
      'UNSUPPORTED_VERSION',
      `model file: got a section of type ${unknown.type}, wanted those up to ${knownNames.length - 1}: ` +
        'update the library',
    );
  return new EditedFile(kernel, copy);
}
