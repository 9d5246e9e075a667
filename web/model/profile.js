// Owns the Profile object: one person's history on the device, and what an app may ask of it. Must never send
// it.
import { AMPCF_MAX_HISTORY } from '../core/abi.js';
import {
  badArgument,
  countArgument,
  functionArgument,
  itemId,
  listArgument,
  rangeArgument,
} from '../core/arguments.js';
import { Bound } from '../core/bound.js';
import { condenseEvents, openMemory } from '../core/kernel.js';
import { optionValues } from '../core/options.js';
import { FoldedState } from './folded.js';
import { History, eventArgument } from './history.js';
import { personasOf } from './personas.js';
import { pluginFor } from './plugins.js';
import { rank, recommend } from './ranking.js';
import { writeSavedProfile } from './saved-profile.js';

/** @import { Candidates } from './candidates.js' */
/** @import { Model } from './model.js' */
/** @import { ExplainedItem, ExplainedRanking, FoldOptions, ProfileOptions, RankOptions } from './types.js' */
/** @import { RecommendOptions } from './types.js' */
/** @import { EventFacts, HistoryEvent, Persona, Ranking, StoredEvent } from './types.js' */

/** The weight of an item that was passed over: it says little of a person. */
const skipWeight = 0.1;
/** A ring forgets when it has so many times its events, which are then to be folded once more. */
const ringSlack = 1.25;
const mostRing = Math.floor(AMPCF_MAX_HISTORY / ringSlack);

/** One person. Make one with `model.createProfile`; events may be added at any time. */
export class Profile extends Bound {
  #model;
  #history = new History();
  #state;
  #ring;
  /** @type {Set<() => void>} */ #listeners = new Set();
  #version = 0;

  /**
   * How many personas of forgotten events were left behind, because they were of another training; 0 unless
   * `model.restoreProfile` made the profile. The bytes it was made from still have them.
   */
  lost = 0;

  /**
   * @internal
   * @param {Model} model
   * @param {ProfileOptions} options
   */
  constructor(model, options) {
    super();
    const [ring = Infinity, personas, recency] = optionValues(options, 'ring personas recency');
    openMemory(model.kernel);
    this.#model = model;
    if (ring !== Infinity) rangeArgument('ring', countArgument('ring', ring), 0, mostRing);
    this.#ring = ring;
    this.#state = new FoldedState(model, this.#history, this.#foldOptions(personas, recency));
  }

  /**
   * @param {FoldOptions['personas']} personas
   * @param {FoldOptions['recency']} recency
   * @returns {FoldOptions}
   */
  #foldOptions(personas, recency) {
    const most = this.#model.info.personas;
    if (personas !== undefined) rangeArgument('personas', countArgument('personas', personas), 1, most);
    functionArgument('recency', recency);
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
    state.checkChange();
    const isKnown = this.#model.has(id); // refuses malformed ids before anything changes
    const isNew = !this.#history.events.has(id);
    // A full history, restored into a ring.
    if (isNew && this.size >= AMPCF_MAX_HISTORY && this.#ring < Infinity) this.forget({ keep: this.#ring });
    this.#history.set(id, facts);
    if (!isNew) state.drop();
    else if (isKnown) state.joined(id);
    this.#keepRing();
    this.#changed();
    return this;
  }

  /** A ring forgets what is too old for it; where that fails, the change that filled it never was. */
  #keepRing() {
    if (this.size > ringSlack * this.#ring)
      try {
        this.#condense(this.size - this.#ring);
      } catch (error) {
        this.#history.past.pop()?.();
        throw error;
      } finally {
        this.#state.drop();
      }
  }

  /**
   * Add an event by stars: the middle of the scale wants nothing, its ends are liked and disliked.
   * @param {string | number} item
   * @param {number} stars
   * @param {{ scale?: readonly [number, number], weight?: number, at?: number }} [options] scale: default
   *   [1, 5]
   */
  rate(item, stars, options = {}) {
    const [scale = [1, 5], weight, at] = optionValues(options, 'scale weight at');
    const ends = listArgument('scale', scale);
    const [low, high] = ends;
    if (![low, stars, high].every(Number.isFinite) || stars < low || stars > high || low === high)
      throw badArgument(`rating of ${itemId(item)}`, stars, ends.map(String).join(' to '));
    return this.add({ item, preference: (2 * stars - low - high) / (high - low), weight, at });
  }

  /**
   * Evidence against an item and what is like it.
   * @param {string | number} item
   * @param {{ weight?: number, at?: number }} [options]
   */
  dislike(item, options = {}) {
    const [weight, at] = optionValues(options, 'weight at');
    return this.add({ item, preference: -1, weight, at });
  }

  /**
   * Shown and passed over: weak evidence that it is not wanted. An item of the history stays as it is.
   * @param {string | number} item
   * @param {{ weight?: number, at?: number }} [options]
   */
  skip(item, options = {}) {
    const [weight = skipWeight, at] = optionValues(options, 'weight at');
    return this.#history.events.has(itemId(item)) ? this : this.add({ item, preference: 0, weight, at });
  }

  /**
   * Remove an item; false when it was not there.
   * @param {string | number} item
   */
  remove(item) {
    this.#state.checkChange();
    const id = itemId(item);
    const found = this.#history.events.has(id);
    if (found) this.#change(() => this.#history.remove(id));
    return found;
  }

  /** Remove everything, also what is left of forgotten events. */
  clear() {
    this.#change(() => this.#history.replace(new Map(), [], true));
  }

  /**
   * Take the last change back, up to 100 of them; false when there is none. What `forget` forgot does not
   * come back.
   */
  undo() {
    this.#state.checkChange();
    const back = this.#history.past.pop();
    if (back) this.#change(back);
    return back !== undefined;
  }

  /**
   * Forget all events but the latest `keep` ones, and remember of them what their personas are: rankings stay
   * much as they were, the events are gone for good, also for `history`, `save` and `undo`, and forgotten
   * items may be recommended again. Of a persona its likes less its dislikes are left, so that shares move
   * towards personas without dislikes.
   * @param {{ keep?: number }} [options] default 0
   */
  forget(options = {}) {
    const [keep = 0] = optionValues(options, 'keep');
    const old = this.size - countArgument('keep', keep);
    this.#state.check();
    if (old > 0) this.#change(() => this.#condense(old));
  }

  /** @param {number} old how many events are to go */
  #condense(old) {
    const { core } = this.#state.now();
    const events = [...this.#history.events];
    const going = events.slice(0, old).filter(([id]) => this.#model.has(id)).length;
    this.#history.replace(new Map(events.slice(old)), condenseEvents(core, going));
  }

  /** @internal What is left of forgotten events: rows of ampcf_profile_remember. */
  get summaries() {
    return this.#history.summaries;
  }

  /** @internal A profile as it was left: nothing of how it was made can be undone. */
  settle() {
    this.#history.past = [];
    this.#version = 0;
    return this;
  }

  /**
   * @internal Take over another state as one change. Unless it is said to be undoable it cannot be taken
   * back, nor what was before it.
   * @param {readonly ({ item: string } & EventFacts)[]} history
   * @param {Float32Array[]} summaries
   * @param {boolean} [undoable]
   */
  become(history, summaries, undoable) {
    this.#change(() => {
      this.#history.replace(new Map(history.map(({ item, ...facts }) => [item, facts])), summaries, undoable);
      this.#state.drop();
      if (undoable) this.#keepRing();
    });
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
    const now = this.#foldOptions(...optionValues(folding, 'personas recency'));
    this.#change(() => {
      state.options = now;
      this.#history.changed(() => {
        state.options = before;
      });
    });
  }

  /** @internal */
  get model() {
    return this.#model;
  }

  /**
   * Call a function after every change. It may not change the profile: that throws BUSY. What it throws stops
   * nothing, and is thrown once more when the call is over, as by an event of a page.
   * @param {() => void} listener
   * @returns {() => void} stops it
   */
  subscribe(listener) {
    functionArgument('listener', listener ?? null);
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** @param {() => void} work which changes nothing where it throws */
  #change(work) {
    this.#state.checkChange();
    work();
    this.#state.drop();
    this.#changed();
  }

  #changed() {
    this.#version++;
    for (const listener of [...this.#listeners])
      try {
        this.#state.lend(listener);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
  }

  /** @internal The folded state, for measures. */
  get state() {
    return this.#state;
  }

  /**
   * Rank my list. Never filters what it was given: unknown items come last, in input order, with `known:
   * false`; an item given twice counts once. Equal scores come in catalogue order.
   * @overload
   * @param {Iterable<string | number> | Candidates} candidates
   * @param {RankOptions & { explain: true }} options topK default: all
   * @returns {ExplainedRanking}
   */
  /**
   * Rank my list. Never filters what it was given: unknown items come last, in input order, with `known:
   * false`; an item given twice counts once. Equal scores come in catalogue order.
   * @overload
   * @param {Iterable<string | number> | Candidates} candidates
   * @param {RankOptions} [options] topK default: all
   * @returns {Ranking}
   */
  /**
   * @param {Iterable<string | number> | Candidates} candidates
   * @param {RankOptions} [options]
   * @returns {any}
   */
  rank(candidates, options = {}) {
    const plugin = pluginFor(this.#model, options);
    return plugin ? plugin.rank(this, candidates, options) : rank(this.#state, candidates, options);
  }

  /**
   * The best of the whole catalogue, with the scores `rank` would give, and places for every taste by its
   * share, as far as `proportional` says. The history is left out unless `excludeSeen: false`.
   * @overload
   * @param {RecommendOptions & { explain: true }} options topK default 10; `filter`: ids, `model.mask(...)`,
   *   `{ aspects: { include, exclude } }`, or a function
   * @returns {ExplainedRanking} fewer than topK items when fewer are left; `unknown` lists ids of `exclude`
   *   and `filter` that the model does not know
   */
  /**
   * The best of the whole catalogue, with the scores `rank` would give, and places for every taste by its
   * share, as far as `proportional` says. The history is left out unless `excludeSeen: false`.
   * @overload
   * @param {RecommendOptions} [options] topK default 10; `filter`: ids, `model.mask(...)`, `{ aspects: {
   *   include, exclude } }`, or a function
   * @returns {Ranking} fewer than topK items when fewer are left; `unknown` lists ids of `exclude` and
   *   `filter` that the model does not know
   */
  /**
   * @param {RecommendOptions} [options]
   * @returns {any}
   */
  recommend(options = {}) {
    const plugin =
      pluginFor(this.#model, options) ??
      (options?.calibrate === undefined ? undefined : this.#model.needTaste('calibrate'));
    return plugin ? plugin.recommend(this, options) : recommend(this.#state, options);
  }

  /**
   * Why one item gets its score, taken apart to the last history item. Throws UNKNOWN_ITEM.
   * @param {string | number} item
   * @param {Pick<RankOptions, 'contributions' | 'graph'>} [options] contributions: default all
   * @returns {ExplainedItem}
   */
  explain(item, options = {}) {
    const [contributions = this.size, graph] = optionValues(options, 'contributions graph');
    this.#model.title(item); // throws UNKNOWN_ITEM
    const ranking = this.rank([item], { explain: true, contributions, graph });
    return ranking.items[0];
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
    return this.#model.needTaste('tasteDistance').distance(this, items, options);
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

  /** What it is: how many events, of which model. No item is named: logs travel. */
  toString() {
    return `Profile { events: ${this.size}, model: ${this.#model} }`;
  }
}
