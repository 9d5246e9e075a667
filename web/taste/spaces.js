// Owns the three taste spaces of a model: aspects, frozen item clusters, a person's own personas. Must not
// compare distributions.
import { AMPCF_MAX_CATEGORIES, AMPCF_NO_CLUSTER } from '../core/abi.js';
import { badArgument, listArgument } from '../core/arguments.js';
import { aspectAt, aspectsOfItem, clusterOfItem, idAt, titleAt } from '../core/kernel.js';
import { AmpcfError } from '../core/errors.js';
import { personaLabels } from '../model/labels.js';
import { packRows } from './checks.js';

/** @import { Measured } from '../model/measured.js' */
/** @import { Model } from '../model/model.js' */
/** @import { Rows } from './kernel.js' */
/**
 * @typedef {object} OwnSpace categories of an app's own, or of `relationSpace` of 'ampcf/graph'
 * @property {readonly string[]} categories their names
 * @property {(item: string) => Iterable<number>} of the categories of an item, by their places in the names;
 *   none: the item does not count
 */
/** @typedef {'aspects' | 'clusters' | 'personas' | OwnSpace} Space */
/**
 * @typedef {{ index: number, label: string, items: number, titles: string[], aspects: { aspect: string,
 *   share: number, lift: number }[] }} Cluster items: how many; titles: of the most popular three
 */

const shownTitles = 3;

/**
 * A space that this model has.
 * @param {Model} model
 * @param {unknown} name
 * @returns {Space}
 */
export function spaceArgument(model, name) {
  const space = name === undefined ? 'aspects' : name;
  if (space === 'aspects' && model.info.aspects === 0)
    throw new AmpcfError(
      'NO_ASPECTS',
      'taste is measured over aspects, and this model has none: train with --items' +
        (model.info.clusters ? ", or give space: 'clusters'" : ''),
    );
  if (space === 'clusters' && model.info.clusters === 0)
    throw new AmpcfError(
      'NO_CLUSTERS',
      'taste is measured over clusters, and this model has none: train with clusters above 0',
    );
  if (space === 'aspects' || space === 'clusters' || space === 'personas') return space;
  const own = /** @type {OwnSpace} */ (space);
  const isOwn = typeof own?.of === 'function' && Array.isArray(own.categories) && own.categories.length > 0;
  if (
    !isOwn ||
    own.categories.length > AMPCF_MAX_CATEGORIES ||
    own.categories.some((each) => typeof each !== 'string')
  )
    throw badArgument(
      'space',
      name,
      `aspects, clusters or personas, or { categories: 1 to ${AMPCF_MAX_CATEGORIES} names, of: a function }`,
    );
  return own;
}

/**
 * @param {Model} model
 * @param {number} index of an item
 */
const aspectsOf = (model, index) => aspectsOfItem(model.kernel, index);

/**
 * The one cluster of an item, or none.
 * @param {Model} model
 * @param {number} index of an item
 */
const clustersOf = (model, index) =>
  [clusterOfItem(model.kernel, index)].filter((cluster) => cluster !== AMPCF_NO_CLUSTER);

/**
 * Categories of items of the model, for the spaces that every person shares.
 * @param {Model} model
 * @param {Space} space
 * @param {number[]} indices
 * @returns {Rows}
 */
export function sharedRows(model, space, indices) {
  const of = typeof space === 'object' ? ownOf(space) : space === 'aspects' ? aspectsOf : clustersOf;
  return packRows(
    indices.map((index) => of(model, index).map((category) => [category, 1])),
    sizeOf(model, space),
  );
}

/**
 * How many categories there are.
 * @param {Model} model
 * @param {Space} space that every person shares
 */
const sizeOf = ({ info }, space) =>
  typeof space === 'object' ? space.categories.length : space === 'aspects' ? info.aspects : info.clusters;

/**
 * Categories of an app's own, each once.
 * @param {OwnSpace} space
 * @returns {(model: Model, index: number) => number[]}
 */
const ownOf =
  ({ categories, of }) =>
  ({ kernel }, index) => {
    const found = new Set(listArgument('categories of an item', of(idAt(kernel, index))));
    for (const category of found)
      if (!(Number.isInteger(category) && category >= 0 && category < categories.length))
        throw badArgument('category of an item', category, `a whole number below ${categories.length}`);
    return [...found].sort((a, b) => a - b);
  };

/**
 * A row for each list of weights, which need not sum to 1.
 * @param {ArrayLike<number>[]} shares (n, P)
 * @param {number} size
 * @returns {Rows}
 */
export function weightedRows(shares, size) {
  return packRows(
    shares.map((row) =>
      Array.from(row, (weight, category) => /** @type {[number, number]} */ ([category, weight])).filter(
        ([, weight]) => weight > 0,
      ),
    ),
    Math.max(1, size),
  );
}

/**
 * Responsibilities of the history as rows.
 * @param {Pick<Measured, 'indices' | 'shares' | 'responsibilities'>} folded
 * @returns {Rows}
 */
export function historyPersonas({ indices, shares, responsibilities }) {
  const p = shares.length;
  return weightedRows(
    indices.map((_, i) => responsibilities.subarray(i * p, (i + 1) * p)),
    p,
  );
}

/**
 * 1 - cosine between the centres of categories: each the sum of unit vectors of its items, weighted as the
 * rows say. A category without items is as far from every other as what has nothing in common.
 * @param {Float32Array} vectors (n, dim)
 * @param {number} dim
 * @param {Rows} rows of these items
 * @param {ArrayLike<number>} [weights] of items
 * @returns {(a: number, b: number) => number}
 */
export function centreCost(vectors, dim, { size, offsets, categories, weights: shares }, weights) {
  const centres = Array.from({ length: size }, () => new Float64Array(dim));
  for (let i = 0; i + 1 < offsets.length; i++) {
    const at = i * dim;
    let square = 0,
      row = 0;
    for (let d = 0; d < dim; d++) square += vectors[at + d] * vectors[at + d];
    for (let e = offsets[i]; e < offsets[i + 1]; e++) row += shares?.[e] ?? 1;
    for (let e = offsets[i]; square > 0 && e < offsets[i + 1]; e++) {
      const scale = (((shares?.[e] ?? 1) / row) * (weights?.[i] ?? 1)) / Math.sqrt(square),
        centre = centres[categories[e]];
      for (let d = 0; d < dim; d++) centre[d] += scale * vectors[at + d];
    }
  }
  const lengths = centres.map((centre) => Math.hypot(...centre));
  return (a, b) => {
    if (a === b) return 0;
    const product = lengths[a] * lengths[b],
      dot = centres[a].reduce((sum, x, d) => sum + x * centres[b][d], 0);
    return product > 0 ? Math.min(2, Math.max(0, 1 - dot / product)) : 1;
  };
}

/** @param {Model} model */
function catalogueAspects(model) {
  const counts = new Float64Array(model.info.aspects),
    perItem = Array.from({ length: model.info.items }, (_, index) => aspectsOf(model, index));
  for (const aspects of perItem) for (const aspect of aspects) counts[aspect] += 1 / aspects.length;
  const total = counts.reduce((sum, x) => sum + x, 0) || 1;
  return { perItem, shares: counts.map((x) => x / total) };
}

/**
 * The frozen clusters, named by the aspects that set them apart, else by their most popular items.
 * @param {Model} model
 * @returns {Cluster[]}
 */
export function describeClusters(model) {
  const { perItem, shares } = catalogueAspects(model),
    members = Array.from({ length: model.info.clusters }, () => /** @type {number[]} */ ([]));
  for (let index = 0; index < model.info.items; index++)
    for (const cluster of clustersOf(model, index)) members[cluster].push(index);
  const clusters = members.map((indices, index) => {
    const counts = new Float64Array(shares.length),
      known = indices.filter((i) => perItem[i].length > 0);
    for (const i of known) for (const aspect of perItem[i]) counts[aspect] += 1 / perItem[i].length;
    // As ampcf_persona_aspects: a small cluster may not claim extreme lifts.
    const aspects = Array.from(counts, (n, a) => ({ a, share: (n + 5 * shares[a]) / (known.length + 5) }))
      .filter(({ a, share }) => share > shares[a] && shares[a] > 0)
      .map(({ a, share }) => ({ aspect: a, share, lift: share / shares[a] }))
      .sort((x, y) => y.share * Math.log(y.lift) - x.share * Math.log(x.lift))
      .slice(0, 8)
      .map((entry) => ({ ...entry, aspect: aspectAt(model.kernel, entry.aspect) }));
    return {
      index,
      label: '',
      items: indices.length,
      titles: indices.slice(0, shownTitles).map((i) => titleAt(model.kernel, i)),
      aspects,
    };
  });
  const labels = personaLabels(
    clusters.map(({ titles, aspects }) => ({ items: titles.map((title) => ({ title })), aspects })),
  );
  return clusters.map((cluster, i) => ({ ...cluster, label: labels[i] }));
}
