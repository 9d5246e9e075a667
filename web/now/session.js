// Owns a visit: its latest events, when it is over, what is asked of it. Must not write to the profile unless
// it is told to keep, and must not look at a clock.
import { badArgument, countArgument, isObject } from '../core/arguments.js';
import { Bound } from '../core/bound.js';
import { optionsArgument } from '../core/options.js';
import { changeAtOnce } from '../model/at-once.js';
import { profileArgument } from '../model/handles.js';
import { eventArgument, storedEvent } from '../model/history.js';
import { givenArgument } from './given.js';
import { withLeaning } from './kept.js';
import { settings, unsureOf } from './posterior.js';
import { rankingOf, sorted } from './rankings.js';

/** @import { Candidates } from '../model/candidates.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { EventFacts, HistoryEvent, Persona, StoredEvent } from '../model/types.js' */
/** @import { RankOptions, RecommendOptions } from '../model/types.js' */
/** @import { Given, Now } from './given.js' */
/** @import { Side } from './leaning.js' */
/** @import { NowRanking } from './rankings.js' */
/**
 * @typedef {object} SessionOptions
 * @property {number} [events] how many of the latest events say who is here, default 5
 * @property {number} [idle] after so many seconds without an event the visit is another one, by the times of
 *   events; default 1800
 */
/**
 * @typedef {Persona & { prior: number }} VisitPersona a persona of the profile, or last of all the visit's
 *   own: `share` is how much the list leans on it, `prior` its share of the history
 */
/** @typedef {readonly [id: string, facts: EventFacts]} Happened */

/** So many changes are taken back, and so many events remembered: as many as a profile takes back. */
const most = 100;

/** One visit of a person. Make one with `session(profile)`. The profile knows nothing of it until `keep`. */
export class Session extends Bound {
  #profile;
  #events;
  #idle;
  /** @type {readonly Happened[]} */ #happened = [];
  /** @type {(readonly Happened[])[]} */ #past = [];
  /** @type {WeakSet<Happened>} */ #kept = new WeakSet();

  /**
   * @internal
   * @param {Profile} profile
   * @param {{ events: number, idle: number }} options
   */
  constructor(profile, { events, idle }) {
    super();
    this.#profile = profile;
    this.#events = events;
    this.#idle = idle;
  }

  /** Number of events of this visit that are remembered. */
  get size() {
    return this.#happened.length;
  }

  /**
   * The events of this visit, oldest first.
   * @returns {StoredEvent[]}
   */
  get history() {
    return this.#happened.map(([id, facts]) => storedEvent(id, facts));
  }

  /** @param {readonly Happened[]} events */
  #become(events) {
    if (this.#past.push(this.#happened) > most) this.#past.shift();
    this.#happened = events.slice(-most);
  }

  /**
   * Is the visit over by then?
   * @param {number | null} at
   */
  #isOver(at) {
    let last = /** @type {number | null} */ (null);
    for (const [, facts] of this.#happened) last = facts.at ?? last;
    return at !== null && last !== null && at - last > this.#idle;
  }

  /**
   * Something happened. An item that is there already comes last again. After more than `idle` seconds since
   * the last event that has a time, what was before is another visit, and gone (`undo` brings it back).
   * @param {HistoryEvent | string | number} event
   * @returns {this}
   */
  add(event) {
    this.#profile.state.check();
    const [id, facts] = eventArgument(event);
    this.#profile.model.has(id); // refuses what is no text
    const before = this.#isOver(facts.at) ? [] : this.#happened.filter(([other]) => other !== id);
    this.#become([...before, [id, facts]]);
    return this;
  }

  /** Take the last `add` or `clear` back, up to 100 of them; false when there is none. */
  undo() {
    const before = this.#past.pop();
    if (before) this.#happened = before;
    return before !== undefined;
  }

  /** What it is: how many events. No item is named: logs travel. */
  toString() {
    return `Session { events: ${this.size} }`;
  }

  /** The visit is over. */
  clear() {
    this.#become([]);
  }

  /**
   * What is known of this visit: its latest events, and what is said beside them.
   * @param {Now} [now]
   * @returns {Given}
   */
  #given(now = []) {
    const { model } = this.#profile;
    const { events, aspects, at } = givenArgument(model, now);
    const latest = this.#isOver(at) ? [] : this.#happened.slice(-this.#events);
    const all = new Map(latest);
    for (const [id, facts] of events) {
      all.delete(id);
      all.set(id, facts);
    }
    return { events: all, aspects, at };
  }

  /**
   * As `profile.recommend`, for who is here. Items of the visit are left out, as those of the history are;
   * `now` is what is said beside its events.
   * @param {Omit<RecommendOptions, 'now'> & { now?: Now }} [options]
   * @returns {NowRanking}
   */
  recommend(options = {}) {
    const { now, ...rest } = optionsOf(options);
    return rankingOf(this.#profile, this.#given(now), (me) => me.recommend(rest));
  }

  /**
   * As `profile.rank`, for who is here.
   * @param {Iterable<string | number> | Candidates} candidates
   * @param {Omit<RankOptions, 'now'> & { now?: Now }} [options]
   * @returns {NowRanking}
   */
  rank(candidates, options = {}) {
    const { now, ...rest } = optionsOf(options);
    return rankingOf(this.#profile, this.#given(now), (me) => me.rank(candidates, rest));
  }

  /**
   * Who speaks now: the sides of the person, the likeliest first.
   * @param {Now} [now] what is said beside the visit's events
   * @returns {VisitPersona[]}
   */
  personas(now) {
    const own = this.#profile.personas();
    return withLeaning(this.#profile, this.#given(now), settings, (leaning) =>
      sorted(leaning.sides).map(({ persona, label, share, prior }) => ({
        ...(own[persona] ?? leaning.own),
        index: persona,
        label,
        share,
        prior,
      })),
    );
  }

  /** How open it is who speaks: 0 for certain one side, 1 all alike. */
  get unsure() {
    return unsureOf(this.personas().map(({ share }) => share));
  }

  /**
   * Write the events of this visit to the profile, all or none, as one change that `profile.undo()` takes
   * back. The visit goes on; what was kept is not kept again, unless it was taken back.
   * @returns {number} how many
   */
  keep() {
    const going = this.#happened.filter((event) => !this.#kept.has(event));
    const kept = this.#kept;
    const become = (/** @type {Map<string, { item: string } & EventFacts>} */ events) => {
      // A visit without times does not take the time of an event that is there.
      for (const [item, facts] of going)
        events.set(item, { item, ...facts, at: facts.at ?? events.get(item)?.at ?? null });
    };
    if (going.length > 0)
      changeAtOnce(this.#profile, become, () => {
        for (const event of going) kept.delete(event);
      });
    for (const event of going) kept.add(event);
    return going.length;
  }
}

/**
 * Options of a ranking are checked by whoever answers it, but for what they are.
 * @template {object} T
 * @param {T} options
 */
function optionsOf(options) {
  if (!isObject(options)) throw badArgument('options', options, 'an object');
  return options;
}

/**
 * A visit that remembers its latest events and ranks for who is here; the profile stays as it is.
 * @param {Profile} profile
 * @param {SessionOptions} [options]
 * @throws {import('../core/errors.js').AmpcfError} BAD_ARGUMENT
 */
export function session(profile, options = {}) {
  profileArgument(profile);
  const { events = 5, idle = 1800 } = optionsArgument(options, 'events idle');
  if (countArgument('events', events) < 1) throw badArgument('events', events, '1 or more');
  if (!(typeof idle === 'number' && idle > 0)) throw badArgument('idle', idle, 'seconds, above 0');
  return new Session(profile, { events, idle });
}
