// Owns given neighbours as a model file has them: rows by history item, int8 with a scale each. Must not
// compute any.
import { badArgument } from '../core/arguments.js';

/** @import { NeighbourRows } from './kernel.js' */
/**
 * @typedef {object} GivenNeighbours what item `from[e]` of a history adds to the score of `to[e]`: B_ij of
 *   src/FORMAT.md; each pair once
 * @property {readonly string[]} from item ids
 * @property {readonly string[]} to item ids
 * @property {ArrayLike<number>} values
 */

const mostValue = 2 ** 20;

/**
 * @param {GivenNeighbours} given
 * @param {Map<string, number>} index of items
 * @returns {Map<number, number>[]} by history item: candidate and value
 */
function rowsOf({ from, to, values }, index) {
  const n = from?.length;
  if (typeof n !== 'number' || to?.length !== n || values?.length !== n)
    throw badArgument('neighbours', `${n}, ${to?.length} and ${values?.length} entries`, 'as many of each');
  /** @type {Map<number, number>[]} */
  const rows = Array.from({ length: index.size }, () => new Map());
  for (let e = 0; e < n; e++) {
    const i = index.get(from[e]);
    const j = index.get(to[e]);
    if (i === undefined || j === undefined)
      throw badArgument(`neighbours, pair ${e}`, i === undefined ? from[e] : to[e], 'an item of ids');
    if (!(typeof values[e] === 'number' && Math.abs(values[e]) <= mostValue))
      throw badArgument(`neighbours.values[${e}]`, values[e], 'a number of at most 2^20');
    if (i === j || rows[i].has(j))
      throw badArgument(`neighbours, pair ${e}`, `${from[e]} and ${to[e]}`, 'two items, and each pair once');
    rows[i].set(j, values[e]);
  }
  return rows;
}

/**
 * @param {GivenNeighbours | undefined} given
 * @param {readonly string[]} ids in the order of the file
 * @returns {NeighbourRows | undefined}
 */
export function givenNeighbours(given, ids) {
  if (given === undefined) return undefined;
  if (typeof given !== 'object' || given === null)
    throw badArgument('neighbours', given, '{ from, to, values }');
  const rows = rowsOf(given, new Map(ids.map((id, j) => [id, j])));
  const scales = Float32Array.from(rows, (row) => Math.max(0, ...[...row.values()].map(Math.abs)) / 127);
  const offsets = new Uint32Array(ids.length + 1);
  /** @type {number[]} */ const items = [];
  /** @type {number[]} */ const stored = [];
  rows.forEach((row, i) => {
    for (const [j, value] of [...row].sort(([a], [b]) => a - b)) {
      const rounded = scales[i] >= 2 ** -126 ? Math.round(value / scales[i]) : 0;
      if (rounded === 0) continue; // adds nothing
      items.push(j);
      stored.push(Math.max(-127, Math.min(127, rounded)));
    }
    offsets[i + 1] = items.length;
  });
  scales.forEach((scale, i) => {
    if (scale < 2 ** -126) scales[i] = 0;
  });
  return { offsets, items: Uint32Array.from(items), values: Int8Array.from(stored), scales };
}
