// Owns reading a file of reviews: which column is what, and rows as texts. Must not judge what a review says.
import { BadRows, idProblem, questionError } from './bad-rows.js';
import { displayName } from './bytes.js';
import { leanOf } from './id-shape.js';
import { ratingNames } from './names.js';
import { checkSample, withRows } from './rows.js';
import { columnError, findColumn, noData, plainName } from './table.js';
import { isNothing, parseRating } from './values.js';

/** @import { Coding } from './encoding.js' */
/** @typedef {'item' | 'text' | 'summary' | 'aspect' | 'rating' | 'user' | 'name'} ReviewRole */
/**
 * @typedef {object} ReviewRow
 * @property {string} item
 * @property {string} text with the title of the review, where it has one, as its first line
 * @property {string} aspect '' is none
 * @property {number | null} rating
 * @property {string} user '' is nobody known
 * @property {string} name of who wrote it
 */
/** @typedef {Partial<Record<ReviewRole, string | number>>} ReviewColumns by name, or number from 1; 'none' */
/**
 * @typedef {ReviewColumns & { quote?: string, skipBad?: number, signal?: AbortSignal }} ReadReviewsOptions
 */

/** Column names as `plainName` leaves them, the surest first. */
const names = /** @type {Record<ReviewRole, string[]>} */ ({
  item: [...ratingNames.item, 'itemid', 'id'],
  text: ['text', 'reviewtext', 'review', 'body', 'content', 'comment', 'reviewbody', 'sentence', 'message'],
  summary: ['summary', 'headline', 'reviewtitle', 'reviewheadline', 'title'],
  aspect: ['aspect', 'aspects', 'feature', 'topic'],
  rating: ['rating', 'overall', 'stars', 'score', 'reviewscore', 'reviewrating', 'starrating', 'userrating'],
  user: ratingNames.user.filter((name) => !/name$/.test(name)),
  name: ['reviewername', 'username', 'author', 'authorname', 'name', 'nickname', 'reviewprofilename'],
});
const roles = /** @type {ReviewRole[]} */ (Object.keys(names));
/**
 * @param {string[]} first the names of the columns
 * @param {ReadReviewsOptions} options
 * @param {string} file
 */
function placesOf(first, options, file) {
  const plain = first.map(plainName);
  const place = /** @type {Record<ReviewRole, number>} */ ({});
  for (const role of roles) {
    const want = options[role];
    place[role] = want === undefined || want === 'none' ? -1 : findColumn(first, want);
    if (want !== undefined && want !== 'none' && place[role] < 0)
      throw columnError(file, role, 'no such column', want, first);
  }
  for (const role of roles) {
    if (place[role] >= 0 || options[role] !== undefined) continue;
    const taken = Object.values(place);
    place[role] =
      names[role].map((name) => plain.indexOf(name)).find((i) => i >= 0 && !taken.includes(i)) ?? -1;
  }
  for (const role of /** @type {const} */ (['item', 'text']))
    if (place[role] < 0) {
      const wanted = `a header with a column such as ${names[role][0]}, or its name or number: --${role} COL`;
      throw questionError(file, `cannot tell which column is the ${role}`, first.join(', '), wanted);
    }
  return place;
}

/**
 * Reads reviews from a file, or from standard input for '-': a table with a header (CSV, TSV, also
 * compressed), JSON Lines or arrays, Parquet. Columns are known by their names: item and text must be there;
 * a title of the review, an aspect, a rating, an id and a name of the person may be.
 *
 * Throws `BAD_DATA` (or `BAD_IDS`) with the first ten bad rows, once there are more than `skipBad`;
 * `CSV_LIMIT`: a row over 1 MiB; `NO_DATA`, `IO`, `BAD_ARGUMENT`, or the reason of `signal`.
 * @param {string} path
 * @param {ReadReviewsOptions} [options]
 * @returns {Promise<{ reviews: ReviewRow[], columns: Partial<Record<ReviewRole, string>>, skipped: number,
 *   coding: Coding, personal: boolean }>} personal: the ids of items look like those of people
 */
export async function readReviews(path, options = {}) {
  const file = displayName(path);
  const { quote, signal, skipBad = 0 } = options;
  return withRows(path, file, { quote, signal, longCells: true }, async (source) => {
    const bad = new BadRows(file, skipBad, reviewHelp);
    await checkSample(source, bad);
    const first = source.names ?? source.sample[0];
    const place = placesOf(first, options, file);
    /** @type {ReviewRow[]} */ const reviews = [];
    let pass = source.names === null;
    await source.each(bad, (cells, line) => {
      if (pass) pass = false;
      else {
        const row = rowOf(cells, place);
        const wrong = idProblem(row.item);
        if (wrong) bad.addId(line, wrong, row.item);
        else if (Number.isNaN(row.rating))
          bad.add(line, 'rating is no number', cells[place.rating], 'a number');
        else reviews.push(row);
      }
    });
    bad.throwIfTooMany(reviews.length);
    if (reviews.length === 0) throw noData(file, bad.total, source.names === null);
    const found = roles.filter((role) => place[role] >= 0);
    return {
      reviews,
      columns: Object.fromEntries(found.map((role) => [role, first[place[role]]])),
      skipped: bad.total,
      coding: source.coding,
      personal: leanOf(source.sample.slice(1, 200).map((row) => row[place.item] ?? '')) > 0,
    };
  });
}

/** @param {string} what */
const reviewHelp = (what) =>
  what.startsWith('rating')
    ? '--rating COL says which column it is, --rating none goes without'
    : what === 'wrong number of columns'
      ? '--quote none takes quotes as text'
      : what.includes('id')
        ? '--item COL says which column it is'
        : '';

/**
 * @param {string[]} cells
 * @param {Record<ReviewRole, number>} place
 * @returns {ReviewRow}
 */
function rowOf(cells, place) {
  const cell = (/** @type {ReviewRole} */ role) => cells[place[role]] ?? '';
  const [summary, text, rating] = [cell('summary').trim(), cell('text'), cell('rating')];
  const says = (/** @type {string} */ value) => (isNothing(value) ? '' : value.trim());
  return {
    item: cell('item'),
    text: summary === '' ? text : `${summary}\n${text}`,
    aspect: says(cell('aspect')),
    rating: isNothing(rating) ? null : parseRating(rating),
    user: says(cell('user')),
    name: says(cell('name')),
  };
}
