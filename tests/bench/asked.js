// Owns whom the benches ask, and how well the lists are that they get: people with something held out, lists
// by score. Must not read files or choose anything.
import { loadModel } from '../../dist/ampcf.js';
import { metrics } from '../../dist/evaluate.js';
import { sampleOf, seededRandom } from '../../web/core/random.js';
import { itemsByPerson } from '../../web/evaluate/people.js';

/** @import { Model } from 'ampcf' */
/** @import { Interactions } from '../../web/train.js' */
/** @typedef {{ history: string[], relevant: Set<string> }} Asked */

export const cut = 20;

/**
 * People with something held out that is new to them, a sample by seed.
 * @param {ReturnType<typeof itemsByPerson>} histories
 * @param {Interactions} heldOut
 * @param {number} most
 * @returns {Asked[]}
 */
export function peopleOf(histories, heldOut, most) {
  const all = Array.from(itemsByPerson(heldOut), ([user, events]) => {
    const own = histories.get(user) ?? new Map();
    const history = [...own.keys()];
    return { history, relevant: new Set([...events.keys()].filter((item) => !own.has(item))) };
  }).filter(({ history, relevant }) => history.length > 0 && relevant.size > 0);
  return sampleOf(all, Math.min(most, all.length), seededRandom(1));
}

/**
 * NDCG@20 of each, by score.
 * @param {Model} model
 * @param {readonly Asked[]} people
 * @param {{ personas?: number }} [options] of their profiles
 */
export function ndcgOf(model, people, options = {}) {
  return Float64Array.from(people, ({ history, relevant }) => {
    const me = model.createProfile(history, options);
    const { items } = me.recommend({ topK: cut, proportional: 0 });
    me.dispose();
    return metrics.ndcg(
      items.map(({ item }) => item),
      relevant,
      cut,
    );
  });
}

/**
 * @template T
 * @param {Uint8Array} bytes
 * @param {(model: Model) => T} use
 */
export async function withModel(bytes, use) {
  const model = await loadModel(bytes);
  const found = use(model);
  model.dispose();
  return found;
}

export const mean = (/** @type {Float64Array} */ values) =>
  values.reduce((sum, x) => sum + x, 0) / values.length;
