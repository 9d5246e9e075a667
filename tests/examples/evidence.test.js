// Owns running the example of evidence: what it prints is read, not only that it ends. Must not repeat its
// code.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runExample } from './run-example.js';

test('evidence.js: two people care about other things, and each sentence says that it is made up', () => {
  const stdout = runExample('evidence');
  assert.match(stdout, /^\d+ sentences of \d+ films, \d+ bytes$/m);
  const shares = [...stdout.matchAll(/^who likes .*: atmosphere (\S+), drawings (\S+), acting/gm)];
  const [noir, animation] = shares.map(([, atmosphere, drawings]) => [atmosphere, drawings].map(Number));
  assert.ok(noir[0] > 2 * animation[0] && animation[1] > 2 * noir[1], shares.join());
  const sentences = [...stdout.matchAll(/^ {4}([-+ ]) (.+) {2}\[(.+), (.+)\]$/gm)];
  assert.ok(sentences.length >= 6, `${sentences.length}`);
  for (const [, , text, aspect] of sentences) {
    assert.match(text, /^Made up: /);
    assert.ok(text.includes(aspect), text);
  }
  assert.ok(new Set(sentences.map(([, sign]) => sign)).size > 1, 'for and against');
});
