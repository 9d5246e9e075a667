// Owns the tests in a real browser: the demo page, the library under strict content policies, and the same
// numbers as in Node. Must not reach the network beyond its own server, and must say so when it cannot run.
import assert from 'node:assert/strict';
import { get } from 'node:http';
import { after, before, describe, test } from 'node:test';
import * as library from '../../dist/ampcf.js';
import { skip } from './chromium.js';
import {
  assertSumsUp,
  explanationsOf,
  openPage,
  openRanked,
  pagePath,
  rows,
  startDemo,
  titlesOf,
} from './demo-page.js';

/** @import { Browser, BrowserContextOptions } from 'playwright-core' */

const timeout = 120_000; // of a suite; about 15 s here
/** @type {Awaited<ReturnType<typeof startDemo>>['server']} */
let server;
/** @type {Browser} */
let browser;
/** @type {Uint8Array} */
let bytes;
/** @type {string[][]} */
let histories;

before(async () => {
  if (skip) return;
  const demo = await startDemo();
  ({ server, bytes, browser } = demo);
  histories = [
    [],
    ['alien-1979'],
    ...demo.people.slice(0, 8).map((person) => person.history.map(({ item }) => item)),
  ];
});

after(async () => {
  await browser?.close();
  server?.close();
});

const open = (/** @type {string} */ path, /** @type {BrowserContextOptions} */ options = {}) =>
  openPage(browser, server.origin + path, options);
const openDemo = (/** @type {BrowserContextOptions} */ options = {}) =>
  openRanked(browser, server.origin + pagePath, options);

describe('demo page', { skip, timeout }, () => {
  test('loads by fetch, ranks and names personas', async () => {
    const { page, complaints, close } = await openDemo();
    assert.equal(await rows(page).count(), 12);
    assert.ok(server.arrived.includes('GET /test/films.ampcf'));
    const personas = await page
      .locator('#personas data')
      .evaluateAll((all) => all.map((data) => Number(/** @type {HTMLDataElement} */ (data).value)));
    assert.equal(personas.length, 2);
    assert.ok(Math.abs(personas[0] + personas[1] - 1) < 1e-5);
    assert.match(await page.locator('#personas').innerText(), /Film noir[^]*Animation/);
    assert.match(
      await page.locator('header').innerText(),
      /synthetic people over real film facts[^]*no request after the model was loaded/,
    );
    assert.deepEqual(complaints, []);
    await close();
  });

  test('asks for its model before its program has come, and for nothing but what lists need', async () => {
    const { page, complaints, requests, close } = await openPage(browser, 'about:blank');
    const asked = page.waitForRequest('**/test/films.ampcf');
    await page.route('**/dist/page/page.js', async (route) => {
      await asked;
      await route.continue();
    });
    await page.goto(server.origin + pagePath);
    await rows(page).nth(11).waitFor();
    const names = requests
      .filter((url) => url.startsWith(server.origin))
      .map((url) => new URL(url).pathname.split('/').pop());
    const rest = names.indexOf('rest.js');
    const first = (rest < 0 ? names : names.slice(0, rest)).sort().join(' ');
    assert.equal(first, ' ask-model.js chunk.js colours.css films.ampcf page.css page.js');
    await page.locator('main[data-ready]').waitFor();
    assert.equal(names.filter((name) => name === 'films.ampcf').length, 1);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('follows a new film, forgets it again, and says what it does not know', async () => {
    const { page, complaints, close } = await openDemo();
    const before = await titlesOf(page);
    await page.getByLabel('Add a film').fill('allien 1979'); // errors of typing are forgiven
    assert.equal(await page.getByRole('option').first().innerText(), 'Alien (1979)');
    await page.getByLabel('Add a film').press('ArrowDown');
    await page.getByLabel('Add a film').press('Enter');
    assert.equal(await page.getByRole('listbox').count(), 0);
    await page.getByLabel('Add a film').fill('the termin');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    assert.match(await page.locator('#chips').innerText(), /Alien \(1979\)[^]*The Terminator \(1984\)/);
    assert.notDeepEqual(await titlesOf(page), before);
    await page.getByRole('button', { name: 'Remove Alien (1979)' }).click();
    await page.getByRole('button', { name: 'Remove The Terminator (1984)' }).press('Enter');
    assert.deepEqual(await titlesOf(page), before);
    assert.equal(
      await page.evaluate(() => document.activeElement?.getAttribute('aria-label')),
      'Remove Toy Story (1995)',
    );
    await page.getByLabel('Add a film').fill('no such film at all');
    await page.getByLabel('Add a film').press('Enter');
    assert.match(await page.locator('#unknown').innerText(), /no film like “no such film at all”/);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('its explanations add up, with personas and with one vector', async () => {
    const { page, complaints, close } = await openDemo();
    const before = await titlesOf(page);
    await page.locator('#ranking summary').nth(3).click();
    const table = page.locator('#ranking table').nth(3);
    assert.ok(await table.isVisible());
    assert.match(await table.innerText(), /because I liked\s[^]*popularity[^]*rounding[^]*= score/);
    assertSumsUp(await explanationsOf(page));
    const withPersonas = await page.locator('#distance-personas').innerText();
    const withOne = await page.locator('#distance-one').innerText();
    assert.match(`${withPersonas} ${withOne}`, /^0\.\d\d 0\.\d\d$/);
    assert.ok(await page.locator('#ranking-one').isVisible(), 'both lists are side by side');
    assert.notDeepEqual(await titlesOf(page, '#ranking-one'), before);
    assertSumsUp(await explanationsOf(page, '#ranking-one'));
    assert.deepEqual(complaints, []);
    await close();
  });

  test('says why in a sentence, takes off the list what is not for me, and takes that back', async () => {
    const { page, complaints, close } = await openDemo();
    assert.match(
      await page.locator('.why').first().innerText(),
      /^Because your (Film noir|Animation)[^]* side liked .+ \(\d{4}\) and .+ \(\d{4}\)/,
    );
    const before = await titlesOf(page);
    const title = before[0];
    assert.ok(await page.locator('#undo').isHidden());
    await page
      .getByRole('button', { name: /is not for me/ })
      .first()
      .press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'undo');
    const after = await titlesOf(page);
    assert.ok(!after.includes(title));
    assert.equal(
      await page
        .locator('#chips .disliked')
        .innerText()
        .then((text) => title.startsWith(text.replace('×', '').trim().split(' (')[0])),
      true,
    );
    assertSumsUp(await explanationsOf(page));
    await page.locator('#undo').press('Enter');
    assert.deepEqual(await titlesOf(page), before);
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'film');
    assert.deepEqual(complaints, []);
    await close();
  });

  test('sends no request in 200 interactions after the load, and counts that itself', async () => {
    const { page, complaints, requests, close } = await openDemo();
    const presets = page.locator('#presets button');
    const film = page.getByLabel('Add a film');
    const model = await library.loadModel(bytes);
    const options = model.ids().map((item) => model.title(item));
    model.dispose();
    assert.ok(options.length > 900);
    const seen = requests.length;
    const served = server.arrived.length;
    for (let i = 0; i < 40; i++) {
      await presets.nth(i % 5).click();
      await film.fill(options[(i * 37) % options.length]);
      await film.press('Enter');
      await page.locator('#amount').fill(String((i % 11) / 10));
      await page
        .locator('#ranking summary')
        .nth(i % 12)
        .click();
      await page.locator('#chips button').first().click();
      if (i % 8 === 0) assertSumsUp(await explanationsOf(page));
    }
    assert.deepEqual(requests.slice(seen), []);
    assert.deepEqual(server.arrived.slice(served), []);
    assert.equal(await page.locator('#requests').innerText(), '0');
    // The instruments work: one request is seen by all three.
    await page.evaluate(() => fetch('/examples/page/page.css').then((response) => response.text()));
    await page.waitForFunction(() => document.querySelector('#requests')?.textContent === '1');
    assert.deepEqual([requests.length - seen, server.arrived.length - served], [1, 1]);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('empty history, keyboard alone, narrow and dark', async () => {
    const { page, complaints, close } = await openDemo({
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
    });
    const overflow = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(await overflow(), 0);
    await page.getByRole('button', { name: 'Nobody yet' }).press('Enter');
    assert.equal(await page.locator('#chips li').count(), 0);
    assert.equal(await page.locator('#distance-personas').innerText(), '–');
    assert.match(await rows(page).first().innerText(), /popular/);
    assertSumsUp(await explanationsOf(page));
    await page.getByRole('button', { name: /Westerns/ }).press('Space');
    await page.locator('#ranking summary').nth(1).press('Enter');
    assert.ok(await page.locator('#ranking table').nth(1).isVisible());
    await page.getByRole('radio', { name: /Personas/ }).press('ArrowRight');
    assert.ok(await page.getByRole('radio', { name: /One vector/ }).isChecked());
    assert.ok(await page.locator('#ranking-one').isVisible());
    assert.ok(await page.locator('#ranking').isHidden());
    assert.equal(await overflow(), 0);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('says what to do when the model is missing, and what is wrong with a bad one', async () => {
    const missing = await open('/examples/page/?model=/test/nothing.ampcf');
    await missing.page.getByRole('alert').waitFor();
    assert.match(await missing.page.getByRole('alert').innerText(), /npm start/);
    assert.ok(await missing.page.locator('main').isHidden());
    await missing.close();
    const bad = await open('/examples/page/?model=/examples/page/');
    await bad.page.getByRole('alert').waitFor();
    assert.match(await bad.page.getByRole('alert').innerText(), /could not be loaded[^]*HTML/);
    assert.deepEqual(bad.complaints, []);
    await bad.close();
  });

  test('its server keeps to the repository', async () => {
    for (const path of [
      '/../../../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/..%2f..%2f..%2fetc%2fpasswd',
      '/.git/config',
      '/examples/page/.%2e/%2e./.git/HEAD',
      '/examples',
      '/%00',
      '/%ff',
      '//etc/passwd',
      '/nothing',
    ]) {
      const answer = await new Promise((resolve, reject) => {
        // fetch would tidy the path up before it is sent.
        get(server.origin, { path }, (response) => resolve(response.resume().statusCode)).on('error', reject);
      });
      assert.equal(answer, 404, path);
    }
    assert.equal((await fetch(`${server.origin}/package.json`, { method: 'POST' })).status, 405);
    const index = await fetch(server.origin);
    assert.deepEqual(
      [index.status, index.url, index.headers.get('content-type')],
      [200, `${server.origin}/examples/page/`, 'text/html; charset=utf-8'],
    );
  });
});

/**
 * Every bit of what a backend computes: scores, shares, responsibilities, explanations, distances. It runs
 * here and in the page, so it uses nothing but its arguments.
 * @param {{ loadModel: typeof library.loadModel }} library
 * @param {any} source
 * @param {any} backend
 * @param {string[][]} histories
 */
async function fingerprint({ loadModel }, source, backend, histories) {
  /** @type {import('../../web/model/model.js').Model} */
  const model = await loadModel(source, { backend });
  const bits = (/** @type {number | null} */ x) =>
    x === null ? 'null' : new BigUint64Array(Float64Array.of(x).buffer)[0].toString(16);
  const people = histories.map((history) => {
    const me = model.createProfile(history);
    const all = me.rank(model.ids());
    const list = me.recommend({ topK: 20, explain: true });
    return {
      all: all.items.map(({ item, score, persona }) => [item, bits(score), persona?.label ?? null]),
      why: list.items.map(({ item, attention, explanation }) => [
        item,
        ...[...(attention ?? [])].map(bits),
        ...(explanation?.contributions ?? []).map((term) => `${term.item} ${bits(term.contribution)}`),
        bits(explanation?.rest ?? null),
        bits(explanation?.bias ?? null),
        bits(explanation?.residual ?? null),
      ]),
      personas: me
        .personas()
        .map(({ label, share, items }) => [
          label,
          bits(share),
          ...items.map((entry) => `${entry.item} ${bits(entry.responsibility)}`),
        ]),
      distance: bits(me.tasteDistance(list.items.map(({ item }) => item))),
    };
  });
  return { backend: model.diagnostics().backend, people };
}

/** A page that may connect to nothing: its model is a part of a script, or a file that the person chooses. */
function serveOffline() {
  const policy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'none'; img-src data:";
  server.extra.set('/test/offline.html', {
    type: 'text/html',
    headers: { 'content-security-policy': policy },
    body: `<!doctype html><title>offline</title><link rel="icon" href="data:,">
      <input type="file" aria-label="model"><pre></pre><script type="module" src="offline.js"></script>`,
  });
  server.extra.set('/test/data.js', {
    type: 'text/javascript',
    body: `export default "${Buffer.from(bytes).toString('base64')}";`,
  });
  server.extra.set('/test/offline.js', {
    type: 'text/javascript',
    body: `import * as library from '/dist/ampcf.js';
      import base64 from './data.js';
      const fingerprint = ${fingerprint}, histories = ${JSON.stringify(histories)};
      const show = async (source) => {
        const print = await fingerprint(library, source, 'auto', histories);
        document.querySelector('pre').textContent = JSON.stringify(print);
      };
      document.querySelector('input').onchange = ({ target }) => show(target.files[0]);
      await show(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));`,
  });
}

describe('library in a browser', { skip, timeout }, () => {
  test('SIMD and scalar give the numbers of Node, and only scalar downloads the scalar build', async () => {
    const { page, complaints, close } = await open('/test/blank.html');
    const inPage = async (/** @type {string} */ backend) => {
      const from = server.arrived.length;
      const given = `'/test/films.ampcf', ${JSON.stringify(backend)}, ${JSON.stringify(histories)}`;
      const print = /** @type {Awaited<ReturnType<typeof fingerprint>>} */ (
        await page.evaluate(`import('/dist/ampcf.js').then((it) => (${fingerprint})(it, ${given}))`)
      );
      return { print, fetched: server.arrived.slice(from) };
    };
    const auto = await inPage('auto');
    const simd = await inPage('simd');
    const scalar = await inPage('scalar');
    assert.deepEqual(
      [auto.print.backend, simd.print.backend, scalar.print.backend],
      ['simd', 'simd', 'scalar'],
    );
    assert.deepEqual(
      [auto.fetched.slice(0, -1).sort(), auto.fetched.at(-1)],
      [
        ['ampcf', 'core-simd', 'errors', 'rank', 'taste'].map((name) => `GET /dist/${name}.js`),
        'GET /test/films.ampcf',
      ],
    );
    assert.deepEqual(simd.fetched, ['GET /test/films.ampcf']);
    assert.deepEqual(scalar.fetched.sort(), ['GET /dist/core-scalar.js', 'GET /test/films.ampcf']);
    const node = await fingerprint(library, bytes, 'simd', histories);
    assert.ok(node.people[2].all.length > 900);
    assert.ok(node.people.some((person) => person.personas.length > 1));
    assert.deepEqual(simd.print.people, node.people);
    assert.deepEqual(scalar.print.people, node.people);
    assert.deepEqual((await fingerprint(library, bytes, 'scalar', histories)).people, node.people);
    assert.deepEqual(complaints, []);
    await close();
  });

  test("ranks under connect-src 'none', the model being a chosen file or a part of a script", async () => {
    serveOffline();
    const node = await fingerprint(library, bytes, 'auto', histories);
    const { page, complaints, requests, close } = await open('/test/offline.html');
    const shown = async () => {
      await page.waitForFunction(() => document.querySelector('pre')?.textContent);
      return JSON.parse(await page.locator('pre').innerText());
    };
    assert.deepEqual(await shown(), node);
    const before = requests.length;
    await page.evaluate(() => document.querySelector('pre')?.replaceChildren());
    await page
      .getByLabel('model')
      .setInputFiles({
        name: 'films.ampcf',
        mimeType: 'application/octet-stream',
        buffer: Buffer.from(bytes),
      });
    assert.deepEqual(await shown(), node);
    assert.deepEqual(requests.slice(before), []);
    assert.deepEqual(complaints, []);
    // The policy is in force and a breach would have been seen.
    await page.evaluate(() => fetch('/test/films.ampcf').catch(() => undefined));
    await page.waitForTimeout(50);
    assert.match(complaints.join('\n'), /^violation: connect-src/m);
    await close();
  });

  test("without 'wasm-unsafe-eval' the refusal names the policy", async () => {
    server.extra.set('/test/strict.html', {
      type: 'text/html',
      headers: {
        'content-security-policy': "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:",
      },
      body: `<!doctype html><title>strict</title><link rel="icon" href="data:,">
        <pre></pre><script type="module" src="strict.js"></script>`,
    });
    server.extra.set('/test/strict.js', {
      type: 'text/javascript',
      body: `
      import { loadModel } from '/dist/ampcf.js';
      await loadModel('films.ampcf').catch(({ code, message }) => {
        document.querySelector('pre').textContent = code + ': ' + message;
      });`,
    });
    const { page, close } = await open('/test/strict.html');
    await page.waitForFunction(() => document.querySelector('pre')?.textContent);
    assert.match(
      await page.locator('pre').innerText(),
      /^NO_WASM: .*'wasm-unsafe-eval'.*Content Security Policy/i,
    );
    await close();
  });
});
