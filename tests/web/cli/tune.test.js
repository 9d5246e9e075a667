// Owns the tests of `ampcf train --validation` and `ampcf tune` as a user runs them: dist/cli.js in a process
// of its own. Must not import its sources.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { people, seeded } from '../../support.js';
import { commandIn, skipSignals } from './command.js';

/** @import { Refusal } from './command.js' */

const { folder, ampcf, json, refuses, interrupt } = commandIn('tune');
const bytesOf = (/** @type {string} */ name) => readFileSync(`${folder}/${name}`);
const small = '--dim 8 --sweeps 6';

before(() => {
  const rows = people.slice(0, 90).flatMap(({ id, history }) => history.map(({ item }) => `${id},${item}`));
  writeFileSync(`${folder}/ratings.csv`, `user,item\n${rows.join('\n')}\n`);
  const { status, stderr } = ampcf('split ratings.csv --by random --test 0.2 --validation 0 -o parts');
  assert.equal(status, 0, stderr);
});

test('a share is what ampcf split holds out, and the figures are those of ampcf evaluate', () => {
  const share = json(`train ratings.csv --validation 0.2 -o share.ampcf ${small}`);
  const file = json(`train parts/train.csv --validation parts/test.csv -o file.ampcf ${small}`);
  assert.deepEqual(bytesOf('file.ampcf'), bytesOf('share.ampcf'));
  assert.deepEqual(file.validation, share.validation);
  const { metrics, users } = json(
    'evaluate share.ampcf --history parts/train.csv --test parts/test.csv -k 20 --resamples 1',
  );
  assert.deepEqual(share.validation.metrics, {
    'recall@20': metrics['recall@20'],
    'ndcg@20': metrics['ndcg@20'],
  });
  assert.equal(share.validation.people, users);
  assert.deepEqual(
    share.measurements.map((/** @type {{ sweep: number }} */ { sweep }) => sweep),
    [4, 5, 6],
  );
  assert.deepEqual(Object.keys(share.personas), ['people', 'mean', 'effective', 'collapseRate', 'single']);
  assert.ok(share.personas.people === 90 && share.personas.mean >= share.personas.effective);
});

test('events of the validation file are never trained on', () => {
  json(`train ratings.csv --validation parts/test.csv -o whole.ampcf ${small}`);
  assert.deepEqual(bytesOf('whole.ampcf'), bytesOf('share.ampcf'));
  const { stderr } = ampcf(`train ratings.csv --validation parts/test.csv -o whole.ampcf ${small}`);
  assert.match(stderr, /left out [\d,]+ that the validation file holds: they are never trained on/);
});

test('train says what it measured, kept and needs, and stops when nothing gets better', () => {
  const { status, stdout, stderr } = ampcf(
    'train ratings.csv --validation 0.2 -o long.ampcf --dim 8 --sweeps 60 --patience 2 ' +
      '--neighbours 5 --neighbour-lambda 5',
  );
  assert.equal(status, 0, stderr);
  assert.equal(stdout, '');
  for (const line of [
    /held out [\d,]+ for validation/,
    /memory +[\d.]+ [kM]B for the training \(vectors [\d.]+ [kM]B, neighbours [\d.]+ [kM]B\)/,
    /measured sweep 4\/60 +recall@20 0\.\d{4} +ndcg@20 0\.\d{4}\n/,
    /no better\nmeasured .*no better\n/,
    /kept +sweep \d+, the best of \d+; stopped before 60/,
    /gate +(b [\d.]+, \d+ lea(f|ves): b [\d.]+ gained|none: of \d+ tried, b [\d.]+ is the surest, with )/,
    /validation recall@20 0\.\d{4} +ndcg@20 0\.\d{4} \(\d+ people\)/,
    /baseline popularity: ndcg@20 0\.\d{4}/,
    /shift +held-out items are \d\.\d\d times as popular as what was trained on/,
    /cosine to the nearest of the history -?0\.\d\d against -?0\.\d\d/,
    /personas \d\.\d\d a person, effectively \d\.\d\d/,
  ])
    assert.match(stderr, line);
  const softmax = ampcf(
    'train ratings.csv --validation 0.2 -o softmax.ampcf --dim 8 --objective softmax --epochs 2',
  );
  assert.match(softmax.stderr, /measured epoch 1\/2[^]*measured epoch 2\/2[^]*kept +epoch/);
});

const search = 'tune ratings.csv --validation 0.2 --dim 4 --sweeps 6';

/**
 * Each method with its defaults, then every setting that is worth a search.
 * @param {any[]} results
 */
function proposed(results) {
  const methods = results
    .slice(1)
    .filter((/** @type {any} */ { chosen }) => !('unobserved' in chosen))
    .map((/** @type {any} */ { chosen }) => chosen.neighbourMethod);
  assert.deepEqual([methods.at(0), methods.at(-1)], ['cooccurrence', 'ease']);
  const drawn = results.find((/** @type {any} */ { chosen }) => 'unobserved' in chosen);
  const names = Object.keys(drawn.chosen).filter((name) => !name.startsWith('neighbour'));
  assert.deepEqual(names, ['unobserved', 'lambda', 'userDamping', 'itemDamping', 'popularityDamping']);
}

test('tune chooses the same whatever the number of cores, and its command gives the model again', () => {
  const two = json(`${search} --trials 10 --cores 2 -o two.ampcf`);
  const one = json(`${search} --trials 10 --cores 1 -o one.ampcf`);
  const plain = (/** @type {any} */ { seconds: _, model: __, command: ___, results, ...rest }) => ({
    ...rest,
    results: results.map((/** @type {any} */ { seconds: ____, ...trial }) => trial),
  });
  assert.deepEqual(plain(two), plain(one));
  assert.deepEqual(bytesOf('two.ampcf'), bytesOf('one.ampcf'));
  assert.deepEqual([two.trials, two.results.length], [10, 10]);
  assert.deepEqual(two.results[0].chosen, {});
  proposed(two.results);
  const best = two.results[two.best];
  const others = two.results.filter((/** @type {any} */ { validation }) => validation);
  assert.equal(
    best.validation.metrics['ndcg@20'],
    Math.max(...others.map((/** @type {any} */ { validation }) => validation.metrics['ndcg@20'])),
  );
  assert.equal(two.abandoned, 10 - others.length);
  const [, ...command] = two.command.split(' ');
  const again = json(command);
  assert.deepEqual(bytesOf('two.ampcf'), readFileSync(`${folder}/${command.at(-1)}`));
  assert.equal(again.validation.metrics['ndcg@20'], two.validation.metrics['ndcg@20']);
  assert.equal(
    again.validation.metrics['ndcg@20'],
    best.validation.metrics['ndcg@20'],
    'all people are in the sample',
  );
});

test('tune leaves alone what is given, and tunes neighbours and other objectives', () => {
  const given = '--alpha 0.3 --gate 0.2 --neighbours 5 --neighbour-method ease --neighbour-user-damping 0.2';
  const fixed = json(`${search} --trials 3 ${given}`);
  assert.deepEqual(
    [fixed.settings.alpha, fixed.settings.gate, fixed.settings.neighbourUserDamping],
    [0.3, 0.2, 0.2],
  );
  assert.deepEqual(Object.keys(fixed.results[1].chosen), [
    'lambda',
    'userDamping',
    'itemDamping',
    'popularityDamping',
    'neighbourLambda',
    'neighbourLambdaGrowth',
    'neighbourBlend',
    'neighbourAspects',
  ]);
  assert.match(fixed.command, /--neighbours 5/);
  const softmax = json(
    'tune ratings.csv --validation 0.2 --dim 4 --trials 3 --objective softmax --epochs 2 --neighbours 0',
  );
  assert.deepEqual(Object.keys(softmax.results[1].chosen), ['alpha', 'lambda', 'learningRate']);
  assert.match(softmax.command, /--objective softmax/);
});

test('tune within minutes says that this depends on the machine', () => {
  const { status, stdout, stderr } = ampcf('tune ratings.csv --validation 0.2 --dim 4 --minutes 0.02');
  assert.equal(status, 0, stderr);
  const [figures, command] = stdout.trimEnd().split('\n').slice(-2);
  assert.match(stdout, /^trial +ndcg@20 +recall@20 +sweeps/);
  assert.match(figures, /^validation recall@20 0\.\d{4} +ndcg@20 0\.\d{4} \(\d+ people\)$/);
  assert.match(command, /^ampcf train ratings\.csv --validation 0\.2 .*-o model\.ampcf$/);
  assert.match(stderr, /best +trial \d\n[^]*tried +\d+ settings in \d+\.\d s, \d+ given up early/);
  assert.match(stderr, /given up early \(how many there is time for depends on the machine/);
});

test('train --auto writes the best trial, which its command gives again', () => {
  const { status, stdout, stderr } = ampcf(
    'train ratings.csv --auto --dim 4 --trials 3 --sweeps 5 -o auto.ampcf --json',
  );
  const auto = JSON.parse(stdout);
  assert.equal(status, 0, stderr);
  assert.match(
    stderr,
    /chosen +the best of them, trained on everything but the validation events[^]*again +ampcf train/,
  );
  assert.match(auto.command, /--validation 0\.1 /);
  assert.deepEqual([auto.search.trials, auto.settings.dim], [3, 4]);
  const bytes = bytesOf('auto.ampcf');
  const again = json(auto.command.split(' ').slice(1));
  assert.deepEqual(bytesOf('auto.ampcf'), bytes);
  assert.deepEqual(again.validation, auto.validation);
});

test('--refit trains again on everything with what was chosen, and its command gives that again', () => {
  const open = '--neighbours 0 --unobserved 12';
  const given = `train ratings.csv --validation 0.2 --dim 8 --sweeps 6 --gate 0.3 ${open}`;
  const plain = json(`${given} -o plain.ampcf`);
  const { status, stdout, stderr } = ampcf(`${given} --refit -o refit.ampcf --json`);
  assert.equal(status, 0, stderr);
  const refit = JSON.parse(stdout);
  const rows = readFileSync(`${folder}/ratings.csv`, 'utf8').trimEnd().split('\n').length - 1;
  assert.equal(refit.interactions + refit.dropped, rows);
  assert.ok(plain.interactions < refit.interactions);
  assert.deepEqual([plain.refit, refit.refit.interactions], [null, refit.interactions]);
  assert.equal(refit.refit.validated.interactions, plain.interactions);
  assert.deepEqual(refit.refit.validated.settings, plain.settings);
  for (const figure of ['validation', 'popularity', 'events', 'proportional', 'measurements'])
    assert.deepEqual(refit[figure], plain[figure], figure);
  for (const setting of ['sweeps', 'gate', 'leaves', 'proportional'])
    assert.equal(refit.settings[setting], plain.settings[setting], setting);
  assert.match(
    stderr,
    /validation recall@20[^]*refit +trained again on everything, [\d,]+ interactions; figures above are /,
  );
  const { sweeps, leaves, proportional } = refit.settings;
  const all = `--dim 8 --gate 0.3 ${open}`;
  json(
    `train ratings.csv ${all} --sweeps ${sweeps} --leaves ${leaves} ` +
      `--proportional ${proportional} -o all.ampcf`,
  );
  assert.deepEqual(bytesOf('refit.ampcf'), bytesOf('all.ampcf'));
});

test('tune --refit and --auto --refit: the last line trains the same on everything', () => {
  const tuned = json(`${search} --trials 3 --refit -o tuned.ampcf`);
  assert.ok(tuned.refit.interactions > tuned.refit.validated.interactions);
  assert.doesNotMatch(tuned.command, /--refit|--validation/);
  json(
    tuned.command
      .split(' ')
      .slice(1)
      .map((/** @type {string} */ word) => (word === 'tuned.ampcf' ? 'again.ampcf' : word)),
  );
  assert.deepEqual(bytesOf('again.ampcf'), bytesOf('tuned.ampcf'));
  const auto = json('train ratings.csv --auto --dim 4 --trials 2 --sweeps 5 --refit -o auto.ampcf');
  const bytes = bytesOf('auto.ampcf');
  json(auto.command.split(' ').slice(1));
  assert.deepEqual(bytesOf('auto.ampcf'), bytes);
});

test('after a search that found nothing better than popularity no search is advised', () => {
  // 150 people of three events, by popularity alone.
  const random = seeded(1);
  const rows = Array.from({ length: 150 }, (_, u) => {
    const seen = new Set();
    while (seen.size < 3) seen.add(Math.floor(60 * random() ** 2));
    return Array.from(seen, (item) => `u${u},i${item}`);
  }).flat();
  writeFileSync(`${folder}/sparse.csv`, `user,item\n${rows.join('\n')}\n`);
  const { status, stdout, stderr } = ampcf(
    'train sparse.csv --auto --validation 0.34 --dim 8 --trials 4 -o sparse.ampcf --json',
  );
  assert.equal(status, 0, stderr);
  const { warning, settings } = JSON.parse(stdout);
  assert.match(
    warning,
    /^the ranking is no better than popularity \(.*\): a search found none that is: more events a person/,
  );
  assert.doesNotMatch(warning, /try --auto|a larger --min-support/);
  assert.ok(settings.minSupport > 1);
  assert.match(warning, /--min-support 1/);
  assert.equal(warning.includes('fewer neighbours'), settings.neighbours > 0);
});

test('of ratings with times a share is the latest events, which split holds out too', () => {
  const rows = readFileSync(`${folder}/ratings.csv`, 'utf8').trimEnd().split('\n').slice(1);
  const timed = rows.map((row, x) => `${row},${1e9 + ((x * 7919) % 10007)}`);
  writeFileSync(`${folder}/timed.csv`, `user,item,time\n${timed.join('\n')}\n`);
  const { status, stderr } = ampcf('split timed.csv --by latest --test 0.2 --validation 0 -o latest');
  assert.equal(status, 0, stderr);
  const latest = ampcf(`train timed.csv --validation 0.2 -o latest.ampcf ${small}`);
  assert.match(latest.stderr, /held out [\d,]+ for validation: each person's latest events/);
  json(`train latest/train.csv --validation latest/test.csv -o file.ampcf ${small}`);
  assert.deepEqual(bytesOf('latest.ampcf'), bytesOf('file.ampcf'));
  const random = ampcf(`train timed.csv --validation 0.2 --hold-out random -o random.ampcf ${small}`);
  assert.match(random.stderr, /held out [\d,]+ for validation: random events of each person/);
  assert.notDeepEqual(bytesOf('latest.ampcf'), bytesOf('random.ampcf'));
  const read = (/** @type {string} */ name) =>
    readFileSync(`${folder}/latest/${name}.csv`, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((row) => row.split(','));
  const lastKept = new Map();
  for (const [user, , time] of read('train'))
    lastKept.set(user, Math.max(lastKept.get(user) ?? 0, Number(time)));
  for (const [user, , time] of read('test')) assert.ok(Number(time) >= lastKept.get(user));
});

test('a model that is no better than popularity is said to be so, even quietly', () => {
  const poor =
    'train ratings.csv --validation 0.2 -o poor.ampcf --dim 1 --lambda 1000 --bias 1 --gate 0 ' +
    '--neighbours 0 --json';
  const { status, stdout, stderr } = ampcf(`${poor} -q`);
  assert.equal(status, 0, stderr);
  assert.match(
    stderr,
    /^warning  the ranking is no better than popularity \(ndcg@20 0\.\d{4} against 0\.\d{4}\): try --auto/,
  );
  const { warning, popularity, shift } = JSON.parse(stdout);
  assert.match(warning, /^the ranking is no better/);
  assert.ok(popularity.metrics['ndcg@20'] > 0 && shift.people > 50);
  const good = json('train ratings.csv --validation 0.2 -o good.ampcf --dim 8');
  assert.equal(good.warning, null);
});

const train = 'train ratings.csv -o y.ampcf -q';
/** @type {Refusal[]} */
const refusals = [
  [`${train} --validation 1.5`, 2, /--validation: got "1\.5", wanted a file, or a share above 0 and below 1/],
  [`${train} --validation 0`, 2, /--validation: got "0"/],
  [[...train.split(' '), '--validation', ''], 2, /--validation: got ""/],
  [`${train} --refit`, 2, /--refit: got it alone, wanted --validation or --auto with it/],
  [`${train} --patience 2`, 2, /--patience: got 2, wanted --validation with it/],
  [`${train} --validation 0.1 --patience 0`, 2, /--patience: got "0", wanted a whole number from 1/],
  ...['beta', 'eta', 'tau', 'rho', 'residual'].map(
    (name) =>
      /** @type {Refusal} */ ([
        `${train} --${name} 0.1`,
        2,
        new RegExp(
          `--${name}: got "0.1", wanted --gate: it was part of the attention of version 0.1, ` +
            'which the gate replaced',
        ),
      ]),
  ),
  [`${train} --sharpness 12`, 2, /--sharpness: got "12", wanted --leaves: it was part of the attention/],
  [`${train} --joint 1`, 2, /--joint: got "1", wanted nothing: it trained items by the attention/],
  ['tune ratings.csv --validation 0.1 --trials 1 --rho 0.1', 2, /--rho: got "0\.1", wanted --gate/],
  [`${train} --gate 17`, 2, /gate: got 17, wanted a number from 0 to 16/],
  [`${train} --leaves 257`, 2, /leaves: got 257, wanted a whole number from 1 to 256/],
  [`${train} --proportional 1.5`, 2, /proportional: got 1\.5, wanted a number from 0 to 1/],
  [`${train} --minutes 2`, 2, /--minutes: got 2, wanted --auto with it/],
  [`${train} --auto --validation 0.1`, 2, /--minutes M or --trials N is missing/],
  [`${train} --validation 0.1 --hold-out first`, 2, /--hold-out: got "first", wanted latest or random/],
  [
    `${train} --validation ratings.csv --hold-out random`,
    2,
    /--hold-out: got random, wanted --validation with/,
  ],
  [`${train} --hold-out random`, 2, /--hold-out: got random, wanted --validation with a share/],
  [`${train} --validation 0.1 --hold-out latest`, 2, /--hold-out latest: got a file without times/],
  ['train - -o y.ampcf --validation -', 2, /got - for RATINGS and for --validation/],
  [`${train} --max-memory lots`, 2, /--max-memory: got "lots", wanted a size such as 800MB/],
  [
    `${train} --max-memory 10kB`,
    6,
    /OUT_OF_MEMORY: the training needs \d+(\.\d)? [kM]B, got 10 kB from --max-memory, wanted at least/,
  ],
  ['tune ratings.csv --validation 0.1 --trials 2 --max-memory 10kB', 6, /OUT_OF_MEMORY/],
  ['tune ratings.csv --validation 0.1', 2, /--minutes M or --trials N is missing/],
  ['tune ratings.csv --validation 0.1 --minutes 0', 2, /--minutes: got 0, wanted a number above 0/],
  ['tune ratings.csv --minutes 1', 2, /--validation FILE\|SHARE is missing/],
  ['tune ratings.csv --validation 0.1 --trials 1 --cores 0', 2, /--cores: got "0"/],
  ['tune ratings.csv --validation 0.1 --trials 1 --dim 0', 2, /dim: got 0/],
  [
    'train stars.csv -o y.ampcf --validation low.csv',
    3,
    /NO_DATA: low\.csv: validation: got no event with a rating of 3 or more, wanted at least one/,
  ],
  [`${train} --validation ratings.csv`, 3, /NO_DATA: no interactions left/],
  ['tune ratings.csv --validation ratings.csv --trials 1', 3, /NO_DATA: no interactions left/],
  [`${train} --validation missing.csv`, 5, /IO: missing\.csv/],
];

test('exit codes and messages', () => {
  writeFileSync(`${folder}/stars.csv`, 'user,item,rating\na,x,5\na,y,4\nb,x,4\n');
  writeFileSync(`${folder}/low.csv`, 'user,item,rating\na,z,1\n');
  refuses('', refusals);
  assert.ok(!readdirSync(folder).includes('y.ampcf'));
  assert.match(ampcf('tune --help').stdout, /--trials N/);
});

const noTemporaryFile = () =>
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.tmp')),
    [],
  );

test('Ctrl-C while training: exit 130, the old model stays', { skip: skipSignals }, async () => {
  for (const [args, sign] of [
    ['--sweeps 1000 --patience 1000', 'measured sweep 5'],
    ['--auto --trials 100000', 'best     trial'],
  ]) {
    writeFileSync(`${folder}/old.ampcf`, 'old');
    const command = `train ratings.csv --validation 0.2 -o old.ampcf --dim 32 ${args}`;
    const { status, stderr } = await interrupt(command, sign);
    assert.equal(status, 130, stderr);
    assert.match(stderr, /interrupted, nothing was changed/);
    assert.equal(readFileSync(`${folder}/old.ampcf`, 'utf8'), 'old');
  }
  noTemporaryFile();
});

test('Ctrl-C while tuning: exit 130, the best model so far is there', { skip: skipSignals }, async () => {
  const command = 'tune ratings.csv --validation 0.2 -o best.ampcf --trials 100000 --dim 16';
  const { status, stderr } = await interrupt(command, 'best     trial');
  assert.equal(status, 130, stderr);
  assert.match(stderr, /interrupted, best\.ampcf has the best model found by then/);
  assert.equal(ampcf('verify best.ampcf').status, 0);
  noTemporaryFile();
});
