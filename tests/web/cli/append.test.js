// Owns the test of `ampcf append` and `ampcf retire` as commands: exit codes, messages, what is written. Must
// not know the mathematics.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { smallModel } from '../../support.js';
import { commandIn } from './command.js';

const { folder, ampcf, json, refuses } = commandIn('append');
const at = (/** @type {string} */ name) => join(folder, name);
const bytesOf = (/** @type {string} */ name) => readFileSync(at(name));

before(async () => {
  writeFileSync(at('m.ampcf'), await smallModel());
  const rows = ['item,title,genres', 'new-1,Alien Five,Horror|Science fiction', 'new-2,Lost Love,Romance'];
  writeFileSync(at('new.csv'), `${rows.join('\n')}\nheat-1995,Heat,Crime\n`);
  writeFileSync(at('gone.txt'), 'new-1\nheat-1995\n');
  writeFileSync(at('nothing.csv'), 'item,title,genres\nnew-1,,\n');
});

test('append says what is new and how well it is guessed, and the model has it', () => {
  const { status, stderr } = ampcf('append m.ampcf --items new.csv -o a.ampcf');
  assert.equal(status, 0, stderr);
  assert.match(stderr, /^items {4}2 new, 1 that the model has: \d+ in all$/m);
  assert.match(stderr, /^columns {2}id item, title title, aspects genres$/m);
  assert.match(stderr, /^first {4}new-1: Alien Five \(Horror, Science fiction\)$/m);
  assert.match(stderr, /^guessed {2}what is known .* says \d+ % of .* count by the root of their people\)$/m);
  assert.match(stderr, /^wrote {4}a.ampcf/m);
  const { metadata, items } = json('inspect a.ampcf');
  assert.equal(metadata.appended, 2);
  const [first] = json('rank a.ampcf --history heat-1995 --candidates new-1,new-2').items;
  assert.match(first.item, /^new-/);
  const found = json('append m.ampcf --items new.csv -o again.ampcf');
  assert.deepEqual(bytesOf('again.ampcf'), bytesOf('a.ampcf'));
  assert.deepEqual([found.appended, found.present, found.items, found.plain], [2, 1, items, 0]);
  assert.deepEqual(json('append a.ampcf --items new.csv -o none.ampcf').appended, 0);
  assert.deepEqual(bytesOf('none.ampcf'), bytesOf('a.ampcf'));
});

test('append warns where nothing is known, and reads vectors and embeddings', () => {
  const { status, stderr } = ampcf('append m.ampcf --items nothing.csv -o p.ampcf -q');
  assert.equal(status, 0, stderr);
  assert.match(stderr, /1 items, such as new-1, have nothing in common with trained ones/);
  json('export m.ampcf --to csv -o v.csv');
  const [head, row, ...rest] = bytesOf('v.csv').toString().trim().split('\n');
  const cells = row.split(',').slice(1).join(',');
  writeFileSync(at('one.csv'), `${head}\nnew-1,${cells}\n`);
  const given = json('append m.ampcf --items nothing.csv --vectors one.csv -o g.ampcf');
  assert.deepEqual([given.appended, given.strength], [1, null]);
  writeFileSync(at('all.csv'), `${head}\n${[row, ...rest, `new-1,${cells}`].join('\n')}\n`);
  const { explained, plain } = json('append m.ampcf --items nothing.csv --embeddings all.csv -o e.ampcf');
  assert.ok(explained > 0.5, `${explained}`);
  assert.equal(plain, 0);
  json('export m.ampcf --to npy -o w.npy');
  const same = json(
    'append m.ampcf --items nothing.csv --embeddings w.npy --embedding-ids w.ids.txt -o f.ampcf',
  );
  assert.equal(same.plain, 1, 'the new item has no row there');
});

test('append asks where items are likely to be those of the model under other ids', () => {
  const head = 'item,title,genres';
  const ids = ['1', '2', '3', '4'];
  const rows = (/** @type {(id: string) => string} */ other) =>
    `${[head, ...ids.map((id) => `${other(id)},Film ${id},Drama`)].join('\n')}\n`;
  writeFileSync(at('v.csv'), `id,v0,v1\n${ids.map((id) => `${id},${id}.5,-0.5`).join('\n')}\n`);
  writeFileSync(
    at('same.csv'),
    rows((id) => id),
  );
  writeFileSync(
    at('zeros.csv'),
    rows((id) => `00${id}`),
  );
  writeFileSync(
    at('points.csv'),
    rows((id) => `${id}.0`),
  );
  writeFileSync(
    at('others.csv'),
    rows((id) => `m${id}`),
  );
  json('import v.csv --items same.csv -o four.ampcf');
  refuses('append', [
    [
      'four.ampcf --items zeros.csv -o x.ampcf',
      3,
      /4 ids that differ .* "001" here, "1" there.*--take-alike/,
    ],
    ['four.ampcf --items points.csv -o x.ampcf', 3, /"1.0" here, "1" there/],
    ['four.ampcf --items others.csv -o x.ampcf', 3, /4 of 4 .*"Film 1": "m1" here, "1" there.*--take-alike/],
    ['four.ampcf --vectors v.csv --take-alike -o x.ampcf', 2, /--take-alike/],
  ]);
  assert.equal(json('append four.ampcf --items others.csv --take-alike -o x.ampcf').appended, 4);
  assert.equal(json('append four.ampcf --items same.csv -o x.ampcf').present, 4);
});

test('append says which columns it reads, and warns where they say little', () => {
  const head = 'item,title,genres';
  writeFileSync(at('v2.csv'), 'id,v0,v1\n1,1.5,-0.5\n2,2.5,-0.5\n');
  writeFileSync(at('two.csv'), `${head}\n1,Film 1,Drama\n2,Film 2,Drama\n`);
  json('import v2.csv --items two.csv -o two.ampcf');
  writeFileSync(at('few.csv'), `${head}\nx1,Film 1,Drama\nx2,One,Drama\nx3,Two,Drama\n`);
  assert.match(
    ampcf('append two.ampcf --items few.csv -o x.ampcf').stderr,
    /warning {2}1 new items have a title/,
  );
  writeFileSync(at('tags.csv'), 'sku,bezeichnung,kategorie\nx1,One,Drama\n');
  const { stderr } = ampcf('append two.ampcf --items tags.csv -o x.ampcf');
  assert.match(stderr, /^columns {2}id sku, title none, aspects none$/m);
  assert.match(stderr, /warning {2}none of 1 new items has an aspect.*--aspects COL/);
});

test('retire takes items out, and all of them back to the same bytes', () => {
  json('append m.ampcf --items new.csv -o b.ampcf');
  const { retired } = json('retire b.ampcf new-1 new-2 -o c.ampcf');
  assert.equal(retired, 2);
  assert.deepEqual(bytesOf('c.ampcf'), bytesOf('m.ampcf'));
  const { status, stderr } = ampcf('retire b.ampcf --ids gone.txt -o d.ampcf');
  assert.equal(status, 0, stderr);
  assert.match(stderr, /^items {4}2 retired, \d+ left$/m);
  assert.deepEqual(json('rank d.ampcf --history new-2 --candidates new-1,heat-1995').unknown, [
    'new-1',
    'heat-1995',
  ]);
});

test('refusals', () => {
  writeFileSync(at('weights.txt'), 'heat-1995,5\n');
  writeFileSync(at('narrow.csv'), 'id,v1\nnew-1,1\n');
  refuses('append', [
    ['m.ampcf --items new.csv', 2, /-o OUT is missing/],
    ['m.ampcf -o x.ampcf', 2, /--items FILE is missing/],
    ['m.ampcf --items new.csv --ids gone.txt -o x.ampcf', 2, /--ids: got gone.txt, wanted --vectors/],
    ['m.ampcf --vectors narrow.csv --aspects a -o x.ampcf', 2, /--aspects: got a, wanted --items/],
    ['m.ampcf --vectors narrow.csv -o x.ampcf', 2, /vectors.dim: got 1, wanted 12/],
    ['m.ampcf --items nowhere.csv -o x.ampcf', 5, /nowhere.csv/],
    ['new.csv --items new.csv -o x.ampcf', 4, /new.csv/],
    ['m.ampcf --items new.csv -o m.ampcf', 2, /overwritten/],
    ['m.ampcf --items gone.txt -o x.ampcf', 3, /gone.txt/],
  ]);
  refuses('retire', [
    ['m.ampcf heat-1995', 2, /-o OUT is missing/],
    ['m.ampcf -o x.ampcf', 2, /ID or --ids FILE is missing/],
    ['m.ampcf nobody -o x.ampcf', 3, /UNKNOWN_ITEM: ids: got 1 .*"nobody"/],
    ['m.ampcf --ids no/where.txt -o x.ampcf', 5, /no such file/],
    ['new.csv heat-1995 -o x.ampcf', 4, /new.csv/],
    ['m.ampcf heat-1995,alien-1979 -o x.ampcf', 2, /ids that stand apart: heat-1995 alien-1979/],
    ['m.ampcf --ids nofile -o x.ampcf', 5, /nofile: no such file/],
    ['m.ampcf --ids weights.txt -o x.ampcf', 3, /weights.txt:1: .*"heat-1995,5", wanted one id a line/],
    ['m.ampcf --ids gone.txt -o gone.txt', 2, /overwritten/],
  ]);
});
