// Owns the making of files that break one rule of the validator each, every other one kept and the checksums
// right, and of the status that each must get. Must not decide a status by asking the validator.
//
// Usage: node tests/golden/bad/make.js. It writes over what is there, and gives the same files every time.
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { crc32c } from '../../support.js';

/**
 * @typedef {object} Section
 * @property {number} type
 * @property {number} flags
 * @property {number} dtype
 * @property {number} rows
 * @property {number} cols
 * @property {Buffer} data
 */
/** @typedef {{ header: Buffer, sections: Section[] }} Parts */
/** @typedef {(parts: Parts) => Buffer | void} Break a change of the parts, or of the file that it returns */

const here = new URL('./', import.meta.url);
const headerBytes = 128;
const entryBytes = 48;
const sizes = [0, 4, 2, 1, 1, 2, 4];
const align = (/** @type {number} */ at) => Math.ceil(at / 64) * 64;

/** @param {Buffer} file */
function partsOf(file) {
  const header = Buffer.from(file.subarray(0, headerBytes));
  const sections = Array.from({ length: header.readUInt32LE(24) }, (_, i) => {
    const at = headerBytes + entryBytes * i;
    const [type, flags, dtype, rows, cols] = [0, 4, 24, 28, 32].map((field) => file.readUInt32LE(at + field));
    const offset = Number(file.readBigUInt64LE(at + 8));
    const data = Buffer.from(file.subarray(offset, offset + Number(file.readBigUInt64LE(at + 16))));
    return { type, flags, dtype, rows, cols, data };
  });
  return { header, sections };
}

/** Checksums of sections and header, as the file stands. */
function repaired(/** @type {Buffer} */ file) {
  const table = headerBytes + entryBytes * file.readUInt32LE(24);
  for (let at = headerBytes; at < table && table <= file.length; at += entryBytes) {
    const [offset, length] = [8, 16].map((field) => Number(file.readBigUInt64LE(at + field)));
    file.writeUInt32LE(crc32c(file.subarray(offset, offset + length)), at + 36);
  }
  file.writeUInt32LE(0, 124);
  file.writeUInt32LE(crc32c(file.subarray(0, Math.min(table, file.length))), 124);
  return file;
}

/** @param {Parts} parts */
function fileOf({ header, sections }) {
  let end = headerBytes + entryBytes * sections.length;
  const places = sections.map(({ data }) => {
    const at = align(end);
    end = at + data.length;
    return at;
  });
  const file = Buffer.alloc(end);
  header.copy(file);
  file.writeBigUInt64LE(BigInt(end), 16);
  file.writeUInt32LE(sections.length, 24);
  sections.forEach(({ type, flags, dtype, rows, cols, data }, i) => {
    const at = headerBytes + entryBytes * i;
    [type, flags].forEach((value, k) => file.writeUInt32LE(value, at + 4 * k));
    file.writeBigUInt64LE(BigInt(places[i]), at + 8);
    file.writeBigUInt64LE(BigInt(data.length), at + 16);
    [dtype, rows, cols].forEach((value, k) => file.writeUInt32LE(value, at + 24 + 4 * k));
    data.copy(file, places[i]);
  });
  return repaired(file);
}

const find = (/** @type {Parts} */ parts, /** @type {number} */ type) => {
  const section = parts.sections.find((one) => one.type === type);
  if (!section) throw new Error(`no section ${type}`);
  return section;
};
/** @type {(field: number, value: number) => Break} */
const header = (field, value) => (parts) => void parts.header.writeUInt32LE(value, field);
/** @type {(type: number, at: number, value: number) => Break} */
const u32 = (type, at, value) => (parts) => void find(parts, type).data.writeUInt32LE(value, at);
/** @type {(type: number, at: number, value: number) => Break} */
const byte = (type, at, value) => (parts) => void find(parts, type).data.writeUInt8(value, at);
/** @type {(type: number, at: number, value: number) => Break} */
const float = (type, at, value) => (parts) => void find(parts, type).data.writeFloatLE(value, at);
/** @type {(type: number, change: Partial<Section>) => Break} */
const shape = (type, change) => (parts) => void Object.assign(find(parts, type), change);
/** @type {(...types: number[]) => Break} */
const without =
  (...types) =>
  (parts) => {
    parts.sections = parts.sections.filter(({ type }) => !types.includes(type));
  };
/**
 * A field of the table entry of a type, in the finished file.
 * @type {(type: number, field: number, value: number) => Break}
 */
const entry = (type, field, value) => (parts) => {
  const file = fileOf(parts);
  const at = headerBytes + entryBytes * parts.sections.findIndex((one) => one.type === type) + field;
  if (field === 8 || field === 16) file.writeBigUInt64LE(BigInt(value), at);
  else file.writeUInt32LE(value, at);
  return repaired(file);
};
/** @type {(change: (file: Buffer) => Buffer | void) => Break} */
const raw = (change) => (parts) => {
  const file = fileOf(parts);
  return change(file) ?? file;
};
const resized = (/** @type {number} */ type, /** @type {Buffer} */ data) =>
  shape(type, { data, rows: data.length });

/** A section that nobody knows, without bytes. */
const nothing = Buffer.alloc(0);
const emptyOf = (/** @type {number} */ dtype) => ({
  type: 99,
  flags: 0,
  dtype,
  rows: 1,
  cols: 1,
  data: nothing,
});

/** The file up to the end of its table, which says that this is all. */
function tableOf(/** @type {Buffer} */ file) {
  const table = file.subarray(0, headerBytes + entryBytes * file.readUInt32LE(24));
  table.writeBigUInt64LE(BigInt(table.length), 16);
  return repaired(table);
}

/**
 * By the base that is broken: name, status, change.
 * @type {Record<string, [name: string, status: string, change: Break][]>}
 */
const rules = {
  'good-f32': [
    ['magic', 'BAD_MAGIC', raw((file) => void file.writeUInt8(0x88, 0))],
    ['header-short', 'TRUNCATED', raw((file) => file.subarray(0, 127))],
    ['major', 'UNSUPPORTED_VERSION', header(8, 2)],
    ['required-features', 'UNSUPPORTED_VERSION', header(12, 1)],
    ['file-short', 'TRUNCATED', raw((file) => file.subarray(0, -1))],
    ['file-long', 'TRAILING_DATA', raw((file) => Buffer.concat([file, Buffer.of(0)]))],
    ['no-sections', 'LIMIT', raw((file) => (file.writeUInt32LE(0, 24), repaired(file)))],
    ['sections-65', 'LIMIT', raw((file) => (file.writeUInt32LE(65, 24), file))],
    ['table-short', 'TRUNCATED', raw((file) => (file.writeUInt32LE(64, 24), file))],
    ['header-bytes', 'BAD_SECTION', header(28, 192)],
    ['no-items', 'LIMIT', header(32, 0)],
    ['items-over', 'LIMIT', header(32, 2 ** 24 + 1)],
    ['no-width', 'LIMIT', header(36, 0)],
    ['width-over', 'LIMIT', header(36, 1025)],
    ['no-personas', 'LIMIT', header(40, 0)],
    ['personas-over', 'LIMIT', header(40, 65)],
    ['kind-0', 'UNSUPPORTED_VERSION', header(44, 0)],
    ['kind-3', 'UNSUPPORTED_VERSION', header(44, 3)],
    ['reserved-header', 'BAD_SECTION', header(64, 1)],
    ['reserved-header-end', 'BAD_SECTION', header(120, 1)],
    ['header-checksum', 'CHECKSUM', raw((file) => void file.writeUInt8(file[48] ^ 1, 48))],
    ['section-flags', 'BAD_SECTION', shape(1, { flags: 5 })],
    ['section-reserved', 'BAD_SECTION', entry(1, 44, 1)],
    ['section-type-of-data', 'BAD_SECTION', entry(1, 24, 7)],
    ['section-no-columns', 'LIMIT', entry(1, 32, 0)],
    ['section-columns-over', 'LIMIT', entry(1, 32, 4097)],
    ['section-length', 'BAD_SECTION', entry(15, 16, 1)],
    ['section-offset', 'BAD_SECTION', entry(15, 8, 64)],
    ['section-past-end', 'BAD_SECTION', entry(15, 28, 2 ** 20)],
    ['section-checksum', 'CHECKSUM', raw((file) => void (file[file.length - 1] ^= 1))],
    ['section-padding', 'BAD_SECTION', raw((file) => void file.writeUInt8(1, paddingOf(file)))],
    ['section-unknown-required', 'UNSUPPORTED_VERSION', shape(15, { type: 99, flags: 1 })],
    ['section-type-0', 'UNSUPPORTED_VERSION', shape(15, { type: 0 })],
    ['unknown-type-of-data-0', 'BAD_SECTION', (parts) => void parts.sections.push(emptyOf(0))],
    ['unknown-type-of-data-7', 'BAD_SECTION', (parts) => void parts.sections.push(emptyOf(7))],
    ['table-alone', 'BAD_SECTION', raw(tableOf)],
    ['section-twice', 'BAD_SECTION', (parts) => void parts.sections.push(find(parts, 15))],
    ['section-other-data', 'BAD_SECTION', (parts) => {
      const { rows, data } = find(parts, 3);
      shape(3, { dtype: 2, data: data.subarray(0, rows * 2) })(parts);
    }],
    ['section-rows', 'BAD_SECTION', (parts) => {
      const { rows, data } = find(parts, 3);
      shape(3, { rows: rows - 1, data: data.subarray(4) })(parts);
    }],
    ['section-columns', 'BAD_SECTION', (parts) => {
      const { rows, data } = find(parts, 3);
      shape(3, { cols: 2, data: Buffer.concat([data, data]), rows })(parts);
    }],
    ['section-must-know', 'BAD_SECTION', shape(3, { flags: 0 })],
    ['vectors-missing', 'BAD_SECTION', without(1)],
    ['bias-missing', 'BAD_SECTION', without(3)],
    ['titles-alone', 'BAD_SECTION', without(10)],
    ['aspects-alone', 'BAD_SECTION', without(12)],
    ['item-aspects-alone', 'BAD_SECTION', without(14)],
    ['neighbour-scales-missing', 'BAD_SECTION', without(19)],
    ['scales-of-f32', 'BAD_SECTION', (parts) => void parts.sections.push({ ...find(parts, 3), type: 2 })],
    ['vector-nan', 'BAD_NUMBER', u32(1, 0, 0x7fc00000)],
    ['vector-infinite', 'BAD_NUMBER', u32(1, 0, 0x7f800000)],
    ['vector-over', 'BAD_NUMBER', float(1, 0, 2 ** 20 + 1)],
    ['vector-denormal', 'BAD_NUMBER', u32(1, 0, 1)],
    ['bias-under', 'BAD_NUMBER', float(3, 0, -(2 ** 20) - 1)],
    ['gram-over', 'BAD_NUMBER', float(4, 0, 2 ** 65)],
    ['weight-under', 'BAD_NUMBER', float(20, 0, 2 ** -21)],
    ['target-over', 'BAD_NUMBER', float(21, 0, 2 ** 21)],
    ['alpha-under', 'BAD_NUMBER', float(5, 0, -1)],
    ['lambda-under', 'BAD_NUMBER', float(5, 4, 2 ** -21)],
    ['nu-over', 'BAD_NUMBER', float(5, 8, 1.5)],
    ['setting-of-kind-1', 'BAD_NUMBER', float(5, 12, 1)],
    ['setting-minus-0', 'BAD_NUMBER', u32(5, 60, 0x80000000)],
    ['gate-over', 'BAD_NUMBER', float(5, 36, 16.5)],
    ['leaves-in-part', 'BAD_NUMBER', float(5, 40, 1.5)],
    ['no-leaves', 'BAD_NUMBER', float(5, 40, 0)],
    ['proportional-over', 'BAD_NUMBER', float(5, 44, 1.5)],
    ['ids-first-offset', 'BAD_IDS', u32(6, 0, 1)],
    ['ids-empty', 'BAD_IDS', u32(6, 4, 0)],
    ['ids-falling', 'BAD_IDS', u32(6, 8, 1)],
    ['ids-last-offset', 'BAD_IDS', (parts) => {
      resized(7, Buffer.concat([find(parts, 7).data, Buffer.from('x')]))(parts);
    }],
    ['ids-not-utf8', 'BAD_IDS', byte(7, 0, 0xff)],
    ['ids-with-nul', 'BAD_IDS', byte(7, 0, 0)],
    ['order-out-of-range', 'BAD_IDS', u32(8, 0, 4)],
    ['order-twice', 'BAD_IDS', (parts) => void find(parts, 8).data.copy(find(parts, 8).data, 4, 0, 4)],
    ['order-wrong', 'BAD_IDS', (parts) => void find(parts, 8).data.subarray(0, 8).swap64().swap32()],
    ['titles-not-utf8', 'BAD_TEXT', byte(10, 0, 0xff)],
    ['aspects-not-utf8', 'BAD_TEXT', byte(12, 0, 0xff)],
    ['aspects-empty', 'BAD_TEXT', u32(11, 4, 0)],
    ['no-aspects', 'LIMIT', (parts) => {
      shape(11, { rows: 1, data: Buffer.alloc(4) })(parts);
      shape(12, { rows: 0, data: Buffer.alloc(0) })(parts);
    }],
    ['one-aspect', 'OK', (parts) => {
      shape(11, { rows: 2, data: Buffer.from(Uint32Array.of(0, 1).buffer) })(parts);
      resized(12, Buffer.from('x'))(parts);
      shape(13, { data: Buffer.from(Uint32Array.of(0, 1, 1, 1, 1).buffer) })(parts);
      shape(14, { rows: 1, data: Buffer.alloc(2) })(parts);
    }],
    ['item-aspects-over', 'BAD_ASPECTS', (parts) => void find(parts, 14).data.writeUInt16LE(99, 0)],
    ['item-aspects-falling', 'BAD_ASPECTS', (parts) => void find(parts, 14).data.writeUInt16LE(1, 2)],
    ['item-aspects-offsets', 'BAD_ASPECTS', u32(13, 0, 1)],
    ['metadata-not-utf8', 'BAD_TEXT', byte(15, 0, 0xff)],
    ['metadata-over', 'LIMIT', resized(15, Buffer.alloc(65537, ' '))],
    ['neighbour-itself', 'BAD_NEIGHBOURS', (parts) => void find(parts, 17).data.writeUInt16LE(0, 0)],
    ['neighbour-over', 'BAD_NEIGHBOURS', (parts) => void find(parts, 17).data.writeUInt16LE(4, 0)],
    ['neighbour-falling', 'BAD_NEIGHBOURS', (parts) => void find(parts, 17).data.writeUInt16LE(3, 0)],
    ['neighbour-offsets', 'BAD_NEIGHBOURS', u32(16, 0, 1)],
    ['neighbour-value', 'BAD_NUMBER', byte(18, 0, 0x80)],
    ['neighbour-values-short', 'BAD_SECTION', (parts) => {
      resized(18, find(parts, 18).data.subarray(1))(parts);
    }],
    ['neighbour-scale-under', 'BAD_NUMBER', float(19, 0, -1)],
    ['cluster-first', 'BAD_NUMBER', byte(22, 0, 1)],
    ['cluster-gap', 'BAD_NUMBER', (parts) => void find(parts, 22).data.set([0, 2, 1, 0])],
  ],
  'good-int8': [
    ['int8-value', 'BAD_NUMBER', byte(1, 0, 0x80)],
    ['int8-scale-over', 'BAD_NUMBER', float(2, 0, 8193)],
    ['int8-scales-missing', 'BAD_SECTION', without(2)],
  ],
  'good-f16': [
    ['f16-infinite', 'BAD_NUMBER', (parts) => void find(parts, 1).data.writeUInt16LE(0x7c00, 0)],
    ['f16-nan', 'BAD_NUMBER', (parts) => void find(parts, 1).data.writeUInt16LE(0x7e00, 0)],
  ],
  'good-kind1': [
    ['kind1-gate', 'BAD_NUMBER', float(5, 36, 1)],
    ['kind1-beta-over', 'BAD_NUMBER', float(5, 12, 1025)],
    ['kind1-rho-over', 'BAD_NUMBER', float(5, 20, 1.5)],
  ],
}; // prettier-ignore

/** The first byte of padding: between two sections, of which one does not end at a multiple of 64. */
function paddingOf(/** @type {Buffer} */ file) {
  for (let at = headerBytes; ; at += entryBytes) {
    const end = Number(file.readBigUInt64LE(at + 8)) + Number(file.readBigUInt64LE(at + 16));
    if (end % 64) return end;
  }
}

/** @type {Record<string, string>} */
const statuses = {};
for (const name of readdirSync(here))
  if (name.endsWith('.bin') && !name.startsWith('good-')) rmSync(new URL(name, here));
for (const [base, list] of Object.entries(rules)) {
  const good = readFileSync(new URL(`${base}.bin`, here));
  statuses[base] = 'OK';
  for (const [name, status, change] of list) {
    const parts = partsOf(good);
    const file = change(parts) ?? fileOf(parts);
    if (file.equals(good)) throw new Error(`${name} changes nothing`);
    writeFileSync(new URL(`${name}.bin`, here), file);
    statuses[name] = status;
  }
}
writeFileSync(
  new URL('expected.txt', here),
  Object.entries(statuses)
    .map(([name, status]) => `${name} ${status}\n`)
    .join(''),
);
