// Owns how many bytes a graph takes in a training, known before any work. Must not open it. Constants are
// such that what is said is no less than what was measured, and less than half as much again
// (bench:graph-size).

/** @import { Triples } from '../graph/triples.js' */

/** A name in the maps by which it is found. */
const bytesOfName = 250;
/** A triple as text, as numbers, sorted, as links of both its ends, and what of that is not collected yet. */
const bytesOfTriple = 400;
/** What is summed around a node: 16 numbers at a time, of one step and of two. */
const bytesOfNode = 2 * 16 * 8 + 48;
/** Of a number of a vector: as it is, leaning, its prior, and in files that are written and opened. */
const bytesOfNumber = 40;

/**
 * Linear in triples, in what they name, and in the items.
 * @param {Triples} triples checked
 * @param {readonly string[]} trained ids of items
 * @param {Iterable<unknown>} others ids of items that nobody may have
 * @param {number} dim
 */
export function graphMemory({ heads, tails }, trained, others, dim) {
  const names = new Set(heads);
  for (const name of tails) names.add(name);
  const items = new Set(trained);
  for (const id of others) if (names.has(String(id))) items.add(String(id));
  const nodes = items.size + names.size;
  return (
    bytesOfName * names.size +
    bytesOfTriple * heads.length +
    bytesOfNode * nodes +
    bytesOfNumber * items.size * dim
  );
}
