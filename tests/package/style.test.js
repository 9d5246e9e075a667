// Owns the tests of how the source reads: columns, long functions, long files, and what each file says of
// itself. Must not judge what the formatter decides.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parsers } from 'prettier/plugins/babel';
import { root } from '../support.js';

const mostColumns = 110;
const mostLines = 600;
/** Of a function's body, without comments and indentation. A `describe` is a list of tests, no function. */
const mostCharacters = 1600;

const files = ['examples', 'src', 'tests', 'web'].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .filter((path) => /\.(?:js|c|h)$/.test(path) && !path.includes('node_modules'))
    .sort(),
);
/** Functions of C are left to readers. */
const scripts = files.filter((path) => path.endsWith('.js'));
const textOf = (/** @type {string} */ path) => readFileSync(new URL(path, root), 'utf8');

/**
 * What of a piece of source counts: no comment, no indentation, no blank line.
 * @param {string} text
 * @param {{ start: number, end: number }} piece
 * @param {{ start: number, end: number }[]} comments of the whole text, in order
 */
function sizeOf(text, { start, end }, comments) {
  let code = '';
  let at = start;
  for (const comment of comments) {
    if (comment.start < at || comment.end > end) continue;
    code += text.slice(at, comment.start);
    at = comment.end;
  }
  code += text.slice(at, end);
  return code
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n').length;
}

/**
 * Every function below a node of the syntax tree, but for those that only list tests.
 * @param {any} node
 * @returns {{ line: number, body: { start: number, end: number } }[]}
 */
function functionsIn(node) {
  if (!node || typeof node !== 'object') return [];
  if (Array.isArray(node)) return node.flatMap(functionsIn);
  const isSuite = node.type === 'CallExpression' && node.callee.name === 'describe';
  const below = Object.entries(node).flatMap(([key, value]) => {
    if (key === 'loc' || key === 'comments' || key === 'tokens' || key === 'extra') return [];
    // A suite's own function is passed over, what is in it is not.
    if (isSuite && key === 'arguments') return functionsIn(value.at(-1).body ?? value);
    return functionsIn(value);
  });
  const isFunction = /Function|Method/.test(node.type ?? '') && node.body;
  return isFunction ? [{ line: node.loc.start.line, body: node.body }, ...below] : below;
}

/** @param {string} text */
function longFunctions(text) {
  const tree = /** @type {any} */ (parsers.babel.parse(text, /** @type {any} */ ({})));
  return functionsIn(tree.program)
    .map(({ line, body }) => ({ line, size: sizeOf(text, body, tree.comments) }))
    .filter(({ size }) => size > mostCharacters);
}

/**
 * Numbers of the lines that are too wide; a line that is one address cannot be narrower.
 * @param {string} text
 */
const wideLines = (text) =>
  text
    .split('\n')
    .flatMap((line, i) => (line.length > mostColumns && !/^\W*https?:\S+$/.test(line) ? [i + 1] : []));

/** Whether the first comment, after a line that names an interpreter, says what the file owns. */
const saysWhatItOwns = (/** @type {string} */ text) =>
  /^(?:#!.*\n)?(?:\/\/.*\n)*?(?:\/\/|\/\*).*\bOwns\b/.test(text);

describe('the source', () => {
  test(`has no line over ${mostColumns} columns`, () => {
    const found = files.flatMap((path) => wideLines(textOf(path)).map((n) => `${path}:${n}`));
    assert.deepEqual(found, []);
  });

  test(`has no function over ${mostCharacters} characters`, () => {
    const found = scripts.flatMap((path) =>
      longFunctions(textOf(path)).map(({ line, size }) => `${path}:${line}: ${size}`),
    );
    assert.deepEqual(found, []);
  });

  test(`has no file over ${mostLines} lines`, () => {
    const found = files
      .map((path) => ({ path, lines: textOf(path).split('\n').length - 1 }))
      .filter(({ lines }) => lines > mostLines);
    assert.deepEqual(found, []);
  });

  test('says at the head of every file what it owns', () => {
    const found = files.filter((path) => !saysWhatItOwns(textOf(path)));
    assert.deepEqual(found, []);
  });

  test('positive control: what is too wide, too long or says nothing is seen', () => {
    const wide = ` ${'x'.repeat(mostColumns)}`;
    assert.deepEqual(wideLines(`short\n${wide}\n// https://example.org/${'x'.repeat(mostColumns)}`), [2]);
    const body = Array.from({ length: 40 }, (_, i) => `  const name${i} = ${'9'.repeat(30)};`).join('\n');
    const comment = `  // ${'words '.repeat(400)}`;
    assert.equal(longFunctions(`const f = () => {\n${body}\n};`).length, 1);
    assert.equal(
      longFunctions(`function f() {\n${comment}\n}\ndescribe('', () => {\n${body}\n});`).length,
      0,
    );
    assert.equal(longFunctions(`describe('', () => {\n  test('', () => {\n${body}\n  });\n});`).length, 1);
    assert.ok(saysWhatItOwns('#!/usr/bin/env node\n// Owns a thing.\n'));
    assert.ok(!saysWhatItOwns('const owns = 1;\n// Owns a thing.\n'));
  });
});

test('nothing stands at the top but what belongs there', (context) => {
  const { status, stdout } = spawnSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' });
  if (status !== 0) return context.skip('skipped: this is no clone of git');
  const top = new Set(stdout.split('\n').map((path) => path.split('/')[0]));
  const files = [...top].filter((name) => name !== '' && !name.startsWith('.')).sort();
  assert.deepEqual(
    files,
    (
      'CMakeLists.txt CMakePresets.json LICENSE README.md examples include package-lock.json package.json ' +
      'src tests web'
    ).split(' '),
  );
});
