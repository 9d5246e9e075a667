// Owns turning what the caller has (URL, Response, Blob, stream, bytes) into the bytes of a model file. The
// only file of the browser entry that may fetch. Must fetch nothing but the URL it was given.
import { badArgument, functionArgument, messageOf, rangeArgument } from './arguments.js';
import { bytesView, hexOf } from './bytes.js';
import { AmpcfError } from './errors.js';

/**
 * @typedef {string | URL | Response | Blob | ArrayBuffer | ArrayBufferView | ReadableStream<Uint8Array>}
 *   ModelSource
 */
/** @typedef {{ loaded: number, total: number | undefined }} LoadProgress */
/**
 * @typedef {object} ReadOptions
 * @property {string} [integrity] `sha256-` + base64 (or hex) of the file: a file that differs is refused with
 *   INTEGRITY
 * @property {AbortSignal} [signal] aborts the download; the promise rejects with the signal's reason
 * @property {(progress: LoadProgress) => void} [onProgress]
 * @property {number} [maxBytes] refuse larger files, default 1 GiB
 */

/** What `loadModel` may be told. */
export const loadNames = 'backend module taste plugins integrity signal onProgress maxBytes';

/**
 * @param {ModelSource} source
 * @param {ReadOptions} options
 * @returns {Promise<Uint8Array>}
 */
export async function readSource(source, options) {
  const { signal, onProgress, maxBytes } = options;
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function')
    throw badArgument('signal', signal, 'an AbortSignal');
  functionArgument('onProgress', onProgress);
  if (maxBytes !== undefined) rangeArgument('maxBytes', maxBytes, 0, Infinity, 'a number >= 0');
  signal?.throwIfAborted();
  const bytes = await bytesOf(source, options);
  if (options.integrity === undefined) return bytes;
  // A copy of our own: nobody can change it between the check and its use, and digest refuses shared memory.
  const copy = new Uint8Array(bytes);
  await checkIntegrity(copy, options.integrity);
  return copy;
}

/**
 * @param {ModelSource} source
 * @param {ReadOptions} options
 * @returns {Promise<Uint8Array>}
 */
async function bytesOf(source, options) {
  const maxBytes = options.maxBytes ?? 2 ** 30;
  const view = bytesView(source);
  if (view) {
    // First: merely naming Response or Blob makes Node load them, which takes longer than everything else
    // together.
    limit(view.byteLength, maxBytes);
    return view;
  }
  if (typeof source === 'string' || source instanceof URL)
    return bytesOf(await fetchModel(source, options.signal), options);
  let stream = source;
  let total = NaN;
  if (source instanceof Response) {
    if (!source.ok)
      throw new AmpcfError(
        'HTTP',
        `model download failed: HTTP ${source.status} for ${source.url}, wanted 200`,
        { status: source.status, url: source.url },
      );
    // With a content-encoding the length on the wire is not the length of the body.
    if (!source.headers.get('content-encoding')) total = Number(source.headers.get('content-length') ?? NaN);
    stream = source.body ?? new Blob([]);
  }
  if (stream instanceof Blob) {
    total = stream.size;
    stream = stream.stream();
  }
  if (stream instanceof ReadableStream) return readStream(stream, total, maxBytes, options);
  throw badArgument(
    'model source',
    source,
    'a URL, Response, Blob, ReadableStream, ArrayBuffer or typed array',
  );
}

/**
 * @param {string | URL} url
 * @param {AbortSignal | undefined} signal
 */
async function fetchModel(url, signal) {
  try {
    return await fetch(url, { signal: signal ?? null });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new AmpcfError('HTTP', `model download failed for ${url}: ${messageOf(cause)}`, {
      url: String(url),
      cause,
    });
  }
}

/**
 * The bytes of a part of a file, or all of it from a server that does not know ranges.
 * @param {string | URL} url
 * @param {number} from
 * @param {number} to
 * @param {AbortSignal} [signal]
 * @returns {Promise<{ bytes: Uint8Array, size: number, whole: boolean }>}
 */
export async function readRange(url, from, to, signal) {
  const fail = (/** @type {string} */ got, /** @type {unknown} */ cause = undefined) =>
    new AmpcfError('HTTP', `bytes ${from} to ${to - 1} of ${url}: got ${got}, wanted these bytes`, {
      url: String(url),
      cause,
    });
  /** @type {Response} */ let response;
  /** @type {Uint8Array} */ let bytes;
  try {
    response = await fetch(url, { headers: { range: `bytes=${from}-${to - 1}` }, signal: signal ?? null });
    if (!response.ok) throw fail(`HTTP ${response.status}`);
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    signal?.throwIfAborted();
    throw cause instanceof AmpcfError ? cause : fail(messageOf(cause), cause);
  }
  if (response.status !== 206) return { bytes, size: bytes.length, whole: true };
  const [, start, end, size] =
    /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.headers.get('content-range') ?? '') ?? [];
  if (Number(start) !== from || bytes.length !== Number(end) - from + 1 || bytes.length > to - from)
    throw fail(`${bytes.length} bytes, said to be ${response.headers.get('content-range')}`);
  return { bytes, size: Number(size), whole: false };
}

/**
 * @param {number} bytes
 * @param {number} maxBytes
 */
function limit(bytes, maxBytes) {
  if (bytes > maxBytes)
    throw new AmpcfError(
      'LIMIT',
      `model file: got ${bytes} bytes, wanted at most ${maxBytes} (options.maxBytes)`,
      { limit: maxBytes },
    );
}

/**
 * @param {ReadableStream<Uint8Array>} stream
 * @param {number} declared
 * @param {number} maxBytes
 * @param {ReadOptions} options
 */
async function readStream(stream, declared, maxBytes, { signal, onProgress }) {
  if (stream.locked) throw badArgument('model source', 'a locked stream', 'one to read');
  const reader = stream.getReader();
  const stop = () => {
    reader.cancel(signal?.reason).catch(() => {});
  };
  signal?.addEventListener?.('abort', stop, { once: true });
  /** @type {Uint8Array[]} */
  const chunks = [];
  let loaded = 0;
  const broke = (/** @type {unknown} */ cause) => {
    signal?.throwIfAborted();
    throw new AmpcfError('HTTP', `model download broke off after ${loaded} bytes: ${messageOf(cause)}`, {
      cause,
    });
  };
  try {
    limit(declared, maxBytes);
    for (;;) {
      const { done, value } = await reader.read().catch(broke);
      signal?.throwIfAborted();
      if (done) break;
      const chunk = bytesView(value);
      if (!chunk) throw badArgument('stream chunk', value, 'a Uint8Array');
      chunks.push(chunk);
      loaded += chunk.byteLength;
      limit(loaded, maxBytes);
      onProgress?.({ loaded, total: declared || undefined });
    }
  } catch (error) {
    stop();
    throw error;
  } finally {
    signal?.removeEventListener?.('abort', stop);
  }
  const bytes = new Uint8Array(loaded);
  let at = 0;
  for (const chunk of chunks) (bytes.set(chunk, at), (at += chunk.byteLength));
  return bytes;
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} integrity
 */
async function checkIntegrity(bytes, integrity) {
  const wanted =
    typeof integrity === 'string' && /^(?:sha256-)?([0-9a-f]{64}|[A-Za-z0-9+/]{43}=)$/.exec(integrity);
  if (!wanted) throw badArgument('integrity', integrity, "'sha256-' and the base64 or hex digest");
  if (!globalThis.crypto?.subtle)
    throw new AmpcfError(
      'INTEGRITY',
      'integrity: got no crypto.subtle, wanted a secure context (https or localhost)',
    );
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const got = wanted[1].length === 64 ? hexOf(digest) : btoa(String.fromCharCode(...digest));
  if (got !== wanted[1])
    throw new AmpcfError('INTEGRITY', `model file: got SHA-256 ${got}, wanted ${wanted[1]}`, {
      got,
      wanted: wanted[1],
    });
}
