// Owns the drift alarm: has recent taste left the long-term one by more than chance? Must not change the
// profile.
import { badArgument, countArgument } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';
import { profileArgument } from '../model/handles.js';
import { measured } from '../model/measured.js';
import { sampleOf, seededRandom } from '../core/random.js';

/** @import { Profile } from '../model/profile.js' */
/** @import { DistanceOptions } from '../taste.js' */
/** @import { Distribution } from '../taste/taste.js' */
/**
 * @typedef {object} DriftOptions
 * @property {number} [recent] how many of the latest liked events are recent taste, default 20
 * @property {number} [level] chance of a false alarm, default 0.01
 * @property {number} [rounds] shuffled histories that tell what chance does, default 499
 * @property {number} [seed] default 1
 * @property {'aspects' | 'clusters' | 'personas'} [space] what taste is counted over; default: aspects where
 *   the model has them, else personas
 * @property {DistanceOptions['distance']} [distance] default 'jensenShannon'
 */
/**
 * @typedef {object} Drift
 * @property {boolean} drifted p is at most `level`
 * @property {number} distance of the recent events' taste from that of the earlier ones
 * @property {number} expected mean distance of as many events drawn from the whole history at random
 * @property {number} p share of random draws that are at least as far, the observed one included
 * @property {{ category: string, recent: number, before: number }[]} changes shares that moved, most first
 */

const mostRounds = 1e6;

/**
 * @param {Profile} profile
 * @param {DriftOptions} options
 */
function checkedOptions({ model }, options) {
  const {
    recent = 20,
    level = 0.01,
    rounds = 499,
    seed = 1,
    space = model.info.aspects > 0 ? 'aspects' : 'personas',
    distance,
  } = optionsArgument(options, 'recent level rounds seed space distance');
  if (countArgument('recent', recent) < 1) throw badArgument('recent', recent, '1 or more');
  if (countArgument('rounds', rounds) < 1 || rounds > mostRounds)
    throw badArgument('rounds', rounds, `1 to ${mostRounds}`);
  if (typeof level !== 'number' || !(level > 0 && level < 1))
    throw badArgument('level', level, 'above 0 and below 1');
  return { recent, level, rounds, seed, space, distance };
}

/**
 * The categories whose shares moved, those that moved most first.
 * @param {Distribution | null} now
 * @param {Distribution | null} before
 * @returns {Drift['changes']}
 */
function changesOf(now, before) {
  return (now?.categories ?? [])
    .map((category, a) => ({ category, recent: now?.shares[a] ?? 0, before: before?.shares[a] ?? 0 }))
    .filter((change) => change.recent !== change.before)
    .sort((a, b) => Math.abs(b.recent - b.before) - Math.abs(a.recent - a.before));
}

/**
 * Compares the latest liked events with the earlier ones: a permutation test (Good 2005) of their taste
 * distance.
 * @param {Profile} profile whose history is in the order of time; of a model loaded by 'ampcf', or with
 *   `taste`
 * @param {DriftOptions} [options]
 * @returns {Drift | null} null with fewer than twice `recent` liked events that count
 * @throws {import('../core/errors.js').AmpcfError} NEEDS_TASTE, NO_ASPECTS, NO_CLUSTERS, BAD_ARGUMENT
 */
export function driftOf(profile, options = {}) {
  const { model } = profileArgument(profile);
  const taste = model.needTaste('driftOf');
  const { recent, level, rounds, seed, space, distance } = checkedOptions(profile, options);
  const { known, weights } = measured(profile);
  const liked = known.filter((_, i) => weights[i] > 0);
  const random = seededRandom(countArgument('seed', seed));
  if (liked.length < 2 * recent) return null;
  const apart = (/** @type {string[]} */ list) =>
    taste.distance(profile, list.slice(-recent), {
      target: list.slice(0, -recent),
      discount: false,
      space,
      ...(distance && { distance }),
    });
  const observed = apart(liked);
  if (observed === null) return null;
  let asFar = 1;
  let sum = 0;
  for (let round = 0; round < rounds; round++) {
    const drawn = apart(sampleOf(liked, liked.length, random)) ?? 0;
    sum += drawn;
    if (drawn >= observed) asFar++;
  }
  const p = asFar / (rounds + 1);
  const shares = (/** @type {string[]} */ list) =>
    taste.distribution(list, { space, discount: false, profile });
  const changes = changesOf(shares(liked.slice(-recent)), shares(liked.slice(0, -recent)));
  return { drifted: p <= level, distance: observed, expected: sum / rounds, p, changes };
}
