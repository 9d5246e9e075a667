// Owns word2vec's text and GloVe: an id and its numbers a line, separated by blanks. Must not know what ids
// are.
import { badFile } from './npy.js';

/** @typedef {{ ids: string[], rows: number[][], dim: number, head: boolean }} TextVectors */

const isNumber = (/** @type {string} */ word) => word !== '' && Number.isFinite(Number(word));
const wordsOf = (/** @type {string} */ line) => line.trimEnd().split(/[ \t]/);

/** Of the lines, so many must be a vector each: one that is not is then a wrong one, to be named. */
const enough = 0.8;

/**
 * Whether lines are `N D` and then an id with D numbers, or an id with as many numbers in each. A line
 * that is not does not change it, so that it is named and not taken for a table of another kind. Where the
 * first word is a fraction in each line there are no ids (np.savetxt).
 * @param {readonly string[]} lines the first ones, not blank
 */
export function isWord2vec(lines) {
  if (lines.length === 0 || lines.some((line) => /[,;]/.test(line))) return false;
  const head = wordsOf(lines[0]);
  const withHead = head.length === 2 && head.every((word) => /^\d+$/.test(word));
  const rows = (withHead ? lines.slice(1) : lines).map(wordsOf);
  const width = withHead ? Number(head[1]) + 1 : head.length;
  const fits = (/** @type {string[]} */ words) => words.length === width && words.slice(1).every(isNumber);
  if (rows.length === 0 || width < (withHead ? 2 : 5)) return false;
  if (!withHead && (!fits(rows[0]) || rows.every(([id]) => isNumber(id) && !/^\d+$/.test(id)))) return false;
  return rows.filter(fits).length >= enough * rows.length;
}

/**
 * @param {string} text
 * @param {string} file
 * @returns {TextVectors}
 */
export function readWord2vec(text, file) {
  const lines = text.split(/\r\n|\n/);
  const head = wordsOf(lines[0]);
  const withHead = head.length === 2 && head.every((word) => /^\d+$/.test(word));
  const [count, dim] = withHead ? head.map(Number) : [undefined, head.length - 1];
  /** @type {TextVectors} */
  const out = { ids: [], rows: [], dim, head: withHead };
  lines.forEach((line, i) => {
    if ((withHead && i === 0) || line.trim() === '') return;
    const [id, ...words] = wordsOf(line);
    const wrong = words.find((word) => !isNumber(word));
    if (words.length !== dim || wrong !== undefined)
      throw badFile(
        `${file}:${i + 1}`,
        'vector',
        wrong ?? `${words.length} numbers`,
        `an id and ${dim} numbers`,
      );
    out.ids.push(id);
    out.rows.push(words.map(Number));
  });
  if (count !== undefined && count !== out.ids.length)
    throw badFile(file, 'first line', `${count} vectors, but ${out.ids.length} lines`, 'a whole file');
  return out;
}
