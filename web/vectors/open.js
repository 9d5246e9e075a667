// Owns opening a file of vectors, whatever its format: ids where it has them, numbers, and what else stands
// in it. Must not judge what the numbers are good for.
import { extname } from 'node:path';
import { displayName, readFileBytes } from '../read/bytes.js';
import { badFile, readNpy } from './npy.js';
import { readNpz } from './npz.js';
import { parquetColumns, readParquetVectors } from './parquet-rows.js';
import { isSafetensors, readSafetensors } from './safetensors.js';
import { idNames, readTable, vectorNames } from './tables.js';
import { isWord2vec, readWord2vec } from './text-vectors.js';

/** @import { NpyArray } from './npy.js' */
/** @import { NumberArray } from './numbers.js' */
/** @import { TableColumns } from './tables.js' */
/**
 * @typedef {object} VectorFile
 * @property {string} kind npy, npz, safetensors, parquet, word2vec or table
 * @property {string[] | null} ids null: the file has none
 * @property {Float32Array | Float64Array} vectors (rows, dim)
 * @property {number} rows
 * @property {number} dim
 * @property {Record<string, Float32Array | Float64Array>} perItem numbers of each item that stand beside:
 *   bias, weights, targets, popularity
 * @property {Record<string, any> | null} settings as `ampcf export` has written them
 */
/**
 * @typedef {TableColumns & { array?: string | undefined, signal?: AbortSignal | undefined }}
 *   VectorFileOptions array: the name of the vectors where a file has several
 */

const vectorArrays = [
  'vectors',
  'embeddings',
  'itemfactors',
  'itemembeddings',
  'features',
  'weight',
  'arr0',
  'v',
];
const idArrays = ['ids', 'itemids', 'items', 'keys', 'index'];
/** @type {Record<string, string>} */
const perItemArrays = {
  bias: 'bias',
  itembias: 'bias',
  itembiases: 'bias',
  itemweights: 'weights',
  itemtargets: 'targets',
  popularity: 'popularity',
  people: 'popularity',
};

const plain = (/** @type {string} */ name) => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/**
 * The array of vectors among several: the one asked for, one of a known name, or the only one with two
 * dimensions.
 * @param {Map<string, NumberArray>} arrays
 * @param {string} file
 * @param {string | undefined} wanted
 */
function vectorsAmong(arrays, file, wanted) {
  const names = [...arrays.keys()];
  const described =
    [...arrays].map(([name, { shape }]) => `${name} (${shape.join(' x ')})`).join(', ') || 'none';
  const flat = [...arrays].filter(([, { shape }]) => shape.length === 2);
  const known = flat.filter(([name]) => vectorArrays.includes(plain(name)));
  const chosen =
    wanted !== undefined
      ? wanted
      : known.length === 1
        ? known[0][0]
        : flat.length === 1
          ? flat[0][0]
          : undefined;
  const array = chosen === undefined ? undefined : arrays.get(chosen);
  if (!array || array.shape.length !== 2)
    throw badFile(file, 'arrays', described, `--array with one of ${names.join(', ')} that is items x dim`);
  return array;
}

/**
 * @param {string} kind
 * @param {NumberArray} array
 * @param {string} file
 * @returns {VectorFile}
 */
function fileOf(kind, { shape, numbers }, file) {
  if (shape.length !== 2 || shape[0] < 1 || shape[1] < 1)
    throw badFile(file, 'shape', `(${shape.join(', ')})`, '(items, dim)');
  const [rows, dim] = shape;
  return { kind, ids: null, vectors: numbers, rows, dim, perItem: {}, settings: null };
}

/**
 * What stands beside the vectors, by its name and length.
 * @param {VectorFile} found
 * @param {Map<string, NumberArray>} arrays
 */
function addPerItem(found, arrays) {
  for (const [name, { shape, numbers }] of arrays) {
    const what = perItemArrays[plain(name)];
    if (what && shape.length === 1 && shape[0] === found.rows) found.perItem[what] = numbers;
  }
  return found;
}

/**
 * Ids as an array has them: texts or whole numbers.
 * @param {NpyArray} array
 * @param {string} file
 */
export function idsOfArray(array, file) {
  if ('texts' in array) return array.texts;
  return Array.from(array.numbers, (x, i) => {
    if (!Number.isSafeInteger(x)) throw badFile(file, `id ${i + 1}`, x, 'texts or whole numbers');
    return String(x);
  });
}

/**
 * @param {Uint8Array} bytes
 * @param {string} file
 * @param {VectorFileOptions} options
 */
function openNpz(bytes, file, { array }) {
  const all = readNpz(bytes, file);
  const wanted = array === undefined ? undefined : all.get(array);
  if (wanted instanceof Error) throw wanted;
  /** @type {Map<string, NumberArray>} */
  const numbers = new Map();
  for (const [name, entry] of all)
    if (!(entry instanceof Error) && 'numbers' in entry) numbers.set(name, entry);
  const found = addPerItem(fileOf('npz', vectorsAmong(numbers, file, array), file), numbers);
  const ids = [...all].find(([name]) => idArrays.includes(plain(name)));
  if (ids?.[1] instanceof Error) throw ids[1];
  if (ids && ids[1].shape.length === 1 && ids[1].shape[0] === found.rows)
    found.ids = idsOfArray(ids[1], `${file}(${ids[0]})`);
  return found;
}

/**
 * @param {string | undefined} text
 * @param {string} file
 * @param {string} what
 */
function jsonOf(text, file, what) {
  if (text === undefined) return null;
  try {
    return JSON.parse(text);
  } catch {
    throw badFile(file, what, text, 'JSON');
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {string} file
 * @param {VectorFileOptions} options
 */
function openSafetensors(bytes, file, { array }) {
  const { arrays, metadata } = readSafetensors(bytes, file);
  const found = addPerItem(fileOf('safetensors', vectorsAmong(arrays, file, array), file), arrays);
  found.ids = jsonOf(metadata.ids, file, 'ids of the metadata');
  found.settings = jsonOf(metadata.settings, file, 'settings of the metadata');
  return found;
}

/**
 * Rows with their ids as one array.
 * @param {string} kind
 * @param {{ ids: string[], rows: ArrayLike<number>[] }} table
 * @returns {VectorFile}
 */
function ofRows(kind, { ids, rows }) {
  const dim = rows[0]?.length ?? 0;
  const vectors = new Float64Array(rows.length * dim);
  rows.forEach((row, j) => vectors.set(row, j * dim));
  return { kind, ids, vectors, rows: rows.length, dim, perItem: {}, settings: null };
}

/**
 * @param {string} path
 * @param {string} file
 * @param {TableColumns} columns
 */
async function openParquetVectors(path, file, columns) {
  const names = await parquetColumns(path, file);
  const find = (/** @type {string | undefined} */ wanted, /** @type {string[]} */ known) =>
    wanted ?? names.find((name) => known.includes(plain(name)));
  const id = find(columns.id, idNames);
  const vector = find(columns.vector, vectorNames);
  if (id === undefined || vector === undefined)
    throw badFile(file, 'columns', names.join(', '), 'id and features, or --id-column and --vector-column');
  return ofRows('parquet', await readParquetVectors(path, file, { id, vector }));
}

/**
 * @param {string} path a file; a table of Parquet may be a folder of parts
 * @param {VectorFileOptions} [options]
 * @returns {Promise<VectorFile>}
 * @throws {import('../core/errors.js').AmpcfError} BAD_DATA, IO
 */
export async function openVectors(path, options = {}) {
  const file = displayName(path);
  if (/\.parquet$/i.test(path)) return openParquetVectors(path, file, options);
  const bytes = await readFileBytes(path);
  const mark = Buffer.from(bytes.subarray(0, 6)).toString('latin1');
  if (mark.startsWith('\x93NUMPY')) {
    const array = readNpy(bytes, file);
    if ('texts' in array) throw badFile(file, 'npy', 'strings', 'numbers (items x dim)');
    return fileOf('npy', array, file);
  }
  if (mark.startsWith('PK')) return openNpz(bytes, file, options);
  if (isSafetensors(bytes)) return openSafetensors(bytes, file, options);
  if (mark.startsWith('PAR1')) return openParquetVectors(path, file, options);
  if (/\.(npy|npz|safetensors)$/i.test(path))
    throw badFile(file, extname(path), JSON.stringify(mark), 'its header');
  return openText(path, bytes, file, options);
}

/**
 * @param {string} path
 * @param {Uint8Array} bytes
 * @param {string} file
 * @param {VectorFileOptions} options
 */
async function openText(path, bytes, file, options) {
  const head = Buffer.from(bytes.subarray(0, 65536))
    .toString('latin1')
    .split(/\r\n|\n/);
  if (bytes.length > 65536) head.pop();
  if (isWord2vec(head.filter((line) => line.trim() !== '').slice(0, 100)))
    return ofRows('word2vec', readWord2vec(new TextDecoder().decode(bytes), file));
  const { array: _, ...columns } = options;
  const first = head.find((line) => line.trim() !== '') ?? '';
  const kind = /^\s*[[{]/.test(first) ? 'json' : first.includes('\t') ? 'tsv' : 'csv';
  return ofRows('table', await readTable(path, file, { ...columns, kind }));
}
