// Owns reading Parquet: the names of columns, and rows of values piece by piece. Must not know what a column
// means. It is loaded when a file is Parquet, and no sooner.
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

import { AmpcfError } from '../core/errors.js';

/** Rows that are taken into memory at a time. */
const rowsAtOnce = 65536;

/**
 * @typedef {object} ParquetFile
 * @property {string[]} columns names, in their order
 * @property {number} rows
 * @property {(columns?: string[]) => AsyncGenerator<Record<string, any>[], void, undefined>} blocks of rows
 */

/**
 * Opens a Parquet file by its path, or its bytes. Throws `BAD_DATA` where it is damaged or of a kind that is
 * not known.
 * @param {string | Uint8Array<ArrayBuffer>} source
 * @param {string} name what messages call it
 * @returns {Promise<ParquetFile>}
 */
export async function openParquet(source, name) {
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
      for (let rowStart = 0; rowStart < rows; rowStart += rowsAtOnce) {
        const rowEnd = Math.min(rows, rowStart + rowsAtOnce);
        const options = { file, metadata, columns, rowStart, rowEnd, compressors };
        try {
          yield await parquetReadObjects(options);
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
