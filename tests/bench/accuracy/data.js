// Owns the data sets of the bench: which files, what is history and what is held out. Must not train, and
// must not read test files on validation.
import { existsSync } from 'node:fs';
import { readCandidates } from '../../../web/read/read-candidates.js';
import { readItems } from '../../../web/read/read-items.js';
import { readRatings } from '../../../web/read/read-ratings.js';
import { below, personRandom, sampleOf } from '../../../web/core/random.js';

/** @import { Interactions } from '../../../web/train.js' */
/** @typedef {'test' | 'validation'} Split */
/** @typedef {'ml1m' | 'films' | 'games' | 'gowalla'} SetName */
/**
 * @typedef {object} DataSet
 * @property {SetName} name
 * @property {string} title
 * @property {Interactions} history what models are trained on and people are folded in from
 * @property {Interactions} test
 * @property {Interactions} [validation] ml1m: for settings of baselines and of the smallest file
 * @property {Map<string, string[]>} [candidates] leave-one-out sets: the held-out item and 99 others
 * @property {Map<string, { title: string, aspects: string[] }>} [items] ml1m: genres and directors
 */

const folders = {
  ml1m: 'ml1m-leaderboard',
  films: 'loo-ml-latest-small',
  games: 'loo-amazon-video-games',
  gowalla: 'sparse-gowalla',
};
const titles = {
  ml1m: 'MovieLens 1M, public split',
  films: 'MovieLens latest-small, leave-one-out',
  games: 'Amazon video games, leave-one-out',
  gowalla: 'Gowalla, public split',
};
const heldOutSeed = 1,
  negatives = 99;

/**
 * @param {Iterable<[string, readonly string[]]>} lists
 * @returns {Interactions}
 */
export function interactionsOf(lists) {
  /** @type {Map<string, number>} */
  const items = new Map();
  const users = [];
  const user = [];
  const item = [];
  for (const [name, list] of lists) {
    users.push(name);
    for (const id of list) {
      if (!items.has(id)) items.set(id, items.size);
      user.push(users.length - 1);
      item.push(/** @type {number} */ (items.get(id)));
    }
  }
  return { users, items: [...items.keys()], user, item };
}

/**
 * One event of each person's line, and negatives that the line does not have; people of one event keep it.
 * Each draw depends on the person alone.
 * @param {Map<string, string[]>} train
 */
export function holdOutOne(train) {
  const pool = [...new Set([...train.values()].flat())].sort();
  const history = new Map(train);
  const candidates = /** @type {Map<string, string[]>} */ (new Map());
  for (const [user, events] of train) {
    if (events.length < 2) continue;
    const random = personRandom(heldOutSeed, user);
    const sorted = [...events].sort();
    const heldOut = sorted[below(random, sorted.length)];
    const own = new Set(events);
    history.set(
      user,
      events.filter((item) => item !== heldOut),
    );
    candidates.set(user, [
      heldOut,
      ...sampleOf(
        pool.filter((item) => !own.has(item)),
        negatives,
        random,
      ),
    ]);
  }
  return { history, candidates };
}

/**
 * @param {string} folder
 * @param {Split} on
 */
async function readLeaderboard(folder, on) {
  const list = /** @type {const} */ ({ format: 'list' });
  const history = await readRatings(`${folder}/train.txt`, list);
  const validation = await readRatings(`${folder}/validation.txt`, list);
  const { items } = await readItems(`${folder}/items.csv`, { aspects: ['genres', 'director'] });
  return {
    history,
    validation,
    test: on === 'test' ? await readRatings(`${folder}/test.txt`, list) : validation,
    items,
  };
}

/**
 * @param {string} folder
 * @param {Split} on
 */
async function readLeaveOneOut(folder, on) {
  const train = await readCandidates(`${folder}/train.txt`);
  const { history, candidates } =
    on === 'test'
      ? { history: train, candidates: await readCandidates(`${folder}/test.txt`, { fewest: 2 }) }
      : holdOutOne(train);
  return {
    history: interactionsOf(history),
    candidates,
    test: interactionsOf(Array.from(candidates, ([user, [heldOut]]) => [user, [heldOut]])),
  };
}

/**
 * The public training is training and validation together: what is measured on test is fitted on both.
 * @param {string} folder
 * @param {Split} on
 */
async function readGowalla(folder, on) {
  const list = /** @type {const} */ ({ format: 'list' });
  const read = (/** @type {string} */ part) => readCandidates(`${folder}/${part}.txt`, { fewest: 1 });
  const train = await read('train');
  if (on === 'validation')
    return { history: interactionsOf(train), test: await readRatings(`${folder}/validation.txt`, list) };
  const validation = await read('validation');
  const both = Array.from(
    train,
    ([user, items]) =>
      /** @type {[string, string[]]} */ ([user, [...items, ...(validation.get(user) ?? [])]]),
  );
  return { history: interactionsOf(both), test: await readRatings(`${folder}/test.txt`, list) };
}

const readers = {
  ml1m: readLeaderboard,
  films: readLeaveOneOut,
  games: readLeaveOneOut,
  gowalla: readGowalla,
};

/**
 * @param {string} folder
 * @param {SetName} name
 * @param {Split} on
 * @returns {Promise<DataSet | null>} null: not here
 */
export async function readDataSet(folder, name, on) {
  const path = `${folder}/${folders[name]}`;
  return existsSync(path) ? { name, title: titles[name], ...(await readers[name](path, on)) } : null;
}
