// Owns the proof in a real browser that nothing leaves: no request after the load, seen by three detectors
// that do not know of each
// other, each of which must catch builds that leak on purpose. Must say so when it cannot run.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { smallModel } from '../support.js';
import { bundle, leakingBuild, leaks } from './privacy-leaks.js';
import { args, executablePath, skip, startServer } from './store-chromium.js';

/** @import { Browser } from 'playwright-core' */

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
/** @type {Awaited<ReturnType<typeof startServer>>} */ let server;
/** @type {Browser} */ let browser;

/**
 * The session in a page or a worker; `bytes` come by a script of the page, or by a message.
 * @param {string} build
 */
const sessionOf = (build) => `import * as library from '/test/${build}/ampcf.js';
  import * as store from '/test/${build}/store.js';
  import { privateSession } from '/tests/browser/privacy-session.js';
  const run = (bytes, events, kind) => privateSession({ library, store, keptIn: store[kind]({ encrypted: true }) }, bytes, events);\n`;

/**
 * @param {string} build
 * @param {string} code
 */
function serveBuild(build, code) {
  const script = (/** @type {string} */ name, /** @type {string} */ body) =>
    server.extra.set(`/test/${build}/${name}`, { type: 'text/javascript', body });
  script('rank.js', code);
  for (const name of ['ampcf', 'taste', 'store']) script(`${name}.js`, bundle(name));
  script(
    'page.js',
    `${sessionOf(build)}import base64 from '/test/model.js';
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    globalThis.runInPage = (events, kind) => run(bytes, events, kind);
    const worker = new Worker('/test/${build}/' + (location.search === '?open' ? 'open-' : '') + 'worker.js', { type: 'module' });
    globalThis.runInWorker = (events, kind) => new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => (data.violation ? reportViolation(data.violation) : data.error ? reject(new Error(data.error)) : resolve(data.outcome));
      worker.postMessage({ bytes, events, kind });
    });
    worker.onmessage = () => reportReady();`,
  );
  const body = `${sessionOf(build)}
    self.addEventListener('securitypolicyviolation', (event) => postMessage({ violation: event.violatedDirective + ' ' + event.blockedURI }));
    onmessage = ({ data }) => run(data.bytes, data.events, data.kind).then((outcome) => postMessage({ outcome }), (error) => postMessage({ error: error.stack }));
    postMessage({ ready: true });`;
  for (const [prefix, headers] of /** @type {const} */ ([
    ['', { 'content-security-policy': policy }],
    ['open-', {}],
  ])) {
    server.extra.set(`/test/${build}/${prefix}worker.js`, { type: 'text/javascript', body, headers });
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
 * One session in a fresh browser context, and what each detector saw of it after everything was loaded.
 * @param {string} build
 * @param {'page' | 'worker'} place
 * @param {{ events: number, open?: boolean, kind?: string }} how `open`: without the policy
 */
async function watched(build, place, { events, open = false, kind = 'indexedDbStore' }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  /** @type {string[]} */ const requests = [];
  /** @type {string[]} */ const violations = [];
  context.on('request', (request) => requests.push(request.url()));
  context.on('serviceworker', (worker) => requests.push(worker.url()));
  page.on('websocket', (socket) => requests.push(socket.url()));
  await page.exposeFunction('reportViolation', (/** @type {string} */ text) => violations.push(text));
  await page.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', (event) => {
      /** @type {any} */ (globalThis).reportViolation(`${event.violatedDirective} ${event.blockedURI}`);
    }),
  );
  // Not by asking the page again and again: the policy forbids what the driver would evaluate.
  const ready = new Promise((resolve) => {
    void page.exposeFunction('reportReady', () => resolve(undefined));
  });
  const arrivedBefore = server.arrived.length;
  await page.goto(`${server.origin}/test/${build}/${open ? 'open-page.html?open' : 'page.html'}`);
  await ready;
  // The icon that browsers ask for on their own may come late; it is not of the page's doing.
  const ofThePage = (/** @type {string} */ line) => !line.includes('favicon.ico');
  // The driver tells of a worker's modules later than the server does: until it has told of all and is quiet,
  // they are of the load.
  const arrivedByLoad = server.arrived.slice(arrivedBefore).filter(ofThePage).length;
  for (
    let told = -1, patience = 20;
    patience > 0 && (told !== requests.length || requests.filter(ofThePage).length < arrivedByLoad);
    patience--
  ) {
    told = requests.length;
    await page.waitForTimeout(300);
  }
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
      test(`${events} events, rankings and a kept profile in a ${place} under connect-src 'none', ${kind}: no request`, async () => {
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
      test(`${way} in a ${place}: by the policy where there is one, by the server and the driver where there is none`, async () => {
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
