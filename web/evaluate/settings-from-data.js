// Owns the settings that follow from the data where the caller leaves them open: how much unobserved pairs
// weigh, and whether neighbours pay. They are chosen on events of the training itself, held out for the
// choice alone. Must not see validation or test data.
import { loadModel } from '../ampcf.js';
import { functionArgument } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';
import { sampleOf, personRandom, seededRandom } from '../core/random.js';
import { trainModel } from '../train.js';
import { interactionsArgument, lastOfEachPair } from '../train/interactions.js';
import { checkCompany, checkOptions, trainOptions } from '../train/options.js';
import { trainSettings } from '../train/settings.js';
import { seedArgument } from './checks.js';
import { figuresOf, meanAndError, rankPeople } from './measure.js';
import { paceOf } from './pace.js';
import { interactionsOfPeople } from './people.js';
import { modelRanker } from './rankers.js';

/** @import { Interactions, TrainOptions } from '../train.js' */
/** @import { EvaluationProgress } from './pace.js' */
/** @import { Person } from './people.js' */
/** @typedef {{ unobserved?: number, neighbours?: number, neighbourMethod?: 'local' | 'ease' }}
 * DataSettings */
/**
 * @typedef {object} DataTrial
 * @property {DataSettings} settings
 * @property {number} ndcg mean NDCG@20 of the people asked
 * @property {number} gain over what it was compared with, person by person
 * @property {number} standardError of the gain
 */
/**
 * @typedef {object} FromData
 * @property {DataSettings} settings those that were open and are better not left at their defaults
 * @property {DataTrial[]} trials in the order in which they were measured, the defaults first; none where
 * there
 *   was nothing to choose, or too few people to choose on
 * @property {number} people who were asked
 */
/**
 * @typedef {object} FromDataOptions
 * @property {(settings: TrainOptions) => Promise<boolean>} [fits] whether there is memory for such a
 * training;
 *   default: always
 * @property {AbortSignal} [signal]
 * @property {(progress: EvaluationProgress) => void} [onProgress] how far each of the trainings is
 */

const cut = 20;
/** Beside the default of 12. */
const weights = [30, 100];
const methods = /** @type {const} */ (['local', 'ease']);
/** How many items may vouch for each: half of what a search takes, since every one is bytes to download. */
const fewNeighbours = 50;
/** `ease` takes the time of items^3. */
const mostForEase = 3000;
/** Fewer people tell nothing, more take longer. */
const fewestPeople = 50;
const mostPeople = 1000;
/** People with fewer events are not asked: what is left would say nothing of them. */
const fewestEvents = 3;
const heldOut = 0.1;
/** Larger data is represented by some of its people. */
const mostEvents = 1e6;
const mostSweeps = 6;

/**
 * Which settings are open: the others were given, or mean nothing for what was given.
 * @param {TrainOptions} given
 */
function openSettings(given) {
  const { objective = 'als', private: isPrivate, supportLambda = 0, vectorStep = 0 } = given;
  // Who wants less remembered wants no neighbours, which remember pairs.
  const closed = objective !== 'als' || Boolean(isPrivate) || supportLambda > 0 || vectorStep > 0;
  return {
    weight: !closed && [given.unobserved, given.alpha, given.lambda, given.nu].every((x) => x === undefined),
    neighbours: !closed && given.neighbours === undefined && given.neighbourMethod === undefined,
  };
}

/**
 * A tenth of a person's events, at least one, by the seed and the person.
 * @param {Person} person
 * @param {number} seed
 * @returns {Person}
 */
function askedOf({ user, history }, seed) {
  const n = Math.max(1, Math.round(heldOut * history.length));
  const relevant = new Set(sampleOf(history, n, personRandom(seed, user)).map(({ item }) => item));
  return { user, history: history.filter(({ item }) => !relevant.has(item)), relevant, candidates: null };
}

const byText = (/** @type {string} */ a, /** @type {string} */ b) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * A person with the history in the order of ids, so that the order of rows decides nothing.
 * @param {Interactions} interactions
 * @param {number} u
 * @param {Uint32Array} rows of the person
 * @returns {Person}
 */
function personOf({ users, items, item, weight }, u, rows) {
  const history = Array.from(rows, (x) => ({ item: items[item[x]], weight: weight ? weight[x] : 1 }));
  history.sort((a, b) => byText(a.item, b.item));
  return { user: users[u], history, relevant: new Set(), candidates: null };
}

/**
 * Who is asked, and what is trained on meanwhile: everybody's events but those held out, or so many people as
 * have a million of them. Of nobody else a history is made, for there may be millions.
 * @param {Interactions} interactions
 * @param {number} seed
 */
function divide(interactions, seed) {
  const { users, items, user, item } = interactions;
  const { offsets, rows } = lastOfEachPair(user, item, users.length, items.length);
  const events = (/** @type {number} */ u) => offsets[u + 1] - offsets[u];
  const person = (/** @type {number} */ u) =>
    personOf(interactions, u, rows.subarray(offsets[u], offsets[u + 1]));
  const present = [...users.keys()].filter((u) => events(u) > 0);
  present.sort((a, b) => byText(users[a], users[b]));
  const everybody = sampleOf(present, present.length, seededRandom(seed));
  const chosen = everybody.filter((u) => events(u) >= fewestEvents).slice(0, mostPeople);
  const asked = chosen.map((u) => askedOf(person(u), seed));
  const isAsked = new Set(chosen);
  let sum = asked.reduce((n, { history }) => n + history.length, 0);
  const others = everybody.filter((u) => {
    if (isAsked.has(u) || sum >= mostEvents) return false;
    sum += events(u);
    return true;
  });
  return { asked, training: interactionsOfPeople([...asked, ...others.map(person)]) };
}

/**
 * Settings that suit the data where the caller gave none: `unobserved` 12, 30 or 100, then no neighbours,
 * or 50
 * by `local` or `ease`. At most five trainings of six sweeps on at most a million events; a setting is
 * left at
 * its default unless another gains more than its standard error in NDCG@20 (full ranking) on a tenth of
 * the events
 * of up to 1,000 people. Same input and settings, same choice, whatever the order of the rows.
 * @param {Interactions} interactions of the training
 * @param {TrainOptions} [given] settings that are fixed; `items`, `seed` and the like are used as they are
 * @param {FromDataOptions} [options]
 * @returns {Promise<FromData>}
 * @throws {import('../core/errors.js').AmpcfError} BAD_ARGUMENT, NO_DATA; an abort rejects with its reason
 */
export async function settingsFromData(interactions, given = {}, options = {}) {
  const names = 'fits signal onProgress';
  const { fits = async () => true, signal, onProgress } = optionsArgument(options, names);
  functionArgument('fits', fits);
  const { seed, sweeps } = trainSettings(trainOptions(given));
  checkOptions(given);
  checkCompany({ signal, onProgress });
  interactionsArgument(interactions);
  seedArgument(seed);
  const open = openSettings(given);
  if (!open.weight && !open.neighbours) return { settings: {}, trials: [], people: 0 };
  const { asked, training } = divide(interactions, Number(seed));
  if (asked.length < fewestPeople) return { settings: {}, trials: [], people: asked.length };
  const fixed = { ...given, sweeps: Math.min(mostSweeps, Number(sweeps)), clusters: 0 };
  const measure = (/** @type {DataSettings} */ settings) =>
    ndcgOf(training, asked, { ...fixed, ...settings }, { signal, onProgress });
  return {
    ...(await choose(open, measure, { fits: (tried) => fits({ ...given, ...tried }) })),
    people: asked.length,
  };
}

/**
 * @param {ReturnType<typeof openSettings>} open
 * @param {(settings: DataSettings) => Promise<{ each: Float64Array, items: number }>} measure
 * @param {{ fits: (settings: DataSettings) => Promise<boolean> }} limits
 */
async function choose(open, measure, { fits }) {
  const first = await measure({});
  let best = { settings: /** @type {DataSettings} */ ({}), each: first.each };
  const trials = [trialOf({}, first.each, first.each)];
  const tryAll = async (/** @type {DataSettings[]} */ all) => {
    const against = best;
    for (const settings of all) {
      if (!(await fits(settings))) continue;
      const { each } = await measure(settings);
      const trial = trialOf(settings, each, against.each);
      trials.push(trial);
      const isSure = trial.gain > trial.standardError;
      if (isSure && trial.ndcg > meanAndError(best.each).mean) best = { settings, each };
    }
  };
  if (open.weight) await tryAll(weights.map((unobserved) => ({ unobserved })));
  if (open.neighbours) {
    const { settings } = best;
    const ways = methods.filter((method) => method !== 'ease' || first.items <= mostForEase);
    await tryAll(ways.map((method) => ({ ...settings, neighbours: fewNeighbours, neighbourMethod: method })));
  }
  return { settings: best.settings, trials };
}

/**
 * @param {DataSettings} settings
 * @param {Float64Array} each
 * @param {Float64Array} against
 * @returns {DataTrial}
 */
function trialOf(settings, each, against) {
  const { mean, error } = meanAndError(each.map((value, u) => value - against[u]));
  return { settings, ndcg: meanAndError(each).mean, gain: mean, standardError: error };
}

/**
 * NDCG@20 of each person asked, by a training of its own.
 * @param {Interactions} training
 * @param {readonly Person[]} asked
 * @param {TrainOptions} settings
 * @param {Pick<FromDataOptions, 'signal' | 'onProgress'>} options
 */
async function ndcgOf(training, asked, settings, { signal, onProgress }) {
  const stage = 'choosing settings';
  const { bytes } = await trainModel(training, {
    ...settings,
    ...(signal && { signal }),
    onProgress: ({ done, total }) => onProgress?.({ stage, done, total }),
  });
  const model = await loadModel(bytes);
  try {
    const lists = await rankPeople(modelRanker(model), asked, cut, paceOf(stage, { signal, onProgress }));
    const { perPerson } = figuresOf(lists, asked, { ks: [cut], share: () => 1, catalogue: model.info.items });
    return { each: perPerson[`ndcg@${cut}`], items: model.info.items };
  } finally {
    model.dispose();
  }
}
