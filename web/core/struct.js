// Owns C structs as bytes, read and written by their layout in abi.js. Must not know any one of them.

/** @import { Layout } from './abi.js' */
/**
 * What the fields hold, by their names.
 * @template {Layout} L
 * @typedef {{ [Name in keyof L['fields']]: L['fields'][Name][0] extends 'bytes' ? Uint8Array : number }}
 *   StructValues
 */

const views = {
  bytes: Uint8Array,
  u32: Uint32Array,
  u64: BigUint64Array,
  f32: Float32Array,
  f64: Float64Array,
  pointer: Uint32Array,
};

/**
 * @template {Layout} L
 * @param {L} layout
 * @param {Uint8Array<ArrayBuffer>} bytes of the struct, in a buffer of their own
 * @returns {StructValues<L>}
 */
export function readStruct({ fields }, { buffer }) {
  const values = /** @type {any} */ ({});
  for (const [name, [type, offset, length]] of Object.entries(fields)) {
    const array = new views[type](buffer, offset, length ?? 1);
    values[name] = length ? array : Number(array[0]);
  }
  return values;
}

/**
 * Every field; what is no field is zero.
 * @template {Layout} L
 * @param {L} layout
 * @param {StructValues<L>} values
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function writeStruct({ bytes, fields }, values) {
  const struct = new Uint8Array(bytes);
  for (const [name, [type, offset, length = 1]] of Object.entries(fields)) {
    const value = /** @type {any} */ (values)[name];
    const given = type === 'bytes' ? value : [type === 'u64' ? BigInt(value) : value];
    new views[type](struct.buffer, offset, length).set(/** @type {never} */ (given));
  }
  return struct;
}
