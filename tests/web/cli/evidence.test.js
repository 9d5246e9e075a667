// Owns the test of `ampcf evidence`, and of `ampcf inspect` on what it writes: messages, exit codes, bad
// input. Must not know how sentences are chosen.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { caresAbout, evidenceFor, loadEvidence } from '../../../dist/evidence.js';
import { appendItems } from '../../../dist/train.js';
import { failsWith, smallModel } from '../../support.js';
import { commandIn } from './command.js';

const { folder, ampcf, json, refuses } = commandIn('evidence');
const at = (/** @type {string} */ name) => join(folder, name);
const put = (/** @type {string} */ name, /** @type {string} */ text) => writeFileSync(at(name), text);
const opened = (/** @type {string} */ name) => loadEvidence(readFileSync(at(name)));
const model = await loadModel(await smallModel());
const ids = model.ids().slice(0, 40);
const row = (/** @type {(string | number)[]} */ ...cells) =>
  cells.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(',');

before(async () => {
  writeFileSync(at('m.ampcf'), await smallModel());
  const texts = [
    'The plot is thin.',
    'What a plot, what acting!',
    'Fine acting all over.',
    'Good plot, poor pace.',
  ];
  const rows = ids.flatMap((id, i) =>
    texts.map((text, u) => row(id, `u${u}`, u === 0 ? 1 : 5, `${text} Film ${i} of the list is seen.`)),
  );
  put(
    'reviews.csv',
    `item,user,rating,text\n${rows.join('\n')}\n${row('no-such-film', 'u1', 5, 'The plot is fine.')}\n`,
  );
  put('words.txt', '# what to look for\nplot: plot, story\nacting\n');
});

describe('ampcf evidence', () => {
  test('says what it read, left out and kept, and inspect what it holds', async () => {
    const { status, stderr } = ampcf(
      'evidence m.ampcf reviews.csv --aspect-words words.txt --min-people 2 -o f.evidence',
    );
    assert.equal(status, 0, stderr);
    assert.match(stderr, /^columns {2}item item, text text, rating rating, user user$/m);
    assert.match(stderr, /^left out 1 reviews of 1 items that the model does not know$/m);
    assert.match(stderr, /^aspects {2}2 given: plot, acting$/m);
    assert.match(stderr, /^wrote {4}f.evidence/m);
    const evidence = await opened('f.evidence');
    assert.ok(evidence.has(ids[0]) && !evidence.has('no-such-film'));
    const found = json('inspect f.evidence');
    assert.equal(found.kind, 'evidence');
    assert.deepEqual(found.aspects, ['plot', 'acting']);
    assert.ok(found.sentences > 0 && found.for + found.against <= found.sentences);
    assert.match(ampcf('inspect f.evidence').stdout, /^ {2}evidence of +40 items$/m);
    const again = json('evidence m.ampcf reviews.csv --aspect-words words.txt --min-people 2 -o g.evidence');
    assert.deepEqual(readFileSync(at('g.evidence')), readFileSync(at('f.evidence')));
    assert.equal(again.counts.unknownReviews, 1);
    assert.ok(!readFileSync(at('f.evidence')).includes('u3'), 'no id of a person');
  });

  test('is of one model: beside another, or the same trained again, it is refused by its name', async () => {
    const other = await loadModel(await smallModel({ sweeps: 3 }));
    assert.notEqual(other.info.lineage, model.info.lineage);
    writeFileSync(at('other.ampcf'), await smallModel({ sweeps: 3 }));
    const args = 'evidence m.ampcf reviews.csv --aspect-words words.txt --min-people 2';
    assert.equal(ampcf(`${args} -o own.evidence`).status, 0);
    assert.equal(ampcf(`${args} --any-model -o any.evidence`).status, 0);
    assert.match(ampcf('inspect own.evidence').stdout, new RegExp(`of model +"${model.info.lineage}"`));
    assert.match(ampcf('inspect any.evidence').stdout, /of model +any with these ids/);
    assert.equal(ampcf('verify own.evidence --model m.ampcf').status, 0);
    assert.equal(ampcf('verify any.evidence --model other.ampcf').status, 0);
    const { status, stderr } = ampcf('verify own.evidence --model other.ampcf');
    assert.equal(status, 4);
    const both = `model, got ${other.info.lineage}, wanted ${model.info.lineage}, which it was made for`;
    assert.ok(stderr.includes(`own.evidence: evidence file: ${both}`), stderr);
    refuses('verify', [['m.ampcf --model m.ampcf', 2, /--model: got it with a model file/]]);
  });

  test('and the entry refuses it beside another model, but not after an append', async () => {
    const other = await loadModel(await smallModel({ sweeps: 3 }));
    const own = await opened('own.evidence');
    const [me, theirs] = [model, other].map((of) => of.createProfile(ids.slice(0, 5)));
    assert.ok(await evidenceFor(me, ids[9], { evidence: own }));
    assert.ok(await evidenceFor(theirs, ids[9], { evidence: await opened('any.evidence') }));
    for (const call of [
      () => evidenceFor(theirs, ids[9], { evidence: own }),
      () => caresAbout(theirs, 0, 'plot', { evidence: own }),
      () => own.goesWith(other),
    ])
      await failsWith(call, 'WRONG_MODEL', /got [0-9a-f]{32}, wanted [0-9a-f]{32}, .*ampcf evidence/);
    const { bytes } = await appendItems(await smallModel(), { items: new Map([['new', {}]]) });
    own.goesWith(await loadModel(bytes));
  });

  test('reads other columns, other formats, and standard input', async () => {
    const rows = ids.map((id) => ({
      asin: id,
      reviewText: 'The sound of it is good.',
      overall: 5,
      aspect: 'sound',
    }));
    put('r.jsonl', rows.map((each) => JSON.stringify(each)).join('\n'));
    const found = json('evidence m.ampcf r.jsonl --min-people 1 -o j.evidence');
    assert.deepEqual([found.found, found.aspects, found.rated], ['given', 1, false]);
    put('odd.csv', `what,words\n${ids.map((id) => row(id, 'The sound of it is good.')).join('\n')}\n`);
    put('sound.txt', 'sound');
    const odd = json(
      'evidence m.ampcf odd.csv --item what --text 2 --aspect-words sound.txt --min-people 1 -o o.evidence',
    );
    assert.equal(odd.sentences, found.sentences);
  });

  test('HTML, controls, scripts, an enormous review and repeated rows lose nothing else', async () => {
    const long = `The plot is good. ${'Word '.repeat(30000)}`;
    const rows = [
      row(ids[0], 'a', 'The <img src=x onerror=alert(1)> plot is good.'),
      row(ids[1], 'a', 'The plot\u001b[2J is \u202eblue.'),
      row(ids[2], 'a', 'Очень хороший plot, правда.'),
      row(ids[3], 'a', long),
      row(ids[4], 'a', 'The plot is good.'),
      row(ids[4], 'a', 'The plot is good.'),
      row(ids[5], 'a', ''),
    ];
    put('bad.csv', `item,user,text\n${rows.join('\n')}\n`);
    const { counts, items } = json(
      'evidence m.ampcf bad.csv --aspect-words words.txt --min-people 1 -o b.evidence',
    );
    assert.deepEqual([counts.reviews, counts.duplicates, counts.empty, counts.cut, items], [7, 1, 1, 1, 5]);
    const evidence = await opened('b.evidence');
    const text = async (/** @type {string} */ id) => (await evidence.sentences(id)).map((each) => each.text);
    assert.deepEqual(await text(ids[0]), ['The <img src=x onerror=alert(1)> plot is good.']);
    assert.deepEqual(await text(ids[1]), ['The plot\\u001b[2J is \\u202eblue.']);
    assert.deepEqual(await text(ids[2]), ['Очень хороший plot, правда.']);
    assert.deepEqual(await text(ids[3]), ['The plot is good.']);
  });

  test('errors say what is wrong, and write nothing', () => {
    put('empty.csv', '');
    put('head.csv', 'item,text\n');
    put('columns.csv', 'a,b\n1,2\n');
    put('strange.csv', 'item,text\nnobody,The plot is good.\n');
    put('stars.csv', `item,text,rating\n${ids[0]},The plot is good.,many\n`);
    refuses('', [
      ['evidence m.ampcf reviews.csv', 2, /-o OUT is missing/],
      ['evidence m.ampcf', 2, /REVIEWS is missing/],
      ['evidence m.ampcf empty.csv -o x', 3, /NO_DATA: empty.csv/],
      ['evidence m.ampcf head.csv -o x', 3, /NO_DATA: head.csv: .* only a header/],
      ['evidence m.ampcf columns.csv -o x', 2, /columns.csv:1: cannot tell which column is the item/],
      ['evidence m.ampcf strange.csv -o x', 3, /NO_DATA: .* 1 of items that the model does not know/],
      ['evidence m.ampcf stars.csv -o x', 3, /stars.csv:2: rating is no number, got "many"/],
    ]);
  });

  test('options and other files as well', () => {
    put('nothing.txt', '# only a comment\n');
    put('name.txt', ': plot\n');
    refuses('', [
      ['evidence m.ampcf reviews.csv --item nope -o x', 2, /--item: no such column/],
      ['evidence m.ampcf reviews.csv --text none -o x', 2, /--text: got none/],
      ['evidence m.ampcf reviews.csv --sentences 0 -o x', 2, /--sentences: got "0"/],
      ['evidence m.ampcf reviews.csv --aspect-words nothing.txt -o x', 3, /NO_DATA: nothing.txt: no aspect/],
      ['evidence m.ampcf reviews.csv --aspect-words name.txt -o x', 3, /name.txt:1: name of an aspect/],
      ['evidence m.ampcf reviews.csv --min-people 99 -o x', 3, /items that fewer than 99 people wrote of/],
      ['evidence reviews.csv reviews.csv -o x', 4, /BAD_MAGIC/],
      ['evidence m.ampcf gone.csv -o x', 5, /IO: .*gone.csv/],
    ]);
    assert.ok(!existsSync(at('x')));
    writeFileSync(at('cut.evidence'), readFileSync(at('f.evidence')).subarray(0, 900));
    refuses('', [['inspect cut.evidence', 4, /cut.evidence: evidence file: .*got 900/]]);
  });

  test('other commands say that a file is one of evidence, or a table; verify says that it is sound', () => {
    writeFileSync(at('nothing.evidence'), '');
    refuses('', [
      [
        'recommend f.evidence',
        4,
        /f.evidence: not an ampcf model file: got an evidence file of ampcf evidence/,
      ],
      ['evidence f.evidence reviews.csv -o x', 4, /got an evidence file/],
      ['recommend reviews.csv', 4, /reviews.csv: not an ampcf model file: got text in columns, such as CSV/],
      ['verify reviews.csv', 4, /got text in columns, such as CSV/],
      ['verify cut.evidence', 4, /cut.evidence: evidence file: .*got 900/],
      ['inspect nothing.evidence', 4, /got an empty file/],
      ['verify nothing.evidence', 4, /got an empty file/],
    ]);
    const { status, stdout } = ampcf('verify f.evidence');
    assert.equal(status, 0);
    const bytes = readFileSync(at('f.evidence'));
    const sum = `sha256-${createHash('sha256').update(bytes).digest('base64')}`;
    assert.match(
      stdout,
      /^f.evidence: a sound evidence file, [\d,]+ bytes, \d+ sentences\nintegrity: sha256-/,
    );
    const found = json('verify f.evidence');
    assert.deepEqual([found.kind, found.ok, found.integrity], ['evidence', true, sum]);
  });
});
