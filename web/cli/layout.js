// Owns the cells of a terminal: how wide it is, how many a text takes, and text that is wrapped, cut or
// filled up to a number of them. Must not write, and must not know what a text means.
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { inline } from '../read/inline.js';
import { betweenMarks, remarked, unmarked } from './harmless.js';

/** Nothing can be laid out in fewer cells. */
const narrowest = 20;

/**
 * The cells of a line: what COLUMNS says, else what the terminal has; Infinity where the text goes elsewhere.
 * @param {{ isTTY?: boolean, columns?: number }} [stream]
 */
export function terminalWidth(stream = process.stdout) {
  const said = process.env.COLUMNS ?? '';
  const columns = /^[1-9]\d{0,5}$/.test(said) ? Number(said) : stream.isTTY ? stream.columns : undefined;
  return columns ? Math.max(narrowest, columns) : Infinity;
}

/**
 * How many cells a text takes: wide characters two, joined and combining ones none.
 * @param {string} text with our styles or without
 */
export const widthOf = (text) => stringWidth(unmarked(text));

/**
 * A text in lines of at most so many cells: broken at blanks, and within a word that has no room.
 * @param {string} text a part of one line, with our styles or without
 * @param {number} width
 * @returns {string[]}
 */
export function linesOf(text, width) {
  if (widthOf(text) <= width) return [text];
  const harmless = betweenMarks(text, inline, (code) => `\x1b[${code}`);
  return wrapAnsi(harmless, Math.max(1, width), { hard: true }).split('\n').map(remarked);
}

/**
 * A text with blanks behind it, or before it, up to so many cells.
 * @param {string} text
 * @param {number} width
 * @param {boolean} [right] whether they stand before it
 */
export function filled(text, width, right = false) {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)));
  return right ? blanks + text : text + blanks;
}

const segmenter = new Intl.Segmenter();

/**
 * A text of at most so many cells, with an ellipsis where something is missing.
 * @param {string} text without styles
 * @param {number} width
 */
export function cut(text, width) {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let cells = 0;
  for (const { segment } of segmenter.segment(text)) {
    cells += widthOf(segment);
    if (cells > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/**
 * A line in lines of the terminal, those behind the first indented.
 * @param {string} line without its indent
 * @param {string} before what stands before the first one
 * @param {string} indent of the others
 * @param {number} width
 */
export const hanging = (line, before, indent, width) =>
  linesOf(line, width - Math.max(widthOf(before), indent.length))
    .map((part, i) => `${i === 0 ? before : indent}${part}`)
    .join('\n');
