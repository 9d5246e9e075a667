// Owns the bytes that commands write, where '-' stands for standard output; what they read is in web/read.
// Must not know what the bytes mean, and must not print: standard output is written only when it is the file
// asked for.
import { writeFileAtomic } from '../node/atomic-files.js';
import { writeStdout } from './terminal.js';

/**
 * Writes a file whole or not at all, or to standard output for '-'. Throws `DISK_FULL`, `IO`.
 * @param {string} path
 * @param {Uint8Array} bytes
 */
export const writeOutput = (path, bytes) =>
  path === '-' ? writeStdout(bytes) : writeFileAtomic(path, bytes);
