// Owns hnswlib-wasm as a contestant, which answers approximately. Must not search exactly.
import { readFileSync } from 'node:fs';
import { joined } from './best.js';
import { peer, Skipped } from './skipped.js';

/** @import { Table } from '../tables.js' */

const settings = { connectivity: 16, expansionAdd: 128, expansionSearch: 64, seed: 1 };
/** It builds its index at every start, as it cannot keep one outside a page. */
const mostItems = 200_000;

/** It is made for pages: Node gets what it looks for there. */
async function library() {
  await peer(() => import('fake-indexeddb/auto'));
  Object.assign(globalThis, { window: globalThis, document: {}, location: { href: 'http://localhost/' } });
  const { loadHnswlib } = await peer(() => import('hnswlib-wasm/dist/hnswlib.js'));
  return loadHnswlib();
}

/**
 * @param {Table} table
 * @param {number} top
 */
export async function start({ folder, items: n, dim, people }, top) {
  if (n > mostItems) throw new Skipped('building its index takes too long');
  const { HierarchicalNSW } = await library();
  const bytes = readFileSync(`${folder}/vectors`),
    vectors = new Float32Array(bytes.buffer, bytes.byteOffset, n * dim);
  const index = new HierarchicalNSW('ip', dim, '');
  index.initIndex(n, settings.connectivity, settings.expansionAdd, settings.seed);
  for (let j = 0; j < n; j++) index.addPoint(vectors.subarray(j * dim, (j + 1) * dim), j, false);
  index.setEfSearch(settings.expansionSearch);
  const search = (/** @type {number[]} */ q) => {
    const pairs = [];
    for (let from = 0; from < q.length; from += dim) {
      const found = index.searchKnn(Float32Array.from(q.slice(from, from + dim)), top, undefined);
      for (const [i, j] of found.neighbors.entries())
        pairs.push(/** @type {[number, number]} */ ([j, 1 - found.distances[i]]));
    }
    return joined(pairs, top);
  };
  return {
    one: (/** @type {number} */ p) => search(people[p].one),
    four: (/** @type {number} */ p) => search(people[p].four),
  };
}
