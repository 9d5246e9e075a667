// Owns safetensors: arrays by name behind a JSON header, read and written. Must not know what the arrays
// mean.
import { badFile } from './npy.js';
import { numbersOf, sizes } from './numbers.js';

/** @import { NumberArray, NumberType } from './numbers.js' */

/** @type {Record<string, NumberType>} */
const types = {
  F16: 'f16',
  BF16: 'bf16',
  F32: 'f32',
  F64: 'f64',
  I8: 'i8',
  I16: 'i16',
  I32: 'i32',
  I64: 'i64',
  U8: 'u8',
  U16: 'u16',
  U32: 'u32',
  U64: 'u64',
};
const mostHeader = 1e8;

/** @param {Uint8Array} bytes */
export function isSafetensors(bytes) {
  if (bytes.length < 10) return false;
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  return length >= 2n && length <= BigInt(Math.min(mostHeader, bytes.length - 8)) && bytes[8] === 0x7b;
}

/**
 * @param {Uint8Array} bytes
 * @param {string} file
 * @returns {{ arrays: Map<string, NumberArray>, metadata: Record<string, string> }}
 */
export function readSafetensors(bytes, file) {
  if (!isSafetensors(bytes)) throw badFile(file, 'safetensors', 'no header', 'a whole .safetensors file');
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  let header;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch (cause) {
    throw badFile(file, 'safetensors header', /** @type {Error} */ (cause).message, 'JSON');
  }
  const data = bytes.subarray(8 + length);
  const { __metadata__: metadata = {}, ...tensors } = header;
  const arrays = Object.entries(tensors).map(
    ([name, tensor]) =>
      /** @type {[string, NumberArray]} */ ([name, tensorOf(tensor, data, `${file}(${name})`)]),
  );
  return { arrays: new Map(arrays), metadata };
}

/**
 * @param {any} tensor
 * @param {Uint8Array} data
 * @param {string} file
 */
function tensorOf(tensor, data, file) {
  const type = types[tensor?.dtype];
  if (!type) throw badFile(file, 'dtype', tensor?.dtype, Object.keys(types).join(', '));
  const { shape, data_offsets: offsets } = tensor;
  const n = Array.isArray(shape) ? shape.reduce((product, size) => product * size, 1) : NaN;
  const [from, to] = Array.isArray(offsets) ? offsets : [];
  if (!(from >= 0 && to <= data.length && to - from === n * sizes[type]))
    throw badFile(file, 'data_offsets', JSON.stringify(offsets), `${n * sizes[type]} bytes in the file`);
  return { shape, numbers: numbersOf(data.subarray(from, to), type) };
}

/**
 * @param {Map<string, { shape: number[], numbers: Float32Array }>} arrays
 * @param {Record<string, string>} metadata
 * @returns {Uint8Array}
 */
export function writeSafetensors(arrays, metadata) {
  /** @type {Record<string, unknown>} */
  const header = { __metadata__: metadata };
  let at = 0;
  for (const [name, { shape, numbers }] of arrays) {
    header[name] = { dtype: 'F32', shape, data_offsets: [at, at + numbers.byteLength] };
    at += numbers.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Math.ceil(text.length / 8) * 8;
  const out = Buffer.alloc(8 + length + at, ' ');
  out.writeBigUInt64LE(BigInt(length), 0);
  text.copy(out, 8);
  let to = 8 + length;
  for (const { numbers } of arrays.values())
    for (const x of numbers) {
      out.writeFloatLE(x, to);
      to += 4;
    }
  return out;
}
