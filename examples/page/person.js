// Owns the history of the person on the demo page: its profiles, what changes them, and the way back. Must
// not show anything.
import { app } from './app.js';

/** @typedef {import('ampcf').Model} Model */
/** @typedef {import('ampcf').Profile} Profile */
/** @typedef {import('ampcf').HistoryEvent} HistoryEvent */

const mostSteps = 50;

export class Person {
  #model;
  /** @type {HistoryEvent[][]} */ #past = [];
  /** @type {Profile | undefined} */ #kept;
  /** As personas. @type {Profile} */ personas;
  /** As the one vector most libraries make of a history. @type {Profile} */ one;

  /** @param {Model} model */
  constructor(model) {
    this.#model = model;
    this.personas = model.createProfile();
    this.one = model.createProfile([], { personas: 1 });
  }

  /** @param {Profile} profile which is kept: it follows this person */
  keepIn(profile) {
    const { history } = this;
    this.#kept = profile;
    profile.clear();
    for (const event of history) profile.add(event);
  }

  get #profiles() {
    return [this.personas, this.one, ...(this.#kept ? [this.#kept] : [])];
  }

  get history() {
    return this.personas.history;
  }

  get ids() {
    return this.history.map(({ item }) => item);
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  #remember() {
    this.#past.push(
      this.history.map(({ item, preference, weight, at }) => ({ item, preference, weight, at })),
    );
    if (this.#past.length > mostSteps) this.#past.shift();
  }

  /**
   * @param {(HistoryEvent | string)[]} events
   */
  #replace(events) {
    for (const profile of this.#profiles) {
      profile.clear();
      for (const event of events) profile.add(event);
    }
  }

  /** @param {(HistoryEvent | string)[]} events that are added, or replace what was known of an item */
  add(...events) {
    this.#remember();
    for (const profile of this.#profiles) for (const event of events) profile.add(event);
    app.render();
  }

  /** @param {string} item */
  remove(item) {
    this.#remember();
    for (const profile of this.#profiles) profile.remove(item);
    app.render();
  }

  /** @param {(HistoryEvent | string)[]} events in the place of all that is known */
  become(events) {
    this.#remember();
    this.#replace(events);
    app.render();
  }

  /**
   * A history to begin with: nothing to take back, nothing shown.
   * @param {(HistoryEvent | string)[]} events
   */
  begin(events) {
    this.#past = [];
    this.#replace(events);
  }

  undo() {
    const events = this.#past.pop();
    if (events) this.#replace(events);
    app.render();
  }

  /** @param {number} most personas that the history may become */
  split(most) {
    const { history } = this;
    this.personas.dispose();
    this.personas = this.#model.createProfile(history, { personas: most });
  }
}
