// Owns writing an evidence file: sections, padding, checks. Must not choose what is in it.
import { crc32c } from '../core/crc32c.js';
import {
  alignment,
  blockOf,
  checkOf,
  entryBytes,
  headerBytes,
  magic,
  sectionTypes,
  version,
} from './format.js';

/** @import { StoredSentence } from './format.js' */
/**
 * @typedef {object} EvidenceItem
 * @property {string} id
 * @property {{ aspect: number, weight: number }[]} mentions how much is said of each aspect, weights 1 to 255
 * @property {StoredSentence[]} sentences
 */
/** @typedef {{ items: EvidenceItem[], aspects: string[], metadata: object }} EvidenceParts */

const encoder = /* @__PURE__ */ new TextEncoder();
const aligned = (/** @type {number} */ at) => Math.ceil(at / alignment) * alignment;
const u8 = 4;
const u16 = 5;
const u32 = 6;

/** @param {Uint8Array[]} parts */
function joined(parts) {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/**
 * Numbers in as few bytes as the largest needs, but for those that say how many.
 * @param {readonly number[]} values
 * @param {number} dtype
 */
function numbers(values, dtype) {
  const size = dtype === u8 ? 1 : dtype === u16 ? 2 : 4;
  const data = new Uint8Array(values.length * size);
  const view = new DataView(data.buffer);
  values.forEach((value, i) => {
    if (dtype === u8) view.setUint8(i, value);
    else if (dtype === u16) view.setUint16(2 * i, value, true);
    else view.setUint32(4 * i, value, true);
  });
  return { dtype, rows: values.length, data };
}

const fits = (/** @type {readonly number[]} */ values) =>
  values.reduce((a, b) => Math.max(a, b), 0) < 65536 ? u16 : u32;
const text = (/** @type {Uint8Array} */ data) => ({ dtype: u8, rows: data.length, data });

/** @param {EvidenceParts} parts */
function sectionsFor({ items, aspects, metadata }) {
  const ids = items.map(({ id }) => encoder.encode(id));
  const names = aspects.map((name) => encoder.encode(name));
  const mentions = items.flatMap((item) => item.mentions);
  const blocks = items.map(({ sentences }) => blockOf(sentences));
  const lengths = blocks.map(({ length }) => length);
  const of = sectionTypes;
  const list = [
    {
      type: of.idLengths,
      ...numbers(
        ids.map(({ length }) => length),
        u16,
      ),
    },
    { type: of.ids, ...text(joined(ids)) },
    {
      type: of.aspectLengths,
      ...numbers(
        names.map(({ length }) => length),
        u16,
      ),
    },
    { type: of.aspects, ...text(joined(names)) },
    {
      type: of.mentionCounts,
      ...numbers(
        items.map((item) => item.mentions.length),
        u8,
      ),
    },
    {
      type: of.mentionAspects,
      ...numbers(
        mentions.map(({ aspect }) => aspect),
        aspects.length <= 256 ? u8 : u16,
      ),
    },
    {
      type: of.mentionWeights,
      ...numbers(
        mentions.map(({ weight }) => weight),
        u8,
      ),
    },
    { type: of.blockLengths, ...numbers(lengths, fits(lengths)) },
    { type: of.blockChecks, ...numbers(blocks.map(checkOf), u16) },
    { type: of.metadata, ...text(encoder.encode(JSON.stringify(metadata))) },
    { type: of.blocks, ...text(joined(blocks)) },
  ];
  return list;
}

/**
 * The bytes of an evidence file; the same parts give the same bytes.
 * @param {EvidenceParts} parts
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function writeEvidence(parts) {
  const sections = sectionsFor(parts);
  const table = headerBytes + entryBytes * sections.length;
  let end = table;
  const places = sections.map(({ data }) => {
    const from = aligned(end);
    end = from + data.length;
    return from;
  });
  const out = new Uint8Array(end);
  const view = new DataView(out.buffer);
  out.set(magic);
  view.setUint16(8, version, true);
  view.setBigUint64(16, BigInt(end), true);
  view.setUint32(24, sections.length, true);
  view.setUint32(28, headerBytes, true);
  view.setUint32(32, parts.items.length, true);
  view.setUint32(36, parts.aspects.length, true);
  sections.forEach(({ type, dtype, rows, data }, s) => {
    const at = headerBytes + entryBytes * s;
    view.setUint32(at, type, true);
    view.setUint32(at + 4, type === sectionTypes.blocks ? 3 : 1, true);
    view.setBigUint64(at + 8, BigInt(places[s]), true);
    view.setBigUint64(at + 16, BigInt(data.length), true);
    view.setUint32(at + 24, dtype, true);
    view.setUint32(at + 28, rows, true);
    view.setUint32(at + 32, 1, true);
    view.setUint32(at + 36, crc32c(data), true);
    out.set(data, places[s]);
  });
  view.setUint32(124, crc32c(out.subarray(0, table)), true);
  return out;
}
