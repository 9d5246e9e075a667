// Owns the merge of two histories that grew from one. Pure: must not know profiles, stores or time.

/**
 * @typedef {object} Entry of a history, which has one an item, oldest first
 * @property {string} item
 * @property {number} weight
 * @property {number | null} at
 * @property {number} preference
 */

/**
 * @param {Entry | undefined} a
 * @param {Entry | undefined} b
 */
function sameEntry(a, b) {
  return (
    a === b ||
    (a !== undefined &&
      b !== undefined &&
      a.item === b.item &&
      a.weight === b.weight &&
      a.preference === b.preference &&
      a.at === b.at)
  );
}

/**
 * Equal entries in equal order.
 * @param {readonly Entry[]} a
 * @param {readonly Entry[]} b
 */
export function sameHistory(a, b) {
  return a.length === b.length && a.every((entry, i) => sameEntry(entry, b[i]));
}

/**
 * @param {readonly Float32Array[]} a
 * @param {readonly Float32Array[]} b
 */
export function sameSummaries(a, b) {
  return (
    a === b ||
    (a.length === b.length &&
      a.every((row, i) => row.length === b[i].length && row.every((x, d) => x === b[i][d])))
  );
}

/** @param {readonly Entry[]} history */
const byItem = (history) => new Map(history.map((entry) => [entry.item, entry]));

/**
 * Three-way merge by item. An item that I added, changed or removed since `base` is as in `mine`, every other
 * one as in `theirs`. Order: theirs, then what only I have, in my order; where only one side changed
 * anything, exactly that side. Deterministic; O(n). merge(b, m, b) = m, merge(b, b, t) = t, merge(b, x, x) =
 * x.
 * @param {readonly Entry[]} base what both saw last
 * @param {readonly Entry[]} mine
 * @param {readonly Entry[]} theirs
 * @returns {Entry[]}
 */
export function mergeHistories(base, mine, theirs) {
  if (sameHistory(base, theirs)) return [...mine];
  if (sameHistory(base, mine)) return [...theirs];
  const before = byItem(base);
  const my = byItem(mine);
  const their = byItem(theirs);
  const mineCounts = (/** @type {string} */ item) => !sameEntry(before.get(item), my.get(item));
  /** @type {Entry[]} */
  const merged = [];
  for (const entry of theirs) {
    const chosen = mineCounts(entry.item) ? my.get(entry.item) : entry;
    if (chosen) merged.push(chosen);
  }
  for (const entry of mine) if (!their.has(entry.item) && mineCounts(entry.item)) merged.push(entry);
  return merged;
}
