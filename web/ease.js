// Owns the item-item matrix B (EASE or co-occurrence), computed in a trainer instance of its own. Must not write model files.
import { badArgument, optionsArgument } from './arguments.js';
import { AmpcfError } from './errors.js';
import { instantiateTrainer } from './train-module.js';
import { neighbourDefaults, neighbourRanges } from './train-settings.js';

/** @import { CanonicalInteractions } from './interactions.js' */
/** @import { WasmMemory } from './memory.js' */
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
/** @typedef {typeof neighbourDefaults & { neighbours: number }} NeighbourSettings */
/** @typedef {{ offsets: Uint32Array, items: Uint32Array, values: Int8Array, scales: Float32Array, memoryBytes: number }} Neighbours rows by history item, as ampcf_model_parts has them */

const stepsPerCall = 4;

/** The config, and what it needs. @param {WasmMemory} memory @param {CanonicalInteractions} data @param {NeighbourSettings} settings */
function easeMemory(memory, data, settings) {
  // ampcf_ease_config: four u32, then six f32.
  const config = memory.allocate(40), count = data.itemIds.length;
  memory.u32(config, 4).set([data.users, count, settings.neighbourMethod === 'ease' ? 0 : 1, Math.min(settings.neighbours, count - 1)]);
  memory.f32(config + 16, 6).set([settings.neighbourLambda, settings.neighbourLambdaGrowth, settings.neighbourUserDamping, settings.neighbourSourceDamping,
    settings.neighbourPopularityDamping, settings.neighbourStrength]);
  const bytes = memory.call('ampcf_ease_memory', config, data.items.length) >>> 0;
  if (bytes === 0) throw new AmpcfError('OUT_OF_MEMORY', `neighbours of ${count} items and ${data.users} people do not fit the 4 GiB of wasm memory: neighbourMethod 'cooccurrence' needs less`);
  return { config, bytes };
}

/** Whether there will be any. @param {CanonicalInteractions} data @param {Record<string, any>} settings */
const hasNeighbours = (data, settings) => settings.neighbours > 0 && data.itemIds.length > 1;

/** Bytes that computeNeighbours takes: input and state. @param {WasmMemory} memory @param {CanonicalInteractions} data @param {Record<string, any>} settings */
export function neighbourMemory(memory, data, settings) {
  if (!hasNeighbours(data, settings)) return 0;
  return easeMemory(memory, data, /** @type {NeighbourSettings} */ (settings)).bytes + data.offsets.byteLength + data.items.byteLength + (data.weights?.byteLength ?? 0);
}

/**
 * A computation that ran to its end; its input is freed.
 * @param {WasmMemory} memory @param {CanonicalInteractions} data @param {NeighbourSettings} settings @param {RunOptions} options
 */
async function runEase(memory, data, settings, { signal, onProgress }) {
  const { config, bytes } = easeMemory(memory, data, settings), n = data.items.length;
  const offsets = memory.allocate(data.offsets.byteLength), items = memory.allocate(n * 4), weights = data.weights ? memory.allocate(n * 4) : 0;
  const state = memory.allocate(bytes), out = memory.allocate(16);
  memory.u32(offsets, data.offsets.length).set(data.offsets);
  memory.u32(items, n).set(data.items);
  if (data.weights) memory.f32(weights, n).set(data.weights);
  const status = memory.call('ampcf_ease_open', config, offsets, items, weights, state, bytes, out);
  if (status !== 0) throw new AmpcfError(memory.statusName(status), `the neighbours' input was refused: ${memory.statusName(status)}`);
  const ease = memory.u32(out, 1)[0];
  for (let shown = 0, done = 0, total = 1; done < total;) {
    signal?.throwIfAborted();
    memory.call('ampcf_ease_step', ease, stepsPerCall, out);
    [done, total] = [...memory.u64(out, 2)].map(Number);
    const now = performance.now();
    if (now - shown < 50 && done < total) continue;
    shown = now;
    onProgress?.({ done, total });
    // A turn of the event loop: abort signals fire, pages stay alive.
    await new Promise((resolve) => { setTimeout(resolve, 0); });
  }
  return ease;
}

/**
 * The best sources of each item, as rows by source; undefined when none are wanted.
 * @param {CanonicalInteractions} data @param {Record<string, any>} settings @param {RunOptions} options @returns {Promise<Neighbours | undefined>}
 */
export async function computeNeighbours(data, settings, options) {
  if (!hasNeighbours(data, settings)) return undefined;
  const { memory } = await instantiateTrainer(), n = data.itemIds.length;
  const ease = await runEase(memory, data, /** @type {NeighbourSettings} */ (settings), options);
  const at = (/** @type {string} */ name) => memory.call(`ampcf_ease_${name}`, ease);
  const offsets = memory.u32(at('offsets'), n + 1).slice(), pairs = offsets[n];
  return { offsets, items: memory.u32(at('items'), pairs).slice(), values: new Int8Array(memory.u8(at('values'), pairs).slice().buffer),
    scales: memory.f32(at('scales'), n).slice(), memoryBytes: memory.bytes };
}

/**
 * EASE with the whole matrix, nothing cut: a baseline to measure others by.
 * @param {CanonicalInteractions} data @param {EaseOptions} [options]
 * @returns {Promise<Ease>} `score` fills out (N) with the scores of a history of distinct item indices
 * @throws {AmpcfError} BAD_ARGUMENT, OUT_OF_MEMORY; an abort rejects with its reason
 */
export async function fitEase(data, options = {}) {
  const { signal, onProgress } = optionsArgument(options);
  if (signal !== undefined && !signal?.throwIfAborted) throw badArgument('signal', signal, 'an AbortSignal');
  if (onProgress !== undefined && typeof onProgress !== 'function') throw badArgument('onProgress', onProgress, 'a function');
  const given = { neighbourLambda: options.lambda, neighbourLambdaGrowth: options.lambdaGrowth, neighbourUserDamping: options.userDamping,
    neighbourPopularityDamping: options.popularityDamping };
  const settings = { neighbours: 0, ...neighbourDefaults, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
  for (const [name, value] of Object.entries(given)) {
    const [low, high] = neighbourRanges[name];
    if (value !== undefined && !(typeof value === 'number' && value >= low && value <= high)) throw badArgument(name, value, `a number from ${low} to ${high}`);
  }
  /** @type {WasmMemory | undefined} */
  let memory = (await instantiateTrainer()).memory;
  const ease = await runEase(memory, data, settings, options), n = data.itemIds.length;
  return {
    score(history, out) {
      if (!memory) throw new AmpcfError('DISPOSED', 'this EASE was disposed');
      if (out.length !== n) throw badArgument('out', out.length, `a length of ${n}`);
      const wasm = memory;
      wasm.scoped([history.byteLength, n * 4], (items, scores) => {
        wasm.u32(items, history.length).set(history);
        const status = wasm.call('ampcf_ease_score', ease, items, history.length, scores);
        if (status !== 0) throw badArgument('history', wasm.statusName(status), `item indices below ${n}`);
        out.set(wasm.f32(scores, n));
      });
    },
    dispose() {
      memory = undefined;
    },
  };
}
