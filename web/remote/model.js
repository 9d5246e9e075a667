// Owns the page's side of a model in a worker: the methods of Model and Profile, each with a promise of what
// they give. Must not rank.
import { badArgument, functionArgument } from '../core/arguments.js';
import { Bound } from '../core/bound.js';
import { bytesView } from '../core/bytes.js';
import { AmpcfError } from '../core/errors.js';
import { optionsArgument } from '../core/options.js';
import { loadNames } from '../core/source.js';
import { nodeThreads } from '../workers/thread.js';
import { buffersOf } from './buffers.js';
import { openLine, signalArgument } from './line.js';

/** @import { Model } from '../model/model.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { ModelInfo } from '../model/types.js' */
/** @import { LoadOptions } from '../rank.js' */
/** @import { Line } from './line.js' */
/**
 * @typedef {string | URL | Response | Blob | ArrayBuffer | ArrayBufferView | ReadableStream<Uint8Array>}
 *   WorkerSource
 */
/**
 * @typedef {Omit<LoadOptions, 'taste' | 'plugins'> & { transfer?: boolean }} WorkerLoadOptions transfer:
 *   give the buffer
 *   of bytes away in place of a copy
 */
/** @typedef {{ signal?: AbortSignal }} Cancel takes a question back that the worker has not begun */
/** @template {(...args: any[]) => any} F @typedef {Promise<Awaited<ReturnType<F>>>} Promised */

function startWorker() {
  const threads = nodeThreads();
  // Bundlers look for exactly this expression.
  return threads
    ? new threads.Worker(new URL('./model-worker.js', import.meta.url))
    : new Worker(new URL('./model-worker.js', import.meta.url), { type: 'module' });
}

/** Something in the worker: a list of `candidates` or a `mask`, for the calls that take them. */
export class RemoteHandle extends Bound {
  /** @internal No private fields: whoever asks through a proxy would not find them. */
  line;
  /** @internal */
  handle;

  /**
   * @internal
   * @param {Line} line
   * @param {number} handle
   */
  constructor(line, handle) {
    super();
    this.line = line;
    this.handle = handle;
    this.dispose = this.dispose.bind(this);
  }

  /**
   * @internal
   * @param {string} method
   * @param {unknown[]} [args] the last one may have a signal
   * @returns {Promise<any>}
   */
  async ask(method, args = []) {
    const last = /** @type {any} */ (args.at(-1));
    const isOptions = last && Object.getPrototypeOf(Object(last)) === Object.prototype && 'signal' in last;
    const { signal, ...options } = isOptions ? last : /** @type {any} */ ({});
    signalArgument(signal);
    const sent = (isOptions ? [...args.slice(0, -1), options] : args).map(sendable);
    const answer = await this.line.ask({ on: this.handle, method, args: sent }, { signal });
    return answer?.ampcfHandle === this.handle ? this : answer;
  }

  /**
   * @internal
   * @param {string} method
   * @param {unknown[]} args
   * @returns {Promise<{ handle: number, lost: number }>}
   */
  make(method, args) {
    return this.ask(method, args);
  }

  /** What it is, and that it is elsewhere. */
  toString() {
    return `${this.constructor.name} { in a worker }`;
  }

  /** Gives its memory back. Later calls reject with DISPOSED. */
  async dispose() {
    await this.ask('dispose');
  }
}

/** @param {unknown} value */
const handleOf = (value) => (value instanceof RemoteHandle ? { ampcfHandle: value.handle } : value);

/** @param {any} value */
const sendable = (value) =>
  Object.getPrototypeOf(Object(value)) === Object.prototype
    ? Object.fromEntries(Object.entries(value).map(([name, field]) => [name, handleOf(field)]))
    : handleOf(value);

/** A profile in a worker: as Profile, each answer a promise. Changes resolve to the profile itself. */
export class RemoteProfile extends RemoteHandle {
  /** @type {Set<() => void>} */ #listeners;
  /** As `lost` of Profile. */
  lost;

  /**
   * @internal
   * @param {Line} line
   * @param {{ handle: number, lost: number }} made
   * @param {Map<number, Set<() => void>>} listening
   */
  constructor(line, { handle, lost }, listening) {
    super(line, handle);
    this.lost = lost;
    this.#listeners = new Set();
    listening.set(handle, this.#listeners);
  }

  /** @returns {Promise<Profile['size']>} */
  get size() {
    return this.ask('size');
  }
  /** @returns {Promise<Profile['version']>} */
  get version() {
    return this.ask('version');
  }
  /** @returns {Promise<Profile['personalized']>} */
  get personalized() {
    return this.ask('personalized');
  }
  /** @returns {Promise<Profile['unknown']>} */
  get unknown() {
    return this.ask('unknown');
  }
  /** @returns {Promise<Profile['history']>} */
  get history() {
    return this.ask('history');
  }

  /** @param {Parameters<Profile['add']>} args @returns {Promise<this>} */
  add(...args) {
    return this.ask('add', args);
  }
  /** @param {Parameters<Profile['rate']>} args @returns {Promise<this>} */
  rate(...args) {
    return this.ask('rate', args);
  }
  /** @param {Parameters<Profile['dislike']>} args @returns {Promise<this>} */
  dislike(...args) {
    return this.ask('dislike', args);
  }
  /** @param {Parameters<Profile['skip']>} args @returns {Promise<this>} */
  skip(...args) {
    return this.ask('skip', args);
  }
  /** @param {Parameters<Profile['remove']>} args @returns {Promised<Profile['remove']>} */
  remove(...args) {
    return this.ask('remove', args);
  }
  /** @param {Parameters<Profile['undo']>} args @returns {Promised<Profile['undo']>} */
  undo(...args) {
    return this.ask('undo', args);
  }
  /** @param {Parameters<Profile['clear']>} args @returns {Promise<this>} */
  clear(...args) {
    return this.ask('clear', args);
  }
  /** @param {Parameters<Profile['forget']>} args @returns {Promised<Profile['forget']>} */
  forget(...args) {
    return this.ask('forget', args);
  }
  /** @param {Parameters<Profile['adjust']>} args @returns {Promise<this>} */
  adjust(...args) {
    return this.ask('adjust', args);
  }

  /**
   * @param {Iterable<string | number> | RemoteHandle} candidates
   * @param {import('../model/types.js').RankOptions & Cancel} [options]
   * @returns {Promised<Profile['rank']>}
   */
  rank(candidates, options = {}) {
    return this.ask('rank', [candidates, options]);
  }
  /**
   * @param {Omit<import('../model/types.js').RecommendOptions, 'filter' | 'exclude'> & Cancel & { filter?:
   *   unknown,
   *   exclude?: unknown }} [options] filter: ids, aspects or a handle, no function
   * @returns {Promised<Profile['recommend']>}
   */
  recommend(options = {}) {
    return this.ask('recommend', [options]);
  }
  /** @param {Parameters<Profile['explain']>} args @returns {Promised<Profile['explain']>} */
  explain(...args) {
    return this.ask('explain', args);
  }
  /** @param {Parameters<Profile['personas']>} args @returns {Promised<Profile['personas']>} */
  personas(...args) {
    return this.ask('personas', args);
  }
  /** @param {Parameters<Profile['tasteDistance']>} args @returns {Promised<Profile['tasteDistance']>} */
  tasteDistance(...args) {
    return this.ask('tasteDistance', args);
  }
  /** @returns {Promised<Profile['save']>} */
  save() {
    return this.ask('save');
  }
  /**
   * Called after every change, here, when the worker has told of it.
   * @param {() => void} listener
   * @returns {() => void} stops
   */
  subscribe(listener) {
    functionArgument('listener', listener ?? null);
    const own = () => listener();
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }
}

/** A model in a worker: as Model, each answer a promise. Make one with `loadModelInWorker`. */
export class RemoteModel extends RemoteHandle {
  #info;
  #listening;

  /**
   * @internal
   * @param {Line} line
   * @param {ModelInfo} info
   * @param {Map<number, Set<() => void>>} listening
   */
  constructor(line, info, listening) {
    super(line, 0);
    this.#info = Object.freeze(info);
    this.#listening = listening;
  }

  /** As `info` of Model, at once. */
  get info() {
    return this.#info;
  }

  /** As of Model, and that it is elsewhere. */
  toString() {
    const { items, dim, personas, bytes } = this.#info;
    return `RemoteModel { N: ${items}, D: ${dim}, P: ${personas}, bytes: ${bytes}, in a worker }`;
  }

  /** @param {Parameters<Model['has']>} args @returns {Promised<Model['has']>} */
  has(...args) {
    return this.ask('has', args);
  }
  /** @param {Parameters<Model['title']>} args @returns {Promised<Model['title']>} */
  title(...args) {
    return this.ask('title', args);
  }
  /** @param {Parameters<Model['aspects']>} args @returns {Promised<Model['aspects']>} */
  aspects(...args) {
    return this.ask('aspects', args);
  }
  /** @returns {Promised<Model['ids']>} */
  ids() {
    return this.ask('ids');
  }
  /**
   * @param {string | number} item
   * @param {{ topK?: number } & Cancel} [options]
   * @returns {Promised<Model['similar']>}
   */
  similar(item, options = {}) {
    return this.ask('similar', [item, options]);
  }
  /** @returns {Promised<Model['diagnostics']>} */
  diagnostics() {
    return this.ask('diagnostics');
  }
  /** @param {Parameters<Model['candidates']>} args */
  async candidates(...args) {
    return new RemoteHandle(this.line, (await this.make('candidates', args)).handle);
  }
  /** @param {Parameters<Model['mask']>} args ids or aspects; a function stays behind, and is refused */
  async mask(...args) {
    return new RemoteHandle(this.line, (await this.make('mask', args)).handle);
  }
  /** @param {Parameters<Model['createProfile']>} args */
  async createProfile(...args) {
    return new RemoteProfile(this.line, await this.make('createProfile', args), this.#listening);
  }
  /** @param {Parameters<Model['restoreProfile']>} args */
  async restoreProfile(...args) {
    return new RemoteProfile(this.line, await this.make('restoreProfile', args), this.#listening);
  }

  /** Ends the worker. Whoever waits, and every later call, gets DISPOSED. */
  async dispose() {
    await this.line.end(new AmpcfError('DISPOSED', 'the model was disposed: load the model again'));
  }

  [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]() {
    return this.dispose();
  }
}

/**
 * @param {WorkerSource} source
 * @returns {Promise<string | Blob | ArrayBuffer | ArrayBufferView>} what can be sent
 */
async function sentSource(source) {
  if (typeof source === 'string' || source instanceof URL) {
    // Relative to the page, not to the file of the worker.
    const page = globalThis.document?.baseURI ?? globalThis.location?.href;
    return page && URL.canParse(String(source), page) ? new URL(source, page).href : String(source);
  }
  if (bytesView(source)) return /** @type {ArrayBufferView} */ (source);
  if (source instanceof Blob) return source;
  if (source instanceof Response && !source.ok)
    throw new AmpcfError(
      'HTTP',
      `model download failed: HTTP ${source.status} for ${source.url}, wanted 200`,
      { status: source.status, url: source.url },
    );
  if (source instanceof ReadableStream ? !source.locked : source instanceof Response && !source.bodyUsed)
    return (source instanceof Response ? source : new Response(/** @type {BodyInit} */ (source))).blob();
  throw badArgument(
    'model source',
    source,
    'a URL, Response, Blob, ReadableStream, ArrayBuffer or typed array',
  );
}

const workerNames = `${loadNames} transfer`;

/**
 * Load a model file in a worker of its own, which ranks there: the page stays free.
 * @param {WorkerSource} source as `loadModel` of 'ampcf', but for a Request
 * @param {WorkerLoadOptions} [options] as `loadModel`, and `transfer`; taste is there, `plugins` cannot be
 *   sent
 * @returns {Promise<RemoteModel>}
 * @throws {AmpcfError} as `loadModel`; an abort rejects with its reason, and ends the worker
 */
export async function loadModelInWorker(source, options = {}) {
  const { signal, onProgress, transfer = false, ...rest } = optionsArgument(options, workerNames);
  if (typeof transfer !== 'boolean') throw badArgument('transfer', transfer, 'true or false');
  signalArgument(signal)?.throwIfAborted();
  functionArgument('onProgress', onProgress);
  const sent = await sentSource(source);
  signal?.throwIfAborted();
  /** @type {Map<number, Set<() => void>>} */
  const listening = new Map();
  const line = openLine(startWorker(), ({ changed }) => {
    for (const listener of listening.get(changed) ?? []) listener();
  });
  const ways = { signal, onProgress, transfer: transfer ? buffersOf(sent) : [] };
  try {
    const { info } = await line.ask({ load: { source: sent, options: rest } }, ways);
    return new RemoteModel(line, info, listening);
  } catch (error) {
    void line.end(error);
    throw error;
  }
}
