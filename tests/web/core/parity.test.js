// Owns the proof that every build gives the same scores: wasm SIMD and wasm scalar of every toolchain and
// every native build that there is. Must compare whole floats, never within a tolerance.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { loadModel } from '../../../dist/ampcf.js';
import { trainModel } from '../../../dist/train.js';
import { root } from '../../support.js';
import { isStale, nativePrograms, wasmBytes, wasmToolchains, whyNot } from '../../toolchains.js';

// 5 models x 200 histories x 100 candidates = 100,000 scores. Widths around the kernels' 16 lanes, tails of 1
// and 7.
const dims = [1, 7, 16, 33, 64];
const histories = 200;
const candidatesEach = 100;
const people = 80;
const catalogue = 160;

/**
 * xorshift32
 * @param {number} seed
 */
function generator(seed) {
  let state = seed;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  return {
    below: (/** @type {number} */ n) => next() % n,
    float: (/** @type {number} */ low, /** @type {number} */ high) =>
      Math.fround(low + (high - low) * (next() / 2 ** 32)),
  };
}
/** @typedef {ReturnType<typeof generator>} Random */
/**
 * @typedef {{ personas: number, history: number[], weights: number[], candidates: number[] }} Case item
 *   indices
 */

/**
 * @param {Random} random
 * @param {number} n
 * @param {number} count
 * @returns {number[]} distinct
 */
function someOf(random, n, count) {
  const all = Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const at = i + random.below(n - i);
    [all[i], all[at]] = [all[at], all[i]];
  }
  return all.slice(0, count);
}

/**
 * People with one or two of eight tastes each, so that personas are found.
 * @param {Random} random
 */
function interactions(random) {
  /** @type {number[]} */ const user = [];
  /** @type {number[]} */ const item = [];
  for (let u = 0; u < people; u++) {
    const tastes = [random.below(8), random.below(8)];
    for (let j = 0; j < catalogue; j++)
      if (random.below(tastes.includes(j % 8) ? 2 : 25) === 0) (user.push(u), item.push(j));
  }
  return {
    users: Array.from({ length: people }, (_, i) => `u${i}`),
    items: Array.from({ length: catalogue }, (_, i) => `i${i}`),
    user,
    item,
  };
}

/** @param {number} dim */
async function makeModel(dim) {
  const random = generator(1000 + dim);
  const vectors = dim === 33 ? 'int8' : dim === 16 ? 'f16' : 'f32';
  const personas = 2 + random.below(7);
  const { bytes, items } = await trainModel(interactions(random), {
    dim,
    personas,
    vectors,
    ...(dim > 7 && { neighbours: 25, neighbourLambda: 5, itemDamping: 0.4, popularityDamping: 0.1 }),
    userDamping: 0.5,
    sweeps: 3,
    seed: dim,
    split: random.float(0.3, 1.2),
    gate: random.float(0, 3),
    leaves: 1 + random.below(16),
  });
  const cases = Array.from({ length: histories }, () => {
    const history = someOf(random, items, random.below(61));
    return {
      personas: random.below(personas + 1),
      history,
      weights: history.map(() => random.float(0.1, 4)),
      candidates: someOf(random, items, candidatesEach),
    };
  });
  return { dim, bytes, cases };
}

/**
 * Scores then persona indices of every case, as raw 32-bit words.
 * @param {{ bytes: Uint8Array<ArrayBuffer>, cases: Case[] }} model
 * @param {{ backend: 'simd' | 'scalar' } | { module: WebAssembly.Module }} build
 */
async function scoreInWasm({ bytes, cases }, build) {
  const model = await loadModel(bytes, build);
  assert.equal(model.diagnostics().backend, 'backend' in build ? build.backend : 'given');
  const ids = model.ids();
  const words = new Uint32Array(cases.length * candidatesEach * 2);
  const floats = new Float32Array(words.buffer);
  let at = 0;
  for (const { personas, history, weights, candidates } of cases) {
    const profile = model.createProfile(
      history.map((index, i) => ({ item: ids[index], weight: weights[i] })),
      personas ? { personas } : {},
    );
    const { items } = profile.rank(candidates.map((index) => ids[index]));
    const found = new Map(items.map(({ item, score, persona }) => [item, { score, persona }]));
    assert.equal(found.size, candidates.length);
    candidates.forEach((index, i) => {
      const { score, persona } = /** @type {{ score: number, persona: { index: number } | null }} */ (
        found.get(ids[index])
      );
      floats[at + i] = score;
      words[at + candidatesEach + i] = persona?.index ?? 0;
    });
    at += 2 * candidatesEach;
    profile.dispose();
  }
  model.dispose();
  return words;
}

/**
 * The format at the head of tests/src/score_cases.c.
 * @param {{ bytes: Uint8Array, cases: Case[] }[]} models
 */
function caseFile(models) {
  /** @type {Uint8Array[]} */ const parts = [];
  const put = (/** @type {number[] | Float32Array} */ values) => {
    const array = values instanceof Float32Array ? values : Uint32Array.from(values);
    parts.push(new Uint8Array(array.buffer));
  };
  for (const { bytes, cases } of models) {
    put([bytes.length, cases.length]);
    const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
    padded.set(bytes);
    parts.push(padded);
    for (const { personas, history, weights, candidates } of cases) {
      put([history.length, candidates.length, personas, ...history]);
      put(Float32Array.from(weights));
      put(candidates);
    }
  }
  return Buffer.concat(parts);
}

/**
 * Where words differ, said so that a person can look.
 * @param {Uint32Array} got
 * @param {Uint32Array} wanted
 * @param {string} what
 */
function assertSameBits(got, wanted, what) {
  assert.equal(got.length, wanted.length, what);
  const at = got.findIndex((word, i) => word !== wanted[i]);
  if (at < 0) return;
  const of = (/** @type {Uint32Array} */ words) =>
    `0x${words[at].toString(16)} (${new Float32Array(words.buffer, words.byteOffset + 4 * at, 1)[0]})`;
  const kind = at % (2 * candidatesEach) < candidatesEach ? 'score' : 'persona';
  const history = Math.floor(at / (2 * candidatesEach));
  assert.fail(
    `${what}: ${kind} ${at % candidatesEach} of history ${history}: ${of(got)} against ${of(wanted)}`,
  );
}

const folder = mkdtempSync(join(tmpdir(), 'ampcf-parity-'));
after(() => rmSync(folder, { recursive: true }));
/** @type {Awaited<ReturnType<typeof makeModel>>[]} */ const models = [];
/** @type {Uint32Array[]} */ const scalar = [];

before(async () => {
  for (const dim of dims) models.push(await makeModel(dim));
  for (const model of models) scalar.push(await scoreInWasm(model, { backend: 'scalar' }));
});

test('the cases are worth comparing: 100,000 different scores, several personas', () => {
  const scores = new Set(),
    personas = new Set();
  let count = 0;
  for (const words of scalar)
    words.forEach((word, i) => {
      if (i % (2 * candidatesEach) < candidatesEach) (scores.add(word), count++);
      else personas.add(word);
    });
  assert.equal(count, 100_000);
  assert.ok(scores.size > 80_000, `only ${scores.size} different scores`);
  assert.ok(personas.size >= 3, `only ${personas.size} different personas`);
});

test('wasm SIMD gives the bits of wasm scalar', async () => {
  for (const [i, model] of models.entries())
    assertSameBits(
      await scoreInWasm(model, { backend: 'simd' }),
      scalar[i],
      `simd against scalar, dim ${model.dim}`,
    );
});

const [, ...otherToolchains] = wasmToolchains;
for (const toolchain of otherToolchains)
  for (const name of ['core-simd', 'core-large', 'core-scalar'])
    test(`${name} of toolchain ${toolchain.name} gives the bits of wasm scalar`, async (t) => {
      const why = whyNot(toolchain);
      if (why) return t.skip(why);
      const module = await WebAssembly.compile(wasmBytes(toolchain, name));
      for (const [i, model] of models.entries())
        assertSameBits(await scoreInWasm(model, { module }), scalar[i], `${name}, dim ${model.dim}`);
    });

/**
 * @param {Uint32Array} words of all models, one after the other
 * @param {string} program
 */
function assertAllScores(words, program) {
  let at = 0;
  for (const [i, expected] of scalar.entries()) {
    const part = words.subarray(at, at + expected.length);
    assertSameBits(part, expected, `${program} against wasm scalar, dim ${models[i].dim}`);
    at += expected.length;
  }
  assert.equal(at, words.length);
}

test('native builds give the bits of wasm scalar', (t) => {
  const found = nativePrograms('score_cases'),
    programs = found.filter(({ path }) => !isStale(path));
  if (found.length === 0) return t.skip('skipped: no native build (cmake --preset release)');
  if (programs.length === 0)
    return t.skip(`skipped: native builds are older than src/ (cmake --build --preset ${found[0].build})`);
  const path = join(folder, 'cases');
  writeFileSync(path, caseFile(models));
  for (const program of programs) {
    const run = spawnSync(fileURLToPath(new URL(program.path, root)), [path], { maxBuffer: 2 ** 28 });
    assert.equal(run.status, 0, `${program.build}: ${run.stderr}`);
    const words = new Uint32Array(new Uint8Array(run.stdout).buffer);
    assertAllScores(words, program.build);
    t.diagnostic(`${program.build}: ${words.length / 2} scores equal`);
  }
});
