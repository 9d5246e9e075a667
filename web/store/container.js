// Owns the bytes around a saved profile in one slot: magic, version, generation, checksum, encryption.
// Layout: STORE.md.
// Must not know where slots are kept, or what a profile holds.
import { AmpcfError } from '../core/errors.js';

/**
 * `newer`: of a later format; `sealed`: encrypted.
 * @typedef {'absent' | 'broken' | 'newer' | 'sealed' | 'plain'} SlotKind
 */
/**
 * @typedef {object} Slot
 * @property {SlotKind} kind
 * @property {number} generation 0 unless plain or sealed
 * @property {Uint8Array<ArrayBuffer>} bytes
 * @property {string} why it cannot be read, for people
 */

const magic = [0x89, 0x41, 0x4d, 0x53, 0x0d, 0x0a, 0x1a, 0x0a];
const formatVersion = 1;
const headerBytes = 48;
const crcAt = 28;
const ivAt = 32;
const ivBytes = 12;
const sealedFlag = 1;

/**
 * The slot that a generation is written to; a container found in the other one was moved there.
 * @param {number} generation
 * @returns {0 | 1}
 */
export const slotOf = (generation) => (generation % 2 === 1 ? 0 : 1);

/** Nobody writes so often, but who forges a slot may say so. It is odd: its slot is 0. */
const highestGeneration = Number.MAX_SAFE_INTEGER;

/**
 * The generation that is written next. After the highest one counting begins again below it: first in slot 1,
 * where it is not the newest yet, then over the highest one itself.
 * @param {number} newest
 * @param {number} other that of the other slot
 */
export function nextGeneration(newest, other) {
  if (newest < highestGeneration) return newest + 1;
  return other < highestGeneration - 1 ? other + 1 : 2;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  return crc;
});

/**
 * CRC32C of a container, its own field counted as zeros.
 * @param {Uint8Array} bytes
 */
function checksum(bytes) {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++)
    crc = (crc >>> 8) ^ crcTable[(crc ^ (i >= crcAt && i < crcAt + 4 ? 0 : bytes[i])) & 255];
  return ~crc >>> 0;
}

/**
 * @param {number} generation
 * @param {number} flags
 * @param {number} bodyBytes
 */
function header(generation, flags, bodyBytes) {
  const bytes = new Uint8Array(headerBytes + bodyBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(magic);
  view.setUint32(8, formatVersion, true);
  view.setUint32(12, flags, true);
  view.setBigUint64(16, BigInt(generation), true);
  view.setUint32(24, bodyBytes, true);
  return { bytes, view };
}

/**
 * What encryption vouches for beside the profile: version, flags, generation (and so the slot) and length.
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
const associated = (bytes) => bytes.slice(0, crcAt);

/**
 * A saved profile as the bytes of a slot, encrypted when there is a key: AES-GCM, a fresh random 96-bit IV
 * each time.
 * @param {Uint8Array<ArrayBuffer>} saved
 * @param {number} generation >= 1
 * @param {CryptoKey | undefined} key
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function sealSlot(saved, generation, key) {
  const tagBytes = key ? 16 : 0;
  const { bytes, view } = header(generation, key ? sealedFlag : 0, saved.length + tagBytes);
  if (key) {
    const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
    bytes.set(iv, ivAt);
    bytes.set(
      new Uint8Array(
        await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: associated(bytes) }, key, saved),
      ),
      headerBytes,
    );
  } else {
    bytes.set(saved, headerBytes);
  }
  view.setUint32(crcAt, checksum(bytes), true);
  return bytes;
}

/**
 * What a slot holds, judged without a key. Never throws: a container whose checksum is right but whose
 * version or flags are unknown is `newer`, everything else that is not ours is `broken`.
 * @param {Uint8Array | undefined} given
 * @param {0 | 1} slot
 * @returns {Slot}
 */
export function inspectSlot(given, slot) {
  const bytes = new Uint8Array(given ?? []);
  const view = new DataView(bytes.buffer);
  const found = (/** @type {SlotKind} */ kind, why = '', generation = 0) => ({
    kind,
    generation,
    bytes,
    why,
  });
  if (given === undefined) return found('absent');
  if (bytes.length < headerBytes || magic.some((byte, i) => bytes[i] !== byte))
    return found('broken', `${bytes.length} bytes that are no kept profile`);
  if (checksum(bytes) !== view.getUint32(crcAt, true))
    return found('broken', 'the checksum differs: it was damaged');
  const version = view.getUint32(8, true);
  const flags = view.getUint32(12, true);
  if (version > formatVersion || flags > sealedFlag)
    return found(
      'newer',
      `format version ${version}, flags ${flags}: this library reads version ${formatVersion}`,
    );
  const generation = Number(view.getBigUint64(16, true));
  const length = view.getUint32(24, true);
  if (length !== bytes.length - headerBytes)
    return found('broken', `${bytes.length - headerBytes} bytes of profile, wanted ${length}`);
  if (version === 0 || generation === 0 || !Number.isSafeInteger(generation) || slotOf(generation) !== slot)
    return found('broken', `generation ${generation} does not belong here`);
  return found(flags === sealedFlag ? 'sealed' : 'plain', '', generation);
}

/**
 * The saved profile in a slot that is plain or sealed.
 * @param {Slot} slot
 * @param {CryptoKey | undefined} key
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 * @throws {AmpcfError} BAD_KEY: it is encrypted, and not with this key (or somebody changed it and repaired
 *   the checksum)
 */
export async function openSlot({ kind, bytes }, key) {
  const body = bytes.slice(headerBytes);
  if (kind === 'plain') return body;
  if (!key)
    throw new AmpcfError(
      'BAD_KEY',
      'kept profile: it is encrypted, got no key, wanted the key it was kept with',
    );
  try {
    const iv = bytes.slice(ivAt, ivAt + ivBytes);
    return new Uint8Array(
      await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: associated(bytes) }, key, body),
    );
  } catch (cause) {
    throw new AmpcfError(
      'BAD_KEY',
      'kept profile: got a key that does not open it, wanted the key it was kept with; ' +
        'nothing was changed (erase() of the store begins anew)',
      { cause },
    );
  }
}
