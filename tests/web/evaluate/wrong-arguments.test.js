// Owns the proof that training and evaluating refuse wrong arguments by AmpcfError alone. Must not test
// figures.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AmpcfError, loadModel } from '../../../dist/ampcf.js';
import * as evaluate from '../../../dist/evaluate.js';
import * as train from '../../../dist/train.js';

const interactions = {
  users: Array.from({ length: 12 }, (_, u) => `u${u}`),
  items: ['a', 'b', 'c', 'd'],
  user: Array.from({ length: 36 }, (_, x) => x % 12),
  item: Array.from({ length: 36 }, (_, x) => (x + Math.floor(x / 12)) % 4),
};
const { bytes } = await train.trainModel(interactions, { dim: 2, sweeps: 2, minSupport: 1, clusters: 0 });
const model = await loadModel(bytes);
/** @type {Record<string, any>} */
const cyclic = {};
cyclic.self = cyclic;
const wrong = [
  undefined,
  null,
  7,
  'x',
  {},
  [],
  true,
  Symbol('s'),
  5n,
  { users: 1 },
  { users: [], items: [] },
];

/** @type {Record<string, (value: any) => unknown>} */
const calls = {
  trainModel: (value) => train.trainModel(value),
  trainingMemory: (value) => train.trainingMemory(value),
  fitEase: (value) => train.fitEase(value),
  'replaceMetadata bytes': (value) => train.replaceMetadata(value, {}),
  trainValidated: (value) => evaluate.trainValidated(value, interactions),
  'trainValidated validation': (value) => evaluate.trainValidated(interactions, value),
  settingsOf: (value) => evaluate.settingsOf(value),
  personaHealth: (value) => evaluate.personaHealth(value, interactions),
  'personaHealth interactions': (value) => evaluate.personaHealth(model, value),
  checkValidation: (value) => evaluate.checkValidation(value, interactions, interactions),
  'checkValidation validation': (value) => evaluate.checkValidation(model, interactions, value),
  measureValidation: (value) => evaluate.measureValidation(model, value, interactions),
  measureFaithfulness: (value) => evaluate.measureFaithfulness(model, value),
  membershipAttack: (value) => evaluate.membershipAttack(value, {}),
};

for (const [name, call] of Object.entries(calls))
  test(`${name} refuses what it cannot take`, async () => {
    for (const value of wrong) {
      const error = await (async () => call(value))().then(
        () => null,
        (/** @type {unknown} */ thrown) => thrown,
      );
      assert.ok(error instanceof AmpcfError, `${String(typeof value)}: ${String(error)}`);
    }
  });

test('metadata is what JSON can say', async () => {
  for (const metadata of [cyclic, { a: 5n }])
    await assert.rejects(train.replaceMetadata(bytes, metadata), { code: 'BAD_ARGUMENT' });
});

test('settings of a model are numbers and words', async () => {
  const settings = { ...model.info.metadata.settings, neighbours: { toString: 1, valueOf: 1 } };
  const odd = await loadModel(await train.replaceMetadata(bytes, { ...model.info.metadata, settings }));
  assert.throws(() => evaluate.settingsOf(odd), {
    code: 'BAD_ARGUMENT',
    message: /metadata.settings.neighbours/,
  });
});
