// Owns the priors of all items at once, and how far each relation can be trusted: what prior.js says of one
// item, linear in the links of the whole graph. Must not choose settings.
import { dotAt } from '../core/directions.js';
import { entityRidge, priorRidge } from './prior.js';
import { shrink } from './shrinkage.js';

/** @import { Graph, Links } from './prior.js' */

/** Numbers of a vector that are summed at a time: what the sums of all nodes take stays small. */
const together = 16;

/**
 * Sums over the items around each node: what they add, times their weight there.
 * @param {Graph} graph
 * @param {ArrayLike<number>} vectors
 * @param {{ dim: number, from: number, width: number }} part of the vectors
 */
function sumsOf({ links, attention, says, items, known }, vectors, { dim, from, width }) {
  const sums = new Float64Array(known.length * width);
  for (let k = 0; k < known.length; k++)
    for (let e = links.offsets[k]; e < links.offsets[k + 1]; e++) {
      const i = links.to[e];
      if (i >= items) break; // items come first
      const w = attention[links.relation[e]] * says[i];
      if (w > 0) for (let d = 0; d < width; d++) sums[k * width + d] += w * vectors[i * dim + from + d];
    }
  return sums;
}

/**
 * @typedef {object} Around a node, of all items
 * @property {Float64Array} sums (N + E, width)
 * @property {Float64Array} second (N + E, width) of the entities beside an entity, with their weights
 * @property {Float64Array} secondKnown (N + E) the weights
 */

/**
 * @param {Graph} graph
 * @param {Float64Array} sums
 * @param {number} width
 * @returns {Around}
 */
function around({ links, attention, rarity, known, items, decay }, sums, width) {
  const wanted = decay > 0;
  const second = new Float64Array(wanted ? sums.length : 0);
  const secondKnown = new Float64Array(wanted ? known.length : 0);
  for (let k = items; wanted && k < known.length; k++)
    for (let e = links.offsets[k]; e < links.offsets[k + 1]; e++) {
      const other = links.to[e];
      if (other < items || known[other] === 0) continue;
      const a = decay * rarity[k] * attention[links.relation[e]];
      const factor = a / (entityRidge + known[other]);
      secondKnown[k] += factor * known[other];
      for (let d = 0; d < width; d++) second[k * width + d] += factor * sums[other * width + d];
    }
  return { sums, second, secondKnown };
}

/**
 * The first link of a row that leads to a node or beyond.
 * @param {Pick<Links, 'to'>} links
 * @param {number} from
 * @param {number} end
 * @param {number} k
 */
function firstLink({ to }, from, end, k) {
  let low = from;
  for (let high = end; low < high;) {
    const middle = (low + high) >>> 1;
    if (to[middle] < k) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Links from an entity to entities that item j has too, by whichever row is shorter.
 * @param {Graph} graph
 * @param {number} k
 * @param {number} j
 * @param {(link: number, other: number) => void} take
 */
function eachShared({ links, items }, k, j, take) {
  const { offsets, to } = links;
  const [from, end, first, last] = [offsets[k], offsets[k + 1], offsets[j], offsets[j + 1]];
  if (end - from <= last - first) {
    for (let e = firstLink(links, from, end, items); e < end; e++)
      if (to[firstLink(links, first, last, to[e])] === to[e] && firstLink(links, first, last, to[e]) < last)
        take(e, to[e]);
    return;
  }
  for (let f = firstLink(links, first, last, items); f < last; f++) {
    if (f > first && to[f] === to[f - 1]) continue;
    for (let e = firstLink(links, from, end, to[f]); e < end && to[e] === to[f]; e++) take(e, to[f]);
  }
}

/**
 * The prior of one item from the sums of all.
 * @param {Graph} graph
 * @param {number} j
 * @param {Around} sums
 * @param {{ vectors: ArrayLike<number>, dim: number, from: number, width: number }} part
 * @param {Float64Array} out (width)
 * @returns {number} the sum of the weights
 */
function priorAt(graph, j, { sums, second, secondKnown }, part, out) {
  const { links, attention, rarity, known, items, says, decay } = graph;
  const { vectors, dim, from, width } = part;
  const [first, end] = [links.offsets[j], links.offsets[j + 1]];
  /** What j itself adds around a node. */
  const ownAt = (/** @type {number} */ k) => {
    let own = 0;
    for (let e = firstLink(links, first, end, k); e < end && links.to[e] === k; e++)
      own += attention[links.relation[e]] * says[j];
    return own;
  };
  let sum = 0;
  out.fill(0);
  const add = (/** @type {ArrayLike<number>} */ of, /** @type {number} */ at, /** @type {number} */ by) => {
    for (let d = 0; d < width; d++) out[d] += by * of[at + d];
  };
  /** The items around a node but for j, times a factor that goes to them all. */
  const visit = (/** @type {number} */ k, /** @type {number} */ times) => {
    const mine = ownAt(k);
    const left = known[k] - mine;
    if (!(left > 1e-9 * known[k])) return;
    const factor = times / (entityRidge + left);
    sum += factor * left;
    add(sums, k * width, factor);
    if (mine > 0) add(vectors, j * dim + from, -factor * mine);
  };
  for (let e = first; e < end; e++) {
    const k = links.to[e];
    const a = attention[links.relation[e]];
    if (a === 0) continue;
    if (k < items) {
      sum += a * says[k];
      add(vectors, k * dim + from, a * says[k]);
    }
    visit(k, a);
    if (decay === 0 || k < items) continue;
    sum += a * secondKnown[k];
    add(second, k * width, a);
    // Of nodes that item j has itself, what was summed holds item j: taken out, and put in again without it.
    eachShared(graph, k, j, (link, other) => {
      if (known[other] === 0) return;
      const by = a * decay * rarity[k] * attention[links.relation[link]];
      const whole = by / (entityRidge + known[other]);
      sum -= whole * known[other];
      add(sums, other * width, -whole);
      visit(other, by);
    });
  }
  return sum;
}

/**
 * What the graph says of all items, as it comes: of their vectors, or of any numbers that they have.
 * @param {Graph} graph
 * @param {Float32Array | Float64Array} vectors (N, D)
 * @param {number} dim
 * @returns {{ priors: Float64Array, reached: Uint8Array }} (N, D), and (N) whether any path leads to an item
 */
export function allMeans(graph, vectors, dim) {
  const { items, gain, links } = graph;
  const priors = new Float64Array(items * dim);
  const reached = new Uint8Array(items);
  for (let from = 0; from < dim; from += together) {
    const width = Math.min(together, dim - from);
    const sums = around(graph, sumsOf(graph, vectors, { dim, from, width }), width);
    const out = new Float64Array(width);
    for (let j = 0; j < items; j++) {
      if (links.offsets[j] === links.offsets[j + 1]) continue;
      const sum = priorAt(graph, j, sums, { vectors, dim, from, width }, out);
      if (!(sum > 1e-9)) continue;
      reached[j] = 1;
      for (let d = 0; d < width; d++) priors[j * dim + from + d] = (gain * out[d]) / (priorRidge + sum);
    }
  }
  return { priors, reached };
}

/**
 * The priors of all items: the same, held back.
 * @param {Graph} graph
 * @param {Float32Array | Float64Array} vectors (N, D)
 * @param {number} dim
 * @returns {ReturnType<typeof allMeans>}
 */
export function allPriors(graph, vectors, dim) {
  const found = allMeans(graph, vectors, dim);
  for (let j = 0; graph.shrinkage && j < graph.items; j++)
    if (found.reached[j]) shrink(graph.shrinkage, found.priors.subarray(j * dim, (j + 1) * dim));
  return found;
}

/**
 * @param {ArrayLike<number>} rows
 * @param {number} at
 * @param {number} dim
 */
export function lengthAt(rows, at, dim) {
  let square = 0;
  for (let d = 0; d < dim; d++) square += rows[at + d] ** 2;
  return Math.sqrt(square);
}

/** So many links without any likeness count beside those of each relation. */
const doubt = 10;

/**
 * The sum of directions, each as far as its item is known.
 * @param {ArrayLike<number>} vectors (N x D)
 * @param {number} dim
 * @param {Float64Array} trust (N)
 * @param {Float64Array} lengths (N) of the vectors
 */
function meanDirection(vectors, dim, trust, lengths) {
  const mean = new Float64Array(dim);
  for (let j = 0; j < trust.length; j++)
    if (lengths[j] > 0)
      for (let d = 0; d < dim; d++) mean[d] += (trust[j] * vectors[j * dim + d]) / lengths[j];
  return mean;
}

/**
 * How much more an item is like the items around a node of a relation, itself left out, than like all items:
 * the mean over the links of the relation of the cosine, above that with the mean direction. Items count by
 * how well they are known.
 * @param {Graph} graph of equal weights
 * @param {Float32Array} vectors
 * @param {number} dim
 * @param {Float64Array} trust (N) how well each item is known, 0 to 1
 * @returns {Float64Array} (R) 0 where the relation says nothing; of relations between entities alone the mean
 */
export function agreements(graph, vectors, dim, trust) {
  const { links, items, known } = graph;
  const lengths = Float64Array.from(trust, (_, j) => lengthAt(vectors, j * dim, dim));
  const mean = meanDirection(vectors, dim, trust, lengths);
  const meanLength = lengthAt(mean, 0, dim);
  const sums = new Float64Array(graph.relations.length);
  const weights = new Float64Array(sums.length).fill(doubt);
  const rest = new Float64Array(dim);
  const dot = (/** @type {ArrayLike<number>} */ of, /** @type {number} */ j) => dotAt(of, vectors, j * dim);
  for (let k = 0; k < known.length; k++) {
    rest.fill(0);
    const [from, end] = [links.offsets[k], links.offsets[k + 1]];
    let last = from;
    for (; last < end && links.to[last] < items; last++) {
      const i = links.to[last];
      for (let d = 0; d < dim; d++) rest[d] += trust[i] * vectors[i * dim + d];
    }
    for (let e = from; e < last; e++) {
      const j = links.to[e];
      if (!(lengths[j] > 0 && meanLength > 0) || trust[j] === 0) continue;
      const base = dot(mean, j) / meanLength / lengths[j];
      const take = (/** @type {number} */ cosine) => {
        sums[links.relation[e]] += trust[j] * (cosine - base);
        weights[links.relation[e]] += trust[j];
      };
      if (k < items && lengths[k] > 0)
        take(dot(vectors.subarray(k * dim, (k + 1) * dim), j) / lengths[k] / lengths[j]);
      const without = rest.slice();
      let times = 0;
      for (let f = e; f >= from && links.to[f] === j; f--) times++;
      for (let f = e + 1; f < last && links.to[f] === j; f++) times++;
      for (let d = 0; d < dim; d++) without[d] -= times * trust[j] * vectors[j * dim + d];
      const length = lengthAt(without, 0, dim);
      if (last - from > times && length > 0) take(dot(without, j) / length / lengths[j]);
    }
  }
  return asOthersAre(sums, weights);
}

/**
 * What is between entities alone cannot be tried on items: it is trusted as others are on the average.
 * @param {Float64Array} sums (R)
 * @param {Float64Array} weights (R)
 */
function asOthersAre(sums, weights) {
  const found = sums.map((sum, r) => Math.max(0, sum / weights[r]));
  const tried = found.filter((_, r) => weights[r] > doubt);
  const usual = tried.length > 0 ? tried.reduce((a, b) => a + b, 0) / tried.length : 0;
  return found.map((x, r) => (weights[r] > doubt ? x : usual));
}
