// Owns the tests of the documents: every code block runs, every link and path leads somewhere, README is
// short and its sizes are true, the API reference is complete. Must not test what the code in them means.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, posix } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { transformSync } from 'esbuild';
import { runShell } from './commands.js';
import {
  anchorsOf,
  blocksOf,
  citedIn,
  documents,
  files,
  importsOf,
  linksOf,
  pathsOf,
  proseOf,
  root,
  textOf,
} from './documents.js';
import { folders, scripts, writeFilms } from './fixtures.js';
import { complaints, hasTypedoc, makeReference } from './reference/make.js';

/** @typedef {import('./documents.js').Block} Block */

const blocks = documents.flatMap(blocksOf);
const work = mkdtempSync(join(tmpdir(), 'ampcf-docs-'));
after(() => rmSync(work, { recursive: true }));

/**
 * The block as a module of its own, with what it assumes before it.
 * @param {Block} block
 */
function moduleOf({ code, fixtures, at }) {
  const parts = fixtures.map((name) => {
    assert.ok(Object.hasOwn(scripts, name), `${at}: there is no fixture ${name}`);
    return scripts[name];
  });
  return [
    ...parts.map((part) => part.before),
    code,
    ...parts.map((part) => part.after ?? ''),
    'export {};',
  ].join('\n');
}

/**
 * What tests/browser runs: frameworks.test.js and element.test.js take these blocks by their language.
 * @param {string} language
 * @param {string} at
 */
const inBrowser = (language, at) =>
  at.startsWith('web/frameworks/FRAMEWORKS.md:') && ['jsx', 'vue', 'svelte', 'html'].includes(language);

describe('code blocks', () => {
  const javascript = blocks
    .filter(({ language, notRun }) => (language === 'js' || language === 'ts') && !notRun)
    .map((block, i) => ({ ...block, file: join(work, `block-${i}.mjs`) }));

  before(async () => {
    await writeFilms(work);
    mkdirSync(join(work, 'node_modules'));
    symlinkSync(root, join(work, 'node_modules/ampcf'), 'dir');
    for (const name of ['@types', 'react', 'react-dom'])
      symlinkSync(join(root, 'node_modules', name), join(work, 'node_modules', name), 'dir');
    for (const block of javascript) {
      const { code } = transformSync(moduleOf(block), { loader: block.language === 'ts' ? 'ts' : 'js' });
      writeFileSync(block.file, code);
    }
  });

  test('are of a kind that is run, or of one that says nothing to a machine', () => {
    for (const { language, notRun, at } of blocks)
      assert.ok(
        ['js', 'ts', 'sh', 'text'].includes(language) || notRun || inBrowser(language, at),
        `${at}: got "${language}", wanted js, ts, sh or text`,
      );
    for (const path of documents)
      assert.doesNotMatch(
        proseOf(path),
        /^ {4}(?:npx|npm|node|cmake|import|const) /m,
        `${path}: code without a fence`,
      );
  });

  test('that do not run are these', () => {
    assert.deepEqual(
      blocks.flatMap(({ at, notRun }) => (notRun ? [`${at.replace(/:\d+$/, '')}: ${notRun}`] : [])),
      [
        'README.md: needs a registry',
        'README.md: needs a CDN',
        '.github/SECURITY.md: the digest is of a file that is not here',
        'web/cli/README.md: serves until it is stopped',
      ],
    );
  });

  for (const { at, file } of javascript)
    test(`${at} runs`, () => {
      const { status, stderr } = spawnSync(process.execPath, [file], { cwd: work, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
    });

  for (const { at, code, fixtures } of blocks.filter(({ language, notRun }) => language === 'sh' && !notRun))
    test(`${at} runs`, () => {
      const folder = mkdtempSync(join(work, 'shell-'));
      for (const name of fixtures) {
        assert.ok(Object.hasOwn(folders, name), `${at}: there is no fixture ${name}`);
        folders[name](folder);
      }
      runShell(code, folder, at);
    });

  test('a command, a script or a preset that is not there fails', () => {
    for (const [code, message] of /** @type {const} */ ([
      ['rm -rf x', /rm is a command that this test does not know/],
      ['npm run bench:magic', /no script bench:magic/],
      ['cmake --preset magic', /no magic among its configurePresets/],
      ['node magic.js', /there is no magic.js/],
      ['npx ampcf magic', /magic/],
    ]))
      assert.throws(() => runShell(code, work, 'here:1'), message);
  });
});

describe('links and paths', () => {
  const names = new Set(files.map((path) => basename(path)));
  const isThere = (/** @type {string} */ path) =>
    files.includes(path) || files.some((file) => file.startsWith(`${path.replace(/\/$/, '')}/`));

  /** @type {(path: string, link: string) => boolean} */
  function leadsSomewhere(path, link) {
    const [target, anchor] = link.split('#'),
      file = target === '' ? path : posix.normalize(posix.join(dirname(path), target));
    return isThere(file) && (!anchor || anchorsOf(file).includes(anchor));
  }

  /** @type {(path: string, word: string) => boolean} */
  function isFile(path, word) {
    if (isThere(word) || isThere(posix.join(dirname(path), word))) return true;
    return !word.includes('/') && names.has(word);
  }

  test('links lead to a file, and to a heading of it', () => {
    const broken = documents.flatMap((path) =>
      linksOf(path)
        .filter((link) => !leadsSomewhere(path, link))
        .map((link) => `${path}: ${link}`),
    );
    assert.deepEqual(broken, []);
  });

  test('paths between backticks are those of files', () => {
    const stale = documents.flatMap((path) =>
      pathsOf(path)
        .filter((word) => !isFile(path, word))
        .map((word) => `${path}: ${word}`),
    );
    assert.deepEqual(stale, []);
  });

  test('source files name files that are there', () => {
    const stale = files
      .filter((path) => /\.(js|c|h|ts)$/.test(path))
      .flatMap((path) =>
        citedIn(textOf(path))
          .filter((cited) => (cited.includes('/') ? !files.includes(cited) : !names.has(cited)))
          .map((cited) => `${path}: ${cited}`),
      );
    assert.deepEqual(stale, []);
  });
});

test('rooms of web/ import what the table in web/README.md allows', () => {
  const rows = Array.from(
    textOf('web/README.md').matchAll(/^\| \[(\w+)\]\(\1\) \|.*\| ([^|]+) \|$/gm),
    ([, room, allowed]) => ({ room, allowed: allowed.split(', ') }),
  );
  const sources = files.filter((path) => /^web\/.*\.js$/.test(path));
  assert.deepEqual(
    rows.map(({ room }) => room).sort(),
    [
      ...new Set(sources.filter((path) => path.split('/').length > 2).map((path) => path.split('/')[1])),
    ].sort(),
  );
  for (const { room, allowed } of rows.filter((row) => !row.allowed.includes('every room')))
    for (const path of sources.filter((file) => file.startsWith(`web/${room}/`)))
      for (const target of importsOf(path)) {
        const other = target.split('/').length > 2 ? target.split('/')[1] : 'entries';
        if (target.startsWith('web/') && other !== room)
          assert.ok(
            allowed.includes(other),
            `${path} imports ${target}; ${room} may import ${allowed.join(', ')}`,
          );
      }
});

describe('README.md', () => {
  const readme = textOf('README.md');

  test('is short, and its code is narrow', () => {
    assert.ok(Buffer.byteLength(readme) <= 9216, `${Buffer.byteLength(readme)} bytes`);
    for (const { code, at } of blocksOf('README.md'))
      for (const line of code.split('\n')) assert.ok(line.length <= 80, `${at}: ${line}`);
  });

  test('says how many kB each entry has, to a twentieth', () => {
    const rows = [...readme.matchAll(/^\| `ampcf\/([a-z-]+)` \|.*\| ([\d.]+) \|$/gm)];
    assert.equal(rows.length, 13);
    for (const [, name, said] of rows) {
      // The wasm of ranking is a module of its own.
      const bytes = [name, ...(name === 'rank' ? ['core-simd'] : [])]
        .map((each) => gzipSync(readFileSync(join(root, `dist/${each}.js`)), { level: 9 }).length)
        .reduce((sum, size) => sum + size, 0);
      assert.ok(
        Math.abs(Number(said) * 1000 - bytes) <= bytes / 20,
        `ampcf/${name} has ${bytes} bytes, not ${said} kB`,
      );
    }
  });

  test('repeats figures that RESULTS.md has', () => {
    const results = textOf('tests/bench/RESULTS.md');
    for (const figure of ['+.0099 (+.0081 to +.0118)', '-6.9 %', '+.0001', '-18.4 %', '-.0018', '+6.3 %']) {
      assert.ok(readme.includes(figure), figure);
      assert.ok(results.includes(figure), figure);
    }
  });
});

test(
  'the API reference names every public thing, and its links lead somewhere',
  { timeout: 300_000 },
  (t) => {
    if (!hasTypedoc())
      return t.skip('TypeDoc is not installed here (npm ci without --workspaces=false installs it)');
    assert.deepEqual(makeReference(), []);
    const ignored = execFileSync('git', ['check-ignore', 'build/docs'], { cwd: root, encoding: 'utf8' });
    assert.equal(ignored.trim(), 'build/docs');
  },
);

test('the check of the reference knows what to complain of', () => {
  const undocumented = 'defined in x.d.ts, does not have any documentation';
  const bad = [
    `[warning] taste.newName (Function), ${undocumented}`,
    '[warning] Failed to resolve link to "Nothing"',
    '[error] No',
  ];
  const good = [
    `[warning] ampcf.types.Inner (TypeAlias), ${undocumented}`,
    `[warning] ampcf.Model.[dispose] (CallSignature), ${undocumented}`,
    '[info] html generated',
    '[warning] Found 0 errors and 5 warnings',
  ];
  assert.deepEqual(complaints([...good, ...bad].join('\n')), bad);
});
