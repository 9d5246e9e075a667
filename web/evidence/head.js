// Owns reading and checking the head of an evidence file: all that is in it but the sentences. Must not
// fetch, and must not be given bytes that it trusts: everything is checked here.
import { crc32c } from '../core/crc32c.js';
import { dtypeBytes, wholeNumbersOf } from '../core/sections.js';
import {
  alignment,
  badFile,
  entryBytes,
  headerBytes,
  limits,
  magic,
  sectionTypes,
  textOf,
  version,
} from './format.js';

/**
 * @typedef {{ type: number, dtype: number, rows: number, from: number, length: number, crc: number }}
 *   Place
 */
/**
 * @typedef {object} Head
 * @property {string[]} ids
 * @property {string[]} aspects
 * @property {Uint32Array} offsets (N + 1) of the mentions of each item
 * @property {Uint32Array} mentioned their aspects
 * @property {Uint32Array} weights of them
 * @property {Float64Array} starts (N + 1) where the block of each item begins, from the first of them
 * @property {Uint32Array} checks (N) of each block
 * @property {Place} blocks
 * @property {any} metadata
 */

const count = Object.keys(sectionTypes).length;
/** So many bytes say where everything is. */
export const tableEnd = headerBytes + entryBytes * count;
/** What a section may be of: u8, u16, u32. */
const dtypesOf = /** @type {Record<number, number[]>} */ ({ 1: [5], 3: [5], 6: [4, 5], 8: [5, 6], 9: [5] });

/**
 * Where the sections are, of the first bytes of a file.
 * @param {Uint8Array} bytes at least as many as `tableEnd`, or all that there are
 * @param {number} [size] of the file, where it is known
 * @returns {{ items: number, aspects: number, size: number, places: Place[] }}
 */
export function placesIn(bytes, size) {
  if (magic.some((byte, i) => bytes[i] !== byte))
    throw badFile('BAD_MAGIC', 'first bytes', bytes.subarray(0, 8), 'an evidence file of ampcf evidence');
  if (bytes.length < tableEnd) throw badFile('TRUNCATED', 'bytes', bytes.length, `at least ${tableEnd}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u32 = (/** @type {number} */ at) => view.getUint32(at, true);
  const major = view.getUint16(8, true);
  if (major !== version || u32(12) !== 0)
    throw badFile('UNSUPPORTED_VERSION', 'version', major, `${version}: ampcf evidence makes it again`);
  const said = Number(view.getBigUint64(16, true));
  if (size !== undefined && size !== said)
    throw badFile(size < said ? 'TRUNCATED' : 'TRAILING_DATA', 'bytes', size, `${said}, as its head says`);
  if (u32(24) !== count) throw badFile('BAD_SECTION', 'sections', u32(24), String(count));
  const plain = bytes.slice(0, tableEnd);
  plain.fill(0, 124, 128);
  if (crc32c(plain) !== u32(124)) throw badFile('CHECKSUM', 'head', 'another CRC32C', 'the one it says');
  if (u32(32) > limits.items || u32(36) > limits.aspects)
    throw badFile('LIMIT', 'items and aspects', `${u32(32)}, ${u32(36)}`, 'at most 2^24 and 65,535');
  return { items: u32(32), aspects: u32(36), size: said, places: placesOf(view, said) };
}

/**
 * @param {DataView} view of a head whose checksum is right
 * @param {number} said bytes of the file
 */
function placesOf(view, said) {
  const u32 = (/** @type {number} */ at) => view.getUint32(at, true);
  let end = tableEnd;
  const places = Array.from({ length: count }, (_, s) => {
    const at = headerBytes + entryBytes * s;
    const place = {
      type: u32(at),
      dtype: u32(at + 24),
      rows: u32(at + 28),
      from: Number(view.getBigUint64(at + 8, true)),
      length: Number(view.getBigUint64(at + 16, true)),
      crc: u32(at + 36),
    };
    const { type, dtype, rows, from, length } = place;
    const isRight =
      type === s + 1 &&
      (dtypesOf[type] ?? [4]).includes(dtype) &&
      length === rows * dtypeBytes[dtype] &&
      from === Math.ceil(end / alignment) * alignment;
    if (!isRight)
      throw badFile('BAD_SECTION', `section ${s + 1}`, `type ${type} at ${from}`, 'as EVIDENCE.md');
    end = from + length;
    return place;
  });
  if (end !== said) throw badFile('BAD_SECTION', 'end of the sections', end, `${said} bytes`);
  return places;
}

/** Where the head ends. */
export const headEnd = (/** @type {Place[]} */ places) => places[sectionTypes.blocks - 1].from;

/**
 * Sums before each number, and of all.
 * @param {Uint32Array} lengths
 */
function startsOf(lengths) {
  const starts = new Float64Array(lengths.length + 1);
  lengths.forEach((length, i) => {
    starts[i + 1] = starts[i] + length;
  });
  return starts;
}

/**
 * @param {Uint32Array} lengths in bytes
 * @param {Uint8Array} data
 * @param {string} what
 * @param {number} most bytes
 */
function namesIn(lengths, data, what, most) {
  const starts = startsOf(lengths);
  if (starts[lengths.length] !== data.length || lengths.some((length) => length < 1 || length > most))
    throw badFile('BAD_SECTION', `lengths of ${what}`, starts[lengths.length], `1 to ${most} bytes each`);
  const names = Array.from(lengths, (length, i) =>
    textOf(data.subarray(starts[i], starts[i] + length), what),
  );
  if (new Set(names).size < names.length) throw badFile('BAD_IDS', what, 'one twice', 'all different');
  return names;
}

/**
 * @param {Uint8Array} bytes
 * @returns {any} undefined is no JSON
 */
function jsonIn(bytes) {
  try {
    return JSON.parse(textOf(bytes, 'metadata'));
  } catch {
    throw badFile('BAD_TEXT', 'metadata', 'something else', 'JSON');
  }
}

/**
 * @param {Uint8Array} bytes of the head
 * @param {ReturnType<typeof placesIn>} found
 * @returns {Head}
 */
export function headIn(bytes, { items, aspects, places }) {
  let end = tableEnd;
  for (const { type, from, length, crc } of places) {
    if (bytes.subarray(end, from).some((byte) => byte !== 0))
      throw badFile('BAD_SECTION', `padding before section ${type}`, 'something', 'zeros');
    end = from + length;
    if (type === sectionTypes.blocks) break;
    if (crc32c(bytes.subarray(from, end)) !== crc)
      throw badFile('CHECKSUM', `section ${type}`, 'another CRC32C', 'the one it says');
  }
  const raw = (/** @type {number} */ type) => {
    const { from, length, dtype } = places[type - 1];
    return { dtype, data: bytes.subarray(from, from + length) };
  };
  const numbers = (/** @type {number} */ type, /** @type {number} */ wanted) => {
    if (places[type - 1].rows !== wanted)
      throw badFile('BAD_SECTION', `rows of section ${type}`, places[type - 1].rows, String(wanted));
    return wholeNumbersOf(raw(type));
  };
  const of = sectionTypes;
  const offsets = Uint32Array.from(startsOf(numbers(of.mentionCounts, items)));
  const mentioned = numbers(of.mentionAspects, offsets[items]);
  const starts = startsOf(numbers(of.blockLengths, items));
  if (mentioned.some((aspect) => aspect >= aspects) || starts[items] !== places[of.blocks - 1].length)
    throw badFile('BAD_SECTION', 'mentions or blocks', 'some that are not there', 'those of the file');
  return {
    ids: namesIn(numbers(of.idLengths, items), raw(of.ids).data, 'ids', limits.idBytes),
    aspects: namesIn(numbers(of.aspectLengths, aspects), raw(of.aspects).data, 'aspects', limits.aspectBytes),
    offsets,
    mentioned,
    weights: numbers(of.mentionWeights, offsets[items]),
    starts,
    checks: numbers(of.blockChecks, items),
    blocks: places[of.blocks - 1],
    metadata: jsonIn(raw(of.metadata).data),
  };
}
