// Owns what the cells of a column look like: dates, times, few values, places, lists, titles, names of
// people. Must not choose which column plays which role.
import { isNothing, parseRating, parseTime } from './values.js';

/** @typedef {readonly string[]} Cells */

/** Of so many cells a share says something. */
const some = 10;
/** So many different values may be steps of a scale, or kinds of a thing. */
const few = 21;

/** @param {Cells} cells */
const saidOf = (cells) => cells.filter((cell) => !isNothing(cell));

/**
 * Whether at least a share of the cells that say something are so.
 * @param {Cells} cells
 * @param {(cell: string) => boolean} is
 * @param {number} [share]
 */
export function mostly(cells, is, share = 0.8) {
  const said = saidOf(cells);
  return said.length > 0 && said.filter(is).length >= share * said.length;
}

/** @param {Cells} cells */
export const differentOf = (cells) => new Set(cells).size;

// --------------------------------------------------------------------------------------------------- moments

const monthName = /(^|[\s,.\d/-])(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[\s,./-]/i;
const inNumbers = /^(\d{1,4}[./-]\d{1,2}[./-]\d{1,4})([ T,].*)?$/;
const inOneNumber = /^(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/;
const clock = /^\d{1,2}:\d\d(:\d\d)?( ?[ap]m)?$/i;

/**
 * Whether a cell looks like a date or a time of day, also one that can be read in several ways.
 * @param {string} text
 */
function isDated(text) {
  const cell = text.trim();
  if (cell.length > 45 || !/\d/.test(cell)) return false;
  if (inNumbers.test(cell) || inOneNumber.test(cell) || clock.test(cell)) return true;
  return monthName.test(cell) && /\d\d/.test(cell) && /^[\w ,.:+/()-]+$/.test(cell);
}

/** @param {Cells} cells */
export const looksDated = (cells) =>
  mostly(cells, isDated, 0.95) && (cells.length >= some || !cells.every((cell) => /^\d+$/.test(cell)));

/**
 * Whether all cells are dates that can be read in one way only.
 * @param {Cells} cells
 */
export function areDates(cells) {
  const said = saidOf(cells);
  const enough = said.length > 0 && said.length * 2 >= cells.length;
  return enough && said.every((cell) => /\D/.test(cell.slice(0, 5)) && !Number.isNaN(parseTime(cell)));
}

/**
 * Whether all cells are Unix times of the last decades.
 * @param {Cells} cells
 */
export function areUnixTimes(cells) {
  const unix = (/** @type {string} */ cell) => {
    const seconds = /^\d{9,13}(\.\d+)?$/.test(cell.trim()) ? parseTime(cell) : 0;
    return seconds > 5e8 && seconds < 4.2e9;
  };
  const said = saidOf(cells);
  return said.length > 0 && said.length * 2 >= cells.length && said.every(unix);
}

// --------------------------------------------------------------------------------------------------- numbers

/**
 * Whether all cells are numbers with decimals, such as places on a map, which are no ids.
 * @param {Cells} cells
 */
export const areDecimals = (cells) => cells.every((cell) => /^\s*[+-]?\d+\.\d*[1-9]\d*\s*$/.test(cell));

/**
 * Whether two columns are a latitude and a longitude: numbers in their range with several decimals.
 * @param {Cells} a
 * @param {Cells} b
 */
export function arePlaces(a, b) {
  const within = (/** @type {Cells} */ cells, /** @type {number} */ most) =>
    mostly(cells, (cell) => /^\s*-?\d{1,3}\.\d{3,}\s*$/.test(cell) && Math.abs(Number(cell)) <= most, 0.9);
  return within(a, 90) && within(b, 180);
}

/**
 * Whether numbers stand on the steps of a scale of ratings.
 * @param {Cells} cells
 * @param {boolean} comma whether a comma may be the decimal point
 */
export function onScale(cells, comma) {
  const values = new Set(cells.map((cell) => parseRating(cell, comma)));
  if (values.size < 2 || values.size > few) return false;
  return [...values].every((value) => Math.abs(value) <= 10 && Number.isInteger(value * 2));
}

/** Whether whole numbers were written as 3.3000000e+01, which shortens long ones. */
export const areScientific = (/** @type {Cells} */ cells) =>
  mostly(cells, (cell) => /^\s*[+-]?\d(\.\d+)?e[+-]?\d+\s*$/i.test(cell), 0.5);

// ------------------------------------------------------------------------------------------------ few values

/**
 * Whether a column has few different values that come by turns, as ratings, kinds and shops do, and as people
 * in the order of a file do not.
 * @param {Cells} cells
 */
export function isOfFew(cells) {
  const different = differentOf(cells);
  if (cells.length < 2 * some || different > few || different * 3 > cells.length) return false;
  let turns = 0;
  for (let i = 1; i < cells.length; i++) if (cells[i] !== cells[i - 1]) turns++;
  return turns > 2 * different;
}

/**
 * Whether each key has one value only, which is no accident: what is so is a property of the key, such as the
 * category or the price of an item.
 * @param {ArrayLike<string | number>} values
 * @param {ArrayLike<string | number>} keys
 */
export function followsFrom(values, keys) {
  const of = new Map();
  const counts = new Map();
  let again = 0;
  for (let i = 0; i < values.length; i++) {
    const [key, value] = [keys[i], values[i]];
    counts.set(value, (counts.get(value) ?? 0) + 1);
    if (!of.has(key)) of.set(key, value);
    else if (of.get(key) !== value) return false;
    else again++;
  }
  // What two rows agree by accident.
  let alike = 0;
  for (const n of counts.values()) alike += (n / values.length) ** 2;
  return counts.size > 1 && again >= some && again * -Math.log(alike) > some;
}

// ----------------------------------------------------------------------------------------------------- texts

/** Whether cells are lists or objects, as JSON or Python write them. */
export const areNested = (/** @type {Cells} */ cells) =>
  mostly(
    cells,
    (cell) => /^\s*(\[[^]*\]|\{[^]*\})\s*$/.test(cell) && /[,'"]|^\s*\[\s*\d+\s*\]/.test(cell),
    0.95,
  );

/** Whether cells hold several ids each, with blanks between. */
export const areLists = (/** @type {Cells} */ cells) =>
  mostly(cells, (cell) => {
    const words = cell.trim().split(/\s+/);
    return words.length > 1 && words.every((word) => /^[\w-]*\d[\w-]*$/.test(word));
  });

/** Whether cells are of several words, as titles are. */
export const areTitles = (/** @type {Cells} */ cells) =>
  mostly(cells, (cell) => /\p{L}/u.test(cell) && /\S\s+\S/.test(cell), 0.4);

/** Whether cells are a first and a last name each. */
export const areNames = (/** @type {Cells} */ cells) =>
  mostly(cells, (cell) => /^\p{Lu}[\p{Ll}'-]+( \p{Lu}\.?)? \p{Lu}[\p{L}'-]+$/u.test(cell.trim()), 0.9);

/** Whether cells are of one word each, as ids mostly are. */
export const areWords = (/** @type {Cells} */ cells) =>
  mostly(cells, (cell) => !/\s/.test(cell.trim()), 0.95);
