// Owns running the example of simulation: what it prints is read, not only that it ends. Must not repeat its
// code.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runExample } from './run-example.js';

test('simulate.js: coverage has the rare genres, and lists by taste beat popular ones', () => {
  const out = runExample('simulate');
  const rare = (/** @type {string} */ by) =>
    Number(
      new RegExp(`^${by} +60 people have \\d+ % of the genres \\((\\d+) % of the rare`, 'm').exec(out)?.[1],
    );
  assert.ok(rare('coverage') >= rare('density') && rare('coverage') > 80, out);
  assert.match(out, /^s\d+ likes .+ \d+ %, .+ \d+ % and says [A-Z].+: .+\(\d{4}\), \.\.\.$/m);
  const rows = [
    ...out.matchAll(/^(\w+) +hits (\d\.\d\d), first (\d\.\d\d), last (\d\.\d\d); distance (\.|\d)/gm),
  ];
  const hits = Object.fromEntries(rows.map(([, name, mean]) => [name, Number(mean)]));
  assert.deepEqual(Object.keys(hits), ['one', 'personas', 'proportional', 'popular', 'lessPopular']);
  assert.ok(hits.personas > hits.popular && hits.proportional > hits.popular, out);
});
