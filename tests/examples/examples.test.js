// Owns running what is shown to newcomers: the demo of `npm start`, and what every example keeps to. Must
// not repeat their code.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runExample } from './run-example.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const examples = join(root, 'examples');

test('the demo shows three people, reasons that add up and the taste distance; its commands work', () => {
  const stdout = runExample('demo/run');
  for (const kind of ['one taste', 'two tastes, 70/30', 'a 10 % minority taste'])
    assert.match(stdout, new RegExp(`p\\d+: ${kind}`));
  assert.equal(stdout.match(/Personas found in the history/g)?.length, 3);
  assert.equal(stdout.match(/Taste distance of the list/g)?.length, 3);
  const reasons = [...stdout.matchAll(/^ +\d+ +(\d\.\d{3}) .*\n +because you liked (.*)$/gm)];
  assert.equal(reasons.length, 30);
  for (const [, score, parts] of reasons) {
    const sum = [...parts.matchAll(/(?:^|([+-]) )?[^+]*? (-?\d+\.\d\d)(?= |$)/g)].reduce(
      (total, [text, sign, value]) =>
        total + (sign === '-' || / - other/.test(text) ? -1 : 1) * Number(value),
      0,
    );
    assert.ok(Math.abs(sum - Number(score)) <= 0.03, `${parts} = ${score}, got ${sum}`);
  }
  const commands = [...stdout.matchAll(/^ {2}npx ampcf (recommend|rank) (.*)$/gm)];
  assert.equal(commands.length, 2);
  for (const [, command, rest] of commands) {
    const run = spawnSync(process.execPath, ['dist/cli.js', command, ...rest.trim().split(' ')], {
      cwd: root,
      encoding: 'utf8',
    });
    assert.equal(run.status, 0, run.stderr);
    assert.equal(run.stderr, '', 'every id of the example is known');
    assert.match(run.stdout, /Personas of this history/);
    if (command === 'rank') continue;
    // What a newcomer sees first is more than one person in one, and each of them speaks for something.
    const labels = [...run.stdout.matchAll(/^ {2}\d {2}(\S.*?) {2,}█/gm)].map(([, label]) => label);
    assert.ok(labels.length >= 2, run.stdout);
    for (const label of labels)
      assert.match(
        run.stdout,
        new RegExp(`^ +\\d+ +\\d\\.\\d{3} .* ${label}( |$).*\\n +because you liked`, 'm'),
      );
  }
});

const sources = readdirSync(examples, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.js'))
  .map((name) => ({ name, text: readFileSync(join(examples, name), 'utf8') }));

/** The package, what stands beside an example, and what a page of its kind is made with. */
const importable = new RegExp(
  [
    ...[
      /^node:[a-z/]+$/,
      /^csv-parse\/sync$/,
      /^ampcf(\/[a-z-]+)?$/,
      /^(\.\.\/)+dist\/(types\/)?[a-z-]+\.js$/,
    ],
    ...[
      /^(\.{1,2}\/)+([a-z]+\/)?[A-Za-z-]+\.(js|vue|svelte)$/,
      /^(react|react-dom|vue|svelte|minisearch)(\/[a-z]+)?$/,
    ],
  ]
    .map(({ source }) => source)
    .join('|'),
);

test('examples use the package as its users have it, and no file of the library', () => {
  for (const { name, text } of sources)
    for (const [, path] of text.matchAll(/(?:from |import |import\()'([^']+)'/g))
      assert.match(path, importable, `examples/${name}`);
});

test('every example is run by a test', () => {
  const tests = ['examples', 'browser']
    .flatMap((folder) => {
      const path = join(root, 'tests', folder);
      return readdirSync(path).map((name) => readFileSync(join(path, name), 'utf8'));
    })
    .join('\n');
  for (const { name } of sources.filter((source) => !source.name.includes('/')))
    assert.ok(tests.includes(`runExample('${name.replace('.js', '')}'`), `examples/${name} is not run`);
});
