// Owns taking items out of a model file: model file and ids -> model file. Must leave what is said of the
// others as it is.
import { badArgument, itemId, listArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { dtypeBytes, wholeNumbersOf } from '../core/sections.js';
import { bytesOf, dtypes, openToEdit } from './edit-file.js';
import { keepGraph } from './edit-graph.js';
import { appendedOf, ridgeOf, setAppended, setIdOrder, setRidge } from './edit-items.js';

/** @import { EditedFile } from './edit-file.js' */
/**
 * @typedef {object} RetiredItems
 * @property {Uint8Array<ArrayBuffer>} bytes of the model file
 * @property {number} items that are left
 * @property {number} retired
 */

const perItem = ['item vectors', 'item scales', 'item bias', 'item weights', 'item targets', 'item clusters'];
/** What lies between offsets of the items. */
const lists = [
  ['id offsets', 'ids'],
  ['title offsets', 'titles'],
  ['item aspect offsets', 'item aspects'],
];
const mostNarrow = 65536;

/**
 * The rows that stay.
 * @param {EditedFile} file
 * @param {string} name
 * @param {Uint32Array} kept
 */
function keepRows(file, name, kept) {
  const section = file.find(name);
  if (!section) return;
  const width = section.cols * dtypeBytes[section.dtype];
  const out = new Uint8Array(kept.length * width);
  kept.forEach((j, k) => out.set(section.data.subarray(j * width, (j + 1) * width), k * width));
  file.set(name, out);
}

/**
 * @param {EditedFile} file
 * @param {string} offsetsName
 * @param {string} name
 * @param {Uint32Array} kept
 */
function keepLists(file, offsetsName, name, kept) {
  const section = file.find(name);
  if (!section) return;
  const width = dtypeBytes[section.dtype];
  const offsets = file.offsets(offsetsName);
  const moved = new Uint32Array(kept.length + 1);
  kept.forEach((j, k) => {
    moved[k + 1] = moved[k] + offsets[j + 1] - offsets[j];
  });
  const out = new Uint8Array(moved[kept.length] * width);
  kept.forEach((j, k) =>
    out.set(section.data.subarray(offsets[j] * width, offsets[j + 1] * width), moved[k] * width),
  );
  file.set(offsetsName, bytesOf(moved));
  file.set(name, out);
}

/**
 * Pairs of items that both stay, with their new numbers.
 * @param {EditedFile} file
 * @param {Uint32Array} kept
 */
function keepNeighbours(file, kept) {
  if (!file.find('neighbours')) return;
  const offsets = file.offsets('neighbour offsets');
  const items = wholeNumbersOf(file.get('neighbours'));
  const { data: values } = file.get('neighbour values');
  const places = new Int32Array(file.items).fill(-1);
  kept.forEach((j, k) => {
    places[j] = k;
  });
  const moved = new Uint32Array(kept.length + 1);
  /** @type {number[]} */ const stay = [];
  kept.forEach((j, k) => {
    for (let e = offsets[j]; e < offsets[j + 1]; e++) if (places[items[e]] >= 0) stay.push(e);
    moved[k + 1] = stay.length;
  });
  const wide = kept.length > mostNarrow;
  const numbers = stay.map((e) => places[items[e]]);
  file.set('neighbour offsets', bytesOf(moved));
  const stored = wide ? Uint32Array.from(numbers) : Uint16Array.from(numbers);
  file.set('neighbours', bytesOf(stored), wide ? dtypes.u32 : dtypes.u16);
  file.set(
    'neighbour values',
    Uint8Array.from(stay, (e) => values[e]),
  );
  keepRows(file, 'neighbour scales', kept);
}

/**
 * Aspects at the end of the list that no item has any more: an append put them there. Others keep their
 * numbers. Where none is left, and where no item has a title, the file has none of their sections, as before.
 * @param {EditedFile} file
 */
function dropUnused(file) {
  if (file.find('titles') && file.get('titles').data.length === 0)
    for (const name of ['title offsets', 'titles']) file.remove(name);
  if (!file.find('item aspects')) return;
  const used = wholeNumbersOf(file.get('item aspects')).reduce((most, a) => Math.max(most, a + 1), 0);
  const offsets = file.offsets('aspect offsets');
  if (used === 0)
    for (const name of ['aspect offsets', 'aspect names', 'item aspect offsets', 'item aspects'])
      file.remove(name);
  else if (used < offsets.length - 1) {
    file.set('aspect offsets', bytesOf(offsets.slice(0, used + 1)));
    file.set('aspect names', file.get('aspect names').data.slice(0, offsets[used]));
  }
}

/**
 * Clusters by the first item that each has, as the format wants them.
 * @param {EditedFile} file
 */
function renumberClusters(file) {
  const section = file.find('item clusters');
  if (!section) return;
  const numbers = new Map();
  const out = section.data.map((cluster) => {
    if (!numbers.has(cluster)) numbers.set(cluster, numbers.size);
    return numbers.get(cluster);
  });
  file.set('item clusters', out);
}

/**
 * The items that stay, by their numbers.
 * @param {EditedFile} file
 * @param {Iterable<string | number>} ids
 */
function keptItems(file, ids) {
  const going = new Set(listArgument('ids', ids).map(itemId));
  const there = file.texts('id offsets', 'ids');
  const known = new Set(there);
  const unknown = [...going].filter((id) => !known.has(id));
  if (unknown.length > 0)
    throw new AmpcfError(
      'UNKNOWN_ITEM',
      `ids: got ${unknown.length} that the model does not know, such as ` +
        `${JSON.stringify(unknown[0].slice(0, 80))}, wanted items of the model`,
      { unknown },
    );
  if (going.size === file.items) throw badArgument('ids', 'all items of the model', 'at least one left');
  return Uint32Array.from(there.keys()).filter((j) => !going.has(there[j]));
}

/**
 * A model file without some items. Vectors, titles, aspects and neighbours of the others stay to the bit, in
 * their order; the lineage stays, so that saved profiles go on, with what is left of forgotten events: an
 * event with an item that has gone is kept without effect.
 * @param {Uint8Array} bytes of a model file
 * @param {Iterable<string | number>} ids
 * @returns {Promise<RetiredItems>}
 * @throws {AmpcfError} what loading the file throws; UNKNOWN_ITEM: `details.unknown` has the ids;
 *   BAD_ARGUMENT: no item would be left
 */
export async function retireItems(bytes, ids) {
  const file = await openToEdit(bytes);
  const kept = keptItems(file, ids);
  const retired = file.items - kept.length;
  const ridge = ridgeOf(file);
  const appended = kept.filter((j) => j >= file.items - appendedOf(file)).length;
  if (appended === kept.length)
    throw badArgument('ids', 'all items that were trained', 'at least one of them left');
  setAppended(file, appended);
  keepGraph(file, kept);
  keepNeighbours(file, kept);
  for (const name of perItem) keepRows(file, name, kept);
  for (const [offsets, name] of lists) keepLists(file, offsets, name, kept);
  file.items = kept.length;
  if (retired > 0) dropUnused(file);
  renumberClusters(file);
  setIdOrder(file);
  if (retired > 0) setRidge(file, ridge);
  return { bytes: file.bytes(), items: kept.length, retired };
}
