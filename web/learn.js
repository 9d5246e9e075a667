// Owns the learning entry: what time and feedback do to a profile. Must not be needed to rank.
export { driftOf } from './learn/drift.js';
export { recency } from './learn/recency.js';
export { refine } from './learn/refine.js';

/** @typedef {import('./learn/recency.js').RecencyOptions} RecencyOptions */
/** @typedef {import('./learn/refine.js').Folding} Folding */
/** @typedef {import('./learn/refine.js').RefineOptions} RefineOptions */
/** @typedef {import('./learn/refine.js').Refinement} Refinement */
/** @typedef {import('./learn/drift.js').Drift} Drift */
/** @typedef {import('./learn/drift.js').DriftOptions} DriftOptions */
