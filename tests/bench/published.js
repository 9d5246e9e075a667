// Owns `npm run bench:published`: the published objective with the authors' settings under the authors'
// protocol, beside what their notebook reached
// on the same lists. Must not choose a setting: the best epoch is taken on test, in their favour as in ours,
// because that is their protocol.
import { existsSync, readFileSync } from 'node:fs';
import { loadModel } from '../../dist/ampcf.js';
import { softmaxDefaults, trainModel } from '../../dist/train.js';
import { WasmMemory } from '../../web/core/memory.js';
import { trainConfig } from '../../web/train/config.js';
import { TrainKernel } from '../../web/train/kernel.js';
import { trainSettings } from '../../web/train/settings.js';
import { figure, markdownTable } from './accuracy/text.js';
import { benchArguments, publish } from './results.js';

const { data, write } = benchArguments({});
const seeds = [1, 2, 3];
const patience = 4;
const maxEpochs = 200;
/**
 * HR@10 and NDCG@10 of the authors' notebook, run on these lists with the held-out item taken out of its pool
 * of negatives.
 */
const notebook = /** @type {Record<string, Record<number, [number, number]>>} */ ({
  'loo-ml-latest-small': { 1: [0.7656, 0.5122], 3: [0.782, 0.523], 4: [0.7689, 0.5207] },
  'loo-amazon-video-games': { 1: [0.5537, 0.3619], 3: [0.5995, 0.4017] },
});

const module = await WebAssembly.compile(
  readFileSync(new URL('../../dist/wasm/train-simd.wasm', import.meta.url)),
);

/**
 * @typedef {{ n: number, offsets: Uint32Array, items: Uint32Array, rows: Map<number, number>, tests:
 *   number[][] }} Lists
 */

/**
 * Lines of numbers: train is `user item item ...`, test is `user held-out negative*99`.
 * @param {string} folder
 * @returns {Lists}
 */
function readLists(folder) {
  const read = (/** @type {string} */ name) =>
    readFileSync(`${folder}/${name}`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.trim().split(' ').map(Number));
  const train = read('train.txt');
  const tests = read('test.txt');
  const offsets = new Uint32Array(train.length + 1);
  train.forEach((row, u) => {
    offsets[u + 1] = offsets[u] + row.length - 1;
  });
  const items = Uint32Array.from(train.flatMap(([, ...row]) => row.sort((a, b) => a - b)));
  const n =
    [...train, ...tests].reduce((most, [, ...row]) => row.reduce((a, b) => Math.max(a, b), most), 0) + 1;
  return { n, offsets, items, rows: new Map(train.map(([user], u) => [user, u])), tests };
}

/**
 * Gain of the held-out item at each place of the first ten.
 * @param {ArrayLike<number>} scores the held-out item's first; equal scores come before it
 */
function gainOf(scores) {
  let rank = 0;
  for (let i = 1; i < scores.length; i++) rank += scores[i] >= scores[0] ? 1 : 0;
  return rank < 10 ? 1 / Math.log2(rank + 2) : 0;
}

/** @param {number[]} gains of each user */
function summary(gains) {
  const mean = (/** @type {number[]} */ list) => list.reduce((a, b) => a + b, 0) / list.length;
  const hr = mean(gains.map((gain) => (gain > 0 ? 1 : 0))),
    ndcg = mean(gains);
  return {
    hr,
    ndcg,
    hrError: Math.sqrt((hr * (1 - hr)) / gains.length),
    ndcgError: Math.sqrt(mean(gains.map((gain) => (gain - ndcg) ** 2)) / gains.length),
  };
}

/**
 * Train as the authors do: until neither figure has risen for four epochs.
 * @param {Lists} lists
 * @param {number} personas
 * @param {number} seed
 */
function runOnce({ n, offsets, items, rows, tests }, personas, seed) {
  const settings = trainSettings({ objective: 'softmax', personas, seed, epochs: maxEpochs });
  const kernel = new TrainKernel(new WasmMemory(module));
  const rowsByUser = { offsets, items, weights: null };
  const training = kernel.openTrainer(trainConfig(settings, offsets.length - 1, n), rowsByUser);
  const epochs = [];
  let seconds = 0;
  let best = { hr: 0, ndcg: 0 };
  let since = 0;
  while (epochs.length < maxEpochs && since < patience) {
    const began = performance.now();
    while (training.step(softmaxDefaults.batch).sweep === epochs.length);
    seconds += (performance.now() - began) / 1000;
    const result = summary(tests.map(([user, ...list]) => gainOf(training.score(rows.get(user) ?? 0, list))));
    since = result.hr > best.hr || result.ndcg > best.ndcg ? 0 : since + 1;
    best = { hr: Math.max(best.hr, result.hr), ndcg: Math.max(best.ndcg, result.ndcg) };
    epochs.push(result);
  }
  return { epochs, seconds };
}

/**
 * What a page would do: the model file of the defaults, everybody folded in from the list they trained with.
 * @param {Lists} lists
 * @param {import('../../web/train.js').TrainOptions} options
 */
async function foldedIn({ n, offsets, items, rows, tests }, options) {
  const ids = Array.from({ length: n }, (_, j) => String(j)),
    user = Array.from(offsets.subarray(1), (end, u) => Array(end - offsets[u]).fill(u)).flat();
  const { bytes, seconds } = await trainModel(
    { users: Array.from(offsets.subarray(1), (_, u) => String(u)), items: ids, user, item: items },
    { minSupport: 1, ...options },
  );
  const model = await loadModel(bytes);
  const result = summary(
    tests.map(([name, ...list]) => {
      const u = rows.get(name) ?? 0,
        me = model.createProfile([...items.subarray(offsets[u], offsets[u + 1])].map(String));
      const found = new Map(me.rank(list.map(String)).items.map(({ item, score }) => [item, score]));
      me.dispose();
      // An item that nobody has is not in the model.
      return gainOf(list.map((item) => found.get(String(item)) ?? -Infinity));
    }),
  );
  return { ...result, seconds };
}

const average = (/** @type {number[]} */ list) => list.reduce((a, b) => a + b, 0) / list.length;
const figures = (/** @type {number} */ hr, /** @type {number} */ ndcg) => `${figure(hr)}/${figure(ndcg)}`;
/** @type {string[]} */
const tables = [];
for (const [name, models] of Object.entries(notebook)) {
  if (!existsSync(`${data}/${name}`)) {
    process.stdout.write(`skipped: no ${data}/${name} (npm run bench:published -- --data FOLDER)\n`);
    continue;
  }
  const lists = readLists(`${data}/${name}`);
  /** @type {string[][]} */
  const out = [];
  for (const [personas, [hr, ndcg]] of Object.entries(models)) {
    const runs = seeds.map((seed) => runOnce(lists, Number(personas), seed));
    const best = runs.map(({ epochs }) => epochs.reduce((a, b) => (b.ndcg > a.ndcg ? b : a))),
      last = runs.map(({ epochs }) => epochs[epochs.length - 1]);
    const reached = runs.map(
      ({ epochs }) => epochs.findIndex((epoch) => epoch.hr >= hr && epoch.ndcg >= ndcg) + 1,
    );
    const mean = (
      /** @type {typeof best} */ list,
      /** @type {'hr' | 'ndcg' | 'hrError' | 'ndcgError'} */ key,
    ) => average(list.map((result) => result[key]));
    out.push([
      personas === '1' ? 'MF' : `AMP-${personas}`,
      figures(mean(best, 'hr'), mean(best, 'ndcg')),
      figures(mean(best, 'hrError'), mean(best, 'ndcgError')),
      figures(mean(last, 'hr'), mean(last, 'ndcg')),
      average(runs.map(({ epochs }) => epochs.length)).toFixed(0),
      average(runs.map(({ seconds }) => seconds)).toFixed(1),
      figures(hr, ndcg),
      reached.map((epoch) => epoch || 'never').join(', '),
    ]);
  }
  for (const objective of /** @type {const} */ (['softmax', 'als'])) {
    const { hr, ndcg, hrError, ndcgError, seconds } = await foldedIn(lists, { objective });
    out.push([
      `folded in, ${objective} defaults`,
      '',
      figures(hrError, ndcgError),
      figures(hr, ndcg),
      '',
      seconds.toFixed(1),
      '',
      '',
    ]);
  }
  const head = ['', 'best epoch', 's.e.', 'last epoch', 'epochs', 'seconds', 'notebook', 'reached in epoch'];
  tables.push(`${name}:\n\n${markdownTable(head, out)}`);
}
if (tables.length > 0)
  publish(
    'published',
    `HR@10/NDCG@10, ${seeds.length} seeds, D = ${softmaxDefaults.dim}, ` +
      `Adam ${softmaxDefaults.learningRate}, patience ${patience}. ` +
      'Negatives of the training are all items\n' +
      'that a person does not have there, so the held-out one is among them.\n\n' +
      tables.join('\n\n'),
    { write },
  );
