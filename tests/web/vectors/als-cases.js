// Owns the comparison of imported ALS with the library that trained it. Must not train.
import { loadModel } from '../../../dist/ampcf.js';
import { modelFromVectors } from '../../../dist/train.js';

/**
 * @typedef {object} AlsCase of make_als.py
 * @property {'implicit' | 'spark'} library
 * @property {{ regularization: number, alpha: number }} settings
 * @property {string[]} ids
 * @property {number[][]} vectors
 * @property {{ history: string[], ratings: number[], scores: number[] }[]} people ratings: what each event
 *   counts
 */

/**
 * The event of our model that says what an event of several strengths says to implicit (web/cli/README.md).
 * @param {string} item
 * @param {number} rating
 * @param {number} alpha
 */
const eventOf = (item, rating, alpha) =>
  rating === 1
    ? { item }
    : {
        item,
        weight: (alpha * rating - 1) / (alpha - 1),
        preference: (rating * (alpha - 1)) / (alpha * rating - 1),
      };

/**
 * The largest difference of a score from the library's, over the largest score of the person.
 * @param {AlsCase} given
 * @param {'f32' | 'f16' | 'int8'} [vectorType]
 */
export async function largestDifference({ library, settings, ids, vectors, people }, vectorType = 'f32') {
  const { bytes } = await modelFromVectors({
    ids,
    vectors,
    dim: vectors[0].length,
    as: { library, ...settings },
    vectorType,
  });
  const model = await loadModel(bytes);
  let largest = 0;
  for (const { history, ratings, scores } of people) {
    const events = history.map((item, i) => eventOf(item, ratings[i], settings.alpha));
    const me = model.createProfile(events);
    const ranked = me.rank(ids, { topK: ids.length }).items;
    const got = new Map(ranked.map(({ item, score }) => [item, score]));
    const scale = Math.max(...scores.map(Math.abs));
    ids.forEach((id, j) => {
      largest = Math.max(largest, Math.abs(/** @type {number} */ (got.get(id)) - scores[j]) / scale);
    });
    me.dispose();
  }
  model.dispose();
  return largest;
}
