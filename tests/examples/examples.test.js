// Owns running what is shown to newcomers: the demo of `npm start` and the README's JavaScript. Must not
// repeat their code.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { demoPeople } from '../../examples/demo/people.js';
import { trainDemo } from '../../examples/demo/train.js';
import { trainModel } from '../../dist/train.js';
import { films } from '../support.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(`${tmpdir()}/ampcf-examples-`);
after(() => rmSync(folder, { recursive: true }));

test('the demo shows three people with personas, reasons that add up and the taste distance, and the commands it names work', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['examples/demo/run.js'], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
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
  }
});

test('the JavaScript of the README runs as it stands', async () => {
  const code = /```js\n([\s\S]*?)```/.exec(readFileSync(`${root}/README.md`, 'utf8'))?.[1];
  assert.ok(code);
  const { bytes } = await trainDemo(trainModel, films, demoPeople(films, { people: 400 }));
  writeFileSync(`${folder}/films.ampcf`, bytes);
  // Only what a page provides is provided: the package by its name, a site that serves the file, and
  // localStorage.
  const page = `import { readFileSync } from 'node:fs';
    globalThis.fetch = async (url) => new Response(url === '/films.ampcf' ? readFileSync(${JSON.stringify(`${folder}/films.ampcf`)}) : null);
    globalThis.localStorage = {};\n${code.replace("'ampcf'", JSON.stringify(new URL('../../dist/ampcf.js', import.meta.url).href))}
    console.log('SAVED', model.restoreProfile(Uint8Array.from(JSON.parse(localStorage.me))).size);`;
  writeFileSync(`${folder}/page.mjs`, page);
  const { status, stdout, stderr } = spawnSync(process.execPath, [`${folder}/page.mjs`], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /SAVED 3/);
  assert.match(stdout, /contributions:/);
});
