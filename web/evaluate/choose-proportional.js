// Owns the choice of how much the places of recommended lists go by claims. Must not load models.
/** @typedef {{ proportional: number, cost: number }} ProportionalTrial cost: part of NDCG@20 that is lost */
/**
 * @typedef {object} ProportionalChoice
 * @property {number} proportional the most that costs at most half a percent
 * @property {number} ndcg of lists by score alone
 * @property {number} cost of what was chosen, as a part of it
 * @property {number} people measured
 * @property {ProportionalTrial[]} trials what was measured, from 0 up
 */

/** At 1 the score would say nothing: no validation can ask for that. */
const shares = [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5];
/** Part of NDCG@20 that may be lost. */
const mostCost = 0.005;
/** Fewer people, or people of whom nothing was found, say nothing of half a percent. */
const fewest = 50;

/**
 * Mean NDCG@20 at each share that was measured, and whether a list changed since the shares below.
 * @template P
 * @param {readonly P[]} people
 * @param {(person: P, share: number) => { list: readonly string[], ndcg: number }} ask
 * @param {(done: number, total: number) => Promise<void>} pace
 */
function measurements(people, ask, pace) {
  /** @type {Map<number, { ndcg: number, lists: (readonly string[])[] }>} */
  const measured = new Map();
  // Half of the rest is left out by each measurement.
  const total = people.length * (2 + Math.floor(Math.log2(shares.length)));
  let done = 0;
  return {
    /** @param {number} share */
    async at(share) {
      const known = measured.get(share);
      if (known) return known;
      let ndcg = 0;
      const lists = [];
      for (const person of people) {
        const answer = ask(person, share);
        ndcg += answer.ndcg / people.length;
        lists.push(answer.list);
        await pace(Math.min(++done, total), total);
      }
      measured.set(share, { ndcg, lists });
      return { ndcg, lists };
    },
    all: () => [...measured].sort(([a], [b]) => a - b).map(([share, { ndcg }]) => ({ share, ndcg })),
  };
}

/**
 * @param {readonly (readonly string[])[]} lists
 * @param {readonly (readonly string[])[]} others
 */
const areSame = (lists, others) => lists.every((list, u) => list.every((item, i) => item === others[u][i]));

/**
 * The most of the shares that costs no more than half a percent. Costs grow with the share, so that half of
 * what is left can be left out each time.
 * @template P
 * @param {readonly P[]} people at least one
 * @param {(person: P, share: number) => { list: readonly string[], ndcg: number }} ask for the person's list
 * @param {(done: number, total: number) => Promise<void>} pace
 * @returns {Promise<ProportionalChoice | null>} null: they are too few to say; 0 where all lists stay as they
 *   are
 */
export async function chooseProportional(people, ask, pace) {
  if (people.length < fewest) return null;
  const measure = measurements(people, ask, pace);
  const { ndcg, lists } = await measure.at(0);
  if (ndcg === 0) return null;
  const costAt = async (/** @type {number} */ s) => (ndcg - (await measure.at(shares[s])).ndcg) / ndcg;
  let best = 0;
  for (let tooDear = shares.length; tooDear - best > 1;) {
    const middle = Math.floor((best + tooDear) / 2);
    if ((await costAt(middle)) > mostCost) tooDear = middle;
    else best = middle;
  }
  if (areSame((await measure.at(shares[best])).lists, lists)) best = 0;
  return {
    proportional: shares[best],
    ndcg,
    cost: await costAt(best),
    people: people.length,
    trials: measure
      .all()
      .map(({ share, ndcg: other }) => ({ proportional: share, cost: (ndcg - other) / ndcg })),
  };
}
