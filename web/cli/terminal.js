// Owns standard output and standard error: every character that a command prints goes through here, and text
// is made harmless on the way. Must not know what is said.
import { fstatSync, writeSync } from 'node:fs';
import { ioError } from '../node/io-error.js';
import { shown } from './harmless.js';

/** @param {unknown} cause */
const failed = (cause) => ioError('write', '<stdout>', cause);

/** Whether standard output is a file or a device: its stream would drop what a full disk did not take. */
function isFile() {
  const info = fstatSync(1);
  return info.isFile() || (info.isCharacterDevice() && !process.stdout.isTTY);
}

/** @param {Uint8Array} bytes */
function writeWhole(bytes) {
  for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at);
}

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<void>}
 */
const writeStream = ({ buffer, byteOffset, length }) =>
  new Promise((resolve, reject) => {
    const { stdout } = process;
    stdout.once('error', reject); // without a listener a closed pipe would end the process
    stdout.write(Buffer.from(buffer, byteOffset, length), (error) => {
      if (error) return; // the event follows
      stdout.off('error', reject);
      resolve();
    });
  });

/**
 * Bytes to standard output as they are. Throws `DISK_FULL`, `IO`.
 * @param {Uint8Array} bytes
 */
export async function writeStdout(bytes) {
  try {
    if (isFile()) writeWhole(bytes);
    else await writeStream(bytes);
  } catch (cause) {
    throw failed(cause);
  }
}

/**
 * Text to standard output. Throws `DISK_FULL`, `IO`.
 * @param {string} text
 */
export const print = (text) => writeStdout(new TextEncoder().encode(shown(text)));

/**
 * Text to standard error.
 * @param {string} text
 * @param {NodeJS.WriteStream} [stream]
 */
export const complain = (text, stream = process.stderr) => void stream.write(shown(text));

/**
 * Text in the place of the last line of a terminal, which is cleared; '' leaves it empty.
 * @param {NodeJS.WriteStream} stream
 * @param {string} text
 */
export const overwriteLine = (stream, text) => void stream.write(`\r\x1b[K${shown(text)}`);

/** Listens to the errors that nobody waits for: a reader that stops early (`| head`) is not an error. */
export function guardStreams() {
  process.stderr.on('error', () => {}); // whom could one tell?
  process.stdout.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code === 'EPIPE') process.exit(0);
  });
}
