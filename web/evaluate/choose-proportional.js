// Owns the choice of how much the places of recommended lists go by claims. Must not load models.
/** @typedef {{ proportional: number, cost: number }} ProportionalTrial cost: part of NDCG@20 that is lost */
/**
 * @typedef {object} ProportionalChoice
 * @property {number} proportional the most that costs at most half a percent
 * @property {number} ndcg of lists by score alone
 * @property {number} cost of what was chosen, as a part of it
 * @property {number} people measured
 * @property {ProportionalTrial[]} trials
 */

const shares = [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1];
/** Part of NDCG@20 that may be lost. */
const mostCost = 0.005;

/**
 * @template P
 * @param {readonly P[]} people at least one
 * @param {(person: P, shares: readonly number[]) => { list: readonly string[], ndcg: number }[]} ask for the
 *   person's lists at several shares
 * @param {(done: number, total: number) => Promise<void>} pace
 * @returns {Promise<ProportionalChoice>} where all lists stay as they are, 0
 */
export async function chooseProportional(people, ask, pace) {
  const sums = shares.map(() => 0);
  const changed = shares.map(() => false);
  for (const [u, person] of people.entries()) {
    const answers = ask(person, shares);
    for (const [s, { list, ndcg }] of answers.entries()) {
      sums[s] += ndcg / people.length;
      changed[s] ||= list.some((item, i) => item !== answers[0].list[i]);
    }
    await pace(u + 1, people.length);
  }
  const [ndcg] = sums;
  const trials = shares.map((proportional, s) => ({
    proportional,
    cost: ndcg > 0 ? (ndcg - sums[s]) / ndcg : 0,
  }));
  const best = trials.findLast(({ cost }, s) => s === 0 || (changed[s] && cost <= mostCost)) ?? trials[0];
  return { ...best, ndcg, people: people.length, trials };
}
