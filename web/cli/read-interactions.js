// Owns what commands make of a ratings file: its options, which rows count, how much, and what is said about
// it. Must not parse text.
import { numberOption, UsageError } from './options.js';
import { count } from './print.js';
import { progress } from './progress.js';
import { readRatings } from './read-ratings.js';

/** @import { OptionSpec } from './options.js' */
/** @typedef {Awaited<ReturnType<typeof readRatings>>} Ratings */

const text = /** @type {OptionSpec} */ ({ type: 'string' });

/** Options of every command that reads ratings. */
export const ratingOptions = /** @type {Record<string, OptionSpec>} */ (
  Object.fromEntries(
    ['user', 'item', 'rating', 'time', 'format', 'min-rating', 'duplicates', 'skip-bad'].map((name) => [
      name,
      text,
    ]),
  )
);

export const ratingUsage = `  --user --item --rating --time COL   columns by name or number, where the names do not say
  --format csv|tsv|dat|list           where the first lines do not say`;

/**
 * Stars: a few steps on a small scale. Play counts and the like are not.
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
 * @param {{ signal: AbortSignal, quiet: boolean, say: (line: string) => void, label?: string }} options
 *   label: what the file is, when there are several
 * @returns {Promise<Ratings>}
 */
export async function readRatingsFile(path, values, { signal, quiet, say, label }) {
  const reading = progress('reading ', { quiet, after: 1000 });
  const ratings = await readRatings(path, {
    ...Object.fromEntries(
      ['format', 'user', 'item', 'rating', 'time', 'duplicates']
        .map((name) => [name, values[name]])
        .filter(([, value]) => value !== undefined),
    ),
    skipBad: numberOption(values, 'skip-bad', { whole: true, low: 0 }) ?? 0,
    signal,
    onProgress: ({ bytes, total, rows }) => {
      if (total) reading.update(bytes, total, `${count(rows)} rows`);
    },
  }).finally(() => reading.finish());
  const { kind, columns } = ratings.format;
  say(
    `read     ${label ? `${label}: ` : ''}${count(ratings.user.length)} interactions of ${count(ratings.users.length)} people with ${count(ratings.items.length)} items ` +
      `(${kind}: user ${columns.user}, item ${columns.item}${columns.rating ? `, rating ${columns.rating}` : ''})`,
  );
  if (ratings.duplicates > 0)
    say(`merged   ${count(ratings.duplicates)} pairs that came again (${values.duplicates ?? 'last'})`);
  if (ratings.skipped > 0) say(`skipped  ${count(ratings.skipped)} bad rows`);
  return ratings;
}
