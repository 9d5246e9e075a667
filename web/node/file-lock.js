// Owns mutual exclusion of processes by files of one folder. Must not know what is protected. Node only.
import { randomBytes } from 'node:crypto';
import { readdir, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AmpcfError } from '../core/errors.js';
import { isDead } from './process-alive.js';

const waitMs = 2000;
const leaseMs = 10_000;

/**
 * The time of a file's last change; undefined when it has just gone.
 * @param {string} path
 */
const changedAt = async (path) => (await stat(path).catch(() => undefined))?.mtimeMs;

/**
 * Whether anybody else holds a lock. Locks of dead processes are removed: every lock has a name of its own,
 * so that what is removed is never the lock of somebody who came between. A living process holds one for
 * milliseconds; after ten seconds its number belongs to another.
 * @param {string} folder
 * @param {string} own
 */
async function isHeldByOthers(folder, own) {
  // The age of their locks is told by the clock of the file system, so ours is too.
  const now = (await changedAt(join(folder, own))) ?? Date.now();
  let held = false;
  for (const name of await readdir(folder)) {
    const pid = /^lock-(\d{1,10})-[0-9a-f]+$/.exec(name)?.[1];
    if (pid === undefined || name === own) continue;
    const since = await changedAt(join(folder, name));
    if (since === undefined) continue;
    if (isDead(Number(pid)) || now - since > leaseMs) await unlink(join(folder, name)).catch(() => {});
    else held = true;
  }
  return held;
}

/**
 * Does `work` while no other process does. Each process writes a lock of its own and looks for others, and
 * works only when it sees none. Two that see each other both step back for a random while.
 * @template T
 * @param {string} folder
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 * @throws {AmpcfError} PROFILE_LOCKED after 2 s
 */
export async function withLock(folder, work) {
  const own = `lock-${process.pid}-${randomBytes(6).toString('hex')}`;
  const path = join(folder, own);
  const until = Date.now() + waitMs;
  for (;;) {
    try {
      await writeFile(path, '', { flag: 'wx', mode: 0o600 });
      if (!(await isHeldByOthers(folder, own))) return await work();
    } finally {
      await unlink(path).catch(() => {});
    }
    if (Date.now() > until)
      throw new AmpcfError(
        'PROFILE_LOCKED',
        `${folder}: the profile is being written by another process, got no turn in ${waitMs / 1000} s`,
      );
    await new Promise((resolve) => {
      setTimeout(resolve, 1 + Math.random() * 9);
    });
  }
}
