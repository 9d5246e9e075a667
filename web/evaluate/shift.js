// Owns how held-out events differ from those that a model was trained on: their popularity, and how near they
// are to the person's history. Must not judge the difference.
import { vectorsOf } from '../core/kernel.js';
import { below, personRandom } from '../core/random.js';
import { meanAndError } from './measure.js';

/** @import { Model } from '../ampcf.js' */
/** @import { Interactions } from '../train.js' */
/** @import { Person } from './people.js' */
/**
 * @typedef {object} Popularity of an event's item: people who have it in the training, the person apart
 * @property {number} heldOut mean of its logarithm over held-out events of a person, then over people
 * @property {number} leftOut the same of one event a person of the training
 * @property {number} ratio of both: 2 = held-out items are twice as popular
 * @property {number} standardError of the difference of both, person by person
 */
/**
 * @typedef {object} Shift
 * @property {number} people with a known held-out item, and two events or more in the training
 * @property {Popularity} popularity
 * @property {{ heldOut: number, leftOut: number }} nearness mean cosine of the event's item to the nearest of
 *   the person's other items in the training
 */

/**
 * How many people have an item.
 * @param {Interactions} interactions
 */
function counter({ users, items, user, item }) {
  const seen = new Set();
  const counts = new Map();
  for (let x = 0; x < user.length; x++) {
    const pair = item[x] * users.length + user[x];
    if (seen.has(pair)) continue;
    seen.add(pair);
    counts.set(items[item[x]], (counts.get(items[item[x]]) ?? 0) + 1);
  }
  return (/** @type {string} */ id) => counts.get(id) ?? 0;
}

/**
 * Cosine of an item to the nearest of others.
 * @param {Model} model
 */
function nearnessIn({ kernel, info }) {
  const { dim, items } = info;
  const vectors = vectorsOf(kernel, 0, items);
  const dot = (/** @type {number} */ i, /** @type {number} */ j) => {
    let sum = 0;
    for (let d = 0; d < dim; d++) sum += vectors[i * dim + d] * vectors[j * dim + d];
    return sum;
  };
  const lengths = Float64Array.from({ length: items }, (_, j) => Math.sqrt(dot(j, j)));
  return (/** @type {number} */ at, /** @type {readonly number[]} */ others) =>
    others.reduce((most, other) => {
      const size = lengths[at] * lengths[other];
      return Math.max(most, size > 0 ? dot(at, other) / size : 0);
    }, -1);
}

const meanOf = (/** @type {readonly number[]} */ values) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * @param {Model} model
 * @param {Interactions} interactions that it was trained on
 * @param {readonly Person[]} people of the validation
 * @param {number} seed which event of the training is left out
 * @returns {Shift | null} null: nobody whom it can be asked of
 */
export function shiftOf(model, interactions, people, seed) {
  const countOf = counter(interactions);
  const nearness = nearnessIn(model);
  const indexOf = (/** @type {string} */ id) => model.indexOf(id) ?? -1;
  const known = (/** @type {Iterable<string>} */ ids) => [...ids].filter((id) => model.has(id));
  const rows = people.flatMap(({ user, history, relevant }) => {
    const own = known(history.map(({ item }) => item)).sort();
    const held = known(relevant);
    if (own.length < 2 || held.length === 0) return [];
    const left = own[below(personRandom(seed, user), own.length)];
    const indices = own.map(indexOf);
    const others = indices.filter((index) => index !== indexOf(left));
    return {
      heldOut: meanOf(held.map((id) => Math.log(Math.max(1, countOf(id))))),
      leftOut: Math.log(Math.max(1, countOf(left) - 1)),
      near: meanOf(held.map((id) => nearness(indexOf(id), indices))),
      nearLeft: nearness(indexOf(left), others),
    };
  });
  if (rows.length === 0) return null;
  const heldOut = meanOf(rows.map((row) => row.heldOut));
  const leftOut = meanOf(rows.map((row) => row.leftOut));
  const { error } = meanAndError(Float64Array.from(rows, (row) => row.heldOut - row.leftOut));
  return {
    people: rows.length,
    popularity: { heldOut, leftOut, ratio: Math.exp(heldOut - leftOut), standardError: error },
    nearness: {
      heldOut: meanOf(rows.map(({ near }) => near)),
      leftOut: meanOf(rows.map(({ nearLeft }) => nearLeft)),
    },
  };
}
