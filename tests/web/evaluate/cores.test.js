// Owns the tests of evaluations on several cores: the same figures, abort, workers that fail. Must not know
// the figures.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { diagnose, evaluateModel, trainValidated } from '../../../dist/evaluate.js';
import { trainModel } from '../../../dist/train.js';
import { fileOf } from '../../../web/evaluate/crew.js';
import { failsWith } from '../../support.js';
import { withThreads } from '../workers/watched-threads.js';
import { heldOut, history, model, timeless, validation } from './held-out.js';

const bytes = (await trainModel(history, { dim: 6, sweeps: 3, minSupport: 1, neighbours: 4 })).bytes;
const against = await loadModel(bytes);
const candidates = new Map(
  history.users.map((user, u) => [
    user,
    [...history.items.filter((_, j) => (u + j) % 3 > 0), 'nobody knows it'],
  ]),
);

describe('the number of cores changes no figure', () => {
  for (const [name, options] of /** @type {[string, object][]} */ ([
    ['of the whole catalogue, against another model', { against, perPerson: true }],
    ['of lists in proportion', { proportional: 0.5 }],
    ['of candidates', { candidates }],
    ['of a sample', { sampled: 20 }],
    ['beside baselines and new people', { baselines: ['als'], newUsers: 0.2, resamples: 20 }],
  ]))
    test(name, async () => {
      const asked = { history, test: heldOut, ...options };
      const figures = [];
      for (const cores of [1, 2, 3]) {
        const { result, error, started } = await withThreads(() => evaluateModel(model, { ...asked, cores }));
        assert.equal(error, undefined);
        assert.ok(result && (cores === 1 ? started === 0 : started >= cores));
        figures.push(timeless(result));
      }
      assert.deepEqual(figures[1], figures[0]);
      assert.deepEqual(figures[2], figures[0]);
      assert.ok(figures[0].metrics['ndcg@10'] > 0);
    });

  test('of a diagnosis', async () => {
    const asked = { history, seeds: 1, people: 20 };
    assert.deepEqual(await diagnose(against, { ...asked, cores: 2 }), await diagnose(against, asked));
  });

  test('nor what a validated training keeps', async () => {
    const [one, two] = await Promise.all(
      [1, 2].map((cores) => trainValidated(history, validation, { dim: 6, sweeps: 5, cores })),
    );
    assert.deepEqual(two.bytes, one.bytes);
    assert.deepEqual(two.validation, one.validation);
  });
});

describe('workers of an evaluation', () => {
  test('are ended by an abort', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const { error, started } = await withThreads(() =>
      evaluateModel(model, {
        history,
        test: heldOut,
        cores: 2,
        signal: abort.signal,
        onProgress: () => abort.abort(reason),
      }),
    );
    assert.equal(error, reason);
    assert.equal(started, 2);
  });

  test('that die end it with an error that says so', async () => {
    const { error } = await withThreads(
      () => evaluateModel(model, { history, test: heldOut, cores: 2 }),
      (worker, i) => i === 0 && worker.once('online', () => worker.terminate()),
    );
    assert.equal(error?.code, 'OUT_OF_MEMORY');
    assert.match(error.message, /a worker ended before its work/);
  });

  test('get the file of an open model', async () => {
    assert.deepEqual(fileOf(against), bytes);
    const gone = await loadModel(bytes);
    gone.dispose();
    assert.equal(fileOf(gone), undefined);
  });

  test('are refused where they are no number', () =>
    failsWith(
      () => evaluateModel(model, { history, test: heldOut, cores: 0 }),
      'BAD_ARGUMENT',
      /cores: got 0, wanted a whole number from 1 to 64/,
    ));
});
