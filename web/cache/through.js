// Owns which bytes a load with a cache gets: those that are kept where integrity or the server's ETag says
// that they are still right, or where nothing answers; else those of the server. Must not fetch by itself.
import { badArgument, functionArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { addressOf, keep, keptIn, nameArgument, openCache } from './kept.js';

/** @import { fetchModel, readSource, LoadProgress, ModelSource, ReadOptions } from '../core/source.js' */
/** @import { Kept } from './kept.js' */
/** @typedef {ReadOptions & { cache?: string }} ThroughOptions */
/** @typedef {{ readSource: typeof readSource, fetchModel: typeof fetchModel }} Ways to the network */
/** @typedef {{ bytes: Uint8Array, keep: () => Promise<void> }} Through keep: once the file has proved good */

const keepsNothing = async () => {};

/** @param {unknown} error @param {...string} codes */
const isOneOf = (error, ...codes) => error instanceof AmpcfError && codes.includes(error.code);

/**
 * Where the server may answer "not modified". A page may not ask another origin so without its consent.
 * @param {ModelSource} source
 * @param {string} url
 * @param {Kept | undefined} kept
 * @returns {RequestInit | undefined}
 */
function conditional(source, url, kept) {
  const origin = globalThis.location?.origin;
  if (!kept || (origin && new URL(url).origin !== origin)) return undefined;
  const headers = new Headers(source instanceof Request ? source.headers : undefined);
  const etag = kept.headers.get('etag');
  const modified = kept.headers.get('last-modified');
  if (etag) headers.set('if-none-match', etag);
  else if (modified) headers.set('if-modified-since', modified);
  else return undefined;
  return { headers };
}

/**
 * Whether the server's answer speaks for what is kept: it is the same, or the server is out of order.
 * @param {Response} answer
 * @param {Kept} kept
 */
function saysKept({ status, headers }, kept) {
  const etag = headers.get('etag');
  return status === 304 || status >= 500 || (etag !== null && etag === kept.headers.get('etag'));
}

/**
 * What is kept, where its digest is the one that is wanted; that needs no network.
 * @param {Kept | undefined} kept
 * @param {ThroughOptions} options
 * @param {Ways} ways
 */
async function keptByIntegrity(kept, { integrity, signal }, { readSource }) {
  if (!kept || integrity === undefined) return undefined;
  try {
    return await readSource(kept.bytes, { integrity, ...(signal && { signal }) });
  } catch (error) {
    if (isOneOf(error, 'INTEGRITY')) return undefined;
    throw error;
  }
}

/**
 * The server's answer, or undefined: take what is kept.
 * @param {string | URL | Request} source
 * @param {RequestInit | undefined} how
 * @param {Kept | undefined} spare what may be taken in its place
 * @param {ThroughOptions} options
 * @param {Ways} ways
 */
async function answerOf(source, how, spare, { signal }, { fetchModel }) {
  /** @type {Response} */ let answer;
  try {
    answer = await fetchModel(source, signal, how);
  } catch (error) {
    if (spare && isOneOf(error, 'HTTP')) return undefined;
    throw error;
  }
  if (!spare || !saysKept(answer, spare)) return answer;
  await answer.body?.cancel();
  return undefined;
}

/**
 * Checks what is used before `readSource` checks the rest.
 * @param {ModelSource} source
 * @param {ThroughOptions} options
 * @returns {source is string | URL | Request}
 */
function isAddress(source, { cache, signal, onProgress }) {
  nameArgument(cache);
  functionArgument('onProgress', onProgress);
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function')
    throw badArgument('signal', signal, 'an AbortSignal');
  return typeof source === 'string' || source instanceof URL || source instanceof Request;
}

/**
 * The same options, with progress that says where the bytes come from.
 * @param {ThroughOptions} options
 * @param {boolean} fromCache
 * @returns {ReadOptions}
 */
function told({ integrity, signal, onProgress, maxBytes }, fromCache) {
  return {
    ...(integrity !== undefined && { integrity }),
    ...(signal !== undefined && { signal }),
    ...(maxBytes !== undefined && { maxBytes }),
    ...(onProgress && {
      onProgress: (/** @type {LoadProgress} */ progress) => onProgress({ ...progress, fromCache }),
    }),
  };
}

/**
 * The bytes of a model file, through a cache.
 * @param {ModelSource} source
 * @param {ThroughOptions} options
 * @param {Ways} ways
 * @returns {Promise<Through>}
 */
export async function readThrough(source, options, ways) {
  if (!isAddress(source, options))
    throw badArgument('model source', source, 'a URL or a Request, as there is a cache');
  const { signal } = options;
  const address = addressOf(source);
  const cache = address === undefined ? undefined : await openCache(String(options.cache));
  signal?.throwIfAborted();
  if (!cache || !address)
    return { bytes: await ways.readSource(source, told(options, false)), keep: keepsNothing };
  const kept = await keptIn(cache, address);
  signal?.throwIfAborted();
  const fromCache = async (/** @type {Uint8Array} */ file) => {
    const { onProgress, ...rest } = told(options, true);
    const bytes = await ways.readSource(file, rest);
    onProgress?.({ loaded: bytes.length, total: bytes.length });
    return { bytes, keep: keepsNothing };
  };
  const same = await keptByIntegrity(kept, options, ways);
  if (same) return fromCache(same);
  const spare = options.integrity === undefined ? kept : undefined;
  const answer = await answerOf(source, conditional(source, address, spare), spare, options, ways);
  if (!answer) return fromCache(/** @type {Kept} */ (spare).bytes);
  try {
    const bytes = await ways.readSource(answer, told(options, false));
    return { bytes, keep: async () => void (await keep(cache, address, bytes, answer.headers)) };
  } catch (error) {
    // The line broke: what is kept is whole.
    if (answer.ok && spare && isOneOf(error, 'HTTP')) return fromCache(spare.bytes);
    throw error;
  }
}
