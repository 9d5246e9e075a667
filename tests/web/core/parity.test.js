// Owns the proof that every build gives the same bits: wasm SIMD, wasm scalar and, where CMake has built one,
// native.
// Must compare whole floats, never within a tolerance.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { loadModel } from '../../../dist/ampcf.js';
import { trainModel } from '../../../dist/train.js';

// 5 models x 200 histories x 100 candidates = 100,000 scores. Widths around the kernels' 16 lanes, tails of 1
// and 7.
const dims = [1, 7, 16, 33, 64],
  histories = 200,
  candidatesEach = 100,
  people = 80,
  catalogue = 160;

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
  const random = generator(1000 + dim),
    vectors = dim === 33 ? 'int8' : dim === 16 ? 'f16' : 'f32',
    personas = 2 + random.below(7);
  const { bytes, items } = await trainModel(interactions(random), {
    dim,
    personas,
    vectors,
    ...(dim > 7 && { neighbours: 25, neighbourLambda: 5, itemDamping: 0.4, popularityDamping: 0.1 }),
    userDamping: 0.5,
    sweeps: 3,
    joint: 2,
    seed: dim,
    beta: random.float(5, 40),
    eta: random.float(0, 1),
    tau: random.float(0, 1),
    rho: random.float(0.1, 1),
    split: random.float(0.3, 1.2),
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
 * @param {'simd' | 'scalar'} backend
 */
async function scoreInWasm({ bytes, cases }, backend) {
  const model = await loadModel(bytes, { backend });
  assert.equal(model.diagnostics().backend, backend);
  const ids = model.ids(),
    words = new Uint32Array(cases.length * candidatesEach * 2),
    floats = new Float32Array(words.buffer);
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
  assert.fail(
    `${what}: ${kind} ${at % candidatesEach} of history ${Math.floor(at / (2 * candidatesEach))}: ${of(got)} against ${of(wanted)}`,
  );
}

const root = fileURLToPath(new URL('../../../', import.meta.url)),
  builds = join(root, 'build');

/**
 * Every native build that there is.
 * @returns {string[]}
 */
function nativePrograms() {
  if (!existsSync(builds)) return [];
  return readdirSync(builds)
    .flatMap((name) => [join(builds, name, 'score_cases'), join(builds, name, 'score_cases.exe')])
    .filter((path) => existsSync(path));
}

/**
 * A program older than the sources says nothing about them.
 * @param {string} program
 */
function isStale(program) {
  const sources = ['src', 'include'].flatMap((name) =>
    readdirSync(join(root, name), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.[ch]$/.test(file))
      .map((file) => join(root, name, file)),
  );
  return statSync(program).mtimeMs < Math.max(...sources.map((path) => statSync(path).mtimeMs));
}

const folder = mkdtempSync(join(tmpdir(), 'ampcf-parity-'));
after(() => rmSync(folder, { recursive: true }));
/** @type {Awaited<ReturnType<typeof makeModel>>[]} */ const models = [];
/** @type {Uint32Array[]} */ const scalar = [];

before(async () => {
  for (const dim of dims) models.push(await makeModel(dim));
  for (const model of models) scalar.push(await scoreInWasm(model, 'scalar'));
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
    assertSameBits(await scoreInWasm(model, 'simd'), scalar[i], `simd against scalar, dim ${model.dim}`);
});

test('native builds give the bits of wasm scalar', (t) => {
  const found = nativePrograms(),
    programs = found.filter((program) => !isStale(program));
  if (found.length === 0) return t.skip('skipped: no native build (cmake --preset release)');
  if (programs.length === 0)
    return t.skip(
      `skipped: native builds are older than src/ (cmake --build --preset ${basename(dirname(found[0]))})`,
    );
  const path = join(folder, 'cases');
  writeFileSync(path, caseFile(models));
  for (const program of programs) {
    const { status, stdout, stderr } = spawnSync(program, [path], { maxBuffer: 2 ** 28 });
    assert.equal(status, 0, `${program}: ${stderr}`);
    const words = new Uint32Array(new Uint8Array(stdout).buffer);
    let at = 0;
    for (const [i, expected] of scalar.entries()) {
      assertSameBits(
        words.subarray(at, at + expected.length),
        expected,
        `${program} against wasm scalar, dim ${models[i].dim}`,
      );
      at += expected.length;
    }
    assert.equal(at, words.length);
    t.diagnostic(`${program}: ${words.length / 2} scores equal`);
  }
});
