// Owns the tests of asking where a person may be taken for an item, or anything else for a person or a
// rating: each question has an answer in it that works. Must not test what is printed.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { linesOf } from './made.js';
import { failure, read } from './ratings-files.js';

/** @typedef {import('../../../web/read/read-ratings.js').ReadOptions} ReadOptions */
/** @typedef {{ user: number, item: number, rating: number, time: number }} Row */

/**
 * 40 people with 12 of 30 items each, by turns.
 * @type {Row[]}
 */
const many = Array.from({ length: 480 }, (_, k) => {
  const [user, n] = [k % 40, Math.floor(k / 40)];
  const mixed = (user * 7 + n * 13) % 11;
  return {
    user: user + 1,
    item: ((user * 3 + n * 7) % 30) + 101,
    rating: [5, 4, 4, 3, 5, 2, 1, 4, 3, 5, 2][mixed],
    time: 1_400_000_000 + k * 977,
  };
});

/** @param {(row: Row, k: number) => (string | number)[]} cells */
const rowsOf = (cells, separator = ',', head = '') =>
  head + many.map((row, k) => `${cells(row, k).join(separator)}\n`).join('');

/**
 * @param {string} text
 * @param {ReadOptions} [options]
 */
async function counts(text, options) {
  const { users, items, user } = await read(text, { needTimes: false, ...options });
  return [users.length, items.length, user.length];
}

const right = [40, 30, 480];

const uuid = (/** @type {number} */ n) => `${String(n).padStart(8, '0')}-35e9-4e99-8624-000000000001`;

/** Each would have put people, times or ratings where items belong. */
const questions =
  /** @type {[name: string, cells: (row: Row, k: number) => (string | number)[], RegExp][]} */ ([
    [
      'rating first',
      ({ user, item, rating, time }) => [rating, user, item, time],
      /column 1 has 5 different/,
    ],
    [
      'rating second',
      ({ user, item, rating, time }) => [user, rating, item, time],
      /column 2 has 5 different/,
    ],
    ['time first', ({ user, item, rating, time }) => [time, user, item, rating], /column 1 looks like times/],
    ['a kind first', ({ user, item }, k) => [k % 3 ? 'view' : 'buy', user, item], /column 1 has 2 different/],
    [
      'people by UUID second',
      ({ user, item, rating }) => [item, uuid(user), rating],
      /column 2 has long ids/,
    ],
    [
      'people by long numbers second',
      ({ user, item }) => [item, `4400000000000${user + 100}`],
      /column 2 has long ids/,
    ],
    [
      'accounts of Steam second',
      ({ user, item }) => [item, `765611980000${user + 10000}`],
      /column 2 looks like people/,
    ],
    [
      'telephones second',
      ({ user, item, rating }) => [item, `+49 170 55${user + 1000}`, rating],
      /column 2 looks like people/,
    ],
    [
      'networks second',
      ({ user, item, rating }) => [item, `10.0.3.${user}`, rating],
      /column 2 looks like people/,
    ],
    [
      'orders first',
      ({ user, item }) => [9000 + user * 2 + (item % 2), user, item],
      /column 2 is the same in all/,
    ],
    [
      'titles first',
      ({ user, item, rating }) => [`A Film of ${item}`, user, rating],
      /column 1 looks like titles/,
    ],
    [
      'names second',
      ({ user, item }) => [item, `${'ABCDEFGH'[user % 8]}nn ${'STUVW'[user % 5]}mith`],
      /column 2 looks like names/,
    ],
  ]);

describe('a person is never taken for an item without a question', () => {
  for (const [name, cells, question] of questions)
    test(name, async () => {
      const text = rowsOf(cells);
      const error = await failure(text, { needTimes: false });
      assert.match(error.message, question);
      assert.equal(error.details.question, true);
      const answers = [...error.message.matchAll(/((?:--\w+ \d+ )+)\(/g)].map(([, words]) =>
        Object.fromEntries([...words.matchAll(/--(\w+) (\d+)/g)].map(([, role, at]) => [role, Number(at)])),
      );
      assert.equal(answers.length, 2, error.message);
      const read = await Promise.all(answers.map((answer) => counts(text, answer)));
      if (!name.startsWith('names'))
        assert.ok(
          read.some((found) => found.join() === right.join()),
          String(read),
        );
    });

  test('names that say the opposite of what is below them', async () => {
    const text = rowsOf(({ user, item }) => [`ann${user}@example.org`, item], ',', 'item,user\n');
    assert.match(
      (await failure(text)).message,
      /column "item" is taken for the items, and looks like people/,
    );
    assert.deepEqual(await counts(text, { user: 'item', item: 'user' }), right);
  });

  test('an id of something else is no person', async () => {
    for (const head of [
      'author_id',
      'publisher_id',
      'director_id',
      'label_id',
      'company_id',
      'brewery_id',
      'x_id',
    ]) {
      const text = rowsOf(
        ({ user, item, rating }) => [item % 7, `c${user}`, item, rating],
        ',',
        `${head},who,book_id,rating\n`,
      );
      assert.match((await failure(text)).message, /cannot tell which column is the user/, head);
    }
    const known = rowsOf(({ user, item }) => [item % 7, `c${user}`, item], ',', 'author_id,reader,book_id\n');
    assert.deepEqual(await counts(known), right);
    const own = rowsOf(({ user, item }) => [user, item], ',', 'app_user_id,book_id\n');
    assert.deepEqual(await counts(own), right);
    const maker = rowsOf(({ user, item }) => [user, item % 7, item], ',', 'user_id,author_id,what\n');
    assert.match((await failure(maker)).message, /cannot tell which column is the item/);
  });
});

describe('what is no id', () => {
  const dates = /** @type {[string, (k: number) => string][]} */ ([
    ['month first', (k) => `${1 + (k % 9)}/${13 + (k % 15)}/2019`],
    ['with a clock of 12 hours', (k) => `11/${1 + (k % 28)}/2019 8:${10 + (k % 50)}:22 AM`],
    ['without a comma', (k) => `Nov ${1 + (k % 28)} 2019`],
    ['day first', (k) => `${13 + (k % 15)}.${1 + (k % 9)}.2019 12:00`],
    ['in one number', (k) => `201907${10 + (k % 20)}`],
  ]);
  for (const [name, date] of dates)
    test(`dates ${name} are no items`, async () => {
      for (const cells of [
        (/** @type {Row} */ row, /** @type {number} */ k) => [`U${row.user}`, date(k), `N${row.item}`],
        (/** @type {Row} */ row, /** @type {number} */ k) => [date(k), `U${row.user}`, `N${row.item}`],
      ])
        assert.deepEqual(await counts(rowsOf(cells)), right);
    });

  test('dates that are read are times wherever they stand', async () => {
    const r = await read(rowsOf(({ user, item }, k) => [`U${user}`, `2019/11/${10 + (k % 20)}`, `N${item}`]));
    assert.deepEqual(r.format.columns, { user: '1', item: '3', rating: null, time: '2' });
  });

  test('lists and objects are refused, also where the column is named', async () => {
    const nested = rowsOf(({ user, item }) => [`{"user":{"id":${user}},"item":{"id":${item}}}`]);
    assert.match(
      (await failure(nested)).message,
      /the user \(column 1\) is a list or an object, got "\{.*one id a row/,
    );
    const lists = rowsOf(({ user, item }) => [user, `"[${item}, 7]"`], ',', 'user,items\n');
    assert.match((await failure(lists)).message, /cannot tell which column is the item, .*items holds lists/);
    assert.match((await failure(lists, { item: 'items' })).message, /the item \(column 2\) is a list/);
    const words = rowsOf(({ user, item }) => [user, `N${item} N7 N8`]);
    assert.match((await failure(words)).message, /column 2 looks like lists of items/);
  });

  test("MongoDB's numbers and ids are those inside", async () => {
    const text = rowsOf(({ user, item, rating, time }) => [
      JSON.stringify({
        userId: { $numberInt: `${user}` },
        itemId: { $oid: `a${item}` },
        rating,
        date: { $date: { $numberLong: `${time}000` } },
      }),
    ]);
    const r = await read(text);
    assert.deepEqual([r.users[0], r.items[0], r.time?.[0]], ['1', 'a101', 1_400_000_000]);
  });

  test('ids with an exponent are refused: they were shortened', async () => {
    const text = rowsOf(({ user, item }) => [user.toExponential(7), item.toExponential(7)], '  ');
    assert.match(
      (await failure(text)).message,
      /with an exponent, .*got "1.0000000e\+0", wanted ids in full/,
    );
  });

  test('a matrix is said to be one', async () => {
    const cells = ({ user, item }) => Array.from({ length: 12 }, (_, k) => ((user + item) * k) % 6);
    for (const text of [
      rowsOf(cells),
      rowsOf(cells, ' '),
      rowsOf((row) => [`u${row.user}`, ...cells(row)]),
      rowsOf(
        (row) => [row.user, ...cells(row)],
        ',',
        `user,${Array.from({ length: 12 }, (_, k) => `m${k}`)}\n`,
      ),
    ])
      assert.match(
        (await failure(text)).message,
        /1[23] columns of numbers: a matrix with a column for each item/,
      );
  });
});

test('a rating before the ids is said not to be used', async () => {
  const r = await read(rowsOf(({ user, item, rating, time }) => [`${rating - 1}.5`, user, item, time]));
  assert.deepEqual([r.users.length, r.items.length, r.rating, r.reading.maybeRating], [40, 30, null, '1']);
  const used = await read(
    rowsOf(({ user, item, rating, time }) => [`${rating - 1}.5`, user, item, time]),
    { rating: 1 },
  );
  assert.deepEqual([used.users.length, used.items.length, used.format.columns.rating], [40, 30, '1']);
});

describe('what is no rating', () => {
  test('a property of the item or of the person', async () => {
    for (const of of [
      (/** @type {Row} */ { item }) => item % 12,
      (/** @type {Row} */ { item }) => (item % 2 ? -33.8 : 35.1),
      (/** @type {Row} */ { user }) => 20 + (user % 30),
    ]) {
      const r = await read(rowsOf((row) => [row.user, row.item, of(row), row.rating, row.time], '::'));
      assert.deepEqual(r.format.columns, { user: '1', item: '2', rating: '4', time: '5' });
      assert.match(r.reading.notes.join(), /column 3 is the same in all rows of (an item|a person)/);
    }
  });

  test('places on a map', async () => {
    const r = await read(
      rowsOf(({ user, item }, k) => [
        `u${user}`,
        `v${item}`,
        (k % 2 ? 1 : -1) * (30 + k / 1000).toFixed(4),
        150.1234,
      ]),
    );
    assert.equal(r.format.columns.rating, null);
  });

  test('of a price and a number it is asked which', async () => {
    const text = rowsOf(({ user, item, rating }, k) => [
      user,
      item,
      (k * 7) % 13 > 6 ? 12462 : 0,
      rating > 3 ? 1 : 0,
    ]);
    const error = await failure(text);
    assert.match(
      error.message,
      /columns 3 and 4 could both be the rating, .*--rating 3, --rating 4 or --rating none/,
    );
    assert.equal((await read(text, { rating: 4 })).format.columns.rating, '4');
    assert.equal((await read(text, { rating: 'none' })).rating, null);
  });
});

test('check-ins of Foursquare are as they were: a long id of a venue is no person', async () => {
  const venue = (/** @type {number} */ n, k = '4b') => `${k}${String(n).padStart(22, '0')}`;
  const r = await read(
    rowsOf(
      ({ user, item }) => [
        user,
        venue(item),
        venue(item % 3, '5c'),
        'Arts',
        '40.7',
        '-74.0',
        -240,
        'Tue Apr 03 18:00:09 +0000 2012',
      ],
      '\t',
    ),
  );
  assert.deepEqual(r.format.columns, { user: '1', item: '2', rating: null, time: '8' });
});

test('few rows, and people one after another, are no reason to ask', async () => {
  const sorted = [...many].sort((a, b) => a.user - b.user).slice(0, 60);
  const text = sorted.map(({ user, item, rating, time }) => `${[user, item, rating, time]}\n`).join('');
  assert.deepEqual(await counts(text), [5, 30, 60]);
  assert.deepEqual(
    await counts(linesOf(({ user, item, rating }) => `${rating},${user},${item}`).slice(0, 60)),
    [4, 2, 6],
  );
});
