// Owns the tests of commands that a shell takes back: whatever a path or a name holds. Must not judge
// trainings.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { quoted } from '../../../web/cli/shell-word.js';
import { below, seeded } from '../../support.js';
import { commandIn } from './command.js';

const noBash = spawnSync('bash', ['--version']).status === 0 ? false : 'no bash here';
/** What nobody sees, what a terminal obeys, and what a shell does. */
const odd =
  ` '"\`\\$!*?[]{}()<>|&;~#\n\r\t\u0007\u001b\u007f\u0085\u009b\u00ad\u115f\u180e\u200b\u202e\u2028` +
  '\u2066\ufeff\u{e0041}aZ07-é\u{1f3ac}';
const letters = [...odd];

/**
 * What a shell makes of the words of a line.
 * @param {string} line
 */
function wordsIn(line) {
  const { stdout, stderr } = spawnSync('bash', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
  assert.equal(stderr, '');
  return stdout.split('\0').slice(0, -1);
}

const isSafe = (/** @type {string} */ line) =>
  assert.doesNotMatch(line, /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f]/u);

test('a shell takes every word back, and none obeys or hides', { skip: noBash }, () => {
  const random = seeded(17);
  const words = Array.from({ length: 400 }, () =>
    Array.from({ length: 1 + below(random, 8) }, () => letters[below(random, letters.length)]).join(''),
  );
  words.push(odd, 'plain/file.csv', "it's", '\n', "\n'\\01", '\x1b[31mred');
  const line = words.map(quoted).join(' ');
  isSafe(line);
  assert.deepEqual(wordsIn(line), words);
  assert.deepEqual(['a.csv', 'a b', "a'b", 'a\nb'].map(quoted), [
    'a.csv',
    "'a b'",
    "'a'\\''b'",
    "$'a\\012b'",
  ]);
});

test('so does the command that trains a model again', { skip: noBash }, () => {
  const { folder, ampcf } = commandIn('shell-word');
  const path = 'two\nlines\x1b[2J.csv';
  const output = `\u009b'${path}`;
  const rows = Array.from({ length: 300 }, (_, x) => `u${x % 30},i${(x * 7) % 17}`);
  writeFileSync(join(folder, path), `user,item\n${rows.join('\n')}\n`);
  const { status, stdout, stderr } = ampcf([
    ...['tune', path, '--validation', '0.2', '--trials', '1', '--dim', '2', '--neighbours', '0', '-q'],
    ...['--name', '\u202egnp', '-o', output],
  ]);
  assert.equal(status, 0, stderr);
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  isSafe(line);
  const words = wordsIn(line);
  assert.deepEqual(words.slice(0, 7), ['ampcf', 'train', path, '--name', '\u202egnp', '--validation', '0.2']);
  assert.deepEqual(words.slice(-2), ['-o', output]);
});
