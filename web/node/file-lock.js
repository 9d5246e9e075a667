// Owns mutual exclusion of processes by files of one folder, and the one write that it protects. Must not
// know what is written. Node only.
//
// A process holds the folder while it has a lock file and sees no other. Whether the owner of another lock
// still lives can be asked only in the same place; elsewhere, in a container or on another machine, a lock
// that has not been touched for a while counts as left behind. That can be wrong: a process may be stopped
// for longer. So the lock is also what is written: its owner fills it and renames it to its target, which
// fails where the lock was taken away. Nobody writes without a lock that is still there, however late.
import { open, readdir, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AmpcfError } from '../core/errors.js';
import { syncFolder } from './atomic-files.js';
import { fateOf, signedName } from './process-name.js';

const waitMs = 2000;
/** A living process of this place holds a lock for milliseconds; after this its number belongs to another. */
const leaseMs = 10_000;
/** How long a lock from elsewhere may stay as it is, and how often its owner touches it. */
const silenceMs = 1500;
const touchMs = 300;

/** The names of locks begin so, also those of version 0.1, which are not signed. */
export const lockPrefix = 'lock-';

/**
 * @typedef {(target: string, bytes: Uint8Array) => Promise<boolean>} Become false: the lock was taken away
 */

/**
 * The time of a file's last change; undefined when it has just gone.
 * @param {string} path
 */
const changedAt = async (path) => (await stat(path).catch(() => undefined))?.mtimeMs;

/**
 * Locks from elsewhere as they were first seen, by our own clock: clocks of other machines say nothing.
 * @type {Map<string, { changed: number, seen: number }>}
 */
const watched = new Map();

/**
 * Whether a lock from elsewhere has not been touched for so long that nobody holds it any more.
 * @param {string} path
 * @param {number} changed
 */
function isSilent(path, changed) {
  const known = watched.get(path);
  if (known?.changed === changed) return performance.now() - known.seen > silenceMs;
  watched.set(path, { changed, seen: performance.now() });
  return false;
}

/**
 * @param {string} path
 * @param {string} name
 * @param {number} now by the clock of the file system
 * @returns {Promise<boolean>} whether somebody holds this lock; one that was left behind is removed
 */
async function isHeld(path, name, now) {
  const changed = await changedAt(path);
  if (changed === undefined) return false;
  const fate = fateOf(name.slice(lockPrefix.length));
  const left = fate === 'elsewhere' ? isSilent(path, changed) : fate === 'dead' || now - changed > leaseMs;
  // Every lock has a name of its own, so that what is removed is never the lock of somebody who came between.
  if (left) await unlink(path).catch(() => {});
  return !left;
}

/**
 * @param {string} folder
 * @param {string} own
 */
async function isHeldByOthers(folder, own) {
  // The age of locks is told by the clock of the file system, so ours is too.
  const now = (await changedAt(join(folder, own))) ?? Date.now();
  const others = (await readdir(folder)).filter((name) => name.startsWith(lockPrefix) && name !== own);
  for (const path of watched.keys())
    if (!others.some((name) => join(folder, name) === path) && path.startsWith(join(folder, lockPrefix)))
      watched.delete(path);
  const held = await Promise.all(others.map((name) => isHeld(join(folder, name), name, now)));
  return held.includes(true);
}

/**
 * @param {string} folder
 * @param {string} path of the lock
 * @returns {Become}
 */
const becomeOf = (folder, path) => async (target, bytes) => {
  try {
    const handle = await open(path, 'r+');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(path, target);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return false;
    throw error;
  }
  await syncFolder(folder);
  return true;
};

/**
 * Does work while others can see that we live.
 * @template T
 * @param {string} path of the lock
 * @param {() => Promise<T>} work
 */
async function touching(path, work) {
  const timer = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), touchMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/**
 * Does `work` while no other process does. Each process writes a lock of its own and looks for others, and
 * works only when it sees none. Two that see each other both step back for a random while.
 * @template T
 * @param {string} folder
 * @param {(become: Become) => Promise<T>} work
 * @returns {Promise<T>}
 * @throws {AmpcfError} PROFILE_LOCKED after 2 s
 */
export async function withLock(folder, work) {
  const until = performance.now() + waitMs;
  for (;;) {
    // A name for each attempt: who waits must not look like one who holds the same lock all the time.
    const own = `${lockPrefix}${signedName()}`;
    const path = join(folder, own);
    try {
      await writeFile(path, '', { flag: 'wx', mode: 0o600 });
      if (!(await isHeldByOthers(folder, own)))
        return await touching(path, () => work(becomeOf(folder, path)));
    } finally {
      await unlink(path).catch(() => {});
    }
    if (performance.now() > until)
      throw new AmpcfError(
        'PROFILE_LOCKED',
        `${folder}: the profile is being written by another process, got no turn in ${waitMs / 1000} s`,
      );
    await new Promise((resolve) => {
      setTimeout(resolve, 1 + Math.random() * 9);
    });
  }
}
