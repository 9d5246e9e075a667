// Owns the tests that the order of rows in a file changes nothing: what is held out, what is merged, what is
// chosen, and the bytes of the model. Must not test which events are held out.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { below, seeded } from '../../support.js';
import { commandIn } from './command.js';

const { folder, ampcf, json } = commandIn('row-order');

/** Two tastes; times with many ties, and pairs that come again, also at the same time. */
function rowsMade() {
  const random = seeded(3);
  /** @type {string[]} */
  const rows = [];
  for (let u = 0; u < 60; u++)
    for (let n = 0; n < 14; n++) {
      const item = 2 * below(random, 16) + (below(random, 8) === 0 ? 1 - (u % 2) : u % 2);
      const time = 1_600_000_000 + 10 * (u % 9) + 100 * Math.floor(n / 5);
      rows.push(`u${u},i${item},${(1 + below(random, 50)) / 10},${time}`);
    }
  return rows;
}

/** @param {string[]} rows */
function shuffled(rows) {
  const random = seeded(9);
  const out = [...rows];
  for (let i = out.length - 1; i > 0; i--) {
    const j = below(random, i + 1);
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}

const header = 'user,item,plays,time';
const rows = rowsMade();
const withoutTime = (/** @type {string[]} */ list) => list.map((row) => row.split(',').slice(0, 3).join());
for (const [name, list] of /** @type {const} */ ([
  ['a', rows],
  ['b', shuffled(rows)],
  ['c', [...rows].reverse()],
])) {
  writeFileSync(`${folder}/${name}.csv`, `${[header, ...list].join('\n')}\n`);
  writeFileSync(`${folder}/${name}-plain.csv`, `${['user,item,plays', ...withoutTime(list)].join('\n')}\n`);
}

const linesOf = (/** @type {string} */ path) =>
  readFileSync(`${folder}/${path}`, 'utf8').trim().split('\n').sort();

for (const by of ['leave-last-out', 'leave-one-out', 'temporal', 'latest', 'random', 'user'])
  for (const duplicates of ['last', 'sum'])
    test(`split --by ${by} --duplicates ${duplicates} holds the same events out`, () => {
      for (const name of ['a', 'b', 'c'])
        json(`split ${name}.csv --by ${by} --duplicates ${duplicates} -o ${name}-${by}-${duplicates}`);
      const parts = readdirSync(`${folder}/a-${by}-${duplicates}`);
      assert.ok(parts.length >= 3);
      for (const part of parts)
        for (const name of ['b', 'c'])
          assert.deepEqual(
            linesOf(`${name}-${by}-${duplicates}/${part}`),
            linesOf(`a-${by}-${duplicates}/${part}`),
            part,
          );
    });

const trainings = [
  '--weights',
  '--weights --duplicates sum',
  '--validation 0.2',
  '--validation 0.2 --hold-out random --objective logistic --epochs 2',
  '--validation 0.2 --weights --duplicates sum --neighbours 5',
];
for (const options of trainings)
  test(`train ${options} gives the same bytes`, () => {
    for (const suffix of options.includes('hold-out') || !options.includes('validation')
      ? ['', '-plain']
      : ['']) {
      const [a, b, c] = ['a', 'b', 'c'].map((name) => {
        const { status, stderr } = ampcf(
          `train ${name}${suffix}.csv ${options} --dim 6 --min-support 2 -o ${name}.ampcf -q`,
        );
        assert.equal(status, 0, stderr);
        return readFileSync(`${folder}/${name}.ampcf`);
      });
      assert.ok(a.equals(b) && a.equals(c), suffix);
    }
  });

test('tune tries and chooses the same', () => {
  const [a, b] = ['a', 'b'].map((name) => {
    const found = json(
      `tune ${name}.csv --validation 0.2 --trials 3 --cores 1 --dim 6 --min-support 2 --neighbours 0 ` +
        `-o ${name}.ampcf`,
    );
    for (const result of found.results) delete result.seconds;
    return { ...found, model: '', command: '', seconds: 0, bytes: readFileSync(`${folder}/${name}.ampcf`) };
  });
  assert.deepEqual(b.results, a.results);
  assert.deepEqual(b.settings, a.settings);
  assert.ok(a.bytes.equals(b.bytes));
});

test('evaluate measures the same', () => {
  assert.equal(ampcf('train a-latest-last/train.csv --dim 6 --min-support 2 -o e.ampcf -q').status, 0);
  const [a, b] = ['a', 'b'].map((name) =>
    json(
      `evaluate e.ampcf --history ${name}-latest-last/train.csv --test ${name}-latest-last/test.csv ` +
        '--baselines popularity,itemknn',
    ),
  );
  assert.deepEqual({ ...b, model: '', seconds: 0 }, { ...a, model: '', seconds: 0 });
});
