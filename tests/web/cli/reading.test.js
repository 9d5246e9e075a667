// Owns the tests of how the command reads files: what it says of them before it trains, ids with commas,
// counts as weights, Parquet, and people who do not meet. Must not test formats one by one.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { csv, itemFacts, rows } from '../read/made.js';
import { commandIn } from './command.js';

const { folder, ampcf, json, refuses } = commandIn('reading');
const write = (/** @type {string} */ name, /** @type {string | Uint8Array} */ content) =>
  writeFileSync(`${folder}/${name}`, content);

const small = '--dim 4 --min-support 1';
write('r.csv', csv);
write('r.csv.gz', gzipSync(csv));
write(
  'movies.csv',
  `movieId,title,genres\n${itemFacts.map(({ id, title }) => `${id},"${title}",War|Drama\n`).join('')}`,
);
write(
  'm.jsonl',
  itemFacts.map(({ id, title, genres }) => `${JSON.stringify({ item_id: id, title, genres })}\n`).join(''),
);

test('what was understood is said before the training, and stands in the summary', () => {
  const { status, stderr } = ampcf(`train r.csv.gz --items movies.csv ${small} -o m.ampcf`);
  assert.equal(status, 0, stderr);
  const before = stderr.slice(0, stderr.indexOf('trained '));
  for (const line of [
    /^read {5}48 interactions of 12 people with 10 items \(csv: user user, item item, rating rating\)$/m,
    /^format {3}commas, with a header, utf-8, gzip$/m,
    /^columns {2}user user, item item, rating rating, time timestamp$/m,
    /^first {4}user 101, item 500, rating 5, time 1400000000$/m,
    /^kept {5}36 of 48 with a rating of 3 or more: stars in whole steps \(--min-rating 0 keeps all\)$/m,
    /^titles {3}for 10 of 10 items, 2 aspects \(id movieId, title title, aspects genres\)$/m,
  ])
    assert.match(before, line);
  const { understood, minRating } = json(`train r.csv --items m.jsonl ${small} -o m2.ampcf`);
  assert.deepEqual([understood.likes.rows, understood.titles.aspects, minRating], [36, 3, 3]);
});

test('warnings are for those who want quiet too', () => {
  write('na.csv', `user,item\nNA,1\n${rows.map(({ user, item }) => `${user},${item}\n`).join('')}`);
  const { status, stderr } = ampcf(`train na.csv ${small} -o na.ampcf -q`);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /^warning {2}a person is called "NA"/m);
});

test('Parquet is read: interactions and items', () => {
  const column = (/** @type {string} */ name, /** @type {any[]} */ data) => ({ name, data });
  const table = (/** @type {any} */ columnData) => new Uint8Array(parquetWriteBuffer({ columnData }));
  write(
    'r.parquet',
    table([
      column(
        'user_id',
        rows.map(({ user }) => user),
      ),
      column(
        'item_id',
        rows.map(({ item }) => item),
      ),
      column(
        'rating',
        rows.map(({ rating }) => rating),
      ),
    ]),
  );
  write(
    'i.parquet',
    table([
      column(
        'item_id',
        itemFacts.map(({ id }) => id),
      ),
      column(
        'title',
        itemFacts.map(({ title }) => title),
      ),
    ]),
  );
  const { users, items, understood } = json(`train r.parquet --items i.parquet ${small} -o p.ampcf`);
  assert.deepEqual([users, items, understood.titles.titled, understood.format.kind], [12, 10, 10, 'parquet']);
});

test('plays as weights: any count, on a scale that is said; 0 and below are no likes', () => {
  const plays = (/** @type {number} */ i) => (i % 7 ? i * 1000 : -1);
  const lines = rows.map(({ user, item }, i) => `${user},${item},${plays(i)}\n`);
  write('plays.csv', `user,item,plays\n${lines.join('')}`);
  const { stderr } = ampcf(`train plays.csv --weights ${small} -o w.ampcf`);
  assert.match(stderr, /likes {4}41 of 48 rows above 0: counts \(plays\); 7 at 0 or below are no likes/);
  assert.match(stderr, /weights {2}log\(1 \+ n\), for some are high/);
  const linear = ampcf(`train plays.csv --weights --weight-scale linear ${small} -o w2.ampcf`);
  assert.match(linear.stderr, /weights {2}as they are; 40 above the highest weight count as that/);
  assert.equal(json(`train plays.csv ${small} -o w3.ampcf`).interactions, 41);
  refuses('train plays.csv -o w4.ampcf', [
    ['--weight-scale log1p', 2, /--weight-scale: got log1p, wanted --weights with it/],
    ['--weights --weight-scale cube', 2, /wanted linear or log1p/],
    ['--weights --rating none', 2, /--weights: the file has no rating column \(--rating COL/],
  ]);
});

test('times that a training does not need never stop it; those that it needs do', () => {
  const text = csv.replace(/,\d+\n$/, ',someday\n');
  write('times.csv', text);
  const { status, stderr } = ampcf(`train times.csv ${small} -o t.ampcf`);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /times {4}left out: 1 rows have none that can be read \(line 49: "someday"\)/);
  refuses('train times.csv -o t2.ampcf', [
    ['--validation 0.2', 3, /time is not a time.*\n\(--skip-bad 1 .*--time none/],
  ]);
  assert.equal(ampcf(`train times.csv --time none --validation 0.25 ${small} -o t.ampcf`).status, 0);
});

test('ids with commas: whole in an option that is repeated, quoted or plain in a file', () => {
  write(
    'games.csv',
    `user,item\n${rows.map(({ user, item }) => `${user},"Game ${item}, the return"\n`).join('')}`,
  );
  assert.equal(ampcf(`train games.csv ${small} -o g.ampcf`).status, 0);
  const [a, b] = ['Game 500, the return', 'Game 502, the return'];
  const unknown = (/** @type {string[]} */ ...args) => json(['recommend', 'g.ampcf', ...args, '-k', '3']);
  const wanted = unknown('--history', a, '--history', b);
  assert.deepEqual([wanted.unknown, wanted.personalized], [[], true]);
  for (const [name, text] of Object.entries({
    plain: `${a}\n${b}\n`,
    quoted: `"${a}"\n"${b}"\n`,
    weighted: `${a},1\n"${b}",1\n`,
  })) {
    write(`${name}.txt`, text);
    assert.deepEqual(unknown('--history', `${name}.txt`).items, wanted.items, name);
  }
  assert.equal(
    unknown('--history', a, '--exclude', b).items.some((/** @type {any} */ { item }) => item === b),
    false,
  );
  refuses('recommend g.ampcf', [
    ['--history nowhere.csv', 5, /--history: nowhere\.csv: no such file, and no item of the model/],
    ['--history folder/mine', 5, /no such file/],
  ]);
});

test('what helps is named: minimum support, and people who do not meet', () => {
  write('few.csv', 'user,item\na,x\nb,x\n');
  write('other.csv', csv.replaceAll(/^1/gm, '9'));
  refuses('train few.csv -o f.ampcf', [['', 3, /no interactions left.*--min-support 1 keeps/]]);
  refuses('evaluate m.ampcf --history r.csv', [
    [
      '--test other.csv',
      3,
      /no person of the test has a history, got people such as "901", history of "101"/,
    ],
  ]);
  refuses('diagnose m.ampcf --history r.csv', [
    ['--test other.csv', 3, /no person of the test has a history/],
  ]);
});

test('what is uncertain is a question, whose answer is an option', () => {
  const first = rows.map(({ user, item }) => `${item},3f2504e0-4f89-11d3-9a0c-0305e82c3${user}\n`).join('');
  write('items-first.csv', first);
  const { status, stderr } = ampcf(`train items-first.csv ${small} -o u.ampcf`);
  assert.equal(status, 2);
  assert.match(stderr, /^items-first.csv:1: column 2 has long ids, .*--user 2 --item 1/m);
  const answered = json(`train items-first.csv --user 2 --item 1 ${small} -o u.ampcf`);
  assert.deepEqual([answered.users, answered.items], [12, 10]);
});

test('a column like ratings, the first row that counts, and the option that keeps all', () => {
  const lines = rows
    .map(({ user, item, rating }) => `${user},${item},${rating === 1 ? -1 : rating}\n`)
    .join('');
  write('mine.csv', `user,item,my_score\n,500,5\n${lines}`);
  const unused = ampcf(`train mine.csv --skip-bad 1 ${small} -o s.ampcf`);
  assert.match(unused.stderr, /^warning {2}column "my_score" looks like ratings and is not used/m);
  assert.match(unused.stderr, /^first {4}user 101, item 500$/m);
  const used = ampcf(`train mine.csv --skip-bad 1 --rating my_score ${small} -o s.ampcf`);
  assert.match(used.stderr, /\(--min-rating=-1 keeps all\)$/m);
  const all = json(`train mine.csv --skip-bad 1 --rating my_score --min-rating=-1 ${small} -o s.ampcf`);
  assert.equal(all.understood.likes.rows, 48);
});

test('rows that are all bad cannot be left out, and a folder is no file', () => {
  write('words.csv', `user,item,rating\n${rows.map(({ user, item }) => `${user},${item},great\n`).join('')}`);
  write(
    'wide.csv',
    `user,item,rating\n${rows.map(({ user, item }) => `${user},${item},5,.1,.2\n`).join('')}`,
  );
  mkdirSync(`${folder}/parts`);
  for (const name of ['a.parquet', 'b.parquet', '_SUCCESS']) write(`parts/${name}`, '');
  refuses('', [
    [`train words.csv ${small} -o w.ampcf`, 3, /\(all 48 rows are bad; --rating COL .*--rating none/],
    [`train wide.csv ${small} -o w.ampcf`, 3, /\(the first line has 3 columns, all 48 others 5: /],
    [
      `train parts ${small} -o w.ampcf`,
      5,
      /parts: cannot read, got a folder with 2 files of parquet, wanted one/,
    ],
  ]);
});

test('options that would do nothing, and those that nobody has, are refused', () => {
  for (const [option, message] of /** @type {const} */ ([
    ['--items-id 1', /--items-id: got 1, wanted --items with it/],
    ['--items-title 1', /--items-title: got 1, wanted --items with it/],
    ['--aspect-separator /', /--aspect-separator: got \/, wanted --items with it/],
    ['--min-ratng 3', /--min-ratng: this command has no such option, wanted --min-rating/],
    ['--qwertyuiop', /--qwertyuiop: this command has no such option, wanted one of those of its help/],
  ]))
    refuses('', [[`train r.csv ${option} ${small} -o o.ampcf`, 2, message]]);
});
