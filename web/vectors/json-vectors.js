// Owns vectors in one value of JSON: an object of id and numbers, or a list of lists. Must not know JSON
// Lines or tables.
import { badFile } from './npy.js';

/** @import { TableVectors } from './tables.js' */

/** No text of V8 is longer. */
const mostText = 2 ** 29 - 24;

const isList = (/** @type {unknown} */ value) =>
  Array.isArray(value) && value.length > 0 && value.every((x) => typeof x === 'number');

/**
 * @param {string} file
 * @param {unknown[]} rows
 * @param {string[] | null} ids
 */
function checked(file, rows, ids) {
  const width = /** @type {number[]} */ (rows[0]).length;
  rows.forEach((row, j) => {
    const which = ids ? JSON.stringify(ids[j]) : `row ${j + 1}`;
    const got = isList(row) ? `${/** @type {number[]} */ (row).length} numbers` : JSON.stringify(row);
    if (!isList(row) || /** @type {number[]} */ (row).length !== width)
      throw badFile(file, `vector of ${which}`, got, `${width} numbers`);
  });
  return /** @type {number[][]} */ (rows);
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {string} file
 * @param {readonly string[]} vectorNames what a list is called that is no item
 * @returns {TableVectors | undefined} undefined: it is JSON of another shape
 */
export function readJsonVectors(bytes, file, vectorNames) {
  const head = Buffer.from(bytes.subarray(0, 4096))
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  if (bytes.length > mostText || !/^\s*(\[\s*\[|\{\s*"(?:[^"\\]|\\.)*"\s*:\s*\[\s*[-\d])/.test(head))
    return undefined;
  const value = parsed(new TextDecoder().decode(bytes));
  if (Array.isArray(value)) {
    if (!isList(value[0])) return undefined;
    const rows = checked(file, value, null);
    return { ids: null, rows, told: { id: null, numbers: 'a list of lists', unused: [], notes: [] } };
  }
  const entries = Object.entries(value ?? {});
  if (entries.length === 0 || !isList(entries[0][1])) return undefined;
  if (entries.some(([key]) => vectorNames.includes(key.toLowerCase()))) return undefined;
  const ids = entries.map(([id]) => id);
  const rows = checked(
    file,
    entries.map(([, row]) => row),
    ids,
  );
  return { ids, rows, told: { id: 'the keys', numbers: 'their lists', unused: [], notes: [] } };
}
