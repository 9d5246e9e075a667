// Owns word2vec's text and GloVe: an id and its numbers a line, separated by blanks. Must not know what ids
// are.
import { badFile } from './npy.js';

/** @typedef {{ ids: string[], rows: number[][] }} TextVectors */

const isNumber = (/** @type {string} */ word) => word !== '' && Number.isFinite(Number(word));
const wordsOf = (/** @type {string} */ line) => line.trimEnd().split(/[ \t]/);

/**
 * Whether lines are `N D` and then an id with D numbers, or an id with as many numbers in each.
 * @param {readonly string[]} lines the first ones, not blank
 */
export function isWord2vec(lines) {
  if (lines.length === 0 || lines.some((line) => /[,;]/.test(line))) return false;
  const head = wordsOf(lines[0]);
  const withHead = head.length === 2 && head.every((word) => /^\d+$/.test(word));
  const rows = withHead ? lines.slice(1) : lines;
  const width = withHead ? Number(head[1]) + 1 : head.length;
  return (
    rows.length > 0 &&
    width >= (withHead ? 2 : 5) &&
    rows.every((line) => {
      const words = wordsOf(line);
      return words.length === width && words.slice(1).every(isNumber);
    })
  );
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
  const out = { ids: [], rows: [] };
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
