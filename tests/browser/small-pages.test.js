// Owns the tests of the small pages in a real browser: what each teaches can be done in it, and nothing is
// asked for after it has begun. Must not test looks, and must say so when it cannot run.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { violations } from './axe.js';
import { args, executablePath, skip, startServer } from './chromium.js';
import { openPage } from './demo-page.js';

/** @import { Browser, Page } from 'playwright-core' */

const timeout = 120_000;
/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {Browser} */
let browser;

before(async () => {
  if (skip) return;
  server = await startServer();
  browser = await chromium.launch({ executablePath, args });
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** A small page that has begun. @param {string} name */
async function open(name) {
  const opened = await openPage(browser, `${server.origin}/examples/pages/${name}/`);
  await opened.page.locator('main:not([hidden])').waitFor();
  const asked = opened.requests.length;
  return {
    ...opened,
    /** Nothing was asked for, nothing complained. */
    end: async () => {
      assert.deepEqual(opened.requests.slice(asked), []);
      assert.deepEqual(opened.complaints, []);
      await opened.close();
    },
  };
}

const textsOf = (/** @type {Page} */ page, /** @type {string} */ what) =>
  page.locator(what).allTextContents();
const slide = (/** @type {Page} */ page, /** @type {string} */ value) =>
  page.locator('#proportional').fill(value);
const press = (/** @type {Page} */ page, /** @type {string} */ name) =>
  page.getByRole('button', { name, exact: true }).click();

/**
 * The states that a small page can be in, each after the one before.
 * @type {Record<string, [state: string, bring: (page: Page) => Promise<void>][]>}
 */
const states = {
  news: [
    ['all by score', (page) => slide(page, '0')],
    ['all in proportion', (page) => slide(page, '1')],
    ['somebody else', (page) => press(page, 'One of each')],
    ['nothing read', emptied],
  ],
  shop: [
    ['all in proportion', (page) => slide(page, '1')],
    ['a new thing', (page) => putOnShelf(page, 'Clock of brass, gilded')],
    ['a thing of which nothing is known', (page) => putOnShelf(page, 'Zzz')],
    ['nothing looked at', emptied],
  ],
  two: [
    ['a list for one', (page) => page.locator('#whose button').nth(1).click()],
    ['somebody else is here', (page) => press(page, 'Jazz')],
  ],
};

/** @param {Page} page */
async function emptied(page) {
  for (let left = await page.locator('#history button').count(); left > 0; left--)
    await page.locator('#history button').first().press('Enter');
}

/** @param {Page} page @param {string} thing */
async function putOnShelf(page, thing) {
  await page.locator('#name').fill(thing);
  await page.locator('#name').press('Enter');
  await page.locator('#said:not(:empty)').waitFor();
}

const looks = /** @type {const} */ ([
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'light', width: 390 },
  { colorScheme: 'dark', width: 390 },
]);

describe('every small page', { skip, timeout: 300_000 }, () => {
  for (const name of Object.keys(states))
    test(`${name}: axe has nothing to say in any state, light and dark, wide and narrow`, async () => {
      const { page, end } = await open(name);
      for (const [state, bring] of [['as it begins', async () => {}], ...states[name]]) {
        await bring(page);
        for (const { colorScheme, width } of looks) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 900 });
          const found = await violations(page);
          assert.deepEqual(found, [], `${state}, ${colorScheme}, ${width} pixels`);
          const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(wider <= 0, `${state}: ${wider} pixels wider than ${width}`);
        }
      }
      await end();
    });

  for (const name of Object.keys(states))
    test(`${name}: the keyboard alone comes to everything, and is never lost`, async () => {
      const { page, end } = await open(name);
      const focused = () =>
        page.evaluate(() => {
          const all = [...document.querySelectorAll('a, button, input')];
          return all.indexOf(/** @type {Element} */ (document.activeElement));
        });
      const count = await page.locator('a, button, input').count();
      for (let at = 0; at < count; at++) {
        await page.keyboard.press('Tab');
        assert.equal(await focused(), at);
      }
      // What is pressed may go: the keyboard goes on from where it was.
      for (const pressed of await page
        .locator('main section button')
        .evaluateAll((all) => all.map((_, i) => i))) {
        const button = page.locator('main section button').nth(pressed);
        if ((await button.count()) === 0) break;
        await button.press('Enter');
        assert.notEqual(await focused(), -1, `lost after button ${pressed}`);
      }
      await end();
    });
});

describe('the page of news', { skip, timeout }, () => {
  test('brings the small taste back when places go by proportion', async () => {
    const { page, end } = await open('news');
    const science = async () => (await textsOf(page, '#list .tag')).filter((tag) => tag === 'Science').length;
    await slide(page, '0');
    const [few, far] = [await science(), Number(await page.textContent('#distance'))];
    await slide(page, '0.6');
    const [more, near] = [await science(), Number(await page.textContent('#distance'))];
    assert.ok(more > few, `science: ${few} by score, ${more} in proportion`);
    assert.ok(near < far, `taste distance: ${far} by score, ${near} in proportion`);
    await end();
  });

  test('follows what is read and taken away', async () => {
    const { page, end } = await open('news');
    const [first] = await textsOf(page, '#list .title');
    await press(page, first);
    assert.ok((await textsOf(page, '#history li')).includes(`${first}×`));
    assert.ok(!(await textsOf(page, '#list .title')).includes(first));
    for (let left = await page.locator('#history button').count(); left > 0; left--)
      await page.locator('#history button').first().click();
    assert.deepEqual(await textsOf(page, '#history li'), ['Nothing yet']);
    assert.equal(await page.locator('#list li').count(), 10);
    await press(page, 'Politics and food');
    assert.equal(await page.locator('#history li').count(), 12);
    await end();
  });
});

describe('the page of a shop', { skip, timeout }, () => {
  test('finds a place for a new thing that nobody has bought', async () => {
    const { page, end } = await open('shop');
    await page.locator('#name').fill('Clock of brass, gilded <b>');
    await press(page, 'Put it on the shelf');
    await page.getByText('is new').waitFor();
    const said = await page.textContent('#said');
    assert.match(String(said), /“Clock of brass, gilded <b>” is new: .* place \d+ of 141/);
    assert.ok(Number(/place (\d+)/.exec(String(said))?.[1]) <= 20, String(said));
    await page.locator('#name').fill('Zzz');
    await press(page, 'Put it on the shelf');
    assert.match(String(await page.textContent('#said')), /Nothing of it is known/);
    await end();
  });
});

describe('the page of two people', { skip, timeout }, () => {
  test('tells them apart, and who is here', async () => {
    const { page, end } = await open('two');
    const owners = await page
      .locator('#events tr')
      .evaluateAll((rows) =>
        rows.map((row) => [row.cells[1].textContent ?? '', row.cells[2].textContent ?? '']),
      );
    const isStory = (/** @type {string} */ title) => /Snail|Bear|Dragons/.test(title);
    const right = owners.filter(([title, whose]) => isStory(title) === (whose === 'Bedtime stories'));
    assert.equal(owners.length, 36);
    assert.ok(right.length >= 34, `${right.length} of 36`);
    for (const kind of ['Bedtime stories', 'True crime']) {
      await page.locator('#tries').getByRole('button', { name: kind }).click();
      assert.match((await textsOf(page, '#who li'))[0], new RegExp(`^${kind}\\d+ %$`));
      await page.locator('#whose').getByRole('button', { name: kind }).click();
      const tags = await textsOf(page, '#list .tag');
      assert.ok(tags.filter((tag) => tag === kind).length >= 5, tags.join());
    }
    await end();
  });
});
