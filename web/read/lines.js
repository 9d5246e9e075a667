// Owns input as text: chunks cut into whole lines of UTF-8, and what is plainly no text refused. Must not
// know what a line means.
import { isUtf8 } from 'node:buffer';

import { dataError } from './bad-rows.js';

/** What a file's format is guessed from, and no more: a guess must not need the whole file. */
const HEAD_BYTES = 64 * 1024;

/**
 * @typedef {object} LineBlock whole lines
 * @property {Buffer} bytes
 * @property {number} line the number of the first, from 1
 * @property {number} offset of the first byte in the file
 */

/** A line that is longer is no row, so a head that has none of its end says nothing. */
const MOST_HEAD = 1 << 21;

/**
 * Takes chunks until a format can be guessed from them. The caller puts them back with `replay`.
 * @param {AsyncGenerator<Buffer, void, undefined>} chunks
 * @param {{ line?: boolean }} [options] line: whether the head must have a whole line
 */
export async function takeHead(chunks, { line = false } = {}) {
  /** @type {Buffer[]} */
  const taken = [];
  let bytes = 0;
  let complete = false;
  const short = () =>
    line && bytes < MOST_HEAD && !taken.some((chunk) => chunk.includes(10) || chunk.includes(13));
  while ((bytes < HEAD_BYTES || short()) && !complete) {
    const next = await chunks.next();
    if (next.done) complete = true;
    else bytes += taken[taken.push(next.value) - 1].length;
  }
  const head = Buffer.concat(taken);
  const end = line ? Math.max(HEAD_BYTES, head.indexOf(10) + 1, head.indexOf(13) + 1) : HEAD_BYTES;
  return { taken, head: head.subarray(0, end), complete: complete && head.length <= end };
}

/**
 * @param {Buffer[]} taken
 * @param {AsyncIterable<Buffer>} chunks
 * @returns {AsyncGenerator<Buffer, void, undefined>}
 */
export async function* replay(taken, chunks) {
  yield* taken;
  yield* chunks;
}

// ----------------------------------------------------------------------------------------------------- lines

/**
 * Cuts chunks into blocks of whole lines, whatever the chunks are cut at; LF, CRLF and CR all end a line.
 * Throws `CSV_LIMIT` at a line over `maxLine` bytes, `BAD_DATA` at a NUL byte or at text that is not UTF-8.
 * Holds one block and one unfinished line, so an endless line costs no more than the limit.
 * @param {AsyncIterable<Buffer> | Iterable<Buffer>} chunks
 * @param {string} file
 * @param {number} maxLine
 * @returns {AsyncGenerator<LineBlock, void, undefined>}
 */
export async function* lineBlocks(chunks, file, maxLine) {
  const cutter = new LineCutter(file, maxLine);
  for await (const chunk of chunks) {
    const block = cutter.push(chunk);
    if (block) yield block;
  }
  const last = cutter.end();
  if (last) yield last;
}

class LineCutter {
  /**
   * @param {string} file
   * @param {number} maxLine
   */
  constructor(file, maxLine) {
    this.file = file;
    this.maxLine = maxLine;
    /** @type {Buffer[]} */
    this.pending = [];
    this.offset = 0; // of the next block
    this.line = 1; // of the next block
    this.breaks = 0; // line ends seen since the next block's begin
    this.length = 0; // bytes of the unfinished line
    this.afterCr = false;
  }

  /**
   * @param {Buffer} chunk
   * @returns {LineBlock | null}
   */
  push(chunk) {
    let { breaks, length, afterCr } = this;
    let cut = 0;
    let breaksAtCut = 0;
    for (let i = 0; i < chunk.length; i++) {
      const c = chunk[i];
      if (c === 10 || c === 13) {
        if (c === 13 || !afterCr) breaks++;
        afterCr = c === 13;
        length = 0;
        // A CR at the very end may be half of a CRLF, which must not be cut in two.
        if (c === 10 || i + 1 < chunk.length) {
          cut = i + 1;
          breaksAtCut = breaks;
        }
      } else {
        afterCr = false;
        if (c === 0)
          this.fail(
            'BAD_DATA',
            breaks,
            'NUL byte',
            '\\0',
            'text (is this a binary file, or UTF-16 without a mark?)',
          );
        if (++length > this.maxLine) {
          this.fail(
            'CSV_LIMIT',
            breaks,
            'line too long',
            `over ${this.maxLine} bytes`,
            `at most ${this.maxLine} bytes`,
          );
        }
      }
    }
    Object.assign(this, { breaks, length, afterCr });
    if (cut === 0) {
      this.pending.push(chunk);
      return null;
    }
    const block = this.take(Buffer.concat([...this.pending, chunk.subarray(0, cut)]), breaksAtCut);
    this.pending = cut < chunk.length ? [chunk.subarray(cut)] : [];
    return block;
  }

  /** @returns {LineBlock | null} */
  end() {
    const bytes = Buffer.concat(this.pending);
    return bytes.length === 0 ? null : this.take(bytes, this.breaks);
  }

  /**
   * @param {Buffer} bytes
   * @param {number} breaks
   */
  take(bytes, breaks) {
    if (!isUtf8(bytes)) this.failEncoding(bytes);
    const block = { bytes, line: this.line, offset: this.offset };
    this.offset += bytes.length;
    this.line += breaks;
    this.breaks -= breaks;
    return block;
  }

  /**
   * @param {Buffer} bytes
   * @returns {never}
   */
  failEncoding(bytes) {
    // No character of UTF-8 but a line end contains the byte of a line end, so lines can be tested one by
    // one.
    const lines = bytes.toString('latin1').split(/\r\n|\n|\r/);
    const bad = Math.max(
      0,
      lines.findIndex((text) => !isUtf8(Buffer.from(text, 'latin1'))),
    );
    return this.fail('BAD_DATA', bad, 'not UTF-8', lines[bad], 'UTF-8 text, as the lines before it are');
  }

  /**
   * @param {string} code
   * @param {number} breaks
   * @param {string} what
   * @param {string} got
   * @param {string} wanted
   * @returns {never}
   */
  fail(code, breaks, what, got, wanted) {
    throw dataError(code, this.file, [{ line: this.line + breaks, what, got, wanted }]);
  }
}

// ------------------------------------------------------------------------------------------ foreign files

/** @type {[Buffer | RegExp, string, string][]} */
const FOREIGN = [
  [Buffer.from('PK\x03\x04', 'latin1'), 'a zip file', 'the text inside it (unzip it first)'],
  [Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]), 'an xz file', 'the text inside it (unxz it first)'],
  [Buffer.from('BZh'), 'a bzip2 file', 'the text inside it (bunzip2 it first)'],
  [
    Buffer.from([0x89]),
    'a binary file such as an ampcf model',
    'a text file of interactions or items, not a model',
  ],
  [
    /^\s*<(!doctype|html|head|\?xml)/i,
    'a web page (HTML or XML)',
    'CSV text (was the download an error page?)',
  ],
  [/^version https:\/\/git-lfs/, 'a Git LFS pointer', 'the file it stands for (git lfs pull)'],
];

/**
 * Refuses what is plainly not a text table, by its first bytes, with `BAD_DATA`.
 * @param {Buffer} head
 * @param {string} file
 */
export function refuseForeign(head, file) {
  const text = head
    .subarray(0, 256)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '');
  /**
   * @param {string} got
   * @param {string} wanted
   */
  const refuse = (got, wanted) => {
    throw dataError('BAD_DATA', file, [{ line: 1, what: 'not a text table', got, wanted }]);
  };
  for (const [mark, got, wanted] of FOREIGN) {
    const hit = mark instanceof RegExp ? mark.test(text) : head.subarray(0, mark.length).equals(mark);
    if (hit) refuse(got, wanted);
  }
}
