// Owns reading and writing C structs by their layout in abi.js. Must not know any one of them.

/** @import { FieldType, Layout } from './abi.js' */
/** @import { WasmMemory } from './memory.js' */
/**
 * What the fields hold, by their names.
 * @template {Layout} L
 * @typedef {{ [Name in keyof L['fields']]: L['fields'][Name][0] extends 'bytes' ? Uint8Array : number }}
 *   StructValues
 */

/**
 * @param {WasmMemory} memory
 * @param {FieldType} type
 * @param {number} at
 */
const fieldAt = (memory, type, at) => memory[type === 'pointer' ? 'u32' : type](at, 1);

/**
 * @template {Layout} L
 * @param {WasmMemory} memory
 * @param {L} layout of numbers only
 * @param {number} at
 * @returns {StructValues<L>}
 */
export function readStruct(memory, { fields }, at) {
  const values = /** @type {any} */ ({});
  for (const [name, [type, offset]] of Object.entries(fields))
    values[name] = Number(fieldAt(memory, /** @type {FieldType} */ (type), at + offset)[0]);
  return values;
}

/**
 * Every field, so that nothing of what was there before is left.
 * @template {Layout} L
 * @param {WasmMemory} memory
 * @param {L} layout
 * @param {number} at
 * @param {StructValues<L>} values
 */
export function writeStruct(memory, { fields }, at, values) {
  for (const [name, [type, offset, length]] of Object.entries(fields)) {
    const value = /** @type {any} */ (values)[name];
    if (type === 'bytes') memory.u8(at + offset, /** @type {number} */ (length)).set(value);
    else
      fieldAt(memory, type, at + offset)[0] = /** @type {never} */ (type === 'u64' ? BigInt(value) : value);
  }
}
