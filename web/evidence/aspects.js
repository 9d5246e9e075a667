// Owns what sentences speak of: words of given aspects, or words learnt by contrast between items. Must not
// choose sentences.
import { placeLikeness, placesOf } from './places.js';

/** Most words of a name. */
const mostWords = 5;

/**
 * @param {ReadonlyMap<string, readonly string[]>} given words of each aspect
 * @param {(text: string) => string[]} wordsOf
 * @returns {{ names: string[], phrases: Map<string, number>, longest: number }}
 */
export function lexiconOf(given, wordsOf) {
  /** @type {Map<string, number>} */ const phrases = new Map();
  const names = [...given.keys()];
  let longest = 1;
  [...given.values()].forEach((texts, aspect) => {
    for (const text of texts) {
      const words = wordsOf(text).slice(0, mostWords);
      if (words.length === 0) continue;
      const phrase = words.join(' ');
      longest = Math.max(longest, words.length);
      if (!phrases.has(phrase)) phrases.set(phrase, aspect);
    }
  });
  return { names, phrases, longest };
}

/**
 * What a sentence speaks of, in the order in which it does.
 * @param {readonly string[]} words
 * @param {{ phrases: ReadonlyMap<string, number>, longest: number }} lexicon
 * @returns {number[]}
 */
export function aspectsIn(words, { phrases, longest }) {
  /** @type {Set<number>} */ const found = new Set();
  for (let i = 0; i < words.length; i++) {
    let phrase = '';
    for (let n = 0; n < longest && i + n < words.length; n++) {
      phrase += n === 0 ? words[i] : ` ${words[i + n]}`;
      const aspect = phrases.get(phrase);
      if (aspect !== undefined) found.add(aspect);
    }
  }
  return [...found];
}

// ------------------------------------------------------------------------------------------------- learning

/** No aspect is in more reviews than this share: it would be what the catalogue is of. */
const mostShare = 0.5;
const fewestItems = 3;
/** How many times more often than by chance, and by how many deviations, reviews of an item share a word. */
const leastRatio = 1.2;
const leastContrast = 3;
/** Words that are shared so much more often, by so many people, are names of things where there is any. */
const nameRatio = 4;
const nameContrast = 6;
const namePeople = 15;
/** Of fewer of them nothing is learnt about where names stand. */
const fewestNames = 20;
/** How much a word must stand where names do, and how much of that its contrast can make up for. */
const leastLikeness = 0.55;
const contrastShare = 0.2;
/** A word that so many of its sentences say beside a more frequent aspect is a part of that one. */
const mostCovered = 0.9;
/** Words that stand for things of which there are many, or for no thing; of English alone. */
const standIns = new Set(
  (
    "these they them those their theirs this that its it it's they're i've i'm his her hers him " +
    'she he you your our my one ones two three each every several such some any all both off end ' +
    'ever always must just has had have are is was were been being does did done use used uses ' +
    'using work works worked working got get and but for from with without who whom what when where which ' +
    'while not nor never nobody nothing none more most much many less few very too also still only even ' +
    'about after before into over out the than then there here how why will would can could should may'
  ).split(' '),
);

/** Numbers say nothing, nor do two letters of an alphabet. */
const isName = (/** @type {string} */ word) =>
  !standIns.has(word) &&
  /\p{L}/u.test(word) &&
  !/\d/.test(word) &&
  word.length >= (/^[\p{Script=Han}]/u.test(word) ? 2 : 3);

/**
 * A word and its plural are one: what is left of a word without the s that another has, y for ies.
 * @param {string} word
 * @param {{ has: (word: string) => boolean }} known
 */
function stemOf(word, known) {
  const single = `${word.slice(0, -3)}y`;
  if (word.length > 5 && word.endsWith('ies') && known.has(single)) return single;
  for (const end of word.endsWith('ss') ? [] : ['es', 's']) {
    const stem = word.slice(0, -end.length);
    if (stem.length > 2 && word.endsWith(end) && !stem.endsWith('s') && known.has(stem)) return stem;
  }
  return word;
}

/**
 * @typedef {{ item: number, person: number, words: ReadonlySet<string>,
 *   sentences: readonly { words: readonly string[] }[] }} Told
 */
/**
 * @typedef {{ people: Set<number>, reviews: number, items: Map<number, number>, forms: Set<string> }}
 *   Seen
 */
/**
 * @typedef {object} Shared
 * @property {string} word
 * @property {string[]} forms
 * @property {number} people
 * @property {number} reviews
 * @property {number} ratio C / E
 * @property {number} contrast (C - E) / sqrt(E + 1)
 */

/**
 * Who says each word of which items.
 * @param {readonly Told[]} reviews
 */
function seenIn(reviews) {
  /** @type {Map<string, Seen>} */ const seen = new Map();
  const vocabulary = new Set(reviews.flatMap(({ words }) => [...words]));
  for (const { item, person, words } of reviews) {
    /** @type {Set<Seen>} */ const own = new Set();
    for (const word of words) {
      if (!isName(word)) continue;
      const stem = stemOf(word, vocabulary);
      const entry = seen.get(stem) ?? { people: new Set(), reviews: 0, items: new Map(), forms: new Set() };
      seen.set(stem, entry);
      entry.forms.add(word);
      own.add(entry);
    }
    for (const entry of own) {
      entry.people.add(person);
      entry.reviews++;
      entry.items.set(item, (entry.items.get(item) ?? 0) + 1);
    }
  }
  return seen;
}

/**
 * How much reviews of one item share each word that enough people say of enough items.
 * @param {readonly Told[]} reviews
 * @param {number} fewestPeople
 * @returns {Shared[]}
 */
function sharedIn(reviews, fewestPeople) {
  /** @type {Map<number, number>} */ const perItem = new Map();
  for (const { item } of reviews) perItem.set(item, (perItem.get(item) ?? 0) + 1);
  const pairsIn = (/** @type {Map<number, number>} */ items) =>
    [...items.values()].reduce((sum, n) => sum + n * (n - 1), 0);
  const pairs = pairsIn(perItem);
  return [...seenIn(reviews)].flatMap(([word, { people, reviews: n, items, forms }]) => {
    const share = n / reviews.length;
    if (people.size < fewestPeople || items.size < fewestItems || share > mostShare) return [];
    const expected = share * share * pairs;
    const both = pairsIn(items);
    const contrast = (both - expected) / Math.sqrt(expected + 1);
    const ratio = both / expected;
    return [{ word, forms: [...forms].sort(), people: people.size, reviews: n, ratio, contrast }];
  });
}

/**
 * Whether a word stands where names of things stand; where too few words are sure to be such names, any may.
 * @param {readonly Told[]} reviews
 * @param {readonly Shared[]} words
 * @returns {(shared: Shared) => boolean}
 */
function standsAsName(reviews, words) {
  const many = words.filter(({ people }) => people >= namePeople);
  const names = many.filter(({ ratio, contrast }) => ratio >= nameRatio && contrast >= nameContrast);
  if (names.length < fewestNames) return () => true;
  const others = many.filter(({ ratio }) => ratio < leastRatio);
  const texts = (/** @type {Shared[]} */ list) => list.map(({ word }) => word);
  const places = placesOf(reviews, new Set(words.map(({ word }) => word)));
  const likeness = placeLikeness(places, { names: texts(names), others: texts(others) });
  return ({ word, ratio }) => likeness(word) + contrastShare * Math.log(ratio) >= leastLikeness;
}

/**
 * Without the words that are hardly said but beside a more frequent one, as *loose* of a loose end.
 * @param {readonly Told[]} reviews
 * @param {readonly Shared[]} words the most frequent first
 */
function withoutCovered(reviews, words) {
  const order = new Map(words.flatMap(({ forms }, at) => forms.map((form) => [form, at])));
  /** @type {number[][]} */ const sentences = [];
  for (const review of reviews)
    for (const { words: own } of review.sentences) {
      const found = new Set(own.flatMap((word) => order.get(word) ?? []));
      if (found.size > 0) sentences.push([...found].sort((a, b) => a - b));
    }
  const said = new Float64Array(words.length);
  for (const own of sentences) for (const at of own) said[at]++;
  /** @type {number[][]} */ const of = words.map(() => []);
  sentences.forEach((own, s) => own.forEach((at) => of[at].push(s)));
  const isCovered = new Uint8Array(sentences.length);
  return words.filter((_, at) => {
    const covered = of[at].filter((s) => isCovered[s] === 1).length;
    if (covered >= mostCovered * said[at] && said[at] > 0) return false;
    for (const s of of[at]) isCovered[s] = 1;
    return true;
  });
}

/**
 * Aspects learnt by contrast: a word that reviews of one item have in common more often than reviews of all
 * items do by chance is a word about items. Of a word in the share p of R reviews, E = p^2 W pairs of reviews
 * of the same item would both have it, of W such pairs; C do. A word with C >= 1.2 E and C - E >=
 * 3 sqrt(E + 1) is one. Of those, the words that stand where the names of things stand are aspects: as the
 * words with C >= 4 E do, and those with C < 1.2 E do not; and that say something which no more frequent one
 * says.
 * @param {readonly Told[]} reviews
 * @param {{ most: number, people: number }} options most aspects; people who must say the word
 * @returns {Map<string, string[]>} words of each aspect, what most people speak of first
 */
export function learntAspects(reviews, { most, people }) {
  const words = sharedIn(reviews, people);
  const isAspect = standsAsName(reviews, words);
  const found = words.filter(
    (shared) => shared.ratio >= leastRatio && shared.contrast >= leastContrast && isAspect(shared),
  );
  found.sort((a, b) => b.people - a.people || b.reviews - a.reviews || (a.word < b.word ? -1 : 1));
  const kept = withoutCovered(reviews, found).slice(0, most);
  return new Map(kept.map(({ word, forms }) => [word, forms]));
}
