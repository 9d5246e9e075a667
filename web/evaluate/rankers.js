// Owns putting a person's candidates in order: by a model, as its users would, or by the scores of a
// baseline. Must not see relevant items.
import { askPeople } from './crew.js';

/** @import { Model } from '../model/model.js' */
/** @import { ListOptions } from './coded-lists.js' */
/** @import { Crew, Pace } from './crew.js' */
/** @import { CanonicalInteractions } from '../train/interactions.js' */
/** @import { Person } from './people.js' */
/** @typedef {(people: readonly Person[], k: number, pace: Pace) => Promise<string[][]>} RankAll */
/**
 * @typedef {object} Ranker
 * @property {number} catalogue number of items it knows
 * @property {(person: Pick<Person, 'history' | 'candidates'>, k: number) => string[]} rank at most k items,
 *   best first; none that it does not know
 * @property {RankAll} [rankAll] the same of many people at once, where that is less work
 * @property {() => void} dispose
 */
/**
 * @typedef {object} Scorer
 * @property {(history: Uint32Array, out: Float32Array) => void} score scores of all N items for a history of
 *   indices < N; higher is better
 * @property {() => void} dispose
 */

/**
 * Lists of many people by a model. What is learnt of their personas on the way is the health of its people.
 * @param {Model} model
 * @param {readonly Person[]} people
 * @param {ListOptions} options
 * @param {{ pace: Pace, crew?: Crew | undefined }} by
 */
export async function listsOf(model, people, options, by) {
  const { lists, lengths, health } = await askPeople(model, people, options, by);
  const ids = model.ids();
  const { k } = options;
  return {
    health,
    lists: Array.from(lengths, (n, u) => Array.from(lists.subarray(u * k, u * k + n), (index) => ids[index])),
  };
}

/**
 * @param {Model} model stays the caller's
 * @param {number} [proportional] of the lists of the whole catalogue; default 0: the order by score
 * @param {Crew} [crew] who helps
 * @returns {Ranker}
 */
export function modelRanker(model, proportional = 0, crew = undefined) {
  return {
    catalogue: model.info.items,
    rankAll: async (people, k, pace) =>
      (await listsOf(model, people, { k, proportional, looked: null }, { pace, crew })).lists,
    rank({ history, candidates }, k) {
      const me = model.createProfile(history);
      try {
        const { items } = candidates
          ? me.rank(candidates, { topK: k })
          : me.recommend({ topK: k, proportional });
        return items.filter(({ known }) => known).map(({ item }) => item);
      } finally {
        me.dispose();
      }
    },
    dispose() {},
  };
}

/**
 * @param {CanonicalInteractions} data
 * @param {Scorer} scorer
 * @returns {Ranker}
 */
export function scoreRanker({ itemIds }, scorer) {
  const index = new Map(itemIds.map((id, j) => [id, j]));
  const scores = new Float32Array(itemIds.length);
  const all = Uint32Array.from(itemIds.keys());
  const known = (/** @type {string[]} */ ids) =>
    Uint32Array.from(ids.flatMap((id) => index.get(id) ?? [])).sort();
  return {
    catalogue: itemIds.length,
    rank({ history, candidates }, k) {
      const seen = known(history.map(({ item }) => item));
      scorer.score(seen, scores);
      if (!candidates) for (const j of seen) scores[j] = -Infinity;
      return bestOf(candidates ? known(candidates) : all, scores, k).map((j) => itemIds[j]);
    },
    dispose: () => scorer.dispose(),
  };
}

/**
 * The k best by score, without those of -Infinity; ties in catalogue order.
 * @param {Uint32Array} indices increasing
 * @param {Float32Array} scores
 * @param {number} k
 * @returns {number[]}
 */
export function bestOf(indices, scores, k) {
  /** @type {number[]} */
  const best = [];
  for (const j of indices) {
    const score = scores[j];
    if (score === -Infinity || (best.length === k && !(score > scores[best[k - 1]]))) continue;
    if (best.length === k) best.pop();
    let at = best.length;
    best.push(j);
    for (; at > 0 && scores[best[at - 1]] < score; at--) best[at] = best[at - 1];
    best[at] = j;
  }
  return best;
}
