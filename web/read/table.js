// Owns text tables: delimiters, rows by csv-parse with exact line numbers and limits, columns by name or
// number.
// Must not know what a column means.
import { CsvError, Parser } from 'csv-parse';

import { AmpcfError } from '../core/errors.js';
import { dataError } from './bad-rows.js';

/** @import { BadRows } from './bad-rows.js' */
/** @import { LineBlock } from './lines.js' */

/**
 * @typedef {object} Table how rows are written
 * @property {string} file
 * @property {string} delimiter
 * @property {boolean} quoted whether quotes are more than text
 * @property {string} [quote]
 * @property {string} [escape] what stands before a quote in quotes (default: the quote)
 * @property {number} [skip] lines before the first row
 * @property {string} [comment] what a line that is no row begins with
 * @property {boolean | undefined} [rowNames] whether the first row lacks a name for the first column
 * @property {boolean | undefined} [longCells] whether a cell may be as long as a row
 * @property {BadRows} bad
 */

/** A longer line is no row. */
export const MAX_LINE = 1 << 20;
const MAX_FIELD = 1 << 16;

/**
 * The first lines that say something, without half a line at the end.
 * @param {Buffer} head
 * @param {boolean} complete
 */
export function headLines(head, complete) {
  const lines = head
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .split(/\r\n|\n|\r/);
  if (!complete && lines.length > 1) lines.pop();
  return lines.filter((line) => line.trim() !== '').slice(0, 100);
}

/**
 * The delimiter that cuts most lines into as many columns as the first line; null if none of those given
 * does.
 * @param {string[]} lines
 * @param {string[]} delimiters
 */
export function detectDelimiter(lines, delimiters) {
  const bare = lines.map((line) => line.replace(/"[^"]*("|$)/g, ''));
  let best = null;
  let bestScore = 0;
  for (const delimiter of delimiters) {
    const counts = bare.map((line) => line.split(delimiter).length - 1);
    if (!counts[0]) continue;
    const alike = counts.filter((count) => count === counts[0]).length;
    const score = alike * 1e6 + counts[0];
    if (score > bestScore) [best, bestScore] = [delimiter, score];
  }
  return best;
}

/**
 * Feeds blocks to csv-parse. `onRow` gets each row's fields, in order, and a function that finds the row's
 * line; it may throw. Rows of another length than the first go to `bad`; fields over the limit and broken
 * quotes end the reading.
 * @param {AsyncIterable<LineBlock>} blocks
 * @param {Table} table
 * @param {(fields: string[], line: () => number) => void} onRow
 */
export async function parseTable(blocks, table, onRow) {
  const parser = new TableParser(table, onRow);
  parser.on('error', () => {}); // the write that failed tells it as well
  try {
    for await (const block of blocks) {
      parser.blocks.push(block);
      await new Promise((done, fail) =>
        parser.write(block.bytes, (error) => (error ? fail(error) : done(null))),
      );
      if (parser.failure) throw parser.failure;
      parser.forget();
    }
    await new Promise((done, fail) =>
      parser.end((/** @type {unknown} */ error) => (error ? fail(error) : done(null))),
    );
    if (parser.failure) throw parser.failure;
  } catch (error) {
    throw error instanceof CsvError ? parser.explain(error) : error;
  } finally {
    parser.destroy();
  }
}

/** Takes rows where the parser pushes them: in order, before any error, and without the queue of a stream. */
class TableParser extends Parser {
  /**
   * @param {Table} table
   * @param {(fields: string[], line: () => number) => void} onRow
   */
  constructor(table, onRow) {
    const { file, delimiter, quoted, bad, quote = '"', escape = quote, skip = 0, comment } = table;
    super({
      bom: true,
      delimiter,
      quote: quoted ? quote : null,
      escape: quoted ? escape : null,
      from_line: skip + 1,
      ...(comment && { comment, comment_no_infix: true }),
      record_delimiter: ['\r\n', '\n', '\r'],
      skip_empty_lines: true,
      max_record_size: MAX_LINE,
      relax_column_count: true, // widths are compared in push
    });
    this.file = file;
    this.delimiter = delimiter;
    this.mayRunOn = quoted && delimiter === '\t';
    this.bad = bad;
    this.onRow = onRow;
    this.width = 0;
    this.rowNames = table.rowNames ?? false;
    this.maxField = table.longCells ? MAX_LINE : MAX_FIELD;
    /** @type {LineBlock[]} */
    this.blocks = [];
    /** @type {unknown} */
    this.failure = null;
    /** @type {string[]} */
    this.fields = [];
    this.rowLine = () => this.lineAt(this.info.bytes - 1) - breaksIn(this.fields);
  }

  /**
   * @override
   * @param {string[] | null} fields
   */
  push(fields) {
    // An exception must not cross the stream: from its last flush it would end the process.
    // csv-parse makes an error, which takes 70 us, of every row of another width than the first one.
    Object.assign(this.info, { records: 0 });
    if (fields === null || this.failure) return true;
    this.fields = fields;
    if (this.width === 0 && this.rowNames) fields.unshift(''); // R names the rows, but not their column
    if (this.width === 0) this.width = fields.length;
    try {
      if (fields.length !== this.width) return this.skip(fields);
      for (const field of fields)
        if (field.length > this.maxField / 3 && Buffer.byteLength(field) > this.maxField)
          this.failField(field);
      if (this.mayRunOn) this.checkQuotes(fields);
      this.onRow(fields, this.rowLine);
    } catch (error) {
      this.failure = error;
    }
    return true;
  }

  /** @param {string[]} fields */
  skip({ length }) {
    this.bad.add(this.rowLine, 'wrong number of columns', String(length), String(this.width));
    return true;
  }

  /**
   * A quote that only looks like one takes the next lines into its field, tabs and all.
   * @param {string[]} fields
   */
  checkQuotes(fields) {
    const field = fields.find((text) => text.includes('\t') && /[\r\n]/.test(text));
    if (field === undefined) return;
    const got = `"${field.replace(/[\r\n][^]*/, '')}`;
    throw this.quoteError(
      this.rowLine(),
      'a quoted field over several rows',
      got,
      'quotes around whole fields',
    );
  }

  /**
   * @param {number} line
   * @param {string} what
   * @param {string} got
   * @param {string} wanted
   * @param {'open' | 'inside'} [kind]
   */
  quoteError(line, what, got, wanted, kind = 'inside') {
    const help = `${wanted} (--quote none takes quotes as text)`;
    const error = this.bad.fatal(line, what, got, help);
    error.details.quote = kind;
    return error;
  }

  /**
   * @param {string} field
   * @returns {never}
   */
  failField(field) {
    throw dataError('CSV_LIMIT', this.file, [
      {
        line: this.rowLine(),
        what: `field ${this.fields.indexOf(field) + 1} too long`,
        got: `${Buffer.byteLength(field)} bytes`,
        wanted: `at most ${this.maxField} bytes`,
      },
    ]);
  }

  /** Forgets the blocks that no row still to come can begin in. */
  forget() {
    const { bytes } = this.info;
    while (this.blocks.length > 1 && this.blocks[1].offset <= bytes) this.blocks.shift();
  }

  /**
   * The line that the byte at `offset` is on.
   * @param {number} offset
   */
  lineAt(offset) {
    let k = this.blocks.length - 1;
    while (k > 0 && this.blocks[k].offset > offset) k--;
    const { bytes, offset: base } = this.blocks[k];
    let { line } = this.blocks[k];
    for (let i = 0; i < offset - base; i++) {
      if (bytes[i] === 10 || (bytes[i] === 13 && bytes[i + 1] !== 10)) line++;
    }
    return line;
  }

  /**
   * A csv-parse error as an AmpcfError, at the line where the field it is in begins.
   * @param {CsvError} error
   */
  explain(error) {
    const all = Buffer.concat(this.blocks.map((block) => block.bytes));
    const base = this.blocks[0].offset;
    // The last byte told is the end of the field before, after which blank lines may have been passed over.
    let at = this.info.bytes;
    while (all[at - base] === 10 || all[at - base] === 13) at++;
    const line = this.lineAt(at);
    const text = all
      .subarray(at - base, at - base + 80)
      .toString()
      .replace(/[\r\n][^]*/, '');
    const got = text.startsWith(this.delimiter) ? text.slice(this.delimiter.length) : text;
    if (error.code === 'CSV_MAX_RECORD_SIZE') {
      const wanted = `at most ${MAX_LINE} bytes (is a quote not closed?)`;
      return dataError('CSV_LIMIT', this.file, [{ line, what: 'row too long', got, wanted }]);
    }
    const twice = 'quotes only around a whole field, and those inside it written twice ("")';
    if (error.code === 'CSV_QUOTE_NOT_CLOSED')
      return this.quoteError(line, 'quote not closed', got, 'a closing quote', 'open');
    if (error.code === 'CSV_INVALID_CLOSING_QUOTE')
      return this.quoteError(line, 'text after a closing quote', got, twice);
    return this.quoteError(line, 'quote amid a field', got, twice);
  }
}

/** @param {string[]} fields */
function breaksIn(fields) {
  return fields.reduce((sum, field) => sum + (field.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
}

/** The type that RecBole writes behind a name: `user_id:token`. */
const typeOf = /:(token|float)(_seq)?$/;

/**
 * A name without what writers differ in: `user_id`, `userId`, `User ID` and `user_id:token` are the same.
 * @param {string} name
 */
export const plainName = (name) =>
  name
    .replace(typeOf, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

/**
 * The index of a column given by its number from 1 or by its name; -1 if there is none. A name that is a
 * number is a number.
 * @param {string[]} first
 * @param {string | number} want
 */
export function findColumn(first, want) {
  if (/^\d+$/.test(String(want))) return Number(want) <= first.length ? Number(want) - 1 : -1;
  const exact = first.indexOf(String(want));
  return exact >= 0 ? exact : first.findIndex((name) => plainName(name) === plainName(String(want)));
}

/**
 * @param {string} file
 * @param {string} option
 * @param {string} why
 * @param {string | number} want
 * @param {string[]} first
 */
export function columnError(file, option, why, want, first) {
  const columns = first.slice(0, 30);
  const names = columns.map((name, i) => `${i + 1} ${JSON.stringify(name.slice(0, 80))}`).join(', ');
  return new AmpcfError(
    'BAD_ARGUMENT',
    `${file}: --${option}: ${why}, got ${JSON.stringify(want)}, wanted one of ${names}`,
    { option, columns },
  );
}

/**
 * @param {string} file
 * @param {number} skipped
 * @param {boolean} header
 */
export function noData(file, skipped, header) {
  const why = skipped > 0 ? `all ${skipped} rows are bad` : header ? 'only a header' : 'the file is empty';
  return new AmpcfError('NO_DATA', `${file}: no usable rows, got ${why}, wanted at least one row`, {
    skipped,
  });
}
