// Owns the bytes of a saved profile: magic, version, lineage, checksum, events as JSON. Must not know where
// they are kept.
import { AMPCF_MAX_HISTORY } from '../core/abi.js';
import { badArgument, listArgument, messageOf } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { beginFold, crc32c, freeFold } from '../core/kernel.js';
import { bytesView, hexOf } from '../core/bytes.js';

/** @import { Model } from './model.js' */
/** @import { Profile } from './profile.js' */
/** @import { StoredEvent } from './types.js' */

// Little-endian: magic (8), version u32, payload bytes u32, CRC32C of everything else u32, lineage of the
// model (16), payload. Version 1: [[item, weight, at], ...]; version 2:
// { events: [[item, weight, at, preference], ...], memories: [[number, ...], ...] }, where `memories` are the
// summaries of forgotten events.
const magic = [0x554d4189, 0x0a1a0a0d];
const formatVersion = 2;
const headerBytes = 36;
const crcWord = 4;
const lineageAt = 20;

/** @param {Uint8Array<ArrayBuffer>} bytes */
const wordsOf = (bytes) => new Uint32Array(bytes.buffer, 0, headerBytes / 4);

/**
 * @param {Model} model
 * @param {StoredEvent[]} events
 * @param {Float32Array[]} summaries of forgotten events
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function writeSavedProfile(model, events, summaries) {
  const payload = new TextEncoder().encode(
    JSON.stringify({
      events: events.map(({ item, weight, at, preference }) => [item, weight, at, preference]),
      memories: summaries.map((row) => [...row]),
    }),
  );
  const bytes = new Uint8Array(headerBytes + payload.length);
  wordsOf(bytes).set([...magic, formatVersion, payload.length]);
  bytes.set(model.kernel.facts.lineage, lineageAt);
  bytes.set(payload, headerBytes);
  wordsOf(bytes)[crcWord] = crc32c(model.kernel, bytes);
  return bytes;
}

const bad = (/** @type {string} */ what) => new AmpcfError('BAD_PROFILE', `saved profile refused: ${what}`);

/**
 * Refuses JSON of a million values, before they become objects: small ones take much more time and memory
 * than their text. A full history and all summaries of the widest model have 0.6 million. Behind a backslash
 * outside a string JSON ends, so that it does not matter what is counted there.
 * @param {Uint8Array} json
 */
function checkValues(json) {
  let values = 0;
  let quoted = false;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (byte === 92) i++;
    else if (byte === 34) quoted = !quoted;
    // A comma, or one of [ and {, which differ in one bit.
    else if (!quoted && (byte === 44 || (byte | 32) === 123)) values++;
  }
  if (values >> 20) throw Error('wanted fewer than 2^20 values');
}

/**
 * A copy of the bytes, whose header and checksum are right.
 * @param {Model} model
 * @param {Uint8Array} given
 */
function checkedBytes(model, given) {
  const source = bytesView(given);
  if (!source) throw badArgument('saved profile', given, 'the Uint8Array of profile.save()');
  const bytes = new Uint8Array(source);
  const words = bytes.length < headerBytes ? [] : wordsOf(bytes);
  const [first, second, version, length, crc] = words;
  if (first !== magic[0] || second !== magic[1])
    throw bad(`got ${bytes.length} bytes that are not a saved profile`);
  if (version > formatVersion)
    throw new AmpcfError(
      'UNSUPPORTED_VERSION',
      `saved profile: got version ${version}, wanted at most ${formatVersion}: update the library`,
    );
  words[crcWord] = 0;
  if (length !== bytes.length - headerBytes || crc32c(model.kernel, bytes) !== crc)
    throw bad('got wrong length or checksum, wanted none');
  return bytes;
}

/**
 * Add the saved events to a fresh profile, which is to be dropped when this throws BAD_PROFILE or
 * UNSUPPORTED_VERSION.
 * @param {Model} model
 * @param {Uint8Array} given
 * @param {Profile} profile
 */
export function readSavedProfile(model, given, profile) {
  const bytes = checkedBytes(model, given);
  const json = bytes.subarray(headerBytes);
  try {
    checkValues(json);
    const saved = JSON.parse(new TextDecoder().decode(json));
    // The low byte of the version, which is at most 2.
    const { events, memories } = bytes[8] === 1 ? { events: saved, memories: [] } : saved;
    // A profile of their own checks every event, and has no ring that forgets on the way.
    const { history } = model.createProfile(
      listArgument('events', /** @type {[string, number, number | null, number?][]} */ (events))
        .slice(-AMPCF_MAX_HISTORY)
        .map(([item, weight, at, preference]) => ({ item, weight, at, preference })),
    );
    // An object that only says how long it is has nothing to iterate over, and costs nothing.
    const summaries = [...memories].map((row) => new Float32Array([...row]));
    // A summary is made of the item vectors of one training, and says nothing to another.
    if (model.info.lineage !== hexOf(bytes.subarray(lineageAt, headerBytes)))
      profile.lost = summaries.splice(0).length;
    freeFold(beginFold(model.kernel, summaries, 0)); // the core says what it takes
    return profile.become(history, summaries).settle();
  } catch (error) {
    if (/** @type {any} */ (error)?.code === 'OUT_OF_MEMORY') throw error;
    throw bad(messageOf(error));
  }
}
