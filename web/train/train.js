// Owns the training of a model: interactions -> bytes of a model file. Must not read files or know text
// formats.
import { badArgument } from '../core/arguments.js';
import { trainConfig } from './config.js';
import { dependsOnHistory } from './depends-on-history.js';
import { canonicalInteractions } from './interactions.js';
import { modelParts, packAspects } from './model-parts.js';
import { startTrainer, startTrainerBuild } from './module.js';
import { computeNeighbours, neighbourMemory } from './neighbours.js';
import { triplesArgument } from '../graph/triples.js';
import { leanFile } from './graph.js';
import { graphMemory } from './graph-memory.js';
import { chooseGraph } from './graph-scout.js';
import { lateRow, settingsWith } from './late-settings.js';
import { checkOptions, trainOptions } from './options.js';
import { paced } from './pace.js';
import { settingsAfter, settingsFor, trainSettings } from './settings.js';
import { memoryOn, openShared, sharedTraining, trainingPool, workersFor } from './shared.js';
import { watchSnapshots } from './snapshots.js';
import { withPool } from '../workers/pool.js';
import { checkWasmFits, inputBytes } from './wasm-limit.js';

/** @import { CanonicalInteractions, Interactions } from './interactions.js' */
/** @import { NeighbourRows, TrainKernel, Training } from './kernel.js' */
/** @import { GraphChoice } from './graph-scout.js' */
/** @import { Triples } from '../graph/triples.js' */
/** @import { LateSettings } from './late-settings.js' */
/** @import { ItemAspects } from './model-parts.js' */
/** @import { TrainOptions, TrainResult } from './options.js' */
/** @import { TrainSettings } from './settings.js' */
/**
 * @typedef {object} TrainInput what a training begins with, checked
 * @property {TrainSettings} settings
 * @property {CanonicalInteractions} data
 * @property {ItemAspects | undefined} aspects
 * @property {TrainOptions} options
 */

const rowsPerStep = 256;

/**
 * Train a model.
 * @param {Interactions} interactions who used what; a pair given twice counts once with the last weight
 * @param {TrainOptions} [options]
 * @returns {Promise<TrainResult>} same interactions (in any order), options and seed give the same bytes
 * @throws {AmpcfError} BAD_ARGUMENT, NO_DATA, OUT_OF_MEMORY, or what the loader would refuse; an abort
 *   rejects with its reason
 */
export async function trainModel(interactions, options = {}) {
  const began = performance.now(),
    seconds = () => (performance.now() - began) / 1000;
  const input = trainInput(interactions, options);
  const { data, settings, aspects } = input;
  const triples = options.graph === undefined ? undefined : triplesArgument(options.graph);
  const scouted = triples && (await chooseGraph(interactions, triples, options, trainModel));
  const { kernel, build } = await startTrainerBuild();
  const { config } = configured(kernel, input);
  neighbourMemory(kernel, data, settings, aspects); // refuses them before the vectors are trained
  const training = kernel.openTrainer(config, data);
  const { written, workerBytes, cores } = await runOnCores(training, input, seconds, { build, config });
  const sweeps = Number(settings.sweeps ?? settings.epochs);
  const neighbours = await computeNeighbours(
    data,
    settings,
    {
      signal: options.signal,
      cores: options.cores,
      onProgress: (progress) =>
        options.onProgress?.({ phase: 'neighbours', ...progress, sweep: sweeps, sweeps, seconds: seconds() }),
    },
    () => training.results(),
    aspects,
  );
  const chosen = await writeChosen(training, input, written, neighbours);
  const leaning = triples && scouted && (await withGraph(chosen.bytes, input, triples, scouted));
  const bytes = leaning?.bytes ?? chosen.bytes;
  return {
    ...chosen,
    bytes,
    ...(leaning && { graph: leaning.graph }),
    historyCounts: await dependsOnHistory(bytes, data),
    users: data.users,
    items: data.itemIds.length,
    interactions: data.items.length,
    dropped: data.dropped,
    seconds: seconds(),
    memoryBytes: kernel.bytes + workerBytes + (neighbours?.memoryBytes ?? 0),
    cores,
  };
}

/**
 * The model with items that lean on the graph.
 * @param {Uint8Array} bytes
 * @param {TrainInput} input
 * @param {Triples} triples
 * @param {GraphChoice} choice
 */
async function withGraph(bytes, { data, options }, triples, choice) {
  const counts = new Float64Array(data.itemIds.length);
  for (const j of data.items) counts[j]++;
  const { items, signal } = options;
  const leaning = { people: counts, settings: choice.settings, signal };
  const { bytes: leant, ...found } = await leanFile(bytes, triples, items, leaning);
  return { bytes: leant, graph: { ...found, choice } };
}

/**
 * Bytes of memory that training with these settings takes, known before any work: its input and its state in
 * wasm, those of the neighbours, and what a graph takes beside them.
 * @param {Interactions} interactions
 * @param {TrainOptions} [options]
 * @returns {Promise<{ bytes: number, vectors: number, neighbours: number, graph: number }>} bytes: all
 * @throws {AmpcfError} as trainModel; OUT_OF_MEMORY where no wasm memory is large enough
 */
export async function trainingMemory(interactions, options = {}) {
  const input = trainInput(interactions, options);
  const { data, settings, aspects } = input;
  const kernel = await startTrainer();
  const vectors = configured(kernel, input).bytes + inputBytes(data);
  const neighbours = neighbourMemory(kernel, data, settings, aspects);
  const need = memoryOn({ vectors, neighbours }, options.cores ?? 1, settings.objective);
  if (options.graph === undefined) return { ...need, graph: 0 };
  const triples = triplesArgument(options.graph);
  const graph = graphMemory(triples, data.itemIds, options.items?.keys() ?? [], Number(settings.dim));
  return { ...need, bytes: need.bytes + graph, graph };
}

/**
 * Checks all that was given.
 * @param {Interactions} interactions
 * @param {TrainOptions} options
 * @returns {TrainInput}
 */
function trainInput(interactions, options) {
  const settings = trainSettings(trainOptions(options));
  checkOptions(options);
  if (typeof interactions !== 'object' || interactions === null)
    throw badArgument('interactions', interactions, 'an object');
  if (settings.objective === 'softmax' && interactions.weight)
    throw badArgument(
      'interactions.weight',
      interactions.weight,
      'none: objective softmax counts every pair once',
    );
  const data = canonicalInteractions(interactions, settings.minSupport);
  return {
    settings: settingsFor(settings, data),
    data,
    aspects: options.items && packAspects(data.itemIds, options.items),
    options,
  };
}

/**
 * The config, and what it needs besides its input.
 * @param {TrainKernel} kernel
 * @param {TrainInput} input
 */
function configured(kernel, { settings, data }) {
  const config = trainConfig(settings, data.users, data.itemIds.length);
  const bytes = kernel.trainerMemory(config, data.items.length);
  checkWasmFits(data, settings.dim, bytes);
  return { config, bytes };
}

/**
 * By as many workers as were asked for, where the objective can be divided.
 * @param {Training} training
 * @param {TrainInput} input
 * @param {() => number} seconds since the beginning
 * @param {object} opened what workers are opened with, but for the data
 * @returns {Promise<{ written: TrainSettings, workerBytes: number, cores: number }>}
 */
async function runOnCores(training, input, seconds, opened) {
  const { data, settings, options } = input;
  const workers = training.pass().n_rows > 0 ? workersFor(options.cores) : 0;
  if (workers === 0)
    return { written: await runTraining(training, input, seconds), workerBytes: 0, cores: 1 };
  return withPool(trainingPool(workers), options.signal, async (pool) => {
    const { offsets, items, weights } = data;
    const { bytes } = await openShared(pool, () => ({ ...opened, rows: { offsets, items, weights } }));
    const shared = sharedTraining(pool, training, data, settings);
    return {
      written: await runTraining(training, input, seconds, shared),
      workerBytes: bytes,
      cores: workers,
    };
  });
}

/**
 * Sweep by sweep.
 * @param {Training} training
 * @param {TrainInput} input
 * @param {() => number} seconds since the beginning
 * @param {ReturnType<typeof sharedTraining>} [shared] by whom passes are done, where they are
 * @returns {Promise<TrainSettings>} of what is to be written
 */
async function runTraining(training, input, seconds, shared) {
  const { settings, options } = input;
  const watch = watchSnapshots(training, settings, options.onSnapshot, (sweep, changes) =>
    modelBytes(training, input, settingsWith(settingsAfter(settings, sweep), changes)),
  );
  const report = paced((/** @type {ReturnType<Training['step']>} */ progress) =>
    options.onProgress?.({ phase: 'vectors', ...progress, seconds: seconds() }),
  );
  for (let at = training.step(0); ;) {
    options.signal?.throwIfAborted();
    const before = at.sweep,
      from = at;
    const onDone = (/** @type {number} */ done) => report({ ...from, done }, false);
    at = (await shared?.pass(from, onDone)) ?? training.step(rowsToGo(from));
    const stopped = at.sweep > before && (await watch.ended(at)),
      over = stopped || at.sweep === at.sweeps; // the last rows may be counted before the last pass
    await report(at, over);
    if (over) return settingsAfter(settings, watch.restore() ?? at.sweep);
  }
}

/**
 * Rows of a step: never beyond the end of a sweep.
 * @param {ReturnType<Training['step']>} at
 */
function rowsToGo({ done, total, sweeps }) {
  const sweepRows = total / sweeps;
  return Math.max(1, Math.min(rowsPerStep, Math.ceil(sweepRows - (done % sweepRows))));
}

/**
 * The file with the settings that the caller chooses at the end, or with those of the training.
 * @param {Training} training
 * @param {TrainInput} input
 * @param {TrainSettings} settings
 * @param {NeighbourRows | undefined} neighbours
 */
async function writeChosen(training, input, settings, neighbours) {
  const clusters = clustersOf(training, settings);
  const bytesOf = (/** @type {LateSettings | null | void} */ changes) =>
    modelBytes(training, input, settingsWith(settings, changes), { neighbours, clusters });
  const changes = await input.options.chooseSettings?.({ settings, bytes: bytesOf });
  return { bytes: await bytesOf(changes), settings: settingsWith(settings, changes) };
}

/**
 * @param {Training} training
 * @param {TrainSettings} settings
 */
function clustersOf(training, { clusters, seed }) {
  return Number(clusters) > 0 ? training.clusters(Number(clusters), Number(seed)) : undefined;
}

/**
 * @param {Training} training
 * @param {TrainInput} input
 * @param {TrainSettings} settings for the metadata
 * @param {{ neighbours: NeighbourRows | undefined, clusters: Uint8Array | undefined }} [finished] what a
 *   training has at its end
 */
async function modelBytes(training, { data, aspects, options }, settings, finished) {
  const facts = { data, aspects, items: options.items, name: options.name };
  const parts = await modelParts(facts, settings, finished?.neighbours);
  // From here on in one turn: what is clustered is what is written.
  return training.writeModel({
    ...parts,
    item_clusters: finished ? finished.clusters : clustersOf(training, settings),
    settings: lateRow(training.settings(), settings),
  });
}
