// Owns opening a file of rows, whatever its format: the first rows to judge by, then all of them as cells of
// text. Must not know which column plays which role.
import { readdirSync, statSync } from 'node:fs';

import { AmpcfError } from '../core/errors.js';
import { BadRows, dataError } from './bad-rows.js';
import { cellsOfBlanks } from './blanks.js';
import { chunksOf, readChunks } from './bytes.js';
import { asUtf8, decompressed, newCoding } from './encoding.js';
import { detectFormat } from './format.js';
import { cellOf, eachJsonRow, isJsonLines, keysOf } from './json.js';
import { lineBlocks, refuseForeign, replay, takeHead } from './lines.js';
import { MAX_LINE, headLines, noData, parseTable } from './table.js';

/** @import { Coding } from './encoding.js' */
/** @import { Format, Kind } from './format.js' */
/** @import { LineBlock } from './lines.js' */
/** @import { ParquetFile } from './parquet.js' */
/** @typedef {(cells: string[], line: () => number) => void} OnRow */
/**
 * @typedef {object} Rows
 * @property {Format} format
 * @property {Coding} coding
 * @property {string[] | null} names of columns, where the format itself has them
 * @property {string[][]} sample the first rows, a header among them
 * @property {string[]} lines the first lines of a text
 * @property {(bad: BadRows, onRow: OnRow) => Promise<void>} each
 * @property {(maxLine: number) => AsyncIterable<LineBlock>} blocks of lines of a text, instead of `each`
 * @property {number | undefined} [dialect] the way of quoting that was taken, where there is a next to try
 * @property {{ rows: number, isSure: boolean } | null} expected how many rows there are, where that is known
 *   before they are read; not sure: by the size of the file
 * @property {() => Promise<unknown>} close
 */
/**
 * @typedef {object} OpenOptions
 * @property {Kind} [format]
 * @property {string} [quote] 'none', or the character
 * @property {boolean} [longCells] whether a cell may be as long as a row: reviews are
 * @property {number} [dialect] the first way of quoting to try, where it is not given
 * @property {(lines: string[]) => Format | undefined} [special] a format of the caller's own
 * @property {Uint8Array} [bytes] what is in the file, where the caller has read it
 * @property {(bytes: number, total: number | null) => void} [onBytes]
 * @property {AbortSignal} [signal]
 */

const sampleRows = 1000;
const parquetMark = Buffer.from('PAR1');

/**
 * @param {string} path
 * @param {string} file what messages call it
 * @param {OpenOptions} options
 * @returns {Promise<Rows>}
 */
async function openRows(path, file, options) {
  refuseFolder(path, file);
  const coding = newCoding();
  const raw = options.bytes ? chunksOf(options.bytes) : readChunks(path, options);
  const close = () => raw.return(undefined);
  try {
    const inside = decompressed(raw, file, coding);
    const first = await takeHead(inside);
    if (first.head.subarray(0, 4).equals(parquetMark)) {
      const source =
        !options.bytes && coding.compression === null && isPlainFile(path)
          ? path
          : await restOf(first.taken, inside);
      return { ...(await openParquetRows(source, file, options)), coding, close };
    }
    refuseForeign(first.head, file);
    const text = asUtf8(replay(first.taken, inside), file, coding);
    const { taken, head, complete } = await takeHead(text, { line: true });
    const lines = headLines(head, complete);
    if (lines.length === 0) throw noData(file, 0, false);
    const blocks = (/** @type {number} */ maxLine) => lineBlocks(replay(taken, text), file, maxLine);
    const expected = coding.compression === null ? expectedRows(path, head) : null;
    const opened = { coding, close, blocks, lines, expected };
    if (isJson(lines, options.format))
      return { ...opened, ...(await openJson(blocks, { head, complete }, file)) };
    const format = options.special?.(lines) ?? detectFormat(lines, file, options.format);
    return { ...opened, ...(await openText(blocks, { format, head, complete, file }, options)) };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * How many lines a file has by its size and its first ones.
 * @param {string} path
 * @param {Buffer} head
 */
function expectedRows(path, head) {
  if (!isPlainFile(path)) return null;
  let lines = 0;
  for (let at = head.indexOf(10); at >= 0; at = head.indexOf(10, at + 1)) lines++;
  return { rows: Math.floor((statSync(path).size / head.length) * lines), isSure: false };
}

/**
 * The names in a folder; none where it is no folder, or cannot be read, which opening it says.
 * @param {string} path
 */
function namesIn(path) {
  try {
    return readdirSync(path);
  } catch {
    return undefined;
  }
}

/**
 * A table may be a folder of parts, as Spark and Dask write them.
 * @param {string} path
 * @param {string} file
 */
function refuseFolder(path, file) {
  const names = path === '-' ? undefined : namesIn(path);
  if (names === undefined) return;
  const parts = names.filter((name) => /\.(parquet|csv|tsv|json|jsonl)(\.gz)?$/.test(name));
  const kind = parts[0]?.replace(/^.*\.(\w+?)(\.gz)?$/, '$1');
  const got = kind ? `a folder with ${parts.length} files of ${kind}` : 'a folder';
  const one =
    kind === 'parquet'
      ? ' (pandas.read_parquet(FOLDER).to_parquet(FILE) makes one of them)'
      : kind
        ? ' (cat makes one of them)'
        : '';
  throw new AmpcfError('IO', `${file}: cannot read, got ${got}, wanted one file${one}`, { reason: 'EISDIR' });
}

/** @param {string} path */
const isPlainFile = (path) => path !== '-' && statSync(path).isFile();

/**
 * @param {Buffer[]} taken
 * @param {AsyncIterable<Buffer>} rest
 */
async function restOf(taken, rest) {
  const parts = [];
  for await (const chunk of replay(taken, rest)) parts.push(chunk);
  return Buffer.concat(parts);
}

/**
 * Brackets can begin an id as well, so the format given goes before them.
 * @param {string[]} lines
 * @param {Kind} [format]
 */
const isJson = ([line], format) => format === 'json' || (format === undefined && /^\s*[[{]/.test(line));

// --------------------------------------------------------------------------------------------------- Parquet

/**
 * @param {string | Buffer<ArrayBuffer>} source
 * @param {string} file
 * @param {OpenOptions} options
 */
async function openParquetRows(source, file, { signal }) {
  const { openParquet } = await import('./parquet.js');
  const table = await openParquet(source, file);
  const names = table.columns;
  const cells = (/** @type {Record<string, any>} */ row) => names.map((name) => cellOf(row[name]));
  /** @type {string[][]} */
  const sample = [];
  for await (const rows of table.blocks()) {
    sample.push(...rows.slice(0, sampleRows).map(cells));
    break;
  }
  return {
    format: /** @type {Format} */ ({ kind: 'parquet', delimiter: '', skip: 0 }),
    names,
    sample,
    lines: [],
    expected: { rows: table.rows, isSure: true },
    blocks: () => {
      throw new Error('Parquet has no lines');
    },
    each: async (/** @type {BadRows} */ _, /** @type {OnRow} */ onRow) => {
      let line = 0;
      for await (const rows of table.blocks()) {
        signal?.throwIfAborted();
        for (const row of rows) {
          const at = ++line;
          onRow(cells(row), () => at);
        }
      }
    },
  };
}

// ------------------------------------------------------------------------------------------------------ JSON

/**
 * @param {(maxLine: number) => AsyncIterable<LineBlock>} blocks
 * @param {{ head: Buffer, complete: boolean }} found
 * @param {string} file
 */
async function openJson(blocks, { head, complete }, file) {
  const lines = isJsonLines(head.toString('utf8').replace(/^\uFEFF/, ''));
  const source = (/** @type {BadRows} */ bad, /** @type {Parameters<typeof eachJsonRow>[2]} */ onRow) =>
    eachJsonRow(blocks(lines ? jsonLine : Infinity), { file, lines, bad }, onRow);
  /** @type {[Record<string, unknown>, number][]} */
  const first = [];
  const whole = new BadRows(file, Infinity);
  if (lines) {
    const cut = complete ? head : head.subarray(0, head.lastIndexOf(10) + 1);
    await eachJsonRow(lineBlocks([cut], file, jsonLine), { file, lines, bad: whole }, (row, line) =>
      first.push([row, line]),
    );
  } else await source(whole, (row, line) => first.push([row, line]));
  const names = keysOf(first.slice(0, sampleRows).map(([row]) => row));
  const cells = (/** @type {Record<string, unknown>} */ row) => names.map((name) => cellOf(row[name]));
  return {
    format: /** @type {Format} */ ({ kind: 'json', delimiter: '', skip: 0 }),
    names,
    sample: first.slice(0, sampleRows).map(([row]) => cells(row)),
    each: async (/** @type {BadRows} */ bad, /** @type {OnRow} */ onRow) => {
      const pass = (/** @type {Record<string, unknown>} */ row, /** @type {number} */ line) =>
        onRow(cells(row), () => line);
      if (lines) return source(bad, pass);
      for (const [row, line] of first) pass(row, line);
      bad.take(whole);
    },
  };
}

/** A review may be long, an item with all its texts longer. */
const jsonLine = 1 << 24;

// ------------------------------------------------------------------------------------------------------ text

/**
 * Ways of quoting: as RFC 4180 has it, with `\\"` inside, and, in files of tabs, none.
 * @type {{ quote: string, escape?: string }[]}
 */
const dialects = [{ quote: '"' }, { quote: '"', escape: '\\' }, { quote: 'none' }];

/**
 * @param {Format} format
 * @param {OpenOptions} options
 */
function waysOf({ kind }, { quote }) {
  if (quote !== undefined) return [{ quote }];
  return kind === 'tsv' ? dialects : dialects.slice(0, kind === 'csv' ? 2 : 1);
}

/**
 * @param {(maxLine: number) => AsyncIterable<LineBlock>} blocks
 * @param {{ format: Format, head: Buffer, complete: boolean, file: string }} found
 * @param {OpenOptions} options
 */
async function openText(blocks, found, options) {
  const { format, file } = found;
  const ways = waysOf(format, options);
  const opened = (/** @type {number} */ dialect, /** @type {string[][]} */ sample) => {
    const feed = feeder(format, file, ways[dialect], options.longCells);
    const each = (/** @type {BadRows} */ bad, /** @type {OnRow} */ onRow) =>
      feed(blocks(MAX_LINE), bad, onRow);
    return { format, names: null, sample, each, ...(dialect + 1 < ways.length && { dialect }) };
  };
  const from = options.dialect ?? 0;
  const samples = [];
  for (let dialect = from; dialect < ways.length; dialect++) {
    const { sample, quote } = await sampleOf(feeder(format, file, ways[dialect], options.longCells), found);
    if (!quote) return opened(dialect, sample);
    samples.push(sample);
  }
  return { ...opened(from, samples[0]), dialect: undefined };
}

/**
 * The first rows, and whether their quotes are broken. What is wrong is met again, with its line; the end of
 * the head may be amid a quoted cell.
 * @param {Feed} feed
 * @param {{ format: Format, head: Buffer, complete: boolean, file: string }} found
 */
async function sampleOf(feed, { format, head, complete, file }) {
  /** @type {string[][]} */
  const sample = [];
  let broken = false;
  if (format.kind === 'list') return { sample, quote: broken };
  const cut = complete ? head : head.subarray(0, Math.max(head.lastIndexOf(10), head.lastIndexOf(13)) + 1);
  const take = (/** @type {string[]} */ cells) => {
    if (sample.length < sampleRows) sample.push(cells);
  };
  await feed(lineBlocks([cut], file, MAX_LINE), new BadRows(file, Infinity), take).catch((error) => {
    const quote = error.details?.quote;
    broken = quote === 'inside' || (complete && quote === 'open');
    if (sample.length === 0 && !broken) throw error;
  });
  return { sample, quote: broken };
}

/** @typedef {(blocks: AsyncIterable<LineBlock>, bad: BadRows, onRow: OnRow) => Promise<void>} Feed */

/**
 * @param {Format} format
 * @param {string} file
 * @param {{ quote: string, escape?: string }} way
 * @param {boolean} [longCells]
 * @returns {Feed}
 */
function feeder(format, file, { quote, escape }, longCells) {
  const { kind, delimiter, skip, comment, rowNames } = format;
  if (kind === 'netflix') return eachOfNetflix;
  const quoted = kind !== 'dat' && quote !== 'none';
  if (delimiter === ' ') return (blocks, bad, onRow) => eachOfBlanks(blocks, { format, quoted, bad }, onRow);
  const table = { file, delimiter, quoted, quote, escape, skip, comment, rowNames, longCells };
  return (blocks, bad, onRow) => parseTable(blocks, { ...table, bad }, onRow);
}

/**
 * Throws what is wrong with a file of which no row could be read.
 * @param {Rows} rows
 * @param {BadRows} bad
 */
export async function checkSample({ sample, each }, bad) {
  if (sample.length > 0) return;
  await each(bad, () => {});
  bad.throwIfTooMany();
  throw noData(bad.file, bad.total, false);
}

/**
 * Does something with a file of rows; where its quotes are broken, again with another way of quoting. What is
 * wrong is said as the first way has it.
 * @template T
 * @param {string} path
 * @param {string} file
 * @param {OpenOptions} options
 * @param {(rows: Rows) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withRows(path, file, options, use) {
  const rows = await openRows(path, file, options);
  try {
    return await use(rows);
  } catch (error) {
    const { quote } = /** @type {any} */ (error).details ?? {};
    const again = options.bytes !== undefined || isPlainFile(path);
    if (!quote || rows.dialect === undefined || !again) throw error;
    await rows.close(); // closes the file before it is opened again
    return await withRows(path, file, { ...options, dialect: rows.dialect + 1 }, use).catch((other) => {
      throw /** @type {any} */ (other).details?.quote ? error : other;
    });
  } finally {
    await rows.close();
  }
}

/**
 * Lines of text with their numbers.
 * @param {AsyncIterable<LineBlock>} blocks
 * @param {(text: string, line: number) => void} onLine
 */
export async function eachLine(blocks, onLine) {
  for await (const block of blocks) {
    const text = block.bytes.toString('utf8');
    // A byte order mark is one at the head of the file, not of a block, which begins where a chunk was cut.
    const lines = (block.offset === 0 ? text.replace(/^\uFEFF/, '') : text).split(/\r\n|\n|\r/);
    for (let i = 0; i < lines.length; i++) if (lines[i] !== '') onLine(lines[i], block.line + i);
  }
}

/**
 * Rows separated by blanks, however many; those at the ends of a line are nothing.
 * @param {AsyncIterable<LineBlock>} blocks
 * @param {{ format: Format & { sizes?: boolean }, quoted: boolean, bad: BadRows }} how
 * @param {OnRow} onRow
 */
async function eachOfBlanks(blocks, { format, quoted, bad }, onRow) {
  const { comment, sizes = false, rowNames = false } = format;
  let width = 0;
  let passed = !sizes;
  const cut = (/** @type {string} */ text) =>
    quoted ? cellsOfBlanks(text) : text.split(/[ \t]+/).filter((cell) => cell !== '');
  await eachLine(blocks, (text, line) => {
    const cells = cut(text);
    if (cells.length === 0 || (comment && cells[0].startsWith(comment))) return;
    if (!passed) {
      passed = true; // how many rows, columns and values there are
      return;
    }
    if (width === 0 && rowNames) cells.unshift(''); // R names the rows, but not their column
    if (width === 0) width = cells.length;
    if (cells.length === width) onRow(cells, () => line);
    else bad.add(line, 'wrong number of columns', String(cells.length), String(width));
  });
}

/**
 * Blocks of Netflix: `item:`, then rows of user, rating and date. As rows of user, item, rating and date.
 * @param {AsyncIterable<LineBlock>} blocks
 * @param {BadRows} bad
 * @param {OnRow} onRow
 */
async function eachOfNetflix(blocks, bad, onRow) {
  let item = '';
  await eachLine(blocks, (text, line) => {
    const block = /^\s*([^\s,:]+):\s*$/.exec(text);
    if (block) {
      [, item] = block;
      return;
    }
    const cells = text.split(',').map((cell) => cell.trim());
    if (cells.length === 1 && cells[0] === '') return;
    if (item === '') throw dataError('BAD_DATA', bad.file, [noBlock(line, text)]);
    if (cells.length === 3) onRow([cells[0], item, cells[1], cells[2]], () => line);
    else bad.add(line, 'wrong number of columns', String(cells.length), '3 (user,rating,date)');
  });
}

/**
 * @param {number} line
 * @param {string} got
 */
const noBlock = (line, got) => ({
  line,
  what: 'a row before the first item',
  got,
  wanted: 'a line such as 1:',
});
