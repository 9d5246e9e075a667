// Owns the bytes on disk: input read in chunks, output replaced whole or not at all, and the wording of
// system errors.
// Must not know what the bytes mean, and must not print (standard output is written only when it is the file
// asked for).
import { mkdir, open, readdir, realpath, rename, rmdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { addAbortSignal } from 'node:stream';

import { AmpcfError } from '../core/errors.js';

const CHUNK_BYTES = 256 * 1024;

/**
 * The name that messages give to a path.
 * @param {string} path
 */
export const displayName = (path) => (path === '-' ? '<stdin>' : path);

// ---------------------------------------------------------------------------------------------------- errors

/** @type {Record<string, string>} */
const REASONS = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EEXIST: 'is there and is no folder',
  EPERM: 'operation not permitted',
  EISDIR: 'is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'disk quota used up',
  EROFS: 'the disk is read-only',
  EPIPE: 'the reader of the pipe has gone',
};

/**
 * A system error as an AmpcfError; anything that is not a system error is returned as it is.
 * @param {string} action
 * @param {string} path
 * @param {unknown} cause
 */
function ioError(action, path, cause) {
  const reason = /** @type {NodeJS.ErrnoException} */ (cause)?.code;
  if (!(cause instanceof Error) || cause instanceof AmpcfError || typeof reason !== 'string') return cause;
  const code = reason === 'ENOSPC' || reason === 'EDQUOT' ? 'DISK_FULL' : 'IO';
  const message = `${displayName(path)}: cannot ${action}: ${REASONS[reason] ?? cause.message} (${reason})`;
  return new AmpcfError(code, message, { path, reason, cause });
}

// --------------------------------------------------------------------------------------------------- reading

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
 * The bytes of a file, or of standard input for '-', piece by piece. `onBytes` hears what the consumer has
 * finished with; `total` is null where no size is known. Throws `IO`, or the reason of `signal`.
 * @param {string} path
 * @param {{ signal?: AbortSignal, onBytes?: (bytes: number, total: number | null) => void }} [options]
 * @returns {AsyncGenerator<Buffer, void, undefined>}
 */
export async function* readChunks(path, { signal, onBytes } = {}) {
  signal?.throwIfAborted();
  try {
    let total = null;
    let stream = /** @type {import('node:stream').Readable} */ (process.stdin);
    if (path !== '-') {
      const handle = await open(path, 'r');
      const info = await handle.stat();
      if (info.isFile()) total = info.size;
      stream = handle.createReadStream({ highWaterMark: CHUNK_BYTES });
    }
    if (signal) addAbortSignal(signal, stream);
    let bytes = 0;
    for await (const chunk of stream) {
      yield chunk;
      bytes += chunk.length;
      onBytes?.(bytes, total);
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw ioError('read', path, cause);
  }
}

// --------------------------------------------------------------------------------------------------- writing

// Two writes of one target in one process would share the temporary file, so they take turns.
/** @type {Map<string, Promise<void>>} */
const turns = new Map();

/**
 * Replaces a file by `bytes`: whole or not at all, whenever the process is killed; on failure the old file is
 * untouched and no temporary file is left. '-' writes to standard output; a device or a pipe is written to as
 * it is. A symbolic link keeps its place and its target is replaced. Throws `DISK_FULL`, `IO`.
 * @param {string} path
 * @param {Uint8Array} bytes
 */
export async function writeFileAtomic(path, bytes) {
  if (path === '-') return writeStdout(bytes);
  try {
    const old = await stat(path).catch(ignore('ENOENT'));
    if (old && !old.isFile()) return await writePlain(path, bytes);
    const target = old ? await realpath(path) : path;
    const turn = (turns.get(target) ?? Promise.resolve()).then(() => replace(target, bytes, old?.mode));
    const settled = turn.catch(() => {}).finally(() => turns.get(target) === settled && turns.delete(target));
    turns.set(target, settled);
    await turn;
  } catch (cause) {
    throw ioError('write', path, cause);
  }
}

/**
 * Swallows the system errors named.
 * @param {...string} codes
 */
function ignore(...codes) {
  return (/** @type {unknown} */ error) => {
    if (!codes.includes(String(/** @type {NodeJS.ErrnoException} */ (error)?.code))) throw error;
    return undefined;
  };
}

/**
 * @param {string} target
 * @param {Uint8Array} bytes
 * @param {number} [mode]
 */
async function replace(target, bytes, mode) {
  const temp = await stage(target, bytes, mode);
  try {
    await rename(temp, target);
  } catch (error) {
    await unlink(temp).catch(() => {}); // the first error is the one worth telling
    throw error;
  }
  await syncFolder(dirname(target));
}

/**
 * The bytes in a temporary file beside the target, on the disk.
 * @param {string} target
 * @param {Uint8Array} bytes
 * @param {number} [mode]
 */
async function stage(target, bytes, mode = 0o666) {
  const folder = dirname(target);
  await removeStaleTemps(folder, basename(target));
  const temp = join(folder, `.${basename(target)}.${process.pid}.tmp`);
  // In a container every run may have the same pid, so a temp under our own pid is a dead run's.
  await unlink(temp).catch(ignore('ENOENT'));
  try {
    const handle = await open(temp, 'wx', mode & 0o777);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    await unlink(temp).catch(() => {});
    throw error;
  }
  return temp;
}

/**
 * Writes several files of one folder: all of them, or none when one cannot be written. The folder is made
 * where it is missing. Files named in `outdated` and not written again are removed, so that no part of an
 * older set is left among the new. Throws `DISK_FULL`, `IO`.
 * @param {string} folder
 * @param {Map<string, Uint8Array>} files bytes by name
 * @param {readonly string[]} [outdated]
 */
export async function writeFilesTogether(folder, files, outdated = []) {
  let path = folder,
    made;
  /** @type {{ temp: string, target: string }[]} */
  const staged = [];
  try {
    made = await mkdir(folder, { recursive: true });
    for (const [name, bytes] of files) {
      path = join(folder, name);
      if ((await stat(path).catch(ignore('ENOENT')))?.isDirectory())
        throw Object.assign(new Error('is a folder'), { code: 'EISDIR' });
      staged.push({ temp: await stage(path, bytes), target: path });
    }
    for (const { temp, target } of staged) await rename(temp, (path = target));
    for (const name of outdated)
      if (!files.has(name)) await unlink((path = join(folder, name))).catch(ignore('ENOENT'));
    await syncFolder((path = folder));
  } catch (cause) {
    for (const { temp } of staged) await unlink(temp).catch(() => {});
    if (made) await rmdir(folder).catch(() => {}); // only an empty one goes
    throw ioError('write', path, cause);
  }
}

/**
 * Makes a rename survive a power cut.
 * @param {string} folder
 */
async function syncFolder(folder) {
  // Some platforms cannot open or sync a folder, and a folder may be writable but not readable.
  const cannot = ignore('EINVAL', 'EPERM', 'EISDIR', 'EACCES');
  const handle = await open(folder, 'r').catch(cannot);
  if (!handle) return;
  try {
    await handle.sync().catch(cannot);
  } finally {
    await handle.close();
  }
}

/**
 * @param {string} folder
 * @param {string} base
 */
async function removeStaleTemps(folder, base) {
  const names = await readdir(folder).catch(ignore('EACCES'));
  for (const name of names ?? []) {
    if (!name.startsWith(`.${base}.`) || !name.endsWith('.tmp')) continue;
    const pid = name.slice(base.length + 2, -4);
    if (/^[0-9]{1,10}$/.test(pid) && isDead(Number(pid))) await unlink(join(folder, name)).catch(() => {});
  }
}

/** @param {number} pid */
function isDead(pid) {
  if (pid === 0) return true; // kill(0) would ask about our own group
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH';
  }
}

/**
 * @param {string} path
 * @param {Uint8Array} bytes
 */
async function writePlain(path, bytes) {
  const handle = await open(path, 'w');
  try {
    await handle.writeFile(bytes);
  } finally {
    await handle.close();
  }
}

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<void>}
 */
async function writeStdout(bytes) {
  const { stdout } = process;
  await new Promise((resolve, reject) => {
    const fail = (/** @type {Error} */ error) => reject(ioError('write', '<stdout>', error));
    stdout.once('error', fail); // without a listener a closed pipe would end the process
    stdout.write(bytes, (error) => {
      if (error) return; // the event follows
      stdout.off('error', fail);
      resolve(undefined);
    });
  });
}
