// Owns the fit of probabilities to what people liked: isotonic by score, for several history lengths, and
// what a person's own share of likes adds. Must not load models.
import { addOuter, cholesky, packedSize, solveLower, solveUpper } from '../core/packed.js';
import { quantile } from '../core/quantile.js';
import { bandOf, byLength, logit, logistic, logitOf, ownLogit } from '../confidence/calibration.js';

/** @import { Calibration, OwnRate } from '../confidence/calibration.js' */
/**
 * @typedef {object} Row an item that may be liked
 * @property {{ events: number, likes: number }} history
 * @property {number} score
 * @property {boolean} liked
 * @property {number} weight so many items does it stand for
 */
/**
 * @typedef {object} Block of neighbouring scores
 * @property {number} weight
 * @property {number} likes by weight
 * @property {number} score sum of weight times score
 * @property {number} events likes, each counted once
 * @property {number} rows
 * @property {number} last score
 */
/** @typedef {Pick<Calibration, 'histories' | 'scores' | 'logits' | 'own' | 'baseRate'>} FittedMap */

const mostLengths = 4;
/**
 * So many likes, less the share that is liked anyhow, make another length of histories; a knot of a line
 * takes so many likes, and so many items that its share is known to this standard error.
 */
const likesOfLength = 500;
const likesOfKnot = 20;
const errorOfKnot = 0.02;
const mostKnots = 16;
const ownStrength = 5;

const likesIn = (/** @type {readonly Row[]} */ rows) => rows.reduce((sum, row) => sum + Number(row.liked), 0);
const rounded = (/** @type {number} */ x) => Number(x.toFixed(5));

/**
 * @param {readonly Row[]} rows
 */
function rateOf(rows) {
  let likes = 0;
  let all = 0;
  for (const { liked, weight } of rows) {
    all += weight;
    if (liked) likes += weight;
  }
  return (likes + 0.5) / (all + 1);
}

/**
 * Blocks of scores whose shares of likes never fall: pool adjacent violators (Ayer et al. 1955).
 * @param {readonly Row[]} rows
 */
function pooled(rows) {
  const blocks = /** @type {Block[]} */ ([]);
  for (const { score, liked, weight } of [...rows].sort((a, b) => a.score - b.score)) {
    const likes = liked ? weight : 0;
    let block = { weight, likes, score: weight * score, events: Number(liked), rows: 1, last: score };
    for (let before = blocks.at(-1); before; before = blocks.at(-1)) {
      const falls = before.likes * block.weight >= block.likes * before.weight;
      if (!falls && before.last < score) break;
      blocks.pop();
      block = {
        weight: before.weight + block.weight,
        likes: before.likes + block.likes,
        score: before.score + block.score,
        events: before.events + block.events,
        rows: before.rows + block.rows,
        last: block.last,
      };
    }
    blocks.push(block);
  }
  return blocks;
}

/**
 * Knots of the line: blocks together that have enough likes.
 * @param {readonly Row[]} rows
 * @param {number} rate which a knot is shrunk to by one item
 */
function lineOf(rows, rate) {
  const enough = Math.max(likesOfKnot, likesIn(rows) / mostKnots);
  const knots = /** @type {[number, number][]} */ ([]);
  let sum = { weight: 0, likes: 0, score: 0, events: 0, rows: 0 };
  const close = () => {
    if (sum.weight === 0) return;
    const x = rounded(sum.score / sum.weight);
    const y = rounded(logit((sum.likes + rate) / (sum.weight + 1)));
    const before = knots.at(-1);
    if (before && !(x > before[0])) before[1] = Math.max(before[1], y);
    else knots.push([x, Math.max(y, before?.[1] ?? -Infinity)]);
    sum = { weight: 0, likes: 0, score: 0, events: 0, rows: 0 };
  };
  for (const block of pooled(rows)) {
    sum.weight += block.weight;
    sum.likes += block.likes;
    sum.score += block.score;
    sum.events += block.events;
    sum.rows += block.rows;
    const p = sum.likes / sum.weight;
    if (sum.events >= enough && Math.sqrt((p * (1 - p)) / sum.rows) <= errorOfKnot) close();
  }
  // What is left has fewer likes, and the best scores: it ends the line only where it has some.
  if (sum.events > 0 || knots.length === 0) close();
  return { xs: knots.map(([x]) => x), ys: knots.map(([, y]) => y) };
}

/**
 * Rows by the length of their history, each with about as many people.
 * @param {readonly Row[]} rows
 */
function byLengths(rows) {
  const people = [...new Set(rows.map(({ history }) => history))]
    .map(({ likes }) => likes)
    .sort((a, b) => a - b);
  const told = likesIn(rows) * (1 - rateOf(rows));
  const n = Math.max(1, Math.min(mostLengths, Math.floor(told / likesOfLength)));
  const edges = Array.from({ length: n - 1 }, (_, k) => people[Math.floor(((k + 1) * people.length) / n)]);
  const groups = Array.from({ length: n }, () => /** @type {Row[]} */ ([]));
  for (const row of rows) groups[edges.filter((edge) => row.history.likes >= edge).length].push(row);
  return groups.filter((group) => likesIn(group) > 0);
}

/** @param {readonly Row[]} rows */
function middleLength(rows) {
  const people = [...new Set(rows.map(({ history }) => history))];
  return rounded(Math.expm1(people.reduce((sum, { likes }) => sum + Math.log1p(likes), 0) / people.length));
}

/**
 * Logistic regression of likes on a few numbers, by Newton's method with halved steps.
 * @param {readonly Row[]} rows
 * @param {(row: Row) => number[]} numbersOf
 * @returns {number[]}
 */
function logisticFit(rows, numbersOf) {
  const xs = rows.map(numbersOf);
  const dim = xs[0].length;
  const zOf = (/** @type {number[]} */ b, /** @type {number} */ i) =>
    xs[i].reduce((sum, x, d) => sum + x * b[d], 0);
  const loss = (/** @type {number[]} */ b) =>
    rows.reduce((sum, { liked, weight }, i) => {
      const z = zOf(b, i);
      return sum + weight * (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - (liked ? z : 0));
    }, 0);
  let b = [0, 1, ...Array(dim - 2).fill(0)];
  let now = loss(b);
  for (let round = 0; round < 30; round++) {
    const step = newtonStep(rows, xs, (i) => logistic(zOf(b, i)));
    let part = 1;
    let next = b;
    for (; part > 1e-4; part /= 2) {
      next = b.map((value, d) => value + part * step[d]);
      if (loss(next) < now) break;
    }
    const reached = loss(next);
    if (!(now - reached > 1e-8 * now)) break;
    b = next;
    now = reached;
  }
  return b;
}

/**
 * @param {readonly Row[]} rows
 * @param {number[][]} xs
 * @param {(i: number) => number} chance
 */
function newtonStep(rows, xs, chance) {
  const dim = xs[0].length;
  const gradient = new Float64Array(dim);
  const hessian = new Float64Array(packedSize(dim));
  rows.forEach(({ liked, weight }, i) => {
    const p = chance(i);
    for (let d = 0; d < dim; d++) gradient[d] += weight * (Number(liked) - p) * xs[i][d];
    addOuter(hessian, weight * p * (1 - p), xs[i], dim);
  });
  for (let d = 0; d < dim; d++) hessian[packedSize(d) + d] += 1e-3;
  const l = cholesky(hessian, dim);
  return solveUpper(l, solveLower(l, gradient));
}

/**
 * @param {readonly Row[]} rows
 * @param {FittedMap} line
 * @returns {OwnRate | null} null: nobody has anything that was not liked, or it says nothing
 */
function ownRate(rows, line) {
  const people = [...new Set(rows.map(({ history }) => history))];
  const events = people.reduce((sum, history) => sum + history.events, 0);
  const likes = people.reduce((sum, history) => sum + history.likes, 0);
  if (!(likes > 0 && likes < events)) return null;
  const own = {
    base: rounded(likes / events),
    strength: ownStrength,
    slopes: /** @type {const} */ ([0, 1, 0, 0]),
  };
  if (!(own.base > 0 && own.base < 1)) return null;
  const by = /** @type {Calibration} */ ({ ...line, own: null });
  const [a, b, c, d] = logisticFit(rows, ({ history, score }) => [
    1,
    logitOf(by, history, score),
    ownLogit(own, history),
    Math.log1p(history.events),
  ]);
  if (b >= 0) return { ...own, slopes: [rounded(a), rounded(b), rounded(c), rounded(d)] };
  // The score says nothing that the share does not.
  const [start, share, length] = logisticFit(rows, ({ history }) => [
    1,
    ownLogit(own, history),
    Math.log1p(history.events),
  ]);
  return { ...own, slopes: [rounded(start), 0, rounded(share), rounded(length)] };
}

/**
 * @param {readonly Row[]} rows with some likes among them
 * @returns {FittedMap}
 */
export function fitMap(rows) {
  const lengths = /** @type {{ length: number, line: ReturnType<typeof lineOf> }[]} */ ([]);
  for (const group of byLengths(rows)) {
    const length = middleLength(group);
    if (length > (lengths.at(-1)?.length ?? -1)) lengths.push({ length, line: lineOf(group, rateOf(group)) });
  }
  const line = {
    histories: lengths.map(({ length }) => length),
    scores: lengths.map(({ line: { xs } }) => xs),
    logits: lengths.map(({ line: { ys } }) => ys),
    baseRate: Math.max(1e-5, Math.min(1 - 1e-5, Number(rateOf(rows).toPrecision(5)))),
    own: null,
  };
  return { ...line, own: ownRate(rows, line) };
}

/**
 * @typedef {object} Move the logit of one item by a part of a history, and by all of it
 * @property {number} likes of the part
 * @property {number} uncertainty by the part
 * @property {number} by how far the logit moved
 */

/** So few say nothing of their own length or band. */
const fewMoves = 200;
const spreadLengths = 4;

/**
 * What is added to a logit for the two ends of an interval, by history length and band of uncertainty:
 * quantiles of how far logits moved when the rest of the history was known.
 * @param {readonly Move[]} moves
 * @param {readonly [number, number]} bands
 * @param {number} level
 * @returns {Calibration['spread']}
 */
export function spreadOf(moves, bands, level) {
  const ends = (/** @type {readonly Move[]} */ some) => {
    const sorted = Float64Array.from(some, (move) => move.by).sort();
    const tail = (1 - level) / 2;
    const low = quantile(sorted, tail);
    const high = quantile(sorted, 1 - tail);
    return /** @type {[number, number]} */ ([rounded(Math.min(0, low)), rounded(Math.max(0, high))]);
  };
  const sorted = [...moves].sort((a, b) => a.likes - b.likes);
  const n = Math.max(1, Math.min(spreadLengths, Math.floor(moves.length / (3 * fewMoves))));
  const edges = Array.from(
    { length: n - 1 },
    (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / n)].likes,
  );
  const found = /** @type {{ history: number, ends: [number, number][] }[]} */ ([]);
  for (let k = 0; k < n; k++) {
    const own = moves.filter(({ likes }) => edges.filter((edge) => likes >= edge).length === k);
    if (own.length === 0) continue;
    const history = rounded(
      Math.expm1(own.reduce((sum, { likes }) => sum + Math.log1p(likes), 0) / own.length),
    );
    if (found.length > 0 && !(history > found[found.length - 1].history)) continue;
    const bandEnds = [0, 1, 2].map((band) => {
      const banded = own.filter((move) => bandOf({ bands }, move.uncertainty) === band);
      return ends(banded.length >= fewMoves ? banded : own);
    });
    found.push({ history, ends: bandEnds });
  }
  if (found.length === 0) return { histories: [1], ends: [[0, 1, 2].map(() => [0, 0])] };
  return { histories: found.map(({ history }) => history), ends: found.map((one) => one.ends) };
}
