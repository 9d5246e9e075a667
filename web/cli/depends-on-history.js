// Owns the question whether a model's lists depend on who asks at all. Must not print.
import { historiesOf } from '../evaluate/people.js';

/** @import { Model } from '../model/model.js' */
/** @import { Interactions } from '../train.js' */

const asked = 50;
const topK = 20;

/**
 * Whether any of some people gets another list than somebody of whom nothing is known: a bias or an L2 that
 * drowns the vectors gives everybody the same.
 * @param {Model} model
 * @param {Interactions} interactions that it was trained on
 */
export function dependsOnHistory(model, interactions) {
  const listOf = (/** @type {string[]} */ history) => {
    const me = model.createProfile(history);
    const { items } = me.recommend({ topK, excludeSeen: false, proportional: 0 });
    me.dispose();
    return items.map(({ item }) => item).join(' ');
  };
  const people = historiesOf(interactions);
  const step = Math.ceil(people.length / asked);
  const nobodys = listOf([]);
  return people
    .filter((_, u) => u % step === 0)
    .some(({ history }) => listOf(history.map(({ item }) => item)) !== nobodys);
}
