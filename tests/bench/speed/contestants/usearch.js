// Owns usearch as a contestant: its index, which answers approximately, and its exact search. Native code,
// one thread. Must not keep an index but beside its table.
import { existsSync, readFileSync } from 'node:fs';
import { joined } from './best.js';
import { peer, Skipped } from './skipped.js';

/** @import { Table } from '../tables.js' */

/** The library's own defaults, written out. */
const settings = { connectivity: 16, expansion_add: 128, expansion_search: 64 };

/** So many are built in minutes, random vectors too. */
const mostItems = 200_000;

/** @param {{ keys: BigUint64Array, distances: Float32Array }} found distances are 1 - the product */
const pairs = ({ keys, distances }) =>
  Array.from(keys, (key, i) => /** @type {[number, number]} */ ([Number(key), 1 - distances[i]]));

/** @param {Table} table */
function vectorsOf({ folder, items, dim }) {
  const bytes = readFileSync(`${folder}/vectors`);
  return new Float32Array(bytes.buffer, bytes.byteOffset, items * dim);
}

/** @param {Table} table @param {(q: Float32Array) => any} search @param {number} top */
const workloadsOf = ({ people }, search, top) => ({
  one: (/** @type {number} */ p) => joined(pairs(search(Float32Array.from(people[p].one))), top),
  four: (/** @type {number} */ p) => joined(pairs(search(Float32Array.from(people[p].four))), top),
});

/** @param {Table} table */
async function emptyIndex({ dim }) {
  const { Index } = (await peer(() => import('usearch'))).default;
  return new Index({ dimensions: dim, metric: 'ip', quantization: 'f32', ...settings, multi: false });
}

/**
 * Build the index, unless an earlier run left it beside the table; on all cores, since that is not timed.
 * @param {Table} table
 */
export async function prepare(table) {
  const index = await emptyIndex(table),
    file = `${table.folder}/usearch`;
  if (existsSync(file) || table.items > mostItems) return;
  index.add(
    BigUint64Array.from({ length: table.items }, (_, j) => BigInt(j)),
    vectorsOf(table),
    0,
  );
  index.save(file);
}

/**
 * @param {Table} table
 * @param {number} top
 */
export async function startIndex(table, top) {
  const index = await emptyIndex(table),
    file = `${table.folder}/usearch`;
  if (!existsSync(file)) throw new Skipped('building its index takes too long');
  index.load(file);
  return workloadsOf(table, (q) => index.search(q, top, 1), top);
}

/**
 * @param {Table} table
 * @param {number} top
 */
export async function startExact(table, top) {
  const { exactSearch } = (await peer(() => import('usearch'))).default;
  const vectors = vectorsOf(table);
  return workloadsOf(table, (q) => exactSearch(vectors, q, table.dim, top, 'ip', 1), top);
}
