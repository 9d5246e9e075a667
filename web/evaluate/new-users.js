// Owns the test of new people: as many of the people as asked for are left out of a training of its own, then
// folded in. Must not see test data while training.
import { AmpcfError } from '../core/errors.js';
import { canonicalInteractions } from '../train/interactions.js';
import { baselines as known, trainedRanker } from './baselines.js';
import { compareMetrics } from './bootstrap.js';
import { figuresOf, plainFigures, rankPeople } from './measure.js';
import { paceOf } from './pace.js';
import { settingsOf } from './retraining.js';
import { sampleOf, seededRandom } from '../core/random.js';

/** @import { Model } from '../model/model.js' */
/** @import { Interactions } from '../train.js' */
/** @import { BaselineName, Settings } from './baselines.js' */
/** @import { Interval } from './bootstrap.js' */
/** @import { Difference, PlainFigures } from './evaluate-model.js' */
/** @import { Figures } from './measure.js' */
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
 * Aspects of the items, so that the other training knows as much.
 * @param {Model} model
 */
export const factsOf = (model) => new Map(model.ids().map((id) => [id, { aspects: model.aspects(id) }]));

/**
 * @typedef {object} NewUserOptions
 * @property {number} share of the people to leave out
 * @property {number[]} ks list lengths
 * @property {(item: string) => number} itemShare of the people who have an item
 * @property {number} resamples
 * @property {number} seed
 * @property {boolean} perPerson
 * @property {number} dim width of the model, for a baseline that trains one as wide
 * @property {{ name: BaselineName, settings: Settings }[]} baselines
 */

/**
 * Who is left out, and where those of them stand whom the test asks about.
 * @param {Interactions} interactions
 * @param {readonly Person[]} people
 * @param {NewUserOptions} options
 */
function chooseLeftOut({ user, users }, people, { share, seed }) {
  const everybody = [...new Set(Array.from(user, (u) => users[u]))].sort();
  const leftOut = new Set(sampleOf(everybody, Math.round(share * everybody.length), seededRandom(seed)));
  const places = people.flatMap((person, u) => (leftOut.has(person.user) ? [u] : []));
  if (places.length === 0 || leftOut.size === everybody.length) {
    throw new AmpcfError(
      'NO_DATA',
      `newUsers: got ${places.length} people of the test among the ${leftOut.size} of ${everybody.length} ` +
        'left out, wanted at least one, and one left to train on',
    );
  }
  return { leftOut, places };
}

/**
 * @param {Model} model
 * @param {Interactions} interactions of everybody, as the model was trained on
 * @param {readonly Person[]} people
 * @param {readonly string[][]} lists of the model, for each of them
 * @param {NewUserOptions & PaceOptions} options
 * @returns {Promise<NewUsers>}
 */
export async function measureNewUsers(model, interactions, people, lists, options) {
  const { share, ks, itemShare, perPerson } = options;
  const { leftOut, places } = chooseLeftOut(interactions, people, options);
  const them = places.map((u) => people[u]);
  const rest = leaveOut(interactions, leftOut);
  const measure = measurementOf(them, options);
  const facts = { ...settingsOf(model), items: factsOf(model) };
  const foldedIn = await measure(
    await trainedRanker(rest, facts, 'training without them', options),
    'ranking new people',
  );
  const trained = figuresOf(
    places.map((u) => lists[u]),
    them,
    { ks, share: itemShare, catalogue: model.info.items },
  );
  return {
    share,
    leftOut: leftOut.size,
    users: them.length,
    ...(perPerson && { people: them.map(({ user }) => user) }),
    foldedIn: plainFigures(foldedIn, { perPerson }),
    trained: plainFigures(trained, { perPerson }),
    baselines: await compareBaselines(rest, foldedIn, measure, options),
    ratio: await compareMetrics(foldedIn.perPerson, trained.perPerson, {
      ...resamplingOf('comparing', options),
      ratio: true,
    }),
  };
}

/**
 * @param {string} stage
 * @param {NewUserOptions & PaceOptions} options
 */
const resamplingOf = (stage, { resamples, seed, ...options }) => ({
  resamples,
  seed,
  pace: paceOf(stage, options),
});

/**
 * Measures rankers for the people left out, and disposes of them.
 * @param {readonly Person[]} people
 * @param {NewUserOptions & PaceOptions} options
 */
function measurementOf(people, { ks, itemShare, ...options }) {
  return async (/** @type {Ranker} */ ranker, /** @type {string} */ stage) => {
    try {
      const lists = await rankPeople(ranker, people, Math.max(...ks), paceOf(stage, options));
      return figuresOf(lists, people, { ks, share: itemShare, catalogue: ranker.catalogue });
    } finally {
      ranker.dispose();
    }
  };
}

/**
 * Baselines that never saw the people either.
 * @param {Interactions} rest
 * @param {Figures} foldedIn
 * @param {ReturnType<typeof measurementOf>} measure
 * @param {NewUserOptions & PaceOptions} options
 */
async function compareBaselines(rest, foldedIn, measure, options) {
  const { perPerson, dim } = options;
  const training = { interactions: rest, data: canonicalInteractions(rest, 1), dim };
  /** @type {NewUsers['baselines']} */
  const found = {};
  for (const { name, settings } of options.baselines) {
    const ranker = await known[name].fit(training, settings, options);
    const other = await measure(ranker, `ranking new people by ${name}`);
    found[name] = {
      settings,
      ...plainFigures(other, { perPerson }),
      difference: await compareMetrics(
        foldedIn.perPerson,
        other.perPerson,
        resamplingOf(`comparing with ${name}`, options),
      ),
    };
  }
  return found;
}
