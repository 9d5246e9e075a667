// Owns the comparison of imported ALS with the library that trained it. Must not train.
import { loadModel } from '../../../dist/ampcf.js';
import { modelFromVectors } from '../../../dist/train.js';

/**
 * @typedef {object} AlsCase of make_als.py
 * @property {'implicit' | 'spark'} library
 * @property {{ regularization: number, alpha: number }} settings
 * @property {string[]} ids
 * @property {number[][]} vectors
 * @property {{ history: string[], scores: number[] }[]} people
 */

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
  for (const { history, scores } of people) {
    const me = model.createProfile(history);
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
