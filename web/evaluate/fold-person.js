// Owns a history folded in by the core itself, for figures that a profile does not show: evidence of each
// persona, scores of all items. Must not judge them.
import {
  addEvent,
  beginFold,
  explainItem,
  finishFold,
  freeFold,
  responsibilitiesOf,
  scoresOf,
  sharesOf,
} from '../core/kernel.js';

/** @import { Model } from '../model/model.js' */
/** @typedef {{ item: string, weight: number }} Event */
/**
 * @typedef {object} PersonFold valid until `run` returns
 * @property {string[]} known (H) history items that the model knows
 * @property {number[]} indices (H) of them
 * @property {number[]} shares (P) of the personas, sum 1, largest first
 * @property {Float32Array[]} columns (P) of (H) responsibilities
 * @property {() => Float32Array} scores (N) of the whole catalogue
 * @property {(index: number) => { attention: Float32Array, parts: Float64Array }} explain (P) attention on an
 *   item, (H) contributions to its score
 */

/**
 * The persona that owns each history item, the first of equals.
 * @param {readonly Float32Array[]} columns (P) of (H)
 * @returns {number[]}
 */
export const ownersOf = (columns) =>
  Array.from(columns[0] ?? [], (_, i) =>
    columns.reduce((best, column, k) => (column[i] > columns[best][i] ? k : best), 0),
  );

/**
 * The rank of an item in the catalogue without the history, from 1; ties in catalogue order.
 * @param {Float32Array} scores
 * @param {number} index
 * @param {Set<number>} seen
 */
export function rankOf(scores, index, seen) {
  let rank = 1;
  for (let j = 0; j < scores.length; j++)
    if (!seen.has(j) && (scores[j] > scores[index] || (scores[j] === scores[index] && j < index))) rank++;
  return rank;
}

/**
 * @template T
 * @param {Model} model
 * @param {readonly Event[]} history unknown items are left out
 * @param {(fold: PersonFold) => T} run
 * @param {number} [personas] most personas, default: the model's
 * @returns {T} what `run` gives
 */
export function withPerson(model, history, run, personas = 0) {
  const known = history.filter(({ item }) => model.has(item));
  const indices = known.map(({ item }) => /** @type {number} */ (model.indexOf(item)));
  const core = beginFold(model.kernel, [], known.length, 0, personas);
  try {
    indices.forEach((index, i) => addEvent(core, index, known[i].weight, 1));
    finishFold(core);
    const shares = sharesOf(core);
    const p = shares.length;
    const r = responsibilitiesOf(core);
    return run({
      known: known.map(({ item }) => item),
      indices,
      shares,
      columns: shares.map((_, k) => Float32Array.from(known, (__, i) => r[i * p + k])),
      scores: () => scoresOf(core),
      explain(index) {
        const { attention, contributions: parts } = explainItem(core, index);
        return { attention, parts };
      },
    });
  } finally {
    freeFold(core);
  }
}

/**
 * What each persona says of the first items of the catalogue: the part of the score that its history items
 * bring, sum_i r_ik contribution_i.
 * @param {PersonFold} fold
 * @param {number} count of items, most popular first
 * @returns {Float64Array[]} (P) of (count)
 */
export function evidenceOf({ columns, explain }, count) {
  const evidence = columns.map(() => new Float64Array(count));
  for (let j = 0; j < count; j++) {
    const { parts } = explain(j);
    columns.forEach((column, k) => {
      let sum = 0;
      for (let i = 0; i < parts.length; i++) sum += column[i] * parts[i];
      evidence[k][j] = sum;
    });
  }
  return evidence;
}
