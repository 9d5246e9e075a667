// Owns the confidence entry: how likely, how sure, what else might be good, and what stars say. Must not be
// needed to rank.
export { confidence } from './confidence/confidence.js';
export { exploration, explore } from './confidence/explore.js';
export { posteriorOf, uncertaintyOf } from './confidence/posterior.js';
export { ratings, styleOf, stylePriorOf } from './confidence/style.js';
export { englishConfidence } from './confidence/words.js';

/** @typedef {import('./confidence/calibration.js').Calibration} Calibration */
/** @typedef {import('./confidence/calibration.js').Population} Population */
/** @typedef {import('./confidence/confidence.js').ConfidenceOptions} ConfidenceOptions */
/** @typedef {import('./confidence/confidence.js').RankingConfidence} RankingConfidence */
/** @typedef {import('./confidence/explore.js').ExploreOptions} ExploreOptions */
/** @typedef {import('./confidence/posterior.js').PersonPosterior} PersonPosterior */
/** @typedef {import('./confidence/posterior.js').Posterior} Posterior */
/** @typedef {import('./confidence/style.js').PersonalRatings} PersonalRatings */
/** @typedef {import('./confidence/style.js').Rating} Rating */
/** @typedef {import('./confidence/style.js').RatingOptions} RatingOptions */
/** @typedef {import('./confidence/style.js').Style} Style */
/** @typedef {import('./confidence/style.js').StylePrior} StylePrior */
/** @typedef {import('./confidence/words.js').ConfidenceTemplates} ConfidenceTemplates */
