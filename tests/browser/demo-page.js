// Owns what tests of the demo page read from it: rows, titles, sums, and what may not happen. Must not hold a
// test.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { trainModel } from '../../dist/train.js';
import { demoPeople } from '../../examples/demo/people.js';
import { loadFilms, trainDemo } from '../../examples/demo/train.js';
import { args, executablePath, startServer } from './chromium.js';

/** @import { Browser, BrowserContextOptions, Page } from 'playwright-core' */

/** The demo page with a model that the test gives. */
export const pagePath = '/examples/page/?model=/test/films.ampcf';

/**
 * A browser, and a server of the page with its settings and size of people, but a model of its own: `npm
 * start` may never have run here.
 */
export async function startDemo() {
  const films = await loadFilms();
  const people = demoPeople(films, { people: 1500 });
  const { bytes } = await trainDemo(trainModel, films, people);
  const server = await startServer();
  server.extra.set('/test/films.ampcf', { type: 'application/octet-stream', body: bytes });
  return { server, bytes, people, browser: await chromium.launch({ executablePath, args }) };
}

/**
 * A page that writes down everything that may not happen.
 * @param {Browser} browser
 * @param {string} url
 * @param {BrowserContextOptions} [options]
 */
export async function openPage(browser, url, options) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  /** @type {string[]} */
  const complaints = [];
  /** @type {string[]} */
  const requests = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`page error: ${error.message}`));
  page.on('request', (request) => requests.push(request.url()));
  page.on('websocket', (socket) => requests.push(socket.url()));
  await page.exposeFunction('reportViolation', (/** @type {string} */ text) =>
    complaints.push(`violation: ${text}`),
  );
  await page.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', (event) => {
      /** @type {any} */ (globalThis).reportViolation(`${event.violatedDirective} ${event.blockedURI}`);
    }),
  );
  await page.goto(url);
  return { page, complaints, requests, close: () => context.close() };
}

export const rows = (/** @type {Page} */ page) => page.locator('#ranking > li');

/**
 * The demo page once it has ranked.
 * @param {Browser} browser
 * @param {string} url
 * @param {BrowserContextOptions} [options]
 */
export async function openRanked(browser, url, options) {
  const opened = await openPage(browser, url, options);
  await rows(opened.page).nth(11).waitFor();
  await settled(opened.page);
  return opened;
}

/** Until what follows the lists part by part is there too: the map, what is known of films, who is here. */
export const settled = (/** @type {Page} */ page) => page.locator('main[data-ready]').waitFor();

/**
 * @param {Page} page
 * @param {'#ranking' | '#ranking-one'} [list]
 */
export const titlesOf = (page, list = '#ranking') =>
  page.locator(`${list} .title`).evaluateAll((all) => all.map((title) => title.firstChild?.textContent));

/**
 * What is shown and what is behind it, for every number of every explanation on the page.
 * @param {Page} page
 * @param {'#ranking' | '#ranking-one'} [list]
 */
export async function explanationsOf(page, list = '#ranking') {
  // They are made bit by bit, after the list.
  await page.waitForFunction((of) => !document.querySelector(`${of} > li > details:not(:has(table))`), list);
  return page.locator(`${list} > li`).evaluateAll((items) =>
    items.map((item) => {
      const read = (/** @type {string} */ selector) =>
        [...item.querySelectorAll(selector)].map((data) => ({
          shown: Number(data.textContent?.replaceAll('−', '-')),
          value: Number(/** @type {HTMLDataElement} */ (data).value),
        }));
      return { score: read('.score data')[0], terms: read('tbody data'), total: read('tfoot data')[0] };
    }),
  );
}

/** @param {Awaited<ReturnType<typeof explanationsOf>>} explanations */
export function assertSumsUp(explanations) {
  assert.ok(explanations.length > 0);
  for (const { score, terms, total } of explanations) {
    const sum = (/** @type {'shown' | 'value'} */ key) => terms.reduce((all, term) => all + term[key], 0);
    assert.equal(total.value, score.value);
    assert.ok(
      Math.abs(sum('value') - score.value) <= 1e-5 * Math.abs(score.value),
      `${sum('value')} is not ${score.value}`,
    );
    // Half a unit of the last shown place for each number.
    assert.ok(
      Math.abs(sum('shown') - total.shown) <= 5e-5 * (terms.length + 1) + 1e-9,
      `${sum('shown')} is not ${total.shown} as shown`,
    );
    assert.ok(Math.abs(score.shown - score.value) <= 5.001e-4);
  }
}
