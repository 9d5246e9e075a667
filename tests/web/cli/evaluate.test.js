// Owns the tests of `ampcf evaluate` as a user runs it: dist/cli.js in a process of its own. Must not import
// its sources.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { commandIn, dataFolder, skipSignals } from './command.js';

/** @import { Refusal } from './command.js' */

const { folder, ampcf, json, refuses, interrupt } = commandIn('evaluate');

/**
 * Two groups of ten items; a person takes eight of one group, the last one or two of which are kept back.
 * @param {string} name
 * @param {(n: number) => boolean} keep
 * @param {number} [fewest] stars below which nothing is written
 */
function write(name, keep, fewest = 1) {
  const rows = ['user,item,rating'];
  for (let u = 0; u < 60; u++)
    for (let n = 0; n < 8; n++)
      if (keep(n) && 2 + ((u + n) % 4) >= fewest)
        rows.push(`u${u},m${(u % 2) * 10 + ((u * 3 + n) % 10)},${2 + ((u + n) % 4)}`);
  writeFileSync(`${folder}/${name}`, `${rows.join('\n')}\n`);
}

const input = '--history history.csv --test test.csv';
before(() => {
  write('history.csv', (n) => n < 6);
  write('validation.csv', (n) => n === 6);
  write('test.csv', (n) => n === 7);
  for (const [name, ...args] of [
    ['m', '--dim', '8'],
    ['other', '--dim', '4', '--seed', '2'],
  ])
    assert.equal(ampcf(['train', 'history.csv', '-o', `${name}.ampcf`, '-q', ...args]).status, 0);
});

test('lists in proportion are measured where they are asked for', () => {
  const figures = (/** @type {string} */ more) => json(`evaluate m.ampcf ${input} -k 5 ${more}`).metrics;
  assert.deepEqual(figures('--proportional 0'), figures(''));
  assert.notDeepEqual(figures('--proportional 1'), figures(''));
  assert.equal(ampcf(`evaluate m.ampcf ${input} --proportional 2`).status, 2);
});

test('a table for people on standard output, what was read on standard error', () => {
  const { status, stdout, stderr } = ampcf(
    `evaluate m.ampcf ${input} -k 3,5 --baselines popularity,ease --against other.ampcf ` +
      '--new-users 0.2 --resamples 50',
  );
  assert.equal(status, 0, stderr);
  assert.match(stderr, /read +history: 360 interactions of 60 people with 20 items/);
  assert.match(stderr, /kept +history: 270 with a rating of 3 or more, and such in every file/);
  for (const line of [
    /^m\.ampcf: 45 people, full ranking of 20 items, the history left out/,
    /15 people without test items: left out/,
    /NDCG +0\.\d{4} ± 0\.\d{4} +0\.\d{4} ± 0\.\d{4}/,
    /Personas\n +per person +\d\.\d\d, effectively/,
    /popularity +0\.\d{4} +[-+]0\.\d{4} \([-+]0\.\d{4} to [-+]0\.\d{4}\)/,
    /ease .*lambda 100 \(defaults\)/,
    /other\.ampcf +0\.\d{4}/,
    /New people: 12 people left out of another training/,
    /NDCG@5 +0\.\d{4} +0\.\d{4} +\d+\.\d %/,
    /Fitted without them.*\n.*\n +popularity +0\.\d{4} +[-+]0\.\d{4} \(/,
  ])
    assert.match(stdout, line);
  assert.doesNotMatch(stdout, /Caution/);
});

test('--json has every figure, and is the same every time', () => {
  const options = '--validation validation.csv --baselines itemknn --resamples 50 -k 2';
  const args = `evaluate m.ampcf ${input} ${options}`;
  const result = json(args);
  assert.deepEqual(Object.keys(result), [
    'model',
    'minRating',
    'protocol',
    'users',
    'catalogue',
    'skipped',
    'metrics',
    'standardErrors',
    'personas',
    'baselines',
    'against',
    'newUsers',
    'seconds',
  ]);
  assert.equal(result.minRating, 3);
  assert.equal(result.baselines.itemknn.chosenOn, 'validation');
  assert.equal(result.baselines.itemknn.tried.length, 36);
  assert.ok(Number.isFinite(result.baselines.itemknn.difference['ndcg@2'].low));
  const { seconds: _, ...again } = json(args);
  const { seconds: __, ...first } = result;
  assert.deepEqual(again, first);
  assert.equal(json(`evaluate m.ampcf ${input} -k 2 --min-rating 0`).users, 60);
});

test('candidates, leave-one-out and sampled say what they are', () => {
  const people = Array.from({ length: 60 }, (_, u) => u);
  const out = (/** @type {number} */ u) => `m${(1 - (u % 2)) * 10}`;
  writeFileSync(`${folder}/candidates.txt`, people.map((u) => `u${u} ${out(u)}`).join('\n'));
  writeFileSync(
    `${folder}/loo.txt`,
    people.map((u) => `u${u} m${(u % 2) * 10 + ((u * 3 + 7) % 10)} ${out(u)} ${out(u)}1`).join('\r\n'),
  );
  const candidates = json(`evaluate m.ampcf ${input} --candidates candidates.txt -k 1,2`);
  assert.equal(candidates.metrics['hitrate@2'], 1, 'the test item is added');
  const leaveOneOut = json(
    'evaluate m.ampcf --history history.csv --leave-one-out loo.txt -k 1 --min-rating 0',
  );
  writeFileSync(`${folder}/negatives.txt`, people.map((u) => `u${u} ${out(u)} ${out(u)}1`).join('\n'));
  const apart = json(`evaluate m.ampcf ${input} --candidates negatives.txt -k 1 --min-rating 0`);
  assert.equal(leaveOneOut.users, 60);
  assert.deepEqual(leaveOneOut.metrics, apart.metrics, 'the same lists in two files');
  const sampled = ampcf(`evaluate m.ampcf ${input} --sampled 5 -k 3 -q`);
  assert.match(
    sampled.stdout,
    /the test items among 5 random items\n[^]*Caution: sampled metrics put models in another order/,
  );
  const { stdout, stderr } = ampcf(`evaluate m.ampcf ${input} --sampled 5 -k 3 --json`);
  assert.equal(JSON.parse(stdout).protocol.negatives, 5);
  assert.match(stderr, /Caution: sampled metrics/);
});

/** @type {Refusal[]} */
const refusals = [
  ['', 2, /MODEL is missing/],
  ['m.ampcf', 2, /--history FILE is missing/],
  ['m.ampcf --history history.csv', 2, /--test FILE is missing/],
  [`m.ampcf ${input} --leave-one-out bad.txt`, 2, /got --test and --leave-one-out, wanted one of them/],
  [`m.ampcf ${input} --sampled 5 --candidates bad.txt`, 2, /got --candidates and --sampled, wanted one/],
  [`m.ampcf ${input} --train history.csv --new-users 0.5`, 2, /got --train and --new-users/],
  [`m.ampcf ${input} -k 5,x`, 2, /--k: got "x", wanted a whole number from 1/],
  [`m.ampcf ${input} --sampled 0`, 2, /--sampled: got "0"/],
  [`m.ampcf ${input} --new-users 1`, 2, /--new-users: got 1, wanted a share above 0 and below 1/],
  [
    `m.ampcf ${input} --baselines magic`,
    2,
    /baseline: got magic, wanted one of popularity, itemknn, ease, als/,
  ],
  ...[
    ['--baselines magic', /baseline: got magic/],
    ['--baselines ease,ease', /baseline: got ease twice/],
    ['--format xls', /format: got "xls"/],
    ['--min-rating x', /--min-rating: got "x"/],
    ['--skip-bad -1', /--skip-bad/],
    ['--duplicates first', /duplicates: got "first"/],
  ].map(
    ([option, message]) =>
      /** @type {Refusal} */ ([`none.ampcf --history none.csv --test none.csv ${option}`, 2, message]),
  ),
  [`m.ampcf ${input} --seed -1`, 2, /seed/],
  [`m.ampcf ${input} --resamples 0`, 2, /--resamples: got "0"/],
  [
    `m.ampcf ${input} --candidates bad.txt`,
    3,
    /^bad\.txt:2: too few items, got "u1", wanted user item item \.\.\.\nbad\.txt:3: a person comes again/,
  ],
  [
    'm.ampcf --history history.csv --leave-one-out bad.txt',
    3,
    /^bad\.txt:2: too few items, got "u1", wanted user held-out negative/,
  ],
  [`m.ampcf ${input} --candidates blank.txt`, 3, /NO_DATA: blank\.txt: no candidates/],
  ['m.ampcf --history bad.csv --test test.csv', 3, /^bad\.csv:2: rating is not a number, got "x", wanted/],
  [
    'm.ampcf --history history.csv --test history.csv',
    3,
    /NO_DATA: nobody to measure: got 60 people without test items/,
  ],
  [`m.ampcf ${input} --min-rating 9`, 3, /NO_DATA/],
  [`history.csv ${input}`, 4, /BAD_MAGIC: history\.csv: not an ampcf model file/],
  [`m.ampcf ${input} --against history.csv`, 4, /BAD_MAGIC: history\.csv/],
  ['m.ampcf --history history.csv --test missing.csv', 5, /IO: missing\.csv/],
  [`m.ampcf ${input} --candidates missing.txt`, 5, /IO: missing\.txt/],
  [`missing.ampcf ${input}`, 5, /IO: missing\.ampcf/],
];

test('exit codes and messages', () => {
  writeFileSync(`${folder}/bad.txt`, 'u0 m1 m2\nu1\nu0 m3 m4\n');
  writeFileSync(`${folder}/blank.txt`, '\n\n');
  writeFileSync(`${folder}/bad.csv`, 'user,item,rating\nu0,m1,x\n');
  refuses('evaluate -q', refusals);
  assert.match(ampcf('evaluate --help').stdout, /--leave-one-out FILE/);
});

test('Ctrl-C while measuring: exit 130, nothing on standard output', { skip: skipSignals }, async () => {
  const command = `evaluate m.ampcf ${input} --baselines popularity --resamples 1000000`;
  const { status, stdout, stderr } = await interrupt(command, 'kept');
  assert.equal(status, 130, stderr);
  assert.equal(stdout, '');
});

/**
 * Popularity has no settings and no luck: the figures on these files are known. The second has many ties, so
 * its figures may move with their order.
 * @type {[string, string[], string, number, number, number][]}
 */
const known = [
  ['ml1m-leaderboard', ['--test', 'test.txt'], '20', 0.1161, 0.1176, 0.0001],
  ['loo-ml-latest-small', ['--leave-one-out', 'test.txt'], '10', 0.641, 0.3926, 0.0116],
  ['loo-amazon-video-games', ['--leave-one-out', 'test.txt'], '10', 0.4384, 0.25, 0.0106],
];
for (const [name, [option, file], k, recall, ndcg, within] of known)
  test(`popularity on ${name}`, (t) => {
    const data = `${dataFolder}/${name}`;
    if (!existsSync(data)) return t.skip(`skipped: no ${name} below ${dataFolder}`);
    const train = ampcf([
      'train',
      `${data}/train.txt`,
      '--format',
      'list',
      '-o',
      `${name}.ampcf`,
      '--dim',
      '4',
      '--sweeps',
      '1',
      '--personas',
      '1',
      '-q',
    ]);
    assert.equal(train.status, 0, train.stderr);
    const { metrics } = json([
      'evaluate',
      `${name}.ampcf`,
      '--history',
      `${data}/train.txt`,
      option,
      `${data}/${file}`,
      '--format',
      'list',
      '-k',
      k,
      '--baselines',
      'popularity',
      '--resamples',
      '1',
    ]).baselines.popularity;
    assert.ok(
      Math.abs(metrics[`recall@${k}`] - recall) <= within,
      `recall@${k} ${metrics[`recall@${k}`]}, wanted ${recall}`,
    );
    assert.ok(
      Math.abs(metrics[`ndcg@${k}`] - ndcg) <= within,
      `ndcg@${k} ${metrics[`ndcg@${k}`]}, wanted ${ndcg}`,
    );
  });
