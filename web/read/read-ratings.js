// Owns reading a file of interactions: guessing its format and columns, checking each row, merging repeated
// pairs.
// Must not judge ratings (what a 3 is worth is the trainer's business), write files or print.
import { AmpcfError } from '../core/errors.js';
import { BadRows, dataError, idProblem } from './bad-rows.js';
import { displayName, readChunks } from './bytes.js';
import { lineBlocks, refuseForeign, replay, takeHead } from './lines.js';
import { mergePairs } from './merge-pairs.js';
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

/** @typedef {import('./lines.js').LineBlock} LineBlock */
/** @typedef {'csv' | 'tsv' | 'dat' | 'list'} Kind */
/** @typedef {'user' | 'item' | 'rating' | 'time'} Role */

/**
 * @typedef {object} ReadOptions
 * @property {Kind} [format] instead of the guess; 'csv' is separated by comma, semicolon or single spaces
 * @property {string | number} [user] column, by its name in the header or its number from 1; so are the next
 *   three
 * @property {string | number} [item]
 * @property {string | number} [rating]
 * @property {string | number} [time]
 * @property {number} [skipBad] how many bad rows to leave out before they are an error (default 0)
 * @property {'last' | 'sum'} [duplicates] what a repeated (user, item) pair becomes (default 'last')
 * @property {(progress: { bytes: number, total: number | null, rows: number }) => void} [onProgress]
 * @property {AbortSignal} [signal]
 */

/**
 * @typedef {object} Ratings
 * @property {string[]} users ids in order of first appearance
 * @property {string[]} items ids in order of first appearance
 * @property {Int32Array} user index into `users`, one for each interaction
 * @property {Int32Array} item index into `items`, one for each interaction
 * @property {Float64Array | null} rating null where the file has none
 * @property {Float64Array | null} time Unix seconds; null where the file has none
 * @property {{ kind: Kind, columns: Record<Role, string | null>, delimiter: string, header: boolean }} format
 * @property {number} skipped bad rows left out
 * @property {number} duplicates rows merged into an earlier one
 */

const MAX_LIST_LINE = 1 << 26;
const MAX_IDS = (1 << 24) - 1; // a Map of V8 holds no more
const MAX_RATING = 1e15; // so that no sum of ratings overflows
const MAX_TIME = 8.64e12; // the last second of a Date

const KINDS = ['csv', 'tsv', 'dat', 'list'];
const ROLES = /** @type {const} */ (['user', 'item', 'rating', 'time']);

/**
 * Column names as `plainName` leaves them, the surest first.
 * @type {Record<Role, string[]>}
 */
const KNOWN = {
  user: [
    'user',
    'userid',
    'uid',
    'reviewerid',
    'reviewer',
    'customerid',
    'customer',
    'memberid',
    'member',
    'visitorid',
    'accountid',
    'account',
    'profileid',
    'personid',
    'person',
    'username',
    'reviewername',
    'sessionid',
    'session',
  ],
  item: [
    'item',
    'itemid',
    'iid',
    'movieid',
    'movie',
    'filmid',
    'film',
    'parentasin',
    'asin',
    'isbn',
    'bookid',
    'book',
    'productid',
    'product',
    'sku',
    'artistid',
    'artist',
    'trackid',
    'track',
    'songid',
    'song',
    'gameid',
    'game',
    'appid',
    'animeid',
    'anime',
    'businessid',
    'recipeid',
    'recipe',
    'articleid',
    'article',
    'videoid',
    'video',
  ],
  rating: [
    'rating',
    'ratings',
    'score',
    'stars',
    'overall',
    'bookrating',
    'userrating',
    'reviewscore',
    'weight',
    'count',
    'plays',
    'playcount',
    'value',
  ],
  time: [
    'timestamp',
    'time',
    'unixreviewtime',
    'unixtime',
    'date',
    'datetime',
    'at',
    'ts',
    'createdat',
    'ratedat',
    'reviewtime',
  ],
};

/**
 * Reads interactions from a file, or from standard input for '-'.
 *
 * Formats, guessed from the first lines: CSV (comma, semicolon), TSV (u.data), `::` (ratings.dat), and lists
 * (`user item item ...`, separated by blanks). The first row is a header if it names a user or item column
 * that is known or asked for, or if its rating and time cells are words; else the columns are user, item[,
 * rating[, time]]. Every row has as many columns as the first. Quoting is RFC 4180 (not in `::` files and
 * lists); blank lines are nothing. Ids are compared by their exact bytes. Times may be Unix seconds,
 * milliseconds (beyond 1e11) or ISO dates (UTC if no zone is said).
 *
 * A pair that comes again is merged into its first place: 'last' takes rating and time of the latest row, of
 * equal times, and where there are none, the highest rating; 'sum' adds the ratings (each row is 1 where the
 * file has none) and takes the latest time. No result depends on the order of the rows.
 *
 * Throws `BAD_DATA` (or `BAD_IDS`, if bad ids are all that is wrong) with the first ten bad rows, once there
 * are more than `skipBad`; broken quotes, NUL bytes and text that is not UTF-8 cannot be skipped, for where
 * the next row begins is not known. `CSV_LIMIT`: line over 1 MiB (lists 64 MiB) or field over 64 KiB.
 * `LIMIT`: more than 2^24 - 1 users or items. `NO_DATA`, `IO`, `BAD_ARGUMENT`, or the reason of `signal`.
 * @param {string} path
 * @param {ReadOptions} [options]
 * @returns {Promise<Ratings>}
 */
export async function readRatings(path, options = {}) {
  checkOptions(options);
  const file = displayName(path);
  const bad = new BadRows(file, options.skipBad ?? 0);
  const rows = new Interactions(file);
  let bytes = 0;
  /** @type {number | null} */
  let total = null;
  const report = () => options.onProgress?.({ bytes, total, rows: rows.count });
  const onBytes = (/** @type {number} */ got, /** @type {number | null} */ of) => {
    [bytes, total] = [got, of];
    report();
  };

  const chunks = readChunks(path, { signal: options.signal, onBytes });
  try {
    const { taken, head, complete } = await takeHead(chunks);
    refuseForeign(head, file, options.format !== undefined);
    const { kind, delimiter } = detectFormat(headLines(head, complete), file, options.format);
    const blocks = lineBlocks(replay(taken, chunks), file, kind === 'list' ? MAX_LIST_LINE : MAX_LINE);
    const columns =
      kind === 'list'
        ? await readList(blocks, bad, rows, options)
        : await readRows(blocks, { file, delimiter, quoted: kind !== 'dat', bad }, rows, options);
    bad.throwIfTooMany();
    if (rows.count === 0) throw noData(file, bad.total, columns.header);
    report();
    return {
      ...rows.finish(options.duplicates ?? 'last'),
      format: { kind, delimiter, ...columns },
      skipped: bad.total,
    };
  } finally {
    await chunks.return(undefined); // closes the file after an error half way
  }
}

/** @param {ReadOptions} options */
function checkOptions({ format, skipBad = 0, duplicates = 'last' }) {
  /**
   * @param {string} name
   * @param {unknown} got
   * @param {string} wanted
   */
  const fail = (name, got, wanted) => {
    throw new AmpcfError('BAD_ARGUMENT', `${name}: got ${JSON.stringify(got)}, wanted ${wanted}`, {
      option: name,
    });
  };
  if (format !== undefined && !KINDS.includes(format)) fail('format', format, KINDS.join(', '));
  if (!Number.isSafeInteger(skipBad) || skipBad < 0) fail('skipBad', skipBad, 'a whole number, 0 or more');
  if (duplicates !== 'last' && duplicates !== 'sum') fail('duplicates', duplicates, 'last or sum');
}

// --------------------------------------------------------------------------------------------------- formats

/**
 * @param {string[]} lines
 * @param {string} file
 * @param {Kind} [format]
 * @returns {{ kind: Kind, delimiter: string }}
 */
function detectFormat(lines, file, format) {
  if (lines.length === 0) throw noData(file, 0, false);
  if (format === 'tsv') return { kind: 'tsv', delimiter: '\t' };
  if (format === 'dat') return { kind: 'dat', delimiter: '::' };
  if (format === 'list') return { kind: 'list', delimiter: ' ' };
  if (format === 'csv')
    return {
      kind: 'csv',
      delimiter: detectDelimiter(lines, [',', ';']) ?? detectDelimiter(lines, [' ']) ?? ',',
    };
  const delimiter = detectDelimiter(lines, ['::', '\t', ',', ';']);
  if (delimiter) return { kind: delimiter === '::' ? 'dat' : delimiter === '\t' ? 'tsv' : 'csv', delimiter };
  return detectBlanks(lines, file);
}

/**
 * Lines with no delimiter but blanks: a list, unless they could as well be `user item rating`, which is for a
 * person to say.
 * @param {string[]} lines
 * @param {string} file
 * @returns {{ kind: Kind, delimiter: string }}
 */
function detectBlanks(lines, file) {
  const cells = lines.map((line) => line.trim().split(/\s+/));
  const width = cells[0].length;
  const table = cells.every((row) => row.length === width) && width <= 4;
  const wanted = 'user and item, separated by comma, tab, semicolon, "::" or a blank';
  const bars = lines.every((line) => line.split('|').length > 2);
  if (bars || (table && width === 1)) {
    throw dataError('BAD_DATA', file, [
      { line: 1, what: 'no separator that is known', got: lines[0], wanted },
    ]);
  }
  if (!table) return { kind: 'list', delimiter: ' ' };
  if (width === 2) return { kind: 'csv', delimiter: ' ' };
  if (!cells.some((row) => Number.isFinite(parseRating(row[2])))) return { kind: 'list', delimiter: ' ' };
  throw dataError('BAD_DATA', file, [
    {
      line: 1,
      what: 'cannot tell a list of items from a row with a rating',
      got: lines[0],
      wanted: 'the format: --format list (user item item ...) or --format csv (user item rating)',
    },
  ]);
}

// --------------------------------------------------------------------------------------------------- columns

/**
 * @param {string[]} first the first row
 * @param {ReadOptions} options
 * @param {string} file
 * @returns {{ index: Record<Role, number>, header: boolean }} index -1: no such column
 */
function chooseColumns(first, options, file) {
  const index = { user: -1, item: -1, rating: -1, time: -1 };
  let named = false;
  for (const role of ROLES) {
    const want = options[role];
    if (want === undefined) continue;
    index[role] = findColumn(first, want);
    if (index[role] < 0 || ROLES.some((other) => other !== role && index[other] === index[role])) {
      const why = index[role] < 0 ? 'no such column' : 'column already used';
      throw columnError(file, role, why, want, first);
    }
    if (!/^\d+$/.test(String(want))) named = true;
  }
  const free = (/** @type {number} */ i) =>
    i >= 0 && i < first.length && !ROLES.some((role) => index[role] === i);
  const names = first.map(plainName);
  const byName = (/** @type {Role} */ role) =>
    KNOWN[role].map((name) => names.indexOf(name)).find(free) ?? -1;
  const byPlace = (/** @type {Role} */ role) => (free(ROLES.indexOf(role)) ? ROLES.indexOf(role) : -1);
  const numbers = /** @type {const} */ (['rating', 'time']).map((role) =>
    index[role] < 0 ? byPlace(role) : index[role],
  );
  const header =
    named || byName('user') >= 0 || byName('item') >= 0 || areWords(numbers.map((i) => first[i]));
  for (const role of ROLES) {
    if (index[role] < 0) index[role] = header ? byName(role) : byPlace(role);
  }
  for (const role of /** @type {const} */ (['user', 'item'])) {
    if (index[role] >= 0) continue;
    throw dataError('BAD_DATA', file, [
      {
        line: 1,
        what: `cannot tell which column is the ${role}`,
        got: first.join(', '),
        wanted: `its name or number: --${role}`,
      },
    ]);
  }
  return { index, header };
}

/**
 * Whether cells that should be numbers are all words, as in a header.
 * @param {(string | undefined)[]} cells
 */
function areWords(cells) {
  const there = cells.filter((cell) => cell !== undefined);
  return (
    there.length > 0 &&
    there.every((cell) => /^\p{L}/u.test(cell) && !/^(nan|inf|infinity|null|none|na)$/i.test(cell))
  );
}

// ---------------------------------------------------------------------------------------------------- values

/**
 * A decimal number whatever the locale, or NaN.
 * @param {string} text
 */
function parseRating(text) {
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text)) return NaN;
  const value = Number(text);
  return Math.abs(value) <= MAX_RATING ? value : NaN;
}

const ISO_DATE = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * Unix seconds of seconds, milliseconds or an ISO date, or NaN.
 * @param {string} text
 */
function parseTime(text) {
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) {
    const value = Number(text);
    const seconds = Math.abs(value) > 1e11 ? value / 1000 : value;
    return Math.abs(seconds) <= MAX_TIME ? seconds : NaN;
  }
  const parts = ISO_DATE.exec(text);
  if (!parts) return NaN;
  const [, year, month, day, minutes = '00:00', seconds = ':00', zone = 'Z'] = parts;
  // Date.parse lets the 30th of February pass for the 2nd of March.
  if (new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() !== Number(day))
    return NaN;
  return Date.parse(`${year}-${month}-${day}T${minutes}${seconds}${zone}`) / 1000;
}

// ------------------------------------------------------------------------------------------------------ rows

/**
 * @param {AsyncIterable<LineBlock>} blocks
 * @param {{ file: string, delimiter: string, quoted: boolean, bad: BadRows }} table
 * @param {Interactions} rows
 * @param {ReadOptions} options
 */
async function readRows(blocks, table, rows, options) {
  const { file, bad } = table;
  /** @type {ReturnType<typeof chooseColumns> | null} */
  let chosen = null;
  /** @type {string[]} */
  let first = [];
  let [user, item, rating, time] = [-1, -1, -1, -1];
  await parseTable(blocks, table, (fields, line) => {
    if (!chosen) {
      first = fields;
      chosen = chooseColumns(fields, options, file);
      ({ user, item, rating, time } = chosen.index);
      rows.open(rating >= 0 || options.duplicates === 'sum', time >= 0);
      if (chosen.header) return;
    }
    const r = rating < 0 ? 1 : parseRating(fields[rating]);
    if (Number.isNaN(r))
      return bad.add(line, 'rating is not a number', fields[rating], 'a decimal number such as 4.5');
    const t = time < 0 ? 0 : parseTime(fields[time]);
    if (Number.isNaN(t))
      return bad.add(line, 'time is not a time', fields[time], 'Unix seconds, milliseconds or an ISO date');
    const problem = rows.problem(fields[user], fields[item]);
    if (problem) return bad.addId(line, ...problem);
    rows.add(fields[user], fields[item], r, t);
  });
  const { index, header } = /** @type {ReturnType<typeof chooseColumns>} */ (/** @type {unknown} */ (chosen));
  const name = (/** @type {Role} */ role) =>
    index[role] < 0 ? null : header ? first[index[role]] : String(index[role] + 1);
  return {
    columns: { user: name('user'), item: name('item'), rating: name('rating'), time: name('time') },
    header,
  };
}

/**
 * @param {AsyncIterable<LineBlock>} blocks
 * @param {BadRows} bad
 * @param {Interactions} rows
 * @param {ReadOptions} options
 */
async function readList(blocks, bad, rows, options) {
  const role = ROLES.find((name) => options[name] !== undefined);
  if (role) {
    throw new AmpcfError(
      'BAD_ARGUMENT',
      `${bad.file}: --${role}: a list has no columns, got ${JSON.stringify(
        options[role],
      )}, wanted no --${role} or another --format`,
      { option: role },
    );
  }
  rows.open(options.duplicates === 'sum', false);
  for await (const block of blocks) {
    const text = block.bytes.toString('utf8');
    // A byte order mark is one at the head of the file, not of a block, which begins where a chunk was cut.
    const lines = (block.offset === 0 ? text.replace(/^\uFEFF/, '') : text).split(/\r\n|\n|\r/);
    lines.forEach((row, i) => {
      const ids = row.split(/[ \t]+/).filter((id) => id !== '');
      const long = ids.find((id) => idProblem(id) !== '');
      if (long !== undefined) bad.addId(block.line + i, 'id too long', long);
      else for (let k = 1; k < ids.length; k++) rows.add(ids[0], ids[k], 1, 0);
    });
  }
  return { columns: { user: '1', item: '2-', rating: null, time: null }, header: false };
}

/**
 * Interactions in arrays of numbers, so that 20 million of them fit: ids are kept once, as are their indices.
 */
class Interactions {
  /** @param {string} file */
  constructor(file) {
    this.file = file;
    this.count = 0;
    /** @type {Map<string, number>} */
    this.users = new Map();
    /** @type {Map<string, number>} */
    this.items = new Map();
    this.user = new Int32Array(1024);
    this.item = new Int32Array(1024);
    /** @type {Float64Array | null} */
    this.rating = null;
    /** @type {Float64Array | null} */
    this.time = null;
  }

  /**
   * @param {boolean} rating
   * @param {boolean} time
   */
  open(rating, time) {
    if (rating) this.rating = new Float64Array(1024);
    if (time) this.time = new Float64Array(1024);
  }

  /**
   * What is wrong with the ids of a row, and which; ids met before are known to be good.
   * @param {string} user
   * @param {string} item
   * @returns {[string, string] | null}
   */
  problem(user, item) {
    const what = this.users.has(user) ? '' : idProblem(user);
    if (what) return [`user: ${what}`, user];
    const other = this.items.has(item) ? '' : idProblem(item);
    return other ? [`item: ${other}`, item] : null;
  }

  /**
   * @param {string} user
   * @param {string} item
   * @param {number} rating
   * @param {number} time
   */
  add(user, item, rating, time) {
    if (this.count === this.user.length) this.grow();
    const k = this.count++;
    this.user[k] = this.intern(this.users, user);
    this.item[k] = this.intern(this.items, item);
    if (this.rating) this.rating[k] = rating;
    if (this.time) this.time[k] = time;
  }

  /**
   * @param {Map<string, number>} ids
   * @param {string} id
   */
  intern(ids, id) {
    const known = ids.get(id);
    if (known !== undefined) return known;
    if (ids.size >= MAX_IDS) {
      const name = ids === this.users ? 'users' : 'items';
      throw new AmpcfError(
        'LIMIT',
        `${this.file}: too many ${name}, got over ${MAX_IDS}, wanted at most ${MAX_IDS}`,
        { limit: MAX_IDS },
      );
    }
    // A substring would keep the whole block it was cut from alive.
    ids.set(Buffer.from(id).toString(), ids.size);
    return ids.size - 1;
  }

  grow() {
    const size = this.user.length * 2;
    /**
     * @template {Int32Array | Float64Array} T
     * @param {T} to
     * @param {T} from
     */
    const moved = (to, from) => (to.set(from), to);
    this.user = moved(new Int32Array(size), this.user);
    this.item = moved(new Int32Array(size), this.item);
    if (this.rating) this.rating = moved(new Float64Array(size), this.rating);
    if (this.time) this.time = moved(new Float64Array(size), this.time);
  }

  /** @param {'last' | 'sum'} rule */
  finish(rule) {
    const n = mergePairs(this, { users: this.users.size, items: this.items.size }, rule);
    const duplicates = this.count - n;
    this.count = n;
    return {
      users: [...this.users.keys()],
      items: [...this.items.keys()],
      user: this.user.slice(0, n),
      item: this.item.slice(0, n),
      rating: this.rating && this.rating.slice(0, n),
      time: this.time && this.time.slice(0, n),
      duplicates,
    };
  }
}
