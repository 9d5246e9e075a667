#!/usr/bin/env node
// Owns `npm run build`: C -> wasm, JavaScript + wasm -> dist/, declarations. Must not be needed by anyone who installs the package.
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipAsync } from '@gfx/zopfli';
import { build as bundle } from 'esbuild';
import { compileWasm } from './compile-wasm.js';
import { readSourceGroups } from './sources.js';

const root = new URL('../../', import.meta.url);
const at = (/** @type {string} */ path) => fileURLToPath(new URL(path, root));

/** Every module: which source groups, which exports, which flags. Scalar is for engines without SIMD, so it is small. */
const modules = {
  'core-simd': { groups: ['core'], exports: 'core exports', flags: ['-Oz', '-msimd128', '-mbulk-memory'] },
  'core-scalar': { groups: ['core'], exports: 'core exports', flags: ['-Oz', '-mbulk-memory'] },
  taste: { groups: ['taste'], exports: 'taste exports', flags: ['-Oz', '-mbulk-memory'] },
  'train-simd': { groups: ['core', 'train'], exports: 'train exports', flags: ['-O3', '-msimd128', '-mbulk-memory'] },
  'train-scalar': { groups: ['core', 'train'], exports: 'train exports', flags: ['-O3', '-mbulk-memory'] },
};

/** @param {string} folder @returns {string[]} paths below the root, in a fixed order */
function filesBelow(folder) {
  return readdirSync(at(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath.slice(at('').length)}/${entry.name}`)
    .sort();
}

/** A hash of what a step reads: an unchanged tree is not built again. @param {string[]} paths */
function stampOf(paths) {
  const hash = createHash('sha256').update(process.version);
  for (const path of paths) hash.update(path).update('\0').update(readFileSync(at(path))).update('\0');
  return hash.digest('hex');
}

/** Run a step unless its stamp says that its output is there. @param {string} stampPath @param {string[]} inputs @param {() => Promise<void>} step */
async function ifStale(stampPath, inputs, step) {
  const stamp = stampOf(inputs);
  try {
    if (readFileSync(at(stampPath), 'utf8') === stamp) return false;
  } catch {
    // No stamp: never built, or interrupted.
  }
  rmSync(at(stampPath), { force: true });
  await step();
  writeFileSync(at(stampPath), stamp);
  return true;
}

async function compileAll() {
  const groups = readSourceGroups(root);
  const files = Object.fromEntries([...filesBelow('src'), ...filesBelow('include')]
    .filter((path) => /\.[ch]$/.test(path)).map((path) => [path, readFileSync(at(path), 'utf8')]));
  mkdirSync(at('dist/wasm'), { recursive: true });
  for (const [name, unit] of Object.entries(modules)) {
    const sources = unit.groups.flatMap((group) => groups[group]).map((source) => `src/${source}`);
    const wasm = await compileWasm({ files, sources, exports: groups[unit.exports], flags: unit.flags });
    writeFileSync(at(`dist/wasm/${name}.wasm`), wasm);
    // Zopfli: 5 % smaller than zlib's best, for a file that every page downloads.
    if (name === 'core-simd' || name === 'taste') writeFileSync(at(`dist/wasm/${name}.wasm.gz`), await gzipAsync(wasm, { numiterations: 50 }));
  }
}

/** Facts that live in one place and are needed in JavaScript too. */
function constants() {
  const selfTest = /#define AMPCF_SELF_TEST (0x[0-9A-F]+)u/.exec(readFileSync(at('include/ampcf.h'), 'utf8'));
  if (!selfTest) throw new Error('include/ampcf.h: AMPCF_SELF_TEST not found');
  return { AMPCF_SELF_TEST: String(Number(selfTest[1])), AMPCF_VERSION: JSON.stringify(JSON.parse(readFileSync(at('package.json'), 'utf8')).version) };
}

/** The trainer, the evaluation and the command line use the library as users do, through dist/, so that there is one AmpcfError. */
const publicEntries = /** @type {import('esbuild').Plugin} */ ({
  name: 'public-entries',
  setup: (build) => build.onResolve({ filter: /^\.\.?\/(ampcf|rank|train|evaluate|taste|learn|sentences|store|errors)\.js$/ }, ({ path, kind }) =>
    (kind === 'entry-point' ? undefined : { path: path.replace('errors', 'rank').replace(/^\.+/, '.'), external: true })),
});

/** Charts and their library are a file of their own, which only `diagnose --html` loads. */
const reportChunk = /** @type {import('esbuild').Plugin} */ ({
  name: 'report-chunk',
  setup: (build) => build.onResolve({ filter: /^\.\/diagnose-report\.js$/ }, () => ({ path: './report.js', external: true })),
});

/** Each package that a bundle holds, with its licence: what esbuild says it took in. @param {import('esbuild').Metafile} metafile @param {string} file */
function licencesOf({ inputs }, file) {
  const names = [...new Set(Object.keys(inputs).flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []))].sort();
  return names.map((name) => {
    const folder = `node_modules/${name}`, licence = readdirSync(at(folder)).find((entry) => /^licen[cs]e/i.test(entry)), { license } = JSON.parse(readFileSync(at(`${folder}/package.json`), 'utf8'));
    return `${file} contains ${name} (${license}):\n\n${licence ? readFileSync(at(`${folder}/${licence}`), 'utf8').trim() : `${license} licence; the package comes without its text`}\n`;
  });
}

async function bundleAll() {
  /** @type {import('esbuild').BuildOptions} */
  const shared = { bundle: true, format: 'esm', target: 'es2022', legalComments: 'none', logLevel: 'warning', charset: 'utf8' };
  const library = /** @type {import('esbuild').BuildOptions} */ ({ ...shared, minify: true, platform: 'neutral', outdir: at('dist'),
    loader: { '.wasm': 'base64', '.gz': 'base64' }, external: ['./core-scalar.js'], define: constants() });
  for (const name of ['rank', 'core-scalar']) await bundle({ ...library, entryPoints: { [name]: at(`web/${name}.js`) } });
  for (const name of ['ampcf', 'train', 'evaluate', 'taste', 'learn', 'sentences', 'store']) await bundle({ ...library, entryPoints: { [name]: at(`web/${name}.js`) }, plugins: [publicEntries] });
  await bundle({ ...library, platform: 'node', entryPoints: { 'node-store': at('web/node-store.js') }, plugins: [publicEntries] });
  const cli = await bundle({ ...shared, platform: 'node', entryPoints: { cli: at('web/cli/main.js') }, outdir: at('dist'),
    plugins: [publicEntries, reportChunk], banner: { js: '#!/usr/bin/env node' }, metafile: true });
  const report = await bundle({ ...shared, minify: true, platform: 'node', entryPoints: { report: at('web/cli/diagnose-report.js') }, outdir: at('dist'), plugins: [publicEntries], metafile: true });
  await bundle({ ...shared, platform: 'node', entryPoints: { 'tune-worker': at('web/tune/worker.js') }, outdir: at('dist'), plugins: [publicEntries] });
  writeFileSync(at('dist/THIRD-PARTY.txt'), [...licencesOf(cli.metafile, 'dist/cli.js'), ...licencesOf(report.metafile, 'dist/report.js')].join('\n\n'));
  chmodSync(at('dist/cli.js'), 0o755);
}

function declare() {
  const tsc = at('node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', at('web/tsconfig.json')], { stdio: 'inherit' });
}

const began = performance.now();
const cSources = [...filesBelow('src'), ...filesBelow('include'), ...filesBelow('web/build'), 'package-lock.json'];
const say = (/** @type {string} */ text) => process.stderr.write(`${text}\n`);
mkdirSync(at('dist'), { recursive: true });
const compiled = await ifStale('dist/.wasm-stamp', cSources, async () => {
  say('compiling C to WebAssembly ...');
  await compileAll();
});
const bundled = await ifStale('dist/.stamp', [...cSources, ...filesBelow('web'), 'package.json'], async () => {
  await bundleAll();
  rmSync(at('dist/types'), { recursive: true, force: true });
  declare();
});
if (compiled || bundled) say(`built dist/ in ${((performance.now() - began) / 1000).toFixed(1)} s`);
else if (!process.argv.includes('--quiet')) say('dist/ is up to date');
