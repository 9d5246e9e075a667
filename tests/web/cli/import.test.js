// Owns the test of `ampcf import` and `ampcf export` as commands: exit codes, messages, and that what goes
// out comes back. Must not know formats.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { parquetOf } from '../../../web/vectors/write-table.js';
import { interactionsOf, people, smallModel } from '../../support.js';
import { commandIn } from './command.js';

const { folder, ampcf, json, refuses } = commandIn('import');
const at = (/** @type {string} */ name) => join(folder, name);
const list = (/** @type {string} */ model) =>
  json(`recommend ${model} --history alien-1979,heat-1995,spirited-away-2001 -k 30`).items;

before(async () => {
  writeFileSync(at('m.ampcf'), await smallModel({ itemDamping: 0.5, bias: 0.05 }));
  const { users, items, user, item } = interactionsOf(people);
  const rows = Array.from(user, (u, x) => `${users[u]},${items[item[x]]}`);
  writeFileSync(at('likes.csv'), `user,item\n${rows.join('\n')}\n`);
  writeFileSync(at('films.csv'), readFileSync(new URL('../../../examples/demo/films.csv', import.meta.url)));
  writeFileSync(at('tiny.csv'), 'id,v1,v2\na,1,0\nb,.9,.1\nc,0,1\n');
});

describe('a round trip', () => {
  test('of safetensors gives the same scores, to the last bit', () => {
    const { files } = json('export m.ampcf --to safetensors -o m.safetensors');
    assert.deepEqual(files, ['m.safetensors']);
    json('import m.safetensors --items films.csv -o again.ampcf');
    assert.deepEqual(list('again.ampcf'), list('m.ampcf'));
  });

  test('of every other format too, with settings and interactions', () => {
    for (const [format, more] of [
      ['npy', '--ids m.ids.txt'],
      ['csv', ''],
      ['jsonl', ''],
      ['parquet', ''],
    ]) {
      const { files } = json(`export m.ampcf --to ${format} -o m.${format}`);
      assert.deepEqual(files, [`m.${format}`, ...(format === 'npy' ? ['m.ids.txt'] : []), 'm.settings.json']);
      const from = `m.${format} ${more} --settings m.settings.json --items films.csv`;
      json(`import ${from} --interactions likes.csv --validation none -o ${format}.ampcf`);
      assert.deepEqual(list(`${format}.ampcf`), list('m.ampcf'), format);
      json(`import ${from} -o alone.ampcf`);
      assert.deepEqual(list('alone.ampcf'), list('m.ampcf'), `${format} without interactions`);
    }
    json('import m.csv --items films.csv -o plain.ampcf');
    assert.notDeepEqual(list('plain.ampcf'), list('m.ampcf'), 'or nothing would be tested');
  });
});

test('import says what it has read and chosen, and what the source reaches', () => {
  json('export m.ampcf --to npy -o v.npy');
  const { dim: width } = json('export m.ampcf --to csv -o v.csv');
  writeFileSync(
    at('users.csv'),
    `${people
      .slice(0, 50)
      .map(({ id }, u) => `${id},${Array.from({ length: width }, (_, d) => ((u + d) % 5) + 0.5).join(',')}`)
      .join('\n')}\n`,
  );
  const { status, stderr } = ampcf(
    'import v.npy --ids v.ids.txt --interactions likes.csv --items films.csv --users users.csv -o v.ampcf',
  );
  assert.equal(status, 0, stderr);
  for (const line of [
    /^vectors {2}\d+ of \d+ numbers \(npy\)$/m,
    /^columns {2}id v.ids.txt, numbers the array$/m,
    /^first {4}\S+: -?\d/m,
    /^titles {3}for (\d+) of \1 items, \d+ aspects \(id item, title title, aspects genres/m,
    /^known {4}popularity from [\d,]+ interactions of \d+ people$/m,
    /^fold-in {2}alpha .*: the best of \d\d on held-out events$/m,
    /^validation recall@20 /m,
    /^source {3}its own vectors of people: recall@20 /m,
    /^ {9}the model, same people: {4}recall@20 /m,
    /^baseline popularity: ndcg@20 /m,
    /^wrote {4}v.ampcf/m,
  ])
    assert.match(stderr, line);
});

test('import says what it has understood, and where each setting comes from', () => {
  const found = json('import tiny.csv -o tiny.ampcf');
  assert.deepEqual([found.items, found.users, found.zeros, found.validation], [3, 0, 0, null]);
  assert.deepEqual(found.understood, {
    kind: 'table',
    vectors: 3,
    dim: 2,
    id: 'id',
    numbers: 'v1, v2',
    first: { id: 'a', numbers: [1, 0] },
    unused: [],
    notes: [],
    warnings: [],
  });
  const plain = ampcf('import tiny.csv --alpha 0.333333333 -o tiny.ampcf').stderr;
  const norms = 'alpha 0.3333: as given; lambda \\S{1,8}: by norm and width; nu 1, .*: by default';
  assert.match(plain, new RegExp(`^fold-in {2}${norms}$`, 'm'));
});

describe('a folder of Parquet', () => {
  const spark = at('spark');
  const write = (/** @type {string} */ name, /** @type {any[]} */ columnData) =>
    writeFileSync(join(spark, `${name}.parquet`), new Uint8Array(parquetWriteBuffer({ columnData })));

  before(async () => {
    mkdirSync(join(spark, 'vectors.parquet'), { recursive: true });
    const part = (/** @type {number} */ n, /** @type {string[]} */ ids, /** @type {number[]} */ numbers) =>
      writeFileSync(
        join(spark, 'vectors.parquet', `part-0000${n}-x.snappy.parquet`),
        parquetOf({ ids, vectors: Float32Array.from(numbers), dim: 2 }),
      );
    part(0, ['a', 'b'], [1, 0, 0.9, 0.1]);
    part(1, ['c'], [0, 1]);
    writeFileSync(join(spark, 'vectors.parquet', '_SUCCESS'), '');
    write('popularity', [
      { name: 'id', data: ['a', 'b', 'c'], type: 'STRING' },
      { name: 'people', data: [1n, 3n, 2n], type: 'INT64' },
    ]);
    write('neighbours', [
      { name: 'id', data: ['a'], type: 'STRING' },
      { name: 'neighbour', data: ['c'], type: 'STRING' },
      { name: 'value', data: [0.5], type: 'DOUBLE' },
    ]);
    write('validation', [
      { name: 'user', data: ['1', '1'], type: 'STRING' },
      { name: 'item', data: ['a', 'b'], type: 'STRING' },
      { name: 'fold', data: ['history', 'held-out'], type: 'STRING' },
    ]);
    const validation = { people: 7, k: 20, ndcg: 0.5, recall: 0.25, popularity: { ndcg: 0.1 } };
    const settings = { as: 'spark', reg: 0.1, alpha: 2, rank: 2, users: 9, validation };
    writeFileSync(join(spark, 'settings.json'), JSON.stringify(settings));
  });

  test('becomes a model: order by people, neighbours, held-out events, the library of settings.json', () => {
    const { status, stderr } = ampcf(`import ${spark} -o spark.ampcf`);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /popularity from 6 interactions of 9 people/);
    assert.match(
      stderr,
      /^files {4}vectors.parquet, popularity.parquet, neighbours.parquet, validation.*json$/m,
    );
    assert.match(
      stderr,
      /^cluster {2}ndcg@20 0.5000 {2}recall@20 0.2500 \(7 people\); popularity ndcg@20 0.1000$/m,
    );
    assert.match(stderr, /^sample {3}recall@20 1.0000/m);
    const { items } = json('recommend spark.ampcf --history a -k 3');
    assert.equal(items.length, 2);
    const { metadata } = json('inspect spark.ampcf');
    assert.deepEqual(metadata.source, { library: 'spark', regularization: 0.1, alpha: 2 });
  });

  test('without vectors.parquet is refused', () => {
    mkdirSync(at('empty'), { recursive: true });
    refuses('import', [
      [`${at('empty')} -o x.ampcf`, 3, /no vectors.parquet/],
      [`${spark} --ids tiny.csv -o x.ampcf`, 2, /--ids/],
    ]);
  });
});

test('refusals', () => {
  json('export m.ampcf --to npy -o r.npy');
  writeFileSync(at('few.txt'), 'a\nb\n');
  writeFileSync(at('twice.csv'), 'id,v1,v2\na,1,0\na,.9,.1\n');
  writeFileSync(at('nan.csv'), 'id,v1,v2\na,1,0\nb,nan,.1\n');
  refuses('import', [
    ['tiny.csv', 2, /-o MODEL is missing/],
    ['nowhere.npy -o x.ampcf', 5, /nowhere.npy/],
    ['r.npy -o x.ampcf', 2, /--ids FILE is missing/],
    ['r.npy --ids few.txt -o x.ampcf', 3, /got 2 ids, wanted \d+/],
    ['twice.csv -o x.ampcf', 3, /"a" twice/],
    ['nan.csv -o x.ampcf', 3, /nan.csv:3/],
    ['tiny.csv --as lightfm -o x.ampcf', 2, /--as/],
    ['tiny.csv --as spark --reg .1 -o x.ampcf', 2, /--alpha is missing/],
    ['tiny.csv --reg .1 -o x.ampcf', 2, /--reg: got .1, wanted --as/],
    ['tiny.csv --validation .1 -o x.ampcf', 2, /--interactions/],
    ['tiny.csv --users tiny.csv -o x.ampcf', 2, /--interactions/],
    ['tiny.csv --sweeps 3 -o x.ampcf', 2, /--sweeps/],
    ['tiny.csv --as implicit --regularization 1 --alpha 2 --lambda 3 -o x.ampcf', 2, /lambda/],
    ['tiny.csv --interactions likes.csv -o x.ampcf', 3, /none with an item of ids/],
    ['tiny.csv -o tiny.csv', 2, /overwritten/],
  ]);
  refuses('export', [
    ['m.ampcf --to npy', 2, /-o OUT is missing/],
    ['m.ampcf -o x', 2, /--to: got nothing/],
    ['m.ampcf --to hdf5 -o x', 2, /one of npy/],
    ['m.ampcf --to csv -o -', 2, /more than one file/],
    ['likes.csv --to csv -o x.csv', 4, /likes.csv/],
  ]);
});
