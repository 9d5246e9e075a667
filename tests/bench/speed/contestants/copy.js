// Owns the floor: a copy of the bytes that a scan reads. Must not compute anything.
import { readFileSync } from 'node:fs';

/** @import { Table } from '../tables.js' */

/**
 * @param {Table} table
 * @param {number} bytesAnItem
 */
function copyOf({ folder, items, dim }, bytesAnItem) {
  const given = readFileSync(`${folder}/vectors`),
    source = new Uint8Array(items * bytesAnItem).map((_, i) => given[i % (items * dim * 4)]),
    target = new Uint8Array(source.length);
  const copy = () => {
    target.set(source);
    return { items: [], scores: [] };
  };
  return { one: copy, four: copy };
}

/** @param {Table} table */
export const startF32 = (table) => copyOf(table, table.dim * 4);

/** A byte a number and a scale a row. @param {Table} table */
export const startInt8 = (table) => copyOf(table, table.dim + 4);
