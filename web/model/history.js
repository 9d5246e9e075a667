// Owns a person's events: what one may be, their order, how changes are taken back. Must not know a model.
import { AMPCF_MAX_HISTORY, AMPCF_MAX_WEIGHT } from '../core/abi.js';
import { badArgument, itemId, rangeArgument } from '../core/arguments.js';
import { tooLong } from '../core/kernel.js';
import { optionValues } from '../core/options.js';

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

/** What an event may say. */
export const eventNames = 'item weight preference wanted at';

/**
 * What was given as an event, checked.
 * @param {HistoryEvent | string | number} event
 * @returns {[id: string, facts: EventFacts]}
 */
export function eventArgument(event) {
  const [item, weight = 1, named = 1, preference = named, at = null] = optionValues(
    typeof event === 'object' && event ? event : { item: event },
    eventNames,
    'event',
  );
  const id = itemId(item);
  // The core counts in single precision, where a smaller weight is 0.
  if (typeof weight !== 'number' || !(Math.fround(weight) > 0 && weight <= AMPCF_MAX_WEIGHT))
    throw badArgument(`weight of ${id}`, weight, `a number above 0 and at most ${AMPCF_MAX_WEIGHT}`);
  rangeArgument(`preference of ${id}`, preference, -1, 1);
  if (at !== null && !Number.isFinite(at)) throw badArgument(`time of ${id}`, at, 'unix seconds');
  return [id, { weight, preference, at }];
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
   * How to take back each change, the last one last; none before now where it is emptied.
   * @type {(() => void)[]}
   */
  past = [];

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
    if (!before && this.events.size >= AMPCF_MAX_HISTORY) throw tooLong(this.events.size + 1);
    this.events.set(id, facts);
    this.changed(() => {
      before ? this.events.set(id, before) : this.events.delete(id);
    });
  }

  /**
   * Told what is to come back, not all that was there: a hundred copies of a long history are much memory.
   * @param {string} id of an event that is there
   */
  remove(id) {
    const before = [...this.events.keys()].indexOf(id);
    const facts = /** @type {EventFacts} */ (this.events.get(id));
    this.events.delete(id);
    this.changed(() => {
      const events = [...this.events];
      events.splice(before, 0, [id, facts]);
      this.events = new Map(events);
    });
  }

  /**
   * @param {Map<string, EventFacts>} events
   * @param {Float32Array[]} summaries
   * @param {boolean} [undoable] else nothing before now is
   */
  replace(events, summaries, undoable) {
    const before = this.events;
    const remembered = this.summaries;
    this.events = events;
    this.summaries = summaries;
    if (undoable)
      this.changed(() => {
        this.events = before;
        this.summaries = remembered;
      });
    else this.past = [];
  }

  /** @param {() => void} back how to take it back */
  changed(back) {
    if (this.past.push(back) > maxUndo) this.past.shift();
  }
}
