// Owns C structs as bytes, read and written by their layout in abi.js. Must not know any one of them.

/** @import { FieldType, Layout } from './abi.js' */

const views = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  u64: BigUint64Array,
  f32: Float32Array,
  f64: Float64Array,
  pointer: Uint32Array,
};

/**
 * @template {Layout} L
 * @param {L} layout
 * @param {Uint8Array<ArrayBuffer>} bytes of the struct alone, in a buffer of their own
 * @returns {Record<keyof L['fields'], number>}
 */
export function readStruct({ fields }, { buffer }) {
  const values = /** @type {any} */ ({});
  for (const [name, [type, offset]] of Object.entries(fields))
    values[name] = Number(new views[type](buffer, offset, 1)[0]);
  return values;
}

/**
 * @template {Layout} L
 * @param {L} layout
 * @param {Record<keyof L['fields'], number>} values
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function writeStruct({ bytes, fields }, values) {
  const struct = new Uint8Array(bytes);
  for (const [name, [type, offset]] of Object.entries(fields)) {
    const value = values[/** @type {keyof L['fields']} */ (name)];
    new views[type](struct.buffer, offset, 1)[0] = /** @type {never} */ (
      type === 'u64' ? BigInt(value) : value
    );
  }
  return struct;
}
