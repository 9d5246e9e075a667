// Owns the tests of a training under way: snapshots, memory, progress and abort. Must not test what comes of
// it otherwise.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { trainDefaults, trainModel, trainingMemory } from '../../../dist/train.js';
import { checkWasmFits } from '../../../web/train/wasm-limit.js';
import { failsWith, failure, filmFacts } from '../../support.js';
import { any, base, small } from './small-training.js';

/** @type {Awaited<ReturnType<typeof trainModel>>} */ let result;

before(async () => {
  result = await trainModel(base, { ...small, items: filmFacts, name: 'a test' });
});

describe('snapshots', () => {
  /** @type {[string, import('../../../web/train.js').TrainOptions][]} */
  const runs = [
    ['als', { dim: 8, sweeps: 5 }],
    [
      'als with neighbours',
      { dim: 8, sweeps: 4, neighbours: 5, neighbourLambda: 5, itemDamping: 0.3, popularityDamping: 0.1 },
    ],
    ['softmax', { objective: 'softmax', dim: 8, epochs: 4, minSupport: 1 }],
  ];
  for (const [name, options] of runs)
    test(`of ${name} are the models of shorter runs, and the one kept is written`, async () => {
      const total = Number(options.sweeps ?? options.epochs);
      /** @type {Uint8Array[]} */ const bytes = [];
      const seen = /** @type {[number, number, boolean][]} */ ([]);
      const watched = await trainModel(base, {
        ...options,
        onSnapshot: async (snapshot) => {
          seen.push([snapshot.sweep, snapshot.sweeps, snapshot.epochs]);
          bytes.push(await snapshot.bytes());
        },
      });
      assert.deepEqual(watched.bytes, (await trainModel(base, options)).bytes);
      assert.deepEqual(
        seen,
        Array.from({ length: total }, (_, s) => [s + 1, total, name === 'softmax']),
      );
      for (const keep of [1, total - 1, total]) {
        const kept = await trainModel(base, {
          ...options,
          onSnapshot: async (snapshot) => {
            if (snapshot.sweep === keep) snapshot.keep();
          },
        });
        assert.deepEqual((await trainModel(base, kept.settings)).bytes, kept.bytes);
        assert.equal(kept.settings.sweeps ?? kept.settings.epochs, keep);
        if (!options.neighbours) assert.deepEqual(bytes[keep - 1], kept.bytes);
        else assert.deepEqual((await loadModel(bytes[keep - 1])).info.metadata.settings.sweeps, keep);
      }
      const stopped = await trainModel(base, {
        ...options,
        onSnapshot: ({ sweep, stop }) => {
          if (sweep === 2) stop();
        },
      });
      assert.deepEqual((await trainModel(base, stopped.settings)).bytes, stopped.bytes);
      assert.equal(stopped.settings.sweeps ?? stopped.settings.epochs, 2);
    });

  test("an error of the callback is the caller's own, and an abort in it ends the training", async () => {
    const mine = new Error('mine'),
      abort = new AbortController();
    assert.equal(
      await failure(() =>
        trainModel(base, {
          ...small,
          onSnapshot: () => {
            throw mine;
          },
        }),
      ),
      mine,
    );
    assert.equal(
      await failure(() =>
        trainModel(base, {
          ...small,
          onSnapshot: async () => {
            throw mine;
          },
        }),
      ),
      mine,
    );
    assert.equal(
      await failure(() =>
        trainModel(base, { ...small, signal: abort.signal, onSnapshot: () => abort.abort(mine) }),
      ),
      mine,
    );
    await failsWith(
      () => trainModel(base, any({ ...small, onSnapshot: true })),
      'BAD_ARGUMENT',
      /^onSnapshot: got true, wanted a function/,
    );
  });
});

describe('settings that are chosen at the end', () => {
  const options = { dim: 8, sweeps: 4, neighbours: 5, neighbourLambda: 5 };
  const late = { gate: 1.25, leaves: 3, proportional: 0.1 };

  test('give the bytes of a training with them, whether tried or chosen', async () => {
    /** @type {Uint8Array[]} */ const tried = [];
    const chosen = await trainModel(base, {
      ...options,
      chooseSettings: async ({ settings, bytes }) => {
        assert.deepEqual([settings.gate, settings.leaves], [trainDefaults.gate, trainDefaults.leaves]);
        tried.push(await bytes(), await bytes({ gate: 0 }), await bytes(late));
        return late;
      },
    });
    const again = await trainModel(base, { ...options, ...late });
    assert.deepEqual([chosen.bytes, chosen.settings], [again.bytes, again.settings]);
    assert.deepEqual(tried[0], (await trainModel(base, options)).bytes);
    assert.deepEqual(tried[1], (await trainModel(base, { ...options, gate: 0 })).bytes);
    assert.deepEqual(tried[2], chosen.bytes);
    const { metadata } = (await loadModel(chosen.bytes)).info;
    assert.deepEqual([metadata.settings.gate, metadata.settings.leaves], [1.25, 3]);
    const none = await trainModel(base, { ...options, chooseSettings: () => {} });
    assert.deepEqual(none.bytes, tried[0]);
  });

  test('are to be had of a snapshot too', async () => {
    /** @type {Uint8Array[]} */ const bytes = [];
    const { bytes: plain } = await trainModel(base, {
      ...small,
      onSnapshot: async (snapshot) => {
        bytes.push(await snapshot.bytes({ gate: 0 }));
      },
    });
    assert.deepEqual(bytes.at(-1), (await trainModel(base, { ...small, gate: 0 })).bytes);
    assert.deepEqual(plain, (await trainModel(base, small)).bytes);
  });

  test('are those alone, within their ranges', async () => {
    const choosing = (/** @type {any} */ changes) => () =>
      trainModel(base, { ...small, chooseSettings: () => changes });
    await failsWith(choosing({ gate: 17 }), 'BAD_ARGUMENT', /^gate: got 17/);
    await failsWith(
      choosing({ lambda: 1 }),
      'BAD_ARGUMENT',
      /^setting of a finished training: got "?lambda"?, wanted one of gate, leaves, proportional/,
    );
    await failsWith(
      () => trainModel(base, any({ ...small, chooseSettings: 1 })),
      'BAD_ARGUMENT',
      /^chooseSettings: got 1, wanted a function/,
    );
  });
});

describe('the memory of a training', () => {
  test('is known before, and is about what it takes', async () => {
    const plain = await trainingMemory(base, small);
    const wide = await trainingMemory(base, { ...small, dim: 64 });
    const more = await trainingMemory(base, { ...small, neighbours: 5 });
    assert.deepEqual([plain.neighbours, plain.bytes], [0, plain.vectors]);
    assert.ok(wide.vectors > 2 * plain.vectors);
    assert.deepEqual([more.vectors, more.bytes], [plain.vectors, plain.vectors + more.neighbours]);
    assert.ok(more.neighbours > 0);
    const { memoryBytes } = await trainModel(base, { ...small, dim: 64, neighbours: 5 });
    const need = (await trainingMemory(base, { ...small, dim: 64, neighbours: 5 })).bytes;
    assert.ok(memoryBytes > need && memoryBytes < need + 2 ** 22, `${memoryBytes} taken, ${need} foretold`);
  });

  test('is refused as the training would be', async () => {
    await failsWith(() => trainingMemory(base, any({ dim: 0 })), 'BAD_ARGUMENT', /^dim/);
    await failsWith(() => trainingMemory({ users: [], items: [], user: [], item: [] }), 'NO_DATA');
    const users = Array.from({ length: 2 ** 20 }, (_, u) => `u${u}`);
    await failsWith(
      () =>
        trainingMemory(
          { users, items: ['x'], user: users.map((_, u) => u), item: users.map(() => 0) },
          { minSupport: 1, dim: 1024 },
        ),
      'OUT_OF_MEMORY',
      /^training on 1,048,576 interactions of 1,048,576 people .* needs at least 4\.02 GiB, got the 4 GiB/,
    );
  });

  test('input and state fit 4 GiB together, or it is said how much they take', () => {
    const data = {
      users: 2,
      itemIds: ['a'],
      offsets: new Uint32Array(3),
      items: new Uint32Array(2 ** 18),
      weights: null,
      dropped: 0,
    };
    const room = 2 ** 32 - 2 ** 21 - 12 - 2 ** 20;
    assert.equal(checkWasmFits(data, 8, room), undefined);
    const wanted = room + 1 + 12 + 2 ** 20;
    assert.throws(
      () => checkWasmFits(data, 8, room + 1),
      (/** @type {any} */ error) => {
        assert.equal(error.code, 'OUT_OF_MEMORY');
        assert.deepEqual(error.details, { wanted, limit: 2 ** 32 });
        assert.match(
          error.message,
          /needs more than 4 GiB, got the 4 GiB .* \(--dim\) .* \(--min-support\) .*examples\/spark/,
        );
        return true;
      },
    );
  });
});

describe('progress and abort', () => {
  test('progress rises to the end', async () => {
    /** @type {import('../../../web/train.js').TrainProgress[]} */ const seen = [];
    await trainModel(base, { ...small, sweeps: 30, dim: 24, onProgress: (progress) => seen.push(progress) });
    assert.ok(seen.length >= 2);
    seen.forEach((progress, i) => {
      assert.equal(progress.total, seen[0].total);
      assert.ok(progress.done <= progress.total && progress.sweep <= progress.sweeps);
      if (i > 0)
        assert.ok(
          progress.done > seen[i - 1].done &&
            progress.seconds >= seen[i - 1].seconds &&
            progress.sweep >= seen[i - 1].sweep,
        );
    });
    assert.equal(seen.at(-1)?.done, seen[0].total);
  });

  test('abort before and in the middle rejects with the reason, and harms nobody', async () => {
    const reason = new Error('enough');
    assert.equal(
      await failure(() => trainModel(base, { ...small, signal: AbortSignal.abort(reason) })),
      reason,
    );
    const abort = new AbortController();
    let last = 0,
      total = 1;
    const error = await failure(() =>
      trainModel(base, {
        dim: 32,
        sweeps: 1000,
        signal: abort.signal,
        onProgress: (progress) => {
          ({ done: last, total } = progress);
          abort.abort(reason);
        },
      }),
    );
    assert.equal(error, reason);
    assert.ok(last < total / 2);
    const late = new AbortController();
    setTimeout(() => late.abort(reason), 30);
    assert.equal(
      await failure(() => trainModel(base, { dim: 32, sweeps: 1000, signal: late.signal })),
      reason,
    );
    assert.deepEqual(
      (await trainModel(base, { ...small, items: filmFacts, name: 'a test' })).bytes,
      result.bytes,
    );
  });

  test("an error of the callback is the caller's own", async () => {
    const mine = new Error('mine');
    assert.equal(
      await failure(() =>
        trainModel(base, {
          ...small,
          onProgress: () => {
            throw mine;
          },
        }),
      ),
      mine,
    );
  });
});
