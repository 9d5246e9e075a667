// Owns item-item neighbours by co-occurrence, the plainest collaborative filter. Must not know how it is
// measured.
/** @import { CanonicalInteractions } from '../train/interactions.js' */
/** @import { Scorer } from './rankers.js' */
/** @typedef {{ historyExponent: number, candidateExponent: number, neighbours: number }} NeighbourSettings */

/**
 * For each item, the people who have it.
 * @param {CanonicalInteractions} data
 */
function peopleOfItems({ users, itemIds, offsets, items }) {
  const starts = new Uint32Array(itemIds.length + 1);
  for (const j of items) starts[j + 1]++;
  for (let j = 0; j < itemIds.length; j++) starts[j + 1] += starts[j];
  const people = new Uint32Array(items.length);
  const next = starts.slice();
  for (let u = 0; u < users; u++)
    for (let x = offsets[u]; x < offsets[u + 1]; x++) people[next[items[x]]++] = u;
  return { starts, people };
}

/**
 * Scores by co-occurrence: s_ij = c_ij / (d_i^a d_j^b), c the people who have both, d the people who have
 * one; of each item i of a history the `neighbours` candidates j of the highest s_ij count, and their s_ij
 * add up. Sarwar et al. 2001; Deshpande & Karypis 2004
 * @param {CanonicalInteractions} data
 * @param {NeighbourSettings} settings
 * @param {(done: number, total: number) => Promise<void>} pace
 * @returns {Promise<Scorer>}
 */
export async function fitNeighbours(data, { historyExponent, candidateExponent, neighbours }, pace) {
  const { offsets, items, itemIds } = data;
  const n = itemIds.length;
  const { starts, people } = peopleOfItems(data);
  const degree = Float64Array.from({ length: n }, (_, j) => starts[j + 1] - starts[j]);
  const candidateScale = degree.map((d) => d ** -candidateExponent);
  const together = new Float64Array(n);
  const similarity = new Float32Array(n);
  /** @type {{ items: Uint32Array, values: Float32Array }[]} */
  const rows = [];
  for (let i = 0; i < n; i++) {
    /** @type {number[]} */
    const met = [];
    for (let x = starts[i]; x < starts[i + 1]; x++)
      for (let y = offsets[people[x]]; y < offsets[people[x] + 1]; y++)
        if (together[items[y]]++ === 0) met.push(items[y]);
    const scale = degree[i] ** -historyExponent;
    for (const j of met) similarity[j] = together[j] * scale * candidateScale[j];
    const others = met.filter((j) => j !== i).sort((a, b) => similarity[b] - similarity[a] || a - b);
    const best = Uint32Array.from(others.slice(0, neighbours));
    rows.push({ items: best, values: Float32Array.from(best, (j) => similarity[j]) });
    for (const j of met) together[j] = 0;
    await pace(i + 1, n);
  }
  return {
    score(history, out) {
      out.fill(0);
      for (const i of history)
        for (let x = 0, { items: js, values } = rows[i]; x < js.length; x++) out[js[x]] += values[x];
    },
    dispose: () => void rows.splice(0),
  };
}
