// Owns how many cores a command uses, and what it says of them. Must not start a worker.
import { availableParallelism } from 'node:os';
import { AmpcfError } from '../core/errors.js';
import { memoryOn } from '../train/shared.js';
import { trainSettings } from '../train/settings.js';
import { trainingMemory } from '../train.js';
import { memoryLimit } from './free-memory.js';
import { checkRetraining } from './memory-limit.js';
import { numberOption } from './options.js';
import { fileSize } from './print.js';

/** @import { Model } from '../model/model.js' */
/** @import { Interactions } from '../train.js' */

/** Where nobody says how many. */
const mostUnasked = 8;
/** As a training takes them. */
const most = 64;
/** Multiply-adds of about a second. */
const smallWork = 2e9;
const fewPeople = 1000;

export const coresUsage =
  '  --cores N               workers that share the work, 1 to 64 (default: the processors of the ' +
  `machine, at most ${mostUnasked}); no result depends on it`;

/**
 * @param {Record<string, any>} values
 * @returns {{ wanted: number, asked: boolean }}
 */
export function coresOption(values) {
  const asked = numberOption(values, 'cores', { whole: true, low: 1, high: most });
  return { wanted: asked ?? Math.min(mostUnasked, availableParallelism()), asked: asked !== undefined };
}

/**
 * The most cores, up to those wanted, whose instances fit into memory.
 * @param {number} wanted
 * @param {(cores: number) => number} bytesOn
 * @param {Record<string, any>} values
 */
function fitting(wanted, bytesOn, values) {
  const limit = memoryLimit(values).bytes;
  for (let cores = wanted; cores > 1; cores--) if (bytesOn(cores) <= limit) return cores;
  return 1;
}

/**
 * About how many multiply-adds a training is.
 * @param {Interactions} interactions
 * @param {Record<string, any>} given settings
 */
function workOf({ users, items, user }, given) {
  const { dim, sweeps, epochs, neighbours } = trainSettings(given);
  const row = dim ** 3 / 3;
  const sweep = 2 * user.length * dim ** 2 + (users.length + items.length) * row;
  const inverse = Number(neighbours) > 0 ? Math.min(users.length, items.length) ** 3 : 0;
  return Number(sweeps ?? epochs) * sweep + inverse;
}

/**
 * Cores of a training: as many as were asked for, or as many as fit; one, where workers would take longer to
 * start than the training.
 * @param {Interactions} interactions
 * @param {Record<string, any>} given settings
 * @param {Record<string, any>} values
 * @param {(line: string) => void} say
 */
export async function trainingCores(interactions, given, values, say) {
  const { wanted, asked } = coresOption({ ...values, ...(values.cores > most && { cores: String(most) }) });
  if (wanted === 1 || (!asked && workOf(interactions, given) < smallWork)) return 1;
  const one = await trainingMemory(interactions, given);
  const bytesOn = (/** @type {number} */ n) => memoryOn(one, n, given.objective).bytes;
  const cores = asked ? wanted : fitting(wanted, bytesOn, values);
  const why = cores < wanted ? ` of ${wanted}: no more fit into memory` : ' (--cores N)';
  say(`cores    ${cores}${why}${given.objective === 'softmax' ? '; softmax: one core' : ''}`);
  return cores;
}

/**
 * Cores of trainings by a model's metadata, which are checked as they would be on one.
 * @param {Model} model
 * @param {Interactions} interactions
 * @param {number} trainings
 * @param {Record<string, any>} values
 * @param {(line: string) => void} say
 */
export async function retrainingCores(model, interactions, trainings, values, say) {
  const { wanted, asked } = coresOption(values);
  try {
    await checkRetraining(model, interactions, trainings, values, say, wanted);
    return wanted;
  } catch (error) {
    const isTooMuch = error instanceof AmpcfError && error.code === 'OUT_OF_MEMORY';
    if (asked || wanted === 1 || !isTooMuch) throw error;
    await checkRetraining(model, interactions, trainings, values, say, 1);
    say(`cores    1 of ${wanted} for trainings: no more fit into memory`);
    return 1;
  }
}

/**
 * Cores that ask models about people, each with the models; one, where there are few.
 * @param {number} people
 * @param {number} bytes of the models
 * @param {Record<string, any>} values
 * @param {(line: string) => void} say
 */
export function askingCores(people, bytes, values, say) {
  const { wanted, asked } = coresOption(values);
  if (!asked && people < fewPeople) return 1;
  const bytesOn = (/** @type {number} */ n) => (n + 1) * bytes;
  const cores = asked ? wanted : fitting(wanted, bytesOn, values);
  const limit = memoryLimit(values);
  if (cores > 1 && bytesOn(cores) > limit.bytes)
    throw new AmpcfError(
      'OUT_OF_MEMORY',
      `models on ${cores} cores need ${fileSize(bytesOn(cores))}, got ${fileSize(Math.floor(limit.bytes))} ` +
        `from ${limit.name}, wanted fewer --cores`,
    );
  if (wanted > 1)
    say(`cores    ${cores}${cores < wanted ? ` of ${wanted}: no more fit into memory` : ' (--cores N)'}`);
  return cores;
}
