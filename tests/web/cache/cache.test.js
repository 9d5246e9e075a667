// Owns the tests of loading through a cache, against a server that counts what it is asked: what is fetched,
// what is not, what is kept, and every trouble. A real browser does the same in tests/browser/cache.test.js.
// Must not test what a model does.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { loadModel } from '../../../dist/ampcf.js';
import { cachedModels, clearCachedModels, deleteCachedModel } from '../../../dist/cache.js';
import { failsWith, failure, smallModel } from '../../support.js';
import { bytes, loadsFrom } from '../core/loading.js';
import { MemoryCaches } from './caches.js';

const newer = await smallModel({ seed: 5, dim: 6 });
const sha = (/** @type {Uint8Array} */ data) => createHash('sha256').update(data).digest('hex');
/** @type {import('node:http').Server} */ let server;
/** @type {string} */ let url;
/** What was asked: `GET`, and the ETag that it named. @type {string[]} */ let asked = [];
/** @type {{ body: Uint8Array | string, status: number, etag?: string, cut?: boolean }} */ let answer;
/** @type {MemoryCaches} */ let caches;
/** @type {any[]} */ let seen = [];
const onProgress = (/** @type {any} */ progress) => seen.push(progress);
const cache = 'films';
/** Whether the last load took what was kept. */
const wasKept = () => seen.at(-1)?.fromCache;
const load = (/** @type {any} */ options = {}, source = url) =>
  loadModel(source, { cache, onProgress, ...options });

before(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.headers['if-none-match'] ?? ''}`.trim());
    const { body, status, etag, cut } = answer;
    if (etag && request.headers['if-none-match'] === etag) return response.writeHead(304, { etag }).end();
    response.writeHead(status, { ...(etag && { etag }), 'content-length': body.length });
    if (cut) response.write(body.slice(0, 5000), () => response.destroy());
    else response.end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  url = `http://127.0.0.1:${port}/films.ampcf`;
});
after(() => void (server.closeAllConnections(), server.close()));
beforeEach(() => {
  caches = new MemoryCaches();
  /** @type {any} */ (globalThis).caches = caches;
  [asked, seen, answer] = [[], [], { body: bytes, status: 200, etag: '"1"' }];
});
afterEach(() => {
  delete (/** @type {any} */ (globalThis).caches);
});

describe('what is fetched', () => {
  test('the first time the file, then whether it changed, and the new one where it did', async () => {
    await loadsFrom(url, { cache, onProgress });
    assert.deepEqual(seen.at(-1), { loaded: bytes.length, total: bytes.length, fromCache: false });
    await loadsFrom(url, { cache, onProgress });
    assert.deepEqual(seen.at(-1), { loaded: bytes.length, total: bytes.length, fromCache: true });
    assert.deepEqual(asked, ['GET', 'GET "1"']);
    answer = { body: newer, status: 200, etag: '"2"' };
    assert.equal((await load()).info.dim, 6);
    assert.equal((await cachedModels({ cache })).length, 1, 'replaced, not added');
    assert.equal((await load()).info.dim, 6);
    assert.ok(wasKept());
  });

  test('nothing, where the digest of what is kept is the wanted one', async () => {
    const integrity = `sha256-${sha(bytes)}`;
    await load({ integrity });
    assert.ok((await load({ integrity })) && wasKept());
    assert.deepEqual(asked, ['GET']);
    answer = { body: newer, status: 200 };
    assert.equal((await load({ integrity: sha(newer) })).info.dim, 6);
    assert.deepEqual([asked.length, wasKept()], [2, false]);
    await failsWith(() => load({ integrity }), 'INTEGRITY');
    assert.equal(
      (await cachedModels({ cache }))[0].sha256,
      sha(newer),
      'a file that is not wanted is not kept',
    );
    await failsWith(() => load({ integrity: 'sha256-x' }), 'BAD_ARGUMENT', /integrity/);
  });

  test('all of it, where there is no ETag', async () => {
    delete answer.etag;
    for (let n = 0; n < 2; n++) await load();
    assert.deepEqual([asked, wasKept()], [['GET', 'GET'], false]);
  });

  test('with a Request its headers are kept; a fragment and other parameters are what they are', async () => {
    await load({}, /** @type {any} */ (new Request(url)));
    await load({}, `${url}#part`);
    assert.deepEqual(asked, ['GET', 'GET "1"']);
    await load({}, `${url}?v=2`);
    assert.equal((await cachedModels({ cache })).length, 2);
  });

  test('a gzip file is kept as what is in it', async () => {
    answer.body = gzipSync(bytes);
    await load();
    await loadsFrom(url, { cache, onProgress, integrity: sha(bytes) });
    assert.deepEqual([asked.length, wasKept()], [1, true]);
  });
});

describe('without an answer', () => {
  test('no server, an error of the server, a line that breaks: what is kept', async () => {
    await load();
    for (const trouble of [{ status: 503 }, { status: 200, etag: '"2"', cut: true }]) {
      answer = { body: bytes, ...trouble };
      await loadsFrom(url, { cache, onProgress });
      assert.ok(wasKept());
    }
    const { fetch } = globalThis;
    try {
      globalThis.fetch = async () => {
        throw new TypeError('offline');
      };
      await loadsFrom(url, { cache, onProgress });
      assert.ok(wasKept());
      await loadsFrom(url, { cache, onProgress, integrity: sha(bytes) });
      await failsWith(() => load({ integrity: sha(newer) }), 'HTTP', /offline/);
      await failsWith(() => load({}, `${url}?other`), 'HTTP', /offline/);
    } finally {
      globalThis.fetch = fetch;
    }
    answer = { body: 'gone', status: 404 };
    await failsWith(() => load(), 'HTTP', /404/);
    const reason = new Error('not now');
    assert.equal(await failure(() => load({ signal: AbortSignal.abort(reason) })), reason);
  });
});

describe('what is not kept', () => {
  test('what is refused: a page of a portal, a damaged file, another digest', async () => {
    await load();
    for (const body of ['<!doctype html>', bytes.subarray(0, 5000)]) {
      answer = { body, status: 200, etag: '"9"' };
      assert.ok((await failure(() => load())).code);
      assert.equal((await cachedModels({ cache }))[0].etag, '"1"');
    }
  });

  test('what is damaged in the cache is removed and fetched again', async () => {
    await load();
    const held = await caches.open(cache);
    const headers = [.../** @type {any} */ (await held.match(url)).headers];
    const damaged = bytes.slice();
    damaged[3000] ^= 1;
    for (const body of [damaged, bytes.slice(0, 400)]) {
      await held.put(url, new Response(body, { headers }));
      await loadsFrom(url, { cache, onProgress });
      assert.equal(wasKept(), false);
    }
  });

  test('what is larger than allowed', async () => {
    await load();
    await failsWith(() => load({ maxBytes: 1000 }), 'LIMIT');
    assert.equal(asked.length, 2);
  });
});

describe('trouble with the cache is harmless', () => {
  for (const name of /** @type {const} */ (['open', 'put', 'match', 'keys']))
    test(`${name} fails`, async () => {
      caches.trouble = { [name]: new DOMException('no space', 'QuotaExceededError') };
      for (let n = 0; n < 2; n++) await loadsFrom(url, { cache });
      if (name !== 'keys') assert.equal(asked.length, 2);
      assert.ok(Array.isArray(await cachedModels({ cache })));
      await clearCachedModels({ cache });
      await deleteCachedModel(url, { cache });
    });

  test('one that never answers, and none at all', { timeout: 30_000 }, async () => {
    caches.hang.add('open');
    await loadsFrom(url, { cache });
    delete (/** @type {any} */ (globalThis).caches);
    await loadsFrom(url, { cache });
    assert.deepEqual(await cachedModels({ cache }), []);
    assert.deepEqual([await clearCachedModels(), await deleteCachedModel(url)], [0, false]);
  });
});

describe('what is kept', () => {
  test('is told, and removed one by one or all at once, but for what the app put there', async () => {
    await load();
    await load({}, `${url}?b`);
    const foreign = await caches.open(cache);
    await foreign.put('http://127.0.0.1/app.css', new Response('body {}'));
    const [first, second] = await cachedModels({ cache });
    const { storedAt, ...facts } = first;
    assert.deepEqual(facts, { url, bytes: bytes.length, etag: '"1"', sha256: sha(bytes) });
    assert.ok(Math.abs(Date.parse(storedAt) - Date.now()) < 60_000);
    assert.equal(second.url, `${url}?b`);
    assert.deepEqual(await cachedModels(), [], 'another cache');
    assert.equal(await deleteCachedModel(url, { cache }), true);
    assert.equal(await deleteCachedModel(url, { cache }), false);
    assert.equal(await deleteCachedModel('http://127.0.0.1/app.css', { cache }), false);
    assert.equal(await clearCachedModels({ cache }), 1);
    assert.ok(await foreign.match('http://127.0.0.1/app.css'));
    await foreign.delete('http://127.0.0.1/app.css');
    await clearCachedModels({ cache });
    assert.deepEqual((await caches.keys()).includes(cache), false, 'an empty cache goes');
  });

  test('wrong arguments are refused', async () => {
    for (const options of [{ signal: {} }, { onProgress: 5 }, { maxBytes: -1 }, { signal: null }])
      await failsWith(() => load(options), 'BAD_ARGUMENT');
    for (const bad of ['', 5, true, {}, null])
      await failsWith(() => load({ cache: bad }), 'BAD_ARGUMENT', /cache/);
    for (const source of [bytes, new Blob([bytes]), new Response(bytes)])
      await failsWith(() => load({}, /** @type {any} */ (source)), 'BAD_ARGUMENT', /URL or a Request/);
    for (const bad of ['not a url', '', 5, undefined, 'blob:x'])
      await failsWith(() => deleteCachedModel(/** @type {any} */ (bad)), 'BAD_ARGUMENT', /url/);
    for (const call of [cachedModels, clearCachedModels])
      await failsWith(() => call(/** @type {any} */ ({ cahce: 'x' })), 'BAD_ARGUMENT', /did you mean cache/);
  });
});
