// Owns the test of how much memory a large catalogue has once it is open. Must not time anything.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadModel } from '../../../dist/rank.js';
import { modelFromVectors } from '../../../dist/train.js';
import { seeded } from '../../support.js';

/** More int8 items than have first looks, of 40 bytes an item: HEADS_MOST_NARROW of src/core/heads.h. */
const many = 140_000;
const dim = 64;
const random = seeded(1);
const ids = Array.from({ length: many }, (_, j) => String(j));
const vectors = Float32Array.from({ length: many * dim }, () => random() - 0.5);

for (const [vectorType, most] of /** @type {const} */ ([
  ['int8', 90],
  ['f16', 270], // with rows rounded to int8 and first looks beside them, for pruning
]))
  test(`${vectorType} vectors stay so: at most ${most} bytes an item of ${dim} numbers`, async () => {
    const { bytes } = await modelFromVectors({ ids, vectors, dim, vectorType, bias: 0, clusters: 0 });
    const model = await loadModel(bytes);
    const me = model.createProfile([ids[5], ids[77]]);
    assert.equal(me.recommend({ topK: 10 }).items.length, 10);
    const { memoryBytes } = model.diagnostics();
    // The core itself and what grows in pages.
    const beside = 2 * 2 ** 20;
    assert.ok(memoryBytes <= most * many + beside, `${memoryBytes} bytes, ${memoryBytes / many} an item`);
    assert.ok(memoryBytes >= (vectorType === 'int8' ? 1 : 2) * many * dim);
    model.dispose();
  });
