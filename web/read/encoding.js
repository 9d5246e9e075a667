// Owns making UTF-8 text of bytes: decompression (gzip, zstd), UTF-16 with a mark, Latin-1 where UTF-8 fails.
// Must not know what the text means.
import { isAscii, isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';

import { dataError } from './bad-rows.js';

/** @typedef {AsyncGenerator<Buffer, void, undefined>} Chunks */
/**
 * What was done to get text; filled in while the file is read.
 * @typedef {object} Coding
 * @property {'gzip' | 'zstd' | null} compression
 * @property {'utf-8' | 'utf-16le' | 'utf-16be' | 'latin1'} encoding
 */

const gzipMark = Buffer.from([0x1f, 0x8b]);
const zstdMark = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const marks = /** @type {const} */ ([
  [Buffer.from([0xff, 0xfe]), 'utf-16le'],
  [Buffer.from([0xfe, 0xff]), 'utf-16be'],
]);

/** A character of UTF-8 has at most so many bytes. */
const mostBytes = 4;

/** @returns {Coding} */
export const newCoding = () => ({ compression: null, encoding: 'utf-8' });

/**
 * Takes chunks until there are so many bytes, or no more.
 * @param {AsyncIterator<Buffer>} chunks
 * @param {number} bytes
 */
async function firstBytes(chunks, bytes) {
  /** @type {Buffer} */
  let first = Buffer.alloc(0);
  while (first.length < bytes) {
    const next = await chunks.next();
    if (next.done) break;
    first = first.length === 0 ? next.value : Buffer.concat([first, next.value]);
  }
  return first;
}

/**
 * @param {Buffer} first
 * @param {AsyncIterable<Buffer>} rest
 * @returns {Chunks}
 */
async function* joined(first, rest) {
  if (first.length > 0) yield first;
  yield* rest;
}

/**
 * The bytes inside a compressed file; others as they are.
 * @param {Chunks} chunks
 * @param {string} file
 * @param {Coding} coding
 * @returns {Chunks}
 */
export async function* decompressed(chunks, file, coding) {
  const first = await firstBytes(chunks, mostBytes);
  const whole = joined(first, chunks);
  const starts = (/** @type {Buffer} */ mark) => first.subarray(0, mark.length).equals(mark);
  if (!starts(gzipMark) && !starts(zstdMark)) return yield* whole;
  const name = starts(gzipMark) ? 'gzip' : 'zstd';
  const unzstd = /** @type {any} */ (zlib).createZstdDecompress;
  const wrong = (/** @type {string} */ what, /** @type {string} */ got, /** @type {string} */ wanted) =>
    dataError('BAD_DATA', file, [{ line: 1, what, got, wanted }]);
  if (name === 'zstd' && !unzstd)
    throw wrong(
      'cannot be decompressed',
      `a zstd file, and Node ${process.versions.node}, which has no zstd`,
      'Node 22.15 or newer, or the text inside it (unzstd it first)',
    );
  coding.compression = name;
  const source = Readable.from(whole, { objectMode: false });
  const inside = name === 'gzip' ? zlib.createGunzip() : unzstd();
  source.on('error', (error) => inside.destroy(error));
  try {
    yield* source.pipe(inside);
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (!/^Z|zstd/i.test(String(code))) throw error;
    throw wrong(`damaged ${name} file`, message, `a sound ${name} file (was the download cut off?)`);
  } finally {
    source.destroy();
    inside.destroy();
  }
}

/**
 * Text as UTF-8, whatever it was. Bytes that are neither are left for the lines to complain about.
 * @param {Chunks} chunks
 * @param {string} file
 * @param {Coding} coding
 * @returns {Chunks}
 */
export async function* asUtf8(chunks, file, coding) {
  const first = await firstBytes(chunks, mostBytes);
  const whole = joined(first, chunks);
  const mark = marks.find(([bytes]) => first.subarray(0, 2).equals(bytes));
  if (!mark) return yield* utf8OrLatin1(whole, file, coding);
  coding.encoding = mark[1];
  const decoder = new TextDecoder(mark[1]);
  for await (const chunk of whole) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

/**
 * Where the first character beyond ASCII begins.
 * @param {Buffer} bytes
 */
const beyondAscii = (bytes) => (isAscii(bytes) ? -1 : bytes.findIndex((byte) => byte > 127));

/**
 * Whether the character at `at` is one of UTF-8.
 * @param {Buffer} bytes
 * @param {number} at
 */
function isCharacter(bytes, at) {
  const length = bytes[at] >= 0xf0 ? 4 : bytes[at] >= 0xe0 ? 3 : 2;
  return isUtf8(bytes.subarray(at, at + length));
}

/**
 * The first character beyond ASCII says which of the two a file is.
 * @param {Chunks} chunks
 * @param {string} file
 * @param {Coding} coding
 * @returns {Chunks}
 */
async function* utf8OrLatin1(chunks, file, coding) {
  /** @type {Buffer} */
  let held = Buffer.alloc(0);
  let line = 1;
  for (;;) {
    const next = await chunks.next();
    const bytes = next.done ? held : Buffer.concat([held, next.value]);
    const at = beyondAscii(bytes);
    const sure = at < 0 || next.done || bytes.length - at >= mostBytes;
    if (sure && at >= 0) {
      if (isCharacter(bytes, at)) return yield* joined(bytes, chunks);
      coding.encoding = 'latin1';
      return yield* latin1(joined(bytes, chunks), file, line);
    }
    held = at < 0 ? Buffer.alloc(0) : bytes;
    if (at < 0) {
      for (let i = bytes.indexOf(10); i >= 0; i = bytes.indexOf(10, i + 1)) line++;
      if (bytes.length > 0) yield bytes;
    }
    if (next.done) return;
  }
}

/** Counts what beyond ASCII would be UTF-8 and what not, however the bytes are cut. */
class Runs {
  /** @param {number} line of the first byte */
  constructor(line) {
    this.line = line;
    this.sound = 0;
    this.broken = 0;
    this.firstLine = line;
    this.first = '';
    /** @type {number[]} */
    this.run = [];
  }

  /** @param {Buffer} bytes */
  push(bytes) {
    for (const byte of bytes) {
      if (byte > 127) this.run.push(byte);
      else if (this.run.length > 0) this.end();
      if (byte === 10) this.line++;
    }
  }

  end() {
    const run = Buffer.from(this.run.splice(0));
    if (isUtf8(run)) this.sound++;
    else if (this.broken++ === 0) [this.firstLine, this.first] = [this.line, run.toString('latin1')];
  }
}

/**
 * Latin-1 as UTF-8 (what writers of Windows put into its unused places is read as they mean it). Where most
 * of what is beyond ASCII is UTF-8 after all, the file is a damaged one of UTF-8, and nothing of it is read.
 * @param {Chunks} chunks
 * @param {string} file
 * @param {number} line of the first chunk
 * @returns {Chunks}
 */
async function* latin1(chunks, file, line) {
  const decoder = new TextDecoder('windows-1252');
  const runs = new Runs(line);
  for await (const chunk of chunks) {
    runs.push(chunk);
    yield Buffer.from(decoder.decode(chunk, { stream: true }));
  }
  if (runs.run.length > 0) runs.end();
  if (runs.sound <= runs.broken) return;
  const { firstLine, first } = runs;
  const wanted = 'one encoding: UTF-8 text';
  throw dataError('BAD_DATA', file, [
    { line: firstLine, what: 'not UTF-8, as most of the file is', got: first, wanted },
  ]);
}
