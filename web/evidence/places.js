// Owns where words stand in sentences, and how much a word stands where names of things do, in any language
// that has blanks or a cutter. Must not know a word of any language.

/** @typedef {{ sentences: readonly { words: readonly string[] }[] }} Told */
/** @typedef {Map<string, number>} Places how often each neighbour stands before or behind a word */

/** Neighbours that are told from each other: these most frequent words. */
const frequent = 300;
/** A word is believed to have stood so often in places that say nothing. */
const caution = 5;
/** Every neighbour is believed to have stood so often beside the words of a kind. */
const usual = 0.02;

/** @param {readonly Told[]} told */
function frequentWords(told) {
  /** @type {Map<string, number>} */ const counts = new Map();
  for (const { sentences } of told)
    for (const { words } of sentences)
      for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const order = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return new Set(order.slice(0, frequent).map(([word]) => word));
}

/**
 * The places of words: which frequent word, or the end of the sentence, or another word, is on either side.
 * @param {readonly Told[]} told
 * @param {{ has: (word: string) => boolean }} wanted
 * @returns {Map<string, Places>}
 */
export function placesOf(told, wanted) {
  const common = frequentWords(told);
  const nameOf = (/** @type {string | undefined} */ word) =>
    word === undefined ? 'end' : common.has(word) ? `w ${word}` : 'other';
  /** @type {Map<string, Places>} */ const places = new Map();
  for (const { sentences } of told)
    for (const { words } of sentences)
      words.forEach((word, i) => {
        if (!wanted.has(word)) return;
        const own = places.get(word) ?? new Map();
        places.set(word, own);
        for (const key of [`< ${nameOf(words[i - 1])}`, `> ${nameOf(words[i + 1])}`])
          own.set(key, (own.get(key) ?? 0) + 1);
      });
  return places;
}

const sumOf = (/** @type {Places} */ places) => [...places.values()].reduce((a, b) => a + b, 0);

/**
 * Of a kind of words, how often a neighbour stands beside one; each word counts alike.
 * @param {ReadonlyMap<string, Places>} places
 * @param {readonly string[]} words
 * @returns {(key: string) => number}
 */
function shareOf(places, words) {
  /** @type {Places} */ const sums = new Map();
  let count = 0;
  for (const word of words) {
    const own = places.get(word);
    if (!own) continue;
    const all = sumOf(own);
    for (const [key, n] of own) sums.set(key, (sums.get(key) ?? 0) + n / all);
    count++;
  }
  return (key) => ((sums.get(key) ?? 0) + usual) / (count + 2 * usual * frequent);
}

/**
 * How much more a word stands where `names` stand than where `others` do: the mean of
 * log(share among names / share among others) over its places, both sides together, shrunk.
 * @param {ReadonlyMap<string, Places>} places
 * @param {{ names: readonly string[], others: readonly string[] }} kinds
 * @returns {(word: string) => number}
 */
export function placeLikeness(places, { names, others }) {
  const [ofNames, ofOthers] = [shareOf(places, names), shareOf(places, others)];
  return (word) => {
    const own = places.get(word);
    if (!own) return 0;
    let sum = 0;
    for (const [key, n] of own) sum += n * Math.log(ofNames(key) / ofOthers(key));
    return sum / (sumOf(own) / 2 + caution);
  };
}
