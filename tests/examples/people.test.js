// Owns running the example of a shared device: what it prints is read, not only that it ends. Must not repeat
// its code.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runExample } from './run-example.js';

test('people.js: tells two people apart, says who is here, ranks for each', () => {
  const stdout = runExample('people');
  const parts = /1, 2, 3, 4 people: (\d+) %, (\d+) %, (\d+) %, (\d+) %/.exec(stdout)?.slice(1).map(Number);
  assert.ok(parts && Math.abs(parts.reduce((a, b) => a + b, 0) - 100) <= 2);
  const labels = [...stdout.matchAll(/^person \d +(.+), \d+ %, such as /gm)].map(([, label]) => label);
  assert.equal(new Set(labels).size, 2);
  assert.ok(labels.includes('Western'));
  const [, right, all] = /right for (\d+) of (\d+)/.exec(stdout) ?? [];
  assert.ok(Number(right) >= 0.9 * Number(all) && Number(all) === 30);
  assert.ok(Number(/^two westerns .*\bWestern (\d+) %/m.exec(stdout)?.[1]) > 80);
  assert.ok(Number(/^two cartoons .*\bWestern (\d+) %/m.exec(stdout)?.[1]) < 20);
  assert.equal([...stdout.matchAll(/^for .+: .+, .+, .+$/gm)].length, 2);
  assert.match(stdout, /person 1 is Western/);
});
