// Owns that a reload of the demo page loses nothing: where history and choices are kept on this device, and
// what is there. Must not send them, nor let the page wait for a store that does not answer.
import { indexedDbStore, keepProfile } from '../../dist/store.js';

/** @typedef {import('ampcf').Model} Model */
/** @typedef {import('ampcf/store').KeptProfile} KeptProfile */
/** @typedef {{ tuning?: object, mode?: string, looked?: string[] }} Choices */

const patience = 700; // milliseconds

export class Keep {
  #name;
  /** @type {KeptProfile | undefined} */ #kept;
  #isLate = false;
  /** What was chosen in an earlier visit; undefined: there was none. @type {Choices | undefined} */
  choices;

  /** @param {string} name of what is kept for one model */
  constructor(name) {
    this.#name = name;
    try {
      const text = localStorage.getItem(name);
      const found = text ? JSON.parse(text) : undefined;
      if (found && typeof found === 'object') this.choices = found;
    } catch {
      // Nothing can be kept here, or what was kept is damaged: a first visit.
    }
  }

  /**
   * Opens what is kept of a history, if the store answers in time.
   * @param {Model} model
   */
  async open(model) {
    const opening = keepProfile(model, indexedDbStore({ name: this.#name }), { everyMs: 200 });
    const late = new Promise((/** @type {(value: undefined) => void} */ resolve) => {
      setTimeout(resolve, patience);
    });
    this.#kept = await Promise.race([opening, late]);
    this.#isLate = !this.#kept;
    if (this.#isLate) opening.then((kept) => kept.close()).catch(() => {});
    return this.#kept?.profile;
  }

  /** @param {Choices} choices */
  remember(choices) {
    try {
      localStorage.setItem(this.#name, JSON.stringify(choices));
    } catch {
      // The page goes on; `words` says that nothing is kept.
    }
  }

  /** Whether and where it is kept, for people. */
  get words() {
    if (this.#isLate) return 'Not kept: the storage of this browser does not answer. A reload begins anew.';
    if (this.#kept && !this.#kept.persisted) return `Not kept: ${this.#kept.reason}.`;
    return 'Kept in this browser, on this device: a reload loses nothing.';
  }

  /** Everything that is kept is gone, and nothing is kept before the next change. */
  async erase() {
    await this.#kept?.erase();
    try {
      localStorage.removeItem(this.#name);
    } catch {
      // There is nothing.
    }
  }
}
