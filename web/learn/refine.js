// Owns test-time refinement: how this person's history is folded, chosen by what came next in it. Must not
// keep what its last event speaks against.
import { badArgument, countArgument, listArgument } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';
import { AmpcfError } from '../core/errors.js';
import { scoresOf } from '../core/kernel.js';
import { profileArgument } from '../model/handles.js';
import { measured } from '../model/measured.js';
import { recency } from './recency.js';

/** @import { Model } from '../model/model.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { FoldOptions, StoredEvent } from '../model/types.js' */
/**
 * @typedef {{ personas?: number, halfLife?: number }} Folding personas: most of them; halfLife: of events, by
 *   the clock of each persona; without: the profile as it was made
 */
/**
 * @typedef {object} RefineOptions
 * @property {number} [events] how many of the latest liked events choose, each predicted from those before
 *   it, besides the very last; default 8
 * @property {readonly Folding[]} [foldings] what is tried
 */
/**
 * @typedef {object} Refinement
 * @property {boolean} kept is the profile folded differently now?
 * @property {Folding} folding the best that was tried; {} = as it was
 * @property {{ chosenOn: number, latest: number }} before ranks: geometric mean over the events that chose,
 *   and of the latest liked event, each predicted from what came before it
 * @property {{ chosenOn: number, latest: number }} after the same under `folding`
 */

/** @param {number} most personas */
const defaultFoldings = (most) =>
  [1, 2, most].flatMap((personas) =>
    [undefined, 60, 20].map((halfLife) => ({ personas, ...(halfLife && { halfLife }) })),
  );

/**
 * @param {Folding} folding
 * @returns {FoldOptions}
 */
const optionsOf = ({ personas, halfLife }) => ({
  ...(personas !== undefined && { personas }),
  ...(halfLife !== undefined && { recency: recency({ halfLife }) }),
});

/**
 * Place of an item among all that the history does not hold, from 1.
 * @param {Model} model
 * @param {Profile} me
 * @param {string} item
 */
function rankOf(model, me, item) {
  const { core, indices } = measured(me),
    scores = scoresOf(core),
    at = /** @type {number} */ (model.indexOf(item)),
    own = scores[at];
  for (const index of indices) scores[index] = -Infinity;
  let rank = 1;
  for (let j = 0; j < scores.length; j++) if (scores[j] > own || (scores[j] === own && j < at)) rank++;
  return rank;
}

/**
 * Mean log2 rank of events of the history, each from those before it.
 * @param {Model} model
 * @param {StoredEvent[]} history
 * @param {number[]} places
 * @param {FoldOptions} options
 */
function logRank(model, history, places, options) {
  let sum = 0;
  for (const at of places) {
    const me = model.createProfile(history.slice(0, at), options);
    sum += Math.log2(rankOf(model, me, history[at].item));
    me.dispose();
  }
  return sum / places.length;
}

/**
 * Choose how many personas this person has and how fast events age, after feedback. Every folding predicts
 * the latest liked events, each from what came before it; the one with the best mean log rank is kept, unless
 * the latest liked event of all, which had no say, would then rank worse than before. Closed form throughout:
 * no gradient, no randomness; about 10 folds an event and folding.
 * @param {Profile} profile whose history is in the order of time
 * @param {RefineOptions} [options]
 * @returns {Refinement}
 * @throws {AmpcfError} NO_DATA: fewer than 3 liked events that the model knows; BAD_ARGUMENT
 */
export function refine(profile, options = {}) {
  const { model } = profileArgument(profile),
    { events = 8, foldings = defaultFoldings(model.info.personas) } = optionsArgument(
      options,
      'events foldings',
    );
  if (countArgument('events', events) < 1) throw badArgument('events', events, '1 or more');
  // All of them are checked before any is tried.
  const tried = listArgument('foldings', foldings).map((folding) => ({
    folding: optionsArgument(folding, 'personas halfLife', 'folding'),
    of: optionsOf(folding),
  }));
  const history = profile.history,
    liked = [...history.keys()].filter(
      (i) => i > 0 && history[i].preference > 0 && model.has(history[i].item),
    );
  if (liked.length < 2)
    throw new AmpcfError(
      'NO_DATA',
      `refine: got ${liked.length} liked events with others before them, wanted at least 2`,
    );
  const latest = liked.slice(-1),
    choosing = liked.slice(-1 - events, -1),
    current = profile.folding;
  const measure = (/** @type {FoldOptions} */ of) => ({
    chosenOn: logRank(model, history, choosing, of),
    of,
  });
  const asIs = { ...measure(current), folding: /** @type {Folding} */ ({}) };
  const best = tried
    .map(({ folding, of }) => ({ ...measure(of), folding }))
    .reduce((a, b) => (b.chosenOn < a.chosenOn ? b : a), asIs);
  const before = logRank(model, history, latest, current),
    after = logRank(model, history, latest, best.of),
    kept = best !== asIs && after <= before;
  if (kept) profile.adjust(best.of);
  const ranks = (/** @type {number} */ chosenOn, /** @type {number} */ last) => ({
    chosenOn: 2 ** chosenOn,
    latest: 2 ** last,
  });
  return {
    kept,
    folding: best.folding,
    before: ranks(asIs.chosenOn, before),
    after: ranks(best.chosenOn, after),
  };
}
