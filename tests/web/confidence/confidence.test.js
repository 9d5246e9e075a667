// Owns the tests of what rankings say of their certainty: probabilities by the map of the file, uncertainty
// by the history, words. Must not test the fit.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import {
  confidence,
  englishConfidence,
  explore,
  posteriorOf,
  uncertaintyOf,
} from '../../../dist/confidence.js';
import { recency } from '../../../dist/learn.js';
import { appendItems, replaceMetadata, retireItems } from '../../../dist/train.js';
import { vectorsOf } from '../../../web/core/kernel.js';
import { failsWith, failure, golden, historyOf, smallModel } from '../../support.js';

/** @import { Calibration } from '../../../dist/types/confidence.js' */

const bytes = await smallModel();
/** Two lengths of history, two lines that can be worked out by hand. */
const calibration = {
  version: 1,
  population: 'catalogue',
  baseRate: 0.02,
  people: 10,
  likes: 50,
  histories: [1, 3],
  scores: [
    [0, 1],
    [0, 1],
  ],
  logits: [
    [-4, 0],
    [-2, 2],
  ],
  own: null,
  level: 0.8,
  bands: [0.5, 0.9],
  spread: {
    histories: [1, 3],
    ends: Array.from({ length: 2 }, () => [
      [-0.1, 0.1],
      [-0.5, 0.5],
      [-1, 1],
    ]),
  },
};
const plugins = [confidence, explore];
const withMap = async (/** @type {unknown} */ map) =>
  loadModel(await replaceMetadata(bytes, { confidence: map }), { plugins });
const model = await withMap(calibration);
const logistic = (/** @type {number} */ z) => 1 / (1 + Math.exp(-z));
const near = (/** @type {number | null | undefined} */ a, /** @type {number} */ b) =>
  assert.ok(Math.abs(Number(a) - b) < 1e-9, `${a}, ${b}`);

describe('probability', () => {
  test('is what the lines of the file say, between lengths by log(1 + length)', () => {
    for (const n of [1, 2, 3, 40]) {
      const me = model.createProfile(historyOf(0).slice(0, n));
      const part = n >= 3 ? 1 : (Math.log1p(n) - Math.log1p(1)) / (Math.log1p(3) - Math.log1p(1));
      const { items, ...ranking } = me.recommend({ topK: 5, confidence: true, proportional: 0 });
      assert.deepEqual(ranking.confidence, {
        reason: null,
        population: 'catalogue',
        baseRate: 0.02,
        level: 0.8,
        measured: n < 7,
      });
      for (const { score, probability, interval, uncertainty } of items) {
        const z = -4 + 2 * part + 4 * Math.max(0, Math.min(1, Number(score)));
        near(probability, logistic(z));
        const wide = [0.1, 0.5, 1][Number(Number(uncertainty) > 0.5) + Number(Number(uncertainty) > 0.9)];
        near(interval?.[0], logistic(z - wide));
        near(interval?.[1], logistic(z + wide));
      }
    }
  });

  test('moves with the base rate of the page, and no list changes its order', () => {
    const me = model.createProfile(historyOf(1));
    const plain = me.recommend({ topK: 8 });
    const certain = me.recommend({ topK: 8, confidence: { baseRate: 0.5 } });
    assert.deepEqual(golden(certain), golden(plain));
    assert.equal(certain.confidence?.baseRate, 0.5);
    const usual = me.rank(model.ids(), { confidence: true, topK: 8 });
    const [first] = usual.items;
    const [moved] = me.rank([first.item], { confidence: { baseRate: 0.5 } }).items;
    const odds = (/** @type {number | null | undefined} */ p) => Number(p) / (1 - Number(p));
    near(odds(moved.probability) / odds(first.probability), 0.98 / 0.02);
    assert.deepEqual(me.recommend({ topK: 8, confidence: false }), plain);
  });

  test('a person who likes less of what they see is told so, where the file knows', async () => {
    const own = { base: 0.5, strength: 2, slopes: [0.25, 1, 0.5, 0] };
    const knowing = await withMap({ ...calibration, population: 'shown', own });
    const likes = historyOf(0).slice(0, 3);
    const [, , , ...others] = historyOf(0);
    const me = knowing.createProfile([
      ...likes,
      ...others.slice(0, 3).map(({ item }) => ({ item, preference: 0, weight: 1e-6 })),
    ]);
    const [item] = me.recommend({ topK: 1, confidence: true }).items;
    // 3 of 6 events were liked, which is the base.
    const z = -2 + 4 * Math.max(0, Math.min(1, Number(item.score)));
    near(item.probability, logistic(0.25 + z));
    const [pleased] = knowing.createProfile(likes).recommend({ topK: 1, confidence: true }).items;
    const w = -2 + 4 * Math.max(0, Math.min(1, Number(pleased.score)));
    near(pleased.probability, logistic(0.25 + w + 0.5 * Math.log(4)));
  });

  test('is null, with a coded reason, where the file has no map or one that is none', async () => {
    const bad = [
      {},
      [],
      'yes',
      { ...calibration, version: 2 },
      { ...calibration, logits: [[0, -1], calibration.logits[1]] },
      {
        ...calibration,
        scores: [
          [1, 0],
          [0, 1],
        ],
      },
      { ...calibration, scores: [[0, 1]] },
      { ...calibration, histories: [3, 1] },
      { ...calibration, baseRate: 1 },
      { ...calibration, own: { base: 0.5, strength: 1, slopes: [0, -1, 0, 0] } },
      { ...calibration, spread: [] },
      { ...calibration, spread: { histories: [1], ends: [Array(3).fill([0.1, 0.2])] } },
      { ...calibration, bands: [0.9, 0.5] },
      { ...calibration, level: '0.8' },
    ];
    for (const [map, reason] of /** @type {[unknown, string][]} */ ([
      [undefined, 'NOT_CALIBRATED'],
      ...bad.map((map) => [map, 'BAD_CALIBRATION']),
    ])) {
      const without = await withMap(map);
      const ranking = without.createProfile(historyOf(0)).recommend({ topK: 3, confidence: true });
      assert.equal(ranking.confidence?.reason, reason, JSON.stringify(map));
      for (const { probability, interval, uncertainty, words } of ranking.items) {
        assert.equal(probability, null);
        assert.equal(interval, null);
        assert.ok(Number(uncertainty) > 0 && Number(uncertainty) <= 1);
        assert.ok(words?.startsWith(englishConfidence.uncalibrated));
      }
      without.dispose();
    }
  });

  test('stays in the file when items come and go', async () => {
    const file = await replaceMetadata(bytes, { confidence: calibration });
    const items = new Map([['new one', { title: 'New', aspects: ['Drama'] }]]);
    const appended = await appendItems(file, { items });
    const retired = await retireItems(appended.bytes, [model.ids()[3]]);
    const later = await loadModel(retired.bytes, { plugins });
    const me = later.createProfile(historyOf(0));
    const [item] = me.rank(['new one'], { confidence: true }).items;
    assert.ok(Number(item.probability) > 0);
    assert.deepEqual(later.info.metadata.confidence, calibration);
  });
});

describe('uncertainty', () => {
  test('is 1 without a history, and falls where events speak of an item', () => {
    const empty = model.createProfile();
    const [item] = empty.recommend({ topK: 1, confidence: true }).items;
    assert.equal(item.uncertainty, 1);
    assert.equal(item.words, englishConfidence.nothing);
    const [one, two] = model.ids();
    const of = (/** @type {string[]} */ history, /** @type {string} */ id) =>
      Number(model.createProfile(history).rank([id], { confidence: true }).items[0].uncertainty);
    assert.ok(of([one], one) < of([one], two));
    assert.ok(of([one, two], two) < of([one], two));
    assert.ok(of([one], two) < 1);
  });

  test('is v M^-1 v over what it is without the events: one event is worked out by hand', () => {
    const [one] = model.ids();
    const me = model.createProfile([{ item: one, weight: 3 }]);
    const posterior = posteriorOf(me);
    const v = vectorsOf(model.kernel, 0, 1);
    const { uncertainty } = me.rank([one], { confidence: true }).items[0];
    // Sherman and Morrison: a = a_0 / (1 + w a_0) where the event is the item itself.
    const before = { ...posterior, factor: posterior.before };
    const work = uncertaintyOf(posterior, v);
    near(uncertainty, work);
    assert.equal(uncertaintyOf(before, v), 1);
    assert.equal(uncertaintyOf(posterior, new Float32Array(v.length)), 1, 'no direction');
    const twice = posteriorOf(model.createProfile([{ item: one, weight: 6 }]));
    const open = (/** @type {number} */ u, /** @type {number} */ w) => (1 / u - 1) / w;
    // w a_0 = 1 / u - 1; a_0 differs a little, because the ridge goes by the mass of the history.
    assert.ok(Math.abs(open(uncertaintyOf(twice, v), 6) / open(work, 3) - 1) < 0.2);
  });

  test('of weights, dislikes, what was forgotten and what time does is finite', () => {
    const events = historyOf(2).map((event, i) => ({
      ...event,
      weight: 2 ** (i % 11),
      preference: (i % 3) - 1,
    }));
    const forgetful = model.createProfile(events);
    forgetful.forget({ keep: 2 });
    for (const me of [
      model.createProfile(events),
      forgetful,
      model.createProfile(events, { recency: recency({ halfLife: 1 }) }),
    ])
      for (const { uncertainty, probability } of me.rank(model.ids(), { confidence: true }).items) {
        assert.ok(Number(uncertainty) > 0 && Number(uncertainty) <= 1, String(uncertainty));
        assert.ok(Number(probability) > 0 && Number(probability) < 1);
      }
  });

  test('follows changes of the profile, and comes back with them', () => {
    const me = model.createProfile(historyOf(0));
    const asked = () => me.recommend({ topK: 3, confidence: true });
    const first = asked();
    me.add(first.items[0].item);
    assert.notDeepEqual(asked(), first);
    me.undo();
    assert.deepEqual(asked(), first);
    const other = model.createProfile(historyOf(0));
    other.dispose();
    return failsWith(() => other.recommend({ confidence: true }), 'DISPOSED');
  });
});

test('items that the model does not know have nothing, and say so', () => {
  const me = model.createProfile(historyOf(0));
  const { items } = me.rank(['nobody', model.ids()[0]], { confidence: true });
  assert.deepEqual(
    [items[1].item, items[1].probability, items[1].interval, items[1].uncertainty, items[1].words],
    ['nobody', null, null, 1, englishConfidence.unknown],
  );
});

test('words are those of the templates, and each case has its own', async () => {
  const me = model.createProfile(historyOf(0));
  const templates = {
    likely: '{chance}, {{{times}}}',
    better: 'B',
    usual: 'U',
    unlikely: 'L',
    known: '',
    some: '',
    open: '',
  };
  for (const { words, probability } of me.rank(model.ids(), { confidence: { templates } }).items) {
    const p = Number(probability);
    const wanted =
      p >= 0.5
        ? `${Math.round(100 * p)} %, {${(p / 0.02).toFixed(1)}}`
        : p >= 0.04
          ? 'B'
          : p >= 0.02
            ? 'U'
            : 'L';
    assert.equal(words, wanted);
  }
  for (const wrong of [{ likely: 3 }, { likely: '{title}' }, { nobody: 'x' }, 'text'])
    assert.equal(
      (await failure(() => me.recommend({ confidence: { templates: /** @type {any} */ (wrong) } }))).code,
      'BAD_ARGUMENT',
    );
});

test('bad options are refused, and change nothing', async () => {
  const me = model.createProfile(historyOf(0));
  const before = me.recommend({ topK: 3, confidence: true });
  for (const wrong of [1, 'yes', null, [], { level: 1 }, { baseRate: 0 }, { baseRate: 1 }, { baseRate: NaN }])
    await failsWith(() => me.recommend({ confidence: wrong }), 'BAD_ARGUMENT');
  assert.deepEqual(me.recommend({ topK: 3, confidence: true }), before);
  assert.equal(
    (await failure(async () => (await loadModel(bytes)).createProfile().recommend({ confidence: true })))
      .code,
    'NEEDS_PLUGIN',
  );
});
