// Owns lists and persona figures of people as numbers, one fold a person. Must not know ids: no text and no
// object of an item is made here.
import { entropy } from '../core/entropy.js';
import {
  addEvent,
  attentionTo,
  beginFold,
  finishFold,
  freeFold,
  rankItems,
  responsibilitiesOf,
  seatItems,
  sharesOf,
} from '../core/kernel.js';
import { entropyShare, isCollapsed } from './persona-figures.js';

/** @import { FoldedProfile, OpenModel } from '../core/kernel.js' */
/** @import { CodedPeople } from './coded-people.js' */
/**
 * @typedef {object} ListOptions
 * @property {number} k of each list
 * @property {number} proportional of lists of the whole catalogue
 * @property {number | null} looked items of each list whose attention is looked at; null: no persona figures
 */
/**
 * @typedef {object} CodedLists
 * @property {Uint32Array<ArrayBuffer>} lists (U, k)
 * @property {Uint32Array<ArrayBuffer>} lengths (U)
 * @property {Float64Array<ArrayBuffer>} health (U, 4): personas (0: the model knows nothing of the history),
 *   exp of the entropy of their shares, whether two are collapsed, entropy share of the attention (-1: none)
 */

export const healthFields = 4;

/**
 * @param {FoldedProfile} fold
 * @param {Uint32Array} list whose attention is wanted
 * @param {Float64Array} out (4)
 */
function lookAt(fold, list, out) {
  const shares = sharesOf(fold);
  const p = shares.length;
  out[0] = p;
  out[1] = Math.exp(entropy(shares));
  out[3] = -1;
  if (p < 2) return;
  const r = responsibilitiesOf(fold);
  const columns = shares.map((_, k) => Float32Array.from({ length: fold.events }, (__, i) => r[i * p + k]));
  out[2] = isCollapsed(columns) ? 1 : 0;
  const attention = Array.from(list, (index) => attentionTo(fold, index));
  out[3] = entropyShare(attention) ?? -1;
}

/**
 * @param {FoldedProfile} fold
 * @param {Uint32Array} history
 * @param {Uint32Array | null} candidates
 * @param {Uint8Array} excluded (N) zeros, before and after
 * @param {ListOptions} options
 */
function listOf(fold, history, candidates, excluded, { k, proportional }) {
  if (candidates) return rankItems(fold, candidates, Math.min(k, candidates.length)).items;
  for (const index of history) excluded[index] = 1;
  const most = Math.min(k, excluded.length);
  const { items } = seatItems(fold, excluded, most, proportional, true);
  for (const index of history) excluded[index] = 0;
  return items;
}

/**
 * @param {OpenModel} kernel
 * @param {CodedPeople} people
 * @param {ListOptions} options
 * @returns {CodedLists}
 */
export function listPeople(kernel, { offsets, items, weights, candidateOffsets, candidates }, options) {
  const { k, looked } = options;
  const n = offsets.length - 1;
  const out = {
    lists: new Uint32Array(n * k),
    lengths: new Uint32Array(n),
    health: new Float64Array(n * healthFields),
  };
  const excluded = new Uint8Array(kernel.facts.items);
  for (let u = 0; u < n; u++) {
    const history = items.subarray(offsets[u], offsets[u + 1]);
    const fold = beginFold(kernel, [], history.length);
    try {
      for (let i = 0; i < history.length; i++) addEvent(fold, history[i], weights[offsets[u] + i], 1);
      finishFold(fold);
      const own = candidateOffsets && candidates?.subarray(candidateOffsets[u], candidateOffsets[u + 1]);
      const list = k > 0 ? listOf(fold, history, own ?? null, excluded, options) : new Uint32Array();
      out.lists.set(list, u * k);
      out.lengths[u] = list.length;
      if (looked !== null && history.length > 0)
        lookAt(fold, list.subarray(0, looked), out.health.subarray(u * healthFields, (u + 1) * healthFields));
    } finally {
      freeFold(fold);
    }
  }
  return out;
}
