// Owns training that is watched on held-out items: when to measure, which sweep is best, when to stop, what
// is chosen at the end. Must not touch the trainer's state.
import { badArgument, countArgument } from '../core/arguments.js';
import { interactionsArgument, joinInteractions } from '../train/interactions.js';
import { replaceMetadata, trainModel } from '../train.js';
import { trainOptions } from '../train/options.js';
import { calibrate } from './calibrate.js';
import { withCrew } from './crew.js';
import { gateFor, proportionalFor, singleVector, withModel } from './late-choices.js';
import { paceOf } from './pace.js';
import { modelRanker } from './rankers.js';
import { cut, figuresFor, someOf, validationPeople } from './validation-figures.js';

/** @import { Interactions } from '../train.js' */
/** @import { FinishedTraining, LateSettings, TrainOptions, TrainProgress, TrainResult } from '../train.js' */
/** @import { TrainSnapshot } from '../train.js' */
/** @import { GateChoice } from './choose-gate.js' */
/** @import { ProportionalChoice } from './choose-proportional.js' */
/** @import { CalibrationResult } from './calibrate.js' */
/** @import { Crew } from './crew.js' */
/** @import { Person } from './people.js' */
/** @import { ValidationFigures } from './validation-figures.js' */
/**
 * @typedef {ValidationFigures & { sweep: number, sweeps: number, best: boolean }} Measurement of a sweep or
 *   an epoch, on the sample
 */
/**
 * @typedef {object} WatchOptions
 * @property {number} [patience] measurements in a row that may bring no better NDCG@20 before training stops;
 *   default 3
 * @property {number} [sample] people that are asked during the training, by the training's seed; default
 *   2000, fewer where there are more than 10,000 items, at least 300
 * @property {number} [choosers] people that gate, leaves and proportional are chosen on; default 4000,
 *   fewer where there are more than 5,000 items, at least 300
 * @property {boolean} [quick] the gate is chosen on the sample and the figures at the end are of it, and
 *   `proportional` is not chosen; default false
 * @property {boolean} [watch] false: nothing is measured before the last sweep, which is kept; default true
 * @property {boolean} [refit] in the end train once more with what was chosen, on the validation events too:
 *   that is the model that is given, the figures are of the one before, `validated`; default false
 * @property {boolean} [calibrate] in the end a map from scores to probabilities is fitted to the validation
 *   and kept in the file (`calibrate`); with `refit`, that of the model before; default false
 * @property {(measurement: Measurement) => void} [onMeasured] an error of it ends the training
 * @property {(progress: Omit<TrainProgress, 'phase'> & { phase: Phase }) => void} [onProgress] measuring and
 *   choosing: people done
 */
/** @typedef {TrainProgress['phase'] | 'measuring' | 'choosing'} Phase */
/**
 * @typedef {Omit<TrainOptions, 'onSnapshot' | 'onProgress' | 'chooseSettings'> & WatchOptions}
 *   ValidatedOptions
 */
/**
 * @typedef {object} Validated
 * @property {ValidationFigures} validation of everybody; of some where there are more than 2e8 pairs of
 *   people and items
 * @property {Measurement[]} measurements
 * @property {GateChoice | null} gate null: the options say what it is
 * @property {ProportionalChoice | null} proportional likewise, or it was not worth a choice
 */
/**
 * @typedef {TrainResult & Validated & { validated: TrainResult | null, confidence:
 *   CalibrationResult['figures'] | null }} ValidatedResult validated: with `refit`, the model that all
 *   figures are of; confidence: of the map, with `calibrate`
 */

/** Least squares says little in its first sweeps; an epoch of a gradient method says something. */
const firstSweep = { sweeps: 4, epochs: 1 };
const defaults = { patience: 3, quick: false, watch: true, refit: false, calibrate: false };
const watchNames = [...Object.keys(defaults), 'sample', 'choosers', 'onMeasured'];
const mostAsked = { sample: 2000, choosers: 4000, end: Infinity };
/** Scores that asking people may take: of a large catalogue fewer are asked, or no search would end. */
const affordable = { sample: 2e7, choosers: 2e7, end: 2e8 };

/**
 * How many people are asked, where the caller does not say.
 * @param {keyof typeof mostAsked} what
 * @param {Interactions} interactions
 */
const usually = (what, { items }) =>
  Math.min(mostAsked[what], Math.max(300, Math.floor(affordable[what] / Math.max(1, items.length))));

/**
 * Trains, and measures on held-out items as training goes on; what is written is the sweep (from the 4th) or
 * the epoch with the best NDCG@20 of the vectors. Neighbours are computed at the end; then gate, leaves and
 * proportional are chosen, unless they are given. The final figures are of the whole model. The same
 * interactions in any order give the same bytes and figures.
 * @param {Interactions} interactions validation pairs are not to be among them
 * @param {Interactions} validation weights are not used
 * @param {ValidatedOptions} [options]
 * @returns {Promise<ValidatedResult>} `settings` with the number of sweeps kept and what was chosen: they
 *   give the same bytes by trainModel
 * @throws {AmpcfError} as trainModel; NO_DATA: nobody to measure
 */
export async function trainValidated(interactions, validation, options = {}) {
  interactionsArgument(interactions);
  const { patience, quick, watch, onMeasured, onProgress, ...rest } = fullOptions(interactions, options);
  const { refit, calibrate: maps, sample, choosers, ...training } = rest;
  const everybody = validationPeople(interactions, validation);
  const seed = training.seed ?? 1;
  const asked = someOf(everybody, sample, seed);
  const atEnd = quick ? asked : someOf(everybody, usually('end', interactions), seed);
  const choosing = quick ? asked : someOf(everybody, choosers, seed);
  const began = performance.now();
  const measuring = measuringOf(began, training.signal, onProgress);
  const company = { ...training, ...(onProgress && { onProgress }) };
  const most = Math.max(asked.length, atEnd.length, choosing.length);
  // An abort ends the training, and with it the workers.
  const { result, figures, watched, chosen } = await withCrew(
    { people: most, cores: training.cores },
    async (crew) => {
      const watched = watchSweeps(asked, { patience, onMeasured, measuring: measuring('measuring'), crew });
      const chosen = lateChoices(training, measuring, choosing, { quick, crew });
      const trained = await trainModel(interactions, {
        ...company,
        ...(watch && { onSnapshot: watched.onSnapshot }),
        chooseSettings: chosen.chooseSettings,
      });
      const atLast = await figuresAtEnd(trained.bytes, atEnd, measuring('measuring')(), crew);
      return { result: trained, figures: atLast, watched, chosen };
    },
  );
  const also = { company, everybody, refit, maps };
  return {
    ...(await finished(result, interactions, validation, also)),
    validation: figures,
    ...chosen.results,
    measurements: watched.measurements,
    seconds: (performance.now() - began) / 1000,
  };
}

/** So many people are asked for a map. */
const mostMapped = 4000;

/**
 * What is given in the end: trained again on everything, with a map, where that was asked for.
 * @param {TrainResult} result
 * @param {Interactions} interactions
 * @param {Interactions} validation
 * @param {{ company: TrainOptions, everybody: readonly Person[], refit: boolean, maps: boolean }} also
 */
async function finished(result, interactions, validation, { company, everybody, refit, maps }) {
  const last = refit ? await trainOnAll(interactions, validation, company, result) : result;
  const mapped = maps ? await withMap(result.bytes, last.bytes, everybody, company) : null;
  return {
    ...last,
    ...(mapped && { bytes: mapped.bytes }),
    confidence: mapped && mapped.figures,
    validated: refit ? result : null,
  };
}

/**
 * The map that a model has on people with something held out, in the file of what it became.
 * @param {Uint8Array} measured
 * @param {Uint8Array} last
 * @param {readonly Person[]} everybody
 * @param {{ seed?: number | undefined, signal?: AbortSignal | undefined }} options
 */
async function withMap(measured, last, everybody, { seed = 1, signal }) {
  const people = someOf(everybody, mostMapped, seed).map(({ history, relevant }) => ({
    history,
    liked: relevant,
  }));
  const found = await calibrate(measured, people, { seed, ...(signal && { signal }) });
  if (measured === last) return found;
  return withModel(last, async (model) => ({
    ...found,
    bytes: await replaceMetadata(last, { ...model.info.metadata, confidence: found.calibration }),
  }));
}

/**
 * @param {Uint8Array} bytes of the whole model
 * @param {readonly Person[]} people
 * @param {ReturnType<ReturnType<Measuring>>} pace
 * @param {Crew | undefined} crew
 */
const figuresAtEnd = (bytes, people, pace, crew) =>
  withModel(bytes, (model) => figuresFor(modelRanker(model, 0, crew), people, pace));

/**
 * @param {Interactions} interactions
 * @param {ValidatedOptions} options
 */
function fullOptions(interactions, options) {
  const full = {
    ...defaults,
    sample: usually('sample', interactions),
    choosers: usually('choosers', interactions),
    ...given(options),
  };
  const { patience, sample, choosers, refit, calibrate: maps } = full;
  for (const [name, value] of Object.entries({ patience, sample, choosers }))
    if (countArgument(name, value) < 1) throw badArgument(name, value, 'at least 1');
  for (const [name, value] of Object.entries({ refit, calibrate: maps }))
    if (typeof value !== 'boolean') throw badArgument(name, value, 'true or false');
  return full;
}

/**
 * Trains again with what was chosen, on the validation events too. What follows from the data follows from
 * all of it.
 * @param {Interactions} interactions
 * @param {Interactions} validation
 * @param {TrainOptions} options
 * @param {TrainResult} validated
 */
function trainOnAll(interactions, validation, options, { settings }) {
  const names = ['sweeps', 'epochs', 'gate', 'leaves', 'proportional'];
  const chosen = Object.fromEntries(
    names.flatMap((name) => (name in settings ? [[name, settings[name]]] : [])),
  );
  return trainModel(joinInteractions(interactions, validation), { ...options, ...chosen });
}

/**
 * What is chosen once the training is over.
 * @param {LateSettings} fixed what the caller gave
 * @param {Measuring} measuring
 * @param {readonly Person[]} people
 * @param {{ quick: boolean, crew: Crew | undefined }} how quick: only the gate
 */
function lateChoices(fixed, measuring, people, { quick, crew }) {
  const results = {
    gate: /** @type {GateChoice | null} */ (null),
    proportional: /** @type {ProportionalChoice | null} */ (null),
  };
  return {
    results,
    /**
     * @param {FinishedTraining} finished
     * @returns {Promise<LateSettings>}
     */
    async chooseSettings(finished) {
      const gate = await gateFor(finished, people, fixed, measuring('choosing')(), crew);
      const changes = gate ? { gate: gate.gate, leaves: gate.leaves } : {};
      results.gate = gate;
      if (quick || fixed.proportional !== undefined) return changes;
      return withModel(await finished.bytes({ ...changes, proportional: 0 }), async (model) => {
        results.proportional = await proportionalFor(model, people, measuring('choosing')());
        const { proportional } = results.proportional ?? {};
        return { ...changes, ...(proportional !== undefined && { proportional }) };
      });
    },
  };
}

/**
 * The options that are not undefined, so that none hides a default.
 * @param {ValidatedOptions} options
 */
const given = (options) =>
  /** @type {ValidatedOptions} */ (
    Object.fromEntries(
      Object.entries(trainOptions(options, watchNames)).filter(([, value]) => value !== undefined),
    )
  );

/**
 * @typedef {(phase: Phase) => (sweep?: number, sweeps?: number) => (done: number, total: number) =>
 *   Promise<void>} Measuring
 */

/**
 * @param {number} began
 * @param {AbortSignal | undefined} signal
 * @param {WatchOptions['onProgress']} onProgress
 * @returns {Measuring}
 */
function measuringOf(began, signal, onProgress) {
  return (phase) =>
    (sweep = 0, sweeps = 0) =>
      paceOf(phase, {
        signal,
        onProgress: ({ done, total }) =>
          onProgress?.({ phase, done, total, sweep, sweeps, seconds: (performance.now() - began) / 1000 }),
      });
}

/**
 * @param {readonly Person[]} people
 * @param {{ patience: number, onMeasured: WatchOptions['onMeasured'], measuring: ReturnType<Measuring>, crew:
 *   Crew | undefined }} options
 */
function watchSweeps(people, { patience, onMeasured, measuring, crew }) {
  /** @type {Measurement[]} */
  const measurements = [];
  let best = -Infinity;
  let since = 0;
  return {
    measurements,
    /** @param {TrainSnapshot} snapshot */
    async onSnapshot({ sweep, sweeps, epochs, bytes, keep, stop }) {
      if (sweep < Math.min(sweeps, epochs ? firstSweep.epochs : firstSweep.sweeps)) return;
      const figures = await withModel(await bytes(singleVector), (model) =>
        figuresFor(modelRanker(model, 0, crew), people, measuring(sweep, sweeps)),
      );
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
