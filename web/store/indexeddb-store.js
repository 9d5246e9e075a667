// Owns the store in IndexedDB. Must not wait for anything but IndexedDB inside a transaction, which would end
// it.
import { sameBytes } from './bytes.js';
import { browserOptions } from './browser-options.js';
import { clearDatabase, inTransaction, isKeptKey, keptKey } from './database.js';

/** @import { ProfileStore, Seen, Slots } from './memory-store.js' */
/** @import { KeptKey, Row } from './database.js' */
/** @import { BrowserStoreOptions } from './browser-options.js' */

/**
 * The bytes in a slot; no bytes for anything else, which this library did not put there.
 * @param {unknown} value
 */
const bytesOf = (value) =>
  value === undefined ? undefined : value instanceof Uint8Array ? value : new Uint8Array();

/**
 * A store in IndexedDB, for pages and workers. Tabs may share it: reading, comparing and writing are one
 * transaction.
 * @param {BrowserStoreOptions} [options]
 * @returns {ProfileStore}
 */
export function indexedDbStore(options = {}) {
  const { name, encrypted } = browserOptions(options);
  /**
   * The key of each answer of `read`, which `write` compares.
   * @type {WeakMap<Seen, KeptKey>}
   */
  const keys = new WeakMap();
  const both = async (/** @type {Row} */ row) =>
    /** @type {Slots} */ ((await Promise.all([row.get(0), row.get(1)])).map(bytesOf));
  return {
    keepsKey: encrypted,
    async read() {
      const kept = encrypted ? await keptKey(name) : undefined;
      const seen = { slots: await inTransaction(name, 'readonly', both), key: kept?.key };
      if (kept) keys.set(seen, kept);
      return seen;
    },
    write: (seen, slot, bytes) =>
      inTransaction(name, 'readwrite', async (row) => {
        const kept = keys.get(seen);
        const slots = await both(row);
        if (kept && !(await isKeptKey(row, kept))) return false;
        if (!slots.every((now, i) => sameBytes(now, seen.slots[i]))) return false;
        await row.put(slot, bytes);
        return true;
      }),
    erase: () => clearDatabase(name),
  };
}
