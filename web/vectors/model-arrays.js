// Owns the numbers of a model file as arrays: vectors as they are scored, bias, item weights and targets,
// settings. Must only be given bytes that the loader has accepted.
import {
  SETTING_ALPHA,
  SETTING_GATE,
  SETTING_LAMBDA,
  SETTING_LEAVES,
  SETTING_NU,
  SETTING_PROPORTIONAL,
  SETTING_SPLIT,
  sectionNames,
} from '../core/abi.js';
import { numbersOf } from './numbers.js';

/** @import { NumberType } from './numbers.js' */
/**
 * @typedef {object} ModelArrays
 * @property {number} items N
 * @property {number} dim D
 * @property {Float32Array} vectors (N, D)
 * @property {Float32Array} bias (N)
 * @property {Float32Array | undefined} weights (N)
 * @property {Float32Array | undefined} targets (N)
 * @property {Record<string, number>} settings by the names of modelFromVectors
 * @property {number} kind
 * @property {boolean} neighbours whether the file has more than vectors say
 */

const headerBytes = 128;
const entryBytes = 48;
/** @type {Record<number, NumberType>} */
const types = { 1: 'f32', 2: 'f16', 3: 'i8', 4: 'u8', 5: 'u16', 6: 'u32' };

/** @param {Uint8Array} bytes */
function sectionsOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const n = view.getUint32(24, true);
  return new Map(
    Array.from({ length: n }, (_, s) => {
      const at = headerBytes + s * entryBytes;
      const from = Number(view.getBigUint64(at + 8, true));
      const length = Number(view.getBigUint64(at + 16, true));
      return [
        sectionNames[view.getUint32(at, true)] ?? '',
        { type: types[view.getUint32(at + 24, true)], data: bytes.subarray(from, from + length) },
      ];
    }),
  );
}

/**
 * @param {Uint8Array} bytes of a model file
 * @returns {ModelArrays}
 */
export function arraysOfModel(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sections = sectionsOf(bytes);
  const items = view.getUint32(32, true);
  const dim = view.getUint32(36, true);
  const floats = (/** @type {string} */ name) => {
    const section = sections.get(name);
    return section && Float32Array.from(numbersOf(section.data, section.type));
  };
  const vectors = /** @type {Float32Array} */ (floats('item vectors'));
  const scales = floats('item scales');
  if (scales) for (let i = 0; i < vectors.length; i++) vectors[i] *= scales[Math.floor(i / dim)];
  const row = /** @type {Float32Array} */ (floats('settings'));
  return {
    items,
    dim,
    vectors,
    bias: /** @type {Float32Array} */ (floats('item bias')),
    weights: floats('item weights'),
    targets: floats('item targets'),
    kind: view.getUint32(44, true),
    neighbours: sections.has('neighbours'),
    settings: {
      personas: view.getUint32(40, true),
      alpha: row[SETTING_ALPHA],
      lambda: row[SETTING_LAMBDA],
      nu: row[SETTING_NU],
      split: row[SETTING_SPLIT],
      gate: row[SETTING_GATE],
      leaves: row[SETTING_LEAVES],
      proportional: row[SETTING_PROPORTIONAL],
    },
  };
}
