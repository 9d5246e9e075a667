// Owns JSON as rows: one object a line, or one array of objects. Must not know what a key means.
import { AmpcfError } from '../core/errors.js';

/** @import { BadRows } from './bad-rows.js' */
/** @import { LineBlock } from './lines.js' */
/** @typedef {Record<string, unknown>} JsonRow */

/** An array is read as a whole, and no text of V8 is longer. */
const MAX_ARRAY = 2 ** 29 - 24;

/**
 * What MongoDB writes with its type: `{"$numberInt":"33"}`, `{"$oid":"..."}`, `{"$date":...}`.
 * @param {unknown} value
 */
function ofMongo(value) {
  if (!isObject(value)) return undefined;
  const [[key, inner] = [''], ...others] = Object.entries(/** @type {object} */ (value));
  const known = ['$oid', '$numberInt', '$numberLong', '$numberDouble', '$numberDecimal', '$date', '$uuid'];
  return others.length === 0 && known.includes(key) ? inner : undefined;
}

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
  const bare = ofMongo(value);
  if (bare !== undefined) return cellOf(bare);
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
    : Object.values(/** @type {object} */ (value ?? {})).filter(isListOfRows);
  if (lists.length === 1 && lists[0].every(isObject)) return lists[0];
  const got = value === undefined ? 'text that is no JSON' : 'something else';
  const python = /^\s*\[?\s*\{\s*'/.test(text) ? "; this looks like Python, whose quotes are '" : '';
  throw new AmpcfError(
    'BAD_DATA',
    `${file}:1: JSON without rows, got ${got}${python}, wanted an object a line, or one array of objects`,
  );
}

/**
 * Whether a head of JSON is one of lines, each an object; a file of one object with an array in it is not.
 * @param {string} head
 */
export function isJsonLines(head) {
  const lines = head.split(/\r\n|\n|\r/).filter((text) => text.trim() !== '');
  const first = parsed(lines[0] ?? '');
  if (!isObject(first)) return false;
  const lists = Object.values(/** @type {object} */ (first)).filter(isListOfRows);
  return lines.length > 1 || lists.length === 0;
}

/** @param {unknown} value */
const isListOfRows = (value) => Array.isArray(value) && value.length > 0 && value.every(isObject);

/**
 * Whole numbers beyond 2^53, which JavaScript rounds, as the text has them: they are ids.
 * @param {JsonRow} row changed
 * @param {string} text of the row, where it is known
 * @returns {string | undefined} the key of one that cannot be told
 */
function exactNumbers(row, text) {
  for (const key of Object.keys(row)) {
    const value = row[key];
    if (typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value)) continue;
    const name = JSON.stringify(key).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const found = [...text.matchAll(new RegExp(`${name}\\s*:\\s*(-?\\d+)\\s*[,}]`, 'g'))];
    if (found.length !== 1) return key;
    [[, row[key]]] = found;
  }
  return undefined;
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
  const take = (/** @type {JsonRow} */ row, /** @type {number} */ line, text = '') => {
    const key = exactNumbers(row, text);
    if (key === undefined) onRow(row, line);
    else bad.add(line, `${key}: a number too large to be exact`, String(row[key]), 'ids as text, in quotes');
  };
  for await (const block of blocks) {
    const text = block.bytes.toString('utf8').replace(/^\uFEFF/, '');
    if (!lines) {
      length += text.length;
      if (length > MAX_ARRAY)
        throw new AmpcfError(
          'LIMIT',
          `${file}: JSON array too long, got over ${MAX_ARRAY} characters, wanted JSON Lines ` +
            "(jq -c '.[]' FILE makes them)",
        );
      texts.push(text);
      continue;
    }
    text.split(/\r\n|\n|\r/).forEach((row, i) => {
      if (row.trim() === '') return;
      const value = parsed(row);
      if (isObject(value)) take(/** @type {JsonRow} */ (value), block.line + i, row);
      else bad.add(block.line + i, 'not a JSON object', row, 'one JSON object a line');
    });
  }
  if (!lines) rowsOfArray(texts.join(''), file).forEach((row, i) => take(row, i + 1));
}
