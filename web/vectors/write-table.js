// Owns vectors as tables: CSV, JSON Lines, Parquet, an item a row. Must not know where they come from.
import { parquetWriteBuffer } from 'hyparquet-writer';

/**
 * @typedef {object} VectorTable
 * @property {string[]} ids (N)
 * @property {Float32Array} vectors (N, D)
 * @property {number} dim D
 */

/** As few digits as single precision needs. */
const digits = (/** @type {number} */ x) => String(Number(x.toPrecision(9)));

const cell = (/** @type {string} */ text) =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/**
 * @param {VectorTable} table
 * @param {number} j
 */
const row = ({ vectors, dim }, j) => vectors.subarray(j * dim, (j + 1) * dim);

/** @param {VectorTable} table */
export function csvOf(table) {
  const head = ['id', ...Array.from({ length: table.dim }, (_, d) => `v${d + 1}`)].join(',');
  const lines = table.ids.map((id, j) => `${cell(id)},${Array.from(row(table, j), digits).join(',')}`);
  return Buffer.from(`${[head, ...lines].join('\n')}\n`);
}

/** @param {VectorTable} table */
export function jsonLinesOf(table) {
  const lines = table.ids.map(
    (id, j) => `{"id":${JSON.stringify(id)},"vector":[${Array.from(row(table, j), digits).join(',')}]}`,
  );
  return Buffer.from(`${lines.join('\n')}\n`);
}

/**
 * Columns `id` and `features`, as `ampcf import FOLDER` has them.
 * @param {VectorTable} table
 */
export function parquetOf(table) {
  const features = table.ids.map((_, j) => Array.from(row(table, j)));
  const schema = [
    { name: 'root', num_children: 2 },
    { name: 'id', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
    { name: 'features', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
  ];
  const columnData = [
    { name: 'id', data: table.ids },
    { name: 'features', data: features },
  ];
  return new Uint8Array(parquetWriteBuffer(/** @type {any} */ ({ columnData, schema })));
}
