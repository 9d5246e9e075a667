// Owns the learning entry: what time and feedback do to a profile. Must not be needed to rank.
export { recency } from './learn/recency.js';
export { refine } from './learn/refine.js';

/** @typedef {import('./learn/recency.js').RecencyOptions} RecencyOptions */
/** @typedef {import('./learn/refine.js').Folding} Folding */
/** @typedef {import('./learn/refine.js').RefineOptions} RefineOptions */
/** @typedef {import('./learn/refine.js').Refinement} Refinement */
