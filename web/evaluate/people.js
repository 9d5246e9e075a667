// Owns whom an evaluation asks and about what: histories, relevant items, candidates, and the count of what
// is left out. Must not rank.
import { personRandom, sampleOf } from '../core/random.js';
import { interactionsArgument } from '../train/interactions.js';

/** @import { Interactions } from '../train.js' */
/**
 * @typedef {object} Person
 * @property {string} user
 * @property {{ item: string, weight: number }[]} history
 * @property {Set<string>} relevant the items of the test that the history does not hold, at least one
 * @property {string[] | null} candidates relevant ones included; null: the whole catalogue without the
 *   history
 */
/**
 * @typedef {object} Skipped what the figures do not see, or see as a miss
 * @property {number} peopleWithoutTest left out: no test item (all below the rating threshold, or all in the
 *   history)
 * @property {number} peopleWithoutCandidates left out: the candidate file does not name them
 * @property {number} peopleWithoutHistory not left out: they get the popularity order
 * @property {number} testItemsInHistory left out of the relevant items
 * @property {number} testItemsUnknown not left out: items that the model does not know are misses
 */

const byText = (/** @type {string} */ a, /** @type {string} */ b) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Places of interactions in the order of the ids of their items; those of one item in the order given.
 * @param {readonly string[]} items
 * @param {ArrayLike<number>} item
 * @returns {Uint32Array}
 */
function orderByItem(items, item) {
  const sorted = Uint32Array.from(items.keys()).sort((a, b) => byText(items[a], items[b]));
  const rank = new Uint32Array(items.length);
  for (let i = 1; i < sorted.length; i++) {
    const isSame = items[sorted[i]] === items[sorted[i - 1]];
    rank[sorted[i]] = rank[sorted[i - 1]] + (isSame ? 0 : 1);
  }
  const next = new Uint32Array(items.length + 1);
  for (let x = 0; x < item.length; x++) next[rank[item[x]] + 1]++;
  for (let j = 0; j < items.length; j++) next[j + 1] += next[j];
  const order = new Uint32Array(item.length);
  for (let x = 0; x < item.length; x++) order[next[rank[item[x]]]++] = x;
  return order;
}

/**
 * Each person's items with their weights, by id, so that the order of interactions does not matter; of a pair
 * that comes again the last counts.
 * @param {Interactions} interactions
 */
export function itemsByPerson(interactions) {
  const { users, items, user, item, weight } = interactionsArgument(interactions);
  const lists = users.map(() => /** @type {Map<string, number>} */ (new Map()));
  for (const x of orderByItem(items, item)) lists[user[x]].set(items[item[x]], weight ? weight[x] : 1);
  return new Map(users.map((id, u) => [id, lists[u]]));
}

/**
 * Everybody with a history, by id, and nothing to find.
 * @param {Interactions} interactions
 * @returns {Person[]}
 */
export function historiesOf(interactions) {
  return [...itemsByPerson(interactions)]
    .filter(([, items]) => items.size > 0)
    .sort(([a], [b]) => byText(a, b))
    .map(([user, items]) => ({
      user,
      history: Array.from(items, ([item, weight]) => ({ item, weight })),
      relevant: new Set(),
      candidates: null,
    }));
}

/**
 * The histories of people as interactions.
 * @param {readonly Person[]} people
 * @returns {Interactions}
 */
export function interactionsOfPeople(people) {
  /** @type {Map<string, number>} */
  const items = new Map();
  for (const { history } of people)
    for (const { item } of history) if (!items.has(item)) items.set(item, items.size);
  return {
    users: people.map(({ user }) => user),
    items: [...items.keys()],
    user: people.flatMap(({ history }, u) => history.map(() => u)),
    item: people.flatMap(({ history }) => history.map(({ item }) => /** @type {number} */ (items.get(item)))),
    weight: people.flatMap(({ history }) => history.map(({ weight }) => weight)),
  };
}

/**
 * The people of the test, by id, so that the order of the files does not matter.
 * @param {object} from
 * @param {Map<string, Map<string, number>>} from.histories
 * @param {Interactions} from.test
 * @param {Map<string, string[]> | null} [from.candidates]
 * @param {{ negatives: number, pool: readonly string[], seed: number } | null} [from.sampled] `pool`: what
 *   negatives are drawn from
 * @param {(item: string) => boolean} from.knows
 */
export function choosePeople({ histories, test, candidates = null, sampled = null, knows }) {
  const skipped = {
    peopleWithoutTest: 0,
    peopleWithoutCandidates: 0,
    peopleWithoutHistory: 0,
    testItemsInHistory: 0,
    testItemsUnknown: 0,
  };
  /** @type {Person[]} */
  const people = [];
  for (const [user, items] of [...itemsByPerson(test)].sort(([a], [b]) => byText(a, b))) {
    const history = histories.get(user) ?? new Map();
    const given = candidates?.get(user);
    const relevant = new Set([...items.keys()].filter((item) => !history.has(item)));
    skipped.testItemsInHistory += items.size - relevant.size;
    if (relevant.size === 0) skipped.peopleWithoutTest++;
    else if (candidates && !given) skipped.peopleWithoutCandidates++;
    else {
      if (history.size === 0) skipped.peopleWithoutHistory++;
      for (const item of relevant) if (!knows(item)) skipped.testItemsUnknown++;
      const others = sampled ? drawNegatives(user, history, relevant, sampled) : given;
      people.push({
        user,
        history: Array.from(history, ([item, weight]) => ({ item, weight })),
        relevant,
        candidates: others ? [...new Set([...others, ...relevant])] : null,
      });
    }
  }
  return { people, skipped };
}

/**
 * @param {string} user
 * @param {Map<string, number>} history
 * @param {Set<string>} relevant
 * @param {{ negatives: number, pool: readonly string[], seed: number }} sampled
 */
function drawNegatives(user, history, relevant, { negatives, pool, seed }) {
  const free = pool.filter((item) => !history.has(item) && !relevant.has(item));
  return sampleOf(free, negatives, personRandom(seed, user));
}
