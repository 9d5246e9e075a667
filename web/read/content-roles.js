// Owns which column plays which role in a file whose columns have no names: by what is in them. Must not ask
// whether that may be wrong (role-doubts.js does).
import {
  areDates,
  areDecimals,
  arePlaces,
  areUnixTimes,
  followsFrom,
  isOfFew,
  looksDated,
  onScale,
} from './column-look.js';
import { ask, cellsOf } from './role-doubts.js';
import { isNothing, parseRating, parseTime } from './values.js';

/** @import { Columns } from './role-doubts.js' */
/** @import { Places, Wanted } from './roles.js' */

const roleNames = /** @type {const} */ (['user', 'item', 'rating', 'time']);

/**
 * @typedef {object} Left what has no role yet
 * @property {number[]} rest columns
 * @property {boolean} numbered whether the first column counts the rows
 */

/** So many rows make a count of row numbers no accident. */
const fewRows = 10;

/**
 * Columns without names: numbers of rows first are passed over, times are known by their look; then come
 * user and item.
 * @param {Columns} columns
 * @param {Places} index filled in
 * @param {Wanted} wanted
 * @param {string[]} notes filled in
 * @returns {Left}
 */
export function idsByContent(columns, index, wanted, notes) {
  const { first } = columns;
  const given = roleNames.some((role) => wanted[role] !== undefined && wanted[role] !== 'none');
  const taken = (/** @type {number} */ i) => roleNames.some((role) => index[role] === i);
  const numbered = !given && isRowNumber(columns);
  if (numbered) notes.push('column 1 counts the rows, and is not used');
  const free = first.map((_, i) => i).filter((i) => !taken(i) && !(numbered && i === 0));
  if (wanted.time === undefined && index.time < 0) index.time = timeColumn(columns, free);
  const dated = datesIn(columns, free, index.time);
  for (const i of dated) notes.push(`column ${i + 1} looks like dates that are not read, and is not used`);
  const rest = free.filter((i) => i !== index.time && !dated.includes(i));
  for (const role of /** @type {const} */ (['user', 'item'])) {
    if (index[role] >= 0 || rest.length === 0) continue;
    // What is given by number leaves the other where it stands, if it can.
    const place = roleNames.indexOf(role);
    const at = given && rest.includes(place) ? rest.indexOf(place) : 0;
    const id = rest.findIndex((i, k) => k >= at && !areDecimals(cellsOf(columns, i)));
    [index[role]] = rest.splice(id < 0 ? at : id, 1);
  }
  return { rest, numbered };
}

/**
 * Dates that are no times here: those of a kind that is not read, and others than the first.
 * @param {Columns} columns
 * @param {number[]} free
 * @param {number} time
 */
function datesIn(columns, free, time) {
  const dated = free.filter((i) => i !== time && looksDated(cellsOf(columns, i)));
  return free.length - dated.length - Number(time >= 0) >= 2 ? dated : [];
}

/**
 * The first column of numbers behind them that may be a rating, and a time behind it.
 * @param {Columns} columns
 * @param {Places} index filled in
 * @param {Wanted} wanted
 * @param {Left & { notes: string[] }} left
 */
export function numbersByContent(columns, index, wanted, { rest, numbered, notes }) {
  const least = numbered ? 3 : 2;
  const after = Math.max(index.user, index.item);
  const numbers = rest.filter((i) => i >= least && i > after && isRating(columns, i));
  const known = wanted.rating !== undefined || index.rating >= 0;
  const own = known ? numbers : numbers.filter((i) => !isProperty(columns, index, i, notes));
  if (!known) {
    if (own.length > 1) checkOneRating(columns, own, index.time);
    index.rating = own.shift() ?? -1;
  } else if (wanted.rating === 'none') own.shift();
  const [next] = own;
  if (wanted.time !== undefined || index.time >= 0 || next !== least + 1) return;
  const cells = cellsOf(columns, next);
  if (!isOfFew(cells) && cells.every((cell) => !Number.isNaN(parseTime(cell)))) index.time = next;
}

/**
 * Whether a column of numbers could be a rating: it says something, and is no place on a map.
 * @param {Columns} columns
 * @param {number} i
 */
function isRating(columns, i) {
  const { data, comma } = columns;
  const cells = cellsOf(columns, i);
  const values = cells.map((cell) => parseRating(cell, comma));
  if (data.length > 1 && cells.every(isNothing)) return false;
  if (data.length > 1 && values.every((value, k) => Number.isNaN(value) && !isNothing(cells[k])))
    return false;
  if (data.length >= fewRows && values.every((value) => value <= 0)) return false;
  // The same large number in every row is no rating, but a price or a place.
  if (data.length >= fewRows && values[0] > 10 && values.every((value) => value === values[0])) return false;
  return !arePlaces(cells, cellsOf(columns, i + 1)) && !arePlaces(cellsOf(columns, i - 1), cells);
}

/**
 * Whether a value is the same in all rows of an item, or of a person: a category, a price, an age.
 * @param {Columns} columns
 * @param {Places} index
 * @param {number} i
 * @param {string[]} notes filled in
 */
function isProperty(columns, index, i, notes) {
  const cells = cellsOf(columns, i);
  for (const role of /** @type {const} */ (['item', 'user'])) {
    if (index[role] < 0 || !followsFrom(cells, cellsOf(columns, index[role]))) continue;
    const whose = role === 'item' ? 'an item' : 'a person';
    notes.push(`column ${i + 1} is the same in all rows of ${whose}, and is no rating`);
    return true;
  }
  return false;
}

/**
 * Asks where the first column of numbers is on no scale of ratings and another is.
 * @param {Columns} columns
 * @param {number[]} numbers
 * @param {number} time
 */
function checkOneRating(columns, numbers, time) {
  const { file, first, comma } = columns;
  const [one, ...others] = numbers.filter((i) => i !== time);
  if (one === undefined || onScale(cellsOf(columns, one), comma)) return;
  const other = others.find((i) => onScale(cellsOf(columns, i), comma));
  if (other === undefined) return;
  throw ask(
    file,
    `columns ${one + 1} and ${other + 1} could both be the rating`,
    first.join(', '),
    `--rating ${one + 1}, --rating ${other + 1} or --rating none`,
  );
}

/**
 * A column on a scale of ratings that none was taken for, because it stands before the ids; -1: none.
 * @param {Columns} columns
 * @param {Places} index
 */
export function scaleIn(columns, index) {
  const places = Object.values(index);
  return columns.first.findIndex((_, i) => {
    const cells = cellsOf(columns, i);
    if (places.includes(i) || columns.data.length < fewRows || !onScale(cells, columns.comma)) return false;
    return isRating(columns, i) && !isProperty(columns, index, i, []);
  });
}

/**
 * Whether the first column counts the rows, from 0 or from 1, and others hold user and item.
 * @param {Columns} columns
 */
function isRowNumber({ first, data, file }) {
  if (first.length < 3 || data.length < fewRows) return false;
  const start = data[0][0];
  if (start !== '0' && start !== '1') return false;
  if (!data.every((row, i) => row[0] === String(Number(start) + i))) return false;
  if (first.length > 3 || new Set(data.map((row) => row[2])).size * 2 > data.length) return true;
  throw ask(
    file,
    'the first column counts the rows: either people with one event each, or row numbers',
    first.join(', '),
    '--user 2 --item 3 (row numbers), or --user 1 --item 2 (people)',
  );
}

/**
 * The column of times: dates, or numbers that are Unix times of the last decades behind two ids.
 * @param {Columns} columns
 * @param {number[]} free
 */
function timeColumn(columns, free) {
  const isDate = (/** @type {number} */ i) => {
    const cells = cellsOf(columns, i);
    return looksDated(cells) && areDates(cells);
  };
  const dates = free.length > 2 ? free.find(isDate) : undefined;
  return dates ?? free.slice(2).find((i) => areUnixTimes(cellsOf(columns, i))) ?? -1;
}
