// Owns the invented events and triples of `npm run bench:graph-size`. Must not measure.
import { below, seededRandom } from '../../../web/core/random.js';

/** @import { Interactions, Triples } from '../../../web/train.js' */

const tastes = 50;
const eventsEach = 50;
/** Of a taste's items, those that come first are used most: place u^2 of n for u uniform. */
const steepness = 2;
const genresOfTaste = 4;
/** So many items share a maker on average. */
const itemsOfMaker = 20;
const relations = ['genre', 'director', 'starring', 'writer', 'producer', 'label', 'country', 'subject'];

/** @param {number} j */
export const itemId = (j) => `item-${j}`;

/**
 * People of two tastes each, who have 50 different items: three of four are of their tastes. Item j is of
 * taste j mod 50.
 * @param {number} items
 * @param {number} events
 * @returns {Interactions}
 */
export function madeEvents(items, events) {
  const random = seededRandom(1);
  const people = Math.floor(events / eventsEach);
  const each = items / tastes;
  const user = new Uint32Array(people * eventsEach);
  const item = new Uint32Array(people * eventsEach);
  for (let u = 0, x = 0; u < people; u++) {
    const own = [below(random, tastes), below(random, tastes)];
    const seen = new Set();
    while (seen.size < eventsEach) {
      const taste = random() < 0.75 ? own[seen.size % 2] : below(random, tastes);
      const j = Math.floor(each * random() ** steepness) * tastes + taste;
      if (seen.has(j)) continue;
      seen.add(j);
      user[x] = u;
      item[x++] = j;
    }
  }
  return {
    users: Array.from({ length: people }, (_, u) => `person-${u}`),
    items: Array.from({ length: items }, (_, j) => itemId(j)),
    user,
    item,
  };
}

/**
 * What is said of items: of each in turn, by one of eight relations, which are others in the next round.
 * Genres are of a taste, and so is each maker; four of five triples are of the item's own. A hundredth says
 * which maker is near which.
 * @param {number} items
 * @param {number} triples
 * @returns {Triples}
 */
export function madeTriples(items, triples) {
  const random = seededRandom(2);
  const makers = Math.ceil(items / itemsOfMaker / tastes);
  const heads = [];
  const tails = [];
  const of = [];
  const maker = (/** @type {string} */ role, /** @type {number} */ taste) =>
    `A ${role} whose name is number ${below(random, makers) * tastes + taste}`;
  for (let x = 0; x < triples; x++) {
    const relation = relations[(x + Math.floor(x / items)) % relations.length];
    const j = x % items;
    const taste = random() < 0.8 ? j % tastes : below(random, tastes);
    const isBetween = x % 100 === 99;
    of.push(isBetween ? 'near' : relation);
    heads.push(isBetween ? maker('director', taste) : itemId(j));
    tails.push(
      relation === 'genre' && !isBetween
        ? `The genre ${taste * genresOfTaste + below(random, genresOfTaste)}`
        : maker(isBetween ? 'director' : relation, taste),
    );
  }
  return { heads, relations: of, tails };
}
