// Owns the model files that a cache of the browser holds: one under its URL, with what is known of it in
// headers, told from what the app itself keeps there. Must not fetch, and must not fail where there is no
// cache.
import { badArgument } from '../core/arguments.js';
import { hexOf } from '../core/bytes.js';
import { optionsArgument } from '../core/options.js';

/**
 * @typedef {object} CacheOptions
 * @property {string} [cache] the name that `loadModel` was given, default 'ampcf'
 */
/**
 * @typedef {object} CachedModel
 * @property {string} url
 * @property {number} bytes of the file
 * @property {string | null} etag that the server gave it
 * @property {string | null} sha256 in hex; null: kept where there is no crypto.subtle
 * @property {string} storedAt ISO 8601
 */
/**
 * A file that is kept and is as it was put there.
 * @typedef {{ bytes: Uint8Array, headers: Headers }} Kept
 */

/** What marks an answer as ours: when it was put there. */
const mark = 'x-ampcf-stored-at';
const digestHeader = 'x-ampcf-sha256';
/** A cache that does not answer is none. */
const patienceMs = 3000;

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<string | null>} hex; null where it cannot be computed
 */
async function digestOf(bytes) {
  if (!globalThis.crypto?.subtle) return null;
  return hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))));
}

/**
 * What comes of it, or undefined where it fails or takes too long: private windows, no space, no permission.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T | undefined>}
 */
async function ifItWorks(work) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  try {
    return await /** @type {Promise<T | undefined>} */ (Promise.race([work(), late]));
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** @param {unknown} name */
export function nameArgument(name) {
  if (typeof name !== 'string' || name === '')
    throw badArgument('cache', name, 'the name of a cache, a text that is not empty');
  return name;
}

/**
 * The address without its fragment, absolute where it can be; undefined for what caches do not take.
 * @param {unknown} source
 */
export function addressOf(source) {
  const given = source instanceof Request ? (source.method === 'GET' ? source.url : '') : source;
  if (typeof given !== 'string' && !(given instanceof URL)) return undefined;
  try {
    const url = new URL(given, globalThis.location?.href);
    url.hash = '';
    return /^https?:$/.test(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Caches are there in pages and workers of https and localhost, and not in Node.
 * @param {string} name
 * @returns {Promise<Cache | undefined>}
 */
export const openCache = (name) => ifItWorks(async () => globalThis.caches?.open(name));

/**
 * What is kept for an address. What is damaged is removed.
 * @param {Cache} cache
 * @param {string} url
 * @returns {Promise<Kept | undefined>}
 */
export const keptIn = (cache, url) =>
  ifItWorks(async () => {
    const answer = await cache.match(url);
    if (!answer?.headers.get(mark)) return undefined;
    const { headers } = answer;
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const digest = headers.get(digestHeader);
    const isWhole = bytes.length === Number(headers.get('content-length'));
    if (isWhole && (digest === null || [null, digest].includes(await digestOf(bytes))))
      return { bytes, headers };
    await cache.delete(url);
    return undefined;
  });

/**
 * Replaces what is kept for an address. Without space what was there stays, and nothing is said.
 * @param {Cache} cache
 * @param {string} url
 * @param {Uint8Array} bytes
 * @param {Headers} from the server
 */
export const keep = (cache, url, bytes, from) =>
  ifItWorks(async () => {
    const headers = new Headers({
      'content-type': 'application/octet-stream',
      'content-length': String(bytes.length),
      [mark]: new Date().toISOString(),
    });
    const digest = await digestOf(bytes);
    if (digest) headers.set(digestHeader, digest);
    for (const name of ['etag', 'last-modified']) {
      const value = from.get(name);
      if (value) headers.set(name, value);
    }
    await cache.put(url, new Response(new Uint8Array(bytes), { headers }));
  });

/**
 * Every answer of ours.
 * @param {Cache} cache
 */
async function answersIn(cache) {
  const found = [];
  for (const request of await cache.keys()) {
    const headers = (await cache.match(request))?.headers;
    if (headers?.get(mark)) found.push({ request, headers });
  }
  return found;
}

/**
 * @param {CacheOptions} options
 * @returns {string}
 */
function cacheName(options) {
  const { cache = 'ampcf' } = optionsArgument(options, 'cache');
  return nameArgument(cache);
}

/**
 * The model files that are kept; none where there is no cache.
 * @param {CacheOptions} [options]
 * @returns {Promise<CachedModel[]>}
 */
export async function cachedModels(options = {}) {
  const cache = await openCache(cacheName(options));
  const answers = (cache && (await ifItWorks(() => answersIn(cache)))) ?? [];
  return answers.map(({ request, headers }) => ({
    url: request.url,
    bytes: Number(headers.get('content-length')),
    etag: headers.get('etag'),
    sha256: headers.get(digestHeader),
    storedAt: String(headers.get(mark)),
  }));
}

/**
 * Removes one model file.
 * @param {string | URL | Request} url that it was loaded from
 * @param {CacheOptions} [options]
 * @returns {Promise<boolean>} whether it was there
 */
export async function deleteCachedModel(url, options = {}) {
  const name = cacheName(options);
  const address = addressOf(url);
  if (!address) throw badArgument('url', url, 'the http or https address of a model file');
  const cache = await openCache(name);
  const answer = cache && (await ifItWorks(() => cache.match(address)));
  return Boolean(answer?.headers.get(mark) && (await ifItWorks(async () => cache?.delete(address))));
}

/**
 * Removes every model file, and nothing that the app itself put there.
 * @param {CacheOptions} [options]
 * @returns {Promise<number>} how many
 */
export async function clearCachedModels(options = {}) {
  const name = cacheName(options);
  const cache = await openCache(name);
  if (!cache) return 0;
  const answers = (await ifItWorks(() => answersIn(cache))) ?? [];
  for (const { request } of answers) await ifItWorks(() => cache.delete(request));
  if ((await ifItWorks(() => cache.keys()))?.length === 0) await ifItWorks(() => caches.delete(name));
  return answers.length;
}
