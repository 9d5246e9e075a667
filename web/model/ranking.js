// Owns rankings: candidates in, described items out. Must not fold, and must not change the profile.
import { badArgument, countArgument, rangeArgument } from '../core/arguments.js';
import { idAt, personaCount, rankItems, recommendItems, seatItems, titleAt } from '../core/kernel.js';
import { optionValues } from '../core/options.js';
import { candidatesArgument } from './candidates.js';
import { explanationOf } from './explanation.js';
import { filterArgument } from './filter.js';
import { namesOf } from './personas.js';
import { pluginNames } from './plugins.js';

/** @import { Best } from '../core/kernel.js' */
/** @import { Candidates } from './candidates.js' */
/** @import { Passes } from './filter.js' */
/** @import { FoldedState } from './folded.js' */
/** @import { RankOptions, RankedItem, Ranking, RecommendOptions } from './types.js' */

/** What `recommend` may be told; with `calibrate` also what 'ampcf/taste' knows. */
export const catalogueNames =
  /** @type {const} */
  (`explain contributions topK excludeSeen exclude filter proportional aspects calibrate ${pluginNames}`);

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
 * @param {Iterable<string | number> | Candidates} list
 * @param {RankOptions} options
 * @returns {Ranking}
 */
export function rank(state, list, options) {
  const { indices, unknown, duplicates } = candidatesArgument(state.model, 'candidates', list);
  const [explain, contributions, topK = indices.length + unknown.length] = optionValues(
    options,
    `explain contributions topK ${pluginNames}`,
  );
  const most = countArgument('topK', topK);
  const listed = listedArgument(explain, contributions);
  const folded = state.now();
  const items = describe(folded, rankItems(folded.core, indices, Math.min(most, indices.length)), listed);
  for (const id of unknown.slice(0, most - items.length))
    items.push({
      item: id,
      title: id,
      known: false,
      score: null,
      persona: null,
      ...(listed !== undefined && explanationOf(folded, -1, listed, 0)),
    });
  return { personalized: folded.personalized, items, unknown: [...unknown], duplicates: [...duplicates] };
}

/** How many refused in one look are worth another further down, and how many times as far it goes. */
const many = 8;
const further = 8;
/** After so many looks that found some refused, all are asked that may be chosen for a persona. */
const patient = 4;

/**
 * The places of a list. A function is asked only about items that are in the list unless it refuses them, or
 * that the places depend on: what the list is chosen from. Best first, and once each.
 * @param {FoldedState} state
 * @param {Uint8Array} excluded (N) where what is refused is marked too
 * @param {[k: number, proportional: number, aspects: boolean]} places
 * @param {Passes | undefined} passes
 */
function placesOf(state, excluded, places, passes) {
  /** @type {Set<number>} */ const passed = new Set();
  for (let looks = 0; ;) {
    const list = seatItems(state.now().core, excluded, ...places);
    const { pool, all, own } = list;
    let refused = 0;
    const ask = (/** @type {number} */ index) => {
      if (passed.has(index) || !passes) return true;
      if (passes(index)) return passed.add(index);
      refused = excluded[index] = 1;
      return false;
    };
    pool.forEach(ask);
    if (refused === 0) return list;
    // By score, ever further, until as many have passed as a list is chosen from.
    const thorough = looks++ > patient;
    for (let lacks = thorough || refused > many, far = pool.length; lacks && far < excluded.length;) {
      far = Math.min(excluded.length, far * further);
      const { core } = state.now();
      const { items, personas } = recommendItems(core, excluded, far);
      const of = Array(personaCount(core)).fill(thorough ? 0 : own);
      let found = 0;
      lacks = items.every((index, i) => {
        if ((found < all || of[personas[i]] < own) && ask(index)) {
          found++;
          of[personas[i]]++;
        }
        return found < all || of.some((count) => count < own);
      });
    }
  }
}

/**
 * See Profile.recommend; without calibration.
 * @param {FoldedState} state
 * @param {RecommendOptions} options
 * @returns {Ranking}
 */
export function recommend(state, options) {
  const { model } = state;
  const { info } = model;
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
  const k = Math.min(countArgument('topK', topK), info.items);
  const listed = listedArgument(explain, contributions);
  const excluded = new Uint8Array(info.items);
  const mark = (/** @type {Iterable<number>} */ indices, /** @type {number} */ out) => {
    for (const index of indices) excluded[index] = out;
  };
  const { only, passes } = filter ? filterArgument(model, 'filter', filter) : {};
  if (only) {
    excluded.fill(1);
    mark(only.indices, 0);
  }
  const without = candidatesArgument(model, 'exclude', exclude);
  mark(without.indices, 1);
  if (excludeSeen) mark(state.now().indices, 1);
  const places = state.lend(() =>
    placesOf(state, excluded, [k, proportional, aspects], k > 0 ? passes : undefined),
  );
  const folded = state.now();
  return {
    personalized: folded.personalized,
    items: describe(folded, places, listed),
    unknown: [...without.unknown, ...(only?.unknown ?? [])],
    duplicates: [],
  };
}
