// Owns guessing the format of a text file from its first lines. Must not read further, or know what a column
// means.
import { dataError } from './bad-rows.js';
import { cellsOfBlanks, detectBlanks, hasHeader, haveRowNames, isCounted } from './blanks.js';
import { detectDelimiter } from './table.js';

/**
 * What is written as 'csv' is separated by comma, semicolon or blanks.
 * @typedef {'csv' | 'tsv' | 'dat' | 'list' | 'json' | 'parquet' | 'netflix'} Kind
 */
/**
 * @typedef {object} Format
 * @property {Kind} kind
 * @property {string} delimiter
 * @property {number} skip lines before the first row
 * @property {string} [comment] what a line that is none begins with
 * @property {boolean} [counted] a list whose lines begin with the number of their items (CiteULike)
 * @property {boolean} [rowNames] whether rows have one cell more than the first line names, before the others
 * @property {string} [said] how the format is called, where it has a name
 */

/** What a caller may name; Parquet is known by its first bytes. */
export const kinds = /** @type {readonly Kind[]} */ (['csv', 'tsv', 'dat', 'list', 'json', 'netflix']);

const comments = /^\s*[%#]/;

/**
 * @param {string} file
 * @param {string} what
 * @param {string} got
 * @param {string} wanted
 * @param {number} [line]
 */
const unclear = (file, what, got, wanted, line = 1) =>
  dataError('BAD_DATA', file, [{ line, what, got, wanted }]);

/**
 * The lines before the first row that a format begins with, and what they say.
 * @param {string[]} lines
 * @param {string} file
 * @returns {{ skip: number, comment?: string, said?: string, delimiter?: string, sizes?: boolean }}
 */
function prologueOf(lines, file) {
  const sep = /^sep=(.|\\t)$/i.exec(lines[0]);
  if (sep) return { skip: 1, delimiter: sep[1] === '\\t' ? '\t' : sep[1] };
  const matrix = /^%%MatrixMarket\s+matrix\s+(\w+)/i.exec(lines[0]);
  if (matrix && matrix[1].toLowerCase() !== 'coordinate')
    throw unclear(file, 'a dense matrix', lines[0], 'rows of user, item and value (a coordinate matrix)');
  if (!comments.test(lines[0])) return { skip: 0 };
  // An id may begin so as well: a table's first line is one of many that have as many cells.
  if (!lines[0].startsWith('%') && /[,;\t]|::/.test(lines[0]) && !/^\s*#\s/.test(lines[0]))
    return { skip: 0 };
  const said = matrix ? 'Matrix Market' : /^%\s*(bip|sym|asym)/.test(lines[0]) ? 'KONECT' : undefined;
  const comment = lines[0].trim()[0];
  return { skip: 0, comment, ...(said && { said }), ...(matrix && { sizes: true }) };
}

/**
 * @param {string[]} lines the first that are not blank
 * @param {string} file
 * @param {Kind} [wanted] what the command line says
 * @returns {Format}
 */
export function detectFormat(lines, file, wanted) {
  const { sizes = false, delimiter, ...prologue } = prologueOf(lines, file);
  const { comment } = prologue;
  const rows = lines.slice(prologue.skip).filter((line) => !comment || !line.trim().startsWith(comment));
  if (sizes) rows.shift();
  const format = { ...prologue, ...(sizes && { sizes }) };
  if (delimiter) return { ...format, kind: delimiter === '\t' ? 'tsv' : 'csv', delimiter };
  // Comments alone: any format says that there is no row.
  if (rows.length === 0 && !wanted) return { ...format, kind: 'csv', delimiter: ',' };
  if (wanted && wanted !== 'csv') return { ...format, ...given(wanted, rows) };
  if (!wanted && isNetflix(rows)) return { ...format, kind: 'netflix', delimiter: ',' };
  if (!wanted && /^\(.+,.+\)\s/.test(rows[0] ?? ''))
    throw unclear(
      file,
      'lines of (user,item) and items that were not taken',
      rows[0],
      'interactions; ampcf evaluate reads such a file by --leave-one-out FILE',
    );
  const found = detectDelimiter(rows, wanted ? [',', ';'] : ['::', '\t', ',', ';']);
  if (found) {
    const kind = found === '::' ? 'dat' : found === '\t' ? 'tsv' : 'csv';
    const named = haveRowNames(rows.map((line) => bareCells(line, found)));
    return { ...format, kind, delimiter: found, ...(named && { rowNames: true }) };
  }
  if (wanted) {
    const blanks = detectDelimiter(rows, [' ', '\t']) !== null;
    const named = blanks && haveRowNames(rows.map(cellsOfBlanks));
    return { ...format, kind: 'csv', delimiter: blanks ? ' ' : ',', ...(named && { rowNames: true }) };
  }
  if (haveBars(rows)) return { ...format, kind: 'csv', delimiter: '|' };
  return { ...format, ...detectBlanks(rows, file, prologue.said !== undefined) };
}

/**
 * Cells of a line to count and to look at.
 * @param {string} line
 * @param {string} delimiter
 */
const bareCells = (line, delimiter) =>
  line
    .replace(/"[^"]*"/g, (quoted) => quoted.replaceAll(delimiter, ' '))
    .split(delimiter)
    .map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));

/**
 * Whether all lines are cells between bars, the first one names of columns. Without names such a file is as
 * often one of items (u.item).
 * @param {string[]} rows
 */
const haveBars = (rows) =>
  rows.every((line) => line.includes('|')) && hasHeader(rows.map((line) => bareCells(line, '|')));

/**
 * @param {Kind} wanted
 * @param {string[]} rows
 * @returns {{ kind: Kind, delimiter: string, counted?: boolean }}
 */
function given(wanted, rows) {
  const delimiter = { tsv: '\t', dat: '::', list: ' ', netflix: ',' }[/** @type {string} */ (wanted)] ?? '';
  return { kind: wanted, delimiter, ...(wanted === 'list' && isCounted(rows) && { counted: true }) };
}

/** @param {string[]} rows */
const isNetflix = (rows) =>
  /^\s*[^\s,:]+:\s*$/.test(rows[0] ?? '') &&
  rows.every((row) => /^\s*[^\s,:]+:\s*$/.test(row) || row.includes(',')) &&
  rows.some((row) => row.includes(','));
