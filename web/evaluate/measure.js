// Owns figures from ranked lists: every metric at every k, of each person and on average. Must not rank and
// must not know who ranked.
import { byHits, hitsOf, informationOf, noveltyOf, spreadOf } from './by-hits.js';

/** @import { Person } from './people.js' */
/** @import { Ranker } from './rankers.js' */
/**
 * @typedef {object} Figures keys are `metric@k`, such as `ndcg@20`
 * @property {Record<string, number>} metrics means over people; coverage and gini are of all lists together
 * @property {Record<string, number>} standardErrors of the means
 * @property {Record<string, Float64Array>} perPerson (U) for each metric that is a mean
 */

const personMetrics = /** @type {const} */ (['recall', 'ndcg', 'hitrate', 'precision', 'mrr', 'map']);

/**
 * @param {Ranker} ranker
 * @param {readonly Person[]} people
 * @param {number} k
 * @param {(done: number, total: number) => Promise<void>} pace
 * @returns {Promise<string[][]>} a list a person
 */
export async function rankPeople(ranker, people, k, pace) {
  if (ranker.rankAll) return ranker.rankAll(people, k, pace);
  const lists = [];
  for (const person of people) {
    lists.push(ranker.rank(person, k));
    await pace(lists.length, people.length);
  }
  return lists;
}

/** @param {Float64Array} values */
export function meanAndError(values) {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: n > 1 ? Math.sqrt(squares / (n - 1) / n) : 0 };
}

/**
 * The figures that an evaluation gives: those of each person only where they were asked for.
 * @param {Figures} figures
 * @param {{ perPerson: boolean }} options
 */
export const plainFigures = ({ metrics, standardErrors, perPerson }, options) => ({
  metrics,
  standardErrors,
  ...(options.perPerson && { perPerson }),
});

/**
 * @param {readonly (readonly string[])[]} lists (U)
 * @param {readonly Person[]} people (U)
 * @param {{ ks: readonly number[], share: (item: string) => number, catalogue: number }} options share: of
 *   the people of the history file who have the item
 * @returns {Figures}
 */
export function figuresOf(lists, people, { ks, share, catalogue }) {
  const out = {
    metrics: /** @type {Record<string, number>} */ ({}),
    standardErrors: /** @type {Record<string, number>} */ ({}),
    perPerson: /** @type {Record<string, Float64Array>} */ ({}),
  };
  const add = (/** @type {string} */ name, /** @type {(u: number) => number} */ of) => {
    out.perPerson[name] = Float64Array.from(people, (_, u) => of(u));
    ({ mean: out.metrics[name], error: out.standardErrors[name] } = meanAndError(out.perPerson[name]));
  };
  // Each item of a list is looked up once, whatever is counted of it.
  const most = Math.max(...ks);
  const hits = lists.map((list, u) => hitsOf(list, people[u].relevant));
  const information = lists.map((list) => informationOf(list, share, most));
  for (const k of ks) {
    for (const name of personMetrics)
      add(`${name}@${k}`, (u) => byHits[name](hits[u], people[u].relevant.size, k));
    add(`novelty@${k}`, (u) => noveltyOf(information[u], k));
    const { coverage, gini } = spreadOf(lists, k, catalogue);
    out.metrics[`coverage@${k}`] = coverage;
    out.metrics[`gini@${k}`] = gini;
  }
  return out;
}
