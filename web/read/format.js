// Owns guessing the format of a text file from its first lines. Must not read further, or know what a column
// means.
import { dataError } from './bad-rows.js';
import { parseRating } from './values.js';
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
 * @property {string} [said] how the format is called, where it has a name
 */

/** What a caller may name; Parquet is known by its first bytes. */
export const kinds = /** @type {readonly Kind[]} */ (['csv', 'tsv', 'dat', 'list', 'json', 'netflix']);

const comments = /^\s*[%#]/;

/** @param {string} line */
const cellsOf = (line) => line.trim().split(/\s+/);

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
  if (found)
    return { ...format, kind: found === '::' ? 'dat' : found === '\t' ? 'tsv' : 'csv', delimiter: found };
  if (wanted) return { ...format, kind: 'csv', delimiter: detectDelimiter(rows, [' ', '\t']) ? ' ' : ',' };
  return { ...format, ...detectBlanks(rows, file, prologue.said !== undefined) };
}

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

/**
 * Whether each line begins with the number of the ids that follow (CiteULike). Where all have the same number
 * it may be a person as well, unless it comes again and again.
 * @param {string[]} rows
 */
function isCounted(rows) {
  const cells = rows.map(cellsOf);
  const numbers = new Set(cells.map(([first]) => first));
  return (
    rows.length > 1 &&
    cells.every((row) => row[0] === String(row.length - 1)) &&
    (numbers.size > 1 || (rows.length > 2 && cells[0].length > 2))
  );
}

/**
 * Lines with no delimiter but blanks: a list, unless they could as well be `user item rating`, which is for a
 * person to say. A list has a line for each person, so a person with several lines has rows.
 * @param {string[]} lines
 * @param {string} file
 * @param {boolean} named whether the format is one of rows by its name
 * @returns {{ kind: Kind, delimiter: string, counted?: boolean }}
 */
function detectBlanks(lines, file, named) {
  const cells = lines.map(cellsOf);
  const widths = cells.map((row) => row.length);
  const [width] = widths;
  const alike = widths.every((n) => n === width);
  const rows = /** @type {const} */ ({ kind: 'csv', delimiter: ' ' });
  const list = /** @type {const} */ ({ kind: 'list', delimiter: ' ' });
  const wanted = 'user and item, separated by comma, tab, semicolon, "::" or a blank';
  const bars = lines.every((line) => line.split('|').length > 2);
  if (bars || (alike && width === 1)) throw unclear(file, 'no separator that is known', lines[0], wanted);
  if (named) return rows;
  if (isCounted(lines)) return { ...list, counted: true };
  const people = new Set(cells.map(([first]) => first)).size;
  const again = people < lines.length;
  const rated = cells.every((row) => row.length < 3 || !Number.isNaN(parseRating(row[2])));
  if (alike && width === 2) return rows;
  if (alike && width <= 5 && rated && again) return rows;
  if (alike && width <= 4 ? !rated : !likeRows(widths, rated, again)) return list;
  const [user, item, value] = cells[0];
  const odd = widths.findIndex((n) => n !== width);
  const what = alike
    ? 'cannot tell a list of items from a row with a rating'
    : `lines of ${width} and of ${widths[odd]} columns, which may be rows with a rating or a list`;
  throw unclear(
    file,
    what,
    lines[alike ? 0 : odd],
    `the format: --format list (${user} is a person with the items ${item} and ${value}) or --format csv ` +
      `(${user} gives ${item} the rating ${value}; --skip-bad N leaves out N rows of another length)`,
    alike ? 1 : odd + 1,
  );
}

/**
 * Whether lines of unequal length could be rows of `user item number` with a few others among them.
 * @param {number[]} widths
 * @param {boolean} rated
 * @param {boolean} again whether a first cell comes again
 */
function likeRows(widths, rated, again) {
  const rows = widths.filter((n) => n === 3 || n === 4).length;
  return rated && again && rows * 2 > widths.length;
}
