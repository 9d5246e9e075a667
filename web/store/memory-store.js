// Owns the store that forgets when the process ends: for tests, and the shortest example of a store. Must not
// touch a disk.
import { badArgument, listArgument } from '../core/arguments.js';
import { sameBytes } from './bytes.js';

/**
 * What is in slot 0 and slot 1; undefined: never written, or erased.
 * @typedef {[Uint8Array | undefined, Uint8Array | undefined]} Slots
 */
/**
 * What a store held at one moment; `key` only from stores that keep one. What else a store puts in, it finds
 * again in `write`.
 * @typedef {{ slots: Slots, key?: CryptoKey | undefined, [compared: string]: any }} Seen
 */
/**
 * A place for one profile: two slots of bytes that the store does not look into. Any object with these
 * methods will do.
 * @typedef {object} ProfileStore
 * @property {() => Promise<Seen>} read both slots at one moment. Rejects when there is no place to keep
 *   anything
 * @property {(seen: Seen, slot: 0 | 1, bytes: Uint8Array<ArrayBuffer>) => Promise<boolean>} write atomic
 *   against every other writer: when the slots (and the key) are no longer those of `seen`, change nothing
 *   and give false; else replace one slot whole or not at all. Rejects when it cannot be written; then both
 *   slots are as they were
 * @property {() => Promise<void>} erase resolves when slots, key and everything else of the store are gone
 * @property {(slot: 0 | 1, bytes: Uint8Array) => Promise<void>} [setAside] a broken slot is about to be
 *   overwritten: keep it for inspection
 * @property {boolean} [keepsKey] `read` gives a key and the caller must not
 */

/**
 * A store in memory. Several profiles may share one, as tabs share a disk.
 * @param {Slots} [slots] what it holds at first
 * @returns {ProfileStore}
 */
export function memoryStore(slots = [undefined, undefined]) {
  let held = listArgument('slots', slots);
  if (held.length !== 2 || !held.every((slot) => slot === undefined || slot instanceof Uint8Array))
    throw badArgument('slots', slots, 'two, each a Uint8Array or undefined');
  return {
    read: async () => ({ slots: /** @type {Slots} */ ([...held]) }),
    async write(seen, slot, bytes) {
      if (!held.every((now, i) => sameBytes(now, seen.slots[i]))) return false;
      held[slot] = bytes.slice();
      return true;
    },
    async erase() {
      held = [undefined, undefined];
    },
  };
}
