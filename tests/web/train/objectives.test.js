// Owns the tests of every objective but als: same bytes, metadata, models that rank, what is refused. Must
// not judge how good a model is.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import {
  gaussianDefaults,
  logisticDefaults,
  multinomialDefaults,
  softmaxDefaults,
  trainModel,
} from '../../../dist/train.js';
import { failsWith, filmFacts, historyOf, interactionsOf, people } from '../../support.js';
import { any, base, reordered } from './small-training.js';

/**
 * Of 40 people, for how many a left-out film stands in the upper half of what they have not seen.
 * @param {import('../../../web/model/model.js').Model} model
 */
function heldInUpperHalf(model) {
  let better = 0;
  for (let n = 0; n < 40; n++) {
    const history = historyOf(n);
    const me = model.createProfile(history.slice(1));
    const held = history[0].item;
    const seen = new Set(history.map(({ item }) => item));
    const others = model.ids().filter((id) => !seen.has(id));
    const at = me.rank([held, ...others]).items.findIndex(({ item }) => item === held);
    better += at < others.length / 2 ? 1 : 0;
    const [{ score, explanation }] = me.rank([held], { explain: true }).items;
    assert.ok(Number.isFinite(score) && explanation);
  }
  return better;
}

describe('objective softmax', () => {
  const softmax = /** @type {const} */ ({ objective: 'softmax', dim: 8, epochs: 4, minSupport: 1 });

  test('the same input gives the same bytes, another setting others', async () => {
    const first = await trainModel(base, softmax);
    assert.deepEqual(
      (await trainModel(reordered(base, 7), { ...softmax, onProgress: () => {} })).bytes,
      first.bytes,
    );
    for (const options of /** @type {import('../../../web/train.js').TrainOptions[]} */ ([
      { seed: 2 },
      { dim: 9 },
      { epochs: 5 },
      { personas: 1 },
      { batch: 100 },
      { negatives: 3 },
      { attention: 'cosine' },
      { attentionBeta: 2 },
      { learningRate: 0.01 },
      { balance: 0.4 },
      { entropyPositive: 0 },
      { entropyNegative: 0.1 },
      { alpha: 0.5 },
      { lambda: 0.3 },
      { gate: 0.9 },
      { bias: 0.02 },
    ])) {
      const other = await trainModel(base, { ...softmax, ...options });
      assert.notEqual(
        (await loadModel(other.bytes)).info.lineage,
        (await loadModel(first.bytes)).info.lineage,
        JSON.stringify(options),
      );
      if (!('lambda' in options))
        assert.notDeepEqual(other.bytes.subarray(0, -1024), first.bytes.subarray(0, -1024));
    }
  });

  test('says in the metadata how it was trained, and counts epochs', async () => {
    /** @type {import('../../../web/train.js').TrainProgress[]} */ const seen = [];
    const model = await loadModel(
      (
        await trainModel(base, {
          ...softmax,
          items: filmFacts,
          onProgress: (progress) => seen.push(progress),
        })
      ).bytes,
    );
    assert.deepEqual(
      [model.info.metadata.objective, model.info.metadata.settings],
      ['softmax', { ...softmaxDefaults, dim: 8, epochs: 4, minSupport: 1 }],
    );
    const { done, total, sweep, sweeps } = /** @type {import('../../../web/train.js').TrainProgress} */ (
      seen.at(-1)
    );
    assert.deepEqual([done, sweep, sweeps], [total, 4, 4]);
    assert.equal(total, 4 * Math.floor(base.user.length / softmaxDefaults.batch) * softmaxDefaults.batch);
  });

  test('gives a model that ranks, and explains, as any other', async () => {
    const { bytes } = await trainModel(interactionsOf(people), {
      ...softmax,
      dim: 16,
      epochs: 60,
      learningRate: 0.01,
      items: filmFacts,
    });
    const model = await loadModel(bytes);
    const better = heldInUpperHalf(model);
    assert.ok(better > 30, `${better} of 40`);
  });

  test('with fewer interactions than a batch, one item, everything seen', async () => {
    for (const [users, count] of [
      [1, 1],
      [2, 1],
      [1, 5],
      [3, 2],
    ]) {
      const items = Array.from({ length: count }, (_, j) => `i${j}`),
        names = Array.from({ length: users }, (_, u) => `u${u}`);
      const { bytes } = await trainModel(
        {
          users: names,
          items,
          user: names.flatMap((_, u) => items.map(() => u)),
          item: names.flatMap(() => items.map((_, j) => j)),
        },
        softmax,
      );
      assert.equal((await loadModel(bytes)).info.items, count);
    }
  });
});

describe('objectives multinomial, gaussian and logistic', () => {
  const one = { users: ['a'], items: ['x', 'y'], user: [0, 0], item: [0, 1] };
  const likelihoods = /** @type {const} */ (['multinomial', 'gaussian', 'logistic']),
    quick = { dim: 8, epochs: 3, warmup: 2, batch: 30, minSupport: 1 };
  const defaultsOf = {
    multinomial: multinomialDefaults,
    gaussian: gaussianDefaults,
    logistic: logisticDefaults,
  };

  test('the same input gives the same bytes, another setting others', async () => {
    for (const objective of likelihoods) {
      const first = await trainModel(base, { objective, ...quick });
      assert.deepEqual(
        (await trainModel(reordered(base, 7), { objective, ...quick, onProgress: () => {} })).bytes,
        first.bytes,
      );
      for (const options of [
        { seed: 2 },
        { dim: 9 },
        { epochs: 4 },
        { warmup: 3 },
        { batch: 31 },
        { samples: 10 },
        { learningRate: 0.01 },
        { dropout: 0 },
        { decay: 2 },
        { alpha: 0.5 },
        { gate: 0.9 },
        { leaves: 2 },
        ...(objective === 'multinomial' ? [] : [{ zeros: 0.3 }]),
      ]) {
        const other = await trainModel(base, { objective, ...quick, ...options });
        assert.notDeepEqual(
          other.bytes.subarray(0, -1024),
          first.bytes.subarray(0, -1024),
          JSON.stringify(options),
        );
      }
    }
  });

  test('says in the metadata how it was trained, and counts passes', async () => {
    for (const objective of likelihoods) {
      /** @type {import('../../../web/train.js').TrainProgress[]} */ const seen = [];
      const result = await trainModel(base, {
        objective,
        ...quick,
        items: filmFacts,
        onProgress: (progress) => seen.push(progress),
      });
      const model = await loadModel(result.bytes);
      assert.deepEqual(
        [model.info.metadata.objective, model.info.metadata.settings],
        [objective, { ...defaultsOf[objective], ...quick }],
      );
      const { done, total, sweep, sweeps } = /** @type {import('../../../web/train.js').TrainProgress} */ (
        seen.at(-1)
      );
      assert.deepEqual(
        [done, total, sweep, sweeps],
        [total, 2 * (result.users + result.items) + 3 * result.users, 5, 5],
      );
    }
  });

  test('give a model that ranks, and explains, as any other', async () => {
    for (const objective of likelihoods)
      for (const samples of [0, 40]) {
        const { bytes } = await trainModel(interactionsOf(people), {
          objective,
          dim: 16,
          epochs: 3,
          minSupport: 1,
          samples,
          items: filmFacts,
        });
        const model = await loadModel(bytes);
        const better = heldInUpperHalf(model);
        assert.ok(better > 30, `${objective}, samples ${samples}: ${better} of 40`);
      }
  });

  test('with weights, one item, everything seen, one event a person', async () => {
    for (const objective of likelihoods)
      for (const [users, count] of [
        [1, 1],
        [2, 1],
        [1, 5],
        [3, 2],
      ]) {
        const items = Array.from({ length: count }, (_, j) => `i${j}`),
          names = Array.from({ length: users }, (_, u) => `u${u}`);
        const all = {
          users: names,
          items,
          user: names.flatMap((_, u) => items.map(() => u)),
          item: names.flatMap(() => items.map((_, j) => j)),
        };
        for (const options of [{}, { samples: 3 }, { dropout: 0 }]) {
          const { bytes } = await trainModel(
            { ...all, weight: all.user.map((u) => u + 0.5) },
            { objective, ...quick, ...options },
          );
          assert.equal((await loadModel(bytes)).info.items, count);
        }
      }
  });

  test('refuse what is out of range, and settings of others', async () => {
    for (const wrong of [
      { epochs: 0 },
      { warmup: 0 },
      { warmup: 1.5 },
      { batch: 65537 },
      { samples: -1 },
      { samples: 2 ** 24 + 1 },
      { learningRate: 0 },
      { dropout: 1 },
      { decay: -1 },
      { zeros: NaN },
    ])
      await failsWith(
        () => trainModel(one, any({ objective: 'gaussian', ...quick, ...wrong })),
        'BAD_ARGUMENT',
        new RegExp(`^${Object.keys(wrong)[0]}: got`),
      );
    for (const stray of [{ sweeps: 3 }, { negatives: 4 }, { zeros: 1 }])
      await failsWith(
        () => trainModel(one, { objective: 'multinomial', ...stray }),
        'BAD_ARGUMENT',
        /not a setting of objective multinomial/,
      );
    await failsWith(
      () => trainModel(one, { dropout: 0.5 }),
      'BAD_ARGUMENT',
      /^dropout: got 0.5.*objective als/,
    );
  });
});
