// Owns `npm run bench:determinism`: whether the same input gives the same bits whatever compiles it, runs it
// or surrounds it. Must not time anything, and ends with code 1 where something differs.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as playwright from 'playwright-core';
import { sampleOf, seededRandom } from '../../web/core/random.js';
import { args, executablePath, startServer } from '../browser/chromium.js';
import { fingerprint } from '../src/toolchains/fingerprint.js';
import { libraryWith } from '../src/toolchains/library.js';
import { madeInputs } from '../src/toolchains/made-inputs.js';
import { root } from '../support.js';
import { wasmToolchains, whyNot } from '../toolchains.js';
import { markdownTable } from './accuracy/text.js';
import { benchArguments, publish } from './results.js';
import { scanCase, trainCase } from './toolchains/cases.js';
import { nativeWorker, wasmWorker, writeCases } from './toolchains/work.js';

/** @typedef {{ what: string, of: string, sums: Map<string, string>, missing: string[] }} Row */

const values = benchArguments({});
const here = fileURLToPath(root);
const folder = mkdtempSync(join(tmpdir(), 'ampcf-determinism-'));
const hash = (/** @type {string | Uint8Array} */ of) => createHash('sha256').update(of).digest('hex');
const has = (/** @type {string} */ program) => spawnSync(program, ['--version']).status === 0;

/**
 * bench_work of a compiler and its flags.
 * @param {string} compiler
 * @param {string} flags
 */
function nativeBuild(compiler, flags) {
  const into = join(folder, `${compiler}${flags}`.replaceAll(/[^\w]/g, '_'));
  const quiet = /** @type {const} */ ({ stdio: ['ignore', 'ignore', 'inherit'] });
  execFileSync(
    'cmake',
    [
      '-S',
      here,
      '-B',
      into,
      `-DCMAKE_C_COMPILER=${compiler}`,
      '-DCMAKE_BUILD_TYPE=None',
      `-DCMAKE_C_FLAGS=${flags}`,
    ],
    quiet,
  );
  execFileSync('cmake', ['--build', into, '--target', 'bench_work'], quiet);
  return nativeWorker(relative(here, join(into, 'bench_work')), folder);
}

/** A training and a scan, by every compiler and toolchain: checksums of the item vectors and of the list. */
async function builds() {
  const [scan, train] = [await scanCase(), trainCase()];
  writeCases(folder, scan, train);
  /** @type {Map<string, string>} */
  const native = new Map();
  /** @type {Map<string, string>} */
  const wasm = new Map();
  const missing = [];
  const sumsOf = (/** @type {import('./toolchains/work.js').Worker} */ worker) =>
    `${worker.train(1).sum} ${worker.scan(1).sum}`;
  for (const compiler of ['gcc', 'clang']) {
    if (!has(compiler) || !has('cmake')) missing.push(compiler);
    else
      for (const flags of ['-O0', '-O1', '-O2', '-O3', '-O3 -march=native', '-O2 -DAMPCF_SCALAR'])
        native.set(`${compiler} ${flags}`, sumsOf(nativeBuild(compiler, flags)));
  }
  for (const toolchain of wasmToolchains) {
    if (whyNot(toolchain)) missing.push(toolchain.name);
    else
      for (const kernels of ['simd', 'scalar']) {
        const modules = { core: `core-${kernels}`, train: `train-${kernels}` };
        const worker = await wasmWorker(toolchain, modules, scan, train);
        wasm.set(`${toolchain.name} ${kernels}`, sumsOf(worker));
      }
  }
  return { native, wasm, missing };
}

/** Every bit of models of all objectives, of scores, explanations and taste, in each engine. */
async function engines() {
  const inputs = madeInputs();
  const library = await libraryWith(wasmToolchains[0], 'simd');
  const path = join(folder, 'library.mjs');
  writeFileSync(path, library);
  const sums = new Map([
    [
      `Node ${process.version}`,
      hash(JSON.stringify(await fingerprint(await import(pathToFileURL(path).href), inputs))),
    ],
  ]);
  const missing = [];
  const server = await startServer();
  server.extra.set('/test/library.js', { type: 'text/javascript', body: library });
  server.extra.set('/test/fingerprint.js', {
    type: 'text/javascript',
    body: readFileSync(new URL('../src/toolchains/fingerprint.js', import.meta.url)),
  });
  const call = `Promise.all([import('/test/library.js'), import('/test/fingerprint.js')])
    .then(([library, it]) => it.fingerprint(library, ${JSON.stringify(inputs)}))`;
  for (const name of /** @type {const} */ (['chromium', 'firefox', 'webkit'])) {
    const options = name === 'chromium' ? { executablePath, args } : {};
    const browser = await playwright[name].launch(options).catch(() => null);
    if (!browser) missing.push(name);
    else {
      const page = await browser.newPage();
      await page.goto(`${server.origin}/test/blank.html`);
      sums.set(`${name} ${browser.version()}`, hash(JSON.stringify(await page.evaluate(call))));
      await browser.close();
    }
  }
  server.close();
  return { sums, missing };
}

/**
 * The bytes that the command writes.
 * @param {string} ratings
 * @param {{ options?: string[], env?: Record<string, string>, cwd?: string }} [around]
 */
function commandBytes(ratings, { options = [], env = {}, cwd = folder } = {}) {
  const out = join(folder, 'out.ampcf');
  execFileSync(
    process.execPath,
    [join(here, 'dist/cli.js'), 'train', ratings, '-o', out, '--quiet', '--dim', '16', ...options],
    { cwd, env: { ...process.env, ...env } },
  );
  const bytes = readFileSync(out);
  rmSync(out);
  return hash(bytes);
}

/** Model files of the demo's ratings under other locales, time zones, folders, orders and processors. */
function surroundings() {
  const ratings = join(folder, 'ratings.csv');
  cpSync(join(here, 'dist/demo/ratings.csv'), ratings);
  const [head, ...rows] = readFileSync(ratings, 'utf8').trimEnd().split('\n');
  const orders = Array.from({ length: 5 }, (_, seed) => {
    const path = join(folder, `order${seed}.csv`);
    writeFileSync(path, `${[head, ...sampleOf(rows, rows.length, seededRandom(seed))].join('\n')}\n`);
    return path;
  });
  const other = join(folder, 'another folder, ünïcode');
  mkdirSync(other);
  const locales = ['C', 'de_DE.UTF-8', 'tr_TR.UTF-8', 'ar_EG.UTF-8'];
  const validated = ['--validation', '0.1', '--hold-out', 'random'];
  const search = ['--auto', '--trials', '6', '--neighbours', '0'];
  return {
    places: new Map([
      ['as it is', commandBytes(ratings)],
      ...locales.map((name) => [name, commandBytes(ratings, { env: { LC_ALL: name, LANG: name } })]),
      ...['UTC', 'Asia/Kathmandu'].map((TZ) => [TZ, commandBytes(ratings, { env: { TZ } })]),
      ['another folder', commandBytes(ratings, { cwd: other })],
    ]),
    orders: new Map([ratings, ...orders].map((path) => [path, commandBytes(path)])),
    validated: new Map(
      [ratings, ...orders].map((path) => [path, commandBytes(path, { options: validated })]),
    ),
    cores: new Map(
      ['1', '2', '3'].map((cores) => [
        cores,
        commandBytes(ratings, { options: [...search, '--cores', cores] }),
      ]),
    ),
  };
}

/**
 * @param {string} what varies
 * @param {string} of
 * @param {Map<string, string>} sums
 */
function row(what, of, sums) {
  const [first] = sums.values();
  const others = [...sums].filter(([, sum]) => sum !== first).map(([name]) => name);
  if (others.length > 0) process.exitCode = 1;
  return [what, of, String(sums.size), others.length === 0 ? 'the same' : `**differ**: ${others.join(', ')}`];
}

try {
  const { native, wasm, missing } = await builds();
  const { sums, missing: without } = await engines();
  const around = surroundings();
  const vectors = 'item vectors of a training, a list of 10';
  const rows = [
    row('gcc and clang, -O0 to -O3, -march=native, scalar', vectors, native),
    row('those, and wasm by every toolchain, SIMD and scalar', vectors, new Map([...native, ...wasm])),
    row([...sums.keys()].join(', '), 'model files of every objective, scores, explanations, taste', sums),
    row('locale, time zone, folder', 'model file', around.places),
    row('order of the rows', 'model file', around.orders),
    row('order of the rows, a tenth held out', 'model file, with what is chosen', around.validated),
    row('1, 2, 3 processors', 'model file of a search of 6 trials', around.cores),
  ];
  const absent = [...missing, ...without];
  publish(
    'determinism',
    [
      'Same input, options and seed: same bytes. Checksums of what came out, however it was made.',
      '',
      markdownTable(['what varies', 'what is compared', 'runs', 'bits'], rows),
      ...(absent.length > 0 ? ['', `Not installed here: ${absent.join(', ')}.`] : []),
    ].join('\n'),
    values,
  );
} finally {
  rmSync(folder, { recursive: true });
}
