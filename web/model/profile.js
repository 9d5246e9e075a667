// Owns the Profile object: one person's history on the device, and what an app may ask of it. Must never send
// it.
import { badArgument, countArgument, itemId, listArgument, optionsArgument } from '../core/arguments.js';
import { condenseEvents, openMemory } from '../core/kernel.js';
import { FoldedState } from './folded.js';
import { History, eventArgument, summariesArgument } from './history.js';
import { personasOf } from './personas.js';
import { rank, recommend } from './ranking.js';
import { writeSavedProfile } from './saved-profile.js';

/** @import { Model } from './model.js' */
/** @import { FoldOptions, ProfileOptions, RankOptions, RecommendOptions } from './types.js' */
/** @import { EventFacts, HistoryEvent, Persona, RankedItem, Ranking, StoredEvent } from './types.js' */

/** The weight of an item that was passed over: it says little of a person. */
const skipWeight = 0.1;

/** One person. Make one with `model.createProfile`; events may be added at any time. */
export class Profile {
  #model;
  #history = new History();
  #state;
  #ring;
  /** @type {Set<() => void>} */ #listeners = new Set();
  #version = 0;

  /**
   * @internal
   * @param {Model} model
   * @param {ProfileOptions} options
   */
  constructor(model, options) {
    const { ring } = optionsArgument(options);
    openMemory(model.kernel);
    this.#model = model;
    this.#ring = ring === undefined ? Infinity : countArgument('ring', ring);
    this.#state = new FoldedState(model, this.#history, this.#foldOptions(options));
  }

  /**
   * @param {FoldOptions} options
   * @returns {FoldOptions}
   */
  #foldOptions({ personas, recency }) {
    const most = this.#model.info.personas;
    if (personas !== undefined && !(Number.isInteger(personas) && personas >= 1 && personas <= most))
      throw badArgument('personas', personas, `1 to ${most}`);
    if (recency !== undefined && typeof recency !== 'function')
      throw badArgument('recency', recency, 'a function, such as recency() of ampcf/learn');
    return { personas, recency };
  }

  /** Number of events, unknown ones included. */
  get size() {
    return this.#history.events.size;
  }

  /** Raised by every change. */
  get version() {
    return this.#version;
  }

  /** Is the ranking personal, or popularity because nothing known is in the history? */
  get personalized() {
    return this.#state.now().personalized;
  }

  /**
   * History items the model does not know: kept, saved, but without effect.
   * @returns {string[]}
   */
  get unknown() {
    this.#state.check();
    return [...this.#history.events.keys()].filter((id) => !this.#model.has(id));
  }

  /**
   * The history, oldest addition first.
   * @returns {StoredEvent[]}
   */
  get history() {
    return this.#history.entries();
  }

  /**
   * Add an event. An item that is already there takes the new weight, preference and time.
   * @param {HistoryEvent | string | number} event
   * @returns {this}
   */
  add(event) {
    const [id, facts] = eventArgument(event);
    const state = this.#state;
    state.check();
    const isKnown = this.#model.has(id); // refuses malformed ids before anything changes
    if (this.#history.events.has(id)) state.drop();
    else if (isKnown) state.joined(id);
    this.#history.set(id, facts);
    this.#changed();
    if (this.size > 1.25 * this.#ring) this.forget({ keep: this.#ring });
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
    return this.#say(item, (2 * stars - low - high) / (high - low), options);
  }

  /**
   * Evidence against an item and what is like it.
   * @param {string | number} item
   * @param {{ weight?: number, at?: number }} [options]
   */
  dislike(item, options) {
    return this.#say(item, -1, options);
  }

  /**
   * Shown and passed over: weak evidence that it is not wanted. An item of the history stays as it is.
   * @param {string | number} item
   * @param {{ weight?: number, at?: number }} [options]
   */
  skip(item, options) {
    return this.#history.events.has(itemId(item))
      ? this
      : this.#say(item, 0, { weight: skipWeight, ...options });
  }

  /**
   * Add an event of this preference, whatever the options say of one.
   * @param {string | number} item
   * @param {number} preference
   * @param {{ weight?: number, at?: number }} [options]
   */
  #say(item, preference, options) {
    return this.add({ ...options, item, preference, wanted: preference });
  }

  /**
   * Remove an item; false when it was not there.
   * @param {string | number} item
   */
  remove(item) {
    this.#state.check();
    const id = itemId(item);
    const { events } = this.#history;
    const found = events.has(id);
    if (found) this.#replace(new Map([...events].filter(([other]) => other !== id)));
    return found;
  }

  /** Remove everything, also what is left of forgotten events. */
  clear() {
    this.#replace(new Map(), []);
  }

  /**
   * Take the last change back, up to 100 of them; false when there is none. What `forget` forgot does not
   * come back.
   */
  undo() {
    this.#state.check();
    const back = this.#history.lastChange();
    if (!back) return false;
    this.#state.drop();
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
    const folded = this.#state.now();
    const events = [...this.#history.events];
    const old = events.length - countArgument('keep', keep);
    if (old <= 0) return;
    const going = events.slice(0, old).filter(([id]) => this.#model.has(id)).length;
    this.#replace(new Map(events.slice(old)), condenseEvents(folded.core, going));
    this.#history.settle();
  }

  /** @internal What is left of forgotten events: rows of ampcf_profile_remember. */
  get summaries() {
    return this.#history.summaries;
  }

  /** @internal A profile as it was left: nothing of how it was made can be undone. */
  settle() {
    this.#history.settle();
    this.#version = 0;
    return this;
  }

  /**
   * @internal Take over another state as one change, which cannot be taken back, nor what was before it.
   * @param {readonly ({ item: string } & EventFacts)[]} history
   * @param {Float32Array[]} summaries
   */
  become(history, summaries) {
    const rows = summariesArgument(summaries, this.#model.info.dim);
    this.#replace(new Map(history.map(({ item, ...facts }) => [item, facts])), rows);
    this.#history.settle();
    return this;
  }

  /** How the history is folded: what `createProfile` was given, or `adjust` since. */
  get folding() {
    return this.#state.options;
  }

  /**
   * Fold the history in another way from now on: most personas, what time does.
   * @param {FoldOptions} folding what is left out is the model's number, and nothing
   */
  adjust(folding) {
    const state = this.#state;
    const before = state.options;
    state.check();
    const now = this.#foldOptions(optionsArgument(folding));
    state.drop();
    state.options = now;
    this.#history.changed(() => {
      state.options = before;
    });
    this.#changed();
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

  /** @param {Parameters<History['replace']>} state */
  #replace(...state) {
    this.#state.drop();
    this.#history.replace(...state);
    this.#changed();
  }

  #changed() {
    this.#version++;
    for (const listener of this.#listeners) listener();
  }

  /** @internal The folded state, for measures. */
  get state() {
    return this.#state;
  }

  /**
   * Rank my list. Never filters what it was given: unknown items come last, in input order, with `known:
   * false`; an item given twice counts once. Equal scores come in catalogue order.
   * @param {Iterable<string | number>} candidates
   * @param {RankOptions} [options] topK default: all
   * @returns {Ranking}
   */
  rank(candidates, options = {}) {
    return rank(this.#state, candidates, options);
  }

  /**
   * The best of the whole catalogue, with the scores `rank` would give, and places for every taste by its
   * share, as far as `proportional` says. The history is left out unless `excludeSeen: false`.
   * @param {RecommendOptions} [options] topK default 10; `filter` is asked once for every item that is not
   *   excluded
   * @returns {Ranking} fewer than topK items when fewer are left; `unknown` lists excluded ids that the model
   *   does not know
   */
  recommend(options = {}) {
    return optionsArgument(options).calibrate === undefined
      ? recommend(this.#state, options)
      : this.#model.needTaste('calibrate').recommend(this, options);
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

  /**
   * The personas found in the history, largest share first.
   * @returns {Persona[]}
   */
  personas() {
    return personasOf(this.#state.now());
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
    this.#state.check();
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
    this.#state.check();
    return writeSavedProfile(this.#model, this.history, this.summaries);
  }

  /** Release this profile's memory. Later calls throw DISPOSED; disposing twice is fine. */
  dispose() {
    this.#state.dispose();
  }

  [Symbol.dispose]() {
    this.dispose();
  }
}
