// Owns the tests of the custom element in a browser: what it shows, says and lets go, by mouse, keys and
// ears. Must say so when it cannot run.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { loadModel } from '../../dist/ampcf.js';
import { explainInWords as inWords } from '../../dist/sentences.js';
import { trainModel } from '../../dist/train.js';
import { interactionsOf, people, smallModel, steady } from '../support.js';
import { violations } from './axe.js';
import { args, executablePath, skip, startServer } from './chromium.js';
import { openPage } from './demo-page.js';
import { snippet } from './framework-bundles.js';

const timeout = 120_000;
/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {import('../../dist/types/ampcf.js').Model} */
let model;
const likes = ['alien-1979', 'heat-1995'];
const hostile = '<img src=x onerror="globalThis.hacked = 1"><script>globalThis.hacked = 1</script>';

before(async () => {
  if (skip) return;
  server = await startServer();
  const type = 'application/octet-stream';
  const body = await smallModel();
  model = await loadModel(body);
  server.extra.set('/films.ampcf', { type, body });
  const items = new Map(model.ids().map((id) => [id, { title: `${hostile} ${id}`, aspects: [hostile] }]));
  const { bytes } = await trainModel(interactionsOf(people), { ...steady, dim: 4, sweeps: 2, items });
  server.extra.set('/hostile.ampcf', { type, body: bytes });
  browser = await chromium.launch({ executablePath, args });
});

after(async () => {
  await browser?.close();
  server?.close();
});

/**
 * A page of its own, strict as a careful site is.
 * @param {string} body
 */
async function opened(body, policy = true) {
  const path = `/test/element-${server.extra.size}`;
  const csp = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src data:";
  const head = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Films</title>
    ${policy ? `<meta http-equiv="Content-Security-Policy" content="${csp}; style-src 'self'">` : ''}
    <link rel="icon" href="data:,"><script type="module" src="/dist/element.js"></script>`;
  const html = `${head}<main><h1>Films</h1>${body}</main>`;
  server.extra.set(path, { type: 'text/html', body: html });
  return openPage(browser, server.origin + path);
}

/** @typedef {import('playwright-core').Page} Page */

const list = (/** @type {Page} */ page) => page.locator('ampcf-recommendations');
const buttons = (/** @type {Page} */ page) => list(page).getByRole('button');
const titles = (/** @type {Page} */ page) => buttons(page).allInnerTexts();
/** @param {string[]} history @param {number} topK */
const expected = (history, topK) => model.createProfile(history).recommend({ topK });
/** @param {string[]} history @param {number} topK */
const expectedTitles = (history, topK) => expected(history, topK).items.map(({ title }) => title);

/** @param {Page} page @param {string} event counts them, with what they bring, before any comes */
const listen = (page, event) =>
  page.evaluate((name) => {
    const said = /** @type {any} */ (globalThis[name] = /** @type {any[]} */ ([]));
    document.addEventListener(
      name,
      ({ detail, target }) => {
        if (/** @type {any} */ (target).localName === 'ampcf-recommendations')
          said.push({ item: detail.item, code: detail.code, items: detail.ranking?.items.length });
      },
      true,
    );
  }, event);

const full = `<ampcf-recommendations model="/films.ampcf" history=" alien-1979\n heat-1995 " count="6">
  <p id="before">Not yet</p></ampcf-recommendations>`;

describe('the element', { skip, timeout }, () => {
  test('shows titles and reasons as a list, and axe finds nothing', async () => {
    const { page, complaints, requests, close } = await opened(full);
    await buttons(page).nth(5).waitFor();
    assert.deepEqual(await titles(page), expectedTitles(likes, 6));
    const me = model.createProfile(likes);
    const { items } = me.recommend({ topK: 6, explain: true });
    const facts = { personas: me.personas(), history: me.history };
    assert.deepEqual(
      await list(page).locator('[part=reason]').allInnerTexts(),
      items.map((item) => inWords(item, facts).text),
    );
    assert.ok(await page.locator('#before').isHidden());
    assert.equal(await page.getByRole('list', { name: 'Recommendations' }).getByRole('listitem').count(), 6);
    assert.equal(requests.filter((url) => url.endsWith('.ampcf')).length, 1);
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('is described to those who hear it', async () => {
    const { page, close } = await opened(full);
    await buttons(page).nth(5).waitFor();
    const session = await page.context().newCDPSession(page);
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    const named = nodes.filter(({ role, ignored }) => role?.value === 'button' && !ignored);
    assert.deepEqual(
      named.map(({ name }) => name?.value),
      expectedTitles(likes, 6),
    );
    for (const { description } of named) assert.match(description?.value, /liked|side|people/);
    await close();
  });

  test('keys: tabulator, arrows, Home, End, Enter, and the focus stays with its film', async () => {
    const { page, complaints, close } = await opened(full);
    await buttons(page).nth(5).waitFor();
    await listen(page, 'select');
    const focused = () =>
      page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.textContent ?? null);
    const all = expectedTitles(likes, 6);
    await page.keyboard.press('Tab');
    assert.equal(await focused(), all[0]);
    for (const [key, place] of /** @type {const} */ ([
      ['ArrowUp', 0],
      ['ArrowDown', 1],
      ['Tab', 2],
      ['End', 5],
      ['ArrowDown', 5],
      ['Home', 0],
      ['ArrowDown', 1],
    ])) {
      await page.keyboard.press(key);
      assert.equal(await focused(), all[place], key);
    }
    await page.keyboard.press('Enter');
    await page.keyboard.press(' ');
    const { item } = expected(likes, 6).items[1];
    assert.deepEqual(
      (await page.evaluate('globalThis.select')).map((/** @type {any} */ said) => said.item),
      [item, item],
    );
    await page.evaluate("document.querySelector('ampcf-recommendations').profile.add('toy-story-1995')");
    const now = expectedTitles([...likes, 'toy-story-1995'], 6);
    assert.deepEqual(await titles(page), now);
    assert.equal(await focused(), now.includes(all[1]) ? all[1] : now[0]);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('attributes and properties may change', async () => {
    const { page, complaints, close } = await opened(full);
    await buttons(page).nth(5).waitFor();
    const set = (/** @type {string} */ code) =>
      page.evaluate(`{ const list = document.querySelector('ampcf-recommendations'); ${code} }`);
    await set("list.setAttribute('count', '3')");
    assert.deepEqual(await titles(page), expectedTitles(likes, 3));
    await set("list.setAttribute('history', 'toy-story-1995')");
    assert.deepEqual(await titles(page), expectedTitles(['toy-story-1995'], 3));
    await set('list.options = { exclude: list.ranking.items.map(({ item }) => item), topK: 2 }');
    assert.equal(await buttons(page).count(), 2);
    assert.ok(!expectedTitles(['toy-story-1995'], 3).includes((await titles(page))[0]));
    await set('list.options = {}; list.sentences = null');
    assert.equal(await list(page).locator('[part=reason]').count(), 0);
    await set("list.sentences = { templates: { plain: 'Wegen {items}', popular: 'Beliebt' } }");
    assert.match(await list(page).locator('[part=reason]').first().innerText(), /^Wegen /);
    await set("list.words = { list: 'Empfehlungen', empty: 'Nichts' }");
    assert.equal(await page.getByRole('list', { name: 'Empfehlungen' }).count(), 1);
    await set('list.options = { filter: () => false }');
    assert.equal(await page.getByRole('status').innerText(), 'Nichts');
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(complaints, []);
    await close();
  });

  test("follows a profile of the app's, and leaves it alone", async () => {
    const { page, complaints, close } = await opened(
      '<ampcf-recommendations count="4"></ampcf-recommendations>',
    );
    await page.evaluate(`(async () => {
      const { loadModel } = await import('/dist/rank.js');
      globalThis.list = document.querySelector('ampcf-recommendations');
      globalThis.model = await loadModel('/films.ampcf');
      globalThis.me = model.createProfile(${JSON.stringify(likes)});
      list.profile = me;
    })()`);
    assert.deepEqual(await titles(page), expectedTitles(likes, 4));
    await page.evaluate("me.add('toy-story-1995')");
    assert.deepEqual(await titles(page), expectedTitles([...likes, 'toy-story-1995'], 4));
    await page.evaluate('list.remove(); new Promise((resolve) => setTimeout(resolve))');
    await page.evaluate("me.remove('toy-story-1995'); document.body.append(list)");
    await page.evaluate('list.profile = me');
    assert.deepEqual(await titles(page), expectedTitles(likes, 4));
    assert.equal(
      await page.evaluate('try { list.profile = {} } catch (error) { error.message }'),
      'profile: got Object, wanted a profile of model.createProfile',
    );
    assert.deepEqual(await titles(page), expectedTitles(likes, 4));
    assert.deepEqual(complaints, []);
    await close();
  });

  test('is moved as it is, and disposes of what it made when it goes', async () => {
    const { page, complaints, requests, close } = await opened(`${full}<section></section>`);
    await buttons(page).nth(5).waitFor();
    const state = await page.evaluate(`(async () => {
      const list = document.querySelector('ampcf-recommendations');
      const { profile } = list;
      document.querySelector('section').append(list);
      await new Promise((resolve) => setTimeout(resolve));
      const moved = list.profile === profile && profile.recommend().items.length;
      list.remove();
      await new Promise((resolve) => setTimeout(resolve));
      let code = '';
      try { profile.recommend(); } catch (error) { ({ code } = error); }
      document.body.append(list);
      await new Promise((resolve) => list.addEventListener('ready', resolve, { once: true }));
      return [moved, code, list.profile !== profile];
    })()`);
    assert.deepEqual(state, [10, 'DISPOSED', true]);
    assert.equal(requests.filter((url) => url.endsWith('.ampcf')).length, 2);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('writes titles and reasons as text', async () => {
    const { page, complaints, close } = await opened(
      `<ampcf-recommendations model="/hostile.ampcf" history="alien-1979"></ampcf-recommendations>`,
      false,
    );
    await buttons(page).nth(9).waitFor();
    assert.ok((await titles(page))[0].startsWith('<img src=x'));
    assert.equal(await list(page).locator('img, script').count(), 0);
    assert.equal(await page.evaluate('globalThis.hacked'), undefined);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('says what is wrong by an event and in words, and recovers', async () => {
    const { page, close } = await opened('<ampcf-recommendations><p>Later</p></ampcf-recommendations>');
    await listen(page, 'error');
    const set = (/** @type {string} */ name, /** @type {string} */ value) =>
      list(page).evaluate((element, [key, text]) => element.setAttribute(key, text), [name, value]);
    const said = async (/** @type {number} */ n) => {
      await page.waitForFunction((count) => /** @type {any} */ (globalThis).error.length === count, n);
      return /** @type {any} */ (await page.evaluate('globalThis.error')).at(-1).code;
    };
    assert.ok(await page.getByText('Later').isVisible());
    await set('model', '/test/blank.html');
    assert.equal(await said(1), 'BAD_MAGIC');
    await set('model', '/nowhere.ampcf');
    assert.equal(await said(2), 'HTTP');
    assert.equal(await page.getByRole('status').innerText(), 'Recommendations could not be loaded.');
    assert.ok(await page.getByText('Later').isVisible());
    await set('model', '/films.ampcf');
    await buttons(page).nth(9).waitFor();
    for (const count of ['0', '-1', '1.5', 'ten', '', '1001']) await set('count', count);
    assert.equal(await said(8), 'BAD_ARGUMENT');
    assert.equal(await buttons(page).count(), 0);
    await set('count', '2');
    assert.equal(await buttons(page).count(), 2);
    assert.deepEqual(await violations(page), []);
    await close();
  });

  test('an answer that comes too late changes nothing', async () => {
    const { page, complaints, close } = await opened('<ampcf-recommendations></ampcf-recommendations>');
    await listen(page, 'ready');
    await page.evaluate(`
      const list = document.querySelector('ampcf-recommendations');
      for (const n of [1, 2, 3]) list.setAttribute('model', '/films.ampcf?' + n);
      list.setAttribute('history', 'alien-1979 heat-1995');`);
    await buttons(page).nth(9).waitFor();
    await page.waitForTimeout(300);
    assert.deepEqual(await page.evaluate('globalThis.ready.map(({ items }) => items)'), [10]);
    assert.deepEqual(await titles(page), expectedTitles(likes, 10));
    assert.deepEqual(complaints, []);
    await close();
  });

  test('the block of the document: a page as it stands there', async () => {
    const map = `<script type="importmap">{ "imports": { "ampcf/element": "/dist/element.js" } }</script>`;
    const body = snippet('html').replace('<main>', `${map}<main>`);
    server.extra.set('/test/document.html', { type: 'text/html', body });
    const { page, complaints, close } = await openPage(browser, `${server.origin}/test/document.html`);
    await buttons(page).nth(4).waitFor();
    const [, , third] = expected(likes, 5).items;
    await buttons(page).nth(2).click();
    assert.deepEqual(await titles(page), expectedTitles([...likes, third.item], 5));
    const colour = await list(page)
      .locator('[part=reason]')
      .first()
      .evaluate((reason) => getComputedStyle(reason).color);
    assert.equal(colour, 'rgb(85, 85, 85)');
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('the example: the page says what was chosen', async () => {
    const bytes = { type: 'application/octet-stream', body: await smallModel() };
    server.extra.set('/dist/demo/films.ampcf', bytes);
    const { page, complaints, close } = await openPage(browser, `${server.origin}/examples/frameworks/`);
    const history = ['alien-1979', 'my-neighbor-totoro-1988'];
    await buttons(page).nth(7).waitFor();
    const { item } = expected(history, 8).items[0];
    await buttons(page).first().click();
    const said = [...history, item].map((id) => model.title(id)).join(', ');
    assert.equal(await page.locator('#liked').innerText(), `You like ${said}.`);
    assert.deepEqual(await titles(page), expectedTitles([...history, item], 8));
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(complaints, []);
    await close();
  });
});
