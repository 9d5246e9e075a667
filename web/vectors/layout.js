// Owns which columns of a table of vectors are the id and the numbers: by what is asked for, by name, by what
// is in them; and asking, where none of them is sure. Must not read files.
import { isNothing } from '../read/values.js';
import { itemNames, ratingNames } from '../read/names.js';
import { findColumn, plainName } from '../read/table.js';
import { hasDecimalComma, isList, isWhole, numberOf } from './cells.js';
import { badFile } from './npy.js';
import { columnsOption, columnsText, numberedRuns, wantedColumns } from './runs.js';

/**
 * @typedef {object} TableColumns
 * @property {string | undefined} [id] column, by name or number from 1; 'none': every column is a number
 * @property {string | undefined} [vector] column, several with commas between them, or a range
 * @property {boolean | undefined} [ids] whether ids come from elsewhere
 * @property {boolean | undefined} [people] whether the vectors are those of people
 */
/**
 * @typedef {object} Layout
 * @property {string[]} names of the columns, or their numbers
 * @property {boolean} header whether the first row of the text names them
 * @property {number} id -1: there is none
 * @property {number[]} numbers columns: a number each, or one with a list
 * @property {boolean} list
 * @property {boolean} comma whether a comma is the decimal point
 */
/**
 * @typedef {object} Column what the first rows have in it
 * @property {boolean} numeric most are numbers
 * @property {boolean} list most are lists
 * @property {boolean} whole all are whole numbers, as ids are
 * @property {boolean} integer all are whole numbers, however they are written
 * @property {boolean} large there are many, and one is above 1, so that they are no flags
 * @property {boolean} once no two are the same
 * @property {boolean} commas most have a decimal comma, or are lists of two
 */

/** What the columns of a table of vectors are called, as letters and digits in lower case. */
export const idNames = [...itemNames.id, 'ids', 'key', 'word', 'sku', 'itemids'];
export const vectorNames = [
  'features',
  'vector',
  'vectors',
  'embedding',
  'embeddings',
  'factors',
  'itemfactors',
  'values',
];
/** So many whole numbers in a column of fractions are no accident. */
const manyRows = 10;
/** So many names in a row that count from 0 or 1 are no accident. */
const manyNames = 3;

export const isKnownId = (/** @type {string} */ name) => idNames.includes(plainName(name));
/** At least half of them, so that a wrong cell is told from a column of text. */
const most = (/** @type {string[]} */ cells, /** @type {(cell: string) => boolean} */ is) =>
  cells.length > 0 && 2 * cells.filter(is).length >= cells.length;

/**
 * @param {string[][]} rows
 * @param {number} i
 * @param {boolean} comma
 * @returns {Column}
 */
function columnOf(rows, i, comma) {
  const cells = rows.map((row) => row[i] ?? '');
  const numeric = most(cells, (cell) => !Number.isNaN(numberOf(cell, comma)));
  return {
    numeric,
    list: !numeric && most(cells, isList),
    whole: cells.length > 0 && cells.every(isWhole),
    integer: cells.length > 0 && cells.every((cell) => Number.isInteger(numberOf(cell, comma))),
    large: cells.length >= manyRows && cells.some((cell) => numberOf(cell, comma) > 1),
    once: new Set(cells).size === cells.length,
    commas: most(cells, hasDecimalComma),
  };
}

/** @param {string[]} cells */
function countUp(cells) {
  const from = Number(cells[0]);
  return from <= 1 && cells.every((cell, i) => /^\d+$/.test(cell) && Number(cell) === from + i);
}

/**
 * Whether the first row names the columns: it has a word where the others have numbers, or counts them, as
 * pandas does.
 * @param {string[]} first
 * @param {string[][]} rest
 */
function namesColumns(first, rest) {
  const isWord = (/** @type {string} */ cell) =>
    !isNothing(cell) && Number.isNaN(numberOf(cell, true)) && !isList(cell) && !/^[+-]?inf/i.test(cell);
  const words = first.some((cell, i) => {
    if (i === 0 || !isWord(cell)) return false;
    const { numeric, list } = columnOf(rest, i, true);
    return numeric || list;
  });
  if (words) return true;
  const named = first[0].trim() === '' || isKnownId(first[0]);
  if (isKnownId(first[0]) && first.length > 1 && first.slice(1).every(isWord)) return true;
  const fractions = (/** @type {number} */ i) => rest.some((row) => !isWhole(row[i] ?? ''));
  if (named && first.every((cell, i) => i === 0 || (isWhole(cell) && fractions(i)))) return true;
  if (countUp(first.slice(1)) && (named || (first.length > manyNames && isWord(first[0])))) return true;
  return first.length >= manyNames && countUp(first);
}

/**
 * @param {string} file
 * @param {string[]} names
 * @param {string} got
 * @param {string} wanted
 */
function ask(file, names, got, wanted) {
  const plain = names.map(plainName);
  const has = (/** @type {'user' | 'rating' | 'time'} */ role) =>
    plain.some((name) => ratingNames[role].includes(name));
  const rows = has('user') && (has('rating') || has('time') || plain.some((name) => idNames.includes(name)));
  const hint = rows
    ? '; this looks like interactions, which ampcf train reads, and import beside vectors ' +
      '(--interactions FILE)'
    : '';
  return badFile(file, 'columns', got, `${wanted}${hint}`);
}

/**
 * @typedef {object} Seen
 * @property {string} file
 * @property {string[]} names
 * @property {boolean} named whether names are more than numbers
 * @property {Column[]} columns
 * @property {TableColumns} asked
 */

/** @param {string[]} names */
const shown = (names) =>
  names
    .slice(0, 20)
    .map((name) => name || '(no name)')
    .join(', ');

/**
 * Which column has the ids, and which others could have them, and so are no numbers.
 * @param {Seen} seen
 * @returns {{ id: number, others: number[] }}
 */
function idColumn(seen) {
  const { file, names, named, columns, asked } = seen;
  if (asked.id === 'none') return { id: -1, others: [] };
  if (asked.id !== undefined) {
    const id = findColumn(names, asked.id);
    if (id < 0) throw badFile(file, '--id-column', asked.id, `one of ${shown(names)}`);
    return { id, others: names.flatMap((name, i) => (named && i !== id && isKnownId(name) ? [i] : [])) };
  }
  if (!named) return { id: firstAsId(seen), others: [] };
  const known = names.flatMap((name, i) => (isKnownId(name) ? [i] : []));
  if (asked.ids) return { id: -1, others: known };
  const once = known.filter((i) => columns[i].once);
  if (once.length > 1) {
    const got = `several that may be the id: ${once.map((i) => names[i]).join(', ')}`;
    throw ask(file, names, got, 'one of them: --id-column COL');
  }
  if (known.length > 0) return { id: once[0] ?? known[0], others: known };
  return { id: unnamedId(seen), others: [] };
}

/**
 * The id among columns whose names do not say it: the first one, where it is none of the numbers.
 * @param {Seen} seen
 */
function unnamedId({ file, names, columns, asked }) {
  const runs = new Set(numberedRuns(names, columns).flat());
  const free = names.flatMap((_, i) => (runs.has(i) || columns[i].list ? [] : [i]));
  const isId = (/** @type {number} */ i) => columns[i].once && (columns[i].whole || !columns[i].numeric);
  if (free.length === 0) return -1;
  const ofPeople = !asked.people && ratingNames.user.includes(plainName(names[0]));
  if (free[0] === 0 && isId(0) && ofPeople)
    throw ask(
      file,
      names,
      `${names[0]}, where vectors of people have their ids`,
      `vectors of items, or --id-column ${names[0]} where they are`,
    );
  if (free[0] === 0 && isId(0)) return 0;
  const others = free.filter(isId).map((i) => names[i]);
  throw ask(
    file,
    names,
    `${shown(names)}, of which none is called an id`,
    `--id-column COL${others.length > 0 ? ` (${others.slice(0, 3).join(', ')}?)` : ''}, or ids by --ids FILE`,
  );
}

/**
 * The first column where columns have no names: text is an id, a fraction is none, and whole numbers are ids
 * beside fractions.
 * @param {Seen} seen
 */
function firstAsId({ file, names, columns, asked }) {
  const [first, ...rest] = columns;
  if (rest.some(({ list }) => list)) return asked.ids ? -1 : 0;
  if (!first.numeric) return first.list || asked.ids ? -1 : 0;
  if (!first.integer || (!first.whole && !first.once)) return -1;
  const whole = rest.length > 0 && rest.filter(({ numeric }) => numeric).every((column) => column.integer);
  const wanted = '--id-column 1 where the first column is the id, --id-column none where it is a number';
  if (!whole && first.once && (asked.ids || !first.whole))
    throw ask(
      file,
      names,
      `no header, and whole numbers in the first column${asked.ids ? ', with ids elsewhere' : ''}`,
      wanted,
    );
  if (whole || !first.once)
    throw ask(
      file,
      names,
      whole
        ? 'no header, and whole numbers alone'
        : 'no header, and numbers that come again in the first column',
      `vectors: ${wanted}; interactions are read by ampcf train, or beside vectors by --interactions FILE`,
    );
  return asked.ids ? -1 : 0;
}

/**
 * Every column of numbers, where they have no names; whole numbers among fractions may be something else.
 * @param {Seen} seen
 * @param {number[]} numeric
 */
function withoutNames({ file, names, columns }, numeric) {
  const option = (/** @type {number[]} */ of) => `--vector-column ${columnsOption(names, of)}`;
  if (numeric.length === 1)
    throw ask(file, names, 'one column of numbers', `more of them, or ${option(numeric)} where it is all`);
  const odd = numeric.filter((i) => columns[i].whole && columns[i].large);
  if (odd.length === 0 || odd.length === numeric.length) return numeric;
  const rest = numeric.filter((i) => !odd.includes(i));
  const got = `no header, and whole numbers among others in ${columnsText(names, odd, ', ', ' to ')}`;
  throw ask(file, names, got, `${option(rest)}, or ${option(numeric)} with them`);
}

/**
 * The columns of numbers: those asked for, a list, or the one run of names that are numbered.
 * @param {Seen} seen
 * @param {number[]} free columns that are no id
 * @returns {number[]}
 */
function numberColumns(seen, free) {
  const { file, names, named, columns, asked } = seen;
  if (asked.vector !== undefined) return wantedColumns(file, names, asked.vector);
  const lists = free.filter((i) => columns[i].list);
  const known = lists.filter((i) => vectorNames.includes(plainName(names[i])));
  if (known.length === 1) return known;
  if (lists.length === 1) return lists;
  const numeric = free.filter((i) => columns[i].numeric);
  const option = (/** @type {number[]} */ of) => `--vector-column ${columnsOption(names, of)}`;
  if (lists.length > 1)
    throw ask(
      file,
      names,
      `several lists: ${lists.map((i) => names[i]).join(', ')}`,
      option(lists.slice(0, 1)),
    );
  if (numeric.length === 0)
    throw ask(
      file,
      names,
      shown(names),
      'an id and a list of numbers (--vector-column), or an id and a column for each number',
    );
  if (!named) return withoutNames(seen, numeric);
  if (numeric.length === 1 && /\d$/.test(names[numeric[0]])) return numeric;
  const runs = numberedRuns(names, columns, free);
  if (runs.length === 1) return runs[0];
  const got = `${runs.length === 0 ? 'no names that count' : 'several that count'}: ${shown(names)}`;
  const options = (runs.length > 1 ? runs : [numeric]).map(option).join(' or ');
  throw ask(file, names, got, `the columns that are the vector: ${options}`);
}

/**
 * Which column is the id, and which are the vector: one list, or a number each.
 * @param {string} file
 * @param {{ names: string[] | null, sample: string[][] }} rows
 * @param {TableColumns} asked
 * @returns {Layout}
 */
export function layoutOf(file, { names: given, sample }, asked) {
  const first = given ?? sample[0];
  const isName = (/** @type {string | undefined} */ want) =>
    want !== undefined && want !== 'none' && !/^\d/.test(want) && first.includes(want);
  const header =
    given === null && (isName(asked.id) || isName(asked.vector) || namesColumns(first, sample.slice(1)));
  const named = header || given !== null;
  const names = named ? first : first.map((_, i) => String(i + 1));
  const body = header ? sample.slice(1) : sample;
  if (body.length === 0) throw badFile(file, 'rows', 'none', 'at least one item');
  const plain = first.map((_, i) => columnOf(body, i, false));
  const comma = plain.filter(({ commas }) => commas).length > 1;
  const columns = comma ? first.map((_, i) => columnOf(body, i, true)) : plain;
  const seen = { file, names, named, columns, asked };
  const { id, others } = idColumn(seen);
  const free = names.flatMap((_, i) => (i === id || others.includes(i) ? [] : [i]));
  const numbers = numberColumns(seen, free);
  const list = numbers.length === 1 && columns[numbers[0]].list;
  if (list && columns[numbers[0]].commas)
    throw badFile(
      file,
      names[numbers[0]],
      body[0][numbers[0]],
      'a list in brackets, such as [0, 5], or a point in decimal numbers, such as 0.5',
    );
  return { names, header, id, numbers, list, comma };
}
