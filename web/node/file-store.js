// Owns the store of files for Node. Must not be needed by a page, and must not look into what it keeps.
import { mkdir, readFile, readdir, rmdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { badArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { sameBytes } from '../store/bytes.js';
import { withLock } from './file-lock.js';

/** @import { Become } from './file-lock.js' */
/** @import { ProfileStore, Slots } from '../store/memory-store.js' */

const slotNames = ['slot-0', 'slot-1'];
const badName = 'profile.bad';
/** What this store makes, and so may remove. */
const ours = /^(?:slot-[01]|profile\.bad|\.slot-[01]\.\d{1,10}\.tmp)$/;

/** @param {unknown} error */
const missing = (error) => {
  if (/** @type {NodeJS.ErrnoException} */ (error)?.code !== 'ENOENT') throw error;
  return undefined;
};

/**
 * A system error as an AmpcfError.
 * @template T
 * @param {string} folder
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function naming(folder, work) {
  try {
    return await work();
  } catch (cause) {
    const reason = /** @type {NodeJS.ErrnoException} */ (cause)?.code;
    if (cause instanceof AmpcfError || typeof reason !== 'string') throw cause;
    throw new AmpcfError(
      reason === 'ENOSPC' || reason === 'EDQUOT' ? 'DISK_FULL' : 'IO',
      `${folder}: the profile cannot be kept (${reason})`,
      { path: folder, reason, cause },
    );
  }
}

/**
 * A store in a folder of its own, made when it is first written to, readable by its owner only. Processes may
 * share it, also of several containers; of several machines as far as web/store/STORE.md says. Each slot is
 * replaced whole: a file beside it, fsync, rename, fsync of the folder.
 * @param {string} folder
 * @returns {ProfileStore}
 */
export function fileStore(folder) {
  if (typeof folder !== 'string' || folder === '')
    throw badArgument('folder', folder, 'the path of a folder');
  const path = (/** @type {string} */ name) => join(folder, name);
  const both = async () =>
    /** @type {Slots} */ (await Promise.all(slotNames.map((name) => readFile(path(name)).catch(missing))));
  /**
   * @template T
   * @param {(become: Become) => Promise<T>} work
   */
  const locked = async (work) => {
    for (let attempt = 0; ; attempt++) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      try {
        return await withLock(folder, work);
      } catch (error) {
        if (attempt === 3) throw error;
        missing(error); // an erasure took the folder away between the two
      }
    }
  };
  return {
    read: () => naming(folder, async () => ({ slots: await both() })),
    write: (seen, slot, bytes) =>
      naming(folder, () =>
        locked(async (become) => {
          const now = await both();
          if (!now.every((held, i) => sameBytes(held, seen.slots[i]))) return false;
          return become(path(slotNames[slot]), bytes);
        }),
      ),
    erase: () =>
      naming(folder, async () => {
        const names = await readdir(folder).catch(missing);
        if (!names) return;
        await withLock(folder, async () => {
          for (const name of await readdir(folder))
            if (ours.test(name)) await unlink(path(name)).catch(missing);
        });
        await rmdir(folder).catch(() => {}); // files that are not ours, or another process at work: it stays
      }),
    setAside: (_, bytes) =>
      naming(folder, async () => {
        // The first one tells what happened; later ones are most likely its consequences.
        await writeFile(path(badName), bytes, { flag: 'wx', mode: 0o600 }).catch(
          (/** @type {NodeJS.ErrnoException} */ error) => {
            if (error.code !== 'EEXIST') throw error;
          },
        );
      }),
  };
}
