// Owns running the example of this visit: what it prints is read, not only that it ends. Must not repeat its
// code.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runExample } from './run-example.js';

test('now.js: the list follows who is here, and the profile does not change', () => {
  const stdout = runExample('now');
  const first = (/** @type {string} */ what) =>
    new RegExp(`^${what} +(.+?) (\\d+) %`, 'm').exec(stdout) ?? [];
  const [, noir, sure] = first('looked at Double Indemnity');
  const [, cartoons] = first('says: Animation');
  assert.notEqual(noir, cartoons);
  assert.ok(Number(sure) > 60);
  assert.match(cartoons, /Animation/);
  assert.match(stdout, /^a visit of westerns .*Western \d\d %/m);
  assert.match(stdout, /\[.*Western.*\]/);
  assert.match(stdout, /still has 6 events\nkept 2, and now it has 8\nundone, and it has 6 again/);
});
