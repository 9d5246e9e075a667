// Owns rows of new items at the end of a model file: numbers as the file stores them, texts, aspects,
// clusters. Must not know how their numbers came about.
import { AMPCF_MAX_ASPECTS, FORMAT_MAX_ID_BYTES, FORMAT_MAX_TITLE_BYTES } from '../core/abi.js';
import { badArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { numberToHalf } from '../core/half.js';
import { dtypeBytes, wholeNumbersOf } from '../core/sections.js';
import { bytesOf, dtypes } from './edit-file.js';

/** @import { EditedFile } from './edit-file.js' */

/**
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
function joined(a, b) {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

/**
 * @param {EditedFile} file
 * @param {string} name
 * @param {ArrayBufferView} rows
 */
export function appendRows(file, name, rows) {
  file.set(name, joined(file.get(name).data, bytesOf(rows)));
}

/**
 * Vectors of new items, rounded as the file has its own: to halves, or to 127 steps of a scale each.
 * @param {EditedFile} file
 * @param {Float32Array} vectors (M, D)
 */
export function appendVectors(file, vectors) {
  const { dtype } = file.get('item vectors');
  const { dim } = file;
  if (dtype === dtypes.f32) return appendRows(file, 'item vectors', vectors);
  if (dtype === dtypes.f16) {
    const most = vectors.reduce((a, x) => Math.max(a, Math.abs(x)), 0);
    if (most >= 65520) throw badArgument('vectors', most, 'numbers below 65520: the model stores halves');
    return appendRows(file, 'item vectors', Uint16Array.from(vectors, numberToHalf));
  }
  const scales = new Float32Array(vectors.length / dim);
  const steps = new Int8Array(vectors.length);
  for (let i = 0; i < scales.length; i++) {
    const row = vectors.subarray(i * dim, (i + 1) * dim);
    const scale = Math.fround(row.reduce((a, x) => Math.max(a, Math.abs(x)), 0) / 127);
    scales[i] = scale >= 2 ** -126 ? scale : 0;
    for (let d = 0; scales[i] > 0 && d < dim; d++)
      steps[i * dim + d] = Math.max(-127, Math.min(127, Math.round(row[d] / scale)));
  }
  appendRows(file, 'item vectors', steps);
  appendRows(file, 'item scales', scales);
}

/**
 * Lists that lie between offsets.
 * @param {EditedFile} file
 * @param {string} offsetsName
 * @param {string} name
 * @param {readonly ArrayBufferView[]} lists
 */
function appendLists(file, offsetsName, name, lists) {
  const width = dtypeBytes[file.get(name).dtype];
  const before = file.offsets(offsetsName);
  const offsets = new Uint32Array(before.length + lists.length);
  offsets.set(before);
  lists.forEach((list, i) => {
    const at = before.length + i;
    offsets[at] = offsets[at - 1] + list.byteLength / width;
  });
  const added = new Uint8Array((offsets[offsets.length - 1] - offsets[before.length - 1]) * width);
  let end = 0;
  for (const list of lists) {
    added.set(bytesOf(list), end);
    end += list.byteLength;
  }
  file.set(offsetsName, bytesOf(offsets));
  appendRows(file, name, added);
}

/**
 * Empty lists of the items that are there, where the file has none yet.
 * @param {EditedFile} file
 * @param {string} offsetsName
 * @param {string} name
 * @param {number} dtype
 * @param {number} n
 */
function beginLists(file, offsetsName, name, dtype, n) {
  if (file.find(name)) return;
  file.set(offsetsName, bytesOf(new Uint32Array(n + 1)), dtypes.u32);
  file.set(name, new Uint8Array(0), dtype);
}

/**
 * @param {readonly string[]} texts
 * @param {string} what
 * @param {number} most
 */
const encoded = (texts, what, most) =>
  texts.map((text) => {
    const bytes = new TextEncoder().encode(text);
    if (bytes.length > most || text.includes('\0'))
      throw badArgument(what, text, `at most ${most} bytes of UTF-8 without NUL`);
    return bytes;
  });

/**
 * @param {EditedFile} file
 * @param {readonly string[]} ids
 * @param {readonly string[]} titles
 */
export function appendTexts(file, ids, titles) {
  appendLists(file, 'id offsets', 'ids', encoded(ids, 'item id', FORMAT_MAX_ID_BYTES));
  if (!file.find('titles') && titles.every((title) => title === '')) return;
  beginLists(file, 'title offsets', 'titles', dtypes.u8, file.items);
  appendLists(file, 'title offsets', 'titles', encoded(titles, 'title', FORMAT_MAX_TITLE_BYTES));
}

/**
 * Aspects of new items; names that the file does not have come after those that it has.
 * @param {EditedFile} file
 * @param {readonly (readonly string[])[]} aspects
 */
export function appendAspects(file, aspects) {
  const names = file.texts('aspect offsets', 'aspect names');
  const index = new Map(names.map((name, a) => [name, a]));
  const fresh = [...new Set(aspects.flat())].filter((name) => name !== '' && !index.has(name)).sort();
  if (names.length + fresh.length > AMPCF_MAX_ASPECTS)
    throw new AmpcfError(
      'LIMIT',
      `aspects: got ${names.length + fresh.length} different ones, wanted at most ${AMPCF_MAX_ASPECTS}`,
    );
  if (names.length + fresh.length === 0) return;
  for (const name of fresh) index.set(name, index.size);
  beginLists(file, 'aspect offsets', 'aspect names', dtypes.u8, 0);
  appendLists(file, 'aspect offsets', 'aspect names', encoded(fresh, 'aspect', FORMAT_MAX_ID_BYTES));
  beginLists(file, 'item aspect offsets', 'item aspects', dtypes.u16, file.items);
  const lists = aspects.map((own) =>
    Uint16Array.from(
      new Set(own.filter((name) => name !== '')),
      (name) => /** @type {number} */ (index.get(name)),
    ).sort(),
  );
  appendLists(file, 'item aspect offsets', 'item aspects', lists);
}

/**
 * New items have no neighbours, but the numbers of their rows may want more bits.
 * @param {EditedFile} file
 * @param {number} more
 */
export function appendNeighbours(file, more) {
  if (!file.find('neighbours')) return;
  appendLists(
    file,
    'neighbour offsets',
    'neighbours',
    Array.from({ length: more }, () => new Uint8Array(0)),
  );
  const { dtype } = file.get('neighbours');
  if (dtype === dtypes.u16 && file.items + more > 65536)
    file.set('neighbours', bytesOf(wholeNumbersOf(file.get('neighbours'))), dtypes.u32);
  appendRows(file, 'neighbour scales', new Float32Array(more));
}

/**
 * To the cluster whose trained items a new one is most like, by the cosine of the mean direction; the first
 * of several.
 * @param {EditedFile} file
 * @param {Float32Array} old vectors of items that are there
 * @param {Float32Array} fresh
 */
export function appendClusters(file, old, fresh) {
  const section = file.find('item clusters');
  if (!section) return;
  const { dim } = file;
  const centres = Array.from(
    { length: section.data.reduce((a, b) => Math.max(a, b), 0) + 1 },
    () => new Float64Array(dim),
  );
  section.data.forEach((cluster, j) => {
    const row = old.subarray(j * dim, (j + 1) * dim);
    const length = lengthOf(row);
    if (length > 0) for (let d = 0; d < dim; d++) centres[cluster][d] += row[d] / length;
  });
  const numbers = new Uint8Array(fresh.length / dim).map((_, i) => {
    const row = fresh.subarray(i * dim, (i + 1) * dim);
    const near = centres.map((centre) => {
      const length = lengthOf(centre);
      return length > 0 ? row.reduce((sum, x, d) => sum + x * centre[d], 0) / length : -Infinity;
    });
    return near.indexOf(near.reduce((a, b) => Math.max(a, b)));
  });
  appendRows(file, 'item clusters', numbers);
}

/** @param {Float32Array | Float64Array} row */
function lengthOf(row) {
  let square = 0;
  for (let d = 0; d < row.length; d++) square += row[d] ** 2;
  return Math.sqrt(square);
}
