// Owns rankings that lean on a visit: who answers them, and in the words of the person's own personas. Must
// not decide what the visit says.
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

/** @param {ArrayLike<number>} parts */
const winner = (parts) => Array.from(parts).reduce((best, part, k) => (part > parts[best] ? k : best), 0);

/**
 * Personas of the derived profile become the person's own sides: the one that has most of the score.
 * @param {Leaning} leaning
 * @param {RankedItem} item
 * @param {number | undefined} index
 * @returns {RankedItem}
 */
function inOwnWords(leaning, item, index) {
  const { explanation, attention } = item;
  if (index === undefined || !item.persona) return item;
  const parts = leaning.partsOf(index);
  const side = leaning.sides[winner(parts)];
  const out = { ...item, persona: { index: side.persona, label: side.label, share: side.share } };
  if (attention) {
    const speaking = parts.map((part) => Math.max(part, 0));
    const sum = speaking.reduce((a, b) => a + b, 0);
    out.attention = Float32Array.from(leaning.sides, (_, k) =>
      sum > 0 ? speaking[k] / sum : Number(k === side.persona),
    );
  }
  if (explanation) {
    const contributions = explanation.contributions.map((part) => ({
      ...part,
      persona: winner(leaning.ownersOf(part.item)),
    }));
    out.explanation = { ...explanation, contributions };
  }
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
      items: ranking.items.map((item) => inOwnWords(leaning, item, profile.model.indexOf(item.item))),
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
  const { now = [], ...rest } = options;
  return rankingOf(profile, givenArgument(profile.model, now), (me) => me.recommend(rest));
}

/**
 * `profile.rank(ids, { now })`.
 * @param {Profile} profile
 * @param {Iterable<string | number> | Candidates} candidates
 * @param {RankOptions} options
 * @returns {NowRanking}
 */
export function rankNow(profile, candidates, options) {
  const { now = [], ...rest } = options;
  return rankingOf(profile, givenArgument(profile.model, now), (me) => me.rank(candidates, rest));
}
