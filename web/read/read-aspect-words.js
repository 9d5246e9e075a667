// Owns reading a file of aspects and the words that speak of them. Must not look for them.
import { AmpcfError } from '../core/errors.js';
import { dataError } from './bad-rows.js';
import { displayName, readFileBytes } from './bytes.js';

const mostBytes = 128;

/** @param {string} cell */
const bare = (cell) =>
  cell
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim();

/**
 * Reads aspects, one a line: `sound: sound, tone, noise`, or rows of `aspect,word`; a name alone is its own
 * word. Lines of one aspect are joined; `#` begins a comment, and a first line that names columns is none.
 * @param {string} path
 * @returns {Promise<Map<string, string[]>>} words of each aspect, in the order of the file
 * @throws {AmpcfError} NO_DATA, BAD_DATA, IO
 */
export async function readAspectWords(path) {
  const file = displayName(path);
  const bytes = await readFileBytes(path);
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw dataError('BAD_DATA', file, [{ line: 1, what: 'not UTF-8', got: 'other bytes', wanted: 'text' }]);
  }
  /** @type {Map<string, string[]>} */ const words = new Map();
  text.split(/\r\n|\n|\r/).forEach((line, i) => {
    if (/^\s*(#|$)/.test(line) || (i === 0 && /^"?aspect"?\s*[,;\t]\s*"?words?"?\s*$/i.test(line))) return;
    const [name, ...rest] = line.split(/[:,;|\t]/).map(bare);
    const own = rest.filter((word) => word !== '');
    if (name === '' || Buffer.byteLength(name) > mostBytes || /\p{Cc}/u.test(name))
      throw dataError('BAD_DATA', file, [
        {
          line: i + 1,
          what: 'name of an aspect',
          got: line,
          wanted: `1 to ${mostBytes} bytes before a colon`,
        },
      ]);
    words.set(name, [...(words.get(name) ?? []), ...(own.length > 0 ? own : [name])]);
  });
  if (words.size > 0) return words;
  throw new AmpcfError(
    'NO_DATA',
    `${file}: no aspect, got ${bytes.length === 0 ? 'an empty file' : 'blank lines'}, wanted lines such as ` +
      'sound: sound, tone, noise',
  );
}
