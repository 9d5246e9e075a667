// Owns whether a run fits into memory and time, before any work. Must not know what takes them.
import { AmpcfError } from '../core/errors.js';
import { retrainingOf } from '../evaluate.js';
import { memoryLimit } from './free-memory.js';
import { numberOption } from './options.js';
import { fileSize } from './print.js';

/** @import { Model } from '../model/model.js' */
/** @import { Interactions } from '../train.js' */

export const retrainingUsage = [
  '  --max-minutes M         refuse before any work what would train longer by the metadata of the model ' +
    '(about; default 60)',
  '  --max-memory SIZE       or needs more for it, e.g. 1GB (default: 80 % of the free memory)',
].join('\n');

/** At once: what trains, and what its result is opened in. */
const instances = 2;

/**
 * Refuses to train where there is too little address space (`ulimit -v`): it would
 * end at its last step.
 * @throws {AmpcfError} OUT_OF_MEMORY
 */
function checkAddressSpace() {
  try {
    // All at once, or the first would be free again for the next.
    Array.from({ length: instances }, () => new WebAssembly.Memory({ initial: 1 }));
  } catch (cause) {
    throw new AmpcfError(
      'OUT_OF_MEMORY',
      `the training needs ${instances} wasm memories of address space, got too little, wanted about ` +
        '20 GiB of it, used or not (ulimit -v unlimited)',
      { cause },
    );
  }
}

/**
 * Says what a run needs; refuses what is too much.
 * @param {{ bytes: number, vectors: number, neighbours: number, graph?: number }} need
 * @param {Record<string, any>} values
 * @param {(line: string) => void} say
 * @throws {AmpcfError} OUT_OF_MEMORY
 */
export function checkMemory({ bytes, vectors, neighbours, graph = 0 }, values, say) {
  const limit = memoryLimit(values);
  const parts = [
    `vectors ${fileSize(vectors)}`,
    ...(neighbours > 0 ? [`neighbours ${fileSize(neighbours)}`] : []),
    ...(graph > 0 ? [`graph ${fileSize(graph)}`] : []),
  ];
  say(`memory   ${fileSize(bytes)} for the training${parts.length > 1 ? ` (${parts.join(', ')})` : ''}`);
  if (bytes <= limit.bytes) return checkAddressSpace();
  const got = `${fileSize(Math.floor(limit.bytes))} from ${limit.name}`;
  const fewer = `${neighbours > 0 ? ', fewer --neighbours' : ''}${graph > 0 ? ', a smaller --graph' : ''}`;
  const less = `a smaller --dim${fewer} or a larger --min-support`;
  throw new AmpcfError(
    'OUT_OF_MEMORY',
    `the training needs ${fileSize(bytes)}, got ${got}, wanted at least as much: ${less} needs less`,
  );
}

/**
 * What training again by a model's metadata may take: whoever made the model has chosen how much that is.
 * @param {Record<string, any>} values
 */
export function retrainingLimits(values) {
  const maxMinutes = numberOption(values, 'max-minutes', { low: 0.001 });
  return { maxMemory: memoryLimit(values).bytes, ...(maxMinutes !== undefined && { maxMinutes }) };
}

/**
 * Says what trainings by a model's metadata need; refuses what is too much.
 * @param {Model} model
 * @param {Interactions} interactions
 * @param {number} trainings
 * @param {Record<string, any>} values
 * @param {(line: string) => void} say
 * @param {number} cores
 * @throws {AmpcfError} OUT_OF_MEMORY, LIMIT
 */
export async function checkRetraining(model, interactions, trainings, values, say, cores) {
  if (trainings === 0) return;
  const limits = { ...retrainingLimits(values), cores };
  const { bytes, minutes } = await retrainingOf(model, interactions, trainings, limits);
  const time = minutes < 1 ? 'less than a minute' : `about ${Math.ceil(minutes)} minutes`;
  say(`trains   by the settings of the model: ${time}, ${fileSize(bytes)}`);
}
