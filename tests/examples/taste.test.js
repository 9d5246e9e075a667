// Owns running the examples of taste: what they print is read, not only that they end. Must not repeat their
// code.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runExample } from './run-example.js';

test('taste.js: my list is nearer to my taste than what is popular, by every distance in both spaces', () => {
  const out = runExample('taste');
  assert.match(out, /^p\d+ liked \d+ films: [A-Z][a-z ]+ 90 %, [A-Z][a-z ]+ 10 %$/m);
  for (const name of ['my history  ', 'my top 10   ', 'most popular'])
    assert.match(out, new RegExp(`^${name} ([A-Z][\\w -]+ \\d+ %(, |$)){5}`, 'm'));
  const rows = [...out.matchAll(/^(aspects|clusters) +(\w+) +(\d\.\d{3}) +(\d\.\d{3})$/gm)];
  assert.equal(rows.length, 10);
  for (const [line, , , mine, popular] of rows)
    assert.ok(0 < Number(mine) && Number(mine) < Number(popular), line);
  const [, low, high] = /are (\d\.\d{3}) to (\d\.\d{3}) from it \(90 % of 200 draws\)/.exec(out) ?? [];
  assert.ok(0 < Number(low) && Number(low) < Number(high) && Number(high) < 1);
  assert.match(
    out,
    /The largest of 24 item clusters is "[A-Z].*": \d+ films such as (?:.+ \(\d{4}\)(?:, |$)){3}/m,
  );
  assert.match(out, /0\.174 between 70\/30 and 50\/50/);
});

test('calibrate.js: calibration lowers the distance, costs score, and brings in films', () => {
  const out = runExample('calibrate');
  const rows = [
    ...out.matchAll(/^(.+?) +mean score (\d\.\d{3}) +taste distance (\d\.\d{3}) +KL (\d\.\d{3})$/gm),
  ].map(([, name, ...figures]) => ({ name, figures: figures.map(Number) }));
  assert.deepEqual(
    rows.map(({ name }) => name),
    [
      'by score',
      'calibrate 0.2',
      'calibrate 0.5',
      'calibrate 0.8',
      'calibrate 1',
      'in proportion',
      'mmr, lambda 0.5',
      'dpp, lambda 0.5',
    ],
  );
  for (let i = 1; i < 5; i++) {
    const [score, , kl] = rows[i].figures,
      [scoreBefore, , klBefore] = rows[i - 1].figures;
    assert.ok(score <= scoreBefore && kl <= klBefore, `${rows[i].name}: ${rows[i].figures}`);
  }
  assert.ok(rows[4].figures[2] < rows[0].figures[2] / 2);
  assert.ok(rows[5].figures[1] < rows[0].figures[1], 'lists in proportion are nearer to the taste');
  for (const { figures } of rows.slice(6)) assert.ok(figures[0] < rows[0].figures[0]);
  assert.match(out, /New in the list with calibrate 0\.8:\n( {2}.+ \(\d{4}\) \([A-Z].*\)\n?)+$/);
});
