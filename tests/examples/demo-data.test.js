// Owns: what the demo may rely on - the film catalogue's form, and the properties of the synthetic people
// over it.
// Must not: judge a model, or write anything; the figures here are about the data alone.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { readFilms } from '../../examples/demo/films.js';
import { affinity, demoPeople, tastes } from '../../examples/demo/people.js';

const GENRES = new Set([
  'Action',
  'Adventure',
  'Animation',
  'Comedy',
  'Crime',
  'Documentary',
  'Drama',
  'Family',
  'Fantasy',
  'Film noir',
  'History',
  'Horror',
  'Musical',
  'Mystery',
  'Romance',
  'Science fiction',
  'Sport',
  'Thriller',
  'War',
  'Western',
]);

const text = readFileSync(new URL('../../examples/demo/films.csv', import.meta.url), 'utf8');
const rows = parse(text, { columns: true, skip_empty_lines: true });
const films = rows.map(({ item, title, genres }) => ({ item, title, genres: genres.split('|') }));

const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;
const countOf = (person, taste) => person.history.filter((event) => event.taste === taste).length;
const hasShares = (person, ...shares) =>
  person.tastes.length === shares.length && shares.every((share, i) => person.tastes[i].share === share);

describe('catalogue', () => {
  test('has the agreed columns and enough films', () => {
    assert.deepEqual(Object.keys(rows[0]), ['item', 'title', 'genres', 'director']);
    assert.ok(rows.length >= 500, `${rows.length} films`);
  });

  test('has unique slugs and titles', () => {
    for (const key of ['item', 'title']) {
      const twins = rows.map((row) => row[key]).filter((value, i, all) => all.indexOf(value) !== i);
      assert.deepEqual(twins, [], key);
    }
    for (const { item } of rows) assert.match(item, /^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  test('gives a plausible year, the same in title and slug', () => {
    for (const { item, title } of rows) {
      const year = /^\S.* \((\d{4})\)$/.exec(title)?.[1];
      assert.ok(year !== undefined && Number(year) >= 1895 && Number(year) <= 2025, title);
      assert.ok(item.endsWith(`-${year}`), `${item}: ${title}`);
    }
  });

  test('is read by the examples as a library reads it', () => {
    assert.deepEqual(readFilms(), rows);
  });

  test('gives one to four known genres and a director', () => {
    for (const { item, genres, director } of rows) {
      const list = genres.split('|');
      assert.ok(list.length >= 1 && list.length <= 4, item);
      assert.equal(new Set(list).size, list.length, item);
      for (const genre of list) assert.ok(GENRES.has(genre), `${item}: ${genre}`);
      for (const name of director.split('|'))
        assert.ok(name !== '' && name === name.trim(), `${item}: "${director}"`);
    }
  });
});

describe('tastes', () => {
  test('are twelve, over known genres', () => {
    assert.equal(tastes.length, 12);
    assert.equal(new Set(tastes.map((taste) => taste.id)).size, 12);
    for (const taste of tastes) {
      for (const genre of [...Object.keys(taste.genres), ...taste.avoid]) assert.ok(GENRES.has(genre), genre);
      for (const genre of taste.avoid)
        assert.ok(!(genre in taste.genres), `${taste.id} likes and avoids ${genre}`);
    }
  });

  test('affinity follows its formula', () => {
    const taste = { id: 't', name: 't', genres: { War: 1, Drama: 0.5 }, avoid: ['Comedy'] };
    const fit = (...genres) => affinity({ genres }, taste);
    assert.equal(fit(), 0);
    assert.equal(fit('Horror'), 0);
    assert.equal(fit('War'), 1);
    assert.equal(fit('War', 'Drama'), 1);
    assert.equal(fit('Drama', 'Horror'), 0.5 / Math.sqrt(2));
    assert.equal(fit('War', 'Comedy'), 0.3 * (1 / Math.sqrt(2)));
    for (const film of films)
      for (const t of tastes) assert.ok(affinity(film, t) >= 0 && affinity(film, t) <= 1);
  });

  test('each has at least 30 films that fit well', () => {
    for (const taste of tastes) {
      const fits = films.map((film) => affinity(film, taste));
      const best = Math.max(...fits);
      const count = fits.filter((fit) => fit >= best / 2).length;
      assert.ok(best >= 0.7, `${taste.id}: best ${best}`);
      assert.ok(count >= 30, `${taste.id}: ${count} films`);
    }
  });

  test('are distinct, with some overlap', () => {
    for (const taste of tastes) {
      const own = films.filter((film) => affinity(film, taste) >= 0.7);
      const shared = own.filter((film) =>
        tastes.some((other) => other !== taste && affinity(film, other) >= 0.5),
      );
      assert.ok(shared.length <= own.length / 2, `${taste.id}: ${shared.length} of ${own.length} shared`);
    }
    const strong = films.map((film) => tastes.filter((taste) => affinity(film, taste) >= 0.5).length);
    assert.ok(strong.filter((n) => n >= 2).length >= films.length / 50, 'no overlap left');
  });
});

describe('people', () => {
  /** @type {import('../../examples/demo/people.js').Person[]} */
  let people;
  before(() => {
    people = demoPeople(films);
  });

  test('are the same for the same seed, whatever the order of the catalogue', () => {
    const few = demoPeople(films, { people: 200, seed: 7 });
    assert.deepEqual(demoPeople(films, { people: 200, seed: 7 }), few);
    assert.deepEqual(demoPeople([...films].reverse(), { people: 200, seed: 7 }), few);
    assert.deepEqual(demoPeople(films, { people: 50, seed: 7 }), few.slice(0, 50));
    assert.notDeepEqual(demoPeople(films, { people: 200, seed: 8 }), few);
  });

  test('leave the catalogue unchanged', () => {
    // Reversed, because the file is sorted and sorting it again in place would go unnoticed.
    const given = structuredClone(films).reverse();
    demoPeople(given, { people: 20 });
    assert.deepEqual(given, [...films].reverse());
  });

  test('are 4000 by default, with distinct ids', () => {
    assert.equal(people.length, 4000);
    assert.equal(people[0].id, 'p0001');
    assert.equal(people[3999].id, 'p4000');
    assert.equal(new Set(people.map((person) => person.id)).size, 4000);
  });

  test('have one to four distinct tastes whose shares sum to 1', () => {
    const known = new Set(tastes.map((taste) => taste.id));
    const counts = [0, 0, 0, 0, 0];
    for (const { id, tastes: own } of people) {
      assert.ok(own.length >= 1 && own.length <= 4, id);
      counts[own.length]++;
      assert.equal(new Set(own.map(({ taste }) => taste)).size, own.length, id);
      for (const { taste } of own) assert.ok(known.has(taste), `${id}: ${taste}`);
      assert.ok(Math.abs(own.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9, id);
      const low = own[0].share === 0.9 ? 0.1 : 0.15;
      for (const { share } of own) assert.ok(share >= low, `${id}: ${share}`);
    }
    [0, 0.3, 0.4, 0.2, 0.1].forEach((part, n) => {
      assert.ok(Math.abs(counts[n] / people.length - part) <= 0.02, `${counts[n]} people have ${n} tastes`);
    });
  });

  test('include at least 10 % each of 70/30 and 90/10', () => {
    for (const shares of [
      [0.7, 0.3],
      [0.9, 0.1],
    ]) {
      const count = people.filter((person) => hasShares(person, ...shares)).length;
      assert.ok(count >= people.length / 10, `${shares}: ${count}`);
    }
  });

  test('saw 20 to 80 distinct known films, at increasing times in 2024', () => {
    const known = new Set(films.map((film) => film.item));
    for (const { id, tastes: own, history } of people) {
      assert.ok(history.length >= 20 && history.length <= 80, `${id}: ${history.length}`);
      assert.equal(new Set(history.map((event) => event.item)).size, history.length, id);
      const labels = new Set([null, ...own.map(({ taste }) => taste)]);
      history.forEach((event, i) => {
        assert.ok(known.has(event.item) && labels.has(event.taste), `${id}: ${event.item}, ${event.taste}`);
        assert.ok(
          Number.isInteger(event.at) && (i === 0 || event.at > history[i - 1].at),
          `${id}: ${event.at}`,
        );
      });
      assert.ok(
        history[0].at >= Date.UTC(2024, 0) / 1000 && history.at(-1).at < Date.UTC(2025, 0) / 1000,
        id,
      );
    }
  });

  test('have 3 to 7 % noise', () => {
    const events = people.flatMap((person) => person.history);
    const noise = events.filter((event) => event.taste === null).length / events.length;
    assert.ok(noise >= 0.03 && noise <= 0.07, `${noise}`);
  });

  test('of two tastes follow their shares on average', () => {
    for (const [major, minor] of [
      [0.7, 0.3],
      [0.9, 0.1],
    ]) {
      const observed = people
        .filter((person) => hasShares(person, major, minor))
        .map((person) => {
          const [a, b] = person.tastes.map(({ taste }) => countOf(person, taste));
          return b / (a + b);
        });
      assert.ok(Math.abs(mean(observed) - minor) <= 0.015, `${minor}: observed ${mean(observed)}`);
    }
  });

  test('of 90/10 have at least 3 minority events', () => {
    for (const person of people.filter((p) => hasShares(p, 0.9, 0.1))) {
      assert.ok(countOf(person, person.tastes[1].taste) >= 3, person.id);
    }
  });

  test('watch films that fit the taste of the event', () => {
    const byItem = new Map(films.map((film) => [film.item, film]));
    for (const taste of tastes) {
      const best = Math.max(...films.map((film) => affinity(film, taste)));
      const fits = people
        .flatMap((person) => person.history)
        .filter((event) => event.taste === taste.id)
        .map((event) => affinity(byItem.get(event.item), taste));
      const good = fits.filter((fit) => fit >= best / 2).length / fits.length;
      assert.ok(good >= 0.85, `${taste.id}: ${good}`);
    }
  });

  test('do not watch the famous films first', () => {
    const views = new Map();
    for (const { item } of people.flatMap((person) => person.history))
      views.set(item, (views.get(item) ?? 0) + 1);
    const popularity = (events) => mean(events.map(({ item }) => views.get(item)));
    const first = popularity(people.flatMap(({ history }) => history.slice(0, history.length >> 2)));
    const last = popularity(people.flatMap(({ history }) => history.slice(-(history.length >> 2))));
    assert.ok(Math.abs(first / last - 1) <= 0.03, `first quarter ${first}, last quarter ${last}`);
  });

  test('are refused for unusable arguments', () => {
    assert.throws(() => demoPeople(films.slice(0, 19)), RangeError);
    assert.throws(() => demoPeople([...films, films[0]]), /duplicate item/);
    assert.throws(() => demoPeople(films, { people: -1 }), /people must be/);
    assert.throws(() => demoPeople(films, { seed: 0.5 }), /seed must be/);
    assert.deepEqual(demoPeople(films, { people: 0 }), []);
  });
});
