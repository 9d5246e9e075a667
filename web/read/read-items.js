// Owns reading a file of items: their ids, titles and aspects (genres, tags, categories).
// Must not know which items a model has, write files or print.
import { AmpcfError } from '../core/errors.js';
import { NO_ASPECT, areFlags, aspectsOf, isRaised, separatorOf } from './aspects.js';
import { BadRows, dataError, idProblem, questionError } from './bad-rows.js';
import { displayName } from './bytes.js';
import { itemNames } from './names.js';
import { checkSample, eachLine, withRows } from './rows.js';
import { columnError, detectDelimiter, findColumn, noData, plainName } from './table.js';

/** @import { Coding } from './encoding.js' */
/** @import { Format } from './format.js' */
/** @import { Rows } from './rows.js' */
/** @typedef {{ title: string, aspects: string[] }} Item */
/**
 * @typedef {object} ItemColumns names in the header, or numbers from 1
 * @property {string} id
 * @property {string | null} title
 * @property {string[]} aspects
 */
/**
 * @typedef {object} ReadItemsOptions
 * @property {string | number} [id] column, by its name in the header or its number from 1; so are the next
 *   two
 * @property {string | number} [title]
 * @property {(string | number)[]} [aspects] values of the first column are taken as they are, of others as
 *   `column: value`
 * @property {string} [separator] of aspects, instead of the guess
 * @property {string} [quote] the character that fields are quoted by, or 'none'
 * @property {number} [skipBad] how many bad rows to leave out before they are an error (default 0)
 * @property {{ has: (id: string) => boolean, size: number }} [known] ids that the items should have: of
 *   several columns that could be the id, the one that has most of them is
 */

/** The flags of MovieLens u.item, in the order of its u.genre. */
const GENRES = [
  'unknown',
  'Action',
  'Adventure',
  'Animation',
  "Children's",
  'Comedy',
  'Crime',
  'Documentary',
  'Drama',
  'Fantasy',
  'Film-Noir',
  'Horror',
  'Musical',
  'Mystery',
  'Romance',
  'Sci-Fi',
  'Thriller',
  'War',
  'Western',
];
const FIRST_FLAG = 5;

/** The options of the command line, by what they say of the file. */
const optionNames = /** @type {const} */ ({ id: 'items-id', title: 'items-title', aspects: 'aspects' });

/**
 * Reads items from a file, or from standard input for '-'. Formats, known by the first lines: MovieLens
 * `u.item` (24 fields between bars), `movies.dat` (`id::title::genres`), Netflix' movie_titles
 * (`id,year,title`), CSV and TSV with a header (RecBole's too), JSON Lines and arrays, Parquet, and lists of
 * `index originalId`; compressed and encoded as readRatings has it. Aspects are separated by bars, semicolons
 * or commas, or are lists of JSON; `(no genres listed)` and `unknown` are no aspect; an item without a title
 * has its id for one. Limits and errors as in readRatings; an id that comes again is a bad row.
 * @param {string} path
 * @param {ReadItemsOptions} [options]
 * @returns {Promise<{ items: Map<string, Item>, columns: ItemColumns, skipped: number, coding: Coding }>}
 */
export async function readItems(path, options = {}) {
  const file = displayName(path);
  /** @type {ItemKind | undefined} */
  let kind;
  const special = (/** @type {string[]} */ lines) => {
    kind = kindOf(lines, file);
    return formats[kind] ?? undefined;
  };
  const { quote } = options;
  return withRows(path, file, { quote, special }, async (source) => {
    const bad = new BadRows(file, options.skipBad ?? 0, itemHelp);
    if (kind !== 'netflix') await checkSample(source, bad);
    const reader =
      kind && kind !== 'table' ? plainReader(kind, options, file) : tableReader(source, options, file);
    const taker = new ItemTaker(reader, bad);
    if (kind === 'netflix')
      await eachLine(source.blocks(1 << 20), (text, line) => {
        const [, id, , title] = netflixTitle.exec(text) ?? [];
        if (id === undefined) bad.add(line, 'not a line of id,year,title', text, '1,2003,Dinosaur Planet');
        else taker.take([id, title], () => line);
      });
    else await source.each(bad, (cells, line) => taker.take(cells, line));
    bad.throwIfTooMany(taker.items.size);
    if (taker.items.size === 0) throw noData(file, bad.total, kind === 'table');
    return { items: taker.items, columns: reader.columns, skipped: bad.total, coding: source.coding };
  });
}

/**
 * What helps with bad rows.
 * @param {string} what
 */
const itemHelp = (what) =>
  what.endsWith('id') || what.startsWith('id')
    ? '--items-id COL says which column is the id'
    : what === 'wrong number of columns'
      ? '--quote none takes quotes as text'
      : '';

/** Keeps items row by row. */
class ItemTaker {
  /**
   * @param {RowReader} reader
   * @param {BadRows} bad
   */
  constructor(reader, bad) {
    this.reader = reader;
    this.bad = bad;
    this.pass = reader.header;
    /** @type {Map<string, Item>} */
    this.items = new Map();
  }

  /**
   * @param {string[]} cells
   * @param {() => number} line
   */
  take(cells, line) {
    const { reader, bad, items } = this;
    if (this.pass) {
      this.pass = false;
      return;
    }
    if (cells.length < reader.width)
      return bad.add(line, 'wrong number of columns', String(cells.length), String(reader.width));
    const { id, title, aspects, problem } = reader.read(cells);
    const wrongId = idProblem(id);
    if (wrongId) bad.addId(line, wrongId, id);
    else if (problem) bad.add(line, problem, cells.join('|'), 'a genre flag of 0 or 1');
    else if (items.has(id)) bad.add(line, 'id comes again', id, 'each id once');
    else items.set(id, { title: title === '' ? id : title, aspects: [...new Set(aspects)] });
  }
}

// --------------------------------------------------------------------------------------------------- formats

/** @typedef {'u.item' | 'dat' | 'list' | 'netflix' | 'table'} ItemKind */

const netflixTitle = /^\s*(\d+),(\d{4}|NULL),(.+?)\s*$/;

/**
 * How the rows of formats without a header are written; the others are for format.js.
 * @type {Partial<Record<ItemKind, Format>>}
 */
const formats = {
  'u.item': { kind: 'dat', delimiter: '|', skip: 0 },
  list: { kind: 'csv', delimiter: ' ', skip: 0 },
  netflix: { kind: 'list', delimiter: ',', skip: 0 },
};

/**
 * @param {string[]} lines
 * @param {string} file
 * @returns {ItemKind}
 */
function kindOf(lines, file) {
  const fields = lines[0].split('|');
  const flags = fields.slice(FIRST_FLAG);
  if (fields.length === FIRST_FLAG + GENRES.length && flags.every((flag) => flag === '0' || flag === '1'))
    return 'u.item';
  if (lines.every((line) => netflixTitle.test(line))) return 'netflix';
  const delimiter = detectDelimiter(lines, ['::', '\t', ',', ';']);
  if (delimiter === '::') return 'dat';
  if (delimiter || /^sep=.$/i.test(lines[0])) return 'table';
  if (lines[0].trim().split(/\s+/).length === 2) return 'list';
  const wanted =
    'CSV with a header such as item,title,genres, or u.item, movies.dat, or lines of "index originalId"';
  throw dataError('BAD_DATA', file, [{ line: 1, what: 'format not known', got: lines[0], wanted }]);
}

/**
 * @typedef {object} RowReader
 * @property {number} width fields that a row has at least
 * @property {boolean} header whether the first row is one
 * @property {ItemColumns} columns
 * @property {(fields: string[]) => { id: string, title: string, aspects: string[], problem?: string }} read
 */

/** @type {Record<Exclude<ItemKind, 'table'>, RowReader>} */
const PLAIN = {
  'u.item': {
    width: FIRST_FLAG + GENRES.length,
    header: false,
    columns: { id: '1', title: '2', aspects: ['6-24'] },
    read: (fields) => {
      const flags = fields.slice(FIRST_FLAG);
      const problem = flags.some((flag) => flag !== '0' && flag !== '1')
        ? 'flag is neither 0 nor 1'
        : undefined;
      const aspects = GENRES.filter((genre, i) => flags[i] === '1' && !NO_ASPECT.test(genre));
      return { id: fields[0], title: fields[1], aspects, ...(problem && { problem }) };
    },
  },
  dat: {
    width: 2,
    header: false,
    columns: { id: '1', title: '2', aspects: ['3'] },
    read: ([id, title, genres = '']) => ({ id, title, aspects: aspectsOf(genres) }),
  },
  list: {
    width: 2,
    header: false,
    columns: { id: '1', title: '2', aspects: [] },
    read: ([id, title]) => ({ id, title, aspects: [] }),
  },
  netflix: {
    width: 2,
    header: false,
    columns: { id: '1', title: '3', aspects: [] },
    read: ([id, title]) => ({ id, title, aspects: [] }),
  },
};

/**
 * @param {Exclude<ItemKind, 'table'>} kind
 * @param {ReadItemsOptions} options
 * @param {string} file
 */
function plainReader(kind, options, file) {
  const given = /** @type {const} */ (['id', 'title', 'aspects']).find((name) => options[name] !== undefined);
  if (given === undefined) return PLAIN[kind];
  const option = optionNames[given];
  const got = JSON.stringify(options[given]);
  throw new AmpcfError(
    'BAD_ARGUMENT',
    `${file}: --${option}: this format has its own columns, got ${got}, wanted no --${option}`,
    { option },
  );
}

// ---------------------------------------------------------------------------------------------------- tables

/**
 * Whether the first row names columns, which it does unless all that is said of them is a number.
 * @param {string[]} first
 * @param {ReadItemsOptions} options
 */
function hasHeader(first, { id, title, aspects = [] }) {
  const given = [id, title, ...aspects].filter((want) => want !== undefined);
  if (id === undefined || given.some((want) => !/^\d+$/.test(String(want)))) return true;
  const names = first.map(plainName);
  return Object.values(itemNames).some((known) => known.some((name) => names.includes(name)));
}

/**
 * Asks where the first row is an item rather than names of columns: a number stands above numbers, or the id
 * of an item above others.
 * @param {string[][]} sample
 * @param {ReadItemsOptions} options
 * @param {string} file
 */
function refuseFirstItem([first, ...data], { known }, file) {
  const names = first.map(plainName);
  if (Object.values(itemNames).some((all) => all.some((name) => names.includes(name)))) return;
  const numeric = (/** @type {string | undefined} */ cell = '') => /^\s*\d+(\.\d+)?\s*$/.test(cell);
  const above = (/** @type {number} */ i, /** @type {(cell: string) => boolean} */ is) =>
    is(first[i]) && data.length > 0 && data.filter((row) => is(row[i] ?? '')).length * 2 > data.length;
  const isItem = (/** @type {string} */ cell) => numeric(cell) || (known?.has(cell) ?? false);
  if (!first.some((_, i) => above(i, isItem))) return;
  const columns = first.map((cell, i) => `${i + 1} ${JSON.stringify(cell.slice(0, 40))}`).join(', ');
  const wanted =
    'a first line that names the columns, or their numbers: --items-id COL --items-title COL --aspects COL ' +
    `(the first line is an item: ${columns})`;
  throw questionError(file, 'cannot tell which column is the id', first.join(', '), wanted);
}

/**
 * The column of ids: of those that could be it, the one that has most of the ids that are known.
 * @param {string[]} names
 * @param {string[][]} data
 * @param {ReadItemsOptions['known']} known
 */
function idColumn(names, data, known) {
  const named = itemNames.id.map((name) => names.indexOf(name)).filter((i) => i >= 0);
  if (!known) return named[0] ?? -1;
  const others = names.map((_, i) => i).filter((i) => !named.includes(i));
  const found = [...named, ...others].map((i) => {
    const hits = data.filter((row) => known.has(row[i])).length;
    const once = new Set(data.map((row) => row[i])).size === data.length;
    return { i, hits: named.includes(i) || once ? hits : 0 };
  });
  const most = Math.max(0, ...found.map(({ hits }) => hits));
  return most === 0 ? (named[0] ?? -1) : (found.find(({ hits }) => hits === most)?.i ?? -1);
}

/**
 * @param {Rows} source
 * @param {ReadItemsOptions} options
 * @param {string} file
 * @returns {RowReader}
 */
function tableReader({ names: given, sample }, options, file) {
  const first = given ?? sample[0];
  const header = given === null && hasHeader(first, options);
  const named = header || given !== null;
  if (header) refuseFirstItem(sample, options, file);
  const data = header ? sample.slice(1) : sample;
  const names = named ? first.map(plainName) : first.map(() => '');
  const find = (
    /** @type {'id' | 'title' | 'aspects'} */ role,
    /** @type {string | number | undefined} */ want,
  ) => {
    if (want === undefined)
      return itemNames[role].map((name) => names.indexOf(name)).find((i) => i >= 0) ?? -1;
    const i = findColumn(first, want);
    if (i >= 0) return i;
    throw columnError(file, optionNames[role], 'no such column', want, first);
  };
  const id = options.id === undefined ? idColumn(names, data, options.known) : find('id', options.id);
  const title = find('title', options.title);
  const aspects = (options.aspects ?? [undefined]).map((want) => find('aspects', want)).filter((i) => i >= 0);
  if (id < 0) {
    const wanted = 'a header with a column such as item or movieId, or its name or number: --items-id COL';
    throw questionError(file, 'cannot tell which column is the id', first.join(', '), wanted);
  }
  const nameOf = (/** @type {number} */ i) => (named ? first[i] : String(i + 1));
  const columns = { id: nameOf(id), title: title < 0 ? null : nameOf(title), aspects: aspects.map(nameOf) };
  const separators = aspects.map((i) =>
    named && areFlags(data.map((row) => row[i] ?? ''))
      ? ''
      : (options.separator ?? separatorIn(first[i], names[i], data, i)),
  );
  return {
    width: given ? 0 : first.length,
    header,
    columns,
    read: readerOf({ id, title, aspects, separators, nameOf }),
  };
}

/**
 * @param {string} name
 * @param {string} plain
 * @param {string[][]} data
 * @param {number} i
 */
const separatorIn = (name, plain, data, i) =>
  separatorOf(
    data.map((row) => row[i] ?? ''),
    { known: itemNames.aspects.includes(plain), words: /:token_seq$/.test(name) },
  );

/**
 * @param {{ id: number, title: number, aspects: number[], separators: string[],
 *   nameOf: (i: number) => string }} places separators: '' of a column that says yes or no
 * @returns {RowReader['read']}
 */
const readerOf =
  ({ id, title, aspects, separators, nameOf }) =>
  (fields) => ({
    id: fields[id],
    title: title < 0 ? '' : fields[title],
    aspects: aspects.flatMap((i, k) => {
      if (separators[k] === '') return isRaised(fields[i]) ? [nameOf(i)] : [];
      const named = aspectsOf(fields[i], separators[k]);
      return k === 0 ? named : named.map((aspect) => `${nameOf(i)}: ${aspect}`);
    }),
  });
