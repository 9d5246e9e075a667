// Owns running the examples of explanations and of a diagnosis, and what they show. Must not repeat their
// code.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runExample } from './run-example.js';

test('examples/explain.js says why, for each side of a person, also in German and in parts', () => {
  const text = runExample('explain');
  const liked = text.split('\n')[0];
  const reasons = [
    ...text
      .replaceAll(', placed here so that the list has your whole taste', '')
      .matchAll(/^\S.*\(\d{4}\) +Because your (.+) side liked (.+?)(?:, and likes (.+))?$/gm),
  ];
  assert.equal(reasons.length, 6);
  assert.ok(text.includes(', placed here so that the list has your whole taste'));
  assert.ok(
    reasons.some(([, , , aspects]) => aspects),
    'aspects beside the label are named',
  );
  assert.deepEqual(
    new Set(reasons.map(([, label]) => /noir/i.test(label))),
    new Set([true, false]),
    'both sides speak',
  );
  for (const [, label, items] of reasons)
    for (const title of items.split(' and ')) {
      assert.ok(liked.includes(title), title);
      assert.equal(/Indemnity|Falcon|Sleep/.test(title), /noir/i.test(label), `${title} for ${label}`);
    }
  assert.match(text, /^Weil deine Seite „.+“ ».+« und ».+« mochte$/m);
  const parts = JSON.parse(text.trim().split('\n').at(-1) ?? '');
  assert.deepEqual(
    parts.map((/** @type {{ type: string }} */ { type }) => type),
    ['text', 'persona', 'text', 'item'],
  );
});

test('diagnose.js: sharp, stable personas that are kind to rare tastes, and what an attack finds', () => {
  const text = runExample('diagnose'),
    number = (/** @type {RegExp} */ pattern) => Number(pattern.exec(text)?.[1]);
  assert.ok(number(/separation +(\d\.\d\d)/) > 0.5);
  assert.ok(
    number(/([\d.]+) on recommended/) <= 0.6 &&
      number(/([\d.]+) on recommended/) < number(/([\d.]+) on random/),
  );
  assert.ok(number(/stability +(\d\.\d\d)/) >= 0.7);
  assert.ok(number(/rare tastes +(\d\.\d\d)/) >= number(/with one persona (\d\.\d\d)/));
  assert.ok(number(/items named the rank falls (\d+\.\d\d)/) > number(/without others (\d+\.\d\d)/));
  assert.ok(number(/AUC (\d\.\d\d)/) > 0.5);
});
