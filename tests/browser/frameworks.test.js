// Owns the tests of the framework helpers in a browser, with the real frameworks: the blocks of their
// document, the examples, and what goes wrong. Must say so when it cannot run.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { loadModel } from '../../dist/ampcf.js';
import { smallModel } from '../support.js';
import { args, executablePath, skip, startServer } from './chromium.js';
import { openPage } from './demo-page.js';
import { bundled, runes } from './framework-bundles.js';

const timeout = 120_000;
/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {import('../../dist/types/ampcf.js').Model} */
let model;
const likes = ['alien-1979', 'heat-1995'];
const script = 'text/javascript';

/** A component of React whose source of the model is set from outside. */
const changingSource = `import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { useModel, useProfile, useRecommendations } from 'ampcf/react';
globalThis.models = new Set();
function App() {
  const [source, setSource] = useState('/films.ampcf');
  globalThis.setSource = setSource;
  const { model, error } = useModel(source);
  if (model) models.add(model);
  const me = useProfile(model);
  if (me) globalThis.me = me;
  const { items } = useRecommendations(me, { topK: 3 });
  return <ol title={error?.code}>{items.map(({ item }) => <li key={item}>{item}</li>)}</ol>;
}
const root = createRoot(document.getElementById('app'));
root.render(<App />);
globalThis.end = () => root.unmount();
globalThis.states = () => [...models].map((model) => {
  try { return model.ids().length > 0 && 'open'; } catch (error) { return error.code; }
});`;

/** Composables of Vue in a scope of their own. */
const inScope = `import { effectScope, ref, reactive, watchEffect } from 'vue';
import { useModel, useProfile, useRecommendations, useSnapshot } from 'ampcf/vue';
const scope = effectScope();
const source = ref('/films.ampcf');
globalThis.source = source;
globalThis.said = [];
scope.run(() => {
  const state = useModel(source);
  const me = useProfile(() => state.value.model, ['heat-1995']);
  const history = useSnapshot(me, (now) => now.history, []);
  const ranking = useRecommendations(me);
  watchEffect(() => said.push(ranking.value.items.length + ' ' + history.value.length), { flush: 'sync' });
  globalThis.at = reactive({ state, me });
});
globalThis.end = () => scope.stop();`;

/** A module with runes of Svelte. */
const holder = `export function holder(me) {
  let held = $state(me);
  let deep = $state({ list: [me] });
  return { get held() { return held; }, get deep() { return deep.list[0]; } };
}`;

/** Stores of Svelte, and who reads them. */
const stores = `
import { modelStore, profileStore, recommendationsStore } from 'ampcf/svelte';
const states = modelStore('/films.ampcf');
const people = profileStore(states, ['heat-1995']);
const lists = recommendationsStore(people, { topK: 4 });
globalThis.holder = holder;
globalThis.said = [];
people.subscribe((me) => { globalThis.me = me ?? globalThis.me; });
globalThis.stop = lists.subscribe((list) => said.push(list.items.length));
globalThis.own = () => {
  const own = me.model.createProfile();
  const seen = [];
  recommendationsStore(own, { topK: 2 }).subscribe((list) => seen.push(list.items[0].item));
  own.add('heat-1995');
  return seen;
};
globalThis.again = () => new Promise((resolve) => {
  const stop = modelStore('/films.ampcf').subscribe(({ model }) => {
    if (model) setTimeout(() => {
      stop();
      try { model.ids(); } catch (error) { resolve(error.code); }
    });
  });
});`;

before(async () => {
  if (skip) return;
  server = await startServer();
  const body = await smallModel();
  model = await loadModel(body);
  const file = { type: 'application/octet-stream', body };
  server.extra.set('/films.ampcf', file);
  browser = await chromium.launch({ executablePath, args });
});

after(async () => {
  await browser?.close();
  server?.close();
});

/**
 * A page with a bundle, which has `#app` to fill.
 * @param {Parameters<typeof bundled>[0]} input
 */
async function opened(input) {
  const name = `/test/bundle-${server.extra.size}`;
  server.extra.set(`${name}.js`, { type: script, body: await bundled(input) });
  server.extra.set(`${name}.html`, {
    type: 'text/html',
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>Films</title>
      <link rel="icon" href="data:,"><div id="app"></div><script type="module" src="${name}.js"></script>`,
  });
  return openPage(browser, `${server.origin}${name}.html`);
}

/** @param {import('playwright-core').Page} page @param {string} [rows] */
const titles = (page, rows = 'ol li button:first-child') => page.locator(rows).allInnerTexts();

/** @param {string[]} history @param {number} topK */
const expected = (history, topK) =>
  model
    .createProfile(history)
    .recommend({ topK })
    .items.map(({ title }) => title);

/** @param {string[]} history @param {number} topK @param {number} place */
const idAt = (history, topK, place) => model.createProfile(history).recommend({ topK }).items[place].item;

/**
 * Waits until a list is there, and chooses the third of it: the list is what the library gives for that.
 * @param {import('playwright-core').Page} page
 * @param {string[]} history
 * @param {number} topK
 */
async function choosesTheThird(page, history, topK) {
  const rows = page.locator('ol li');
  await rows.nth(topK - 1).waitFor();
  assert.deepEqual(await titles(page), expected(history, topK));
  await rows.nth(2).getByRole('button').first().click();
  const now = [...history, idAt(history, topK, 2)];
  await page.waitForFunction(
    (first) => document.querySelector('ol')?.innerText.includes(first),
    expected(now, topK).find((title) => !expected(history, topK).includes(title)) ?? '',
  );
  assert.deepEqual(await titles(page), expected(now, topK));
  return now;
}

describe('blocks of the document', { skip, timeout }, () => {
  test('React, twice mounted as in development', async () => {
    const { page, complaints, close } = await opened({
      contents: `import { StrictMode } from 'react';
        import { createRoot } from 'react-dom/client';
        import { Films } from 'doc:jsx';
        const root = createRoot(document.getElementById('app'));
        root.render(<StrictMode><Films /></StrictMode>);
        globalThis.end = () => root.unmount();`,
    });
    const now = await choosesTheThird(page, likes, 10);
    const said = await page.locator('p').innerText();
    assert.equal(said, `You like ${now.map((id) => model.title(id)).join(', ')}.`);
    await page.evaluate('end()');
    assert.equal(await page.locator('#app').innerText(), '');
    assert.deepEqual(complaints, []);
    await close();
  });

  test('Vue', async () => {
    const { page, complaints, close } = await opened({
      contents: `import { createApp } from 'vue';
        import Films from 'doc:vue';
        const app = createApp(Films);
        app.mount('#app');
        globalThis.end = () => app.unmount();`,
    });
    const now = await choosesTheThird(page, likes, 10);
    await page.getByLabel('How many?').fill('3');
    await page.locator('ol li').nth(3).waitFor({ state: 'detached' });
    assert.deepEqual(await titles(page), expected(now, 3));
    await page.evaluate('end()');
    assert.deepEqual(complaints, []);
    await close();
  });

  test('Svelte', async () => {
    const { page, complaints, close } = await opened({
      contents: `import { mount, unmount } from 'svelte';
        import Films from 'doc:svelte';
        const app = mount(Films, { target: document.getElementById('app') });
        globalThis.end = () => unmount(app);`,
    });
    const now = await choosesTheThird(page, likes, 10);
    const said = await page.locator('p').innerText();
    assert.equal(said, `You like ${now.map((id) => model.title(id)).join(', ')}.`);
    await page.evaluate('end()');
    assert.deepEqual(complaints, []);
    await close();
  });
});

describe('examples', { skip, timeout }, () => {
  const history = ['alien-1979', 'my-neighbor-totoro-1988'];
  for (const [name, file] of [
    ['React', 'react.jsx'],
    ['Vue', 'vue.js'],
    ['Svelte', 'svelte.js'],
  ])
    test(`${name}: the list follows, and a change is taken back`, async () => {
      const { page, complaints, requests, close } = await opened({ file: `examples/frameworks/${file}` });
      const now = await choosesTheThird(page, history, 8);
      const tastes = model
        .createProfile(now)
        .personas()
        .map(({ label }) => label);
      const shown = await page.locator('#tastes li').allInnerTexts();
      assert.deepEqual(
        shown.map((text) => text.split(':')[0]),
        tastes,
      );
      await page.locator('#undo').click();
      await page.waitForFunction(
        (text) => document.querySelector('ol button')?.textContent === text,
        expected(history, 8)[0],
      );
      assert.deepEqual(await titles(page), expected(history, 8));
      assert.equal(requests.filter((url) => url.endsWith('.ampcf')).length, 1);
      assert.deepEqual(complaints, []);
      await close();
    });

  test('React keeps the profile over a reload', async () => {
    const { page, close } = await opened({ file: 'examples/frameworks/react.jsx' });
    const now = await choosesTheThird(page, history, 8);
    await page.waitForTimeout(1500);
    await page.reload();
    await page.locator('ol li').nth(7).waitFor();
    assert.deepEqual(await titles(page), expected(now, 8));
    await close();
  });
});

describe('React', { skip, timeout }, () => {
  test('renders when something changed and not else, by bound methods alone too', async () => {
    const { page, complaints, close } = await opened({
      contents: `import { memo, useState, useSyncExternalStore } from 'react';
        import { flushSync } from 'react-dom';
        import { createRoot } from 'react-dom/client';
        import { useModel, useProfile, useRecommendations, useHistory } from 'ampcf/react';
        const counts = (globalThis.counts = { list: 0, child: 0, bare: 0 });
        const Child = memo(({ ranking }) => (counts.child++, ranking.items.length));
        function List({ me }) {
          counts.list++;
          return <Child ranking={useRecommendations(me, { topK: 5 })} />;
        }
        function Bare({ me }) {
          counts.bare++;
          return <b>{useSyncExternalStore(me.subscribe, () => me.version)}</b>;
        }
        function App() {
          const [n, setN] = useState(0);
          globalThis.again = () => flushSync(() => setN((old) => old + 1));
          const { model } = useModel('/films.ampcf');
          const me = (globalThis.me = useProfile(model, ['heat-1995']));
          return <>{n}{me && <List me={me} />}{me && <Bare me={me} />}</>;
        }
        createRoot(document.getElementById('app')).render(<App />);`,
    });
    await page.locator('b').waitFor();
    const counts = () => page.evaluate('({ ...counts })');
    const first = /** @type {any} */ (await counts());
    assert.equal(first.child, 1);
    await page.evaluate('again(); again()');
    assert.deepEqual(await counts(), { list: first.list + 2, child: 1, bare: first.bare + 2 });
    await page.evaluate("me.add('alien-1979')");
    await page.waitForFunction("document.querySelector('b').textContent === '1'");
    assert.deepEqual(await counts(), { list: first.list + 3, child: 2, bare: first.bare + 3 });
    assert.deepEqual(complaints, []);
    await close();
  });

  test('loads another model, says what is wrong, and disposes of what it leaves', async () => {
    const { page, complaints, close } = await opened({ contents: changingSource });
    await page.locator('li').nth(2).waitFor();
    await page.evaluate("setSource('/films.ampcf?2')");
    await page.waitForFunction('models.size === 2');
    await page.locator('li').nth(2).waitFor();
    assert.deepEqual(await page.evaluate('states()'), ['DISPOSED', 'open']);
    await page.evaluate("setSource('/test/blank.html')");
    await page.locator('ol[title=BAD_MAGIC]').waitFor({ state: 'attached' });
    assert.equal(await page.locator('li').count(), 0);
    assert.deepEqual(await page.evaluate('states()'), ['DISPOSED', 'DISPOSED']);
    await page.evaluate('setSource(null)');
    await page.locator('ol:not([title])').waitFor({ state: 'attached' });
    await page.evaluate('setSource(new Uint8Array(3))');
    await page.locator('ol[title=TRUNCATED], ol[title=BAD_MAGIC]').waitFor({ state: 'attached' });
    await page.evaluate("setSource('/films.ampcf?3')");
    await page.locator('li').nth(2).waitFor();
    await page.evaluate('end()');
    assert.deepEqual(await page.evaluate('states()'), ['DISPOSED', 'DISPOSED', 'DISPOSED']);
    assert.throws(() => model.createProfile().subscribe(/** @type {any} */ (5)), { code: 'BAD_ARGUMENT' });
    assert.deepEqual(complaints, []);
    await close();
  });
});

describe('Vue and Svelte', { skip, timeout }, () => {
  test('Vue: refs of models are the models, and scopes end', async () => {
    const { page, complaints, close } = await opened({ contents: inScope });
    await page.waitForFunction("said.at(-1) === '10 1'");
    assert.equal(await page.evaluate('at.me.size + at.state.model.info.items'), 1 + model.info.items);
    await page.evaluate("at.me.add('alien-1979')");
    assert.equal(await page.evaluate('said.at(-1)'), '10 2');
    await page.evaluate("old = at.state.model, source.value = '/test/blank.html'");
    await page.waitForFunction("at.state.error?.code === 'BAD_MAGIC'");
    assert.equal(await page.evaluate('said.at(-1)'), '0 0');
    assert.equal(await page.evaluate('try { old.ids() } catch (error) { error.code }'), 'DISPOSED');
    await page.evaluate("source.value = '/films.ampcf'");
    await page.waitForFunction("said.at(-1) === '10 1'");
    await page.evaluate('old = at.me, end()');
    assert.equal(await page.evaluate('at.me'), null);
    assert.equal(await page.evaluate('try { old.recommend() } catch (error) { error.code }'), 'DISPOSED');
    assert.deepEqual(complaints, []);
    await close();
  });

  test('Svelte: $state leaves a profile as it is, and stores end with their last reader', async () => {
    const { page, complaints, close } = await opened({ contents: runes(holder) + stores });
    await page.waitForFunction('said.at(-1) === 4');
    assert.ok(await page.evaluate('holder(me).held === me && holder(me).deep === me'));
    assert.equal(await page.evaluate('holder(me).deep.recommend({ topK: 3 }).items.length'), 3);
    const seen = /** @type {string[]} */ (await page.evaluate('own()'));
    assert.equal(seen.length, 2);
    assert.notEqual(seen[0], seen[1]);
    assert.equal(await page.evaluate('again()'), 'DISPOSED');
    assert.deepEqual(complaints, []);
    await close();
  });
});
