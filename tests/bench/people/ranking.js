// Owns what the split of an account does to the lists of its people. Must not split an account.
import { metrics } from '../../../dist/evaluate.js';

/** @import { Profile } from 'ampcf' */
/** @import { People } from 'ampcf/people' */
/** @import { Group } from './accounts.js' */

const cut = 20;

/**
 * Every order of so many.
 * @param {number} k
 * @returns {number[][]}
 */
const orders = (k) =>
  k === 0
    ? [[]]
    : orders(k - 1).flatMap((order) =>
        Array.from({ length: k }, (_, at) => [...order.slice(0, at), k - 1, ...order.slice(at)]),
      );

/**
 * Which person each member is: all different where there are as many, by whom most of its events were given
 * to.
 * @param {People} people
 * @param {readonly number[]} owners
 * @param {number} members
 */
function matched(people, owners, members) {
  const held = Array.from({ length: members }, () => new Array(people.count).fill(0));
  people.events.forEach(({ probabilities }, i) => {
    if (owners[i] >= 0) probabilities.forEach((p, q) => (held[owners[i]][q] += p));
  });
  if (people.count !== members) return held.map((row) => row.indexOf(Math.max(...row)));
  const worth = (/** @type {number[]} */ order) => order.reduce((sum, q, m) => sum + held[m][q], 0);
  return orders(members).reduce((a, b) => (worth(b) > worth(a) ? b : a));
}

/**
 * @param {Profile} me disposed of
 * @param {readonly string[]} exclude
 * @param {object} [options]
 */
function listOf(me, exclude, options) {
  const list = me.recommend({ topK: cut, exclude, ...options }).items.map(({ item }) => item);
  me.dispose();
  return list;
}

/**
 * One list of places dealt out by turns.
 * @param {readonly string[][]} lists
 */
function dealt(lists) {
  const out = new Set();
  for (let at = 0; at < cut; at++)
    for (const list of lists) if (out.size < cut && list[at]) out.add(list[at]);
  return [...out];
}

/** Kinds of lists, by the name that the table has. */
export const kinds = /** @type {const} */ ([
  'one vector',
  'personas',
  'one list dealt out',
  'people',
  'people, number guessed',
  'unmixed',
]);

/**
 * Recall@20 of each member with something to find, under each kind of list; the items of the account are in
 * no list.
 * @param {Group} group
 * @param {{ items: string[], owners: number[] }} account
 * @param {{ given: People, guessed: People }} split
 * @returns {Record<typeof kinds[number], number>[]}
 */
export function recallsOf(group, { items, owners }, { given, guessed }) {
  const [{ model }] = group;
  const account = new Set(items);
  const one = listOf(model.createProfile(items, { personas: 1 }), items, { proportional: 0 });
  const personas = listOf(model.createProfile(items), items);
  const [ofGiven, ofGuessed] = [given, guessed].map((people) => {
    const lists = Array.from({ length: people.count }, (_, q) => listOf(people.as(q), items));
    return { lists, at: matched(people, owners, group.length) };
  });
  const together = dealt(ofGiven.lists);
  return group.flatMap(({ train, test }, m) => {
    const relevant = new Set(test.filter((item) => !account.has(item)));
    if (relevant.size === 0) return [];
    const recall = (/** @type {string[]} */ list) => metrics.recall(list, relevant, cut);
    return [
      {
        'one vector': recall(one),
        personas: recall(personas),
        'one list dealt out': recall(together),
        people: recall(ofGiven.lists[ofGiven.at[m]]),
        'people, number guessed': recall(ofGuessed.lists[ofGuessed.at[m]]),
        unmixed: recall(listOf(model.createProfile(train), items)),
      },
    ];
  });
}
