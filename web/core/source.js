// Owns turning what the caller has (URL, Response, Blob, stream, bytes) into the bytes of a model file. The
// only file of the browser entry that may fetch. Must fetch nothing but the URL it was given.
import { badArgument, functionArgument, messageOf, rangeArgument } from './arguments.js';
import { bytesView, hexOf } from './bytes.js';
import { AmpcfError } from './errors.js';

/**
 * @typedef {string | URL | Request | Response | Blob | ArrayBuffer | ArrayBufferView |
 *   ReadableStream<Uint8Array>} ModelSource
 */
/**
 * How much there is of the file. `total` is what the server or the file itself says it will be, also where it
 * is compressed on the way. A file that is a gzip counts as it is downloaded. `fromCache`: only with `cache`.
 * @typedef {{ loaded: number, total: number | undefined, fromCache?: boolean }} LoadProgress
 */
/**
 * @typedef {object} ReadOptions
 * @property {string} [integrity] `sha256-`, `sha384-` or `sha512-` and base64 (or hex) of the file, after
 *   gunzip where it is a gzip: a file that differs is refused with INTEGRITY
 * @property {AbortSignal} [signal] aborts the download; the promise rejects with the signal's reason
 * @property {(progress: LoadProgress) => void} [onProgress]
 * @property {number} [maxBytes] refuse larger files, default 1 GiB
 */

/** What `loadModel` may be told. */
export const loadNames = 'backend module taste plugins cache integrity signal onProgress maxBytes';

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
  // First: merely naming Response or Blob makes Node load them, which takes longer than everything else
  // together.
  let bytes = bytesView(source);
  if (bytes) limit(bytes.byteLength, maxBytes);
  else {
    const { stream, total } = await streamOf(source, options.signal);
    bytes = await readStream(stream, total, maxBytes, options);
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const unzipped = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new DecompressionStream('gzip'));
  return readStream(unzipped, NaN, maxBytes, { signal: options.signal }, 'CHECKSUM', 'gzip file is damaged');
}

/**
 * @param {ModelSource} source
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<{ stream: ReadableStream<Uint8Array>, total: number }>} total: NaN where nobody says
 */
async function streamOf(source, signal) {
  const isUrl = typeof source === 'string' || source instanceof URL;
  // Without a page that a text could be relative to, it is a path; one letter is a drive.
  if (isUrl && !globalThis.location && /^(file:|(?!\w[\w+.-]+:))/i.test(String(source)))
    return (await import('./path.js')).openPath(source);
  let stream = isUrl || source instanceof Request ? await fetchModel(source, signal) : source;
  let total = NaN;
  if (stream instanceof Response) {
    const { ok, status, url, headers, body } = stream;
    if (!ok)
      throw new AmpcfError('HTTP', `model download failed: HTTP ${status} for ${url}, wanted 200`, {
        status,
        url,
      });
    // With a content-encoding the length on the wire is not the length of the body.
    if (!headers.get('content-encoding')) total = Number(headers.get('content-length') ?? NaN);
    stream = body ?? new Blob([]);
  }
  if (stream instanceof Blob) {
    total = stream.size;
    stream = stream.stream();
  }
  if (stream instanceof ReadableStream) return { stream, total };
  throw badArgument(
    'model source',
    source,
    'a URL, Request, Response, Blob, ReadableStream, ArrayBuffer or typed array',
  );
}

/**
 * @param {string | URL | Request} source
 * @param {AbortSignal | undefined} signal
 * @param {RequestInit} [how]
 */
export async function fetchModel(source, signal, how) {
  try {
    return await fetch(source, signal ? { ...how, signal } : how);
  } catch (cause) {
    signal?.throwIfAborted();
    const url = source instanceof Request ? source.url : String(source);
    throw new AmpcfError('HTTP', `model download failed for ${url}: ${messageOf(cause)}`, { url, cause });
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
 * @param {Uint8Array[]} chunks
 * @param {number} size of all together
 */
function joined(chunks, size) {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) (bytes.set(chunk, at), (at += chunk.byteLength));
  return bytes;
}

/**
 * @param {ReadableStream<Uint8Array>} stream
 * @param {number} total NaN: what the head of the file says
 * @param {number} maxBytes
 * @param {ReadOptions} options
 * @param {string} [code] of what breaks it off
 * @param {string} [what] in words
 */
async function readStream(stream, total, maxBytes, options, code = 'HTTP', what = 'download broke off') {
  const { signal, onProgress } = options;
  if (stream.locked) throw badArgument('model source', 'a locked stream', 'another');
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
    if (cause instanceof AmpcfError) throw cause;
    throw new AmpcfError(code, `model ${what} after ${loaded} bytes: ${messageOf(cause)}`, { cause });
  };
  try {
    limit(total, maxBytes);
    for (;;) {
      const { done, value } = await reader.read().catch(broke);
      signal?.throwIfAborted();
      if (done) break;
      const chunk = bytesView(value);
      if (!chunk) throw badArgument('stream chunk', value, 'a Uint8Array');
      chunks.push(chunk);
      loaded += chunk.byteLength;
      limit(loaded, maxBytes);
      // As in src/core/format.h: the size of the whole file, if this is one of ours.
      if (isNaN(total) && loaded > 23) total = sizeIn(joined(chunks, loaded));
      onProgress?.({ loaded, total: loaded <= total ? total : undefined });
    }
  } catch (error) {
    stop();
    throw error;
  } finally {
    signal?.removeEventListener?.('abort', stop);
  }
  return joined(chunks, loaded);
}

/** @param {Uint8Array<ArrayBuffer>} head of a file @returns {number} 0: it is not ours */
const sizeIn = ({ 0: first, buffer }) => (first === 0x89 ? new DataView(buffer).getUint32(16, true) : 0);

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} integrity
 */
async function checkIntegrity(bytes, integrity) {
  const [, bits = 256, wanted = ''] =
    (typeof integrity === 'string' && /^(?:sha(256|384|512)-)?([\w+/]+=*)$/.exec(integrity)) || [];
  const isHex = wanted.length === Number(bits) / 4;
  if (isHex ? /[^0-9a-f]/.test(wanted) : wanted.length !== Math.ceil(Number(bits) / 24) * 4)
    throw badArgument('integrity', integrity, "'sha256-', sha384- or sha512- and its base64 or hex");
  if (!globalThis.crypto?.subtle)
    throw new AmpcfError('INTEGRITY', 'integrity: got no crypto.subtle, wanted https or localhost');
  const digest = new Uint8Array(await crypto.subtle.digest(`SHA-${bits}`, bytes));
  const got = isHex ? hexOf(digest) : btoa(String.fromCharCode(...digest));
  if (got !== wanted)
    throw new AmpcfError('INTEGRITY', `model file: got SHA-${bits} ${got}, wanted ${wanted}`, {
      got,
      wanted,
    });
}
