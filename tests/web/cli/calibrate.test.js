// Owns the test of `ampcf calibrate` as a command: exit codes, messages, what is written. Must not know the
// mathematics.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { people, smallModel } from '../../support.js';
import { commandIn } from './command.js';

const { folder, ampcf, json, refuses } = commandIn('calibrate');
const at = (/** @type {string} */ name) => join(folder, name);

before(async () => {
  writeFileSync(at('m.ampcf'), await smallModel());
  const rows = people.flatMap(({ history }, u) =>
    history.map(({ item }, i) => ({ row: `u${u},${item}`, i, u })),
  );
  const write = (
    /** @type {string} */ name,
    /** @type {(i: number) => boolean} */ keep,
    rating = (/** @type {number} */ _i) => 5,
  ) =>
    writeFileSync(
      at(name),
      `user,item,rating\n${rows
        .filter(({ i }) => keep(i))
        .map(({ row, i }) => `${row},${rating(i)}`)
        .join('\n')}\n`,
    );
  // One rating below the rest, so that the file has a scale.
  write(
    'history.csv',
    (i) => i % 4 > 0,
    (i) => (i % 16 === 1 ? 1 : 5),
  );
  write(
    'test.csv',
    (i) => i % 4 === 0,
    (i) => (i % 8 === 0 ? 5 : 1),
  );
  writeFileSync(at('few.csv'), `user,item,rating\nu0,${people[0].history[0].item},5\n`);
  writeFileSync(at('strangers.csv'), `user,item,rating\nx,${people[0].history[0].item},5\n`);
});

test('calibrate says whom it asked and of what, and the file has the map', () => {
  const { status, stderr } = ampcf('calibrate m.ampcf --history history.csv --test test.csv -o c.ampcf');
  assert.equal(status, 0, stderr);
  assert.match(stderr, /^asked {4}200 people, [\d,]+ likes that were held out$/m);
  assert.match(stderr, /^of {7}the catalogue: \d+\.\d+ % of it is among the likes of a person$/m);
  assert.match(stderr, /^error {4}0\.\d+ on people/m);
  assert.match(stderr, /^wrote {4}c.ampcf/m);
  const { metadata } = json('inspect c.ampcf');
  assert.equal(metadata.confidence.population, 'catalogue');
  const summary = json('calibrate m.ampcf --history history.csv --test test.csv -o again.ampcf');
  assert.deepEqual(readFileSync(at('again.ampcf')), readFileSync(at('c.ampcf')));
  assert.equal(summary.population, 'catalogue');
  assert.equal(summary.baseRate, metadata.confidence.baseRate);
});

test('what was shown may be the ratings of the test', () => {
  const found = json(
    'calibrate m.ampcf --history history.csv --test test.csv --shown test.csv --level 0.5 -o s.ampcf',
  );
  assert.equal(found.population, 'shown');
  assert.ok(found.baseRate > 0.35 && found.baseRate < 0.65, String(found.baseRate));
  assert.equal(json('inspect s.ampcf').metadata.confidence.level, 0.5);
});

test('what is missing or wrong is refused, each with its exit code', () => {
  const all = '--history history.csv --test test.csv';
  refuses('calibrate', [
    [`m.ampcf ${all}`, 2, /-o OUT is missing/],
    ['m.ampcf --test test.csv -o x.ampcf', 2, /--history FILE is missing/],
    ['m.ampcf --history history.csv -o x.ampcf', 2, /--test FILE is missing/],
    [`m.ampcf ${all} --level 2 -o x.ampcf`, 2, /--level: got "2"/],
    ['m.ampcf --history history.csv --test few.csv -o x.ampcf', 3, /NO_DATA: calibration: got 1 held-out/],
    ['m.ampcf --history history.csv --test strangers.csv -o x.ampcf', 3, /NO_DATA: --test: no person/],
    [`history.csv ${all} -o x.ampcf`, 4, /history.csv/],
    ['m.ampcf --history none.csv --test test.csv -o x.ampcf', 5, /none.csv/],
  ]);
  refuses('train', [
    ['history.csv -o x.ampcf --calibrate', 2, /--calibrate: got it alone/],
    ['history.csv -o x.ampcf --auto --minutes 1 --calibrate', 2, /--calibrate: got it with --auto/],
  ]);
});

test('train keeps the map of its validation', () => {
  const { status, stderr } = ampcf(
    'train history.csv -o t.ampcf --dim 8 --sweeps 4 --min-support 1 --validation 0.2 --calibrate',
  );
  assert.equal(status, 0, stderr);
  assert.match(stderr, /^probabilities by \d+ people, expected error 0\.\d+$/m);
  assert.equal(json('inspect t.ampcf').metadata.confidence.population, 'catalogue');
});
