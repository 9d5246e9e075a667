// Owns `npm run bench:toolchains`: size and speed of the modules of every toolchain found here, and of native
// builds, in one run. Must not decide pass or fail by speed.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { root } from '../support.js';
import { isStale, nativePrograms, wasmBytes, wasmToolchains, whyNot } from '../toolchains.js';
import { withSection } from './marked-section.js';
import { measuredHere } from './results.js';
import { catalogue, dim, personas, scanCase, trainCase, training } from './toolchains/cases.js';
import { nativeWorker, wasmWorker, writeCases } from './toolchains/work.js';

/** @import { Toolchain } from '../toolchains.js' */
/** @import { Worker } from './toolchains/work.js' */
/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {string} version
 * @property {string[]} sizes of the core, the taste and the train module
 * @property {Worker} worker
 * @property {{ scan: number[], train: number[] }} times milliseconds
 */

const rounds = 7,
  scansARound = 12;

/** @type {Record<'SIMD' | 'scalar', { core: string, train: string }>} */
const modulesOf = {
  SIMD: { core: 'core-simd', train: 'train-simd' },
  scalar: { core: 'core-scalar', train: 'train-scalar' },
};

/** @param {Toolchain} toolchain */
function versionOf({ name, folder }) {
  if (name === 'npm') {
    const { devDependencies } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
    return `@yowasp/clang ${devDependencies['@yowasp/clang']}`;
  }
  const cache = readFileSync(new URL(`${folder}/CMakeCache.txt`, root), 'utf8'),
    compiler = /^CMAKE_C_COMPILER:\w+=(.*)$/m.exec(cache)?.[1];
  if (!compiler) return 'unknown';
  const said = execFileSync(compiler, ['--version'], { encoding: 'utf8' });
  return `${name === 'emscripten' ? 'emcc' : 'clang'} ${/\d+\.\d+\.\d+/.exec(said)?.[0]}`;
}

const number = (/** @type {number} */ n) => n.toLocaleString('en');
/**
 * @param {Toolchain} toolchain
 * @param {string} name
 */
function sizeOf(toolchain, name) {
  const bytes = wasmBytes(toolchain, name);
  return `${number(bytes.length)} (${number(gzipSync(bytes, { level: 9 }).length)})`;
}

/**
 * @param {string} folder for the case files
 * @returns {Promise<{ contestants: Contestant[], missing: string[] }>}
 */
async function contestantsHere(folder) {
  const scan = await scanCase(),
    train = trainCase();
  writeCases(folder, scan, train);
  /** @type {Contestant[]} */ const contestants = [];
  /** @type {string[]} */ const missing = [];
  for (const toolchain of wasmToolchains) {
    const why = whyNot(toolchain);
    if (why) missing.push(why);
    else
      for (const [kernels, modules] of Object.entries(modulesOf))
        contestants.push({
          name: `${toolchain.name}, ${kernels}`,
          version: versionOf(toolchain),
          sizes: [modules.core, 'taste', modules.train].map((name) => sizeOf(toolchain, name)),
          worker: await wasmWorker(toolchain, modules, scan, train),
          times: { scan: [], train: [] },
        });
  }
  for (const { build, path } of nativePrograms('bench_work')) {
    // Others are not built for speed, or only say again what these say.
    if (!['gcc', 'clang', 'release'].includes(build) || isStale(path)) continue;
    const { version, ...worker } = nativeWorker(path, folder);
    const known = contestants.some((other) => other.name.startsWith('native') && other.version === version);
    if (!known)
      contestants.push({
        name: 'native',
        version,
        sizes: ['', '', ''],
        worker,
        times: { scan: [], train: [] },
      });
  }
  return { contestants, missing };
}

/**
 * Round after round, so that what the machine does besides hits all alike.
 * @param {Contestant[]} contestants
 */
function race(contestants) {
  /** @type {{ scan?: string, train?: string }} */ const sums = {};
  for (let round = 0; round <= rounds; round++)
    for (const { name, worker, times } of contestants)
      for (const what of /** @type {const} */ (['scan', 'train'])) {
        const { times: measured, sum } = worker[what](what === 'scan' ? scansARound : 1);
        sums[what] ??= sum;
        if (sums[what] !== sum) throw new Error(`${name}: another result of the ${what}`);
        // The first round warms up: engines compile twice.
        if (round > 0) times[what].push(...measured);
      }
}

/** @param {number[]} times */
const median = (times) => [...times].sort((a, b) => a - b)[times.length >> 1];

/** @param {Contestant[]} contestants the first is what others are compared with */
function tableOf(contestants) {
  const [first] = contestants;
  const speed = (/** @type {Contestant} */ { times }, /** @type {'scan' | 'train'} */ what) => {
    const own = median(times[what]);
    return `${own.toFixed(own < 100 ? 2 : 0)} ms, ${(median(first.times[what]) / own).toFixed(2)}×`;
  };
  const rows = contestants.map((each) =>
    [each.name, each.version, ...each.sizes, speed(each, 'scan'), speed(each, 'train')].join(' | '),
  );
  return [
    '| toolchain | version | core bytes (gzip) | taste bytes (gzip) | train bytes (gzip) | scan | training |',
    '|---|---|---:|---:|---:|---:|---:|',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}

const folder = mkdtempSync(`${tmpdir()}/ampcf-toolchains-`);
try {
  const { contestants, missing } = await contestantsHere(folder);
  race(contestants);
  const protocol = [
    `Measured on ${measuredHere()}; \`npm run bench:toolchains -- --write\` measures it again.`,
    `Scan: the 10 best of ${number(catalogue)} items, D ${dim}, ${personas} personas, f32.`,
    `Training: ${training.sweeps} sweeps of als, ${number(training.users)} people, ` +
      `${number(training.items)} items, D ${dim}.`,
    `Medians of ${rounds} interleaved rounds; × is speed relative to the first row.`,
    'All results are equal to the last bit.',
  ].join(' ');
  const text = [protocol, tableOf(contestants), ...missing].join('\n\n');
  process.stdout.write(`${text}\n`);
  if (process.argv.includes('--write')) {
    const results = new URL('RESULTS.md', import.meta.url),
      before = existsSync(results)
        ? readFileSync(results, 'utf8')
        : '# Results\n\n## Toolchains\n\n<!-- toolchains -->\n<!-- /toolchains -->\n';
    writeFileSync(results, withSection(before, 'toolchains', text));
  }
} finally {
  rmSync(folder, { recursive: true });
}
