// Owns the tests of what reaches a terminal: text of files is shown and never obeyed, and a write that fails
// is an error. Must not test what commands compute.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, openSync, closeSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadModel } from 'ampcf';
import { replaceMetadata, trainModel } from 'ampcf/train';
import { marked, safeJson, shown } from '../../../web/cli/harmless.js';
import { inline } from '../../../web/read/inline.js';
import { table } from '../../../web/cli/print.js';
import { cli, commandIn } from './command.js';

const { folder, ampcf } = commandIn('terminal');

const evil = '\x1b]0;PWNED\x07\x1b[2J\x9b31m\u202egnp.exe\u2066\r\nFORGED';
const unsafe = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

const likes = {
  users: ['ann', 'ben', 'cid'],
  items: [`alien${evil.replace('\r\n', ' ')}`, 'heat', 'ran'],
  user: [0, 0, 1, 1, 2, 2],
  item: [0, 1, 1, 2, 0, 2],
};
const facts = new Map([
  [likes.items[0], { title: evil, aspects: [evil] }],
  ['heat', { title: `Heat ${evil}`, aspects: [evil, 'plain'] }],
]);
const trained = await trainModel(likes, { dim: 4, minSupport: 1, items: facts, name: evil });
const path = join(folder, 'evil.ampcf');
writeFileSync(path, trained.bytes);

/**
 * The model with metadata that need not be an object.
 * @param {unknown} value
 */
const withMetadata = (value) => replaceMetadata(trained.bytes, { toJSON: () => value });

test('controls of every kind are shown, and nothing else is changed', () => {
  const plain = 'Amélie 東京 👩‍👩‍👧 שלום';
  assert.equal(inline(plain), plain);
  assert.equal(inline('a\x1b[31m\x9b\u202e\n\t\0'), 'a\\u001b[31m\\u009b\\u202e\\n\\t\\u0000');
  for (let code = 0; code < 0x3000; code++) {
    const text = String.fromCharCode(code);
    assert.doesNotMatch(inline(text), unsafe);
    assert.doesNotMatch(shown(text), unsafe);
    assert.equal(JSON.parse(safeJson({ text })).text, text);
  }
});

test('what nobody sees is shown too, but for the joiners that words need', () => {
  const unseen = ['\u200b', '\u00ad', '\u2060', '\ufeff', '\u180e', '\u115f', '\u3164'];
  for (const character of unseen) assert.match(inline(`a${character}b`), /^a\\u[0-9a-f]{4}b$/);
  assert.equal(inline('\u{e0041}'), '\\udb40\\udc41');
  assert.equal(JSON.parse(`"${inline('\u{e0041}')}"`), '\u{e0041}');
  for (const word of ['می\u200cخواهم', '👩\u200d🚀', 'żółw']) assert.equal(inline(word), word);
});

test('our own styles are obeyed, those of a file are not, whatever they look like', () => {
  assert.equal(shown(marked('bold', 'us')), '\x1b[1mus\x1b[22m');
  assert.equal(shown(`${marked('cyan', '\x1b[8mthem')}\n`), '\x1b[36m\\u001b[8mthem\x1b[39m\n');
  assert.equal(table([[`a\nb${evil}`, marked('bold', 'c')]]).split('\n').length, 1);
});

/**
 * Commands that are given what nobody should obey.
 * @param {{ csv: string, vectors: string, titled: string }} files
 */
const evilRuns = ({ csv, vectors, titled }) => [
  ['inspect', path],
  ['verify', path],
  ['recommend', path, '--history', 'heat,nobody\x1b[2J\u202e', '--explain'],
  ['recommend', path, '--history', 'heat'],
  ['rank', path, '--candidates', `ran,${evil}`],
  ['train', csv, '-o', 'x.ampcf'],
  ['inspect', `no\x1b[31m\u202esuch\nfile`],
  ['train', 'r.csv', '--user', evil, '-o', 'x.ampcf'],
  ['train', csv, '-o', `x${evil}`, '--validation', evil],
  ['train', csv, `--${evil}`],
  ['export', path, '--to', 'csv', '-o', `e${evil.replaceAll('/', '')}.csv`],
  ['import', vectors, '--id-column', evil, '-o', 'v.ampcf'],
  ['import', vectors, '--strength', evil, '-o', 'v.ampcf'],
  ['import', vectors, '-o', `v${evil}.ampcf`],
  ['retire', path, evil, '-o', 'x.ampcf'],
  ['retire', path, likes.items[0], '-o', `x${evil}.ampcf`],
  ['append', path, '--items', titled, '-o', 'x.ampcf'],
  ['split', csv, '--by', 'random', '-o', `parts${evil}`],
  ['simulate', path, '--people', '3', '--rounds', '2', '--policies', evil],
  ['recommend', path, '--history', `hea${evil}`],
  ['recommend', path, '--history', 'hea,alie'],
  ['serve', `none${evil}`],
  ['serve', '.', '--csp', evil],
  ['help', evil],
  [evil],
];

test('no command lets a control of a model, a path or an argument through', () => {
  const csv = join(folder, 'r.csv');
  writeFileSync(csv, `user,item,rating\x1b[31m\u202e\nann,heat,x\u202e\x9b1m\n`);
  const vectors = join(folder, 'v.csv');
  writeFileSync(vectors, `id,f0,f1\n"a${evil}",1,0\n"b",0,1\n`);
  const titled = join(folder, 'titled.csv');
  writeFileSync(titled, `id,title\n"new${evil}","Title ${evil}"\n`);
  for (const args of evilRuns({ csv, vectors, titled }).flatMap((run) => [run, [...run, '--json']])) {
    const { stdout, stderr } = ampcf(args);
    assert.ok(stdout + stderr);
    assert.doesNotMatch(stdout, unsafe, args.join(' '));
    assert.doesNotMatch(stderr, unsafe, args.join(' '));
    assert.doesNotMatch(stdout + stderr, /^\s*FORGED/m, args.join(' '));
  }
});

test('metadata that is no object breaks no command', async () => {
  const values = [
    null,
    12345,
    'text',
    [1, 2],
    { settings: null, card: null },
    { note: { toString: 1, valueOf: 2 }, settings: { a: { toString: 1 } }, card: { version: 1 } },
  ];
  for (const value of values) {
    const odd = await withMetadata(value);
    const model = await loadModel(odd);
    assert.equal(typeof model.info.metadata, 'object');
    assert.ok(model.diagnostics());
    model.dispose();
    writeFileSync(join(folder, 'odd.ampcf'), odd);
    for (const command of ['inspect', 'verify', 'recommend']) {
      const { status, stderr } = ampcf([command, 'odd.ampcf']);
      assert.equal(status, 0, `${command} ${JSON.stringify(value)}: ${stderr}`);
    }
  }
});

const noFullDevice = existsSync('/dev/full') ? false : 'skipped: no /dev/full';
test('output that does not fit is an error, for text and for a model', { skip: noFullDevice }, () => {
  const full = openSync('/dev/full', 'w');
  const run = (/** @type {string[]} */ args) =>
    spawnSync(process.execPath, [cli, ...args], {
      cwd: folder,
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
  writeFileSync(join(folder, 'likes.csv'), 'user,item\na,x\na,y\nb,x\nb,y\n');
  for (const args of [
    ['--help'],
    ['--version'],
    ['inspect', path],
    ['inspect', path, '--json'],
    ['recommend', path],
    ['train', 'likes.csv', '-o', '-', '--min-support', '1', '-q'],
  ]) {
    const { status, stderr } = run(args);
    assert.equal(status, 5, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr, /DISK_FULL.*<stdout>: cannot write/);
  }
  closeSync(full);
});

test('only one file of the command writes to the terminal', () => {
  const rooms = new URL('../../../web/cli/', import.meta.url);
  const writers = readdirSync(rooms)
    .filter((name) => name.endsWith('.js'))
    .filter((name) => /std(out|err)\.write|console\./.test(readFileSync(new URL(name, rooms), 'utf8')));
  assert.deepEqual(writers, ['terminal.js']);
});
