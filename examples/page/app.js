// Owns what every part of the demo page looks at: the model, the person, what is chosen, and how to show it
// all again. Must hold no part of the page, nor work anything out.

/** @typedef {import('ampcf').Model} Model */
/** @typedef {import('ampcf').Profile} Profile */
/** @typedef {ReturnType<Profile['personas']>[number]} Persona */
/** @typedef {{ index: number, label: string }} Voice the persona that speaks for a film */
/**
 * @typedef {ReturnType<Profile['explain']> & { uncertainty?: number, words?: string, seat?: boolean }}
 *   RankedItem
 */
/** @typedef {'personas' | 'one'} ListName */
/**
 * What the page shows, worked out once a change.
 * @typedef {object} Seen
 * @property {Persona[]} personas
 * @property {Map<string, number>} owner the persona that a film of the history belongs to most
 * @property {Record<ListName, { items: RankedItem[] }>} lists
 * @property {(name: ListName) => (item: RankedItem) => Voice | undefined} voices who speaks for a film
 */

export const topK = 12;
const colours = 6;

/** The colour of a persona, as a class. */
export const colour = (/** @type {number | undefined} */ persona) =>
  persona === undefined ? '' : `p${persona % colours}`;

/** What is the same whatever is typed: no accents, no capitals. */
export const fold = (/** @type {string} */ text) =>
  text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();

export const app = {
  model: /** @type {Model} */ (/** @type {unknown} */ (undefined)),
  person: /** @type {import('./person.js').Person} */ (/** @type {unknown} */ (undefined)),
  visit: /** @type {import('./visit.js').Visit} */ (/** @type {unknown} */ (undefined)),
  household: /** @type {import('./household.js').Household} */ (/** @type {unknown} */ (undefined)),
  greeting: /** @type {import('./greeting.js').Greeting} */ (/** @type {unknown} */ (undefined)),
  tuning: /** @type {import('./tuning.js').Tuning} */ (/** @type {unknown} */ (undefined)),
  seen: /** @type {Seen} */ (/** @type {unknown} */ (undefined)),
  /**
   * Called in each change, with what is seen then.
   * @type {((seen: Seen) => void)[]}
   */
  watchers: [],
  /**
   * Called after each change, when the lists can be seen.
   * @type {((seen: Seen) => void)[]}
   */
  followers: [],
  /** @type {(kept?: any) => void} shows everything again; kept: a row that stays where it is */
  render: () => {},
};
