// Owns the figures of a list in the taste bench: accuracy, distances to the history and to what came next,
// and what is found of rare tastes.
// Must not know how a list was made.
import { ndcg } from '../../../web/evaluate/metrics.js';

/** @import { Model } from '../../../web/model/model.js' */
/** @import { Profile } from '../../../web/model/profile.js' */
/** @typedef {{ user: string, history: { item: string }[], next: Set<string> }} Person */
/**
 * @typedef {Record<'ndcg' | 'jensenShannon' | 'hellinger' | 'totalVariation' | 'kl' | 'wasserstein' |
 *   'clusters' | 'heldOut' | 'rare', number | null>} PersonFigures null: nothing to measure
 */

const rareShare = 0.1;

/**
 * Recall of the next items that have an aspect with less than a tenth of the history; null without any.
 * @param {Model} model
 * @param {Profile} me
 * @param {readonly string[]} list
 * @param {Set<string>} next
 */
function rareRecall(model, me, list, next) {
  const taste = model.needTaste('rareRecall').distribution(me),
    shares = new Map(taste?.categories.map((name, a) => [name, taste.shares[a]]));
  const rare = [...next].filter(
    (item) =>
      model.has(item) &&
      model.aspects(item).some((aspect) => {
        const share = shares.get(aspect) ?? 0;
        return share > 0 && share < rareShare;
      }),
  );
  return rare.length === 0 ? null : rare.filter((item) => list.includes(item)).length / rare.length;
}

/**
 * @param {Model} model whose aspects and clusters taste is counted over
 * @param {readonly Person[]} people
 * @param {(me: Profile, person: Person) => string[]} lister
 * @returns {PersonFigures[]}
 */
export function measurePeople(model, people, lister) {
  return people.map((person) => {
    const me = model.createProfile(person.history.map(({ item, at }) => ({ item, at })));
    const list = lister(me, person);
    const distance = (/** @type {object} */ options) => me.tasteDistance(list, options);
    const figures = {
      ndcg: ndcg(list, person.next, list.length),
      jensenShannon: distance({}),
      hellinger: distance({ distance: 'hellinger' }),
      totalVariation: distance({ distance: 'totalVariation' }),
      kl: distance({ distance: 'kl' }),
      wasserstein: distance({ distance: 'wasserstein' }),
      clusters: distance({ space: 'clusters' }),
      heldOut: distance({ target: person.next }),
      rare: rareRecall(model, me, list, person.next),
    };
    me.dispose();
    return figures;
  });
}

/**
 * Over the people who have the figure.
 * @param {readonly PersonFigures[]} list
 * @param {keyof PersonFigures} key
 */
export function meanOf(list, key) {
  const present = list.map((person) => person[key]).filter((value) => value !== null);
  return present.reduce((a, b) => a + b, 0) / present.length;
}
