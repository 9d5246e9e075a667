// Owns the proof in a real browser that nothing leaves: no request after the load, seen by three detectors
// that do not know of each other, each of which must catch builds that leak on purpose. Must say so when it
// cannot run.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { smallModel } from '../support.js';
import { bundle, leakingBuild, leaks } from './privacy-leaks.js';
import { args, executablePath, skip, startServer } from './chromium.js';

/** @import { Browser, Page } from 'playwright-core' */

const timeout = 240_000;
const events = 10_000;
const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'none'";
const places = /** @type {const} */ (['page', 'worker']);
/** The ways out that each place has. */
const ways = {
  page: /** @type {const} */ (['fetch', 'sendBeacon', 'WebSocket', 'XMLHttpRequest', 'EventSource', 'image']),
  worker: /** @type {const} */ (['fetch', 'WebSocket', 'XMLHttpRequest', 'EventSource']),
};
/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {Browser} */
let browser;

/**
 * The session in a page or a worker; `bytes` come by a script of the page, or by a message.
 * @param {string} build
 */
const sessionOf = (build) => `import * as library from '/test/${build}/ampcf.js';
  import * as store from '/test/${build}/store.js';
  import { privateSession } from '/tests/browser/privacy-session.js';
  const run = (bytes, events, kind) => {
    const keptIn = store[kind]({ encrypted: true });
    return privateSession({ library, store, keptIn }, bytes, events);
  };\n`;

/**
 * The script of the page, which also starts the worker.
 * @param {string} build
 */
const pageScript = (build) => `${sessionOf(build)}import base64 from '/test/model.js';
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  globalThis.runInPage = (events, kind) => run(bytes, events, kind);
  const name = location.search === '?open' ? 'open-worker.js' : 'worker.js';
  const worker = new Worker('/test/${build}/' + name, { type: 'module' });
  globalThis.runInWorker = (events, kind) => new Promise((resolve, reject) => {
    worker.onmessage = ({ data: { violation, error, outcome } }) => {
      if (violation) reportViolation(violation);
      else if (error) reject(new Error(error));
      else resolve(outcome);
    };
    worker.postMessage({ bytes, events, kind });
  });
  worker.onmessage = () => reportReady();`;

/** @param {string} build */
const workerScript = (build) => `${sessionOf(build)}
  self.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    postMessage({ violation: violatedDirective + ' ' + blockedURI }));
  onmessage = ({ data }) => run(data.bytes, data.events, data.kind).then(
    (outcome) => postMessage({ outcome }),
    (error) => postMessage({ error: error.stack }));
  postMessage({ ready: true });`;

/**
 * @param {string} build
 * @param {string} code of its rank.js
 */
function serveBuild(build, code) {
  const script = (/** @type {string} */ name, /** @type {string} */ body, headers = {}) =>
    server.extra.set(`/test/${build}/${name}`, { type: 'text/javascript', body, headers });
  script('rank.js', code);
  for (const name of ['ampcf', 'core-simd', 'errors', 'taste', 'store']) script(`${name}.js`, bundle(name));
  script('page.js', pageScript(build));
  for (const [prefix, headers] of /** @type {const} */ ([
    ['', { 'content-security-policy': policy }],
    ['open-', {}],
  ])) {
    script(`${prefix}worker.js`, workerScript(build), headers);
    server.extra.set(`/test/${build}/${prefix}page.html`, {
      type: 'text/html',
      headers,
      body: '<!doctype html><title>private</title><script type="module" src="page.js"></script>',
    });
  }
}

before(async () => {
  if (skip) return;
  server = await startServer();
  server.extra.set('/test/model.js', {
    type: 'text/javascript',
    body: `export default "${Buffer.from(await smallModel()).toString('base64')}";`,
  });
  server.extra.set('/leak', { type: 'text/plain', body: 'taken' });
  serveBuild('clean', bundle('rank'));
  for (const way of ways.page) serveBuild(way, leakingBuild(way, server.origin));
  browser = await chromium.launch({ executablePath, args });
});

after(async () => {
  await browser?.close();
  server?.close();
});

/**
 * A page of a fresh browser context, and what two of the detectors see of it.
 */
async function watchedPage() {
  const context = await browser.newContext();
  const page = await context.newPage();
  /** @type {string[]} */
  const requests = [];
  /** @type {string[]} */
  const violations = [];
  context.on('request', (request) => requests.push(request.url()));
  context.on('serviceworker', (worker) => requests.push(worker.url()));
  page.on('websocket', (socket) => requests.push(socket.url()));
  await page.exposeFunction('reportViolation', (/** @type {string} */ text) => violations.push(text));
  await page.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', (event) => {
      /** @type {any} */ (globalThis).reportViolation(`${event.violatedDirective} ${event.blockedURI}`);
    }),
  );
  return { context, page, requests, violations };
}

/** The icon that browsers ask for on their own may come late; it is not of the page's doing. */
const ofThePage = (/** @type {string} */ line) => !line.includes('favicon.ico');

/**
 * Waits until the driver has told of every request of the load. It tells of a worker's modules later than the
 * server does: until it has told of all and is quiet, they are of the load.
 * @param {Page} page
 * @param {string[]} requests
 * @param {number} arrivedBefore
 */
async function untilLoaded(page, requests, arrivedBefore) {
  const arrivedByLoad = server.arrived.slice(arrivedBefore).filter(ofThePage).length;
  let told = -1;
  for (let patience = 20; patience > 0; patience--) {
    if (told === requests.length && requests.filter(ofThePage).length >= arrivedByLoad) return;
    told = requests.length;
    await page.waitForTimeout(300);
  }
}

/**
 * One session in a fresh browser context, and what each detector saw of it after everything was loaded.
 * @param {string} build
 * @param {'page' | 'worker'} place
 * @param {{ events: number, open?: boolean, kind?: string }} how `open`: without the policy
 */
async function watched(build, place, { events, open = false, kind = 'indexedDbStore' }) {
  const { context, page, requests, violations } = await watchedPage();
  // Not by asking the page again and again: the policy forbids what the driver would evaluate.
  const ready = new Promise((resolve) => {
    void page.exposeFunction('reportReady', () => resolve(undefined));
  });
  const arrivedBefore = server.arrived.length;
  await page.goto(`${server.origin}/test/${build}/${open ? 'open-page.html?open' : 'page.html'}`);
  await ready;
  await untilLoaded(page, requests, arrivedBefore);
  const loaded = { requests: requests.length, arrived: server.arrived.length, violations: violations.length };
  const outcome = await page.evaluate(
    `${place === 'page' ? 'runInPage' : 'runInWorker'}(${events}, ${JSON.stringify(kind)})`,
  );
  await page.waitForTimeout(300); // what was sent last is still on its way
  const seen = {
    requests: requests.slice(loaded.requests).filter(ofThePage),
    arrived: server.arrived.slice(loaded.arrived).filter(ofThePage),
    violations: violations.slice(loaded.violations),
  };
  await context.close();
  return { outcome, ...seen };
}

describe('after the load nothing leaves', { skip, timeout }, () => {
  for (const place of places)
    for (const kind of ['indexedDbStore', 'opfsStore'])
      test(`${events} events, a kept profile: a ${place} under connect-src 'none', ${kind}`, async () => {
        const outcome = { events, rankings: 60, personalized: true, persisted: true, restored: 0 };
        assert.deepEqual(await watched('clean', place, { events, kind }), {
          outcome,
          requests: [],
          arrived: [],
          violations: [],
        });
      });

  for (const place of places)
    test(`a ${place} without any policy sends nothing either`, async () => {
      const { requests, arrived } = await watched('clean', place, { events: 1000, open: true });
      assert.deepEqual([requests, arrived], [[], []]);
    });
});

describe('positive control: builds that leak are caught', { skip, timeout }, () => {
  for (const place of places)
    for (const way of ways[place])
      test(`${way} in a ${place}: by the policy, and without one by the server and the driver`, async () => {
        const closed = await watched(way, place, { events: 60 });
        assert.ok(
          closed.violations.some((text) => /^(?:connect-src|img-src|default-src)/.test(text)),
          `the policy did not see it: ${JSON.stringify(closed)}`,
        );
        assert.deepEqual(closed.arrived, [], 'and it kept it in');
        const open = await watched(way, place, { events: 60, open: true });
        assert.ok(
          open.arrived.some((line) => line.includes('/leak')),
          `the server did not see it: ${JSON.stringify(open)}`,
        );
        assert.ok(
          open.requests.some((url) => url.includes('/leak')),
          `the driver did not see it: ${JSON.stringify(open)}`,
        );
      });

  test('the builds differ from the shipped one by the leak alone', () => {
    assert.deepEqual(
      Object.keys(leaks).sort(),
      [...new Set([...ways.page, ...ways.worker, 'node:http'])].sort(),
      'every way is tried somewhere',
    );
    for (const way of ways.page) {
      const leaking = leakingBuild(way, 'x');
      const clean = bundle('rank');
      assert.ok(leaking.length > clean.length && leaking.length < clean.length + 400);
    }
  });
});
