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
 * Sessions by name, opened when they are first asked; each has its own copy of the table.
 * @param {any} ort
 * @param {Table} table
 * @param {number} top
 */
async function sessionsOf(ort, { folder, items: n, dim, people }, top) {
  const { onnxFile } = await peer(() => import('./onnx-file.js'));
  const bytes = readFileSync(`${folder}/vectors`),
    table = new Float32Array(bytes.buffer, bytes.byteOffset, n * dim),
    columns = transposed(table, n, dim);
  const common = { dim, items: n, top },
    options = { executionProviders: ['wasm'], graphOptimizationLevel: 'all' };
  /** @type {Record<string, import('./onnx-file.js').Graph>} */
  const graphs = {
    one: { ...common, queries: 1, table: columns },
    four: { ...common, queries: 4, table: columns },
    candidates: { ...common, queries: 4, table, candidates: people[0].candidates.length },
  };
  /** @type {Record<string, any>} */ const sessions = {};
  return async (/** @type {string} */ name) =>
    (sessions[name] ??= await ort.InferenceSession.create(onnxFile(graphs[name]), options));
}

/**
 * @param {any} session
 * @param {Record<string, any>} feeds
 */
async function ask(session, feeds) {
  const { values, indices } = await session.run(feeds);
  return { items: Array.from(indices.data, Number), scores: [...values.data] };
}

/**
 * @param {Table} table
 * @param {number} top
 */
export async function start(table, top) {
  const ort = await peer(() => import('onnxruntime-web/wasm'));
  ort.env.wasm.numThreads = 1;
  const { items: n, dim, people } = table;
  const session = await sessionsOf(ort, table, top);
  const queries = people.map(({ one, four, candidates }) => ({
    one: new ort.Tensor('float32', Float32Array.from(one), [1, dim]),
    four: new ort.Tensor('float32', Float32Array.from(four), [4, dim]),
    list: new ort.Tensor('int64', BigInt64Array.from(candidates, BigInt), [candidates.length]),
  }));
  await session('four');
  const scan = (/** @type {'one' | 'four'} */ name) => async (/** @type {number} */ p) =>
    ask(await session(name), { queries: queries[p][name] });
  const rank = async (/** @type {number} */ p) => {
    const { four, list } = queries[p];
    const { items, scores } = await ask(await session('candidates'), { queries: four, candidates: list });
    return { items: items.map((place) => people[p].candidates[place]), scores };
  };
  const scans = { one: scan('one'), four: scan('four') };
  return n > mostCandidateTable ? scans : { ...scans, candidates: rank };
}
