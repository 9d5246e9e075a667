// Owns what a simulation reads of a model: directions of the items, popularity, regions of taste. Must not
// know people.
import { AMPCF_MAX_CATEGORIES, AMPCF_NO_CLUSTER } from '../core/abi.js';
import { toDirections } from '../core/directions.js';
import { AmpcfError } from '../core/errors.js';
import { aspectsOfItem, clusterOfItem, titleAt, vectorsOf } from '../core/kernel.js';
import { biasesOf } from '../model/biases.js';
import { modelArgument } from '../model/handles.js';

/** @import { Model } from '../model/model.js' */
/**
 * @typedef {object} Region items that belong together
 * @property {'aspect' | 'cluster'} kind
 * @property {string} name of the aspect, or of the most popular item of the cluster
 * @property {number[]} items
 * @property {Float32Array} centre (D) direction
 */
/**
 * @typedef {object} World
 * @property {Model} model
 * @property {number} n items
 * @property {number} dim
 * @property {Float32Array} unit (N x D) directions of the items; 0 where an item has none
 * @property {Float64Array} popularity (N) shares, sum 1
 * @property {Region[]} regions
 * @property {number[][]} categories (N) what tastes are counted over: aspects, or clusters
 * @property {number} size how many categories there are
 */

/** Without clusters in the file items are grouped into so many at most. */
const mostGroups = 24;
const groupingSweeps = 8;
/** How flat popularity by place in the file is where the file has no other. */
const places = 10;

/**
 * @param {ArrayLike<number>} a
 * @param {number} from where the other begins
 * @param {Float32Array} b
 */
export function dotAt(a, from, b) {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d] * b[from + d];
  return sum;
}

/**
 * Sum of directions, of length 1.
 * @param {Float32Array} unit
 * @param {number} dim
 * @param {Iterable<number>} items
 */
export function centreOf(unit, dim, items) {
  const centre = new Float32Array(dim);
  for (const j of items) for (let d = 0; d < dim; d++) centre[d] += unit[j * dim + d];
  return toDirections(centre, dim);
}

/**
 * Bias is a share of the people where it was trained; without it the place in the file says who is popular,
 * where anybody was counted.
 * @param {Model} model
 */
function popularityOf(model) {
  const bias = biasesOf(model);
  const isCounted = bias.every((b) => b > 0) && bias.some((b) => b !== bias[0]);
  const isSorted = Number(model.info.metadata.users) > 0;
  const raw = Float64Array.from(bias, (b, j) => (isCounted ? b : isSorted ? 1 / (places + j) : 1));
  const sum = raw.reduce((a, b) => a + b, 0);
  return raw.map((x) => x / sum);
}

/**
 * Groups of items by spherical k-means, for files without clusters. It begins with popular items, in turn.
 * @param {Float32Array} unit
 * @param {number} n
 * @param {number} dim
 */
function grouped(unit, n, dim) {
  const count = Math.max(1, Math.min(mostGroups, Math.floor(Math.sqrt(n))));
  const of = new Uint32Array(n);
  /** @type {Float32Array[]} */
  let centres = Array.from({ length: count }, (_, c) => unit.slice(c * dim, (c + 1) * dim));
  for (let sweep = 0; sweep < groupingSweeps; sweep++) {
    for (let j = 0; j < n; j++) {
      let best = -Infinity;
      centres.forEach((centre, c) => {
        const near = dotAt(centre, j * dim, unit);
        if (near > best) [best, of[j]] = [near, c];
      });
    }
    const members = centres.map(() => /** @type {number[]} */ ([]));
    of.forEach((c, j) => members[c].push(j));
    centres = members.map((items, c) => (items.length > 0 ? centreOf(unit, dim, items) : centres[c]));
  }
  return of;
}

/**
 * @param {Model} model
 * @param {Float32Array} unit
 * @returns {(number | undefined)[]} (N) cluster of each item
 */
function clustersOf(model, unit) {
  const { items: n, dim, clusters } = model.info;
  if (clusters === 0) return [...grouped(unit, n, dim)];
  return Array.from({ length: n }, (_, j) => {
    const cluster = clusterOfItem(model.kernel, j);
    return cluster === AMPCF_NO_CLUSTER ? undefined : cluster;
  });
}

/**
 * Items by what each has.
 * @param {number[][]} of
 */
function membersOf(of) {
  const members = /** @type {Map<number, number[]>} */ (new Map());
  of.forEach((list, j) => {
    for (const a of list) {
      const items = members.get(a);
      if (items) items.push(j);
      else members.set(a, [j]);
    }
  });
  return [...members].sort(([a], [b]) => a - b);
}

/** @type {WeakMap<Model, World>} */
const worlds = /* @__PURE__ */ new WeakMap();

/**
 * @param {Model} given
 * @returns {World}
 */
export function worldOf(given) {
  const model = modelArgument(given);
  const known = worlds.get(model);
  if (known) return known;
  const { items: n, dim } = model.info;
  if (n === 0) throw new AmpcfError('NO_DATA', 'simulation: got a model of 0 items, wanted at least 1');
  const unit = toDirections(vectorsOf(model.kernel, 0, n), dim);
  const aspects = Array.from({ length: n }, (_, j) => aspectsOfItem(model.kernel, j));
  const clusters = clustersOf(model, unit).map((c) => (c === undefined ? [] : [c]));
  const region = (
    /** @type {Region['kind']} */ kind,
    /** @type {string} */ name,
    /** @type {number[]} */ items,
  ) => ({ kind, name, items, centre: centreOf(unit, dim, items) });
  const title = (/** @type {number} */ j) => titleAt(model.kernel, j);
  const regions = [
    ...membersOf(aspects).map(([a, items]) => region('aspect', model.aspectNames[a], items)),
    ...membersOf(clusters).map(([, items]) => region('cluster', title(items[0]), items)),
  ];
  const byAspects = model.info.aspects > 0 && model.info.aspects <= AMPCF_MAX_CATEGORIES;
  const categories = byAspects ? aspects : clusters;
  const size = byAspects ? model.info.aspects : Math.max(1, ...clusters.map(([c = 0]) => c + 1));
  const world = { model, n, dim, unit, popularity: popularityOf(model), regions, categories, size };
  worlds.set(model, world);
  return world;
}
