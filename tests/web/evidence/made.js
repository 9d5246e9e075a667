// Owns made-up reviews for the tests of evidence: seeded, of invented people. Must not hold a test.
import { seededRandom, below } from '../../../web/core/random.js';

/** @typedef {import('../../../dist/train.js').EvidenceOptions} EvidenceOptions */

const syllables = 'ba do ri ne sul tor ka mi len fo gu ves pa ter os im ar li cho ran'.split(' ');

/**
 * Words that nobody knows, the first ones said most often.
 * @param {number} n
 * @param {() => number} random
 */
const wordsOf = (n, random) =>
  Array.from({ length: n }, () =>
    Array.from({ length: 1 + below(random, 3) }, () => syllables[below(random, syllables.length)]).join(''),
  );

/**
 * Reviews of many items: sentences of 5 to 14 words, as often as words of a language are, an aspect in each.
 * @param {number} items
 * @param {{ perItem?: number, seed?: number }} [options]
 */
export function manyReviews(items, { perItem = 6, seed = 1 } = {}) {
  const random = seededRandom(seed);
  const words = wordsOf(3000, random);
  const aspects = ['sound', 'price', 'colour', 'weight', 'grip', 'battery', 'size', 'case', 'cable', 'neck'];
  const word = () => words[Math.floor(words.length ** random()) - 1];
  const sentence = () => {
    const list = Array.from({ length: 5 + below(random, 10) }, word);
    list[below(random, list.length)] = aspects[below(random, aspects.length)];
    const text = list.join(' ');
    return `${text[0].toUpperCase()}${text.slice(1)}.`;
  };
  const reviews = Array.from({ length: items * perItem }, (_, r) => ({
    item: `item-${Math.floor(r / perItem)}`,
    user: `person ${r % 997}`,
    rating: 1 + below(random, 5),
    text: Array.from({ length: 3 }, sentence).join(' '),
  }));
  return { reviews, words: new Map(aspects.map((aspect) => [aspect, [aspect]])) };
}

/**
 * Five people on each of two items, who speak of what the item has.
 * @param {string} item
 * @param {string[]} texts
 */
export const reviewsOf = (item, texts) =>
  texts.map((text, i) => ({ item, text, user: `u${i}`, rating: /bad|poor/.test(text) ? 1 : 5 }));
