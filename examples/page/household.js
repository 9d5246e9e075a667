// Owns "who is here" on the demo page: how many people the history looks like, and the list of one of them.
// Must not change the profile, nor say anything where one person is the likeliest.
import { peopleOf } from '../../dist/people.js';
import { $, button, make, percent, remake } from './elements.js';

/** @typedef {import('ampcf').Profile} Profile */
/** @typedef {import('ampcf/people').People} People */

export class Household {
  #profile;
  #changed;
  #version = -1;
  /** @type {People | undefined} */ #people;
  /** @type {Profile | undefined} */ #one;
  /** @type {number | null} */ #chosen = null;

  /**
   * @param {Profile} profile
   * @param {() => void} changed is called when the list of one, or of everybody, is wanted
   */
  constructor(profile, changed) {
    this.#profile = profile;
    this.#changed = changed;
  }

  /** @param {Profile} profile of the same history */
  turnTo(profile) {
    this.#profile = profile;
    this.#version = -1;
  }

  /** @param {number | null} person null: everybody */
  choose(person) {
    this.#one?.dispose();
    this.#chosen = person;
    this.#one = person === null ? undefined : this.#people?.as(person);
  }

  /** Another history: other people. */
  #follow() {
    if (this.#version !== this.#profile.version) {
      this.choose(null);
      this.#people = peopleOf(this.#profile);
      this.#version = this.#profile.version;
    }
  }

  /** The profile of the one whose list is wanted; undefined: of everybody. */
  get one() {
    if (this.#chosen === null) return undefined; // who is here need not be known for everybody's list
    this.#follow();
    return this.#one;
  }

  /** @param {number | null} person */
  #press(person) {
    this.choose(person);
    this.#changed();
    this.render();
    $('people').querySelector('[aria-pressed=true]')?.focus();
  }

  render() {
    this.#follow();
    const people = this.#people;
    const count = this.#profile.size > 0 ? (people?.count ?? 1) : 1;
    $('people').hidden = count < 2;
    if (!people || count < 2) return;
    const [alone] = people.probabilities;
    const choice = (/** @type {string} */ text, /** @type {number | null} */ person) =>
      button(text, () => this.#press(person), { ariaPressed: String(this.#chosen === person) });
    const list = people.list.map(({ index, label, share }) => ({
      index,
      text: `${label}, ${percent(share)}`,
    }));
    const words =
      `Perhaps ${count} people: ${percent(1 - alone)} for more than one, ` +
      `${percent(people.confidence)} for ${count}. List of`;
    remake($('people'), [words, list, this.#chosen], () => [
      make('p', { className: 'hint', role: 'status' }, words),
      make(
        'div',
        { className: 'choices', role: 'group', ariaLabel: 'Whose list' },
        choice('Everybody', null),
        ...list.map(({ text, index }) => choice(text, index)),
      ),
    ]);
  }
}
