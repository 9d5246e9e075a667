// Owns probabilities for a finished model: whom they are measured on, what their rows are, the map put into
// the metadata. Must not fit (calibration-fit.js) or rank by them.
import { badArgument, listArgument, rangeArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { optionsArgument } from '../core/options.js';
import { quantile } from '../core/quantile.js';
import { personRandom } from '../core/random.js';
import { logistic, logitOf } from '../confidence/calibration.js';
import { replaceMetadata } from '../train.js';
import { fitMap, spreadOf } from './calibration-fit.js';
import { askPerson, crossMoves } from './calibration-people.js';
import { seedArgument } from './checks.js';
import { withModel } from './late-choices.js';
import { paceOf } from './pace.js';
import { calibrationError } from './reliability.js';

/** @import { Calibration } from '../confidence/calibration.js' */
/** @import { FittedMap } from './calibration-fit.js' */
/** @import { CalibrationPerson, Person } from './calibration-people.js' */
/** @import { Forecast } from './reliability.js' */
/**
 * @typedef {object} CalibrationOptions
 * @property {number} [seed] of what is drawn, default 1
 * @property {number} [level] how often an interval is to hold, default .8
 * @property {AbortSignal} [signal]
 * @property {(progress: { stage: string, done: number, total: number }) => void} [onProgress] told how far
 *   it is
 */
/**
 * @typedef {object} CalibrationResult
 * @property {Uint8Array<ArrayBuffer>} bytes the same model with the map in its metadata; the same scores
 * @property {Calibration} calibration
 * @property {{ error: number, firstError: number | null, people: number, likes: number }} figures expected
 *   calibration error on people that a map was not fitted on, half and half; firstError: of the first 20 by
 *   score
 */
/** So many people say how far probabilities move. */
const movers = 600;
const fewest = { people: 10, likes: 50 };

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
      `calibration: got ${likes} held-out likes of ${asked.length} people, wanted at least ` +
        `${fewest.likes} of ${fewest.people}`,
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
  const spread = spreadOf(crossMoves(asked), bands, level);
  return { version: 1, population, people: asked.length, likes, ...map, level, bands, spread };
}

/**
 * A model that says probabilities: a monotone map from scores to the chance that an item is liked is fitted
 * to held-out likes, and kept in the metadata of the file. Scores, ids and lineage stay as they are, and
 * saved profiles go on. The same people give the same bytes.
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
