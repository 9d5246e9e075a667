// Owns the choice of the largest numbers. Must not know what they are.

/** For so few the least of the best is kept at hand; for more, all are sorted. */
const few = 64;

/**
 * The bound that the largest numbers reach.
 * @param {Float32Array | Float64Array} values
 * @param {number} most how many
 * @param {number} bound
 */
function leastOfLargest(values, most, bound) {
  const isFew = most <= few;
  const best = new Float64Array(isFew ? most : values.length);
  let n = 0;
  for (const value of values) {
    if (!(value > bound) || (isFew && n === most && value <= best[n - 1])) continue;
    let at = n < best.length ? n++ : n - 1;
    if (isFew) for (; at > 0 && best[at - 1] < value; at--) best[at] = best[at - 1];
    best[at] = value;
  }
  if (n < most || n === 0) return bound;
  return isFew ? best[n - 1] : best.subarray(0, n).sort()[n - most];
}

/**
 * The places of the largest numbers above a bound, largest first, equal ones in order.
 * @param {Float32Array | Float64Array} values
 * @param {number} most how many
 * @param {number} [bound]
 * @returns {number[]}
 */
export function largest(values, most, bound = 0) {
  const least = leastOfLargest(values, most, bound);
  const found = [];
  for (let i = 0; i < values.length; i++) if (values[i] > bound && values[i] >= least) found.push(i);
  return found.sort((a, b) => values[b] - values[a] || a - b).slice(0, most);
}
