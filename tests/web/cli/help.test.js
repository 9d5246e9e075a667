// Owns the tests of what fits a terminal: help, tables and rankings at every width, wide characters. Must not
// test what they say.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import stringWidth from 'string-width';
import { helpText } from '../../../web/cli/help-text.js';
import { marked, shown } from '../../../web/cli/harmless.js';
import { cut, linesOf, widthOf } from '../../../web/cli/layout.js';
import { table } from '../../../web/cli/print.js';
import { cli } from './command.js';

/**
 * @param {string[]} args
 * @param {string} [columns]
 */
function ampcf(args, columns) {
  const { COLUMNS: _, ...env } = process.env;
  return spawnSync(process.execPath, [cli, ...args], {
    encoding: 'utf8',
    env: columns === undefined ? env : { ...env, COLUMNS: columns },
  });
}

const wordsOf = (/** @type {string} */ text) => text.split(/\s+/).filter(Boolean);
const commands = [...ampcf(['--help']).stdout.matchAll(/^ {2}ampcf ([a-z]+) [A-Z]/gm)].map(
  ([, name]) => name,
);

test('help of every command fits a terminal, and no word of it is lost or moved', () => {
  assert.ok(commands.length >= 16 && commands.includes('serve'), commands.join());
  for (const name of [...commands, undefined]) {
    const plain = ampcf(name === undefined ? ['--help'] : ['help', name]).stdout;
    for (const width of [40, 60, 80, 100]) {
      const text = helpText(plain, width);
      assert.deepEqual(wordsOf(text), wordsOf(plain), `${name} at ${width}`);
      for (const line of text.split('\n'))
        assert.ok(line.length <= width || wordsOf(line).length === 1, `${name} at ${width}: ${line}`);
    }
    assert.equal(helpText(plain, Infinity), plain);
  }
});

test('COLUMNS says how wide, and nonsense in it nothing', () => {
  const wide = ampcf(['train', '--help']).stdout;
  const narrow = ampcf(['train', '--help'], '50').stdout;
  assert.ok(narrow.split('\n').length > wide.split('\n').length * 1.5);
  assert.equal(ampcf(['help', 'train'], '50').stdout, narrow);
  for (const odd of ['', '0', '-5', 'x', '1e9']) assert.equal(ampcf(['train', '-h'], odd).stdout, wide, odd);
});

test('version and help have their ways', () => {
  const version = ampcf(['-v']).stdout;
  assert.match(version, /^\d+\.\d+\.\d+\n$/);
  assert.equal(ampcf(['--version']).stdout, version);
  assert.equal(ampcf(['-h']).stdout, ampcf(['help']).stdout);
  // Also where something else is wrong with the command line.
  assert.equal(ampcf(['rank', '--nonsense', '--help']).stdout, ampcf(['help', 'rank']).stdout);
});

const rows = [
  ['東京物語', 'Tokyo Story, 小津安二郎の映画', '1953'],
  ['👩‍👩‍👧 family', 'हिन्दी में एक लंबा शीर्षक जो टूटेगा', '12'],
  ['ordinary', 'an ordinary title that is longer than the others are', '1,234.5'],
  ['one', 'averyveryveryveryveryveryverylongwordwithoutablank', '7'],
];

test('tables count cells, not characters, and lose nothing where they are narrow', () => {
  const lettersOf = (/** @type {string} */ text) => [...text.replace(/\s/g, '')].sort().join('');
  const everything = lettersOf(rows.flat().join(''));
  for (const width of [Infinity, 80, 60, 44]) {
    const lines = table(rows, '', width).split('\n');
    for (const line of lines) assert.ok(stringWidth(line) <= width, `${width}: ${line}`);
    assert.equal(lettersOf(lines.join('')), everything);
    // Numbers end in one column.
    const ends = lines.filter((line) => /\d$/.test(line)).map((line) => stringWidth(line));
    assert.deepEqual([...new Set(ends)].length, 1);
    assert.equal(ends.length, 4);
  }
  assert.equal(table(rows, '', Infinity).split('\n').length, 4);
});

test('bars are never broken: where they have no room beside words they are left out', () => {
  const drawn = [
    ['1', 'Crime · War', '████████░░░░', '67 %', 'ラーメン二郎, 👩‍👩‍👧‍👦 Family, Café'],
    ['2', 'Comedy', '████░░░░░░░░', '33 %', 'Film 34'],
  ];
  const letters = (/** @type {string} */ text) => [...text.replace(/\s/g, '')].sort().join('');
  const words = letters(drawn.map((row) => row.filter((_, c) => c !== 2).join('')).join(''));
  for (const width of [100, 60, 50, 44, 40, 34, 30]) {
    const text = table(drawn, '  ', width);
    for (const line of text.split('\n')) assert.ok(stringWidth(line) <= width, `${width}: ${line}`);
    assert.equal((text.match(/[█░]+/g) ?? []).join(), width < 44 ? '' : '████████░░░░,████░░░░░░░░');
    assert.equal(letters(text.replace(/[█░]/g, '')), words);
  }
  assert.equal(table([['██'], ['█░']], '', 1), '██\n█░');
});

test('a sign that is no emoji takes one cell, and a vowel sign with a place of its own one more', () => {
  for (const [text, cells] of /** @type {[string, number][]} */ ([
    ['Film™ ©', 7],
    ['❤️', 2],
    ['தமிழ்', 4],
    ['हि', 2],
    ['한국어', 6],
    ['e\u0301', 1],
    ['🇩🇪', 2],
  ]))
    assert.equal(widthOf(text), cells, text);
});

test('styles go on in the next line, and end', () => {
  const lines = linesOf(marked('bold', 'several words of one style'), 10).map(shown);
  assert.ok(lines.length > 2);
  for (const line of lines) assert.match(line, /^\x1b\[1m[^\x1b]+\x1b\[22m$/);
  assert.deepEqual(linesOf('short', 10), ['short']);
});

test('what is shortened ends in an ellipsis, at whole characters', () => {
  assert.equal(cut('東京物語', 8), '東京物語');
  assert.equal(cut('東京物語', 7), '東京物…');
  assert.equal(cut('東京物語', 6), '東京…');
  assert.equal(cut('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 5), '👩‍👩‍👧👩‍👩‍👧…');
});
