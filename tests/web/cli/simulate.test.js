// Owns the tests of `ampcf simulate`: table, chart, JSON, exit codes, interruption. Must not judge the
// figures: tests/web/simulate does.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { smallModel } from '../../support.js';
import { commandIn, skipSignals } from './command.js';

const { folder, ampcf, json, refuses, interrupt } = commandIn('simulate');
const at = (/** @type {string} */ name) => join(folder, name);
before(async () => {
  writeFileSync(at('m.ampcf'), await smallModel());
  writeFileSync(at('bare.ampcf'), await smallModel({ items: new Map() }));
});
const few = '--people 8 --rounds 3';

describe('ampcf simulate', () => {
  test('prints the first, the middle and the last round of every policy', () => {
    const { status, stdout, stderr } = ampcf(`simulate m.ampcf ${few}`);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^m\.ampcf \([\d,]+ items\): 8 people by coverage, 3 rounds of lists of 10$/m);
    assert.match(stdout, /have \d+ % of \d+ aspects \(\d+ % of rare ones\), \d+ % of 24 clusters/);
    for (const round of [1, 2, 3]) assert.match(stdout, new RegExp(`^round ${round}$`, 'm'));
    for (const name of ['one', 'personas', 'proportional', 'calibrate', 'epsilon'])
      assert.equal(
        stdout.match(new RegExp(`^ +${name} +\\d+\\.\\d\\d +\\d+\\.\\d\\d +0\\.\\d+`, 'gm'))?.length,
        3,
      );
    assert.doesNotMatch(stdout, /NaN|undefined|null/);
    assert.match(ampcf(`simulate bare.ampcf ${few}`).stdout, /have \d+ % of \d+ clusters/);
  });

  test('--json has every round, and is the same by the same seed', () => {
    const command = `simulate m.ampcf ${few} --seed 3 --by density --policies one,ring=2,session=2 -k 5`;
    const first = json(command);
    assert.deepEqual(json(command), first);
    assert.deepEqual(
      first.policies.map((/** @type {any} */ { name, rounds }) => [name, rounds.length]),
      [
        ['one', 3],
        ['ring=2', 3],
        ['session=2', 3],
      ],
    );
    const { people, rounds, topK, by, seed } = first.settings;
    assert.deepEqual([people, rounds, topK, by, seed], [8, 3, 5, 'density', 3]);
    assert.ok(first.consistency.within > 0 && first.support.clusters.regions > 0);
  });

  test('explores by the posterior of each person', () => {
    const { policies } = json(`simulate m.ampcf ${few} --policies one,thompson=0.5,ucb=0.5`);
    const taken = policies.map((/** @type {any} */ { rounds }) => JSON.stringify(rounds));
    assert.equal(new Set(taken).size, 3);
  });

  test('-o writes figures and people, --chart lines that ask nothing of a network', () => {
    const { status, stderr } = ampcf(`simulate m.ampcf ${few} -o out.json --chart out.svg --retrain --dim 4`);
    assert.equal(status, 0, stderr);
    const { people, policies, settings } = JSON.parse(readFileSync(at('out.json'), 'utf8'));
    assert.deepEqual([people.length, settings.retrain], [8, { dim: 4 }]);
    assert.ok(people[0].history.length > 3 && people[0].tastes[0].vector.length === 12);
    const chart = readFileSync(at('out.svg'), 'utf8');
    assert.match(chart, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    assert.equal(chart.match(/<svg /g)?.length, 7);
    for (const { name } of policies) assert.ok(chart.includes(`>${name}</text>`), name);
    assert.doesNotMatch(chart.replaceAll(/xmlns(:\w+)?="[^"]*"/g, ''), /https?:|<script|url\(|NaN|undefined/);
  });

  test('- is standard output, which then has nothing else', () => {
    const { stdout } = ampcf(`simulate m.ampcf ${few} --policies one -o -`);
    assert.equal(JSON.parse(stdout).people.length, 8);
    assert.match(ampcf(`simulate m.ampcf ${few} --policies one --chart -`).stdout, /^<svg [^]*<\/svg>\n$/);
  });

  test('refuses what it cannot use, and an output it cannot write before any work', () => {
    refuses('simulate', [
      ['', 2, /MODEL is missing/],
      ['m.ampcf --people 0', 2, /--people: got "0"/],
      ['m.ampcf --by chance', 2, /--by: got "chance", wanted coverage or density/],
      ['m.ampcf --policies best', 2, /policies: got best, wanted one of one, personas/],
      ['m.ampcf --dim 8', 2, /--dim: got 8, wanted --retrain with it/],
      ['m.ampcf --roundz 3', 2, /--rounds/],
      ['m.ampcf -o m.ampcf', 2, /-o: got m\.ampcf, which is the file of MODEL/],
      ['m.ampcf -o x.json --chart x.json', 2, /--chart: got x\.json, which is the file of -o/],
      ['m.ampcf -o no/such/folder/x.json --people 99999', 5, /folder/],
      ['none.ampcf', 5, /none\.ampcf/],
      [`bare.ampcf ${few} --policies calibrate`, 3, /NO_ASPECTS/],
      ['m.ampcf --people 100000', 3, /LIMIT: people times items/],
    ]);
    writeFileSync(at('bad.ampcf'), 'no model');
    refuses('simulate', [['bad.ampcf', 4, /not an ampcf model/]]);
    assert.match(ampcf('simulate --help').stdout, /--policies/);
    assert.match(ampcf('--help').stdout, /ampcf simulate MODEL/);
  });

  test('ends when it is interrupted, and writes nothing', { skip: skipSignals }, async () => {
    const { status, stderr } = await interrupt(
      'simulate m.ampcf --people 200 --rounds 900 --policies one -o late.json',
      'rounds   900',
    );
    assert.equal(status, 130, stderr);
    assert.match(stderr, /interrupted, nothing was changed/);
    assert.ok(!existsSync(at('late.json')));
  });
});
