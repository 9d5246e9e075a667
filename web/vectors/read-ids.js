// Owns files of ids beside vectors: a line an item, a column of a table, or an array of NumPy. Must not know
// whose ids they are.
import { BadRows } from '../read/bad-rows.js';
import { displayName, readFileBytes } from '../read/bytes.js';
import { withRows } from '../read/rows.js';
import { detectDelimiter, findColumn } from '../read/table.js';
import { isKnownId } from './layout.js';
import { badFile, readNpy } from './npy.js';
import { idsOfArray } from './open.js';

/**
 * @typedef {object} IdsOptions
 * @property {number} [rows] how many vectors there are
 * @property {string | undefined} [column] which column of a table, by name or number from 1; 'none': lines
 *   are ids as they are
 * @property {string} [option] what the command line calls the file
 */
/** @typedef {{ ids: string[], note: string | null }} FoundIds note: what was judged */

/**
 * @param {string} path .txt with an id a line, .csv or .tsv, .json with a list or an object of id and row, or
 *   .npy
 * @param {IdsOptions} [options]
 * @returns {Promise<FoundIds>} in the order of the vectors
 * @throws {import('../core/errors.js').AmpcfError} BAD_DATA, IO
 */
export async function readIds(path, options = {}) {
  const file = displayName(path);
  const bytes = await readFileBytes(path);
  if (bytes.subarray(0, 6).toString('latin1') === '\x93NUMPY')
    return { ids: idsOfArray(readNpy(bytes, file), file), note: null };
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badFile(file, 'ids', 'bytes that are not UTF-8', 'an id a line');
  }
  if (text.trimStart().startsWith('[')) return { ids: listOf(text, file), note: null };
  const map = text.trimStart().startsWith('{') ? mapOf(text, file) : undefined;
  if (map) return map;
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n/);
  if (lines.at(-1) === '') lines.pop();
  const blank = lines.findIndex((line) => line.trim() === '');
  if (blank >= 0)
    throw badFile(`${file}:${blank + 1}`, 'id', 'a blank line', 'an id: lines stand for vectors');
  return idsOfLines(path, bytes, lines, options);
}

/**
 * @param {string} text
 * @param {string} file
 * @returns {string[]}
 */
function listOf(text, file) {
  try {
    const list = JSON.parse(text);
    if (Array.isArray(list) && list.every((id) => typeof id === 'string' || Number.isSafeInteger(id)))
      return list.map(String);
  } catch {
    // No JSON: said below.
  }
  throw badFile(file, 'ids', text.slice(0, 40), 'a JSON list of texts or whole numbers');
}

/**
 * An object of ids and their rows, which count from 0 or from 1.
 * @param {string} text
 * @param {string} file
 * @returns {FoundIds | undefined} undefined: no JSON, so that lines are ids
 */
function mapOf(text, file) {
  let map;
  try {
    map = JSON.parse(text);
  } catch {
    return undefined;
  }
  const rows = Object.entries(map).sort(([, a], [, b]) => a - b);
  const from = Number(rows[0]?.[1]);
  const wrong = rows.find(([, row], k) => row !== from + k);
  if (rows.length > 0 && from <= 1 && from >= 0 && !wrong)
    return { ids: rows.map(([id]) => id), note: `ids by their rows, which count from ${from}` };
  const got = wrong ? JSON.stringify(wrong) : text.slice(0, 40);
  throw badFile(file, 'ids', got, 'an object of ids and rows 0, 1, 2, ..., each once; or a JSON list of ids');
}

/** @param {string[][]} cells by their rows */
function countsRows(cells, /** @type {number} */ i) {
  const from = Number(cells[0][i]);
  return cells.every((row, k) => /^\d+$/.test(row[i]) && Number(row[i]) === from + k);
}

/**
 * What stands between the columns, where each line has as many of them: undefined where lines are ids.
 * @param {string[]} lines
 */
function separatorOf(lines) {
  const found = detectDelimiter(lines.slice(0, 100), ['\t', ',', ';']);
  const width = (/** @type {string} */ line) =>
    line.replace(/"[^"]*"/g, '').split(/** @type {string} */ (found)).length;
  if (found) return lines.every((line) => width(line) === width(lines[0])) ? found : undefined;
  const words = lines.map((line) => line.trim().split(/[ \t]+/));
  const pairs = words.every((row) => row.length === 2);
  const body = words.slice(1);
  return pairs && body.length > 0 && [0, 1].some((i) => countsRows(body, i)) ? ' ' : undefined;
}

/**
 * @param {string} path
 * @param {Buffer} bytes
 * @param {string[]} lines
 * @param {IdsOptions} options
 * @returns {Promise<FoundIds>}
 */
async function idsOfLines(path, bytes, lines, { rows, column, option = 'ids' }) {
  const file = displayName(path);
  if (column === 'none') return { ids: lines, note: null };
  if (lines.every((line) => /^"(?:[^"]|"")*"$/.test(line))) {
    const bare = lines.map((line) => line.slice(1, -1).replaceAll('""', '"'));
    return {
      ids: bare,
      note: `quotes around each line are no part of an id: --${option}-column none keeps them`,
    };
  }
  const separator = separatorOf(lines);
  if (!separator) {
    if (column !== undefined && column !== '1')
      throw badFile(file, `--${option}-column`, column, '1 or none: there is one column');
    const header = rows !== undefined && lines.length === rows + 1 && isKnownId(lines[0]);
    return header
      ? {
          ids: lines.slice(1),
          note: `${JSON.stringify(lines[0])}, the first line, is the name of the column`,
        }
      : { ids: lines, note: null };
  }
  const table = await cellsOf(path, bytes, separator);
  const [first] = table;
  const known = first.flatMap((name, i) => (isKnownId(name) ? [i] : []));
  const at = column === undefined ? (known.length === 1 ? known[0] : -1) : findColumn(first, column);
  if (at < 0)
    throw badFile(
      file,
      column === undefined ? `${first.length} columns` : `--${option}-column`,
      column ?? lines[0],
      `--${option}-column 1 to ${first.length} for the column of ids, or none where a whole line is an id`,
    );
  const header = isKnownId(first[at]) || (column !== undefined && !/^\d+$/.test(column));
  const ids = table.slice(header ? 1 : 0).map((row) => row[at]);
  return { ids, note: `ids of column ${header ? JSON.stringify(first[at]) : at + 1}` };
}

/**
 * @param {string} path
 * @param {Buffer} bytes
 * @param {string} separator
 */
async function cellsOf(path, bytes, separator) {
  const file = displayName(path);
  const format = separator === '\t' ? 'tsv' : 'csv';
  return withRows(path, file, { format, bytes }, async (rows) => {
    const bad = new BadRows(file, 0);
    /** @type {string[][]} */
    const table = [];
    await rows.each(bad, (cells) => table.push([...cells]));
    bad.throwIfTooMany();
    return table;
  });
}
