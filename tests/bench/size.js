// Owns `npm run bench:size`: how many events one processor trains on, in what time and memory, what a cluster
// would take, and what a page downloads then. Must not measure accuracy.
import { spawnSync } from 'node:child_process';
import {
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { modelFromVectors } from '../../dist/train.js';
import { below, seededRandom } from '../../web/core/random.js';
import { submit, whyNot } from '../examples/spark-run.js';
import { root } from '../support.js';
import { markdownTable } from './accuracy/text.js';
import { benchArguments, publish } from './results.js';

const { write, ...values } = benchArguments({
  millions: { type: 'string', default: '1,5,10,25' },
  minutes: { type: 'string', default: '10' },
  cluster: { type: 'string', default: '1' },
});
const here = fileURLToPath(root);
const folder = mkdtempSync(join(tmpdir(), 'ampcf-size-'));
const count = (/** @type {number} */ n) => n.toLocaleString('en');
const tastes = 50;
const eventsOfPerson = 150;

/**
 * Invented people with two of fifty tastes each; in a taste the items are liked by Zipf's law.
 * @param {string} path
 * @param {number} events
 */
async function writeEvents(path, events) {
  const people = Math.round(events / eventsOfPerson);
  const items = 20_000 + Math.round(events / 1000);
  const random = seededRandom(1);
  const out = createWriteStream(path);
  out.write('user,item,rating,time\n');
  for (let u = 0; u < people; u++) {
    const own = [below(random, tastes), below(random, tastes)];
    let text = '';
    for (let k = 0; k < eventsOfPerson; k++) {
      const place = Math.floor((items / tastes) ** random()) - 1;
      text += `${u},${place * tastes + own[k & 1]},${1 + below(random, 5)},${1e9 + k}\n`;
    }
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

/** What a process says of itself when it ends: processor seconds, and the most memory it had. */
const meter =
  'data:text/javascript,process.on("exit",()=>{const r=process.resourceUsage();' +
  'process.stderr.write(`\\nmeter ${(r.userCPUTime+r.systemCPUTime)/1e6} ${r.maxRSS*1024}\\n`)})';

/**
 * @param {number} millions
 * @returns {Promise<string[]>} a row of the table
 */
async function laptop(millions) {
  const path = join(folder, 'events.csv');
  const model = join(folder, 'events.ampcf');
  await writeEvents(path, millions * 1e6);
  const args = ['--import', meter, join(here, 'dist/cli.js'), 'train', path, '-o', model];
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: Number(values.minutes) * 60_000,
  });
  const seconds = (performance.now() - started) / 1000;
  const file = `${(statSync(path).size / 1e6).toFixed(0)} MB`;
  rmSync(path);
  if (status !== 0) {
    const why = status === null ? `more than ${values.minutes} minutes` : stderr.trim().split('\n').at(-3);
    process.stderr.write(stderr);
    return [`${millions} M`, file, '', '', '', String(why)];
  }
  const [, processor, memory] = /meter (\S+) (\S+)/.exec(stderr) ?? [];
  const size = `${(statSync(model).size / 1e6).toFixed(1)} MB`;
  return [
    `${millions} M`,
    file,
    `${Number(processor).toFixed(0)} s`,
    `${seconds.toFixed(0)} s`,
    `${(Number(memory) / 1e9).toFixed(1)} GB`,
    size,
  ];
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
  const rows = [];
  for (const millions of values.millions.split(',').map(Number)) {
    rows.push(await laptop(millions));
    process.stderr.write(`${rows.at(-1)?.join('  ')}\n`);
    if (rows.at(-1)?.[2] === '') break;
  }
  const head = ['events', 'CSV', 'processor time', 'time', 'memory', 'model'];
  publish(
    'size',
    [
      `One processor, \`ampcf train\` with its defaults, reading included; ${eventsOfPerson} events a ` +
        'person, stars of which three fifths are likes. Processor time is what an idle machine takes.',
      '',
      markdownTable(head, rows),
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
