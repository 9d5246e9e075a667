// Owns a history folded in by the core itself, for figures that a profile does not show: evidence of each
// persona, scores of all items. Must not judge them.
import { AmpcfError } from '../core/errors.js';

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
 * @template T
 * @param {Model} model
 * @param {readonly Event[]} history unknown items are left out
 * @param {(fold: PersonFold) => T} run
 * @param {number} [personas] most personas, default: the model's
 * @returns {T} what `run` gives
 */
export function withPerson(model, history, run, personas = 0) {
  const { memory, address: at } = model,
    known = history.filter(({ item }) => model.has(item)),
    n = known.length,
    catalogue = model.info.items;
  const indices = known.map(({ item }) => /** @type {number} */ (model.indexOf(item)));
  const bytes = memory.call('ampcf_profile_memory', at, n, 0),
    scratchBytes = memory.call('ampcf_profile_scratch', at, n, 0),
    most = model.info.personas;
  const ok = (/** @type {number} */ status) => {
    if (status !== 0)
      throw new AmpcfError(
        memory.statusName(status),
        `the core refused a history of ${n} items: ${memory.statusName(status)}`,
      );
  };
  return memory.scoped(
    [bytes, scratchBytes, n * 8, most * 4, 32, catalogue * 4, catalogue * 4],
    (profile, scratch, parts, attention, out, list, scores) => {
      ok(memory.call('ampcf_profile_begin', at, n, 0, personas, profile, bytes, out));
      indices.forEach((index, i) => ok(memory.call('ampcf_profile_add', profile, index, known[i].weight, 1)));
      ok(memory.call('ampcf_profile_finish', profile, scratch, scratchBytes));
      const p = memory.call('ampcf_profile_personas', profile),
        r = memory.f32(memory.call('ampcf_profile_responsibilities', profile), n * p).slice();
      return run({
        known: known.map(({ item }) => item),
        indices,
        shares: [...memory.f32(memory.call('ampcf_profile_shares', profile), p)],
        columns: Array.from({ length: p }, (_, k) =>
          Float32Array.from({ length: n }, (__, i) => r[i * p + k]),
        ),
        scores() {
          memory.u32(list, catalogue).set(Array.from({ length: catalogue }, (_, j) => j));
          ok(memory.call('ampcf_score', profile, list, catalogue, scores, 0));
          return memory.f32(scores, catalogue).slice();
        },
        explain(index) {
          ok(memory.call('ampcf_explain', profile, index, parts, attention, out));
          return { attention: memory.f32(attention, p).slice(), parts: memory.f64(parts, n).slice() };
        },
      });
    },
  );
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
