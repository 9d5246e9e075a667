// Owns named pipes, opened so that nothing waits in the system: a thread that waits there for the other end
// keeps the process from ending, whatever the signal. Must not be used for other files.
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';

const pauseMs = 5;
const chunkBytes = 64 * 1024;

const pause = () =>
  new Promise((resolve) => {
    setTimeout(resolve, pauseMs);
  });

/**
 * Tries again and again while the other end is not ready.
 * @template T
 * @param {string} code of the error that says so
 * @param {() => Promise<T>} attempt
 * @returns {Promise<T>}
 */
async function patiently(code, attempt) {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== code) throw error;
    }
    await pause();
  }
}

/**
 * What writers write, until the last of them has closed it. While there has been none the end is not the end;
 * one that comes and goes between two looks, and writes nothing, is not seen.
 * @param {string} path
 * @returns {AsyncGenerator<Buffer, void, undefined>}
 */
async function* chunksOf(path) {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    for (let met = false; ;) {
      const bytes = Buffer.allocUnsafe(chunkBytes);
      const { bytesRead } = await patiently('EAGAIN', () => {
        const read = handle.read(bytes, 0, chunkBytes, null);
        read.catch(() => (met = true)); // a writer is there and has nothing yet
        return read;
      });
      met ||= bytesRead > 0;
      if (bytesRead > 0) yield bytes.subarray(0, bytesRead);
      else if (met) return;
      else await pause();
    }
  } finally {
    await handle.close();
  }
}

/** @param {string} path */
export const readFifo = (path) => Readable.from(chunksOf(path), { objectMode: false });

/**
 * @param {string} path
 * @param {Uint8Array} bytes
 */
export async function writeFifo(path, bytes) {
  const handle = await patiently('ENXIO', () => open(path, constants.O_WRONLY | constants.O_NONBLOCK));
  try {
    for (let at = 0; at < bytes.length;)
      at += (await patiently('EAGAIN', () => handle.write(bytes, at))).bytesWritten;
  } finally {
    await handle.close();
  }
}
