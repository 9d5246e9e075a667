// Owns the few things that IndexedDB is asked here: one transaction, one key that cannot be taken out, all
// rows removed. Must not know slots or profiles.
import { AmpcfError } from '../core/errors.js';

const table = 'kept';
const keyRow = 'key';

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/**
 * @param {string} name
 * @returns {Promise<IDBDatabase>}
 */
async function openDatabase(name) {
  if (!globalThis.indexedDB)
    throw new AmpcfError(
      'NO_STORE',
      'the profile cannot be kept: got no IndexedDB here, wanted a page or worker that may use it',
    );
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(table);
  };
  const database = await answer(request);
  database.onversionchange = () => database.close(); // a deletion elsewhere must not wait for us
  return database;
}

/**
 * One transaction: `work` may wait for nothing but the requests it makes, or it would end without it.
 * @template T
 * @param {string} name
 * @param {IDBTransactionMode} mode
 * @param {(row: Row) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function inTransaction(name, mode, work) {
  const database = await openDatabase(name);
  try {
    const transaction = database.transaction(table, mode);
    const rows = transaction.objectStore(table);
    /** @type {Promise<void>} */
    const ended = new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    ended.catch(() => {}); // when `work` fails first, that is what is told
    const result = await work({
      get: (key) => answer(rows.get(key)),
      put: (key, value) => answer(rows.put(value, key)),
      clear: () => answer(rows.clear()),
    });
    await ended;
    return result;
  } finally {
    database.close();
  }
}

/**
 * Removes every row of a database. The database itself stays: its deletion waits for every page that holds
 * it, and WebKit asks pages that were left, and are kept to be gone back to, without ever getting an answer.
 * @param {string} name
 */
export async function clearDatabase(name) {
  if (globalThis.indexedDB) await inTransaction(name, 'readwrite', (row) => row.clear());
}

/**
 * @typedef {object} KeptKey
 * @property {string} id tells a key from one that was made after an erasure
 * @property {CryptoKey} key
 */
/**
 * @typedef {object} Row of one transaction
 * @property {(key: string | number) => Promise<any>} get
 * @property {(key: string | number, value: unknown) => Promise<unknown>} put
 * @property {() => Promise<unknown>} clear
 */

/**
 * A key for AES-GCM that no script can read out, this one included.
 * @returns {Promise<CryptoKey>}
 */
export async function createKey() {
  if (!globalThis.crypto?.subtle)
    throw new AmpcfError(
      'NO_STORE',
      'a key cannot be made: crypto.subtle needs a secure context (https or localhost)',
    );
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

/**
 * The key that a database keeps, made when there is none; tabs that make one at once agree on the first.
 * @param {string} name
 * @returns {Promise<KeptKey>}
 */
export async function keptKey(name) {
  const kept = await inTransaction(name, 'readonly', (row) => row.get(keyRow));
  if (kept) return kept;
  const made = { id: crypto.getRandomValues(new Uint32Array(4)).join('-'), key: await createKey() };
  return inTransaction(name, 'readwrite', async (row) => {
    const first = await row.get(keyRow);
    if (!first) await row.put(keyRow, made);
    return first ?? made;
  });
}

/**
 * Whether this is still the key of the database.
 * @param {Row} row
 * @param {KeptKey} kept
 */
export const isKeptKey = async (row, kept) => (await row.get(keyRow))?.id === kept.id;
