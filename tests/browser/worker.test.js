// Owns the proof in Chromium that a model and a training work in a worker of a page, from a relative
// address, with errors and the page running meanwhile. How long tasks of the page are is measured by
// tests/bench/worker.js. Must not repeat tests/web/remote.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { loadModel } from '../../dist/ampcf.js';
import { trainModel } from '../../dist/train.js';
import { historyOf, interactionsOf, people, smallModel } from '../support.js';
import { args, executablePath, skip, startServer } from './chromium.js';

const timeout = 90_000;
/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof startServer>>} */ let server;
const model = await smallModel();

before(async () => {
  if (skip) return;
  server = await startServer();
  server.extra.set('/test/model', { type: 'application/octet-stream', body: model });
  browser = await chromium.launch({ executablePath, args });
});
after(async () => {
  await browser?.close();
  server?.close();
});

async function openPage() {
  const page = await browser.newPage();
  await page.goto(`${server.origin}/test/blank.html`);
  return page;
}

test('a model in a worker of a page ranks as in Node', { skip, timeout }, async () => {
  const page = await openPage();
  const history = historyOf(0);
  const got = await page.evaluate(`(async () => {
    const { loadModelInWorker } = await import('/dist/worker.js');
    const seen = [];
    const model = await loadModelInWorker('model', { onProgress: (progress) => seen.push(progress) });
    const me = await model.createProfile(${JSON.stringify(history)});
    const list = (await me.recommend({ topK: 10 })).items.map(({ item, score }) => [item, score]);
    const missing = await model.title('nobody').catch(({ code }) => code);
    const cached = await loadModelInWorker('model', { cache: 'films' });
    await cached.dispose();
    const kept = (await (await import('/dist/cache.js')).cachedModels({ cache: 'films' })).length;
    await model.dispose();
    const gone = await me.size.catch(({ code }) => code);
    return { list, missing, gone, kept, last: seen.at(-1), backend: typeof model.info.lineage };
  })()`);
  const here = (await loadModel(model)).createProfile(history).recommend({ topK: 10 });
  assert.deepEqual(got, {
    list: here.items.map(({ item, score }) => [item, score]),
    missing: 'UNKNOWN_ITEM',
    gone: 'DISPOSED',
    kept: 1,
    last: { loaded: model.length, total: model.length },
    backend: 'string',
  });
  // The chunks that few need are inside: a worker is one file.
  const dist = server.arrived.filter((line) => line.includes('/dist/') && line.includes('worker'));
  assert.deepEqual([...new Set(dist)].sort(), ['GET /dist/model-worker.js', 'GET /dist/worker.js']);
  await page.close();
});

test(
  'a training in a worker of a page gives the bytes of Node, and the page goes on',
  { skip, timeout },
  async () => {
    const page = await openPage();
    const known = interactionsOf(people.slice(0, 80));
    const { user, item, ...names } = known;
    const options = { dim: 16, sweeps: 40, minSupport: 1, seed: 3 };
    const given = JSON.stringify({ ...names, user: [...user], item: [...item] });
    const { bytes, turns, codes } = /** @type {any} */ (
      await page.evaluate(`(async () => {
      const { trainInWorker } = await import('/dist/worker.js');
      const given = ${given};
      let turns = 0;
      const clock = setInterval(() => turns++, 1);
      const { bytes } = await trainInWorker(given, ${JSON.stringify(options)});
      clearInterval(clock);
      const stopped = new AbortController();
      const code = (error) => error.code ?? error;
      const codes = [
        await trainInWorker(given, { dim: 0 }).catch(code),
        await trainInWorker(given, {
          ...${JSON.stringify(options)},
          sweeps: 1000,
          signal: stopped.signal,
          onProgress: () => stopped.abort('stopped'),
        }).catch(code),
      ];
      return { bytes: [...bytes], turns, codes };
    })()`)
    );
    assert.deepEqual(Uint8Array.from(bytes), (await trainModel(known, options)).bytes);
    assert.deepEqual(codes, ['BAD_ARGUMENT', 'stopped']);
    assert.ok(turns > 3, `${turns} turns of the page`);
    await page.close();
  },
);
