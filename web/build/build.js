#!/usr/bin/env node
// Owns `npm run build`: C -> wasm, JavaScript + wasm -> dist/, declarations. Must not be needed by anyone who
// installs the package.
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zlibAsync } from '@gfx/zopfli';
import { build as bundle } from 'esbuild';
import { minify } from 'terser';
import { compileWasm } from './compile-wasm.js';
import { constants } from './constants.js';
import { pruneDeclarations } from './declarations.js';
import { wasmModules } from './modules.js';

const root = new URL('../../', import.meta.url);
const at = (/** @type {string} */ path) => fileURLToPath(new URL(path, root));

/**
 * @param {string} folder
 * @returns {string[]} paths below the root, in a fixed order
 */
function filesBelow(folder) {
  return readdirSync(at(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath.slice(at('').length)}/${entry.name}`)
    .sort();
}

/**
 * A hash of what a step reads: an unchanged tree is not built again.
 * @param {string[]} paths
 */
function stampOf(paths) {
  const hash = createHash('sha256').update(process.version);
  for (const path of paths)
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(at(path)))
      .update('\0');
  return hash.digest('hex');
}

/**
 * Runs a step unless its stamp says that its output is there.
 * @param {string} stampPath
 * @param {string[]} inputs
 * @param {() => Promise<void>} step
 */
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

/** @returns {Record<string, string>} path -> text of every C file and header */
function cFiles() {
  const paths = [...filesBelow('src'), ...filesBelow('include')].filter((path) => /\.[ch]$/.test(path));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(at(path), 'utf8')]));
}

async function compileAll() {
  const files = cFiles();
  mkdirSync(at('dist/wasm'), { recursive: true });
  for (const [name, module] of Object.entries(wasmModules(root))) {
    const wasm = await compileWasm(files, module);
    writeFileSync(at(`dist/wasm/${name}.wasm`), wasm);
    if (!module.packed) continue;
    // Pages download it. Zopfli: 5 % smaller than zlib's best.
    writeFileSync(at(`dist/wasm/${name}.wasm.zlib`), await zlibAsync(wasm, { numiterations: 200 }));
  }
}

/**
 * Files that are bundles of their own, and so no part of another one: the library is loaded once, and there
 * is one AmpcfError.
 */
const bundles = new Map([
  [at('web/ampcf.js'), 'ampcf.js'],
  [at('web/rank.js'), 'rank.js'],
  [at('web/train.js'), 'train.js'],
  [at('web/evaluate.js'), 'evaluate.js'],
  [at('web/taste.js'), 'taste.js'],
  [at('web/learn.js'), 'learn.js'],
  [at('web/confidence.js'), 'confidence.js'],
  [at('web/people.js'), 'people.js'],
  [at('web/ask.js'), 'ask.js'],
  [at('web/sentences.js'), 'sentences.js'],
  [at('web/now.js'), 'now.js'],
  [at('web/simulate.js'), 'simulate.js'],
  [at('web/evidence.js'), 'evidence.js'],
  [at('web/graph.js'), 'graph.js'],
  [at('web/store.js'), 'store.js'],
  [at('web/node-store.js'), 'node-store.js'],
  [at('web/react.js'), 'react.js'],
  [at('web/vue.js'), 'vue.js'],
  [at('web/svelte.js'), 'svelte.js'],
  [at('web/element.js'), 'element.js'],
  [at('web/static.js'), 'static.js'],
  [at('web/core/errors.js'), 'errors.js'],
  [at('web/core/simd.js'), 'core-simd.js'],
  [at('web/core/path.js'), 'path.js'],
  [at('web/cache/through.js'), 'cache-through.js'],
  [at('web/cache.js'), 'cache.js'],
  [at('web/core/scalar.js'), 'core-scalar.js'],
  [at('web/core/large.js'), 'core-large.js'],
  [at('web/core/refusal.js'), 'refusal.js'],
  [at('web/cli/charts.js'), 'report.js'],
  [at('web/read/parquet.js'), 'parquet.js'],
]);
/** Entries for pages but for the smallest, `rank`. */
const forPages = (
  'ampcf taste learn sentences store static ' +
  'now people ask confidence simulate cache worker evidence graph'
).split(' ');
/** Helpers for frameworks, which are imported from where the app has them. */
const frameworks = ['react', 'vue', 'svelte', 'element'];
const peers = ['react', 'vue', 'svelte/store'];
const chunks = [
  'errors.js',
  'core-simd.js',
  'core-scalar.js',
  'core-large.js',
  'refusal.js',
  'path.js',
  'cache-through.js',
  'report.js',
  'parquet.js',
];

/**
 * Imports of other bundles stay imports; those of `whole` are taken in, but for chunks.
 * @param {boolean} [whole]
 * @returns {import('esbuild').Plugin}
 */
const externals = (whole = false) => ({
  name: 'externals',
  setup: (build) =>
    build.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir, kind }) => {
      const file = kind === 'entry-point' ? undefined : bundles.get(resolve(resolveDir, path));
      if (!file || (whole && !chunks.includes(file))) return undefined;
      // Where nothing of it is used, nothing is imported.
      const sideEffects = file === 'rank.js' ? false : undefined;
      return { path: `./${file}`, external: true, sideEffects };
    }),
});

/**
 * Exported classes keep their names, which errors, consoles and heap snapshots show; esbuild's own way names
 * every function.
 * @type {import('esbuild').Plugin}
 */
const classNames = {
  name: 'class names',
  setup: (build) =>
    build.onLoad({ filter: /[\\/]web[\\/].*\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(
        /^export class (\w+)[^{\n]*\{/gm,
        (head, name) => `${head} static name = '${name}';`,
      ),
    })),
};

/** @type {import('esbuild').Plugin} */
const wasmFiles = {
  name: 'wasm files',
  setup: (build) =>
    build.onResolve({ filter: /\.wasm$/ }, ({ path }) => ({
      path: path.replace(/^.*dist\//, './'),
      external: true,
    })),
};

/** @param {string} name of a package */
function licenceText(name) {
  const folder = `node_modules/${name}`;
  const { license } = JSON.parse(readFileSync(at(`${folder}/package.json`), 'utf8'));
  const file = readdirSync(at(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file
    ? readFileSync(at(`${folder}/${file}`), 'utf8').trim()
    : `${license} licence; the package comes without its text`;
  return { license, text };
}

/**
 * Each package that a bundle holds, with its licence: what esbuild says it took in.
 * @param {import('esbuild').BuildResult<{ metafile: true }>} result
 * @param {string} file
 */
function licencesOf({ metafile: { inputs } }, file) {
  const packageOf = (/** @type {string} */ path) =>
    /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [];
  const names = [...new Set(Object.keys(inputs).flatMap(packageOf))].sort();
  return names.map((name) => {
    const { license, text } = licenceText(name);
    return `${file} contains ${name} (${license}):\n\n${text}\n`;
  });
}

const shared = /** @satisfies {import('esbuild').BuildOptions} */ ({
  bundle: true,
  format: 'esm',
  target: 'es2022',
  legalComments: 'none',
  logLevel: 'warning',
  charset: 'utf8',
  outdir: at('dist'),
});

/**
 * @param {string} name
 * @param {string} [path]
 */
const entry = (name, path = `web/${name}.js`) => ({ [name]: at(path) });

/** What an engine prints of a line that threw is no longer. */
const lineLimit = 1000;

/**
 * A bundle for pages, which terser makes 3 to 6 % smaller (gzip) than esbuild alone does. Nothing that terser
 * calls unsafe is asked for.
 * @param {import('esbuild').BuildOptions} options
 */
async function bundleSmall(options) {
  const { outputFiles = [] } = await bundle({ ...options, write: false });
  for (const { path, text } of outputFiles) {
    const { code = '' } = await minify(text, {
      module: true,
      ecma: 2020,
      compress: { passes: 2 },
      format: { max_line_len: lineLimit },
    });
    writeFileSync(path, code);
  }
}

/**
 * Workers hold what they need: the wasm comes to them compiled.
 * @param {import('esbuild').BuildOptions} library
 * @param {import('esbuild').Plugin[]} plugins
 */
async function bundleWorkers(library, plugins) {
  await bundle({ ...library, entryPoints: entry('train-worker', 'web/train/worker.js') });
  // Whole, without a chunk: what a bundler makes of a worker is one file.
  for (const name of ['model-worker', 'training-worker'])
    await bundle({ ...library, entryPoints: entry(name, `web/remote/${name}.js`), plugins: [classNames] });
  await bundle({ ...library, entryPoints: entry('evaluate-worker', 'web/evaluate/worker.js'), plugins });
}

/** The entries of the package, for pages and for Node. */
async function bundleLibrary() {
  /** @type {import('esbuild').BuildOptions} */
  const library = {
    ...shared,
    minify: true,
    lineLimit,
    platform: 'neutral',
    loader: { '.wasm': 'base64', '.zlib': 'base64' },
    define: constants(root),
  };
  for (const build of ['simd', 'scalar', 'large'])
    await bundle({ ...library, lineLimit: 0, entryPoints: entry(`core-${build}`, `web/core/${build}.js`) });
  await bundleSmall({ ...library, entryPoints: entry('rank'), plugins: [classNames, externals(true)] });
  const plugins = [classNames, externals()];
  for (const [name, path] of [
    ['errors', 'core/errors'],
    ['refusal', 'core/refusal'],
    ['path', 'core/path'],
    ['cache-through', 'cache/through'],
  ])
    await bundleSmall({ ...library, entryPoints: entry(name, `web/${path}.js`), plugins });
  for (const name of forPages) await bundleSmall({ ...library, entryPoints: entry(name), plugins });
  // Trainers are most of these bytes, and are not minified twice: that takes as long as all else together.
  for (const name of ['train', 'evaluate']) await bundle({ ...library, entryPoints: entry(name), plugins });
  for (const name of frameworks)
    await bundleSmall({ ...library, entryPoints: entry(name), plugins, external: peers });
  await bundleWorkers(library, plugins);
  // Where bytes may not be compiled, wasm files are imported as they are.
  for (const name of ['ampcf', 'rank', 'taste'])
    await bundleSmall({
      ...library,
      entryPoints: entry(`workerd-${name}`, `web/edge/${name}.js`),
      plugins: [wasmFiles, externals()],
    });
  const forNode = { ...library, entryPoints: entry('node-store'), plugins: [classNames, externals()] };
  await bundle({ ...forNode, platform: 'node' });
}

/** Packages that are not modules ask for parts of Node by `require`, which modules do not have. */
const requireOfNode =
  "import { createRequire as requireFrom } from 'node:module';\n" +
  'const require = requireFrom(import.meta.url);';

/** The command line, with the licences of what it takes in. */
async function bundleProgram() {
  const program = /** @satisfies {import('esbuild').BuildOptions} */ ({
    ...shared,
    platform: 'node',
    plugins: [classNames, externals()],
  });
  const cli = await bundle({
    ...program,
    entryPoints: entry('cli', 'web/cli/main.js'),
    banner: { js: `#!/usr/bin/env node\n${requireOfNode}` },
    metafile: true,
  });
  const chunk = (/** @type {string} */ name, /** @type {string} */ path) =>
    bundle({ ...program, minify: true, entryPoints: entry(name, path), metafile: true });
  const report = await chunk('report', 'web/cli/charts.js');
  const parquet = await chunk('parquet', 'web/read/parquet.js');
  await bundle({ ...program, entryPoints: entry('tune-worker', 'web/tune/worker.js') });
  const licences = [
    ...licencesOf(cli, 'dist/cli.js'),
    ...licencesOf(report, 'dist/report.js'),
    ...licencesOf(parquet, 'dist/parquet.js'),
  ];
  writeFileSync(at('dist/THIRD-PARTY.txt'), licences.join('\n\n'));
  chmodSync(at('dist/cli.js'), 0o755);
}

/**
 * What the library loads only where it is needed stays where it is, and so does what the page does before its
 * program is there.
 * @type {import('esbuild').Plugin}
 */
const besidePage = {
  name: 'beside the page',
  setup: (build) =>
    build.onResolve({ filter: /^\.\// }, ({ path, kind, resolveDir }) => {
      if (path === './ask-model.js') return { path: '../../examples/page/ask-model.js', external: true };
      return kind === 'dynamic-import' && resolve(resolveDir) === resolve(at('dist'))
        ? { path: `.${path}`, external: true }
        : undefined;
    }),
};

/** The demo page and what it takes of the library, as an app's own bundler would do it. Not packed. */
async function bundlePage() {
  rmSync(at('dist/page'), { recursive: true, force: true });
  const page = await bundle({
    ...shared,
    minify: true,
    outdir: at('dist/page'),
    plugins: [besidePage],
    splitting: true, // what is not needed for the first lists comes later
    chunkNames: '[name]',
    entryPoints: entry('page', 'examples/page/page.js'),
    metafile: true,
  });
  writeFileSync(at('dist/page/THIRD-PARTY.txt'), licencesOf(page, 'dist/page').join('\n\n'));
  await listParts(Object.keys(page.metafile.outputs));
}

/**
 * What "go offline" keeps, seen from dist/page: the page's own files, and those that its training loads when
 * it is asked for.
 * @param {string[]} own
 */
async function listParts(own) {
  const training = await bundle({
    ...shared,
    entryPoints: entry('trainer', 'examples/page/trainer.js'),
    metafile: true,
    write: false,
  });
  const all = [...own, ...Object.keys(training.metafile.inputs)].sort();
  writeFileSync(at('dist/page/parts.json'), JSON.stringify(all.map((path) => `../../${path}`)));
}

async function bundleAll() {
  await bundleLibrary();
  await bundleProgram();
}

function declare() {
  const tsc = at('node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', at('web/build/tsconfig.json')], { stdio: 'inherit' });
  const entries = readdirSync(at('web'), { withFileTypes: true }).filter((found) => found.isFile());
  const names = entries.flatMap(({ name }) => /^(.*)\.js$/.exec(name)?.[1] ?? []);
  pruneDeclarations(
    at('dist/types'),
    names.map((name) => `${name}.d.ts`),
  );
  copyFileSync(at('web/build/wasm-file.d.ts'), at('dist/types/wasm-file.d.ts'));
}

const began = performance.now();
/** What wasm is made of: how JavaScript is bundled is not in it. */
const cSources = [
  ...filesBelow('src'),
  ...filesBelow('include'),
  'web/build/compile-wasm.js',
  'web/build/modules.js',
  'node_modules/@yowasp/clang/package.json',
  'node_modules/@gfx/zopfli/package.json',
];
const say = (/** @type {string} */ text) => process.stderr.write(`${text}\n`);
mkdirSync(at('dist'), { recursive: true });
const compiled = await ifStale('dist/.wasm-stamp', cSources, async () => {
  say('compiling C to WebAssembly ...');
  await compileAll();
});
const bundled = await ifStale(
  'dist/.stamp',
  [...cSources, ...filesBelow('web'), 'package.json', 'package-lock.json'],
  async () => {
    await bundleAll();
    rmSync(at('dist/types'), { recursive: true, force: true });
    declare();
  },
);
const paged = await ifStale(
  'dist/.page-stamp',
  [...filesBelow('examples/page').filter((path) => path.endsWith('.js')), 'dist/.stamp'],
  bundlePage,
);
if (compiled || bundled || paged) say(`built dist/ in ${((performance.now() - began) / 1000).toFixed(1)} s`);
else if (!process.argv.includes('--quiet')) say('dist/ is up to date');
