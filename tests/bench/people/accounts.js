// Owns the accounts of the people bench: sets, who is trained on, whose histories are put together. Must not
// split an account.
import { readFileSync } from 'node:fs';
import { loadModel } from '../../../dist/ampcf.js';
import { trainModel } from '../../../dist/train.js';
import { sampleOf, seededRandom } from '../../../web/core/random.js';
import { interactionsOf } from '../accuracy/data.js';
import { linesOf, rowsOf } from './files.js';

/** @import { Model } from 'ampcf' */
/** @typedef {{ user: string, train: string[], test: string[], model: Model, among: Pairs }} Member */
/** @typedef {Member[]} Group people of one account */
/**
 * Who took each item, among those that the model was trained on.
 * @typedef {Map<string, Set<string>>} Pairs
 */
/** @typedef {'validation' | 'test'} Part */
/** @typedef {{ name: string, people: Member[], households?: Group[] }} PeopleSet */

/** Of those who have fewer, no account is made. */
export const leastItems = 20;

/**
 * @param {[string, string[]][]} lists
 * @param {object} options of the training
 * @returns {Promise<Pick<Member, 'model' | 'among'>>}
 */
async function trainedOn(lists, options) {
  const among = /** @type {Pairs} */ (new Map());
  for (const [user, list] of lists)
    for (const item of list) among.set(item, (among.get(item) ?? new Set()).add(user));
  const { bytes } = await trainModel(interactionsOf(lists), { sweeps: 8, ...options });
  return { model: await loadModel(bytes), among };
}

/**
 * ML-1M: the first 1,600 of a shuffle are for validation, the next 800 for the test, all others are trained
 * on.
 * @param {string} data
 * @param {Part} part
 * @returns {Promise<PeopleSet>}
 */
async function films(data, part) {
  const [train, validation, test] = ['train', 'validation', 'test'].map(
    (name) => new Map(linesOf(`${data}/ml1m-leaderboard/${name}.txt`)),
  );
  const users = sampleOf([...train.keys()].sort(), 2400, seededRandom(1));
  const out = new Set(users);
  const trained = await trainedOn(
    [...train].filter(([user]) => !out.has(user)),
    { dim: 64 },
  );
  const mine = part === 'test' ? users.slice(1600) : users.slice(0, 800);
  const people = mine.map((user) => ({
    ...trained,
    user,
    train: train.get(user) ?? [],
    test: [...(validation.get(user) ?? []), ...(test.get(user) ?? [])],
  }));
  return { name: 'ML-1M', people };
}

/**
 * Video games: people with 20 items or more are asked, every other one for validation, a fifth of their items
 * is held out; all others are trained on.
 * @param {string} data
 * @param {Part} part
 * @returns {Promise<PeopleSet>}
 */
async function games(data, part) {
  /** @type {Map<string, Set<string>>} */
  const by = new Map();
  for (const [user, item] of rowsOf(`${data}/amazon-video-games/ratings.csv`, ','))
    by.set(user, (by.get(user) ?? new Set()).add(item));
  const long = [...by].flatMap(([user, items]) => (items.size >= leastItems ? [user] : [])).sort();
  const users = sampleOf(long, long.length, seededRandom(1));
  const out = new Set(users);
  const rest = [...by].filter(([user]) => !out.has(user));
  const trained = await trainedOn(
    rest.map(([user, items]) => [user, [...items]]),
    { dim: 64 },
  );
  const people = users
    .filter((_, i) => i % 2 === (part === 'test' ? 1 : 0))
    .map((user, i) => {
      const own = [...(by.get(user) ?? [])];
      const list = sampleOf(own, own.length, seededRandom(i));
      const held = Math.max(3, Math.floor(list.length / 5));
      return { ...trained, user, train: list.slice(held), test: list.slice(0, held) };
    });
  return { name: 'Video games', people };
}

/**
 * Households: five folds, each with a model of the people of the four others, as single people; every other
 * household is for validation.
 * @param {string} data
 * @param {Part} part
 * @returns {Promise<PeopleSet>}
 */
async function homes(data, part) {
  const folder = `${data}/shared-accounts-camra2011`;
  const [train, test] = ['users-train', 'users-test'].map(
    (name) => new Map(linesOf(`${folder}/${name}.txt`)),
  );
  const all = linesOf(`${folder}/members.txt`).map(([, members]) => members);
  const folds = await Promise.all(
    [0, 1, 2, 3, 4].map((fold) => {
      const out = new Set(all.filter((_, h) => h % 5 === fold).flat());
      return trainedOn(
        [...train].filter(([user]) => !out.has(user)),
        { dim: 32 },
      );
    }),
  );
  const households = all
    .map((members, h) =>
      members.map((user) => ({
        ...folds[h % 5],
        user,
        train: train.get(user) ?? [],
        test: test.get(user) ?? [],
      })),
    )
    .filter((_, h) => h % 2 === (part === 'test' ? 1 : 0));
  return { name: 'Households', people: households.flat(), households };
}

/** @type {Record<string, (data: string, part: Part) => Promise<PeopleSet>>} */
export const sets = { households: homes, ml1m: films, games };

/**
 * Each person with those that are most like it, by items that few have; nobody twice.
 * @param {Member[]} people
 * @param {number} k
 * @param {number} most groups
 */
function alike(people, k, most) {
  const sets_ = people.map(({ train }) => new Set(train));
  /** @type {Map<string, number>} */
  const count = new Map();
  for (const own of sets_) for (const item of own) count.set(item, (count.get(item) ?? 0) + 1);
  const weight = (/** @type {string} */ item) => Math.log(people.length / Number(count.get(item))) ** 2;
  const total = (/** @type {Iterable<string>} */ items) => [...items].reduce((sum, x) => sum + weight(x), 0);
  const sizes = sets_.map((own) => Math.sqrt(total(own)) || 1);
  const free = new Set(people.keys());
  /** @type {Group[]} */
  const groups = [];
  for (const first of people.keys()) {
    if (!free.has(first) || groups.length === most || free.size < k) continue;
    free.delete(first);
    const near = [...free]
      .map((other) => {
        const shared = [...sets_[first]].filter((item) => sets_[other].has(item));
        return { other, cosine: total(shared) / sizes[first] / sizes[other] };
      })
      .sort((a, b) => b.cosine - a.cosine || a.other - b.other)
      .slice(0, k - 1);
    for (const { other } of near) free.delete(other);
    groups.push([first, ...near.map(({ other }) => other)].map((i) => people[i]));
  }
  return groups;
}

/**
 * @param {PeopleSet} set
 * @param {number} k
 * @param {boolean} similar
 * @param {number} most
 * @returns {Group[]}
 */
export function groupsOf({ people, households }, k, similar, most) {
  if (households) return households.filter((group) => group.length === k);
  const long = people.filter(({ train, test }) => train.length >= leastItems && test.length > 0);
  const order = sampleOf(long, long.length, seededRandom(100 + k));
  if (similar) return alike(order, k, most);
  return Array.from({ length: Math.min(most, Math.floor(order.length / k)) }, (_, g) =>
    order.slice(g * k, (g + 1) * k),
  );
}

/**
 * The items of an account in an order that says nothing, and whose each is; -1: of several.
 * @param {Group} group
 * @param {number} seed
 */
export function accountOf(group, seed) {
  /** @type {Map<string, number>} */
  const owner = new Map();
  group.forEach(({ train, model }, m) => {
    for (const item of train.filter((id) => model.has(id))) owner.set(item, owner.has(item) ? -1 : m);
  });
  const items = sampleOf([...owner.keys()].sort(), owner.size, seededRandom(seed));
  return { items, owners: items.map((item) => Number(owner.get(item))) };
}

/** @param {string} path */
export const exists = (path) => {
  try {
    return readFileSync(path).length > 0;
  } catch {
    return false;
  }
};
