// Owns that the contestants of the speed bench do the same work: exact ones find the same items with the same
// scores. Must not time anything.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { parseHTML } from 'linkedom';
import { difference, disagreements, found } from './agreement.js';
import { contestants } from './contestants/list.js';
import { growthChart, growthPoints } from './growth.js';
import { race } from './race.js';
import { report } from './report.js';
import { makeTable } from './tables.js';

/** @import { Raced } from './report.js' */

const top = 10;

describe('contestants of the speed bench', () => {
  /** @type {Raced[]} */ const all = [];

  before(async () => {
    for (const kind of /** @type {const} */ (['random', 'trained'])) {
      const table = await makeTable(kind, 1500, { data: '', people: 3 });
      const entrants = await race(table, { top, rounds: 1, milliseconds: 1 });
      all.push({ table, entrants });
    }
  });

  for (const [i, { name }] of contestants.entries())
    test(`${name} takes part`, (t) => {
      for (const { entrants } of all) {
        const { skipped, answers, contestant } = entrants[i];
        if (skipped) return t.skip(`skipped: ${skipped}`);
        if (contestant.answers === 'nothing') continue;
        for (const { items } of [...answers.one, ...answers.four]) assert.equal(items.length, top);
      }
    });

  test('exact ones find the same, in both kinds of tables', () => {
    for (const { entrants } of all) assert.deepEqual(disagreements(entrants), []);
  });

  test('approximate ones and rounded vectors find most of it', () => {
    for (const { entrants } of all)
      for (const entrant of entrants.filter(
        ({ skipped, contestant }) => !skipped && contestant.answers !== 'nothing',
      ))
        assert.ok(found(entrant, entrants) >= (entrant.contestant.answers === 'exact' ? 0.95 : 0.5));
  });

  test('the report has a row of each, and the chart a line', () => {
    const text = report(all);
    for (const { contestant, skipped } of all[0].entrants) {
      const wanted = skipped ? `* ${contestant.name}: skipped: ${skipped}` : `| ${contestant.name} |`;
      assert.ok(text.includes(wanted), wanted);
    }
    const { document } = parseHTML(growthChart(growthPoints(all)));
    assert.ok([...document.querySelectorAll('text')].some((node) => node.textContent === 'ampcf, f32 file'));
  });
});

test('positive control: another item, another score and a missing one are seen', () => {
  const wanted = { items: [4, 2, 7], scores: [3, 2, 1] };
  const given = (/** @type {number[]} */ items, /** @type {number[]} */ scores) =>
    difference({ items, scores }, wanted, 1e-4);
  assert.equal(given([4, 2, 7], [3, 2, 1.00001]), undefined);
  assert.equal(given([4, 2, 9], [3, 2, 1]), undefined, 'as good as the last');
  assert.match(String(given([4, 9, 7], [3, 2, 1])), /place 2: item 9/);
  assert.match(String(given([2, 4, 7], [3, 2, 1])), /place 1: item 2/);
  assert.match(String(given([4, 2, 7], [3, 2, 1.001])), /place 3: wanted 1/);
  assert.match(String(given([4, 2, 2], [3, 2, 1])), /each once/);
  assert.match(String(given([4, 2], [3, 2])), /wanted 3 items/);
});
