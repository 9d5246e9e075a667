// Owns opening a file of vectors, whatever its format: ids where it has them, numbers, and what else stands
// in it. Must not judge what the numbers are good for.
import { extname } from 'node:path';
import { displayName, readChunks } from '../read/bytes.js';
import { decompressed, newCoding } from '../read/encoding.js';
import { readJsonVectors } from './json-vectors.js';
import { vectorNames } from './layout.js';
import { badFile, readNpy } from './npy.js';
import { readNpz } from './npz.js';
import { isFolder } from './parquet-rows.js';
import { isSafetensors, readSafetensors } from './safetensors.js';
import { readParquetTable, readTable } from './tables.js';
import { isWord2vec, readWord2vec } from './text-vectors.js';

/** @import { NpyArray } from './npy.js' */
/** @import { NumberArray } from './numbers.js' */
/** @import { TableColumns } from './layout.js' */
/** @import { TableVectors, Told } from './tables.js' */
/**
 * @typedef {object} VectorFile
 * @property {string} kind npy, npz, safetensors, parquet, word2vec, json or table
 * @property {string[] | null} ids null: the file has none
 * @property {Float32Array | Float64Array} vectors (rows, dim)
 * @property {number} rows
 * @property {number} dim
 * @property {Record<string, Float32Array | Float64Array>} perItem numbers of each item that stand beside:
 *   bias, weights, targets, popularity
 * @property {Record<string, any> | null} settings as `ampcf export` has written them
 * @property {Told} told what was understood
 */
/**
 * @typedef {TableColumns & { array?: string | undefined, signal?: AbortSignal | undefined }}
 *   VectorFileOptions array: the name of the vectors where a file has several
 */

const anyVectors = ['vectors', 'embeddings', 'features', 'weight', 'arr0', 'v'];
const anyIds = ['ids', 'keys', 'index'];
const itemArrays = {
  vectors: [...anyVectors, 'itemfactors', 'itemembeddings'],
  ids: [...anyIds, 'itemids', 'items'],
  others: /^(user|people)/,
};
const peopleArrays = {
  vectors: [...anyVectors, 'userfactors', 'userembeddings'],
  ids: [...anyIds, 'userids', 'users'],
  others: /^item/,
};
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
 * @param {VectorFileOptions} options
 */
function vectorsAmong(arrays, file, { array: wanted, people }) {
  const { vectors, others } = people ? peopleArrays : itemArrays;
  const names = [...arrays.keys()];
  const described =
    [...arrays].map(([name, { shape }]) => `${name} (${shape.join(' x ')})`).join(', ') || 'none';
  const flat = [...arrays].filter(([, { shape }]) => shape.length === 2);
  const known = flat.filter(([name]) => vectors.includes(plain(name)));
  const chosen =
    wanted !== undefined
      ? wanted
      : known.length === 1
        ? known[0][0]
        : flat.length === 1 && !others.test(plain(flat[0][0]))
          ? flat[0][0]
          : undefined;
  const array = chosen === undefined ? undefined : arrays.get(chosen);
  if (chosen === undefined || !array || array.shape.length !== 2)
    throw badFile(
      file,
      'arrays',
      described,
      `--array with one of ${names.join(', ')} that is ${people ? 'people' : 'items'} x dim`,
    );
  return { chosen, array };
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
  const told = { id: null, numbers: 'the array', unused: [], notes: [] };
  return { kind, ids: null, vectors: numbers, rows, dim, perItem: {}, settings: null, told };
}

/** @param {NumberArray} array */
const arrayText = ({ shape, numbers }) =>
  numbers.length === 1 ? String(numbers[0]) : shape.join(' x ') || 'no numbers';

/**
 * Vectors among arrays, with what stands beside them by its name and length, and what nobody uses.
 * @param {string} kind
 * @param {Map<string, NumberArray>} arrays
 * @param {string} file
 * @param {VectorFileOptions} options
 */
function fileOfArrays(kind, arrays, file, options) {
  const { chosen, array } = vectorsAmong(arrays, file, options);
  const found = fileOf(kind, array, file);
  found.told.numbers = chosen;
  for (const [name, other] of arrays) {
    const { shape, numbers } = other;
    const what = perItemArrays[plain(name)];
    if (name === chosen) continue;
    if (!what || shape.length !== 1 || shape[0] !== found.rows)
      found.told.unused.push(`${name} (${arrayText(other)})`);
    else {
      found.perItem[what] = numbers;
      found.told.notes.push(`${what} of each item from ${name}`);
    }
  }
  const [alpha, regularization] = ['alpha', 'regularization'].map((name) => arrays.get(name)?.numbers[0]);
  if (alpha !== undefined && regularization !== undefined) found.told.als = { alpha, regularization };
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
function openNpz(bytes, file, options) {
  const { array, people } = options;
  const all = readNpz(bytes, file);
  const wanted = array === undefined ? undefined : all.get(array);
  if (wanted instanceof Error) throw wanted;
  /** @type {Map<string, NumberArray>} */
  const numbers = new Map();
  const idNames = (people ? peopleArrays : itemArrays).ids;
  const ids = [...all].find(([name]) => idNames.includes(plain(name)));
  for (const [name, entry] of all)
    if (!(entry instanceof Error) && 'numbers' in entry && entry !== ids?.[1]) numbers.set(name, entry);
  const found = fileOfArrays('npz', numbers, file, options);
  for (const [name, entry] of all)
    if (name !== ids?.[0] && (entry instanceof Error || 'texts' in entry)) found.told.unused.push(name);
  if (ids?.[1] instanceof Error) {
    if (!options.ids) throw ids[1];
    found.told.unused.push(ids[0]);
  } else if (ids && ids[1].shape.length === 1 && ids[1].shape[0] === found.rows) {
    found.ids = idsOfArray(ids[1], `${file}(${ids[0]})`);
    found.told.id = ids[0];
  } else if (ids) found.told.unused.push(`${ids[0]} (${ids[1].shape.join(' x ')})`);
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
function openSafetensors(bytes, file, options) {
  const { arrays, metadata } = readSafetensors(bytes, file);
  const found = fileOfArrays('safetensors', arrays, file, options);
  found.ids = jsonOf(metadata.ids, file, 'ids of the metadata');
  if (found.ids) found.told.id = 'ids of the metadata';
  found.settings = jsonOf(metadata.settings, file, 'settings of the metadata');
  return found;
}

/**
 * Rows with their ids as one array.
 * @param {string} kind
 * @param {TableVectors} table
 * @returns {VectorFile}
 */
function ofRows(kind, { ids, rows, told }) {
  const dim = rows[0]?.length ?? 0;
  const vectors = new Float64Array(rows.length * dim);
  rows.forEach((row, j) => vectors.set(row, j * dim));
  return { kind, ids, vectors, rows: rows.length, dim, perItem: {}, settings: null, told };
}

/**
 * What is in a file, unpacked.
 * @param {string} path
 * @param {string} file
 */
async function unpacked(path, file) {
  const parts = [];
  for await (const chunk of decompressed(readChunks(path), file, newCoding())) parts.push(chunk);
  return Buffer.concat(parts);
}

/**
 * @param {string} path a file; a table of Parquet may be a folder of parts
 * @param {VectorFileOptions} [options]
 * @returns {Promise<VectorFile>}
 * @throws {import('../core/errors.js').AmpcfError} BAD_DATA, IO
 */
export async function openVectors(path, options = {}) {
  const file = displayName(path);
  if (path !== '-' && (/\.parquet$/i.test(path) || isFolder(path)))
    return ofRows('parquet', await readParquetTable(path, file, options));
  const bytes = await unpacked(path, file);
  const mark = bytes.toString('latin1', 0, 6);
  if (mark.startsWith('\x93NUMPY')) {
    const array = readNpy(bytes, file);
    if ('texts' in array) throw badFile(file, 'npy', 'strings', 'numbers (items x dim)');
    return fileOf('npy', array, file);
  }
  if (mark.startsWith('PK')) return openNpz(bytes, file, options);
  if (isSafetensors(bytes)) return openSafetensors(bytes, file, options);
  if (mark.startsWith('PAR1'))
    return path === '-'
      ? ofRows('parquet', await readTable(path, file, { ...tableOptions(options), bytes }))
      : ofRows('parquet', await readParquetTable(path, file, options));
  if (/\.(npy|npz|safetensors)$/i.test(path))
    throw badFile(file, extname(path), JSON.stringify(mark), 'its header');
  return openText(path, bytes, file, options);
}

/** @param {VectorFileOptions} options */
const tableOptions = ({ id, vector, ids, people, signal }) => ({ id, vector, ids, people, signal });

/**
 * @param {string} path
 * @param {Buffer} bytes
 * @param {string} file
 * @param {VectorFileOptions} options
 */
async function openText(path, bytes, file, options) {
  if (/^\d+ \d+\r?\n/.test(bytes.toString('latin1', 0, 40)) && bytes.subarray(0, 65536).includes(0))
    throw badFile(
      file,
      'format',
      "word2vec's binary one",
      'its text: save_word2vec_format(FILE, binary=False), or vectors and ids by np.save and --ids',
    );
  const head = bytes
    .toString('latin1', 0, 65536)
    .split(/\r\n|\n/)
    .filter((line) => line.trim() !== '');
  if (bytes.length > 65536 && head.length > 1) head.pop();
  const asked = options.id !== undefined || options.vector !== undefined;
  if (!asked && isWord2vec(head.slice(0, 100))) return ofWords(bytes, file);
  const json = readJsonVectors(bytes, file, vectorNames);
  if (json) return ofRows('json', json);
  const first = head[0] ?? '';
  const kind = /^(\xef\xbb\xbf)?\s*[[{]/.test(first) ? 'json' : first.includes('\t') ? 'tsv' : 'csv';
  return ofRows('table', await readTable(path, file, { ...tableOptions(options), kind, bytes }));
}

/**
 * @param {Buffer} bytes
 * @param {string} file
 */
function ofWords(bytes, file) {
  const { ids, rows, dim, head } = readWord2vec(new TextDecoder().decode(bytes), file);
  const notes = head ? ['the first line says how many vectors, of how many numbers'] : [];
  const numbers = `the ${dim} words after it`;
  return ofRows('word2vec', { ids, rows, told: { id: 'the first word', numbers, unused: [], notes } });
}
