// Owns the tests of keeping a profile in a real browser: IndexedDB and OPFS, tabs at once, crashes, quota,
// what is on the disk. Must not reach the network beyond its own server, and must say so when it cannot run.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as later } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { below, seeded, smallModel } from '../support.js';
import { args, executablePath, profileFolder, skip, startBrowser, startServer } from './chromium.js';
import { cases } from './store-conformance.js';

/** @import { Browser, Page } from 'playwright-core' */

/** AMPCF_KILLS=200 makes a long run of it. */
const kills = Number(process.env.AMPCF_KILLS ?? 6);
const timeout = 240_000 + 10_000 * kills;
const kinds = /** @type {const} */ (['indexedDbStore', 'opfsStore']);
/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {Browser} */
let browser;

before(async () => {
  if (skip) return;
  server = await startServer();
  server.extra.set('/test/model', { type: 'application/octet-stream', body: await smallModel() });
  server.extra.set('/test/other', { type: 'application/octet-stream', body: await smallModel({ dim: 5 }) });
  server.extra.set('/test/cases.js', { type: 'text/javascript', body: `export default ${runCases}` });
  server.extra.set('/test/worker.js', {
    type: 'text/javascript',
    body: `import runCases from '/test/cases.js';
    onmessage = async ({ data }) => {
      // As in browsers that cannot swap files.
      if (data.inPlace) delete FileSystemFileHandle.prototype.createWritable;
      postMessage(await runCases(data.kind, data.encrypted));
    };`,
  });
  browser = await chromium.launch({ executablePath, args });
});

after(async () => {
  await browser?.close();
  server?.close();
});

/**
 * All cases on a store; it runs in the page. The outcome of each: 'ok' or what went wrong.
 * @param {'indexedDbStore' | 'opfsStore'} kind
 * @param {boolean} encrypted
 */
async function runCases(kind, encrypted) {
  const from = (/** @type {string} */ path) => import(path);
  const library = await from('/dist/store.js');
  const { loadModel } = await from('/dist/ampcf.js');
  const { cases } = await from('/tests/browser/store-conformance.js');
  const model = await loadModel('/test/model');
  const otherModel = await loadModel('/test/other');
  /** @type {Record<string, string>} */
  const outcomes = {};
  for (const [what, run] of Object.entries(cases)) {
    const open = () => library[kind]({ name: `case ${what}`, encrypted });
    outcomes[what] = await run({ open, library, model, otherModel }).then(
      () => 'ok',
      (/** @type {Error} */ error) => `${error.message} ${error.stack}`,
    );
    await open().erase();
  }
  return outcomes;
}

const allGood = Object.fromEntries(Object.keys(cases).map((what) => [what, 'ok']));

async function openPage() {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${server.origin}/test/blank.html`);
  return page;
}

/**
 * In a page: a keeper as globalThis.kept, and its events.
 * @param {Page} page
 * @param {string} kind
 * @param {Record<string, unknown>} [options] of the store
 */
async function keepIn(page, kind, options = {}) {
  return page.evaluate(`(async () => {
    const store = await import('/dist/store.js');
    const { loadModel } = await import('/dist/ampcf.js');
    const keptIn = store[${JSON.stringify(kind)}](${JSON.stringify(options)});
    const onEvent = ({ type, code }) => events.push(type + ' ' + code);
    globalThis.events = [];
    globalThis.kept = await store.keepProfile(await loadModel('/test/model'), keptIn, { onEvent });
    return kept.profile.history.map(({ item }) => item);
  })()`);
}

/**
 * How many rows each database has.
 * @param {string} part of its name
 */
const rowsOf = (part) => `indexedDB.databases().then((all) => Promise.all(
  all.filter(({ name }) => name.includes('${part}')).map(({ name }) => new Promise((resolve) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => {
      const count = request.result.transaction('kept').objectStore('kept').count();
      count.onsuccess = () => { resolve(count.result); request.result.close(); };
    };
  }))))`;

describe('stores of the browser do what stores must do', { skip, timeout }, () => {
  for (const kind of kinds)
    for (const encrypted of [false, true])
      test(`${kind}${encrypted ? ', encrypted' : ''}, in a page`, async () => {
        const page = await openPage();
        assert.deepEqual(
          await page.evaluate(`(${runCases})(${JSON.stringify(kind)}, ${encrypted})`),
          allGood,
        );
        const rows = /** @type {number[]} */ (await page.evaluate(rowsOf('')));
        assert.ok(rows.length > 0 || (kind === 'opfsStore' && !encrypted));
        assert.ok(
          rows.every((count) => count === 0),
          'nothing is left in databases that were erased',
        );
        assert.deepEqual(
          await page.evaluate(`(async () => {
            const names = [];
            const root = await navigator.storage.getDirectory();
            for await (const name of root.keys()) names.push(name);
            return names;
          })()`),
          [],
        );
        await page.context().close();
      });

  for (const [kind, inPlace] of /** @type {const} */ ([
    ['indexedDbStore', false],
    ['opfsStore', false],
    ['opfsStore', true],
  ]))
    test(`${kind} in a worker${inPlace ? ' that cannot swap files' : ''}`, async () => {
      const page = await openPage();
      const outcomes = await page.evaluate(`new Promise((resolve, reject) => {
      const worker = new Worker('/test/worker.js', { type: 'module' });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(${JSON.stringify({ kind, encrypted: false, inPlace })});
    })`);
      assert.deepEqual(outcomes, allGood);
      await page.context().close();
    });
});

describe('two tabs', { skip, timeout }, () => {
  for (const kind of kinds)
    test(`${kind}: a thousand events in each at the same time are two thousand`, async () => {
      const context = await browser.newContext();
      const pages = [await context.newPage(), await context.newPage()];
      for (const page of pages) {
        await page.goto(`${server.origin}/test/blank.html`);
        await keepIn(page, kind);
      }
      const stored = await Promise.all(
        pages.map((page, tab) =>
          page.evaluate(`(async () => {
      for (let n = 0; n < 1000; n++) {
        kept.profile.add('tab ${tab} event ' + n);
        if (n % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
      }
      return [await kept.close(), kept.persisted, events];
    })()`),
        ),
      );
      assert.deepEqual(stored, [
        [true, true, []],
        [true, true, []],
      ]);
      const third = await context.newPage();
      await third.goto(`${server.origin}/test/blank.html`);
      const items = /** @type {string[]} */ (await keepIn(third, kind));
      assert.equal(items.length, 2000);
      assert.deepEqual(
        [...items].sort(),
        [0, 1].flatMap((tab) => Array.from({ length: 1000 }, (_, n) => `tab ${tab} event ${n}`)).sort(),
      );
      for (const tab of [0, 1])
        assert.deepEqual(
          items.filter((item) => item.startsWith(`tab ${tab}`)),
          Array.from({ length: 1000 }, (_, n) => `tab ${tab} event ${n}`),
          'in their order',
        );
      await context.close();
    });

  test('a tab that is hidden stores at once, and follows when it is seen again', async () => {
    const page = await openPage();
    const other = await page.context().newPage();
    await other.goto(`${server.origin}/test/blank.html`);
    for (const each of [page, other]) await keepIn(each, 'indexedDbStore');
    const show = (/** @type {'hidden' | 'visible'} */ state) =>
      page.evaluate(`
        Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
        document.dispatchEvent(new Event('visibilitychange'))`);
    await page.evaluate("kept.profile.add('a')");
    await show('hidden');
    await page.waitForTimeout(300); // less than the second that a change may wait otherwise
    assert.deepEqual(
      await other.evaluate('kept.sync().then(() => kept.profile.history.map(({ item }) => item))'),
      ['a'],
    );
    await other.evaluate("kept.profile.add('b'), kept.flush()");
    await show('visible');
    await page.waitForFunction('kept.profile.history.length === 2');
    await page.context().close();
  });
});

/** Adds events as long as the page lives, and reports how many there are and how many are stored. */
const addForever = (/** @type {number} */ from) => `void (async () => {
  let stored = 0;
  for (let n = ${from}; ; n++) {
    kept.profile.add('event ' + n);
    report(n + 1, stored);
    if (n % 20 === 0) kept.flush().then((done) => { if (done) stored = n + 1; });
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
})()`;

/**
 * Opens what was kept and checks it against what was reported before the kill.
 * @param {Page} page
 * @param {string} kind
 * @param {boolean} encrypted
 * @param {{ stored: number }} told
 */
async function openAfterKill(page, kind, encrypted, told) {
  await page.goto(`${server.origin}/test/blank.html`);
  const items = /** @type {string[]} */ (await keepIn(page, kind, { encrypted }));
  assert.deepEqual(
    items,
    items.map((_, n) => `event ${n}`),
    'a whole history, in its order',
  );
  assert.deepEqual(await page.evaluate('[kept.persisted, events]'), [true, []]);
  assert.ok(
    items.length >= told.stored,
    `${items.length} events are left of ${told.stored} that were stored`,
  );
  return items.length;
}

/**
 * Kills a browser again and again while it stores.
 * @param {string} kind
 * @param {boolean} encrypted
 * @returns {Promise<{ worst: number, total: number }>} the most events lost at once, and those kept at last
 */
async function killAgainAndAgain(kind, encrypted) {
  const folder = profileFolder();
  const random = seeded(kills + (encrypted ? 1 : 0));
  const told = { added: 0, stored: 0 };
  let worst = 0;
  let total = 0;
  try {
    for (let round = 0; round <= kills; round++) {
      const chrome = await startBrowser(folder.path);
      try {
        const page = await chrome.context.newPage();
        total = await openAfterKill(page, kind, encrypted, told);
        worst = Math.max(worst, told.added - total);
        if (round === kills) continue;
        await page.exposeFunction('report', (/** @type {number} */ added, /** @type {number} */ stored) => {
          told.added = added;
          told.stored = Math.max(told.stored, stored);
        });
        await page.evaluate(addForever(total));
        await later(300 + below(random, 700));
      } finally {
        await (round === kills ? chrome.close() : chrome.kill());
      }
    }
  } finally {
    folder.remove();
  }
  return { worst, total };
}

describe('crashes', { skip, timeout }, () => {
  for (const [kind, encrypted] of /** @type {const} */ ([
    ['indexedDbStore', false],
    ['indexedDbStore', true],
    ['opfsStore', false],
  ]))
    test(`${kind}${encrypted ? ', encrypted' : ''}: ${kills} kills lose at most an interval`, async (t) => {
      const { worst, total } = await killAgainAndAgain(kind, encrypted);
      t.diagnostic(`${kills} kills, ${total} events kept, at most ${worst} lost at once`);
      assert.ok(total > kills * 20, `${total} events: the kills came while it was storing`);
      assert.ok(
        worst <= 64,
        `${worst} events were lost at once: those of one interval, and of the write under way`,
      );
    });
});

describe('space and disk', { skip, timeout }, () => {
  for (const kind of kinds)
    test(`${kind}: no space: ranking goes on, one event, what was kept stays`, async () => {
      const page = await openPage();
      const session = await page.context().newCDPSession(page);
      // Before the first use: the browser remembers for half a minute how much space there was.
      await session.send('Storage.overrideQuotaForOrigin', {
        origin: server.origin,
        quotaSize: kind === 'opfsStore' ? 65_536 : 400_000,
      }); // IndexedDB takes nothing at all in 64 KiB
      await keepIn(page, kind);
      const [last, ...state] = /** @type {any[]} */ (
        await page.evaluate(`(async () => {
      let last = 0;
      for (let n = 1; n <= 4000; n++) {
        kept.profile.add('an event that is long enough to fill what the browser gives ' + n);
        if (n % 100 === 0 && await kept.flush()) last = n;
      }
      const stored = await kept.flush();
      const ranked = kept.profile.recommend({ topK: 5 }).items.length;
      return [last, stored, kept.persisted, kept.reason, events, ranked, kept.profile.size];
    })()`)
      );
      assert.ok(last > 0 && last < 4000, `the last of the events that were stored is ${last}`);
      assert.deepEqual(state, [
        false,
        false,
        'the browser gives no more space: the profile stays in memory, what was kept before is untouched',
        ['not-persisted QUOTA'],
        5,
        4000,
      ]);
      const second = await page.context().newPage();
      await second.goto(`${server.origin}/test/blank.html`);
      assert.equal(/** @type {string[]} */ (await keepIn(second, kind)).length, last);
      await session.send('Storage.overrideQuotaForOrigin', { origin: server.origin });
      assert.equal(await page.evaluate('kept.flush()'), true);
      assert.deepEqual(await page.evaluate('[kept.persisted, kept.reason, events]'), [
        true,
        null,
        ['not-persisted QUOTA', 'persisted '],
      ]);
      assert.equal(/** @type {string[]} */ (await keepIn(second, kind)).length, 4000);
      await page.context().close();
    });

  /**
   * Files below a folder that hold a text, in one byte or two bytes a letter.
   * @param {string} folder
   * @param {string} text
   */
  const filesWith = (folder, text) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) =>
        [Buffer.from(text, 'latin1'), Buffer.from(text, 'utf16le')].some((bytes) =>
          readFileSync(path).includes(bytes),
        ),
      );

  for (const kind of kinds)
    test(`${kind}: an encrypted profile leaves no item id in the folder of the browser`, async () => {
      const folder = profileFolder();
      const canary = 'canary-Zq7rT4w9Kx';
      try {
        for (const encrypted of [true, false]) {
          const chrome = await startBrowser(folder.path);
          try {
            const page = await chrome.context.newPage();
            await page.goto(`${server.origin}/test/blank.html`);
            await keepIn(page, kind, { name: `grep ${encrypted}`, encrypted });
            // In two parts, so that the browser's own copy of the script does not hold it.
            const [head, tail] = [canary.slice(0, 8), canary.slice(8)];
            await page.evaluate(`(async () => {
              for (let n = 0; n < 40; n++) {
                kept.profile.add('${head}' + '${tail}' + n);
                await kept.flush();
              }
            })()`);
            assert.equal(await page.evaluate('kept.close()'), true);
          } finally {
            await chrome.close();
          }
          const found = filesWith(folder.path, canary);
          if (encrypted) assert.deepEqual(found, []);
          else assert.ok(found.length > 0, 'the search finds what is not encrypted');
        }
        const chrome = await startBrowser(folder.path);
        try {
          const page = await chrome.context.newPage();
          await page.goto(`${server.origin}/test/blank.html`);
          assert.equal(
            /** @type {string[]} */ (await keepIn(page, kind, { name: 'grep true', encrypted: true })).length,
            40,
            'the key outlives the browser',
          );
          assert.deepEqual(await page.evaluate(rowsOf('true')), [kind === 'opfsStore' ? 1 : 3]);
          assert.deepEqual(await page.evaluate(`kept.erase().then(() => ${rowsOf('true')})`), [0]);
        } finally {
          await chrome.close();
        }
      } finally {
        folder.remove();
      }
    });
});
