// Owns rows of Parquet in one file, or in a folder of parts as Spark writes it. Must not know what columns
// mean.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { badFile } from './npy.js';

/** Loaded when a file is Parquet, and no sooner. */
const library = () => import('../read/parquet.js');

/** @param {string} path */
export const isFolder = (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

const isPart = (/** @type {string} */ entry) => /^part-.*\.parquet$/.test(entry);

/**
 * Whether a folder is a table in parts.
 * @param {string} path
 */
export const hasParts = (path) => readdirSync(path).some(isPart);

/**
 * The files of a table, in order: the file itself, or the parts in its folder.
 * @param {string} path
 * @param {string} name what messages call it
 */
function partsOf(path, name) {
  if (!isFolder(path)) return [path];
  const parts = readdirSync(path).filter(isPart).sort();
  if (parts.length === 0) throw badFile(name, 'parts', 'none', 'part-*.parquet, as Spark writes them');
  return parts.map((part) => join(path, part));
}

/**
 * Every row, piece by piece. All of `columns` must be there.
 * @param {string} path
 * @param {string} name
 * @param {string[]} columns
 * @returns {AsyncGenerator<Record<string, any>[], void, undefined>}
 */
export async function* parquetRows(path, name, columns) {
  const { openParquet } = await library();
  for (const part of partsOf(path, name)) {
    const file = await openParquet(part, name);
    const missing = columns.find((column) => !file.columns.includes(column));
    if (missing !== undefined)
      throw badFile(name, 'columns', file.columns.join(', '), `${columns.join(', ')}: ${missing} is missing`);
    yield* file.blocks(columns);
  }
}

/**
 * Names of the columns.
 * @param {string} path
 * @param {string} name
 */
export async function parquetColumns(path, name) {
  const { openParquet } = await library();
  const { columns } = await openParquet(partsOf(path, name)[0], name);
  return columns;
}

/**
 * A value of a column that holds ids: text, or a whole number.
 * @param {unknown} value
 * @param {string} name
 */
export function idOf(value, name) {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return String(value);
  throw badFile(name, 'id', value, 'a text or a whole number');
}

/**
 * Ids and numbers of a column of lists.
 * @param {string} path
 * @param {string} name
 * @param {{ id: string, vector: string }} columns
 */
export async function readParquetVectors(path, name, { id, vector }) {
  const out = { ids: /** @type {string[]} */ ([]), rows: /** @type {ArrayLike<number>[]} */ ([]) };
  for await (const block of parquetRows(path, name, [id, vector]))
    for (const row of block) {
      const cell = row[vector];
      // A vector of Spark's ML has its numbers in `values`.
      const value = Array.isArray(cell) || ArrayBuffer.isView(cell) ? cell : cell?.values;
      if (typeof value?.length !== 'number')
        throw badFile(name, `${vector} of row ${out.ids.length + 1}`, cell, 'a list of numbers');
      if (out.rows.length > 0 && value.length !== out.rows[0].length)
        throw badFile(name, `row ${out.ids.length + 1}`, `${value.length} numbers`, `${out.rows[0].length}`);
      out.ids.push(idOf(row[id], name));
      out.rows.push(Float64Array.from(value));
    }
  if (out.ids.length === 0) throw badFile(name, 'rows', 'none', 'at least one item');
  return out;
}
