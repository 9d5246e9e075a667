// Owns the tests of loadModel: every kind of source, every way a download goes wrong, every build.
// Must not test scores beyond "the same as before": tests/web/core/parity.test.js compares them with a
// reference.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { AmpcfError, Model, loadModel } from '../../../dist/ampcf.js';
import { trainModel } from '../../../dist/train.js';
import {
  below,
  codes,
  failsWith,
  failure,
  golden,
  historyOf,
  root,
  seeded,
  smallModel,
  tinyModule,
  wasmBodies,
} from '../../support.js';

/** @type {Uint8Array} */ let bytes;
/** @type {unknown} */ let expected;

/** @param {Model} model */
const rankingOf = (model) => golden(model.createProfile(historyOf(0)).recommend({ topK: 50 }));

before(async () => {
  bytes = await smallModel();
  expected = rankingOf(await loadModel(bytes));
  assert.equal(/** @type {unknown[]} */ (expected).length, 50);
});

/**
 * Loads, ranks as it should, and gives the model back.
 * @param {any} source
 * @param {any} [options]
 */
async function loadsFrom(source, options) {
  const model = await loadModel(source, options);
  assert.ok(model instanceof Model);
  assert.deepEqual(rankingOf(model), expected);
  assert.equal(model.info.bytes, bytes.length);
  return model;
}

/**
 * @param {Uint8Array} all
 * @param {number} [chunk]
 */
const streamOf = (all, chunk = 1000) =>
  new ReadableStream({
    start(controller) {
      for (let at = 0; at < all.length; at += chunk) controller.enqueue(all.slice(at, at + chunk));
      controller.close();
    },
  });

const withBytes = (/** @type {(copy: Uint8Array) => void} */ change) => {
  const copy = bytes.slice();
  change(copy);
  return copy;
};

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
      for (let i = 0; Atomics.load(flag, 0) === 0; i = (i + 7919) % shared.length) { shared[i] ^= 0x55; for (let w = 0; w < 300; w++); shared[i] ^= 0x55; }`,
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
      [streamOf(bytes), undefined],
      [new Response(bytes, { headers: { 'content-length': String(bytes.length) } }), bytes.length],
      [new Response(streamOf(bytes)), undefined],
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

describe('over HTTP', () => {
  const page = '<!DOCTYPE html>\n<html><title>Not found</title></html>';
  /** @type {import('node:http').Server} */ let server;
  /** @type {string} */ let base;
  /** @type {(() => void) | undefined} */ let onHalf;

  before(async () => {
    server = createServer((request, response) => {
      switch (request.url) {
        case '/model':
          return response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
        case '/chunked':
          return response
            .writeHead(200)
            .write(bytes.subarray(0, 5000), () => response.end(bytes.subarray(5000)));
        case '/gzip':
          return response
            .writeHead(200, { 'content-encoding': 'gzip', 'content-length': gzipSync(bytes).length })
            .end(gzipSync(bytes));
        case '/page':
          return response.writeHead(200, { 'content-type': 'text/html' }).end(page);
        case '/half': // and then silence
          return response
            .writeHead(200, { 'content-length': bytes.length })
            .write(bytes.subarray(0, bytes.length >> 1), () => setTimeout(() => onHalf?.(), 20));
        case '/cut': // promises more than it sends
          return response
            .writeHead(200, { 'content-length': bytes.length })
            .write(bytes.subarray(0, 5000), () => response.destroy());
        default:
          return response.writeHead(404, { 'content-type': 'text/html' }).end(page);
      }
    });
    await new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve(undefined));
    });
    base = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  test('a URL as text and as URL, with and without a length, compressed on the way', async () => {
    await loadsFrom(`${base}/model`);
    await loadsFrom(new URL(`${base}/model`));
    await loadsFrom(await fetch(`${base}/chunked`));
    for (const [path, total] of /** @type {[string, number | undefined][]} */ ([
      ['/model', bytes.length],
      ['/chunked', undefined],
      ['/gzip', undefined],
    ])) {
      /** @type {any} */ let last;
      await loadsFrom(base + path, {
        onProgress: (/** @type {any} */ progress) => {
          last = progress;
        },
      });
      assert.deepEqual(last, { loaded: bytes.length, total });
    }
  });

  test('404, no server, no URL, a page instead of a file', async () => {
    const missing = await failsWith(() => loadModel(`${base}/missing`), 'HTTP', /404/);
    assert.equal(missing.details.status, 404);
    assert.match(missing.details.url, /missing$/);
    await failsWith(async () => loadModel(await fetch(`${base}/missing`)), 'HTTP', /404/);
    const closed = createServer();
    await new Promise((resolve) => {
      closed.listen(0, '127.0.0.1', () => resolve(undefined));
    });
    const { port } = /** @type {import('node:net').AddressInfo} */ (closed.address());
    await new Promise((resolve) => {
      closed.close(resolve);
    });
    const refused = await failsWith(
      () => loadModel(`http://127.0.0.1:${port}/model`),
      'HTTP',
      /download failed/,
    );
    assert.ok(refused.cause instanceof Error);
    await failsWith(() => loadModel('no url at all'), 'HTTP');
    await failsWith(() => loadModel(`${base}/page`), 'BAD_MAGIC', /HTML/);
  });

  test('a connection that breaks', async () => {
    await failsWith(() => loadModel(`${base}/cut`), 'HTTP', /broke off/);
  });

  test('maxBytes, against the announced and the real length', async () => {
    const maxBytes = bytes.length - 1;
    for (const source of [
      `${base}/model`,
      `${base}/chunked`,
      `${base}/gzip`,
      new Blob([bytes]),
      streamOf(bytes),
      bytes,
      bytes.slice().buffer,
    ]) {
      const error = await failsWith(() => loadModel(source, { maxBytes }), 'LIMIT', /maxBytes/);
      assert.equal(error.details.limit, maxBytes);
    }
    // An announced length that is too much is not even begun, and the connection is given back.
    let given = 0,
      cancelled = false;
    const body = new ReadableStream(
      {
        pull: (controller) => {
          given++;
          controller.enqueue(bytes);
        },
        cancel: () => {
          cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    await failsWith(
      () => loadModel(new Response(body, { headers: { 'content-length': '1000000' } }), { maxBytes: 999999 }),
      'LIMIT',
      /1000000/,
    );
    assert.deepEqual([given, cancelled], [0, true]);
    await loadsFrom(`${base}/model`, { maxBytes: bytes.length });
    await loadsFrom(bytes, { maxBytes: Infinity });
    for (const bad of [NaN, -1, '5', null])
      await failsWith(
        () => loadModel(bytes, { maxBytes: /** @type {any} */ (bad) }),
        'BAD_ARGUMENT',
        /maxBytes/,
      );
  });

  test("abort before and during the download rejects with the signal's own reason", async () => {
    const reason = new Error('changed my mind');
    for (const source of [`${base}/model`, bytes, new Blob([bytes]), streamOf(bytes)])
      assert.equal(await failure(() => loadModel(source, { signal: AbortSignal.abort(reason) })), reason);
    const abort = new AbortController();
    onHalf = () => abort.abort(reason);
    assert.equal(await failure(() => loadModel(`${base}/half`, { signal: abort.signal })), reason);
    // A stream that never says anything, with no fetch behind it that could notice.
    const silent = new AbortController();
    setTimeout(() => silent.abort(reason), 10);
    assert.equal(await failure(() => loadModel(new ReadableStream({}), { signal: silent.signal })), reason);
    const inProgress = new AbortController();
    assert.equal(
      await failure(() =>
        loadModel(streamOf(bytes), { signal: inProgress.signal, onProgress: () => inProgress.abort(reason) }),
      ),
      reason,
    );
    assert.equal(
      (await failure(() => loadModel(`${base}/half`, { signal: AbortSignal.timeout(30) }))).name,
      'TimeoutError',
    );
    await failsWith(() => loadModel(bytes, { signal: /** @type {any} */ ({}) }), 'BAD_ARGUMENT', /signal/);
    await failsWith(
      () => loadModel(bytes, { onProgress: /** @type {any} */ (5) }),
      'BAD_ARGUMENT',
      /onProgress/,
    );
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

describe('files that are not ours', () => {
  const text = (/** @type {string} */ content) => new TextEncoder().encode(content);
  for (const [name, content, hint] of /** @type {[string, Uint8Array, RegExp][]} */ ([
    ['an HTML page', text('  <!doctype html><html>'), /HTML/],
    ['an XML page', text('<?xml version="1.0"?>'), /XML/],
    ['a gzip file', gzipSync('x'), /gzip/],
    ['a zip file', text('PK\x03\x04...'), /zip/],
    ['JSON', text(' {"error": 404}'), /JSON/],
    ['a JSON list', text('[1]'), /JSON/],
    ['a Git LFS pointer', text('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'), /LFS/],
    ['a wasm module', text('\0asm\x01\0\0\0'), /WebAssembly/],
    ['nothing', new Uint8Array(0), /empty/],
    ['something', Uint8Array.from([1, 2, 0xfe]), /0102fe/],
    [
      'a model damaged by text mode',
      Uint8Array.of(0x89, 0x41, 0x4d, 0x50, 0x0a, 0x1a, 0x0a, 0),
      /not an ampcf model/,
    ],
  ]))
    test(name, () => failsWith(() => loadModel(content), 'BAD_MAGIC', hint));
});

describe('damaged files', () => {
  test('truncated and over-long ones say so', async () => {
    const short = await failsWith(() => loadModel(bytes.subarray(0, -1)), 'TRUNCATED');
    assert.deepEqual([short.details.got, short.details.wanted], [bytes.length - 1, bytes.length]);
    const long = await failsWith(() => loadModel(Uint8Array.of(...bytes, 0)), 'TRAILING_DATA');
    assert.deepEqual([long.details.got, long.details.wanted], [bytes.length + 1, bytes.length]);
    await failsWith(() => loadModel(new Blob([bytes, bytes])), 'TRAILING_DATA');
  });

  test('every beginning is refused', async () => {
    for (let length = 1; length < bytes.length; length += length < 4096 ? 1 : 61)
      await failsWith(() => loadModel(bytes.subarray(0, length)), 'TRUNCATED');
    await failsWith(() => loadModel(bytes.subarray(0, 0)), 'BAD_MAGIC');
  });

  test('every changed byte is refused, and names what is damaged', async () => {
    const random = seeded(11),
      positions = new Set(Array.from({ length: 512 }, (_, i) => i));
    while (positions.size < 3200) positions.add(below(random, bytes.length));
    /** @type {Record<string, number>} */ const met = {};
    const copy = bytes.slice();
    for (const at of positions) {
      copy[at] ^= 1 + below(random, 255);
      const error = await failure(() => loadModel(copy));
      assert.ok(error instanceof AmpcfError && codes.has(error.code), `byte ${at}: ${String(error)}`);
      if (error.code !== 'BAD_MAGIC')
        assert.ok(
          typeof error.details.section === 'string' && error.details.section.length > 1,
          error.message,
        );
      met[error.code] = (met[error.code] ?? 0) + 1;
      copy[at] = bytes[at];
    }
    assert.ok(met.CHECKSUM > 2000 && met.BAD_MAGIC > 0 && met.UNSUPPORTED_VERSION > 0, JSON.stringify(met));
    await loadsFrom(copy);
  });

  test('leave earlier models as they were', async () => {
    const model = await loadsFrom(bytes),
      me = model.createProfile(historyOf(3)),
      first = golden(me.recommend());
    for (const bad of [
      bytes.subarray(0, 100),
      withBytes((copy) => {
        copy[9000] ^= 4;
      }),
      new Uint8Array(0),
    ]) {
      await failure(() => loadModel(bad));
      assert.deepEqual(golden(me.recommend()), first);
      assert.deepEqual(rankingOf(model), expected);
    }
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

  test('an engine without SIMD gets the scalar build, one without wasm a reason, one without memory another', async () => {
    const { validate, Instance } = WebAssembly,
      all = WebAssembly;
    try {
      WebAssembly.validate = () => false;
      assert.equal((await loadsFrom(bytes)).diagnostics().backend, 'scalar');
      WebAssembly.validate = validate;
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
      Object.assign(WebAssembly, { validate, Instance });
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

test('every prefix and every single-byte change of a small model is refused with a code, through the API', async () => {
  const small = await trainModel(
    { users: ['a', 'b'], items: ['x', 'ÿ'], user: [0, 0, 1], item: [0, 1, 1] },
    {
      dim: 2,
      personas: 2,
      sweeps: 1,
      minSupport: 1,
      items: new Map([['x', { title: 'X', aspects: ['A'] }]]),
    },
  );
  const { bytes } = small,
    refused = new Map();
  (await loadModel(bytes)).dispose();
  const load = async (/** @type {Uint8Array} */ changed) => {
    const error = await loadModel(changed).then(
      () => assert.fail(`accepted a changed file of ${changed.length} bytes`),
      (reason) => reason,
    );
    assert.equal(error.name, 'AmpcfError', error.stack);
    refused.set(error.code, (refused.get(error.code) ?? 0) + 1);
  };
  for (let length = 0; length < bytes.length; length++) await load(bytes.subarray(0, length));
  for (let at = 0; at < bytes.length; at++) {
    const changed = Uint8Array.from(bytes);
    changed[at] ^= 1 << (at % 8);
    await load(changed);
  }
  assert.equal(
    [...refused.values()].reduce((sum, n) => sum + n, 0),
    2 * bytes.length,
  );
  for (const code of ['BAD_MAGIC', 'TRUNCATED', 'CHECKSUM', 'BAD_SECTION'])
    assert.ok(refused.has(code), code);
});
