// Owns the tests of loadModel over HTTP: every answer of a server, limits of size, aborts. Must not test what
// a file holds.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { loadModel } from '../../../dist/ampcf.js';
import { failsWith, failure } from '../../support.js';
import { bytes, loadsFrom, streamOf } from './loading.js';

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
      ['/chunked', bytes.length], // the file says it
      ['/gzip', bytes.length],
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
    await failsWith(() => loadModel('ht!tp://no url at all'), 'IO'); // a path, where there is no page
    await failsWith(() => loadModel('nothing:such'), 'HTTP');
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
