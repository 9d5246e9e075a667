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

/** At 1 the score would say nothing: no validation can ask for that. */
const shares = [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5];
/** Part of NDCG@20 that may be lost. */
const mostCost = 0.005;
/** Fewer people, or people of whom nothing was found, say nothing of half a percent. */
const fewest = 50;

/**
 * @template P
 * @param {readonly P[]} people at least one
 * @param {(person: P, shares: readonly number[]) => { list: readonly string[], ndcg: number }[]} ask for the
 *   person's lists at several shares
 * @param {(done: number, total: number) => Promise<void>} pace
 * @returns {Promise<ProportionalChoice | null>} null: they are too few to say; 0 where all lists stay as they
 *   are
 */
export async function chooseProportional(people, ask, pace) {
  if (people.length < fewest) return null;
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
  if (ndcg === 0) return null;
  const trials = shares.map((proportional, s) => ({ proportional, cost: (ndcg - sums[s]) / ndcg }));
  // Costs grow with the share: what is cheap beyond what is too dear is luck.
  const tooDear = trials.findIndex(({ cost }) => cost > mostCost);
  const affordable = tooDear < 0 ? trials : trials.slice(0, tooDear);
  const best = affordable.findLast((_, s) => s === 0 || changed[s]) ?? trials[0];
  return { ...best, ndcg, people: people.length, trials };
}
