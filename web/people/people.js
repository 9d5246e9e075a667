// Owns the people behind one account: whose each event is, how many there are, who is here, a profile for
// each. Must not change the profile that it is asked about.
import { badArgument, listArgument } from '../core/arguments.js';
import { Bound } from '../core/bound.js';
import { profileArgument } from '../model/handles.js';
import { eventArgument, storedEvent } from '../model/history.js';
import { peopleArguments } from './arguments.js';
import { likeliestNumber, mostPeople, numberOfPeople } from './count.js';
import { fitPeople, softmax } from './mixture.js';
import { describe } from './names.js';
import { tasteSpace } from './space.js';
import { unitOf, unitsOf } from './visits.js';

/** @import { Profile } from '../model/profile.js' */
/** @import { HistoryEvent, StoredEvent } from '../model/types.js' */
/** @import { Person } from './names.js' */
/** @import { Crowd, Mixture, Unit } from './mixture.js' */
/** @import { PlacedEvent } from './visits.js' */
/**
 * @typedef {object} PeopleOptions
 * @property {number} [people] how many there are, 1 to 4, where the page knows; default: what is likeliest
 * @property {Record<string, number>} [owners] whose an item is, by the number of the person from 0, where the
 *   page knows: kept as said; items that are not in the history are passed over
 * @property {number} [gap] seconds without an event that end a visit, default 3600: the events of a visit are
 *   of one person
 */
/**
 * @typedef {object} OwnedEvent
 * @property {string} item
 * @property {number} person who it is most likely of
 * @property {number[]} probabilities of each person, sum 1
 */
/**
 * @typedef {{ person: number | null, label: string, probability: number }} Here person: null is somebody new
 */

/** How many visits the people are fitted on; the others are assigned to them. */
const mostFitted = 1024;
/** What an event weighs beside the average one. */
const weights = Object.freeze([0.25, 4]);
/** Before anything is seen, how likely it is that somebody new is here. */
const newcomer = 0.1;
/** Below this an event is not worth a place in a person's profile. */
const leastPart = 0.05;

/**
 * Events where their items lie, each with what it says of taste.
 * @param {Profile} profile
 * @param {readonly StoredEvent[]} events
 * @param {Map<string, number>} told
 * @returns {PlacedEvent[]}
 */
function placed({ model }, events, told) {
  const { place } = tasteSpace(model);
  const liking = events.map(({ weight, preference }) => weight * Math.max(preference, 0));
  const says = liking.some((weight) => weight > 0) ? liking : events.map(({ weight }) => weight);
  const some = says.filter((weight) => weight > 0);
  const mean = some.reduce((sum, weight) => sum + weight, 0) / some.length;
  return events.map((event, i) => {
    const index = model.indexOf(event.item);
    const weight = says[i] > 0 ? Math.min(weights[1], Math.max(weights[0], says[i] / mean)) : 0;
    return {
      event,
      place: index === undefined ? null : place(index),
      weight,
      told: told.get(event.item) ?? -1,
    };
  });
}

/**
 * As many as are fitted, evenly over the history; those whose owner is told first.
 * @param {readonly Unit[]} units
 */
function fittedOf(units) {
  if (units.length <= mostFitted) return units;
  const told = units.filter((unit) => unit.told >= 0).slice(0, mostFitted / 2);
  const open = units.filter((unit) => unit.told < 0);
  const room = Math.min(open.length, mostFitted - told.length);
  return [...told, ...Array.from({ length: room }, (_, i) => open[Math.floor((i * open.length) / room)])];
}

/**
 * The same people, those with most events first.
 * @param {Mixture} fit
 * @returns {Mixture}
 */
function byShare(fit) {
  const { crowd } = fit;
  const order = [...crowd.counts.keys()].sort((a, b) => crowd.counts[b] - crowd.counts[a]);
  crowd.take(order);
  return { ...fit, owners: fit.owners.map((own) => Float64Array.from(order, (q) => own[q])) };
}

/**
 * Whose a unit is, by the people that are known.
 * @param {Crowd} crowd
 * @param {Unit} unit
 */
const posterior = (crowd, unit) =>
  softmax(Float64Array.from({ length: crowd.k }, (_, q) => crowd.likelihood(unit, q, 0)));

/** The people of one account, as it was when it was split. `peopleOf` makes it. */
export class People extends Bound {
  #profile;
  #version;
  #options;
  #events;
  #units;
  /** @type {Crowd} */ #crowd;
  /** Units that the people were fitted on, with their owners. @type {Map<Unit, Float64Array>} */ #fitted;
  /** @type {Float64Array[]} */ #owners;
  /** @type {readonly Person[] | undefined} */ #list;

  /** How many people it goes by: as many as were told of; else one, unless more than one are likelier. */
  count;

  /**
   * How likely 1, 2, 3 and 4 people are, sum 1.
   * @type {number[]}
   */
  probabilities;

  /**
   * @internal
   * @param {Profile} profile
   * @param {PeopleOptions} options
   */
  constructor(profile, options) {
    super();
    const { people, told, gap, least } = peopleArguments(options);
    const { rho, size } = tasteSpace(profile.model);
    this.#profile = profile;
    this.#version = profile.version;
    this.#options = options;
    this.#events = placed(profile, profile.history, told);
    this.#units = unitsOf(this.#events, size, gap);
    const fitted = fittedOf(this.#units.units);
    const fits = Array.from({ length: mostPeople }, (_, i) => fitPeople(fitted, rho, i + 1));
    this.probabilities = numberOfPeople(fits, fitted, least);
    this.count = people ?? likeliestNumber(this.probabilities);
    const fit = fits[this.count - 1];
    const { crowd, owners } = told.size > 0 ? fit : byShare(fit);
    this.#crowd = crowd;
    this.#fitted = new Map(fitted.map((unit, i) => [unit, owners[i]]));
    this.#owners = this.#events.map((event, i) =>
      this.#ownersOf(event, this.#units.units[this.#units.unitAt[i]]),
    );
  }

  /** How sure it is of the count: its probability. */
  get confidence() {
    return this.probabilities[this.count - 1];
  }

  /** @internal What it was made with, and of which state. */
  get made() {
    return { version: this.#version, options: this.#options };
  }

  /**
   * Whose an event is: as told, as its visit; by its taste alone where nothing was liked there.
   * @param {PlacedEvent} event
   * @param {Unit} unit
   */
  #ownersOf(event, unit) {
    const { k } = this.#crowd;
    if (unit.told >= 0) return Float64Array.from({ length: k }, (_, q) => Number(q === unit.told));
    if (unit.count > 0) return this.#fitted.get(unit) ?? posterior(this.#crowd, unit);
    return posterior(this.#crowd, unitOf([{ ...event, weight: 1 }], this.#crowd.rho.length, -1));
  }

  /**
   * The events of the profile as they are now, each with its owners: those that came later are given to whom
   * they are like.
   * @returns {{ event: StoredEvent, own: Float64Array }[]}
   */
  #owned() {
    const profile = this.#profile;
    profile.state.check();
    const at = new Map(this.#events.map(({ event }, i) => [event.item, i]));
    return profile.history.map((event) => {
      const i = at.get(event.item);
      if (i !== undefined) return { event, own: this.#owners[i] };
      const [fresh] = placed(profile, [event], new Map());
      return { event, own: this.#ownersOf(fresh, unitOf([fresh], this.#crowd.rho.length, -1)) };
    });
  }

  /**
   * The events of the account with their owners, oldest addition first.
   * @returns {OwnedEvent[]}
   */
  get events() {
    return this.#events.map(({ event: { item } }, i) => {
      const own = this.#owners[i];
      return { item, person: own.indexOf(Math.max(...own)), probabilities: [...own] };
    });
  }

  /**
   * Who they are; named when it is first asked.
   * @returns {readonly Person[]}
   */
  get list() {
    return (this.#list ??= describe(this, this.#profile.model));
  }

  /**
   * A profile of one of them: the events of the account, each by the part of it that is this person's. Yours
   * to dispose of. Summaries of forgotten events are nobody's, and stay out.
   * @param {number | Person} person
   * @param {import('../model/types.js').ProfileOptions} [options] default: as the account is folded
   * @returns {Profile}
   */
  as(person, options = this.#profile.folding) {
    const index = typeof person === 'object' && person ? person.index : person;
    if (!(Number.isInteger(index) && index >= 0 && index < this.count))
      throw badArgument('person', index, `a whole number from 0 to ${this.count - 1}`);
    const history = this.#owned().flatMap(({ event: { item, weight, preference, at }, own }) => {
      const part = own[index];
      const isTheirs = part >= leastPart && Math.fround(weight * part) > 0;
      return isTheirs ? [{ item, weight: Math.min(weight, weight * part), preference, at }] : [];
    });
    return this.#profile.model.createProfile(history, options);
  }

  /**
   * Who is in front of the screen, by what was done last; the last one is somebody new. Events that are in
   * the history too do not speak for themselves.
   * @param {Iterable<HistoryEvent | string | number>} recentEvents of this visit
   * @returns {Here[]} sum 1
   */
  whoIsHere(recentEvents) {
    const recent = listArgument('recentEvents', recentEvents).map(eventArgument);
    this.#profile.state.check();
    const events = placed(
      this.#profile,
      recent.map(([item, facts]) => storedEvent(item, facts)),
      new Map(),
    );
    const crowd = this.#crowd.copy();
    const at = new Map(this.#events.map(({ event }, i) => [event.item, i]));
    for (const item of new Set(recent.map(([id]) => id))) this.#leaveOut(crowd, at.get(item));
    const latest = events.reverse().sort((a, b) => Number(b.event.at) - Number(a.event.at));
    const unit = latest.length > 0 ? unitOf(latest, crowd.rho.length, -1) : undefined;
    const shares = this.#shares();
    const logs = Float64Array.from({ length: this.count + 1 }, (_, q) => {
      const prior = q < this.count ? (1 - newcomer) * shares[q] : newcomer;
      return Math.log(Math.max(prior, 1e-9)) + (unit ? crowd.likelihood(unit, q, 0) : 0);
    });
    return Array.from(softmax(logs), (probability, q) => {
      const person = q < this.count ? q : null;
      return { person, label: person === null ? 'somebody new' : this.list[person].label, probability };
    });
  }

  /**
   * @param {Crowd} crowd changed
   * @param {number | undefined} i an event of the split
   */
  #leaveOut(crowd, i) {
    if (i === undefined || !this.#fitted.has(this.#units.units[this.#units.unitAt[i]])) return;
    const unit = { ...unitOf([this.#events[i]], crowd.rho.length, -1), hour: -1 };
    this.#owners[i].forEach((part, q) => crowd.add(unit, q, -part));
  }

  /** What it is: how many people, how sure that is, of how many events. No item is named: logs travel. */
  toString() {
    const { count, confidence } = this;
    return `People { count: ${count}, confidence: ${confidence.toFixed(2)}, events: ${this.#events.length} }`;
  }

  /** @internal Parts of the events, sum 1. */
  #shares() {
    const sums = new Float64Array(this.count).fill(this.#owners.length > 0 ? 0 : 1);
    for (const own of this.#owners) for (let q = 0; q < sums.length; q++) sums[q] += own[q];
    return sums.map((sum) => sum / Math.max(1, this.#owners.length || this.count));
  }

  /** @internal */
  get shares() {
    return this.#shares();
  }
}

/** @type {WeakMap<Profile, People>} */
const latest = new WeakMap();

/**
 * Split the events of an account into the people behind it: how many they are, how sure that is, what each of
 * them likes, and whose every event is. Deterministic; the profile stays as it is.
 * @param {Profile} profile
 * @param {PeopleOptions} [options]
 * @returns {People}
 * @throws {import('../core/errors.js').AmpcfError} BAD_ARGUMENT, DISPOSED
 */
export function peopleOf(profile, options = {}) {
  profileArgument(profile).state.check();
  const people = new People(profile, options);
  latest.set(profile, people);
  return people;
}

/**
 * The last split of a profile, made anew in the same way where the profile has changed since.
 * @param {Profile} profile
 */
function peopleNow(profile) {
  const people = latest.get(profileArgument(profile));
  const { version, options } = people?.made ?? { version: -1, options: {} };
  return people && version === profile.version ? people : peopleOf(profile, options);
}

/**
 * Who is in front of the screen, by what was done last: each person of the last `peopleOf`, and somebody new.
 * @param {Profile} profile
 * @param {Iterable<HistoryEvent | string | number>} recentEvents of this visit
 * @returns {Here[]} sum 1
 */
export const whoIsHere = (profile, recentEvents) => peopleNow(profile).whoIsHere(recentEvents);

/**
 * A profile of one person of the account, by the last `peopleOf`. Yours to dispose of.
 * @param {Profile} profile
 * @param {number | Person} person
 */
export const as = (profile, person) => peopleNow(profile).as(person);
