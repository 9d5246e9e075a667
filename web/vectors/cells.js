// Owns what a cell of a table of vectors holds: a number, a list of numbers, or neither. Must not know which
// column it is of.

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const DECIMAL_COMMA = /^[+-]?\d*,\d+(e[+-]?\d+)?$/i;

/** A number with a comma for its point, which may as well be a list of two. */
export const hasDecimalComma = (/** @type {string} */ cell) => DECIMAL_COMMA.test(cell.trim());

/**
 * @param {string} cell
 * @param {boolean} comma whether a comma is the decimal point
 * @returns {number} NaN: it is none
 */
export function numberOf(cell, comma) {
  const bare = cell.trim();
  if (NUMBER.test(bare)) return Number(bare);
  return comma && DECIMAL_COMMA.test(bare) ? Number(bare.replace(',', '.')) : NaN;
}

/** A whole number as ids are written: no sign, no point. */
export const isWhole = (/** @type {string} */ cell) => /^\s*\d+\s*$/.test(cell);

/**
 * Numbers of one cell: a JSON list, or numbers between blanks, commas, | or ;.
 * @param {string} cell
 * @returns {number[] | undefined}
 */
export function listOf(cell) {
  const bare = cell
    .trim()
    .replace(/^[[({]|[\])}]$/g, '')
    .trim();
  if (bare === '') return undefined;
  const numbers = bare.split(/\s*[,;|]\s*|\s+/).map((part) => (part === '' ? NaN : Number(part)));
  return numbers.every(Number.isFinite) ? numbers : undefined;
}

/** Whether a cell is a list and no number: several of them, or one in brackets. */
export function isList(/** @type {string} */ cell) {
  const length = listOf(cell)?.length ?? 0;
  return length > 1 || (length === 1 && /^\s*[[({]/.test(cell));
}
