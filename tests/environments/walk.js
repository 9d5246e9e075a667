// Owns the walk through the demo page and the small pages in Chromium, Firefox and WebKit, as a visitor takes
// it, with a picture at each stop. Must not test what one browser tells as well: that is tests/browser.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { trainModel } from '../../dist/train.js';
import { demoPeople } from '../../examples/demo/people.js';
import { loadFilms, trainDemo } from '../../examples/demo/train.js';
import { startServer } from '../browser/chromium.js';
import { engines } from './engines.js';
import { root } from './place.js';

/** @import { View } from './engines.js' */

const address = '/examples/page/?model=/test/films.ampcf';
const pictures = join(root, 'build/environments/pictures');

/** A file of each program, which names a film. @type {[name: string, program: string, text: string][]} */
const files = [
  ['letterboxd.csv', 'Letterboxd', 'Date,Name,Year,Letterboxd URI,Rating\n2024-01-01,Alien,1979,u,5\n'],
  [
    'imdb.csv',
    'IMDb',
    'Const,Your Rating,Date Rated,Title,Title Type,Year\ntt1,9,2020-02-02,Alien,Movie,1979\n',
  ],
  [
    'goodreads.csv',
    'Goodreads',
    'Book Id,Title,Author,My Rating,Year Published,Original Publication Year,Date Read,Exclusive Shelf\n' +
      '1,Alien,A,5,1979,1979,2023/01/05,read\n',
  ],
  [
    'trakt.json',
    'Trakt',
    JSON.stringify([
      { rated_at: '2020-01-01T00:00:00.000Z', rating: 9, movie: { title: 'Alien', year: 1979 } },
    ]),
  ],
  [
    'spotify.json',
    'Spotify',
    JSON.stringify([
      { endTime: '2023-01-01 12:00', artistName: 'Alien', trackName: 'Alien', msPlayed: 200_000 },
    ]),
  ],
  [
    'lastfm.csv',
    'Last.fm',
    'uts,utc_time,artist,album,track\n"1577836800","01 Jan 2020, 00:00","Alien","","Alien"\n',
  ],
  ['mine.csv', 'ratings', 'title,year,rating\nAlien,1979,5\nThe Shining,1980,4\n'],
];

/** What is done in a page, as expressions that every driver takes. */
const one = (/** @type {string} */ selector) => `document.querySelector(${JSON.stringify(selector)})`;
const all = (/** @type {string} */ selector) => `[...document.querySelectorAll(${JSON.stringify(selector)})]`;
const textOf = (/** @type {string} */ selector) => `${one(selector)}.innerText`;
const named = (/** @type {string} */ name) =>
  `${all('button, a')}.find((each) => (each.ariaLabel ?? each.innerText).includes(${JSON.stringify(name)}))`;
const titles = `${all('#ranking .title')}.map((title) => title.firstChild.textContent).join('|')`;
const chips = `${all('#chips li')}.map((chip) => chip.innerText).join('|')`;
const click = (/** @type {string} */ name) => `(${named(name)}.click(), true)`;
const typed = (/** @type {string} */ selector, /** @type {string} */ text) =>
  `((field) => { field.value = ${JSON.stringify(text)};
    return field.dispatchEvent(new Event('input', { bubbles: true })); })(${one(selector)})`;
const chosen = (/** @type {string} */ name, /** @type {string} */ text) =>
  `((field) => { const given = new DataTransfer();
    given.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}, { type: 'text/plain' }));
    field.closest('details').open = true; field.files = given.files;
    return field.dispatchEvent(new Event('change', { bubbles: true })); })(${one('#files')})`;
const unfolded = (/** @type {string} */ selector) => `(${one(selector)}.closest('details').open = true)`;
const ready = `!!${one('main[data-ready]')} && ${all('#ranking > li')}.length > 0`;

/**
 * @typedef {object} Walk
 * @property {View} view
 * @property {Awaited<ReturnType<typeof startServer>>} server
 * @property {string} origin
 * @property {string} ratings of many people
 * @property {(stop: string) => Promise<void>} picture
 */

/** @param {Walk} walk */
async function open({ view, origin }) {
  await view.visit('about:blank'); // another fragment alone would load nothing
  await view.visit(origin + address);
  await view.until(ready);
}

/** @type {Record<string, (walk: Walk) => Promise<void>>} */
const stops = {
  async 'a typo finds the film'({ view }) {
    await view.read(typed('#film', 'godfahter'));
    await view.until(`/^The Godfather/.test(${one('#films [role=option]')}?.innerText)`);
    await view.read(`(${one('#add')}.requestSubmit(), true)`);
    await view.until(`${chips}.includes('The Godfather')`);
  },
  async undo({ view }) {
    await view.read(click('Undo'));
    await view.until(`!${chips}.includes('The Godfather')`);
  },
  async 'surprise me'({ view }) {
    await view.read(click('Surprise me'));
    await view.until(`!!${one('#surprised b')}`);
    const film = await view.read(textOf('#surprised b'));
    assert.ok(!(await view.read(titles)).split('|').includes(film));
    await view.read(click('I like it'));
    await view.until(`${chips}.includes(${JSON.stringify(film)})`);
  },
  async 'not for me'({ view }) {
    const first = (await view.read(titles)).split('|')[0];
    await view.read(`(${one('#ranking button[aria-label*="is not for me"]')}.click(), true)`);
    await view.until(`!${titles}.split('|').includes(${JSON.stringify(first)})`);
  },
  async 'why not'({ view }) {
    await view.read(unfolded('#why'));
    await view.read(typed('#why-film', 'gigi 1958'));
    await view.read(`(${one('#why')}.requestSubmit(), true)`);
    await view.until(`/is number \\d+ of/.test(${textOf('#why-answer')})`);
  },
  async 'the change is animated'({ view, picture }) {
    await view.read(click('Show the change'));
    await view.until(`/ in proportion; one vector gives it \\d\\.$/.test(${textOf('#changed')})`);
    assert.ok(await view.read(`document.getAnimations().length > 0`), 'nothing moves');
    await picture('change');
    await view.until(`!${one('.ghost')}`);
    assert.ok(await view.read(`!!${one('.new-place')}`));
  },
  async 'a preset'({ view }) {
    const before = await view.read(titles);
    await view.read(click('Westerns'));
    await view.until(`${titles} !== ${JSON.stringify(before)}`);
  },
  async 'files of other programs'({ view, picture }) {
    for (const [name, program, text] of files) {
      await view.read(chosen(name, text));
      await view.until(`${all('#brought b')}.some((each) => each.innerText === ${JSON.stringify(name)})`);
      const said = await view.read(textOf('#brought'));
      assert.ok(said.includes(`(${program}): `), `${name}: ${said}`);
      const found = /: (\d+) titles? (?:is|are) in/.exec(said)?.[1];
      assert.equal(found, name === 'mine.csv' ? '2' : '1', said);
    }
    assert.match(await view.read(chips), /Alien[^]*The Shining/);
    await picture('files');
  },
  async 'a reload keeps what is mine'(walk) {
    const { view } = walk;
    const before = [await view.read(chips), await view.read(titles)];
    await new Promise((resolve) => setTimeout(resolve, 600)); // changes are stored within 200 ms
    await open(walk);
    assert.deepEqual([await view.read(chips), await view.read(titles)], before);
  },
  async 'exported, erased, brought back'(walk) {
    const { view } = walk;
    // What would be saved as a file is read from its address.
    await view.read(`((make) => {
      URL.createObjectURL = (blob) => { globalThis.saved = blob; return make(blob); };
      addEventListener('click', (event) => { if (event.target.download) event.preventDefault(); }, true);
      return true; })(URL.createObjectURL.bind(URL))`);
    await view.read(click('Export'));
    await view.until('!!globalThis.saved');
    const text = await view.read('globalThis.saved.text()');
    assert.equal(JSON.parse(text).format, 'ampcf history');
    const before = await view.read(titles);
    await view.read(click('Erase all'));
    await view.until(`${chips} === ''`);
    await view.until(`/rased: /.test(${textOf('#kept-said')})`);
    assert.match(await view.read(textOf('#kept-said')), /^Erased: nothing/);
    await open(walk);
    assert.equal(await view.read(chips), '');
    await view.read(chosen('my-history.json', text));
    await view.until(`${titles} === ${JSON.stringify(before)}`);
  },
  async 'a link that is shared opens the list, and tells nothing of me'(walk) {
    const { view, origin, picture } = walk;
    await view.read(click('Share this list'));
    await view.until(`${one('#shared-link')}.value !== ''`);
    const link = await view.read(`${one('#shared-link')}.value`);
    const list = await view.read(titles);
    const ids = await view.read(`${all('#ranking > li')}.map((row) => row.dataset.item).join(',')`);
    assert.equal(decodeURIComponent(link), `${origin}${address}#list=${ids}`);
    await view.visit('about:blank');
    await view.visit(link);
    await view.until(`${ready} && !${one('#shared')}.hidden`);
    const shown = await view.read(`${all('#shared-films li')}.map((film) => film.innerText).join('|')`);
    assert.equal(shown, list);
    await picture('shared');
    await view.read(click('Close'));
    assert.ok(!(await view.read('location.href')).includes('#'));
  },
  async 'trains in the page, with progress'({ view, ratings, picture }) {
    await view.read(chosen('many.csv', ratings));
    await view.until(`!!${named('Train a model')}`);
    await view.read(`(new MutationObserver(() => { const bar = ${one('#training progress')};
      if (bar) (globalThis.seen ??= new Set()).add(bar.value); })
      .observe(${one('#training')}, { subtree: true, childList: true, attributes: true }), true)`);
    await view.read(click('Train a model'));
    await view.until(`!!${named('Save the model file')}`, 120_000);
    assert.match(await view.read(textOf('#training')), /here: 300 people, \d+ items/);
    assert.ok((await view.read('globalThis.seen?.size ?? 0')) > 1, 'no progress was shown');
    await picture('trained');
  },
  async 'works with the server gone'(walk) {
    const { view, server, picture } = walk;
    await view.read(unfolded('#offline'));
    await view.read(`(${one('#offline')}.click(), true)`);
    await view.until(`${one('#offline')}.getAttribute('aria-pressed') === 'true'`, 60_000);
    const before = await view.read(titles);
    const arrived = server.arrived.length;
    server.close();
    await open(walk);
    assert.equal(await view.read(titles), before);
    await view.read(click('Documentaries only'));
    await view.until(`${titles} !== ${JSON.stringify(before)}`);
    assert.equal(server.arrived.length, arrived);
    await picture('offline');
  },
};

/** The small pages. @param {Walk} walk */
async function small({ view, origin, picture }) {
  for (const name of ['news', 'shop', 'two']) {
    await view.visit(`${origin}/examples/pages/${name}/`);
    await view.until(`${all('main ol > li')}.length > 3`);
    assert.ok(await view.read(`document.documentElement.scrollWidth <= innerWidth`), `${name} is too wide`);
    await picture(name);
  }
}

async function material() {
  const films = await loadFilms();
  const people = demoPeople(films, { people: 1500 });
  const lines = people.slice(0, 300).flatMap(({ id, history }) => history.map(({ item }) => `${id},${item}`));
  const { bytes } = await trainDemo(trainModel, films, people);
  return { bytes, ratings: `user,item\n${lines.join('\n')}\n` };
}
/** @type {ReturnType<typeof material> | undefined} */
let made;

export const walks = engines.map((engine) => ({
  ...engine,
  name: `${engine.name}, the pages`,
  async run() {
    mkdirSync(pictures, { recursive: true });
    const { bytes, ratings } = await (made ??= material());
    const server = await startServer();
    server.extra.set('/test/films.ampcf', { type: 'application/octet-stream', body: bytes });
    const view = await engine.open({ width: 1200, height: 900 });
    const picture = (/** @type {string} */ stop) =>
      view.picture(join(pictures, `${engine.name.toLowerCase()}-${stop}.png`));
    const origin = server.origin.replace('127.0.0.1', 'localhost');
    const walk = { view, server, origin, ratings, picture };
    let at = 'the small pages';
    try {
      await small(walk);
      at = 'the first sight';
      await open(walk);
      await picture('first');
      for (const [stop, does] of Object.entries(stops)) {
        at = stop;
        await does(walk);
      }
      return `${Object.keys(stops).join('; ')}; news, shop, two people`;
    } catch (error) {
      await picture('failed').catch(() => {});
      const { message } = /** @type {Error} */ (error);
      throw Object.assign(new Error(`${at}: ${message}`), { cause: error });
    } finally {
      await view.close();
      server.close();
    }
  },
}));
