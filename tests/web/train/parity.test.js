// Owns the proof that training gives the same bits in SIMD and scalar wasm, for every objective. Must compare
// whole floats, never within a tolerance.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { WasmMemory } from '../../../web/core/memory.js';
import { trainConfig, trainSettings } from '../../../web/train/settings.js';
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
 * Vectors, biases, Gram, and what stands beside them, as words.
 * @param {'simd' | 'scalar'} kernels
 * @param {Record<string, any>} given
 */
async function trained(kernels, given) {
  const memory = new WasmMemory(
    await WebAssembly.compile(
      readFileSync(new URL(`../../../dist/wasm/train-${kernels}.wasm`, import.meta.url)),
    ),
  );
  const settings = trainSettings(given),
    { offsets, list } = interactions(11);
  const put = (/** @type {Uint8Array | Uint32Array} */ array) => {
    const at = memory.allocate(array.byteLength);
    memory.u8(at, array.byteLength).set(new Uint8Array(array.buffer));
    return at;
  };
  const config = put(trainConfig(settings, users, items)),
    bytes = memory.call('ampcf_trainer_memory', config, list.length),
    out = memory.allocate(32);
  assert.ok(bytes > 0);
  assert.equal(
    memory.call('ampcf_trainer_open', config, put(offsets), put(list), 0, memory.allocate(bytes), bytes, out),
    0,
  );
  const trainer = memory.u32(out, 1)[0];
  do memory.call('ampcf_trainer_step', trainer, 1000, out);
  while (memory.u64(out, 2)[0] < memory.u64(out, 2)[1]);
  const words = (/** @type {string} */ name, /** @type {number} */ n) => [
    ...memory.u32(memory.call(name, trainer), n),
  ];
  const damped = memory.call('ampcf_trainer_item_weights', trainer) !== 0;
  assert.equal(damped, Boolean(given.itemDamping || given.popularityDamping));
  return [
    words('ampcf_trainer_vectors', items * settings.dim),
    words('ampcf_trainer_bias', items),
    words('ampcf_trainer_gram', (settings.dim * (settings.dim + 1)) / 2),
    ...(damped
      ? [words('ampcf_trainer_item_weights', items), words('ampcf_trainer_item_targets', items)]
      : []),
  ];
}

for (const settings of [
  { ...steady, dim: 33, joint: 3, rho: 0.5 },
  { ...steady, dim: 7, personas: 1 },
  { ...steady, dim: 9, joint: 2, rho: 0.6, userDamping: 0.5, itemDamping: 0.4, popularityDamping: 0.3 },
  { ...steady, dim: 17, userDamping: 0.7 },
  { objective: 'softmax', dim: 33 },
  { objective: 'softmax', dim: 16, personas: 1 },
  { objective: 'softmax', dim: 7, attention: 'cosine', attentionBeta: 5, batch: 50, epochs: 60 },
  { objective: 'multinomial', dim: 33, rho: 0.5, batch: 20 },
  { objective: 'gaussian', dim: 7, personas: 1 },
  { objective: 'logistic', dim: 20, samples: 15, batch: 9 },
])
  test(`SIMD trains the bits of scalar: ${JSON.stringify(settings)}`, async () => {
    const simd = await trained('simd', settings);
    assert.ok(new Set(simd[0]).size > 0.9 * simd[0].length);
    assert.deepEqual(simd, await trained('scalar', settings));
  });
