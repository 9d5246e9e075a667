// Owns reviews as they are read into numbers and words: duplicates merged, items of too few people left out,
// sentences that may be shown. Must not keep who wrote what longer than it takes to count people.
import { badArgument } from '../core/arguments.js';
import { isShowable, mostCharacters, nameParts, sentencesOf, wordsOf } from './sentences.js';

/**
 * @typedef {object} Review
 * @property {string} item
 * @property {string} text
 * @property {string} [aspect] what it is about, where the source says so
 * @property {number | null} [rating]
 * @property {string} [user] only to count people, never kept; without it each review is one person's
 * @property {string} [name] of who wrote it: a sentence that has it is not shown, and it is never kept
 */
/**
 * @typedef {object} Told
 * @property {number} item
 * @property {number} person
 * @property {number | null} rating
 * @property {string} aspect
 * @property {Set<string>} words
 * @property {{ text: string, words: string[] }[]} sentences that may be shown
 */
/**
 * @typedef {object} Counts
 * @property {number} reviews read
 * @property {number} empty without text
 * @property {number} duplicates the same text of the same person, or of nobody, about the same item
 * @property {number} cut longer than what is read of one
 * @property {number} unknownItems that the model does not know
 * @property {number} unknownReviews of them
 * @property {number} fewItems items of too few people
 * @property {number} fewReviews of them
 */

/**
 * @param {unknown} given
 * @param {number} i
 */
function checkReview(given, i) {
  const { item, text, rating = null, user, name: writer, aspect } = /** @type {any} */ (given ?? {});
  if (typeof item !== 'string' || typeof text !== 'string')
    throw badArgument(`review ${i}`, given, 'an object with the texts item and text');
  for (const [name, own] of Object.entries({ user, name: writer, aspect }))
    if (own !== undefined && typeof own !== 'string')
      throw badArgument(`review ${i}: ${name}`, own, 'a text, or none');
  if (rating !== null && !Number.isFinite(rating))
    throw badArgument(`review ${i}: rating`, rating, 'a number');
}

/**
 * @param {readonly Review[]} reviews
 * @param {{ items: ReadonlyMap<string, number>, people: number }} options items: those that may have evidence
 * @returns {{ told: Told[], counts: Counts }}
 */
export function corpusOf(reviews, { items, people: fewest }) {
  const counts = {
    reviews: 0,
    empty: 0,
    duplicates: 0,
    cut: 0,
    unknownItems: 0,
    unknownReviews: 0,
    fewItems: 0,
    fewReviews: 0,
  };
  /** @type {Set<string>} */ const unknown = new Set();
  /** @type {Set<string>} */ const met = new Set();
  /** @type {Map<string, number>} */ const persons = new Map();
  /** @type {{ review: Review, item: number, person: number }[]} */ const kept = [];
  reviews.forEach((review, i) => {
    checkReview(review, i);
    counts.reviews++;
    const { item: id, text, user, aspect = '' } = review;
    const item = items.get(id);
    const key = JSON.stringify([id, user ?? '', aspect, text.trim()]);
    if (text.trim() === '') counts.empty++;
    else if (item === undefined) {
      counts.unknownReviews++;
      unknown.add(id);
    } else if (met.has(key)) counts.duplicates++;
    else {
      met.add(key);
      const who = user === undefined || user === '' ? `\0${i}` : user;
      const person = persons.get(who) ?? persons.size;
      persons.set(who, person);
      kept.push({ review, item, person });
    }
  });
  counts.unknownItems = unknown.size;
  /** @type {Map<number, Set<number>>} */ const perItem = new Map();
  for (const { item, person } of kept) perItem.set(item, (perItem.get(item) ?? new Set()).add(person));
  const enough = kept.filter(({ item }) => Number(perItem.get(item)?.size) >= fewest);
  counts.fewItems = [...perItem.values()].filter(({ size }) => size < fewest).length;
  counts.fewReviews = kept.length - enough.length;
  return { told: enough.map((entry) => toldOf(entry, counts)), counts };
}

/**
 * @param {{ review: Review, item: number, person: number }} entry
 * @param {Counts} counts
 * @returns {Told}
 */
function toldOf({ review, item, person }, counts) {
  const { text, rating = null, aspect = '', user = '', name = '' } = review;
  if (text.length > mostCharacters) counts.cut++;
  const names = [...nameParts(name), ...nameParts(user).slice(0, 1)];
  const all = sentencesOf(text).map((sentence) => ({ text: sentence, words: wordsOf(sentence) }));
  return {
    item,
    person,
    rating,
    aspect: aspect.trim(),
    words: new Set(all.flatMap(({ words }) => words)),
    sentences: all.filter((sentence) => isShowable(sentence.text, sentence.words, names)),
  };
}
