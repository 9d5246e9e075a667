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
} from '../core/abi.js';
import { expandedVectors, floatsOf, sectionsOf } from '../core/sections.js';

/** @import { Section } from '../core/sections.js' */
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

/**
 * @param {Uint8Array} bytes of a model file
 * @returns {ModelArrays}
 */
export function arraysOfModel(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { items, dim, sections } = sectionsOf(bytes);
  const find = (/** @type {string} */ name) => sections.find((section) => section.name === name);
  const floats = (/** @type {string} */ name) => {
    const section = find(name);
    return section && floatsOf(section);
  };
  const row = /** @type {Float32Array} */ (floats('settings'));
  return {
    items,
    dim,
    vectors: expandedVectors(/** @type {Section} */ (find('item vectors')), find('item scales'), dim),
    bias: /** @type {Float32Array} */ (floats('item bias')),
    weights: floats('item weights'),
    targets: floats('item targets'),
    kind: view.getUint32(44, true),
    neighbours: find('neighbours') !== undefined,
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
