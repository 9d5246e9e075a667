// Owns the tests of what is shipped: sizes, what the bundles may contain, the packed files, an installation,
// the types. Must not test behaviour: it only asks whether the package as a stranger gets it works at all.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { root } from '../support.js';
import { installPacked } from './packed.js';

const read = (/** @type {string} */ path) => readFileSync(new URL(path, root));
const text = (/** @type {string} */ path) => read(path).toString('utf8');
const pageLimit = 23800;
/** Entries that come beside ranking, with the most bytes gzip of each. */
const beside = {
  now: 6300,
  people: 6400,
  ask: 7500,
  confidence: 8450,
  cache: 1350,
  worker: 3800,
  evidence: 8300,
};
/** Helpers for frameworks, likewise. */
const frameworks = { react: 1750, vue: 1600, svelte: 1550, element: 3300 };
const wasmNames = readdirSync(new URL('dist/wasm/', root)).filter((name) => name.endsWith('.wasm'));

/**
 * The library's own files that an entry needs, through static and dynamic imports, as paths below web/.
 * @param {string} entry
 */
function closure(entry) {
  const found = new Set([entry]);
  for (const name of found)
    for (const [, path] of text(`web/${name}`)
      .replaceAll(/\/\*[^]*?\*\//g, '')
      .matchAll(/(?:from |import\(|import )'(\.\.?\/[a-z/.-]+\.js)'/g))
      found.add(posix.join(posix.dirname(name), path));
  return [...found].sort();
}

/** What could reach a network or a disk, by name. */
const waysOut = [
  'XMLHttpRequest',
  'WebSocket',
  'EventSource',
  'sendBeacon',
  'RTCPeerConnection',
  'WebTransport',
  'importScripts',
  'BroadcastChannel',
  'indexedDB',
  'localStorage',
  'document',
  'navigator',
  'process',
  'require',
];

describe('the browser entry', () => {
  const entry = read('dist/rank.js');
  const sources = closure('rank.js');

  test('is small', () => {
    const parts = [entry, read('dist/core-simd.js'), read('dist/errors.js')];
    const bytes = parts.reduce((sum, part) => sum + gzipSync(part, { level: 9 }).length, 0);
    console.log(`a page downloads ${bytes} bytes gzip (limit ${pageLimit})`);
    assert.ok(bytes <= pageLimit, `${bytes} bytes`);
  });

  test('has no long line, which an engine would print with an error', () => {
    for (const name of ['rank', 'ampcf', 'taste', 'store', ...Object.keys(beside)]) {
      const longest = Math.max(
        ...text(`dist/${name}.js`)
          .split('\n')
          .map((line) => line.length),
      );
      assert.ok(longest < 8000, `${name}: ${longest}`);
    }
  });

  test('is these files and no more', () => {
    assert.deepEqual(
      sources,
      [
        'cache/kept',
        'cache/through',
        'core/abi',
        'core/arguments',
        'core/bound',
        'core/bytes',
        'core/compile',
        'core/errors',
        'core/kernel',
        'core/large',
        'core/memory',
        'core/module',
        'core/options',
        'core/path',
        'core/refusal',
        'core/scalar',
        'core/simd',
        'core/source',
        'core/struct',
        'model/candidates',
        'model/explanation',
        'model/filter',
        'model/folded',
        'model/history',
        'model/labels',
        'model/model',
        'model/personas',
        'model/plugins',
        'model/profile',
        'model/ranking',
        'model/saved-profile',
        'rank',
      ].map((name) => `${name}.js`),
    );
  });

  test('fetches in one file only, and knows no other way out', () => {
    const withoutComments = (/** @type {string} */ name) =>
      text(`web/${name}`).replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
    assert.deepEqual(
      sources.filter((name) => /\bfetch\s*\(/.test(withoutComments(name))),
      ['core/source.js'],
    );
    const exits = new RegExp(String.raw`\b(?:${waysOut.join('|')})\b\s*(?:\?\.|[.([])`);
    // Node's own gunzip, which is there without a turn of the event loop, is no way out. Nor are threads.
    const withoutZlib = (/** @type {string} */ code) =>
      code.replaceAll(
        /globalThis\.process\?\.getBuiltinModule\?\.\(["'`]node:(?:zlib|worker_threads)["'`]\)/g,
        '',
      );
    // The chunk that reads a path, in Node only, asks for files and nothing else.
    for (const name of sources.filter((each) => each !== 'core/path.js'))
      assert.doesNotMatch(withoutZlib(withoutComments(name)), exits, name);
    assert.deepEqual(text('dist/path.js').match(/["'`]node:[^"'`]*["'`]/g), ['"node:fs/promises"']);
    for (const name of [
      'ampcf',
      'rank',
      'taste',
      'ask',
      'cache',
      'core-scalar',
      'core-large',
      'train',
      'evaluate',
    ])
      assert.doesNotMatch(withoutZlib(text(`dist/${name}.js`)), exits, name);
    assert.equal([...entry.toString().matchAll(/\bfetch\(/g)].length, 1);
  });

  test('builds no code from text', () => {
    for (const name of ['ampcf', 'rank', 'taste', 'ask', 'core-scalar', 'core-large', 'train', 'evaluate'])
      assert.doesNotMatch(
        text(`dist/${name}.js`),
        /\beval\s*\(|\bnew Function\b|\bFunction\s*\(|\bset(?:Timeout|Interval)\s*\(\s*["'`]/,
        name,
      );
  });

  test('imports nothing but its builds, and chunks that few need', () => {
    assert.deepEqual(
      [
        ...new Set(
          [...entry.toString().matchAll(/\b(?:import|from)\s*\(?\s*["']([^"']+)["']/g)].map(
            ([, path]) => path,
          ),
        ),
      ].sort(),
      [
        './cache-through.js',
        './core-large.js',
        './core-scalar.js',
        './core-simd.js',
        './errors.js',
        './path.js',
        './refusal.js',
      ],
    );
    for (const [name, allowed] of /** @type {const} */ ([
      ['ampcf', ['./rank.js', './taste.js']],
      ['taste', ['./rank.js']],
      ['ask', ['./rank.js']],
      ['confidence', ['./rank.js']],
      ['train', ['./rank.js', './ampcf.js']],
      ['evaluate', ['./rank.js', './ampcf.js', './train.js']],
      ['now', ['./rank.js']],
      ['react', ['./rank.js', 'react']],
      ['vue', ['./rank.js', 'vue']],
      ['svelte', ['./rank.js', 'svelte/store']],
      ['element', ['./rank.js', './sentences.js']],
      ['cache', ['./rank.js']],
      ['worker', ['./rank.js']],
      ['cache-through', ['./rank.js']],
      ['evidence', ['./rank.js', './path.js']],
      ['simulate', ['./rank.js', './taste.js', './train.js']],
      [
        'static',
        './ampcf ./rank ./core-large ./cache-through ./path ./refusal ./core-scalar'
          .split(' ')
          .map((path) => `${path}.js`),
      ],
      ['workerd-ampcf', ['./wasm/core-large.wasm', './wasm/taste.wasm', './ampcf.js']],
      ['workerd-rank', ['./wasm/core-large.wasm', './rank.js']],
      ['workerd-taste', ['./wasm/taste.wasm', './taste.js']],
    ]))
      assert.deepEqual(
        [...text(`dist/${name}.js`).matchAll(/\b(?:import|from)\s*\(?\s*["']([^"']+)["']/g)]
          .map(([, path]) => path)
          .filter((path) => !['./errors.js', ...allowed].includes(path)),
        [],
        name,
      );
  });

  test('does nothing when it is imported', () => {
    const code = `const keys = () => JSON.stringify([
        Object.getOwnPropertyDescriptors(globalThis),
        Object.prototype,
        Array.prototype,
        Promise.prototype,
      ].map((object) => Reflect.ownKeys(object).map(String)));
      const before = keys();
      const dist = ${JSON.stringify(new URL('dist/', root).href)};
      globalThis.fetch = () => { throw new Error('fetched'); };
      for (const name of ['ampcf', 'train', 'evaluate']) await import(new URL(name + '.js', dist));
      if (keys() !== before) throw new Error('globals changed');
      process.stdout.write('quiet');`;
    // A timer, a worker or a connection would keep the process alive.
    assert.equal(
      execFileSync(process.execPath, ['--input-type=module', '-e', code], {
        encoding: 'utf8',
        timeout: 10000,
      }),
      'quiet',
    );
  });
});

describe('the entries for pages', () => {
  const forNode = ['build', 'cli', 'evaluate', 'node', 'train', 'tune', 'workers'];
  const others = Object.keys({ ...beside, ...frameworks }).filter((name) => name !== 'worker');
  for (const name of ['ampcf', 'rank', 'taste', 'learn', 'sentences', 'store', ...others])
    test(`${name} needs nothing that pages must not load`, () => {
      const needed = closure(`${name}.js`);
      assert.deepEqual(
        needed.filter((path) => forNode.includes(path.split('/')[0])),
        [],
      );
      assert.ok(name === 'learn' || name === 'sentences' || needed.length > 3, needed.join());
    });

  test('what rankings may have beside is small', () => {
    for (const [name, limit] of Object.entries({ ...beside, ...frameworks })) {
      const bytes = gzipSync(read(`dist/${name}.js`), { level: 9 }).length;
      console.log(`${name} adds ${bytes} bytes gzip (limit ${limit})`);
      assert.ok(bytes <= limit, `${bytes} bytes`);
    }
  });

  test('workers are started by the expression that bundlers look for, and import nothing', () => {
    for (const name of ['model-worker', 'training-worker']) {
      const started = `new Worker(new URL("./${name}.js",import.meta.url),{type:"module"})`;
      assert.ok(text('dist/worker.js').includes(started), name);
      const code = text(`dist/${name}.js`);
      assert.doesNotMatch(code, /\b(?:import|from)\s*\(?\s*["']/);
    }
    assert.ok(closure('worker.js').every((path) => !/^(?:train|evaluate|tune)\//.test(path)));
  });

  test('simulate loads the trainer where it is asked to train, and not before', () => {
    const code = text('dist/simulate.js');
    const loaded = new Set([...code.matchAll(/\bfrom\s*"([^"]+)"/g)].map(([, path]) => path));
    assert.deepEqual([...loaded].sort(), ['./errors.js', './rank.js', './taste.js']);
    assert.match(code, /import\("\.\/train\.js"\)/);
    const bytes = gzipSync(code, { level: 9 }).length;
    assert.ok(bytes <= 8500, `${bytes} bytes`);
  });

  test('positive control: what Node may load is seen', () => {
    assert.ok(closure('node-store.js').includes('node/file-store.js'));
    assert.ok(closure('evaluate.js').some((path) => path.startsWith('evaluate/')));
  });
});

describe('the wasm', () => {
  test('imports nothing: it cannot do input or output', () => {
    assert.deepEqual(wasmNames.sort(), [
      'core-large.wasm',
      'core-scalar.wasm',
      'core-simd.wasm',
      'taste.wasm',
      'train-scalar.wasm',
      'train-simd.wasm',
    ]);
    for (const name of wasmNames)
      assert.deepEqual(
        WebAssembly.Module.imports(new WebAssembly.Module(read(`dist/wasm/${name}`))),
        [],
        name,
      );
  });

  test('is what the bundles hold', () => {
    assert.ok(text('dist/core-scalar.js').includes(read('dist/wasm/core-scalar.wasm').toString('base64')));
    assert.ok(text('dist/core-large.js').includes(read('dist/wasm/core-large.wasm.zlib').toString('base64')));
    assert.ok(text('dist/core-simd.js').includes(read('dist/wasm/core-simd.wasm.zlib').toString('base64')));
  });

  test('has no relaxed SIMD, whose results differ between machines', (t) => {
    // i8x16.relaxed_swizzle in a module of one function: an engine that refuses it vouches for the modules it
    // accepts.
    const relaxed = Buffer.from(
      '0061736d01000000' + '01070160027b7b017b' + '03020100' + '0a0b010900' + '20002001fd80020b',
      'hex',
    );
    if (WebAssembly.validate(relaxed)) return t.skip('this engine accepts relaxed SIMD, and so cannot tell');
    for (const name of wasmNames) assert.ok(WebAssembly.validate(read(`dist/wasm/${name}`)), name);
  });
});

/** What the package holds beside the types. */
const shipped = [
  'package.json',
  'README.md',
  'LICENSE',
  'dist/THIRD-PARTY.txt',
  'dist/ampcf.js',
  'dist/ask.js',
  'dist/cache-through.js',
  'dist/cache.js',
  'dist/cli.js',
  'dist/confidence.js',
  'dist/core-large.js',
  'dist/core-scalar.js',
  'dist/element.js',
  'dist/errors.js',
  'dist/core-simd.js',
  'dist/evaluate-worker.js',
  'dist/evaluate.js',
  'dist/evidence.js',
  'dist/graph.js',
  'dist/learn.js',
  'dist/model-worker.js',
  'dist/node-store.js',
  'dist/now.js',
  'dist/parquet.js',
  'dist/path.js',
  'dist/people.js',
  'dist/rank.js',
  'dist/react.js',
  'dist/refusal.js',
  'dist/report.js',
  'dist/sentences.js',
  'dist/simulate.js',
  'dist/static.js',
  'dist/store.js',
  'dist/svelte.js',
  'dist/taste.js',
  'dist/train.js',
  'dist/train-worker.js',
  'dist/training-worker.js',
  'dist/tune-worker.js',
  'dist/vue.js',
  'dist/worker.js',
  'dist/wasm/core-large.wasm',
  'dist/wasm/core-scalar.wasm',
  'dist/wasm/taste.wasm',
  'dist/workerd-ampcf.js',
  'dist/workerd-rank.js',
  'dist/workerd-taste.js',
  'include/ampcf.h',
  'include/ampcf_taste.h',
  'include/ampcf_train.h',
];

describe('the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ampcf-package-'));
  after(() => rmSync(folder, { recursive: true }));
  /** @type {string} */
  let app;
  /** @type {string[]} */
  let packed;

  before(() => ({ app, packed } = installPacked(folder)));

  /**
   * Runs in the app, as a user's program would.
   * @param {string} code
   */
  const runs = (code) =>
    execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: app, encoding: 'utf8' });

  test('holds what is needed, and nothing else', () => {
    const types = /^dist\/types\/(?:[a-z]+\/)?[a-z-]+\.d\.ts$/;
    const examples = new Set(
      readdirSync(new URL('examples/', root), { recursive: true, encoding: 'utf8' }).map(
        (path) => `examples/${path.replaceAll('\\', '/')}`,
      ),
    );
    assert.deepEqual(
      packed.filter((path) => !shipped.includes(path) && !types.test(path) && !examples.has(path)),
      [],
    );
    assert.ok(!packed.includes('examples/page/screenshot.webp'), 'README alone shows it');
    for (const path of [
      ...shipped,
      'dist/types/ampcf.d.ts',
      'dist/types/train.d.ts',
      'dist/types/store.d.ts',
    ])
      assert.ok(packed.includes(path), `${path} is not packed`);
  });

  test('needs nothing and runs nothing on installation', () => {
    const { dependencies, scripts = {} } = JSON.parse(text('package.json'));
    assert.equal(dependencies, undefined);
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
      assert.equal(scripts[name], undefined);
    assert.deepEqual(
      readdirSync(join(app, 'node_modules')).filter((name) => !name.startsWith('.')),
      ['ampcf'],
    );
  });

  test('trains and ranks where it was installed', () => {
    copyFileSync(new URL('tests/package/consumer.js', root), join(app, 'consumer.js'));
    const out = execFileSync(process.execPath, ['consumer.js'], { cwd: app, encoding: 'utf8' });
    const { version, scores } = JSON.parse(out);
    assert.equal(version, JSON.parse(text('package.json')).version);
    assert.equal(scores[0][0], 'b'); // everybody who had a had b
    assert.equal(scores.length, 3);
  });

  test('gives its wasm to runtimes that may not compile, and nothing it does not promise', () => {
    assert.equal(
      runs(`import { readFileSync } from 'node:fs';
      const { loadModel } = await import('ampcf'), { trainModel } = await import('ampcf/train');
      const module = new WebAssembly.Module(readFileSync(new URL(import.meta.resolve('ampcf/core.wasm'))));
      const pairs = { users: ['u'], items: ['a'], user: [0], item: [0] };
      const { bytes } = await trainModel(pairs, { dim: 2, minSupport: 1 });
      const refused = await import('ampcf/dist/ampcf.js').catch((error) => error.code);
      process.stdout.write((await loadModel(bytes, { module })).diagnostics().backend + ' ' + refused);`),
      'given ERR_PACKAGE_PATH_NOT_EXPORTED',
    );
  });

  test('has the command', () => {
    assert.ok(
      execFileSync(join(app, 'node_modules/.bin/ampcf'), ['--version'], { encoding: 'utf8' }).includes(
        JSON.parse(text('package.json')).version,
      ),
    );
  });

  test('has the page of charts and what it is made of, with its licences', () => {
    const rows = Array.from({ length: 12 }, (_, u) =>
      Array.from({ length: 8 }, (__, j) => `u${u},i${(u % 2) * 6 + ((u + j) % 9)}`),
    ).flat();
    writeFileSync(join(app, 'ratings.csv'), `user,item\n${rows.join('\n')}\n`);
    const ampcf = (/** @type {string[]} */ ...args) =>
      execFileSync(join(app, 'node_modules/.bin/ampcf'), [...args, '-q'], { cwd: app, encoding: 'utf8' });
    ampcf('train', 'ratings.csv', '-o', 'm.ampcf', '--dim', '4', '--min-support', '1');
    ampcf('diagnose', 'm.ampcf', '--history', 'ratings.csv', '--html', 'page.html');
    assert.match(readFileSync(join(app, 'page.html'), 'utf8'), /<svg [^]*<\/svg>/);
    assert.doesNotMatch(text('dist/cli.js'), /linkedom|observablehq/, 'no other command loads the charts');
    assert.doesNotMatch(text('dist/cli.js'), /parquetMetadata/, 'only who reads Parquet loads it');
    for (const name of [
      'dist/cli.js contains csv-parse',
      'dist/cli.js contains commander',
      'dist/cli.js contains sirv',
      'dist/cli.js contains string-width',
      'dist/cli.js contains wrap-ansi',
      'dist/report.js contains @observablehq/plot',
      'dist/report.js contains linkedom',
      'dist/report.js contains d3-scale',
      'dist/parquet.js contains hyparquet',
      'dist/parquet.js contains fzstd',
      'Permission to use, copy, modify',
    ])
      assert.ok(text('dist/THIRD-PARTY.txt').includes(name), name);
  });

  test('has types that a strict project accepts, and that refuse mistakes', () => {
    copyFileSync(new URL('tests/package/consumer.ts', root), join(app, 'consumer.ts'));
    const tsc = fileURLToPath(new URL('node_modules/typescript/bin/tsc', root));
    if (!existsSync(tsc)) throw new Error('typescript is not installed');
    for (const [name, lib, module] of [
      ['node', ['es2022', 'dom'], 'nodenext'],
      ['bundler', ['esnext', 'dom'], 'preserve'],
    ]) {
      const config = join(app, `tsconfig.${name}.json`);
      const compilerOptions = {
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: false,
        target: 'es2022',
        lib,
        types: [],
        module,
        moduleResolution: module === 'nodenext' ? 'nodenext' : 'bundler',
      };
      writeFileSync(config, JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
      try {
        execFileSync(process.execPath, [tsc, '-p', config], { cwd: app, encoding: 'utf8' });
      } catch (error) {
        assert.fail(`${name}: ${/** @type {any} */ (error).stdout}`);
      }
    }
  });
});
