// Owns exploration: lists that also try what may be good. Must not calibrate, and must not change a profile.
import { badArgument, countArgument, rangeArgument } from '../core/arguments.js';
import { idAt, scoresOf, vectorsOf } from '../core/kernel.js';
import { optionValues } from '../core/options.js';
import { solveUpper } from '../core/packed.js';
import { highestSeed, normal, seededRandom } from '../core/random.js';
import { leverage, posteriorArgument, posteriorOf, vectorsArgument } from './posterior.js';

/** @import { Candidates } from '../model/candidates.js' */
/** @import { Model } from '../model/model.js' */
/** @import { OpenPlugin, Plugin } from '../model/plugins.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { RankedItem, Ranking, RecommendOptions } from '../model/types.js' */
/** @import { Posterior } from './posterior.js' */
/**
 * @typedef {object} ExploreOptions
 * @property {'thompson' | 'ucb'} [by] 'thompson' (default): scores of one vector drawn from the posterior;
 *   'ucb': scores with a bonus of `strength` standard deviations
 * @property {number} [seed] of the draw, default 1: the same seed, the same list
 * @property {number} [strength] standard deviations, 0 to 100, default 1; 0: the plain list
 */

/** @param {ExploreOptions} [given] */
function checkedOptions(given = {}) {
  const [by = 'thompson', seed = 1, strength = 1] = optionValues(given, 'by seed strength', 'explore');
  if (by !== 'thompson' && by !== 'ucb') throw badArgument('explore.by', by, "'thompson' or 'ucb'");
  if (countArgument('explore.seed', seed) > highestSeed)
    throw badArgument('explore.seed', seed, `at most ${highestSeed}`);
  rangeArgument('explore.strength', strength, 0, 100);
  return { by, seed, strength };
}

/**
 * What is added to the scores of items to explore, over plain arrays. By 'thompson' v_j . s L^-T z, z
 * standard normal: one draw from N(0, s^2 M^-1) for all items. By 'ucb' s |L^-1 v_j|, the standard deviation
 * itself.
 * @param {Posterior} posterior of `posteriorOf(profile)`
 * @param {ArrayLike<number>} vectors (n x D) of items
 * @param {ExploreOptions} [options]
 * @returns {Float64Array} (n). O(n D) by 'thompson', O(n D^2) by 'ucb'
 */
export function exploration(posterior, vectors, options) {
  posteriorArgument(posterior);
  const { dim, factor, scale } = posterior;
  vectorsArgument(vectors, dim);
  const { by, seed, strength } = checkedOptions(options);
  const n = Math.floor(vectors.length / dim);
  const times = scale * strength;
  const work = new Float64Array(dim);
  if (by === 'ucb')
    return Float64Array.from(
      { length: n },
      (_, j) => times * Math.sqrt(leverage(factor, vectors, j * dim, work)),
    );
  const random = seededRandom(seed);
  const drawn = solveUpper(
    factor,
    Float64Array.from({ length: dim }, () => normal(random)),
  );
  return Float64Array.from({ length: n }, (_, j) => {
    let sum = 0;
    for (let d = 0; d < dim; d++) sum += drawn[d] * vectors[j * dim + d];
    return times * sum;
  });
}

/**
 * Places by value, of equal values in the order given.
 * @param {ArrayLike<number>} values
 */
const placesBy = (values) => [...Array(values.length).keys()].sort((a, b) => values[b] - values[a] || a - b);

/**
 * @param {Profile} profile
 * @param {Iterable<string | number> | Candidates} candidates
 * @param {RecommendOptions} options
 * @returns {Ranking}
 */
function rankExplored(profile, candidates, { explore: given, ...options }) {
  const explore = checkedOptions(/** @type {ExploreOptions} */ (given));
  if (explore.strength === 0) return profile.rank(candidates, options);
  const { topK, ...rest } = options;
  if (topK !== undefined) countArgument('topK', topK);
  const ranking = profile.rank(candidates, rest);
  const known = ranking.items.filter((item) => item.known);
  const { model } = profile;
  const { dim } = model.info;
  const vectors = new Float64Array(known.length * dim);
  known.forEach(({ item }, i) =>
    vectors.set(vectorsOf(model.kernel, Number(model.indexOf(item)), 1), i * dim),
  );
  const more = exploration(posteriorOf(profile), vectors, explore);
  const order = placesBy(more.map((x, i) => x + Number(known[i].score)));
  const items = [
    ...order.map((i) => ({ ...known[i], explored: more[i] })),
    ...ranking.items.filter((item) => !item.known),
  ];
  return { ...ranking, items: items.slice(0, topK) };
}

/**
 * What each item of the catalogue counts before anything is explored: its score; where it is in the plain
 * list, in the order of the places; where it is not, at most the best score below those of the list.
 * @param {Profile} profile
 * @param {readonly RankedItem[]} plain
 * @param {(index: number) => boolean} may be listed
 */
function standing(profile, plain, may) {
  const { model } = profile;
  const values = Float64Array.from(scoresOf(profile.state.now().core));
  const there = plain.map(({ item }) => Number(model.indexOf(item)));
  const sorted = there.map((index) => values[index]).sort((a, b) => b - a);
  const least = sorted[sorted.length - 1];
  let next = -Infinity;
  for (let j = 0; j < values.length; j++) {
    if (!may(j)) values[j] = -Infinity;
    else if (values[j] < least && values[j] > next) next = values[j];
  }
  // Where nothing is below the list, what ties with its last place stays beside it.
  const below = next === -Infinity ? least : next;
  for (let j = 0; j < values.length; j++) if (values[j] >= least) values[j] = below;
  there.forEach((index, place) => {
    values[index] = sorted[place];
  });
  // Of equal values those of the plain list go first.
  return { values, place: new Map(there.map((index, i) => [index, i])) };
}

/**
 * Which items may be listed at all.
 * @param {Profile} profile
 * @param {{ only: Candidates | undefined, without: Candidates | undefined, excludeSeen: boolean }} how
 */
function mayList({ state }, { only, without, excludeSeen }) {
  const out = new Set(without?.indices);
  if (excludeSeen) for (const index of state.now().indices) out.add(index);
  const allowed = only && new Set(only.indices);
  return (/** @type {number} */ index) => !out.has(index) && (!allowed || allowed.has(index));
}

/**
 * @param {Profile} profile
 * @param {RecommendOptions} options
 * @returns {Ranking}
 */
function recommendExplored(profile, { explore: given, ...options }) {
  const explore = checkedOptions(/** @type {ExploreOptions} */ (given));
  if (explore.strength === 0) return profile.recommend(options);
  const { exclude, filter, excludeSeen = true } = options;
  const { kernel, info } = profile.model;
  // What may be gone through once only is needed twice.
  const without = exclude && profile.model.candidates(/** @type {Iterable<string>} */ (exclude));
  const only = filter && profile.model.mask(filter);
  const plain = profile.recommend({ ...options, exclude: without, filter: only });
  if (plain.items.length === 0) return plain;
  const may = mayList(profile, { only, without, excludeSeen });
  const { values, place } = standing(profile, plain.items, may);
  const more = exploration(posteriorOf(profile), vectorsOf(kernel, 0, info.items), explore);
  for (let j = 0; j < values.length; j++) values[j] += more[j];
  const far = info.items;
  const best = [...values.keys()]
    .filter((index) => values[index] > -Infinity)
    .sort((a, b) => values[b] - values[a] || (place.get(a) ?? far) - (place.get(b) ?? far) || a - b)
    .slice(0, plain.items.length);
  const known = new Map(plain.items.map((item) => [item.item, item]));
  const ids = best.map((index) => idAt(kernel, index));
  const fresh = ids.filter((id) => !known.has(id));
  const { explain, contributions } = options;
  const ranked = profile.rank(fresh, {
    ...(explain !== undefined && { explain }),
    ...(contributions !== undefined && { contributions }),
  });
  for (const item of ranked.items) known.set(item.item, item);
  const items = best.map((index, i) => ({
    .../** @type {RankedItem} */ (known.get(ids[i])),
    explored: more[index],
  }));
  return { ...plain, items };
}

/**
 * What `loadModel(source, { plugins })` takes: `explore` of `rank` and `recommend`. A function as `filter` is
 * then asked about every item.
 * @type {Plugin}
 */
export const explore = {
  option: 'explore',
  open: (/** @type {Model} */ _model) =>
    /** @type {OpenPlugin} */ ({ rank: rankExplored, recommend: recommendExplored }),
};
