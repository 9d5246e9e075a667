// Owns the test of memory that runs out in JavaScript: every allocation of wasm memory fails in turn,
// once and for good. The call says OUT_OF_MEMORY, leaves the profile as it was, works when it is made
// again, and no memory is lost. Memory that the C functions take: tests/src/train/test_short_memory.c.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { constants } from '../../web/build/constants.js';
import { root, smallModel } from '../support.js';

/** @import { Model } from '../../web/model/model.js' */
/** @import { Profile } from '../../web/model/profile.js' */
/** @typedef {{ model?: Model, me?: Profile, other?: Profile }} Session */
/** @typedef {(session: Session) => unknown} Step */

const folder = mkdtempSync(join(tmpdir(), 'ampcf-memory-'));
after(() => rmSync(folder, { recursive: true }));

/** @type {typeof import('../../web/ampcf.js') & { WasmMemory: any }} */
let library;
/** @type {Uint8Array} */
let file;
/** Which allocation fails, from 1; with `forGood` all after it too. */
let failing = { at: 0, forGood: false };
let allocations = 0;
let looking = false;
/** @type {Set<string>} blocks in use */
const live = new Set();

before(async () => {
  file = await smallModel({ neighbours: 4 });
  const { outputFiles } = await build({
    stdin: {
      contents: `export * from './web/ampcf.js'; export { WasmMemory } from './web/core/memory.js';`,
      resolveDir: fileURLToPath(root),
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    loader: { '.wasm': 'base64', '.zlib': 'base64' },
    define: constants(root),
  });
  const path = join(folder, 'library.mjs');
  writeFileSync(path, outputFiles[0].text);
  library = await import(pathToFileURL(path).href);
  intercept(library.WasmMemory.prototype);
});

/**
 * Counts what is allocated and freed, and refuses what is to fail as a memory does that cannot grow.
 * @param {any} memory the prototype
 */
function intercept(memory) {
  const { allocate, free } = memory;
  /** @type {WeakMap<object, number>} */
  const numbers = new WeakMap();
  let made = 0;
  const nameOf = (/** @type {object} */ owner, /** @type {number} */ start) => {
    if (!numbers.has(owner)) numbers.set(owner, made++);
    return `${numbers.get(owner)}:${start}`;
  };
  memory.allocate = function (/** @type {number} */ bytes) {
    if (looking) return allocate.call(this, bytes);
    const n = ++allocations;
    if (failing.at > 0 && (n === failing.at || (failing.forGood && n > failing.at)))
      return allocate.call(this, 2 ** 33);
    const start = allocate.call(this, bytes);
    live.add(nameOf(this, start));
    return start;
  };
  memory.free = function (/** @type {number} */ start) {
    live.delete(nameOf(this, start));
    free.call(this, start);
  };
}

const list = (/** @type {Profile} */ me) =>
  me.recommend({ topK: 8, excludeSeen: false }).items.map(({ item, score }) => `${item} ${score}`);
const meOf = (/** @type {Session} */ session) => /** @type {Profile} */ (session.me);
const modelOf = (/** @type {Session} */ session) => /** @type {Model} */ (session.model);
const idOf = (/** @type {Session} */ session, /** @type {number} */ n) => [...modelOf(session).ids()][2 * n];

/** @type {[string, Step][]} everything that takes memory, in an order in which it is used */
const steps = [
  ['load', async (s) => void (s.model = await library.loadModel(file))],
  ['create', (s) => void (s.me = modelOf(s).createProfile([idOf(s, 0), idOf(s, 1), 'unknown']))],
  ['recommend', (s) => list(meOf(s))],
  ['add', (s) => void meOf(s).add(idOf(s, 2))],
  ['rate', (s) => void meOf(s).rate(idOf(s, 3), 1)],
  ['personas', (s) => meOf(s).personas()],
  ['rank', (s) => meOf(s).rank([idOf(s, 5), idOf(s, 6), 'unknown'], { explain: true })],
  ['explain', (s) => meOf(s).explain(idOf(s, 7))],
  ['add again', (s) => void meOf(s).add({ item: idOf(s, 2), weight: 2 })],
  ['add a third', (s) => void meOf(s).add(idOf(s, 8))],
  ['add a fourth', (s) => void meOf(s).add(idOf(s, 9))],
  ['adjust', (s) => void meOf(s).adjust({ personas: 2 })],
  ['calibrate', (s) => meOf(s).recommend({ topK: 5, calibrate: 0.5 })],
  ['taste', (s) => meOf(s).tasteDistance([idOf(s, 5), idOf(s, 6)])],
  ['similar', (s) => modelOf(s).similar(idOf(s, 4), { topK: 3 })],
  ['undo', (s) => void meOf(s).undo()],
  ['remove', (s) => void meOf(s).remove(idOf(s, 0))],
  ['forget', (s) => void meOf(s).forget({ keep: 2 })],
  ['remembered', (s) => list(meOf(s))],
  ['restore', (s) => void (s.other = modelOf(s).restoreProfile(meOf(s).save()))],
  ['restored', (s) => list(/** @type {Profile} */ (s.other))],
  ['clear', (s) => void meOf(s).clear()],
  ['empty', (s) => list(meOf(s))],
];

/**
 * What a profile is, without a failure while it is looked at.
 * @param {Session} session
 */
function stateOf({ me }) {
  looking = true;
  const state = me && JSON.stringify([me.history, me.size, [...me.save()]]);
  looking = false;
  return state;
}

/**
 * All steps; one that memory fails is made again when there is some.
 * @param {typeof failing} fault
 */
async function session(fault) {
  /** @type {Session} */
  const at = {};
  const results = [];
  const starts = [];
  let refusals = 0;
  allocations = 0;
  failing = fault;
  for (const [name, step] of steps) {
    const had = stateOf(at);
    starts.push(allocations);
    try {
      results.push(await step(at));
    } catch (error) {
      const { code, message } = /** @type {import('../../web/core/errors.js').AmpcfError} */ (error);
      assert.equal(code, 'OUT_OF_MEMORY', `${name}: ${message}`);
      failing = { at: 0, forGood: false };
      refusals++;
      if (!at.model) live.clear(); // the instance that could not load is dropped with its memory
      assert.equal(stateOf(at), had, `${name} left something half done`);
      results.push(await step(at));
    }
  }
  failing = { at: 0, forGood: false };
  at.me?.dispose();
  at.other?.dispose();
  return { results: JSON.stringify(results), refusals, at, starts };
}

/**
 * The first eight allocations of each call, and then some: the others are of one name after another.
 * @param {number[]} starts
 * @param {number} total
 */
const chosenOf = (starts, total) =>
  starts.flatMap((start, i) =>
    Array.from({ length: (starts[i + 1] ?? total) - start }, (_, n) => start + 1 + n).filter(
      (_, n) => n < 8 || n % 499 === 0,
    ),
  );

test('every allocation fails in turn, once and for good', { timeout: 120_000 }, async (t) => {
  live.clear();
  const whole = await session({ at: 0, forGood: false });
  const blocks = live.size;
  const total = allocations;
  assert.ok(total > steps.length && blocks > 0);
  whole.at.model?.dispose();
  const chosen = chosenOf(whole.starts, total);
  let refusals = 0;
  for (const forGood of [false, true])
    for (const at of chosen) {
      live.clear();
      const broken = await session({ at, forGood });
      assert.equal(broken.results, whole.results, `other results after allocation ${at} failed`);
      assert.ok(live.size <= blocks, `${live.size - blocks} blocks lost after allocation ${at} failed`);
      broken.at.model?.dispose();
      refusals += broken.refusals;
    }
  assert.ok(refusals >= chosen.length, 'most failures were told');
  t.diagnostic(
    `${chosen.length} of ${total} allocations in ${steps.length} calls failed, each twice; ` +
      `${refusals} refusals, 0 blocks lost`,
  );
});
