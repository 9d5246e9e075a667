// Owns what it takes to train a model again by its own metadata, which may be a stranger's: settings in their
// ranges, memory and time known before any work. Must not train.
import { modelArgument } from '../model/handles.js';
import { badArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { optionsArgument } from '../core/options.js';
import { canonicalInteractions, interactionsArgument } from '../train/interactions.js';
import { knownSettings, trainSettings } from '../train/settings.js';
import { trainingMemory } from '../train.js';

/** @import { Model } from '../model/model.js' */
/** @import { CanonicalInteractions } from '../train/interactions.js' */
/** @import { TrainSettings } from '../train/settings.js' */
/** @import { Interactions } from '../train.js' */
/**
 * @typedef {object} RetrainingLimits what training again by a model's metadata may take
 * @property {number} [maxMinutes] about, for all trainings together; default 60, Infinity: no limit
 * @property {number} [maxMemory] bytes of one training; default: 4 GiB, where wasm memory ends
 * @property {number} [cores] workers that share a training, which its memory grows with; default 1
 */
/** @typedef {{ settings: Record<string, any>, bytes: number, minutes: number }} Retraining */

/** Of a processor of today, one core: a training that takes longer than is said is a slower machine's. */
const multiplyAddsPerMinute = 60 * 2e9;
const defaultMinutes = 60;

/**
 * What the trainer wrote about itself, as options for the trainer: without what only version 0.1 had. Keys
 * that the trainer does not know do no harm; settings out of their ranges are refused.
 * @param {Model} model
 * @returns {Record<string, any>}
 */
export function settingsOf(model) {
  modelArgument(model);
  const { objective, settings } = model.info.metadata;
  if (typeof settings !== 'object' || settings === null)
    throw new AmpcfError(
      'BAD_ARGUMENT',
      'got a model without settings in its metadata, wanted one that ampcf trained',
    );
  for (const [name, value] of Object.entries(settings))
    if (!['number', 'string', 'boolean'].includes(typeof value) && value !== null)
      throw badArgument(`metadata.settings.${name}`, value, 'a number or a word');
  const known = { ...knownSettings(settings), ...(objective === undefined ? {} : { objective }) };
  try {
    trainSettings(known);
  } catch (error) {
    if (!(error instanceof AmpcfError)) throw error;
    throw new AmpcfError(error.code, `metadata.settings.${error.message}`, { cause: error });
  }
  return known;
}

/**
 * Multiply-adds of the neighbours.
 * @param {CanonicalInteractions} data
 * @param {TrainSettings} settings
 */
function neighbourWork({ users, itemIds, offsets }, settings) {
  const m = Number(settings.neighbours ?? 0);
  if (m === 0) return 0;
  const n = itemIds.length;
  let pairs = 0;
  for (let u = 0; u < users; u++) pairs += (offsets[u + 1] - offsets[u]) ** 2;
  if (settings.neighbourMethod === 'cooccurrence') return pairs;
  const column = Math.min(n, 2 * m, 1024) ** 3 / 6;
  if (settings.neighbourMethod === 'local') return pairs + n * column;
  return Math.min(users, n) ** 3 + users * n * settings.dim + n * Math.min(column, 512 ** 3 / 6);
}

/**
 * About how many multiply-adds a training is, of which all but the last part grows with its sweeps.
 * @param {CanonicalInteractions} data
 * @param {TrainSettings} settings
 */
function trainingWork(data, settings) {
  const { users, itemIds, items } = data;
  const value = (/** @type {string} */ name) => Number(settings[name] ?? 0);
  const { dim } = settings;
  const n = itemIds.length;
  const sweep = 2 * items.length * dim ** 2 + ((users + n) * dim ** 3) / 3;
  const drawn = value('samples') || n;
  const epoch =
    settings.objective === 'softmax'
      ? 6 * items.length * (1 + value('negatives')) * settings.personas * dim
      : sweep + 4 * users * Math.min(n, drawn) * dim;
  const clusters = 50 * Math.min(n, 16384) * dim * value('clusters');
  return (
    (value('sweeps') + value('warmup')) * sweep +
    value('epochs') * epoch +
    clusters +
    neighbourWork(data, settings)
  );
}

/**
 * @param {RetrainingLimits} limits
 */
export function checkLimits({ maxMinutes = defaultMinutes, maxMemory = Infinity }) {
  for (const [name, value] of Object.entries({ maxMinutes, maxMemory }))
    if (!(typeof value === 'number' && value > 0)) throw badArgument(name, value, 'a number above 0');
}

/**
 * The limits among other options.
 * @param {RetrainingLimits} options
 * @returns {RetrainingLimits}
 */
export const limitsIn = ({ maxMinutes, maxMemory, cores }) => ({
  ...(cores !== undefined && { cores }),
  ...(maxMinutes !== undefined && { maxMinutes }),
  ...(maxMemory !== undefined && { maxMemory }),
});

/**
 * What training a model again takes, known before any work.
 * @param {Model} model
 * @param {Interactions} interactions
 * @param {number} trainings how many; a part of the people is a part of one
 * @param {RetrainingLimits} [limits]
 * @returns {Promise<Retraining>} settings as options for the trainer, bytes of one training, minutes of all
 * @throws {AmpcfError} BAD_ARGUMENT: settings out of their ranges; OUT_OF_MEMORY, LIMIT: more than may be
 *   taken; what training refuses
 */
export async function retrainingOf(model, interactions, trainings, limits = {}) {
  checkLimits(optionsArgument(limits, 'maxMinutes maxMemory cores'));
  interactionsArgument(interactions);
  if (!(typeof trainings === 'number' && trainings > 0))
    throw badArgument('trainings', trainings, 'a number above 0');
  const { maxMinutes = defaultMinutes, maxMemory = Infinity } = limits;
  const settings = settingsOf(model);
  const full = trainSettings(settings);
  const data = canonicalInteractions(interactions, full.minSupport);
  const minutes = (trainings * trainingWork(data, full)) / multiplyAddsPerMinute;
  const { dim, neighbours, sweeps = full.epochs } = full;
  const by = `by the model's metadata (dim ${dim}, ${sweeps} sweeps or epochs, ${neighbours} neighbours)`;
  if (minutes > maxMinutes)
    throw new AmpcfError(
      'LIMIT',
      `training ${by}: got about ${Math.ceil(minutes)} minutes, wanted at most ${maxMinutes} ` +
        '(maxMinutes, --max-minutes)',
      { minutes, limit: maxMinutes },
    );
  const { bytes } = await trainingMemory(interactions, { ...settings, cores: limits.cores });
  if (bytes > maxMemory)
    throw new AmpcfError(
      'OUT_OF_MEMORY',
      `training ${by} needs ${bytes} bytes, wanted at most ${Math.floor(maxMemory)} ` +
        '(maxMemory, --max-memory)',
      { wanted: bytes },
    );
  return { settings, bytes, minutes };
}
