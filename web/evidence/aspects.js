// Owns what sentences speak of: words of given aspects, or words learnt by contrast between items. Must not
// choose sentences.

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
/** Words that stand for things of which there are many, and so differ between items; of English alone. */
const standIns = new Set(
  (
    "these they them those their theirs this that its it it's they're i've i'm his her hers him " +
    'she he you your our my one ones two three each every several such some any all both off end ' +
    'ever always must just has had have are is was were been being does did done use used uses ' +
    'using work works worked working got get'
  ).split(' '),
);

/** Numbers say nothing, nor do two letters of an alphabet. */
const isName = (/** @type {string} */ word) =>
  !standIns.has(word) &&
  /\p{L}/u.test(word) &&
  !/\d/.test(word) &&
  word.length >= (/^[\p{Script=Han}]/u.test(word) ? 2 : 3);

/**
 * A word and its plural are one: what is left of a word without the s that another has.
 * @param {string} word
 * @param {{ has: (word: string) => boolean }} known
 */
function stemOf(word, known) {
  for (const end of ['es', 's'])
    if (word.length > end.length + 2 && word.endsWith(end) && known.has(word.slice(0, -end.length)))
      return word.slice(0, -end.length);
  return word;
}

/**
 * Aspects learnt by contrast: a word that reviews of one item have in common more often than reviews of all
 * items do by chance is a word about items. Of a word in the share p of R reviews, E = p^2 W pairs of reviews
 * of the same item would both have it, of W such pairs; C do. A word with C >= 1.2 E and C - E >=
 * 3 sqrt(E + 1) is an aspect; of those, what most people speak of.
 * @param {readonly { item: number, person: number, words: ReadonlySet<string> }[]} reviews
 * @param {{ most: number, people: number }} options most aspects; people who must say the word
 * @returns {Map<string, string[]>} words of each aspect, what most people speak of first
 */
export function learntAspects(reviews, { most, people }) {
  /** @type {Map<string, { people: Set<number>, reviews: number, items: Map<number, number> }>} */
  const seen = new Map();
  /** @type {Map<number, number>} */ const perItem = new Map();
  const vocabulary = new Set(reviews.flatMap(({ words }) => [...words]));
  /** @type {Map<string, Set<string>>} */ const forms = new Map();
  for (const { item, person, words } of reviews) {
    perItem.set(item, (perItem.get(item) ?? 0) + 1);
    const stems = new Set(
      [...words].filter(isName).map((word) => {
        const stem = stemOf(word, vocabulary);
        forms.set(stem, (forms.get(stem) ?? new Set([stem])).add(word));
        return stem;
      }),
    );
    for (const stem of stems) {
      const entry = seen.get(stem) ?? { people: new Set(), reviews: 0, items: new Map() };
      entry.people.add(person);
      entry.reviews++;
      entry.items.set(item, (entry.items.get(item) ?? 0) + 1);
      seen.set(stem, entry);
    }
  }
  let pairs = 0;
  for (const n of perItem.values()) pairs += n * (n - 1);
  const found = [...seen].flatMap(([word, entry]) => {
    const share = entry.reviews / reviews.length;
    if (entry.people.size < people || entry.items.size < fewestItems || share > mostShare) return [];
    let both = 0;
    for (const n of entry.items.values()) both += n * (n - 1);
    const expected = share * share * pairs;
    const isContrast =
      both >= leastRatio * expected && both - expected >= leastContrast * Math.sqrt(expected + 1);
    return isContrast ? [{ word, people: entry.people.size }] : [];
  });
  return new Map(
    found
      .sort((a, b) => b.people - a.people || (a.word < b.word ? -1 : 1))
      .slice(0, most)
      .map(({ word }) => [word, [...(forms.get(word) ?? [])].sort()]),
  );
}
