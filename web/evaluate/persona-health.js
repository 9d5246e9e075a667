// Owns the health of personas (METRICS.md): how many, how distinct, how sharply they own what is recommended. Must not judge accuracy.
import { AmpcfError } from '../errors.js';
import { paceOf } from './pace.js';
import { itemsByPerson } from './people.js';
import { sampleOf, seededRandom } from './random.js';

/** @import { Interactions } from '../interactions.js' */
/** @import { Model } from '../model.js' */
/** @import { PaceOptions } from './pace.js' */
/** @import { Person } from './people.js' */
/**
 * @typedef {object} PersonaHealth
 * @property {number} people with a history that the model knows; the figures are about them
 * @property {number} mean number of personas
 * @property {number} effective exp of the entropy of the shares, mean
 * @property {number | null} collapseRate of the people with more than one persona, the share for whom two have responsibilities of cosine above 0.9
 * @property {number} single share of people with one persona
 * @property {number | null} sharpness 1 - entropy / ln P of the attention on the recommended items, mean over the people with more than one persona
 */
/** @typedef {{ shares: number[], columns: Float32Array[], attention: Float32Array[] }} FoldedPerson columns: (P) of (H) responsibilities; attention: (P) for each item asked about */

const alike = 0.9;

/**
 * A history folded in by the core itself, because a profile shows the larger responsibilities only.
 * @param {Model} model @param {readonly { item: string, weight: number }[]} history @param {readonly string[]} items whose attention is wanted
 * @returns {FoldedPerson} for the history items that the model knows
 */
export function foldPerson(model, history, items) {
  const { memory, address: at } = model, known = history.filter(({ item }) => model.has(item)), n = known.length;
  const bytes = memory.call('ampcf_profile_memory', at, n), scratchBytes = memory.call('ampcf_profile_scratch', at, n), most = model.info.personas;
  return memory.scoped([n * 4, n * 4, bytes, scratchBytes, n * 8, most * 4, 32], (indices, weights, profile, scratch, parts, attention, out) => {
    const ok = (/** @type {number} */ status) => { if (status !== 0) throw new AmpcfError(memory.statusName(status), `the core refused a history of ${n} items: ${memory.statusName(status)}`); };
    memory.u32(indices, n).set(known.map(({ item }) => /** @type {number} */ (model.indexOf(item))));
    memory.f32(weights, n).set(known.map(({ weight }) => weight));
    ok(memory.call('ampcf_profile_fold_in', at, indices, weights, n, 0, profile, bytes, scratch, scratchBytes, out));
    const p = memory.call('ampcf_profile_personas', profile), r = memory.f32(memory.call('ampcf_profile_responsibilities', profile), n * p).slice();
    return {
      shares: [...memory.f32(memory.call('ampcf_profile_shares', profile), p)],
      columns: Array.from({ length: p }, (_, k) => Float32Array.from({ length: n }, (__, i) => r[i * p + k])),
      attention: items.map((item) => {
        ok(memory.call('ampcf_explain', profile, /** @type {number} */ (model.indexOf(item)), parts, attention, out));
        return memory.f32(attention, p).slice();
      }),
    };
  });
}

/** In nats. @param {Iterable<number>} shares */
export function entropy(shares) {
  let sum = 0;
  for (const share of shares) if (share > 0) sum -= share * Math.log(share);
  return sum;
}

/** @param {Float32Array} a @param {Float32Array} b */
function cosine(a, b) {
  let ab = 0, aa = 0, bb = 0;
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/** Do some two personas own the history alike? @param {Float32Array[]} columns */
export function isCollapsed(columns) {
  return columns.some((a, k) => columns.slice(k + 1).some((b) => cosine(a, b) > alike));
}

/**
 * @param {Model} model @param {readonly Person[]} people @param {readonly (readonly string[])[]} lists what each was recommended, known items only
 * @param {{ k: number, pace: (done: number, total: number) => Promise<void> }} options k: items of each list that are looked at
 * @returns {Promise<PersonaHealth>}
 */
export async function measurePersonas(model, people, lists, { k, pace }) {
  let counted = 0, personas = 0, effective = 0, single = 0, collapsed = 0, sharpness = 0, sharpened = 0;
  for (const [i, { history }] of people.entries()) {
    await pace(i + 1, people.length);
    if (!history.some(({ item }) => model.has(item))) continue;
    const { shares, columns, attention } = foldPerson(model, history, lists[i].slice(0, k));
    counted++;
    personas += shares.length;
    effective += Math.exp(entropy(shares));
    if (shares.length === 1) {
      single++;
      continue;
    }
    if (isCollapsed(columns)) collapsed++;
    if (attention.length > 0) {
      sharpened++;
      sharpness += attention.reduce((sum, weights) => sum + 1 - entropy(weights) / Math.log(shares.length), 0) / attention.length;
    }
  }
  const several = counted - single, over = (/** @type {number} */ sum, /** @type {number} */ n) => (n > 0 ? sum / n : null);
  return { people: counted, mean: over(personas, counted) ?? 0, effective: over(effective, counted) ?? 0, collapseRate: over(collapsed, several),
    single: over(single, counted) ?? 0, sharpness: over(sharpness, sharpened) };
}

/**
 * The personas of a random sample of people, folded in from what they have; without recommendations there is no `sharpness`.
 * @param {Model} model @param {Interactions} interactions
 * @param {{ people?: number, seed?: number } & PaceOptions} [options] people: default 500
 * @returns {Promise<PersonaHealth>}
 */
export async function personaHealth(model, interactions, { people = 500, seed = 1, ...options } = {}) {
  const everybody = Array.from(itemsByPerson(interactions), ([user, items]) => ({ user, items })).sort((a, b) => (a.user < b.user ? -1 : 1));
  const asked = sampleOf(everybody.filter(({ items }) => items.size > 0), people, seededRandom(seed))
    .map(({ user, items }) => ({ user, history: Array.from(items, ([item, weight]) => ({ item, weight })), relevant: new Set(/** @type {string[]} */ ([])), candidates: null }));
  return measurePersonas(model, asked, asked.map(() => []), { k: 0, pace: paceOf('looking at personas', options) });
}
