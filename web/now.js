// Owns the entry of this visit: rankings that follow the side of a person that is here now. Must not be
// needed to rank.
import { modelArgument } from './model/handles.js';
import { recommendNow, rankNow } from './now/rankings.js';

/** @import { Plugin } from './model/plugins.js' */
/** @typedef {import('./now/given.js').Now} Now */
/** @typedef {import('./now/given.js').Visit} Visit */
/** @typedef {import('./now/rankings.js').NowRanking} NowRanking */
/** @typedef {import('./now/leaning.js').Side} Side */
/** @typedef {import('./now/session.js').SessionOptions} SessionOptions */
/** @typedef {import('./now/session.js').VisitPersona} VisitPersona */

export { Session, session } from './now/session.js';

/**
 * For `loadModel(source, { plugins: [now] })`: `recommend({ now })` and `rank(ids, { now })` follow what is
 * known of this visit, a `Now`, without forgetting the rest. The history is not changed.
 * @type {Plugin & { option: 'now' }}
 */
export const now = {
  option: 'now',
  open: (model) => {
    modelArgument(model);
    return { rank: rankNow, recommend: recommendNow };
  },
};
