// Owns what ids look like: those of people, those of items, or neither. Must not know where they stand.

/** What is of a person, whatever is said of it: addresses, numbers of telephones and of networks. */
const personal = [
  /^\S+@\S+\.\S+$/,
  /^@\w+$/,
  /^\+\d[\d ()/-]{7,}$/,
  /^(\d{1,3}\.){3}\d{1,3}$/,
  /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i,
];

const people = [
  /^A[0-9A-Z]{11,}$/, // reviewers of Amazon
  /^[0-9a-f]{32,}$/i, // hashes, of which accounts are made
  ...personal,
  /^7656119\d{10}$/, // accounts of Steam
  /^(u|usr|users?|customer|cust|member|person|visitor|account|reviewer|player|viewer|client)[-_:. ]?\d+$/i,
];

const items = [
  /^B[0-9A-Z]{9}$/, // Amazon
  /^97[89]\d{10}$/, // books
  /^(tt|nm)\d{6,}$/, // IMDb
  /^(i|it|items?|movie|film|book|prod|product|sku|song|track|artist|game|video|article|asin)[-_:. ]?\d+$/i,
];

/** Whether an id is one of Amazon: a product's own or a book's. */
const isItem = (/** @type {string} */ cell) => items[0].test(cell) || isBook(cell);

/** Kinds of ids that say nothing of whose they are. */
const opaque = [
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  /^[0-9a-f]{20,31}$/i,
  /^\d{15,}$/,
  /^(?=.*\d)[\w-]{20,}$/,
];

/**
 * Whether a number is one of a book: its last digit checks the others.
 * @param {string} cell
 */
function isBook(cell) {
  if (!/^\d{9}[\dX]$/i.test(cell)) return false;
  const digits = Array.from(cell, (digit) => (/x/i.test(digit) ? 10 : Number(digit)));
  return digits.reduce((sum, digit, i) => sum + digit * (10 - i), 0) % 11 === 0;
}

/** Of ids, so many must look alike. */
const most = 0.8;

/**
 * @param {readonly string[]} cells
 * @param {readonly RegExp[]} patterns
 */
const anyOf = (cells, patterns) => patterns.some((pattern) => mostly(cells, (cell) => pattern.test(cell)));

/**
 * @param {readonly string[]} cells
 * @param {(cell: string) => boolean} is
 */
const mostly = (cells, is) => cells.filter(is).length >= most * cells.length;

/**
 * 1: ids of people, -1: of items, 0: nothing is known.
 * @param {readonly string[]} cells
 */
export function leanOf(cells) {
  if (cells.length === 0) return 0;
  if (anyOf(cells, people)) return 1;
  return anyOf(cells, items) || mostly(cells, isItem) ? -1 : 0;
}

/**
 * Whether two columns hold long ids of the same kind, which say nothing of whose they are.
 * @param {readonly string[]} a
 * @param {readonly string[]} b
 */
export const sameKind = (a, b) =>
  a.length > 0 && opaque.some((pattern) => anyOf(a, [pattern]) && anyOf(b, [pattern]));

/**
 * Whether ids are long ones that say nothing of whose they are.
 * @param {readonly string[]} cells
 */
export const isOpaque = (cells) => cells.length > 0 && opaque.some((pattern) => anyOf(cells, [pattern]));

/**
 * Whether ids can only be of people.
 * @param {readonly string[]} cells
 */
export const isPersonal = (cells) => cells.length > 0 && anyOf(cells, personal);
