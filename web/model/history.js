// Owns a person's events: what one may be, their order, how changes are taken back. Must not know a model.
import { badArgument, itemId } from '../core/arguments.js';
import { AMPCF_MAX_WEIGHT, AMPCF_SUMMARY_HEAD } from '../core/abi.js';

/** @import { EventFacts, HistoryEvent, StoredEvent } from './types.js' */

const maxUndo = 100;

/** `wanted`, the old name of `preference`, works for this version; as an accessor it is in no copy. */
const oldName = {
  wanted: {
    get() {
      return /** @type {StoredEvent} */ (/** @type {unknown} */ (this)).preference;
    },
    set(/** @type {number} */ preference) {
      /** @type {StoredEvent} */ (/** @type {unknown} */ (this)).preference = preference;
    },
  },
};

/**
 * @param {string} item
 * @param {EventFacts} facts
 * @returns {StoredEvent}
 */
export const storedEvent = (item, facts) =>
  /** @type {StoredEvent} */ (Object.defineProperties({ item, ...facts }, oldName));

/**
 * What was given as an event, checked.
 * @param {HistoryEvent | string | number} event
 * @returns {[id: string, facts: EventFacts]}
 */
export function eventArgument(event) {
  const {
    item,
    weight = 1,
    preference: named = 1,
    wanted: preference = named,
    at = null,
  } = typeof event === 'object' && event ? event : { item: event };
  const id = itemId(item);
  // The core counts in single precision, where a smaller weight is 0.
  if (typeof weight !== 'number' || !(Math.fround(weight) > 0 && weight <= AMPCF_MAX_WEIGHT))
    throw badArgument(`weight of ${id}`, weight, `a number above 0 and at most ${AMPCF_MAX_WEIGHT}`);
  if (typeof preference !== 'number' || !(Math.abs(preference) <= 1))
    throw badArgument(`preference of ${id}`, preference, 'a number from -1 (disliked) to 1 (liked)');
  if (at !== null && !Number.isFinite(at)) throw badArgument(`time of ${id}`, at, 'unix seconds');
  return [id, { weight, preference, at }];
}

/**
 * Summaries of forgotten events as the core takes them.
 * @param {Float32Array[]} summaries
 * @param {number} dim
 */
export function summariesArgument(summaries, dim) {
  const isSound = (/** @type {Float32Array} */ row) =>
    row.length === AMPCF_SUMMARY_HEAD + dim &&
    row.every((x, d) => Math.abs(x) <= 2 ** 20 && (d > 3 || x >= (d === 3 ? 1e-3 : 0)));
  if (!summaries.every(isSound)) throw badArgument('summaries', summaries, 'those of a saved profile');
  return summaries;
}

/** Events by item, oldest addition first, and summaries of those that were forgotten. */
export class History {
  /** @type {Map<string, EventFacts>} */ events = new Map();
  /**
   * Rows of ampcf_profile_remember.
   * @type {Float32Array[]}
   */
  summaries = [];
  /**
   * How to take back each change, the last one last.
   * @type {(() => void)[]}
   */
  #past = [];

  /** @returns {StoredEvent[]} */
  entries() {
    return Array.from(this.events, ([item, facts]) => storedEvent(item, facts));
  }

  /**
   * @param {string} id
   * @param {EventFacts} facts
   */
  set(id, facts) {
    const before = this.events.get(id);
    this.events.set(id, facts);
    this.changed(() => {
      before ? this.events.set(id, before) : this.events.delete(id);
    });
  }

  /**
   * @param {Map<string, EventFacts>} events
   * @param {Float32Array[]} [summaries]
   */
  replace(events, summaries = this.summaries) {
    const before = this.events;
    const remembered = this.summaries;
    this.events = events;
    this.summaries = summaries;
    this.changed(() => {
      this.events = before;
      this.summaries = remembered;
    });
  }

  /** @param {() => void} back how to take it back */
  changed(back) {
    if (this.#past.push(back) > maxUndo) this.#past.shift();
  }

  /** How to take the last change back, which is then no longer known. */
  lastChange() {
    return this.#past.pop();
  }

  /** Nothing before now can be taken back. */
  settle() {
    this.#past = [];
  }
}
