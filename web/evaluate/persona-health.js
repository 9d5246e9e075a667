// Owns the health of personas (METRICS.md): how many, how distinct, how sharply they own what is recommended.
// Must not judge accuracy.
import { modelArgument } from '../model/handles.js';
import { optionsArgument } from '../core/options.js';
import { healthFields } from './coded-lists.js';
import { askPeople } from './crew.js';
import { withPerson } from './fold-person.js';
import { paceOf } from './pace.js';
import { historiesOf } from './people.js';
import { sampleOf, seededRandom } from '../core/random.js';

/** @import { Model } from '../model/model.js' */
/** @import { Interactions } from '../train.js' */
/** @import { PaceOptions } from './pace.js' */
/**
 * @typedef {object} PersonaHealth
 * @property {number} people with a history that the model knows; the figures are about them
 * @property {number} mean number of personas
 * @property {number} effective exp of the entropy of the shares, mean
 * @property {number | null} collapseRate of the people with more than one persona, the share for whom two
 *   have responsibilities of cosine above 0.9
 * @property {number} single share of people with one persona
 * @property {number | null} sharpness entropy / ln P of the attention on the recommended items, mean over the
 *   people with more than one persona: lower is sharper
 */
/**
 * @typedef {object} FoldedPerson
 * @property {number[]} shares (P)
 * @property {Float32Array[]} columns (P) of (H) responsibilities
 * @property {Float32Array[]} attention (P) for each item asked about
 */

/**
 * @param {Model} model
 * @param {readonly { item: string, weight: number }[]} history
 * @param {readonly string[]} items whose attention is wanted
 * @returns {FoldedPerson} for the history items that the model knows
 */
export function foldPerson(model, history, items) {
  return withPerson(model, history, ({ shares, columns, explain }) => ({
    shares,
    columns,
    attention: items.map((item) => explain(/** @type {number} */ (model.indexOf(item))).attention),
  }));
}

/**
 * @param {Float64Array} health of people, as `askPeople` gives it
 * @returns {PersonaHealth}
 */
export function healthOf(health) {
  let counted = 0;
  let personas = 0;
  let effective = 0;
  let single = 0;
  let collapsed = 0;
  let sharpness = 0;
  let sharpened = 0;
  for (let at = 0; at < health.length; at += healthFields) {
    if (health[at] === 0) continue;
    counted++;
    personas += health[at];
    effective += health[at + 1];
    if (health[at] === 1) single++;
    collapsed += health[at + 2];
    if (health[at + 3] < 0) continue;
    sharpened++;
    sharpness += health[at + 3];
  }
  const several = counted - single;
  const over = (/** @type {number} */ sum, /** @type {number} */ n) => (n > 0 ? sum / n : null);
  return {
    people: counted,
    mean: over(personas, counted) ?? 0,
    effective: over(effective, counted) ?? 0,
    collapseRate: over(collapsed, several),
    single: over(single, counted) ?? 0,
    sharpness: over(sharpness, sharpened),
  };
}

/**
 * The personas of a random sample of people, folded in from what they have; without recommendations there is
 * no `sharpness`.
 * @param {Model} model
 * @param {Interactions} interactions
 * @param {{ people?: number, seed?: number } & PaceOptions} [given] people: default 500
 * @returns {Promise<PersonaHealth>}
 */
export async function personaHealth(model, interactions, given = {}) {
  modelArgument(model);
  const { people = 500, seed = 1, ...options } = optionsArgument(given, 'people seed signal onProgress');
  const asked = sampleOf(historiesOf(interactions), people, seededRandom(seed));
  const pace = paceOf('looking at personas', options);
  const { health } = await askPeople(model, asked, { k: 0, proportional: 0, looked: 0 }, { pace });
  return healthOf(health);
}
