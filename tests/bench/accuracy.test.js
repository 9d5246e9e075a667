// Owns the tests of what `npm run bench:accuracy` does besides measuring: what is held out, means over seeds,
// the section of RESULTS.md, refusals.
// Must not need a data set.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { holdOutOne } from './accuracy/data.js';
import { overSeeds } from './accuracy/measure.js';
import { rewriteSection } from './accuracy/section.js';
import { markdownTable, signed } from './accuracy/text.js';
import { withSection } from './marked-section.js';
import { resultsFile } from './results.js';
import { root, sample, seeded } from '../support.js';

const bench = (/** @type {string[]} */ ...args) =>
  spawnSync(process.execPath, [fileURLToPath(new URL('tests/bench/accuracy.js', root)), ...args], {
    encoding: 'utf8',
  });

test('one event of each person is held out, by the person alone', () => {
  const random = seeded(5),
    ids = Array.from({ length: 300 }, (_, j) => `i${j}`);
  const train = new Map(Array.from({ length: 80 }, (_, u) => [`u${u}`, sample(ids, 1 + (u % 20), random)])),
    { history, candidates } = holdOutOne(train);
  for (const [user, events] of train) {
    const [heldOut, ...negatives] = candidates.get(user) ?? [],
      left = history.get(user) ?? [];
    if (events.length === 1) {
      assert.deepEqual([heldOut, left], [undefined, events]);
      continue;
    }
    assert.deepEqual([...left, heldOut].sort(), [...events].sort());
    assert.equal(new Set(negatives).size, 99);
    assert.ok(!negatives.some((item) => events.includes(item)));
  }
  const reordered = holdOutOne(
    new Map([...train].reverse().map(([user, events]) => [user, [...events].reverse()])),
  );
  assert.deepEqual([...reordered.candidates].sort(), [...candidates].sort());
});

test('people are averaged over seeds before their errors', () => {
  const run = (/** @type {number[]} */ values) => ({
    metrics: { 'ndcg@20': values.reduce((a, b) => a + b, 0) / values.length },
    perPerson: { 'ndcg@20': Float64Array.from(values) },
  });
  const { metrics, perPerson, standardErrors } = overSeeds([run([0, 1, 0.5, 0.5]), run([1, 0, 0.5, 0.5])]);
  assert.deepEqual(
    [metrics['ndcg@20'], [...perPerson['ndcg@20']], standardErrors['ndcg@20']],
    [0.5, [0.5, 0.5, 0.5, 0.5], 0],
  );
});

test('the section is rewritten block by block, the rest of the text stays', () => {
  const order = ['protocol', 'a', 'b'],
    empty = 'before\n<!-- accuracy -->\nnot measured yet\n<!-- /accuracy -->\nafter\n';
  const first = rewriteSection(
    empty,
    new Map([
      ['b', 'B 1'],
      ['protocol', 'P 1'],
    ]),
    order,
  );
  assert.ok(
    first.startsWith('before\n<!-- accuracy -->\n') &&
      first.endsWith('\n<!-- /accuracy -->\nafter\n') &&
      !first.includes('not measured'),
  );
  const second = rewriteSection(
    first,
    new Map([
      ['a', 'A 1\n\n| $& | $1 |'],
      ['protocol', 'P 2'],
    ]),
    order,
  );
  assert.deepEqual(
    ['P 2', 'A 1\n\n| $& | $1 |', 'B 1']
      .map((text) => second.indexOf(text))
      .every((at, i, all) => at > (all[i - 1] ?? 0)),
    true,
  );
  assert.ok(!second.includes('P 1'));
  assert.equal(rewriteSection(second, new Map(), order), second);
  for (const broken of ['', '<!-- accuracy -->', '<!-- /accuracy --><!-- accuracy -->', `${empty}${empty}`])
    assert.throws(() => rewriteSection(broken, new Map(), order), /each once and in this order/);
});

test('RESULTS.md has a place for every bench', () => {
  const results = readFileSync(resultsFile, 'utf8');
  assert.ok(
    rewriteSection(results, new Map([['protocol', 'here']]), ['protocol']).includes(
      '<!-- accuracy: protocol -->\nhere\n',
    ),
  );
  const folder = new URL('tests/bench/', root);
  const benches = readdirSync(folder).filter((name) => /^(?!.*\.test\.js).*\.js$/.test(name));
  const sections = benches.flatMap((name) =>
    Array.from(
      readFileSync(new URL(name, folder), 'utf8').matchAll(/\bpublish\(\s*'([a-z-]+)'/g),
      ([, section]) => section,
    ),
  );
  assert.ok(sections.length >= 8, `${sections}`);
  for (const section of sections) {
    const written = withSection(results, section, 'here');
    assert.ok(written.includes(`<!-- ${section} -->\nhere\n<!-- /${section} -->`));
    assert.equal(withSection(written, section, 'here'), written);
  }
  assert.throws(() => withSection('', 'speed', ''), /wanted <!-- speed -->/);
});

test('figures and words are aligned as such', () => {
  assert.match(
    markdownTable(
      ['', 'NDCG', 'source'],
      [
        ['ours', '.2670 ± .0010', 'here'],
        ['other', '**.2**', ''],
      ],
    ),
    /^\|---\|---:\|---\|$/m,
  );
  assert.deepEqual([signed(0.00123), signed(-0.2)], ['+.0012', '-.2000']);
});

test('without data it says so and succeeds; what it does not know is refused', () => {
  const { status, stdout } = bench('--data', '/nowhere/at/all');
  assert.deepEqual(
    [status, stdout],
    [0, 'skipped: no /nowhere/at/all (npm run bench:accuracy -- --data FOLDER)\n'],
  );
  for (const [args, message] of /** @type {[string[], RegExp][]} */ ([
    [['--only', 'magic'], /--only: got magic, wanted ml1m, gowalla, films/],
    [['--on', 'train'], /--on: got train/],
    [['--seeds', 'x'], /--seeds: got x/],
    [['--on', 'validation', '--write'], /--write: figures of validation/],
    [['--choose'], /--choose: settings are chosen --on validation/],
    [['--nonsense'], /--nonsense/],
  ])) {
    const { status: code, stderr } = bench(...args);
    assert.equal(code, 2, args.join(' '));
    assert.match(stderr, message);
  }
});
