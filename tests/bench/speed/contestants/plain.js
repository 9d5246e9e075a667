// Owns plain JavaScript as a contestant: one loop over the table, four vectors at once, the ten best kept on
// the way. Must not use a library.
import { readFileSync } from 'node:fs';
import { BestK } from './best.js';

/** @import { Table } from '../tables.js' */

/**
 * @param {Float32Array} v all vectors
 * @param {number} at of this one
 * @param {Float32Array} q
 * @param {number} from
 * @param {number} dim
 */
function dot(v, at, q, from, dim) {
  let s0 = 0,
    s1 = 0,
    s2 = 0,
    s3 = 0;
  for (let d = 0; d < dim; d += 4) {
    s0 += v[at + d] * q[from + d];
    s1 += v[at + d + 1] * q[from + d + 1];
    s2 += v[at + d + 2] * q[from + d + 2];
    s3 += v[at + d + 3] * q[from + d + 3];
  }
  return s0 + s1 + (s2 + s3);
}

/**
 * @param {Table} table
 * @param {number} top
 */
export function start({ folder, items: n, dim, people }, top) {
  const bytes = readFileSync(`${folder}/vectors`),
    vectors = new Float32Array(bytes.buffer, bytes.byteOffset, n * dim);
  const queries = people.map(({ one, four, candidates }) => ({
    one: Float32Array.from(one),
    four: Float32Array.from(four),
    candidates: Uint32Array.from(candidates),
  }));
  /** @param {Float32Array} q @param {number} j */
  const score = (q, j) => {
    let most = -Infinity;
    for (let from = 0; from < q.length; from += dim)
      most = Math.max(most, dot(vectors, j * dim, q, from, dim));
    return most;
  };
  /** @param {Float32Array} q */
  const scan = (q) => {
    const best = new BestK(top);
    for (let j = 0; j < n; j++) {
      const s = score(q, j);
      if (s > best.least) best.add(j, s);
    }
    return best.done();
  };
  /** @param {Float32Array} q @param {Uint32Array} list */
  const rank = (q, list) => {
    const best = new BestK(top);
    for (const j of list) {
      const s = score(q, j);
      if (s > best.least) best.add(j, s);
    }
    return best.done();
  };
  return {
    one: (/** @type {number} */ p) => scan(queries[p].one),
    four: (/** @type {number} */ p) => scan(queries[p].four),
    candidates: (/** @type {number} */ p) => rank(queries[p].four, queries[p].candidates),
  };
}
