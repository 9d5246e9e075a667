// Owns the tests of one training on several cores: the same bytes, progress, abort, workers that fail. Must
// not test what is trained.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { trainModel, trainingMemory } from '../../../dist/train.js';
import { evenPieces, piecesOf, sharesBatches, unitsOf } from '../../../web/train/shared.js';
import { failsWith, filmFacts, interactionsOf, people } from '../../support.js';
import { withThreads } from '../workers/watched-threads.js';
import { any, base, small } from './small-training.js';

/** @typedef {import('../../../web/train.js').TrainOptions} TrainOptions */

const weighted = { ...base, weight: Array.from(base.user, (_, x) => 0.5 + (x % 5)) };
/** @type {[string, TrainOptions, typeof base?][]} */
const kinds = [
  ['als', {}],
  ['als with weights', { itemDamping: 0.3, userDamping: 0.4 }, weighted],
  ['private', { private: true, minSupport: 5 }],
  ['ease beside vectors, with aspects', { neighbours: 6, items: filmFacts }],
  ['ease beside vectors, with weights', { neighbours: 6 }, weighted],
  ['ease alone', { neighbours: 6, neighbourBlend: 0 }],
  ['local', { neighbours: 6, neighbourMethod: 'local' }],
  ['cooccurrence', { neighbours: 6, neighbourMethod: 'cooccurrence', neighbourStrength: 0.1 }],
];
const many = interactionsOf(people);
/** Enough for a batch to be shared. */
const wide = { epochs: 2, warmup: 2, dim: 128, batch: 400, minSupport: 1 };
/** @type {[string, TrainOptions, typeof base?][]} */
const otherObjectives = [
  ['the warm-up of a likelihood', { objective: 'multinomial', epochs: 2, warmup: 3, dim: 8, minSupport: 1 }],
  ['batches of multinomial', { objective: 'multinomial', ...wide }, many],
  ['batches of gaussian, each person its own', { objective: 'gaussian', ...wide, dropout: 0 }, many],
  ['batches of logistic', { objective: 'logistic', ...wide }, many],
  ['batches of sampled items', { objective: 'logistic', ...wide, samples: 200 }, many],
  ['neighbours of softmax', { objective: 'softmax', epochs: 1, dim: 8, minSupport: 1, neighbours: 6 }],
];

describe('the number of cores changes no byte', () => {
  const all = kinds.map(([name, options, data = base]) => ({
    name,
    options: { ...small, ...options },
    data,
  }));
  for (const { name, options, data } of [
    ...all,
    ...otherObjectives.map(([name, options, data = base]) => ({ name, options, data })),
  ])
    test(name, async () => {
      const [one, two, three, five] = await Promise.all(
        [1, 2, 3, 5].map((cores) => trainModel(data, { ...options, cores })),
      );
      assert.deepEqual(two.bytes, one.bytes);
      assert.deepEqual(three.bytes, one.bytes);
      assert.deepEqual(five.bytes, one.bytes);
      assert.deepEqual([one.cores, two.cores, three.cores], name.includes('softmax') ? [1, 1, 1] : [1, 2, 3]);
      assert.ok(two.memoryBytes > one.memoryBytes || name === 'neighbours of softmax');
    });

  test('positive control: other settings give other bytes', async () => {
    const { bytes } = await trainModel(base, { ...small, cores: 2 });
    const other = await trainModel(base, { ...small, cores: 2, lambda: 0.07 });
    assert.notDeepEqual(other.bytes, bytes);
  });

  test('snapshots, and the one that is kept', async () => {
    const kept = (/** @type {number} */ cores) => {
      const seen = /** @type {Uint8Array[]} */ ([]);
      return trainModel(base, {
        ...small,
        cores,
        onSnapshot: async ({ sweep, bytes, keep, stop }) => {
          seen.push(await bytes());
          if (sweep === 2) keep();
          if (sweep === 2) stop();
        },
      }).then(({ bytes }) => [...seen, bytes]);
    };
    const [one, two] = [await kept(1), await kept(2)];
    assert.equal(one.length, 3);
    assert.deepEqual(two, one);
  });
});

describe('workers', () => {
  test('are as many as were asked for, each time, and none is left', async () => {
    const { started } = await withThreads(() => trainModel(base, { ...small, cores: 3, neighbours: 4 }));
    assert.equal(started, 6); // for the vectors, and for the neighbours
    assert.equal((await withThreads(() => trainModel(base, { ...small, cores: 1 }))).started, 0);
    assert.equal((await withThreads(() => trainModel(base, small))).started, 0);
  });

  test('report progress that never goes back, to the end', async () => {
    const said = /** @type {{ phase: string, done: number, total: number }[]} */ ([]);
    const onProgress = (/** @type {any} */ at) => void said.push(at);
    const options = { ...small, cores: 2, neighbours: 4, neighbourMethod: /** @type {const} */ ('local') };
    await trainModel(base, { ...options, onProgress });
    for (const phase of ['vectors', 'neighbours']) {
      const own = said.filter((at) => at.phase === phase);
      assert.ok(own.length > 0);
      assert.equal(own.at(-1)?.done, own.at(-1)?.total);
      assert.ok(own.every(({ done }, i) => i === 0 || done >= own[i - 1].done));
    }
  });

  test('count the people of a batch once, and stop after an epoch', async () => {
    const done = /** @type {number[]} */ ([]);
    const sweeps = /** @type {number[]} */ ([]);
    const options = { ...wide, objective: /** @type {const} */ ('logistic'), batch: 200, cores: 2 };
    const [one, two] = await Promise.all(
      [1, 2].map((cores) =>
        trainModel(many, {
          ...options,
          cores,
          onSnapshot: ({ sweep, stop }) => (sweep === 1 ? stop() : undefined),
          onProgress: ({ done: rows, sweep }) => {
            if (cores === 2) (done.push(rows), sweeps.push(sweep));
          },
        }),
      ),
    );
    assert.deepEqual(two.bytes, one.bytes);
    assert.equal(two.settings.epochs, 1);
    assert.ok(done.every((rows, i) => i === 0 || rows >= done[i - 1]));
    assert.equal(sweeps.at(-1), 3);
    assert.equal(done.at(-1), 2 * (many.users.length + two.items) + many.users.length);
  });

  test('are ended by an abort, whatever they do', async () => {
    for (const phase of ['vectors', 'neighbours']) {
      const abort = new AbortController();
      const reason = new Error(`in the ${phase}`);
      const { error, started } = await withThreads(() =>
        trainModel(base, {
          ...small,
          sweeps: 200,
          cores: 2,
          neighbours: 4,
          signal: abort.signal,
          onProgress: (at) => at.phase === phase && abort.abort(reason),
        }),
      );
      assert.equal(error, reason);
      assert.equal(started, phase === 'vectors' ? 2 : 4);
    }
    const { error } = await withThreads(() =>
      trainModel(base, { ...small, cores: 2, signal: AbortSignal.abort(new Error('before')) }),
    );
    assert.match(error.message, /before/);
  });

  test('that die or fail end the training with an error that says so', async () => {
    const died = await withThreads(
      () => trainModel(base, { ...small, sweeps: 200, cores: 2 }),
      (worker, i) => i === 1 && worker.once('online', () => worker.terminate()),
    );
    assert.equal(died.error?.code, 'OUT_OF_MEMORY');
    assert.match(died.error.message, /a worker ended before its work: got too little memory .* wanted fewer/);
    const failed = await withThreads(
      () => trainModel(base, { ...small, sweeps: 200, cores: 2 }),
      (worker, i) => i === 0 && worker.once('message', () => worker.emit('error', new Error('broken'))),
    );
    assert.equal(failed.error?.code, 'INSTANCE_FAILED');
    assert.match(failed.error.message, /a worker failed: broken; wanted its file beside the library/);
    const asked = await withThreads(
      () => trainModel(base, { ...small, cores: 2 }),
      (worker) => worker.postMessage({ question: { do: 'solve', from: 0, n: 1 } }),
    );
    assert.match(asked.error?.message, /a worker was asked before it was opened/);
  });

  test('that diverge say so as one does', async () => {
    const options = { ...small, lambda: 1024, nu: 0, alpha: 1024, sweeps: 60 };
    const [one, two] = [1, 2].map((cores) =>
      trainModel(base, { ...options, cores }).then(
        ({ bytes }) => [...bytes].join(),
        ({ message }) => message,
      ),
    );
    assert.equal(await two, await one);
  });
});

describe('what is said before', () => {
  test('memory counts every instance', async () => {
    const options = { ...small, neighbours: 4 };
    const one = await trainingMemory(base, options);
    const three = await trainingMemory(base, { ...options, cores: 3 });
    assert.equal(three.vectors, 4 * one.vectors); // one more keeps the vectors
    assert.equal(three.neighbours, 3 * one.neighbours);
    assert.equal(three.bytes, three.vectors + three.neighbours);
    const softmax = { dim: 8, objective: /** @type {const} */ ('softmax') };
    const alone = await trainingMemory(base, softmax);
    assert.equal((await trainingMemory(base, { ...softmax, cores: 3 })).vectors, alone.vectors);
  });

  test('what is no number of cores', async () => {
    for (const cores of [0, 65, 1.5, '2', null])
      await failsWith(() => trainModel(base, any({ ...small, cores })), 'BAD_ARGUMENT', /cores: got/);
  });
});

describe('batches of likelihoods', () => {
  const settings = (/** @type {object} */ given) => any({ batch: 256, samples: 0, dim: 64, ...given });
  const data = { users: 1000, itemIds: Array.from({ length: 300 }, String) };

  test('are shared by their sizes', () => {
    assert.equal(sharesBatches(settings({}), data), true); // 4.9 million multiply-adds
    assert.equal(sharesBatches(settings({ dim: 32 }), data), false);
    assert.equal(sharesBatches(settings({ batch: 128 }), data), false);
    assert.equal(sharesBatches(settings({ samples: 100 }), data), false);
    assert.equal(sharesBatches(settings({}), { ...data, users: 100 }), false);
    assert.equal(sharesBatches(settings({ batch: undefined }), data), false);
  });
});

describe('pieces', () => {
  const covers = (/** @type {{ from: number, n: number }[]} */ pieces, /** @type {number} */ end) => {
    let at = 0;
    for (const { from, n } of pieces) {
      assert.ok(from === at && n > 0);
      at += n;
    }
    assert.equal(at, end);
  };

  test('of rows cost about the same, and are all of them', () => {
    const costs = Float64Array.from({ length: 1000 }, (_, i) => 1e4 / (i + 1));
    const pieces = piecesOf(costs, 2);
    covers(pieces, 1000);
    assert.equal(pieces[0].n, 1); // the most expensive by itself
    const cost = ({ from, n } = pieces[0]) => costs.subarray(from, from + n).reduce((a, b) => a + b, 0);
    const total = cost({ from: 0, n: 1000 });
    for (const piece of pieces.slice(1)) assert.ok(cost(piece) < total / 10);
    covers(piecesOf(new Float64Array(3).fill(1), 8), 3);
    covers(piecesOf(new Float64Array(), 2), 0);
  });

  test('of a batch are alike, and are all of it', () => {
    for (const n of [1, 5, 6, 7, 256]) {
      const pieces = evenPieces(n, 6);
      covers(pieces, n);
      assert.ok(pieces.length <= 6 && pieces.every((piece) => piece.n <= Math.ceil(n / 6)));
    }
    assert.deepEqual(evenPieces(0, 6), []);
  });

  test('of units are all of them, each of them with its owner', () => {
    for (const n of [1, 2, 3, 50, 1001])
      for (const workers of [1, 2, 3, 7]) {
        covers(unitsOf({ n_units: n, owned: 0 }, workers), n);
        const own = unitsOf({ n_units: n, owned: 1 }, workers);
        covers(own, n);
        for (const { from, n: size, owner = -1 } of own) {
          assert.ok(from >= Math.floor((n * owner) / workers));
          assert.ok(from + size <= Math.floor((n * (owner + 1)) / workers));
        }
      }
  });
});
