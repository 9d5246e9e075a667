// Owns training that is watched on held-out items: when to measure, which sweep is best, when to stop. Must
// not touch the trainer's state.
import { Model, loadModel } from '../ampcf.js';
import { badArgument, countArgument, optionsArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { trainModel } from '../train.js';
import { figuresOf, rankPeople } from './measure.js';
import { paceOf } from './pace.js';
import { choosePeople, itemsByPerson } from './people.js';
import { sampleOf, seededRandom } from '../core/random.js';
import { modelRanker } from './rankers.js';

/** @import { Interactions } from '../train.js' */
/** @import { TrainOptions, TrainProgress, TrainResult, TrainSnapshot } from '../train.js' */
/** @import { Person } from './people.js' */
/**
 * @typedef {object} ValidationFigures full ranking, the history left out
 * @property {Record<string, number>} metrics `recall@20` and `ndcg@20`
 * @property {Record<string, number>} standardErrors
 * @property {number} people measured
 */
/**
 * @typedef {ValidationFigures & { sweep: number, sweeps: number, best: boolean }} Measurement of a sweep or
 *   an epoch, on the sample
 */
/**
 * @typedef {object} WatchOptions
 * @property {number} [patience] measurements in a row that may bring no better NDCG@20 before training stops;
 *   default 3
 * @property {number} [sample] people that are asked during the training, by the training's seed; default 2000
 * @property {boolean} [measureAll] the figures at the end are of everybody, not of the sample; default true
 * @property {(measurement: Measurement) => void} [onMeasured] an error of it ends the training
 * @property {(progress: Omit<TrainProgress, 'phase'> & { phase: TrainProgress['phase'] | 'measuring' }) =>
 *   void} [onProgress] measuring: people done
 */
/** @typedef {Omit<TrainOptions, 'onSnapshot' | 'onProgress'> & WatchOptions} ValidatedOptions */
/** @typedef {TrainResult & { validation: ValidationFigures, measurements: Measurement[] }} ValidatedResult */

const cut = 20;
/** Least squares says little in its first sweeps; an epoch of a gradient method says something. */
const firstSweep = { sweeps: 4, epochs: 1 };
const defaults = { patience: 3, sample: 2000, measureAll: true };

/**
 * The people of the validation whom a model can be asked about.
 * @param {Interactions} interactions
 * @param {Interactions} validation
 */
function validationPeople(interactions, validation) {
  const { people } = choosePeople({
    histories: itemsByPerson(interactions),
    test: validation,
    knows: () => true,
  });
  if (people.length === 0)
    throw new AmpcfError(
      'NO_DATA',
      'validation: got nobody with an item that is not in the training, wanted at least one',
    );
  return people;
}

/**
 * @param {Model} model
 * @param {readonly Person[]} people
 * @param {(done: number, total: number) => Promise<void>} pace
 * @returns {Promise<ValidationFigures>}
 */
async function figuresFor(model, people, pace) {
  const lists = await rankPeople(modelRanker(model), people, cut, pace);
  const { metrics, standardErrors } = figuresOf(lists, people, {
    ks: [cut],
    share: () => 1,
    catalogue: model.info.items,
  });
  const both = (/** @type {Record<string, number>} */ of) =>
    Object.fromEntries([`recall@${cut}`, `ndcg@${cut}`].map((name) => [name, of[name]]));
  return { metrics: both(metrics), standardErrors: both(standardErrors), people: people.length };
}

/**
 * Validation figures of a model that is given as bytes.
 * @param {Uint8Array} bytes
 * @param {readonly Person[]} people
 * @param {(done: number, total: number) => Promise<void>} pace
 */
async function figuresOfBytes(bytes, people, pace) {
  const model = await loadModel(bytes);
  return figuresFor(model, people, pace).finally(() => model.dispose());
}

/**
 * What people of the validation would have been recommended, against what they took: the figures of
 * `evaluateModel`.
 * @param {Model} model
 * @param {Interactions} interactions that it was trained on: the histories
 * @param {Interactions} validation
 * @param {{ signal?: AbortSignal, onProgress?: (progress: { stage: string, done: number, total: number }) =>
 *   void }} [options]
 * @returns {Promise<ValidationFigures>}
 * @throws {AmpcfError} BAD_ARGUMENT, NO_DATA
 */
export async function measureValidation(model, interactions, validation, options = {}) {
  if (!(model instanceof Model)) throw badArgument('model', model, 'a Model of loadModel');
  return figuresFor(
    model,
    validationPeople(interactions, validation),
    paceOf('measuring', optionsArgument(options)),
  );
}

/**
 * Trains, and measures on held-out items as training goes on; what is written is the sweep (from the 4th) or
 * the epoch with the best NDCG@20 of the vectors. Neighbours are computed at the end, and the final figures
 * are of the whole model.
 * @param {Interactions} interactions validation pairs are not to be among them
 * @param {Interactions} validation weights are not used
 * @param {ValidatedOptions} [options]
 * @returns {Promise<ValidatedResult>} `settings` with the number of sweeps kept: they give the same bytes by
 *   trainModel
 * @throws {AmpcfError} as trainModel; NO_DATA: nobody to measure
 */
export async function trainValidated(interactions, validation, options = {}) {
  const { patience, sample, measureAll, onMeasured, onProgress, ...training } = {
    ...defaults,
    ...given(options),
  };
  if (countArgument('patience', patience) < 1) throw badArgument('patience', patience, 'at least 1');
  if (countArgument('sample', sample) < 1) throw badArgument('sample', sample, 'at least 1');
  const everybody = validationPeople(interactions, validation);
  const asked =
    everybody.length <= sample ? everybody : sampleOf(everybody, sample, seededRandom(training.seed ?? 1));
  const began = performance.now();
  const measuring = measuringOf(began, training.signal, onProgress);
  const watched = watchSweeps(asked, { patience, onMeasured, measuring });
  const result = await trainModel(interactions, {
    ...training,
    ...(onProgress && { onProgress }),
    onSnapshot: watched.onSnapshot,
  });
  const { measurements } = watched;
  const people = measureAll ? everybody : asked;
  const last = measurements.findLast(({ best }) => best);
  const same = last && Number(result.settings.neighbours) === 0 && people.length === asked.length;
  const figures = same
    ? { metrics: last.metrics, standardErrors: last.standardErrors, people: last.people }
    : await figuresOfBytes(result.bytes, people, measuring(last?.sweep ?? 0, last?.sweeps ?? 0));
  const seconds = (performance.now() - began) / 1000;
  return { ...result, validation: figures, measurements, seconds };
}

/**
 * The options that are not undefined, so that none hides a default.
 * @param {ValidatedOptions} options
 */
const given = (options) =>
  /** @type {ValidatedOptions} */ (
    Object.fromEntries(Object.entries(optionsArgument(options)).filter(([, value]) => value !== undefined))
  );

/** @typedef {(sweep: number, sweeps: number) => (done: number, total: number) => Promise<void>} Measuring */

/**
 * @param {number} began
 * @param {AbortSignal | undefined} signal
 * @param {WatchOptions['onProgress']} onProgress
 * @returns {Measuring}
 */
function measuringOf(began, signal, onProgress) {
  return (sweep, sweeps) =>
    paceOf('measuring', {
      signal,
      onProgress: ({ done, total }) =>
        onProgress?.({
          phase: 'measuring',
          done,
          total,
          sweep,
          sweeps,
          seconds: (performance.now() - began) / 1000,
        }),
    });
}

/**
 * @param {readonly Person[]} people
 * @param {{ patience: number, onMeasured: WatchOptions['onMeasured'], measuring: Measuring }} options
 */
function watchSweeps(people, { patience, onMeasured, measuring }) {
  /** @type {Measurement[]} */
  const measurements = [];
  let best = -Infinity;
  let since = 0;
  return {
    measurements,
    /** @param {TrainSnapshot} snapshot */
    async onSnapshot({ sweep, sweeps, epochs, bytes, keep, stop }) {
      if (sweep < Math.min(sweeps, epochs ? firstSweep.epochs : firstSweep.sweeps)) return;
      const figures = await figuresOfBytes(await bytes(), people, measuring(sweep, sweeps));
      const ndcg = figures.metrics[`ndcg@${cut}`];
      const better = ndcg > best;
      since = better ? 0 : since + 1;
      if (better) {
        best = ndcg;
        keep();
      }
      measurements.push({ ...figures, sweep, sweeps, best: better });
      onMeasured?.(measurements[measurements.length - 1]);
      if (since >= patience) stop();
    },
  };
}
