// Owns onnxruntime-web as a contestant: WebAssembly, one thread, the table as a constant of the graph. Must
// not write the graph.
import { readFileSync } from 'node:fs';
import { peer } from './skipped.js';

/** @import { Table } from '../tables.js' */

/** More than this, and the three copies that a session makes of its table do not fit 4 GiB. */
const mostCandidateTable = 200_000;

/** (N, D) to (D, N). @param {Float32Array} v @param {number} n @param {number} dim */
function transposed(v, n, dim) {
  const out = new Float32Array(n * dim);
  for (let j = 0; j < n; j++) for (let d = 0; d < dim; d++) out[d * n + j] = v[j * dim + d];
  return out;
}

/**
 * @param {Table} table
 * @param {number} top
 */
export async function start({ folder, items: n, dim, people }, top) {
  const ort = await peer(() => import('onnxruntime-web/wasm'));
  const { onnxFile } = await peer(() => import('./onnx-file.js'));
  ort.env.wasm.numThreads = 1;
  const bytes = readFileSync(`${folder}/vectors`),
    vectors = new Float32Array(bytes.buffer, bytes.byteOffset, n * dim);
  const options = { executionProviders: ['wasm'], graphOptimizationLevel: 'all' },
    columns = transposed(vectors, n, dim);
  /** @type {Record<string, any>} */ const sessions = {};
  const open = async (/** @type {string} */ name, /** @type {object} */ graph) =>
    (sessions[name] ??= await ort.InferenceSession.create(
      onnxFile({ dim, items: n, top, ...graph }),
      options,
    ));
  const ask = async (/** @type {any} */ session, /** @type {object} */ feeds) => {
    const { values, indices } = await session.run(feeds);
    return { items: Array.from(indices.data, Number), scores: [...values.data] };
  };
  const queries = people.map(({ one, four, candidates }) => ({
    one: new ort.Tensor('float32', Float32Array.from(one), [1, dim]),
    four: new ort.Tensor('float32', Float32Array.from(four), [4, dim]),
    list: new ort.Tensor('int64', BigInt64Array.from(candidates, BigInt), [candidates.length]),
  }));
  const workloads = {
    one: async (/** @type {number} */ p) =>
      ask(await open('one', { queries: 1, table: columns }), { queries: queries[p].one }),
    four: async (/** @type {number} */ p) =>
      ask(await open('four', { queries: 4, table: columns }), { queries: queries[p].four }),
  };
  await open('four', { queries: 4, table: columns });
  if (n > mostCandidateTable) return workloads;
  const rank = async (/** @type {number} */ p) => {
    const { four, list } = queries[p],
      { candidates } = people[p];
    const session = await open('candidates', { queries: 4, table: vectors, candidates: candidates.length });
    const { items, scores } = await ask(session, { queries: four, candidates: list });
    return { items: items.map((place) => candidates[place]), scores };
  };
  return { ...workloads, candidates: rank };
}
