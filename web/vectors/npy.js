// Owns NumPy's .npy: an array in a file, read and written. Must not know what the array means.
import { AmpcfError } from '../core/errors.js';
import { numbersOf, sizes } from './numbers.js';

/** @import { NumberArray, NumberType } from './numbers.js' */
/** @typedef {NumberArray | { shape: number[], texts: string[] }} NpyArray texts: of an array of strings */

const magic = '\x93NUMPY';

/** @type {Record<string, NumberType>} */
const types = {
  f2: 'f16',
  f4: 'f32',
  f8: 'f64',
  i1: 'i8',
  i2: 'i16',
  i4: 'i32',
  i8: 'i64',
  u1: 'u8',
  u2: 'u16',
  u4: 'u32',
  u8: 'u64',
};

/**
 * @param {string} file
 * @param {string} what
 * @param {unknown} got
 * @param {string} wanted
 */
export const badFile = (file, what, got, wanted) =>
  new AmpcfError('BAD_DATA', `${file}: ${what}: got ${String(got).slice(0, 120)}, wanted ${wanted}`);

/**
 * @param {Uint8Array} bytes
 * @param {string} file
 */
function headerOf(bytes, file) {
  const latin = (/** @type {number} */ from, /** @type {number} */ to) =>
    Buffer.from(bytes.buffer, bytes.byteOffset + from, Math.max(0, to - from)).toString('latin1');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || latin(0, 6) !== magic)
    throw badFile(file, 'npy', 'no NumPy header', 'an .npy file');
  const wide = bytes[6] > 1;
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  const from = wide ? 12 : 10;
  if (bytes[6] < 1 || bytes[6] > 3 || from + length > bytes.length)
    throw badFile(
      file,
      'npy header',
      `version ${bytes[6]} and ${length} bytes`,
      'a whole header of version 1 to 3',
    );
  const text = latin(from, from + length);
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const fortran = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (descr === undefined || !fortran || shape === undefined)
    throw badFile(
      file,
      'npy header',
      JSON.stringify(text.trim()),
      'descr of a plain type, fortran_order and shape',
    );
  return {
    descr,
    fortran: fortran === 'True',
    shape: shape.split(',').flatMap((part) => (part.trim() === '' ? [] : [Number(part)])),
    data: bytes.subarray(from + length),
  };
}

/**
 * Strings of a fixed width: UCS-4, or bytes.
 * @param {Uint8Array} data
 * @param {{ kind: string, width: number, little: boolean, n: number }} type
 */
function textsOf(data, { kind, width, little, n }) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: n }, (_, i) => {
    if (kind === 'S')
      return new TextDecoder().decode(data.subarray(i * width, (i + 1) * width)).replace(/\0+$/, '');
    let text = '';
    for (let c = 0; c < width; c++) {
      const point = view.getUint32(4 * (i * width + c), little);
      if (point > 0x10ffff) break;
      text += String.fromCodePoint(point);
    }
    return text.replace(/\0+$/, '');
  });
}

/**
 * @param {Uint8Array} bytes
 * @param {string} file what messages call it
 * @returns {NpyArray}
 */
export function readNpy(bytes, file) {
  const { descr, fortran, shape, data } = headerOf(bytes, file);
  const [, mark, kind, width] = /^([<>|=])([a-zA-Z])(\d+)$/.exec(descr) ?? [];
  const n = shape.reduce((product, size) => product * size, 1);
  const type = types[`${kind}${width}`];
  const isText = kind === 'U' || kind === 'S';
  if (!isText && !type)
    throw badFile(
      file,
      'npy type',
      descr === '|O' || descr === 'O' ? 'objects of Python (dtype object)' : descr,
      'floats, integers or strings, such as array.astype("float32"), and of ids array.astype(str)',
    );
  const size = isText ? Number(width) * (kind === 'U' ? 4 : 1) : sizes[type];
  if (!Number.isSafeInteger(n) || data.length !== n * size)
    throw badFile(
      file,
      'npy',
      `${data.length} bytes for shape (${shape})`,
      `${n * size}: is the file whole?`,
    );
  const little = mark !== '>';
  if (isText) return { shape, texts: textsOf(data, { kind, width: Number(width), little, n }) };
  if (fortran && shape.length > 2)
    throw badFile(file, 'npy', `Fortran order in ${shape.length} dimensions`, 'np.ascontiguousarray(array)');
  const columns = fortran && shape.length === 2 ? shape[1] : undefined;
  return { shape, numbers: numbersOf(data, type, { little, ...(columns !== undefined && { columns }) }) };
}

/**
 * @param {Float32Array} numbers (rows, columns)
 * @param {number[]} shape
 * @returns {Uint8Array}
 */
export function writeNpy(numbers, shape) {
  const inner = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dict = `{'descr': '<f4', 'fortran_order': False, 'shape': (${inner}), }`;
  const length = Math.ceil((10 + dict.length + 1) / 64) * 64 - 10;
  const out = Buffer.alloc(10 + length + 4 * numbers.length, ' ');
  out.write(magic, 'latin1');
  out[6] = 1;
  out[7] = 0;
  out.writeUInt16LE(length, 8);
  out.write(dict, 10, 'latin1');
  out[9 + length] = 10;
  numbers.forEach((x, i) => out.writeFloatLE(x, 10 + length + 4 * i));
  return out;
}
