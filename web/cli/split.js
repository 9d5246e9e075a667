// Owns who and what is held out: each row of a ratings file goes to one part. Must not read or write files.
import { AmpcfError } from '../core/errors.js';
import { personRandom, sampleOf, seededRandom } from '../core/random.js';

/** @import { Ratings } from './read-interactions.js' */
/** @typedef {readonly number[] | Int32Array} Rows numbers of rows */
/**
 * @typedef {'leave-last-out' | 'leave-one-out' | 'temporal' | 'latest' | 'random' | 'user'} SplitRule
 */
/** @typedef {'train' | 'validation' | 'test' | 'validation-history' | 'test-history'} Part */
/**
 * @typedef {object} SplitOptions
 * @property {SplitRule} by
 * @property {number} test share of the events or, by user, of the people; leaving out takes one event
 * @property {number} validation the same; 0 for none, which is all that leaving out looks at
 * @property {number} seed
 */
/**
 * @typedef {object} Split
 * @property {Map<Part, number[]>} parts rows in their order
 * @property {{ validation: number | null, test: number } | null} cuts Unix seconds from which on the parts
 *   begin; null where the rows were not cut by time
 */

/** @type {readonly SplitRule[]} */
export const splitRules = ['leave-last-out', 'leave-one-out', 'temporal', 'latest', 'random', 'user'];
/** @type {readonly Part[]} */
export const allParts = ['train', 'validation-history', 'validation', 'test-history', 'test'];

/** Of the order of events of one time, whatever the seed. */
const tieSeed = 0;

/** By user, what a held-out person's history keeps; the rest is that person's test. */
const historyShare = 0.8;

/**
 * @param {Ratings} ratings in one order, or what is held out depends on it
 * @param {Rows} rows to be split
 * @param {SplitOptions} options
 * @returns {Split} every row in one part; no part that was asked for is empty
 * @throws {AmpcfError} NO_DATA
 */
export function splitRows(ratings, rows, options) {
  const put = new Map(allParts.map((part) => [part, /** @type {number[]} */ ([])]));
  const add = (/** @type {Part} */ part, /** @type {readonly number[]} */ list) => {
    for (const x of list) put.get(part)?.push(x);
  };
  const cuts =
    options.by === 'temporal'
      ? cutByTime(/** @type {Float64Array} */ (ratings.time), rows, options, add)
      : null;
  if (options.by === 'user') holdOutPeople(ratings, rows, options, add);
  else if (!cuts)
    for (const [user, list] of rowsByPerson(ratings, rows)) holdOutEvents(ratings, user, list, options, add);
  const wanted = allParts.filter(
    (part) =>
      (options.by === 'user' || !part.endsWith('-history')) &&
      (options.validation > 0 || !part.startsWith('validation')),
  );
  const empty = wanted.find((part) => put.get(part)?.length === 0);
  if (empty)
    throw new AmpcfError(
      'NO_DATA',
      `${empty}: got none of ${rows.length} events (${options.by}), wanted at least one: ` +
        'are there enough events, and is the share large enough?',
    );
  return {
    parts: new Map(
      wanted.map((part) => [part, /** @type {number[]} */ (put.get(part)).sort((a, b) => a - b)]),
    ),
    cuts,
  };
}

/** @typedef {(part: Part, rows: readonly number[]) => void} Add */

/**
 * @param {Ratings} ratings
 * @param {Rows} rows
 */
function rowsByPerson({ users, user }, rows) {
  /** @type {Map<string, number[]>} */
  const lists = new Map();
  for (const x of rows) {
    const id = users[user[x]];
    const list = lists.get(id);
    if (list) list.push(x);
    else lists.set(id, [x]);
  }
  return lists;
}

/**
 * Holds out events of one person; at least one stays in the training.
 * @param {Ratings} ratings
 * @param {string} user
 * @param {number[]} list
 * @param {SplitOptions} options
 * @param {Add} add
 */
function holdOutEvents({ time }, user, list, { by, test, validation, seed }, add) {
  const random = personRandom(seed, user);
  // What is held out comes first. Of equal times any event may be the later one, but always the same: neither
  // ids nor the order of rows should decide.
  const order =
    (by === 'leave-last-out' || by === 'latest') && time
      ? sampleOf(list, list.length, personRandom(tieSeed, user)).sort((a, b) => time[b] - time[a])
      : sampleOf(list, list.length, random);
  const howMany = (/** @type {number} */ share) =>
    by === 'random' || by === 'latest' ? Math.floor(list.length * share + random()) : Number(share > 0);
  const tests = Math.min(howMany(test), list.length - 1);
  const validations = Math.min(howMany(validation), list.length - 1 - tests);
  add('test', order.slice(0, tests));
  add('validation', order.slice(tests, tests + validations));
  add('train', order.slice(tests + validations));
}

/**
 * Cuts at two moments. Events of one time stay together, so that no event of the training is as late as one
 * of the test.
 * @param {Float64Array} time
 * @param {Rows} rows
 * @param {SplitOptions} options
 * @param {Add} add
 */
function cutByTime(time, rows, { test, validation }, add) {
  const sorted = Float64Array.from(rows, (x) => time[x]).sort();
  const last = sorted.length - 1;
  const at = (/** @type {number} */ share) => sorted[Math.min(last, Math.floor(sorted.length * (1 - share)))];
  const testFrom = at(test);
  const validationFrom = validation > 0 ? at(test + validation) : testFrom;
  for (const x of rows)
    add(time[x] >= testFrom ? 'test' : time[x] >= validationFrom ? 'validation' : 'train', [x]);
  return { validation: validation > 0 ? validationFrom : null, test: testFrom };
}

/**
 * Holds out whole people, each split into history and test. Who has one event only stays in the training.
 * @param {Ratings} ratings
 * @param {Rows} rows
 * @param {SplitOptions} options
 * @param {Add} add
 */
function holdOutPeople(ratings, rows, { test, validation, seed }, add) {
  const lists = rowsByPerson(ratings, rows);
  const able = [...lists.keys()]
    .filter((user) => /** @type {number[]} */ (lists.get(user)).length > 1)
    .sort();
  const order = sampleOf(able, able.length, seededRandom(seed));
  const tests = Math.round(lists.size * test);
  const validations = Math.round(lists.size * validation);
  const partOf = new Map(
    order
      .slice(0, tests + validations)
      .map((user, i) => [user, /** @type {'test' | 'validation'} */ (i < tests ? 'test' : 'validation')]),
  );
  for (const [user, list] of lists) {
    const part = partOf.get(user);
    const kept = Math.max(1, Math.min(list.length - 1, Math.round(list.length * historyShare)));
    if (!part) {
      add('train', list);
      continue;
    }
    const mixed = sampleOf(list, list.length, personRandom(seed, user));
    add(`${part}-history`, mixed.slice(0, kept));
    add(part, mixed.slice(kept));
  }
}
