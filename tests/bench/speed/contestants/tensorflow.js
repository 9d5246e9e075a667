// Owns TensorFlow.js as a contestant: its WebAssembly, one thread, the table as a tensor that stays. Must not
// use another backend.
import { readFileSync } from 'node:fs';
import { peer, Skipped } from './skipped.js';

/** @import { Table } from '../tables.js' */

/** The library on its WebAssembly. */
async function library() {
  const tf = await peer(() => import('@tensorflow/tfjs-core')),
    wasm = await peer(() => import('@tensorflow/tfjs-backend-wasm'));
  wasm.setThreadsCount(1);
  if (!(await tf.setBackend('wasm'))) throw new Skipped('its WebAssembly does not start here');
  await tf.ready();
  return tf;
}

/**
 * @param {Table} table
 * @param {number} top
 */
export async function start({ folder, items: n, dim, people }, top) {
  const tf = await library(),
    bytes = readFileSync(`${folder}/vectors`);
  const rows = tf.tensor2d(new Float32Array(bytes.buffer, bytes.byteOffset, n * dim), [n, dim]);
  // (D, N): only so does the library multiply by its fast kernel.
  const columns = tf.transpose(rows);
  const ask = (/** @type {any} */ scores, /** @type {number} */ queries) => {
    const { values, indices } = tf.topk(
      queries > 1 ? tf.max(scores, 0) : tf.reshape(scores, [-1]),
      top,
      true,
    );
    return { items: [...indices.dataSync()], scores: [...values.dataSync()] };
  };
  const scan = (/** @type {number[]} */ q) =>
    tf.tidy(() => {
      const queries = q.length / dim;
      return ask(tf.matMul(tf.tensor2d(q, [queries, dim]), columns), queries);
    });
  const rank = (/** @type {number[]} */ q, /** @type {number[]} */ list) =>
    tf.tidy(() => {
      const some = tf.gather(rows, tf.tensor1d(list, 'int32')),
        scores = tf.matMul(tf.tensor2d(q, [q.length / dim, dim]), tf.transpose(some));
      const { items, scores: best } = ask(scores, q.length / dim);
      return { items: items.map((/** @type {number} */ place) => list[place]), scores: best };
    });
  return {
    one: (/** @type {number} */ p) => scan(people[p].one),
    four: (/** @type {number} */ p) => scan(people[p].four),
    candidates: (/** @type {number} */ p) => rank(people[p].four, people[p].candidates),
  };
}
