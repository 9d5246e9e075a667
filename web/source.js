// Owns turning what the caller has (URL, Response, Blob, stream, bytes) into the bytes of a model file. The only file of the
// browser entry that may fetch, and only the URL it was given.
import { AmpcfError } from './errors.js';

/** @typedef {string | URL | Response | Blob | ArrayBuffer | ArrayBufferView | ReadableStream<Uint8Array>} ModelSource */
/** @typedef {{ loaded: number, total: number | undefined }} LoadProgress */
/**
 * @typedef {object} ReadOptions
 * @property {string} [integrity] `sha256-` + base64 (or hex) of the file: a file that differs is refused with INTEGRITY
 * @property {AbortSignal} [signal] aborts the download; the promise rejects with the signal's reason
 * @property {(progress: LoadProgress) => void} [onProgress]
 * @property {number} [maxBytes] refuse larger files, default 1 GiB
 */

/** @param {ModelSource} source @param {ReadOptions} options @returns {Promise<Uint8Array>} */
export async function readSource(source, options) {
  options.signal?.throwIfAborted();
  const bytes = await bytesOf(source, options);
  if (options.integrity === undefined) return bytes;
  // A copy of our own: nobody can change it between the check and its use, and digest refuses shared memory.
  const copy = Uint8Array.from(bytes);
  await checkIntegrity(copy, options.integrity);
  return copy;
}

/** @param {ModelSource} source @param {ReadOptions} options @returns {Promise<Uint8Array>} */
async function bytesOf(source, options) {
  const maxBytes = options.maxBytes ?? 2 ** 30;
  if (typeof source === 'string' || source instanceof URL) return bytesOf(await fetchModel(source, options.signal), options);
  if (source instanceof Response) {
    if (!source.ok) throw new AmpcfError('HTTP', `model download failed: HTTP ${source.status} for ${source.url}, wanted 200`, { status: source.status, url: source.url });
    // With a content-encoding the length on the wire is not the length of the body.
    const declared = source.headers.get('content-encoding') ? NaN : Number(source.headers.get('content-length') ?? NaN);
    return readStream(source.body ?? new Blob([]).stream(), declared, maxBytes, options);
  }
  if (source instanceof Blob) return readStream(source.stream(), source.size, maxBytes, options);
  if (source instanceof ReadableStream) return readStream(source, NaN, maxBytes, options);
  const view = ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : source instanceof ArrayBuffer || isSharedBuffer(source) ? new Uint8Array(source) : undefined;
  if (!view) throw new AmpcfError('BAD_ARGUMENT', `model source: got ${describe(source)}, wanted a URL, Response, Blob, ReadableStream, ArrayBuffer or typed array`);
  limit(view.byteLength, maxBytes);
  return view;
}

/** @param {unknown} source @returns {source is ArrayBuffer} */
function isSharedBuffer(source) {
  return typeof SharedArrayBuffer !== 'undefined' && source instanceof SharedArrayBuffer;
}

/** @param {unknown} value */
function describe(value) {
  return value === null ? 'null' : typeof value === 'object' ? value.constructor?.name ?? 'an object' : typeof value;
}

/** @param {string | URL} url @param {AbortSignal | undefined} signal */
async function fetchModel(url, signal) {
  try {
    return await fetch(url, { signal: signal ?? null });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new AmpcfError('HTTP', `model download failed for ${url}: ${cause instanceof Error ? cause.message : cause}`, { url: String(url), cause });
  }
}

/** @param {number} bytes @param {number} maxBytes */
function limit(bytes, maxBytes) {
  if (bytes > maxBytes) throw new AmpcfError('LIMIT', `model file: got ${bytes} bytes, wanted at most ${maxBytes} (options.maxBytes)`, { limit: maxBytes });
}

/** @param {ReadableStream<Uint8Array>} stream @param {number} declared @param {number} maxBytes @param {ReadOptions} options */
async function readStream(stream, declared, maxBytes, { signal, onProgress }) {
  if (declared > maxBytes) limit(declared, maxBytes);
  const reader = stream.getReader();
  const stop = () => { reader.cancel(signal?.reason).catch(() => {}); };
  signal?.addEventListener('abort', stop, { once: true });
  /** @type {Uint8Array[]} */
  const chunks = [];
  let loaded = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      signal?.throwIfAborted();
      if (done) break;
      chunks.push(value);
      loaded += value.byteLength;
      limit(loaded, maxBytes);
      onProgress?.({ loaded, total: Number.isFinite(declared) ? declared : undefined });
    }
  } catch (cause) {
    stop();
    if (cause instanceof AmpcfError) throw cause;
    signal?.throwIfAborted();
    throw new AmpcfError('HTTP', `model download broke off after ${loaded} bytes: ${cause instanceof Error ? cause.message : cause}`, { cause });
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  const bytes = new Uint8Array(loaded);
  let at = 0;
  for (const chunk of chunks) bytes.set(chunk, at), at += chunk.byteLength;
  return bytes;
}

/** @param {Uint8Array<ArrayBuffer>} bytes @param {string} integrity */
async function checkIntegrity(bytes, integrity) {
  const wanted = /^(?:sha256-)?(?:([0-9a-f]{64})|([A-Za-z0-9+/]{43}=))$/.exec(integrity);
  if (!wanted) throw new AmpcfError('BAD_ARGUMENT', `integrity: got ${JSON.stringify(integrity)}, wanted 'sha256-' and the base64 or hex digest`);
  if (!globalThis.crypto?.subtle) throw new AmpcfError('INTEGRITY', 'integrity cannot be checked: crypto.subtle needs a secure context (https or localhost)');
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const hex = [...digest].map((b) => b.toString(16).padStart(2, '0')).join('');
  const wantedHex = wanted[1] ?? [...atob(wanted[2])].map((c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  if (hex !== wantedHex) throw new AmpcfError('INTEGRITY', `model file: got SHA-256 ${hex}, wanted ${wantedHex}`, { got: hex, wanted: wantedHex });
}

/** What a file that is not ours probably is. @param {Uint8Array} bytes */
export function guessKind(bytes) {
  const head = new TextDecoder('latin1').decode(Uint8Array.from(bytes.subarray(0, 64)));
  if (bytes.length === 0) return 'an empty file';
  if (/^\s*<(?:!doctype|html|head|body|\?xml)/i.test(head)) return 'an HTML or XML page (a 404 page?)';
  if (head.startsWith('\x1f\x8b')) return 'a gzip file: serve it with content-encoding, or decompress it first';
  if (head.startsWith('PK\x03\x04')) return 'a zip file';
  if (head.startsWith('version https://git-lfs')) return 'a Git LFS pointer, not the file itself';
  if (/^\s*[{[]/.test(head)) return 'JSON text';
  if (head.startsWith('\0asm')) return 'a WebAssembly module';
  return `an unknown file beginning with ${[...bytes.subarray(0, 8)].map((b) => b.toString(16).padStart(2, '0')).join(' ')}`;
}
