// Owns the tests of `ampcf split` as a user runs it: nothing lost, nothing twice, the rules, refusals. Must
// not import its sources.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { below, seeded } from '../../support.js';
import { commandIn, dataFolder } from './command.js';

/** @import { Args, Refusal } from './command.js' */

const { folder, ampcf, json, refuses } = commandIn('split');
const split = (/** @type {Args} */ args) =>
  json(typeof args === 'string' ? `split ${args}` : ['split', ...args]);

/**
 * @param {string} path
 * @returns {Record<string, string>[]}
 */
const rowsOf = (path) => parse(readFileSync(`${folder}/${path}`, 'utf8'), { columns: true });
const key = (/** @type {Record<string, string>} */ { user, item, rating, time }) =>
  [user, item, rating, time].join('|');
const bytesOf = (/** @type {string} */ path) =>
  Object.fromEntries(
    readdirSync(`${folder}/${path}`).map((name) => [name, readFileSync(`${folder}/${path}/${name}`, 'utf8')]),
  );

/** Many people of 1 to 30 events, times with ties. */
function ratings() {
  const random = seeded(4);
  const rows = [];
  for (let u = 0; u < 150; u++) {
    const start = below(random, 5000);
    for (let n = 0; n <= u % 30; n++)
      rows.push({
        user: `u${u}`,
        item: `m${(u * 7 + n * 11) % 200}`,
        rating: String(1 + below(random, 9) / 2),
        time: String(1_600_000_000 + start + 10 * Math.floor(n / 2)),
      });
  }
  return rows;
}

const all = ratings();
const people = Map.groupBy
  ? Map.groupBy(all, ({ user }) => user)
  : all.reduce((map, row) => map.set(row.user, [...(map.get(row.user) ?? []), row]), new Map());
before(() =>
  writeFileSync(
    `${folder}/ratings.csv`,
    `user,item,rating,time\n${all.map((row) => Object.values(row).join()).join('\n')}\n`,
  ),
);

for (const by of ['leave-last-out', 'leave-one-out', 'temporal', 'latest', 'random', 'user'])
  test(`${by}: every row is in one file, as it was; the seed decides`, () => {
    const summary = split(`ratings.csv --by ${by} -o ${by}`);
    const names = Object.keys(bytesOf(by)).sort();
    assert.deepEqual(
      names,
      by === 'user'
        ? ['test-history.csv', 'test.csv', 'train.csv', 'validation-history.csv', 'validation.csv']
        : ['test.csv', 'train.csv', 'validation.csv'],
    );
    const parts = names.map((name) => rowsOf(`${by}/${name}`));
    assert.deepEqual(parts.flat().map(key).sort(), all.map(key).sort());
    assert.equal(
      new Set(parts.flat().map(({ user, item }) => `${user}|${item}`)).size,
      all.length,
      'no pair in two files',
    );
    names.forEach((name, i) =>
      assert.deepEqual(summary.files[name], {
        interactions: parts[i].length,
        people: new Set(parts[i].map(({ user }) => user)).size,
        items: new Set(parts[i].map(({ item }) => item)).size,
      }),
    );
    assert.equal(summary.interactions, all.length);
    const position = new Map(all.map((row, i) => [key(row), i]));
    for (const part of parts)
      assert.ok(
        part.every(
          (row, i) => i === 0 || Number(position.get(key(part[i - 1]))) < Number(position.get(key(row))),
        ),
        'in the order of the file',
      );
    split(`ratings.csv --by ${by} -o ${by}-again --seed 1`);
    assert.deepEqual(bytesOf(`${by}-again`), bytesOf(by));
    split(`ratings.csv --by ${by} -o ${by}-2 --seed 2`);
    (by === 'temporal' || by === 'leave-last-out' ? assert.deepEqual : assert.notDeepEqual)(
      bytesOf(`${by}-2`),
      bytesOf(by),
    );
  });

test('leave-last-out takes the last by time', () => {
  const timesIn = (/** @type {string} */ path) => new Map(rowsOf(path).map(({ user, time }) => [user, time]));
  const tests = timesIn('leave-last-out/test.csv');
  const validations = timesIn('leave-last-out/validation.csv');
  for (const [user, rows] of people) {
    const times = rows
      .map((/** @type {any} */ row) => row.time)
      .sort()
      .reverse();
    assert.equal(tests.get(user), rows.length > 1 ? times[0] : undefined, user);
    assert.equal(validations.get(user), rows.length > 2 ? times[1] : undefined, user);
  }
  split('ratings.csv --by leave-last-out -o no-validation --validation 0');
  assert.deepEqual(Object.keys(bytesOf('no-validation')).sort(), ['test.csv', 'train.csv']);
});

test('leave-one-out takes any event, and one stays', () => {
  const tests = rowsOf('leave-one-out/test.csv');
  const ranks = tests.map(
    (row) =>
      people.get(row.user).findIndex((/** @type {any} */ other) => key(other) === key(row)) /
      people.get(row.user).length,
  );
  assert.equal(tests.length, [...people.values()].filter((rows) => rows.length > 1).length);
  const mean = ranks.reduce((a, b) => a + b, 0) / ranks.length;
  assert.ok(mean > 0.35 && mean < 0.55, `${mean}`);
});

test('temporal cuts at two moments', () => {
  const times = Object.fromEntries(
    ['train', 'validation', 'test'].map((name) => [
      name,
      rowsOf(`temporal/${name}.csv`).map(({ time }) => Number(time)),
    ]),
  );
  assert.ok(Math.max(...times.train) < Math.min(...times.validation));
  assert.ok(Math.max(...times.validation) < Math.min(...times.test));
  for (const name of ['validation', 'test'])
    assert.ok(Math.abs(times[name].length / all.length - 0.1) < 0.02, `${name} ${times[name].length}`);
  const { cuts } = split('ratings.csv --by temporal -o temporal-2 --force');
  assert.deepEqual(cuts, { validation: Math.min(...times.validation), test: Math.min(...times.test) });
});

test('random takes the share that was asked for, and leaves everybody something', () => {
  const { files } = split('ratings.csv --by random -o random-30 --test 0.3 --validation 0.2');
  assert.ok(Math.abs(files['test.csv'].interactions / all.length - 0.3) < 0.02);
  assert.ok(Math.abs(files['validation.csv'].interactions / all.length - 0.2) < 0.02);
  assert.equal(files['train.csv'].people, people.size);
});

test('user holds whole people out, each with a history and a test', () => {
  const who = (/** @type {string} */ name) => new Set(rowsOf(`user/${name}.csv`).map(({ user }) => user));
  const sets = ['train', 'test', 'validation'].map(who);
  assert.equal(
    sets.reduce((sum, set) => sum + set.size, 0),
    people.size,
  );
  assert.equal(new Set(sets.flatMap((set) => [...set])).size, people.size);
  assert.equal(sets[1].size, 15);
  for (const name of ['test', 'validation'])
    assert.deepEqual([...who(name)].sort(), [...who(`${name}-history`)].sort());
  for (const [user, rows] of people)
    if (rows.length === 1) assert.ok(sets[0].has(user), 'one event cannot be split');
  const held = rowsOf('user/test.csv').length;
  const kept = rowsOf('user/test-history.csv').length;
  assert.ok(held / (held + kept) > 0.15 && held / (held + kept) < 0.3, `${held} of ${held + kept}`);
});

test('odd ids, no ratings, microseconds: what was read is what is written', () => {
  const ids = ['a,b', 'say "x"', 'a::b', 'tab\there', ' blank', 'ünï', '2', '-'];
  const cell = (/** @type {string} */ id) => `"${id.replaceAll('"', '""')}"`;
  const lines = ids.flatMap((user) =>
    ids.slice(0, 4).map((item, i) => `${cell(user)},${cell(item)},${1_600_000_000_000_000 + i * 1_000_000}`),
  );
  writeFileSync(`${folder}/odd.csv`, `user,item,time\n${lines.join('\n')}\n`);
  split('odd.csv --by leave-last-out -o odd');
  const rows = ['train', 'validation', 'test'].flatMap((name) => rowsOf(`odd/${name}.csv`));
  assert.deepEqual(Object.keys(rows[0]), ['user', 'item', 'time']);
  assert.deepEqual([...new Set(rows.map(({ user }) => user))].sort(), [...ids].sort());
  assert.ok(rows.every(({ time }) => /^16000000\d{8}$/.test(time)));
  assert.equal(split('odd/train.csv --by random -o odd-2').interactions, 16);
  writeFileSync(`${folder}/lists.txt`, 'u1 a b c d\nu2 b c\nu3 c d e f g\n');
  const { files } = split('lists.txt --by leave-one-out -o lists');
  assert.equal(readFileSync(`${folder}/lists/train.csv`, 'utf8').split('\n')[0], 'user,item');
  assert.deepEqual(
    Object.values(files).map((/** @type {any} */ { interactions }) => interactions),
    [6, 2, 3],
  );
});

test('--min-rating leaves out and counts', () => {
  const summary = split('ratings.csv --by random -o good --min-rating 3');
  const kept = all.filter(({ rating }) => Number(rating) >= 3).length;
  assert.deepEqual([summary.interactions, summary.belowMinRating], [kept, all.length - kept]);
  assert.equal(
    Object.values(summary.files).reduce((sum, /** @type {any} */ file) => sum + file.interactions, 0),
    kept,
  );
});

test('an older split is not overwritten; with --force nothing of it is left', () => {
  split('ratings.csv --by user -o twice');
  const old = bytesOf('twice');
  const refused = ampcf('split ratings.csv --by random -o twice');
  assert.equal(refused.status, 2);
  assert.match(
    refused.stderr,
    /-o: got twice, which has train\.csv, .*test\.csv, wanted a folder without, or --force/,
  );
  assert.deepEqual(bytesOf('twice'), old);
  writeFileSync(`${folder}/twice/notes.txt`, 'mine');
  split('ratings.csv --by random -o twice --force --validation 0');
  assert.deepEqual(readdirSync(`${folder}/twice`).sort(), ['notes.txt', 'test.csv', 'train.csv']);
});

test('all files or none', () => {
  mkdirSync(`${folder}/blocked/validation.csv`, { recursive: true });
  const { status, stderr } = ampcf('split ratings.csv --by random -o blocked --force -q');
  assert.equal(status, 5, stderr);
  assert.match(stderr, /IO: blocked\/validation\.csv: cannot write: is a folder/);
  assert.deepEqual(readdirSync(`${folder}/blocked`), ['validation.csv']);
});

/** @type {Refusal[]} */
const refusals = [
  ['', 2, /RATINGS is missing/],
  [
    'ratings.csv -o x',
    2,
    /--by is missing, wanted one of leave-last-out, leave-one-out, temporal, latest, random, user/,
  ],
  ['ratings.csv -o x --by magic', 2, /--by: got "magic", wanted one of/],
  ['ratings.csv --by random', 2, /-o FOLDER is missing/],
  ['ratings.csv -o x --by random --test 0', 2, /got 0 and 0\.1, wanted a test above 0 and a sum below 1/],
  ['ratings.csv -o x --by random --test 0.6 --validation 0.4', 2, /wanted a test above 0 and a sum below 1/],
  ['ratings.csv -o x --by random --test x', 2, /--test: got "x", wanted a number from 0 to 1/],
  [
    'ratings.csv -o x --by leave-one-out --test 0.2',
    2,
    /--test: got a share with --by leave-one-out, wanted none/,
  ],
  ['ratings.csv -o x --by leave-one-out --validation 0.2', 2, /--validation: got a share/],
  ['ratings.csv -o x --by random --seed 1.5', 2, /--seed: got "1\.5", wanted a whole number/],
  [
    'plain.csv -o x --by leave-last-out',
    2,
    /--by leave-last-out: got a file without times, wanted a time column/,
  ],
  ['plain.csv -o x --by temporal', 2, /--by temporal: got a file without times/],
  ['plain.csv -o x --by random --min-rating 3', 2, /--min-rating: the file has no rating column/],
  [
    'plain.csv -o x --by leave-one-out',
    3,
    /NO_DATA: validation: got none of 4 events \(leave-one-out\), wanted at least one/,
  ],
  ['ratings.csv -o x --by random --min-rating 9', 3, /NO_DATA: train: got none of 0 events/],
  ['bad.csv -o x --by random', 3, /^bad\.csv:2: rating is not a number, got "x"/],
  ['missing.csv -o x --by random', 5, /IO: missing\.csv/],
  ['ratings.csv -o plain.csv --by random', 5, /IO: plain\.csv: cannot write: is there and is no folder/],
];

test('exit codes and messages', () => {
  writeFileSync(`${folder}/plain.csv`, 'user,item\nu1,a\nu1,b\nu2,a\nu2,b\n');
  writeFileSync(`${folder}/bad.csv`, 'user,item,rating\nu1,a,x\n');
  refuses('split -q', refusals);
  assert.ok(!existsSync(`${folder}/x`), 'a failed command leaves no folder');
  assert.match(
    ampcf('split plain.csv --by leave-one-out --validation 0 -o table -q').stdout,
    /table\/train\.csv +2 +2 +\d/,
  );
});

test('split, train, evaluate', () => {
  for (const command of [
    'train random/train.csv -o m.ampcf --dim 4 -q',
    'evaluate m.ampcf --history random/train.csv --test random/test.csv ' +
      '--validation random/validation.csv --baselines ease --resamples 20 -q',
    'train user/train.csv -o n.ampcf --dim 4 -q',
    'evaluate n.ampcf --train user/train.csv --history user/test-history.csv --test user/test.csv ' +
      '--baselines popularity --resamples 20 -q',
  ]) {
    const { status, stderr } = ampcf(command);
    assert.equal(status, 0, `${command}: ${stderr}`);
  }
});

test('nothing of ml-latest-small is lost', (t) => {
  if (!existsSync(`${dataFolder}/ml-latest-small`))
    return t.skip(`skipped: no ml-latest-small below ${dataFolder}`);
  for (const by of ['leave-last-out', 'user']) {
    const { files } = split([`${dataFolder}/ml-latest-small/ratings.csv`, '--by', by, '-o', `ml-${by}`]);
    assert.equal(
      Object.values(files).reduce((sum, /** @type {any} */ file) => sum + file.interactions, 0),
      100836,
    );
    const parts = Object.keys(files).flatMap((name) => rowsOf(`ml-${by}/${name}`).map(key));
    const given = /** @type {Record<string, string>[]} */ (
      parse(readFileSync(`${dataFolder}/ml-latest-small/ratings.csv`, 'utf8'), { columns: true })
    ).map(({ userId, movieId, rating, timestamp }) =>
      [userId, movieId, String(Number(rating)), timestamp].join('|'),
    );
    assert.deepEqual(parts.sort(), given.sort());
  }
});
