// Owns whether a sentence speaks for or against: learnt from the ratings of the reviews, in whatever language
// they are. Must not know a word of any language.

/** @typedef {{ words: readonly string[], rating: number | null, person: number }} Told */

/** So many reviews without the word it is believed to have had, half of each kind. */
const caution = 4;
/** What a word says at most: one word alone proves little. */
const mostPerWord = 2;
/** How much what most ratings are is believed of a sentence. */
const trust = 0.25;
/** How far from nothing the sum must be to be told. */
const least = 0.5;

/**
 * How much more often each word is said by who rated above the middle of the ratings than by who rated below:
 * log((n+ + c) / (N+ + 2 c)) - log((n- + c) / (N- + 2 c)). A review says a word once.
 * @param {readonly { words: ReadonlySet<string>, rating: number | null }[]} reviews
 * @returns {{ leans: Map<string, number>, high: number, low: number, usual: number } | null} usual: the log
 *   of how many rated above the middle for each who rated below; null: too few ratings of either kind
 */
export function leansOf(reviews) {
  const rated = reviews.filter(({ rating }) => rating !== null);
  const ratings = rated.map(({ rating }) => Number(rating));
  const low = ratings.reduce((a, b) => Math.min(a, b), Infinity);
  const high = ratings.reduce((a, b) => Math.max(a, b), -Infinity);
  const middle = (low + high) / 2;
  const kinds = rated.map(({ rating }) => Math.sign(Number(rating) - middle));
  const totals = {
    up: kinds.filter((kind) => kind > 0).length,
    down: kinds.filter((kind) => kind < 0).length,
  };
  if (totals.up < 5 || totals.down < 5) return null;
  /** @type {Map<string, { up: number, down: number }>} */ const said = new Map();
  rated.forEach(({ words }, i) => {
    for (const word of kinds[i] === 0 ? [] : words) {
      const entry = said.get(word) ?? { up: 0, down: 0 };
      if (kinds[i] > 0) entry.up++;
      else entry.down++;
      said.set(word, entry);
    }
  });
  // Both kinds are believed to have said each word as often as all have.
  const all = totals.up + totals.down;
  const leans = new Map(
    [...said].map(([word, { up, down }]) => {
      const base = (up + down) / all;
      const lean = Math.log(
        (up + caution * base) / (totals.up + caution) / ((down + caution * base) / (totals.down + caution)),
      );
      return [word, Math.min(Math.max(lean, -mostPerWord), mostPerWord)];
    }),
  );
  return { leans, low, high, usual: Math.log(totals.up / totals.down) };
}

/**
 * 1: for, -1: against, 0: neither, or not told. What the words say, and what the review's own rating says.
 * @param {readonly string[]} words
 * @param {number | null} rating
 * @param {ReturnType<typeof leansOf>} known
 */
export function polarityOf(words, rating, known) {
  if (!known) return 0;
  let sum = trust * known.usual;
  for (const word of new Set(words)) sum += known.leans.get(word) ?? 0;
  const { low, high } = known;
  if (rating !== null) sum += ((2 * rating - low - high) / (high - low)) * 1;
  return Math.abs(sum) < least ? 0 : Math.sign(sum);
}
