// Owns the tests of which column plays which role, and of asking where none is sure. Must not test formats.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linesOf } from './made.js';
import { failure, read, rowsOf } from './ratings-files.js';

const person = (/** @type {string} */ user) => `A${user}QWERTYUIOPAS`;
const product = (/** @type {string} */ item) => `B0000${item}XY`;

test('people where items are expected change places, and it is said', async () => {
  const text = linesOf(({ user, item, rating, time }) => [product(item), person(user), rating, time].join());
  const r = await read(text);
  assert.deepEqual([r.users.length, r.items.length], [12, 10]);
  assert.ok(r.users.every((id) => id.startsWith('A')) && r.items.every((id) => id.startsWith('B')));
  assert.match(r.reading.notes[0], /column 2 looks like people and column 1 like items/);
  assert.deepEqual([r.format.columns.user, r.format.columns.item], ['2', '1']);
});

test('the usual order is kept where ids say nothing, or the same', async () => {
  for (const text of [
    linesOf(({ user, item, rating }) => `${user},${item},${rating}`),
    linesOf(({ user, item, rating }) => `${person(user)},${product(item)},${rating}`),
    linesOf(({ user, item, rating }) => `u${user},i${item},${rating}`),
    linesOf(({ user, item, rating }) => `Ann ${user},A film ${item},${rating}`),
  ]) {
    const { users, items, reading } = await read(text);
    assert.deepEqual([users.length, items.length, reading.notes], [12, 10, []]);
  }
});

test('what could be people twice is asked about, with both readings', async () => {
  const hash = (/** @type {string} */ id) =>
    `${id}aa11bb22cc33dd44ee55ff66aa77bb88cc99dd`.slice(0, 40).padEnd(40, '0');
  for (const [line, what] of /** @type {const} */ ([
    [
      (/** @type {any} */ r) => `${hash(r.user)},${hash(r.item)},${r.rating}`,
      /columns 1 and 2 could both be people/,
    ],
    [(/** @type {any} */ r) => `${r.item},${hash(r.user)},${r.rating}`, /column 2 looks like people/],
    [(/** @type {any} */ r) => `${r.item},${r.user}@example.org,${r.rating}`, /column 2 looks like people/],
    [(/** @type {any} */ r) => `${product(r.item)},${r.user},${r.rating}`, /column 1 looks like items/],
  ])) {
    const text = linesOf(line);
    const error = await failure(text);
    assert.match(error.message, what);
    assert.match(
      error.message,
      /--user 1 --item 2 \(.* is a person\), or --user 2 --item 1 \(.* is a person\)/,
    );
    const [one, two] = [await read(text, { user: 1, item: 2 }), await read(text, { user: 2, item: 1 })];
    assert.deepEqual([one.users.length, one.items.length].sort(), [10, 12]);
    assert.deepEqual([two.users, two.items], [one.items, one.users]);
  }
});

test('without a header: times by their look, words and constant zeros play no role', async () => {
  const clicks = await read(linesOf(({ user, item }) => `${user},2014-04-07T10:00:00.000Z,2145${item}28,0`));
  assert.deepEqual(clicks.format.columns, { user: '1', item: '3', rating: null, time: '2' });
  assert.deepEqual(clicks.reading.unused, ['4']);
  const steam = await read(
    linesOf(
      ({ user, item, rating }) =>
        `${user},"Game ${item}, The",purchase,1.0,0\n${user},"Game ${item}, The",play,${rating}.5,0`,
    ),
  );
  assert.deepEqual(steam.format.columns, { user: '1', item: '2', rating: '4', time: null });
  assert.deepEqual([steam.users.length, steam.items.length, steam.user.length], [12, 10, 48]);
  const plays = await read(
    linesOf(({ user, item, rating }) => `${user}\t${item}\tThe "band" ${item}\t${rating * 100}`),
  );
  assert.deepEqual(plays.format.columns, { user: '1', item: '2', rating: '4', time: null });
  const three = await read(linesOf(({ user, item, time }) => `${user},${item},${time}`));
  assert.deepEqual(three.format.columns, { user: '1', item: '2', rating: null, time: '3' });
});

test('numbers of rows are no people; where they could be, it is asked', async () => {
  const r = await read(
    linesOf(({ user, item, rating, time }, i) => [i + 1, user, item, rating, time].join()),
  );
  assert.deepEqual(r.format.columns, { user: '2', item: '3', rating: '4', time: '5' });
  assert.match(r.reading.notes[0], /column 1 counts the rows/);
  const error = await failure(linesOf(({ item, rating }, i) => `${i},${item},${rating}`));
  assert.match(error.message, /--user 2 --item 3 \(row numbers\), or --user 1 --item 2 \(people\)/);
});

test('names: what looks like an id is one where the other is known; else it is asked', async () => {
  const recipes = await read(
    linesOf(({ user, item, rating }) => `${user},${item},${rating}`, 'user_id,dish_id,rating\n'),
  );
  assert.equal(recipes.format.columns.item, 'dish_id');
  const two = await failure(
    linesOf(
      ({ user, item, rating }) => `${user},${item},${item},${rating}`,
      'user_id,dish_id,menu_id,rating\n',
    ),
  );
  assert.match(two.message, /cannot tell which column is the item, .*--item COL \(and --user COL\)/);
  const letters = await read(linesOf(({ user, item }) => `${user},${item}`, 'u,i\n'));
  assert.deepEqual([letters.format.header, letters.user.length], [true, 48]);
});

test('ratings and times can be left out', async () => {
  const text = linesOf(
    ({ user, item, rating, time }) => [user, item, rating, time].join(),
    'user,item,rating,time\n',
  );
  const r = await read(text, { rating: 'none', time: 'none' });
  assert.deepEqual([r.rating, r.time], [null, null]);
  const headless = await read(text.slice(text.indexOf('\n') + 1), { rating: 'none' });
  assert.deepEqual([headless.rating, headless.format.columns.time], [null, '4']);
});

test('times that are not needed are left out where one is bad, and stop nothing', async () => {
  const text = 'user,item,time\na,x,100\na,y,\na,x,soon\n';
  const r = await read(text, { needTimes: false });
  assert.equal(r.time, null);
  assert.equal(r.format.columns.time, null);
  assert.deepEqual(r.reading.timesLeftOut, { rows: 2, line: 3, got: '' });
  assert.deepEqual(rowsOf(r), [
    ['a', 'x'],
    ['a', 'y'],
  ]);
  assert.match((await failure(text)).message, /--time none goes without/);
});

test('dates that can be read in one way only', async () => {
  for (const [text, seconds] of /** @type {const} */ ([
    ['"05 Apr 2010, 11:59"', 1270468740],
    ['2010/4/5', 1270425600],
    ['"April 5, 2010"', 1270425600],
    ['"04 5, 2010"', 1270425600],
    ['Mon Apr 05 11:59:00 -0700 2010', 1270493940],
    ['2020-07-05 05:27:48.378', 1593926868.378],
  ]))
    assert.deepEqual([...((await read(`user,item,date\nu,i,${text}\n`)).time ?? [])], [seconds], text);
  for (const text of ['05/04/2010', '31 Feb 2010', '5.4.2010'])
    assert.match((await failure(`user,item,date\nu,i,1\nu,j,${text}\n`)).message, /time is not a time/);
});

test('what is no id and no rating is none: empty columns, places on a map, true and false', async () => {
  const places = await read(
    linesOf(({ user, item, rating, time }) =>
      [user, new Date(time * 1000).toISOString(), `30.2${rating}`, `-97.7${rating}`, item].join('\t'),
    ),
  );
  assert.deepEqual(places.format.columns, { user: '1', item: '5', rating: null, time: '2' });
  const empty = await read(linesOf(({ user, item }) => `${user}\t${item}\tA band\t\tA song`));
  assert.deepEqual(empty.format.columns, { user: '1', item: '2', rating: null, time: null });
  const sessions = await read(linesOf(({ user, item }) => `${user};NA;${item}`, 'sessionId;userId;itemId\n'));
  assert.equal(sessions.format.columns.user, 'sessionId');
  const clicks = await read(
    linesOf(
      ({ user, item, rating }) => `${user},${item},${rating > 3 ? 'True' : 'False'}`,
      'user_id,item_id,is_click\n',
    ),
  );
  assert.deepEqual([...new Set(clicks.rating)].sort(), [0, 1]);
});
