// Owns the tests of the library in bad company: random arguments of every type, traps, memory that ends.
// Must not test what correct calls give.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { AmpcfError, loadModel } from '../../../dist/ampcf.js';
import { trainModel } from '../../../dist/train.js';
import { WasmMemory } from '../../../web/core/memory.js';
import {
  below,
  codes,
  failsWith,
  failure,
  golden,
  historyOf,
  openSmallModel,
  root,
  seeded,
  smallModel,
  tinyModule,
  wasmBodies,
} from '../../support.js';

/** @type {import('../../../web/model/model.js').Model} */ let model;
/** @type {string[]} */ let ids;

before(async () => {
  model = await openSmallModel();
  ids = model.ids();
});

class Mine extends Error {}
const throwing = () => {
  throw new Mine('mine');
};
const throwingProxy = new Proxy(
  {},
  { get: throwing, has: throwing, getPrototypeOf: throwing, ownKeys: throwing },
);
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();
const detached = new Uint8Array(64);
structuredClone(detached.buffer, { transfer: [detached.buffer] });
const huge = 'x'.repeat(2 ** 20);

/** What options and events may say, and what none says. */
const kinds = [
  ['topK', 'explain', 'contributions'],
  ['topK', 'excludeSeen', 'exclude', 'filter'],
  ['contributions'],
  ['personas'],
  ['item', 'length', 'title'],
];

/**
 * Any value at all; some are right by accident.
 * @param {() => number} random
 * @param {number} [depth]
 * @returns {any}
 */
function anything(random, depth = 0) {
  const plain = [
    undefined,
    null,
    true,
    false,
    NaN,
    0,
    -0,
    1,
    3,
    1.5,
    -1,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    -(2 ** 53),
    Infinity,
    -Infinity,
    Number.MIN_VALUE,
    5n,
    2n ** 64n,
    '',
    '7',
    '-0',
    'no such item',
    '\ud800',
    '\0',
    huge,
    ids[below(random, ids.length)],
    ids[below(random, 9)],
    Symbol('s'),
    Symbol.iterator,
    () => true,
    throwing,
    async () => {},
    /x/,
    new Date(NaN),
    new Error('e'),
    Object.create(null),
    globalThis,
    new Map([[ids[0], 1]]),
    new Set([ids[1], 'no such item']),
    new WeakMap(),
    Promise.resolve(),
    new Proxy([ids[2]], {}),
    new Proxy({ item: ids[3] }, {}),
    throwingProxy,
    revoked,
    detached,
    detached.buffer,
    new SharedArrayBuffer(8),
    new Uint8Array(40),
    new Float32Array(3),
    new ArrayBuffer(0),
    Object.create(ArrayBuffer.prototype),
    { toString: throwing, valueOf: throwing },
    { [Symbol.toPrimitive]: throwing },
    { [Symbol.iterator]: throwing },
    (function* gone() {
      yield ids[4];
      throw new Mine('mine');
    })(),
  ];
  const pick = below(random, plain.length + (depth < 2 ? 30 : 0));
  if (pick < plain.length) return plain[pick];
  const next = () => anything(random, depth + 1);
  switch (pick % 3) {
    case 0:
      return Array.from({ length: below(random, 4) }, next);
    case 1:
      return { item: next(), weight: next(), at: next() };
    default: {
      const fields = kinds[below(random, kinds.length)];
      return Object.fromEntries(fields.filter(() => random() < 0.3).map((field) => [field, next()]));
    }
  }
}

/**
 * A documented AmpcfError, or what the caller's own objects threw.
 * @param {unknown} error
 */
function assertFair(error) {
  if (error instanceof Mine) return;
  // A revoked proxy, and the iterator of a view whose buffer is gone, are the caller's too: they throw when
  // they are looked at.
  if (error instanceof TypeError && /revoked|detached|not a typed array/.test(error.message)) return;
  assert.ok(error instanceof AmpcfError, error instanceof Error ? String(error.stack) : String(error));
  assert.ok(
    codes.has(error.code) && error.code !== 'INSTANCE_FAILED' && error.code !== 'OUT_OF_MEMORY',
    `${error.code}: ${error.message}`,
  );
}

/**
 * Every call of the library, with arguments that are right by accident only.
 * @param {() => import('../../../web/model/profile.js').Profile} me
 * @param {Uint8Array} saved
 * @param {() => number} random
 */
function callsOn(me, saved, random) {
  return [
    () => model.has(anything(random)),
    () => model.title(anything(random)),
    () => model.aspects(anything(random)),
    () => model.similar(anything(random), anything(random)),
    () => model.similar(ids[5], anything(random)),
    () => model.createProfile(anything(random), anything(random)).recommend({ topK: 2 }),
    () => model.createProfile([ids[0]], anything(random)),
    () => model.restoreProfile(anything(random), anything(random)),
    () => model.restoreProfile(saved, anything(random)),
    () => me().add(anything(random)),
    () => me().add({ item: ids[below(random, 50)], weight: anything(random), at: anything(random) }),
    () => me().remove(anything(random)),
    () => me().rank(anything(random), anything(random)),
    () => me().rank([ids[6], ids[7]], anything(random)),
    () => me().rank([anything(random)]),
    () => me().recommend(anything(random)),
    () => me().recommend({ exclude: anything(random), filter: anything(random), topK: 3 }),
    () => me().recommend({ topK: anything(random) }),
    () => me().explain(anything(random), anything(random)),
    () => me().explain(ids[8], anything(random)),
    () => me().tasteDistance(anything(random)),
    () => me().tasteDistance([anything(random), ids[9]]),
  ];
}

describe('random arguments', () => {
  test('20,000 calls: documented errors only, and nothing is changed by them', () => {
    const random = seeded(51);
    const witness = model.createProfile(historyOf(0));
    const first = JSON.stringify(golden(witness.recommend({ topK: 5 })));
    const saved = witness.save();
    let me = model.createProfile(historyOf(1).slice(0, 12));
    const calls = callsOn(() => me, saved, random);
    const met = { errors: 0, fine: 0 };
    for (let n = 0; n < 20000; n++) {
      if (n % 40 === 0) {
        me.dispose();
        me = model.createProfile(historyOf(below(random, 200)).slice(0, 12));
      }
      const history = JSON.stringify(me.history);
      try {
        calls[below(random, calls.length)]();
        met.fine++;
      } catch (error) {
        met.errors++;
        assertFair(error);
        assert.equal(JSON.stringify(me.history), history);
        assert.equal(JSON.stringify(golden(witness.recommend({ topK: 5 }))), first);
      }
    }
    assert.ok(met.errors > 8000 && met.fine > 1300, JSON.stringify(met));
    assert.ok(model.diagnostics().memoryBytes < 64 * 2 ** 20);
  });

  test('loading and training', async () => {
    const random = seeded(52);
    const witness = model.createProfile(historyOf(0));
    const first = golden(witness.recommend({ topK: 5 }));
    const good = await smallModel();
    const options = () =>
      Object.fromEntries(
        ['integrity', 'signal', 'onProgress', 'maxBytes', 'backend', 'module', 'dim', 'items', 'name', 'gate']
          .filter(() => random() < 0.3)
          .map((name) => [name, anything(random)]),
      );
    const data = () => ({
      users: ['a', 'b'],
      items: ['x', 'y'],
      user: [0, 1],
      item: [0, 1],
      ...Object.fromEntries(
        ['users', 'items', 'user', 'item', 'weight']
          .filter(() => random() < 0.4)
          .map((name) => [name, anything(random)]),
      ),
    });
    let errors = 0;
    for (let n = 0; n < 1500; n++) {
      const kind = below(random, 4);
      // Text is a URL: fetching it is not what is tested here.
      const source = anything(random);
      try {
        if (kind === 0) await loadModel(typeof source === 'string' ? undefined : source, anything(random));
        else if (kind === 1) await loadModel(good, options());
        else if (kind === 2) await trainModel(data(), { dim: 2, sweeps: 1 });
        else await trainModel(anything(random), { dim: 2, sweeps: 1, ...options() });
      } catch (error) {
        errors++;
        assertFair(error);
      }
      if (n % 50 === 0) assert.deepEqual(golden(witness.recommend({ topK: 5 })), first);
    }
    assert.ok(errors > 700, `${errors} errors`);
  });
});

describe('a trap', () => {
  test('kills its instance for good, and no other', async () => {
    const module = tinyModule({ seven: wasmBodies.seven, trap: wasmBodies.trap });
    const dead = new WasmMemory(module),
      alive = new WasmMemory(module);
    assert.equal(dead.call('seven'), 7);
    const error = await failure(() => dead.call('trap'));
    assert.deepEqual([error.name, error.code], ['AmpcfError', 'INSTANCE_FAILED']);
    assert.ok(error.cause instanceof WebAssembly.RuntimeError);
    for (const name of ['seven', 'trap', 'seven'])
      assert.equal((await failure(() => dead.call(name))).code, 'INSTANCE_FAILED');
    assert.equal(alive.call('seven'), 7);
  });

  test('of a real model: every later call says so, other models go on', async () => {
    const broken = await openSmallModel();
    const me = broken.createProfile(historyOf(0));
    const saved = me.save();
    const witness = model.createProfile(historyOf(0)),
      first = golden(witness.recommend());
    me.recommend();
    // What only a bug in the core could do: every pointer of the model leads out of the memory.
    broken.kernel.memory.u32(broken.kernel.address, 24).fill(0xfffffff0);
    await failsWith(() => me.rank([ids[0]]), 'INSTANCE_FAILED', /trapped/);
    for (const run of [
      () => me.recommend(),
      () => me.rank([ids[0]]),
      () => broken.title(ids[0]),
      () => broken.ids(),
      () => broken.restoreProfile(saved),
      () => me.save(),
      () => me.personas(),
    ])
      await failsWith(run, 'INSTANCE_FAILED', /load the model again/);
    assert.deepEqual(golden(witness.recommend()), first);
    me.dispose();
    broken.dispose();
    assert.deepEqual(golden((await openSmallModel()).createProfile(historyOf(0)).recommend()), first);
  });
});

describe('memory that ends', () => {
  test('says how much was wanted, and keeps what there is', async () => {
    const memory = new WasmMemory(tinyModule({ seven: wasmBodies.seven }, 3));
    const kept = memory.allocate(102400);
    memory.u8(kept, 102400).fill(42);
    const error = await failure(() => memory.allocate(204800));
    assert.deepEqual([error.name, error.code], ['AmpcfError', 'OUT_OF_MEMORY']);
    assert.equal(error.details.wanted, kept + 102400 + 204800);
    assert.match(error.message, /wanted \d+ bytes/);
    assert.ok(memory.u8(kept, 102400).every((byte) => byte === 42));
    assert.equal(memory.call('seven'), 7);
    assert.equal((await failure(() => memory.allocate(2 ** 33))).code, 'OUT_OF_MEMORY');
    memory.free(kept);
    memory.free(memory.allocate(180000)); // what was given back can be had again
    // A block that fails in the middle of several gives the others back.
    for (let n = 0; n < 50; n++)
      assert.equal(
        (await failure(() => memory.scoped([90000, 90000, 90000], () => 0))).code,
        'OUT_OF_MEMORY',
      );
    memory.free(memory.allocate(180000));
  });

  test('blocks never overlap, and freed ones come together again', () => {
    const random = seeded(53),
      memory = new WasmMemory(tinyModule({ seven: wasmBodies.seven }));
    /** @type {{ at: number, bytes: number, mark: number }[]} */ const blocks = [];
    for (let n = 0; n < 3000; n++) {
      if (blocks.length > 40 || (blocks.length > 0 && random() < 0.45)) {
        const [{ at, bytes, mark }] = blocks.splice(below(random, blocks.length), 1);
        assert.ok(memory.u8(at, bytes).every((byte) => byte === mark));
        memory.free(at);
      } else {
        const bytes = below(random, 3000);
        const at = memory.allocate(bytes);
        const mark = n % 256;
        assert.equal(at % 16, 0);
        memory.u8(at, bytes).fill(mark);
        blocks.push({ at, bytes, mark });
      }
    }
    for (const { at } of blocks) memory.free(at);
    const { bytes } = memory,
      all = memory.allocate(bytes - 1024);
    assert.equal(all, 1024);
    assert.equal(memory.bytes, bytes);
    memory.free(all);
    memory.free(all); // twice is nothing
    memory.free(0);
    assert.equal(memory.allocate(16), 1024);
  });

  /**
   * The real core with a memory that may not grow beyond some pages.
   * @param {Uint8Array} wasm
   * @param {number} pages
   */
  function limited(wasm, pages) {
    let at = 8;
    const number = () => {
      let value = 0;
      let shift = 0;
      let byte;
      do {
        byte = wasm[at++];
        value |= (byte & 127) << shift;
        shift += 7;
      } while (byte & 128);
      return value;
    };
    for (;;) {
      const start = at;
      const id = wasm[at++];
      const length = number();
      if (id === 5) {
        const least = wasm[at + 2];
        assert.ok(length === 3 && wasm[at] === 1 && wasm[at + 1] === 0 && pages < 16384);
        const section =
          pages < 128 ? [5, 4, 1, 1, least, pages] : [5, 5, 1, 1, least, (pages & 127) | 128, pages >> 7];
        return pages < least
          ? undefined
          : new WebAssembly.Module(
              Uint8Array.of(...wasm.subarray(0, start), ...section, ...wasm.subarray(at + length)),
            );
      }
      at += length;
    }
  }

  /** @param {unknown} error */
  function assertOutOfMemory(error) {
    assert.ok(error instanceof AmpcfError && error.code === 'OUT_OF_MEMORY', String(error));
    assert.match(error.message, /wanted \d+ bytes/);
  }

  /**
   * Whether there is memory for all items of the catalogue: five times yes, or five times no.
   * @param {import('../../../web/model/profile.js').Profile} me
   * @param {number} expected items
   */
  function ranksAll(me, expected) {
    let fine = 0;
    for (let again = 0; again < 5; again++)
      try {
        assert.equal(me.recommend({ topK: 1e6 }).items.length, expected);
        fine++;
      } catch (error) {
        assertOutOfMemory(error);
      }
    assert.ok(fine === 0 || fine === 5, 'failing lost memory, or found some');
    return fine > 0;
  }

  test('on every page from the first: refused, or right', async () => {
    const random = seeded(54),
      n = 40000;
    const { bytes } = await trainModel(
      {
        users: ['a', 'b', 'c'],
        items: Array.from({ length: n }, (_, j) => `item-${j}`),
        user: Array.from({ length: n }, () => below(random, 3)),
        item: Array.from({ length: n }, (_, j) => j),
      },
      { dim: 4, sweeps: 2, minSupport: 1 },
    );
    const wasm = readFileSync(new URL('dist/wasm/core-simd.wasm', root));
    const roomy = await loadModel(bytes);
    const all = roomy.ids();
    const history = all.slice(0, 3000);
    const expected = golden(roomy.createProfile(history).recommend({ topK: n })).length,
      first = golden(roomy.createProfile(all.slice(0, 5)).recommend());
    const seen = { load: 0, rank: 0, fine: 0 };
    for (let pages = 1; seen.fine < 3; pages++) {
      assert.ok(pages < 200, JSON.stringify(seen));
      const module = limited(wasm, pages);
      if (!module) continue;
      const tight = await loadModel(bytes, { module }).catch((error) => error);
      if (tight instanceof Error) {
        assertOutOfMemory(tight);
        seen.load++;
        continue;
      }
      const me = tight.createProfile(history);
      if (ranksAll(me, expected)) seen.fine++;
      else seen.rank++;
      // Failing takes nothing away: what needs less still works.
      me.dispose();
      const small = await failure(async () => {
        throw golden(tight.createProfile(all.slice(0, 5)).recommend());
      });
      if (small instanceof AmpcfError) assert.equal(small.code, 'OUT_OF_MEMORY');
      else assert.deepEqual(small, first);
    }
    assert.ok(seen.load > 0 && seen.rank > 0, JSON.stringify(seen));
  });
});
