// Owns rankings: candidates in, described items out. Must not fold, and must not change the profile.
import {
  badArgument,
  countArgument,
  functionArgument,
  itemId,
  listArgument,
  optionValues,
  rangeArgument,
} from '../core/arguments.js';
import { idAt, rankItems, seatItems, titleAt } from '../core/kernel.js';
import { explanationOf } from './explanation.js';
import { namesOf } from './personas.js';

/** @import { Best } from '../core/kernel.js' */
/** @import { FoldedState } from './folded.js' */
/** @import { Model } from './model.js' */
/** @import { RankOptions, RankedItem, Ranking, RecommendOptions } from './types.js' */

/** What `recommend` may be told; with `calibrate` also what 'ampcf/taste' knows. */
export const catalogueNames =
  'explain contributions topK excludeSeen exclude filter proportional aspects calibrate';

/**
 * @param {Model} model
 * @param {Iterable<string>} ids
 */
function splitKnown(model, ids) {
  /** @type {number[]} */ const indices = [];
  /** @type {string[]} */ const unknown = [];
  for (const id of ids) {
    const index = model.indexOf(id);
    if (index === undefined) unknown.push(id);
    else indices.push(index);
  }
  return { indices, unknown };
}

/**
 * How many contributions an explanation lists; undefined where none is asked for.
 * @param {RankOptions['explain']} explain
 * @param {RankOptions['contributions']} contributions
 */
function listedArgument(explain, contributions = 5) {
  const listed = countArgument('contributions', contributions);
  return explain ? listed : undefined;
}

/**
 * @param {FoldedState} folded
 * @param {Best & { seats?: Uint8Array }} best
 * @param {number | undefined} listed contributions of an explanation
 * @returns {RankedItem[]}
 */
function describe(folded, { items, scores, personas, seats }, listed) {
  const { kernel } = folded.model;
  const names = namesOf(folded);
  return Array.from(items, (index, i) => ({
    item: idAt(kernel, index),
    title: titleAt(kernel, index),
    known: true,
    score: scores[i],
    persona: names[personas[i]] ?? null,
    ...(seats?.[i] && { seat: true }),
    ...(listed !== undefined && explanationOf(folded, index, listed, personas[i])),
  }));
}

/**
 * See Profile.rank.
 * @param {FoldedState} state
 * @param {Iterable<string | number>} candidates
 * @param {RankOptions} options
 * @returns {Ranking}
 */
export function rank(state, candidates, options) {
  /** @type {Set<string>} */ const seen = new Set();
  /** @type {Set<string>} */ const duplicates = new Set();
  for (const candidate of listArgument('candidates', candidates)) {
    const id = itemId(candidate);
    if (seen.has(id)) duplicates.add(id);
    seen.add(id);
  }
  const [explain, contributions, topK = seen.size] = optionValues(options, 'explain contributions topK');
  const most = countArgument('topK', topK);
  const listed = listedArgument(explain, contributions);
  const { indices, unknown } = splitKnown(state.model, seen);
  const folded = state.now();
  const items = describe(
    folded,
    rankItems(folded.core, Uint32Array.from(indices), Math.min(most, indices.length)),
    listed,
  );
  for (const id of unknown.slice(0, most - items.length))
    items.push({ item: id, title: id, known: false, score: null, persona: null });
  return { personalized: folded.personalized, items, unknown, duplicates: [...duplicates] };
}

/**
 * See Profile.recommend; without calibration.
 * @param {FoldedState} state
 * @param {RecommendOptions} options
 * @returns {Ranking}
 */
export function recommend(state, options) {
  const { model } = state;
  const { kernel, info } = model;
  const [
    explain,
    contributions,
    topK = 10,
    excludeSeen = true,
    exclude = [],
    filter,
    proportional = info.proportional,
    aspects = true,
  ] = optionValues(options, catalogueNames);
  rangeArgument('proportional', proportional, 0, 1);
  if (typeof aspects !== 'boolean') throw badArgument('aspects', aspects, 'true or false');
  const n = info.items;
  const k = Math.min(countArgument('topK', topK), n);
  const listed = listedArgument(explain, contributions);
  functionArgument('filter', filter || undefined);
  const excluded = new Uint8Array(n);
  const { indices, unknown } = splitKnown(model, listArgument('exclude', exclude).map(itemId));
  for (const index of excludeSeen ? [...indices, ...state.now().indices] : indices) excluded[index] = 1;
  if (filter)
    state.lend(() => {
      for (let index = 0; index < n; index++)
        if (!excluded[index]) {
          const answer = /** @type {any} */ (filter(idAt(kernel, index)));
          // A promise is true, whatever it will say.
          if (answer?.then) throw badArgument('filter', 'a promise', 'true or false');
          if (!answer) excluded[index] = 1;
        }
    });
  const folded = state.now();
  return {
    personalized: folded.personalized,
    items: describe(folded, seatItems(folded.core, excluded, k, proportional, aspects), listed),
    unknown,
    duplicates: [],
  };
}
