// Owns whether a sentence speaks for or against: learnt from the ratings of the reviews, in whatever language
// they are. Must not know a word of any language.

/** @typedef {{ rating: number | null, sentences: readonly { words: readonly string[] }[] }} Told */
/**
 * @typedef {object} Leans
 * @property {ReadonlyMap<string, number>} weights of words and pairs of words, in log odds
 * @property {number} bias log odds of a sentence that says nothing
 * @property {number} low the lowest rating
 * @property {number} high
 * @property {number} mean of all
 */

/** Fewer ratings of a kind teach nothing. */
const fewestRatings = 5;
/** What fewer sentences have says nothing. */
const fewestSentences = 5;
/** What holds weights at 0, how far a first step goes, and how often all sentences are gone through. */
const ridge = 0.03;
const step = 0.3;
const rounds = 3;
/** How far from the middle the log odds must be to be told. */
const least = 0.5;
/** The middle lies towards what is usual, so far at most. */
const mostUsual = 0.5;

/**
 * Words and pairs of words that follow each other, each once: "not good" is one of its own.
 * @param {readonly string[]} words
 */
const signsOf = (words) => [
  ...new Set(words.flatMap((word, i) => (i ? [word, `${words[i - 1]} ${word}`] : word))),
];

/**
 * Sentences of reviews above and below the middle of the scale, by numbers of what they have.
 * @param {readonly Told[]} rated
 * @param {number} middle
 */
function examplesOf(rated, middle) {
  const told = rated.flatMap(({ rating, sentences }) =>
    rating === middle
      ? []
      : sentences.map(({ words }) => ({ isFor: Number(rating) > middle ? 1 : 0, signs: signsOf(words) })),
  );
  /** @type {Map<string, number>} */ const counts = new Map();
  for (const { signs } of told) for (const sign of signs) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  const names = [...counts].flatMap(([sign, n]) => (n >= fewestSentences ? [sign] : []));
  const places = new Map(names.map((sign, i) => [sign, i]));
  const examples = told.map(({ isFor, signs }) => ({
    isFor,
    own: signs.flatMap((sign) => places.get(sign) ?? []),
  }));
  return { names, examples };
}

/**
 * Logistic regression by AdaGrad (Duchi et al. 2011), sentence after sentence in their order.
 * @param {readonly { isFor: number, own: number[] }[]} examples
 * @param {number} n weights
 */
function fitted(examples, n) {
  const weights = new Float64Array(n);
  const squares = new Float64Array(n).fill(1);
  const up = examples.filter(({ isFor }) => isFor === 1).length;
  let bias = Math.log((up + 1) / (examples.length - up + 1));
  let square = 1;
  for (let round = 0; round < rounds; round++)
    for (const { isFor, own } of examples) {
      let odds = bias;
      for (const i of own) odds += weights[i];
      const error = 1 / (1 + Math.exp(-odds)) - isFor;
      square += error * error;
      bias -= (step * error) / Math.sqrt(square);
      for (const i of own) {
        const slope = error + ridge * weights[i];
        squares[i] += slope * slope;
        weights[i] -= (step * slope) / Math.sqrt(squares[i]);
      }
    }
  return { weights, bias };
}

/**
 * What words say of the rating of the review that they stand in.
 * @param {readonly Told[]} reviews
 * @returns {Leans | null} null: too few ratings of either kind
 */
export function leansOf(reviews) {
  const rated = reviews.filter(({ rating }) => rating !== null);
  const ratings = rated.map(({ rating }) => Number(rating));
  const low = ratings.reduce((a, b) => Math.min(a, b), Infinity);
  const high = ratings.reduce((a, b) => Math.max(a, b), -Infinity);
  const middle = (low + high) / 2;
  const up = ratings.filter((rating) => rating > middle).length;
  const down = ratings.filter((rating) => rating < middle).length;
  if (up < fewestRatings || down < fewestRatings) return null;
  const { names, examples } = examplesOf(rated, middle);
  const { weights, bias } = fitted(examples, names.length);
  const mean = ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length;
  return { weights: new Map(names.map((name, i) => [name, weights[i]])), bias, low, high, mean };
}

/**
 * 1: for, -1: against, 0: neither, or not told. What the words say, and how far the review's own rating is
 * from the mean, -2 to 2 for the whole scale.
 * @param {readonly string[]} words
 * @param {number | null} rating
 * @param {Leans | null} known
 */
export function polarityOf(words, rating, known) {
  if (!known) return 0;
  const { weights, bias, low, high, mean } = known;
  let odds = bias;
  for (const sign of signsOf(words)) odds += weights.get(sign) ?? 0;
  if (rating !== null) odds += (2 * (rating - mean)) / (high - low);
  const off = odds - Math.min(Math.max(bias, -mostUsual), mostUsual);
  return Math.abs(off) < least ? 0 : Math.sign(off);
}
