// Owns the tests of what is shipped: sizes, what the bundles may contain, the packed files, an installation,
// the types.
// Must not test behaviour: it only asks whether the package as a stranger gets it works at all.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
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

const read = (/** @type {string} */ path) => readFileSync(new URL(path, root));
const text = (/** @type {string} */ path) => read(path).toString('utf8');
const pageLimit = 22528;
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

describe('the browser entry', () => {
  const entry = read('dist/rank.js'),
    sources = closure('rank.js');

  test('is small', () => {
    const bytes = gzipSync(entry, { level: 9 }).length;
    console.log(`a page downloads ${bytes} bytes gzip (limit ${pageLimit})`);
    assert.ok(bytes <= pageLimit, `${bytes} bytes`);
  });

  test('is these files and no more', () => {
    assert.deepEqual(
      sources,
      [
        'core/abi',
        'core/arguments',
        'core/compile',
        'core/errors',
        'core/kernel',
        'core/memory',
        'core/module',
        'core/scalar',
        'core/source',
        'core/struct',
        'model/explanation',
        'model/folded',
        'model/history',
        'model/labels',
        'model/model',
        'model/personas',
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
    const exits =
      /\b(?:XMLHttpRequest|WebSocket|EventSource|sendBeacon|RTCPeerConnection|WebTransport|importScripts|BroadcastChannel|indexedDB|localStorage|document|navigator|process|require)\b\s*(?:\?\.|[.([])/;
    // Node's own gunzip, which is there without a turn of the event loop, is no way out.
    const withoutZlib = (/** @type {string} */ code) =>
      code.replace(/globalThis\.process\?\.getBuiltinModule\?\.\(["'`]node:zlib["'`]\)/, '');
    for (const name of sources) assert.doesNotMatch(withoutZlib(withoutComments(name)), exits, name);
    for (const name of ['ampcf', 'rank', 'taste', 'core-scalar', 'train', 'evaluate'])
      assert.doesNotMatch(withoutZlib(text(`dist/${name}.js`)), exits, name);
    assert.equal([...entry.toString().matchAll(/\bfetch\(/g)].length, 1);
  });

  test('builds no code from text', () => {
    for (const name of ['ampcf', 'rank', 'taste', 'core-scalar', 'train', 'evaluate'])
      assert.doesNotMatch(
        text(`dist/${name}.js`),
        /\beval\s*\(|\bnew Function\b|\bFunction\s*\(|\bset(?:Timeout|Interval)\s*\(\s*["'`]/,
        name,
      );
  });

  test('imports nothing but its scalar build, which is a chunk of its own', () => {
    assert.deepEqual(
      [...entry.toString().matchAll(/\b(?:import|from)\s*\(?\s*["']([^"']+)["']/g)].map(([, path]) => path),
      ['./core-scalar.js'],
    );
    for (const [name, allowed] of /** @type {const} */ ([
      ['ampcf', ['./rank.js', './taste.js']],
      ['taste', ['./rank.js']],
      ['train', ['./rank.js', './ampcf.js']],
      ['evaluate', ['./rank.js', './ampcf.js', './train.js']],
    ]))
      assert.deepEqual(
        [...text(`dist/${name}.js`).matchAll(/\b(?:import|from)\s*\(?\s*["']([^"']+)["']/g)]
          .map(([, path]) => path)
          .filter((path) => !(/** @type {readonly string[]} */ (allowed).includes(path))),
        [],
        name,
      );
  });

  test('does nothing when it is imported', () => {
    const code = `const keys = () => JSON.stringify([Object.getOwnPropertyDescriptors(globalThis), Object.prototype, Array.prototype, Promise.prototype].map((object) => Reflect.ownKeys(object).map(String)));
      const before = keys();
      globalThis.fetch = () => { throw new Error('fetched'); };
      for (const name of ['ampcf', 'train', 'evaluate']) await import(new URL(name + '.js', ${JSON.stringify(new URL('dist/', root).href)}));
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

describe('the wasm', () => {
  test('imports nothing: it cannot do input or output', () => {
    assert.deepEqual(wasmNames.sort(), [
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
    assert.ok(text('dist/rank.js').includes(read('dist/wasm/core-simd.wasm.gz').toString('base64')));
  });

  test('has no relaxed SIMD, whose results differ between machines', (t) => {
    // i8x16.relaxed_swizzle in a module of one function: an engine that refuses it vouches for the modules it
    // accepts.
    const relaxed = Uint8Array.of(
      0,
      97,
      115,
      109,
      1,
      0,
      0,
      0,
      1,
      7,
      1,
      0x60,
      2,
      0x7b,
      0x7b,
      1,
      0x7b,
      3,
      2,
      1,
      0,
      10,
      11,
      1,
      9,
      0,
      0x20,
      0,
      0x20,
      1,
      0xfd,
      0x80,
      0x02,
      0x0b,
    );
    if (WebAssembly.validate(relaxed)) return t.skip('this engine accepts relaxed SIMD, and so cannot tell');
    for (const name of wasmNames) assert.ok(WebAssembly.validate(read(`dist/wasm/${name}`)), name);
  });
});

describe('the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ampcf-package-'));
  after(() => rmSync(folder, { recursive: true }));
  const app = join(folder, 'app');
  const npm = (/** @type {string[]} */ args, /** @type {string} */ cwd) =>
    execFileSync(
      'npm',
      [
        ...args,
        '--ignore-scripts',
        '--offline',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
        `--cache=${join(folder, 'cache')}`,
      ],
      { cwd, encoding: 'utf8', env: { ...process.env, npm_config_update_notifier: 'false' } },
    );
  /** @type {string[]} */ let packed;

  before(() => {
    const [{ filename, files }] = JSON.parse(
      npm(['pack', '--json', `--pack-destination=${folder}`], fileURLToPath(root)),
    );
    packed = files.map((/** @type {{ path: string }} */ file) => file.path);
    mkdirSync(app);
    writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
    npm(['install', join(folder, filename)], app);
  });

  /**
   * Runs in the app, as a user's program would.
   * @param {string} code
   */
  const runs = (code) =>
    execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: app, encoding: 'utf8' });

  test('holds what is needed, and nothing else', () => {
    const allowed =
      /^(?:package\.json|README\.md|LICENSE|dist\/(?:ampcf|rank|core-scalar|taste|learn|sentences|store|node-store|train|evaluate|cli|report|tune-worker)\.js|dist\/types\/(?:[a-z]+\/)?[a-z-]+\.d\.ts|dist\/wasm\/core-simd\.wasm|dist\/THIRD-PARTY\.txt|include\/ampcf(?:_train|_taste)?\.h)$/;
    assert.deepEqual(
      packed.filter((path) => !allowed.test(path)),
      [],
    );
    for (const path of [
      'LICENSE',
      'dist/ampcf.js',
      'dist/core-scalar.js',
      'dist/train.js',
      'dist/evaluate.js',
      'dist/rank.js',
      'dist/taste.js',
      'dist/learn.js',
      'dist/sentences.js',
      'dist/store.js',
      'dist/node-store.js',
      'dist/types/store.d.ts',
      'include/ampcf_taste.h',
      'dist/cli.js',
      'dist/report.js',
      'dist/tune-worker.js',
      'dist/types/ampcf.d.ts',
      'dist/types/train.d.ts',
      'dist/types/evaluate.d.ts',
      'dist/wasm/core-simd.wasm',
      'include/ampcf.h',
    ])
      assert.ok(packed.includes(path), `${path} is not packed`);
  });

  test('needs nothing and runs nothing on installation', () => {
    const { dependencies, scripts = {} } = JSON.parse(text('package.json'));
    assert.equal(dependencies, undefined);
    for (const name of ['preinstall', 'install', 'postinstall']) assert.equal(scripts[name], undefined);
    assert.deepEqual(
      readdirSync(join(app, 'node_modules')).filter((name) => !name.startsWith('.')),
      ['ampcf'],
    );
  });

  test('trains and ranks where it was installed', () => {
    const out = runs(`import { loadModel, version, AmpcfError, Model, Profile } from 'ampcf';
      import { trainModel } from 'ampcf/train';
      import { diagnose, evaluateModel, membershipAttack, metrics, pairedBootstrap, trainValidated } from 'ampcf/evaluate';
      import { loadModel as loadRanking } from 'ampcf/rank';
      import { proportionalRerank, taste, tasteDistance } from 'ampcf/taste';
      import { driftOf, recency, refine } from 'ampcf/learn';
      import { explainInWords } from 'ampcf/sentences';
      import { keepProfile, memoryStore } from 'ampcf/store';
      import { fileStore } from 'ampcf/node-store';
      const users = ['u1', 'u2', 'u3', 'u4'], items = ['a', 'b', 'c', 'd'];
      const { bytes } = await trainModel({ users, items, user: [0, 0, 1, 1, 2, 2, 3, 3], item: [0, 1, 0, 1, 2, 3, 2, 3] }, { dim: 2, minSupport: 1 });
      const scores = [];
      for (const backend of ['simd', 'scalar']) {
        const model = await loadModel(bytes, { backend }), me = model.createProfile(['a']);
        scores.push(JSON.stringify(me.recommend().items.map(({ item, score }) => [item, score])));
        if (!(model instanceof Model && me instanceof Profile)) throw new Error('classes');
      }
      if (scores[0] !== scores[1]) throw new Error('builds differ');
      const model = await loadRanking(bytes, { taste }), kept = await keepProfile(model, memoryStore());
      kept.profile.add('a').dislike('c');
      if (!(model instanceof Model && await kept.flush() && (await keepProfile(model, fileStore('profile'))).persisted)) throw new Error('store');
      if (!explainInWords(kept.profile.explain('b')).text.includes('a') || await tasteDistance([1, 0], [0, 1]) !== 1) throw new Error('words');
      for (const one of [driftOf, recency, refine, diagnose, membershipAttack, proportionalRerank]) if (typeof one !== 'function') throw new Error('entries');
      const taken = { users, items, user: [0, 1, 2, 3], item: [0, 0, 2, 2] }, next = { ...taken, item: [1, 1, 3, 3] };
      const evaluation = await evaluateModel(await loadModel(bytes), { history: taken, test: next, k: [1], resamples: 10, baselines: ['popularity', 'ease'] });
      if (evaluation.metrics['ndcg@1'] !== 1 || metrics.recall(['b'], new Set(['b']), 1) !== 1 || pairedBootstrap([1], [0]).mean !== 1) throw new Error('evaluation');
      if ((await trainValidated(taken, next, { dim: 2, minSupport: 1 })).validation.people !== 4) throw new Error('validation');
      try { await evaluateModel(await loadModel(bytes), { history: taken, test: taken }); } catch (error) { if (!(error instanceof AmpcfError)) throw error; }
      try { await loadModel(new Uint8Array(1)); } catch (error) { if (!(error instanceof AmpcfError)) throw error; }
      try { await trainModel({ users, items, user: [], item: [] }); } catch (error) { if (!(error instanceof AmpcfError)) throw error; }
      process.stdout.write(JSON.stringify({ version, scores: JSON.parse(scores[0]) }));`);
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
      const { bytes } = await trainModel({ users: ['u'], items: ['a'], user: [0], item: [0] }, { dim: 2, minSupport: 1 });
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
    for (const name of [
      'dist/cli.js contains csv-parse',
      'dist/report.js contains @observablehq/plot',
      'dist/report.js contains linkedom',
      'dist/report.js contains d3-scale',
      'Permission to use, copy, modify',
    ])
      assert.ok(text('dist/THIRD-PARTY.txt').includes(name), name);
  });

  test('has types that a strict project accepts, and that refuse mistakes', () => {
    writeFileSync(
      join(app, 'consumer.ts'),
      `import { AmpcfError, Model, Profile, loadModel, version } from 'ampcf';
import { trainDefaults, trainModel } from 'ampcf/train';
import { type Evaluation, type PersonaQuality, diagnose, evaluateModel, membershipAttack, metrics, pairedBootstrap } from 'ampcf/evaluate';
import { type Sentence, explainInWords } from 'ampcf/sentences';

export async function demo(url: string): Promise<string[]> {
  const model: Model = await loadModel(url, { integrity: 'sha256-x', maxBytes: 1e6, backend: 'scalar', onProgress: ({ loaded, total }) => void (loaded + (total ?? 0)) });
  const me: Profile = model.createProfile([{ item: 'a', weight: 1, at: null }, 'b', 3], { personas: 2 });
  const { items, unknown } = me.rank(new Set(['a', 'b']), { topK: 2, explain: true });
  const score: number | null = items[0].score;
  const why: number | undefined = items[0].explanation?.contributions[0].contribution;
  const all: number = me.explain('a').attention.length;
  const saved: Uint8Array = me.save();
  const distance: number | null = model.restoreProfile(saved).tasteDistance(['a']);
  const more = me.recommend({ topK: 5, exclude: ['a'], excludeSeen: false, filter: (id) => id.startsWith('x') });
  try {
    await loadModel(new Uint8Array(4));
  } catch (error) {
    if (error instanceof AmpcfError) return [error.code, String(error.details.limit)];
  }
  const { bytes } = await trainModel({ users: ['u'], items: ['a'], user: [0], item: Uint32Array.of(0) }, { ...trainDefaults, dim: 4, items: new Map([['a', { title: 'A', aspects: ['x'] }]]) });
  const taken = { users: ['u'], items: ['a', 'b'], user: [0], item: [0] };
  const evaluation: Evaluation = await evaluateModel(model, { history: taken, test: { ...taken, item: [1] }, candidates: new Map([['u', ['a', 'b']]]), k: [1], baselines: ['ease', { name: 'itemknn', settings: { neighbours: 3 } }] });
  const gain: number | undefined = evaluation.baselines.ease?.difference['ndcg@1'].mean;
  const figures: number[] = [gain ?? 0, metrics.ndcg(['a'], new Set(['a']), 1), pairedBootstrap([1], [0], { seed: 2 }).low];
  const quality: PersonaQuality = await diagnose(model, { history: taken, seeds: 1 });
  const sentence: Sentence = explainInWords(items[0], { personas: me.personas(), history: me.history, templates: { persona: '{persona}: {items}' }, locale: 'de' });
  figures.push(quality.separation ?? 0, (await membershipAttack(taken, { dim: 2 }, { folds: 2 })).auc, sentence.parts.length);
  // @ts-expect-error there is no such template
  explainInWords(items[0], { templates: { reason: '' } });
  // @ts-expect-error there is no such baseline
  await evaluateModel(model, { history: taken, test: taken, baselines: ['magic'] });
  // @ts-expect-error a number is no source
  await loadModel(5);
  // @ts-expect-error topK is a number
  me.rank(['a'], { topK: '5' });
  // @ts-expect-error there is no such method
  me.recommand();
  // @ts-expect-error a score may be null
  const wrong: number = items[0].score;
  me.dispose();
  model.dispose();
  return [version, ...unknown, String(score), String(why), String(all), String(distance), more.items[0].title, String(bytes.length), String(wrong), ...figures.map(String)];
}
`,
    );
    for (const [name, lib, module] of [
      ['node', ['es2022', 'dom'], 'nodenext'],
      ['bundler', ['esnext', 'dom'], 'preserve'],
    ]) {
      const config = join(app, `tsconfig.${name}.json`);
      writeFileSync(
        config,
        JSON.stringify({
          compilerOptions: {
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
          },
          files: ['consumer.ts'],
        }),
      );
      const tsc = fileURLToPath(new URL('node_modules/typescript/bin/tsc', root));
      if (!existsSync(tsc)) throw new Error('typescript is not installed');
      try {
        execFileSync(process.execPath, [tsc, '-p', config], { cwd: app, encoding: 'utf8' });
      } catch (error) {
        assert.fail(`${name}: ${/** @type {any} */ (error).stdout}`);
      }
    }
  });
});
