// Owns the tests of what can be seen, tried and owned on the demo page: the map, live settings, forgiving
// search, why not, shared lists, files, training, and the network cut. Must not reach beyond its own server.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { trainModel } from '../../dist/train.js';
import { violations } from './axe.js';
import { skip } from './chromium.js';
import {
  assertSumsUp,
  explanationsOf,
  openPage,
  openRanked,
  pagePath,
  rows,
  settled,
  startDemo,
  titlesOf,
} from './demo-page.js';

/** @import { Browser, BrowserContextOptions, Page } from 'playwright-core' */

/** @type {Awaited<ReturnType<typeof startDemo>>['server']} */
let server;
/** @type {Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof startDemo>>['people']} */
let people;
/** @type {Uint8Array} */
let bytes;

before(async () => {
  if (skip) return;
  ({ server, browser, people, bytes } = await startDemo());
});

after(async () => {
  await browser?.close();
  server?.close();
});

const openDemo = (/** @type {BrowserContextOptions} */ options = {}, hash = '') =>
  openRanked(browser, server.origin + pagePath + hash, options);
const unfold = (/** @type {Page} */ page, /** @type {string} */ inside) =>
  page.locator(inside).evaluate((element) => {
    /** @type {HTMLDetailsElement} */ (element.closest('details')).open = true;
  });
const chips = (/** @type {Page} */ page) => page.locator('#chips').innerText();

/**
 * A file that is chosen on the page.
 * @param {Page} page
 * @param {string} name
 * @param {string} text
 */
async function bring(page, name, text) {
  await unfold(page, '#files');
  await page.locator('#files').setInputFiles([{ name, mimeType: 'text/plain', buffer: Buffer.from(text) }]);
  await page.locator('#brought b', { hasText: name }).waitFor();
}

describe('seeing', { skip, timeout: 120_000 }, () => {
  test('tastes of my films stand beside those of both lists, and add up to no more than all', async () => {
    const { page, complaints, close } = await openDemo();
    const tastes = await page.locator('#taste-bars li').allInnerTexts();
    assert.equal(tastes.length, 6);
    assert.match(tastes[0], /^Film noir/);
    for (const what of ['of my films', 'of the list in proportion', 'of the list of one vector']) {
      const shares = tastes.map((text) => Number(text.match(new RegExp(`(\\d+) % ${what}`))?.[1]));
      assert.ok(shares.every((share) => share >= 0) && shares.reduce((sum, share) => sum + share) <= 103);
    }
    assert.deepEqual(complaints, []);
    await close();
  });

  test('the map lights what I liked and what is listed, and names what is pointed at', async () => {
    const { page, complaints, close } = await openDemo();
    const map = page.locator('#map');
    const count = (/** @type {string} */ what) => map.locator(what).count();
    assert.deepEqual(
      [await count('.liked'), await count('.listed'), await count('.region')],
      [9, 12, await page.locator('#personas > li').count()],
    );
    assert.match(String(await map.getAttribute('aria-label')), /^Map of 9\d\d films.* 9 of mine/);
    const usual = await page.locator('#pointed').innerText();
    await map.locator('.liked').first().hover();
    assert.match(await page.locator('#pointed').innerText(), /\(\d{4}\): /);
    await page.mouse.move(0, 0);
    assert.equal(await page.locator('#pointed').innerText(), usual);
    await page.locator('#chips button').first().click();
    await settled(page);
    assert.equal(await count('.liked'), 8);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('moving what the list is made by changes lists, tastes, personas and map at once', async () => {
    const { page, complaints, close } = await openDemo();
    const all = async () => {
      await settled(page);
      return Promise.all(
        ['#ranking', '#taste-bars', '#map-lights'].map((id) => page.locator(id).innerHTML()),
      );
    };
    const usual = await all();
    const distance = async () => {
      await settled(page);
      return Number(await page.locator('#distance-personas').innerText());
    };
    const before = await distance();
    await page.locator('#amount').fill('1');
    const moved = await all();
    assert.ok(moved.every((html, i) => html !== usual[i]));
    await page.locator('#by').selectOption('taste');
    assert.ok((await distance()) <= before);
    assertSumsUp(await explanationsOf(page));
    await page.locator('#most-personas').fill('1');
    assert.equal(await page.locator('#personas > li').count(), 1);
    await page.getByRole('button', { name: 'As it was' }).click();
    assert.equal(await distance(), before);
    assert.equal(await page.locator('#personas > li').count(), 2);
    assert.ok(await page.getByRole('button', { name: 'As it was' }).isHidden());
    assert.deepEqual(complaints, []);
    await close();
  });

  test('a film that stays on a list keeps its row, and of changes in a row the last is shown', async () => {
    const { page, complaints, close } = await openDemo();
    const list = page.locator('#ranking > li');
    const rowsNow = () => list.evaluateAll((all) => all.map((row) => row.dataset.item));
    const usual = await rowsNow();
    await list.evaluateAll((all) => {
      for (const row of all) Object.assign(row, { wasHere: true });
    });
    await page.locator('#amount').fill('1');
    await settled(page);
    const moved = await rowsNow();
    const old = await list.evaluateAll((all) =>
      all.filter((row) => 'wasHere' in row).map((row) => row.dataset.item),
    );
    assert.notDeepEqual(moved, usual);
    assert.deepEqual(
      old,
      moved.filter((item) => usual.includes(item)),
    );
    assertSumsUp(await explanationsOf(page));
    // Three changes in one task: what follows the first two is given up.
    await page.evaluate(() => {
      const amount = /** @type {HTMLInputElement} */ (document.getElementById('amount'));
      for (const value of ['0', '0.4', '1']) {
        amount.value = value;
        amount.dispatchEvent(new Event('input'));
      }
    });
    await settled(page);
    assert.deepEqual(await rowsNow(), moved);
    assert.equal(await page.locator('#map .listed').count(), 12);
    assertSumsUp(await explanationsOf(page));
    assertSumsUp(await explanationsOf(page, '#ranking-one'));
    assert.deepEqual(complaints, []);
    await close();
  });

  test('the change is said, and moves only for people who want motion', async () => {
    for (const [reducedMotion, moves] of /** @type {const} */ ([
      ['reduce', false],
      ['no-preference', true],
    ])) {
      const { page, complaints, close } = await openDemo({ reducedMotion });
      await page.getByRole('button', { name: 'Show the change' }).click();
      assert.match(
        await page.locator('#changed').innerText(),
        /^Animation.* has (\d) of 12 places in proportion; one vector gives it \d\.$/,
      );
      const moving = await page.evaluate(
        () => document.getAnimations().filter((one) => !('transitionProperty' in one)).length,
      );
      assert.equal(moving > 0, moves);
      assert.ok((await page.locator('.new-place').count()) > 0);
      await page.locator('.ghost').first().waitFor({ state: 'detached' });
      assert.equal(await rows(page).count(), 12);
      assert.deepEqual(complaints, []);
      await close();
    }
  });
});

describe('trying', { skip, timeout: 120_000 }, () => {
  test('finds what is meant, by keyboard alone', async () => {
    const { page, complaints, close } = await openDemo();
    const field = page.getByLabel('Add a film');
    for (const [typed, meant] of [
      ['godfahter', 'The Godfather (1972)'],
      ['shinning', 'The Shining (1980)'],
      ['amelie', /^Am[eé]lie/],
      ['blad runer', 'Blade Runner (1982)'],
    ]) {
      await field.fill(String(typed));
      const first = await page.getByRole('option').first().innerText();
      assert.match(
        first,
        meant instanceof RegExp ? meant : new RegExp(`^${meant.replace(/[()]/g, '\\$&')}$`),
      );
    }
    assert.equal(await field.getAttribute('aria-expanded'), 'true');
    await field.press('ArrowDown');
    const active = String(await field.getAttribute('aria-activedescendant'));
    assert.equal(await page.locator(`#${active}`).getAttribute('aria-selected'), 'true');
    await field.press('Escape');
    assert.equal(await field.getAttribute('aria-expanded'), 'false');
    await field.press('Enter');
    assert.match(await chips(page), /Blade Runner/);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('every change is taken back, one by one', async () => {
    const { page, close } = await openDemo();
    const states = [await chips(page)];
    await page.getByRole('button', { name: 'Surprise me' }).click();
    const surprise = await page.locator('#surprised b').innerText();
    assert.ok(!(await titlesOf(page)).includes(surprise));
    await page.getByRole('button', { name: 'Another' }).click();
    await page.getByRole('button', { name: 'I like it' }).click();
    states.push(await chips(page));
    await page.getByRole('button', { name: 'Documentaries only' }).click();
    states.push(await chips(page));
    await page.locator('#chips button').first().click();
    for (const state of states.reverse()) {
      await page.locator('#undo').press('Enter');
      assert.equal(await chips(page), state);
    }
    assert.ok(await page.locator('#undo').isHidden());
    await close();
  });

  test('says why a film is not listed: rank, score beside the last one, who has its place', async () => {
    const { page, complaints, close } = await openDemo();
    await unfold(page, '#why');
    const ask = async (/** @type {string} */ film) => {
      await page.locator('#why-film').fill(film);
      await page.locator('#why-film').press('Enter');
      return page.locator('#why-answer').innerText();
    };
    assert.match(
      await ask('gigi 1958'),
      /^By score alone Gigi \(1958\) is number \d+ of 9\d\d, with .*last film of the list is/,
    );
    assert.equal(await page.locator('#why-answer table').count(), 2);
    assert.match(await ask('Spirited Away (2001)'), /is not listed: I liked it already/);
    assert.match(await ask(String((await titlesOf(page))[3])), /is here: place 4 of the list/);
    const left = (await titlesOf(page, '#ranking-one')).filter(Boolean);
    const listed = await titlesOf(page);
    const lost = left.find((title) => !listed.includes(title));
    assert.match(
      await ask(String(lost)),
      /Its place went to .*a claim of another part of my taste put it there/,
    );
    assert.deepEqual(complaints, []);
    await close();
  });

  test('a list is shared as a link with the films of the list alone', async () => {
    const { page, close } = await openDemo();
    await page.getByRole('button', { name: 'Share this list' }).click();
    const link = await page.locator('#shared-link').inputValue();
    const ids = await page
      .locator('#ranking > li')
      .evaluateAll((all) => all.map((row) => /** @type {HTMLElement} */ (row).dataset.item));
    assert.equal(link, `${server.origin}/examples/page/?model=%2Ftest%2Ffilms.ampcf#list=${ids.join(',')}`);
    const titles = await titlesOf(page);
    await close();
    const other = await openRanked(browser, `${link},%3Cimg%20src=x%3E,%E0%A4%A`);
    assert.deepEqual(await other.page.locator('#shared-films li').allInnerTexts(), titles);
    assert.match(await other.page.locator('#shared').innerText(), /2 more are not in this catalogue/);
    assert.match(await chips(other.page), /Double Indemnity/, 'what they like is their own');
    await other.page.getByRole('button', { name: 'Close' }).click();
    assert.ok(await other.page.locator('#shared').isHidden());
    assert.ok(!other.page.url().includes('#'));
    assert.deepEqual(other.complaints, []);
    await other.close();
  });
});

describe('owning', { skip, timeout: 180_000 }, () => {
  test('a reload loses nothing, and what is erased is gone', async () => {
    const { page, complaints, close } = await openDemo();
    const reload = async () => {
      await page.waitForTimeout(400); // changes are stored within 200 ms
      await page.reload();
      await page.locator('main[data-ready]').waitFor();
    };
    await page.getByRole('button', { name: /Westerns/ }).click();
    await page
      .getByRole('button', { name: /is not for me/ })
      .first()
      .click();
    await page.locator('#amount').fill('0.6');
    await page.locator('#most-personas').fill('3');
    const state = async () => [
      await chips(page),
      await titlesOf(page),
      await page.locator('#amount').inputValue(),
    ];
    const before = await state();
    await reload();
    assert.deepEqual(await state(), before);
    await page.getByRole('button', { name: 'Nobody yet' }).click();
    await reload();
    assert.equal(await chips(page), '');
    await page.getByRole('button', { name: 'Documentaries only' }).click();
    await page.getByRole('button', { name: 'Erase all' }).click();
    await page.getByText('Erased: nothing of what I liked').waitFor();
    assert.equal(await chips(page), '');
    await reload();
    assert.equal(await chips(page), '');
    assert.ok(await page.locator('#undo').isHidden());
    assert.deepEqual(complaints, []);
    await close();
  });

  test('an export of another program becomes what I liked, and what is not known is listed', async () => {
    const { page, complaints, requests, close } = await openDemo();
    const seen = requests.length;
    await bring(
      page,
      'ratings.csv',
      'Date,Name,Year,Letterboxd URI,Rating\n2024-01-01,Alien,1979,u,5\n' +
        '2024-01-01,<b>No</b> Film,2001,u,4\n' +
        '2024-01-01,"Shining, The",1980,u,4.5\n2024-01-01,Toy Story,1995,u,0.5\n',
    );
    assert.match(
      await page.locator('#brought').innerText(),
      /\(Letterboxd\): 3 titles are in this catalogue/,
    );
    await page.locator('#brought summary').click();
    assert.equal(await page.locator('.unmatched').innerText(), '<b>No</b> Film (2001)');
    assert.match(await chips(page), /Alien[^]*The Shining[^]*Toy Story/);
    assert.equal(await page.locator('#chips .disliked').count(), 1);
    assert.ok((await page.locator('#personas > li').count()) >= 1);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export' }).click(),
    ]);
    const text = readFileSync(await download.path(), 'utf8');
    const before = await titlesOf(page);
    await page.getByRole('button', { name: 'Nobody yet' }).click();
    await bring(page, 'my-history.json', text);
    assert.deepEqual(await titlesOf(page), before);
    await bring(page, 'odd.csv', 'a,b\n1,2\n');
    assert.match(await page.locator('#brought').innerText(), /could not be read: got the columns a, b/);
    assert.deepEqual(await titlesOf(page), before);
    assert.deepEqual([requests.slice(seen).filter((url) => !url.startsWith('blob:')), complaints], [[], []]);
    await close();
  });

  test('trains on a full ratings file in a worker, ranks with it after a reload, and goes back', async () => {
    const { page, complaints, close } = await openRanked(browser, server.origin + pagePath);
    const lines = people
      .slice(0, 300)
      .flatMap(({ id, history }) => history.map(({ item }) => `${id},${item}`));
    await bring(page, 'many.csv', `user,item\n${lines.join('\n')}\n`);
    await page.getByRole('button', { name: 'Train a model' }).click();
    await page.getByRole('link', { name: /Save the model file/ }).waitFor();
    assert.match(await page.locator('#training').innerText(), /here: 300 people, \d+ items/);
    await page.getByRole('button', { name: 'Rank with it' }).click();
    await page.waitForURL((url) => !url.search);
    await page.locator('main[data-ready]').waitFor();
    assert.equal(await page.locator('#data').innerText(), 'Model: trained in this page, from many.csv.');
    assert.equal(await rows(page).count(), 12);
    await bring(page, 'bad.csv', 'user,item\na,x\nb,y\n');
    await page.getByRole('button', { name: 'Train a model' }).click();
    await page.getByText('Not trained: ').waitFor();
    server.extra.set('/dist/demo/films.ampcf', { type: 'application/octet-stream', body: bytes });
    await page.getByRole('button', { name: 'Back to the films of the demo' }).click();
    await page.getByText('synthetic people over real film facts').waitFor();
    server.extra.delete('/dist/demo/films.ampcf');
    assert.deepEqual(complaints, []);
    await close();
  });

  test('works with the server gone, once it was told to', async () => {
    const own = await startDemo();
    const { page, complaints, close } = await openRanked(browser, own.server.origin + pagePath);
    await own.browser.close();
    await unfold(page, '#offline');
    await page.getByRole('button', { name: 'Go offline and try' }).click();
    await page.getByRole('button', { name: 'Go online again' }).waitFor();
    const arrived = own.server.arrived.length;
    const before = await titlesOf(page);
    own.server.close();
    await page.reload();
    await page.locator('main[data-ready]').waitFor();
    assert.deepEqual(await titlesOf(page), before);
    await page.getByRole('button', { name: /Westerns/ }).click();
    assert.notDeepEqual(await titlesOf(page), before);
    const lines = people
      .slice(0, 300)
      .flatMap(({ id, history }) => history.map(({ item }) => `${id},${item}`));
    await bring(page, 'many.csv', `user,item\n${lines.join('\n')}\n`);
    await page.getByRole('button', { name: 'Train a model' }).click();
    await page.getByRole('link', { name: /Save the model file/ }).waitFor();
    assert.equal(own.server.arrived.length, arrived);
    assert.deepEqual(complaints, []);
    await close();
  });
});

describe('for everybody', { skip, timeout: 180_000 }, () => {
  test('axe finds nothing, in any state, light and dark, wide and narrow', async () => {
    for (const options of /** @type {BrowserContextOptions[]} */ ([
      { viewport: { width: 1280, height: 900 } },
      { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
    ])) {
      const { page, close } = await openDemo(options, '#list=alien-1979');
      assert.deepEqual(await violations(page), []);
      for (const inside of ['#why', '#files', '#offline']) await unfold(page, inside);
      await page.locator('#film').fill('shin');
      await page
        .getByRole('button', { name: /is not for me/ })
        .first()
        .click();
      await page.locator('#ranking summary').nth(2).click();
      await page.locator('#amount').fill('0.5');
      await page.locator('#why-film').fill('gigi');
      await page.locator('#why-film').press('Enter');
      await page.getByRole('button', { name: 'Surprise me' }).click();
      await page.getByRole('button', { name: 'Share this list' }).click();
      await bring(page, 'x.csv', 'title\nAlien (1979)\nNo such\n');
      await page.locator('#film').fill('shin');
      assert.deepEqual(await violations(page), []);
      await page.getByRole('button', { name: 'Nobody yet' }).click();
      assert.deepEqual(await violations(page), []);
      await close();
    }
  });

  test('nothing moves while it loads', async () => {
    const { page, close } = await openPage(browser, 'about:blank');
    await page.addInitScript(() => {
      Object.assign(globalThis, { moved: 0 });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          /** @type {any} */ (globalThis).moved += /** @type {any} */ (entry).value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto(server.origin + pagePath);
    await page.locator('main[data-ready]').waitFor();
    assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).moved), 0);
    await close();
  });

  test('titles are text, whatever is in them', async () => {
    const title = '<img src=x onerror=document.title=1> (1990)';
    const user = Array.from({ length: 240 }, (_, i) => Math.floor(i / 8)),
      item = user.map((u, i) => (u + (i % 8)) % 30);
    const odd = await trainModel(
      {
        users: Array.from({ length: 30 }, (_, u) => `u${u}`),
        items: Array.from({ length: 30 }, (_, i) => `i${i}`),
        user,
        item,
      },
      {
        dim: 4,
        minSupport: 1,
        items: new Map(
          Array.from({ length: 30 }, (_, i) => [`i${i}`, { title: `${title}${i}`, aspects: ['<b>x</b>'] }]),
        ),
      },
    );
    server.extra.set('/test/odd.ampcf', { type: 'application/octet-stream', body: odd.bytes });
    const { page, complaints, close } = await openPage(
      browser,
      `${server.origin}/examples/page/?model=/test/odd.ampcf`,
    );
    await page.locator('main[data-ready]').waitFor();
    await page.locator('#film').fill('onerror');
    await page.getByRole('option').first().click();
    assert.ok((await chips(page)).includes('<img src=x'));
    assert.equal(await page.locator('main img, main b:has(b)').count(), 0);
    assert.deepEqual(complaints, []);
    await close();
  });
});
