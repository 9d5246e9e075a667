// Owns vectors in tables: CSV, JSON Lines and Parquet, a row an item. Must not know what is made of them.
import { BadRows } from '../read/bad-rows.js';
import { cellOf } from '../read/json.js';
import { withRows } from '../read/rows.js';
import { listOf, numberOf } from './cells.js';
import { layoutOf } from './layout.js';
import { badFile } from './npy.js';
import { parquetColumns, parquetRows, readParquetVectors } from './parquet-rows.js';
import { columnsText } from './runs.js';

/** @import { Layout, TableColumns } from './layout.js' */
/**
 * @typedef {object} TableVectors
 * @property {string[] | null} ids null: no column has them
 * @property {ArrayLike<number>[]} rows
 * @property {Told} told
 */
/**
 * @typedef {object} Told what was understood of a file
 * @property {string | null} id where the ids are
 * @property {string} numbers where the numbers are
 * @property {string[]} unused what else is in the file
 * @property {string[]} notes
 * @property {{ alpha: number, regularization: number }} [als] what implicit says of an ALS of its own
 */

/**
 * @param {Layout} layout
 * @returns {Told}
 */
function toldOf({ names, id, numbers, comma, header }) {
  const plain = names.map((name) => name || '(no name)');
  const used = new Set([id, ...numbers]);
  return {
    id: id < 0 ? null : plain[id],
    numbers: columnsText(plain, numbers, ', ', ' to '),
    unused: plain.filter((_, i) => !used.has(i)),
    notes: [
      ...(header || names.some((name, i) => name !== String(i + 1))
        ? []
        : ['no header: columns by their numbers']),
      ...(comma ? ['numbers have a decimal comma'] : []),
    ],
  };
}

/**
 * @typedef {object} OpenedTable
 * @property {AbortSignal | undefined} [signal]
 * @property {'csv' | 'tsv' | 'json'} [kind]
 * @property {Uint8Array} [bytes] what is in the file, where it was read
 */

/** Takes rows of cells by a layout. */
class VectorTaker {
  /**
   * @param {string} file
   * @param {Layout} layout
   */
  constructor(file, layout) {
    this.file = file;
    this.layout = layout;
    /** @type {string[]} */
    this.ids = [];
    /** @type {number[][]} */
    this.rows = [];
  }

  /**
   * @param {string[]} cells
   * @param {() => number} line
   */
  take(cells, line) {
    const { id, numbers, list, comma, names } = this.layout;
    const row = list ? listOf(cells[numbers[0]]) : numbers.map((i) => numberOf(cells[i], comma));
    const at = () => `${this.file}:${line()}`;
    if (!row) throw badFile(at(), names[numbers[0]], JSON.stringify(cells[numbers[0]]), 'a list of numbers');
    const wrong = list ? -1 : row.findIndex((x) => !Number.isFinite(x));
    if (wrong >= 0)
      throw badFile(at(), names[numbers[wrong]], JSON.stringify(cells[numbers[wrong]]), 'a number');
    if (this.rows.length > 0 && row.length !== this.rows[0].length)
      throw badFile(at(), 'vector', `${row.length} numbers`, `${this.rows[0].length}`);
    if (id >= 0 && (cells[id].trim() === '' || /^\s*[[{].*[\]}]\s*$/.test(cells[id])))
      throw badFile(at(), names[id], cells[id] || 'nothing', 'an id');
    if (id >= 0) this.ids.push(cells[id]);
    this.rows.push(row);
  }

  /** @returns {TableVectors} */
  end() {
    if (this.rows.length === 0) throw badFile(this.file, 'rows', 'none', 'at least one item');
    return { ids: this.layout.id < 0 ? null : this.ids, rows: this.rows, told: toldOf(this.layout) };
  }
}

/**
 * @param {string} path
 * @param {string} file
 * @param {TableColumns & OpenedTable} options
 * @returns {Promise<TableVectors>}
 */
export async function readTable(path, file, { signal, kind, bytes, ...columns }) {
  const open = { ...(kind && { format: kind }), ...(signal && { signal }), ...(bytes && { bytes }) };
  return withRows(path, file, open, async (rows) => {
    const bad = new BadRows(file, 0);
    if (rows.sample.length === 0) await rows.each(bad, () => {});
    bad.throwIfTooMany();
    if (rows.sample.length === 0) throw badFile(file, 'rows', 'none', 'at least one item');
    const layout = layoutOf(file, rows, columns);
    const taker = new VectorTaker(file, layout);
    let pass = layout.header;
    await rows.each(bad, (cells, line) => {
      if (pass) pass = false;
      else taker.take(cells, line);
    });
    bad.throwIfTooMany();
    return taker.end();
  });
}

/** A vector of Spark's ML has its numbers in `values`. */
const textOf = (/** @type {any} */ value) =>
  cellOf(
    ArrayBuffer.isView(value) ? Array.from(/** @type {any} */ (value)) : (plainList(value?.values) ?? value),
  );

const plainList = (/** @type {any} */ value) =>
  Array.isArray(value)
    ? value
    : ArrayBuffer.isView(value)
      ? Array.from(/** @type {any} */ (value))
      : undefined;

/** Rows by which the columns are judged. */
const sampleRows = 1000;

/**
 * A table of Parquet, in a file or in the parts of a folder.
 * @param {string} path
 * @param {string} file
 * @param {TableColumns} columns
 * @returns {Promise<TableVectors>}
 */
export async function readParquetTable(path, file, columns) {
  const names = await parquetColumns(path, file);
  const cells = (/** @type {Record<string, any>} */ row) => names.map((name) => textOf(row[name]));
  /** @type {string[][]} */
  const sample = [];
  for await (const block of parquetRows(path, file, names)) {
    sample.push(...block.slice(0, sampleRows).map(cells));
    if (sample.length > 0) break;
  }
  if (sample.length === 0) throw badFile(file, 'rows', 'none', 'at least one item');
  const layout = layoutOf(file, { names, sample }, columns);
  if (layout.list && layout.id >= 0) {
    const vector = names[layout.numbers[0]];
    return {
      ...(await readParquetVectors(path, file, { id: names[layout.id], vector })),
      told: toldOf(layout),
    };
  }
  const taker = new VectorTaker(file, layout);
  const wanted = names.filter((_, i) => i === layout.id || layout.numbers.includes(i));
  const places = wanted.map((name) => names.indexOf(name));
  /** @type {string[]} */
  const row = names.map(() => '');
  let line = 0;
  for await (const block of parquetRows(path, file, wanted))
    for (const record of block) {
      const at = ++line;
      places.forEach((i) => {
        row[i] = textOf(record[names[i]]);
      });
      taker.take(row, () => at);
    }
  return taker.end();
}
