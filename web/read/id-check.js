// Owns what is suspicious about ids: those that only differ by what programs add or lose, and those that
// stand for nobody. Must not change an id.
import { isNothing } from './values.js';

/**
 * An id without what programs add or lose: blanks around it, leading zeros, `.0` behind a number.
 * @param {string} id
 */
const bareId = (id) =>
  id
    .trim()
    .replace(/^(\d+)\.0+$/, '$1')
    .replace(/^0+(?=\d)/, '');

/**
 * Ids that only differ so from another one.
 * @param {readonly string[]} ids
 * @returns {{ count: number, pairs: [string, string][] }} the first pairs
 */
export function idsAlike(ids) {
  /** @type {Map<string, string>} */
  const met = new Map();
  /** @type {[string, string][]} */
  const pairs = [];
  let count = 0;
  // What is bare already differs from all others that are.
  const changed = ids.filter((id) => bareId(id) !== id);
  if (changed.length === 0) return { count, pairs };
  const all = new Set(ids);
  for (const id of changed) {
    const bare = bareId(id);
    const other = all.has(bare) ? bare : met.get(bare);
    if (other === undefined) {
      met.set(bare, id);
      continue;
    }
    count++;
    if (pairs.length < 3) pairs.push([other, id]);
  }
  return { count, pairs };
}

/**
 * Ids that programs write where there is nobody.
 * @param {readonly string[]} ids
 */
export const nobodies = (ids) => ids.filter(isNothing);

/**
 * How many ids another file has, and how many more it would have but for zeros, blanks or `.0`.
 * @param {readonly string[]} ids
 * @param {{ has: (id: string) => boolean, keys: () => Iterable<string> }} other
 */
export function joinOf(ids, other) {
  const joined = ids.filter((id) => other.has(id)).length;
  if (joined * 2 >= ids.length) return { joined, alike: 0, example: null };
  const bare = new Map(Array.from(other.keys(), (id) => [bareId(id), id]));
  const alike = ids.filter((id) => !other.has(id) && bare.has(bareId(id)));
  const example = alike.length > 0 ? [alike[0], String(bare.get(bareId(alike[0])))] : null;
  return { joined, alike: alike.length, example };
}
