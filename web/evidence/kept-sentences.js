// Owns which sentences of an item are kept: typical, informative, short ones, none that says the same again.
// Must not know people.

/**
 * @typedef {object} Candidate
 * @property {string} text
 * @property {readonly string[]} words
 * @property {number[]} aspects
 * @property {number} polarity
 */
/** @typedef {Candidate & { worth: number }} Picked */
/** @typedef {{ perAspect: number, perItem: number }} Most */

/** Above this share of words in common two sentences say the same. */
const alike = 0.6;
/** From so many characters to so many a sentence is as long as one should be. */
const shortest = 20;
const longest = 40;
/** Informative ones have so many telling words. */
const telling = 6;

/**
 * How rare each word is among the reviews: log(R / R_w).
 * @param {readonly { words: ReadonlySet<string> }[]} reviews
 */
export function raritiesOf(reviews) {
  /** @type {Map<string, number>} */ const seen = new Map();
  for (const { words } of reviews) for (const word of words) seen.set(word, (seen.get(word) ?? 0) + 1);
  return new Map([...seen].map(([word, n]) => [word, Math.log(reviews.length / n)]));
}

/**
 * 1 at a good length, less on both sides.
 * @param {number} length
 */
const lengthWorth = (length) =>
  length < shortest ? length / shortest : length <= longest ? 1 : Math.exp((longest - length) / longest);

/** @param {string} text markup and shouting are shown, but not chosen where there is something else */
const isPlain = (text) => !/[<>{}\\]|[!?]{3}|https?/.test(text) && text !== text.toUpperCase();

/**
 * @param {ReadonlySet<string>} a
 * @param {ReadonlySet<string>} b
 */
function likeness(a, b) {
  let both = 0;
  for (const word of a) if (b.has(word)) both++;
  return both / (a.size + b.size - both || 1);
}

/**
 * How good each sentence is: the cosine of its words with those of all sentences of the item, by rarity,
 * times how many telling words it has, times its length.
 * @param {readonly Candidate[]} candidates of one item
 * @param {ReadonlyMap<string, number>} rarities
 */
function worthOf(candidates, rarities) {
  const rare = (/** @type {string} */ word) => rarities.get(word) ?? 0;
  /** @type {Map<string, number>} */ const middle = new Map();
  const sets = candidates.map(({ words }) => new Set(words));
  for (const set of sets) for (const word of set) middle.set(word, (middle.get(word) ?? 0) + rare(word));
  let square = 0;
  for (const mass of middle.values()) square += mass * mass;
  return candidates.map(({ text }, i) => {
    let [dot, own, tells] = [0, 0, 0];
    for (const word of sets[i]) {
      dot += rare(word) * (middle.get(word) ?? 0);
      own += rare(word) ** 2;
      tells += rare(word) > 1 ? 1 : 0;
    }
    const typical = dot / Math.sqrt(own * square || 1);
    const informative = Math.min(1, tells / telling);
    const worth = (0.2 + typical) * (0.3 + informative) * lengthWorth(text.length);
    return { set: sets[i], worth: isPlain(text) ? worth : worth / 4 };
  });
}

/**
 * The sentences of an item that are kept: of each aspect in turn, the most mentioned first, its best one that
 * is like none before, until there are enough.
 * @param {readonly Candidate[]} candidates
 * @param {readonly { aspect: number }[]} mentions the most mentioned first
 * @param {ReadonlyMap<string, number>} rarities
 * @param {Most} most
 * @returns {Picked[]} in the order in which they were kept
 */
export function pickedOf(candidates, mentions, rarities, { perAspect, perItem }) {
  const worths = worthOf(candidates, rarities);
  const order = candidates.map((_, i) => i).sort((a, b) => worths[b].worth - worths[a].worth || a - b);
  /** @type {number[]} */ const kept = [];
  /** @type {Map<number, number>} */ const counts = new Map();
  const lead = new Map(/** @type {[number, number][]} */ ([]));
  const isNew = (/** @type {number} */ i) =>
    kept.every((other) => likeness(worths[other].set, worths[i].set) < alike);
  for (let round = 0; round < perAspect; round++)
    for (const { aspect } of mentions) {
      if (kept.length >= perItem) break;
      if ((counts.get(aspect) ?? 0) > round) continue;
      const found = order.find(
        (i) => !kept.includes(i) && candidates[i].aspects.includes(aspect) && isNew(i),
      );
      if (found === undefined) continue;
      kept.push(found);
      lead.set(found, aspect);
      for (const own of candidates[found].aspects) counts.set(own, (counts.get(own) ?? 0) + 1);
    }
  return kept.map((i) => {
    const first = /** @type {number} */ (lead.get(i));
    const aspects = [first, ...candidates[i].aspects.filter((aspect) => aspect !== first)];
    return { ...candidates[i], aspects, worth: worths[i].worth };
  });
}
