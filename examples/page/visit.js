// Owns this visit on the demo page: what was looked at, which persona speaks now, and whether the list
// follows. Must not change the profile: what was looked at is not what was liked.
import { session } from '../../dist/now.js';
import { $, write } from './elements.js';

/** @typedef {import('ampcf').Profile} Profile */
/** @typedef {import('ampcf/now').Session} Session */

export class Visit {
  #profile;
  /** @type {Session} */ #session;

  /**
   * @param {Profile} profile
   * @param {() => void} changed is called when the list is to follow, or no more, or when all is forgotten
   */
  constructor(profile, changed) {
    this.#profile = profile;
    this.#session = session(profile);
    $('follow').addEventListener('change', changed);
    $('forget').addEventListener('click', () => {
      this.forget();
      changed();
      $('film').focus(); // the button is gone
    });
  }

  /** @param {Profile} profile of the same person, who goes on looking */
  turnTo(profile) {
    const events = this.#session.history;
    this.#profile = profile;
    this.#session = session(profile);
    for (const event of events) this.#session.add(event);
  }

  /** Is there a visit, of somebody who is known? */
  get going() {
    return this.#session.size > 0 && this.#profile.size > 0;
  }

  get following() {
    return this.going && $('follow').checked;
  }

  /** The usual list; the visit goes on. */
  unfollow() {
    $('follow').checked = false;
  }

  /** What was looked at and is not in the history, as events. */
  get events() {
    const known = new Set(this.#profile.history.map(({ item }) => item));
    return this.#session.history.filter(({ item }) => !known.has(item));
  }

  /** What was looked at, as ids. */
  get looked() {
    return this.#session.history.map(({ item }) => item);
  }

  /** @param {string} item */
  look(item) {
    if (this.#profile.size > 0) this.#session.add(item);
  }

  /** @param {string} [item] default: all, and the list is the usual one again */
  forget(item) {
    const rest = item === undefined ? [] : this.#session.history.filter((event) => event.item !== item);
    this.#session.clear();
    for (const event of rest) this.#session.add(event);
    if (rest.length === 0) this.unfollow();
  }

  /** Who speaks now: by the persona's index, one more than the history has for what is new. */
  sides() {
    return new Map((this.going ? this.#session.personas() : []).map((side) => [side.index, side]));
  }

  /** What ranks for this visit. */
  get session() {
    return this.#session;
  }

  render() {
    const { model } = this.#profile;
    $('visit').hidden = !this.going;
    const titles = this.#session.history.map(({ item }) => model.title(item)).join(', ');
    write($('looked'), `Looked at in this visit: ${titles}`);
  }
}
