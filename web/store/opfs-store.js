// Owns the store in the origin private file system. Must not read or write outside the lock of its name.
import { AmpcfError } from '../core/errors.js';
import { browserOptions } from './browser-options.js';
import { sameBytes } from './bytes.js';
import { clearDatabase, inTransaction, isKeptKey, keptKey } from './database.js';

/** @import { BrowserStoreOptions } from './browser-options.js' */
/** @import { ProfileStore, Seen, Slots } from './memory-store.js' */
/** @import { KeptKey } from './database.js' */

const ignoreMissing = (/** @type {unknown} */ error) => {
  if (/** @type {DOMException} */ (error)?.name !== 'NotFoundError') throw error;
  return undefined;
};

/**
 * What a slot holds. A file is made empty before it is filled, so an empty one was never written.
 * @param {FileSystemDirectoryHandle} folder
 * @param {number} slot
 */
async function readSlot(folder, slot) {
  const handle = await folder.getFileHandle(String(slot)).catch(ignoreMissing);
  const bytes = handle && new Uint8Array(await (await handle.getFile()).arrayBuffer());
  return bytes?.length ? bytes : undefined;
}

/**
 * Writes a slot: whole or not at all where the browser can swap files; else in place, where the other slot is
 * the way back.
 * @param {FileSystemDirectoryHandle} folder
 * @param {number} slot
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
async function writeSlot(folder, slot, bytes) {
  const handle = /** @type {any} */ (await folder.getFileHandle(String(slot), { create: true }));
  if (handle.createWritable) {
    const stream = await handle.createWritable();
    try {
      await stream.write(bytes);
    } catch (error) {
      await stream.abort().catch(() => {}); // the first error is the one worth telling
      throw error;
    }
    return stream.close();
  }
  const access = await handle.createSyncAccessHandle(); // workers only
  try {
    access.truncate(0);
    if (access.write(bytes, { at: 0 }) !== bytes.length)
      throw new DOMException('the file could not be written to its end', 'QuotaExceededError');
    access.flush();
  } finally {
    access.close();
  }
}

/**
 * A store of two files in the origin private file system, for pages and workers in a secure context. Tabs may
 * share it: a Web Lock makes them take turns. The key of an encrypted store lives in IndexedDB, because files
 * hold no keys.
 * @param {BrowserStoreOptions} [options]
 * @returns {ProfileStore}
 */
export function opfsStore(options = {}) {
  const { name, encrypted } = browserOptions(options);
  /**
   * The key of each answer of `read`, which `write` compares.
   * @type {WeakMap<Seen, KeptKey>}
   */
  const keys = new WeakMap();
  const keyName = `${name}-key`;
  /**
   * @template T
   * @param {LockMode} mode
   * @param {(root: FileSystemDirectoryHandle) => Promise<T>} work
   * @returns {Promise<T>}
   */
  const locked = async (mode, work) => {
    if (!globalThis.navigator?.storage?.getDirectory || !navigator.locks)
      throw new AmpcfError(
        'NO_STORE',
        'the profile cannot be kept: OPFS and Web Locks need a secure context (https or localhost)',
      );
    return await navigator.locks.request(`ampcf ${name}`, { mode }, async () =>
      work(await navigator.storage.getDirectory()),
    );
  };
  /**
   * @param {FileSystemDirectoryHandle | undefined} folder
   * @returns {Promise<Slots>}
   */
  const both = async (folder) =>
    folder ? [await readSlot(folder, 0), await readSlot(folder, 1)] : [undefined, undefined];
  return {
    keepsKey: encrypted,
    read: () =>
      locked('shared', async (root) => {
        const kept = encrypted ? await keptKey(keyName) : undefined;
        const folder = await root.getDirectoryHandle(name).catch(ignoreMissing);
        const seen = { slots: await both(folder), key: kept?.key };
        if (kept) keys.set(seen, kept);
        return seen;
      }),
    write: (seen, slot, bytes) =>
      locked('exclusive', async (root) => {
        const kept = keys.get(seen);
        const folder = await root.getDirectoryHandle(name, { create: true });
        if (kept && !(await inTransaction(keyName, 'readonly', (row) => isKeptKey(row, kept)))) return false;
        if (!(await both(folder)).every((now, i) => sameBytes(now, seen.slots[i]))) return false;
        await writeSlot(folder, slot, bytes);
        return true;
      }),
    erase: () =>
      locked('exclusive', async (root) => {
        await root.removeEntry(name, { recursive: true }).catch(ignoreMissing);
        await clearDatabase(keyName);
      }),
  };
}
