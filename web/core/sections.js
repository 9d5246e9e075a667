// Owns where the sections of a model file lie, and the numbers in them. Must only be given bytes that the
// loader has accepted.
import { sectionNames } from './abi.js';
import { halfToNumber } from './half.js';

/**
 * @typedef {object} Section
 * @property {number} type
 * @property {string} name of sectionNames; empty: this version does not know it
 * @property {number} flags
 * @property {number} dtype 1 f32, 2 f16, 3 i8, 4 u8, 5 u16, 6 u32
 * @property {number} rows
 * @property {number} cols
 * @property {Uint8Array} data a view of the file
 */

/** Optional sections that JavaScript alone knows, from type 23 on. */
export const graphSectionNames = Object.freeze([
  'relation offsets',
  'relation names',
  'entity offsets',
  'entity names',
  'triple offsets',
  'triple relations',
  'triple tails',
  'relation weights',
  'graph shares',
]);

/**
 * What a section is called; empty: this version does not know it.
 * @param {number} type
 */
export const sectionName = (type) =>
  sectionNames[type] ?? graphSectionNames[type - sectionNames.length] ?? '';

const headerBytes = 128;
const entryBytes = 48;
/** Bytes of one number, by its dtype. */
export const dtypeBytes = [0, 4, 2, 1, 1, 2, 4];

/**
 * @param {Uint8Array} bytes of a model file
 * @returns {{ header: Uint8Array, items: number, dim: number, sections: Section[] }} in the order of the file
 */
export function sectionsOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u32 = (/** @type {number} */ at) => view.getUint32(at, true);
  const sections = Array.from({ length: u32(24) }, (_, s) => {
    const at = headerBytes + s * entryBytes;
    const from = Number(view.getBigUint64(at + 8, true));
    const length = Number(view.getBigUint64(at + 16, true));
    return {
      type: u32(at),
      name: sectionName(u32(at)),
      flags: u32(at + 4),
      dtype: u32(at + 24),
      rows: u32(at + 28),
      cols: u32(at + 32),
      data: bytes.subarray(from, from + length),
    };
  });
  return { header: bytes.subarray(0, headerBytes), items: u32(32), dim: u32(36), sections };
}

/** @type {((view: DataView, at: number) => number)[]} */
const readers = [
  () => 0,
  (view, at) => view.getFloat32(at, true),
  (view, at) => halfToNumber(view.getUint16(at, true)),
  (view, at) => view.getInt8(at),
  (view, at) => view.getUint8(at),
  (view, at) => view.getUint16(at, true),
  (view, at) => view.getUint32(at, true),
];

/**
 * @template {Float32Array | Uint32Array | Float64Array} T
 * @param {T} to as many numbers as the section has
 * @param {Pick<Section, 'data' | 'dtype'>} section
 * @returns {T}
 */
function readInto(to, { data, dtype }) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const size = dtypeBytes[dtype];
  const read = readers[dtype];
  for (let i = 0; i < to.length; i++) to[i] = read(view, i * size);
  return to;
}

const countOf = (/** @type {Pick<Section, 'data' | 'dtype'>} */ { data, dtype }) =>
  data.length / dtypeBytes[dtype];

/**
 * @param {Pick<Section, 'data' | 'dtype'>} section of f32, f16, i8
 */
export const floatsOf = (section) => readInto(new Float32Array(countOf(section)), section);

/**
 * @param {Pick<Section, 'data' | 'dtype'>} section of u8, u16, u32
 */
export const wholeNumbersOf = (section) => readInto(new Uint32Array(countOf(section)), section);

/**
 * Vectors as they are scored.
 * @param {Pick<Section, 'data' | 'dtype'>} stored
 * @param {Pick<Section, 'data' | 'dtype'> | undefined} scales of int8
 * @param {number} dim
 */
export function expandedVectors(stored, scales, dim) {
  const vectors = floatsOf(stored);
  const factors = scales && floatsOf(scales);
  if (factors) for (let i = 0; i < vectors.length; i++) vectors[i] *= factors[Math.floor(i / dim)];
  return vectors;
}
