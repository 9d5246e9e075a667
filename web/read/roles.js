// Owns which column of a ratings file plays which role: by what the command line says, by name, by content
// (content-roles.js); where none of them is sure it is asked (role-doubts.js). Must not read rows.
import { idsByContent, numbersByContent, scaleIn } from './content-roles.js';
import { isOthers, isPerson, ratingNames } from './names.js';
import { askForColumn, checkRoles } from './role-doubts.js';
import { columnError, findColumn, plainName } from './table.js';
import { isNothing, parseRating, parseTime } from './values.js';

/** @import { Columns } from './role-doubts.js' */
/** @typedef {import('./names.js').Role} Role */
/** @typedef {Record<Role, number>} Places -1: no such column */
/**
 * @typedef {object} Wanted
 * @property {string | number} [user] column, by its name in the header or its number from 1; so are the next
 *   three, of which the last two may be 'none'
 * @property {string | number} [item]
 * @property {string | number} [rating]
 * @property {string | number} [time]
 */
/**
 * @typedef {object} Roles
 * @property {Places} index
 * @property {boolean} header
 * @property {string[]} notes what was judged by content
 * @property {boolean} trim whether the blank after a separator belongs to it
 * @property {number} maybeRating a column that looks like ratings where none is known; -1: none
 * @property {boolean} [booleans] whether the ratings are true and false
 */
/**
 * @typedef {object} Judged
 * @property {string} file
 * @property {string[][]} rows the first ones, a header among them
 * @property {string[] | null} names of columns, where the format itself has them
 * @property {boolean} comma whether a comma may be the decimal point
 */

export const roleNames = /** @type {const} */ (['user', 'item', 'rating', 'time']);

/**
 * @param {Judged} judged
 * @param {Wanted} wanted
 * @returns {Roles}
 */
export function chooseRoles({ file, rows, names, comma }, wanted) {
  const first = names ?? rows[0];
  const index = givenPlaces(first, wanted, file);
  const named = roleNames.some((role) => isName(wanted[role]));
  const header = names !== null || named || isHeader(first, rows.slice(1), index);
  const data = header && names === null ? rows.slice(1) : rows;
  const columns = { first, data, comma, file };
  /** @type {string[]} */
  const notes = [];
  if (header) byName(columns, index, wanted);
  const left = header ? null : idsByContent(columns, index, wanted, notes);
  for (const role of /** @type {const} */ (['user', 'item']))
    if (index[role] < 0) throw askForColumn(columns, role);
  checkRoles(columns, index, wanted, { header, notes });
  if (left) numbersByContent(columns, index, wanted, { ...left, notes });
  const blank = (/** @type {number} */ i) =>
    i > 0 && data.length > 0 && data.every((row) => /^ \S/.test(row[i] ?? ' x'));
  const booleans =
    index.rating >= 0 && data.length > 0 && data.every((row) => isBoolean(row[index.rating] ?? ''));
  const unrated = index.rating < 0 && wanted.rating === undefined;
  const maybeRating = !unrated ? -1 : header ? likeRating(columns, index) : scaleIn(columns, index);
  return { index, header, notes, trim: blank(index.user) || blank(index.item), maybeRating, booleans };
}

/** @param {string} cell */
const isBoolean = (cell) => /^(true|false)$/i.test(cell);

/** @param {string | number | undefined} want */
const isName = (want) => want !== undefined && want !== 'none' && !/^\d+$/.test(String(want));

/**
 * @param {string[]} first
 * @param {Wanted} wanted
 * @param {string} file
 */
function givenPlaces(first, wanted, file) {
  const index = { user: -1, item: -1, rating: -1, time: -1 };
  for (const role of roleNames) {
    const want = wanted[role];
    if (want === undefined || (want === 'none' && (role === 'rating' || role === 'time'))) continue;
    index[role] = findColumn(first, want);
    const used = roleNames.some((other) => other !== role && index[other] === index[role]);
    if (index[role] >= 0 && !used) continue;
    throw columnError(file, role, index[role] < 0 ? 'no such column' : 'column already used', want, first);
  }
  return index;
}

// --------------------------------------------------------------------------------------------------- headers

/**
 * Whether the first row names columns: a name that is known, or words where numbers should be.
 * @param {string[]} first
 * @param {string[][]} others
 * @param {Places} index
 */
function isHeader(first, others, index) {
  const names = first.map(plainName);
  const known = ['user', 'item'].some((role) =>
    ratingNames[/** @type {'user'} */ (role)].some((name) => name.length > 1 && names.includes(name)),
  );
  if (known) return true;
  const places = /** @type {const} */ (['rating', 'time']).map((role) =>
    index[role] < 0 ? roleNames.indexOf(role) : index[role],
  );
  const taken = (/** @type {number} */ i) => index.user === i || index.item === i;
  const words = places.filter((i) => i < first.length && !taken(i));
  const wordBelow = (/** @type {number} */ i) =>
    others.length > 0 && others.every((row) => !isNumber(row[i] ?? ''));
  if (words.length > 0 && words.every((i) => isWord(first[i]) && !wordBelow(i))) return true;
  // Words above columns of numbers.
  const numbers = first.map((_, i) => others.length > 1 && others.every((row) => isNumber(row[i] ?? '')));
  return first.every(isWord) && numbers.filter(Boolean).length > 1;
}

/** @param {string} cell */
const isWord = (cell) => /^\p{L}/u.test(cell) && !/^(nan|inf|infinity|null|none|na)$/i.test(cell);

/** @param {string} cell */
const isNumber = (cell) => !Number.isNaN(parseRating(cell, true)) || !Number.isNaN(parseTime(cell));

/** Names that can mean nothing but a rating. */
const sure = /rating|score|star|overall|grade/;

/**
 * @param {Columns} columns
 * @param {Places} index filled in
 * @param {Wanted} wanted
 */
function byName({ first, data }, index, wanted) {
  const names = first.map(plainName);
  const taken = (/** @type {number} */ i) => roleNames.some((role) => index[role] === i);
  for (const role of roleNames) {
    if (index[role] >= 0 || wanted[role] !== undefined) continue;
    const empty = (/** @type {number} */ i) =>
      data.length > 1 && data.every((row) => isNothing(row[i] ?? ''));
    const known = ratingNames[role]
      .map((name) => names.findIndex((other, i) => other === name && !taken(i) && !empty(i)))
      .filter((i) => i >= 0);
    index[role] = known[0] ?? -1;
    // A value of nothing but words is no rating.
    if (role === 'rating') index.rating = known.find((i) => sure.test(names[i]) || !allWords(data, i)) ?? -1;
  }
  for (const role of /** @type {const} */ (['user', 'item']))
    if (index[role] < 0 && index[role === 'user' ? 'item' : 'user'] >= 0)
      index[role] = onlyId(names, (i) => !taken(i), role);
}

/**
 * A column of numbers that is called like a rating, but by no name that is known.
 * @param {Columns} columns
 * @param {Places} index
 */
function likeRating({ first, data, comma }, index) {
  const places = Object.values(index);
  return first.findIndex((name, i) => {
    if (places.includes(i) || !/rat(e|ed|ing)|scor|star|grade|^r$/.test(plainName(name))) return false;
    const said = data.map((row) => row[i] ?? '').filter((cell) => !isNothing(cell));
    return new Set(said).size > 1 && said.every((cell) => !Number.isNaN(parseRating(cell, comma)));
  });
}

/**
 * The one column left whose name says that it is an id; -1 where there is none or several. A person is only
 * told by a name for people: whatever else has ids, they are not the person's, and would make a wrong model.
 * @param {string[]} names
 * @param {(i: number) => boolean} free
 * @param {'user' | 'item'} role
 */
function onlyId(names, free, role) {
  const known = ratingNames[role === 'user' ? 'item' : 'user'];
  const isOf = (/** @type {string} */ name) =>
    role === 'user' ? isPerson(name) : !isPerson(name) && !isOthers(name);
  const ids = names.flatMap((name, i) =>
    free(i) && /.(id|code|key|sha1|hash)$/.test(name) && isOf(name) && !known.includes(name) ? [i] : [],
  );
  return ids.length === 1 ? ids[0] : -1;
}

/**
 * @param {string[][]} data
 * @param {number} i
 */
const allWords = (data, i) => {
  const said = data.filter((row) => !isNothing(row[i] ?? ''));
  return said.length > 1 && said.every((row) => isWord(row[i]) && !isBoolean(row[i]));
};
