// Owns which item has which aspects, as lists of numbers, read once a model. Must not know people.
import { aspectsOfItem } from '../core/kernel.js';

/** @import { Model } from '../model/model.js' */
/**
 * @typedef {object} Catalogue
 * @property {Uint32Array} offsets (N + 1) of the aspects of each item
 * @property {Uint16Array} aspects of all items, one after the other
 * @property {Uint32Array} starts (A + 1) of the items of each aspect
 * @property {Uint32Array} items of all aspects, one after the other
 * @property {Float64Array} rarity (A) log of how many items there are for each that has it
 * @property {Float64Array} lengths (N) of the items' rows of rarities
 */

/** @type {WeakMap<Model, Catalogue>} */
const read = /* @__PURE__ */ new WeakMap();

/**
 * The same by aspects.
 * @param {Uint32Array} offsets
 * @param {Uint16Array} aspects
 * @param {number} count of aspects
 */
function byAspect(offsets, aspects, count) {
  const starts = new Uint32Array(count + 1);
  for (const aspect of aspects) starts[aspect + 1]++;
  for (let a = 0; a < count; a++) starts[a + 1] += starts[a];
  const next = starts.slice();
  const items = new Uint32Array(aspects.length);
  for (let j = 0; j + 1 < offsets.length; j++)
    for (let x = offsets[j]; x < offsets[j + 1]; x++) items[next[aspects[x]]++] = j;
  return { starts, items };
}

/** @param {Model} model */
function readCatalogue({ kernel, info }) {
  const n = info.items;
  const offsets = new Uint32Array(n + 1);
  const rows = Array.from({ length: info.aspects && n }, (_, j) => aspectsOfItem(kernel, j));
  rows.forEach((row, j) => {
    offsets[j + 1] = offsets[j] + row.length;
  });
  const aspects = Uint16Array.from(rows.flat());
  const { starts, items } = byAspect(offsets, aspects, info.aspects);
  const rarity = new Float64Array(info.aspects).map((_, a) =>
    Math.log(n / Math.max(1, starts[a + 1] - starts[a])),
  );
  const lengths = new Float64Array(n).map((_, j) => Math.hypot(...(rows[j] ?? []).map((a) => rarity[a])));
  return { offsets, aspects, starts, items, rarity, lengths };
}

/**
 * @param {Model} model
 * @returns {Catalogue}
 */
export function catalogueOf(model) {
  let found = read.get(model);
  if (!found) read.set(model, (found = readCatalogue(model)));
  return found;
}
