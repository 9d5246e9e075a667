// Owns the Profile object: one person's history on the device, folded into personas when it is next needed.
// Must never send it.
import { badArgument, countArgument, itemId, listArgument, optionsArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { personaLabels } from './labels.js';
import { writeSavedProfile } from './saved-profile.js';

/** @import { Model } from './model.js' */
/**
 * @typedef {{ item: string | number, weight?: number, wanted?: number, at?: number | null }} HistoryEvent
 *   weight in (0, 1024], how sure, default 1; wanted in [-1, 1]: 1 = liked (default), 0 = seen and left, -1 =
 *   disliked; at = unix seconds
 */
/** @typedef {{ weight: number, wanted: number, at: number | null }} EventFacts */
/** @typedef {{ item: string } & EventFacts} StoredEvent */
/**
 * @typedef {{ address: number, room: number, known: string[], indices: number[] }} FoldedState `room`: for
 *   how many more events
 */
/**
 * @typedef {(events: readonly StoredEvent[], owners: Float32Array) => ArrayLike<number>} Recency of each
 *   event a factor in (0, 1] of its weight; `owners` (H x P): how much of each event is whose persona. From
 *   'ampcf/learn'
 */
/**
 * @typedef {{ personas?: number | undefined, recency?: Recency | undefined }} Folding how a history becomes
 *   personas
 */
/**
 * @typedef {object} ProfileOptions
 * @property {number} [personas] most personas for this profile, 1 to the model's number (default)
 * @property {Recency} [recency] what time does to events
 * @property {number} [ring] keep about so many recent events and of older ones only the personas; default:
 *   all events
 */
/** @typedef {{ index: number, label: string, share: number }} PersonaName */
/**
 * @typedef {{ item: string, title: string, contribution: number, persona: number }} Contribution persona:
 *   index of the one that owns the item
 */
/**
 * @typedef {{ aspect: string, share: number, lift: number }} PersonaAspect share of the persona's history;
 *   lift: how many times the catalogue's share
 */
/**
 * @typedef {object} Explanation score = sum of contributions + rest + remembered + bias + residual
 * @property {Contribution[]} contributions of history items, largest first; below 0 where an item speaks
 *   against, such as one that was disliked
 * @property {number} rest contributions not listed
 * @property {number} remembered what events say that were forgotten, through the personas that are left of
 *   them
 * @property {PersonaAspect[]} aspects of the item, by how much its persona cares: those with a lift above 1
 *   first
 * @property {number} bias owed to popularity
 * @property {number} residual what single precision rounds away
 */
/**
 * @typedef {object} RankedItem
 * @property {string} item
 * @property {string} title
 * @property {boolean} known false: the model has never seen it
 * @property {number | null} score unit: predicted preference, about 1 for a typical liked item; null when
 *   unknown
 * @property {PersonaName | null} persona whose evidence decides; null without history or when unknown
 * @property {Float32Array} [attention] over personas, sum 1; with `explain`
 * @property {Explanation} [explanation] with `explain`
 */
/**
 * @typedef {{ personalized: boolean, items: RankedItem[], unknown: string[], duplicates: string[] }} Ranking
 */
/**
 * @typedef {{ topK?: number, explain?: boolean, contributions?: number }} RankOptions `contributions`: how
 *   many to list, default 5
 */
/**
 * @typedef {RankOptions & { excludeSeen?: boolean, exclude?: Iterable<string | number>, filter?: (item:
 *   string) => boolean, calibrate?: number } & import('../taste.js').CalibrateSettings} RecommendOptions
 *   calibrate: 0 to 1, how much the list is to have the shares of the person's tastes; the settings of
 *   'ampcf/taste' are for it alone
 */
/**
 * @typedef {object} Persona
 * @property {number} index
 * @property {string} label
 * @property {number} share of the history, sum 1
 * @property {{ item: string, title: string, responsibility: number }[]} items of the history, most typical
 *   first; where `forget` left none, what the persona would recommend, with responsibility 0
 * @property {PersonaAspect[]} aspects by what sets the persona apart
 */

const maxWeight = 1024,
  leastWeight = 1e-30,
  maxUndo = 100,
  memoryHead = 5;
/** What was passed over says little. */
const skipWeight = 0.1;

/** One person. Make one with `model.createProfile`; events may be added at any time. */
export class Profile {
  #model;
  /** @type {Folding} */ #folding;
  #ring;
  /**
   * Insertion order is history order.
   * @type {Map<string, EventFacts>}
   */
  #events = new Map();
  /**
   * Rows of ampcf_profile_remember.
   * @type {Float32Array[]}
   */
  #memories = [];
  /** @type {FoldedState | undefined} */ #folded;
  /**
   * Known items that the folded state lacks: it takes them in when it is next needed.
   * @type {string[]}
   */
  #added = [];
  /** @type {PersonaName[] | undefined} */ #names;
  /**
   * Shares and lifts of all aspects, by persona.
   * @type {Float64Array[][]}
   */
  #cares = [];
  /**
   * How to take back each change, the last one last.
   * @type {(() => void)[]}
   */
  #past = [];
  /** @type {Set<() => void>} */ #listeners = new Set();
  #version = 0;
  #disposed = false;

  /**
   * @internal
   * @param {Model} model
   * @param {ProfileOptions} options
   */
  constructor(model, options) {
    const { ring } = optionsArgument(options);
    this.#model = model;
    this.#ring = ring === undefined ? Infinity : countArgument('ring', ring);
    this.#folding = this.#checked(options);
  }

  /**
   * @param {Folding} folding
   * @returns {Folding}
   */
  #checked({ personas, recency }) {
    const { info } = this.#check() && this.#model;
    if (personas !== undefined && !(Number.isInteger(personas) && personas >= 1 && personas <= info.personas))
      throw badArgument('personas', personas, `1 to ${info.personas}`);
    if (recency !== undefined && typeof recency !== 'function')
      throw badArgument('recency', recency, 'a function, such as recency() of ampcf/learn');
    return { personas, recency };
  }

  /** Number of events, unknown ones included. */
  get size() {
    return this.#events.size;
  }

  /** Raised by every change. */
  get version() {
    return this.#version;
  }

  /** Is the ranking personal, or popularity because nothing known is in the history? */
  get personalized() {
    return this.#fold().known.length + this.#memories.length > 0;
  }

  /**
   * History items the model does not know: kept, saved, but without effect.
   * @returns {string[]}
   */
  get unknown() {
    this.#check();
    return [...this.#events.keys()].filter((id) => !this.#model.has(id));
  }

  /**
   * The history, oldest addition first.
   * @returns {StoredEvent[]}
   */
  get history() {
    return [...this.#events].map(([item, event]) => ({ item, ...event }));
  }

  /**
   * Add an event. An item that is already there takes the new weight, wish and time.
   * @param {HistoryEvent | string | number} event
   * @returns {this}
   */
  add(event) {
    const {
      item,
      weight = 1,
      wanted = 1,
      at,
    } = typeof event === 'object' && event !== null ? event : { item: event };
    const id = itemId(item);
    // The core counts in single precision, where a smaller weight is 0.
    if (typeof weight !== 'number' || !(Math.fround(weight) > 0 && weight <= maxWeight))
      throw badArgument(`weight of ${id}`, weight, `a number above 0 and at most ${maxWeight}`);
    if (typeof wanted !== 'number' || !(Math.abs(wanted) <= 1))
      throw badArgument(`wanted of ${id}`, wanted, 'a number from -1 (disliked) to 1 (liked)');
    if (at !== undefined && at !== null && !Number.isFinite(at))
      throw badArgument(`time of ${id}`, at, 'unix seconds');
    this.#check();
    const isKnown = this.#model.has(id),
      before = this.#events.get(id); // refuses malformed ids before anything changes
    if (before) this.#forget();
    else if (isKnown && this.#folded) this.#added.push(id);
    this.#events.set(id, { weight, wanted, at: at ?? null });
    this.#changed(() => {
      before ? this.#events.set(id, before) : this.#events.delete(id);
    });
    if (this.#events.size > 1.25 * this.#ring) this.forget({ keep: this.#ring });
    return this;
  }

  /**
   * Add an event by stars: the middle of the scale wants nothing, its ends are liked and disliked.
   * @param {string | number} item
   * @param {number} stars
   * @param {{ scale?: readonly [number, number], at?: number }} [options] scale: default [1, 5]
   */
  rate(item, stars, { scale: [low, high] = [1, 5], ...options } = {}) {
    if (!(stars >= low && stars <= high))
      throw badArgument(`rating of ${String(item)}`, stars, `${low} to ${high}`);
    return this.add({ ...options, item, wanted: (2 * stars - low - high) / (high - low) });
  }

  /**
   * Evidence against an item and what is like it.
   * @param {string | number} item
   * @param {{ weight?: number, at?: number }} [options]
   */
  dislike(item, options) {
    return this.add({ ...options, item, wanted: -1 });
  }

  /**
   * Shown and passed over: weak evidence that it is not wanted. An item of the history stays as it is.
   * @param {string | number} item
   * @param {{ weight?: number, at?: number }} [options]
   */
  skip(item, options) {
    return this.#events.has(itemId(item))
      ? this
      : this.add({ weight: skipWeight, ...options, item, wanted: 0 });
  }

  /**
   * Remove an item; false when it was not there.
   * @param {string | number} item
   */
  remove(item) {
    this.#check();
    const id = itemId(item),
      found = this.#events.has(id);
    if (found) this.#replace(new Map([...this.#events].filter(([other]) => other !== id)));
    return found;
  }

  /** Remove everything, memories included. */
  clear() {
    this.#replace(new Map(), []);
  }

  /**
   * Take the last change back, up to 100 of them; false when there is none. What `forget` forgot does not
   * come back.
   */
  undo() {
    this.#check();
    const back = this.#past.pop();
    if (!back) return false;
    this.#forget();
    back();
    this.#changed();
    return true;
  }

  /**
   * Forget all events but the latest `keep` ones, and remember of them what their personas are: rankings stay
   * much as they were, the events are gone for good, also for `history`, `save` and `undo`, and forgotten
   * items may be recommended again.
   * @param {{ keep?: number }} [options] default 0
   */
  forget({ keep = 0 } = {}) {
    const { address, indices } = this.#fold(),
      { memory, info } = this.#model,
      old = this.#events.size - countArgument('keep', keep);
    if (old <= 0) return;
    const events = [...this.#events],
      going = events.slice(0, old).filter(([id]) => this.#model.has(id)).length;
    const row = memoryHead + info.dim,
      most = memory.call('ampcf_profile_personas', address);
    const memories =
      indices.length + this.#memories.length === 0
        ? []
        : memory.scoped([most * row * 4, 16], (rows, count) => {
            this.#try(memory.call('ampcf_profile_condense', address, going, rows, count));
            return Array.from({ length: memory.u32(count, 1)[0] }, (_, k) =>
              memory.f32(rows + k * row * 4, row).slice(),
            );
          });
    this.#replace(new Map(events.slice(old)), memories);
    this.#past = [];
  }

  /** @internal What is left of forgotten events: rows of ampcf_profile_remember. */
  get memories() {
    return this.#memories;
  }

  /** @internal A profile as it was left: nothing of how it was made can be undone. */
  settle() {
    this.#past = [];
    this.#version = 0;
    return this;
  }

  /**
   * @internal Take over another state as one change, which cannot be taken back, nor what was before it.
   * @param {readonly StoredEvent[]} history
   * @param {Float32Array[]} memories
   */
  become(history, memories) {
    const isSound = (/** @type {Float32Array} */ row) =>
      row.length === memoryHead + this.#model.info.dim &&
      row.every((x, d) => Math.abs(x) <= 2 ** 20 && (d > 3 || x >= (d === 3 ? 1e-3 : 0)));
    if (!memories.every(isSound)) throw badArgument('memories', memories, 'those of a saved profile');
    this.#replace(new Map(history.map(({ item, ...facts }) => [item, facts])), memories);
    this.#past = [];
    return this;
  }

  /** How the history is folded: what `createProfile` was given, or `adjust` since. */
  get folding() {
    return this.#folding;
  }

  /**
   * Fold the history in another way from now on: most personas, what time does.
   * @param {Folding} folding what is left out is the model's number, and nothing
   */
  adjust(folding) {
    const before = this.#folding,
      now = this.#checked(optionsArgument(folding));
    this.#forget();
    this.#folding = now;
    this.#changed(() => {
      this.#folding = before;
    });
  }

  /** @internal */
  get model() {
    return this.#model;
  }

  /**
   * Call a function after every change.
   * @param {() => void} listener
   * @returns {() => void} stops it
   */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /**
   * @param {Map<string, EventFacts>} events
   * @param {Float32Array[]} [memories]
   */
  #replace(events, memories = this.#memories) {
    this.#forget();
    const before = this.#events,
      remembered = this.#memories;
    this.#events = events;
    this.#memories = memories;
    this.#changed(() => {
      this.#events = before;
      this.#memories = remembered;
    });
  }

  /** @param {() => void} [back] how to take it back */
  #changed(back) {
    if (back && this.#past.push(back) > maxUndo) this.#past.shift();
    this.#names = undefined;
    this.#cares = [];
    this.#version++;
    for (const listener of this.#listeners) listener();
  }

  /** Drop the folded state. */
  #forget() {
    this.#check();
    if (this.#folded) this.#model.release(this, this.#folded.address);
    this.#folded = undefined;
    this.#added = [];
  }

  #check() {
    if (this.#disposed) throw new AmpcfError('DISPOSED', 'the profile was disposed');
    return this.#model.memory;
  }

  /**
   * History -> personas, if anything changed since. New events join the folded state, which gives the bits of
   * folding all of them.
   */
  #fold() {
    this.#check();
    if (
      this.#added.length > 0 &&
      (this.#folding.recency || /** @type {any} */ (this.#folded).room < this.#added.length)
    )
      this.#forget();
    if (!this.#folded) {
      const known = [...this.#events.keys()].filter((id) => this.#model.has(id));
      this.#begin(known);
      const { recency } = this.#folding;
      if (recency && known.length > 0)
        this.#begin(
          known,
          recency(
            known.map((item) => ({ item, ...this.#facts(item) })),
            this.#responsibilities(),
          ),
        );
    } else if (this.#added.length > 0) {
      this.#join(this.#folded, this.#added);
    }
    this.#added = [];
    return /** @type {FoldedState} */ (this.#folded);
  }

  /** @param {string} id */
  #facts(id) {
    return /** @type {EventFacts} */ (this.#events.get(id));
  }

  /**
   * A new folded state with room for what may come.
   * @param {string[]} known
   * @param {ArrayLike<number>} [factors] of the weights
   */
  #begin(known, factors) {
    if (this.#folded) this.#model.release(this, this.#folded.address);
    this.#folded = undefined;
    const { memory, address: model } = this.#model,
      n = known.length,
      room = Math.min(65536, n + 16 + (n >> 2)),
      m = this.#memories.length;
    const bytes = n > room ? 0 : memory.call('ampcf_profile_memory', model, room, m);
    if (bytes === 0)
      throw new AmpcfError(
        'LIMIT',
        `history: got ${n} items, wanted at most 65536, and as many as fit 4 GiB`,
      );
    // The profile begins where its memory does, so one address serves to use it and to free it.
    const address = memory.allocate(bytes),
      folded = /** @type {FoldedState} */ ({ address, room, known: [], indices: [] });
    try {
      memory.scoped([16, (memoryHead + this.#model.info.dim) * 4], (out, row) => {
        this.#try(
          memory.call(
            'ampcf_profile_begin',
            model,
            room,
            m,
            this.#folding.personas ?? 0,
            address,
            bytes,
            out,
          ),
        );
        for (const values of this.#memories) {
          memory.f32(row, values.length).set(values);
          this.#try(memory.call('ampcf_profile_remember', address, row));
        }
      });
      this.#join(folded, known, factors);
    } catch (error) {
      memory.free(address);
      throw error;
    }
    this.#model.keep(this, address);
    this.#folded = folded;
  }

  /**
   * @param {FoldedState} folded
   * @param {string[]} ids
   * @param {ArrayLike<number>} [factors]
   */
  #join(folded, ids, factors) {
    const { memory, address: model } = this.#model;
    ids.forEach((id, i) => {
      const { weight, wanted } = this.#facts(id),
        index = /** @type {number} */ (this.#model.indexOf(id));
      this.#try(
        memory.call(
          'ampcf_profile_add',
          folded.address,
          index,
          factors ? Math.max(weight * factors[i], leastWeight) : weight,
          wanted,
        ),
      );
      folded.known.push(id);
      folded.indices.push(index);
    });
    folded.room -= ids.length;
    const bytes = memory.call('ampcf_profile_scratch', model, folded.known.length, this.#memories.length);
    memory.scoped([bytes], (scratch) =>
      this.#try(memory.call('ampcf_profile_finish', folded.address, scratch, bytes)),
    );
  }

  /** Of the events (H x P). */
  #responsibilities() {
    const { address, known } = /** @type {FoldedState} */ (this.#folded),
      { memory } = this.#model,
      p = memory.call('ampcf_profile_personas', address);
    return memory
      .f32(
        memory.call('ampcf_profile_responsibilities', address) + this.#memories.length * p * 4,
        known.length * p,
      )
      .slice();
  }

  /**
   * @internal The folded state for measures: known items, what each says of taste (w g, 0 where it was not
   *   liked), who owns them.
   */
  folded() {
    const { address, known, indices } = this.#fold();
    return {
      address,
      known,
      indices,
      weights: known.map((id) => {
        const { weight, wanted } = this.#facts(id);
        return weight * Math.max(wanted, 0);
      }),
      shares: this.#shares(address),
      responsibilities: this.#responsibilities(),
    };
  }

  /**
   * @internal Attention (P) for each item, all known.
   * @param {readonly string[]} items
   * @returns {Float32Array[]}
   */
  attentionOf(items) {
    const { address, known } = this.#fold(),
      { memory } = this.#model,
      personas = memory.call('ampcf_profile_personas', address);
    return memory.scoped(
      [(this.#memories.length + known.length) * 8, personas * 4, 32],
      (parts, attention, out) =>
        items.map((item) => {
          this.#try(
            memory.call(
              'ampcf_explain',
              address,
              /** @type {number} */ (this.#model.indexOf(item)),
              parts,
              attention,
              out,
            ),
          );
          return memory.f32(attention, personas).slice();
        }),
    );
  }

  /** @param {number} status */
  #try(status) {
    if (status !== 0)
      throw new AmpcfError(
        this.#model.memory.statusName(status),
        `the core refused: ${this.#model.memory.statusName(status)}`,
      );
  }

  /** @param {number} address */
  #shares(address) {
    const { memory } = this.#model,
      n = memory.call('ampcf_profile_personas', address);
    return [...memory.f32(memory.call('ampcf_profile_shares', address), n)];
  }

  /**
   * Rank my list. Never filters what it was given: unknown items come last, in input order, with `known:
   * false`; an item given twice counts once. Equal scores come in catalogue order.
   * @param {Iterable<string | number>} candidates
   * @param {RankOptions} [options] topK default: all
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
    const topK =
      optionsArgument(options).topK === undefined ? seen.size : countArgument('topK', options.topK);
    /** @type {number[]} */ const indices = [];
    /** @type {string[]} */ const unknown = [];
    for (const id of seen) {
      const index = this.#model.indexOf(id);
      if (index === undefined) unknown.push(id);
      else indices.push(index);
    }
    const { address } = this.#fold(),
      { memory } = this.#model,
      n = indices.length,
      k = Math.min(topK, n);
    const best = memory.scoped([n * 4, k * 12, 16], (list, out, count) => {
      memory.u32(list, n).set(indices);
      this.#try(memory.call('ampcf_rank', address, list, n, k, out, count));
      return this.#ranked(out, k);
    });
    const items = this.#describe(best.items, best.scores, options);
    for (const id of unknown.slice(0, topK - items.length))
      items.push({ item: id, title: id, known: false, score: null, persona: null });
    return { personalized: this.personalized, items, unknown, duplicates: [...duplicates] };
  }

  /**
   * The best of the whole catalogue, with the scores `rank` would give. The history is left out unless
   * `excludeSeen: false`.
   * @param {RecommendOptions} [options] topK default 10; `filter` is asked once for every item that is not
   *   excluded
   * @returns {Ranking} fewer than topK items when fewer are left; `unknown` lists excluded ids that the model
   *   does not know
   */
  recommend(options = {}) {
    const { excludeSeen = true, exclude = [], filter, topK = 10 } = optionsArgument(options);
    const model = this.#model,
      n = model.info.items,
      k = Math.min(countArgument('topK', topK), n);
    if (options.calibrate !== undefined) return model.needTaste('calibrate').recommend(this, options);
    if (filter && typeof filter !== 'function') throw badArgument('filter', filter, 'a function');
    const excluded = new Uint8Array(n);
    /** @type {string[]} */ const unknown = [];
    for (const raw of listArgument('exclude', exclude)) {
      const id = itemId(raw),
        index = model.indexOf(id);
      if (index === undefined) unknown.push(id);
      else excluded[index] = 1;
    }
    if (excludeSeen) for (const index of this.#fold().indices) excluded[index] = 1;
    // The callback may use this library, so it runs before anything is laid out in wasm memory.
    if (filter)
      for (let index = 0; index < n; index++)
        if (!excluded[index] && !filter(model.idAt(index))) excluded[index] = 1;
    const best = this.#best(excluded, k);
    return {
      personalized: this.personalized,
      items: this.#describe(best.items, best.scores, options),
      unknown,
      duplicates: [],
    };
  }

  /**
   * Of the whole catalogue.
   * @param {Uint8Array} excluded (N)
   * @param {number} k
   */
  #best(excluded, k) {
    const { address } = this.#fold(),
      { memory } = this.#model,
      n = excluded.length;
    return memory.scoped([n, k * 12, 16], (mask, out, count) => {
      memory.u8(mask, n).set(excluded);
      this.#try(memory.call('ampcf_recommend', address, mask, k, out, count));
      return this.#ranked(out, memory.u32(count, 1)[0]);
    });
  }

  /**
   * A list of ampcf_ranked, taken apart.
   * @param {number} at
   * @param {number} n
   */
  #ranked(at, n) {
    const words = this.#model.memory.u32(at, 3 * n).slice(),
      floats = new Float32Array(words.buffer);
    return {
      items: Uint32Array.from({ length: n }, (_, i) => words[3 * i]),
      scores: Float32Array.from({ length: n }, (_, i) => floats[3 * i + 1]),
    };
  }

  /**
   * @param {Uint32Array} indices
   * @param {Float32Array} scores
   * @param {RankOptions} options
   * @returns {RankedItem[]}
   */
  #describe(indices, scores, { explain = false, contributions = 5 }) {
    const listed = countArgument('contributions', contributions);
    const names = this.#personaNames(),
      owners = this.#owners(indices);
    return Array.from(indices, (index, i) => {
      const item = {
        item: this.#model.idAt(index),
        title: this.#model.titleAt(index),
        known: true,
        score: scores[i],
        persona: names[owners[i]] ?? null,
      };
      return explain ? { ...item, ...this.#explainIndex(index, listed, owners[i]) } : item;
    });
  }

  /**
   * The persona that explains each item.
   * @param {Uint32Array} indices
   */
  #owners(indices) {
    const { memory } = this.#model,
      n = indices.length;
    return memory.scoped([n * 4, n * 4, n * 4], (list, scores, owners) => {
      memory.u32(list, n).set(indices);
      this.#try(memory.call('ampcf_score', this.#fold().address, list, n, scores, owners));
      return memory.u32(owners, n).slice();
    });
  }

  /**
   * @param {number} index
   * @param {number} listed
   * @param {number} [owner] persona whose aspects are wanted
   * @returns {{ attention: Float32Array, explanation: Explanation }}
   */
  #explainIndex(index, listed, owner) {
    const { address, known } = this.#fold(),
      { memory } = this.#model,
      m = this.#memories.length,
      n = known.length;
    const personas = memory.call('ampcf_profile_personas', address),
      sum = (/** @type {number} */ total, /** @type {number} */ part) => total + part;
    return memory.scoped([(m + n) * 8, personas * 4, 32], (parts, attention, out) => {
      this.#try(memory.call('ampcf_explain', address, index, parts, attention, out));
      const [remembered, values] = [memory.f64(parts, m).reduce(sum, 0), memory.f64(parts + m * 8, n)];
      const r = this.#responsibilities(),
        ownerOf = (/** @type {number} */ i) =>
          r
            .subarray(i * personas, (i + 1) * personas)
            .reduce((best, x, k, row) => (x > row[best] ? k : best), 0);
      const all = Array.from(values, (contribution, i) => ({ contribution, item: known[i], i })).sort(
        (a, b) => b.contribution - a.contribution,
      );
      const [, bias, residual] = memory.f64(out, 3),
        weights = memory.f32(attention, personas).slice();
      return {
        attention: weights,
        explanation: {
          contributions: all
            .slice(0, listed)
            .map(({ item, contribution, i }) => ({
              item,
              title: this.#model.title(item),
              contribution,
              persona: ownerOf(i),
            })),
          rest: all
            .slice(listed)
            .map(({ contribution }) => contribution)
            .reduce(sum, 0),
          remembered,
          bias,
          residual,
          aspects:
            personas > 0 && owner !== undefined
              ? this.#aspects(address, owner, this.#model.aspectsAt(index))
              : [],
        },
      };
    });
  }

  /**
   * Why one item gets its score, taken apart to the last history item. Throws UNKNOWN_ITEM.
   * @param {string | number} item
   * @param {{ contributions?: number }} [options] default: list all
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
    return (this.#names ??= this.#personas(2).map(({ index, label, share }) => ({ index, label, share })));
  }

  /**
   * The personas found in the history, largest share first.
   * @returns {Persona[]}
   */
  personas() {
    return this.#personas(Infinity);
  }

  /**
   * The first ranking needs names only, and so two titles a persona instead of the whole history's.
   * @param {number} titles
   * @returns {Persona[]}
   */
  #personas(titles) {
    const { address, known, indices } = this.#fold(),
      shares = this.#shares(address),
      p = shares.length,
      r = this.#responsibilities();
    const personas = shares.map((share, index) => ({
      index,
      label: '',
      share,
      items: known
        .map((item, i) => ({ item, i, responsibility: r[i * p + index] }))
        .filter((entry) => entry.responsibility >= 1 / (2 * p) && this.#facts(entry.item).wanted > 0)
        .sort((a, b) => b.responsibility - a.responsibility)
        .slice(0, titles)
        .map(({ item, i, responsibility }) => ({
          item,
          title: this.#model.titleAt(indices[i]),
          responsibility,
        })),
      aspects: this.#aspects(address, index),
    }));
    if (personas.some(({ items }) => items.length === 0)) {
      // Of a persona whose events are forgotten, what it would recommend tells.
      const best = this.#best(new Uint8Array(this.#model.info.items), 100).items,
        owners = this.#owners(best);
      for (const persona of personas)
        if (persona.items.length === 0)
          persona.items = [...best]
            .filter((_, i) => owners[i] === persona.index)
            .slice(0, 2)
            .map((index) => ({
              item: this.#model.idAt(index),
              title: this.#model.titleAt(index),
              responsibility: 0,
            }));
    }
    personaLabels(personas).forEach((label, i) => {
      personas[i].label = label;
    });
    return personas;
  }

  /**
   * Aspects by share x log lift: frequent and telling. Those asked for are all given; else the eight that set
   * the persona apart.
   * @param {number} address
   * @param {number} persona
   * @param {number[]} [wanted]
   * @returns {PersonaAspect[]}
   */
  #aspects(address, persona, wanted) {
    const { memory } = this.#model,
      n = this.#model.info.aspects;
    if (n === 0) return [];
    const [share, lift] = (this.#cares[persona] ??= memory.scoped([n * 8, n * 8], (shares, lifts) => {
      this.#try(memory.call('ampcf_persona_aspects', address, persona, shares, lifts));
      return [memory.f64(shares, n).slice(), memory.f64(lifts, n).slice()];
    }));
    const list = wanted ?? [...share.keys()].filter((a) => lift[a] > 1);
    return list
      .map((a) => ({ a, share: share[a], lift: lift[a] }))
      .sort((a, b) => b.share * Math.log(b.lift) - a.share * Math.log(a.lift))
      .slice(0, wanted ? undefined : 8)
      .map(({ a, ...entry }) => ({ aspect: this.#model.aspectAt(a), ...entry }));
  }

  /**
   * Taste Distribution Distance between the history and a list, best first: 0 = the list has the person's
   * taste, 1 = nothing of it. Null when the history or the list has nothing to count. Options: which
   * distance, over which tastes, with or without rank discount ('ampcf/taste'). Throws NO_ASPECTS;
   * NEEDS_TASTE where the model was loaded by 'ampcf/rank' without `taste`.
   * @param {Iterable<string | number>} items
   * @param {import('../taste.js').DistanceOptions} [options]
   * @returns {number | null}
   */
  tasteDistance(items, options = {}) {
    this.#check();
    return this.#model
      .needTaste('tasteDistance')
      .distance(this, listArgument('items', items).map(itemId), options);
  }

  /**
   * The history as bytes, for `model.restoreProfile`: versioned and checked. Where they are kept is the app's
   * choice.
   * @returns {Uint8Array<ArrayBuffer>}
   */
  save() {
    this.#check();
    return writeSavedProfile(this.#model, this.history, this.#memories);
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
