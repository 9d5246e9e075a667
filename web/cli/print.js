// Owns how numbers, bars and tables look in a terminal, and values as JSON. Must not know what they mean.
import { stripVTControlCharacters, styleText } from 'node:util';

const useColour = () => Boolean(process.stdout.isTTY) && !process.env.NO_COLOR;

/**
 * @param {Parameters<typeof styleText>[0]} format
 * @param {string} text
 */
export function style(format, text) {
  return useColour() ? styleText(format, text) : text;
}

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
 * A text cut to a width, with an ellipsis where something is missing.
 * @param {string} text
 * @param {number} width
 */
export const fit = (text, width) => (text.length > width ? `${text.slice(0, width - 1)}…` : text);

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
export const jsonLine = (value) => `${JSON.stringify(value)}\n`;

/** @param {number} n */
export const count = (n) => n.toLocaleString('en-US');

/**
 * Rows of text as columns; columns whose cells are all numbers are aligned right.
 * @param {string[][]} rows
 * @param {string} [indent]
 */
export function table(rows, indent = '  ') {
  const width = (/** @type {string} */ cell) => stripVTControlCharacters(cell).length;
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, c) =>
    Math.max(...rows.map((row) => width(row[c] ?? ''))),
  );
  const right = widths.map((_, c) =>
    rows.every(
      (row) =>
        /^[-+]?[\d.,]*( ?[%a-z]{0,5})?$/i.test(stripVTControlCharacters(row[c] ?? '')) &&
        /\d|^$/.test(row[c] ?? ''),
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
