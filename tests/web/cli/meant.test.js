// Owns the tests of what a command says when it was not understood: what was probably meant, errors as JSON,
// outputs that are refused before the work. Must not test what commands compute.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { trainModel } from 'ampcf/train';
import { nearestItems } from '../../../web/cli/nearest-items.js';
import { commandIn, skipSignals } from './command.js';

const { folder, ampcf, json, refuses, interrupt } = commandIn('meant');

const titles = {
  'alien-1979': 'Alien (1979)',
  'aliens-1986': 'Aliens (1986)',
  'heat-1995': 'Heat (1995)',
  'amelie-2001': 'Le Fabuleux Destin d’Amélie Poulain (2001)',
  260: 'Star Wars (1977)',
  26: 'Othello (1995)',
};
const items = Object.keys(titles);
const { bytes } = await trainModel(
  {
    users: ['ann', 'ben', 'cid', 'dee'],
    items,
    user: [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3],
    item: [0, 1, 2, 0, 1, 3, 0, 2, 4, 0, 3, 5],
  },
  {
    dim: 4,
    minSupport: 1,
    items: new Map(Object.entries(titles).map(([id, title]) => [id, { title, aspects: [] }])),
  },
);
writeFileSync(join(folder, 'm.ampcf'), bytes);
writeFileSync(join(folder, 'bad.csv'), 'user,item,rating\na,b,x\n');
writeFileSync(join(folder, 'r.csv'), `user,item\n${'a,x\nb,x\nc,x\na,y\nb,y\nc,y\n'}`);

test('commands and options that nobody has come with the near ones', () => {
  refuses('', [
    ['trian r.csv', 2, /command: got "trian", wanted one of train, .*; did you mean train\?/],
    ['help recomend', 2, /did you mean recommend\?/],
    ['qwertyuiop', 2, /wanted one of [^;]*\n/],
    ['train r.csv --ouptut x', 2, /--ouptut: this command has no such option, wanted --output/],
    ['train r.csv -o', 2, /--output: got nothing, wanted a value/],
    ['train r.csv -o --dim 8', 2, /--output: got --dim, which is an option, wanted a value/],
    ['train r.csv --json=yes -o x', 2, /--json: got a value, wanted none/],
  ]);
  assert.ok(!existsSync(join(folder, '--dim')));
});

test('ids that a model does not have come with those that were meant, by id and by title', () => {
  const args = ['recommend', 'm.ampcf', '--history', 'alien-1978,haet-1995,STAR WARS,Amelie-2001,zzzzzz,99'];
  const { status, stderr } = ampcf(args);
  assert.equal(status, 0);
  assert.match(stderr, /alien-1978: did you mean alien-1979 \(Alien \(1979\)\)/);
  assert.match(stderr, /haet-1995: did you mean heat-1995/);
  assert.match(stderr, /STAR WARS: did you mean 260 \(Star Wars \(1977\)\)\?/);
  assert.match(stderr, /Amelie-2001: did you mean amelie-2001/);
  assert.doesNotMatch(stderr, /(zzzzzz|99): did you mean/);
  const { meant, unknown, personalized } = json(args);
  assert.equal(personalized, false, 'a guess is not taken for an id');
  assert.equal(unknown.length, 6);
  assert.deepEqual(meant['STAR WARS'], [{ item: '260', title: 'Star Wars (1977)' }]);
  assert.deepEqual(Object.keys(meant).sort(), ['Amelie-2001', 'STAR WARS', 'alien-1978', 'haet-1995']);
  refuses('retire m.ampcf', [
    ['alien-1978 -o x.ampcf', 3, /UNKNOWN_ITEM: .*"alien-1978".*did you mean alien-1979/],
  ]);
});

test('numbers are not near because their digits are; zeros before them and parts of titles are', () => {
  const model = { ids: () => items, title: (/** @type {string} */ id) => Object(titles)[id] };
  assert.deepEqual(nearestItems(model, ['261', '2600', '']), {});
  assert.deepEqual(Object.values(nearestItems(model, ['0260'])), [
    [{ item: '260', title: 'Star Wars (1977)' }],
  ]);
  const [found] = Object.values(nearestItems(model, ['poulain']));
  assert.equal(found[0].item, 'amelie-2001');
  assert.deepEqual(
    nearestItems(model, ['alien'])['alien'].map(({ item }) => item),
    ['alien-1979', 'aliens-1986'],
  );
});

/**
 * The error in the last line of standard error.
 * @param {string} stderr
 */
const errorIn = (stderr) => JSON.parse(/** @type {string} */ (stderr.trimEnd().split('\n').at(-1))).error;

test('with --json an error is JSON, with code and exit status', () => {
  for (const [args, command, code, exitCode] of /** @type {const} */ ([
    ['trian --json', null, 'BAD_ARGUMENT', 2],
    ['--json', null, 'BAD_ARGUMENT', 2],
    ['train r.csv --diim 8 --json', 'train', 'BAD_ARGUMENT', 2],
    ['train bad.csv -o x --json', 'train', 'BAD_DATA', 3],
    ['inspect r.csv --json', 'inspect', 'BAD_MAGIC', 4],
    ['inspect none.ampcf --json', 'inspect', 'IO', 5],
    ['retire m.ampcf alien-1978 -o x --json', 'retire', 'UNKNOWN_ITEM', 3],
  ])) {
    const { status, stdout, stderr } = ampcf(args);
    assert.equal(status, exitCode, stderr);
    assert.equal(stdout, '');
    const error = errorIn(stderr);
    assert.deepEqual([error.command, error.code, error.exitCode], [command, code, exitCode], args);
    assert.ok(error.message.length > 10);
  }
  assert.deepEqual(errorIn(ampcf('train r.csv --diim 8 --json').stderr).meant, ['--dim']);
  assert.deepEqual(errorIn(ampcf('trian --json').stderr).meant, ['train']);
  const text = ampcf('inspect -- --json').stderr;
  assert.match(text, /^ampcf: IO: --json: cannot read/, 'behind -- it is a name');
});

test('an interruption is JSON too', { skip: skipSignals }, async () => {
  const rows = Array.from({ length: 3000 }, (_, x) => `u${x % 150},i${(x * 7) % 90}`);
  writeFileSync(join(folder, 'more.csv'), `user,item\n${rows.join('\n')}\n`);
  const { status, stdout, stderr } = await interrupt(
    'train more.csv -o x.ampcf --dim 256 --sweeps 1000 --json --neighbours 0 --unobserved 12',
    'first',
  );
  assert.equal(status, 130, stderr);
  assert.equal(stdout, '');
  assert.equal(errorIn(stderr).code, 'INTERRUPTED');
});

const isRoot = process.getuid?.() === 0;
test('an output is refused before the work, also one beside it', () => {
  mkdirSync(join(folder, 'out.settings.json'));
  mkdirSync(join(folder, 'locked'));
  refuses('', [
    ['export m.ampcf --to csv -o out.csv', 5, /out\.settings\.json: cannot write: is a folder/],
    ['export m.ampcf --to npy -o no/such/x.npy', 5, /cannot write: no such file/],
    ['simulate m.ampcf -o same.json --chart ./same.json', 2, /--chart: got .*which is the file of -o/],
    ['simulate m.ampcf -o m.ampcf', 2, /which is the file of MODEL/],
  ]);
  assert.ok(!existsSync(join(folder, 'out.csv')));
  if (isRoot || process.platform === 'win32') return;
  chmodSync(join(folder, 'locked'), 0o500);
  refuses('', [['export m.ampcf --to csv -o locked/x.csv', 5, /cannot write: .*EACCES/]]);
});
