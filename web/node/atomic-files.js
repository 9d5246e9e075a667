// Owns files replaced whole or not at all. Must not know what the bytes mean.
import { access, mkdir, open, readdir, realpath, rename, rmdir, stat, unlink } from 'node:fs/promises';
import { constants } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writeFifo } from './fifo.js';
import { ioError } from './io-error.js';
import { fateOf, signature, signedName } from './process-name.js';

// Two writes of one target in one process would share the temporary file, so they take turns.
/** @type {Map<string, Promise<void>>} */
const turns = new Map();

/**
 * Replaces a file by `bytes`: whole or not at all, whenever the process is killed; on failure the old file is
 * untouched and no temporary file is left. A device or a pipe is written to as it is. A symbolic link keeps
 * its place and its target is replaced. Throws `DISK_FULL`, `IO`.
 * @param {string} path
 * @param {Uint8Array} bytes
 */
export async function writeFileAtomic(path, bytes) {
  try {
    const old = await stat(path).catch(ignore('ENOENT'));
    if (old?.isFIFO()) return await writeFifo(path, bytes);
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
 * Throws what `writeFileAtomic` would most likely throw, without writing: for work that takes long.
 * @param {string} path
 */
export async function checkReplaceable(path) {
  try {
    const old = await stat(path).catch(ignore('ENOENT'));
    if (old?.isDirectory()) throw Object.assign(new Error('is a folder'), { code: 'EISDIR' });
    if (old && !old.isFile()) return await access(path, constants.W_OK);
    const target = old ? await realpath(path) : path;
    await access(dirname(target), constants.W_OK | constants.X_OK);
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
  const temp = join(folder, tempName(basename(target)));
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
  let path = folder;
  let made;
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
export async function syncFolder(folder) {
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

/** What nobody has written to for so long was left behind, wherever its process was. */
const oldMs = 24 * 3600 * 1000;

/**
 * A name that no other process gives: processes of several containers have the same numbers.
 * @param {string} base
 * @param {number} [pid]
 */
export const tempName = (base, pid) => `.${base}.${signedName(pid)}.tmp`;

const signed = new RegExp(`^${signature.source}-[0-9a-f]{12}$|^[0-9]{1,10}$`);

/**
 * Whether a temporary file was left by a process that is no more.
 * @param {string} path
 * @param {string} signer
 */
async function isLeft(path, signer) {
  const fate = fateOf(signer);
  if (fate !== 'elsewhere') return fate === 'dead';
  const info = await stat(path).catch(() => undefined);
  return info !== undefined && Date.now() - info.mtimeMs > oldMs;
}

/**
 * @param {string} folder
 * @param {string} base
 */
async function removeStaleTemps(folder, base) {
  const names = await readdir(folder).catch(ignore('EACCES'));
  for (const name of names ?? []) {
    if (!name.startsWith(`.${base}.`) || !name.endsWith('.tmp')) continue;
    const signer = name.slice(base.length + 2, -4);
    const path = join(folder, name);
    if (signed.test(signer) && (await isLeft(path, signer))) await unlink(path).catch(() => {});
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
