// Owns `npm run bench:size`: how many events one processor trains on, in what time and memory, what a cluster
// would take, and what a page downloads then. Must not measure accuracy.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { modelFromVectors } from '../../dist/train.js';
import { seededRandom } from '../../web/core/random.js';
import { submit, whyNot } from '../examples/spark-run.js';
import { root } from '../support.js';
import { markdownTable } from './accuracy/text.js';
import { benchArguments, publish } from './results.js';
import { writeEvents, writeParquet } from './size/events.js';
import { limitText } from './size/limit.js';

/** @import { Phase } from './size/phases.js' */

const { write, ...values } = benchArguments({
  rows: { type: 'string', default: '1,5,10,25' },
  sweeps: { type: 'string', default: '12' },
  minutes: { type: 'string', default: '60' },
  keep: { type: 'string' },
  cluster: { type: 'string', default: '1' },
});
const here = fileURLToPath(root);
const folder = mkdtempSync(join(tmpdir(), 'ampcf-size-'));
const count = (/** @type {number} */ n) => n.toLocaleString('en');
const phasesFile = join(here, 'tests/bench/size/phases.js');

/**
 * @typedef {object} Measured
 * @property {number} file bytes of the CSV
 * @property {number} parquet bytes of the same rows as Parquet
 * @property {Phase[]} parquetPhases
 * @property {number} load of the machine when it began, beside this: more than 0 makes the time longer
 * @property {Phase[]} [phases]
 * @property {number} [people]
 * @property {number} [items]
 * @property {number} [bytes] of the model
 * @property {number} [wasm] bytes of the training
 * @property {Record<string, unknown>} [settings]
 * @property {string} [failed] why it did not end
 */

/**
 * One training, or reading, in a process of its own.
 * @param {string} path
 * @param {number} sweeps 0: reading alone
 */
function phasesOf(path, sweeps) {
  const args = [phasesFile, path, join(folder, 'model.ampcf'), String(sweeps)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: Number(values.minutes) * 60_000,
  });
  if (status === 0) return JSON.parse(stdout);
  process.stderr.write(stderr);
  const why = status === null ? `more than ${values.minutes} minutes` : stderr.trim().split('\n').at(-1);
  return { phases: [], failed: String(why) };
}

/**
 * @param {number} millions
 * @returns {Promise<Measured>}
 */
async function laptop(millions) {
  const path = join(folder, 'events.csv');
  const parquet = join(folder, 'events.parquet');
  await writeEvents(path, millions * 1e6);
  await writeParquet(path, parquet);
  const [load] = loadavg();
  const files = { file: statSync(path).size, parquet: statSync(parquet).size, load };
  const { phases: parquetPhases } = phasesOf(parquet, 0);
  const measured = { ...files, parquetPhases, ...phasesOf(path, Number(values.sweeps)) };
  for (const each of [path, parquet]) rmSync(each);
  return measured;
}

const gigabytes = (/** @type {number} */ bytes) => `${(bytes / 1e9).toFixed(1)} GB`;
const seconds = (/** @type {number} */ n) => (n < 10 ? n.toFixed(1) : count(Math.round(n)));

/**
 * A row of the table: processor seconds of each phase.
 * @param {string} millions
 * @param {Measured} measured
 */
function rowOf(millions, { phases = [], parquetPhases, people = 0, items = 0, bytes = 0, failed, ...rest }) {
  const of = (/** @type {Phase[]} */ list, /** @type {string[]} */ ...names) => {
    const found = list.filter(({ name }) => names.includes(name));
    return found.length > 0 ? seconds(found.reduce((sum, { processor }) => sum + processor, 0)) : '';
  };
  const all = (/** @type {'seconds' | 'processor'} */ what) =>
    seconds(phases.reduce((sum, phase) => sum + phase[what], 0));
  const size = `${(rest.file / 1e6).toFixed(0)} (${(rest.parquet / 1e6).toFixed(0)}) MB`;
  if (failed) return [`${millions} M`, size, failed];
  return [
    `${millions} M`,
    `${count(people)} x ${count(items)}`,
    size,
    `${of(phases, 'read')} (${of(parquetPhases, 'read')})`,
    of(phases, 'order', 'memory'),
    of(phases, 'settings'),
    of(phases, 'vectors'),
    of(phases, 'neighbours'),
    of(phases, 'write'),
    `${all('processor')} s`,
    `${all('seconds')} s at load ${rest.load.toFixed(0)}`,
    gigabytes(Math.max(...phases.map(({ peak }) => peak))),
    `${(bytes / 1e6).toFixed(1)} MB`,
  ];
}

const head = [
  'rows',
  'people x items',
  'CSV (Parquet)',
  'read',
  'order',
  'settings',
  'vectors',
  'neighbours',
  'write',
  'processor',
  'time',
  'memory',
  'model',
];

/** Each size that is wanted, but for those that were measured before and kept. */
async function laptops() {
  const kept = values.keep && existsSync(values.keep) ? JSON.parse(readFileSync(values.keep, 'utf8')) : {};
  for (const millions of values.rows.split(',')) {
    kept[millions] ??= await laptop(Number(millions));
    process.stderr.write(`${rowOf(millions, kept[millions]).join('  ')}\n`);
    if (values.keep) writeFileSync(values.keep, JSON.stringify(kept));
    if (kept[millions].failed) break;
  }
  const measured = values.rows.split(',').filter((millions) => kept[millions]);
  return markdownTable(
    head,
    measured.map((millions) => rowOf(millions, kept[millions])),
  );
}

/**
 * Processor nanoseconds that the executors' tasks took, by whether they belong to ALS.
 * @param {string} logs
 */
function taskTimes(logs) {
  const [name] = readdirSync(logs);
  const events = readFileSync(join(logs, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const isAls = new Map(
    events
      .filter(({ Event: event }) => event === 'SparkListenerStageCompleted')
      .map(({ 'Stage Info': info }) => [info['Stage ID'], /ALS/.test(info['Stage Name'])]),
  );
  const sums = { als: 0, rest: 0 };
  for (const event of events)
    if (event.Event === 'SparkListenerTaskEnd')
      sums[isAls.get(event['Stage ID']) ? 'als' : 'rest'] +=
        event['Task Metrics']?.['Executor CPU Time'] ?? 0;
  return sums;
}

/** What a cluster takes, by what two executors of this machine took. */
async function cluster() {
  if (whyNot) return `skipped: ${whyNot}`;
  const path = join(folder, 'events.csv');
  await writeEvents(path, Number(values.cluster) * 1e6);
  const logs = join(folder, 'logs');
  const output = join(folder, 'out');
  mkdirSync(logs);
  const words = ['--interactions', path, '--output', output, '--hold-out', '0', '--iterations', '3'];
  const run = submit(folder, join(here, 'examples/spark/train.py'), words, {
    'spark.eventLog.enabled': 'true',
    'spark.eventLog.dir': `file:${logs}`,
    'spark.eventLog.compress': 'false',
    'spark.eventLog.rolling.enabled': 'false',
    'spark.driver.extraJavaOptions': '',
    'spark.executor.extraJavaOptions': '',
    'spark.sql.parquet.compression.codec': 'snappy',
  });
  if (run.status !== 0) throw new Error(run.stdout + run.stderr);
  const { interactions } = JSON.parse(readFileSync(join(output, 'settings.json'), 'utf8'));
  const { als, rest } = taskTimes(logs);
  const sweep = als / 1000 / 3 / interactions;
  const clean = rest / 1000 / (Number(values.cluster) * 1e6);
  return planText({ interactions, sweep, clean });
}

/**
 * What 10^9 rows would take, by what was measured.
 * @param {{ interactions: number, sweep: number, clean: number }} of microseconds of a core
 */
function planText({ interactions, sweep, clean }) {
  const hours = (1e9 * (10 * sweep + clean)) / 1e6 / 3600;
  const minutes = (hours / 64) * 60;
  return [
    `A cluster: ${count(interactions)} likes of ${values.cluster} M rows on \`local-cluster[2,1,1024]\` took`,
    `${sweep.toFixed(1)} microseconds of a core for each event and sweep at rank 64 (both sides, no native`,
    `BLAS), and ${clean.toFixed(1)} for reading, cleaning, counting and writing a row.`,
    `So 10^9 rows that are all likes, and 10 sweeps, are ${hours.toFixed(0)} hours of a core,`,
    `on 64 cores ${minutes.toFixed(0)} minutes. Shuffles between machines and stragglers come on top: two`,
    'executors of one machine do not show them.',
  ].join(' ');
}

/** Bytes of model files of random vectors, plain and gzip. */
async function downloads() {
  const rows = [];
  for (const [n, dim] of [
    [10_000, 32],
    [10_000, 64],
    [100_000, 64],
    [1_000_000, 32],
  ]) {
    const random = seededRandom(2);
    const vectors = Float32Array.from({ length: n * dim }, () => random() + random() + random() - 1.5);
    const ids = Array.from({ length: n }, (_, i) => String(100_000 + i));
    const cells = [];
    for (const kind of /** @type {const} */ (['f32', 'f16', 'int8'])) {
      const { bytes } = await modelFromVectors({ ids, vectors, dim, clusters: 0, vectorType: kind });
      cells.push(`${(bytes.length / 1e6).toFixed(1)} (${(gzipSync(bytes).length / 1e6).toFixed(1)})`);
    }
    rows.push([count(n), String(dim), ...cells]);
  }
  return markdownTable(['items', 'numbers an item', 'f32, MB (gzip)', 'f16', 'int8'], rows);
}

try {
  const table = await laptops();
  publish(
    'size',
    [
      `One processor, as \`ampcf train --min-rating 1 --sweeps ${values.sweeps}\` goes, so that every ` +
        'row is a like: people with 20 events or more, 156 on average, three of twenty tastes each. ' +
        'Seconds of the processor by phase, which is what an idle machine takes; `read` is of CSV, in ' +
        'brackets of Parquet; `order` is sorting, `settings` what is chosen from the data. Memory is the ' +
        'peak of the process.',
      '',
      table,
      '',
      await limitText(),
      '',
      await cluster(),
      '',
      'What a page downloads then, of random vectors, which compress worst; aspects, titles and neighbours ' +
        'come on top:',
      '',
      await downloads(),
    ].join('\n'),
    { write },
  );
} finally {
  rmSync(folder, { recursive: true });
}
