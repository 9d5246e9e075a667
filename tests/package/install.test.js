// Owns the tests of the package as other tools read it: the fields of package.json, `require`, runtimes that
// may not compile, engines without SIMD, the examples in a folder of somebody else. Must not build with any.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { root } from '../support.js';
import { installPacked } from './packed.js';

const folder = mkdtempSync(join(tmpdir(), 'ampcf-install-'));
after(() => rmSync(folder, { recursive: true }));
/** @type {string} */ let app;
/** @type {string} */ let tarball;
/** @type {string[]} */ let packed;
before(() => ({ app, tarball, packed } = installPacked(folder)));

const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
/** @type {[name: string, target: any][]} */
const entries = Object.entries(manifest.exports).filter(([, target]) => typeof target === 'object');
const scripts = entries.filter(([name]) => !name.endsWith('.wasm'));
const specifier = (/** @type {string} */ name) => `ampcf${name.slice(1)}`;

/**
 * What a program prints that runs where the package is installed.
 * @param {string[]} args of Node
 */
const node = (...args) => execFileSync(process.execPath, args, { cwd: app, encoding: 'utf8' });
const module = (/** @type {string} */ code) => node('--input-type=module', '-e', code);
/** A small model, as bytes. */
const trained = `const { trainModel } = await import('ampcf/train');
  const pairs = { users: ['u', 'v'], items: ['a', 'b'], user: [0, 0, 1], item: [0, 1, 0] };
  const { bytes } = await trainModel(pairs, { dim: 2, minSupport: 1 });
  const listOf = (model) => JSON.stringify(model.createProfile(['a']).recommend({ explain: true }));
  const { loadModel } = await import('ampcf');
  const usual = listOf(await loadModel(bytes));`;

describe('package.json', () => {
  test('names files that are packed, in every way of naming them', () => {
    const named = [
      manifest.main,
      manifest.module,
      manifest.types,
      ...entries.flatMap(([, target]) => Object.values(target)),
      ...Object.values(manifest.alias),
      ...Object.values(manifest.typesVersions['*'])
        .flat()
        .map((path) => `./${path}`),
      ...manifest.sideEffects,
    ];
    assert.deepEqual(
      named.filter((path) => !packed.includes(path.replace(/^\.\//, ''))),
      [],
    );
  });

  test('says the same to tools that do not read exports', () => {
    const [[, main], ...rest] = entries;
    assert.deepEqual(
      [manifest.main, manifest.module, manifest.types],
      [main.default, main.default, main.types],
    );
    assert.deepEqual(
      manifest.alias,
      Object.fromEntries(rest.map(([name, target]) => [name, target.default])),
      'alias is what Parcel 2 reads',
    );
    assert.deepEqual(
      manifest.typesVersions['*'],
      Object.fromEntries(rest.map(([name, target]) => [name.slice(2), [target.types.slice(2)]])),
      'typesVersions is what TypeScript reads with moduleResolution node10',
    );
    for (const [name, target] of entries) assert.equal(Object.keys(target)[0], 'types', name);
  });

  test('has what a registry shows, and runs no script on anybody who installs', () => {
    for (const field of ['homepage', 'bugs', 'license', 'description', 'keywords'])
      assert.ok(manifest[field]?.length > 0, field);
    assert.match(manifest.repository.url, /^git\+https:\/\/.*\.git$/);
    assert.equal(manifest.publishConfig.provenance, true);
    const atInstall = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];
    assert.deepEqual(
      atInstall.filter((name) => Object.hasOwn(manifest.scripts, name)),
      [],
    );
    assert.equal(manifest.scripts.prepack, manifest.scripts.build);
  });
});

describe('Node', () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const requires = major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);

  test('requires every entry, and gets the same classes as who imports', () => {
    const names = JSON.stringify(
      scripts.map(([name]) => specifier(name)).filter((name) => !/(?:react|vue|svelte)$/.test(name)),
    );
    const code = `const assert = require('node:assert/strict');
      (async () => {
        for (const name of ${names}) {
          const required = require(name);
          assert.ok(Object.keys(required).length > 0, name);
          assert.deepEqual({ ...required }, { ...(await import(name)) }, name);
        }
        process.stdout.write('same');
      })();`;
    assert.equal(node('--input-type=commonjs', '-e', code), 'same');
  });

  test('is said to be needed as new as the code needs it', () => {
    assert.equal(manifest.engines.node, '^20.19.0 || >=22.12.0');
    assert.ok(requires, 'this Node is too old');
  });
});

describe('runtimes that forbid compiling', () => {
  test('give two modules, and measure taste', () => {
    const code = `${trained}
      import { readFileSync } from 'node:fs';
      const compiled = (name) => new WebAssembly.Module(readFileSync(new URL(import.meta.resolve(name))));
      const [module, tasteModule] = [compiled('ampcf/core.wasm'), compiled('ampcf/taste.wasm')];
      const scalar = compiled('ampcf/core-scalar.wasm');
      const { tasteDistance } = await import('ampcf/taste');
      const forbidden = () => { throw new Error('compiling is forbidden'); };
      globalThis.WebAssembly.compile = forbidden;
      globalThis.WebAssembly.Module = new Proxy(WebAssembly.Module, { construct: forbidden });
      const model = await loadModel(bytes, { module, tasteModule });
      const slow = await loadModel(bytes, { module: scalar, tasteModule });
      const floor = model.taste.floor(model.createProfile(['a']), { space: 'personas', topK: 1 });
      const wrong = await loadModel(bytes, { module, tasteModule: {} }).catch(({ code }) => code);
      console.log(listOf(model) === usual, listOf(slow) === usual, typeof floor, wrong);
      console.log(await tasteDistance([1, 0], [0, 1]));`;
    assert.equal(module(code), 'true true object BAD_ARGUMENT\n1\n');
  });

  test('workerd has entries of its own, which bring the modules', () => {
    for (const name of ['.', './rank', './taste', './static'])
      assert.match(manifest.exports[name].workerd, /^\.\/dist\/workerd-(ampcf|rank|taste)\.js$/, name);
  });
});

test('the static entry needs no code that is loaded later, with SIMD and without', () => {
  const code = `${trained}
    const fixed = await import('ampcf/static');
    const probe = WebAssembly.validate;
    const lists = [];
    for (const simd of [true, false]) {
      WebAssembly.validate = simd ? probe : () => false;
      const model = await fixed.loadModel(bytes);
      lists.push(listOf(model) === usual, model.diagnostics().backend);
      for (const backend of ['simd', 'scalar'])
        lists.push(listOf(await fixed.loadModel(bytes, { backend })) === usual);
    }
    const same = fixed.Model === (await import('ampcf/rank')).Model;
    const wrong = await fixed.loadModel(bytes, { backend: 'x' }).catch(({ code }) => code);
    console.log(lists.join(), same, wrong);`;
  assert.equal(module(code), 'true,given,true,true,true,given,true,true true BAD_ARGUMENT\n');
});

describe('the examples', () => {
  test('run where the package is installed', () => {
    for (const name of ['demo/run', 'explain', 'keep', 'embeddings/embeddings']) {
      const path = `node_modules/ampcf/examples/${name}.js`;
      assert.ok(existsSync(join(app, path)), path);
      const { status, stderr, stdout } = spawnSync(process.execPath, [path], { cwd: app, encoding: 'utf8' });
      assert.equal(status, 0, `${name}: ${stderr}`);
      assert.ok(stdout.length > 100, name);
    }
  });

  test('need no package but this one', () => {
    const foreign = packed
      .filter((path) => /^examples\/.*\.js$/.test(path))
      .flatMap((path) =>
        [
          ...readFileSync(new URL(path, root), 'utf8').matchAll(
            /^import .*'([a-z@][^']*)';$|^} from '([a-z@][^']*)';$/gm,
          ),
        ]
          .map(([, one, other]) => one ?? other)
          // Those of frameworks need theirs; the page is bundled with its search.
          .filter((name) => !(/^examples\/frameworks\//.test(path) && /^(?:react|vue|svelte)/.test(name)))
          .filter((name) => !(/^examples\/page\//.test(path) && name === 'minisearch'))
          .filter((name) => !/^(?:ampcf(?:\/|$)|node:)/.test(name)),
      );
    assert.deepEqual(foreign, []);
  });
});

describe('linters of packages', () => {
  const bin = (/** @type {string} */ name) =>
    fileURLToPath(new URL(`tests/environments/node_modules/.bin/${name}`, root));
  const lacks = (/** @type {string} */ name) =>
    existsSync(bin(name)) ? false : `${name} is not here: npm ci --prefix tests/environments`;

  test('publint has nothing to say', { skip: lacks('publint') }, () => {
    const { status, stdout, stderr } = spawnSync(bin('publint'), [tarball, '--strict'], { encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /All good!/);
  });

  test('attw has nothing to say of ES modules, also to node10', { skip: lacks('attw') }, () => {
    const { status, stdout, stderr } = spawnSync(
      bin('attw'),
      [tarball, '--ignore-rules', 'cjs-resolves-to-esm', '--format', 'ascii'],
      { encoding: 'utf8' },
    );
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /No problems found/);
  });
});
