// Owns running the example page of keeping a profile, in two tabs. Must not repeat its code, and must say so
// when it cannot run.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { smallModel } from '../support.js';
import { args, executablePath, skip, startServer } from './chromium.js';

/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  if (skip) return;
  server = await startServer();
  server.extra.set('/test/films.ampcf', { type: 'application/octet-stream', body: await smallModel() });
  browser = await chromium.launch({ executablePath, args });
});

after(async () => {
  await browser?.close();
  server?.close();
});

/**
 * Opens the example in a tab and waits for its ranking.
 * @param {import('playwright-core').BrowserContext} context
 * @param {string[]} complaints
 */
async function openExample(context, complaints) {
  const page = await context.newPage();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${server.origin}/examples/keep-in-browser/?model=/test/films.ampcf`);
  await page.locator('#ranking li').nth(9).waitFor();
  return page;
}

const timeout = 60_000;

test('the example page remembers, exports and erases, and sends nothing', { skip, timeout }, async () => {
  const context = await browser.newContext({ acceptDownloads: true });
  /** @type {string[]} */
  const complaints = [];
  const page = await openExample(context, complaints);
  const served = server.arrived.length;
  for (let n = 0; n < 3; n++) await page.getByRole('button', { name: 'Like' }).first().click();
  await page.getByRole('button', { name: 'Remove' }).nth(1).click();
  const liked = await page.locator('#history li').allInnerTexts();
  assert.equal(liked.length, 2);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download' }).click(),
  ]);
  assert.equal(JSON.parse(readFileSync(await download.path(), 'utf8')).history.length, 2);
  assert.deepEqual(server.arrived.slice(served), []);
  await page.waitForTimeout(1500);
  await page.close();

  const again = await openExample(context, complaints);
  assert.deepEqual(await again.locator('#history li').allInnerTexts(), liked);
  assert.match(await again.getByRole('status').innerText(), /^2 events are kept/);
  await again.getByRole('button', { name: 'Erase' }).click();
  await again.waitForFunction(() => document.querySelectorAll('#history li').length === 0);
  await again.close();
  const empty = await openExample(context, complaints);
  assert.equal(await empty.locator('#history li').count(), 0);
  assert.deepEqual(complaints, []);
  await context.close();
});
