// Owns telling apart what is separated by blanks: rows, lists, and formats of other programs that are
// neither. Must not read further than the first lines.
import { dataError, questionError } from './bad-rows.js';
import { ratingNames } from './names.js';
import { plainName } from './table.js';
import { parseRating } from './values.js';

/** @import { Kind } from './format.js' */
/** @typedef {{ kind: Kind, delimiter: string, counted?: boolean, rowNames?: boolean }} Blanks */

/** @param {string} line */
const wordsOf = (line) => line.trim().split(/\s+/);

/**
 * The cells of a line; quotes keep blanks together.
 * @param {string} line
 */
export const cellsOfBlanks = (line) =>
  line.includes('"')
    ? Array.from(line.matchAll(/"((?:[^"\\]|\\.|"")*)"(?=[ \t]|$)|[^ \t]+/g), ([whole, inside]) =>
        inside === undefined ? whole : inside.replace(/\\(.)|"(")/g, '$1$2'),
      )
    : line.split(/[ \t]+/).filter((cell) => cell !== '');

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
 * Whether each line begins with the number of the ids that follow (CiteULike). Where all have the same number
 * it may be a person as well, unless it comes again and again.
 * @param {string[]} rows
 */
export function isCounted(rows) {
  const cells = rows.map(wordsOf);
  const numbers = new Set(cells.map(([first]) => first));
  return (
    rows.length > 1 &&
    cells.every((row) => row[0] === String(row.length - 1)) &&
    (numbers.size > 1 || (rows.length > 2 && cells[0].length > 2))
  );
}

// --------------------------------------------------------------------------------------------------- headers

/** @param {string} cell */
const isWord = (cell) => /^\p{L}[\p{L}\p{N}_.:-]*$/u.test(cell);

/**
 * Whether the first line names the columns of the others: by a name that is known, or by words above numbers.
 * @param {string[][]} cells
 */
export function hasHeader([head, ...others]) {
  if (others.length === 0 || head.length < 2 || !head.every(isWord)) return false;
  const names = head.map(plainName);
  const known = [...ratingNames.user, ...ratingNames.item].filter((name) => name.length > 1);
  if (known.some((name) => names.includes(name))) return true;
  const number = (/** @type {string} */ cell) => !Number.isNaN(parseRating(cell));
  return others.every((row) => row.length === head.length && row.slice(-2).every(number));
}

/**
 * Whether rows have a name or a number of their own before what the first line names, as R writes them.
 * @param {string[][]} cells the first line among them
 */
export function haveRowNames([head, ...others]) {
  if (others.length < 2 || others.some((row) => row.length !== head.length + 1)) return false;
  if (others.every((row) => row[row.length - 1] === '')) return false; // a separator at the end of each line
  const start = Number(others[0][0]);
  const counted = others.every((row, i) => Number(row[0]) === start + i);
  return counted && head.every((cell) => cell === '' || isWord(cell));
}

// ------------------------------------------------------------------------------------------- other programs

/**
 * Lines that are neither rows nor a list, with the way to make rows of them.
 * @type {{ what: string, is: (lines: string[]) => boolean, wanted: string }[]}
 */
const foreign = [
  {
    what: 'lines of libsvm (item:value)',
    is: (lines) =>
      lines.every((line) => /^\s*\S+(\s+[^\s:]+:[-+.\deE]+)*\s*$/.test(line)) && lines.some(hasColon),
    wanted:
      'rows of user, item and value ' +
      `(awk '{ for (i = 2; i <= NF; i++) { split($i, p, ":"); print $1, p[1], p[2] } }' FILE makes them)`,
  },
  {
    what: 'lines of a name, a colon and a value',
    is: (lines) =>
      lines.length > 2 &&
      lines.every((line) => /^\s*[\w./ -]+: ?/.test(line)) &&
      new Set(lines.map((line) => line.split(':')[0])).size * 2 <= lines.length,
    wanted: 'a row for each record, with a column for each name (CSV or JSON Lines)',
  },
  {
    what: 'lines that begin with a person and a colon',
    is: (lines) => lines.every((line) => /^\s*[^\s:]+:(\s*[^\s:]+)*\s*$/.test(line)),
    wanted: "a blank between the person and the items (sed 's/:/ /' FILE makes it)",
  },
  {
    what: 'blocks of "user|rows", each with its rows below (KDD Cup 2011)',
    is: (lines) => /^\S+\|\d+$/.test(lines[0]) && lines.some((line) => line.includes('\t')),
    wanted:
      'the person in each row ' +
      `(awk -F '[|\\t]' 'NF == 2 { u = $1; next } { print u "\\t" $0 }' FILE does it)`,
  },
];

/** @param {string} line */
const hasColon = (line) => /\s\S+:/.test(line);

/**
 * @param {string[]} lines
 * @param {string} file
 */
function refuseOthers(lines, file) {
  const found = foreign.find(({ is }) => is(lines));
  if (found) throw unclear(file, found.what, lines[0], found.wanted);
}

// ------------------------------------------------------------------------------------------- rows or a list

/**
 * Lines with no delimiter but blanks: a list, unless they could as well be `user item rating`, which is for a
 * person to say. A list has a line for each person, so a person with several lines has rows.
 * @param {string[]} lines
 * @param {string} file
 * @param {boolean} named whether the format is one of rows by its name
 * @returns {Blanks}
 */
export function detectBlanks(lines, file, named) {
  const rows = /** @type {const} */ ({ kind: 'csv', delimiter: ' ' });
  const list = /** @type {const} */ ({ kind: 'list', delimiter: ' ' });
  if (!named) refuseOthers(lines, file);
  const cells = lines.map(cellsOfBlanks);
  const [width] = cells.map((row) => row.length);
  const alike = cells.every((row) => row.length === width);
  if ((alike && width === 1) || lines.every((line) => line.split('|').length > 2))
    throw unclear(
      file,
      'no separator that is known',
      lines[0],
      'user and item, separated by comma, tab, semicolon, "::" or a blank ' +
        '(sep=X as the first line says which)',
    );
  if (haveRowNames(cells)) return { ...rows, rowNames: true };
  if (named || hasHeader(cells)) return rows;
  if (isCounted(lines)) return { ...list, counted: true };
  return isList(cells, lines, file) ? list : rows;
}

/**
 * @param {string[][]} cells
 * @param {string[]} lines
 * @param {string} file
 */
function isList(cells, lines, file) {
  const widths = cells.map((row) => row.length);
  const [width] = widths;
  const alike = widths.every((n) => n === width);
  const people = new Set(cells.map(([first]) => first)).size;
  const again = people < lines.length;
  const rated = cells.every((row) => row.length < 3 || !Number.isNaN(parseRating(row[2])));
  if (alike && (width === 2 || (again && rated))) return false;
  if (alike && width > 4 && !again) return true;
  const [user, item = '', value = ''] = cells.find((row) => row.length > 2) ?? cells[0];
  const odd = widths.findIndex((n) => n !== width);
  if (alike ? !rated : !likeRows(widths, rated, again)) {
    if (!again || !(alike || beginWithItems(cells))) return true;
    throw askOfBaskets(cells, lines, file);
  }
  const what = alike
    ? 'cannot tell a list of items from a row with a rating'
    : `lines of ${width} and of ${widths[odd]} columns, which may be rows with a rating or a list`;
  const wanted =
    `the format: --format list (${user} is a person with the items ${item} and ${value}) or --format csv ` +
    `(${user} gives ${item} the rating ${value}; --skip-bad N leaves out N rows of another length)`;
  throw questionError(file, what, lines[alike ? 0 : odd], wanted, alike ? 1 : odd + 1);
}

/**
 * Whether what begins several lines stands within others as well, as an item does.
 * @param {string[][]} cells
 */
function beginWithItems(cells) {
  const within = new Set(cells.flatMap(([, ...items]) => items));
  const met = new Set();
  return cells.some(([first]) => met.size === met.add(first).size && within.has(first));
}

/**
 * A list has a line for each person: where first ids come again, they may be items, or the lines rows.
 * @param {string[][]} cells
 * @param {string[]} lines
 * @param {string} file
 */
function askOfBaskets(cells, lines, file) {
  const met = new Set();
  const at = cells.findIndex(([first]) => met.size === met.add(first).size);
  const [first] = cells[at];
  return questionError(
    file,
    `${first} begins several lines, where a list has a line for each person`,
    lines[at],
    'a person at the head of each line (cat -n FILE numbers the lines), ' +
      `or --format list (${first} is a person), ` +
      'or --format csv (rows)',
    at + 1,
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
