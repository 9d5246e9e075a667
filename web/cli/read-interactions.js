// Owns what commands make of a ratings file: its options, which rows count, how much, and what is said about
// it. Must not parse text.
import { inline } from './harmless.js';
import { defined, numberOption, textOptions, UsageError } from './options.js';
import { inOneOrder } from '../read/one-order.js';
import { count } from './print.js';
import { progress } from './progress.js';
import { readRatings } from '../read/read-ratings.js';

/** @import { Io } from './progress.js' */
/** @typedef {import('../read/one-order.js').Ratings} Ratings */

/** Options of every command that reads ratings. */
export const ratingOptions = textOptions([
  'user',
  'item',
  'rating',
  'time',
  'format',
  'min-rating',
  'duplicates',
  'skip-bad',
]);

export const ratingUsage = [
  '  --user --item --rating --time COL   columns by name or number, where the names do not say',
  '  --format csv|tsv|dat|list           where the first lines do not say',
].join('\n');

/**
 * 60 % of the highest rating where ratings are stars, which means a few steps on a small scale; undefined for
 * play counts and the like.
 * @param {Float64Array} rating
 */
function starThreshold(rating) {
  const values = new Set();
  let highest = 0;
  for (const value of rating) {
    if (values.size <= 21) values.add(value);
    if (value > highest) highest = value;
    if (value < 0 || value > 10 || (value * 2) % 1 !== 0) return undefined;
  }
  return values.size >= 2 && values.size <= 21 && highest >= 4 ? 0.6 * highest : undefined;
}

/**
 * The rating from which rows count, if there is one.
 * @param {Ratings} ratings
 * @param {{ minRating?: number | undefined, weights: boolean }} rule
 */
export function ratingThreshold({ rating }, { minRating, weights }) {
  return rating ? (minRating ?? (weights ? undefined : starThreshold(rating))) : undefined;
}

/**
 * Which rows count, and how much.
 * @param {Ratings} ratings
 * @param {{ threshold: number | undefined, weights: boolean }} rule
 * @param {readonly number[]} [rows] default all
 */
export function chooseRows(
  ratings,
  { threshold, weights },
  rows = Array.from({ length: ratings.user.length }, (_, x) => x),
) {
  const { rating } = ratings;
  const keep = rows.filter((x) => !rating || threshold === undefined || rating[x] >= threshold);
  if (weights && !rating) throw new UsageError('--weights: the file has no rating column');
  return {
    users: ratings.users,
    items: ratings.items,
    user: keep.map((x) => ratings.user[x]),
    item: keep.map((x) => ratings.item[x]),
    weight: weights && rating ? keep.map((x) => rating[x]) : null,
  };
}

/**
 * Reads one file with the options of the command line, and says what was read.
 * @param {string} path
 * @param {Record<string, any>} values
 * @param {Io & { label?: string }} options label: what the file is, when there are several
 * @returns {Promise<Ratings>}
 */
export async function readRatingsFile(path, values, { signal, quiet, say, label }) {
  const { format, user, item, rating, time, duplicates } = values;
  const reading = progress('reading ', { quiet, after: 1000 });
  const read = await readRatings(path, {
    ...defined({ format, user, item, rating, time, duplicates }),
    skipBad: numberOption(values, 'skip-bad', { whole: true, low: 0 }) ?? 0,
    signal,
    onProgress: ({ bytes, total, rows }) => {
      if (total) reading.update(bytes, total, `${count(rows)} rows`);
    },
  }).finally(() => reading.finish());
  const ratings = inOneOrder(read);
  say(`read     ${label ? `${label}: ` : ''}${contentsText(ratings)}`);
  if (ratings.duplicates > 0)
    say(`merged   ${count(ratings.duplicates)} pairs that came again (${values.duplicates ?? 'last'})`);
  if (ratings.skipped > 0) say(`skipped  ${count(ratings.skipped)} bad rows`);
  return ratings;
}

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
  const weights = Boolean(values.weights);
  const minRating = numberOption(values, 'min-rating');
  const read = (/** @type {string} */ name) => readRatingsFile(values[name], values, { ...io, label: name });
  const ratings = await read('history');
  const threshold = ratingThreshold(ratings, { minRating, weights });
  return {
    history: chooseRows(ratings, { threshold, weights }),
    threshold,
    /**
     * The rows of another file that the command line names, or undefined where it does not.
     * @param {string} name
     * @param {{ weights?: boolean }} [rule] whether its ratings are weights, if those of the history are
     */
    other: async (name, rule = {}) =>
      values[name]
        ? chooseRows(await read(name), { threshold, weights: weights && Boolean(rule.weights) })
        : undefined,
  };
}
