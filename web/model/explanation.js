// Owns the explanation of one item's score: its parts by history item. Must not find them: the core does.
import { aspectsOfItem, explainItem, personaCount, responsibilitiesOf, titleAt } from '../core/kernel.js';
import { aspectsOf } from './personas.js';

/** @import { FoldedState } from './folded.js' */
/** @import { Explanation } from './types.js' */

/** What is said of an item that the model does not know. */
const nothing = {
  attention: new Float32Array(),
  contributions: /** @type {number[]} */ ([]),
  remembered: 0,
  bias: 0,
  residual: 0,
};

/**
 * @param {FoldedState} folded
 * @param {number} index of the item, below 0 where the model does not know it: there is nothing to say then
 * @param {number} listed how many contributions
 * @param {number} owner persona whose aspects are told
 * @returns {{ attention: Float32Array, explanation: Explanation }}
 */
export function explanationOf(folded, index, listed, owner) {
  const { core, known, indices, model } = folded;
  const { attention, contributions, ...said } = index < 0 ? nothing : explainItem(core, index);
  const p = personaCount(core);
  const responsibilities = responsibilitiesOf(core);
  const all = [...contributions.keys()].sort((a, b) => contributions[b] - contributions[a]);
  return {
    attention,
    explanation: {
      contributions: all.slice(0, listed).map((i) => ({
        item: known[i],
        title: titleAt(model.kernel, indices[i]),
        contribution: contributions[i],
        // The persona that owns the event: the highest responsibility, the first of equals.
        persona: responsibilities
          .subarray(i * p, (i + 1) * p)
          .reduce((best, x, k, row) => (x > row[best] ? k : best), 0),
      })),
      rest: all.slice(listed).reduce((sum, i) => sum + contributions[i], 0),
      ...said,
      aspects: attention.length > 0 ? aspectsOf(folded, owner, aspectsOfItem(model.kernel, index)) : [],
    },
  };
}
