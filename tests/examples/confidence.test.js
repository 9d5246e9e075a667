// Owns running the example of probabilities: what it prints is read, not only that it ends. Must not repeat
// its code.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runExample } from './run-example.js';

test('confidence.js: calibrates, says how likely, explores, reads stars', () => {
  const stdout = runExample('confidence');
  assert.ok(Number(/expected error (\d\.\d+)/.exec(stdout)?.[1]) < 0.02, stdout);
  const rows = [
    ...stdout.matchAll(/^(\d\.\d\d) \((\d\.\d\d) to (\d\.\d\d)\) {2}.+: You .+ speaks of this$/gm),
  ];
  assert.equal(rows.length, 5, stdout);
  for (const [, p, low, high] of rows) assert.ok(low <= p && p <= high);
  const [, plain] = /^plain +(.+)$/m.exec(stdout) ?? [];
  assert.ok(plain && stdout.includes(`strength 0   ${plain}\n`));
  const [, harsh, soft] =
    /gives ones counts as (-?\d\.\d+), of somebody who gives fives as (-?\d\.\d+)/.exec(stdout) ?? [];
  assert.ok(Number(harsh) > Number(soft));
});
