// Owns reading a file of interactions: its rows checked, repeated pairs merged.
// Must not judge ratings (what a 3 is worth is for likes.js), write files or print.
import { AmpcfError } from '../core/errors.js';
import { BadRows, idProblem } from './bad-rows.js';
import { displayName } from './bytes.js';
import { kinds } from './format.js';
import { Interactions } from './interactions.js';
import { chooseRoles, roleNames } from './roles.js';
import { checkSample, eachLine, withRows } from './rows.js';
import { noData } from './table.js';
import { parseRating, parseTime } from './values.js';

/** @import { Coding } from './encoding.js' */
/** @import { Kind } from './format.js' */
/** @import { Role } from './names.js' */
/** @import { ReadingLimit } from './reading-memory.js' */
/** @import { Roles } from './roles.js' */
/** @import { Rows } from './rows.js' */

/**
 * @typedef {object} ReadOptions
 * @property {Kind} [format] instead of the guess; 'csv' is separated by comma, semicolon or blanks
 * @property {string} [quote] the character that fields are quoted by, or 'none'
 * @property {string | number} [user] column, by its name in the header or its number from 1; so are the next
 *   three
 * @property {string | number} [item]
 * @property {string | number} [rating] or 'none'
 * @property {string | number} [time] or 'none'
 * @property {boolean} [needTimes] whether a time that cannot be read is a bad row (default); else times are
 *   left out of the whole file where one of them is bad
 * @property {number} [skipBad] how many bad rows to leave out before they are an error (default 0)
 * @property {'last' | 'sum'} [duplicates] what a repeated (user, item) pair becomes (default 'last')
 * @property {(progress: { bytes: number, total: number | null, rows: number }) => void} [onProgress]
 * @property {ReadingLimit} [memory] what reading may take (default: no limit)
 * @property {AbortSignal} [signal]
 */

/**
 * How a file was understood.
 * @typedef {object} FileFormat
 * @property {Kind} kind
 * @property {Record<Role, string | null>} columns
 * @property {string} delimiter
 * @property {boolean} header
 */
/**
 * What else there is to say of it.
 * @typedef {object} Reading
 * @property {Coding} coding
 * @property {string | null} said the name of the format, where it has one
 * @property {Record<Role, string | null>} row the first row, by its roles
 * @property {number} rowLine its line
 * @property {string[]} unused columns that play no role
 * @property {string[]} notes what was judged by content
 * @property {string | null} maybeRating a column that looks like ratings, where none is used
 * @property {{ rows: number, line: number, got: string } | null} timesLeftOut
 * @property {number} rows of the file that were read, before repeated pairs are merged
 */

/**
 * @typedef {object} Ratings
 * @property {string[]} users ids in order of first appearance
 * @property {string[]} items ids in order of first appearance
 * @property {Int32Array} user index into `users`, one for each interaction
 * @property {Int32Array} item index into `items`, one for each interaction
 * @property {Float64Array | null} rating null where the file has none
 * @property {Float64Array | null} time Unix seconds; null where the file has none
 * @property {FileFormat} format
 * @property {Reading} reading
 * @property {number} skipped bad rows left out
 * @property {number} duplicates rows merged into an earlier one
 */

const MAX_LIST_LINE = 1 << 26;

/**
 * Reads interactions from a file, or from standard input for '-'.
 *
 * Formats, guessed from the first lines: CSV (comma, semicolon, blanks, or what `sep=` says), TSV (u.data),
 * `::` (ratings.dat), lists (`user item item ...`, or `n item item ...`, separated by blanks), KONECT and
 * Matrix Market, Netflix' blocks, JSON Lines and arrays, Parquet; in gzip or zstd; UTF-8, UTF-16 with a mark,
 * or Latin-1. Columns by name, or by what is in them (roles.js). Quoting is RFC 4180, or with `\"` inside
 * (not in `::` files and lists); in files of tabs quotes may be text. Ids are compared by their exact bytes.
 * Times may be Unix seconds, milliseconds (beyond 1e11) or dates (UTC if no zone is said).
 *
 * A pair that comes again is merged into its first place: 'last' takes rating and time of the latest row, of
 * equal times, and where there are none, the highest rating; 'sum' adds the ratings (each row is 1 where the
 * file has none) and takes the latest time. No result depends on the order of the rows.
 *
 * Throws `BAD_DATA` (or `BAD_IDS`, if bad ids are all that is wrong) with the first ten bad rows, once there
 * are more than `skipBad`; broken quotes and NUL bytes cannot be skipped, for where the next row begins is
 * not known. `CSV_LIMIT`: line over 1 MiB (lists 64 MiB) or field over 64 KiB. `LIMIT`: more than 2^24 - 1
 * users or items. `OUT_OF_MEMORY`: more than `memory` lets. `NO_DATA`, `IO`, `BAD_ARGUMENT`, or the reason of
 * `signal`.
 * @param {string} path
 * @param {ReadOptions} [options]
 * @returns {Promise<Ratings>}
 */
export async function readRatings(path, options = {}) {
  checkOptions(options);
  const file = displayName(path);
  const { format, quote, signal } = options;
  const seen = { bytes: 0, total: /** @type {number | null} */ (null) };
  /** @type {Interactions} */
  let rows;
  const report = () => options.onProgress?.({ ...seen, rows: rows?.count ?? 0 });
  const onBytes = (/** @type {number} */ bytes, /** @type {number | null} */ total) => {
    Object.assign(seen, { bytes, total });
    report();
  };
  return withRows(path, file, { format, quote, signal, onBytes }, async (source) => {
    const help = source.format.delimiter === ' ' ? listHelp : ratingHelp;
    const bad = new BadRows(file, options.skipBad ?? 0, help);
    rows = new Interactions(file, options.memory);
    const taken =
      source.format.kind === 'list'
        ? await readList(source, bad, rows, options)
        : await readRows(source, bad, rows, options);
    bad.throwIfTooMany(rows.count);
    if (rows.count === 0) throw noData(file, bad.total, taken.header);
    report();
    const { columns, header, ...reading } = taken;
    const { kind, delimiter, said = null } = source.format;
    const count = rows.count;
    return {
      ...rows.finish(options.duplicates ?? 'last'),
      format: { kind, delimiter, columns, header },
      reading: { coding: source.coding, said, rows: count, ...reading },
      skipped: bad.total,
    };
  });
}

/** @param {ReadOptions} options */
export function checkOptions({ format, quote, skipBad = 0, duplicates = 'last' }) {
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
  if (format !== undefined && !kinds.includes(format)) fail('format', format, kinds.join(', '));
  if (quote !== undefined && quote !== 'none' && !/^[^\w\s]$/.test(quote))
    fail('quote', quote, "one character such as ', or none");
  if (!Number.isSafeInteger(skipBad) || skipBad < 0) fail('skipBad', skipBad, 'a whole number, 0 or more');
  if (duplicates !== 'last' && duplicates !== 'sum') fail('duplicates', duplicates, 'last or sum');
}

/**
 * What helps with bad rows.
 * @param {string} what
 */
function ratingHelp(what) {
  if (what.startsWith('rating')) return '--rating COL says which column it is, --rating none goes without';
  if (what.startsWith('time')) return '--time COL says which column it is, --time none goes without';
  if (/^(user|item):/.test(what)) return `--${what.slice(0, 4)} COL says which column it is`;
  return what === 'wrong number of columns' ? '--quote none takes quotes as text' : '';
}

/**
 * What helps with rows separated by blanks.
 * @param {string} what
 */
const listHelp = (what) =>
  what === 'wrong number of columns' ? '--format list is for lines of user item item ...' : ratingHelp(what);

// ------------------------------------------------------------------------------------------------------ rows

/**
 * What a reading of rows or a list says of itself.
 * @typedef {Pick<FileFormat, 'columns' | 'header'> & Omit<Reading, 'coding' | 'said' | 'rows'>} Taken
 */

/** @type {Roles} */
const netflixRoles = {
  index: { user: 0, item: 1, rating: 2, time: 3 },
  header: false,
  notes: ['blocks of one item each'],
  trim: false,
  maybeRating: -1,
};

/**
 * @param {Rows} source
 * @param {BadRows} bad
 * @param {Interactions} rows
 * @param {ReadOptions} options
 * @returns {Promise<Taken>}
 */
async function readRows(source, bad, rows, options) {
  const { names, sample, format } = source;
  const file = bad.file;
  await checkSample(source, bad);
  const comma = format.delimiter !== ',';
  const wanted = { user: options.user, item: options.item, rating: options.rating, time: options.time };
  const roles =
    format.kind === 'netflix' ? netflixRoles : chooseRoles({ file, rows: sample, names, comma }, wanted);
  const { index, header, notes } = roles;
  rows.open(index.rating >= 0 || options.duplicates === 'sum', index.time >= 0, source.expected);
  const taker = new RowTaker({ roles, comma, passFirst: header && names === null }, bad, rows, options);
  await source.each(bad, (fields, line) => taker.take(fields, line));
  const timesLeftOut = taker.timesLeftOut();
  const first = names ?? sample[0];
  const name = (/** @type {number} */ i) => (i < 0 ? null : header ? first[i] : String(i + 1));
  const placed = Object.values(index);
  return {
    columns: byRole((role) => (role === 'time' && timesLeftOut ? null : name(index[role]))),
    header,
    row: byRole((role) => (index[role] < 0 ? null : (taker.first?.[index[role]] ?? null))),
    rowLine: taker.firstLine,
    unused: first.flatMap((_, i) => (placed.includes(i) ? [] : [String(name(i))])),
    maybeRating: name(roles.maybeRating),
    notes: roles.trim ? [...notes, 'the blank after a separator belongs to it'] : notes,
    timesLeftOut,
  };
}

/**
 * @param {(role: Role) => string | null} valueOf
 * @returns {Record<Role, string | null>}
 */
const byRole = (valueOf) => ({
  user: valueOf('user'),
  item: valueOf('item'),
  rating: valueOf('rating'),
  time: valueOf('time'),
});

/**
 * True and false as 1 and 0, where all ratings are one of them.
 * @param {string} text
 */
const booleanOf = (text) => (/^true$/i.test(text) ? 1 : /^false$/i.test(text) ? 0 : NaN);

/** Checks rows one by one, and keeps what they say. */
class RowTaker {
  /**
   * @param {{ roles: Roles, comma: boolean, passFirst: boolean }} how
   * @param {BadRows} bad
   * @param {Interactions} rows
   * @param {ReadOptions} options
   */
  constructor(
    { roles: { index, trim, booleans = false }, comma, passFirst },
    bad,
    rows,
    { needTimes = true },
  ) {
    this.user = index.user;
    this.item = index.item;
    this.rating = index.rating;
    this.time = index.time;
    this.trim = trim;
    this.valueOf = booleans ? booleanOf : parseRating;
    this.comma = comma;
    this.passFirst = passFirst;
    this.needTimes = needTimes;
    this.bad = bad;
    this.rows = rows;
    this.firstLine = 0;
    /** @type {string[] | undefined} of the first row that was taken */
    this.first = undefined;
    /** @type {{ rows: number, line: number, got: string } | null} */
    this.badTimes = null;
  }

  /**
   * @param {string[]} fields
   * @param {() => number} line
   */
  take(fields, line) {
    if (this.passFirst) {
      this.passFirst = false;
      return;
    }
    const { rating, time, bad, rows } = this;
    const r = rating < 0 ? 1 : this.valueOf(fields[rating], this.comma);
    if (Number.isNaN(r))
      return bad.add(line, 'rating is not a number', fields[rating], 'a decimal number such as 4.5');
    const t = time < 0 ? 0 : parseTime(fields[time]);
    if (Number.isNaN(t)) {
      if (this.needTimes)
        return bad.add(line, 'time is not a time', fields[time], 'Unix seconds, milliseconds or an ISO date');
      this.badTimes ??= { rows: 0, line: line(), got: fields[time] };
      this.badTimes.rows++;
    }
    const user = this.trim ? fields[this.user].trim() : fields[this.user];
    const item = this.trim ? fields[this.item].trim() : fields[this.item];
    const problem = rows.problem(user, item);
    if (problem) return bad.addId(line, ...problem);
    if (this.first === undefined) {
      this.first = [...fields];
      this.firstLine = line();
    }
    rows.add(user, item, r, t);
  }

  /** Leaves times out where one of them could not be read, and says so. */
  timesLeftOut() {
    if (this.badTimes) this.rows.dropTimes();
    return this.badTimes;
  }
}

// ----------------------------------------------------------------------------------------------------- lists

/**
 * @param {Rows} source
 * @param {BadRows} bad
 * @param {Interactions} rows
 * @param {ReadOptions} options
 * @returns {Promise<Taken>}
 */
async function readList(source, bad, rows, options) {
  const role = roleNames.find((name) => options[name] !== undefined && options[name] !== 'none');
  if (role) {
    throw new AmpcfError(
      'BAD_ARGUMENT',
      `${bad.file}: --${role}: a list has no columns, got ${JSON.stringify(
        options[role],
      )}, wanted no --${role} or another --format`,
      { option: role },
    );
  }
  const { counted = false, comment } = source.format;
  rows.open(options.duplicates === 'sum', false);
  let person = 0;
  /** @type {{ line: number, cells: string[] } | undefined} */
  let first;
  await eachLine(source.blocks(MAX_LIST_LINE), (row, line) => {
    const cells = row.split(/[ \t]+/).filter((id) => id !== '');
    if (cells.length === 0 || (comment && cells[0].startsWith(comment))) return;
    first ??= { line, cells };
    if (counted && cells[0] !== String(cells.length - 1))
      return bad.add(line, 'not as many items as the line says', row, `${cells.length - 1} at its head`);
    const long = cells.find((id) => idProblem(id) !== '');
    if (long !== undefined) return bad.addId(line, 'id too long', long);
    const user = counted ? String(person++) : cells[0];
    for (let k = 1; k < cells.length; k++) rows.add(user, cells[k], 1, 0);
  });
  const user = counted ? 'line' : '1';
  return {
    columns: { user, item: '2-', rating: null, time: null },
    header: false,
    row: {
      user: counted ? '0' : (first?.cells[0] ?? null),
      item: first?.cells.slice(1, 4).join(' ') ?? null,
      rating: null,
      time: null,
    },
    rowLine: first?.line ?? 0,
    unused: [],
    maybeRating: null,
    notes: counted ? ['each line begins with the number of its items; people are lines, counted from 0'] : [],
    timesLeftOut: null,
  };
}
