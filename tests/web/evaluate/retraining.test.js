// Owns the tests of training again by a model's metadata: whose settings they are, what they may cost. Must
// not judge figures.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { diagnose, evaluateModel, retrainingOf, settingsOf } from '../../../dist/evaluate.js';
import { replaceMetadata, trainModel, trainingMemory } from '../../../dist/train.js';
import { failsWith, interactionsOf, people, steady } from '../../support.js';

/** @typedef {import('../../../web/model/model.js').Model} Model */
const history = interactionsOf(people);
/** An item that each person does not have. */
const nextItems = {
  ...history,
  user: history.users.map((_, u) => u),
  item: history.users.map((_, u) => {
    const own = new Set(history.item.filter((_item, x) => history.user[x] === u));
    return history.items.findIndex((_id, j) => !own.has(j));
  }),
};
/** @type {Uint8Array<ArrayBuffer>} */ let bytes;
/** @type {Model} */ let model;

before(async () => {
  ({ bytes } = await trainModel(history, steady));
  model = await loadModel(bytes);
});

/**
 * The model with some settings of its metadata changed, as a stranger may.
 * @param {Record<string, unknown>} changes
 */
async function claiming(changes) {
  const { metadata } = model.info;
  const settings = { ...metadata.settings, ...changes };
  return loadModel(await replaceMetadata(bytes, { ...metadata, settings }));
}

describe('training again by a model of a stranger', () => {
  test('settings out of their ranges are refused by name before anything is looked at', async () => {
    for (const [name, value] of Object.entries({
      sweeps: 1001,
      dim: 1e9,
      lambda: -1,
      vectors: 'f64',
      seed: 0.5,
    })) {
      const odd = await claiming({ [name]: value });
      const named = new RegExp(`^metadata\\.settings\\.${name}: got ${value}, wanted `);
      assert.throws(() => settingsOf(odd), { code: 'BAD_ARGUMENT', message: named });
      await failsWith(() => diagnose(odd, { history, seeds: 1 }), 'BAD_ARGUMENT', named);
      await failsWith(
        () => evaluateModel(odd, { history, test: nextItems, newUsers: 0.5 }),
        'BAD_ARGUMENT',
        named,
      );
    }
  });

  test('memory and minutes are known before any work, and refused above a limit', async () => {
    const { settings, bytes: memory, minutes } = await retrainingOf(model, history, 2);
    assert.deepEqual(settings, settingsOf(model));
    assert.equal(memory, (await trainingMemory(history, settings)).bytes);
    assert.ok(minutes > 0 && minutes < 0.1, String(minutes));
    const large = await claiming({ sweeps: 1000, dim: 1024 });
    const stop = { onProgress: () => assert.fail('work began') };
    for (const run of [
      (/** @type {object} */ limits) => diagnose(large, { history, seeds: 20, ...stop, ...limits }),
      (/** @type {object} */ limits) =>
        evaluateModel(large, { history, test: nextItems, newUsers: 0.5, ...stop, ...limits }),
    ]) {
      await failsWith(
        () => run({ maxMinutes: 0.5 }),
        'LIMIT',
        /dim 1024, 1000 sweeps .*got about \d+ minutes, wanted at most 0\.5/,
      );
      await failsWith(
        () => run({ maxMinutes: Infinity, maxMemory: 1e5 }),
        'OUT_OF_MEMORY',
        /wanted at most 100000/,
      );
      await failsWith(() => run({ maxMinutes: 0 }), 'BAD_ARGUMENT', /maxMinutes/);
      await failsWith(() => run({ maxMemory: NaN }), 'BAD_ARGUMENT', /maxMemory/);
    }
    await failsWith(() => diagnose(large, { history, seeds: 20 }), 'LIMIT', /wanted at most 60/);
  });

  test('every setting that costs time counts', async () => {
    const minutesOf = async (/** @type {Record<string, unknown>} */ changes) =>
      (await retrainingOf(await claiming(changes), history, 1, { maxMinutes: Infinity })).minutes;
    const one = await minutesOf({});
    for (const changes of [
      { sweeps: 1000 },
      { dim: 1024 },
      { clusters: 256 },
      ...['ease', 'local', 'cooccurrence'].map((neighbourMethod) => ({ neighbours: 50, neighbourMethod })),
    ])
      assert.ok((await minutesOf(changes)) > one, JSON.stringify(changes));
    const { metadata } = model.info;
    const other = async (
      /** @type {Record<string, unknown>} */ settings,
      /** @type {string} */ objective,
    ) => {
      const of = await loadModel(await replaceMetadata(bytes, { ...metadata, objective, settings }));
      return (await retrainingOf(of, history, 1, { maxMinutes: Infinity })).minutes;
    };
    for (const [objective, names] of Object.entries({
      softmax: ['epochs', 'negatives', 'personas'],
      logistic: ['epochs', 'warmup'],
    }))
      for (const name of names)
        assert.ok(
          (await other({ [name]: 60 }, objective)) > (await other({}, objective)),
          `${objective} ${name}`,
        );
  });
});
