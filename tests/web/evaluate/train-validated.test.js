// Owns the tests of trainValidated, measureValidation and personaHealth: figures are those of evaluateModel,
// the best sweep is written.
// Must not judge how good a model is.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import {
  diagnose,
  evaluateModel,
  measureValidation,
  personaHealth,
  trainValidated,
} from '../../../dist/evaluate.js';
import { trainModel } from '../../../dist/train.js';
import { failsWith, failure, filmFacts, interactionsOf, people } from '../../support.js';
import { reordered } from '../train/small-training.js';

/** @import { Measurement, ValidatedOptions, ValidatedResult } from '../../../web/evaluate.js' */

const few = people.slice(0, 80);
/** Each person's last third is held out. */
const cut = (/** @type {boolean} */ kept) =>
  interactionsOf(
    few.map((person) => {
      const at = Math.ceil((person.history.length * 2) / 3);
      return { ...person, history: kept ? person.history.slice(0, at) : person.history.slice(at) };
    }),
  );
const training = cut(true);
const validation = cut(false);
/** Nothing is left to choose at the end. */
const plain = { gate: 0, proportional: 0 };
const options = { dim: 8, sweeps: 9, items: filmFacts, ...plain };
/** @type {ValidatedResult} */
let result;

before(async () => {
  result = await trainValidated(training, validation, options);
});

const late = (/** @type {any} */ { gate, leaves, proportional }) => ({ gate, leaves, proportional });
const ndcgs = (/** @type {readonly Measurement[]} */ measurements) =>
  measurements.map(({ metrics }) => metrics['ndcg@20']);

describe('trainValidated', () => {
  test('gives the same for interactions in any order, and so does diagnose', async () => {
    const plainly = (/** @type {ValidatedResult} */ { seconds: _, memoryBytes: __, ...rest }) => rest;
    const all = interactionsOf(people);
    const train = (/** @type {number | undefined} */ seed) => {
      const [own, held] = [0, 1].map((part) => {
        const of = (/** @type {ArrayLike<number>} */ list) =>
          Array.from(list).filter((_, x) => (x % 3 === 2) === (part === 1));
        const rows = { ...all, user: of(all.user), item: of(all.item) };
        return seed === undefined ? rows : reordered(rows, seed + part);
      });
      return trainValidated(own, held, { dim: 16, sweeps: 6, items: filmFacts }).then(plainly);
    };
    const first = await train(undefined);
    assert.ok(first.gate && first.historyCounts);
    for (const seed of [1, 3]) assert.deepEqual(await train(seed), first);
    const model = await loadModel(first.bytes);
    const looked = await diagnose(model, { history: all, people: 60 });
    for (const seed of [1, 2])
      assert.deepEqual(await diagnose(model, { history: reordered(all, seed), people: 60 }), looked);
  });

  test('says that no history counts, as trainModel does', async () => {
    const drowned = { dim: 4, sweeps: 4, ...plain, bias: 1024, lambda: 1000 };
    assert.equal((await trainValidated(training, validation, drowned)).historyCounts, false);
    const { bytes, historyCounts } = await trainModel(training, drowned);
    assert.equal(historyCounts, false);
    const model = await loadModel(bytes);
    const listed = people.slice(0, 5).map((_, u) =>
      model
        .createProfile(training.items.filter((_item, j) => j % 5 === u))
        .recommend({ excludeSeen: false, proportional: 0 })
        .items.map(({ item }) => item),
    );
    for (const list of listed) assert.deepEqual(list, listed[0]);
  });

  test('gives the figures of evaluateModel', async () => {
    const { metrics, standardErrors, users } = await evaluateModel(await loadModel(result.bytes), {
      history: training,
      test: validation,
      k: [20],
      resamples: 1,
    });
    for (const name of ['recall@20', 'ndcg@20']) {
      assert.equal(result.validation.metrics[name], metrics[name]);
      assert.equal(result.validation.standardErrors[name], standardErrors[name]);
    }
    assert.equal(result.validation.people, users);
    assert.deepEqual(
      await measureValidation(await loadModel(result.bytes), training, validation),
      result.validation,
    );
  });

  test('with refit trains once more on everything, and says what was validated', async () => {
    const refit = await trainValidated(training, validation, { ...options, refit: true });
    const { validated, bytes } = refit;
    assert.deepEqual(validated?.bytes, result.bytes);
    assert.equal(result.validated, null);
    assert.deepEqual([refit.validation, refit.measurements], [result.validation, result.measurements]);
    const all = await trainModel(interactionsOf(few), { ...options, sweeps: Number(refit.settings.sweeps) });
    assert.equal(refit.interactions, all.interactions);
    assert.deepEqual(bytes, all.bytes);
    assert.deepEqual(late(refit.settings), late(result.settings));
    await failsWith(
      () => trainValidated(training, validation, { ...options, refit: /** @type {any} */ (1) }),
      'BAD_ARGUMENT',
      /^refit: got 1/,
    );
  });

  test('with refit the weights of both parts count', async () => {
    const weighted = { ...training, weight: Array.from(training.user, (_, x) => 1 + (x % 3)) };
    const { bytes } = await trainValidated(weighted, validation, { ...options, sweeps: 4, refit: true });
    const one = await trainValidated(training, validation, { ...options, sweeps: 4, refit: true });
    assert.notDeepEqual(bytes, one.bytes);
  });

  test('writes the best sweep from the 4th on, which its settings give again', async () => {
    const { measurements } = result;
    const best = Math.max(...ndcgs(measurements));
    const at = ndcgs(measurements).indexOf(best);
    assert.deepEqual(
      measurements.map(({ sweep }) => sweep),
      measurements.map((_, i) => i + 4),
    );
    assert.equal(result.validation.metrics['ndcg@20'], best);
    assert.equal(result.settings.sweeps, measurements[at].sweep);
    assert.deepEqual(
      measurements.map((measurement) => measurement.best),
      measurements.map((_, i) => ndcgs(measurements)[i] > Math.max(-1, ...ndcgs(measurements).slice(0, i))),
    );
    assert.deepEqual(
      (await trainModel(training, { ...result.settings, items: filmFacts })).bytes,
      result.bytes,
    );
    assert.deepEqual((await trainValidated(training, validation, options)).bytes, result.bytes);
  });

  test('stops when nothing gets better, later with more patience', async () => {
    const long = /** @type {const} */ ({ ...options, sweeps: 60 });
    const [one, three] = await Promise.all(
      [1, 3].map((patience) => trainValidated(training, validation, { ...long, patience })),
    );
    for (const [{ measurements }, patience] of /** @type {[ValidatedResult, number][]} */ ([
      [one, 1],
      [three, 3],
    ])) {
      assert.ok(measurements.length < 57 && measurements.length > patience);
      assert.deepEqual(
        measurements.slice(-patience).map(({ best }) => best),
        Array(patience).fill(false),
      );
      assert.ok(measurements.at(-patience - 1)?.best);
    }
    assert.ok(three.validation.metrics['ndcg@20'] >= one.validation.metrics['ndcg@20']);
  });

  test('measures epochs from the first, asks a sample meanwhile, and everybody in the end', async () => {
    /** @type {Measurement[]} */
    const heard = [];
    const softmax = await trainValidated(training, validation, {
      objective: 'softmax',
      dim: 8,
      epochs: 3,
      learningRate: 0.01,
      sample: 10,
      onMeasured: (measurement) => heard.push(measurement),
    });
    assert.deepEqual(
      softmax.measurements.map(({ sweep, people: asked }) => [sweep, asked]),
      [
        [1, 10],
        [2, 10],
        [3, 10],
      ],
    );
    assert.deepEqual(heard, softmax.measurements);
    assert.equal(softmax.validation.people, result.validation.people);
    const few10 = await trainValidated(training, validation, {
      objective: 'softmax',
      dim: 8,
      epochs: 3,
      learningRate: 0.01,
      sample: 10,
      quick: true,
    });
    assert.deepEqual([few10.validation.people, few10.proportional], [10, null]);
  });

  test('measures the neighbours with the vectors in the end', async () => {
    const settings = { dim: 4, sweeps: 4, neighbours: 10, neighbourLambda: 5 };
    /** @type {Set<string>} */
    const phases = new Set();
    const {
      bytes,
      measurements,
      settings: found,
      validation: figures,
    } = await trainValidated(training, validation, {
      ...settings,
      onProgress: ({ phase }) => phases.add(phase),
    });
    assert.deepEqual(bytes, (await trainModel(training, { ...settings, ...late(found) })).bytes);
    assert.notEqual(figures.metrics['ndcg@20'], measurements[0].metrics['ndcg@20']);
    assert.deepEqual([...phases].sort(), ['choosing', 'measuring', 'neighbours', 'vectors']);
  });

  test('chooses gate, leaves and lists at the end, which its settings give again', async () => {
    const chosen = await trainValidated(training, validation, { dim: 8, sweeps: 5 });
    const { gate, proportional, settings } = chosen;
    assert.deepEqual(
      ndcgs(chosen.measurements),
      ndcgs(result.measurements.slice(0, 2)),
      'sweeps have no gate',
    );
    assert.deepEqual([settings.gate, settings.leaves], [gate?.gate, gate?.leaves]);
    assert.equal(settings.proportional, proportional?.proportional);
    assert.ok(gate && gate.people === result.validation.people && gate.trials.length > 5);
    assert.deepEqual((await trainModel(training, settings)).bytes, chosen.bytes);
    const given = await trainValidated(training, validation, {
      dim: 8,
      sweeps: 5,
      gate: 1,
      leaves: 3,
      proportional: 0.2,
    });
    assert.deepEqual([given.gate, given.proportional], [null, null]);
    assert.deepEqual(late(given.settings), { gate: 1, leaves: 3, proportional: 0.2 });
  });

  test('need not be watched: sweeps that are known give the same bytes', async () => {
    const { sweeps } = result.settings;
    const again = await trainValidated(training, validation, {
      ...options,
      sweeps: Number(sweeps),
      watch: false,
    });
    assert.deepEqual([again.measurements, again.bytes], [[], result.bytes]);
    assert.deepEqual(again.validation, result.validation);
  });

  test('refuses what makes no sense, and ends when it is told to', async () => {
    const mine = new Error('mine');
    const abort = new AbortController();
    const run = (/** @type {any} */ more) => () =>
      trainValidated(training, validation, { ...options, ...more });
    await failsWith(() => trainValidated(training, training, options), 'NO_DATA', /validation: got nobody/);
    for (const [name, value] of Object.entries({ patience: 0, sample: 0, choosers: 0 }))
      await failsWith(
        run({ [name]: value }),
        'BAD_ARGUMENT',
        new RegExp(`^${name}: got 0, wanted at least 1`),
      );
    for (const wrong of [{ patience: 1.5 }, { sample: 'x' }, { dim: 0 }])
      await failsWith(run(wrong), 'BAD_ARGUMENT');
    await failsWith(
      () => measureValidation(/** @type {any} */ ({}), training, validation),
      'BAD_ARGUMENT',
      /^model/,
    );
    assert.equal(
      await failure(
        run({
          onMeasured: () => {
            throw mine;
          },
        }),
      ),
      mine,
    );
    assert.equal(await failure(run({ signal: abort.signal, onMeasured: () => abort.abort(mine) })), mine);
  });
});

test('personaHealth looks at a sample, the same for the same seed', async () => {
  const model = await loadModel(result.bytes);
  const all = await personaHealth(model, training);
  const some = await personaHealth(model, training, { people: 20, seed: 2 });
  assert.deepEqual([all.people, some.people], [80, 20]);
  assert.ok(all.mean > 1 && all.effective > 1 && all.effective <= all.mean && all.sharpness === null);
  assert.deepEqual(await personaHealth(model, training, { people: 20, seed: 2 }), some);
});
