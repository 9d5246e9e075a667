// Owns reading the plain files of the people bench. Must not know what they are for.
import { readFileSync } from 'node:fs';

/** @import { Interactions } from '../../../web/train.js' */

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

/**
 * @param {Iterable<[string, readonly string[]]>} lists
 * @returns {Interactions}
 */
export function interactionsOf(lists) {
  /** @type {Map<string, number>} */
  const items = new Map();
  /** @type {string[]} */
  const users = [];
  /** @type {number[]} */
  const user = [];
  /** @type {number[]} */
  const item = [];
  for (const [name, list] of lists) {
    users.push(name);
    for (const id of list) {
      if (!items.has(id)) items.set(id, items.size);
      user.push(users.length - 1);
      item.push(Number(items.get(id)));
    }
  }
  return { users, items: [...items.keys()], user, item };
}
