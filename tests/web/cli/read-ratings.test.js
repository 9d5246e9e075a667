// Owns the tests of web/cli/read-ratings.js: every format, limit and complaint, and the real files. Must not
// test what ratings are worth, and must not need the network.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { AmpcfError } from '../../../web/core/errors.js';
import { BadRows } from '../../../web/cli/bad-rows.js';
import { lineBlocks } from '../../../web/cli/lines.js';
import { readRatings } from '../../../web/cli/read-ratings.js';
import { parseTable } from '../../../web/cli/table.js';

const folder = mkdtempSync(join(tmpdir(), 'ampcf-ratings-'));
after(() => rmSync(folder, { recursive: true }));

const moduleUrl = JSON.stringify(new URL('../../../web/cli/read-ratings.js', import.meta.url).href);

let written = 0;
/** @param {string | Uint8Array} content */
function fileOf(content) {
  const path = join(folder, `f${written++}`);
  writeFileSync(path, content);
  return path;
}

/** @typedef {import('../../../web/cli/read-ratings.js').ReadOptions} ReadOptions */

/**
 * @param {string | Uint8Array} content
 * @param {ReadOptions} [options]
 */
const read = (content, options) => readRatings(fileOf(content), options);

/**
 * Interactions as rows of ids.
 * @param {Awaited<ReturnType<typeof readRatings>>} r
 */
function rowsOf(r) {
  return Array.from(r.user, (u, k) => {
    const row = /** @type {(string | number)[]} */ ([r.users[u], r.items[r.item[k]]]);
    if (r.rating) row.push(r.rating[k]);
    if (r.time) row.push(r.time[k]);
    return row;
  });
}

/**
 * The AmpcfError that reading ends in.
 * @param {string | Uint8Array} content
 * @param {ReadOptions} [options]
 */
async function failure(content, options) {
  const error = await read(content, options).then(
    () => assert.fail('was read'),
    (e) => e,
  );
  assert.ok(error instanceof AmpcfError, String(error?.stack));
  return error;
}

/**
 * The bad rows of an error, as [line, what, got].
 * @param {AmpcfError} error
 */
const badRows = (error) =>
  /** @type {import('../../../web/cli/bad-rows.js').BadRow[]} */ (error.details.rows).map((r) => [
    r.line,
    r.what,
    r.got,
  ]);

// --------------------------------------------------------------------------------------------------- formats

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
  const semicolon = await failure('1;10;3,5;881\n1;11;4;882\n');
  assert.deepEqual(badRows(semicolon), [[1, 'rating is not a number', '3,5']]);
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

test('options that make no sense', async () => {
  for (const options of [{ format: 'xls' }, { skipBad: -1 }, { skipBad: 1.5 }, { duplicates: 'first' }]) {
    const error = await failure('a,b\n', /** @type {ReadOptions} */ (/** @type {unknown} */ (options)));
    assert.equal(error.code, 'BAD_ARGUMENT');
    assert.equal(error.details.option, Object.keys(options)[0]);
  }
});

// ---------------------------------------------------------------- what text files bring with them

test('a BOM is passed over, also before a quote', async () => {
  assert.deepEqual(rowsOf(await read('\uFEFFuser,item,rating\nu1,i1,1\n')), [['u1', 'i1', 1]]);
  assert.deepEqual(rowsOf(await read('\uFEFF"user","item"\nu1,i1\n')), [['u1', 'i1']]);
  assert.deepEqual(badRows(await failure('\uFEFFu1,i1,1\nu2,i2,x\n')), [[2, 'rating is not a number', 'x']]);
});

test('CRLF, CR and LF may be mixed, blank lines are nothing, and lines are counted right', async () => {
  const text = 'user,item,rating\r\na,b,1\rc,d,2\n\n\r\n\re,f,bad\r\ng,h,3\r';
  assert.deepEqual(badRows(await failure(text)), [[7, 'rating is not a number', 'bad']]);
  const r = await read(text, { skipBad: 1 });
  assert.deepEqual(rowsOf(r), [
    ['a', 'b', 1],
    ['c', 'd', 2],
    ['g', 'h', 3],
  ]);
  assert.equal(r.skipped, 1);
});

test('quoted commas, newlines and quotes are part of the id, byte for byte', async () => {
  const r = await read('user,item,rating\n"u,1","i\r\n""x""\ny",4\n');
  assert.deepEqual(rowsOf(r), [['u,1', 'i\r\n"x"\ny', 4]]);
});

test('lines are counted right after rows of several lines', async () => {
  const error = await failure('user,item,rating\n"a\r\nb\rc\nd",i,1\n"e\nf",j,x\nk,l\nm,n,y\n');
  assert.deepEqual(badRows(error), [
    [6, 'rating is not a number', 'x'],
    [8, 'wrong number of columns', '2'],
    [9, 'rating is not a number', 'y'],
  ]);
});

test('an unbalanced quote is told at the line that opens it, after the bad rows before it', async () => {
  const open = await failure('user,item\na,b\nc,"d\ne,f\ng,h\n');
  assert.equal(open.code, 'BAD_DATA');
  assert.deepEqual(
    badRows(open).map(([line, what]) => [line, what]),
    [[3, 'quote not closed']],
  );

  const closedLater = await failure('user,item\na,"b\nc,d\ne,"f",\n');
  assert.deepEqual(
    badRows(closedLater).map(([line, what]) => [line, what]),
    [[2, 'text after a closing quote']],
  );

  const afterRows = await failure('user,item\na\n\n\n"x\ny","d\ne,f\n');
  assert.deepEqual(
    badRows(afterRows).map(([line, what]) => [line, what]),
    [
      [2, 'wrong number of columns'],
      [6, 'quote not closed'],
    ],
  );

  const blankBefore = await failure('user,item\n\r\n\n"d,e\n');
  assert.deepEqual(
    badRows(blankBefore).map(([line]) => line),
    [4],
  );

  const inside = await failure('user,item\na,12" vinyl\n', { skipBad: 5 });
  assert.deepEqual(
    badRows(inside).map(([line]) => line),
    [2],
  );
  assert.match(inside.message, /written twice/);
});

test('NUL bytes are refused, with their line', async () => {
  const error = await failure('u,i\r\na,b\rc,\0d\n');
  assert.equal(error.code, 'BAD_DATA');
  assert.deepEqual(badRows(error), [[3, 'NUL byte', '\\0']]);
});

test('text that is not UTF-8 is refused, with its line', async () => {
  const error = await failure(Buffer.from('u,i\na,b\nc,caf\xe9\n', 'latin1'));
  assert.equal(error.code, 'BAD_DATA');
  assert.deepEqual(
    badRows(error).map(([line, what]) => [line, what]),
    [[3, 'not UTF-8']],
  );
  assert.match(error.message, /iconv/);
  assert.deepEqual(rowsOf(await read('u,i\nc,café 映画 🎬\n')), [
    ['u', 'i'],
    ['c', 'café 映画 🎬'],
  ]);
  for (const bytes of [
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xe2, 0x82],
  ]) {
    const bad = await failure(Buffer.concat([Buffer.from('u,i'), Buffer.from(bytes)]));
    assert.equal(bad.code, 'BAD_DATA', bytes.join());
  }
});

test('characters cut by the chunks of a large file are whole again', async () => {
  const lines = Array.from({ length: 60_000 }, (_, k) => `u${k % 97},映画é${k}`);
  const r = await read(`user,item\n${lines.join('\n')}`);
  assert.equal(r.items.length, 60_000);
  assert.ok(r.items.every((id, k) => id === `映画é${k}`));
});

test('a line over 1 MiB is CSV_LIMIT, at its line, and one of 1 MiB is not', async () => {
  const error = await failure(`u,i\na,b\n${'x'.repeat((1 << 20) + 1)}`);
  assert.equal(error.code, 'CSV_LIMIT');
  assert.deepEqual(
    badRows(error).map(([line, what]) => [line, what]),
    [[3, 'line too long']],
  );
  const fits = await failure(`u,i\na,b\n${','.repeat(1 << 20)}\n`);
  assert.deepEqual(badRows(fits), [[3, 'wrong number of columns', String((1 << 20) + 1)]]);
});

test('an endless line does not take endless memory or time', async () => {
  const child = spawn(
    process.execPath,
    [
      '--max-old-space-size=64',
      '--input-type=module',
      '-e',
      `
    import { readRatings } from ${moduleUrl};
    const e = await readRatings('-').catch((e) => e);
    process.stdout.write(e.code + ' ' + e.details.rows[0].line);
    process.exit();
  `,
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  child.stdin.on('error', () => {}); // the reader leaves early, which is the point
  child.stdin.write('u,i\n');
  const piece = Buffer.alloc(1 << 20, 'x');
  const write = () => {
    while (!child.stdin.destroyed && child.stdin.write(piece));
  };
  child.stdin.on('drain', write);
  write();
  let out = '';
  for await (const chunk of child.stdout) out += chunk;
  assert.equal(out, 'CSV_LIMIT 2');
});

test('a field over 64 KiB is CSV_LIMIT, counted in bytes, and one of 64 KiB is not', async () => {
  assert.equal((await read(`u,i,3,1,${'é'.repeat(1 << 15)}\n`)).user.length, 1);
  const error = await failure(`u,i,3,1,z\nu,i,3,1,${'é'.repeat(1 << 15)}z\n`);
  assert.equal(error.code, 'CSV_LIMIT');
  assert.deepEqual(badRows(error), [[2, 'field 5 too long', '65537 bytes']]);
});

test('a quoted row over 1 MiB is CSV_LIMIT at the line that opens the quote', async () => {
  const error = await failure(`user,item\na,b\nc,"d\n${'e,f\n'.repeat(300_000)}`);
  assert.equal(error.code, 'CSV_LIMIT');
  assert.deepEqual(
    badRows(error).map(([line, what]) => [line, what]),
    [[3, 'row too long']],
  );
  assert.match(error.message, /is a quote not closed/);
});

test('lists may have lines over 1 MiB', async () => {
  const items = Array.from({ length: 300_000 }, (_, k) => k);
  const r = await read(`u1 ${items.join(' ')}\nu2 5\n`);
  assert.equal(r.user.length, 300_001);
  assert.equal(r.format.kind, 'list');
});

test('no final newline', async () => {
  assert.deepEqual(rowsOf(await read('user,item,rating\na,b,1\nc,d,2')), [
    ['a', 'b', 1],
    ['c', 'd', 2],
  ]);
  assert.deepEqual(badRows(await failure('user,item,rating\na,b,1\nc,d,x')), [
    [3, 'rating is not a number', 'x'],
  ]);
  assert.deepEqual(rowsOf(await read('user,item\na,"b"')), [['a', 'b']]);
});

test('nothing to read is NO_DATA', async () => {
  for (const text of ['', '\n\r\n\r', '\uFEFF', '   \n', 'userId,itemId,rating\n', 'user,item', '\uFEFF\n']) {
    assert.equal((await failure(text)).code, 'NO_DATA', JSON.stringify(text));
  }
  assert.match((await failure('user,item\n')).message, /only a header/);
  assert.match((await failure('')).message, /the file is empty/);
  const allBad = await failure('user,item,rating\na,b,x\n', { skipBad: 1 });
  assert.equal(allBad.code, 'NO_DATA');
  assert.equal(allBad.details.skipped, 1);
  assert.equal((await failure('1\n2\n', { format: 'list' })).code, 'NO_DATA');
});

test('wrong numbers of columns', async () => {
  const error = await failure('user,item,rating\na,b,1\na,b\na,b,1,2\na,b,3\n');
  assert.equal(error.code, 'BAD_DATA');
  assert.deepEqual(badRows(error), [
    [3, 'wrong number of columns', '2'],
    [4, 'wrong number of columns', '4'],
  ]);
});

test('ratings are decimal numbers, whatever the locale', async () => {
  const good = /** @type {[string, number][]} */ ([
    ['1', 1],
    ['4.5', 4.5],
    ['+3', 3],
    ['-2.25', -2.25],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['2E-2', 0.02],
    ['0', 0],
    ['1e-999', 0],
  ]);
  const r = await read(`user,item,rating\n${good.map(([text], k) => `u,i${k},${text}`).join('\n')}`);
  assert.deepEqual(
    [...(r.rating ?? [])],
    good.map(([, value]) => value),
  );
  for (const text of [
    '"1,5"',
    '1e999',
    '-1e999',
    '1e16',
    'NaN',
    'Infinity',
    '0x10',
    '',
    ' 3',
    '3 ',
    '1_000',
    '٣',
    '1e',
    '.',
    '--1',
    '1.2.3',
    'true',
  ]) {
    const error = await failure(`user,item,rating\nu,i,1\nu,j,${text}\n`);
    assert.deepEqual(badRows(error), [[3, 'rating is not a number', text.replaceAll('"', '')]], text);
  }
});

test('times: seconds, milliseconds, dates; before 1970 and after 2038', async () => {
  const good = /** @type {[string, number][]} */ ([
    ['0', 0],
    ['964982703', 964982703],
    ['-86400', -86400],
    ['4102444800', 4102444800],
    ['99999999999', 99999999999],
    ['100000000001', 100000000.001],
    ['1577836800123', 1577836800.123],
    ['-1577836800000', -1577836800],
    ['12.5', 12.5],
    ['1970-01-02', 86400],
    ['1969-12-31', -86400],
    ['2100-01-01', 4102444800],
    ['2020-01-01T00:00:00Z', 1577836800],
    ['2020-01-01 00:00:00', 1577836800],
    ['2020-01-01T00:00', 1577836800],
    ['2020-01-01T01:30:00.5+01:30', 1577836800.5],
    ['2020-01-01T00:00:00-0100', 1577840400],
    ['2020-02-29', 1582934400],
  ]);
  const r = await read(`user,item,time\n${good.map(([text], k) => `u,i${k},${text}`).join('\n')}`);
  assert.deepEqual(
    [...(r.time ?? [])],
    good.map(([, value]) => value),
  );
  for (const text of [
    '',
    'yesterday',
    '2020-13-01',
    '2021-02-29',
    '2020-01-01T25:00',
    '01/02/2020',
    '1e9',
    '1e999',
    '9e99',
    '12345678901234567890',
    'NaN',
    '0x5',
  ]) {
    const error = await failure(`user,item,time\nu,i,1\nu,j,${text}\n`);
    assert.deepEqual(badRows(error), [[3, 'time is not a time', text]], text);
  }
});

test('times do not depend on the time zone of the machine', async () => {
  const zone = process.env.TZ;
  process.env.TZ = 'Pacific/Chatham';
  try {
    assert.notEqual(new Date(0).getTimezoneOffset(), 0, 'the zone is in force');
    assert.deepEqual(
      [...((await read('user,item,time\nu,i,2020-01-01 00:00:00\n')).time ?? [])],
      [1577836800],
    );
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});

test('pairs that come again: the last row in the file wins, in the place of the first', async () => {
  const text = 'user,item,rating,time\na,x,1,100\nb,x,5,1\na,y,2,2\na,x,3,50\nb,x,4,7\na,x,9,60\n';
  const last = await read(text);
  assert.deepEqual(rowsOf(last), [
    ['a', 'x', 9, 60],
    ['b', 'x', 4, 7],
    ['a', 'y', 2, 2],
  ]);
  assert.equal(last.duplicates, 3);
  const sum = await read(text, { duplicates: 'sum' });
  assert.deepEqual(rowsOf(sum), [
    ['a', 'x', 13, 60],
    ['b', 'x', 9, 7],
    ['a', 'y', 2, 2],
  ]);
  assert.equal(sum.duplicates, 3);
});

test("'sum' counts rows where there are no ratings", async () => {
  assert.deepEqual(rowsOf(await read('a,x\nb,x\na,x\n', { duplicates: 'sum' })), [
    ['a', 'x', 2],
    ['b', 'x', 1],
  ]);
  assert.deepEqual(rowsOf(await read('a x x y\nb x z\n', { duplicates: 'sum', format: 'list' })), [
    ['a', 'x', 2],
    ['a', 'y', 1],
    ['b', 'x', 1],
    ['b', 'z', 1],
  ]);
});

test('merging agrees with a table of pairs on 50,000 rows', async () => {
  let seed = 7;
  const next = (/** @type {number} */ n) => ((seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 8) % n;
  const lines = [];
  /** @type {Map<string, [number, number]>} */
  const wanted = new Map();
  for (let k = 0; k < 50_000; k++) {
    const [u, i, r] = [`u${next(200)}`, `i${next(300)}`, next(10)];
    lines.push(`${u},${i},${r},${k}`);
    wanted.set(`${u},${i}`, [r, k]);
  }
  const r = await read(lines.join('\n'));
  assert.deepEqual(
    rowsOf(r),
    [...wanted].map(([pair, value]) => [...pair.split(','), ...value]),
  );
  assert.equal(r.duplicates, 50_000 - wanted.size);
});

// ------------------------------------------------------------------------------------------------------- ids

test('ids: 512 bytes are enough, 513 and none are BAD_IDS', async () => {
  const long = 'é'.repeat(256);
  assert.equal((await read(`user,item\n${long},b\n`)).users[0], long);
  const error = await failure(`user,item\n${long}x,b\n,b\na,\n`);
  assert.equal(error.code, 'BAD_IDS');
  assert.deepEqual(
    badRows(error).map(([line, what]) => [line, what]),
    [
      [2, 'user: id too long'],
      [3, 'user: empty id'],
      [4, 'item: empty id'],
    ],
  );
  assert.equal((await failure(`u ${'x'.repeat(513)} b\n`, { format: 'list' })).code, 'BAD_IDS');
  assert.equal((await failure('user,item,rating\n,b,1\na,b,x\n')).code, 'BAD_DATA', 'bad ids and worse');
});

test('ids are compared by their bytes: no trimming, no case, no normal form', async () => {
  const r = await read(
    'user,item\na,caf\u00e9\na,cafe\u0301\na, b\na,b\nA,b\na,01\na,1\n__proto__,constructor\n',
  );
  assert.deepEqual(r.items, ['caf\u00e9', 'cafe\u0301', ' b', 'b', '01', '1', 'constructor']);
  assert.deepEqual(r.users, ['a', 'A', '__proto__']);
});

test('a row left out leaves no id behind', async () => {
  const r = await read('user,item,rating\nghost,g,x\na,b,1\n', { skipBad: 1 });
  assert.deepEqual(r.users, ['a']);
  assert.deepEqual(r.items, ['b']);
});

// -------------------------------------------------------------------------------------------------- bad rows

test('the first ten bad rows are shown and all are counted', async () => {
  const bad = Array.from({ length: 25 }, (_, k) => `u,i${k},bad${k}`);
  const text = `user,item,rating\n${bad.join('\n')}\nu,i,1\n`;
  const path = fileOf(text);
  const error = await readRatings(path).then(
    () => assert.fail('was read'),
    (e) => e,
  );
  assert.equal(error.code, 'BAD_DATA');
  assert.equal(error.details.total, 25);
  assert.equal(error.details.rows.length, 10);
  assert.deepEqual(error.details.rows[9], {
    line: 11,
    what: 'rating is not a number',
    got: 'bad9',
    wanted: 'a decimal number such as 4.5',
  });
  const lines = error.message.split('\n');
  assert.equal(lines.length, 11);
  assert.equal(
    lines[0],
    `${path}:2: rating is not a number, got "bad0", wanted a decimal number such as 4.5`,
  );
  assert.equal(lines[10], '... and 15 more');
});

test('a broken quote is shown, however many bad rows came before', async () => {
  const error = await failure(`user,item,rating\n${'u,i,bad\n'.repeat(15)}u,i,"3\n`);
  assert.equal(error.details.total, 16);
  assert.deepEqual(badRows(error).length, 10);
  assert.deepEqual(badRows(error)[9], [17, 'quote not closed', '"3']);
});

test('skipBad allows so many bad rows and not one more', async () => {
  const text = 'user,item,rating\na,b,1\na,c,x\na\na,d,2\n';
  const r = await read(text, { skipBad: 2 });
  assert.equal(r.skipped, 2);
  assert.deepEqual(rowsOf(r), [
    ['a', 'b', 1],
    ['a', 'd', 2],
  ]);
  assert.equal((await failure(text, { skipBad: 1 })).details.total, 2);
});

test('what was got is shown harmless and short', async () => {
  const error = await failure(`user,item,rating\na,b,1\na,c,\x1b[31m${'z'.repeat(500)}\n`);
  assert.ok(!error.message.includes('\x1b'));
  assert.ok(error.message.length < 300);
});

// ------------------------------------------------------------------------------------------- files and pipes

test('a missing file and a folder are IO, with the reason and the cause', async () => {
  const missing = await readRatings(join(folder, 'nowhere.csv')).then(
    () => assert.fail(),
    (e) => e,
  );
  assert.equal(missing.code, 'IO');
  assert.match(missing.message, /nowhere\.csv: cannot read: no such file/);
  assert.equal(missing.cause.code, 'ENOENT');
  assert.equal(missing.details.reason, 'ENOENT');
  const dir = await readRatings(folder).then(
    () => assert.fail(),
    (e) => e,
  );
  assert.equal(dir.code, 'IO');
  assert.equal(dir.details.reason, 'EISDIR');
});

test('files that are no text tables are recognised', async () => {
  for (const [content, hint] of /** @type {[string | Uint8Array, RegExp][]} */ ([
    [Buffer.from([0x1f, 0x8b, 8, 0]), /gzip/],
    ['PK\x03\x04rest', /zip file/],
    ['<!DOCTYPE html><html>', /web page/],
    ['\n <html lang="en">', /web page/],
    ['{"user":"a","item":"b"}\n', /JSON/],
    ['[{"user":"a"}]', /JSON/],
    [Buffer.from([0x89, 0x41, 0x4d, 0x50]), /ampcf model/],
    [Buffer.from('\uFEFFuser,item\n', 'utf16le'), /UTF-16/],
    ['PAR1....', /Parquet/],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:1\n', /Git LFS/],
  ])) {
    const error = await failure(content);
    assert.equal(error.code, 'BAD_DATA', String(hint));
    assert.match(error.message, hint);
  }
  assert.deepEqual(rowsOf(await read('[a],b\n', { format: 'csv' })), [['[a]', 'b']]);
});

/**
 * What readRatings('-') makes of bytes that come in pieces.
 * @param {(string | Buffer)[]} pieces
 */
async function readPipe(pieces) {
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `
    import { readRatings } from ${moduleUrl};
    const r = await readRatings('-').catch((e) => ({ code: e.code, message: e.message }));
    process.stdout.write(JSON.stringify(r, (k, v) => ArrayBuffer.isView(v) ? [...v] : v));
  `,
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  for (const piece of pieces) {
    child.stdin.write(piece);
    await new Promise((done) => setTimeout(done, 5));
  }
  child.stdin.end();
  let out = '';
  for await (const chunk of child.stdout) out += chunk;
  return JSON.parse(out);
}

test('standard input is read, whatever pieces it comes in', async () => {
  const bytes = Buffer.from('user,item,rating\r\na,"é\r\n",1\r\nb,c,2');
  const r = await readPipe([
    bytes.subarray(0, 17),
    bytes.subarray(17, 21),
    bytes.subarray(21, 22),
    bytes.subarray(22),
  ]);
  assert.deepEqual(
    [r.users, r.items, r.user, r.item, r.rating],
    [
      ['a', 'b'],
      ['é\r\n', 'c'],
      [0, 1],
      [0, 1],
      [1, 2],
    ],
  );
  const bad = await readPipe(['user,item\na\n']);
  assert.equal(bad.code, 'BAD_DATA');
  assert.match(bad.message, /^<stdin>:2: wrong number of columns/);
});

test('rows and lines are the same, whatever the chunks are cut at', async () => {
  const bytes = Buffer.from('\uFEFFa,"é\r\nx"\r\n\r\nc,d\re,"""f"\n\n"g\n\r\n",h\r\nbad\nlast,映画');
  const run = async (/** @type {number} */ size) => {
    const chunks = [];
    for (let i = 0; i < bytes.length; i += size) chunks.push(bytes.subarray(i, i + size));
    const bad = new BadRows('f', 0);
    /** @type {unknown[]} */
    const got = [];
    await parseTable(
      lineBlocks(chunks, 'f', 1000),
      { file: 'f', delimiter: ',', quoted: true, bad },
      (fields, line) => {
        got.push([line(), ...fields]);
      },
    );
    return [...got, ...bad.rows];
  };
  const whole = await run(bytes.length);
  assert.deepEqual(whole, [
    [1, 'a', 'é\r\nx'],
    [4, 'c', 'd'],
    [5, 'e', '"f'],
    [7, 'g\n\r\n', 'h'],
    [11, 'last', '映画'],
    { line: 10, what: 'wrong number of columns', got: '1', wanted: '2' },
  ]);
  for (const size of [1, 2, 3, 5, 7, 11]) assert.deepEqual(await run(size), whole, `chunks of ${size}`);
});

test('progress rises to the whole file', async () => {
  const text = `user,item\n${Array.from({ length: 60_000 }, (_, k) => `u${k % 50},item${k}`).join('\n')}\n`;
  /** @type {{ bytes: number, total: number | null, rows: number }[]} */
  const seen = [];
  await read(text, { onProgress: (p) => seen.push(p) });
  assert.ok(seen.length >= 3);
  assert.ok(seen.every((p, k) => k === 0 || (p.bytes >= seen[k - 1].bytes && p.rows >= seen[k - 1].rows)));
  assert.ok(seen[0].rows < 60_000);
  assert.deepEqual(seen.at(-1), { bytes: text.length, total: text.length, rows: 60_000 });
});

test('a signal stops the reading with its reason, before it and amid it', async () => {
  const path = fileOf(
    `user,item\n${Array.from({ length: 200_000 }, (_, k) => `u${k % 50},item${k}`).join('\n')}\n`,
  );
  const reason = new Error('enough');
  await assert.rejects(readRatings(path, { signal: AbortSignal.abort(reason) }), (e) => e === reason);
  const controller = new AbortController();
  let rows = 0;
  const onProgress = (/** @type {{ rows: number }} */ p) => {
    rows = p.rows;
    controller.abort(reason);
  };
  await assert.rejects(readRatings(path, { signal: controller.signal, onProgress }), (e) => e === reason);
  assert.ok(rows < 200_000);
});

test('an error closes the file, amid it and before the first row', async (t) => {
  if (!existsSync('/proc/self/fd')) return t.skip('skipped: no /proc to count open files in');
  const { readdir } = await import('node:fs/promises');
  const path = fileOf(`user,item\na,"b\n${'c,d\n'.repeat(500_000)}`);
  const before = (await readdir('/proc/self/fd')).length;
  const refused = fileOf(Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(1 << 20)]));
  for (let k = 0; k < 5; k++) {
    await assert.rejects(readRatings(path), { code: 'CSV_LIMIT' });
    await assert.rejects(readRatings(refused), { code: 'BAD_DATA' });
  }
  await new Promise((done) => setTimeout(done, 50));
  assert.ok((await readdir('/proc/self/fd')).length <= before);
});

// ------------------------------------------------------------------------------------------------- real
// files

const data = process.env.AMPCF_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));

for (const [name, rows, users, items, kind] of /** @type {const} */ ([
  ['ml-latest-small/ratings.csv', 100_836, 610, 9_724, 'csv'],
  ['ml-100k/u.data', 100_000, 943, 1_682, 'tsv'],
  ['ml1m-leaderboard/train.txt', 796_244, 6_022, 3_043, 'list'],
  ['amazon-video-games/ratings.csv', 115_828, 7_884, 22_251, 'csv'],
])) {
  test(`real file: ${name}`, async (t) => {
    const path = join(data, name);
    if (!existsSync(path)) return t.skip(`skipped: ${path} is not there`);
    const began = performance.now();
    const r = await readRatings(path);
    t.diagnostic(`${basename(name)}: ${rows} rows in ${Math.round(performance.now() - began)} ms`);
    assert.deepEqual(
      [r.user.length, r.users.length, r.items.length, r.format.kind, r.duplicates],
      [rows, users, items, kind, 0],
    );
    assert.equal(r.rating === null, kind === 'list');
  });
}
