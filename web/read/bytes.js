// Owns the bytes of a file, where '-' stands for standard input. Must not know what the bytes mean, or print.
import { open, stat } from 'node:fs/promises';
import { addAbortSignal } from 'node:stream';

import { readFifo } from '../node/fifo.js';
import { ioError } from '../node/io-error.js';
import { inline } from './inline.js';

const CHUNK_BYTES = 256 * 1024;

/**
 * The name that messages give to a path.
 * @param {string} path
 */
export const displayName = (path) => (path === '-' ? '<stdin>' : inline(path));

/**
 * Everything in a file, or on standard input for '-'. Throws `IO`.
 * @param {string} path
 * @returns {Promise<Buffer>}
 */
export async function readFileBytes(path) {
  const parts = [];
  for await (const chunk of readChunks(path)) parts.push(chunk);
  return Buffer.concat(parts);
}

/**
 * @param {string} path
 * @returns {Promise<{ stream: import('node:stream').Readable, total: number | null }>} total: bytes, where it
 *   is known
 */
async function openInput(path) {
  if (path === '-') return { stream: process.stdin, total: null };
  if ((await stat(path)).isFIFO()) return { stream: readFifo(path), total: null };
  const handle = await open(path, 'r');
  const info = await handle.stat();
  return {
    stream: handle.createReadStream({ highWaterMark: CHUNK_BYTES }),
    total: info.isFile() ? info.size : null,
  };
}

/**
 * The bytes of a file, or of standard input for '-', piece by piece. `onBytes` hears what the consumer has
 * finished with; `total` is null where no size is known. Throws `IO`, or the reason of `signal`.
 * @param {string} path
 * @param {{ signal?: AbortSignal, onBytes?: (bytes: number, total: number | null) => void }} [options]
 * @returns {AsyncGenerator<Buffer, void, undefined>}
 */
export async function* readChunks(path, { signal, onBytes } = {}) {
  signal?.throwIfAborted();
  try {
    const { stream, total } = await openInput(path);
    if (signal) addAbortSignal(signal, stream);
    let bytes = 0;
    for await (const chunk of stream) {
      yield chunk;
      bytes += chunk.length;
      onBytes?.(bytes, total);
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw ioError('read', path, cause, displayName(path));
  }
}

/**
 * Bytes that are there already, piece by piece.
 * @param {Uint8Array} bytes
 * @returns {AsyncGenerator<Buffer, void, undefined>}
 */
export async function* chunksOf(bytes) {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < all.length; at += CHUNK_BYTES) yield all.subarray(at, at + CHUNK_BYTES);
}
