// Owns what commands make of a ratings file: its options, which rows count, how much, and what is said about
// it. Must not parse text.
import { AMPCF_MAX_WEIGHT } from '../core/abi.js';
import { AmpcfError } from '../core/errors.js';
import { likesOf, weightRule } from '../read/likes.js';
import { inline } from '../read/inline.js';
import { memoryLimit } from './free-memory.js';
import { defined, numberOption, textOptions, UsageError } from './options.js';
import { inOneOrder } from '../read/one-order.js';
import { count } from './print.js';
import { progress } from './progress.js';
import { checkOptions, readRatings } from '../read/read-ratings.js';

/** @import { Likes } from '../read/likes.js' */
/** @import { Interactions } from '../train.js' */
/** @import { Io } from './progress.js' */
/** @typedef {import('../read/one-order.js').Ratings} Ratings */

/** Options of every command that reads ratings. */
export const ratingOptions = textOptions([
  'user',
  'item',
  'rating',
  'time',
  'format',
  'quote',
  'min-rating',
  'duplicates',
  'skip-bad',
]);

export const ratingUsage = [
  '  --user --item --rating --time COL   columns by name or number, where the names do not say; ' +
    '--rating none and --time none go without',
  '  --format csv|tsv|dat|list|json|netflix   where the first lines do not say',
  '  --quote CHAR|none       how fields are quoted, where the first lines do not say',
].join('\n');

/**
 * @typedef {object} LikeRule which rows count, and how much
 * @property {Likes} likes
 * @property {number | undefined} threshold the rating from which rows count, if there is one
 * @property {boolean} positive whether 0 and below never count
 * @property {boolean} weights
 * @property {ReturnType<typeof weightRule>} [weigh]
 */

/**
 * Which rows of a file count: what the command line says, or what its ratings look like.
 * @param {Ratings} ratings
 * @param {Record<string, any>} values
 * @returns {LikeRule}
 */
export function likeRule({ rating, format }, values) {
  const minRating = numberOption(values, 'min-rating');
  const weights = Boolean(values.weights);
  const likes = likesOf(rating, format.columns.rating);
  const wanted = weightScaleOption(values);
  if (!weights) {
    const given = minRating !== undefined;
    return {
      likes,
      weights,
      threshold: rating ? (minRating ?? likes.threshold) : undefined,
      positive: !given,
    };
  }
  if (!rating)
    throw new UsageError('--weights: the file has no rating column (--rating COL says which it is)');
  const weigh = weightRule(rating, AMPCF_MAX_WEIGHT, wanted);
  return { likes, weights, threshold: minRating, positive: true, weigh };
}

/**
 * @param {Record<string, any>} values
 * @returns {'linear' | 'log1p' | undefined}
 */
function weightScaleOption({ weights, 'weight-scale': scale }) {
  if (scale === undefined) return undefined;
  if (scale !== 'linear' && scale !== 'log1p')
    throw new UsageError(`--weight-scale: got ${JSON.stringify(scale)}, wanted linear or log1p`);
  if (!weights) throw new UsageError(`--weight-scale: got ${scale}, wanted --weights with it`);
  return scale;
}

/**
 * The numbers of rows from 0.
 * @param {number} n
 */
export const allRows = (n) => Int32Array.from({ length: n }, (_, x) => x);

/**
 * The rows of which something is true.
 * @param {ArrayLike<number>} rows
 * @param {(row: number) => boolean} isKept
 */
export function rowsWhere(rows, isKept) {
  const kept = new Int32Array(rows.length);
  let n = 0;
  for (let k = 0; k < rows.length; k++) if (isKept(rows[k])) kept[n++] = rows[k];
  return kept.subarray(0, n);
}

/**
 * Which rows count, and how much.
 * @param {Ratings} ratings
 * @param {Pick<LikeRule, 'threshold' | 'positive' | 'weigh'>} rule
 * @param {ArrayLike<number>} [rows] default all
 */
export function chooseRows(ratings, { threshold, positive, weigh }, rows = allRows(ratings.user.length)) {
  const { users, items, user, item, rating } = ratings;
  const least = threshold ?? -Infinity;
  const keep = rowsWhere(rows, (x) => !rating || (rating[x] >= least && (rating[x] > 0 || !positive)));
  // What is read is never changed any more.
  const isAll = keep.length === user.length;
  return {
    users,
    items,
    user: isAll ? user : keep.map((x) => user[x]),
    item: isAll ? item : keep.map((x) => item[x]),
    weight: weigh && rating ? Float64Array.from(keep, (x) => weigh.of(rating[x])) : null,
  };
}

/**
 * Checks what the command line says of every file, before one is opened.
 * @param {Record<string, any>} values
 */
export function checkRatingOptions(values) {
  const { format, duplicates } = values;
  numberOption(values, 'min-rating');
  checkOptions(defined({ format, duplicates, skipBad: skipBadOption(values) }));
}

/** @param {Record<string, any>} values */
const skipBadOption = (values) => numberOption(values, 'skip-bad', { whole: true, low: 0 });

/** What Node takes for itself: less than this is said of a training, and no limit to reading. */
const leastForReading = 2 ** 26;

/**
 * What reading may take.
 * @param {Record<string, any>} values
 */
function readingLimit(values) {
  const { bytes, name } = memoryLimit(values);
  return { bytes: Math.max(bytes, leastForReading), name };
}

/**
 * Reads one file with the options of the command line, and says what was read.
 * @param {string} path
 * @param {Record<string, any>} values
 * @param {Io & { label?: string, needTimes?: boolean }} options label: what the file is, when there are
 *   several; needTimes: whether a time that cannot be read is a bad row
 * @returns {Promise<Ratings>}
 */
export async function readRatingsFile(path, values, { signal, quiet, say, label, needTimes = false }) {
  const { format, quote, user, item, rating, time, duplicates } = values;
  const reading = progress('reading ', { quiet, after: 1000 });
  const read = await readRatings(path, {
    ...defined({ format, quote, user, item, rating, time, duplicates }),
    needTimes,
    skipBad: skipBadOption(values) ?? 0,
    memory: readingLimit(values),
    signal,
    onProgress: ({ bytes, total, rows }) => {
      if (total) reading.update(bytes, total, `${count(rows)} rows`);
    },
  }).finally(() => reading.finish());
  const ratings = inOneOrder(read);
  say(`read     ${label ? `${label}: ` : ''}${contentsText(ratings)}`);
  if (ratings.duplicates > 0)
    say(`merged   ${count(ratings.duplicates)} pairs that came again (${values.duplicates ?? 'last'})`);
  const { timesLeftOut, coding } = ratings.reading;
  if (timesLeftOut)
    say(
      `times    left out: ${count(timesLeftOut.rows)} rows have none that can be read (line ` +
        `${timesLeftOut.line}: ${JSON.stringify(inline(timesLeftOut.got))}), and they are not needed`,
    );
  if (coding.encoding === 'latin1') say('encoding Latin-1: the file is not UTF-8');
  if (ratings.skipped > 0) say(`skipped  ${count(ratings.skipped)} bad rows`);
  return ratings;
}

/**
 * The option by which all rows count.
 * @param {Likes} likes
 */
export const keepAll = ({ lowest }) => `--min-rating${lowest < 0 ? '=' : ' '}${lowest} keeps all`;

/** @param {Ratings} ratings */
function contentsText({ user, users, items, format: { kind, columns } }) {
  const people = `${count(user.length)} interactions of ${count(users.length)} people`;
  const name = (/** @type {string | null} */ column) => inline(column ?? '');
  const rating = columns.rating ? `, rating ${name(columns.rating)}` : '';
  const where = `(${kind}: user ${name(columns.user)}, item ${name(columns.item)}${rating})`;
  return `${people} with ${count(items.length)} items ${where}`;
}

/**
 * Reads the history file, which decides for every other file from which rating rows count: a small test file
 * may lack the highest rating.
 * @param {Record<string, any>} values
 * @param {Io} io
 */
export async function readHistory(values, io) {
  const read = (/** @type {string} */ name) => readRatingsFile(values[name], values, { ...io, label: name });
  const ratings = await read('history');
  const rule = likeRule(ratings, values);
  return {
    history: chooseRows(ratings, rule),
    threshold: rule.threshold,
    keepAll: keepAll(rule.likes),
    /**
     * The rows of another file that the command line names, or undefined where it does not.
     * @param {string} name
     * @param {{ weights?: boolean }} [how] whether its ratings are weights, if those of the history are
     */
    other: async (name, how = {}) => {
      if (!values[name]) return undefined;
      const { weigh, ...plain } = rule;
      return chooseRows(await read(name), how.weights && weigh ? { ...plain, weigh } : plain);
    },
  };
}

/**
 * Refuses to measure people of whom nothing is known.
 * @param {Interactions} history
 * @param {Interactions | undefined} test
 */
export function checkPeopleMeet(history, test) {
  if (!test || test.user.length === 0) return;
  const there = new Set(Array.from(history.user, (u) => history.users[u]));
  if (Array.from(test.user).some((u) => there.has(test.users[u]))) return;
  const one = (/** @type {Interactions} */ { users, user }) => JSON.stringify(users[user[0]]);
  const got =
    history.user.length === 0
      ? 'an empty history'
      : `people such as ${one(test)}, history of ${one(history)}`;
  throw new AmpcfError(
    'NO_DATA',
    `--test: no person of the test has a history, got ${got}, wanted the same people in both files ` +
      '(--user COL says which column they are)',
  );
}
