// Owns the Taste object: taste of the people and lists of one model. Must not rank: scores are the profile's.
import { badArgument, countArgument, itemId, listArgument } from '../core/arguments.js';
import { Bound } from '../core/bound.js';
import { optionsArgument } from '../core/options.js';
import { aspectAt, explainItem, vectorsOf } from '../core/kernel.js';
import { highestSeed } from '../core/random.js';
import { profileArgument } from '../model/handles.js';
import { measured } from '../model/measured.js';
import { catalogueNames } from '../model/ranking.js';
import { distanceBetween, nullIfEmpty } from './arrays.js';
import { discountArgument, distanceArgument, lambdaArgument, topKArgument } from './checks.js';
import { floorOf } from './floor.js';
import {
  centreCost,
  describeClusters,
  historyPersonas,
  sharedRows,
  spaceArgument,
  weightedRows,
} from './spaces.js';

/** @import { Model } from '../model/model.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { RankedItem, Ranking, RecommendOptions } from '../model/types.js' */
/** @import { Cost, Distance } from './checks.js' */
/** @import { Floor } from './floor.js' */
/** @import { Rows, TasteKernel } from './kernel.js' */
/** @import { Measured } from '../model/measured.js' */
/** @import { Cluster, Space } from './spaces.js' */
/** @typedef {Iterable<string | number>} Items */
/**
 * @typedef {object} TasteOptions
 * @property {Space} [space] what taste is counted over; default 'aspects'; also categories of an app's own,
 *   such as `relationSpace` of 'ampcf/graph'
 * @property {boolean} [discount] lists count by rank, 1 / log2(1 + rank); default true
 * @property {Items} [target] the taste that is wanted, as items (what the person took next), in place of the
 *   history
 */
/**
 * @typedef {object} DistanceChoice
 * @property {Distance} [distance] default 'jensenShannon'
 * @property {Cost | 'unit'} [cost] of 'wasserstein', default 1 - cosine between the centres of categories; a
 *   function is asked with their names
 */
/** @typedef {TasteOptions & DistanceChoice} DistanceOptions */
/**
 * @typedef {object} Draws
 * @property {number} [topK] length of the lists, default 10
 * @property {number} [rounds] lists drawn, default 200
 * @property {number} [seed] default 1
 */
/** @typedef {DistanceOptions & Draws} FloorOptions */
/**
 * @typedef {object} CalibrateChoice
 * @property {'steck' | 'proportional'} [by] default 'steck'
 * @property {number} [pool] how many candidates are re-ranked, default 5 topK and at least 100
 */
/** @typedef {TasteOptions & CalibrateChoice} CalibrateSettings */
/** @typedef {RecommendOptions & CalibrateSettings} CalibrateOptions calibrate: lambda, 0 to 1 */
/**
 * @typedef {object} RerankChoice
 * @property {'steck' | 'proportional' | 'mmr' | 'dpp'} [by] default 'steck'; space, discount and target are
 *   for 'steck' and 'proportional' alone
 * @property {number} lambda 0 to 1; 0 leaves the order as it is
 * @property {number} [topK] length of the list, default all
 */
/** @typedef {TasteOptions & RerankChoice} RerankOptions */
/** @typedef {{ categories: string[], shares: Float64Array }} Distribution */

const distanceNames = 'space discount target distance cost';
const floorNames = 'space discount distance cost topK rounds seed';
const rerankNames = 'by lambda topK space discount target';
/** The longest list that is drawn for a floor. */
const mostDrawn = 65536;

/**
 * @param {unknown} given
 * @returns {RankedItem}
 */
function rankedArgument(given) {
  const ranked = /** @type {RankedItem | undefined} */ (given);
  if (typeof ranked?.item !== 'string' || (ranked.known && typeof ranked.score !== 'number'))
    throw badArgument('item of ranking', given, 'one of profile.rank or recommend');
  return ranked;
}

/** Taste over one model. Made by `taste.open`, or by `loadModel(source, { taste })`. */
export class Taste extends Bound {
  #model;
  #kernel;
  /**
   * Ground costs between all categories of a space that every person shares.
   * @type {Map<Space, (a: number, b: number) => number>}
   */
  #costs = new Map();
  /** @type {Cluster[] | undefined} */
  #clusters;

  /**
   * @internal
   * @param {Model} model
   * @param {() => TasteKernel} kernel gives it, and starts it when it is asked for the first time
   */
  constructor(model, kernel) {
    super();
    this.#model = model;
    this.#kernel = kernel;
  }

  /** What it is: taste over which model. */
  toString() {
    return `Taste { model: ${this.#model} }`;
  }

  /**
   * The frozen item clusters of the model, with names for people. Throws NO_CLUSTERS.
   * @returns {Cluster[]}
   */
  clusters() {
    spaceArgument(this.#model, 'clusters');
    return (this.#clusters ??= describeClusters(this.#model)).map((cluster) => ({ ...cluster }));
  }

  /**
   * Taste distribution of a person's history, each event by its weight, or of a list of items, best first.
   * @param {Profile | Items} of
   * @param {Omit<TasteOptions, 'target'> & { profile?: Profile }} [options] profile: whose personas, for
   *   a list over 'personas'
   * @returns {Distribution | null} null when nothing in it counts
   */
  distribution(of, options = {}) {
    const { space: name, discount, profile } = optionsArgument(options, 'space discount profile');
    const space = spaceArgument(this.#model, name);
    const byRank = discountArgument(discount, true);
    const isProfile = typeof (/** @type {any} */ (of)?.personas) === 'function';
    const person = isProfile ? /** @type {Profile} */ (of) : profile;
    const shares = isProfile
      ? this.#historyTaste(/** @type {Profile} */ (of), space)
      : this.#listTaste(person, /** @type {Items} */ (of), space, byRank);
    return shares && { categories: this.#names(space, shares.length), shares };
  }

  /**
   * Distance between a person's taste and a list of items, best first. Over 'personas' it is intrinsic:
   * personas that collapsed into one are a perfect 0, so never headline it.
   * @param {Profile} profile
   * @param {Items} items
   * @param {DistanceOptions} [options]
   * @returns {number | null} null when the taste or the list has nothing that counts; bounds:
   *   web/taste/TASTE.md
   * @throws {import('../core/errors.js').AmpcfError} NO_ASPECTS, NO_CLUSTERS, BAD_ARGUMENT
   */
  distance(profile, items, options = {}) {
    const { space: name, discount, target, distance, cost } = optionsArgument(options, distanceNames);
    const space = spaceArgument(this.#model, name);
    const measure = distanceArgument(distance);
    const byRank = discountArgument(discount, true);
    const list = listArgument('items', items);
    const p = this.#wantedTaste(profile, space, target);
    const q = this.#listTaste(profile, list, space, byRank);
    return p && q && this.#measure(measure, p, q, space, profile, cost);
  }

  /**
   * How near a list of this length can be expected to come: distances of lists drawn from the history itself,
   * with replacement and by weight, to the history. A list below the low end matches the history better than
   * the history's own samples do.
   * @param {Profile} profile
   * @param {Omit<FloorOptions, 'target'>} [options]
   * @returns {Floor | null} null without a history that counts
   */
  floor(profile, options = {}) {
    const {
      space: name,
      discount,
      distance,
      cost,
      topK = 10,
      rounds = 200,
      seed = 1,
    } = optionsArgument(options, floorNames);
    const space = spaceArgument(this.#model, name);
    const measure = distanceArgument(distance);
    const byRank = discountArgument(discount, true);
    const length = countArgument('topK', topK);
    const draws = countArgument('rounds', rounds);
    if (length < 1 || length > mostDrawn) throw badArgument('topK', topK, `1 to ${mostDrawn}`);
    if (draws < 1 || draws > 1e6) throw badArgument('rounds', rounds, '1 to 1000000');
    if (countArgument('seed', seed) > highestSeed) throw badArgument('seed', seed, `0 to ${highestSeed}`);
    const folded = this.#measured(profile);
    const rows = this.#historyRows(folded, space);
    const p = nullIfEmpty(this.#kernel().distribution(rows, folded.weights, false));
    if (!p) return null;
    return floorOf(rows, folded.weights, { topK: length, rounds: draws, seed }, (sample) =>
      this.#measure(measure, p, this.#kernel().distribution(sample, undefined, byRank), space, profile, cost),
    );
  }

  /**
   * A calibrated list: a pool by score, re-ranked by Steck, or by another rule. `profile.recommend({
   * calibrate: lambda })` comes here. Scores stay as they are, so they need not fall along the list.
   * @param {Profile} profile
   * @param {CalibrateOptions} options
   * @returns {Ranking}
   */
  recommend(profile, options) {
    const {
      calibrate,
      by = 'steck',
      topK = 10,
      pool,
      space,
      discount,
      target,
      explain,
      contributions,
      ...rest
    } = optionsArgument(options, `${catalogueNames} by pool space discount target`);
    const lambda = lambdaArgument(calibrate, 'calibrate');
    profileArgument(profile, this.#model);
    if (rest.proportional !== undefined)
      throw badArgument('proportional', rest.proportional, 'either calibrate or proportional');
    const k = countArgument('topK', topK);
    const candidates = pool === undefined ? Math.max(100, 5 * k) : countArgument('pool', pool);
    if (candidates < k) throw badArgument('pool', pool, `at least topK, ${k}`);
    const ranking = this.rerank(profile, profile.recommend({ ...rest, topK: candidates, proportional: 0 }), {
      by,
      lambda,
      topK: k,
      space,
      discount,
      target,
    });
    if (!explain) return ranking;
    // Only what is in the list is explained, not the pool.
    const explained = new Map(
      profile
        .rank(
          ranking.items.map(({ item }) => item),
          { explain, contributions },
        )
        .items.map((item) => [item.item, item]),
    );
    return { ...ranking, items: ranking.items.map((item) => explained.get(item.item) ?? item) };
  }

  /**
   * Another order for a ranking: calibrated (Steck, proportional), or diverse (MMR, DPP). Items that the
   * model does not know stay last.
   * @param {Profile} profile
   * @param {Ranking} ranking best first
   * @param {RerankOptions} options lambda 0 to 1; 0 leaves the order as it is
   * @returns {Ranking}
   */
  rerank(profile, ranking, options) {
    const {
      by = 'steck',
      lambda,
      topK,
      space: name,
      discount,
      target,
    } = optionsArgument(options, rerankNames);
    const weight = lambdaArgument(lambda);
    if (by !== 'steck' && by !== 'proportional' && by !== 'mmr' && by !== 'dpp')
      throw badArgument('by', by, 'steck, proportional, mmr or dpp');
    const items = listArgument('ranking.items', ranking?.items).map(rankedArgument);
    const known = items.filter((item) => item.known);
    const unknown = items.filter((item) => !item.known);
    const k = topKArgument(topK, items.length);
    const settings = {
      lambda: weight,
      topK: Math.min(k, known.length),
      discount: discountArgument(discount, true),
    };
    const order =
      by === 'mmr' || by === 'dpp'
        ? this.#diverse(by, known, settings)
        : this.#calibrated(by, profile, known, spaceArgument(this.#model, name), target, settings);
    return { ...ranking, items: [...order.map((at) => known[at]), ...unknown].slice(0, k) };
  }

  /**
   * @param {'steck' | 'proportional'} by
   * @param {Profile} profile
   * @param {RankedItem[]} pool
   * @param {Space} space
   * @param {Items | undefined} target
   * @param {{ lambda: number, topK: number, discount: boolean }} settings
   */
  #calibrated(by, profile, pool, space, target, settings) {
    const p = this.#wantedTaste(profile, space, target);
    const ids = pool.map(({ item }) => item);
    // Without a taste there is nothing to calibrate to.
    if (!p || pool.length === 0) return pool.map((_, i) => i).slice(0, settings.topK);
    return this.#kernel().calibrated(
      by,
      this.#listRows(profile, ids, space),
      pool.map(({ score }) => Number(score)),
      p,
      settings,
    );
  }

  /**
   * @param {'mmr' | 'dpp'} by
   * @param {RankedItem[]} pool
   * @param {{ lambda: number, topK: number }} settings
   */
  #diverse(by, pool, settings) {
    const { dim } = this.#model.info;
    const vectors = new Float32Array(pool.length * dim);
    this.#indices(pool.map(({ item }) => item)).forEach((index, i) =>
      vectors.set(vectorsOf(this.#model.kernel, index, 1), i * dim),
    );
    return this.#kernel().diverse(
      by,
      pool.map(({ score }) => Number(score)),
      vectors,
      dim,
      settings,
    );
  }

  /**
   * Indices of the items that the model knows.
   * @param {Iterable<string>} ids
   */
  #indices(ids) {
    return [...ids].map((id) => this.#model.indexOf(id)).filter((index) => index !== undefined);
  }

  /**
   * @param {Profile | undefined} profile
   * @param {Iterable<string | number>} items
   * @param {Space} space
   * @returns {Rows} of the known ones
   */
  #listRows(profile, items, space) {
    const indices = this.#indices([...items].map(itemId));
    if (space !== 'personas') return sharedRows(this.#model, space, indices);
    if (!profile) throw badArgument('profile', profile, "a profile: 'personas' are a person's own");
    const { core, shares } = this.#measured(profile);
    return weightedRows(
      indices.map((index) => explainItem(core, index).attention),
      shares.length,
    );
  }

  /**
   * @param {Measured} folded
   * @param {Space} space
   * @returns {Rows}
   */
  #historyRows(folded, space) {
    return space === 'personas' ? historyPersonas(folded) : sharedRows(this.#model, space, folded.indices);
  }

  /** @param {Profile} profile */
  #measured(profile) {
    return measured(profileArgument(profile, this.#model));
  }

  /**
   * @param {Profile} profile
   * @param {Space} space
   */
  #historyTaste(profile, space) {
    const folded = this.#measured(profile);
    return nullIfEmpty(this.#kernel().distribution(this.#historyRows(folded, space), folded.weights, false));
  }

  /**
   * @param {Profile | undefined} profile
   * @param {Items} items
   * @param {Space} space
   * @param {boolean} discount
   */
  #listTaste(profile, items, space, discount) {
    return nullIfEmpty(
      this.#kernel().distribution(
        this.#listRows(profile, listArgument('items', items), space),
        undefined,
        discount,
      ),
    );
  }

  /**
   * @param {Profile} profile
   * @param {Space} space
   * @param {Items | undefined} target
   */
  #wantedTaste(profile, space, target) {
    return target === undefined
      ? this.#historyTaste(profile, space)
      : this.#listTaste(profile, listArgument('target', target), space, false);
  }

  /**
   * @param {Space} space
   * @param {number} n
   */
  #names(space, n) {
    if (typeof space === 'object') return [...space.categories];
    if (space === 'clusters') return this.clusters().map(({ label }) => label);
    return Array.from({ length: n }, (_, a) =>
      space === 'aspects' ? aspectAt(this.#model.kernel, a) : `persona ${a + 1}`,
    );
  }

  /**
   * @param {Distance} measure
   * @param {Float64Array} p
   * @param {Float64Array} q
   * @param {Space} space
   * @param {Profile} profile
   * @param {Cost | 'unit' | undefined} cost
   */
  #measure(measure, p, q, space, profile, cost) {
    if (measure !== 'wasserstein' || cost === 'unit') return this.#kernel().distance(measure, p, q);
    if (typeof cost === 'string') throw badArgument('cost', cost, "'unit', a matrix or a function");
    const places = Array.from(p, (_, a) => a);
    return cost === undefined
      ? distanceBetween(this.#kernel(), measure, p, q, this.#groundCost(space, profile), places)
      : distanceBetween(
          this.#kernel(),
          measure,
          p,
          q,
          cost,
          typeof cost === 'function' ? this.#names(space, p.length) : places,
        );
  }

  /**
   * @param {Space} space
   * @param {Profile} profile
   */
  #groundCost(space, profile) {
    const model = this.#model;
    const { dim, items } = model.info;
    if (space === 'personas') {
      const folded = this.#measured(profile);
      const vectors = new Float32Array(folded.indices.length * dim);
      folded.indices.forEach((index, i) => vectors.set(vectorsOf(model.kernel, index, 1), i * dim));
      return centreCost(vectors, dim, historyPersonas(folded), folded.weights);
    }
    let cost = this.#costs.get(space);
    if (!cost) {
      const rows = sharedRows(
        model,
        space,
        Array.from({ length: items }, (_, index) => index),
      );
      this.#costs.set(space, (cost = centreCost(vectorsOf(model.kernel, 0, items), dim, rows)));
    }
    return cost;
  }
}
