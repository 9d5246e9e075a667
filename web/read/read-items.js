// Owns reading a file of items: their ids, titles and aspects (genres, tags, categories).
// Must not know which items a model has, write files or print.
import { isUtf8 } from 'node:buffer';

import { AmpcfError } from '../core/errors.js';
import { BadRows, dataError, idProblem } from './bad-rows.js';
import { displayName, readFileBytes } from './bytes.js';
import { HEAD_BYTES, lineBlocks, refuseForeign } from './lines.js';
import {
  MAX_LINE,
  columnError,
  detectDelimiter,
  findColumn,
  headLines,
  noData,
  parseTable,
  plainName,
} from './table.js';

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
 */

/** Column names as `plainName` leaves them, the surest first. */
const KNOWN = {
  id: [
    'item',
    'itemid',
    'iid',
    'movieid',
    'movie',
    'id',
    'parentasin',
    'asin',
    'isbn',
    'bookid',
    'productid',
    'sku',
    'filmid',
    'artistid',
    'trackid',
    'songid',
    'gameid',
    'appid',
    'animeid',
    'businessid',
    'recipeid',
    'articleid',
    'videoid',
  ],
  title: ['title', 'name', 'label', 'movietitle', 'booktitle', 'itemname', 'productname'],
  aspects: ['genres', 'genre', 'aspects', 'tags', 'categories', 'category', 'shelves'],
};

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

/** What data sets write where there is nothing to say. */
const NO_ASPECT = /^(\(no genres listed\)|unknown|)$/i;

/**
 * Reads items from a file, or from standard input for '-'. Formats, known by the first line: MovieLens
 * `u.item` (24 fields between bars), `movies.dat` (`id::title::genres`), CSV and TSV with a header, and lists
 * of `index originalId`. Aspects are separated by bars; `(no genres listed)` and `unknown` are no aspect; an
 * item without a title has its id for one. UTF-8, except that the two MovieLens formats may be Latin-1.
 * Limits and errors as in readRatings; bad rows (an id that comes again is one) are always an error.
 * @param {string} path
 * @param {ReadItemsOptions} [options]
 * @returns {Promise<{ items: Map<string, Item>, columns: ItemColumns }>}
 */
export async function readItems(path, options = {}) {
  const file = displayName(path);
  const bytes = await readFileBytes(path);
  refuseForeign(bytes.subarray(0, HEAD_BYTES), file, false);
  const lines = headLines(bytes.subarray(0, HEAD_BYTES), bytes.length <= HEAD_BYTES);
  if (lines.length === 0) throw noData(file, 0, false);
  const format = detectFormat(lines, file);
  const option = /** @type {const} */ (['id', 'title', 'aspects']).find(
    (name) => options[name] !== undefined,
  );
  if (option && format.kind !== 'table') {
    throw new AmpcfError(
      'BAD_ARGUMENT',
      `${file}: --${option}: this format has its own columns, got ${JSON.stringify(
        options[option],
      )}, wanted no --${option}`,
      { option },
    );
  }
  const text = format.latin1 && !isUtf8(bytes) ? Buffer.from(bytes.toString('latin1')) : bytes;
  const bad = new BadRows(file, 0);
  const result = await readRows(lineBlocks([text], file, MAX_LINE), format, bad, options);
  bad.throwIfTooMany();
  if (result.items.size === 0) throw noData(file, 0, format.kind === 'table');
  return result;
}

/**
 * @param {string[]} lines
 * @param {string} file
 * @returns {{ kind: 'u.item' | 'dat' | 'list' | 'table', delimiter: string, latin1: boolean }}
 */
function detectFormat(lines, file) {
  const fields = lines[0].split('|');
  if (
    fields.length === FIRST_FLAG + GENRES.length &&
    fields.slice(FIRST_FLAG).every((flag) => flag === '0' || flag === '1')
  ) {
    return { kind: 'u.item', delimiter: '|', latin1: true };
  }
  const delimiter = detectDelimiter(lines, ['::', '\t', ',', ';']);
  if (delimiter === '::') return { kind: 'dat', delimiter, latin1: true };
  if (delimiter) return { kind: 'table', delimiter, latin1: false };
  if (lines[0].trim().split(/\s+/).length === 2) return { kind: 'list', delimiter: ' ', latin1: false };
  throw dataError('BAD_DATA', file, [
    {
      line: 1,
      what: 'format not known',
      got: lines[0],
      wanted:
        'CSV with a header such as item,title,genres, or u.item, movies.dat, or lines of "index originalId"',
    },
  ]);
}

/**
 * @param {AsyncIterable<import('./lines.js').LineBlock>} blocks
 * @param {ReturnType<typeof detectFormat>} format
 * @param {BadRows} bad
 * @param {ReadItemsOptions} options
 */
async function readRows(blocks, format, bad, options) {
  /** @type {Map<string, Item>} */
  const items = new Map();
  const { kind, delimiter } = format;
  /** @type {RowReader | null} */
  let reader = kind === 'table' ? null : PLAIN[kind];
  await parseTable(blocks, { file: bad.file, delimiter, quoted: kind === 'table', bad }, (fields, line) => {
    if (!reader) {
      reader = tableReader(fields, options, bad.file);
      return;
    }
    if (fields.length < reader.width) {
      return bad.add(line, 'wrong number of columns', String(fields.length), String(reader.width));
    }
    const { id, title, aspects, problem } = reader.read(fields);
    const wrongId = idProblem(id);
    if (wrongId) bad.addId(line, wrongId, id);
    else if (problem) bad.add(line, problem, fields.join(delimiter), 'a genre flag of 0 or 1');
    else if (items.has(id)) bad.add(line, 'id comes again', id, 'each id once');
    else items.set(id, { title: title === '' ? id : title, aspects: [...new Set(aspects)] });
  });
  const { columns } = /** @type {RowReader} */ (reader);
  return { items, columns };
}

/**
 * @typedef {object} RowReader
 * @property {number} width fields that a row has at least
 * @property {ItemColumns} columns
 * @property {(fields: string[]) => { id: string, title: string, aspects: string[], problem?: string }} read
 */

/** @param {string} cell */
function aspectsOf(cell) {
  return cell
    .split('|')
    .map((aspect) => aspect.trim())
    .filter((aspect) => !NO_ASPECT.test(aspect));
}

/**
 * The formats without a header.
 * @type {Record<'u.item' | 'dat' | 'list', RowReader>}
 */
const PLAIN = {
  'u.item': {
    width: FIRST_FLAG + GENRES.length,
    columns: { id: '1', title: '2', aspects: ['6-24'] },
    read: (fields) => {
      const flags = fields.slice(FIRST_FLAG);
      const problem = flags.some((flag) => flag !== '0' && flag !== '1')
        ? 'flag is neither 0 nor 1'
        : undefined;
      const aspects = GENRES.filter((genre, i) => flags[i] === '1' && !NO_ASPECT.test(genre));
      return { id: fields[0], title: fields[1], aspects, problem };
    },
  },
  dat: {
    width: 2,
    columns: { id: '1', title: '2', aspects: ['3'] },
    read: ([id, title, genres = '']) => ({ id, title, aspects: aspectsOf(genres) }),
  },
  list: {
    width: 2,
    columns: { id: '1', title: '2', aspects: [] },
    read: ([id, title]) => ({ id, title, aspects: [] }),
  },
};

/**
 * @param {string[]} header
 * @param {ReadItemsOptions} options
 * @param {string} file
 * @returns {RowReader}
 */
function tableReader(header, options, file) {
  const names = header.map(plainName);
  const find = (
    /** @type {'id' | 'title' | 'aspects'} */ role,
    /** @type {string | number | undefined} */ want,
  ) => {
    if (want === undefined) return KNOWN[role].map((name) => names.indexOf(name)).find((i) => i >= 0) ?? -1;
    const i = findColumn(header, want);
    if (i >= 0) return i;
    throw columnError(file, role, 'no such column', want, header);
  };
  const id = find('id', options.id);
  const title = find('title', options.title);
  const aspects = (options.aspects ?? [undefined]).map((want) => find('aspects', want)).filter((i) => i >= 0);
  if (id < 0) {
    const wanted = 'a header with a column such as item or movieId, or its name: --id';
    throw dataError('BAD_DATA', file, [
      { line: 1, what: 'cannot tell which column is the id', got: header.join(', '), wanted },
    ]);
  }
  return {
    width: header.length,
    columns: {
      id: header[id],
      title: title < 0 ? null : header[title],
      aspects: aspects.map((i) => header[i]),
    },
    read: (fields) => ({
      id: fields[id],
      title: title < 0 ? '' : fields[title],
      aspects: aspects.flatMap((i, k) =>
        aspectsOf(fields[i]).map((aspect) => (k === 0 ? aspect : `${header[i]}: ${aspect}`)),
      ),
    }),
  };
}
