// Owns every call of core.wasm, in plain arrays and numbers: a model file opened, a history folded in,
// rankings. Must not know events, options or labels: that is web/model. Functions, not methods, so that a
// bundle has only those that it uses.
import {
  AMPCF_E_BAD_NUMBER,
  AMPCF_MAX_HISTORY,
  AMPCF_NO_ITEM,
  AMPCF_OK,
  AMPCF_POOL_ALL,
  AMPCF_POOL_OWN,
  AMPCF_POOL_PLACES,
  AMPCF_SUMMARY_HEAD,
  FORMAT_MAX_ID_BYTES,
  explanationDoubles,
  factsWords,
  rankedWords,
  faultBytes,
  statusNames,
} from './abi.js';
import { badArgument } from './arguments.js';
import { bytesView } from './bytes.js';
import { AmpcfError } from './errors.js';

/** @import { TypedArray, WasmMemory } from './memory.js' */
/** @import { StructValues } from './struct.js' */
/**
 * One instance of core.wasm with one model file in it, copied there and checked once. `memory` and `address`
 * are for this file alone.
 * @typedef {object} OpenModel
 * @property {WasmMemory | undefined} memory undefined: it was closed
 * @property {number} file where it lies
 * @property {number} address
 * @property {number} cell where the core puts how long something is
 * @property {StructValues<typeof import('./abi.js').ampcf_model_facts> & { bytes: number }} facts bytes: of
 *   the file
 */
/**
 * A history folded into personas: begin, add events, finish; then more may be added and finished again.
 * @typedef {object} FoldedProfile
 * @property {OpenModel} model
 * @property {number} address for this file alone
 * @property {number} summaries
 * @property {number} events that were added
 * @property {number} room for how many events in all
 */
/**
 * Items in the order of a ranking, best first; personas: which one each item is for, 0 where there is none.
 * @typedef {{ items: Uint32Array, scores: Float32Array, personas: Uint32Array }} Best
 */
/**
 * @typedef {object} Seating
 * @property {Uint8Array} [seats] 1: a claim, not the score, put the item there
 * @property {Uint32Array} pool what the list was chosen from, best first
 * @property {number} all so many best of all are in it
 * @property {number} own so many best of each persona are in it too
 */
/**
 * @typedef {object} ScoreParts score = sum of contributions + remembered + bias + residual
 * @property {Float32Array} attention (P)
 * @property {Float64Array} contributions (H) of the events
 * @property {number} remembered the contributions of the summaries
 * @property {number} bias
 * @property {number} residual
 */

/**
 * A folded profile holds wasm memory, which is freed at the latest when nobody refers to it any more.
 * @type {FinalizationRegistry<[model: OpenModel, address: number]> | undefined}
 */
const abandoned =
  typeof FinalizationRegistry === 'function'
    ? /* @__PURE__ */ new FinalizationRegistry(([model, address]) => model.memory?.free(address))
    : undefined;

// ---- Model ----

/**
 * @param {WasmMemory} memory of an instance that has no model yet
 * @param {Uint8Array} given which may have gone since it was read
 * @param {() => Promise<{ memory: WasmMemory }>} [whole] a core that reads more, and says why it does not
 * @returns {Promise<OpenModel>}
 */
export async function openModel(memory, given, whole) {
  const bytes = bytesView(given);
  if (!bytes) throw badArgument('model source', given, 'bytes that stay');
  const size = bytes.byteLength;
  const file = memory.allocate(size);
  memory.u8(file, size).set(bytes);
  const needed = memory.call('ampcf_model_memory', file, size) >>> 0;
  const room = memory.allocate(needed);
  const out = new Uint32Array(1);
  const fault = new Uint8Array(faultBytes);
  const status = memory.call('ampcf_model_open', file, size, room, needed, out, fault);
  if (status !== AMPCF_OK) {
    const code = statusNames[status];
    // What is no model at all needs no other core to say so.
    const other = code !== 'BAD_MAGIC' && (await whole?.().catch(() => undefined));
    if (other) return openModel(other.memory, bytes);
    throw await import('./refusal.js').then(
      ({ refusal }) => new AmpcfError(code, ...refusal(memory, memory.u8(file, size), status, fault)),
      // The words may be out of reach, the code never is.
      () => new AmpcfError(code, `model file refused: ${code}`),
    );
  }
  const [address] = out;
  const facts = new Uint32Array(factsWords);
  memory.call('ampcf_model_describe', facts, address);
  return { memory, file, address, cell: memory.allocate(4), facts: { bytes: size, ...readFacts(facts) } };
}

/**
 * By hand, as are ampcf_ranked and ampcf_explanation: layouts are more to download.
 * @param {Uint32Array<ArrayBuffer>} words of ampcf_model_facts
 */
function readFacts(words) {
  const [items, dim, personas, aspects, neighbours, clusters, leaves] = words;
  const [gate, proportional] = new Float32Array(words.buffer, 28);
  const lineage = new Uint8Array(words.buffer, 36);
  return { items, dim, personas, aspects, neighbours, clusters, leaves, gate, proportional, lineage };
}

/**
 * The instance and its memory go when nothing refers to them; every later call throws DISPOSED.
 * @param {OpenModel} model
 */
export function closeModel(model) {
  model.memory = undefined;
}

/**
 * The memory of a model, for this file; for others the way to throw DISPOSED where it was closed.
 * @param {OpenModel} model
 */
export function openMemory({ memory }) {
  if (!memory) throw new AmpcfError('DISPOSED', 'the model was disposed: load the model again');
  return memory;
}

/**
 * Call an export that asks about a model.
 * @param {OpenModel} model
 * @param {string} name
 * @param {...(number | TypedArray)} args
 * @returns {number} unsigned
 */
const ask = (model, name, ...args) => openMemory(model).call(name, model.address, ...args) >>> 0;

/**
 * @param {OpenModel} model
 * @param {string} name of an export that gives an address, and how many there are
 * @param {...number} index
 * @returns {[address: number, length: number]}
 */
function spanOf(model, name, ...index) {
  const memory = openMemory(model);
  const at = memory.call(name, model.address, ...index, model.cell);
  return [at, memory.u32(model.cell, 1)[0]];
}

/** @param {Parameters<typeof spanOf>} span */
const textOf = (...span) => openMemory(span[0]).text(...spanOf(...span));

/**
 * How much wasm memory the instance holds.
 * @param {OpenModel} model
 */
export const memoryBytes = (model) => openMemory(model).bytes;

/**
 * @param {OpenModel} model
 * @param {Uint8Array} bytes
 */
export const crc32c = (model, bytes) => openMemory(model).call('ampcf_crc32c', bytes, bytes.length) >>> 0;

/**
 * What the trainer wrote about itself: JSON, or nothing.
 * @param {OpenModel} model
 */
export const metadataOf = (model) => textOf(model, 'ampcf_model_metadata');

/**
 * @param {OpenModel} model
 * @param {number} item
 */
export const idAt = (model, item) => textOf(model, 'ampcf_model_id', item);

/**
 * The title of an item, or its id where the file has no titles.
 * @param {OpenModel} model
 * @param {number} item
 */
export const titleAt = (model, item) => textOf(model, 'ampcf_model_title', item) || idAt(model, item);

/**
 * @param {OpenModel} model
 * @param {number} aspect
 */
export const aspectAt = (model, aspect) => textOf(model, 'ampcf_model_aspect', aspect);

/**
 * @param {OpenModel} model
 * @param {Uint8Array} id
 * @returns {number} the item, or AMPCF_NO_ITEM
 */
export const findItem = (model, id) =>
  id.length > FORMAT_MAX_ID_BYTES ? AMPCF_NO_ITEM : ask(model, 'ampcf_model_find', id, id.length);

/**
 * @param {OpenModel} model
 * @param {number} item
 * @returns {number[]}
 */
export const aspectsOfItem = (model, item) => [
  ...openMemory(model).u16(...spanOf(model, 'ampcf_model_item_aspects', item)),
];

/**
 * @param {OpenModel} model
 * @param {number} item
 * @returns {number} or AMPCF_NO_CLUSTER
 */
export const clusterOfItem = (model, item) => ask(model, 'ampcf_model_item_cluster', item);

/**
 * @param {OpenModel} model
 * @param {number} from item
 * @param {number} n items
 * @returns {Float32Array} (n, D)
 */
export function vectorsOf(model, from, n) {
  const out = new Float32Array(n * model.facts.dim);
  ask(model, 'ampcf_model_vectors', from, n, out);
  return out;
}

/**
 * The most similar others, by cosine.
 * @param {OpenModel} model
 * @param {number} item
 * @param {number} k
 */
export const similarTo = (model, item, k) =>
  bestOf(k, (list, count) => check(ask(model, 'ampcf_similar', item, k, list, count)));

/**
 * Throws unless a call went well.
 * @param {number} status that it returned
 */
function check(status) {
  if (status === AMPCF_OK) return;
  const code = statusNames[status];
  throw new AmpcfError(code, `the core refused: ${code}`);
}

/**
 * @param {Uint32Array} list of ampcf_ranked
 * @param {number} n how many of them
 * @returns {Best}
 */
function bestIn(list, n) {
  /**
   * @template {Uint32Array | Float32Array} A
   * @param {A} to
   * @param {number} at
   * @param {Uint32Array | Float32Array} [from]
   */
  const column = (to, at, from = list) => {
    for (let i = 0; i < n; i++) to[i] = from[i * rankedWords + at];
    return to;
  };
  const floats = new Float32Array(list.buffer, list.byteOffset, list.length);
  return {
    items: column(new Uint32Array(n), 0),
    scores: column(new Float32Array(n), 1, floats),
    personas: column(new Uint32Array(n), 2),
  };
}

/**
 * @param {number} k
 * @param {(list: Uint32Array, counts: Uint32Array) => void} find fills a list of ampcf_ranked; counts:
 *   how many, and what else the core counts
 */
function bestOf(k, find) {
  const list = new Uint32Array(k * rankedWords);
  const counts = new Uint32Array(2);
  find(list, counts);
  return bestIn(list, counts[0]);
}

// ---- Profile ----

/** @param {number} events */
export const tooLong = (events) =>
  new AmpcfError(
    'LIMIT',
    `history: got ${events} items, wanted at most ${AMPCF_MAX_HISTORY}, and as many as fit 4 GiB`,
  );

/**
 * @param {OpenModel} model
 * @param {readonly Float32Array[]} summaries of forgotten events (5 + D each)
 * @param {number} events how many will be added
 * @param {number} [spare] room for so many more, where there can be
 * @param {number} [personas] most of them; default: the model's
 * @returns {FoldedProfile}
 */
export function beginFold(model, summaries, events, spare = 0, personas = 0) {
  const memory = openMemory(model);
  const room = Math.min(AMPCF_MAX_HISTORY, events + spare);
  const m = summaries.length;
  const bytes = events > room ? 0 : ask(model, 'ampcf_profile_memory', room, m);
  if (bytes === 0) throw tooLong(events);
  // The profile begins where its memory does, so one address serves to use it and to free it.
  const address = memory.allocate(bytes);
  const folded = { model, address, summaries: m, events: 0, room };
  abandoned?.register(folded, [model, address], folded);
  try {
    check(ask(model, 'ampcf_profile_begin', room, m, personas, address, bytes, new Uint32Array(1)));
    for (const summary of summaries) {
      if (summary.length !== AMPCF_SUMMARY_HEAD + model.facts.dim) check(AMPCF_E_BAD_NUMBER);
      change(folded, 'ampcf_profile_remember', summary);
    }
  } catch (error) {
    freeFold(folded);
    throw error;
  }
  return folded;
}

/** @param {FoldedProfile} folded */
export function freeFold(folded) {
  abandoned?.unregister(folded);
  folded.model.memory?.free(folded.address);
}

/**
 * Call an export that asks about a profile.
 * @param {FoldedProfile} folded
 * @param {string} name
 * @param {...(number | TypedArray)} args
 */
const askFold = ({ model, address }, name, ...args) => openMemory(model).call(name, address, ...args);

/**
 * Call an export that gives a status.
 * @param {Parameters<typeof askFold>} call
 */
const change = (...call) => check(askFold(...call));

/**
 * @param {FoldedProfile} folded
 * @param {number} item
 * @param {number} weight
 * @param {number} preference
 */
export function addEvent(folded, item, weight, preference) {
  change(folded, 'ampcf_profile_add', item, weight, preference);
  folded.events++;
}

/** @param {FoldedProfile} folded */
export function finishFold(folded) {
  const { model, events, summaries } = folded;
  const bytes = ask(model, 'ampcf_profile_scratch', events, summaries);
  openMemory(model).scoped([bytes], (scratch) => change(folded, 'ampcf_profile_finish', scratch, bytes));
}

/**
 * How many personas were found.
 * @param {FoldedProfile} folded
 */
export const personaCount = (folded) => askFold(folded, 'ampcf_profile_personas');

/**
 * @param {FoldedProfile} folded
 * @returns {number[]} (P) sum 1, largest first
 */
export const sharesOf = (folded) => [
  ...openMemory(folded.model).f32(askFold(folded, 'ampcf_profile_shares'), personaCount(folded)),
];

/**
 * @param {FoldedProfile} folded
 * @returns {Float32Array} (H x P) of the events
 */
export function responsibilitiesOf(folded) {
  const p = personaCount(folded);
  const all = askFold(folded, 'ampcf_profile_responsibilities');
  return openMemory(folded.model)
    .f32(all + folded.summaries * p * 4, folded.events * p)
    .slice();
}

/**
 * How many items each stage of the last ranking looked at, for benches.
 * @param {FoldedProfile} folded
 */
export function scanStats(folded) {
  const out = new Uint32Array(4);
  askFold(folded, 'ampcf_scan_stats', out);
  const [looked, bounded, parted, scored] = out;
  return { looked, bounded, parted, scored };
}

/**
 * @param {FoldedProfile} folded
 * @param {Uint32Array} candidates
 * @param {number} k
 */
export const rankItems = (folded, candidates, k) =>
  bestOf(k, (...out) => change(folded, 'ampcf_rank', candidates, candidates.length, k, ...out));

/**
 * The best of the whole catalogue.
 * @param {FoldedProfile} folded
 * @param {Uint8Array | 0} excluded (N); 0: none
 * @param {number} k
 */
export const recommendItems = (folded, excluded, k) =>
  bestOf(k, (...out) => change(folded, 'ampcf_recommend', excluded, k, ...out));

/**
 * Places of a list in proportion to the whole taste.
 * @param {FoldedProfile} folded
 * @param {Uint8Array} excluded (N)
 * @param {number} k
 * @param {number} proportional lambda
 * @param {boolean} aspects do they have claims too?
 * @returns {Best & Seating}
 */
export function seatItems(folded, excluded, k, proportional, aspects) {
  if (!proportional) {
    const best = recommendItems(folded, excluded, k);
    return { ...best, pool: best.items, all: k, own: 0 };
  }
  const seats = new Uint8Array(k);
  const bytes = askFold(folded, 'ampcf_proportion_memory', k) >>> 0;
  const memory = openMemory(folded.model);
  return memory.scoped([bytes], (room) => {
    const name = 'ampcf_recommend_proportional';
    let n = 0;
    const best = bestOf(k, (list, counts) => {
      change(folded, name, excluded, k, proportional, Number(aspects), room, bytes, list, seats, counts);
      n = counts[1];
    });
    const { items } = n ? bestIn(memory.u32(room, n * rankedWords), n) : best;
    const own = n && Math.max(AMPCF_POOL_OWN, Math.min(k, AMPCF_POOL_PLACES));
    const all = Math.max(own && AMPCF_POOL_ALL, k);
    return { ...best, seats, pool: items, all, own };
  });
}

/**
 * @param {FoldedProfile} folded
 * @returns {Float32Array} (N) of the whole catalogue
 */
export function scoresOf(folded) {
  const scores = new Float32Array(folded.model.facts.items);
  change(folded, 'ampcf_score', Uint32Array.from(scores.keys()), scores.length, scores, 0);
  return scores;
}

/**
 * @param {FoldedProfile} folded
 * @param {number} item
 * @returns {ScoreParts}
 */
export function explainItem(folded, item) {
  const { summaries, events } = folded;
  const parts = new Float64Array(summaries + events);
  const attention = new Float32Array(personaCount(folded));
  const out = new Float64Array(explanationDoubles);
  change(folded, 'ampcf_explain', item, parts, attention, out);
  const [, bias, residual] = out;
  return {
    attention,
    contributions: parts.subarray(summaries),
    remembered: parts.subarray(0, summaries).reduce((sum, part) => sum + part, 0),
    bias,
    residual,
  };
}

/**
 * What each persona has of what speaks for an item, as explainItem has it.
 * @param {FoldedProfile} folded
 * @param {number} item
 * @returns {Float32Array} (P)
 */
export function attentionTo(folded, item) {
  const attention = new Float32Array(personaCount(folded));
  change(folded, 'ampcf_explain', item, 0, attention, 0);
  return attention;
}

/**
 * @param {FoldedProfile} folded
 * @param {number} persona
 * @returns {[shares: Float64Array, lifts: Float64Array]} (A) each
 */
export function aspectsOfPersona(folded, persona) {
  const shares = new Float64Array(folded.model.facts.aspects);
  const lifts = new Float64Array(shares);
  change(folded, 'ampcf_persona_aspects', persona, shares, lifts);
  return [shares, lifts];
}

/**
 * What is left of the summaries and of the first events when they are forgotten.
 * @param {FoldedProfile} folded
 * @param {number} events
 * @returns {Float32Array[]} (5 + D) each
 */
export function condenseEvents(folded, events) {
  const row = AMPCF_SUMMARY_HEAD + folded.model.facts.dim;
  const rows = new Float32Array(personaCount(folded) * row);
  const count = new Uint32Array(1);
  change(folded, 'ampcf_profile_condense', events, rows, count);
  return Array.from({ length: count[0] }, (_, k) => rows.slice(k * row, (k + 1) * row));
}
