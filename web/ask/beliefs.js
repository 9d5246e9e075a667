// Owns what is believed of each item after the answers, and taking answers back to the bit. Must not choose
// what to ask.
import { toDirections } from '../core/directions.js';
import { vectorsOf } from '../core/kernel.js';
import { catalogueOf } from './catalogue.js';
import { popularity, priorOf } from './prior.js';

/** @import { Profile } from '../model/profile.js' */
/** @import { Settings } from './options.js' */
/**
 * What an answer did, so that it can be undone.
 * @typedef {object} Evidence
 * @property {Uint32Array | undefined} items that it moved; undefined: all
 * @property {number | Float64Array} by how much, in the logarithm: each the same, or each its own
 * @property {Iterable<number>} hides items that are not to be listed any more
 */

/**
 * Evidence is kept in whole parts of this: sums of them are exact, so that what was added can be taken away.
 */
const grain = 2 ** -20;
const grains = (/** @type {number} */ log) => Math.round(log / grain) * grain;

/** How an item that is known speaks of others: 1 / (1 + e^(-slope (cosine - middle))) say yes to it. */
const slope = 6;
const middle = 0.3;

/** Believed of the items of one model, by one person. */
export class Beliefs {
  /** @type {Float64Array} */ #evidence;
  /** @type {Uint32Array} */ #hidden;
  /** @type {Float64Array} */ #prior;
  /** @type {number[]} */ #seen = [];
  /** @type {Float32Array | undefined} */ #vectors;
  /** @type {Float64Array | undefined} */ #fame;
  #version = -1;
  /** @type {Float64Array | undefined} */ #chances;

  /**
   * @param {Profile} profile
   * @param {Settings} settings
   */
  constructor(profile, settings) {
    this.profile = profile;
    this.settings = settings;
    this.catalogue = catalogueOf(profile.model);
    const n = profile.model.info.items;
    this.#evidence = new Float64Array(n);
    this.#hidden = new Uint32Array(n);
    this.#prior = this.#evidence;
  }

  /** The prior follows the profile, which may have changed. */
  #follow() {
    const { profile } = this;
    profile.state.check();
    if (profile.version === this.#version) return;
    const { logs, seen } = priorOf(profile, this.settings.prior);
    this.#prior = logs;
    this.#seen = seen;
    this.#version = profile.version;
    this.#chances = undefined;
  }

  /** p(j | history, answers), sum 1; 0 for what is not to be listed, all 0 where nothing is left. */
  chances() {
    this.#follow();
    if (this.#chances) return this.#chances;
    const evidence = this.#evidence;
    const p = this.#prior.map((log, j) => (this.#hidden[j] ? -Infinity : log + evidence[j]));
    for (const j of this.#seen) p[j] = -Infinity;
    const high = p.reduce((a, b) => Math.max(a, b), -Infinity);
    let sum = 0;
    for (let j = 0; j < p.length; j++) sum += p[j] = p[j] === -Infinity ? 0 : Math.exp(p[j] - high);
    if (sum > 0) for (let j = 0; j < p.length; j++) p[j] /= sum;
    return (this.#chances = p);
  }

  /** How likely the person knows each item: a guess, the root of its part of the highest popularity. */
  fame() {
    return (this.#fame ??= popularity(this.profile.model).map((log) => Math.exp(log / 2)));
  }

  /** @param {number} aspect */
  itemsWith(aspect) {
    const { starts, items } = this.catalogue;
    return items.subarray(starts[aspect], starts[aspect + 1]);
  }

  /** @param {number} aspect */
  massWith(aspect) {
    const p = this.chances();
    let mass = 0;
    for (const j of this.itemsWith(aspect)) mass += p[j];
    return Math.min(1, mass);
  }

  /**
   * How likely a yes is, by what the item is that is meant. Of several things that are wanted another one may
   * be the reason.
   * @param {number} mass of items with the aspect
   * @returns {[has: number, lacks: number]}
   */
  yesTo(mass) {
    const { wrongYes, wrongNo, wants } = this.settings;
    const other = 1 - (1 - mass) ** (wants - 1);
    return [1 - wrongNo, other * (1 - wrongNo) + (1 - other) * wrongYes];
  }

  /**
   * @param {number} aspect
   * @param {'yes' | 'no' | 'both'} said
   * @returns {Evidence}
   */
  ofAspect(aspect, said) {
    const mass = this.massWith(aspect);
    const [has, lacks] = this.yesTo(mass);
    let by = Math.log(said === 'yes' ? has / lacks : (1 - has) / (1 - lacks));
    // Jeffrey's rule: half of what is wanted has it.
    if (said === 'both') by = mass > 1e-9 && mass < 1 - 1e-9 ? Math.log((1 - mass) / mass) : 0;
    return { items: this.itemsWith(aspect), by: grains(by), hides: [] };
  }

  /**
   * The person names an aspect: one of the many that an item may have.
   * @param {number} aspect
   * @returns {Evidence}
   */
  ofNamed(aspect) {
    const { offsets } = this.catalogue;
    const items = this.itemsWith(aspect);
    const { named, wrongYes } = this.settings;
    const most = Math.log(1 / wrongYes);
    const by = Float64Array.from(items, (j) => grains(most - named * Math.log(offsets[j + 1] - offsets[j])));
    return { items, by, hides: [] };
  }

  /**
   * How likely a yes to an item is, by what is meant.
   * @param {number} item
   * @param {ArrayLike<number>} of items
   */
  yesToItem(item, of) {
    const { model } = this.profile;
    const { dim } = model.info;
    const vectors = (this.#vectors ??= toDirections(vectorsOf(model.kernel, 0, model.info.items), dim));
    const { wrongYes, wrongNo } = this.settings;
    const row = vectors.subarray(item * dim, (item + 1) * dim);
    const chances = new Float64Array(of.length);
    for (let i = 0; i < chances.length; i++) {
      let cosine = 0;
      for (let d = 0, at = of[i] * dim; d < dim; d++) cosine += row[d] * vectors[at + d];
      const likes = 1 / (1 + Math.exp(-slope * (cosine - middle)));
      chances[i] = likes * (1 - wrongNo) + (1 - likes) * wrongYes;
    }
    return chances;
  }

  /**
   * @param {number} item
   * @param {'yes' | 'no' | 'both'} said both: known, neither liked nor disliked
   * @returns {Evidence}
   */
  ofItem(item, said) {
    if (said === 'both') return { items: new Uint32Array(0), by: 0, hides: [item] };
    const yes = this.yesToItem(
      item,
      new Uint32Array(this.#evidence.length).map((_, j) => j),
    );
    const by = yes.map((p) => grains(Math.log(said === 'yes' ? p : 1 - p)));
    return { items: undefined, by, hides: [item] };
  }

  /**
   * @param {number[]} items of a list
   * @param {boolean} wanted
   * @returns {Evidence}
   */
  ofList(items, wanted) {
    if (!wanted) return { items: new Uint32Array(0), by: 0, hides: items };
    const { wrongYes, wrongNo } = this.settings;
    return { items: Uint32Array.from(items), by: grains(Math.log((1 - wrongNo) / wrongYes)), hides: [] };
  }

  /**
   * Takes evidence in, or takes it back.
   * @param {Evidence} evidence
   * @param {1 | -1} sign
   */
  move({ items, by, hides }, sign) {
    const to = this.#evidence;
    const n = items?.length ?? to.length;
    for (let i = 0; i < n; i++) to[items ? items[i] : i] += sign * (typeof by === 'number' ? by : by[i]);
    for (const j of hides) this.#hidden[j] += sign;
    this.#chances = undefined;
  }
}
