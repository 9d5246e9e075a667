// Owns the tests of what the demo page says of a person in time and in company: the greeting, what is known,
// this visit, and who is here. Must not reach the network beyond its own server.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { skip } from './chromium.js';
import {
  assertSumsUp,
  explanationsOf,
  openRanked,
  pagePath,
  rows,
  settled,
  startDemo,
  titlesOf,
} from './demo-page.js';

/** @import { Browser } from 'playwright-core' */

/** @type {Awaited<ReturnType<typeof startDemo>>['server']} */
let server;
/** @type {Browser} */
let browser;

before(async () => {
  if (skip) return;
  ({ server, browser } = await startDemo());
});

after(async () => {
  await browser?.close();
  server?.close();
});

const openDemo = () => openRanked(browser, server.origin + pagePath);

describe('a person in time and in company', { skip, timeout: 120_000 }, () => {
  test('says quietly how little is known of each film', async () => {
    const { page, complaints, close } = await openDemo();
    const bands = async () => {
      await settled(page);
      return page
        .locator('#ranking .open')
        .evaluateAll((all) =>
          all.map((band) => ({
            width: parseFloat(/** @type {HTMLElement} */ (band).style.getPropertyValue('--to')),
            words: band.nextElementSibling?.textContent ?? '',
          })),
        );
    };
    const known = await bands();
    assert.equal(known.length, 12);
    for (const { width, words } of known) {
      assert.ok(width > 10 && width < 100);
      assert.match(words, /^, (Much|Some|Little) of what I liked speaks of this: \d+ % is open$/);
      assert.equal(Number(words.match(/\d+/)?.[0]), Math.round(width));
    }
    await page.getByRole('button', { name: 'Documentaries only' }).click();
    const before = await bands();
    assert.notDeepEqual(before, known);
    await page.getByRole('button', { name: 'Nobody yet' }).click();
    for (const { width, words } of await bands()) {
      assert.equal(width, 100);
      assert.match(words, /Nothing is known of what I like yet: 100 % is open/);
    }
    assert.deepEqual(complaints, []);
    await close();
  });

  test('a film that is opened is looked at: who speaks now, and a list that follows if it may', async () => {
    const { page, complaints, requests, close } = await openDemo();
    const seen = requests.length;
    const usual = await titlesOf(page);
    assert.ok(await page.locator('#visit').isHidden()); // the first film is open by itself
    const shares = () =>
      page
        .locator('#personas small data')
        .evaluateAll((all) => all.map((data) => Number(/** @type {HTMLDataElement} */ (data).value)));
    const animated = page.locator('#ranking > li', { hasText: /Animation/ }).first();
    const title = await animated.locator('.title').evaluate((all) => all.firstChild?.textContent ?? '');
    await animated.locator('summary').press('Enter');
    assert.ok(await animated.locator('table').isVisible());
    assert.equal(await page.locator('#looked').innerText(), `Looked at in this visit: ${title}`);
    const now = await shares();
    assert.ok(Math.abs(now.reduce((sum, share) => sum + share) - 1) < 1e-5);
    assert.ok(now[1] > 0.5, `Animation speaks now, by ${now[1]}`); // a third of the history is its own
    assert.deepEqual(await titlesOf(page), usual);
    await page.getByRole('switch', { name: /follows this visit/ }).press('Space');
    const following = await titlesOf(page);
    assert.notDeepEqual(following, usual);
    assert.ok(!following.includes(title));
    assert.match(await page.locator('#ranking').innerText(), /because I looked at\s/);
    assert.match(await page.locator('.why').first().innerText(), /\(looked at\)/);
    assertSumsUp(await explanationsOf(page));
    await page.getByRole('button', { name: 'Forget this visit' }).press('Enter');
    assert.deepEqual(await titlesOf(page), usual);
    assert.ok(await page.locator('#visit').isHidden());
    assert.deepEqual([await shares(), requests.slice(seen), complaints], [[], [], []]);
    await close();
  });

  test('a list that follows leaves the film that is opened under the pointer', async () => {
    const { page, complaints, close } = await openDemo();
    await page.locator('#ranking summary').nth(3).press('Enter');
    await page.getByRole('switch', { name: /follows this visit/ }).check();
    const following = await titlesOf(page);
    await page.locator('#ranking summary').nth(4).press('Enter');
    assert.equal((await titlesOf(page))[4], following[4]);
    assert.ok(await rows(page).nth(4).locator('table').isVisible());
    assert.equal(
      await page.evaluate(() => document.activeElement?.querySelector('.title')?.firstChild?.textContent),
      following[4],
    );
    assert.equal(await rows(page).count(), 12);
    assert.notDeepEqual(await titlesOf(page), following);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('says when there may be several people, how sure that is, and lists for one', async () => {
    const { page, complaints, requests, close } = await openDemo();
    const seen = requests.length;
    const usual = await titlesOf(page);
    const people = page.locator('#people');
    assert.match(
      await people.locator('p').innerText(),
      /^Perhaps 2 people: (5\d|[6-9]\d) % for more than one, \d\d % for 2\. List of$/,
    );
    const buttons = people.getByRole('button');
    const names = (await buttons.allInnerTexts()).join('|');
    assert.match(names, /^Everybody\|Film noir.*, \d\d %\|.+, \d\d %$/);
    const lists = [usual];
    for (const person of [1, 2]) {
      await buttons.nth(person).press('Enter');
      assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-pressed')), 'true');
      lists.push(await titlesOf(page));
      assertSumsUp(await explanationsOf(page));
    }
    const of = (/** @type {RegExp} */ aspect) =>
      page
        .locator('#ranking .title small')
        .allInnerTexts()
        .then((all) => all.filter((text) => aspect.test(text)).length);
    assert.ok((await of(/Animation/)) > (await of(/Film noir/)));
    assert.equal(new Set(lists.map(String)).size, 3);
    await buttons.first().press('Enter');
    assert.deepEqual(await titlesOf(page), usual);
    await page.getByRole('button', { name: 'Documentaries only' }).click();
    await settled(page);
    assert.ok(await people.isHidden());
    assert.deepEqual([requests.slice(seen), complaints], [[], []]);
    await close();
  });

  test('asks whom it does not know: three taps to a list, each taken back', async () => {
    const { page, complaints, requests, close } = await openDemo();
    const greeting = page.locator('#greeting');
    assert.ok(await greeting.isHidden());
    await page.getByRole('button', { name: 'Nobody yet' }).click();
    const seen = requests.length;
    const lists = [await titlesOf(page)];
    for (const tap of [0, 0, -2]) {
      assert.match(await page.locator('#asked').innerText(), new RegExp(`question ${lists.length} of 3`));
      const choices = greeting.getByRole('button');
      const names = (await choices.allInnerTexts()).filter((name) => name !== 'Undo');
      assert.deepEqual(names.slice(-2), ['Something else', 'I do not know']);
      await greeting.getByRole('button', { name: names.at(tap), exact: true }).press('Enter');
      lists.push(await titlesOf(page));
      assert.ok(await page.evaluate(() => document.activeElement?.closest('#greeting') !== null));
    }
    assert.match(await page.locator('#asked').innerText(), /^The list is by 3 answers: .+, .+\.$/);
    assert.equal(await rows(page).count(), 12);
    assert.notDeepEqual(lists[1], lists[0]);
    assert.notDeepEqual(lists[2], lists[1]);
    for (const list of lists.slice(0, 3).reverse()) {
      await greeting.getByRole('button', { name: 'Undo' }).press('Enter');
      assert.deepEqual(await titlesOf(page), list);
    }
    assert.equal(await greeting.getByRole('button', { name: 'Undo' }).count(), 0);
    assert.deepEqual([requests.slice(seen), complaints], [[], []]);
    await page.getByRole('button', { name: /Westerns/ }).click();
    assert.ok(await greeting.isHidden());
    await close();
  });
});
