// Owns probabilities for a finished model: whom they are measured on, what their rows are, the map put into the
// metadata. Must not fit (calibration-fit.js) or rank by them.
import { badArgument, itemId, listArgument, rangeArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { recommendItems, scoresOf } from '../core/kernel.js';
import { optionsArgument } from '../core/options.js';
import { quantile } from '../core/quantile.js';
import { personRandom, sampleOf } from '../core/random.js';
import { logistic, logitOf } from '../confidence/calibration.js';
import { eventsOf, posteriorOf, uncertaintyIn } from '../confidence/posterior.js';
import { replaceMetadata } from '../train.js';
import { fitMap, spreadOf } from './calibration-fit.js';
import { seedArgument } from './checks.js';
import { withModel } from './late-choices.js';
import { paceOf } from './pace.js';
import { calibrationError } from './reliability.js';

/** @import { Calibration } from '../confidence/calibration.js' */
/** @import { Model } from '../model/model.js' */
/** @import { HistoryEvent } from '../model/types.js' */
/** @import { FittedMap, Move, Row } from './calibration-fit.js' */
/** @import { Forecast } from './reliability.js' */
/**
 * @typedef {object} CalibrationPerson
 * @property {Iterable<HistoryEvent | string | number>} history what is known of the person
 * @property {Iterable<string | number>} liked what the person liked that is in no history and no training
 * @property {Iterable<string | number>} [shown] what the person was shown or rated, `liked` among it; default: the
 *   catalogue. All people or nobody
 */
/**
 * @typedef {object} CalibrationOptions
 * @property {number} [seed] of what is drawn, default 1
 * @property {number} [level] how often an interval is to hold, default .8
 * @property {AbortSignal} [signal]
 * @property {(progress: { stage: string, done: number, total: number }) => void} [onProgress]
 */
/**
 * @typedef {object} CalibrationResult
 * @property {Uint8Array<ArrayBuffer>} bytes the same model with the map in its metadata; the same scores
 * @property {Calibration} calibration
 * @property {{ error: number, firstError: number | null, people: number, likes: number }} figures expected
 *   calibration error on people that a map was not fitted on, half and half; firstError: of the first 20 by score
 */
/**
 * @typedef {Row & { index: number, first: boolean }} Asked first: among the first 20 by score
 * @typedef {{ rows: Asked[], half: (Row & { uncertainty: number })[], open: number[] }} Person half: by a random half
 *   of the history, in the order of `rows`; empty where that was not asked
 */

/** The best of the catalogue are all asked about, of the rest so many. */
const best = 100;
const others = 150;
const listed = 20;
/** So many people say how far probabilities move. */
const movers = 600;
const fewest = { people: 10, likes: 50 };

/**
 * @param {Model} model
 * @param {ArrayLike<number>} scores
 * @param {{ core: import('../core/kernel.js').FoldedProfile, seen: ReadonlySet<number>, liked: ReadonlySet<number>,
 *   random: () => number }} person
 */
function catalogueRows(model, scores, { core, seen, liked, random }) {
  const { items } = model.info;
  const excluded = new Uint8Array(items);
  for (const index of seen) excluded[index] = 1;
  const head = [...recommendItems(core, excluded, Math.min(best, items)).items];
  for (const index of head) excluded[index] = 1;
  const rows = head.map((index, place) => ({ index, weight: 1, first: place < listed }));
  for (const index of liked)
    if (!excluded[index]) {
      excluded[index] = 1;
      rows.push({ index, weight: 1, first: false });
    }
  const rest = Array.from(scores, (_, index) => index).filter((index) => !excluded[index]);
  const drawn = sampleOf(rest, Math.min(others, rest.length), random);
  for (const index of drawn) rows.push({ index, weight: rest.length / drawn.length, first: false });
  return rows;
}

/**
 * Indices of items that the model knows, new to the history.
 * @param {Model} model
 * @param {Iterable<string | number>} ids
 * @param {string} name
 * @param {ReadonlySet<number>} seen
 */
function freshIndices(model, ids, name, seen) {
  const found = listArgument(name, ids).map((id) => model.indexOf(itemId(id)));
  return new Set(found.filter((index) => index !== undefined && !seen.has(index)));
}

/**
 * What one person says.
 * @param {Model} model
 * @param {CalibrationPerson} person
 * @param {() => number} random
 * @param {boolean} moves is half of the history asked too?
 * @returns {Person}
 */
function askPerson(model, { history, liked: likes, shown }, random, moves) {
  const events = listArgument('history', history);
  const profile = model.createProfile(events);
  const { core, indices } = profile.state.now();
  const seen = new Set(indices);
  const liked = /** @type {Set<number>} */ (freshIndices(model, likes, 'liked', seen));
  const scores = scoresOf(core);
  const asked = shown
    ? [...new Set([...freshIndices(model, shown, 'shown', seen), ...liked])].map((index) => ({
        index: Number(index),
        weight: 1,
        first: false,
      }))
    : catalogueRows(model, scores, { core, seen, liked, random });
  const of = eventsOf(profile);
  const rows = asked.map((row) => ({
    ...row,
    history: of,
    score: scores[row.index],
    liked: liked.has(row.index),
  }));
  const head = rows.filter((row) => shown || row.first).slice(0, listed);
  const open = moves ? uncertaintyIn(profile, posteriorOf(profile)) : undefined;
  const found = {
    rows,
    half: moves ? halfRows(model, events, rows, random) : [],
    open: open ? head.map((row) => open(row.index)) : [],
  };
  profile.dispose();
  return found;
}

/**
 * The same items by half of the history.
 * @param {Model} model
 * @param {readonly (HistoryEvent | string | number)[]} events
 * @param {readonly Asked[]} rows
 * @param {() => number} random
 */
function halfRows(model, events, rows, random) {
  if (events.length < 2) return [];
  const drawn = new Set(sampleOf([...events.keys()], Math.ceil(events.length / 2), random));
  const profile = model.createProfile(events.filter((_, i) => drawn.has(i)));
  const { core, indices } = profile.state.now();
  const scores = scoresOf(core);
  const history = eventsOf(profile);
  const open = uncertaintyIn(profile, posteriorOf(profile));
  const found =
    indices.length === 0
      ? []
      : rows.map((row) => ({ ...row, history, score: scores[row.index], uncertainty: open(row.index) }));
  profile.dispose();
  return found;
}

/**
 * @param {readonly CalibrationPerson[]} people
 * @returns {Calibration['population']}
 */
function checkPeople(people) {
  const some = people.filter((person) => {
    optionsArgument(person, 'history liked shown', 'person');
    return person.shown !== undefined;
  });
  if (some.length > 0 && some.length < people.length)
    throw badArgument('people', `${some.length} of ${people.length} with shown`, 'all of them, or nobody');
  return some.length > 0 ? 'shown' : 'catalogue';
}

/**
 * Of people that a map was not fitted on: each half by that of the other.
 * @param {readonly Person[]} asked
 * @returns {{ error: number, firstError: number | null }}
 */
function crossError(asked) {
  const halves = [0, 1].map((part) => asked.filter((_, i) => i % 2 === part));
  const forecasts = halves.flatMap((people, part) => {
    const others = halves[1 - part].flatMap(({ rows }) => rows);
    if (!others.some(({ liked }) => liked)) return [];
    const map = /** @type {Calibration} */ (/** @type {FittedMap} */ (fitMap(others)));
    return people.flatMap(({ rows }) =>
      rows.map((row) => ({
        probability: logistic(logitOf(map, row.history, row.score)),
        happened: row.liked,
        weight: row.weight,
        first: row.first,
      })),
    );
  });
  const first = forecasts.filter((forecast) => forecast.first);
  const error = (/** @type {Forecast[]} */ list) => Number(calibrationError(list).toPrecision(4));
  return { error: error(forecasts), firstError: first.length > 0 ? error(first) : null };
}

/**
 * How far logits move from half of a history to all of it, the map of halves being fitted to halves: what is known
 * changes, what is asked does not.
 * @param {readonly Person[]} asked
 * @param {FittedMap} map
 * @returns {Move[]}
 */
function movesOf(asked, map) {
  const moved = asked.filter(({ half }) => half.length > 0);
  const halves = moved.flatMap(({ half }) => half);
  if (!halves.some(({ liked }) => liked)) return [];
  const before = /** @type {Calibration} */ (fitMap(halves));
  const after = /** @type {Calibration} */ (map);
  return moved.flatMap(({ rows, half }) =>
    half.map((row, i) => ({
      likes: row.history.likes,
      uncertainty: row.uncertainty,
      by: logitOf(after, rows[i].history, rows[i].score) - logitOf(before, row.history, row.score),
    })),
  );
}

/**
 * @param {readonly Person[]} asked
 * @param {Calibration['population']} population
 * @param {number} level
 * @returns {Calibration}
 */
function calibrationFrom(asked, population, level) {
  const rows = asked.flatMap((person) => person.rows);
  const likes = rows.filter(({ liked }) => liked).length;
  if (asked.length < fewest.people || likes < fewest.likes)
    throw new AmpcfError(
      'NO_DATA',
      `calibration: got ${likes} held-out likes of ${asked.length} people, wanted at least ${fewest.likes} of ` +
        `${fewest.people}`,
    );
  if (likes === rows.length)
    throw new AmpcfError(
      'NO_DATA',
      'calibration: got only likes, wanted something that was shown and not liked',
    );
  const map = fitMap(rows);
  const open = Float64Array.from(asked.flatMap((person) => person.open)).sort();
  const third = (/** @type {number} */ share) => Number(quantile(open, share).toFixed(5));
  const bands = /** @type {[number, number]} */ ([third(1 / 3), third(2 / 3)]);
  const spread = spreadOf(movesOf(asked, map), { ...map, bands }, level);
  return { version: 1, population, people: asked.length, likes, ...map, level, bands, spread };
}

/**
 * A model that says probabilities: a monotone map from scores to the chance that an item is liked is fitted to held-out
 * likes, and kept in the metadata of the file. Scores, ids and lineage stay as they are, and saved profiles go on. The
 * same people give the same bytes.
 * @param {Uint8Array} bytes of a model file that this library wrote
 * @param {Iterable<CalibrationPerson>} people whose `liked` is in no training
 * @param {CalibrationOptions} [options]
 * @returns {Promise<CalibrationResult>}
 * @throws {AmpcfError} NO_DATA: fewer than 50 likes of 10 people; BAD_ARGUMENT; what loading the file throws
 */
export async function calibrate(bytes, people, options = {}) {
  const {
    seed = 1,
    level = 0.8,
    signal,
    onProgress,
  } = optionsArgument(options, 'seed level signal onProgress');
  seedArgument(seed);
  rangeArgument('level', level, 0.01, 0.99);
  const list = listArgument('people', people);
  const population = checkPeople(list);
  const pace = paceOf('calibrating', { signal, onProgress });
  const every = Math.max(1, Math.ceil(list.length / movers));
  return withModel(bytes, async (model) => {
    const asked = /** @type {Person[]} */ ([]);
    for (const [u, person] of list.entries()) {
      asked.push(askPerson(model, person, personRandom(seed, String(u)), u % every === 0));
      await pace(u + 1, list.length);
    }
    const heard = asked.filter(({ rows }) => rows.length > 0);
    const calibration = calibrationFrom(heard, population, level);
    return {
      bytes: await replaceMetadata(bytes, { ...model.info.metadata, confidence: calibration }),
      calibration,
      figures: { ...crossError(heard), people: calibration.people, likes: calibration.likes },
    };
  });
}
