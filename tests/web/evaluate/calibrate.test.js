// Owns the tests of probabilities fitted to held-out likes: the fit, whom it asks, where it is kept. Must not
// test what rankings say by them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { confidence } from '../../../dist/confidence.js';
import { calibrate, calibrationError, reliability } from '../../../dist/evaluate.js';
import { fitMap, spreadOf } from '../../../web/evaluate/calibration-fit.js';
import { isCalibration, logistic, logitOf } from '../../../web/confidence/calibration.js';
import { failsWith, golden, historyOf, people, seeded, smallModel } from '../../support.js';

/** @import { Calibration } from '../../../web/confidence/calibration.js' */

const bytes = await smallModel({ gate: 1, leaves: 4 });
const asked = people.map(({ history }) => {
  const ids = history.map(({ item }) => item);
  return { history: ids.filter((_, i) => i % 4 > 0), liked: ids.filter((_, i) => i % 4 === 0) };
});

test('a known probability is found again, for each length of history', () => {
  const random = seeded(3);
  const truth = (/** @type {number} */ score, /** @type {number} */ likes) =>
    logistic(-3 + 4 * score + Math.log(likes) / 4);
  const rows = Array.from({ length: 400 }, () => ({
    events: 0,
    likes: 1 + Math.floor(60 * random() ** 2),
  })).flatMap((history) =>
    Array.from({ length: 100 }, () => {
      const score = random();
      return { history, score, liked: random() < truth(score, history.likes), weight: 1 };
    }),
  );
  const map = /** @type {Calibration} */ (fitMap(rows));
  assert.equal(map.histories.length, 4);
  const off = rows.map(({ history, score }) =>
    Math.abs(logistic(logitOf(map, history, score)) - truth(score, history.likes)),
  );
  assert.ok(off.reduce((sum, x) => sum + x, 0) / off.length < 0.025);
  for (const line of map.logits) line.slice(1).forEach((y, i) => assert.ok(y >= line[i]));
});

test('one score, one length, few likes: still a map', () => {
  const history = { events: 3, likes: 3 };
  const rows = [true, false, false, false].map((liked) => ({ history, score: 0.5, liked, weight: 1 }));
  const map = /** @type {Calibration} */ (fitMap(rows));
  const p = logistic(logitOf(map, history, 9));
  assert.ok(Math.abs(p - 0.25) < 0.03, String(p));
  assert.deepEqual(spreadOf([], [0.3, 0.6], 0.8), {
    histories: [1],
    ends: [
      [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
    ],
  });
});

test('the own share of likes is used where there is something that was not liked', () => {
  const random = seeded(8);
  const rows = Array.from({ length: 300 }, () => {
    const own = random();
    const events = 10 + Math.floor(200 * random());
    return { own, history: { events, likes: Math.round(events * own) } };
  }).flatMap(({ own, history }) =>
    Array.from({ length: 30 }, () => ({ history, score: random(), liked: random() < own, weight: 1 })),
  );
  const map = /** @type {Calibration} */ (fitMap(rows));
  assert.ok(map.own && map.own.slopes[2] > 0.4);
  const at = (/** @type {number} */ likes) => logistic(logitOf(map, { events: 100, likes }, 0.5));
  assert.ok(Math.abs(at(20) - 0.2) < 0.06 && Math.abs(at(80) - 0.8) < 0.06, `${at(20)} ${at(80)}`);
});

test('intervals are the quantiles of the moves', () => {
  const moves = Array.from({ length: 1001 }, (_, i) => ({ likes: 5, uncertainty: 0.95, by: i / 500 - 1 }));
  const spread = spreadOf(moves, [0.5, 0.9], 0.8);
  assert.deepEqual(spread.histories, [5]);
  assert.deepEqual(spread.ends[0][2], [-0.8, 0.8]);
  assert.deepEqual(spread.ends[0][0], [-0.8, 0.8], 'what nobody says is said by all');
});

test('the table of reliability and its error are those worked out by hand', () => {
  const forecasts = [
    { probability: 0.1, happened: false, weight: 3 },
    { probability: 0.1, happened: true, weight: 1 },
    { probability: 0.8, happened: true, weight: 2 },
    { probability: 0.6, happened: false, weight: 2 },
  ];
  assert.deepEqual(
    reliability(forecasts, 2).map(({ weight, predicted, observed }) => [
      weight,
      Number(predicted.toFixed(9)),
      observed,
    ]),
    [
      [4, 0.1, 0.25],
      [4, 0.7, 0.5],
    ],
  );
  assert.ok(Math.abs(calibrationError(forecasts, 2) - 0.175) < 1e-12);
});

test('a file with probabilities ranks as before, and the same people give the same bytes', async () => {
  const found = await calibrate(bytes, asked);
  assert.deepEqual((await calibrate(bytes, asked)).bytes, found.bytes);
  assert.ok(isCalibration(JSON.parse(JSON.stringify(found.calibration))));
  assert.ok(found.figures.error < 0.02, String(found.figures.error));
  assert.equal(found.calibration.population, 'catalogue');
  assert.equal(found.calibration.likes, found.figures.likes);
  const [before, after] = [await loadModel(bytes), await loadModel(found.bytes, { plugins: [confidence] })];
  assert.equal(after.info.lineage, before.info.lineage);
  for (let u = 0; u < 5; u++)
    assert.deepEqual(
      golden(after.createProfile(historyOf(u)).recommend()),
      golden(before.createProfile(historyOf(u)).recommend()),
    );
  // What was asked of is about as often liked as is said.
  let expected = 0;
  let liked = 0;
  for (const { history, liked: likes } of asked) {
    const me = after.createProfile(history);
    const own = new Set(likes);
    for (const { item, probability } of me.recommend({ topK: 20, proportional: 0, confidence: true }).items) {
      expected += Number(probability);
      liked += Number(own.has(item));
    }
    me.dispose();
  }
  assert.ok(Math.abs(expected / liked - 1) < 0.1, `${expected}, ${liked}`);
});

test('what was shown makes another population', async () => {
  const ids = (await loadModel(bytes)).ids();
  const shown = asked.map((person, u) => ({
    ...person,
    shown: [...person.liked, ...ids.filter((_, j) => (j + u) % 9 === 0)],
  }));
  const { calibration } = await calibrate(bytes, shown, { level: 0.5, seed: 4 });
  assert.equal(calibration.population, 'shown');
  assert.equal(calibration.level, 0.5);
  const all = await calibrate(bytes, asked);
  assert.ok(calibration.baseRate > 2 * all.calibration.baseRate);
});

test('who says too little, and what is no person, is refused', async () => {
  await failsWith(() => calibrate(bytes, []), 'NO_DATA');
  await failsWith(() => calibrate(bytes, asked.slice(0, 3)), 'NO_DATA');
  await failsWith(
    () =>
      calibrate(
        bytes,
        asked.map((person) => ({ ...person, liked: [] })),
      ),
    'NO_DATA',
  );
  await failsWith(
    () =>
      calibrate(
        bytes,
        asked.map((person) => ({ ...person, shown: person.liked })),
      ),
    'NO_DATA',
  );
  await failsWith(() => calibrate(bytes, [{ ...asked[0], shown: [] }, ...asked.slice(1)]), 'BAD_ARGUMENT');
  for (const wrong of [
    3,
    'ab',
    [3],
    [{}],
    [{ history: [], liked: 'ab' }],
    [{ history: [], liked: [], nobody: 1 }],
  ])
    await failsWith(() => calibrate(bytes, /** @type {any} */ (wrong)), 'BAD_ARGUMENT');
  for (const options of [{ level: 1 }, { level: 0 }, { seed: -1 }, { nobody: 1 }])
    await failsWith(() => calibrate(bytes, asked, /** @type {any} */ (options)), 'BAD_ARGUMENT');
  await failsWith(() => calibrate(new Uint8Array(9), asked), 'BAD_MAGIC');
  const aborted = new AbortController();
  aborted.abort(new Error('enough'));
  await assert.rejects(() => calibrate(bytes, asked, { signal: aborted.signal }), /enough/);
});
