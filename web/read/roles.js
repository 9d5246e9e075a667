// Owns which column of a ratings file plays which role: by what the command line says, by name, by content;
// and asking, where none of them is sure. Must not read rows.
import { dataError } from './bad-rows.js';
import { leanOf, sameKind } from './id-shape.js';
import { ratingNames } from './names.js';
import { columnError, findColumn, plainName } from './table.js';
import { isNothing, parseRating, parseTime } from './values.js';

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

/** So many rows make a count of row numbers no accident. */
const fewRows = 10;

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
  else byContent(columns, index, wanted, notes);
  for (const role of /** @type {const} */ (['user', 'item'])) {
    if (index[role] >= 0) continue;
    const wantedText = `its name or number: --${role} COL (and --${role === 'user' ? 'item' : 'user'} COL)`;
    throw ask(file, `cannot tell which column is the ${role}`, first.join(', '), wantedText);
  }
  const blank = (/** @type {number} */ i) =>
    i > 0 && data.length > 0 && data.every((row) => /^ \S/.test(row[i] ?? ' x'));
  const booleans =
    index.rating >= 0 && data.length > 0 && data.every((row) => isBoolean(row[index.rating] ?? ''));
  return { index, header, notes, trim: blank(index.user) || blank(index.item), booleans };
}

/**
 * @param {string} file
 * @param {string} what
 * @param {string} got
 * @param {string} wanted
 */
const ask = (file, what, got, wanted) => dataError('BAD_DATA', file, [{ line: 1, what, got, wanted }]);

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

/** @typedef {{ first: string[], data: string[][], comma: boolean, file: string }} Columns */

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
 * The one column left whose name says that it is an id; -1 where there is none or several.
 * @param {string[]} names
 * @param {(i: number) => boolean} free
 * @param {'user' | 'item'} role
 */
function onlyId(names, free, role) {
  const others = ratingNames[role === 'user' ? 'item' : 'user'];
  const foreign = /^(order|review|row|event|transaction|session|parent|category|store|shop|seller|index)/;
  const ids = names.flatMap((name, i) =>
    free(i) && /.(id|code|key|sha1|hash)$/.test(name) && !foreign.test(name) && !others.includes(name)
      ? [i]
      : [],
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

// --------------------------------------------------------------------------------------------------- content

/**
 * Columns without names: numbers of rows first are passed over, times are known by their look; then come
 * user, item and the first column of numbers, unless the look of ids says otherwise.
 * @param {Columns} columns
 * @param {Places} index filled in
 * @param {Wanted} wanted
 * @param {string[]} notes filled in
 */
function byContent(columns, index, wanted, notes) {
  const { first, data } = columns;
  const given = roleNames.some((role) => wanted[role] !== undefined && wanted[role] !== 'none');
  const taken = (/** @type {number} */ i) => roleNames.some((role) => index[role] === i);
  const numbered = !given && isRowNumber(columns);
  if (numbered) notes.push('column 1 counts the rows, and is not used');
  const free = first.map((_, i) => i).filter((i) => !taken(i) && !(numbered && i === 0));
  if (wanted.time === undefined && index.time < 0) index.time = timeColumn(columns, free);
  const rest = free.filter((i) => i !== index.time);
  for (const role of /** @type {const} */ (['user', 'item'])) {
    if (index[role] >= 0 || rest.length === 0) continue;
    // What is given by number leaves the other where it stands, if it can.
    const place = roleNames.indexOf(role);
    const at = given && rest.includes(place) ? rest.indexOf(place) : 0;
    const id = rest.findIndex((i, k) => k >= at && !isDecimal(data, i));
    [index[role]] = rest.splice(id < 0 ? at : id, 1);
  }
  if (wanted.user === undefined && wanted.item === undefined) checkIds(columns, index, notes);
  numbersByContent(columns, index, wanted, { rest, numbered });
}

/**
 * Whether a column is of numbers with decimals, such as places on a map, which are no ids.
 * @param {string[][]} data
 * @param {number} i
 */
const isDecimal = (data, i) => data.every((row) => /^\s*[+-]?\d+\.\d*[1-9]\d*\s*$/.test(row[i] ?? ''));

/**
 * @param {Columns} columns
 * @param {Places} index filled in
 * @param {Wanted} wanted
 * @param {{ rest: number[], numbered: boolean }} left columns that have no role yet
 */
function numbersByContent({ data, comma }, index, wanted, { rest, numbered }) {
  const least = numbered ? 3 : 2;
  const words = (/** @type {number} */ i) =>
    data.every((row) => Number.isNaN(parseRating(row[i] ?? '', comma)) && !isNothing(row[i] ?? ''));
  const zeros = (/** @type {number} */ i) =>
    data.length >= fewRows && data.every((row) => parseRating(row[i] ?? '', comma) <= 0);
  const empty = (/** @type {number} */ i) => data.length > 1 && data.every((row) => isNothing(row[i] ?? ''));
  const numbers = rest.filter(
    (i) =>
      i >= least &&
      i > Math.max(index.user, index.item) &&
      !empty(i) &&
      !zeros(i) &&
      !(words(i) && data.length > 1),
  );
  if (wanted.rating === undefined && index.rating < 0) index.rating = numbers.shift() ?? -1;
  else if (wanted.rating === 'none') numbers.shift();
  const [next] = numbers;
  const times = next !== undefined && data.every((row) => !Number.isNaN(parseTime(row[next] ?? '')));
  if (wanted.time === undefined && index.time < 0 && times && next === least + 1) index.time = next;
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
function timeColumn({ data }, free) {
  const all = (/** @type {number} */ i, /** @type {(cell: string) => boolean} */ is) => {
    const said = data.filter((row) => !isNothing(row[i] ?? ''));
    return said.length > 0 && said.length * 2 >= data.length && said.every((row) => is(row[i]));
  };
  const date = (/** @type {string} */ cell) => /\D/.test(cell.slice(0, 5)) && !Number.isNaN(parseTime(cell));
  const unix = (/** @type {string} */ cell) => {
    const seconds = /^\d{9,13}(\.\d+)?$/.test(cell.trim()) ? parseTime(cell) : 0;
    return seconds > 5e8 && seconds < 4.2e9;
  };
  const dates =
    free.length > 2
      ? free.find((i) => all(i, (cell) => /^\d{4}-|[a-z]{3} /i.test(cell) && date(cell)))
      : undefined;
  return dates ?? free.slice(2).find((i) => all(i, unix)) ?? -1;
}

/**
 * Ids that look like people where items are expected change places, or are asked about: a person's id that
 * is taken for an item's goes into the model file.
 * @param {Columns} columns
 * @param {Places} index changed
 * @param {string[]} notes filled in
 */
function checkIds({ data, first, file }, index, notes) {
  const cells = (/** @type {number} */ i) => data.map((row) => row[i] ?? '');
  if (index.user < 0 || index.item < 0) return;
  const [user, item] = [leanOf(cells(index.user)), leanOf(cells(index.item))];
  if (user < 0 && item > 0) {
    [index.user, index.item] = [index.item, index.user];
    notes.push(`column ${index.user + 1} looks like people and column ${index.item + 1} like items`);
    return;
  }
  if (user > item || (user === 0 && item === 0 && !sameKind(cells(index.user), cells(index.item)))) return;
  const [a, b] = [index.user + 1, index.item + 1];
  const who =
    user === item
      ? `columns ${a} and ${b} could both be ${user < 0 ? 'items' : 'people'}`
      : `column ${user < 0 ? a : b} looks like ${user < 0 ? 'items' : 'people'}, where the other is expected`;
  throw ask(
    file,
    who,
    first.join(', '),
    `which is which: --user ${a} --item ${b} (${first[a - 1]} is a person), or --user ${b} --item ${a} ` +
      `(${first[b - 1]} is a person)`,
  );
}
