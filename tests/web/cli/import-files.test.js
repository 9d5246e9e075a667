// Owns the test of what `ampcf import` says, asks and refuses of files that others write. Must not know which
// columns are right.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { zipSync } from 'fflate';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { parquetOf } from '../../../web/vectors/write-table.js';
import { writeNpy } from '../../../web/vectors/npy.js';
import { cli, commandIn } from './command.js';

const { folder, ampcf, json, refuses } = commandIn('import-files');
const at = (/** @type {string} */ name) => join(folder, name);
const ids = ['a', 'b', 'c', 'd'];
const rows = ids.map((_, j) => [j - 1.25, 0.5 * j + 0.125, 1.5]);
const vectors = Float32Array.from(rows.flat());
const dim = 3;

/** @param {{ status: number | null, stderr: string }} done */
const said = ({ status, stderr }) => {
  assert.equal(status, 0, stderr);
  return stderr;
};

before(() => {
  writeFileSync(at('v.csv'), `id,f0,f1,f2\n${ids.map((id, j) => [id, ...rows[j]].join(',')).join('\n')}\n`);
  writeFileSync(at('bare.csv'), `${rows.map((row) => row.join(',')).join('\n')}\n`);
  writeFileSync(at('v.npy'), writeNpy(vectors, [ids.length, dim]));
  writeFileSync(at('v.parquet'), parquetOf({ ids, vectors, dim }));
  writeFileSync(at('ids.txt'), `${ids.join('\n')}\n`);
  writeFileSync(at('pairs.txt'), `${ids.map((id, j) => `${j},${id}`).join('\n')}\n`);
  writeFileSync(at('others.csv'), 'item,title,genres\n1,Heat,Crime\n2,Ran,Drama\n');
  writeFileSync(at('some.csv'), 'item,title,genres\na,Heat,Crime\nx,Ran,Drama\n');
  writeFileSync(at('likes.csv'), `user,item\n${['u,1', 'u,2', 'w,1'].join('\n')}\n`);
  writeFileSync(at('half.csv'), 'user,item\nu,1\nu,2\nu,a\nw,1\nw,2\nw,b\n');
});

describe('what is said', () => {
  test('of ids that came from elsewhere, and of what is not used', () => {
    const text = said(ampcf('import bare.csv --ids ids.txt -o x.ampcf'));
    assert.match(text, /^vectors {2}4 of 3 numbers \(table\)$/m);
    assert.match(text, /^columns {2}id ids.txt, numbers 1 to 3$/m);
    assert.match(text, /^first {4}a: -1.25, 0.125, 1.5$/m);
    assert.match(text, /^judged {3}no header/m);
    const pairs = said(ampcf('import v.npy --ids pairs.txt --ids-column 2 -o x.ampcf'));
    assert.match(pairs, /^first {4}a: /m);
    assert.match(pairs, /^judged {3}ids of column 2$/m);
    const one = said(ampcf('import v.csv --vector-column f1,f2 -o x.ampcf'));
    assert.match(one, /^columns {2}id id, numbers f1, f2; not used: f0$/m);
  });

  test('of items that join nothing, or few', () => {
    const none = said(ampcf('import v.csv --items others.csv -o x.ampcf -q'));
    assert.match(
      none,
      /warning {2}no item of the vectors .* such as "1", where the vectors have "a" .*--items-id/,
    );
    const few = said(ampcf('import v.csv --items some.csv -o x.ampcf'));
    assert.match(few, /^titles {3}for 1 of 4 items, 1 aspects \(id item, title title, aspects genres\)$/m);
    assert.match(few, /warning {2}only 1 of 4 items/);
    assert.deepEqual(json('import v.csv --items some.csv -o x.ampcf').titles.titled, 1);
    const outside = 'import v.csv --interactions half.csv --validation none -o x.ampcf -q';
    assert.match(said(ampcf(outside)), /warning {2}4 of 6 interactions are with items that have no vector/);
  });

  test('of ids that are likely to be others elsewhere', () => {
    writeFileSync(at('points.csv'), 'id,f0,f1\n1.0,1,0\n2.0,0,1\n');
    assert.match(
      said(ampcf('import points.csv -o x.ampcf -q')),
      /warning {2}all ids end in .0, such as "1.0"/,
    );
    writeFileSync(at('zeros.csv'), 'id,f0,f1\n01,1,0\n1,0,1\nnan,1,1\n');
    const text = said(ampcf('import zeros.csv -o x.ampcf -q'));
    assert.match(text, /warning {2}1 ids differ only by leading zeros.*"1" and "01"/);
    assert.match(text, /warning {2}an item is called "nan"/);
  });

  test('of a file that implicit has saved', () => {
    const scalar = (/** @type {number} */ x) =>
      Buffer.from(
        Buffer.from(writeNpy(Float32Array.of(x), [1]))
          .toString('latin1')
          .replace('(1,), }', '(), }  '),
        'latin1',
      );
    const zip = zipSync({
      'item_factors.npy': writeNpy(vectors, [ids.length, dim]),
      'user_factors.npy': writeNpy(vectors, [ids.length, dim]),
      'alpha.npy': scalar(2),
      'regularization.npy': scalar(0.5),
    });
    writeFileSync(at('als.npz'), zip);
    const text = said(ampcf('import als.npz --ids ids.txt -o x.ampcf'));
    assert.match(text, /not used: user_factors \(4 x 3\), alpha \(2\), regularization \(0.5\)$/m);
    const [option] = /** @type {string[]} */ (/--as implicit --regularization 0.5 --alpha 2/.exec(text));
    const as = said(ampcf(`import als.npz --ids ids.txt ${option} -o x.ampcf`));
    assert.match(as, /^fold-in {2}that of implicit, with regularization 0.5 and alpha 2$/m);
    assert.doesNotMatch(as, /looks like/);
  });
});

test('standard input of every kind, and a folder of parts', () => {
  for (const [name, more] of [
    ['v.csv', []],
    ['v.parquet', []],
    ['v.npy', ['--ids', 'ids.txt']],
  ]) {
    const input = readFileSync(at(String(name)));
    said(ampcf(['import', '-', ...more, '-o', 'in.ampcf'], { input }));
    assert.equal(json('inspect in.ampcf').items, ids.length, String(name));
  }
  assert.equal(
    spawnSync(process.execPath, [cli, 'import', '-', '-o', at('x.ampcf')], { input: '' }).status,
    3,
  );
  mkdirSync(at('parts'));
  writeFileSync(at('parts/part-0.parquet'), parquetOf({ ids, vectors, dim }));
  assert.equal(json('import parts -o in.ampcf').items, ids.length);
});

test('a folder whose tables have other ids', () => {
  mkdirSync(at('tables'));
  const write = (/** @type {string} */ name, /** @type {any[]} */ columnData) =>
    writeFileSync(at(`tables/${name}.parquet`), new Uint8Array(parquetWriteBuffer({ columnData })));
  writeFileSync(at('tables/vectors.parquet'), parquetOf({ ids, vectors, dim }));
  writeFileSync(at('tables/notes.txt'), '');
  const people = (/** @type {string[]} */ of) =>
    write('popularity', [
      { name: 'id', data: of, type: 'STRING' },
      { name: 'people', data: of.map(() => 2n), type: 'INT64' },
    ]);
  people(['x', 'y']);
  refuses('import', [['tables -o x.ampcf', 3, /popularity.parquet: got no id .*"x" there, "a" here/]]);
  people(['a', 'y']);
  write('aspects', [
    { name: 'id', data: ['x'], type: 'STRING' },
    { name: 'title', data: ['Heat'], type: 'STRING' },
    { name: 'aspects', data: [['Crime']], type: 'JSON' },
  ]);
  const text = said(ampcf('import tables -o x.ampcf'));
  assert.match(text, /^files {4}vectors.parquet, popularity.parquet, aspects.parquet; not used: notes.txt$/m);
  assert.match(text, /warning {2}popularity.parquet has only 1 of 4 items/);
  assert.match(text, /^titles {3}for 0 of 4 items/m);
  assert.match(text, /warning {2}no item of the vectors is in the items file \(aspects.parquet\)/);
});

test('settings of another model, or without what they need', () => {
  writeFileSync(at('old.json'), JSON.stringify({ alpha: 2, itemDamping: 0.5 }));
  const of = (/** @type {string[]} */ others) => ({ ids: others, bias: others.map(() => 0.5) });
  writeFileSync(at('other.json'), JSON.stringify({ alpha: 2, items: of(['a', 'b', 'c', 'z']) }));
  writeFileSync(at('cut.json'), JSON.stringify({ items: { ids, bias: [1] } }));
  writeFileSync(
    at('turned.json'),
    JSON.stringify({ items: { ids: [...ids].reverse(), bias: [8, 4, 2, 1] } }),
  );
  refuses('import', [
    [
      'v.csv --settings old.json -o x.ampcf',
      2,
      /itemDamping 0.5, wanted --interactions FILE.*--item-damping 0/,
    ],
    ['v.csv --settings other.json -o x.ampcf', 3, /none called "d".*--interactions FILE/],
    ['v.csv --settings cut.json -o x.ampcf', 3, /no lists of one length/],
    ['v.csv --bias 0.5 -o x.ampcf', 2, /--bias: got 0.5, wanted --interactions FILE/],
  ]);
  json('import v.csv --settings old.json --item-damping 0 -o x.ampcf');
  json('import v.csv --settings turned.json -o x.ampcf');
  const { items } = json('recommend x.ampcf -k 4');
  assert.deepEqual(
    items.map((/** @type {any} */ { item }) => item),
    ['d', 'c', 'b', 'a'],
  );
});

test('options that would say nothing are refused', () => {
  refuses('import', [
    ['v.npy --ids pairs.txt -o x.ampcf', 3, /--ids-column 1 to 2/],
    ['bare.csv -o x.ampcf', 2, /--ids FILE is missing: bare.csv \(table, 3 numbers a row\).*--id-column/],
    [
      'v.csv --interactions likes.csv --validation none -o x.ampcf',
      3,
      /none with an item of ids: "1" there, "a" here/,
    ],
    ['v.csv --min-rating 3 -o x.ampcf', 2, /--min-rating: got 3, wanted --interactions with it/],
    ['v.csv --items-id item -o x.ampcf', 2, /--items-id: got item, wanted --items with it/],
    ['v.csv --skip-bad 3 -o x.ampcf', 2, /--skip-bad: got 3, wanted --interactions or --items with it/],
    ['v.csv --ids-column 1 -o x.ampcf', 2, /--ids-column: got 1, wanted --ids with it/],
    ['v.csv --refit -o x.ampcf', 2, /refit/],
    ['v.npy --ids ids.txt --array x -o x.ampcf', 2, /--array: got x, wanted nothing: npy/],
    ['v.npy --ids ids.txt --id-column 1 -o x.ampcf', 2, /--id-column: got 1, wanted nothing: npy/],
    ['v.csv --array x -o x.ampcf', 2, /--array: got x, wanted nothing: table/],
  ]);
});
