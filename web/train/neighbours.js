// Owns the neighbours of items, the matrix B: planned, then computed in a trainer instance of their own. Must
// not write model files.
import { AMPCF_MAX_REFITTED } from '../core/abi.js';
import { AmpcfError } from '../core/errors.js';
import { neighboursConfig } from './config.js';
import { startTrainerBuild } from './module.js';
import { paced } from './pace.js';
import { openShared, sharedNeighbours, trainingPool, workersFor } from './shared.js';
import { withPool } from '../workers/pool.js';

/** @import { neighbourDefaults } from './defaults.js' */
/** @import { CanonicalInteractions } from './interactions.js' */
/** @import { NeighbourRows, NeighboursRun, TrainKernel } from './kernel.js' */
/** @import { ItemResults } from './kernel-items.js' */
/** @import { ItemAspects } from './model-parts.js' */
/** @import { TrainSettings } from './settings.js' */
/** @typedef {{ done: number, total: number }} NeighboursProgress steps */
/**
 * @typedef {{ signal?: AbortSignal, onProgress?: (progress: NeighboursProgress) => void, cores?: number }}
 *   NeighboursOptions
 */
/**
 * @typedef {typeof neighbourDefaults & { neighbours: number, neighbourLambda: number, minSupport: number }}
 *   NeighbourSettings minSupport above 1: nor is a pair of items kept that one person alone has
 */
/** @typedef {CanonicalInteractions & { aspects?: number }} NeighbourData the last rows may be aspects */

const stepsPerCall = 4;

/**
 * The same interactions, then a row for each aspect with its items.
 * @param {CanonicalInteractions} data
 * @param {ItemAspects} aspects
 */
function withAspects(data, { names, offsets, flat }) {
  /** @type {number[][]} */
  const rows = names.map(() => []);
  for (let j = 0; j + 1 < offsets.length; j++)
    for (let x = offsets[j]; x < offsets[j + 1]; x++) rows[flat[x]].push(j);
  const shared = rows.filter((row) => row.length > 1);
  const added = shared.flat();
  const n = data.items.length;
  const ends = new Uint32Array(data.users + shared.length + 1);
  const items = new Uint32Array(n + added.length);
  const weights = data.weights && new Float32Array(items.length).fill(1);
  ends.set(data.offsets);
  shared.forEach((row, a) => {
    ends[data.users + a + 1] = ends[data.users + a] + row.length;
  });
  items.set(data.items);
  items.set(added, n);
  weights?.set(/** @type {Float32Array} */ (data.weights));
  return {
    ...data,
    users: data.users + shared.length,
    offsets: ends,
    items,
    weights,
    aspects: shared.length,
  };
}

/**
 * What is computed: from which rows, and beside vectors of which width.
 * @param {CanonicalInteractions} data
 * @param {TrainSettings} given
 * @param {ItemAspects | undefined} aspects
 * @returns {{ data: NeighbourData, settings: NeighbourSettings, dim: number } | undefined} dim 0: beside
 *   none; undefined: no neighbours are wanted, or there are none
 */
function planned(data, given, aspects) {
  if (!(Number(given.neighbours) > 0) || data.itemIds.length < 2) return undefined;
  const wanted = /** @type {NeighbourSettings} */ (/** @type {unknown} */ (given));
  const settings = { ...wanted, neighbours: Math.min(wanted.neighbours, data.itemIds.length - 1) };
  const isEase = settings.neighbourMethod === 'ease';
  const fits = isEase && settings.neighbourBlend > 0 && settings.neighbours <= AMPCF_MAX_REFITTED;
  return {
    data: isEase && aspects && settings.neighbourAspects > 0 ? withAspects(data, aspects) : data,
    settings,
    dim: fits ? given.dim : 0,
  };
}

/**
 * The config, and what it needs besides its input.
 * @param {TrainKernel} kernel
 * @param {NeighbourData} data
 * @param {NeighbourSettings} settings
 * @param {number} dim
 */
function configured(kernel, data, settings, dim) {
  const config = neighboursConfig(settings, data, dim),
    bytes = kernel.neighboursMemory(config, data.items.length);
  if (bytes === 0)
    throw new AmpcfError(
      'OUT_OF_MEMORY',
      `neighbours of ${data.itemIds.length} items and ${data.users} people do not fit the 4 GiB of ` +
        `wasm memory: ${dim ? 'neighbourBlend 0 needs less, ' : ''}neighbourMethod 'local' or ` +
        `'cooccurrence' ${dim ? 'least' : 'needs less'}`,
    );
  return { config, bytes };
}

/**
 * Bytes that computeNeighbours takes: input and state.
 * @param {TrainKernel} kernel
 * @param {CanonicalInteractions} data
 * @param {TrainSettings} settings
 * @param {ItemAspects | undefined} aspects
 */
export function neighbourMemory(kernel, data, settings, aspects) {
  const plan = planned(data, settings, aspects);
  if (!plan) return 0;
  const { dim } = plan;
  const { offsets, items, weights } = plan.data;
  const n = data.itemIds.length;
  return (
    configured(kernel, plan.data, plan.settings, dim).bytes +
    offsets.byteLength +
    items.byteLength +
    (weights?.byteLength ?? 0) +
    (dim > 0 ? 4 * (n * dim + (dim * (dim + 1)) / 2 + 2 * n) : 0)
  );
}

/**
 * A computation that ran to its end.
 * @param {TrainKernel} kernel
 * @param {NeighbourData} data
 * @param {NeighbourSettings} settings
 * @param {NeighboursOptions} options
 * @param {{ dim: number, results: ItemResults }} [beside] the vectors that they stand beside
 * @returns {Promise<NeighboursRun>}
 */
export async function runNeighbours(kernel, data, settings, { signal, onProgress }, beside) {
  const { config } = configured(kernel, data, settings, beside?.dim ?? 0);
  const run = kernel.openNeighbours(config, data, beside?.results);
  const report = paced(onProgress);
  for (let over = false; !over;) {
    signal?.throwIfAborted();
    const progress = run.step(stepsPerCall);
    over = progress.done === progress.total;
    await report(progress, over);
  }
  return run;
}

/**
 * The best sources of each item, as rows by source; undefined when none are wanted.
 * @param {CanonicalInteractions} data
 * @param {TrainSettings} given
 * @param {NeighboursOptions} options
 * @param {() => ItemResults} results of the training
 * @param {ItemAspects | undefined} aspects
 * @returns {Promise<(NeighbourRows & { memoryBytes: number }) | undefined>}
 */
export async function computeNeighbours(data, given, options, results, aspects) {
  const plan = planned(data, given, aspects);
  if (!plan) return undefined;
  const { kernel, build } = await startTrainerBuild();
  const { dim } = plan;
  const beside = dim > 0 ? { dim, results: results() } : undefined;
  const parts = workersFor(options.cores);
  if (parts > 0) {
    const { config } = configured(kernel, plan.data, plan.settings, dim);
    const { offsets, items, weights } = plan.data;
    return runShared(parts, options, (part) => ({
      build,
      config,
      rows: { offsets, items, weights },
      neighbours: { side: beside?.results, part, parts },
    }));
  }
  const run = await runNeighbours(kernel, plan.data, plan.settings, options, beside);
  return { ...run.rows(), memoryBytes: kernel.bytes };
}

/**
 * The same by workers.
 * @param {number} parts
 * @param {NeighboursOptions} options
 * @param {(part: number) => object} workOf each
 */
function runShared(parts, { signal, onProgress }, workOf) {
  return withPool(trainingPool(parts), signal, async (pool) => {
    const { bytes, total } = await openShared(pool, workOf);
    return { ...(await sharedNeighbours(pool, total, paced(onProgress))), memoryBytes: bytes };
  });
}
