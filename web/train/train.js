// Owns the training of a model: interactions -> bytes of a model file. Must not read files or know text
// formats.
import { badArgument, listArgument, optionsArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { computeNeighbours, neighbourMemory } from './neighbours.js';
import { canonicalInteractions } from './interactions.js';
import { instantiateTrainer } from './module.js';
import {
  relativeAlpha,
  relativeLambda,
  settingsAfter,
  trainConfig,
  trainSettings,
  vectorType,
} from './settings.js';

/** @import { Interactions } from './interactions.js' */
/** @import { Neighbours } from './neighbours.js' */
/** @import { WasmMemory } from '../core/memory.js' */
/** @import { TrainSettings } from './settings.js' */
/**
 * @typedef {object} TrainOptions
 * @property {'als' | 'softmax' | 'multinomial' | 'gaussian' | 'logistic'} [objective] how item vectors are
 *   learnt: least squares over all pairs, the published AMP-CF, or the likelihood of left-out events as the
 *   device will score them
 * @property {number} [personas] P, 1 to 64; 1 = one vector per person
 * @property {number} [dim] D, 1 to 1024
 * @property {number} [sweeps] als: alternations
 * @property {number} [joint] als and warm-up: last sweeps in which items see people through their personas
 * @property {number} [epochs] softmax: passes over the interactions; likelihoods: over the people
 * @property {number} [batch] softmax: interactions a step of Adam; likelihoods: people
 * @property {number} [warmup] likelihoods: sweeps of als before the first epoch
 * @property {number} [samples] likelihoods: items drawn a person, by popularity^0.75 and corrected for it; 0
 *   = all items
 * @property {number} [dropout] likelihoods: share of a history that is left out and predicted; 0 = all of it
 *   is predicted from itself
 * @property {number} [decay] likelihoods: L2 towards the vectors of the warm-up
 * @property {number} [zeros] gaussian, logistic: weight of the items that a person does not have
 * @property {number} [negatives] softmax: sampled items an interaction
 * @property {'dot' | 'cosine'} [attention] softmax: what the attention looks at while training; on the device
 *   it is the dot product
 * @property {number} [attentionBeta] softmax: inverse temperature of that attention
 * @property {number} [learningRate] softmax, likelihoods: of Adam
 * @property {number} [balance] softmax: weight of the cross-entropy against the entropies
 * @property {number} [entropyPositive] softmax: weight of the attention's entropy on items of the person; a
 *   sum over the batch
 * @property {number} [entropyNegative] softmax: the same on sampled items, where entropy is wanted
 * @property {number} [seed]
 * @property {number} [minSupport] leave out items of fewer people, default 5; from 2 on, neighbours of which
 *   one person alone has both are left out too
 * @property {number | undefined} [alpha] weight of unobserved pairs; default: from `unobserved`
 * @property {number} [unobserved] als: weight of all unobserved pairs together, relative to all observed ones
 * @property {number} [lambda] L2
 * @property {number} [nu] frequency scaling of L2
 * @property {number} [beta] attention inverse temperature
 * @property {number} [eta] exponent of the share prior in the attention
 * @property {number} [tau] 0 to 1: how much a persona is forgiven its lack of support
 * @property {number} [rho] 0 whole person, 1 attention only
 * @property {number} [sharpness] inverse temperature of the responsibilities
 * @property {number} [split] events that a new persona must explain and its parent could not
 * @property {number} [bias] popularity weight
 * @property {number} [userDamping] als: how much less each event of people counts who have many, in the
 *   training of items
 * @property {number} [itemDamping] als: how much less events with popular items say of a person, also on the
 *   device
 * @property {number} [popularityDamping] als: how much lower popular items score
 * @property {'f32' | 'f16' | 'int8'} [vectors] how item vectors are stored: f16 halves them, int8 leaves a
 *   quarter
 * @property {number} [clusters] 0 to 256 clusters of items by the direction of their vectors, frozen into the
 *   file as a taste space; 0 = none, default 24
 * @property {number} [neighbours] how many items may vouch for each item beside the vectors; 0 = none, the
 *   default
 * @property {'ease' | 'cooccurrence'} [neighbourMethod] `cooccurrence` where `ease` does not fit: try a
 *   strength of 0.1 with it
 * @property {number} [neighbourStrength] weight of the neighbours' evidence beside that of the vectors
 * @property {number | undefined} [neighbourLambda] `ease`: L2 of an item of mean popularity; default:
 *   people^0.8
 * @property {number} [neighbourLambdaGrowth] `ease`: how the L2 grows with an item's popularity
 * @property {number} [neighbourUserDamping] how much less each event counts of people who have many
 * @property {number} [neighbourSourceDamping] `cooccurrence`: how much less popular history items count
 * @property {number} [neighbourPopularityDamping] how much less popular candidates gain, where neighbours
 *   stand alone: beside vectors popularityDamping says it
 * @property {number} [neighbourBlend] `ease`, up to 512 neighbours: the part of the vectors' evidence beside
 *   which they are fitted, 0.01 to 1; 0 = they stand alone
 * @property {number} [neighbourAspects] `ease`: how much the items of an aspect say of each other, 0 =
 *   nothing; one person counts 1
 * @property {Map<string, { title?: string, aspects?: string[] }>} [items] titles and aspects by item id
 * @property {string} [name] goes into the metadata
 * @property {AbortSignal} [signal]
 * @property {(progress: TrainProgress) => void} [onProgress]
 * @property {(snapshot: TrainSnapshot) => void | Promise<void>} [onSnapshot] at the end of each sweep or
 *   epoch; training waits for it
 */
/**
 * @typedef {object} TrainSnapshot
 * @property {number} sweep that has ended, from 1
 * @property {number} sweeps
 * @property {boolean} epochs sweeps are epochs: passes of a gradient method
 * @property {() => Promise<Uint8Array<ArrayBuffer>>} bytes a model file of what is learnt so far, without
 *   neighbours; while training waits
 * @property {() => void} keep this is what is written in the end, unless a later one is kept; else it is the
 *   last one
 * @property {() => void} stop no more sweeps
 */
/**
 * @typedef {{ phase: 'vectors' | 'neighbours', done: number, total: number, sweep: number, sweeps: number,
 *   seconds: number }} TrainProgress rows solved in sweeps (als), interactions in epochs (softmax), both
 *   sweeps and epochs of people (likelihoods); steps of the neighbours
 */
/**
 * @typedef {{ bytes: Uint8Array<ArrayBuffer>, users: number, items: number, interactions: number, dropped:
 *   number, seconds: number, memoryBytes: number, settings: TrainSettings }} TrainResult settings: which give
 *   the same model, sweeps those of the snapshot kept
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
  const began = performance.now();
  const settings = trainSettings(optionsArgument(options));
  checkCompany(options);
  if (typeof interactions !== 'object' || interactions === null)
    throw badArgument('interactions', interactions, 'an object');
  if (settings.objective === 'softmax' && interactions.weight)
    throw badArgument(
      'interactions.weight',
      interactions.weight,
      'none: objective softmax counts every pair once',
    );
  const data = canonicalInteractions(interactions, settings.minSupport);
  settings.alpha ??= relativeAlpha(settings, data);
  if (Number(settings.neighbours) > 0) settings.neighbourLambda ??= relativeLambda(data);
  const { memory } = await instantiateTrainer();
  const run = { memory, trainer: beginTraining(memory, data, settings), data, settings, options };
  const written = await runTraining(run, began);
  const aspects = options.items && packAspects(data.itemIds, options.items);
  const neighbours = await computeNeighbours(
    data,
    settings,
    {
      ...options,
      onProgress: (progress) =>
        options.onProgress?.({
          phase: 'neighbours',
          ...progress,
          sweep: Number(settings.sweeps ?? settings.epochs),
          sweeps: Number(settings.sweeps ?? settings.epochs),
          seconds: (performance.now() - began) / 1000,
        }),
    },
    () => itemSide(memory, run.trainer, data.itemIds.length, settings.dim),
    aspects,
  );
  const bytes = await writeModel(run, written, neighbours);
  return {
    bytes,
    users: data.users,
    items: data.itemIds.length,
    interactions: data.items.length,
    dropped: data.dropped,
    seconds: (performance.now() - began) / 1000,
    memoryBytes: memory.bytes + (neighbours?.memoryBytes ?? 0),
    settings: written,
  };
}

/**
 * What is not a setting.
 * @param {TrainOptions} options
 */
function checkCompany({ items, name, signal, onProgress, onSnapshot }) {
  if (items !== undefined && !(items instanceof Map))
    throw badArgument('items', items, 'a Map of titles and aspects by item id');
  if (name !== undefined && typeof name !== 'string') throw badArgument('name', name, 'a string');
  if (signal !== undefined && !signal?.throwIfAborted) throw badArgument('signal', signal, 'an AbortSignal');
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw badArgument('onProgress', onProgress, 'a function');
  if (onSnapshot !== undefined && typeof onSnapshot !== 'function')
    throw badArgument('onSnapshot', onSnapshot, 'a function');
  for (const [id, facts] of items ?? []) {
    if (facts?.title !== undefined && typeof facts.title !== 'string')
      throw badArgument(`title of ${String(id)}`, facts.title, 'a string');
    for (const aspect of listArgument(`aspects of ${String(id)}`, facts?.aspects ?? []))
      if (typeof aspect !== 'string') throw badArgument(`aspect of ${String(id)}`, aspect, 'a string');
  }
}

/**
 * Bytes of wasm memory that training with these settings takes, known before any work: its input, its state,
 * and those of the neighbours.
 * @param {Interactions} interactions
 * @param {TrainOptions} [options]
 * @returns {Promise<{ bytes: number, vectors: number, neighbours: number }>} bytes: both
 * @throws {AmpcfError} as trainModel; OUT_OF_MEMORY where no wasm memory is large enough
 */
export async function trainingMemory(interactions, options = {}) {
  const settings = trainSettings(optionsArgument(options)),
    data = canonicalInteractions(interactions, settings.minSupport);
  settings.alpha ??= relativeAlpha(settings, data);
  if (Number(settings.neighbours) > 0) settings.neighbourLambda ??= relativeLambda(data);
  const { memory } = await instantiateTrainer(),
    input = data.offsets.byteLength + data.items.byteLength + (data.weights?.byteLength ?? 0);
  const vectors = trainerMemory(memory, data, settings).bytes + input,
    neighbours = neighbourMemory(
      memory,
      data,
      settings,
      options.items && packAspects(data.itemIds, options.items),
    );
  return { bytes: vectors + neighbours, vectors, neighbours };
}

/**
 * @typedef {{ memory: WasmMemory, trainer: number, data: ReturnType<typeof canonicalInteractions>, settings:
 *   TrainSettings, options: TrainOptions }} TrainRun
 */

/**
 * The config, and what it needs.
 * @param {WasmMemory} memory
 * @param {ReturnType<typeof canonicalInteractions>} data
 * @param {TrainSettings} settings
 */
function trainerMemory(memory, data, settings) {
  const given = trainConfig(settings, data.users, data.itemIds.length),
    config = memory.allocate(given.length);
  memory.u8(config, given.length).set(given);
  const n = data.items.length,
    bytes = memory.call('ampcf_trainer_memory', config, n) >>> 0;
  if (bytes === 0)
    throw new AmpcfError(
      'OUT_OF_MEMORY',
      `training ${n} interactions at dim ${settings.dim} does not fit the 4 GiB of wasm memory`,
    );
  return { config, bytes };
}

/**
 * @param {WasmMemory} memory
 * @param {ReturnType<typeof canonicalInteractions>} data
 * @param {TrainSettings} settings
 */
function beginTraining(memory, data, settings) {
  const { config, bytes } = trainerMemory(memory, data, settings),
    n = data.items.length;
  const offsets = memory.allocate(data.offsets.byteLength),
    items = memory.allocate(data.items.byteLength);
  const weights = data.weights ? memory.allocate(data.weights.byteLength) : 0;
  const state = memory.allocate(bytes),
    out = memory.allocate(16);
  memory.u32(offsets, data.offsets.length).set(data.offsets);
  memory.u32(items, n).set(data.items);
  if (data.weights) memory.f32(weights, n).set(data.weights);
  const status = memory.call('ampcf_trainer_open', config, offsets, items, weights, state, bytes, out);
  if (status !== 0)
    throw new AmpcfError(
      memory.statusName(status),
      `the trainer refused its input: ${memory.statusName(status)}`,
    );
  return memory.u32(out, 1)[0];
}

/**
 * Sweep by sweep.
 * @param {TrainRun} run
 * @param {number} began
 * @returns {Promise<TrainSettings>} of what is to be written
 */
async function runTraining(run, began) {
  const {
      memory,
      trainer,
      settings,
      options: { signal, onProgress },
    } = run,
    out = memory.allocate(32);
  const step = (/** @type {number} */ rows) => {
    memory.call('ampcf_trainer_step', trainer, rows, out);
    const [done, total] = [...memory.u64(out, 2)].map(Number),
      [sweep, sweeps] = memory.u32(out + 16, 2);
    return { done, total, sweep, sweeps };
  };
  const watch = watchSnapshots(run);
  for (let shown = 0, at = step(0); ;) {
    signal?.throwIfAborted();
    const sweepRows = at.total / at.sweeps,
      before = at.sweep;
    at = step(Math.max(1, Math.min(rowsPerStep, Math.ceil(sweepRows - (at.done % sweepRows)))));
    const stopped = at.sweep > before && (await watch.ended(at)),
      over = stopped || at.done === at.total,
      now = performance.now();
    if (now - shown >= 50 || over) {
      shown = now;
      onProgress?.({ phase: 'vectors', ...at, seconds: (now - began) / 1000 });
      // A turn of the event loop: abort signals fire, pages stay alive.
      await new Promise((resolve) => {
        setTimeout(resolve, 0);
      });
    }
    if (!over) continue;
    memory.free(out);
    return settingsAfter(settings, watch.restore() ?? at.sweep);
  }
}

/**
 * Offers each sweep to the caller, and holds what the caller keeps.
 * @param {TrainRun} run
 */
function watchSnapshots(run) {
  const { memory, trainer, data, settings, options } = run,
    n = data.itemIds.length,
    { dim } = settings;
  const results = /** @type {[string, number][]} */ ([
    ['vectors', n * dim],
    ['bias', n],
    ['gram', (dim * (dim + 1)) / 2],
    ['item_weights', n],
    ['item_targets', n],
  ])
    .map(([name, length]) => ({ at: memory.call(`ampcf_trainer_${name}`, trainer), length }))
    .filter(({ at }) => at !== 0);
  /** @type {{ sweep: number, copies: Float32Array[] } | undefined} */
  let kept;
  return {
    /**
     * @param {{ sweep: number, sweeps: number }} at
     * @returns {Promise<boolean>} whether to stop
     */
    async ended({ sweep, sweeps }) {
      const warmup = Number(settings.warmup ?? 0);
      let stopped = false;
      if (sweep <= warmup) return false;
      await options.onSnapshot?.({
        sweep: sweep - warmup,
        sweeps: sweeps - warmup,
        epochs: 'epochs' in settings,
        bytes: () => writeModel(run, settingsAfter(settings, sweep), undefined),
        keep: () => {
          kept = { sweep, copies: results.map(({ at, length }) => memory.f32(at, length).slice()) };
        },
        stop: () => {
          stopped = true;
        },
      });
      return stopped;
    },
    /** @returns {number | undefined} the sweep whose results are in place again */
    restore() {
      kept?.copies.forEach((copy, i) => memory.f32(results[i].at, copy.length).set(copy));
      return kept?.sweep;
    },
  };
}

/**
 * Copies of what the trainer learnt of items.
 * @param {WasmMemory} memory
 * @param {number} trainer
 * @param {number} n
 * @param {number} dim
 */
function itemSide(memory, trainer, n, dim) {
  const copy = (/** @type {string} */ name, /** @type {number} */ length) =>
    memory.f32(memory.call(`ampcf_trainer_${name}`, trainer), length).slice();
  const weighed = memory.call('ampcf_trainer_item_weights', trainer) !== 0;
  return {
    dim,
    vectors: copy('vectors', n * dim),
    gram: copy('gram', (dim * (dim + 1)) / 2),
    settings: copy('settings', 16),
    weights: weighed ? copy('item_weights', n) : null,
    targets: weighed ? copy('item_targets', n) : null,
  };
}

/**
 * n + 1 offsets and one blob of UTF-8.
 * @param {string[]} texts
 */
function packTexts(texts) {
  const encoder = new TextEncoder(),
    parts = texts.map((text) => encoder.encode(text));
  const offsets = new Uint32Array(texts.length + 1);
  parts.forEach((part, i) => {
    offsets[i + 1] = offsets[i] + part.length;
  });
  const bytes = new Uint8Array(offsets[texts.length]);
  parts.forEach((part, i) => bytes.set(part, offsets[i]));
  return { offsets, bytes };
}

/**
 * Aspect names in order of frequency, then name; each item's aspects as sorted indices.
 * @param {string[]} ids
 * @param {NonNullable<TrainOptions['items']>} items
 */
function packAspects(ids, items) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  const perItem = ids.map((id) =>
    [...new Set(items.get(id)?.aspects ?? [])].filter((aspect) => aspect !== ''),
  );
  for (const aspects of perItem)
    for (const aspect of aspects) counts.set(aspect, (counts.get(aspect) ?? 0) + 1);
  const names = [...counts.keys()].sort(
    (a, b) =>
      /** @type {number} */ (counts.get(b)) - /** @type {number} */ (counts.get(a)) || (a < b ? -1 : 1),
  );
  if (names.length > 65536)
    throw new AmpcfError('LIMIT', `aspects: got ${names.length} different ones, wanted at most 65536`);
  const index = new Map(names.map((name, i) => [name, i]));
  const offsets = new Uint32Array(ids.length + 1);
  const flat = perItem.flatMap((aspects, i) => {
    offsets[i + 1] = offsets[i] + aspects.length;
    return aspects.map((aspect) => /** @type {number} */ (index.get(aspect))).sort((a, b) => a - b);
  });
  return { names, offsets, flat: Uint16Array.from(flat) };
}

/**
 * Frozen clusters of the items: their address, 0 where none are wanted.
 * @param {WasmMemory} memory
 * @param {number} trainer
 * @param {number} n
 * @param {Record<string, unknown>} settings
 */
function clusterItems(memory, trainer, n, { dim, clusters, seed }) {
  if (clusters === 0) return 0;
  const out = memory.allocate(n),
    bytes = memory.call('ampcf_clusters_memory', n, Number(dim), Number(clusters)) >>> 0;
  memory.scoped([bytes], (scratch) => {
    const status = memory.call(
      'ampcf_clusters',
      memory.call('ampcf_trainer_vectors', trainer),
      n,
      Number(dim),
      Number(clusters),
      Number(seed),
      scratch,
      bytes,
      out,
    );
    if (status !== 0)
      throw new AmpcfError(
        memory.statusName(status),
        `the items could not be clustered: ${memory.statusName(status)}`,
      );
  });
  return out;
}

/**
 * @param {TrainRun} run
 * @param {TrainSettings} settings for the metadata
 * @param {Neighbours | undefined} neighbours
 */
async function writeModel(
  { memory, trainer, data, options: { items, name } },
  { objective, ...settings },
  neighbours,
) {
  /** @type {number[]} */
  const blocks = [];
  const put = (/** @type {Exclude<ArrayBufferView, DataView>} */ array) => {
    const at = memory.allocate(Math.max(1, array.byteLength));
    blocks.push(at);
    memory.u8(at, array.byteLength).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    return at;
  };
  const ids = packTexts(data.itemIds);
  const titles = items && packTexts(data.itemIds.map((id) => items.get(id)?.title ?? ''));
  const aspects = items && packAspects(data.itemIds, items);
  const names = aspects && aspects.names.length > 0 ? packTexts(aspects.names) : undefined;
  const metadata = new TextEncoder().encode(
    JSON.stringify({
      ...(name ? { name } : {}),
      library: `ampcf ${AMPCF_VERSION}`,
      objective,
      users: data.users,
      interactions: data.items.length,
      settings,
    }),
  );
  // The lineage ties saved profiles to the vocabulary and the settings.
  const vocabulary = new Uint8Array(ids.bytes.length + metadata.length);
  vocabulary.set(ids.bytes);
  vocabulary.set(metadata, ids.bytes.length);
  const lineage = new Uint8Array(await crypto.subtle.digest('SHA-256', vocabulary)).subarray(0, 16);

  // ampcf_model_parts on wasm32: 26 words of 4 bytes, then the lineage.
  const parts = put(new Uint8Array(26 * 4 + 16)),
    clusters = clusterItems(memory, trainer, data.itemIds.length, settings);
  blocks.push(clusters);
  // Copies first: each may grow the memory and detach a view made before it.
  const words = [
    data.itemIds.length,
    settings.dim,
    settings.personas,
    names ? (aspects?.names.length ?? 0) : 0,
    memory.call('ampcf_trainer_vectors', trainer),
    memory.call('ampcf_trainer_bias', trainer),
    memory.call('ampcf_trainer_gram', trainer),
    memory.call('ampcf_trainer_settings', trainer),
    put(ids.offsets),
    put(ids.bytes),
    titles ? put(titles.offsets) : 0,
    titles ? put(titles.bytes) : 0,
    names ? put(names.offsets) : 0,
    names ? put(names.bytes) : 0,
    names && aspects ? put(aspects.offsets) : 0,
    names && aspects ? put(aspects.flat) : 0,
    put(metadata),
    metadata.length,
    vectorType(settings),
    memory.call('ampcf_trainer_item_weights', trainer),
    memory.call('ampcf_trainer_item_targets', trainer),
    ...(neighbours
      ? [neighbours.offsets, neighbours.items, neighbours.values, neighbours.scales].map(put)
      : [0, 0, 0, 0]),
    clusters,
  ];
  memory.u32(parts, words.length).set(words);
  memory.u8(parts + 104, 16).set(lineage);
  try {
    return writeParts(memory, parts);
  } finally {
    for (const block of blocks) memory.free(block);
  }
}

/**
 * @param {WasmMemory} memory
 * @param {number} parts ampcf_model_parts
 */
function writeParts(memory, parts) {
  const bytes = memory.call('ampcf_model_file_bytes', parts) >>> 0;
  if (bytes === 0)
    throw new AmpcfError('LIMIT', 'the model does not fit a file: fewer items or a smaller dim are needed');
  const checkBytes = memory.call('ampcf_model_write_memory', parts) >>> 0;
  return memory.scoped([bytes, checkBytes, 48], (file, check, fault) => {
    const status = memory.call('ampcf_model_write', parts, file, bytes, check, checkBytes, fault);
    if (status !== 0)
      throw new AmpcfError(
        memory.statusName(status),
        `the model would be refused by the loader: ${memory.text(memory.u32(fault + 24, 1)[0])}`,
      );
    return memory.u8(file, bytes).slice();
  });
}
