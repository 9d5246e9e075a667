// Owns the tests of what text files bring with them into web/read/read-ratings.js: line ends, quotes,
// encodings, numbers, times and ids. Must not test how columns are found.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { readRatings } from '../../../web/read/read-ratings.js';
import { badRows, failure, moduleUrl, read, rowsOf } from './ratings-files.js';

test('a BOM is passed over, also before a quote', async () => {
  assert.deepEqual(rowsOf(await read('\uFEFFuser,item,rating\nu1,i1,1\n')), [['u1', 'i1', 1]]);
  assert.deepEqual(rowsOf(await read('\uFEFF"user","item"\nu1,i1\n')), [['u1', 'i1']]);
  assert.deepEqual(badRows(await failure('\uFEFFu1,i1,1\nu2,i2,x\n')), [[2, 'rating is not a number', 'x']]);
});

test('in a list a BOM is one at the head of the file, wherever chunks are cut', async () => {
  // A file is read in chunks of 256 kB, and the second one begins at the mark.
  const line = '0 1 2\n';
  const lines = line.repeat(Math.floor((1 << 18) / line.length));
  const head = `\uFEFF${lines}`.slice(0, (1 << 18) - 3 - line.length);
  const padding = ' '.repeat((1 << 18) - Buffer.byteLength(head) - 1);
  const r = await read(`${head}${padding}\n\uFEFF 7 8\n`, { format: 'list' });
  assert.ok(!r.users.includes('\uFEFF0') && r.users.includes('\uFEFF'));
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

test('the first character beyond ASCII says whether a file is UTF-8 or Latin-1', async () => {
  const latin1 = await read(Buffer.from('user,item\na,b\nc,caf\xe9\nd,na\xefve \x80\n', 'latin1'));
  assert.deepEqual(latin1.items, ['b', 'café', 'naïve €']);
  assert.equal(latin1.reading.coding.encoding, 'latin1');
  const utf8 = await read('user,item\nc,café 映画 🎬\n');
  assert.deepEqual(rowsOf(utf8), [['c', 'café 映画 🎬']]);
  assert.equal(utf8.reading.coding.encoding, 'utf-8');
  for (const bytes of [
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xe2, 0x82],
  ]) {
    const text = Buffer.concat([Buffer.from('user,item\na,é\nb,x'), Buffer.from(bytes)]);
    assert.deepEqual(
      badRows(await failure(text)).map(([line, what]) => [line, what]),
      [[3, 'not UTF-8']],
      bytes.join(),
    );
  }
});

test('a file of UTF-8 whose first character is broken is not taken for Latin-1', async () => {
  const text = Buffer.concat([
    Buffer.from('user,item\na,x'),
    Buffer.from([0xe9]),
    Buffer.from('y\nb,é\nc,映\n'),
  ]);
  const error = await failure(text);
  assert.deepEqual(
    badRows(error).map(([line, what]) => [line, what]),
    [[2, 'not UTF-8, as most of the file is']],
  );
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
    [' 3', 3],
    ['3 ', 3],
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

test('pairs that come again: the latest row wins, in the place of the first', async () => {
  const text = 'user,item,rating,time\na,x,1,100\nb,x,5,1\na,y,2,2\na,x,3,50\nb,x,4,7\na,x,9,60\n';
  const last = await read(text);
  assert.deepEqual(rowsOf(last), [
    ['a', 'x', 1, 100],
    ['b', 'x', 4, 7],
    ['a', 'y', 2, 2],
  ]);
  assert.equal(last.duplicates, 3);
  assert.deepEqual(rowsOf(await read('user,item,rating,time\na,x,2,7\na,x,5,7\na,x,3,7\n')), [
    ['a', 'x', 5, 7],
  ]);
  assert.deepEqual(rowsOf(await read('user,item,rating\na,x,2\na,x,5\na,x,3\n')), [['a', 'x', 5]]);
  const sum = await read(text, { duplicates: 'sum' });
  assert.deepEqual(rowsOf(sum), [
    ['a', 'x', 13, 100],
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
