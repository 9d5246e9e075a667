// Owns the layout of an evidence file: its magic, its sections, how the sentences of one item are written as
// a block. Must not read files, fetch, or choose a sentence. EVIDENCE.md has the same in words.
import { crc32c } from '../core/crc32c.js';
import { AmpcfError } from '../core/errors.js';

/**
 * @typedef {object} StoredSentence
 * @property {string} text
 * @property {number} polarity 1: speaks for it, -1: against it, 0: neither, or not known
 * @property {number[]} aspects what it speaks of, by their number; what it was kept for comes first
 */

export const magic = Uint8Array.of(0x89, 0x41, 0x4d, 0x45, 0x0d, 0x0a, 0x1a, 0x0a);
/** Version 1 had other checks of blocks. */
export const version = 2;
export const headerBytes = 128;
export const entryBytes = 48;
export const alignment = 64;

/** Types of sections. All but the last are the head: what is known without a sentence. */
export const sectionTypes = Object.freeze({
  idLengths: 1,
  ids: 2,
  aspectLengths: 3,
  aspects: 4,
  mentionCounts: 5,
  mentionAspects: 6,
  mentionWeights: 7,
  blockLengths: 8,
  blockChecks: 9,
  metadata: 10,
  blocks: 11,
});

export const limits = Object.freeze({
  items: 2 ** 24,
  idBytes: 512,
  aspects: 65535,
  aspectBytes: 128,
  mentions: 255,
  sentences: 255,
  textBytes: 1024,
  blockBytes: 2 ** 20,
  metadataBytes: 65536,
});

/** What no sentence may hold: what a terminal or a page's direction of text would obey. */
export const forbidden = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/**
 * The check of a block: the lower half of its CRC32C. All blocks together have a whole one.
 * @param {Uint8Array} block
 */
export const checkOf = (block) => crc32c(block) & 0xffff;

const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The sentences of one item: how many; of each a byte of its polarity + 1 and 4 for each aspect, then the
 * aspects by their place among the item's mentions; then all texts, with a line end between them.
 * @param {readonly StoredSentence[]} sentences aspects: places, at most 12 of them
 */
export function blockOf(sentences) {
  const head = sentences.flatMap(({ polarity, aspects }) => [polarity + 1 + 4 * aspects.length, ...aspects]);
  const texts = encoder.encode(sentences.map(({ text }) => text).join('\n'));
  const block = new Uint8Array(1 + head.length + texts.length);
  block.set([sentences.length, ...head]);
  block.set(texts, 1 + head.length);
  return block;
}

/**
 * @param {string} code
 * @param {string} what
 * @param {unknown} got
 * @param {string} wanted
 */
export const badFile = (code, what, got, wanted) =>
  new AmpcfError(code, `evidence file: ${what}, got ${String(got).slice(0, 80)}, wanted ${wanted}`);

/**
 * A text of a file.
 * @param {Uint8Array} bytes
 * @param {string} what
 */
export function textOf(bytes, what) {
  try {
    return decoder.decode(bytes);
  } catch {
    throw badFile('BAD_TEXT', what, 'other bytes', 'UTF-8');
  }
}

/**
 * @param {Uint8Array} block
 * @param {ArrayLike<number>} mentioned aspects of the item, by their place
 * @returns {StoredSentence[]}
 */
export function sentencesIn(block, mentioned) {
  if (block.length === 0) return [];
  let at = 1;
  const heads = Array.from({ length: block[0] }, () => {
    const flags = block[at++] ?? 3;
    const places = [...block.subarray(at, at + (flags >> 2))];
    at += flags >> 2;
    if ((flags & 3) > 2 || flags < 4 || at > block.length || places.some((p) => p >= mentioned.length))
      throw badFile('BAD_SECTION', 'what a sentence speaks of', places, 'places among the mentions');
    return { polarity: (flags & 3) - 1, aspects: places.map((place) => mentioned[place]) };
  });
  const texts = textOf(block.subarray(at), 'a sentence').split('\n');
  if (texts.length !== heads.length)
    throw badFile('BAD_SECTION', 'texts of a block', texts.length, String(heads.length));
  return heads.map((head, i) => {
    const text = texts[i];
    if (text === '' || forbidden.test(text))
      throw badFile('BAD_TEXT', 'a sentence', text === '' ? 'none' : 'control characters', 'a text without');
    return { text, ...head };
  });
}
