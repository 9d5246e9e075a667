// Owns the tests of how web/read/read-ratings.js understands a table: formats and columns. Must not test what
// ratings are worth.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { badRows, failure, read, rowsOf } from './ratings-files.js';

/** @typedef {import('../../../web/read/read-ratings.js').ReadOptions} ReadOptions */

test('CSV with a header: columns by known names, whatever their case, order and underscores', async () => {
  const r = await read(
    'Timestamp,Movie_ID,USER id,Rating,note\n100,m1,u1,4.5,x\n200,m2,u1,3,y\n300,m1,u2,.5,z\n',
  );
  assert.deepEqual(rowsOf(r), [
    ['u1', 'm1', 4.5, 100],
    ['u1', 'm2', 3, 200],
    ['u2', 'm1', 0.5, 300],
  ]);
  assert.deepEqual(r.users, ['u1', 'u2']);
  assert.deepEqual(r.items, ['m1', 'm2']);
  assert.deepEqual(r.format, {
    kind: 'csv',
    delimiter: ',',
    header: true,
    columns: { user: 'USER id', item: 'Movie_ID', rating: 'Rating', time: 'Timestamp' },
  });
  assert.ok(
    r.user instanceof Int32Array &&
      r.item instanceof Int32Array &&
      r.rating instanceof Float64Array &&
      r.time instanceof Float64Array,
  );
  assert.equal(r.skipped, 0);
  assert.equal(r.duplicates, 0);
});

test('headers of well-known data sets are understood', async () => {
  for (const [header, columns] of /** @type {const} */ ([
    ['reviewerID,asin,overall,unixReviewTime', ['reviewerID', 'asin', 'overall', 'unixReviewTime']],
    ['user_id,parent_asin,rating,timestamp', ['user_id', 'parent_asin', 'rating', 'timestamp']],
    ['user,product,stars,date', ['user', 'product', 'stars', 'date']],
    ['userid,artistid,plays,at', ['userid', 'artistid', 'plays', 'at']],
    ['uid,isbn,score,time', ['uid', 'isbn', 'score', 'time']],
    ['User,item_id,count,timestamp', ['User', 'item_id', 'count', 'timestamp']],
  ])) {
    const { format } = await read(`${header}\na,b,3,1000\n`);
    assert.deepEqual(Object.values(format.columns), columns, header);
    assert.equal(format.header, true);
  }
});

test('CSV without a header: user, item, then rating and time if they are there', async () => {
  const two = await read('u1,i1\nu2,i1\n');
  assert.deepEqual(rowsOf(two), [
    ['u1', 'i1'],
    ['u2', 'i1'],
  ]);
  assert.equal(two.rating, null);
  assert.equal(two.time, null);
  assert.deepEqual(two.format.columns, { user: '1', item: '2', rating: null, time: null });
  assert.deepEqual(rowsOf(await read('u1,i1,5\n')), [['u1', 'i1', 5]]);
  assert.deepEqual(rowsOf(await read('u1,i1,5,60,more\n')), [['u1', 'i1', 5, 60]]);
});

test('a header of unknown names is recognised by its words, and asks for the columns', async () => {
  const error = await failure('usuario,pelicula,nota\n1,2,3\n');
  assert.equal(error.code, 'BAD_DATA');
  assert.match(
    error.message,
    /:1: cannot tell which column is the user, got "usuario, pelicula, nota", wanted .*--user/,
  );
  const r = await read('usuario,pelicula,nota\n1,2,3\n', { user: 'usuario', item: 2, rating: '3' });
  assert.deepEqual(rowsOf(r), [['1', '2', 3]]);
  assert.deepEqual(r.format.columns, { user: 'usuario', item: 'pelicula', rating: 'nota', time: null });
});

test('a bad first row is a bad row, not a header', async () => {
  for (const value of ['"1,5"', '1e999', 'NaN', 'null', '0x10', '']) {
    const error = await failure(`u1,i1,${value}\nu1,i2,3\n`);
    assert.deepEqual(badRows(error), [[1, 'rating is not a number', value.replaceAll('"', '')]], value);
  }
});

test('columns by option: name, other spelling, number; and what cannot be', async () => {
  const text = 'who,what,when,mark\na,b,1000,2\n';
  assert.deepEqual(rowsOf(await read(text, { user: 'who', item: 'WHAT', time: 3, rating: 'mark' })), [
    ['a', 'b', 2, 1000],
  ]);
  assert.deepEqual(rowsOf(await read('i1,u1,9\n', { user: 2, item: '1' })), [['u1', 'i1', 9]]);
  assert.deepEqual(rowsOf(await read('x,u1,i1\n', { user: 2, item: 3 })), [['u1', 'i1']]);
  for (const options of [{ user: 'nobody' }, { item: 9 }, { user: 1, item: 1 }, { user: 0 }]) {
    const error = await failure(text, options);
    assert.equal(error.code, 'BAD_ARGUMENT', JSON.stringify(options));
    assert.match(error.message, /wanted one of 1 "who", 2 "what"/);
  }
});

test('tab, semicolon, "::" and single blanks', async () => {
  const wanted = [
    ['1', '10', 5, 100],
    ['2', '20', 3.5, 200],
  ];
  for (const [delimiter, kind] of [
    ['\t', 'tsv'],
    [';', 'csv'],
    ['::', 'dat'],
  ]) {
    const r = await read(`1,10,5,100\n2,20,3.5,200\n`.replaceAll(',', delimiter));
    assert.deepEqual(rowsOf(r), wanted, kind);
    assert.equal(r.format.delimiter, delimiter);
    assert.equal(r.format.kind, kind);
    assert.equal(r.format.header, false);
  }
  assert.deepEqual(rowsOf(await read('1 10 5 100\n2 20 3.5 200\n', { format: 'csv' })), wanted);
  assert.deepEqual(rowsOf(await read('1 10\n2 20\n')), [
    ['1', '10'],
    ['2', '20'],
  ]);
});

test('a delimiter inside another column does not mislead', async () => {
  const semicolon = await read('1;10;3,5;881\n1;11;4;882\n');
  assert.deepEqual(rowsOf(semicolon), [
    ['1', '10', 3.5, 881],
    ['1', '11', 4, 882],
  ]);
  const quoted = await read('"a;b;c;d",x,1\n"a::b",y,2\n');
  assert.deepEqual(rowsOf(quoted), [
    ['a;b;c;d', 'x', 1],
    ['a::b', 'y', 2],
  ]);
});

test('quotes are text in "::" files', async () => {
  assert.deepEqual(rowsOf(await read('u"1::"i::3\n')), [['u"1', '"i', 3]]);
});

test('lists: varying numbers of items, tabs and blanks, CRLF, a user with nothing, BOM', async () => {
  const list = await read('\uFEFF1 10 20 30\r\n2\t10 \r\n3\r\n\r\n1 40 10');
  assert.deepEqual(rowsOf(list), [
    ['1', '10'],
    ['1', '20'],
    ['1', '30'],
    ['2', '10'],
    ['1', '40'],
  ]);
  assert.deepEqual(list.users, ['1', '2']);
  assert.equal(list.duplicates, 1);
  assert.equal(list.rating, null);
  assert.equal(list.time, null);
  assert.deepEqual(list.format, {
    kind: 'list',
    delimiter: ' ',
    header: false,
    columns: { user: '1', item: '2-', rating: null, time: null },
  });
  assert.equal((await read('1 10 20\n2 30\n')).format.kind, 'list');
  assert.equal((await read('1 10 20 30 40\n')).format.kind, 'list');
  assert.equal((await read('ann tea coffee\n')).format.kind, 'list');
});

test('blanks that may mean two things are not guessed at', async () => {
  const text = '1 10 20\n2 30 40\n';
  const error = await failure(text);
  assert.equal(error.code, 'BAD_DATA');
  assert.match(error.message, /--format list .* or --format csv/);
  assert.equal((await read(text, { format: 'list' })).user.length, 4);
  assert.deepEqual(rowsOf(await read(text, { format: 'csv' })), [
    ['1', '10', 20],
    ['2', '30', 40],
  ]);
});

test('one column, or bars, is no format', async () => {
  for (const text of ['abc\ndef\n', '1|2|3\n4|5|6\n', '1|Toy Story (1995)|x\n2|GoldenEye|y\n']) {
    assert.match((await failure(text)).message, /no separator that is known/);
  }
});

test('--format wins over the guess', async () => {
  assert.deepEqual(rowsOf(await read('a,b\tc,d\n', { format: 'tsv' })), [['a,b', 'c,d']]);
  assert.deepEqual(rowsOf(await read('a,b\tc\n', { format: 'csv' })), [['a', 'b\tc']]);
  assert.deepEqual(rowsOf(await read('a::b,c\n', { format: 'dat' })), [['a', 'b,c']]);
  assert.deepEqual(rowsOf(await read('u1,x b,y\n', { format: 'list' })), [['u1,x', 'b,y']]);
  const error = await failure('1 2 3\n', { format: 'list', rating: 3 });
  assert.equal(error.code, 'BAD_ARGUMENT');
});

test('bad rows are counted: an error is not made for each of them', async (context) => {
  const { captureStackTrace } = Error;
  const made = context.mock.method(Error, 'captureStackTrace', captureStackTrace);
  for (const row of ['u1', 'u1,i1,4,9,9', 'u1,i1,x', ',i1,3', 'u1,i1,1e99,']) {
    const error = await failure(`user,item,rating\nu1,i1,4\n${`${row}\n`.repeat(500)}`);
    assert.equal(error.details.total, 500);
    assert.match(error.message, /:3: [^]*:12: [^]*and 490 more\b/);
  }
  assert.ok(made.mock.callCount() < 50, String(made.mock.callCount()));
});

test('options that make no sense', async () => {
  for (const options of [{ format: 'xls' }, { skipBad: -1 }, { skipBad: 1.5 }, { duplicates: 'first' }]) {
    const error = await failure('a,b\n', /** @type {ReadOptions} */ (/** @type {unknown} */ (options)));
    assert.equal(error.code, 'BAD_ARGUMENT');
    assert.equal(error.details.option, Object.keys(options)[0]);
  }
});

test('a file of comments alone has no row', async () => {
  for (const text of [
    '% bip weighted\n',
    '%%MatrixMarket matrix coordinate real general\n% c\n',
    '# a\n# b\n',
  ])
    assert.equal((await failure(text)).code, 'NO_DATA', text);
});
