// Owns JSON as rows: one object a line, or one array of objects. Must not know what a key means.
import { AmpcfError } from '../core/errors.js';

/** @import { BadRows } from './bad-rows.js' */
/** @import { LineBlock } from './lines.js' */
/** @typedef {Record<string, unknown>} JsonRow */

/** An array is read as a whole, and no text of V8 is longer. */
const MAX_ARRAY = 2 ** 29 - 24;

/**
 * A value as the text of a cell: lists and objects as JSON, nothing for null.
 * @param {unknown} value
 * @returns {string}
 */
export function cellOf(value) {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value === 'object')
    return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner));
  return String(value);
}

/**
 * The keys of rows, in order of first appearance.
 * @param {readonly JsonRow[]} rows
 */
export const keysOf = (rows) => [...new Set(rows.flatMap((row) => Object.keys(row)))];

/** @param {unknown} value */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * @param {string} text
 * @returns {unknown} undefined: no JSON
 */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The objects in a JSON text that is one array, or one object of which one property is an array of objects.
 * @param {string} text
 * @param {string} file
 * @returns {JsonRow[]}
 */
function rowsOfArray(text, file) {
  const value = parsed(text);
  const lists = Array.isArray(value)
    ? [value]
    : Object.values(/** @type {object} */ (value ?? {})).filter(
        (list) => Array.isArray(list) && list.length > 0 && list.every(isObject),
      );
  if (lists.length === 1 && lists[0].every(isObject)) return lists[0];
  const got = value === undefined ? 'text that is no JSON' : 'something else';
  const python = /^\s*\[?\s*\{\s*'/.test(text) ? "; this looks like Python, whose quotes are '" : '';
  throw new AmpcfError(
    'BAD_DATA',
    `${file}:1: JSON without rows, got ${got}${python}, wanted an object a line, or one array of objects`,
  );
}

/**
 * Whether a head of JSON is one of lines, each an object.
 * @param {string} head
 */
export function isJsonLines(head) {
  const line = head.split(/\r\n|\n|\r/).find((text) => text.trim() !== '') ?? '';
  return isObject(parsed(line));
}

/**
 * Feeds rows with their number (of the line, or of the element) to `onRow`.
 * @param {AsyncIterable<LineBlock>} blocks
 * @param {{ file: string, lines: boolean, bad: BadRows }} how
 * @param {(row: JsonRow, line: number) => void} onRow
 */
export async function eachJsonRow(blocks, { file, lines, bad }, onRow) {
  const texts = [];
  let length = 0;
  for await (const block of blocks) {
    const text = block.bytes.toString('utf8').replace(/^\uFEFF/, '');
    if (!lines) {
      length += text.length;
      if (length > MAX_ARRAY)
        throw new AmpcfError(
          'LIMIT',
          `${file}: JSON array too long, got over ${MAX_ARRAY} characters, wanted JSON Lines (jq -c '.[]' FILE)`,
        );
      texts.push(text);
      continue;
    }
    text.split(/\r\n|\n|\r/).forEach((row, i) => {
      if (row.trim() === '') return;
      const value = parsed(row);
      if (isObject(value)) onRow(/** @type {JsonRow} */ (value), block.line + i);
      else bad.add(block.line + i, 'not a JSON object', row, 'one JSON object a line');
    });
  }
  if (!lines) rowsOfArray(texts.join(''), file).forEach((row, i) => onRow(row, i + 1));
}
