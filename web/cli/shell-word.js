// Owns words as a shell takes them, which are safe to print too. Must not run a shell.
import { replaceUnsafe } from '../read/inline.js';

/**
 * The UTF-8 of a character as octal escapes: three digits each, so that no digit behind them is taken in.
 * @param {string} character
 */
const octal = (character) =>
  Array.from(Buffer.from(character), (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

/**
 * A word as a shell takes it: in quotes, unless it is plain; in $'...' where it has what a terminal would
 * obey or hide, as bash, zsh and POSIX of 2024 know it.
 * @param {string} word
 */
export function quoted(word) {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  const shown = replaceUnsafe(word.replace(/[\\']/g, '\\$&'), octal);
  return replaceUnsafe(word, () => '') === word ? `'${word.replaceAll("'", "'\\''")}'` : `$'${shown}'`;
}
