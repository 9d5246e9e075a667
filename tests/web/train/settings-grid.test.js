// Owns the test that no documented setting of a training makes a model that knows nothing: over the ends of
// every range, alone and in pairs, it opens, is no NaN and not all zero. Must not measure accuracy.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadModel } from 'ampcf';
import { trainModel } from 'ampcf/train';
import { neighbourDefaults, objectiveDefaults } from '../../../web/train/defaults.js';
import { settingRanges } from '../../../web/train/settings.js';
import { below, seeded } from '../../support.js';

const people = 14;
const items = 9;

/** People of two tastes, with weights from next to nothing to the highest. */
function made() {
  const random = seeded(7);
  /** @type {number[]} */
  const user = [];
  /** @type {number[]} */
  const item = [];
  /** @type {number[]} */
  const weight = [];
  for (let u = 0; u < people; u++)
    for (let j = 0; j < items; j++) {
      if (below(random, 4) >= 1 + 2 * ((u + j) % 2)) continue;
      user.push(u);
      item.push(j);
      weight.push([1e-30, 1, 1024][(u * 7 + j) % 3]);
    }
  const names = (/** @type {number} */ n, /** @type {string} */ letter) =>
    Array.from({ length: n }, (_, x) => `${letter}${x}`);
  return { users: names(people, 'u'), items: names(items, 'i'), user, item, weight };
}
const { weight, ...likes } = made();
const facts = new Map(likes.items.map((id, j) => [id, { aspects: [j % 2 ? 'odd' : 'even'] }]));

/** Counts, of which the highest would only take long, and what is set for all. */
const counts = /** @type {Record<string, number[]>} */ ({
  sweeps: [1, 40],
  epochs: [1, 40],
  warmup: [1, 40],
  samples: [0, 3, 1000],
});
const fixed = new Set(['minSupport', 'dim', 'seed', 'clusters', 'neighbours', 'neighbourBlend']);

/**
 * The ends of a range and what is near them; a denormal where 0 is allowed.
 * @param {string} name
 */
function endsOf(name) {
  const [low, high, step] = settingRanges[name];
  if (step) return counts[name] ?? [low, high];
  return [low, low === 0 ? 1e-40 : low + (high - low) * 1e-6, high / 2, high];
}

/** @param {Record<string, unknown>} defaults */
const choicesOf = (defaults) =>
  Object.keys(defaults)
    .filter((name) => name in settingRanges && !fixed.has(name))
    .flatMap((name) => endsOf(name).map((value) => /** @type {[string, number]} */ ([name, value])));

/**
 * Each choice by itself, and pairs of them: as many as a test has time for, drawn anew for no run.
 * @param {[string, number][]} choices
 * @param {number} pairs
 */
function* combinations(choices, pairs) {
  const random = seeded(11);
  for (const choice of choices) yield Object.fromEntries([choice]);
  for (let i = 0; i < pairs; i++)
    yield Object.fromEntries([
      choices[below(random, choices.length)],
      choices[below(random, choices.length)],
    ]);
}

/**
 * @param {Record<string, any>} options
 * @param {boolean} weighted
 */
async function check(options, weighted) {
  const what = JSON.stringify({ ...options, weighted });
  const input = weighted ? { ...likes, weight } : likes;
  const { bytes } = await trainModel(input, {
    items: facts,
    minSupport: 1,
    dim: 6,
    clusters: 2,
    ...options,
  }).catch((error) => assert.fail(`${what}: ${error.message}`));
  const model = await loadModel(bytes);
  const { items: ranked } = model.createProfile(['i0', 'i3']).recommend({ topK: items });
  assert.ok(ranked.length > 0, what);
  for (const { score } of ranked) assert.ok(Number.isFinite(score), what);
  assert.ok(
    likes.items.some((id) => model.similar(id, { topK: 1 }).some(({ score }) => score !== 0)),
    `${what}: nothing is like anything`,
  );
  const { neighbours } = model.info;
  model.dispose();
  return neighbours;
}

for (const [objective, defaults] of Object.entries(objectiveDefaults))
  test(`no setting of ${objective} in its range gives NaN or zeros`, async () => {
    let n = 0;
    for (const settings of combinations(choicesOf(defaults), 120))
      await check({ objective, ...settings }, objective !== 'softmax' && n++ % 2 === 0);
  });

for (const neighbourMethod of /** @type {const} */ (['ease', 'local', 'cooccurrence']))
  test(`no setting of neighbours by ${neighbourMethod} leaves none without a word`, async () => {
    const ease = neighbourMethod === 'ease';
    const { neighbourAspects, ...others } = neighbourDefaults;
    let n = 0;
    for (const neighbourBlend of ease ? [0, 0.01, 1] : [0])
      for (const settings of combinations(choicesOf(ease ? { neighbourAspects, ...others } : others), 60)) {
        const options = { neighbourMethod, neighbours: 4, neighbourBlend, sweeps: 2, ...settings };
        const found = await check({ ...(ease ? {} : { neighbourAspects: 0 }), ...options }, n++ % 2 === 0);
        // A strength of next to nothing is what was asked for.
        if (!(Number(settings.neighbourStrength) < 1e-6)) assert.ok(found > 0, JSON.stringify(options));
      }
  });

test('a ridge that single precision cannot tell from rounding still gives a model', async () => {
  const random = seeded(5);
  const user = Array.from({ length: 970 }, (_, x) => x % 60);
  const item = user.map((u) => 2 * below(random, 20) + (below(random, 9) === 0 ? 1 - (u % 2) : u % 2));
  const many = {
    users: Array.from({ length: 60 }, (_, u) => `u${u}`),
    items: Array.from({ length: 40 }, (_, j) => `i${j}`),
    user,
    item,
  };
  for (const settings of [{ lambda: 1e-6 }, { nu: 0, lambda: 1e-4 }, { nu: 0, lambda: 1e-6, alpha: 1024 }]) {
    const model = await loadModel((await trainModel(many, settings)).bytes);
    const { items: ranked } = model.createProfile(['i2', 'i4', 'i6', 'i8']).recommend({ topK: 40 });
    for (const { score } of ranked) assert.ok(Number.isFinite(score), JSON.stringify(settings));
    for (const id of model.ids())
      assert.ok(model.similar(id, { topK: 1 })[0].score > 0, `${JSON.stringify(settings)}: ${id} is zero`);
    model.dispose();
  }
});

test('aspects however strong leave neighbours', async () => {
  for (const neighbourAspects of [60, 1e8, 1e9]) {
    const settings = { items: facts, minSupport: 1, dim: 4, neighbours: 4, neighbourAspects };
    const model = await loadModel((await trainModel(likes, settings)).bytes);
    assert.ok(model.info.neighbours > 0, String(neighbourAspects));
    model.dispose();
  }
});
