// Owns the proof that training gives the same bits in SIMD and scalar wasm, for every objective. Must compare
// whole floats, never within a tolerance.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { WasmMemory } from '../../../web/core/memory.js';
import { trainConfig } from '../../../web/train/config.js';
import { TrainKernel } from '../../../web/train/kernel.js';
import { trainSettings } from '../../../web/train/settings.js';
import { below, seeded, steady } from '../../support.js';

const users = 70,
  items = 90;

/**
 * People with one of three tastes.
 * @param {number} seed
 */
function interactions(seed) {
  const random = seeded(seed),
    offsets = new Uint32Array(users + 1);
  /** @type {number[]} */ const list = [];
  for (let u = 0; u < users; u++) {
    for (let j = 0; j < items; j++) if (below(random, j % 3 === u % 3 ? 2 : 20) === 0) list.push(j);
    offsets[u + 1] = list.length;
  }
  return { offsets, list: Uint32Array.from(list) };
}

/**
 * Vectors, biases, Gram, settings, and what stands beside them, as words.
 * @param {'simd' | 'scalar'} kernels
 * @param {Record<string, any>} given
 */
async function trained(kernels, given) {
  const file = new URL(`../../../dist/wasm/train-${kernels}.wasm`, import.meta.url);
  const kernel = new TrainKernel(new WasmMemory(await WebAssembly.compile(readFileSync(file))));
  const { offsets, list } = interactions(11);
  const config = trainConfig(trainSettings(given), users, items);
  assert.ok(kernel.trainerMemory(config, list.length) > 0);
  const training = kernel.openTrainer(config, { offsets, items: list, weights: null });
  for (let done = 0, total = 1; done < total;) ({ done, total } = training.step(1000));
  const results = training.results(),
    damped = Boolean(given.itemDamping || given.popularityDamping);
  assert.deepEqual([results.item_weights !== null, results.item_targets !== null], [damped, damped]);
  return Object.values(results).map((array) => [...new Uint32Array(array?.buffer ?? [])]);
}

for (const settings of [
  { ...steady, dim: 33 },
  { ...steady, dim: 7, personas: 1 },
  { ...steady, dim: 9, userDamping: 0.5, itemDamping: 0.4, popularityDamping: 0.3 },
  { ...steady, dim: 17, userDamping: 0.7 },
  { ...steady, dim: 10, supportLambda: 12, vectorStep: 0.5 },
  { objective: 'softmax', dim: 33 },
  { objective: 'softmax', dim: 16, personas: 1 },
  { objective: 'softmax', dim: 7, attention: 'cosine', attentionBeta: 5, batch: 50, epochs: 60 },
  { objective: 'multinomial', dim: 33, batch: 20 },
  { objective: 'gaussian', dim: 7, personas: 1 },
  { objective: 'logistic', dim: 20, samples: 15, batch: 9 },
])
  test(`SIMD trains the bits of scalar: ${JSON.stringify(settings)}`, async () => {
    const simd = await trained('simd', settings);
    // Numbers that are rounded to multiples of a step are few.
    assert.ok('vectorStep' in settings || new Set(simd[0]).size > 0.9 * simd[0].length);
    assert.deepEqual(simd, await trained('scalar', settings));
  });
