// Owns what is measured of the split of one account: agreement with the truth, beside plain likenesses. Must
// not choose settings.
import { peopleOf } from '../../../dist/people.js';
import { sampleOf, seededRandom } from '../../../web/core/random.js';
import { adjustedRand, mutualInformation, pairwiseAuc } from './agreement.js';

/** @import { People } from 'ampcf/people' */
/** @import { Group, Pairs } from './accounts.js' */
/** @typedef {Record<string, number>} Figures */

/**
 * Cosine of the columns of two items over the people of the training.
 * @param {Pairs} among
 * @param {string} a
 * @param {string} b
 */
function cooccurrence(among, a, b) {
  const [first, second] = [among.get(a), among.get(b)];
  if (!first || !second) return 0;
  const [few, many] = first.size < second.size ? [first, second] : [second, first];
  let both = 0;
  for (const user of few) if (many.has(user)) both++;
  return both / Math.sqrt(first.size * second.size);
}

/**
 * @param {People} people
 * @param {readonly number[]} owners -1: of several, left out
 * @param {string} name
 * @returns {Figures}
 */
function agreementOf({ events }, owners, name) {
  const alone = [...owners.keys()].filter((i) => owners[i] >= 0);
  const [found, truth] = [alone.map((i) => events[i].person), alone.map((i) => owners[i])];
  const same = (/** @type {number} */ a, /** @type {number} */ b) =>
    events[a].probabilities.reduce((sum, p, q) => sum + p * events[b].probabilities[q], 0);
  return {
    [`auc ${name}`]: pairwiseAuc(owners, same),
    [`nmi ${name}`]: mutualInformation(found, truth),
    [`ari ${name}`]: adjustedRand(found, truth),
  };
}

/**
 * @param {Group} group
 * @param {{ items: string[], owners: number[] }} account in the order of its events
 * @param {number} seed
 */
export function splitOf(group, { items, owners }, seed) {
  const [{ model, among }] = group;
  const k = group.length;
  const me = model.createProfile(items);
  const given = peopleOf(me, { people: k });
  const guessed = peopleOf(me);
  const alone = [...owners.keys()].filter((i) => owners[i] >= 0);
  const told = new Set(sampleOf(alone, Math.ceil(alone.length / 10), seededRandom(seed)));
  const named = Object.fromEntries([...told].map((i) => [items[i], owners[i]]));
  const helped = peopleOf(me, { people: k, owners: named });
  const untold = owners.map((owner, i) => (told.has(i) ? -1 : owner));
  const likeness = (/** @type {(a: string, b: string) => number} */ of) =>
    pairwiseAuc(owners, (a, b) => of(items[a], items[b]));
  return {
    account: me,
    given,
    guessed,
    figures: {
      'auc cooccurrence': likeness((a, b) => cooccurrence(among, a, b)),
      ...agreementOf(given, owners, 'given'),
      ...agreementOf(guessed, owners, 'guessed'),
      ...agreementOf(helped, untold, 'told'),
      count: guessed.count,
    },
  };
}
