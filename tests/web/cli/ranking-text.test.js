// Owns the test of web/cli/ranking-text.js: what a terminal says of a score adds up to it, and does not
// praise what speaks against an item. Must not rank.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { rankingLines } from '../../../web/cli/ranking-text.js';
import { seeded } from '../../support.js';

/**
 * @param {number[]} listed contributions, largest first
 * @param {number} rest
 * @param {number} bias
 */
function said(listed, rest, bias) {
  const contributions = listed.map((contribution, i) => ({
    item: `i${i}`,
    title: `Title ${'abcde'[i]}`,
    contribution,
    persona: 0,
  }));
  const score = listed.reduce((sum, part) => sum + part, rest + bias);
  const explanation = { contributions, rest, remembered: 0, aspects: [], bias, residual: 0 };
  const item = { item: 'x', title: 'X', known: true, score, persona: null, explanation };
  const lines = rankingLines({ personalized: true, items: [item], unknown: [], duplicates: [] }).split('\n');
  return { score, why: stripVTControlCharacters(lines[1]).trim() };
}

/**
 * The signed numbers of a sentence.
 * @param {string} why
 */
const numbersIn = (why) =>
  [...why.matchAll(/(?:(- )[a-z ]*|)(-?\d+\.\d\d)/g)].map(
    ([, minus, size]) => (minus ? -1 : 1) * Number(size),
  );

test('the terms add up to the score, whatever their signs', () => {
  const random = seeded(3);
  for (let round = 0; round < 500; round++) {
    const listed = Array.from({ length: 1 + Math.floor(random() * 5) }, () => random() * 2 - 0.8);
    listed.sort((a, b) => b - a);
    const { score, why } = said(listed, random() - 0.5, random() - 0.5);
    const terms = numbersIn(why);
    const sum = terms.reduce((total, term) => total + term, 0);
    assert.ok(Math.abs(sum - score) <= 0.005 * (terms.length + 3), `${why}: ${sum}, not ${score}`);
  }
});

test('what speaks against an item is never liked, nor called popularity', () => {
  assert.equal(said([-0.2, -0.3], 0, 0.1).why, 'your history speaks against it: -0.50 + popularity 0.10');
  assert.equal(said([], 0, 0.3).why, 'by popularity alone + popularity 0.30');
  assert.equal(said([0.4, -0.3], 0, 0).why, 'because you liked Title a 0.40 - other history 0.30');
});

test('small scores are printed with as many decimals as tell their parts', () => {
  assert.equal(
    said([0.0021, 0.0004], 0.0003, 0).why,
    'because you liked Title a 0.0021 + Title b 0.0004 + other history 0.0003',
  );
  assert.equal(said([0.031], 0, 0.004).why, 'because you liked Title a 0.031 + popularity 0.004');
  assert.equal(said([], 0, 0).why, 'by popularity alone');
  assert.equal(said([41.25], 0, 0).why, 'because you liked Title a 41.25');
});
