// Owns running the example of a profile that learns: what it prints is read, not only that it ends. Must not
// repeat its code.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runExample } from './run-example.js';

test('learn.js: learns, takes back, notices drift, refines, forgets', () => {
  const stdout = runExample('learn');
  const [, top] = /^my top 3 +(.+)$/m.exec(stdout) ?? [];
  assert.ok(stdout.includes(`the top 3 is again ${top}\n`));
  assert.ok(Number(/falls from place 1 to (\d+)/.exec(stdout)?.[1]) > 5);
  assert.match(stdout, /every bit is as if all 56 had been folded at once: true/);
  assert.match(
    stdout,
    /after 12 westerns: alarm \(distance 0\.\d+, by chance 0\.\d+, p = 0\.00\d\); most moved: Western/,
  );
  const [, kept, before, after] =
    /^refine +(kept .*|nothing kept): rank of the latest like (\d+) before, (\d+) after$/m.exec(stdout) ?? [];
  assert.equal(kept.startsWith('kept'), Number(after) <= Number(before));
  assert.ok(Number(/no event is left \(0\), 2 personas are: (\d+) of 20/.exec(stdout)?.[1]) >= 15);
  const [, remembered, score] =
    /^ring of 10 +10 events, and (0\.\d+) .* score of (\d\.\d+)/m.exec(stdout) ?? [];
  assert.ok(0 < Number(remembered) && Number(remembered) < Number(score));
});
