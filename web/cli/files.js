// Owns the bytes of the command line (input cut into whole lines of UTF-8, files replaced whole) and the wording of complaints.
// Must not know what a line means, and must not print (standard output is written only when it is the file asked for).
import { isUtf8 } from 'node:buffer';
import { open, readdir, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { addAbortSignal } from 'node:stream';

import { AmpcfError } from '../errors.js';

const CHUNK_BYTES = 256 * 1024;
const MAX_ID = 512;
const ROWS_SHOWN = 10;

/** What a file's format is guessed from, and no more: a guess must not need the whole file. */
export const HEAD_BYTES = 64 * 1024;

/** @typedef {{ line: number, what: string, got: string, wanted: string }} BadRow */
/** @typedef {{ bytes: Buffer, line: number, offset: number }} LineBlock whole lines; `line` counts from 1, `offset` in bytes */

/** The name that messages give to a path. @param {string} path */
export const displayName = (path) => (path === '-' ? '<stdin>' : path);

// ---------------------------------------------------------------------------------------------------- errors

/** @type {Record<string, string>} */
const REASONS = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EISDIR: 'is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'disk quota used up',
  EROFS: 'the disk is read-only',
  EPIPE: 'the reader of the pipe has gone',
};

/**
 * A system error as an AmpcfError; anything that is not a system error is returned as it is.
 * @param {string} action @param {string} path @param {unknown} cause
 */
function ioError(action, path, cause) {
  const reason = /** @type {NodeJS.ErrnoException} */ (cause)?.code;
  if (!(cause instanceof Error) || cause instanceof AmpcfError || typeof reason !== 'string') return cause;
  const code = reason === 'ENOSPC' || reason === 'EDQUOT' ? 'DISK_FULL' : 'IO';
  const message = `${displayName(path)}: cannot ${action}: ${REASONS[reason] ?? cause.message} (${reason})`;
  return new AmpcfError(code, message, { path, reason, cause });
}

/**
 * Bad rows as one error, a message line for each; `total` may be more than the rows kept.
 * @param {string} code @param {string} file @param {BadRow[]} rows @param {number} [total]
 */
export function dataError(code, file, rows, total = rows.length) {
  const lines = rows.map((r) => {
    const text = r.got.length > 80 ? `${r.got.slice(0, 80)}...` : r.got;
    return `${file}:${r.line}: ${r.what}, got ${JSON.stringify(text)}, wanted ${r.wanted}`;
  });
  if (total > rows.length) lines.push(`... and ${total - rows.length} more`);
  return new AmpcfError(code, lines.join('\n'), { rows, total });
}

/** Bad rows: the first few are kept to be shown, all are counted. */
export class BadRows {
  /** @param {string} file @param {number} allowed */
  constructor(file, allowed) {
    this.file = file;
    this.allowed = allowed;
    this.total = 0;
    this.badIds = 0;
    /** @type {BadRow[]} */
    this.rows = [];
  }

  /** @param {number | (() => number)} line a function, if the line takes time to find @param {string} what @param {string} got @param {string} wanted */
  add(line, what, got, wanted) {
    this.total++;
    if (this.rows.length >= ROWS_SHOWN) return;
    this.rows.push({ line: typeof line === 'function' ? line() : line, what, got, wanted });
  }

  /** @param {number | (() => number)} line @param {string} what @param {string} id */
  addId(line, what, id) {
    this.badIds++;
    this.add(line, what, id, `1 to ${MAX_ID} bytes of UTF-8`);
  }

  throwIfTooMany() {
    if (this.total > this.allowed) throw this.error();
  }

  /** A bad row that ends the reading, so it is shown however many came before. @param {number} line @param {string} what @param {string} got @param {string} wanted */
  fatal(line, what, got, wanted) {
    this.rows.splice(ROWS_SHOWN - 1);
    this.add(line, what, got, wanted);
    return this.error();
  }

  error() {
    return dataError(this.badIds === this.total ? 'BAD_IDS' : 'BAD_DATA', this.file, this.rows, this.total);
  }
}

/** What is wrong with an id, or ''. NUL bytes never get this far. @param {string} id */
export function idProblem(id) {
  if (id === '') return 'empty id';
  return id.length > MAX_ID / 3 && Buffer.byteLength(id) > MAX_ID ? 'id too long' : '';
}

// --------------------------------------------------------------------------------------------------- reading

/**
 * Everything in a file, or on standard input for '-'. Throws `IO`.
 * @param {string} path
 * @returns {Promise<Buffer>}
 */
export async function readFileBytes(path) {
  const parts = [];
  for await (const chunk of readChunks(path)) parts.push(chunk);
  return Buffer.concat(parts);
}

/**
 * The bytes of a file, or of standard input for '-', piece by piece. `onBytes` hears what the consumer has finished with;
 * `total` is null where no size is known. Throws `IO`, or the reason of `signal`.
 * @param {string} path
 * @param {{ signal?: AbortSignal, onBytes?: (bytes: number, total: number | null) => void }} [options]
 * @returns {AsyncGenerator<Buffer, void, undefined>}
 */
export async function* readChunks(path, { signal, onBytes } = {}) {
  signal?.throwIfAborted();
  try {
    let total = null;
    let stream = /** @type {import('node:stream').Readable} */ (process.stdin);
    if (path !== '-') {
      const handle = await open(path, 'r');
      const info = await handle.stat();
      if (info.isFile()) total = info.size;
      stream = handle.createReadStream({ highWaterMark: CHUNK_BYTES });
    }
    if (signal) addAbortSignal(signal, stream);
    let bytes = 0;
    for await (const chunk of stream) {
      yield chunk;
      bytes += chunk.length;
      onBytes?.(bytes, total);
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw ioError('read', path, cause);
  }
}

/**
 * Takes chunks until a format can be guessed from them. The caller puts them back with `replay`.
 * @param {AsyncGenerator<Buffer, void, undefined>} chunks
 */
export async function takeHead(chunks) {
  const taken = [];
  let bytes = 0;
  let complete = false;
  while (bytes < HEAD_BYTES && !complete) {
    const next = await chunks.next();
    if (next.done) complete = true;
    else bytes += taken[taken.push(next.value) - 1].length;
  }
  const head = Buffer.concat(taken);
  return { taken, head: head.subarray(0, HEAD_BYTES), complete: complete && head.length <= HEAD_BYTES };
}

/** @param {Buffer[]} taken @param {AsyncIterable<Buffer>} chunks @returns {AsyncGenerator<Buffer, void, undefined>} */
export async function* replay(taken, chunks) {
  yield* taken;
  yield* chunks;
}

// ----------------------------------------------------------------------------------------------------- lines

/**
 * Cuts chunks into blocks of whole lines, whatever the chunks are cut at; LF, CRLF and CR all end a line. Throws
 * `CSV_LIMIT` at a line over `maxLine` bytes, `BAD_DATA` at a NUL byte or at text that is not UTF-8. Holds one block
 * and one unfinished line, so an endless line costs no more than the limit.
 * @param {AsyncIterable<Buffer> | Iterable<Buffer>} chunks @param {string} file @param {number} maxLine
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
  /** @param {string} file @param {number} maxLine */
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

  /** @param {Buffer} chunk @returns {LineBlock | null} */
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
        if (c === 0) this.fail('BAD_DATA', breaks, 'NUL byte', '\\0', 'text (is this a binary or UTF-16 file?)');
        if (++length > this.maxLine) {
          this.fail('CSV_LIMIT', breaks, 'line too long', `over ${this.maxLine} bytes`, `at most ${this.maxLine} bytes`);
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

  /** @param {Buffer} bytes @param {number} breaks */
  take(bytes, breaks) {
    if (!isUtf8(bytes)) this.failEncoding(bytes);
    const block = { bytes, line: this.line, offset: this.offset };
    this.offset += bytes.length;
    this.line += breaks;
    this.breaks -= breaks;
    return block;
  }

  /** @param {Buffer} bytes @returns {never} */
  failEncoding(bytes) {
    // No character of UTF-8 but a line end contains the byte of a line end, so lines can be tested one by one.
    const lines = bytes.toString('latin1').split(/\r\n|\n|\r/);
    const bad = Math.max(0, lines.findIndex((text) => !isUtf8(Buffer.from(text, 'latin1'))));
    return this.fail('BAD_DATA', bad, 'not UTF-8', lines[bad],
      'UTF-8 text (a Latin-1 file becomes one by: iconv -f latin1 -t utf-8 FILE)');
  }

  /** @param {string} code @param {number} breaks @param {string} what @param {string} got @param {string} wanted @returns {never} */
  fail(code, breaks, what, got, wanted) {
    throw dataError(code, this.file, [{ line: this.line + breaks, what, got, wanted }]);
  }
}

// ------------------------------------------------------------------------------------------ foreign files

/** @type {[Buffer | RegExp, string, string][]} */
const FOREIGN = [
  [Buffer.from([0x1f, 0x8b]), 'a gzip file', 'the text inside it (gunzip it first)'],
  [Buffer.from('PK\x03\x04', 'latin1'), 'a zip file', 'the text inside it (unzip it first)'],
  [Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), 'a zstd file', 'the text inside it (unzstd it first)'],
  [Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]), 'an xz file', 'the text inside it (unxz it first)'],
  [Buffer.from('BZh'), 'a bzip2 file', 'the text inside it (bunzip2 it first)'],
  [Buffer.from('PAR1'), 'a Parquet file', 'CSV text'],
  [Buffer.from([0x89]), 'a binary file such as an ampcf model', 'a text file of interactions or items, not a model'],
  [Buffer.from([0xff, 0xfe]), 'UTF-16 text', 'UTF-8 text (iconv -f utf-16 -t utf-8 FILE)'],
  [Buffer.from([0xfe, 0xff]), 'UTF-16 text', 'UTF-8 text (iconv -f utf-16 -t utf-8 FILE)'],
  [/^\s*<(!doctype|html|head|\?xml)/i, 'a web page (HTML or XML)', 'CSV text (was the download an error page?)'],
  [/^version https:\/\/git-lfs/, 'a Git LFS pointer', 'the file it stands for (git lfs pull)'],
];

/**
 * Refuses what is plainly not a text table, by its first bytes, with `BAD_DATA`. Brackets can begin an id as well as
 * JSON, so JSON is only suspected where the caller did not name the format.
 * @param {Buffer} head @param {string} file @param {boolean} formatGiven
 */
export function refuseForeign(head, file, formatGiven) {
  const text = head.subarray(0, 256).toString('latin1').replace(/^\xef\xbb\xbf/, '');
  /** @param {string} got @param {string} wanted */
  const refuse = (got, wanted) => {
    throw dataError('BAD_DATA', file, [{ line: 1, what: 'not a text table', got, wanted }]);
  };
  for (const [mark, got, wanted] of FOREIGN) {
    const hit = mark instanceof RegExp ? mark.test(text) : head.subarray(0, mark.length).equals(mark);
    if (hit) refuse(got, wanted);
  }
  if (!formatGiven && /^\s*[[{]/.test(text)) refuse('JSON', 'CSV text, or the name of the format (--format csv)');
}

// --------------------------------------------------------------------------------------------------- writing

// Two writes of one target in one process would share the temporary file, so they take turns.
/** @type {Map<string, Promise<void>>} */
const turns = new Map();

/**
 * Replaces a file by `bytes`: whole or not at all, whenever the process is killed; on failure the old file is untouched
 * and no temporary file is left. '-' writes to standard output; a device or a pipe is written to as it is. A symbolic
 * link keeps its place and its target is replaced. Throws `DISK_FULL`, `IO`.
 * @param {string} path @param {Uint8Array} bytes
 */
export async function writeFileAtomic(path, bytes) {
  if (path === '-') return writeStdout(bytes);
  try {
    const old = await stat(path).catch(ignore('ENOENT'));
    if (old && !old.isFile()) return await writePlain(path, bytes);
    const target = old ? await realpath(path) : path;
    const turn = (turns.get(target) ?? Promise.resolve()).then(() => replace(target, bytes, old?.mode));
    const settled = turn.catch(() => {}).finally(() => turns.get(target) === settled && turns.delete(target));
    turns.set(target, settled);
    await turn;
  } catch (cause) {
    throw ioError('write', path, cause);
  }
}

/** Swallows the system errors named. @param {...string} codes */
function ignore(...codes) {
  return (/** @type {unknown} */ error) => {
    if (!codes.includes(String(/** @type {NodeJS.ErrnoException} */ (error)?.code))) throw error;
    return undefined;
  };
}

/** @param {string} target @param {Uint8Array} bytes @param {number} [mode] */
async function replace(target, bytes, mode = 0o666) {
  const folder = dirname(target);
  await removeStaleTemps(folder, basename(target));
  const temp = join(folder, `.${basename(target)}.${process.pid}.tmp`);
  // In a container every run may have the same pid, so a temp under our own pid is a dead run's.
  await unlink(temp).catch(ignore('ENOENT'));
  try {
    const handle = await open(temp, 'wx', mode & 0o777);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temp, target);
  } catch (error) {
    await unlink(temp).catch(() => {}); // the first error is the one worth telling
    throw error;
  }
  await syncFolder(folder);
}

/** Makes a rename survive a power cut. @param {string} folder */
async function syncFolder(folder) {
  // Some platforms cannot open or sync a folder, and a folder may be writable but not readable.
  const cannot = ignore('EINVAL', 'EPERM', 'EISDIR', 'EACCES');
  const handle = await open(folder, 'r').catch(cannot);
  if (!handle) return;
  try {
    await handle.sync().catch(cannot);
  } finally {
    await handle.close();
  }
}

/** @param {string} folder @param {string} base */
async function removeStaleTemps(folder, base) {
  const names = await readdir(folder).catch(ignore('EACCES'));
  for (const name of names ?? []) {
    if (!name.startsWith(`.${base}.`) || !name.endsWith('.tmp')) continue;
    const pid = name.slice(base.length + 2, -4);
    if (/^[0-9]{1,10}$/.test(pid) && isDead(Number(pid))) await unlink(join(folder, name)).catch(() => {});
  }
}

/** @param {number} pid */
function isDead(pid) {
  if (pid === 0) return true; // kill(0) would ask about our own group
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH';
  }
}

/** @param {string} path @param {Uint8Array} bytes */
async function writePlain(path, bytes) {
  const handle = await open(path, 'w');
  try {
    await handle.writeFile(bytes);
  } finally {
    await handle.close();
  }
}

/** @param {Uint8Array} bytes @returns {Promise<void>} */
async function writeStdout(bytes) {
  const { stdout } = process;
  await new Promise((resolve, reject) => {
    const fail = (/** @type {Error} */ error) => reject(ioError('write', '<stdout>', error));
    stdout.once('error', fail); // without a listener a closed pipe would end the process
    stdout.write(bytes, (error) => {
      if (error) return; // the event follows
      stdout.off('error', fail);
      resolve(undefined);
    });
  });
}
