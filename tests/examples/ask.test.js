// Owns running the example of questions: what it prints is read, not only that it ends. Must not repeat its
// code.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runExample } from './run-example.js';

test('ask.js: asks, lists, finds, takes back, keeps', () => {
  const stdout = runExample('ask');
  assert.match(stdout, /^Do you feel like [^?]+\? (?:yes|no)$/m);
  assert.match(stdout, /^How about .+\? yes, there it is$/m);
  assert.ok(Number(/found: true, after (\d+) turns/.exec(stdout)?.[1]) < 14);
  assert.match(stdout, /nothing is known again: true/);
  assert.match(stdout, /0 events before keep, 1 kept, 1 after/);
});
