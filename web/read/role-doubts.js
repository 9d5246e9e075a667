// Owns the questions that are asked where a column may not be what it is taken for: a person's id that is
// taken for an item's goes into the model file. Must not choose columns.
import { dataError, questionError } from './bad-rows.js';
import {
  areDecimals,
  areLists,
  areNames,
  areNested,
  areScientific,
  areTitles,
  areUnixTimes,
  areWords,
  differentOf,
  followsFrom,
  isOfFew,
  looksDated,
  mostly,
  onScale,
} from './column-look.js';
import { isOpaque, isPersonal, leanOf, sameKind } from './id-shape.js';
import { isNothing, parseRating } from './values.js';

/** @import { Places, Wanted } from './roles.js' */
/**
 * @typedef {object} Columns
 * @property {string[]} first row, which may name them
 * @property {string[][]} data the rows below, or all of them
 * @property {boolean} comma whether a comma may be the decimal point
 * @property {string} file
 */

/**
 * @param {string} file
 * @param {string} what
 * @param {string} got
 * @param {string} wanted
 */
export const ask = (file, what, got, wanted) => questionError(file, what, got, wanted);

/**
 * @param {Columns} columns
 * @param {number} i
 */
export const cellsOf = ({ data }, i) => data.map((row) => row[i] ?? '');

/** From so many columns of numbers on each may be an item. */
const wide = 7;
/** Of a table with two ids, a rating and a time, so many rows say what a column is. */
const some = 10;

const aPerson = /** @type {const} */ ({ user: 'people', item: 'items' });

/**
 * Two columns, each of which may be the person.
 * @param {Columns} columns
 * @param {number} a from 0
 * @param {number} b
 * @param {string} [more] options
 */
function eitherWay({ first, data }, a, b, more = '') {
  const said = (/** @type {number} */ i) => JSON.stringify((data[0] ?? first)[i] ?? '').slice(0, 60);
  const way = (/** @type {number} */ user, /** @type {number} */ item) =>
    `${more}--user ${user + 1} --item ${item + 1} (${said(user).slice(1, -1)} is a person)`;
  return `which is which: ${way(a, b)}, or ${way(b, a)}`;
}

// ----------------------------------------------------------------------------------------- what is no id

/**
 * Ids that are lists, objects or numbers that were shortened are refused, also where the column was named.
 * @param {Columns} columns
 * @param {Places} index
 */
function checkCells(columns, index) {
  for (const role of /** @type {const} */ (['user', 'item'])) {
    const cells = cellsOf(columns, index[role]);
    const line = columns.first === columns.data[0] ? 1 : 2;
    const refuse = (/** @type {string} */ what, /** @type {string} */ wanted) =>
      dataError('BAD_DATA', columns.file, [{ line, what, got: cells[0], wanted }]);
    const name = `the ${role} (column ${index[role] + 1})`;
    if (areNested(cells))
      throw refuse(
        `${name} is a list or an object`,
        `one id a row: a row for each of a list, the id alone of an object (or --${role} COL)`,
      );
    if (areScientific(cells))
      throw refuse(
        `${name} is written as a number with an exponent, which shortens ids`,
        `ids in full, such as ${Number(cells[0]) || 33}: write the file with whole numbers or as text`,
      );
  }
}

/**
 * Whether all columns but the first are numbers, and so many that each may be an item.
 * @param {Columns} columns
 */
function isWide(columns) {
  const { first, data, comma } = columns;
  if (first.length < wide || data.length === 0) return false;
  return first.slice(1).every((_, k) => {
    const cells = cellsOf(columns, k + 1);
    if (areUnixTimes(cells) || looksDated(cells)) return false;
    return cells.every((cell) => isNothing(cell) || !Number.isNaN(parseRating(cell, comma)));
  });
}

const longForm =
  'a row for each person and item (of a matrix pandas makes them by melt), with --user COL --item COL ' +
  'where they are there';

/**
 * @param {Columns} columns
 * @param {boolean} list whether it may be a list as well
 */
function askOfMatrix({ file, first }, list) {
  const what = `${first.length} columns of numbers: a matrix with a column for each item${
    list ? ', or a list of items' : ''
  }`;
  const or = list ? '; for a list blanks between the ids and --format list' : '';
  return ask(file, what, first.join(', '), longForm + or);
}

/**
 * What is asked where a column could not be told.
 * @param {Columns} columns
 * @param {'user' | 'item'} role
 */
export function askForColumn(columns, role) {
  const { first, file } = columns;
  if (isWide(columns)) return askOfMatrix(columns, false);
  const nested = first.findIndex((_, i) => areNested(cellsOf(columns, i)));
  const other = role === 'user' ? 'item' : 'user';
  const lists = nested < 0 ? '' : `; ${first[nested]} holds lists or objects, of which each is to be a row`;
  const wanted = `its name or number: --${role} COL (and --${other} COL)${lists}`;
  return ask(file, `cannot tell which column is the ${role}`, first.join(', '), wanted);
}

// -------------------------------------------------------------------------------------------- what is asked

/**
 * Columns that could hold ids and have no role, or that of a rating.
 * @param {Columns} columns
 * @param {Places} index
 */
const othersOf = (columns, { user, item, time }) =>
  columns.first.flatMap((_, i) => {
    if (i === user || i === item || i === time) return [];
    const cells = cellsOf(columns, i);
    const isId = areWords(cells) && !areDecimals(cells) && !looksDated(cells) && !cells.every(isNothing);
    if (cells.every((cell, k) => Number(cell) === Number(cells[0]) + k)) return []; // counts the rows
    return isId ? [i] : [];
  });

/**
 * What is the same in all rows of a session or an order is the person, not an item of theirs.
 * @param {Columns} columns
 * @param {Places} index
 * @param {number[]} others columns that could hold ids
 */
function checkSessions(columns, { user, item }, others) {
  const [other] = others;
  if (other === undefined || !followsFrom(cellsOf(columns, item), cellsOf(columns, user))) return;
  const what =
    `column ${item + 1} is the same in all rows of column ${user + 1}: a session or an order and its ` +
    'person, or a person and an item';
  const asItIs = `--user ${user + 1} --item ${item + 1}`;
  const wanted = `${eitherWay(columns, item, other)}, or ${asItIs} as it is`;
  throw ask(columns.file, what, columns.first.join(', '), wanted);
}

/**
 * Times, and the few values of a rating or a kind, where an id is expected and another column could be it.
 * @param {Columns} columns
 * @param {Places} index
 * @param {Wanted} wanted
 */
function checkPlaces(columns, index, wanted) {
  const { file, first, data } = columns;
  const others = othersOf(columns, index);
  if (wanted.user === undefined && wanted.item === undefined) checkSessions(columns, index, others);
  for (const role of /** @type {const} */ (['user', 'item'])) {
    if (wanted[role] !== undefined || data.length < some) continue;
    const place = index[role] + 1;
    const other = index[role === 'user' ? 'item' : 'user'];
    const cells = cellsOf(columns, index[role]);
    const different = differentOf(cells);
    const instead = others.find((i) => {
      const its = cellsOf(columns, i);
      return differentOf(its) > 2 * different && !onScale(its, columns.comma);
    });
    if (isOfFew(cells) && instead !== undefined) {
      const more = onScale(cells, columns.comma) ? `--rating ${place} ` : '';
      const what =
        `column ${place} has ${different} different values, which come by turns, where ` +
        `${aPerson[role]} are expected, and column ${instead + 1} has ` +
        `${differentOf(cellsOf(columns, instead))}`;
      const [a, b] = [other, instead].sort((x, y) => x - y);
      const asItIs = `--user ${index.user + 1} --item ${index.item + 1}`;
      const wantedText = `${eitherWay(columns, a, b, more)}, or ${asItIs} as it is`;
      throw ask(file, what, first.join(', '), wantedText);
    }
    if (index.time < 0 && areUnixTimes(cells) && others.length > 0) {
      const what = `column ${place} looks like times, where ${aPerson[role]} are expected`;
      const [a, b] = [other, others[0]].sort((x, y) => x - y);
      throw ask(file, what, first.join(', '), eitherWay(columns, a, b, `--time ${place} `));
    }
  }
}

/**
 * Whether rows are the check-ins of Foursquare: a person, a venue, its kind, its name and place, a moment.
 * @param {Columns} columns
 * @param {Places} index
 */
function areCheckIns(columns, { user, item, time }) {
  const is = (/** @type {number} */ i, /** @type {RegExp} */ pattern) =>
    mostly(cellsOf(columns, i), (cell) => pattern.test(cell), 0.95);
  const kinds = is(1, /^[0-9a-f]{24}$/) && is(2, /^[0-9a-f]{12,24}$/);
  const places = is(4, /^-?\d+\.\d+$/) && is(5, /^-?\d+\.\d+$/);
  return user === 0 && item === 1 && time === 7 && kinds && places;
}

/** Numbers that are short enough to count something, as ids of one's own do. */
const isShortNumber = (/** @type {string} */ cell) => /^\s*\d{1,14}(\.0+)?\s*$/.test(cell);

/**
 * Why two columns of which the look of ids says nothing may have changed places, or ''.
 * @param {readonly string[]} users
 * @param {readonly string[]} items
 */
function whySwapped(users, items) {
  const numbers = mostly(users, isShortNumber);
  if (isOpaque(items) && !isOpaque(users)) return 'item has long ids, as people have them';
  if (numbers && areNames(items)) return 'item looks like names of people';
  return areTitles(users) && !areTitles(items) ? 'user looks like titles' : '';
}

/**
 * Ids that look like people where items are expected change places, or are asked about.
 * @param {Columns} columns
 * @param {Places} index changed
 * @param {string[]} notes filled in
 */
function checkIds(columns, index, notes) {
  const { first, file } = columns;
  const [users, items] = [cellsOf(columns, index.user), cellsOf(columns, index.item)];
  const [user, item] = [leanOf(users), leanOf(items)];
  const [a, b] = [index.user + 1, index.item + 1];
  if (user < 0 && item > 0) {
    [index.user, index.item] = [index.item, index.user];
    notes.push(`column ${b} looks like people and column ${a} like items`);
    return;
  }
  if (user > item) return;
  let what = `columns ${a} and ${b} could both be ${user < 0 ? 'items' : 'people'}`;
  if (user === 0 && item === 0 && !sameKind(users, items)) {
    const why = areCheckIns(columns, index) ? '' : whySwapped(users, items);
    if (why === '') return;
    what = why.replace(/^\w+/, (role) => `column ${role === 'user' ? a : b}`);
  } else if (user !== item) {
    const looks = user < 0 ? `${a} looks like items` : `${b} looks like people`;
    what = `column ${looks}, where the other is expected`;
  }
  throw ask(file, what, first.join(', '), eitherWay(columns, index.user, index.item));
}

/**
 * Names that say the opposite of what is below them.
 * @param {Columns} columns
 * @param {Places} index
 */
function checkNamed(columns, index) {
  const { first, file } = columns;
  const [users, items] = [cellsOf(columns, index.user), cellsOf(columns, index.item)];
  const swapped = leanOf(users) < 0 && leanOf(items) > 0;
  if (!swapped && !isPersonal(items)) return;
  const what = `column ${JSON.stringify(first[index.item])} is taken for the items, and looks like people`;
  throw ask(file, what, items[0], eitherWay(columns, index.user, index.item));
}

/**
 * Asks where columns may not be what they were chosen for.
 * @param {Columns} columns
 * @param {Places} index changed where people and items have clearly changed places
 * @param {Wanted} wanted
 * @param {{ header: boolean, notes: string[] }} how
 */
export function checkRoles(columns, index, wanted, { header, notes }) {
  const given = wanted.user !== undefined || wanted.item !== undefined;
  if (!header && !given && isWide(columns)) throw askOfMatrix(columns, true);
  if (!header) checkPlaces(columns, index, wanted);
  if (!header && wanted.item === undefined && areLists(cellsOf(columns, index.item)))
    throw ask(
      columns.file,
      `column ${index.item + 1} looks like lists of items`,
      cellsOf(columns, index.item)[0],
      `a row for each item, or --item COL`,
    );
  if (!header && !given) checkIds(columns, index, notes);
  if (header && !(wanted.user !== undefined && wanted.item !== undefined)) checkNamed(columns, index);
  checkCells(columns, index);
}
