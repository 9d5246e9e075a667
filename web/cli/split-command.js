// Owns `ampcf split`: a ratings file -> files for training, validation and test. Must not know how rows are
// chosen.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFilesTogether } from './files.js';
import { numberOption, parseCommand, UsageError } from './options.js';
import { count, table } from './print.js';
import { ratingOptions, ratingUsage, readRatingsFile } from './read-interactions.js';
import { allParts, splitRows, splitRules } from './split.js';

/** @import { OptionSpec } from './options.js' */
/** @import { Ratings } from './read-interactions.js' */
/** @import { Split, SplitOptions } from './split.js' */

export const usage = `ampcf split RATINGS --by RULE -o FOLDER [options]

  Hold events or people out, for ampcf train and ampcf evaluate. FOLDER gets train.csv, validation.csv and test.csv, all of them
  or none; rows keep their values and their order, and each row read is in one file.

  --by leave-last-out     each person's last event is the test, the one before it the validation; of equal times the later row
       leave-one-out      random events instead of the last
       temporal           events from one moment on are the test, from an earlier one the validation
       random             a share of each person's events
       user               whole people: test-history.csv and test.csv hold a share of the people, four fifths of each in the
                          history; so do validation-history.csv and validation.csv (evaluate with --train train.csv)
  --test SHARE            of the events or, by user, of the people (default 0.1); not for leave-...
  --validation SHARE      the same (default 0.1); 0 = no validation, which is all that leave-... understands
  --seed N                same file, options and seed give the same bytes (default 1)
  --min-rating X          leave out ratings below X (default: keep all; train and evaluate choose for themselves)
  --force                 replace a split that is in FOLDER already
${ratingUsage}
  --duplicates last|sum   --skip-bad N   as in ampcf train
  --json                  a summary on standard output
`;

const options = /** @type {Record<string, OptionSpec>} */ ({
  output: { type: 'string', short: 'o' },
  force: { type: 'boolean' },
  ...ratingOptions,
  ...Object.fromEntries(['by', 'test', 'validation', 'seed'].map((name) => [name, { type: 'string' }])),
});

/**
 * @param {Record<string, any>} values
 * @returns {SplitOptions}
 */
function splitOptions(values) {
  const { by } = values;
  if (by === undefined) throw new UsageError(`--by is missing, wanted one of ${splitRules.join(', ')}`);
  if (!splitRules.includes(by))
    throw new UsageError(`--by: got ${JSON.stringify(by)}, wanted one of ${splitRules.join(', ')}`);
  const test = numberOption(values, 'test', { low: 0, high: 1 }) ?? 0.1,
    validation = numberOption(values, 'validation', { low: 0, high: 1 }) ?? 0.1;
  const shared =
    values.test !== undefined
      ? 'test'
      : values.validation !== undefined && validation !== 0
        ? 'validation'
        : undefined;
  if (by.startsWith('leave-') && shared)
    throw new UsageError(
      `--${shared}: got a share with --by ${by}, wanted none: one event a person is held out (--validation 0 leaves the validation out)`,
    );
  if (test === 0 || test + validation >= 1)
    throw new UsageError(
      `--test and --validation: got ${test} and ${validation}, wanted a test above 0 and a sum below 1`,
    );
  return {
    by,
    test,
    validation,
    seed: numberOption(values, 'seed', { whole: true, low: 0, high: 2 ** 32 - 1 }) ?? 1,
  };
}

/**
 * Files of a split that are in the folder.
 * @param {string} folder
 */
async function filesThere(folder) {
  const there = await Promise.all(
    allParts.map((part) =>
      stat(join(folder, `${part}.csv`)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return allParts.filter((_, i) => there[i]).map((part) => `${part}.csv`);
}

/**
 * Rows that count.
 * @param {Ratings} ratings
 * @param {number | undefined} minRating
 */
function rowsOf({ user, rating }, minRating) {
  if (minRating !== undefined && !rating) throw new UsageError('--min-rating: the file has no rating column');
  const rows = Array.from({ length: user.length }, (_, x) => x);
  return minRating === undefined || !rating ? rows : rows.filter((x) => rating[x] >= minRating);
}

/**
 * Quoted unless it is plainly one cell, so that no separator is guessed from inside an id.
 * @param {string} id
 */
const cell = (id) => (/^[\w.-]+$/.test(id) ? id : `"${id.replaceAll('"', '""')}"`);
/**
 * The reader takes large numbers for milliseconds.
 * @param {number} seconds
 */
const timeText = (seconds) => String(Math.abs(seconds) > 1e11 ? seconds * 1000 : seconds);

/**
 * @param {Ratings} ratings
 * @param {readonly number[]} rows
 */
function csvOf({ users, items, user, item, rating, time }, rows) {
  const chunk = 65536,
    chunks = [Buffer.from(`user,item${rating ? ',rating' : ''}${time ? ',time' : ''}\n`)];
  const line = (/** @type {number} */ x) =>
    `${cell(users[user[x]])},${cell(items[item[x]])}${rating ? `,${rating[x]}` : ''}${time ? `,${timeText(time[x])}` : ''}\n`;
  for (let at = 0; at < rows.length; at += chunk)
    chunks.push(
      Buffer.from(
        rows
          .slice(at, at + chunk)
          .map(line)
          .join(''),
      ),
    );
  return Buffer.concat(chunks);
}

/**
 * @param {Ratings} ratings
 * @param {Split} split
 */
function countsOf({ user, item }, { parts }) {
  const distinct = (/** @type {Int32Array} */ of, /** @type {number[]} */ rows) =>
    new Set(rows.map((x) => of[x])).size;
  return Object.fromEntries(
    Array.from(parts, ([part, rows]) => [
      `${part}.csv`,
      { interactions: rows.length, people: distinct(user, rows), items: distinct(item, rows) },
    ]),
  );
}

/**
 * @param {string[]} argv
 * @param {AbortSignal} signal
 */
export async function run(argv, signal) {
  const { values, given } = parseCommand(argv, options, ['RATINGS']),
    chosen = splitOptions(values),
    folder = values.output;
  if (!folder) throw new UsageError('-o FOLDER is missing: where should the parts go?');
  const minRating = numberOption(values, 'min-rating'),
    there = await filesThere(folder);
  if (there.length > 0 && !values.force)
    throw new UsageError(
      `-o: got ${folder}, which has ${there.join(', ')}, wanted a folder without, or --force`,
    );
  const quiet = Boolean(values.quiet),
    say = (/** @type {string} */ line) => {
      if (!quiet) process.stderr.write(`${line}\n`);
    };

  const ratings = await readRatingsFile(given[0], values, { signal, quiet, say });
  if ((chosen.by === 'leave-last-out' || chosen.by === 'temporal') && !ratings.time)
    throw new UsageError(
      `--by ${chosen.by}: got a file without times, wanted a time column (--time COL says which it is)`,
    );
  const rows = rowsOf(ratings, minRating),
    below = ratings.user.length - rows.length;
  if (below > 0) say(`left out ${count(below)} with a rating below ${minRating}`);
  const split = splitRows(ratings, rows, chosen),
    files = countsOf(ratings, split);
  signal.throwIfAborted();
  await writeFilesTogether(
    folder,
    new Map(Array.from(split.parts, ([part, list]) => [`${part}.csv`, csvOf(ratings, list)])),
    there,
  );

  if (values.json)
    process.stdout.write(
      `${JSON.stringify({
        folder,
        ...chosen,
        minRating: minRating ?? null,
        interactions: rows.length,
        belowMinRating: below,
        skipped: ratings.skipped,
        duplicates: ratings.duplicates,
        cuts: split.cuts,
        files,
      })}\n`,
    );
  else
    process.stdout.write(
      `${table([['', 'interactions', 'people', 'items'], ...Object.entries(files).map(([name, n]) => [join(folder, name), count(n.interactions), count(n.people), count(n.items)])])}\n`,
    );
}
