// Owns the tests of --cores: the same file and figures, what is said of it, what is refused. Must not test
// how work is shared.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { interactionsOf, people } from '../../support.js';
import { commandIn } from './command.js';

const { ampcf, folder } = commandIn('cores');
const small = '--dim 6 --sweeps 3 --min-support 2 --neighbours 4';

before(() => {
  const { users, items, user, item } = interactionsOf(people);
  const lines = Array.from(user, (u, x) => [users[u], items[item[x]], x % 4 === 0]);
  const csv = (/** @type {boolean} */ late) =>
    `user,item\n${lines.flatMap(([u, j, is]) => (is === late ? [`${u},${j}`] : [])).join('\n')}\n`;
  writeFileSync(join(folder, 'history.csv'), csv(false));
  writeFileSync(join(folder, 'test.csv'), csv(true));
});

/** @param {string} args */
function succeeds(args) {
  const { status, stdout, stderr } = ampcf(args);
  assert.equal(status, 0, stderr);
  return { stdout, stderr };
}

describe('--cores', () => {
  test('gives the same file and says how many there are', () => {
    const one = succeeds(`train history.csv -o one.ampcf ${small} --cores 1`);
    const two = succeeds(`train history.csv -o two.ampcf ${small} --cores 2`);
    assert.ok(readFileSync(join(folder, 'two.ampcf')).equals(readFileSync(join(folder, 'one.ampcf'))));
    assert.doesNotMatch(one.stderr, /^cores/m);
    assert.match(two.stderr, /^cores {4}2 \(--cores N\)$/m);
    const plain = succeeds(`train history.csv -o plain.ampcf ${small}`);
    assert.doesNotMatch(plain.stderr, /^cores/m); // workers would take longer to start
    const softmax = `train history.csv -o s.ampcf --objective softmax --epochs 1 --dim 4 --cores 2`;
    assert.match(succeeds(softmax).stderr, /^cores {4}2 \(--cores N\); softmax: one core$/m);
  });

  test('gives the same figures of an evaluation and of a diagnosis', () => {
    succeeds(`train history.csv -o one.ampcf ${small} --cores 1`);
    for (const command of [
      'evaluate one.ampcf --history history.csv --test test.csv --json',
      'diagnose one.ampcf --history history.csv --people 30 --seeds 1 --json',
    ]) {
      const [one, two] = [1, 2].map((cores) => JSON.parse(succeeds(`${command} --cores ${cores}`).stdout));
      for (const figures of [one, two]) delete figures.seconds;
      assert.deepEqual(two, one);
    }
  });

  test('is refused where it is no number, or does not fit', () => {
    for (const [args, message] of /** @type {[string, RegExp][]} */ ([
      ['train history.csv -o x.ampcf --cores 0', /--cores: got "?0/],
      ['train history.csv -o x.ampcf --cores 65', /--cores: got "?65/],
      ['evaluate one.ampcf --history history.csv --test test.csv --cores x', /--cores: got "?x/],
      ['diagnose one.ampcf --history history.csv --cores 1.5', /--cores: got "?1\.5/],
    ])) {
      const { status, stderr } = ampcf(args);
      assert.equal(status, 2, stderr);
      assert.match(stderr, message);
    }
    const { status, stderr } = ampcf(`train history.csv -o x.ampcf ${small} --cores 3 --max-memory 6MB`);
    assert.notEqual(status, 0);
    assert.match(stderr, /OUT_OF_MEMORY: the training needs/);
    const enough = `train history.csv -o x.ampcf ${small} --cores 1 --max-memory 6MB`;
    assert.equal(ampcf(enough).status, 0); // one core would fit
  });
});
