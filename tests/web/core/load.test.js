// Owns the tests of loadModel: every kind of source, integrity, every build, several models. Must not test
// scores beyond "the same as before": tests/web/core/parity.test.js compares them with a reference.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { AmpcfError, loadModel } from '../../../dist/ampcf.js';
import {
  codes,
  failsWith,
  failure,
  golden,
  historyOf,
  root,
  smallModel,
  tinyModule,
  wasmBodies,
} from '../../support.js';
import { bytes, expected, loadsFrom, rankingOf, streamOf, withBytes } from './loading.js';

describe('bytes', () => {
  test('ArrayBuffer, typed array, view with an offset, DataView, SharedArrayBuffer', async () => {
    await loadsFrom(bytes.slice().buffer);
    await loadsFrom(bytes);
    const wider = new Uint8Array(bytes.length + 20).fill(7);
    wider.set(bytes, 13); // an odd offset: nothing may need alignment
    await loadsFrom(wider.subarray(13, 13 + bytes.length));
    await loadsFrom(new DataView(wider.buffer, 13, bytes.length));
    const shared = new SharedArrayBuffer(bytes.length);
    new Uint8Array(shared).set(bytes);
    await loadsFrom(shared);
    await loadsFrom(new Uint8Array(shared));
    await loadsFrom(shared, { integrity: createHash('sha256').update(bytes).digest('hex') });
    if (bytes.length % 2 === 0) await loadsFrom(new Uint16Array(bytes.slice().buffer));
  });

  test('are never read again once the model is there', async () => {
    const own = bytes.slice(),
      shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    const models = [await loadModel(own), await loadModel(shared), await loadModel(own.buffer)];
    own.fill(0xff);
    shared.fill(0xff);
    structuredClone(own.buffer, { transfer: [own.buffer] });
    for (const model of models) assert.deepEqual(rankingOf(model), expected);
  });

  test('may change under way: refused or sound, never in between', async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length)),
      flag = new Int32Array(new SharedArrayBuffer(4));
    shared.set(bytes);
    // Flips a byte and puts it back, for ever: some loads meet damage and some do not.
    const worker = new Worker(
      `const { workerData: { shared, flag } } = require('node:worker_threads');
      for (let i = 0; Atomics.load(flag, 0) === 0; i = (i + 7919) % shared.length) {
        shared[i] ^= 0x55;
        for (let w = 0; w < 300; w++);
        shared[i] ^= 0x55;
      }`,
      { eval: true, workerData: { shared, flag } },
    );
    await new Promise((resolve) => {
      worker.once('online', resolve);
    });
    const outcomes = { sound: 0, refused: 0 };
    for (let n = 0; n < 60; n++) {
      try {
        assert.deepEqual(rankingOf(await loadModel(shared)), expected);
        outcomes.sound++;
      } catch (error) {
        assert.ok(error instanceof AmpcfError && codes.has(error.code), String(error));
        outcomes.refused++;
      }
    }
    Atomics.store(flag, 0, 1);
    await new Promise((resolve) => {
      worker.once('exit', resolve);
    });
    assert.equal(outcomes.sound + outcomes.refused, 60);
    await loadsFrom(shared);
  });

  test('transferred away are refused', async () => {
    const gone = bytes.slice();
    structuredClone(gone.buffer, { transfer: [gone.buffer] });
    await failsWith(() => loadModel(gone.buffer), 'BAD_ARGUMENT');
    // A view of a detached buffer has no bytes left.
    const error = await failure(() => loadModel(gone));
    assert.ok(
      error instanceof AmpcfError && ['BAD_ARGUMENT', 'BAD_MAGIC'].includes(error.code),
      String(error),
    );
  });

  for (const [name, source] of /** @type {[string, any][]} */ ([
    ['nothing', undefined],
    ['null', null],
    ['a number', 5],
    ['an array', [1, 2]],
    ['a bare object', Object.create(null)],
    ['a function', () => 0],
    ['a symbol', Symbol('model')],
  ]))
    test(`instead of them, ${name} is refused`, () =>
      failsWith(() => loadModel(source), 'BAD_ARGUMENT', /model source/));
});

describe('Blob, Response, ReadableStream', () => {
  test('load, and tell their progress', async () => {
    for (const [source, total] of /** @type {[any, number | undefined][]} */ ([
      [new Blob([bytes]), bytes.length],
      [streamOf(bytes), bytes.length], // the file says it
      [new Response(bytes, { headers: { 'content-length': String(bytes.length) } }), bytes.length],
      [new Response(streamOf(bytes)), bytes.length],
    ])) {
      /** @type {import('../../../web/core/source.js').LoadProgress[]} */ const seen = [];
      await loadsFrom(source, { onProgress: (/** @type {any} */ progress) => seen.push(progress) });
      assert.ok(seen.length >= 1);
      seen.forEach((progress, i) => {
        assert.ok(progress.loaded > (seen[i - 1]?.loaded ?? 0));
        assert.equal(progress.total, total);
      });
      assert.equal(seen.at(-1)?.loaded, bytes.length);
    }
  });

  test("an error of the progress callback is the caller's own, and stops the download", async () => {
    const mine = new Error('mine');
    let cancelled = false;
    const stream = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(10)),
      cancel: () => {
        cancelled = true;
      },
    });
    assert.equal(
      await failure(() =>
        loadModel(stream, {
          onProgress: () => {
            throw mine;
          },
        }),
      ),
      mine,
    );
    assert.ok(cancelled);
  });

  test('a stream that fails, is locked, or gives something else than bytes', async () => {
    const broken = new ReadableStream({ start: (controller) => controller.error(new Error('the cable')) });
    const error = await failsWith(() => loadModel(broken), 'HTTP', /broke off after 0 bytes: the cable/);
    assert.equal(error.cause.message, 'the cable');
    const locked = streamOf(bytes);
    locked.getReader();
    await failsWith(() => loadModel(locked), 'BAD_ARGUMENT', /locked/);
    for (const value of ['text', 5, null, {}]) {
      const odd = new ReadableStream({
        start: (controller) => {
          controller.enqueue(value);
          controller.close();
        },
      });
      await failsWith(() => loadModel(odd), 'BAD_ARGUMENT', /chunk/);
    }
  });

  test('a response without a body, or read already', async () => {
    await failsWith(() => loadModel(new Response(null)), 'BAD_MAGIC', /empty file/);
    const used = new Response(bytes);
    await used.arrayBuffer();
    assert.ok(['BAD_ARGUMENT', 'BAD_MAGIC'].includes((await failure(() => loadModel(used))).code));
  });
});

describe('integrity', () => {
  const digest = (/** @type {'hex' | 'base64'} */ form, data = bytes) =>
    createHash('sha256').update(data).digest(form);

  test('base64 and hex, with and without a prefix', async () => {
    for (const integrity of [
      `sha256-${digest('base64')}`,
      `sha256-${digest('hex')}`,
      digest('base64'),
      digest('hex'),
    ])
      for (const source of [bytes, new Blob([bytes]), streamOf(bytes)])
        await loadsFrom(source, { integrity });
  });

  test('of another file', async () => {
    const other = withBytes((copy) => {
      copy[5000] ^= 1;
    });
    for (const form of /** @type {const} */ (['base64', 'hex'])) {
      const error = await failsWith(
        () => loadModel(other, { integrity: `sha256-${digest(form)}` }),
        'INTEGRITY',
        /SHA-256/,
      );
      assert.equal(error.details.wanted, digest(form));
      assert.equal(error.details.got, digest(form, other));
    }
  });

  test('malformed', async () => {
    for (const integrity of [
      '',
      'sha256-',
      'sha384-x',
      digest('hex').slice(1),
      `${digest('base64')}x`,
      digest('hex').toUpperCase(),
      5,
      {},
      null,
    ])
      await failsWith(
        () => loadModel(bytes, { integrity: /** @type {any} */ (integrity) }),
        'BAD_ARGUMENT',
        /integrity/,
      );
  });
});

describe('builds', () => {
  test('simd, scalar, auto and a module of the caller rank alike, bit for bit', async () => {
    const module = new WebAssembly.Module(readFileSync(new URL('dist/wasm/core-simd.wasm', root)));
    for (const [options, backend] of /** @type {[any, string][]} */ ([
      [{}, 'simd'],
      [{ backend: 'auto' }, 'simd'],
      [{ backend: 'simd' }, 'simd'],
      [{ backend: 'scalar' }, 'scalar'],
      [{ module }, 'given'],
    ])) {
      const model = await loadsFrom(bytes, options),
        diagnostics = model.diagnostics();
      assert.equal(diagnostics.backend, backend);
      assert.ok(diagnostics.why.length > 5);
      assert.ok(diagnostics.memoryBytes >= bytes.length);
      assert.equal(diagnostics.info, model.info);
    }
  });

  test('what the small core refuses is opened by the whole one, or refused with the reason', async () => {
    const wasm = (/** @type {string} */ name) => readFileSync(new URL(`dist/wasm/${name}.wasm`, root));
    const [small, whole] = ['core-simd', 'core-large'].map((name) => new WebAssembly.Module(wasm(name)));
    const old = readFileSync(new URL('tests/golden/plain-f32.ampcf', root));
    assert.ok(old.length < 2 ** 20 && old.readUInt32LE(32) < 2048 && old.readUInt32LE(44) === 1);
    const listOf = async (/** @type {any} */ options) => {
      const model = await loadModel(old, options);
      return model.createProfile(model.ids().slice(0, 5)).recommend().items;
    };
    assert.deepEqual(await listOf({ backend: 'simd' }), await listOf({ backend: 'scalar' }));
    assert.deepEqual(await listOf({}), await listOf({ module: whole }));
    const plain = await failsWith(() => loadModel(old, { module: small }), 'UNSUPPORTED_VERSION');
    assert.equal(plain.message, 'model file refused: UNSUPPORTED_VERSION');
    assert.deepEqual(plain.details, {});
    const damaged = withBytes((copy) => copy.fill(255, 40, 41));
    const said = await failsWith(() => loadModel(damaged), 'LIMIT', /personas/);
    assert.equal(said.details.offset, 40);
    await failsWith(() => loadModel(damaged, { module: small }), 'LIMIT', /^model file refused: LIMIT$/);
  });

  test('others are refused', async () => {
    for (const backend of ['gpu', '__proto__', '', 5, Symbol('simd'), {}])
      await failsWith(
        () => loadModel(bytes, { backend: /** @type {any} */ (backend) }),
        'BAD_ARGUMENT',
        /backend/,
      );
    for (const options of [null, 5, 'simd'])
      await failsWith(() => loadModel(bytes, /** @type {any} */ (options)), 'BAD_ARGUMENT', /options/);
    for (const module of [{}, 5, new Uint8Array(8)])
      await failsWith(() => loadModel(bytes, { module: /** @type {any} */ (module) }), 'NO_WASM');
    const empty = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
    await failsWith(() => loadModel(bytes, { module: empty }), 'NO_WASM');
    // A module of an older release, or an engine that computes wrong numbers.
    await failsWith(
      () => loadModel(bytes, { module: tinyModule({ ampcf_self_test: wasmBodies.seven }) }),
      'INSTANCE_FAILED',
      /wrong numbers/,
    );
    await failsWith(
      () => loadModel(bytes, { module: tinyModule({ ampcf_self_test: wasmBodies.trap }) }),
      'INSTANCE_FAILED',
      /trapped/,
    );
    await loadsFrom(bytes);
  });

  test('without SIMD the scalar build is taken; without wasm, or memory, a reason is given', async () => {
    const { Instance } = WebAssembly,
      all = WebAssembly;
    try {
      let refusals = 0;
      // As an engine refuses what it does not know.
      /** @type {any} */ (WebAssembly).Instance = function Choosing(
        /** @type {WebAssembly.Module} */ module,
      ) {
        if (refusals++ === 0) throw new WebAssembly.CompileError('Wasm SIMD unsupported');
        return new Instance(module);
      };
      const { backend, why } = (await loadsFrom(bytes)).diagnostics();
      assert.deepEqual([backend, why], ['scalar', 'Wasm SIMD unsupported']);
      const full = new RangeError(
        'WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance',
      );
      /** @type {any} */ (WebAssembly).Instance = function Refusing() {
        throw full;
      };
      assert.equal((await failsWith(() => loadModel(bytes), 'OUT_OF_MEMORY')).cause, full);
      WebAssembly.Instance = Instance;
      /** @type {any} */ (globalThis).WebAssembly = undefined;
      await failsWith(() => loadModel(bytes), 'NO_WASM', /wasm-unsafe-eval/);
    } finally {
      globalThis.WebAssembly = all;
      Object.assign(WebAssembly, { Instance });
    }
    await loadsFrom(bytes);
  });
});

describe('several models', () => {
  test('loaded at once', async () => {
    const models = await Promise.all(
      Array.from({ length: 12 }, (_, i) => loadModel(bytes, { backend: i % 3 === 0 ? 'scalar' : 'simd' })),
    );
    for (const model of models) assert.deepEqual(rankingOf(model), expected);
  });

  test('side by side, of different trainings, each with its own memory', async () => {
    const otherBytes = await smallModel({ seed: 99, dim: 7 });
    const a = await loadModel(bytes),
      b = await loadModel(otherBytes);
    const mine = a.createProfile(historyOf(1)),
      other = b.createProfile(historyOf(1));
    const first = golden(mine.recommend()),
      second = golden(other.recommend());
    assert.notDeepEqual(first, second);
    assert.deepEqual([a.info.dim, b.info.dim], [12, 7]);
    b.dispose();
    assert.deepEqual(golden(mine.recommend()), first);
    await failsWith(() => other.recommend(), 'DISPOSED');
  });
});
