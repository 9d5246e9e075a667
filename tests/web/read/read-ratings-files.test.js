// Owns the tests of where web/read/read-ratings.js reads from and what it says of it: bad rows, files, pipes,
// progress, and the real files. Must not need the network.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BadRows } from '../../../web/read/bad-rows.js';
import { lineBlocks } from '../../../web/read/lines.js';
import { readRatings } from '../../../web/read/read-ratings.js';
import { parseTable } from '../../../web/read/table.js';
import { badRows, failure, fileOf, folder, moduleUrl, read, rowsOf } from './ratings-files.js';

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
  assert.equal(lines.length, 12);
  assert.equal(
    lines[0],
    `${path}:2: rating is not a number, got "bad0", wanted a decimal number such as 4.5`,
  );
  assert.equal(lines[10], '... and 15 more');
  assert.match(lines[11], /^\(--skip-bad 25 leaves out 25 bad rows; --rating COL says .*--rating none/);
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
    [Buffer.from([0x1f, 0x8b, 8, 0]), /damaged gzip/],
    ['BZh91AY', /bzip2/],
    ['PK\x03\x04rest', /zip file/],
    ['<!DOCTYPE html><html>', /web page/],
    ['\n <html lang="en">', /web page/],
    ["{'user': 'a', 'item': 'b'}\n", /JSON without rows, got text that is no JSON; .*Python/],
    ['{"a":1,"b":[1,2]}', /cannot tell which column is the user/],
    [Buffer.from([0x89, 0x41, 0x4d, 0x50]), /ampcf model/],
    ['PAR1....', /cannot read as Parquet/],
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
