// Owns `ampcf split`: a ratings file -> files for training, validation and test. Must not know how rows are
// chosen.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFilesTogether } from '../node/atomic-files.js';
import { numberOption, parseCommand, seedOption, textOptions, UsageError } from './options.js';
import { checkPaths } from './paths.js';
import { count, jsonLine, table } from './print.js';
import { ioOf } from './progress.js';
import { checkRatingOptions, ratingOptions, ratingUsage, readRatingsFile } from './read-interactions.js';
import { allParts, splitRows, splitRules } from './split.js';
import { print } from './terminal.js';

/** @import { OptionSpec } from './options.js' */
/** @import { Ratings } from './read-interactions.js' */
/** @import { Split, SplitOptions, SplitRule } from './split.js' */

export const usage = [
  'ampcf split RATINGS --by RULE -o FOLDER [options]',
  '',
  '  Hold events or people out, for ampcf train and ampcf evaluate. FOLDER gets train.csv, ' +
    'validation.csv and test.csv, all of them',
  '  or none; rows keep their values and their order, and each row read is in one file.',
  '',
  "  --by leave-last-out     each person's last event is the test, the one before it the " + 'validation',
  '       leave-one-out      random events instead of the last',
  '       temporal           events from one moment on are the test, from an earlier one the validation',
  "       latest             a share of each person's events, the latest of them",
  "       random             a share of each person's events",
  '       user               whole people: test-history.csv and test.csv hold a share of the ' +
    'people, four fifths of each in the',
  '                          history; so do validation-history.csv and validation.csv (evaluate ' +
    'with --train train.csv)',
  '  --test SHARE            of the events or, by user, of the people (default 0.1); not for leave-...',
  '  --validation SHARE      the same (default 0.1); 0 = no validation, which is all that leave-... ' +
    'understands',
  '  --seed N                same file, options and seed give the same bytes (default 1)',
  '  --min-rating X          leave out ratings below X (default: keep all; train and evaluate ' +
    'choose for themselves)',
  '  --force                 replace a split that is in FOLDER already',
  ratingUsage,
  '  --duplicates last|sum   --skip-bad N   as in ampcf train',
  '  --json                  a summary on standard output',
  '',
].join('\n');

/** @type {readonly SplitRule[]} */
const timed = ['leave-last-out', 'temporal', 'latest'];

/** @type {Record<string, OptionSpec>} */
const options = {
  output: { type: 'string', short: 'o' },
  force: { type: 'boolean' },
  ...ratingOptions,
  ...textOptions(['by', 'test', 'validation', 'seed']),
};

/**
 * What the command line says of the split; a usage error where that makes no sense.
 * @param {Record<string, any>} values
 * @returns {SplitOptions}
 */
function splitOptions(values) {
  const { by } = values;
  if (by === undefined) throw new UsageError(`--by is missing, wanted one of ${splitRules.join(', ')}`);
  if (!splitRules.includes(by))
    throw new UsageError(`--by: got ${JSON.stringify(by)}, wanted one of ${splitRules.join(', ')}`);
  const test = numberOption(values, 'test', { low: 0, high: 1 }) ?? 0.1;
  const validation = numberOption(values, 'validation', { low: 0, high: 1 }) ?? 0.1;
  const shared =
    values.test !== undefined
      ? 'test'
      : values.validation !== undefined && validation !== 0
        ? 'validation'
        : undefined;
  if (by.startsWith('leave-') && shared)
    throw new UsageError(
      `--${shared}: got a share with --by ${by}, wanted none: ` +
        'one event a person is held out (--validation 0 leaves the validation out)',
    );
  if (test === 0 || test + validation >= 1)
    throw new UsageError(
      `--test and --validation: got ${test} and ${validation}, wanted a test above 0 and a sum below 1`,
    );
  return { by, test, validation, seed: seedOption(values) ?? 1 };
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

/** @param {string} path */
const isFolder = (path) =>
  stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );

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
 * An id as a cell: quoted unless it is plainly one, so that no separator is guessed from inside an id.
 * @param {string} id
 */
const cell = (id) => (/^[\w.-]+$/.test(id) ? id : `"${id.replaceAll('"', '""')}"`);

/**
 * A time as a cell. The reader takes large numbers for milliseconds, so these are written as milliseconds.
 * @param {number} seconds
 */
const timeText = (seconds) => String(Math.abs(seconds) > 1e11 ? seconds * 1000 : seconds);

/**
 * Rows in the order of the file that they were read from.
 * @param {Ratings} ratings
 * @param {readonly number[]} rows
 */
const asInFile = ({ place }, rows) => [...rows].sort((a, b) => place[a] - place[b]);

/** Lines that are turned into bytes at a time, so that no string grows beyond what V8 can hold. */
const linesAtOnce = 65536;

/**
 * Rows of the ratings as a CSV file.
 * @param {Ratings} ratings
 * @param {readonly number[]} rows
 */
function csvOf({ users, items, user, item, rating, time }, rows) {
  const line = (/** @type {number} */ x) => {
    const cells = [cell(users[user[x]]), cell(items[item[x]])];
    if (rating) cells.push(String(rating[x]));
    if (time) cells.push(timeText(time[x]));
    return `${cells.join(',')}\n`;
  };
  const chunks = [Buffer.from(`user,item${rating ? ',rating' : ''}${time ? ',time' : ''}\n`)];
  for (let at = 0; at < rows.length; at += linesAtOnce) {
    const lines = rows.slice(at, at + linesAtOnce).map(line);
    chunks.push(Buffer.from(lines.join('')));
  }
  return Buffer.concat(chunks);
}

/**
 * What each file of a split holds.
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
 * The folder that the parts go to, and the files of an older split that are in it.
 * @param {Record<string, any>} values
 */
async function outputFolder({ output: folder, force }) {
  const there = await filesThere(folder);
  if (there.length > 0 && !force)
    throw new UsageError(
      `-o: got ${folder}, which has ${there.join(', ')}, wanted a folder without, or --force`,
    );
  return { folder, there };
}

/**
 * @param {string} folder
 * @param {ReturnType<typeof countsOf>} files
 */
const countTable = (folder, files) =>
  table([
    ['', 'interactions', 'people', 'items'],
    ...Object.entries(files).map(([name, { interactions, people, items }]) => [
      join(folder, name),
      count(interactions),
      count(people),
      count(items),
    ]),
  ]);

/**
 * @param {string[]} argv
 * @param {AbortSignal} signal
 */
export async function run(argv, signal) {
  const { values, given } = parseCommand(argv, options, ['RATINGS']);
  const chosen = splitOptions(values);
  if (!values.output) throw new UsageError('-o FOLDER is missing: where should the parts go?');
  const minRating = numberOption(values, 'min-rating');
  checkRatingOptions(values);
  const { folder, there } = await outputFolder(values);
  for (const name of there.length > 0 || !(await isFolder(folder)) ? there : ['train.csv'])
    await checkPaths({ RATINGS: given[0] }, { [`-o ${folder}`]: join(folder, name) });
  const io = ioOf(values, signal);
  const ratings = await readRatingsFile(given[0], values, { ...io, needTimes: true });
  if (timed.includes(chosen.by) && !ratings.time)
    throw new UsageError(
      `--by ${chosen.by}: got a file without times, wanted a time column (--time COL says which it is)`,
    );
  const rows = rowsOf(ratings, minRating);
  const below = ratings.user.length - rows.length;
  if (below > 0) io.say(`left out ${count(below)} with a rating below ${minRating}`);
  const split = splitRows(ratings, rows, chosen);
  const files = countsOf(ratings, split);
  signal.throwIfAborted();
  const texts = Array.from(
    split.parts,
    ([part, list]) => /** @type {const} */ ([`${part}.csv`, csvOf(ratings, asInFile(ratings, list))]),
  );
  await writeFilesTogether(folder, new Map(texts), there);
  const summary = {
    folder,
    ...chosen,
    minRating: minRating ?? null,
    interactions: rows.length,
    belowMinRating: below,
    skipped: ratings.skipped,
    duplicates: ratings.duplicates,
    cuts: split.cuts,
    files,
  };
  await print(values.json ? jsonLine(summary) : `${countTable(folder, files)}\n`);
}
