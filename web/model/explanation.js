// Owns the explanation of one item's score: its parts by history item. Must not find them: the core does.
import { aspectsOfItem, explainItem, personaCount, responsibilitiesOf, titleAt } from '../core/kernel.js';
import { aspectsOf } from './personas.js';

/** @import { FoldedState } from './folded.js' */
/** @import { Explanation } from './types.js' */

/**
 * The persona that owns each event: the highest responsibility, the first of equals.
 * @param {FoldedState} folded
 * @returns {(event: number) => number}
 */
function ownersIn({ core }) {
  const p = personaCount(core);
  const r = responsibilitiesOf(core);
  return (event) =>
    r.subarray(event * p, (event + 1) * p).reduce((best, x, k, row) => (x > row[best] ? k : best), 0);
}

/**
 * @param {FoldedState} folded
 * @param {number} index of the item
 * @param {number} listed how many contributions
 * @param {number} owner persona whose aspects are told
 * @returns {{ attention: Float32Array, explanation: Explanation }}
 */
export function explanationOf(folded, index, listed, owner) {
  const { core, known, indices, model } = folded;
  const { attention, contributions, remembered, bias, residual } = explainItem(core, index);
  const ownerOf = ownersIn(folded);
  const all = [...contributions.keys()].sort((a, b) => contributions[b] - contributions[a]);
  return {
    attention,
    explanation: {
      contributions: all
        .slice(0, listed)
        .map((i) => ({
          item: known[i],
          title: titleAt(model.kernel, indices[i]),
          contribution: contributions[i],
          persona: ownerOf(i),
        })),
      rest: all.slice(listed).reduce((sum, i) => sum + contributions[i], 0),
      remembered,
      bias,
      residual,
      aspects: attention.length > 0 ? aspectsOf(folded, owner, aspectsOfItem(model.kernel, index)) : [],
    },
  };
}
