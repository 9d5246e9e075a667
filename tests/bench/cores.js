// Owns `npm run bench:cores`: seconds and people a second of trainings and evaluations by cores, interleaved
// in one run. Must not choose a setting, or say what is fast.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { loadModel } from '../../dist/ampcf.js';
import { evaluateModel } from '../../dist/evaluate.js';
import { trainModel } from '../../dist/train.js';
import { quantile } from '../../web/core/quantile.js';
import { below, seededRandom } from '../../web/core/random.js';
import { markdownTable } from './accuracy/text.js';
import { benchArguments, publish } from './results.js';

/** @import { Interactions, TrainOptions } from '../../web/train.js' */
/** @typedef {(cores: number) => Promise<Uint8Array | string>} Work the same for any cores */

const { write, quick, alone } = benchArguments({ quick: { type: 'boolean' }, alone: { type: 'boolean' } });
const shape = quick ? { users: 2000, items: 600, events: 20 } : { users: 30000, items: 5000, events: 60 };
const repeats = quick ? 2 : 5;
const counts = [1, 2, 4, 8].filter((cores) => cores <= Math.max(2, availableParallelism()));

/**
 * People with items of two of ten groups, popular ones more often.
 * @param {number} events of each
 * @param {number} seed
 * @returns {Interactions}
 */
function made(events, seed) {
  const random = seededRandom(seed);
  const groups = 10;
  const user = /** @type {number[]} */ ([]);
  const item = /** @type {number[]} */ ([]);
  for (let u = 0; u < shape.users; u++) {
    const own = new Set(/** @type {number[]} */ ([]));
    const likes = [below(random, groups), below(random, groups)];
    while (own.size < events) {
      const place = Math.floor((shape.items / groups) * random() ** 2);
      own.add(place * groups + likes[own.size % 2]);
    }
    for (const j of own) {
      user.push(u);
      item.push(j);
    }
  }
  const names = (/** @type {string} */ letter, /** @type {number} */ n) =>
    Array.from({ length: n }, (_, i) => `${letter}${i}`);
  return { users: names('u', shape.users), items: names('i', shape.items), user, item };
}

const history = made(shape.events, 1);
const test = made(10, 2);

/**
 * @param {TrainOptions} options
 * @returns {Work}
 */
const training = (options) => async (cores) => (await trainModel(history, { ...options, cores })).bytes;

/**
 * @param {TrainOptions} options
 * @returns {Promise<Work>}
 */
async function evaluation(options) {
  const model = await loadModel((await trainModel(history, options)).bytes);
  return async (cores) => {
    const { seconds, ...figures } = await evaluateModel(model, { history, test, cores });
    return JSON.stringify(figures);
  };
}

const als = training({ dim: 64, sweeps: 3 });
if (alone) {
  // One of the processes that share nothing.
  await als(1);
  process.exit();
}

/**
 * As many processes as cores, each with a training of its own: what the machine has to give.
 * @type {Work}
 */
async function processes(cores) {
  const script = [fileURLToPath(import.meta.url), '--alone', ...(quick ? ['--quick'] : [])];
  const running = Array.from({ length: cores }, () => spawn(process.execPath, script, { stdio: 'inherit' }));
  const ends = await Promise.all(running.map((child) => once(child, 'close')));
  assert.ok(ends.every(([code]) => code === 0));
  return '';
}

/** @type {[string, Work][]} */
const works = [
  ['als, dim 64, 3 sweeps', als],
  ['logistic, dim 64, 1 epoch', training({ objective: 'logistic', dim: 64, warmup: 1, epochs: 1 })],
  ['neighbours by ease, beside vectors', training({ dim: 64, sweeps: 1, neighbours: 50 })],
  ['neighbours by local', training({ dim: 8, sweeps: 1, neighbours: 50, neighbourMethod: 'local' })],
  ['evaluation, one vector', await evaluation({ dim: 64, sweeps: 2, gate: 0 })],
  ['evaluation, gate and leaves', await evaluation({ dim: 64, sweeps: 2 })],
  ['als in processes that share nothing', processes],
];

/**
 * Median seconds by cores; every run gives the same.
 * @param {Work} work
 */
async function secondsBy(work) {
  const taken = counts.map(() => /** @type {number[]} */ ([]));
  const first = await work(1);
  for (let repeat = 0; repeat < repeats; repeat++)
    for (const [i, cores] of counts.entries()) {
      const began = performance.now();
      assert.deepEqual(await work(cores), first);
      taken[i].push((performance.now() - began) / 1000);
    }
  const each = (/** @type {number} */ i) => (work === processes ? counts[i] : 1);
  return taken.map((list, i) => quantile(Float64Array.from(list).sort(), 0.5) / each(i));
}

const rows = [];
for (const [name, work] of works) {
  const medians = await secondsBy(work);
  rows.push([
    name,
    ...medians.map((seconds) => `${seconds.toFixed(2)} s, ${Math.round(shape.users / seconds)}/s`),
    ...medians.slice(1).map((seconds) => (medians[0] / seconds).toFixed(2)),
  ]);
}
const columns = counts.map((cores) => `${cores} ${cores === 1 ? 'core' : 'cores'}`);
const table = markdownTable(
  ['', ...columns, ...columns.slice(1).map((name) => `${name}: times as fast`)],
  rows,
);
const { users, items, events } = shape;
const text = [
  `${users.toLocaleString('en')} people, ${items.toLocaleString('en')} items, ${events} events a person; ` +
    `medians of ${repeats} interleaved runs, people a second. Every run gave the same bytes and figures. ` +
    'The last row is what the machine has to give: trainings on one core each, start included.',
  '',
  table,
].join('\n');
publish('cores', text, { write });
