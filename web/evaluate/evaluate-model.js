// Owns the course of an evaluation: people, ranking, figures, comparisons. Must not read files, print, or
// know a metric's formula.
import { Model } from '../ampcf.js';
import { badArgument, itemId, listArgument } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';
import { AmpcfError } from '../core/errors.js';
import { canonicalInteractions } from '../train/interactions.js';
import { coresArgument } from '../train/options.js';
import { baselines as known, chooseSettings, wantedBaselines } from './baselines.js';
import { checkResampling, compareMetrics } from './bootstrap.js';
import { withCrew } from './crew.js';
import { figuresOf, plainFigures, rankPeople } from './measure.js';
import { measureNewUsers } from './new-users.js';
import { paceOf } from './pace.js';
import { choosePeople, itemsByPerson } from './people.js';
import { healthOf } from './persona-health.js';
import { listsOf } from './rankers.js';
import { checkLimits, limitsIn, retrainingOf, settingsOf } from './retraining.js';

/** @import { Interactions } from '../train.js' */
/** @import { BaselineName, Settings, Training, WantedBaseline } from './baselines.js' */
/** @import { Interval } from './bootstrap.js' */
/** @import { Crew } from './crew.js' */
/** @import { NewUsers } from './new-users.js' */
/** @import { EvaluationProgress } from './pace.js' */
/** @import { Person, Skipped } from './people.js' */
/** @import { PersonaHealth } from './persona-health.js' */
/** @import { Ranker } from './rankers.js' */
/** @import { RetrainingLimits } from './retraining.js' */
/**
 * @typedef {object} EvaluateChoices
 * @property {Interactions} history what people are folded in from; baselines are fitted to it and popularity
 *   is counted in it
 * @property {Interactions} test what they should be recommended; weights are not used
 * @property {Interactions} [train] instead of `history`, what baselines are fitted to and popularity is
 *   counted in: for people who were in no training
 * @property {Map<string, string[]>} [candidates] by user id: rank only these, and the test items; default:
 *   the whole catalogue without the history
 * @property {number} [sampled] rank the test items among this many random ones that are neither in history
 *   nor test
 * @property {Interactions} [validation] baselines choose their settings on it; it is never masked
 * @property {number} [newUsers] above 0 and below 1: this share of the people is left out of another
 *   training, then folded in
 * @property {(BaselineName | { name: BaselineName, settings?: Settings })[]} [baselines] default none; given
 *   settings are not chosen again
 * @property {Model} [against] another model, on the same people and candidates
 * @property {readonly number[]} [k] list lengths, default [5, 10, 20, 50]
 * @property {number} [seed] of negatives, new people and resamples; default 1
 * @property {number} [resamples] default 2000
 * @property {number} [proportional] of the lists that are measured, as for `recommend`; default 0: the order
 *   by score, which candidates always have
 * @property {boolean} [perPerson] give the figures of each person too, such as for a mean over several
 *   trainings; default false
 * @property {number} [cores] 1 to 64 workers that share the people, each with the models, and the trainings;
 *   no figure depends on it. Default 1: no worker. Baselines rank on one
 * @property {AbortSignal} [signal]
 * @property {(progress: EvaluationProgress) => void} [onProgress] `stage` says in words what is done
 */
/** @typedef {EvaluateChoices & RetrainingLimits} EvaluateOptions limits: of `newUsers` */
/**
 * @typedef {object} PlainFigures keys are `metric@k`: recall, ndcg, hitrate, precision, mrr, map, novelty,
 *   coverage, gini
 * @property {Record<string, number>} metrics
 * @property {Record<string, number>} standardErrors not of coverage and gini
 * @property {Record<string, Float64Array>} [perPerson] (U) in the order of `people`, where it was asked for;
 *   not of coverage and gini
 */
/** @typedef {{ difference: Record<string, Interval> }} Difference model minus the other, 95 % intervals */
/**
 * @typedef {object} BaselineChoice
 * @property {Settings} settings
 * @property {'defaults' | 'given' | 'validation'} chosenOn where the settings come from
 * @property {{ settings: Settings, ndcg: number }[]} tried what they were chosen from
 */
/** @typedef {PlainFigures & Difference & BaselineChoice} BaselineResult */
/**
 * @typedef {object} EvaluationParts
 * @property {Protocol} protocol
 * @property {number} users people measured
 * @property {string[]} [people] their ids, where perPerson was asked for
 * @property {number} catalogue items of the model
 * @property {Skipped} skipped
 * @property {PersonaHealth} personas
 * @property {Partial<Record<BaselineName, BaselineResult>>} baselines
 * @property {(PlainFigures & Difference & { personas: PersonaHealth }) | null} against
 * @property {NewUsers | null} newUsers
 * @property {number} seconds
 */
/**
 * @typedef {object} Protocol
 * @property {'full' | 'candidates' | 'sampled'} ranking
 * @property {number | null} negatives drawn for each person
 * @property {number[]} k
 * @property {number} headline the k of baseline settings, persona health and short tables: 20, else 10, else
 *   the largest
 * @property {number} seed
 * @property {number} resamples
 */
/** @typedef {PlainFigures & EvaluationParts} Evaluation */

const defaults = {
  k: /** @type {readonly number[]} */ ([5, 10, 20, 50]),
  seed: 1,
  resamples: 2000,
  perPerson: false,
  proportional: 0,
  baselines: /** @type {EvaluateOptions['baselines']} */ ([]),
};
const optionNames =
  'history test train candidates sampled validation newUsers baselines against k seed resamples ' +
  'proportional perPerson cores maxMinutes maxMemory signal onProgress';
/** @typedef {EvaluateOptions & Required<Pick<EvaluateOptions, keyof typeof defaults>>} FullOptions */

/**
 * Measures a model: what people should be recommended against what it recommends, by score, or in lists that
 * are as `proportional` as its users get them.
 * @param {Model} model
 * @param {EvaluateOptions} options
 * @returns {Promise<Evaluation>} same input and seed give the same figures, whatever the order of the people
 * @throws {AmpcfError} BAD_ARGUMENT; NO_DATA: nobody to measure; LIMIT: too many items for a baseline;
 *   LIMIT, OUT_OF_MEMORY: a training for `newUsers` above what it may take; what training throws; an
 *   abort rejects with its reason
 */
export async function evaluateModel(model, options) {
  const began = performance.now();
  const run = prepare(model, options);
  if (run.options.newUsers) await retrainingOf(model, run.options.history, 1, limitsIn(run.options));
  const { own, against } = await withCrew({ ...run.options, people: run.people.length }, async (crew) => {
    const measured = await measureModel(run, model, 'ranking', crew);
    const { against: other } = run.options;
    return { own: measured, against: other ? await compareWithModel(run, measured, other, crew) : null };
  });
  /** @type {Evaluation['baselines']} */
  const baselines = {};
  for (const wanted of run.baselines) baselines[wanted.name] = await compareWithBaseline(run, own, wanted);
  const newUsers = await compareWithNewUsers(run, model, own, baselines);
  return {
    protocol: protocolOf(run),
    users: run.people.length,
    ...(run.options.perPerson && { people: run.people.map(({ user }) => user) }),
    catalogue: model.info.items,
    skipped: run.skipped,
    ...plainFigures(own, run.options),
    personas: own.personas,
    baselines,
    against,
    newUsers,
    seconds: (performance.now() - began) / 1000,
  };
}

/**
 * How the figures were made, to be read beside them.
 * @param {Run} run
 * @returns {Protocol}
 */
function protocolOf({ ks, headline, options: { candidates, sampled, seed, resamples } }) {
  return {
    ranking: candidates ? 'candidates' : sampled ? 'sampled' : 'full',
    negatives: sampled ?? null,
    k: ks,
    headline,
    seed,
    resamples,
  };
}

/**
 * Checks everything before the first long step, and prepares what every step needs.
 * @param {Model} model
 * @param {EvaluateOptions} given
 */
function prepare(model, given) {
  const options = /** @type {FullOptions} */ ({
    ...defaults,
    ...Object.fromEntries(
      Object.entries(optionsArgument(given, optionNames)).filter(([, value]) => value !== undefined),
    ),
  });
  checkOptions(model, options);
  const ks = [...new Set(options.k)].sort((a, b) => a - b);
  const interactions = options.train ?? options.history;
  const data = checkInteractions(options);
  const support = supportOf(data);
  return {
    ...peopleToMeasure(model, options, data),
    ks,
    headline: ks.includes(20) ? 20 : ks.includes(10) ? 10 : ks[ks.length - 1],
    baselines: wantedBaselines(options.baselines),
    training: { interactions, data, dim: model.info.dim },
    options,
    share: (/** @type {string} */ item) => (support.get(item) ?? 1) / data.users,
  };
}

/**
 * Checks every set of interactions.
 * @param {FullOptions} options
 * @returns what baselines are fitted to and popularity is counted in
 */
function checkInteractions({ history, test, train, validation }) {
  const data = checkedInteractions(train ? 'train' : 'history', train ?? history);
  if (train) checkedInteractions('history', history);
  checkedInteractions('test', test);
  if (validation) checkedInteractions('validation', validation);
  return data;
}

/**
 * Whom the test asks, and who of the validation chooses settings.
 * @param {Model} model
 * @param {FullOptions} options
 * @param {Training['data']} data
 */
function peopleToMeasure(model, { history, test, validation, candidates, sampled, seed }, data) {
  const lists = Array.from(candidates ?? [], ([user, list]) => {
    const ids = listArgument(`candidates of ${user}`, list).map(itemId);
    return /** @type {[string, string[]]} */ ([user, ids]);
  });
  const histories = itemsByPerson(history);
  const knows = (/** @type {string} */ item) => model.has(item);
  const { people, skipped } = choosePeople({
    histories,
    test,
    candidates: candidates ? new Map(lists) : null,
    knows,
    sampled: sampled ? { negatives: sampled, pool: [...data.itemIds].sort(), seed } : null,
  });
  if (people.length === 0) throw nobodyToMeasure(skipped);
  const validators = validation ? choosePeople({ histories, test: validation, knows }).people : null;
  if (validators?.length === 0)
    throw new AmpcfError(
      'NO_DATA',
      'validation: got nobody with an item that is not in the history, wanted at least one',
    );
  return { people, skipped, validators };
}

/** @param {Skipped} skipped */
function nobodyToMeasure({ peopleWithoutTest, peopleWithoutCandidates }) {
  return new AmpcfError(
    'NO_DATA',
    `nobody to measure: got ${peopleWithoutTest} people without test items ` +
      `and ${peopleWithoutCandidates} without candidates, wanted at least one with both`,
  );
}

/** @typedef {ReturnType<typeof prepare>} Run */

/**
 * @param {Model} model
 * @param {FullOptions} options
 */
function checkOptions(model, options) {
  const { k, seed, resamples, perPerson, proportional, against, signal, onProgress } = options;
  if (!(model instanceof Model)) throw badArgument('model', model, 'a Model of loadModel');
  if (against !== undefined && !(against instanceof Model))
    throw badArgument('against', against, 'a Model of loadModel');
  if (!Array.isArray(k) || k.length === 0) throw badArgument('k', k, 'an array of list lengths');
  for (const cut of k)
    if (!Number.isSafeInteger(cut) || cut < 1) throw badArgument('k', cut, 'whole numbers, 1 or more');
  checkResampling(resamples, seed);
  if (typeof proportional !== 'number' || !(proportional >= 0 && proportional <= 1))
    throw badArgument('proportional', proportional, 'a number from 0 to 1');
  if (typeof perPerson !== 'boolean') throw badArgument('perPerson', perPerson, 'true or false');
  checkRanked(options);
  coresArgument(options.cores);
  checkNewUsers(model, options);
  if (signal !== undefined && !signal?.throwIfAborted) throw badArgument('signal', signal, 'an AbortSignal');
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw badArgument('onProgress', onProgress, 'a function');
}

/**
 * What is ranked: the catalogue, candidates, or a sample.
 * @param {FullOptions} options
 */
function checkRanked({ candidates, sampled }) {
  if (candidates !== undefined && !(candidates instanceof Map))
    throw badArgument('candidates', candidates, 'a Map of item ids by user id');
  if (sampled !== undefined && (!Number.isSafeInteger(sampled) || sampled < 1))
    throw badArgument('sampled', sampled, 'a whole number, 1 or more');
  if (sampled !== undefined && candidates)
    throw badArgument('sampled', sampled, 'either candidates or sampled');
}

/**
 * @param {Model} model
 * @param {FullOptions} options
 */
function checkNewUsers(model, { newUsers, train, ...limits }) {
  checkLimits(limits);
  if (newUsers === undefined) return;
  if (!(newUsers > 0 && newUsers < 1)) throw badArgument('newUsers', newUsers, 'a share above 0 and below 1');
  if (train) throw badArgument('newUsers', newUsers, 'no train: then the people of history are new already');
  settingsOf(model); // throws where there is nothing to train another model by
}

/**
 * Interactions as training reads them; what training would refuse is refused with the name of the option.
 * @param {string} name
 * @param {Interactions} given
 */
function checkedInteractions(name, given) {
  if (typeof given !== 'object' || !given)
    throw badArgument(name, given, 'interactions: users, items, user, item');
  try {
    return canonicalInteractions(given, 1);
  } catch (error) {
    throw error instanceof AmpcfError
      ? new AmpcfError(error.code, `${name}: ${error.message}`, { ...error.details, cause: error })
      : error;
  }
}

/**
 * People who have each item.
 * @param {Training['data']} data
 */
function supportOf({ itemIds, items }) {
  const counts = new Uint32Array(itemIds.length);
  for (const j of items) counts[j]++;
  return new Map(itemIds.map((id, j) => [id, counts[j]]));
}

/**
 * @param {Run} run
 * @param {Ranker} ranker
 * @param {string} stage
 */
async function measureRanker({ people, ks, share, options }, ranker, stage) {
  const lists = await rankPeople(ranker, people, Math.max(...ks), paceOf(stage, options));
  return { lists, ...figuresOf(lists, people, { ks, share, catalogue: ranker.catalogue }) };
}

/** @typedef {Awaited<ReturnType<typeof measureRanker>>} Measured */

/**
 * A model and the personas of its people, in one go.
 * @param {Run} run
 * @param {Model} model
 * @param {string} stage
 * @param {Crew | undefined} crew
 */
async function measureModel({ people, ks, headline, share, options }, model, stage, crew) {
  const asked = { k: Math.max(...ks), proportional: options.proportional, looked: headline };
  const { lists, health } = await listsOf(model, people, asked, { pace: paceOf(stage, options), crew });
  const figures = figuresOf(lists, people, { ks, share, catalogue: model.info.items });
  return { lists, ...figures, personas: healthOf(health) };
}

/**
 * @param {Run} run
 * @param {Measured} own
 * @param {Measured} other
 * @param {string} name
 * @returns {Promise<PlainFigures & Difference>}
 */
async function differenceFrom({ options }, own, other, name) {
  const { resamples, seed } = options;
  return {
    ...plainFigures(other, options),
    difference: await compareMetrics(own.perPerson, other.perPerson, {
      resamples,
      seed,
      pace: paceOf(`comparing with ${name}`, options),
    }),
  };
}

/**
 * @param {Run} run
 * @param {Measured} own
 * @param {Model} model
 * @param {Crew | undefined} crew
 */
async function compareWithModel(run, own, model, crew) {
  const other = await measureModel(run, model, 'ranking by the other model', crew);
  return { ...(await differenceFrom(run, own, other, 'the other model')), personas: other.personas };
}

/**
 * New people, if the options ask for them.
 * @param {Run} run
 * @param {Model} model
 * @param {Measured} own
 * @param {Evaluation['baselines']} baselines
 */
async function compareWithNewUsers(run, model, own, baselines) {
  const { newUsers } = run.options;
  if (newUsers === undefined) return null;
  return measureNewUsers(model, run.training.interactions, run.people, own.lists, {
    ...run.options,
    share: newUsers,
    ks: run.ks,
    dim: run.training.dim,
    itemShare: run.share,
    baselines: run.baselines.map(({ name }) => ({ name, settings: baselines[name]?.settings ?? {} })),
  });
}

/**
 * @param {Run} run
 * @param {Measured} own
 * @param {WantedBaseline} wanted
 * @returns {Promise<BaselineResult>}
 */
async function compareWithBaseline(run, own, { name, settings: given }) {
  const { options, validators, training, headline } = run;
  const choosing = !given && validators;
  const { settings, tried } = choosing
    ? await chooseSettings(name, training, { people: validators, k: headline }, options)
    : { settings: { ...known[name].defaults, ...given }, tried: [] };
  const ranker = await known[name].fit(training, settings, options);
  try {
    const other = await measureRanker(run, ranker, `ranking by ${name}`);
    return {
      settings,
      chosenOn: given ? 'given' : choosing ? 'validation' : 'defaults',
      tried,
      ...(await differenceFrom(run, own, other, name)),
    };
  } finally {
    ranker.dispose();
  }
}
