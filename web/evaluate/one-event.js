// Owns how far a list moves when a history has one event more or less (METRICS.md, "Persona quality"). Must
// not judge it.
import { below, personRandom } from '../core/random.js';
import { meanOf } from './persona-figures.js';
import { agreementOf } from './stability.js';

/** @import { Model } from '../model/model.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { Person } from './people.js' */
/**
 * What one event more or less changes of a list; means over people with two events or more.
 * @typedef {object} Movement
 * @property {number | null} places items of the list that another takes the place of
 * @property {number | null} tau Kendall's tau of the items that stay: 1 = in the same order, -1 = turned
 *   round
 */
/**
 * @typedef {object} OneEvent
 * @property {number} people
 * @property {number} topK length of the lists
 * @property {Movement} list of `recommend` as it is
 * @property {Movement} onePersona of one vector, by score
 * @property {number | null} together share of the pairs of other events on which personas say the same with
 *   and without it: one persona's or two personas'
 * @property {number | null} sameNumber share of people with as many personas
 */

const cut = 20;

/**
 * Kendall's tau of the items that are in both lists; null of fewer than two.
 * @param {readonly string[]} a
 * @param {readonly string[]} b
 */
export function kendallTau(a, b) {
  const places = new Map(b.map((item, i) => [item, i]));
  const order = a.flatMap((item) => places.get(item) ?? []);
  let sum = 0;
  for (let i = 0; i < order.length; i++)
    for (let j = i + 1; j < order.length; j++) sum += order[i] < order[j] ? 1 : -1;
  return order.length < 2 ? null : (2 * sum) / (order.length * (order.length - 1));
}

/**
 * @param {readonly string[]} a
 * @param {readonly string[]} b
 */
function movementOf(a, b) {
  const other = new Set(b);
  return { places: a.filter((item) => !other.has(item)).length, tau: kendallTau(a, b) };
}

/**
 * The list and who owns each event, with and without one event. What is out of either history is recommended
 * to neither.
 * @param {Model} model
 * @param {Person['history']} history
 * @param {string} without
 * @param {{ personas?: number, proportional?: number }} options
 */
function compare(model, history, without, { personas, proportional }) {
  const fold = { ...(personas !== undefined && { personas }) };
  const list = (/** @type {Profile} */ me) =>
    me
      .recommend({ topK: cut, exclude: [without], ...(proportional !== undefined && { proportional }) })
      .items.map(({ item }) => item);
  const owners = (/** @type {Profile} */ me) =>
    new Map(
      me
        .personas()
        .flatMap(({ index, items }) =>
          items.map(({ item }) => /** @type {[string, number]} */ ([item, index])),
        ),
    );
  const [before, after] = [history, history.filter(({ item }) => item !== without)].map((events) => {
    const me = model.createProfile(events, fold);
    const found = { list: list(me), owners: owners(me), personas: me.personas().length };
    me.dispose();
    return found;
  });
  const items = [...after.owners.keys()].filter((item) => before.owners.has(item));
  const labels = (/** @type {typeof before} */ of) => items.map((item) => Number(of.owners.get(item)));
  return {
    ...movementOf(before.list, after.list),
    together: agreementOf(labels(before), labels(after)).plain,
    same: before.personas === after.personas ? 1 : 0,
  };
}

/**
 * @param {ReturnType<typeof compare>[]} found
 * @returns {Movement}
 */
const meanMovement = (found) => ({
  places: meanOf(found.map(({ places }) => places)),
  tau: meanOf(found.flatMap(({ tau }) => tau ?? [])),
});

/**
 * Leaves out one event of each person, by seed, and compares the lists.
 * @param {Model} model
 * @param {readonly Pick<Person, 'user' | 'history'>[]} people
 * @param {{ seed: number, pace: (done: number, total: number) => Promise<void> }} options
 * @returns {Promise<OneEvent>}
 */
export async function measureOneEvent(model, people, { seed, pace }) {
  /** @type {ReturnType<typeof compare>[]} */
  const lists = [];
  /** @type {ReturnType<typeof compare>[]} */
  const vectors = [];
  for (const [i, { user, history }] of people.entries()) {
    await pace(i + 1, people.length);
    const known = history.filter(({ item }) => model.has(item));
    if (known.length < 2) continue;
    const { item } = known[below(personRandom(seed, user), known.length)];
    lists.push(compare(model, known, item, {}));
    vectors.push(compare(model, known, item, { personas: 1, proportional: 0 }));
  }
  return {
    people: lists.length,
    topK: cut,
    list: meanMovement(lists),
    onePersona: meanMovement(vectors),
    together: meanOf(lists.map(({ together }) => together)),
    sameNumber: meanOf(lists.map(({ same }) => same)),
  };
}
