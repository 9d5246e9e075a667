// Owns the tests of what is said of files that are nearly always a mistake, of joining items, and of aspects.
// Must not test how it is printed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { likesOf } from '../../../web/read/likes.js';
import { readItems } from '../../../web/read/read-items.js';
import { understoodOf } from '../../../web/read/understood.js';
import { csv, itemFacts, likes, linesOf } from './made.js';
import { fileOf, read } from './ratings-files.js';

/**
 * @param {string} text
 * @param {string} [items]
 * @param {import('../../../web/read/read-items.js').ReadItemsOptions} [options]
 */
async function understand(text, items, options) {
  const ratings = await read(text, { skipBad: 100 });
  const rule = likesOf(ratings.rating, ratings.format.columns.rating);
  const least = rule.threshold ?? -Infinity;
  const kept = ratings.rating
    ? ratings.rating.filter((r) => r >= least && r > 0).length
    : ratings.user.length;
  const file = items
    ? await readItems(fileOf(items), { known: new Set(ratings.items), ...options })
    : undefined;
  return understoodOf(ratings, { likes: rule, minRating: rule.threshold, kept }, file);
}

const movies = itemFacts.map(({ id, title, genres }) => `${id},"${title}",${genres.join('|')}\n`).join('');

test('what was understood, as data', async () => {
  const u = await understand(csv, `movieId,title,genres\n${movies}`);
  assert.deepEqual(u.format, {
    kind: 'csv',
    name: null,
    separator: ',',
    header: true,
    encoding: 'utf-8',
    compression: null,
  });
  assert.deepEqual(u.columns, { user: 'user', item: 'item', rating: 'rating', time: 'timestamp' });
  assert.deepEqual(u.row, { user: '101', item: '500', rating: '5', time: '1400000000' });
  assert.deepEqual([u.likes.scale, u.likes.minRating, u.likes.rows, u.likes.of], ['stars', 3, likes, 48]);
  assert.deepEqual(
    [u.people, u.items, u.titles?.titled, u.titles?.of, u.titles?.aspects],
    [12, 10, 10, 10, 3],
  );
  assert.deepEqual(u.warnings, []);
});

test('what is nearly always a mistake is warned of', async () => {
  for (const [text, warning] of /** @type {const} */ ([
    [
      linesOf(({ item }, i) => `p${i}x,${item}`, 'user,item\n'),
      /every person has one event: is column "user"/,
    ],
    [`${csv}0101,500,5,1400000000\n`, /1 ids of people differ only by leading zeros.*"101" and "0101"/],
    [`${csv}101,500.0,5,1400000000\n`, /1 ids of items differ only by .*"500" and "500.0"/],
    [`${csv}101 ,500,5,1400000000\n`, /1 ids of people differ only by .*"101" and "101 "/],
    [`${csv}NA,500,5,1400000000\nnull,500,5,1\n\\N,500,5,1\n`, /a person is called "NA", "null", "\\\\N"/],
    [
      linesOf(({ user, item }, i) => `${user},${item},${i % 3 ? 1 : 5}`, 'user,item,rating\n'),
      /67 % of the rows are left out/,
    ],
    [
      linesOf(({ user, item }) => `${user},${item}\n`.repeat(3), 'user,item\n'),
      /67 % of the rows are of a person and an item that came before: .*--duplicates sum.*--user COL/,
    ],
    [linesOf(({ item }) => `101,${item}`, 'user,item\n'), /one person has all events: is column "user"/],
    [linesOf(({ user }, i) => `${user},x${i}`, 'user,item\n'), /every item has one event: is column "item"/],
    [
      linesOf(({ user, item }) => `${user},${item},${Number(item) % 4}`, 'user,item,rating\n'),
      /all rows of an item have the same rating: is column "rating" a rating/,
    ],
    [
      linesOf(({ user, item, rating }) => `${user},${item},${rating}`, 'user,item,Rating (1-5)\n'),
      /column "Rating \(1-5\)" looks like ratings and is not used.*--rating "Rating \(1-5\)"/,
    ],
  ]))
    assert.match((await understand(text)).warnings.join('\n'), warning);
});

test('what was said on the command line is no reason to warn', async () => {
  const twice = await read(linesOf(({ user, item }) => `${user},${item}\n`.repeat(3), 'user,item\n'));
  const rule = { likes: likesOf(null), minRating: undefined, kept: twice.user.length };
  assert.equal(understoodOf(twice, rule).warnings.length, 1);
  assert.deepEqual(understoodOf(twice, { ...rule, merging: true }).warnings, []);
  const score = linesOf(({ user, item, rating }) => `${user},${item},${rating}`, 'user,item,my_score\n');
  assert.equal((await read(score, { rating: 'none' })).reading.maybeRating, null);
});

test('an item without a title has none', async () => {
  const { titles } = await understand(
    csv,
    `movieId,genres\n${itemFacts.map(({ id }) => `${id},War\n`).join('')}`,
  );
  assert.deepEqual([titles?.titled, titles?.joined, titles?.aspects], [0, 10, 1]);
});

test('items joined to nothing, or only without their zeros', async () => {
  const none = await understand(csv, 'movieId,title\nx1,A\nx2,B\n');
  assert.match(
    none.warnings.join(),
    /no item of the ratings is in the items file.*"x1".*"500".*--items-id COL/,
  );
  const padded = itemFacts.map(({ id, title }) => `0${id},"${title}"\n`).join('');
  const zeros = await understand(csv, `movieId,title\n${padded}`);
  assert.match(zeros.warnings.join(), /10 items have no title because their ids differ .*"500" here, "0500"/);
  const few = await understand(csv, 'movieId,title\n500,A\n');
  assert.match(few.warnings.join(), /only 1 of 10 items/);
});

test('of several columns of ids, the one that the ratings have', async () => {
  const header = 'isbn,goodreads_book_id,work_id,book_id,books_count,title\n';
  const books =
    header +
    itemFacts.map(({ id, title }, i) => `97800${i},9${id},${id}1,${id},${i % 3},"${title}"\n`).join('');
  const u = await understand(csv, books);
  assert.deepEqual([u.titles?.titled, u.titles?.columns.id], [10, 'book_id']);
  const given = await understand(csv, books, { id: 'work_id' });
  assert.equal(given.titles?.titled, 0);
  const other = await understand(csv, books.replace('book_id,books', 'key,books'));
  assert.equal(other.titles?.columns.id, 'key', 'a name that nobody knows');
});

test('aspects by bars, commas, semicolons and lists', async () => {
  const aspectsIn = async (/** @type {string[]} */ cells, head = 'genres', options = {}) => {
    const lines = cells.map((cell, i) => `${i},t,"${cell.replaceAll('"', '""')}"\n`);
    const text = `item,title,${head}\n${lines.join('')}`;
    const { items } = await readItems(fileOf(text), options);
    return [...items.values()].map(({ aspects }) => aspects);
  };
  const wanted = [['Comedy', 'Drama'], ['War'], []];
  assert.deepEqual(await aspectsIn(['Comedy|Drama', 'War', '']), wanted);
  assert.deepEqual(await aspectsIn(['Comedy, Drama', 'War', '']), wanted);
  assert.deepEqual(await aspectsIn(['Comedy; Drama', 'War', '']), wanted);
  assert.deepEqual(await aspectsIn(['["Comedy","Drama"]', '["War"]', '[]']), wanted);
  assert.deepEqual(await aspectsIn(["['Comedy', 'Drama']", "['War']", '[]']), wanted);
  assert.deepEqual(
    await aspectsIn(['[{"id":1,"name":"Comedy"},{"id":2,"name":"Drama"}]', '[{"id":3,"name":"War"}]', '']),
    wanted,
  );
  assert.deepEqual(await aspectsIn(['Comedy Drama', 'War', ''], 'class:token_seq'), wanted);
  assert.deepEqual(await aspectsIn(['Comedy/Drama', 'War', ''], 'genres', { separator: '/' }), wanted);
  assert.deepEqual(await aspectsIn(['Sci-Fi, old|War', 'War', '']), [['Sci-Fi, old', 'War'], ['War'], []]);
  const directors = { aspects: ['director'] };
  assert.deepEqual(await aspectsIn(['Lee, Ang', 'Ray, Nicholas'], 'director', directors), [
    ['Lee, Ang'],
    ['Ray, Nicholas'],
  ]);
  const actors = ['A, B', 'B, C', 'A, C', 'C, B', 'B, A'];
  assert.deepEqual((await aspectsIn(actors, 'director', directors))[0], ['A', 'B']);
});

test('items: bad rows can be left out, and the options that help are named', async () => {
  const text = 'item,title\nA,x\nA,x\nB,y\n';
  await assert.rejects(
    readItems(fileOf(text)),
    /id comes again, .*\n\(--skip-bad 1 leaves out .*--items-id COL/,
  );
  const { items, skipped } = await readItems(fileOf(text), { skipBad: 1 });
  assert.deepEqual([items.size, skipped], [2, 1]);
  const headless = await readItems(fileOf('1,Toy Story,Comedy\n2,Jumanji,Drama\n'), {
    id: 1,
    title: 2,
    aspects: [3],
  });
  assert.deepEqual(headless.items.get('1'), { title: 'Toy Story', aspects: ['Comedy'] });
});
