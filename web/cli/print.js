// Owns how numbers, bars and tables look in a terminal, and values as JSON. Must not know what they mean.
import { inline } from '../read/inline.js';
import { betweenMarks, marked, safeJson, unmarked } from './harmless.js';

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
 * A text from outside as a part of one line, cut to a width, with an ellipsis where something is missing.
 * @param {string} text
 * @param {number} width
 */
export function fit(text, width) {
  const safe = inline(text);
  return safe.length > width ? `${safe.slice(0, width - 1)}…` : safe;
}

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

/**
 * Rows of text as columns; columns whose cells are all numbers are aligned right. A cell is a part of one
 * line, whatever it holds.
 * @param {string[][]} cells
 * @param {string} [indent]
 */
export function table(cells, indent = '  ') {
  const rows = cells.map((row) => row.map(oneLine));
  const width = (/** @type {string} */ cell) => unmarked(cell).length;
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, c) =>
    Math.max(...rows.map((row) => width(row[c] ?? ''))),
  );
  const right = widths.map((_, c) =>
    rows.every(
      (row) => /^[-+]?[\d.,]*( ?[%a-z]{0,5})?$/i.test(unmarked(row[c] ?? '')) && /\d|^$/.test(row[c] ?? ''),
    ),
  );
  return rows
    .map(
      (row) =>
        indent +
        row
          .map((cell, c) => {
            const space = ' '.repeat(widths[c] - width(cell));
            return right[c] ? space + cell : cell + space;
          })
          .join('  ')
          .trimEnd(),
    )
    .join('\n');
}
