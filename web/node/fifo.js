// Owns named pipes, opened so that nothing waits in the system: a thread that waits there for the other end
// keeps the process from ending, whatever the signal. Must not be used for other files.
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { Socket } from 'node:net';

const pauseMs = 20;

/**
 * @param {string} path
 * @returns {Promise<import('node:stream').Readable>} what writers write, until the last of them has closed it
 */
export async function readFifo(path) {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return overHandle(handle, { readable: true, writable: false });
}

/**
 * @param {import('node:fs/promises').FileHandle} handle
 * @param {{ readable: boolean, writable: boolean }} ways
 */
function overHandle(handle, ways) {
  const socket = new Socket({ fd: handle.fd, ...ways });
  // The socket closes the descriptor; the handle, kept until then, must not close it again.
  socket.once('close', () => void handle.close().catch(() => {}));
  return socket;
}

/**
 * Waits for a reader by asking again and again.
 * @param {string} path
 * @returns {Promise<import('node:fs/promises').FileHandle>}
 */
async function openForReader(path) {
  for (;;) {
    try {
      return await open(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENXIO') throw error;
    }
    await new Promise((resolve) => {
      setTimeout(resolve, pauseMs);
    });
  }
}

/**
 * @param {string} path
 * @param {Uint8Array} bytes
 */
export async function writeFifo(path, bytes) {
  const socket = overHandle(await openForReader(path), { readable: false, writable: true });
  await new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.end(bytes, () => resolve(undefined));
  });
}
