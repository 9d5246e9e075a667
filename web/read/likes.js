// Owns what counts as a like: which scale ratings are on, and from where on it a person likes an item. Must
// not read files, or choose rows.

/**
 * @typedef {'none' | 'same' | 'thumbs' | 'signed' | 'stars' | 'points' | 'percent' | 'fraction' | 'counts'
 *   } Scale
 */
/**
 * @typedef {object} Likes
 * @property {Scale} scale 'none': no ratings; 'counts': plays and the like, or a scale that is not known
 * @property {number | undefined} threshold the rating from which rows count, if there is one
 * @property {boolean} positive whether 0 and below never count
 * @property {number} highest
 * @property {number} lowest from which rating on all rows count
 * @property {number} stray ratings that are not on the scale
 * @property {number} nothing ratings of 0 and below
 * @property {string} text the scale in words
 */

/** Names of columns that count something, as `plainName` leaves them, and of those that judge. */
const counting =
  /play|count|freq|times|views|clicks|listen|hour|purchase|quantity|weight|minutes|seconds|amount/;
const judging = /rat(e|ing)|score|star|overall|grade|nota|note$/;

/** Of positive ratings, so many must stand on the steps of a scale. */
const mostOnScale = 0.9;
/** A rating is off by less, where thirds are written as .33 and .67. */
const rounding = 0.005;
/** From so many ratings on one of them is no scale of its own. */
const enough = 20;

/** Of the highest rating, so much is a like. */
const likeShare = 0.6;

/**
 * @param {number} value
 * @param {number} steps in 1
 */
const onGrid = (value, steps) => Math.abs(value * steps - Math.round(value * steps)) <= rounding * steps;

/**
 * How often each rating comes, up to a number of different ones.
 * @param {Float64Array} rating
 */
function tally(rating) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const value of rating) {
    const n = counts.get(value);
    if (n !== undefined) counts.set(value, n + 1);
    else if (counts.size < 5000) counts.set(value, 1);
  }
  return counts;
}

/**
 * The highest rating: one that is rare and at least twice as high as the next is a slip.
 * @param {[number, number][]} counts positive ratings and how often they come
 * @param {number} total
 */
function highestOf(counts, total) {
  const sorted = [...counts].sort(([a], [b]) => b - a);
  const slip = (/** @type {number} */ n) => total >= enough && n <= Math.max(1, total * 0.002);
  let k = 0;
  while (k + 1 < sorted.length && slip(sorted[k][1]) && sorted[k][0] >= 2 * sorted[k + 1][0]) k++;
  return sorted[k][0];
}

/**
 * @param {[number, number][]} counts
 * @param {(value: number) => boolean} is
 */
const sumOf = (counts, is) => counts.reduce((sum, [value, n]) => (is(value) ? sum + n : sum), 0);

/**
 * @param {Scale} scale
 * @param {string} text
 * @param {Partial<Likes>} [more]
 * @returns {Likes}
 */
const like = (scale, text, more = {}) => ({
  scale,
  text,
  threshold: undefined,
  positive: true,
  highest: 0,
  lowest: 0,
  stray: 0,
  nothing: 0,
  ...more,
});

/**
 * The median of positive ratings.
 * @param {[number, number][]} counts
 * @param {number} total
 */
function medianOf(counts, total) {
  let seen = 0;
  for (const [value, n] of [...counts].sort(([a], [b]) => a - b)) {
    seen += n;
    if (seen * 2 >= total) return value;
  }
  return 0;
}

/**
 * The rule for stars and points, or undefined where ratings stand on no steps.
 * @param {[number, number][]} counts of positive ratings
 * @param {{ highest: number, total: number, judged: boolean }} known
 * @returns {Likes | undefined}
 */
function steps(counts, { highest, total, judged }) {
  if (highest < 4 || highest > 10) return undefined;
  const fits = (/** @type {number} */ parts) =>
    sumOf(counts, (value) => value <= highest && onGrid(value, parts)) >= mostOnScale * total;
  const parts = [1, 2, 3, 4].find(fits);
  if (!parts && !judged) return undefined;
  const step = { 1: 'whole', 2: 'half', 3: 'third', 4: 'quarter' }[parts ?? 0] ?? 'any';
  const stray = sumOf(counts, (value) => value > highest || (parts !== undefined && !onGrid(value, parts)));
  // Ratings off the steps may be higher than the highest on them.
  const on = counts.filter(([value]) => value <= highest && (!parts || onGrid(value, parts)));
  const top = Math.max(...on.map(([value]) => value));
  const scale = top > 5 ? 'points' : 'stars';
  const name = scale === 'points' ? 'points up to 10' : 'stars';
  return like(scale, `${name} in ${step} steps`, { threshold: likeShare * top, highest: top, stray });
}

/**
 * @param {[number, number][]} counts of positive ratings
 * @param {{ highest: number, total: number, judged: boolean }} known
 * @returns {Likes | undefined}
 */
function wide(counts, { highest, total, judged }) {
  const stray = sumOf(counts, (value) => value > highest);
  if (highest > 10 && highest <= 100) {
    const fives = sumOf(counts, (value) => value <= highest && value % 5 === 0) >= mostOnScale * total;
    const percent = (judged || fives) && highest > 50 && medianOf(counts, total) >= 25;
    if (percent) return like('percent', 'percent', { threshold: likeShare * 100, highest, stray });
  }
  if (judged && highest <= 1 && counts.length > 2)
    return like('fraction', 'parts of 1', { threshold: likeShare * highest, highest, stray });
  return undefined;
}

/**
 * What the ratings of a file say: 60 % of the highest is a like where they are stars, points or percent;
 * above 0 where they are thumbs, counts or what is not known. Single values off the steps change nothing.
 * @param {Float64Array | null} rating
 * @param {string | null} [name] of the column
 * @returns {Likes}
 */
export function likesOf(rating, name) {
  if (!rating) return like('none', 'no ratings', { positive: false });
  const all = [...tally(rating)];
  const counts = all.filter(([value]) => value > 0);
  const nothing = rating.reduce((sum, value) => sum + Number(value <= 0), 0);
  const lowest = rating.reduce((least, value) => Math.min(least, value), 0);
  if (counts.length === 0) return like('thumbs', 'nothing above 0', { nothing, lowest });
  return { ...positiveLikes(all, counts, { name: name ?? '', rows: rating.length }), nothing, lowest };
}

/**
 * @param {[number, number][]} all ratings and how often they come
 * @param {[number, number][]} counts those above 0
 * @param {{ name: string, rows: number }} column
 * @returns {Likes}
 */
function positiveLikes(all, counts, { name, rows }) {
  const plain = name.toLowerCase();
  const below = sumOf(all, (value) => value < 0);
  const total = sumOf(counts, () => true);
  const highest = highestOf(counts, total);
  const known = { highest, total, judged: judging.test(plain) };
  if (all.length === 1) return like('same', `all ${highest}`, { highest });
  if (highest === 1 && counts.every(([value]) => value >= 1)) {
    const text = below > 0 ? '1 for a like, -1 for a dislike' : '1 for a like, 0 for none';
    return like('thumbs', text, { highest, stray: sumOf(counts, (value) => value > 1) });
  }
  if (counting.test(plain)) return like('counts', `counts (${name})`, { highest });
  // One value below 0 stands for no rating; several are a scale around 0.
  const values = all.filter(([value]) => value < 0);
  const noRating = values.length === 1 && Number.isInteger(values[0][0]) && steps(counts, known);
  const around = below > 0.02 * rows && !noRating;
  if (around) return like('signed', 'likes above 0, dislikes below', { highest });
  const unknown = like('counts', 'counts, or a scale that is not known', { highest });
  return steps(counts, known) ?? wide(counts, known) ?? unknown;
}

// --------------------------------------------------------------------------------------------------- weights

/** @typedef {'linear' | 'log1p'} WeightScale */

/**
 * How counts become weights: as they are up to a bound, and where one is higher, all of them by log(1 + n).
 * @param {Float64Array} rating
 * @param {number} bound
 * @param {WeightScale} [wanted]
 * @returns {{ scale: WeightScale, capped: number, of: (count: number) => number }} capped: rows above the
 *   bound
 */
export function weightRule(rating, bound, wanted) {
  let highest = 0;
  for (const value of rating) if (value > highest) highest = value;
  const scale = wanted ?? (highest > bound ? 'log1p' : 'linear');
  const scaled = scale === 'log1p' ? Math.log1p : (/** @type {number} */ value) => value;
  let capped = 0;
  for (const value of rating) if (scaled(value) > bound) capped++;
  return { scale, capped, of: (value) => Math.min(bound, scaled(value)) };
}
