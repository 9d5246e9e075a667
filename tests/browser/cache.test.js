// Owns the proof in Chromium that a model file is kept by the Cache API and that the offline example works
// with the server gone. Must not repeat what tests/web/cache does with a cache in memory.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { smallModel } from '../support.js';
import { args, executablePath, skip, startServer } from './chromium.js';

/** @import { Browser } from 'playwright-core' */

const timeout = 60_000;
const modelType = 'application/octet-stream';
/** @type {Browser} */ let browser;

before(async () => {
  if (!skip) browser = await chromium.launch({ executablePath, args });
});
after(async () => {
  await browser?.close();
});

/** Loads in the page; what came of it: where it came from, and how wide it is. */
const load = (/** @type {string} */ url, options = {}) => `(async () => {
  const { loadModel } = await import('/dist/ampcf.js');
  let from;
  const onProgress = ({ fromCache }) => { from = fromCache; };
  try {
    const given = { cache: 'films', onProgress, ...${JSON.stringify(options)} };
    const model = await loadModel(${JSON.stringify(url)}, given);
    const me = model.createProfile(model.ids().slice(0, 2));
    return [from, model.info.dim, me.recommend({ topK: 5 }).items.length];
  } catch (error) {
    return error.code;
  }
})()`;

describe('the cache of Chromium', { skip, timeout }, () => {
  test('keeps a model, takes a new one, and gives it with the server gone', async () => {
    const server = await startServer();
    const [body, other] = [await smallModel(), await smallModel({ dim: 5 })];
    server.extra.set('/test/model', { type: modelType, body, headers: { etag: '"1"' } });
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${server.origin}/test/blank.html`);
    assert.deepEqual(await page.evaluate(load('/test/model')), [false, 12, 5]);
    assert.deepEqual(await page.evaluate(load('/test/model')), [true, 12, 5], 'the same ETag');
    server.extra.set('/test/model', { type: modelType, body: other, headers: { etag: '"2"' } });
    assert.deepEqual(await page.evaluate(load('/test/model')), [false, 5, 5]);
    const list = `import('/dist/cache.js').then((it) => it.cachedModels({ cache: 'films' }))`;
    const [{ storedAt, sha256, ...kept }, ...more] = /** @type {any} */ (await page.evaluate(list));
    assert.deepEqual(kept, { url: `${server.origin}/test/model`, bytes: other.length, etag: '"2"' });
    assert.ok(sha256.length === 64 && storedAt && more.length === 0);
    const from = server.arrived.length;
    assert.deepEqual(await page.evaluate(load('/test/model', { integrity: sha256 })), [true, 5, 5]);
    assert.deepEqual(server.arrived.slice(from), [], 'with integrity the server is not asked');
    server.close();
    assert.deepEqual(await page.evaluate(load('/test/model')), [true, 5, 5], 'the server is gone');
    assert.equal(await page.evaluate(load('/test/another')), 'HTTP');
    await page.context().close();
  });

  test('without space for it a model loads all the same', async () => {
    const server = await startServer();
    server.extra.set('/test/model', { type: modelType, body: await smallModel() });
    const page = await (await browser.newContext()).newPage();
    const session = await page.context().newCDPSession(page);
    await session.send('Storage.overrideQuotaForOrigin', { origin: server.origin, quotaSize: 1000 });
    await page.goto(`${server.origin}/test/blank.html`);
    for (let n = 0; n < 2; n++)
      assert.deepEqual(await page.evaluate(load('/test/model')), [false, 12, 5], 'nothing was kept');
    await page.context().close();
    server.close();
  });
});

test('the offline example works with the server gone', { skip, timeout }, async () => {
  const server = await startServer();
  server.extra.set('/test/films.ampcf', { type: modelType, body: await smallModel() });
  const page = await (await browser.newContext()).newPage();
  /** @type {string[]} */ const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  const url = `${server.origin}/examples/offline/?model=/test/films.ampcf`;
  await page.goto(url);
  const ready = page.getByText('Ready to go offline');
  await ready.waitFor();
  const online = await page.locator('#ranking li').allInnerTexts();
  assert.equal(online.length, 10);
  server.close();
  await assert.rejects(fetch(url), 'the server is gone');
  for (const visit of ['reload', 'another tab']) {
    const tab = visit === 'reload' ? page : await page.context().newPage();
    await (visit === 'reload' ? tab.reload() : tab.goto(url));
    await tab.getByText('The model came from the cache; 1 kept. Ready to go offline.').waitFor();
    assert.deepEqual(await tab.locator('#ranking li').allInnerTexts(), online, visit);
  }
  assert.deepEqual(complaints, []);
  await page.context().close();
});
