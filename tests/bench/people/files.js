// Owns reading the plain files of the people bench. Must not know what they are for.
import { readFileSync } from 'node:fs';

/**
 * Rows of a text file without a heading.
 * @param {string} path
 * @param {string} separator
 */
export const rowsOf = (path, separator) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(separator));

/**
 * A name and a list in each line.
 * @param {string} path
 * @returns {[string, string[]][]}
 */
export const linesOf = (path) => rowsOf(path, ' ').map(([name, ...list]) => [name, list]);
