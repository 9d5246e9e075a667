// Owns the tests of the `ampcf` command as a user runs it: dist/cli.js in a process of its own. Must not
// import its sources.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { cli, commandIn, dataFolder, skipSignals } from './command.js';

/** @import { Refusal } from './command.js' */

const { folder, ampcf, json, refuses, interrupt } = commandIn('cli');

/** Two groups of ten items; people like one group, some a little of the other. */
function ratingsCsv() {
  const rows = ['userId,movieId,rating,timestamp'];
  for (let u = 0; u < 120; u++)
    for (let n = 0; n < 12; n++) {
      const group = (u + (n > 8 && u % 3 === 0 ? 1 : 0)) % 2;
      rows.push(
        `u${u},m${group * 10 + ((u * 7 + n * 3) % 10)},${3 + ((u + n) % 5) / 2},${1_700_000_000 + n}`,
      );
    }
  return `${rows.join('\n')}\n`;
}

const itemsCsv = [
  'movieId,title,genres',
  ...Array.from({ length: 20 }, (_, i) => {
    const genres = i < 10 ? 'Noir|Crime' : 'Musical';
    return `m${i},"Film ${i}, the (${1980 + i})",${genres}`;
  }),
  '',
].join('\n');

before(() => {
  writeFileSync(`${folder}/ratings.csv`, ratingsCsv());
  writeFileSync(`${folder}/items.csv`, itemsCsv);
  const { status, stderr } = ampcf('train ratings.csv --items items.csv -o m.ampcf --dim 8');
  assert.equal(status, 0, stderr);
});

test('train says what it read, kept and wrote, on standard error only', () => {
  const { status, stdout, stderr } = ampcf('train ratings.csv --items items.csv -o again.ampcf --dim 8');
  assert.equal(status, 0);
  assert.equal(stdout, '');
  assert.match(
    stderr,
    /read +1,\d+ interactions of 120 people with 20 items \(csv: user userId, item movieId, rating rating\)/,
  );
  assert.match(stderr, /kept .* rating of 3 or more/);
  assert.match(stderr, /training 100 %  sweep 12\/12/);
  const softmax = ampcf(
    'train ratings.csv -o softmax.ampcf --dim 8 --objective softmax --epochs 3 --attention cosine',
  );
  assert.match(softmax.stderr, /training 100 %  epoch 3\/3/);
  assert.equal(softmax.status, 0);
  const logistic = ampcf(
    'train ratings.csv -o logistic.ampcf --dim 8 --objective logistic --epochs 3 --warmup 2 ' +
      '--samples 5 --zeros 0.2',
  );
  assert.match(logistic.stderr, /training 100 %  epoch 5\/5/);
  assert.equal(logistic.status, 0);
  assert.match(stderr, /wrote +again\.ampcf/);
  assert.deepEqual(
    readFileSync(`${folder}/again.ampcf`),
    readFileSync(`${folder}/m.ampcf`),
    'same input, options and seed give the same bytes',
  );
});

test('rows in another order give the same bytes; another seed does not', () => {
  const [header, ...rows] = ratingsCsv().trim().split('\n');
  // Duplicated pairs are decided by order, so keep the last of each and shuffle those.
  const last = new Map(rows.map((row) => [row.split(',').slice(0, 2).join(), row]));
  const unique = [...last.values()];
  writeFileSync(`${folder}/a.csv`, [header, ...unique].join('\n'));
  writeFileSync(
    `${folder}/b.csv`,
    [header, ...unique.map((row, i) => unique[(i * 7919) % unique.length])].join('\r\n'),
  );
  for (const [name, file, seed] of [
    ['a', 'a', '1'],
    ['b', 'b', '1'],
    ['c', 'a', '2'],
  ])
    assert.equal(ampcf(`train ${file}.csv -o ${name}.ampcf --dim 8 --seed ${seed} -q`).status, 0);
  const [a, b, c] = ['a', 'b', 'c'].map((name) => readFileSync(`${folder}/${name}.ampcf`));
  assert.deepEqual(a, b);
  assert.notDeepEqual(a, c);
});

test('recommend --explain --json has the promised keys and parts that add up', () => {
  const { status, stdout } = ampcf(
    'recommend m.ampcf --history m1,m2,m3,m14,ghost -k 5 --proportional 0 --explain --json --contributions 2',
  );
  assert.equal(status, 0);
  const result = JSON.parse(stdout);
  assert.equal(result.personalized, true);
  assert.deepEqual(result.unknown, ['ghost']);
  assert.equal(result.items.length, 5);
  for (const { item, title, score, persona, attention, explanation } of result.items) {
    assert.ok(!['m1', 'm2', 'm3', 'm14'].includes(item));
    assert.equal(title, `Film ${item.slice(1)}, the (${1980 + Number(item.slice(1))})`);
    assert.ok(Number.isInteger(persona.index) && typeof persona.label === 'string' && persona.share > 0);
    assert.ok(
      Math.abs(attention.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0) - 1) < 1e-5,
    );
    const { contributions, rest, bias, residual } = explanation;
    assert.equal(contributions.length, 2);
    const sum = contributions.reduce(
      (/** @type {number} */ total, /** @type {{ contribution: number }} */ part) =>
        total + part.contribution,
      0,
    );
    assert.ok(Math.abs(sum + rest + bias + residual - score) <= 1e-5 * Math.abs(score));
    assert.ok(
      contributions.every((/** @type {{ item: string, title: string }} */ part) =>
        part.title.startsWith('Film '),
      ),
    );
  }
  const scores = result.items.map((/** @type {{ score: number }} */ entry) => entry.score);
  assert.deepEqual(
    scores,
    [...scores].sort((a, b) => b - a),
  );
});

test("rank gives recommend's scores, keeps unknown candidates last", () => {
  const recommended = json('recommend m.ampcf --history m1,m2 -k 20 --proportional 0').items;
  const ids = recommended.map((/** @type {{ item: string }} */ entry) => entry.item);
  const candidates = ['nobody', ...ids.toReversed()].join();
  const ranked = json(`rank m.ampcf --history m1,m2 --candidates ${candidates}`);
  assert.deepEqual(
    ranked.items.slice(0, -1).map(({ item, score }) => [item, score]),
    recommended.map(({ item, score }) => [item, score]),
  );
  assert.deepEqual(ranked.items.at(-1).item, 'nobody');
  assert.equal(ranked.items.at(-1).known, false);
  assert.deepEqual(ranked.unknown, ['nobody']);
});

test('history from a file, from standard input, with weights; none at all', () => {
  writeFileSync(`${folder}/history.txt`, 'item,weight\nm1,2\nm2,1\n');
  const fromFile = ampcf('recommend m.ampcf --history history.txt --json').stdout;
  assert.equal(ampcf('recommend m.ampcf --history - --json', { input: 'm1,2\r\nm2\n' }).stdout, fromFile);
  assert.notEqual(ampcf('recommend m.ampcf --history m1,m2 --json').stdout, fromFile);
  const none = JSON.parse(ampcf('recommend m.ampcf --json').stdout);
  assert.equal(none.personalized, false);
  assert.equal(none.items.length, 10);
  assert.match(ampcf('recommend m.ampcf').stdout, /by popularity/);
  const bad = ampcf('recommend m.ampcf --history -', { input: 'm1\nm2,x\n' });
  assert.equal(bad.status, 3);
  assert.match(bad.stderr, /^-:2: .*got "m2,x", wanted/);
});

test('readable output names persona and because-items', () => {
  const { stdout, stderr } = ampcf('recommend m.ampcf --history m1,m2,m3 -k 3 --explain');
  assert.match(stdout, /Personas of this history\n {2}1 {2}Noir · Crime|Crime · Noir/);
  assert.equal(stdout.match(/because you liked Film/g)?.length, 3);
  assert.equal(stderr, '');
});

test('inspect and verify', () => {
  const report = JSON.parse(ampcf('inspect m.ampcf --json').stdout);
  assert.equal(report.items, 20);
  assert.equal(report.dim, 8);
  assert.equal(report.metadata.settings.seed, 1);
  assert.ok(
    report.sections.some(
      (/** @type {{ name: string, rows: number }} */ section) => section.name === 'titles',
    ),
  );
  const drawn = ampcf('inspect m.ampcf').stdout;
  assert.match(drawn, /item vectors +20 x 8 +f32 +640 +█+░* +\d+ %/);
  // Every item is somewhere: in a group of the curve, in a length, in an aspect, in a cluster.
  const part = (/** @type {string} */ heading) => drawn.split(`${heading}\n`)[1].split('\n\n')[0];
  const sum = (/** @type {string} */ text) =>
    [...text.matchAll(/[█░] +(\d+)(?: items)?$/gm)].reduce((all, [, n]) => all + Number(n), 0);
  const curve = part('popularity, most popular items first');
  assert.match(curve, /^ {2}items 1-2 +█{24} +\d+(\.\d+)? people each$/m);
  assert.match(curve, /^ {2}items 19-20 /m);
  assert.equal(sum(part('item vectors, by length')), 20);
  assert.match(part('aspects, by items'), /^ {2}Crime +█+ +10$/m);
  const clusters = part('clusters, by items');
  const [, more = 0, most = 0] = /and (\d+) clusters more, of at most (\d+)/.exec(clusters) ?? [];
  assert.ok(sum(clusters) <= 20 && sum(clusters) + Number(more) * Number(most) >= 20, clusters);
  const { status, stdout } = ampcf('verify m.ampcf --json');
  assert.equal(status, 0);
  assert.equal(JSON.parse(stdout).integrity, report.integrity);
  const bytes = readFileSync(`${folder}/m.ampcf`);
  bytes[bytes.length >> 1] ^= 1;
  writeFileSync(`${folder}/damaged.ampcf`, bytes);
  const damaged = ampcf('verify damaged.ampcf');
  assert.equal(damaged.status, 4);
  assert.match(damaged.stderr, /CHECKSUM: damaged\.ampcf: .*got \d+, wanted \d+/);
});

/**
 * The ratings in every format, each in a file.
 * @returns {string[]} what `train` is told of each
 */
function writeOtherFormats() {
  const rows = ratingsCsv()
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.split(','));
  const users = [...new Set(rows.map(([user]) => user))];
  const itemsOf = (/** @type {string} */ user) =>
    new Set(rows.filter((row) => row[0] === user).map(([, item]) => item));
  const lines = {
    'u.data': rows.map((row) => row.join('\t')),
    'ratings.dat': rows.map((row) => row.join('::')),
    'train.txt': users.map((user) => [user, ...itemsOf(user)].join(' ')),
    'odd.csv': ['who;what;stars', ...rows.map((row) => row.slice(0, 3).join(';'))],
  };
  for (const [name, list] of Object.entries(lines)) writeFileSync(`${folder}/${name}`, list.join('\n'));
  return ['u.data', 'ratings.dat', 'train.txt', 'odd.csv --user who --item 2 --rating stars'];
}

test('other formats: tab-separated, ::, list, column options, standard input and output', () => {
  const interactionsOf = (/** @type {string} */ args, /** @type {string} */ input = '') => {
    const command = `train ${args} -o x.ampcf --dim 4 --sweeps 2 --json`;
    const { status, stdout, stderr } = ampcf(command, { input });
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout).interactions;
  };
  const csv = interactionsOf('ratings.csv');
  for (const args of writeOtherFormats()) assert.equal(interactionsOf(args), csv, args);
  assert.equal(interactionsOf('-', ratingsCsv()), csv);
  const piped = spawnSync(
    process.execPath,
    [cli, 'train', 'ratings.csv', '-o', '-', '--dim', '4', '--sweeps', '2', '-q'],
    { cwd: folder },
  );
  assert.deepEqual(piped.stdout.subarray(0, 4), Buffer.from([0x89, 0x41, 0x4d, 0x50]));
  assert.ok(interactionsOf('ratings.csv --min-rating 4.5') < csv);
});

/** @type {Refusal[]} */
const refusals = [
  ['', 2, /ampcf COMMAND --help/],
  ['dance', 2, /command: got "dance", wanted one of train/],
  ['train ratings.csv', 2, /-o MODEL is missing/],
  ['train ratings.csv -o y --dim x', 2, /--dim: got "x", wanted a number/],
  ['train ratings.csv -o y --dim 5000', 2, /dim: got 5000, wanted a whole number from 1 to 1024/],
  ['train ratings.csv -o y --nonsense', 2, /nonsense/],
  [
    'train ratings.csv -o y --objective bpr',
    2,
    /objective: got bpr, wanted one of als, softmax, multinomial, gaussian, logistic/,
  ],
  ['train ratings.csv -o y --objective softmax --sweeps 3', 2, /sweeps: got 3, wanted nothing/],
  [
    'train ratings.csv -o y --objective softmax --learning-rate x',
    2,
    /--learning-rate: got "x", wanted a number/,
  ],
  ['train bad.csv -o y', 3, /^bad\.csv:3: .*got "1,5".*\nbad\.csv:4: /],
  ['train empty.csv -o y', 3, /NO_DATA: empty\.csv/],
  ['train missing.csv -o y', 5, /IO: missing\.csv/],
  ['train ratings.csv -o no/such/folder/y --dim 2 --sweeps 1 -q', 5, /IO/],
  ['recommend ratings.csv --history m1', 4, /BAD_MAGIC: ratings\.csv: not an ampcf model file/],
  ['recommend missing.ampcf', 5, /IO: missing\.ampcf/],
  ['recommend m.ampcf -k -1', 2, /ambiguous|-k|--k/],
  ['recommend m.ampcf extra', 2, /one argument too many: "extra"/],
  ['rank m.ampcf --history m1', 2, /--candidates IDS is missing/],
];

test('exit codes and messages', () => {
  writeFileSync(`${folder}/bad.csv`, 'user,item,rating\na,b,1\na,c,"1,5"\na,d,1e999\n');
  writeFileSync(`${folder}/empty.csv`, '');
  refuses('', refusals);
  assert.ok(!existsSync(`${folder}/y`), 'a failed command leaves no file');
  const skipped = ampcf('train bad.csv -o one.ampcf --skip-bad 2 --min-support 1 --dim 2');
  assert.equal(skipped.status, 0, skipped.stderr);
  assert.match(skipped.stderr, /skipped +2 bad rows/);
  for (const args of ['--help', 'train --help', 'help rank', '--version'])
    assert.equal(ampcf(args).status, 0);
});

test('Ctrl-C while training: exit 130, the old model stays whole', { skip: skipSignals }, async () => {
  writeFileSync(`${folder}/old.ampcf`, 'old');
  const { status, stderr } = await interrupt(
    'train ratings.csv -o old.ampcf --dim 256 --sweeps 1000',
    'kept',
  );
  assert.equal(status, 130, stderr);
  assert.match(stderr, /interrupted/);
  assert.equal(readFileSync(`${folder}/old.ampcf`, 'utf8'), 'old');
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.tmp')),
    [],
  );
});

/** @type {[string, string[], string, RegExp][]} */
const publicSets = [
  [
    'ml-latest-small',
    ['ml-latest-small/ratings.csv', '--items', 'ml-latest-small/movies.csv'],
    '1,260,1196,527,318',
    /100,836 interactions of 610 people/,
  ],
  [
    'ml-100k',
    ['ml-100k/u.data', '--items', 'ml-100k/u.item'],
    '1,50,172,318,64',
    /100,000 interactions of 943 people/,
  ],
  [
    'ml1m-leaderboard',
    ['ml1m-leaderboard/train.txt', '--items', 'ml1m-leaderboard/items.csv'],
    '0,1,2',
    /796,244 interactions of 6,022 people/,
  ],
];
for (const [name, args, history, read] of publicSets)
  test(`trains and recommends on ${name}`, (t) => {
    if (!existsSync(`${dataFolder}/${name}`)) return t.skip(`skipped: no ${name} below ${dataFolder}`);
    const paths = args.map((arg) => (arg.startsWith('--') ? arg : `${dataFolder}/${arg}`));
    const trained = ampcf(['train', ...paths, '-o', `${name}.ampcf`]);
    assert.equal(trained.status, 0, trained.stderr);
    assert.match(trained.stderr, read);
    const { items } = JSON.parse(
      ampcf(['recommend', `${name}.ampcf`, '--history', history, '-k', '10', '--explain', '--json']).stdout,
    );
    assert.equal(items.length, 10);
    for (const {
      score,
      title,
      persona,
      explanation: { contributions, rest, bias, residual },
    } of items) {
      const sum = contributions.reduce(
        (/** @type {number} */ total, /** @type {{ contribution: number }} */ part) =>
          total + part.contribution,
        rest + bias + residual,
      );
      assert.ok(Math.abs(sum - score) <= 1e-5 * Math.abs(score));
      assert.ok(contributions.length > 0 && persona.label !== '' && title !== '');
    }
  });
