// Owns reading Parquet: the names of columns, and rows of values piece by piece. Must not know what a column
// means. It is loaded when a file is Parquet, and no sooner.
import { asyncBufferFromFile, parquetMetadataAsync, parquetRead, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

import { AmpcfError } from '../core/errors.js';

/** Rows that are made of columns at a time. */
const rowsAtOnce = 65536;
/** Rows that are decoded at a time at most: a group of more is decoded again for each part. */
const mostDecoded = 1 << 23;

/**
 * @typedef {object} ParquetFile
 * @property {string[]} columns names, in their order
 * @property {number} rows
 * @property {(columns?: string[]) => AsyncGenerator<Record<string, any>[], void, undefined>} blocks of rows
 */
/** @typedef {{ start: number, values: ArrayLike<any> }} Piece values of a column from a row on */

/**
 * Which rows are decoded together: those of a group, which is compressed as a whole, so that a part of it
 * takes as long as all of it.
 * @param {{ num_rows: bigint }[]} groups
 * @param {number} most rows of a part
 */
function* partsOf(groups, most) {
  let start = 0;
  for (const { num_rows: n } of groups) {
    const end = start + Number(n);
    for (; start < end; start = Math.min(end, start + most))
      yield { rowStart: start, rowEnd: Math.min(end, start + most) };
  }
}

/**
 * The columns of some rows, as they were decoded: no row is made yet.
 * @param {Omit<Parameters<typeof parquetRead>[0], 'onComplete'> & { columns: string[] }} options
 */
async function decoded(options) {
  const { columns } = options;
  const pieces = new Map(columns.map((name) => [name, /** @type {Piece[]} */ ([])]));
  await parquetRead(
    /** @type {any} */ ({
      ...options,
      onChunk: (/** @type {any} */ { columnName, columnData, rowStart }) =>
        pieces.get(columnName)?.push({ start: rowStart, values: columnData }),
    }),
  );
  return columns.map((name) => ({
    name,
    pieces: /** @type {Piece[]} */ (pieces.get(name)).sort((a, b) => a.start - b.start),
  }));
}

/**
 * Rows as objects.
 * @param {Awaited<ReturnType<typeof decoded>>} columns
 * @param {number} from
 * @param {number} to
 */
function rowsOf(columns, from, to) {
  const rows = Array.from({ length: to - from }, () => /** @type {Record<string, any>} */ ({}));
  for (const { name, pieces } of columns) {
    let filled = 0;
    for (const { start, values } of pieces) {
      const end = Math.min(to, start + values.length);
      for (let row = Math.max(from, start); row < end; row++, filled++)
        rows[row - from][name] = values[row - start];
    }
    if (filled !== rows.length)
      throw new Error(`column ${name} has ${filled} values of the ${rows.length} rows from ${from} on`);
  }
  return rows;
}

/**
 * Opens a Parquet file by its path, or its bytes. Throws `BAD_DATA` where it is damaged or of a kind that is
 * not known.
 * @param {string | Uint8Array<ArrayBuffer>} source
 * @param {string} name what messages call it
 * @param {number} [most] rows that are decoded at a time
 * @returns {Promise<ParquetFile>}
 */
export async function openParquet(source, name, most = mostDecoded) {
  const failed = (/** @type {unknown} */ cause) => {
    if (cause instanceof AmpcfError || /** @type {any} */ (cause)?.syscall) return cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    const got = JSON.stringify(why);
    const message = `${name}: cannot read as Parquet, got ${got}, wanted a sound Parquet file`;
    return new AmpcfError('BAD_DATA', message, { cause });
  };
  try {
    const file =
      typeof source === 'string'
        ? await asyncBufferFromFile(source)
        : /** @type {ArrayBuffer} */ (
            source.buffer.slice(source.byteOffset, source.byteOffset + source.byteLength)
          );
    const metadata = await parquetMetadataAsync(file);
    const rows = Number(metadata.num_rows);
    const names = parquetSchema(metadata).children.map(({ element }) => element.name);
    async function* blocks(/** @type {string[]} */ columns = names) {
      for (const { rowStart, rowEnd } of partsOf(metadata.row_groups, most)) {
        try {
          const part = await decoded({ file, metadata, columns, rowStart, rowEnd, compressors });
          for (let from = rowStart; from < rowEnd; from += rowsAtOnce)
            yield rowsOf(part, from, Math.min(rowEnd, from + rowsAtOnce));
        } catch (cause) {
          throw failed(cause);
        }
      }
    }
    return { columns: names, rows, blocks };
  } catch (cause) {
    throw failed(cause);
  }
}
