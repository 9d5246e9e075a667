// Owns vectors in tables: CSV, JSON Lines and Parquet, a row an item. Must not know what is made of them.
import { BadRows } from '../read/bad-rows.js';
import { findColumn, plainName } from '../read/table.js';
import { withRows } from '../read/rows.js';
import { badFile } from './npy.js';

/** @import { TextVectors } from './text-vectors.js' */
/** @typedef {{ id?: string | undefined, vector?: string | undefined }} TableColumns by name or number from 1
 *   */

/** What the columns of a table of vectors are called, as letters and digits in lower case. */
export const idNames = ['id', 'item', 'itemid', 'ids', 'key', 'word', 'movieid', 'productid', 'asin', 'sku'];
export const vectorNames = [
  'features',
  'vector',
  'vectors',
  'embedding',
  'embeddings',
  'factors',
  'itemfactors',
  'values',
];

/**
 * @param {string} file
 * @param {string[]} names
 * @param {string | undefined} wanted
 * @param {readonly string[]} known
 * @param {string} option
 * @returns {number} -1: there is none
 */
function columnOf(file, names, wanted, known, option) {
  if (wanted === undefined) return names.findIndex((name) => known.includes(plainName(name)));
  const at = findColumn(names, wanted);
  if (at < 0) throw badFile(file, `--${option}`, wanted, `one of ${names.slice(0, 30).join(', ')}`);
  return at;
}

/**
 * Numbers of one cell: a JSON list, or numbers between blanks, commas, | or ;.
 * @param {string} cell
 * @returns {number[] | undefined}
 */
function listOf(cell) {
  const bare = cell
    .trim()
    .replace(/^[[({]|[\])}]$/g, '')
    .trim();
  if (bare === '') return undefined;
  const numbers = bare.split(/\s*[,;|]\s*|\s+/).map((part) => (part === '' ? NaN : Number(part)));
  return numbers.every(Number.isFinite) ? numbers : undefined;
}

const isNumber = (/** @type {string} */ cell) => cell.trim() !== '' && Number.isFinite(Number(cell));

/**
 * Which column is the id, and which are the vector: one list, or a number each.
 * @param {string} file
 * @param {{ names: string[] | null, sample: string[][] }} rows
 * @param {TableColumns} columns
 */
function layoutOf(file, { names, sample }, columns) {
  const first = names ?? sample[0];
  const body = names ? sample : sample.slice(1);
  const header = names !== null || !first.slice(1).every((cell) => isNumber(cell) || listOf(cell));
  const titles = header ? first : first.map((_, i) => String(i + 1));
  const row = (header ? body : sample)[0] ?? [];
  const id = Math.max(0, columnOf(file, titles, columns.id, idNames, 'id-column'));
  const vector = columnOf(file, titles, columns.vector, vectorNames, 'vector-column');
  const numeric = titles.flatMap((_, i) => (i !== id && isNumber(row[i] ?? '') ? [i] : []));
  const listed = titles.findIndex((_, i) => i !== id && (listOf(row[i] ?? '')?.length ?? 0) > 1);
  const single =
    vector >= 0 && (columns.vector !== undefined || !isNumber(row[vector] ?? '')) ? vector : listed;
  if (single < 0 && numeric.length === 0)
    throw badFile(
      file,
      'columns',
      titles.slice(0, 20).join(', '),
      'an id and a list of numbers (--vector-column), or an id and a column for each number',
    );
  return { header: header && names === null, id, single, numeric };
}

/**
 * @param {string} path
 * @param {string} file
 * @param {TableColumns & { signal?: AbortSignal | undefined, kind?: 'csv' | 'tsv' | 'json' }} options
 * @returns {Promise<TextVectors>}
 */
export async function readTable(path, file, { signal, kind, ...columns }) {
  const open = { ...(kind && { format: kind }), ...(signal && { signal }) };
  return withRows(path, file, open, async (rows) => {
    const { header, id, single, numeric } = layoutOf(file, rows, columns);
    /** @type {TextVectors} */
    const out = { ids: [], rows: [] };
    let seen = 0;
    await rows.each(new BadRows(file, 0), (cells, line) => {
      if (seen++ === 0 && header) return;
      const numbers = single >= 0 ? listOf(cells[single]) : numeric.map((i) => Number(cells[i] || NaN));
      if (!numbers || !numbers.every(Number.isFinite))
        throw badFile(`${file}:${line()}`, 'vector', cells.slice(0, 5).join(','), 'numbers');
      if (out.rows.length > 0 && numbers.length !== out.rows[0].length)
        throw badFile(`${file}:${line()}`, 'vector', `${numbers.length} numbers`, `${out.rows[0].length}`);
      out.ids.push(cells[id]);
      out.rows.push(numbers);
    });
    if (out.ids.length === 0) throw badFile(file, 'rows', 'none', 'at least one item');
    return out;
  });
}
