// Owns what reading a file takes in memory, and refusing what does not fit: before the first row where the
// size of the file says so, else as soon as the rows do. Must not read.
import { AmpcfError } from '../core/errors.js';

/** @typedef {{ bytes: number, name: string }} ReadingLimit name: whose limit it is, for the message */

/** Size says how many rows there are only about, so a file is not refused for it that is not far beyond. */
const sureFactor = 2;

/**
 * Bytes that a row takes until it is read and in order: two indices and what else it says, its place, and
 * room to move the widest column; more than this is never held.
 * @param {{ rating: boolean, time: boolean }} has
 */
export const bytesOfRow = ({ rating, time }) => 4 + 4 + (rating ? 8 : 0) + (time ? 8 : 0) + 4 + 8;

/** @param {number} bytes */
const inUnits = (bytes) =>
  bytes < 1e9 ? `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB` : `${(bytes / 1e9).toFixed(1)} GB`;

/** The rows of one file, as far as memory goes. */
export class ReadingMemory {
  /**
   * @param {string} file
   * @param {ReadingLimit} limit
   * @param {{ rating: boolean, time: boolean }} has
   */
  constructor(file, limit, has) {
    this.file = file;
    this.limit = limit;
    this.has = has;
    this.perRow = bytesOfRow(has);
    this.mostRows = Math.floor(limit.bytes / this.perRow);
  }

  /**
   * Refuses a file by what is known of its rows before they are read.
   * @param {{ rows: number, isSure: boolean } | null} expected
   */
  checkExpected(expected) {
    if (!expected) return;
    const { rows, isSure } = expected;
    if (rows > this.mostRows * (isSure ? 1 : sureFactor)) throw this.error(isSure ? '' : 'about ', rows);
  }

  /**
   * @param {string} about
   * @param {number} rows
   */
  error(about, rows) {
    const { file, limit, has, perRow } = this;
    const spare = [has.time && '--time none', has.rating && '--rating none'].filter(Boolean);
    const less = spare.length > 0 ? `${spare.join(' or ')} needs less, ` : '';
    const wanted = perRow * rows;
    return new AmpcfError(
      'OUT_OF_MEMORY',
      `${file}: reading ${about}${rows.toLocaleString('en')} rows needs ${inUnits(wanted)} ` +
        `(${perRow} bytes a row), got ${inUnits(limit.bytes)} from ${limit.name}, wanted at least as much: ` +
        `${less}and examples/spark trains on what fits no machine`,
      { wanted, limit: limit.bytes },
    );
  }
}

/** The limit of a caller who has none. */
export const noLimit = { bytes: Infinity, name: 'nothing' };
