// Owns the question whether a model's lists depend on who asks at all. Must not print.
import { loadModel } from '../ampcf.js';
import { historiesOf } from '../evaluate/people.js';

/** @import { Interactions } from '../train.js' */

const asked = 50;
const topK = 20;

/**
 * Whether any of some people gets another list than somebody of whom nothing is known: a bias or an L2 that
 * drowns the vectors gives everybody the same.
 * @param {Uint8Array} bytes of a model
 * @param {Interactions} interactions that it was trained on
 */
export async function dependsOnHistory(bytes, interactions) {
  const model = await loadModel(bytes);
  const listOf = (/** @type {string[]} */ history) => {
    const me = model.createProfile(history);
    const { items } = me.recommend({ topK, excludeSeen: false, proportional: 0 });
    me.dispose();
    return items.map(({ item }) => item).join(' ');
  };
  const people = historiesOf(interactions);
  const step = Math.ceil(people.length / asked);
  const nobodys = listOf([]);
  const found = people
    .filter((_, u) => u % step === 0)
    .some(({ history }) => listOf(history.map(({ item }) => item)) !== nobodys);
  model.dispose();
  return found;
}
