// Owns the item-item matrix B (EASE or co-occurrence), computed in a trainer instance of its own. Must not
// write model files.
import { badArgument, optionsArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { instantiateTrainer } from './module.js';
import { neighbourDefaults, neighbourRanges, relativeLambda } from './settings.js';

/** @import { CanonicalInteractions } from './interactions.js' */
/** @import { WasmMemory } from '../core/memory.js' */
/** @typedef {{ done: number, total: number }} EaseProgress steps */
/** @typedef {{ signal?: AbortSignal, onProgress?: (progress: EaseProgress) => void }} RunOptions */
/**
 * @typedef {object} EaseOptions
 * @property {number} [lambda] L2 of an item of mean popularity
 * @property {number} [lambdaGrowth] exponent of an item's popularity in its L2
 * @property {number} [userDamping] exponent by which people with many events count less
 * @property {number} [popularityDamping] exponent by which popular candidates gain less
 * @property {AbortSignal} [signal]
 * @property {(progress: EaseProgress) => void} [onProgress]
 */
/** @typedef {{ score(history: Uint32Array, out: Float32Array): void, dispose(): void }} Ease */
/**
 * @typedef {typeof neighbourDefaults & { neighbours: number, minSupport?: number }} NeighbourSettings
 *   minSupport above 1: nor is a pair of items kept that one person alone has
 */
/**
 * @typedef {{ dim: number, vectors: Float32Array, gram: Float32Array, settings: Float32Array, weights:
 *   Float32Array | null, targets: Float32Array | null }} ItemSide what the trainer learnt of items
 */
/** @typedef {{ names: string[], offsets: Uint32Array, flat: Uint16Array }} ItemAspects */
/**
 * @typedef {{ offsets: Uint32Array, items: Uint32Array, values: Int8Array, scales: Float32Array, memoryBytes:
 *   number }} Neighbours rows by history item, as ampcf_model_parts has them
 */

const stepsPerCall = 4;
const refitted = 512; // sources that the core can fit beside vectors

/**
 * ampcf_item_side.
 * @param {WasmMemory} memory
 * @param {ItemSide} side
 */
function putSide(memory, { dim, ...arrays }) {
  const at = memory.allocate(24),
    { vectors, gram, settings, weights, targets } = arrays;
  const words = [vectors, gram, settings, weights, targets].map((array) => {
    if (!array) return 0;
    const copy = memory.allocate(array.byteLength);
    memory.f32(copy, array.length).set(array);
    return copy;
  });
  memory.u32(at, 6).set([dim, ...words]);
  return at;
}

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
  const shared = rows.filter((row) => row.length > 1),
    added = shared.flat(),
    n = data.items.length;
  const ends = new Uint32Array(data.users + shared.length + 1),
    items = new Uint32Array(n + added.length),
    weights = data.weights && new Float32Array(items.length).fill(1);
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
 * The config, and what it needs.
 * @param {WasmMemory} memory
 * @param {CanonicalInteractions & { aspects?: number }} data
 * @param {NeighbourSettings} settings
 * @param {number} dim of the vectors beside, 0 = none
 */
function easeMemory(memory, data, settings, dim) {
  // ampcf_neighbours_config: six u32, eight f32, one u32.
  const config = memory.allocate(60),
    count = data.itemIds.length;
  memory
    .u32(config, 6)
    .set([
      data.users,
      count,
      settings.neighbourMethod === 'ease' ? 0 : 1,
      Math.min(settings.neighbours, count - 1),
      data.aspects ?? 0,
      dim,
    ]);
  memory
    .f32(config + 24, 8)
    .set([
      settings.neighbourLambda ?? relativeLambda(data),
      settings.neighbourLambdaGrowth,
      settings.neighbourUserDamping,
      settings.neighbourSourceDamping,
      settings.neighbourPopularityDamping,
      settings.neighbourStrength,
      settings.neighbourAspects,
      settings.neighbourBlend,
    ]);
  memory.u32(config + 56, 1)[0] = Math.min(settings.minSupport ?? 1, 2);
  const bytes = memory.call('ampcf_neighbours_memory', config, data.items.length) >>> 0;
  if (bytes === 0)
    throw new AmpcfError(
      'OUT_OF_MEMORY',
      `neighbours of ${count} items and ${data.users} people do not fit the 4 GiB of wasm memory: ${dim ? 'neighbourBlend 0 needs less, ' : ''}neighbourMethod 'cooccurrence' ${dim ? 'least' : 'needs less'}`,
    );
  return { config, bytes };
}

/**
 * Whether there will be any.
 * @param {CanonicalInteractions} data
 * @param {Record<string, any>} settings
 */
const hasNeighbours = (data, settings) => settings.neighbours > 0 && data.itemIds.length > 1;

/**
 * What is computed: from which rows, and whether beside the vectors.
 * @param {CanonicalInteractions} data
 * @param {Record<string, any>} settings
 * @param {ItemAspects | undefined} aspects
 */
function planned(data, settings, aspects) {
  const chosen = /** @type {NeighbourSettings} */ ({
      ...settings,
      neighbours: Math.min(settings.neighbours, data.itemIds.length - 1),
    }),
    isEase = chosen.neighbourMethod === 'ease';
  return {
    chosen,
    data: isEase && aspects && chosen.neighbourAspects > 0 ? withAspects(data, aspects) : data,
    fits: isEase && chosen.neighbourBlend > 0 && chosen.neighbours <= refitted,
  };
}

/**
 * Bytes that computeNeighbours takes: input and state.
 * @param {WasmMemory} memory
 * @param {CanonicalInteractions} data
 * @param {Record<string, any>} settings
 * @param {ItemAspects | undefined} aspects
 */
export function neighbourMemory(memory, data, settings, aspects) {
  if (!hasNeighbours(data, settings)) return 0;
  const plan = planned(data, settings, aspects),
    dim = plan.fits ? settings.dim : 0,
    n = data.itemIds.length;
  return (
    easeMemory(memory, plan.data, plan.chosen, dim).bytes +
    plan.data.offsets.byteLength +
    plan.data.items.byteLength +
    (plan.data.weights?.byteLength ?? 0) +
    (dim > 0 ? 4 * (n * dim + (dim * (dim + 1)) / 2 + 2 * n) : 0)
  );
}

/**
 * A computation that ran to its end; its input is freed.
 * @param {WasmMemory} memory
 * @param {CanonicalInteractions & { aspects?: number }} data the last rows may be aspects
 * @param {NeighbourSettings} settings
 * @param {RunOptions} options
 * @param {ItemSide} [beside]
 */
async function runEase(memory, data, settings, { signal, onProgress }, beside) {
  const { config, bytes } = easeMemory(memory, data, settings, beside?.dim ?? 0),
    n = data.items.length;
  const offsets = memory.allocate(data.offsets.byteLength),
    items = memory.allocate(n * 4),
    weights = data.weights ? memory.allocate(n * 4) : 0;
  const state = memory.allocate(bytes),
    out = memory.allocate(16);
  memory.u32(offsets, data.offsets.length).set(data.offsets);
  memory.u32(items, n).set(data.items);
  if (data.weights) memory.f32(weights, n).set(data.weights);
  const status = memory.call(
    'ampcf_neighbours_open',
    config,
    offsets,
    items,
    weights,
    beside ? putSide(memory, beside) : 0,
    state,
    bytes,
    out,
  );
  if (status !== 0)
    throw new AmpcfError(
      memory.statusName(status),
      `the neighbours' input was refused: ${memory.statusName(status)}`,
    );
  const ease = memory.u32(out, 1)[0];
  for (let shown = 0, done = 0, total = 1; done < total;) {
    signal?.throwIfAborted();
    memory.call('ampcf_neighbours_step', ease, stepsPerCall, out);
    [done, total] = [...memory.u64(out, 2)].map(Number);
    const now = performance.now();
    if (now - shown < 50 && done < total) continue;
    shown = now;
    onProgress?.({ done, total });
    // A turn of the event loop: abort signals fire, pages stay alive.
    await new Promise((resolve) => {
      setTimeout(resolve, 0);
    });
  }
  return ease;
}

/**
 * The best sources of each item, as rows by source; undefined when none are wanted.
 * @param {CanonicalInteractions} data
 * @param {Record<string, any>} settings
 * @param {RunOptions} options
 * @param {() => ItemSide} side the vectors that they stand beside
 * @param {ItemAspects | undefined} aspects
 * @returns {Promise<Neighbours | undefined>}
 */
export async function computeNeighbours(data, settings, options, side, aspects) {
  if (!hasNeighbours(data, settings)) return undefined;
  const { memory } = await instantiateTrainer(),
    n = data.itemIds.length,
    plan = planned(data, settings, aspects);
  const ease = await runEase(memory, plan.data, plan.chosen, options, plan.fits ? side() : undefined);
  const at = (/** @type {string} */ name) => memory.call(`ampcf_neighbours_${name}`, ease);
  const offsets = memory.u32(at('offsets'), n + 1).slice(),
    pairs = offsets[n];
  return {
    offsets,
    items: memory.u32(at('items'), pairs).slice(),
    values: new Int8Array(memory.u8(at('values'), pairs).slice().buffer),
    scales: memory.f32(at('scales'), n).slice(),
    memoryBytes: memory.bytes,
  };
}

/**
 * EASE with the whole matrix, nothing cut: a baseline to measure others by.
 * @param {CanonicalInteractions} data
 * @param {EaseOptions} [options]
 * @returns {Promise<Ease>} `score` fills out (N) with the scores of a history of distinct item indices
 * @throws {AmpcfError} BAD_ARGUMENT, OUT_OF_MEMORY; an abort rejects with its reason
 */
export async function fitEase(data, options = {}) {
  const { signal, onProgress } = optionsArgument(options);
  if (signal !== undefined && !signal?.throwIfAborted) throw badArgument('signal', signal, 'an AbortSignal');
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw badArgument('onProgress', onProgress, 'a function');
  const given = {
    neighbourLambda: options.lambda,
    neighbourLambdaGrowth: options.lambdaGrowth,
    neighbourUserDamping: options.userDamping,
    neighbourPopularityDamping: options.popularityDamping,
  };
  const settings = {
    neighbours: 0,
    ...neighbourDefaults,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
  for (const [name, value] of Object.entries(given)) {
    const [low, high] = neighbourRanges[name];
    if (value !== undefined && !(typeof value === 'number' && value >= low && value <= high))
      throw badArgument(name, value, `a number from ${low} to ${high}`);
  }
  /** @type {WasmMemory | undefined} */
  let memory = (await instantiateTrainer()).memory;
  const ease = await runEase(memory, data, settings, options),
    n = data.itemIds.length;
  return {
    score(history, out) {
      if (!memory) throw new AmpcfError('DISPOSED', 'this EASE was disposed');
      if (out.length !== n) throw badArgument('out', out.length, `a length of ${n}`);
      const wasm = memory;
      wasm.scoped([history.byteLength, n * 4], (items, scores) => {
        wasm.u32(items, history.length).set(history);
        const status = wasm.call('ampcf_neighbours_score', ease, items, history.length, scores);
        if (status !== 0) throw badArgument('history', wasm.statusName(status), `item indices below ${n}`);
        out.set(wasm.f32(scores, n));
      });
    },
    dispose() {
      memory = undefined;
    },
  };
}
