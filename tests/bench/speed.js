// Owns `npm run bench`: how long what a page does takes on this machine, but for rankings of a catalogue,
// which npm run bench:speed measures. Must not decide pass or fail.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { loadModel } from '../../dist/ampcf.js';
import { trainModel } from '../../dist/train.js';
import { loadFilms, trainDemo } from '../../examples/demo/train.js';
import { demoPeople } from '../../examples/demo/people.js';
import { markdownTable } from './accuracy/text.js';
import { benchArguments, publish } from './results.js';
import { addEvent, beginFold, finishFold, freeFold, personaCount, rankItems } from '../../web/core/kernel.js';

const { write } = benchArguments({});
const nItems = 10_000;
const dim = 64;
const nPersonas = 4;
const nHistory = 100;
const nCandidates = 500;

/** @param {number} seed */
function random(seed) {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/**
 * Median and spread of repeated calls, milliseconds.
 * @param {() => void} call
 * @param {() => void} [before] each call, not timed
 * @param {number} runs
 */
function time(call, before = () => {}, runs = 200) {
  for (let i = 0; i < 20; i++) (before(), call());
  const times = Array.from({ length: runs }, () => {
    before();
    const began = performance.now();
    call();
    return performance.now() - began;
  }).sort((a, b) => a - b);
  return {
    median: times[runs >> 1],
    low: times[Math.floor(runs * 0.05)],
    high: times[Math.floor(runs * 0.95)],
  };
}

/** Ten groups of items, so that histories over four of them have four personas. */
async function benchModel() {
  const next = random(1);
  const users = Array.from({ length: 3000 }, (_, u) => `u${u}`);
  const items = Array.from({ length: nItems }, (_, j) => `i${j}`);
  const user = [],
    item = [];
  for (let u = 0; u < users.length; u++)
    for (let n = 0; n < 60; n++)
      (user.push(u),
        item.push((Math.floor(next() ** 2 * (nItems / 10)) * 10 + ((u + (n % 2)) % 10)) % nItems));
  for (let j = 0; j < nItems; j++) (user.push(j % users.length), item.push(j));
  return trainModel(
    { users, items, user, item },
    { dim, personas: nPersonas, sweeps: 3, split: 1, minSupport: 1 },
  );
}

/**
 * Import, load and first ranking in a fresh process.
 * @param {string} path
 * @param {string[]} history
 */
function coldStart(path, history) {
  const library = new URL('../../dist/ampcf.js', import.meta.url).href;
  const script = `const began = performance.now();
    const { loadModel } = await import(${JSON.stringify(library)});
    const { readFileSync } = await import('node:fs');
    const model = await loadModel(readFileSync(${JSON.stringify(path)}));
    const list = model.createProfile(${JSON.stringify(history)}).recommend({ topK: 10 });
    console.log(performance.now() - began, list.items.length);`;
  const times = Array.from({ length: 15 }, () =>
    parseFloat(
      spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).stdout,
    ),
  ).sort((a, b) => a - b);
  return { median: times[7], low: times[0], high: times[14] };
}

const { bytes } = await benchModel();
const next = random(2);
const model = await loadModel(bytes);
const scalar = await loadModel(bytes, { backend: 'scalar' });
const ids = model.ids(),
  history = Array.from({ length: nHistory }, (_, i) => `i${((i * 7) % 300) * 10 + (i % 4) * 2}`);
const candidates = Array.from({ length: nCandidates }, () => ids[Math.floor(next() * nItems)]);
const folded = model.createProfile(history),
  foldedScalar = scalar.createProfile(history);
folded.rank(candidates.slice(0, 2));

// The core alone: the same calls the API makes, without ids and objects.
const indices = history.map((id) => /** @type {number} */ (model.indexOf(id))),
  list = Uint32Array.from(candidates, (id) => /** @type {number} */ (model.indexOf(id)));
const foldCore = () => {
  const core = beginFold(model.kernel, [], nHistory, 0, nPersonas);
  for (const index of indices) addEvent(core, index, 1, 1);
  finishFold(core);
  return core;
};
const core = foldCore();
// One event more, as a page has it: the profile knows the others already.
const events = Array.from({ length: 200 }, (_, i) => `i${((i * 7) % 600) * 10 + (i % 4) * 2}`);
const learning = model.createProfile(events.slice(0, -1));
const latest = /** @type {string} */ (events.at(-1));
const oneLess = () => {
  (learning.remove(latest), learning.rank([latest]));
};
const oneMore = () => {
  (learning.add(latest), learning.rank([latest]));
};

const folder = mkdtempSync(`${tmpdir()}/ampcf-bench-`);
const films = await loadFilms();
const people = demoPeople(films);
const demo = await trainDemo(trainModel, films, people);
writeFileSync(`${folder}/films.ampcf`, demo.bytes);

/** @type {[string, { median: number, low: number, high: number }, string][]} */
const results = [
  [`fold-in, ${indices.length} items (core)`, time(() => freeFold(foldCore())), '<= 3 ms'],
  ['one event more at 200: add() and rank() of one item', time(oneMore, oneLess), '<= 1 ms'],
  [
    `rank ${nCandidates} candidates, top 10 (core)`,
    time(() => {
      rankItems(core, list, 10);
    }),
    '<= 0.1 ms',
  ],
  [
    `rank(), ${nCandidates} ids in, objects out`,
    time(() => {
      folded.rank(candidates, { topK: 10 });
    }),
    '',
  ],
  [
    'the same, scalar build',
    time(() => {
      foldedScalar.rank(candidates, { topK: 10 });
    }),
    '',
  ],
  [
    'import to first ranking, demo model (process)',
    coldStart(
      `${folder}/films.ampcf`,
      people[0].history.map(({ item }) => item),
    ),
    '<= 20 ms',
  ],
];
const personas = personaCount(core);
const rows = results.map(([name, { median, low, high }, target]) => [
  name,
  ...[median, low, high].map((ms) => ms.toFixed(3)),
  target,
]);
const pageBytes = ['rank', 'core-simd']
  .map((name) => readFileSync(new URL(`../../dist/${name}.js`, import.meta.url)))
  .reduce((sum, bytes) => sum + gzipSync(bytes, { level: 9 }).length, 0);
const demoBytes = statSync(`${folder}/films.ampcf`).size;
publish(
  'speed',
  [
    `${nItems} items of ${dim} numbers in f32, ${personas} personas.`,
    '',
    markdownTable(['', 'median ms', '5 %', '95 %', 'target'], rows),
    '',
    `A page downloads ${pageBytes} bytes (gzip). The demo model has ${demoBytes} bytes and is trained in ` +
      `${demo.seconds.toFixed(1)} s.`,
  ].join('\n'),
  { write },
);
rmSync(folder, { recursive: true });
