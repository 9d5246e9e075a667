// Owns the Profile object: one person's history on the device, folded into personas when it is next needed. Must never send it.
import { badArgument, countArgument, itemId, listArgument, optionsArgument } from './arguments.js';
import { AmpcfError } from './errors.js';
import { personaLabels } from './labels.js';
import { writeSavedProfile } from './saved-profile.js';

/** @import { Model } from './model.js' */
/** @typedef {{ item: string | number, weight?: number, at?: number | null }} HistoryEvent weight in (0, 1024], default 1; at = unix seconds */
/** @typedef {{ personas?: number }} ProfileOptions most personas for this profile, 1 to the model's number (default) */
/** @typedef {{ index: number, label: string, share: number }} PersonaName */
/** @typedef {{ item: string, title: string, contribution: number }} Contribution */
/**
 * @typedef {object} Explanation score = sum of contributions + rest + bias + residual
 * @property {Contribution[]} contributions of history items, largest first
 * @property {number} rest contributions not listed
 * @property {number} bias owed to popularity
 * @property {number} residual what single precision rounds away
 */
/**
 * @typedef {object} RankedItem
 * @property {string} item
 * @property {string} title
 * @property {boolean} known false: the model has never seen it
 * @property {number | null} score unit: predicted preference, about 1 for a typical liked item; null when unknown
 * @property {PersonaName | null} persona whose evidence decides; null without history or when unknown
 * @property {Float32Array} [attention] over personas, sum 1; with `explain`
 * @property {Explanation} [explanation] with `explain`
 */
/** @typedef {{ personalized: boolean, items: RankedItem[], unknown: string[], duplicates: string[] }} Ranking */
/** @typedef {{ topK?: number, explain?: boolean, contributions?: number }} RankOptions `contributions`: how many to list, default 5 */
/** @typedef {RankOptions & { excludeSeen?: boolean, exclude?: Iterable<string | number>, filter?: (item: string) => boolean }} RecommendOptions */
/**
 * @typedef {object} Persona
 * @property {number} index
 * @property {string} label
 * @property {number} share of the history, sum 1
 * @property {{ item: string, title: string, responsibility: number }[]} items of the history, most typical first
 * @property {{ aspect: string, share: number, lift: number }[]} aspects by what sets the persona apart
 */

const maxWeight = 1024;

/** One person. Make one with `model.createProfile`; events may be added at any time. */
export class Profile {
  #model;
  #wanted;
  /** Insertion order is history order. @type {Map<string, { weight: number, at: number | null }>} */ #events = new Map();
  /** The folded state, dropped by every change. @type {{ address: number, known: string[], indices: number[] } | undefined} */ #folded;
  /** @type {PersonaName[] | undefined} */ #names;
  #disposed = false;

  /** @internal @param {Model} model @param {ProfileOptions} options */
  constructor(model, options) {
    const { personas } = optionsArgument(options);
    this.#model = model;
    this.#wanted = personas ?? 0;
    this.#check();
    if (personas !== undefined && !(Number.isInteger(personas) && personas >= 1 && personas <= model.info.personas))
      throw badArgument('personas', personas, `1 to ${model.info.personas}`);
  }

  /** Number of events, unknown ones included. */
  get size() {
    return this.#events.size;
  }

  /** Is the ranking personal, or popularity because no history item is known? */
  get personalized() {
    return this.#fold().known.length > 0;
  }

  /** History items the model does not know: kept, saved, but without effect. @returns {string[]} */
  get unknown() {
    this.#check();
    return [...this.#events.keys()].filter((id) => !this.#model.has(id));
  }

  /** The history, oldest addition first. @returns {{ item: string, weight: number, at: number | null }[]} */
  get history() {
    return [...this.#events].map(([item, event]) => ({ item, ...event }));
  }

  /**
   * Add an event. An item that is already there takes the new weight and time.
   * @param {HistoryEvent | string | number} event
   * @returns {this}
   */
  add(event) {
    const { item, weight = 1, at } = typeof event === 'object' && event !== null ? event : { item: event };
    const id = itemId(item);
    // The core counts in single precision, where a smaller weight is 0.
    if (typeof weight !== 'number' || !(Math.fround(weight) > 0 && weight <= maxWeight))
      throw badArgument(`weight of ${id}`, weight, `a number above 0 and at most ${maxWeight}`);
    if (at !== undefined && at !== null && !Number.isFinite(at)) throw badArgument(`time of ${id}`, at, 'unix seconds');
    this.#model.has(id); // refuses malformed ids before anything changes
    this.#forget();
    this.#events.set(id, { weight, at: at ?? null });
    return this;
  }

  /** Remove an item; false when it was not there. @param {string | number} item */
  remove(item) {
    this.#check();
    const removed = this.#events.delete(itemId(item));
    if (removed) this.#forget();
    return removed;
  }

  /** Remove everything. */
  clear() {
    this.#forget();
    this.#events.clear();
  }

  #forget() {
    this.#check();
    if (this.#folded) this.#model.release(this, this.#folded.address);
    this.#folded = this.#names = undefined;
  }

  #check() {
    if (this.#disposed) throw new AmpcfError('DISPOSED', 'the profile was disposed');
    return this.#model.memory;
  }

  /** History -> personas, if anything changed since. */
  #fold() {
    const memory = this.#check();
    if (this.#folded) return this.#folded;
    /** @type {string[]} */ const known = [];
    /** @type {number[]} */ const indices = [];
    for (const id of this.#events.keys()) {
      const index = this.#model.indexOf(id);
      if (index !== undefined) known.push(id), indices.push(index);
    }
    const n = known.length, model = this.#model.address;
    const bytes = memory.call('ampcf_profile_memory', model, n), scratchBytes = memory.call('ampcf_profile_scratch', model, n);
    if (bytes === 0) throw new AmpcfError('LIMIT', `history: got ${n} items, wanted at most 65536, and as many as fit 4 GiB`);
    // The profile begins where its memory does, so one address serves to use it and to free it.
    const address = memory.allocate(bytes);
    try {
      memory.scoped([n * 4, n * 4, scratchBytes, 16], (items, weights, scratch, out) => {
        memory.u32(items, n).set(indices);
        memory.f32(weights, n).set(known.map((id) => /** @type {{ weight: number }} */ (this.#events.get(id)).weight));
        this.#try(memory.call('ampcf_profile_fold_in', model, items, weights, n, this.#wanted, address, bytes, scratch, scratchBytes, out));
      });
    } catch (error) {
      memory.free(address);
      throw error;
    }
    this.#model.keep(this, address);
    return this.#folded = { address, known, indices };
  }

  /** @param {number} status */
  #try(status) {
    if (status !== 0) throw new AmpcfError(this.#model.memory.statusName(status), `the core refused: ${this.#model.memory.statusName(status)}`);
  }

  /** @param {number} address */
  #shares(address) {
    const { memory } = this.#model, n = memory.call('ampcf_profile_personas', address);
    return [...memory.f32(memory.call('ampcf_profile_shares', address), n)];
  }

  /**
   * Rank my list. Never filters what it was given: unknown items come last, in input order, with `known: false`; an item
   * given twice counts once. Equal scores come in catalogue order.
   * @param {Iterable<string | number>} candidates @param {RankOptions} [options] topK default: all
   * @returns {Ranking}
   */
  rank(candidates, options = {}) {
    /** @type {Set<string>} */ const seen = new Set();
    /** @type {Set<string>} */ const duplicates = new Set();
    for (const candidate of listArgument('candidates', candidates)) {
      const id = itemId(candidate);
      if (seen.has(id)) duplicates.add(id);
      seen.add(id);
    }
    const topK = optionsArgument(options).topK === undefined ? seen.size : countArgument('topK', options.topK);
    /** @type {number[]} */ const indices = [];
    /** @type {string[]} */ const unknown = [];
    for (const id of seen) {
      const index = this.#model.indexOf(id);
      if (index === undefined) unknown.push(id);
      else indices.push(index);
    }
    const { address } = this.#fold(), { memory } = this.#model, n = indices.length, k = Math.min(topK, n);
    const best = memory.scoped([n * 4, k * 4, k * 4, 16], (list, items, scores, count) => {
      memory.u32(list, n).set(indices);
      this.#try(memory.call('ampcf_rank', address, list, n, k, items, scores, count));
      return { items: memory.u32(items, k).slice(), scores: memory.f32(scores, k).slice() };
    });
    const items = this.#describe(best.items, best.scores, options);
    for (const id of unknown.slice(0, topK - items.length)) items.push({ item: id, title: id, known: false, score: null, persona: null });
    return { personalized: this.personalized, items, unknown, duplicates: [...duplicates] };
  }

  /**
   * The best of the whole catalogue, with the scores `rank` would give. The history is left out unless `excludeSeen: false`.
   * @param {RecommendOptions} [options] topK default 10; `filter` is asked once for every item that is not excluded
   * @returns {Ranking} fewer than topK items when fewer are left; `unknown` lists excluded ids that the model does not know
   */
  recommend(options = {}) {
    const { excludeSeen = true, exclude = [], filter, topK = 10 } = optionsArgument(options);
    const model = this.#model, n = model.info.items, k = Math.min(countArgument('topK', topK), n);
    if (filter && typeof filter !== 'function') throw badArgument('filter', filter, 'a function');
    const excluded = new Uint8Array(n);
    /** @type {string[]} */ const unknown = [];
    for (const raw of listArgument('exclude', exclude)) {
      const id = itemId(raw), index = model.indexOf(id);
      if (index === undefined) unknown.push(id);
      else excluded[index] = 1;
    }
    if (excludeSeen) for (const index of this.#fold().indices) excluded[index] = 1;
    // The callback may use this library, so it runs before anything is laid out in wasm memory.
    if (filter) for (let index = 0; index < n; index++) if (!excluded[index] && !filter(model.idAt(index))) excluded[index] = 1;
    const { address } = this.#fold(), { memory } = model;
    const best = memory.scoped([n, k * 4, k * 4, 16], (mask, items, scores, count) => {
      memory.u8(mask, n).set(excluded);
      this.#try(memory.call('ampcf_recommend', address, mask, k, items, scores, count));
      const found = memory.u32(count, 1)[0];
      return { items: memory.u32(items, found).slice(), scores: memory.f32(scores, found).slice() };
    });
    return { personalized: this.personalized, items: this.#describe(best.items, best.scores, options), unknown, duplicates: [] };
  }

  /** @param {Uint32Array} indices @param {Float32Array} scores @param {RankOptions} options @returns {RankedItem[]} */
  #describe(indices, scores, { explain = false, contributions = 5 }) {
    const listed = countArgument('contributions', contributions);
    const names = this.#personaNames(), owners = this.#owners(indices);
    return Array.from(indices, (index, i) => {
      const item = { item: this.#model.idAt(index), title: this.#model.titleAt(index), known: true, score: scores[i], persona: names[owners[i]] ?? null };
      return explain ? { ...item, ...this.#explainIndex(index, listed) } : item;
    });
  }

  /** The persona that explains each item. @param {Uint32Array} indices */
  #owners(indices) {
    const { memory } = this.#model, n = indices.length;
    return memory.scoped([n * 4, n * 4, n * 4], (list, scores, owners) => {
      memory.u32(list, n).set(indices);
      this.#try(memory.call('ampcf_score', this.#fold().address, list, n, scores, owners));
      return memory.u32(owners, n).slice();
    });
  }

  /** @param {number} index @param {number} listed @returns {{ attention: Float32Array, explanation: Explanation }} */
  #explainIndex(index, listed) {
    const { address, known } = this.#fold(), { memory } = this.#model, n = known.length;
    const personas = memory.call('ampcf_profile_personas', address);
    return memory.scoped([n * 8, personas * 4, 32], (parts, attention, out) => {
      this.#try(memory.call('ampcf_explain', address, index, parts, attention, out));
      const all = Array.from(memory.f64(parts, n), (contribution, i) => ({ contribution, item: known[i] }))
        .sort((a, b) => b.contribution - a.contribution);
      const [, bias, residual] = memory.f64(out, 3);
      return {
        attention: memory.f32(attention, personas).slice(),
        explanation: {
          contributions: all.slice(0, listed).map(({ item, contribution }) => ({ item, title: this.#model.title(item), contribution })),
          rest: all.slice(listed).reduce((sum, { contribution }) => sum + contribution, 0), bias, residual,
        },
      };
    });
  }

  /**
   * Why one item gets its score, taken apart to the last history item. Throws UNKNOWN_ITEM.
   * @param {string | number} item @param {{ contributions?: number }} [options] default: list all
   * @returns {Required<RankedItem>}
   */
  explain(item, options = {}) {
    const { contributions = this.size } = optionsArgument(options);
    this.#model.title(item); // throws UNKNOWN_ITEM
    const ranking = this.rank([item], { explain: true, contributions });
    return /** @type {Required<RankedItem>} */ (ranking.items[0]);
  }

  /** Labels are made once per fold. */
  #personaNames() {
    this.#fold();
    return this.#names ??= this.#personas(2).map(({ index, label, share }) => ({ index, label, share }));
  }

  /** The personas found in the history, largest share first. @returns {Persona[]} */
  personas() {
    return this.#personas(Infinity);
  }

  /** The first ranking needs names only, and so two titles a persona instead of the whole history's. @param {number} titles @returns {Persona[]} */
  #personas(titles) {
    const { address, known, indices } = this.#fold(), { memory } = this.#model, n = known.length;
    const shares = this.#shares(address), p = shares.length;
    const r = memory.f32(memory.call('ampcf_profile_responsibilities', address), n * p).slice();
    const personas = shares.map((share, index) => ({
      index, label: '', share,
      items: known.map((item, i) => ({ item, i, responsibility: r[i * p + index] }))
        .filter((entry) => entry.responsibility >= 1 / (2 * p)).sort((a, b) => b.responsibility - a.responsibility).slice(0, titles)
        .map(({ item, i, responsibility }) => ({ item, title: this.#model.titleAt(indices[i]), responsibility })),
      aspects: this.#aspects(address, index),
    }));
    personaLabels(personas).forEach((label, i) => { personas[i].label = label; });
    return personas;
  }

  /** Aspects by share x log lift: frequent and telling. @param {number} address @param {number} persona */
  #aspects(address, persona) {
    const { memory } = this.#model, n = this.#model.info.aspects;
    if (n === 0) return [];
    return memory.scoped([n * 8, n * 8], (shares, lifts) => {
      this.#try(memory.call('ampcf_persona_aspects', address, persona, shares, lifts));
      const share = memory.f64(shares, n).slice(), lift = memory.f64(lifts, n).slice();
      return Array.from(share, (value, a) => ({ aspect: a, share: value, lift: lift[a] }))
        .filter((entry) => entry.lift > 1)
        .sort((a, b) => b.share * Math.log(b.lift) - a.share * Math.log(a.lift))
        .slice(0, 8).map((entry) => ({ ...entry, aspect: this.#model.aspectAt(entry.aspect) }));
    });
  }

  /**
   * Taste Distribution Distance between the history and a list, best first: square root of the Jensen-Shannon divergence
   * (bits) of their aspect distributions, the list discounted by rank. 0 = the list has the person's taste, 1 = nothing of it.
   * Null when the history or the list has no item with aspects. Throws NO_ASPECTS when the model has none.
   * @param {Iterable<string | number>} items
   * @returns {number | null}
   */
  tasteDistance(items) {
    // The list may be a generator that changes this profile, so it is read before the fold.
    const ids = listArgument('items', items).map(itemId), { indices, known } = this.#fold();
    const { memory } = this.#model, a = this.#model.info.aspects;
    if (a === 0) throw new AmpcfError('NO_ASPECTS', 'taste is measured over aspects, and this model has none: train with --items');
    const list = ids.map((id) => this.#model.indexOf(id)).filter((index) => index !== undefined);
    const weights = known.map((id) => /** @type {{ weight: number }} */ (this.#events.get(id)).weight);
    return memory.scoped([a * 8, a * 8, Math.max(list.length, indices.length) * 4, weights.length * 4], (p, q, at, w) => {
      memory.u32(at, indices.length).set(indices);
      memory.f32(w, weights.length).set(weights);
      this.#try(memory.call('ampcf_taste_distribution', this.#model.address, at, w, indices.length, p));
      memory.u32(at, list.length).set(list);
      this.#try(memory.call('ampcf_taste_distribution', this.#model.address, at, 0, list.length, q));
      const isEmpty = (/** @type {number} */ from) => memory.f64(from, a).every((x) => x === 0);
      return isEmpty(p) || isEmpty(q) ? null : memory.call('ampcf_taste_distance', p, q, a);
    });
  }

  /** The history as bytes, for `model.restoreProfile`: versioned and checked. Where they are kept is the app's choice. @returns {Uint8Array<ArrayBuffer>} */
  save() {
    this.#check();
    return writeSavedProfile(this.#model, this.history);
  }

  /** Release this profile's memory. Later calls throw DISPOSED; disposing twice is fine. */
  dispose() {
    if (this.#disposed) return;
    try {
      this.#forget();
    } catch {
      // The model went first, and its memory with it.
    }
    this.#disposed = true;
  }

  [Symbol.dispose]() {
    this.dispose();
  }
}
