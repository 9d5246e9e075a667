// Owns complaints about rows: `file:line: what, got, wanted`, the first ten of them, and which are too many.
// Must not read anything.
import { FORMAT_MAX_ID_BYTES } from '../core/abi.js';
import { AmpcfError } from '../core/errors.js';

const ROWS_SHOWN = 10;

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

  throwIfTooMany() {
    if (this.total <= this.allowed) return;
    const error = this.error();
    if (this.help) error.message += `\n(${this.helpText()})`;
    throw error;
  }

  /** Options that help with the rows shown; those that are too many may be left out. */
  helpText() {
    const others = new Set(this.rows.map(({ what }) => this.help?.(what) ?? '').filter(Boolean));
    return [`--skip-bad ${this.total} leaves out ${this.total} bad rows`, ...others].join('; ');
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
