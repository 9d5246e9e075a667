// Owns the tests of training and evaluating in a real browser, where several cores are module workers of the
// page. Must not test what is trained, and must say so when it cannot run.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { evaluateModel } from '../../dist/evaluate.js';
import { trainModel } from '../../dist/train.js';
import { heldOut, history, timeless } from '../web/evaluate/held-out.js';
import { base, small } from '../web/train/small-training.js';
import { args, executablePath, skip, startServer } from './chromium.js';

/** @import { Browser, Page } from 'playwright-core' */

const timeout = 120_000;
const settings = { ...small, neighbours: 4 };
/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {Browser} */
let browser;
/** @type {Page} */
let page;

before(async () => {
  if (skip) return;
  server = await startServer();
  browser = await chromium.launch({ executablePath, args });
  page = await browser.newPage();
  await page.goto(`${server.origin}/test/blank.html`);
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** What can be sent to a page. @param {import('../../web/train.js').Interactions} interactions */
const sent = ({ users, items, user, item }) => ({ users, items, user: [...user], item: [...item] });

describe('a page', { skip, timeout }, () => {
  for (const cores of [1, 2, 3])
    test(`trains on ${cores} cores to the bytes that Node has`, async () => {
      const workers = page.workers().length;
      let most = 0;
      page.on('worker', () => (most = Math.max(most, page.workers().length - workers)));
      const got = await page.evaluate(
        async ([interactions, options]) => {
          const from = (/** @type {string} */ path) => import(path);
          const { bytes, cores } = await (await from('/dist/train.js')).trainModel(interactions, options);
          return { bytes: [...bytes], cores };
        },
        /** @type {const} */ ([sent(base), { ...settings, cores }]),
      );
      const { bytes } = await trainModel(base, settings);
      assert.equal(got.cores, cores);
      assert.equal(most, cores > 1 ? cores : 0, 'workers of the page');
      assert.deepEqual(Uint8Array.from(got.bytes), bytes);
    });

  test('ends its workers at once when a training is aborted', async () => {
    const got = await page.evaluate(
      async ([interactions, options]) => {
        const from = (/** @type {string} */ path) => import(path);
        const { trainModel } = await from('/dist/train.js');
        const abort = new AbortController();
        const onProgress = () => abort.abort(new Error('enough'));
        return trainModel(interactions, { ...options, onProgress, signal: abort.signal }).then(
          () => 'done',
          (/** @type {Error} */ { message }) => message,
        );
      },
      /** @type {const} */ ([sent(base), { ...settings, sweeps: 200, cores: 2 }]),
    );
    assert.equal(got, 'enough');
    for (let n = 0; n < 100 && page.workers().length > 0; n++) await page.waitForTimeout(50);
    assert.equal(page.workers().length, 0);
  });

  test('evaluates on 2 cores to the figures that Node has', async () => {
    const { bytes } = await trainModel(history, small);
    const got = await page.evaluate(
      async ([file, before, test]) => {
        const from = (/** @type {string} */ path) => import(path);
        const { evaluateModel } = await from('/dist/evaluate.js');
        const { loadModel } = await from('/dist/ampcf.js');
        const model = await loadModel(Uint8Array.from(file));
        return (await evaluateModel(model, { history: before, test, cores: 2 })).metrics;
      },
      /** @type {const} */ ([[...bytes], sent(history), sent(heldOut)]),
    );
    const { loadModel } = await import('../../dist/ampcf.js');
    const figures = await evaluateModel(await loadModel(bytes), { history, test: heldOut });
    assert.deepEqual(got, timeless(figures).metrics);
  });
});
