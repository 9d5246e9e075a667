// Owns the folded state of a history: made when it is next needed, added to, dropped. Must not change the
// history.
import { AMPCF_MAX_WEIGHT } from '../core/abi.js';
import { badArgument, rangeArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { addEvent, beginFold, finishFold, freeFold, openMemory, responsibilitiesOf } from '../core/kernel.js';
import { storedEvent } from './history.js';

/** @import { FoldedProfile } from '../core/kernel.js' */
/** @import { History } from './history.js' */
/** @import { Model } from './model.js' */
/** @import { EventFacts, FoldOptions, PersonaName, Recency } from './types.js' */

const leastWeight = 1e-30;
/** Parts of an event that sum to 1 may round to a little more. */
const mostFactor = 1.001;

/**
 * @param {number} weight
 * @param {number} factor what recency says
 */
export function aged(weight, factor) {
  rangeArgument('recency', factor, 0, mostFactor);
  return Math.min(Math.max(weight * factor, leastWeight), AMPCF_MAX_WEIGHT);
}

/** A history as the core folds it, and what is worked out of it once. */
export class FoldedState {
  /** @type {FoldedProfile | undefined} */ #core;
  /**
   * Known items that the folded state lacks: it takes them in when it is next needed.
   * @type {string[]}
   */
  #added = [];
  #disposed = false;
  /** How many functions of the app's own are running, which were asked in the middle of a call. */
  #lent = 0;
  /**
   * Events that are folded: those whose items the model knows.
   * @type {string[]}
   */
  known = [];
  /** @type {number[]} */ indices = [];
  /** @type {PersonaName[] | undefined} */ names;
  /**
   * Shares and lifts of all aspects, by persona.
   * @type {[shares: Float64Array, lifts: Float64Array][]}
   */
  cares = [];

  /**
   * @param {Model} model
   * @param {History} history
   * @param {FoldOptions} options
   */
  constructor(model, history, options) {
    this.model = model;
    this.history = history;
    this.options = options;
  }

  /** What the core made of it; after `now`. */
  get core() {
    return /** @type {FoldedProfile} */ (this.#core);
  }

  /** Is there anything that rankings can be personal by? After `now`. */
  get personalized() {
    return this.known.length + this.history.summaries.length > 0;
  }

  /**
   * @param {string} id of an event
   * @returns {EventFacts}
   */
  facts(id) {
    return /** @type {EventFacts} */ (this.history.events.get(id));
  }

  /** Throws once the profile or its model was disposed. */
  check() {
    if (this.#disposed) throw new AmpcfError('DISPOSED', 'the profile was disposed');
    openMemory(this.model.kernel);
  }

  /** Throws unless the profile may be changed now. */
  checkChange() {
    this.check();
    if (this.#lent)
      throw new AmpcfError('BUSY', 'the profile may not change inside recency, filter or subscribe');
  }

  /**
   * Runs what is the app's own. It may ask the profile, but a change would pull the call from under itself.
   * @template T
   * @param {() => T} run
   * @returns {T}
   */
  lend(run) {
    this.#lent++;
    try {
      return run();
    } finally {
      this.#lent--;
    }
  }

  /** With all events that there are now. What failed half-way is dropped, and begun anew at the next call. */
  now() {
    this.check();
    const added = this.#added;
    const { recency } = this.options;
    try {
      // Without a fold there is nothing that it lacks.
      if (added.length > 0 && (recency || this.core.room - this.core.events < added.length)) this.drop();
      if (!this.#core) this.#foldAll(recency);
      else if (added.length > 0) this.#join(added);
    } catch (error) {
      this.drop();
      throw error;
    }
    this.#added = [];
    return this;
  }

  /** @param {Recency | undefined} recency */
  #foldAll(recency) {
    const known = [...this.history.events.keys()].filter((id) => this.model.has(id));
    this.#fold(known);
    if (!recency || known.length === 0) return;
    // Recency is told which persona each event belongs to. This fold stands while it is asked, because it may
    // ask the profile.
    const events = known.map((id) => storedEvent(id, this.facts(id)));
    const owners = responsibilitiesOf(this.core);
    const factors = this.lend(() => recency(events, owners));
    this.check();
    if (factors?.length !== known.length) throw badArgument('recency', factors, 'a factor of each event');
    this.drop();
    this.#fold(known, factors);
  }

  /**
   * @param {string[]} ids
   * @param {ArrayLike<number>} [factors] of the weights
   */
  #fold(ids, factors) {
    const { kernel } = this.model;
    const n = ids.length;
    this.#core = beginFold(kernel, this.history.summaries, n, 16 + (n >> 2), this.options.personas);
    this.#join(ids, factors);
  }

  /**
   * More events, which gives the bits of folding all of them.
   * @param {string[]} ids
   * @param {ArrayLike<number>} [factors]
   */
  #join(ids, factors) {
    ids.forEach((id, i) => {
      const { weight, preference } = this.facts(id);
      const index = /** @type {number} */ (this.model.indexOf(id));
      addEvent(this.core, index, factors ? aged(weight, factors[i]) : weight, preference);
      this.known.push(id);
      this.indices.push(index);
    });
    finishFold(this.core);
    this.names = undefined;
    this.cares = [];
  }

  /**
   * A known item that the history did not have has joined it.
   * @param {string} id
   */
  joined(id) {
    if (this.#core) this.#added.push(id);
  }

  /** What was folded no longer holds. */
  drop() {
    if (this.#core) freeFold(this.#core);
    this.#core = this.names = undefined;
    this.#added = [];
    this.known = [];
    this.indices = [];
  }

  dispose() {
    this.drop();
    this.#disposed = true;
  }
}
