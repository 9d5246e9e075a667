// Owns the test of what commands say of a validation beside its figures. Must not train.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSummary, choiceLines, sayCheck } from '../../../web/cli/validation-text.js';

const any = (/** @type {unknown} */ value) => /** @type {any} */ (value);

test('what was chosen, and what it brings or costs', () => {
  const gate = { gate: 0.41, tried: 0.5, leaves: 1, gain: 0.012, standardError: 0.004, trials: [1, 2] };
  const lists = { proportional: 0.1, cost: 0.004 };
  assert.deepEqual(choiceLines(any({ gate, proportional: lists })), [
    'gate     b .41, 1 leaf: b .5 gained +1.2 % ± 0.4 NDCG@20 on validation',
    'lists    .1 in proportion: -0.4 % NDCG@20 on validation',
  ]);
  assert.deepEqual(choiceLines(any({ gate: { ...gate, gate: 0, gain: 0.001 }, proportional: null })), [
    'gate     none: of 2 tried, b .5 is the surest, with +0.1 % ± 0.4 NDCG@20 on validation',
  ]);
  assert.deepEqual(choiceLines({}), []);
});

test('nobody is advised to do what was just done', () => {
  const none = { metrics: { 'ndcg@20': 0 } };
  const check = {
    popularity: { metrics: { 'ndcg@20': 0.1 } },
    events: { heldOut: 1, unknown: 0 },
    shift: null,
  };
  const advice = (/** @type {object} */ tried) =>
    String(checkSummary(any(none), any(check), tried).warning).split('): ')[1];
  assert.match(advice({}), /^try --auto, .*--neighbours 100/);
  assert.doesNotMatch(advice({ neighbours: 5 }), /neighbours/);
  const searched = advice({ searched: true, neighbours: 100, minSupport: 5 });
  assert.doesNotMatch(searched, /--auto|--neighbours 100/);
  assert.match(searched, /more events a person.*--min-support 1.*fewer neighbours/);
  assert.doesNotMatch(advice({ searched: true, neighbours: 0, minSupport: 1 }), /--min-support|neighbours/);
});

test('how far what was held out is from the training, and what of it the model cannot know', () => {
  const lines = (/** @type {number} */ ratio, unknown = 0) => {
    /** @type {string[]} */ const said = [];
    const shift = {
      people: 1200,
      popularity: { ratio, standardError: 0.01 },
      nearness: { heldOut: 0.5, leftOut: 0.62 },
    };
    const check = { popularity: { metrics: { 'ndcg@20': 0.1 } }, events: { heldOut: 4000, unknown }, shift };
    sayCheck(any({ metrics: { 'ndcg@20': 0.2 } }), any(check), (line) => said.push(line));
    return said;
  };
  assert.deepEqual(lines(1.1), [
    'baseline popularity: ndcg@20 0.1000',
    'shift    held-out items are 1.10 times as popular as what was trained on',
    '         cosine to the nearest of the history 0.50 against 0.62 (1,200 people)',
  ]);
  assert.match(lines(1.8)[1], /1\.80 times as popular .*: a gate may cost more than validation says$/);
  assert.match(lines(0.5)[1], /: what is chosen on them may be too good to rare items$/);
  assert.match(lines(1.1, 12)[1], /^unknown  12 of 4,000 held-out events are misses: /);
});
