// Owns the tests of the packed declarations: which names they have, that every snippet of a document is
// right in strict TypeScript, that nothing of the inside can be reached. Must not run the snippets.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { blocksOf, documents } from '../docs/documents.js';
import { scripts } from '../docs/fixtures.js';
import { root } from '../support.js';
import { installPacked } from './packed.js';
import { publicNames, written } from './public-names.js';

const folder = mkdtempSync(join(tmpdir(), 'ampcf-types-'));
after(() => rmSync(folder, { recursive: true }));
/** @type {string} */ let app;
/** @type {string[]} */ let packed;
before(() => {
  ({ app, packed } = installPacked(folder));
  for (const name of ['react', 'react-dom', '@types'])
    symlinkSync(fileURLToPath(new URL(`node_modules/${name}`, root)), join(app, 'node_modules', name), 'dir');
});

const tsc = fileURLToPath(new URL('node_modules/typescript/bin/tsc', root));
/** How projects find packages, with the kind of modules that goes with it. */
const resolutions = [
  ['bundler', 'preserve'],
  ['node16', 'node16'],
  ['nodenext', 'nodenext'],
];

/**
 * What a strict project says of some files, resolution by resolution.
 * @param {string} name of a folder in the app
 * @param {Record<string, string>} files name -> text
 */
function complaints(name, files) {
  mkdirSync(join(app, name), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(app, name, file), text);
  return resolutions.flatMap(([moduleResolution, module]) => {
    const config = join(app, name, `tsconfig.${moduleResolution}.json`);
    const compilerOptions = {
      ...{ strict: true, noEmit: true, skipLibCheck: false, exactOptionalPropertyTypes: true },
      ...{ target: 'es2022', lib: ['es2023', 'dom', 'dom.iterable', 'esnext.disposable'] },
      ...{ types: ['node'], typeRoots: [fileURLToPath(new URL('node_modules/@types', root))] },
      ...{ module, moduleResolution },
    };
    writeFileSync(config, JSON.stringify({ compilerOptions, files: Object.keys(files) }));
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', config], {
      cwd: join(app, name),
      encoding: 'utf8',
    });
    return status === 0
      ? []
      : stdout
          .trim()
          .split('\n')
          .map((line) => `${moduleResolution}: ${line}`);
  });
}

test('every snippet of a document is right in strict TypeScript', () => {
  const blocks = documents.flatMap(blocksOf).filter(({ language }) => language === 'js' || language === 'ts');
  assert.ok(blocks.length > 10 && blocks.some(({ at }) => at.startsWith('README.md')));
  const declared = { 'a tab': '', localStorage: '' };
  const files = Object.fromEntries(
    blocks.map(({ at, code, fixtures }, i) => [
      `${i}-${at.replaceAll(/[^\w-]+/g, '-')}.ts`,
      [
        ...fixtures.map((name) => /** @type {any} */ (declared)[name] ?? scripts[name].before),
        code,
        'export {};',
      ].join('\n'),
    ]),
  );
  assert.deepEqual(complaints('documents', files), []);
});

const right = `import { loadModel, tasteFromNothing } from 'ampcf';`;

describe('the declarations', () => {
  test('say what explain brings', () => {
    const text = `import { loadModel } from 'ampcf';
      import type { ExplainedItem, Explanation, Persona, ProfileOptions, RankedItem, Ranking } from 'ampcf';
      import type { Ranking as Same } from 'ampcf/rank';
      const model = await loadModel('x');
      const options: ProfileOptions = { personas: 2 };
      const me = model.createProfile([], options);
      const one: Explanation = me.recommend({ topK: 1, explain: true }).items[0].explanation;
      const two: number = me.rank(['a'], { explain: true }).items[0].explanation.contributions.length;
      const three: ExplainedItem = me.explain('a');
      const plain: Ranking = me.rank(['a']);
      const same: Same = plain;
      const item: RankedItem = same.items[0];
      const personas: Persona[] = me.personas();
      const asked: boolean = personas.length > one.rest + two + three.explanation.rest;
      const maybe: Explanation | undefined = me.recommend({ explain: asked }).items[0].explanation;
      // @ts-expect-error without explain there may be none
      item.explanation.rest;
      // @ts-expect-error nor where explain is false
      me.recommend({ explain: false }).items[0].explanation.rest;
      export { maybe };`;
    assert.deepEqual(complaints('explain', { 'explain.ts': text }), []);
  });

  test('know the wasm files, and the runtimes that want them', () => {
    const text = `import { loadModel } from 'ampcf';
      import module from 'ampcf/core.wasm';
      import scalar from 'ampcf/core-scalar.wasm';
      import tasteModule from 'ampcf/taste.wasm';
      import { loadModel as load } from 'ampcf/static';
      import { loadModel as rankOnly } from 'ampcf/rank';
      import { tasteFrom } from 'ampcf/taste';
      const compiled: WebAssembly.Module = module;
      await loadModel('x', { module: compiled, tasteModule });
      await load('x', { module: scalar, tasteModule });
      await rankOnly('x', { module, taste: tasteFrom(tasteModule) });
      // @ts-expect-error ranking alone has no taste to start
      await rankOnly('x', { tasteModule });`;
    assert.deepEqual(complaints('wasm', { 'wasm.ts': text }), []);
  });

  test('let nobody reach the inside', () => {
    const text = `import { loadModel } from 'ampcf';
      // @ts-expect-error rooms are no entries
      import { openModel } from 'ampcf/core/kernel.js';
      // @ts-expect-error nor by their files
      import type { Model } from 'ampcf/dist/types/model/model.js';
      // @ts-expect-error
      import { rank } from 'ampcf/dist/rank.js';
      const model = await loadModel('x');
      // @ts-expect-error
      model.kernel;
      // @ts-expect-error
      model.plugins;
      // @ts-expect-error
      model.candidates(['a']).indices;
      // @ts-expect-error what only looks like candidates is none
      model.createProfile().rank({ unknown: [], duplicates: [] });`;
    assert.deepEqual(complaints('inside', { 'inside.ts': text }), []);
  });

  test('have these names and no others', () => {
    const names = publicNames(
      join(app, 'node_modules/ampcf'),
      packed.filter((path) => path.endsWith('.d.ts')),
    );
    const expected = Object.entries(JSON.parse(readFileSync(written, 'utf8')));
    assert.deepEqual(
      names,
      Object.fromEntries(expected.map(([name, list]) => [name, String(list).split(' ').filter(Boolean)])),
      'a change that is meant is written down by node tests/package/public-names.js',
    );
    for (const [name, list] of Object.entries(names))
      assert.deepEqual(
        list.filter((one) => /^_|^#|kernel|memory$|internal/i.test(one) && one !== 'trainingMemory'),
        [],
        name,
      );
  });

  test('have no file that no public name needs', () => {
    const types = packed.filter((path) => path.endsWith('.d.ts'));
    assert.ok(types.length > 50);
    assert.deepEqual(
      types.filter((path) => /types\/(?:build|cli|edge|read|tune|vectors|workers)\//.test(path)),
      [],
    );
    for (const path of ['kernel', 'memory', 'abi', 'struct'])
      assert.ok(!types.includes(`dist/types/core/${path}.d.ts`), path);
    for (const path of types)
      assert.doesNotMatch(
        readFileSync(join(app, 'node_modules/ampcf', path), 'utf8'),
        /@internal|core\/kernel/,
        path,
      );
  });

  test('positive control: a wrong snippet is seen in each resolution', () => {
    const found = complaints('wrong', { 'wrong.ts': `${right}\nvoid [loadModel, tasteFromNothing];` });
    for (const [name] of resolutions)
      assert.ok(
        found.some((line) => line.startsWith(`${name}: wrong.ts(1,`)),
        found.join('\n'),
      );
  });
});
