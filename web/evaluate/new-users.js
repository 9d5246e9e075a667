// Owns the test of new people: as many of the people as asked for are left out of a training of its own, then
// folded in. Must not see test data while training.
import { AmpcfError } from '../core/errors.js';
import { canonicalInteractions } from '../train/interactions.js';
import { baselines as known, trainedRanker } from './baselines.js';
import { compareMetrics } from './bootstrap.js';
import { figuresOf, plainFigures, rankPeople } from './measure.js';
import { paceOf } from './pace.js';
import { sampleOf, seededRandom } from '../core/random.js';

/** @import { Interactions } from '../train/interactions.js' */
/** @import { Model } from '../model/model.js' */
/** @import { BaselineName, Settings } from './baselines.js' */
/** @import { Interval } from './bootstrap.js' */
/** @import { Difference, PlainFigures } from './evaluate-model.js' */
/** @import { PaceOptions } from './pace.js' */
/** @import { Person } from './people.js' */
/** @import { Ranker } from './rankers.js' */
/**
 * @typedef {object} NewUsers
 * @property {number} share of the people that was left out of the training
 * @property {number} leftOut number of people left out
 * @property {number} users of them, those in the test
 * @property {string[]} [people] ids of those, where perPerson was asked for
 * @property {PlainFigures} foldedIn by the model that was trained without them
 * @property {PlainFigures} trained by the model itself
 * @property {Record<string, Interval>} ratio folded in / trained, with its interval; `below`: share of
 *   resamples below 1
 * @property {Partial<Record<BaselineName, PlainFigures & Difference & { settings: Settings }>>} baselines
 *   fitted without them too; difference: folded in minus it
 */

/**
 * @param {Interactions} interactions
 * @param {Set<string>} without
 * @returns {Interactions}
 */
function leaveOut({ users, items, user, item, weight }, without) {
  const keep = Array.from({ length: user.length }, (_, x) => x).filter((x) => !without.has(users[user[x]]));
  return {
    users,
    items,
    user: keep.map((x) => user[x]),
    item: keep.map((x) => item[x]),
    weight: weight ? keep.map((x) => weight[x]) : null,
  };
}

/**
 * What the trainer wrote about itself, as options for the trainer; keys that it does not know do no harm.
 * @param {Model} model
 */
export function settingsOf(model) {
  const { objective, settings } = model.info.metadata;
  if (typeof settings !== 'object' || settings === null)
    throw new AmpcfError(
      'BAD_ARGUMENT',
      'got a model without settings in its metadata, wanted one that ampcf trained',
    );
  return { ...settings, ...(objective === undefined ? {} : { objective }) };
}

/**
 * Aspects of the items, so that the other training knows as much.
 * @param {Model} model
 */
export const factsOf = (model) => new Map(model.ids().map((id) => [id, { aspects: model.aspects(id) }]));

/**
 * @param {Model} model
 * @param {Interactions} interactions of everybody, as the model was trained on
 * @param {readonly Person[]} people
 * @param {readonly string[][]} lists of the model, for each of them
 * @param {{ share: number, ks: number[], itemShare: (item: string) => number, resamples: number, seed:
 *   number, perPerson: boolean, dim: number, baselines: { name: BaselineName, settings: Settings }[] } &
 *   PaceOptions} options
 * @returns {Promise<NewUsers>}
 */
export async function measureNewUsers(
  model,
  interactions,
  people,
  lists,
  { share, ks, itemShare, resamples, seed, ...options },
) {
  const { perPerson } = options;
  const everybody = [...new Set(Array.from(interactions.user, (u) => interactions.users[u]))].sort();
  const leftOut = new Set(sampleOf(everybody, Math.round(share * everybody.length), seededRandom(seed)));
  const asked = people.flatMap(({ user }, u) => (leftOut.has(user) ? [u] : []));
  const them = asked.map((u) => people[u]);
  if (them.length === 0 || leftOut.size === everybody.length)
    throw new AmpcfError(
      'NO_DATA',
      `newUsers: got ${them.length} people of the test among the ${leftOut.size} of ${everybody.length} left out, wanted at least one, and one left to train on`,
    );
  const rest = leaveOut(interactions, leftOut);
  const training = { interactions: rest, data: canonicalInteractions(rest, 1), dim: options.dim };
  const measure = async (/** @type {Ranker} */ ranker, /** @type {string} */ stage) => {
    try {
      return figuresOf(await rankPeople(ranker, them, Math.max(...ks), paceOf(stage, options)), them, {
        ks,
        share: itemShare,
        catalogue: ranker.catalogue,
      });
    } finally {
      ranker.dispose();
    }
  };
  const foldedIn = await measure(
    await trainedRanker(
      rest,
      { ...settingsOf(model), items: factsOf(model) },
      'training without them',
      options,
    ),
    'ranking new people',
  );
  const trained = figuresOf(
    asked.map((u) => lists[u]),
    them,
    { ks, share: itemShare, catalogue: model.info.items },
  );
  /** @type {NewUsers['baselines']} */
  const baselines = {};
  for (const { name, settings } of options.baselines) {
    const other = await measure(
      await known[name].fit(training, settings, options),
      `ranking new people by ${name}`,
    );
    baselines[name] = {
      settings,
      ...plainFigures(other, { perPerson }),
      difference: await compareMetrics(foldedIn.perPerson, other.perPerson, {
        resamples,
        seed,
        pace: paceOf(`comparing with ${name}`, options),
      }),
    };
  }
  return {
    share,
    leftOut: leftOut.size,
    users: them.length,
    ...(perPerson && { people: them.map(({ user }) => user) }),
    foldedIn: plainFigures(foldedIn, { perPerson }),
    trained: plainFigures(trained, { perPerson }),
    baselines,
    ratio: await compareMetrics(foldedIn.perPerson, trained.perPerson, {
      resamples,
      seed,
      pace: paceOf('comparing', options),
      ratio: true,
    }),
  };
}
