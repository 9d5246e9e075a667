// Owns numbers as other programs store them: halves, bfloat16, both byte orders, to arrays of JavaScript.
// Must not know file formats.
import { halfToNumber } from '../core/half.js';

/** @typedef {'f16' | 'bf16' | 'f32' | 'f64' | 'i8' | 'i16' | 'i32' | 'i64' | 'u8' | 'u16' | 'u32' | 'u64'}
 *   NumberType */
/**
 * @typedef {object} NumberArray
 * @property {number[]} shape
 * @property {Float32Array | Float64Array} numbers row after row; single precision where that holds each of
 *   them
 */

/** @type {Record<NumberType, number>} */
export const sizes = {
  f16: 2,
  bf16: 2,
  f32: 4,
  f64: 8,
  i8: 1,
  i16: 2,
  i32: 4,
  i64: 8,
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
};

/** Types that single precision holds. */
const single = new Set(['f16', 'bf16', 'f32', 'i8', 'u8', 'i16', 'u16']);

const bfloat = new Float32Array(1);
const bfloatBits = new Uint32Array(bfloat.buffer);

/** @type {Record<NumberType, (view: DataView, at: number, little: boolean) => number>} */
const readers = {
  f16: (view, at, little) => halfToNumber(view.getUint16(at, little)),
  bf16: (view, at, little) => {
    bfloatBits[0] = view.getUint16(at, little) << 16;
    return bfloat[0];
  },
  f32: (view, at, little) => view.getFloat32(at, little),
  f64: (view, at, little) => view.getFloat64(at, little),
  i8: (view, at) => view.getInt8(at),
  i16: (view, at, little) => view.getInt16(at, little),
  i32: (view, at, little) => view.getInt32(at, little),
  i64: (view, at, little) => Number(view.getBigInt64(at, little)),
  u8: (view, at) => view.getUint8(at),
  u16: (view, at, little) => view.getUint16(at, little),
  u32: (view, at, little) => view.getUint32(at, little),
  u64: (view, at, little) => Number(view.getBigUint64(at, little)),
};

/**
 * @param {Uint8Array} bytes of the numbers and nothing else
 * @param {NumberType} type
 * @param {{ little?: boolean, columns?: number }} [order] columns: how many, where the numbers stand column
 *   after column
 * @returns {Float32Array | Float64Array} row after row
 */
export function numbersOf(bytes, type, { little = true, columns } = {}) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = sizes[type];
  const n = bytes.byteLength / size;
  const out = single.has(type) ? new Float32Array(n) : new Float64Array(n);
  const read = readers[type];
  if (columns === undefined) {
    for (let i = 0; i < n; i++) out[i] = read(view, i * size, little);
    return out;
  }
  const rows = n / columns;
  for (let c = 0; c < columns; c++)
    for (let r = 0; r < rows; r++) out[r * columns + c] = read(view, (c * rows + r) * size, little);
  return out;
}
