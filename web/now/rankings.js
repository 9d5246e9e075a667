// Owns rankings that lean on a visit: who answers them, and in the words of the person's own personas. Must not
// decide what the visit says.
import { givenArgument } from './given.js';
import { withLeaning } from './kept.js';
import { settings } from './posterior.js';

/** @import { Candidates } from '../model/candidates.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { RankOptions, RankedItem, Ranking, RecommendOptions } from '../model/types.js' */
/** @import { Given } from './given.js' */
/** @import { Leaning, Side } from './leaning.js' */
/** @import { Settings } from './posterior.js' */
/** @typedef {Ranking & { now: Side[] }} NowRanking now: the sides of the person, most leaned on first */

/** @param {readonly Side[]} sides */
export const sorted = (sides) => [...sides].sort((a, b) => b.share - a.share || a.persona - b.persona);

/**
 * Personas of the derived profile become those of the person's own.
 * @param {Leaning} leaning
 * @param {RankedItem} item
 * @returns {RankedItem}
 */
function inOwnWords({ sides, sideOf }, item) {
  const { persona, attention, explanation } = item;
  const of = (/** @type {number} */ own) => sides[sideOf[own]];
  const side = persona && of(persona.index);
  const out = { ...item, persona: side && { index: side.persona, label: side.label, share: side.share } };
  if (attention?.length) {
    const shown = (out.attention = new Float32Array(sides.length));
    attention.forEach((part, own) => {
      shown[of(own).persona] += part;
    });
  }
  if (explanation)
    out.explanation = {
      ...explanation,
      contributions: explanation.contributions.map((part) => ({
        ...part,
        persona: of(part.persona).persona,
      })),
    };
  return out;
}

/**
 * @param {Profile} profile
 * @param {Given} given
 * @param {(derived: Profile) => Ranking} ask
 * @param {Settings} [how]
 * @returns {NowRanking}
 */
export function rankingOf(profile, given, ask, how = settings) {
  const unknown = [...given.events.keys()].filter((id) => !profile.model.has(id));
  return withLeaning(profile, given, how, (leaning) => {
    const ranking = profile.state.lend(() => ask(leaning.profile));
    profile.state.check();
    return {
      ...ranking,
      items: ranking.items.map((item) => inOwnWords(leaning, item)),
      unknown: [...new Set([...unknown, ...ranking.unknown])],
      now: sorted(leaning.sides),
    };
  });
}

/**
 * `profile.recommend({ now })`.
 * @param {Profile} profile
 * @param {RecommendOptions} options
 * @returns {NowRanking}
 */
export function recommendNow(profile, options) {
  const { now, ...rest } = options;
  return rankingOf(profile, givenArgument(profile.model, /** @type {any} */ (now)), (me) =>
    me.recommend(rest),
  );
}

/**
 * `profile.rank(ids, { now })`.
 * @param {Profile} profile
 * @param {Iterable<string | number> | Candidates} candidates
 * @param {RankOptions} options
 * @returns {NowRanking}
 */
export function rankNow(profile, candidates, options) {
  const { now, ...rest } = options;
  return rankingOf(profile, givenArgument(profile.model, /** @type {any} */ (now)), (me) =>
    me.rank(candidates, rest),
  );
}
