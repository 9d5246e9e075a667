// Owns making text harmless for a terminal: what came from a file is shown and never obeyed. Must not write.
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { escaped, inline, unsafe } from '../read/inline.js';

const layout = new Set(['\n', '\t']);

/** Nobody who wrote a file can know it, so only our own styles are turned into escapes. */
const key = randomBytes(8).toString('hex');
const ownMark = new RegExp(`\x1b${key}\\[([0-9]+m)`, 'g');

/**
 * A text in a style: marked by what no file can hold, until `shown` makes escapes of it.
 * @param {keyof typeof inspect.colors} format
 * @param {string} text
 */
export function marked(format, text) {
  const [on, off] = /** @type {[number, number]} */ (inspect.colors[format]);
  return `\x1b${key}[${on}m${text}\x1b${key}[${off}m`;
}

/**
 * Marks in the place of escapes of styles, in a text whose own controls were made harmless before.
 * @param {string} text
 */
export const remarked = (text) => text.replace(/\x1b\[([0-9]+m)/g, `\x1b${key}[$1`);

/**
 * A text without the marks of its styles.
 * @param {string} text
 */
export const unmarked = (text) => text.replace(ownMark, '');

/**
 * A text with a change to all that stands between the marks of its styles.
 * @param {string} text
 * @param {(part: string) => string} change
 * @param {(code: string, mark: string) => string} [toMark] what becomes of a mark; default: it stays
 */
export function betweenMarks(text, change, toMark = (_, mark) => mark) {
  let made = '';
  let at = 0;
  for (const { 0: mark, 1: code, index } of text.matchAll(ownMark)) {
    made += change(text.slice(at, index)) + toMark(code, mark);
    at = index + mark.length;
  }
  return made + change(text.slice(at));
}

/** @param {string} part */
const withLayout = (part) =>
  part.replace(unsafe, (control) => (layout.has(control) ? control : escaped(control)));

/**
 * A text as a terminal may have it: our own styles and line ends are obeyed, every other control is shown.
 * @param {string} text
 */
export const shown = (text) => betweenMarks(text, withLayout, (code) => `\x1b[${code}`);

/**
 * JSON without a control that JSON lets pass: those of C1 and those of direction. The same value.
 * @param {unknown} value
 */
export const safeJson = (value) => inline(JSON.stringify(value));
