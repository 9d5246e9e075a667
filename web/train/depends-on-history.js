// Owns the question whether a model's lists depend on who asks at all. Must not change the model.
import { loadModel } from '../rank.js';

/** @import { CanonicalInteractions } from './interactions.js' */

const asked = 50;
const topK = 20;

/**
 * Whether any of some people gets another list than somebody of whom nothing is known: a bias or an L2 that
 * drowns the vectors gives everybody the same.
 * @param {Uint8Array} bytes of the model
 * @param {CanonicalInteractions} data that it was trained on
 */
export async function dependsOnHistory(bytes, { users, itemIds, offsets, items }) {
  const model = await loadModel(bytes);
  const listOf = (/** @type {string[]} */ history) => {
    const me = model.createProfile(history);
    const { items: listed } = me.recommend({ topK, excludeSeen: false, proportional: 0 });
    me.dispose();
    return listed.map(({ item }) => item).join(' ');
  };
  const step = Math.ceil(users / asked);
  const nobodys = listOf([]);
  let depends = false;
  for (let u = 0; u < users && !depends; u += step) {
    const own = items.subarray(offsets[u], offsets[u + 1]);
    depends = listOf(Array.from(own, (index) => itemIds[index])) !== nobodys;
  }
  model.dispose();
  return depends;
}
