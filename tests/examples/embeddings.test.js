// Owns running the example of embeddings: what it prints is read, not only that it ends. Must not repeat its
// code.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runExample } from './run-example.js';

test('embeddings.js: two tastes are told apart, and each reason is of the taste that it names', () => {
  const text = runExample('embeddings/embeddings');
  assert.match(text, /^4\d\d films, 128 numbers each, no interactions: \d+ bytes$/m);
  assert.match(text, /^50 % {2}Science fiction.*: Alien \(1979\), Aliens/m);
  assert.match(text, /^50 % {2}Animation.*: Spirited Away \(2001\), My Neighbor/m);
  const reasons = [...text.matchAll(/^(.+): Because your (.+) side liked (.+?)(?:, placed here.*)?$/gm)];
  assert.equal(reasons.length, 8);
  for (const [line, , side, why] of reasons)
    assert.equal(/Animation/.test(side), /Spirited|Totoro|Mononoke|Howl/.test(why), line);
  const scores = [...text.matchAll(/^(-?\d\.\d{3}) {2}(.+)$/gm)].map(([, score, title]) => ({
    score,
    title,
  }));
  assert.deepEqual(
    scores.map(({ title }) => title),
    ["Kiki's Delivery Service (1989)", 'The Terminator (1984)', 'The Godfather (1972)'],
  );
  assert.match(text, /^unknown$/m);
});
