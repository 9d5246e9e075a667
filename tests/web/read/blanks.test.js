// Owns the tests of files separated by blanks and bars: rows, lists, and what is neither. Must not test
// roles.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { items, linesOf, people, rows } from './made.js';
import { failure, read, rowsOf } from './ratings-files.js';

const wanted = rows.map(({ user, item, rating }) => [user, item, rating]);

test('a header makes rows of what is separated by blanks', async () => {
  for (const text of [
    linesOf(({ user, item, rating }) => `${user} ${item} ${rating}`, 'user item rating\n'),
    linesOf(({ user, item, rating }) => `"${user}"  "${item}" ${rating}`, '"user" "item" "rating"\n'),
    linesOf(
      ({ user, item, rating }, i) => `"${i + 1}" "${user}" "${item}" ${rating}`,
      '"user" "item" "rating"\n',
    ),
    linesOf(({ user, item, rating }, i) => `${i + 1},${user},${item},${rating}`, 'user,item,rating\n'),
    linesOf(({ user, item, rating }, i) => `${i + 1}\t${user}\t${item}\t${rating}`, 'user\titem\trating\n'),
    linesOf(({ user, item, rating }) => `${user}|${item}|${rating}`, 'user|item|rating\n'),
  ]) {
    const r = await read(text);
    assert.deepEqual(rowsOf(r), wanted, text.slice(0, 60));
    assert.equal(r.format.header, true);
  }
  const titles = await read(
    linesOf(({ user, item }, i) => `"${i + 1}" "${user}" "The \\"${item}\\""`, '"user" "movie"\n'),
  );
  assert.equal(titles.items[0], 'The "500"');
  assert.equal(
    (
      await read(
        linesOf(({ user, item }) => `"${user}" "${item}"`),
        { quote: 'none' },
      )
    ).users[0],
    '"101"',
  );
});

test('a separator at the end of each line is no name of rows', async () => {
  const error = await failure(
    linesOf(({ user, item, rating }) => `${user},${item},${rating},`, 'user,item,rating\n'),
  );
  assert.match(error.message, /the first line has 3 columns, all 48 others 4/);
});

test('people who come again have rows, however wide', async () => {
  const six = linesOf(
    ({ user, item, rating, time }) => `   ${user}   ${item}   ${Number(item) % 7}   ${rating}   2   ${time}`,
  );
  const r = await read(six);
  assert.deepEqual([r.users.length, r.items.length, r.format.kind], [people, items, 'csv']);
  assert.deepEqual(r.format.columns, { user: '1', item: '2', rating: '4', time: '6' });
});

const lists = ['a 1 2 3', 'b 2 3', 'c 1 4 5 6'];

test('lists stay lists', async () => {
  for (const lines of [
    lists,
    ['a 1 2 3 4', 'b 2 3 4 5', 'c 1 4 5 6'],
    ['1 10 20 30 40', '2', '1 40 10 20 30'],
  ]) {
    const { format } = await read(`${lines.join('\n')}\n`);
    assert.equal(format.kind, 'list');
  }
});

test('what is neither rows nor a list is said, with the way to make rows of it', async () => {
  for (const [lines, message] of /** @type {[string[], RegExp][]} */ ([
    [['1 3:5 4:2', '2 3:1', '3 5:1.5 6:2'], /lines of libsvm \(item:value\), .*awk/],
    [['1:3 4', '2:3 5 6', '3:5'], /begin with a person and a colon, .*sed 's\/:\/ \/'/],
    [['1: 3 4', '2: 3 5 6'], /begin with a person and a colon/],
    [
      ['a/id: 1', 'b/id: x', 'text: so so', 'a/id: 2', 'b/id: y', 'text: good and so'],
      /a name, a colon and a value/,
    ],
    [['33|2', '1\t5\t3811', '2\t3\t3811'], /blocks of "user\|rows".*KDD.*awk/],
    [
      ['1 2 3 4 5', '1 4', '2 3 1 5 6'],
      /1 begins several lines, where a list has a line for each person, .*--format list/,
    ],
    [['1|Toy|x', '2|Heat|y'], /no separator that is known, .*sep=X/],
  ])) {
    const error = await failure(`${lines.join('\n')}\n`);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /undefined/);
  }
});
