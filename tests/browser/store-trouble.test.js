// Owns the proof in Chromium that a profile never hangs: databases that are blocked, of later versions,
// without an answer, or forbidden; two versions of the library on two tabs; and that a few lines for
// localStorage do what they say. Must not repeat what stores do when nothing is wrong: store.test.js has
// that.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { blocksOf } from '../docs/documents.js';
import { smallModel } from '../support.js';
import { args, executablePath, skip, startServer } from './chromium.js';

/** @import { Browser, Page } from 'playwright-core' */

const timeout = 60_000;
/** @type {Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof startServer>>} */ let server;

before(async () => {
  if (skip) return;
  server = await startServer();
  server.extra.set('/test/model', { type: 'application/octet-stream', body: await smallModel() });
  browser = await chromium.launch({ executablePath, args });
});
after(async () => {
  await browser?.close();
  server?.close();
});

/** @param {number} tabs @returns {Promise<Page[]>} of one browser context */
async function openTabs(tabs) {
  const context = await browser.newContext();
  const pages = await Promise.all(Array.from({ length: tabs }, () => context.newPage()));
  for (const page of pages) await page.goto(`${server.origin}/test/blank.html`);
  return pages;
}

/** Keeps a profile as globalThis.kept; what became of it. */
const keep = (options = '{}') => `(async () => {
  const [store, { loadModel }] = await Promise.all([import('/dist/store.js'), import('/dist/ampcf.js')]);
  globalThis.model = await loadModel('/test/model');
  globalThis.kept = await store.keepProfile(model, store.indexedDbStore(), ${options});
  return [kept.persisted, kept.reason, kept.profile.size];
})()`;

/** A database of somebody else in the same place, who never lets go. */
const hold = (/** @type {number} */ version) => `new Promise((resolve, reject) => {
  const request = indexedDB.open('ampcf-profile', ${version});
  request.onupgradeneeded = () => {
    if (!request.result.objectStoreNames.contains('kept')) request.result.createObjectStore('kept');
  };
  request.onsuccess = () => { globalThis.held = request.result; resolve(); };
  request.onerror = () => reject(request.error);
})`;

describe('a profile never hangs', { skip, timeout }, () => {
  test('a database of a later version is left as it is', async () => {
    const [page, other] = await openTabs(2);
    await other.evaluate(`${hold(2)}.then(() => held.close())`);
    const [persisted, reason, size] = /** @type {any} */ (await page.evaluate(keep()));
    assert.deepEqual([persisted, size], [false, 0]);
    assert.match(reason, /newer library/);
    assert.deepEqual(
      await page.evaluate('indexedDB.databases().then((all) => all.map(({ version }) => version))'),
      [2],
    );
    await page.context().close();
  });

  test('an erasure waits for no tab, and a database whose deletion waits hangs nobody', async () => {
    const [page, other] = await openTabs(2);
    assert.deepEqual(await page.evaluate(keep()), [true, null, 0]);
    await page.evaluate("kept.profile.add('a'), kept.flush()");
    await other.evaluate(hold(1));
    assert.equal(
      await page.evaluate("kept.erase().then(() => 'erased', (error) => error.message)"),
      'erased',
    );
    const rows = `new Promise((resolve) => {
      const count = held.transaction('kept').objectStore('kept').count();
      count.onsuccess = () => resolve(count.result);
    })`;
    assert.equal(await other.evaluate(rows), 0);
    assert.equal(await page.evaluate("kept.profile.add('a'), kept.flush()"), true);
    assert.ok(Number(await other.evaluate(rows)) > 0);
    await page.evaluate("void indexedDB.deleteDatabase('ampcf-profile')"); // as older versions erase
    assert.equal(await page.evaluate("kept.profile.add('b').recommend({ topK: 3 }).items.length"), 3);
    // An opening behind a deletion that waits gets no answer at all.
    const [persisted, reason] = /** @type {any} */ (await page.evaluate(keep('{ timeoutMs: 300 }')));
    assert.deepEqual([persisted, /no answer of the store in 300 ms/.test(reason)], [false, true]);
    await other.evaluate('held.close()');
    assert.equal(await page.evaluate("kept.profile.add('c'), kept.flush()"), true, 'it works when it does');
    await page.context().close();
  });

  test('an open that never answers, and a frame that may keep nothing', async () => {
    const [page] = await openTabs(1);
    await page.evaluate('IDBFactory.prototype.open = () => ({})');
    const [persisted, reason] = /** @type {any} */ (await page.evaluate(keep('{ timeoutMs: 200 }')));
    assert.deepEqual([persisted, /no answer/.test(reason)], [false, true]);
    const base64 = Buffer.from(await smallModel()).toString('base64');
    const cors = { 'access-control-allow-origin': '*' };
    server.extra.set('/test/frame.html', {
      type: 'text/html',
      body: '<iframe sandbox="allow-scripts" src="/test/inner.html"></iframe>',
    });
    server.extra.set('/test/inner.html', { type: 'text/html', body: '<!doctype html>' });
    await page.goto(`${server.origin}/test/frame.html`);
    const frame = page.frames()[1];
    for (const name of ['store', 'ampcf', 'rank', 'core-simd', 'errors', 'taste'])
      server.extra.set(`/dist/${name}.js`, {
        type: 'text/javascript',
        body: Buffer.from(await (await fetch(`${server.origin}/dist/${name}.js`)).arrayBuffer()),
        headers: cors,
      });
    const inFrame = keep().replace(
      "loadModel('/test/model')",
      `loadModel(Uint8Array.from(atob('${base64}'), (c) => c.charCodeAt(0)))`,
    );
    const [kept, why] = /** @type {any} */ (await frame.evaluate(inFrame));
    assert.deepEqual([kept, /^the profile cannot be kept/.test(why)], [false, true], why);
    await page.context().close();
  });
});

test(
  'two versions of the library on two tabs: the older one overwrites nothing',
  { skip, timeout },
  async () => {
    const [older, newer] = await openTabs(2);
    assert.deepEqual(await older.evaluate(keep()), [true, null, 0]);
    await older.evaluate("kept.profile.add('a'), kept.flush()");
    // What a later library may write: the version of the slot is 2, its checksum is right.
    const slot = await newer.evaluate(`(async () => {
    await ${hold(1)};
    const rows = held.transaction('kept', 'readwrite').objectStore('kept');
    const ask = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
    const bytes = await ask(rows.get(0));
    bytes[8] = 2;
    let crc = -1;
    for (const [i, byte] of bytes.entries()) {
      crc ^= i >= 28 && i < 32 ? 0 : byte;
      for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
    }
    new DataView(bytes.buffer).setUint32(28, ~crc >>> 0, true);
    await ask(rows.put(bytes, 0));
    held.close();
    return [...bytes];
  })()`);
    assert.equal(await older.evaluate("kept.profile.add('b'), kept.flush()"), false);
    assert.match(String(await older.evaluate('kept.reason')), /newer library/);
    assert.equal(await older.evaluate('kept.profile.size'), 2, 'in memory it goes on');
    const left = await newer.evaluate(`${hold(1)}.then(() => new Promise((resolve) => {
    const request = held.transaction('kept').objectStore('kept').get(0);
    request.onsuccess = () => resolve([...request.result]);
  }))`);
    assert.deepEqual(left, slot);
    await older.context().close();
  },
);

test('the lines for localStorage in STORE.md work when copied', { skip, timeout }, async () => {
  const block = blocksOf('web/store/STORE.md').find(({ code }) => code.includes('localStorage.getItem'));
  assert.ok(block);
  const [page] = await openTabs(1);
  for (const size of [1, 1]) {
    await page.goto(`${server.origin}/test/blank.html`);
    const code = `(async () => {
      const { loadModel } = await import('/dist/ampcf.js');
      const model = await loadModel('/test/model');
      ${block.code}
      return [me.size, localStorage.getItem('me').length > 20];
    })()`;
    assert.deepEqual(await page.evaluate(code), [size, true]);
  }
  await page.context().close();
});
