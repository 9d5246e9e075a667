// Owns running the example of what stays private: what it prints is read, not only that it ends. Must not
// repeat its code; privacy.test.js has the detectors.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runExample } from './run-example.js';

test('private.js: nobody in the file, no request, and an honest word about the attack', () => {
  const stdout = runExample('private');
  assert.equal(stdout.match(/^the person as .* is not in the file$/gm)?.length, 3);
  assert.ok(Number(/alone had is not in the file: (\d+) events? with items/.exec(stdout)?.[1]) >= 1);
  assert.match(stdout, /10,000 events and 1,000 rankings later: 0 requests, 2[0-5]\d events on the device/);
  const [, auc, low, high] = /AUC (0\.\d\d) \((0\.\d\d) to (0\.\d\d)\); 0\.50 is chance/.exec(stdout) ?? [];
  assert.ok(Number(low) <= Number(auc) && Number(auc) <= Number(high));
});
