// Owns complaints about rows: `file:line: what, got, wanted`, the first ten of them, and which are too many.
// Must not read anything.
import { FORMAT_MAX_ID_BYTES } from '../core/abi.js';
import { AmpcfError } from '../core/errors.js';

const ROWS_SHOWN = 10;

/** What is said of a row with more or fewer columns than the first one. */
export const widthProblem = 'wrong number of columns';

/** @typedef {{ line: number, what: string, got: string, wanted: string }} BadRow */

/**
 * Bad rows as one error, whose message has a line for each. `total` may be more than the rows given.
 * @param {string} code
 * @param {string} file
 * @param {BadRow[]} rows
 * @param {number} [total]
 */
export function dataError(code, file, rows, total = rows.length) {
  const lines = rows.map((r) => {
    const text = r.got.length > 80 ? `${r.got.slice(0, 80)}...` : r.got;
    return `${file}:${r.line}: ${r.what}, got ${JSON.stringify(text)}, wanted ${r.wanted}`;
  });
  if (total > rows.length) lines.push(`... and ${total - rows.length} more`);
  return new AmpcfError(code, lines.join('\n'), { rows, total });
}

/**
 * A question: what was read can mean several things, and an option says which.
 * @param {string} file
 * @param {string} what
 * @param {string} got
 * @param {string} wanted the options
 * @param {number} [line]
 */
export function questionError(file, what, got, wanted, line = 1) {
  const error = dataError('BAD_DATA', file, [{ line, what, got, wanted }]);
  error.details.question = true;
  return error;
}

/** Bad rows: the first few are kept to be shown, all are counted. */
export class BadRows {
  /**
   * @param {string} file
   * @param {number} allowed
   * @param {(what: string) => string} [help] options that help with what is wrong
   */
  constructor(file, allowed, help) {
    this.file = file;
    this.allowed = allowed;
    this.help = help;
    this.total = 0;
    this.badIds = 0;
    /** @type {BadRow[]} */
    this.rows = [];
  }

  /**
   * @param {number | (() => number)} line a function, if the line takes time to find
   * @param {string} what
   * @param {string} got
   * @param {string} wanted
   */
  add(line, what, got, wanted) {
    this.total++;
    if (this.rows.length >= ROWS_SHOWN) return;
    this.rows.push({ line: typeof line === 'function' ? line() : line, what, got, wanted });
  }

  /**
   * @param {number | (() => number)} line
   * @param {string} what
   * @param {string} id
   */
  addId(line, what, id) {
    this.badIds++;
    this.add(line, what, id, `1 to ${FORMAT_MAX_ID_BYTES} bytes of UTF-8`);
  }

  /**
   * Those of a reading that came before.
   * @param {BadRows} other
   */
  take({ rows, total, badIds }) {
    this.rows.push(...rows.slice(0, ROWS_SHOWN - this.rows.length));
    this.total += total;
    this.badIds += badIds;
  }

  /** @param {number} [good] rows that were read, where it is known */
  throwIfTooMany(good) {
    if (this.total <= this.allowed) return;
    const error = this.error();
    const help = this.help ? this.helpText(good) : '';
    if (help !== '') error.message += `\n(${help})`;
    throw error;
  }

  /**
   * Options that help with the rows shown; those that are too many may be left out, if others are left.
   * @param {number} [good]
   */
  helpText(good) {
    const others = new Set(this.rows.map(({ what }) => this.help?.(what) ?? '').filter(Boolean));
    const all = good === 0 && this.total > 1;
    const widths = all && new Set(this.rows.map(({ what, got }) => what === widthProblem && got));
    const [width] = widths && widths.size === 1 ? widths : [false];
    const { wanted } = this.rows[0];
    const first =
      width && `the first line has ${wanted} columns, all ${this.total} others ${width}: wanted as many`;
    const skip = all
      ? [`all ${this.total} rows are bad`]
      : [`--skip-bad ${this.total} leaves out ${this.total} bad rows`];
    return [...(first ? [first] : skip), ...others].join('; ');
  }

  /**
   * A bad row that ends the reading, so it is shown however many came before.
   * @param {number} line
   * @param {string} what
   * @param {string} got
   * @param {string} wanted
   */
  fatal(line, what, got, wanted) {
    this.rows.splice(ROWS_SHOWN - 1);
    this.add(line, what, got, wanted);
    return this.error();
  }

  error() {
    return dataError(this.badIds === this.total ? 'BAD_IDS' : 'BAD_DATA', this.file, this.rows, this.total);
  }
}

/**
 * What is wrong with an id, or ''. NUL bytes never get this far.
 * @param {string} id
 */
export function idProblem(id) {
  if (id === '') return 'empty id';
  return id.length > FORMAT_MAX_ID_BYTES / 3 && Buffer.byteLength(id) > FORMAT_MAX_ID_BYTES
    ? 'id too long'
    : '';
}
