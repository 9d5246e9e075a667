// Owns the tests of the clock of a search. Must not wait for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deadline } from '../../../web/cli/deadline.js';

const { signal } = new AbortController();

test('what the last training needs is kept for it', () => {
  const until = deadline(signal, 10);
  assert.equal(until.over(), false);
  until.keep(500);
  assert.equal(until.over(), false);
  until.keep(600); // all ten minutes
  assert.equal(until.over(), true);
  until.keep(60); // the best is a quicker one now
  assert.equal(until.over(), false);
  until.clear();
});

test('the first trial runs to its end, whatever the clock says', () => {
  const until = deadline(signal, 1e-9);
  assert.equal(until.signal.aborted, false);
  until.clear();
  const without = deadline(signal, undefined);
  without.keep(1e9);
  assert.deepEqual([without.over(), without.signal.aborted], [false, false]);
  without.clear();
});

test('an abort is passed on', () => {
  const stop = new AbortController();
  const until = deadline(stop.signal, undefined);
  stop.abort('why');
  assert.deepEqual([until.over(), until.signal.reason], [true, 'why']);
});
