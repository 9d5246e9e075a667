// Owns how numbers, bars and tables look in a terminal, and values as JSON. Must not know what they mean.
import { inline } from '../read/inline.js';
import { betweenMarks, marked, safeJson, unmarked } from './harmless.js';
import { cut, filled, linesOf, terminalWidth, widthOf } from './layout.js';

/**
 * A text in a style, where the stream it goes to is a terminal that has colours.
 * @param {Parameters<typeof marked>[0]} format
 * @param {string} text
 * @param {NodeJS.WriteStream} [stream]
 */
export const style = (format, text, stream = process.stdout) =>
  stream.isTTY && !process.env.NO_COLOR ? marked(format, text) : text;

/** @param {number} share 0 to 1 */
export const percent = (share) => `${Math.round(share * 100)} %`;

/**
 * A bar of `width` cells.
 * @param {number} share 0 to 1
 * @param {number} width
 */
export function bar(share, width) {
  const full = Math.max(0, Math.min(width, Math.round(share * width)));
  return '█'.repeat(full) + '░'.repeat(width - full);
}

/**
 * A text from outside as a part of one line of so many cells, with an ellipsis where something is missing.
 * @param {string} text
 * @param {number} width
 */
export const fit = (text, width) => cut(inline(text), width);

/** @param {number} bytes */
export function fileSize(bytes) {
  return bytes < 1e4
    ? `${bytes} bytes`
    : bytes < 1e6
      ? `${(bytes / 1e3).toFixed(0)} kB`
      : `${(bytes / 1e6).toFixed(1)} MB`;
}

/**
 * A value as one line of JSON.
 * @param {unknown} value
 */
export const jsonLine = (value) => `${safeJson(value)}\n`;

/** @param {number} n */
export const count = (n) => n.toLocaleString('en-US');

/**
 * A cell without controls, in its styles.
 * @param {string} cell
 */
const oneLine = (cell) => betweenMarks(cell, inline);

const numeric = /^[-+]?[\d.,]*( ?[%a-z]{0,5})?$/i;

const isBar = /^[█░]+$/;

/** What a column of words is not made narrower than; less where the terminal has no room for so much. */
const leastColumn = 12;
const lessColumn = 8;
const narrowColumn = 4;
const gap = '  ';

/** @param {readonly number[]} widths */
const lineWidth = (widths) => widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1));

/**
 * The cells of each column: what it needs, or where the terminal has no room for all, less for the widest of
 * those with words. Numbers and bars are never broken.
 * @param {number[]} needed
 * @param {boolean[]} isWhole
 * @param {number} room
 * @param {number} leastWords
 */
function columnWidths(needed, isWhole, room, leastWords) {
  const widths = [...needed];
  const least = (/** @type {number} */ c) => (isWhole[c] ? needed[c] : Math.min(needed[c], leastWords));
  let over = lineWidth(widths) - room;
  while (over > 0) {
    const spare = widths.map((width, c) => (width > least(c) ? width : 0));
    const widest = Math.max(...spare);
    if (widest <= 0) break; // the terminal breaks the lines
    widths[spare.indexOf(widest)]--;
    over--;
  }
  return widths;
}

/**
 * Rows of text as columns; columns whose cells are all numbers are aligned right. A cell is a part of one
 * line, whatever it holds; where the terminal is too narrow it has more lines below, and bars are left out
 * where there is no room beside words.
 * @param {string[][]} cells
 * @param {string} [indent]
 * @param {number} [width] of the terminal
 */
export function table(cells, indent = '  ', width = terminalWidth()) {
  const rows = cells.map((row) => row.map(oneLine));
  const columns = Math.max(...rows.map((row) => row.length));
  const ofColumn = (/** @type {number} */ c) => rows.map((row) => row[c] ?? '');
  const every = Array.from({ length: columns }, (_, c) => ofColumn(c));
  const right = every.map((column) =>
    column.every((cell) => numeric.test(unmarked(cell)) && /\d|^$/.test(cell)),
  );
  const bars = every.map((column) => column.every((cell) => isBar.test(unmarked(cell))));
  const isWhole = right.map((isNumeric, c) => isNumeric || bars[c]);
  const needed = every.map((column) => Math.max(...column.map(widthOf)));
  const room = width - indent.length;
  const fit = (/** @type {number} */ least) => columnWidths(needed, isWhole, room, least);
  let widths = fit(leastColumn);
  if (lineWidth(widths) > room) widths = fit(lessColumn);
  if (lineWidth(widths) > room && bars.some(Boolean) && !bars.every(Boolean))
    return table(
      cells.map((row) => row.filter((_, c) => !bars[c])),
      indent,
      width,
    );
  if (lineWidth(widths) > room) widths = fit(narrowColumn);
  const lines = rows.flatMap((row) => {
    const parts = widths.map((room, c) => linesOf(row[c] ?? '', room));
    return Array.from({ length: Math.max(...parts.map(({ length }) => length)) }, (_, i) =>
      parts.map((part, c) => filled(part[i] ?? '', widths[c], right[c])).join(gap),
    );
  });
  return lines.map((line) => (indent + line).trimEnd()).join('\n');
}
