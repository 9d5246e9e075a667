// Owns the tests of what the command checks before any work, and of how it stops: inputs that would be
// overwritten, outputs that cannot be written, settings, Ctrl-C, memory. Must not test what commands compute.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cli, commandIn, skipSignals } from './command.js';

const { folder, ampcf, refuses } = commandIn('guards');

const rows = Array.from({ length: 400 }, (_, x) => `u${x % 40},i${(x * x + Math.floor(x / 40)) % 20}`);
const ratings = `user,item\n${rows.join('\n')}\n`;
const names = Array.from({ length: 20 }, (_, j) => `i${j},Film ${j}`).join('\n');
writeFileSync(join(folder, 'r.csv'), ratings);
writeFileSync(join(folder, 'items.csv'), `item,title\n${names}\n`);
assert.equal(ampcf('train r.csv -o m.ampcf -q').status, 0);

test('no command overwrites what it reads, by whatever name', () => {
  symlinkSync('r.csv', join(folder, 'soft.csv'));
  linkSync(join(folder, 'r.csv'), join(folder, 'hard.csv'));
  mkdirSync(join(folder, 'parts'));
  linkSync(join(folder, 'r.csv'), join(folder, 'parts', 'train.csv'));
  const kept = ['r.csv', 'items.csv', 'm.ampcf'].map((name) => readFileSync(join(folder, name)));
  refuses('', [
    ['train r.csv -o r.csv', 2, /-o: got r\.csv, which is the file of RATINGS/],
    ['train r.csv -o ./soft.csv', 2, /which is the file of RATINGS/],
    ['train soft.csv -o hard.csv', 2, /which is the file of RATINGS/],
    ['train r.csv --items items.csv -o items.csv', 2, /which is the file of --items/],
    ['train r.csv --validation items.csv -o items.csv', 2, /which is the file of --validation/],
    ['tune r.csv --validation 0.1 --trials 1 -o r.csv', 2, /which is the file of RATINGS/],
    [
      'diagnose m.ampcf --history r.csv --html m.ampcf',
      2,
      /--html: got m\.ampcf, which is the file of MODEL/,
    ],
    ['diagnose m.ampcf --history r.csv --html hard.csv', 2, /which is the file of --history/],
    ['split r.csv --by random -o parts --force', 2, /which is the file of RATINGS/],
  ]);
  ['r.csv', 'items.csv', 'm.ampcf'].forEach((name, i) =>
    assert.ok(readFileSync(join(folder, name)).equals(kept[i]), name),
  );
});

test('standard input may be a file too, and is not overwritten', () => {
  const before = readFileSync(join(folder, 'r.csv'));
  linkSync(join(folder, 'r.csv'), join(folder, 'again.csv'));
  for (const command of ['train - -o r.csv', 'tune - --validation 0.1 --trials 1 -o again.csv']) {
    const stdin = openSync(join(folder, 'r.csv'), 'r');
    const { status, stderr } = spawnSync(process.execPath, [cli, ...command.split(' ')], {
      cwd: folder,
      stdio: [stdin, 'pipe', 'pipe'],
      encoding: 'utf8',
    });
    closeSync(stdin);
    assert.deepEqual([status, /which is the file of RATINGS/.test(stderr)], [2, true], stderr);
  }
  assert.ok(readFileSync(join(folder, 'r.csv')).equals(before));
});

const saidFirst = /** @type {[string, number, RegExp][]} */ ([
  ['train r.csv -o sub', 5, /sub: cannot write: is a folder/],
  ['train r.csv -o nowhere/m.ampcf', 5, /cannot write: no such file/],
  ['train r.csv -o r.csv/m.ampcf', 5, /cannot write: a part of the path is not a folder/],
  ['tune r.csv --validation 0.1 --trials 1 -o sub', 5, /cannot write/],
  ['diagnose m.ampcf --history r.csv --html nowhere/x.html', 5, /cannot write/],
  ['train r.csv --items nothing.csv -o x.ampcf', 5, /nothing\.csv: cannot read: no such file/],
  ['train r.csv --validation nothing.csv -o x.ampcf', 5, /nothing\.csv: cannot read/],
  ['evaluate m.ampcf --history r.csv --test nothing.csv', 5, /nothing\.csv: cannot read/],
  ['train r.csv --neighbours 5 --neighbour-strength 2000 -o x.ampcf', 2, /neighbourStrength: got 2000/],
  ['train r.csv --lambda 0 -o x.ampcf', 2, /lambda: got 0/],
  ['train r.csv --validation 0.1 --patience x -o x.ampcf', 2, /--patience: got "x"/],
  ['train r.csv --max-memory lots -o x.ampcf', 2, /--max-memory: got "lots"/],
  ['train r.csv --objective softmax --weights -o x.ampcf', 2, /--weights: got it with --objective softmax/],
  ['train r.csv --aspects genre -o x.ampcf', 2, /--aspects: got genre, wanted --items with it/],
  [`train r.csv --name ${'\u0001'.repeat(6000)} -o x.ampcf`, 3, /name: got .*, wanted at most 32768 bytes/],
  ['train r.csv --duplicates first -o x.ampcf', 2, /duplicates: got "first"/],
  ['tune r.csv --validation 0.1 --trials 1 --format xls', 2, /format: got "xls"/],
  ['split nothing.csv --by random --skip-bad x -o parts', 2, /--skip-bad: got "x"/],
  ['diagnose nothing.ampcf --history nothing.csv --min-rating x', 2, /--min-rating: got "x"/],
  ['rank nothing.ampcf --history 1 --candidates 2 --personas x', 2, /--personas: got "x"/],
  ['train r.csv --min-rating x -o x.ampcf', 2, /--min-rating: got "x"/],
  ['recommend m.ampcf --history - -k x', 2, /--k: got "x"/],
]);

test('what is wrong with the output, an input or a setting is said before a row is read', () => {
  mkdirSync(join(folder, 'sub'), { recursive: true });
  const before = /^(?![^]*read {5})/;
  for (const [args, code, message] of saidFirst) {
    const { status, stderr } = ampcf(args);
    assert.equal(status, code, `${args}: ${stderr}`);
    assert.match(stderr, message);
    assert.match(stderr, before, args);
  }
});

const noFifo = skipSignals || (spawnSync('mkfifo', ['--version']).error ? 'skipped: no mkfifo' : false);

/**
 * Interrupts a command once, after a while.
 * @param {string} args
 */
async function interrupted(args) {
  const child = spawn(process.execPath, [cli, ...args.split(' ')], { cwd: folder });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  setTimeout(() => child.kill('SIGINT'), 5000); // late enough for a busy machine to have started it
  const last = setTimeout(() => child.kill('SIGKILL'), 40_000);
  const status = await new Promise((resolve) => {
    child.on('exit', resolve);
  });
  clearTimeout(last);
  return { status, stderr };
}

test('the first Ctrl-C ends a command that waits for a pipe', { skip: noFifo }, async () => {
  // Each has a pipe of its own, or the one that writes would serve those that read.
  for (let i = 0; i < 4; i++) execFileSync('mkfifo', [join(folder, `pipe${i}`)]);
  const waiting = [
    'train pipe0 -o x.ampcf',
    'inspect pipe1',
    'recommend m.ampcf --history pipe2',
    'recommend m.ampcf --history -',
    'train r.csv -o pipe3',
  ];
  for (const { status, stderr } of await Promise.all(waiting.map(interrupted))) {
    assert.equal(status, 130, stderr);
    assert.match(stderr, /interrupted, nothing was changed/);
  }
});

test('named pipes are read and written whole', { skip: noFifo }, async () => {
  execFileSync('mkfifo', [join(folder, 'in'), join(folder, 'out')]);
  const child = spawn(process.execPath, [cli, 'train', 'in', '-o', 'out', '-q'], { cwd: folder });
  const reader = spawn('cat', ['out'], { cwd: folder });
  /** @type {Buffer[]} */
  const got = [];
  reader.stdout.on('data', (chunk) => got.push(chunk));
  spawnSync('sh', ['-c', 'cat r.csv > in'], { cwd: folder });
  const [status] = await Promise.all(
    [child, reader].map((process) => new Promise((resolve) => void process.on('exit', resolve))),
  );
  assert.equal(status, 0);
  assert.ok(Buffer.concat(got).equals(readFileSync(join(folder, 'm.ampcf'))));
});

const noLimit = process.platform === 'linux' ? false : 'skipped: no ulimit -v';
test('too little memory is OUT_OF_MEMORY, not a stack trace', { skip: noLimit }, () => {
  const limited = (/** @type {number} */ kilobytes, /** @type {string[]} */ ...args) =>
    spawnSync('sh', ['-c', `ulimit -v ${kilobytes}; exec "$0" "$@"`, process.execPath, cli, ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
  // Below 1 GB Node itself now and then does not start.
  const limits = [1_200_000, 2_000_000, 4_000_000];
  const enough = limits.filter((kilobytes) => limited(kilobytes, '--version').status === 0);
  assert.ok(enough.length > 0);
  for (const [n, args] of enough.flatMap((kilobytes) =>
    ['train r.csv -o x.ampcf -q', 'inspect m.ampcf'].map((args) => /** @type {const} */ ([kilobytes, args])),
  )) {
    const { status, stderr } = limited(n, ...args.split(' '));
    assert.equal(status, 6, stderr);
    assert.match(stderr, /^ampcf: OUT_OF_MEMORY: /);
    assert.doesNotMatch(stderr, /\n {4}at /);
  }
});

test('a file that does not fit is refused by its size, before it is read', () => {
  const path = join(folder, 'vast.csv');
  const lines = Array.from({ length: 6000 }, (_, x) => `u${x},i${x % 9},5,${1e9 + x}\n`).join('');
  writeFileSync(path, `user,item,rating,time\n${lines}`);
  truncateSync(path, 2e10); // a hole, which takes no room on the disk: reading it would find no row
  const args = ['train', 'vast.csv', '--max-memory', '1GB', '-o', 'x.ampcf'];
  const { status, stderr } = ampcf(args);
  assert.equal(status, 6, stderr);
  const wanted =
    /OUT_OF_MEMORY: vast\.csv: reading about [\d,]+ rows needs [\d.]+ GB \(36 bytes a row\), got 1\.0 GB/;
  assert.match(stderr, wanted);
  assert.match(stderr, /--time none or --rating none needs less/);
});

test('a long number is read or refused in no time', () => {
  const digits = '1'.repeat(60_000);
  const lines = Array.from({ length: 6 }, (_, x) => `u${x},i,${digits}x\n`).join('');
  writeFileSync(join(folder, 'long.csv'), `user,item,rating\n${lines}`);
  const began = performance.now();
  for (const args of [
    ['train', 'long.csv', '-o', 'x.ampcf'],
    ['train', 'r.csv', '--lambda', `${digits}x`, '-o', 'x.ampcf'],
    ['train', 'r.csv', '--max-memory', `${digits}x`, '-o', 'x.ampcf'],
    ['train', 'r.csv', '--validation', `${digits}x`, '-o', 'x.ampcf'],
  ])
    assert.notEqual(ampcf(args).status, 0);
  assert.ok(performance.now() - began < 25_000, `took ${performance.now() - began} ms`);
});

test('a model in which no history counts is said loudly', () => {
  const drowned = ampcf('train r.csv --lambda 1048576 -o drowned.ampcf -q');
  assert.equal(drowned.status, 0, drowned.stderr);
  assert.match(
    drowned.stderr,
    /warning {2}everybody gets the same list, whatever the history: try a smaller --lambda/,
  );
  assert.equal(ampcf('train r.csv -o m.ampcf -q').stderr, '');
});

test('a membership attack on too few people costs no model', () => {
  const few = 'train r.csv --min-support 15 --card -o few.ampcf -q';
  const { status, stderr } = ampcf(few);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /--card: no membership attack: [^]*; wanted more people, or a smaller --min-support/);
  assert.equal(ampcf('verify few.ampcf').status, 0);
});
