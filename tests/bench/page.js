// Owns `npm run bench:page`: how soon the demo page shows its first lists, whether anything moves then, and
// the longest task while it ranks, in Chromium on this machine. Must not decide pass or fail.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { args, executablePath, startServer } from '../browser/chromium.js';
import { root } from '../support.js';
import { benchArguments, publish } from './results.js';

/** @import { Page } from 'playwright-core' */

const loads = 15;
const { write } = benchArguments({});
if (!executablePath) throw new Error('no Chromium found (set CHROMIUM)');
if (!existsSync(new URL('dist/demo/films.ampcf', root))) throw new Error('no model: run npm start first');

/** What the browser sees of tasks and of things that move, from before the page begins. */
const watch = () => {
  const seen = { moved: 0, tasks: /** @type {number[]} */ ([]) };
  Object.assign(globalThis, { seen });
  const observe = (/** @type {string} */ type, /** @type {(entry: any) => void} */ each) =>
    new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true });
  observe('layout-shift', (entry) => {
    if (!entry.hadRecentInput) seen.moved += entry.value;
  });
  observe('longtask', (entry) => seen.tasks.push(entry.duration));
};

/** @param {Page} page */
const seenBy = (page) =>
  page.evaluate(() => {
    const { moved, tasks } = /** @type {any} */ (globalThis).seen;
    return { moved, tasks, ranked: performance.getEntriesByName('ranked')[0].startTime };
  });

/**
 * Everything that ranks again: somebody else, more of the list by share, fewer personas, a film that is not
 * for me, and the way back.
 * @param {Page} page
 */
async function rankAgain(page) {
  const presets = page.locator('#presets button');
  for (let round = 0; round < 4; round++) {
    await presets.nth(round).click();
    await page.locator('#amount').fill(String(round / 4));
    await page.locator('#most-personas').fill(String(1 + (round % 4)));
    await page.locator('#film').fill('alien');
    await page.locator('#film').press('Enter');
    await page
      .getByRole('button', { name: /is not for me/ })
      .first()
      .click();
    await page.locator('#undo').click();
  }
}

const median = (/** @type {number[]} */ values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const most = (/** @type {number[]} */ values) => Math.max(0, ...values);

const server = await startServer();
const browser = await chromium.launch({ executablePath, args });
const first = [],
  again = [];
for (let load = 0; load <= loads; load++) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(watch);
  await page.goto(`${server.origin}/examples/page/`);
  await page.locator('main[data-ready]').waitFor();
  const atFirst = await seenBy(page);
  await rankAgain(page);
  const { tasks } = await seenBy(page);
  await context.close();
  if (load === 0) continue; // the browser itself was cold
  first.push(atFirst);
  again.push(most(tasks.slice(atFirst.tasks.length)));
}
await browser.close();
server.close();

const milliseconds = (/** @type {number[]} */ values) =>
  `${median(values).toFixed(0)} ms (${Math.min(...values).toFixed(0)} to ${most(values).toFixed(0)})`;
publish(
  'page',
  [
    `The demo page from localhost in Chromium ${browser.version()}, 1280 x 900, ${loads} loads with nothing`,
    'kept of an earlier one: median (least to most). Tasks under 50 ms are not told by the browser and count',
    'as 0.',
    '',
    '| what | measured | wanted |',
    '|---|---|---|',
    `| from navigation to the first lists | ${milliseconds(first.map(({ ranked }) => ranked))} | 100 ms |`,
    `| layout shift while it loads | ${most(first.map(({ moved }) => moved)).toFixed(3)} at most | 0 |`,
    `| longest task while it loads | ${milliseconds(first.map(({ tasks }) => most(tasks)))} | |`,
    `| longest task in 24 changes after it | ${milliseconds(again)} | under 50 ms |`,
  ].join('\n'),
  { write },
);
