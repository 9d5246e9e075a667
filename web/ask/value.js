// Owns the one score of asking and of listing: how likely the person gets what they are after before they
// leave. Must not know items, only sorted masses.

/** Bits in a coin that comes up with chance p. */
export function coinBits(/** @type {number} */ p) {
  return p > 0 && p < 1 ? -p * Math.log2(p) - (1 - p) * Math.log2(1 - p) : 0;
}

/** No turn after so many is looked at. */
const farthest = 40;

/**
 * How far lists reach when questions come first: a question that brings b bits makes each place of the lists
 * after it stand for 2^b items. With t turns left, k questions and then lists:
 *
 *     V = max_k sum_(r = k + 1 .. t) g^(r - 1) (C(L 2^(bk) (r - k)) - C(L 2^(bk) (r - k - 1)))
 *
 * where C(x) is the mass of the x likeliest items, g the patience.
 * @param {Float64Array} sorted masses, largest first
 * @param {number} n how many of them
 * @param {number} turns that are left
 * @param {{ list: number, patience: number, bits: number }} settings
 */
export function valueOf(sorted, n, turns, { list, patience, bits }) {
  if (turns < 1 || n === 0) return 0;
  const sums = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) sums[i + 1] = sums[i] + sorted[i];
  const far = (/** @type {number} */ x) => {
    if (x >= n) return sums[n];
    const below = Math.floor(x);
    return sums[below] + (x - below) * sorted[below];
  };
  const end = Math.min(turns, farthest);
  let best = 0;
  let first = 1;
  for (let k = 0; k < end; k++, first *= patience) {
    const places = list * 2 ** (bits * k);
    let value = 0;
    let before = 0;
    for (let r = 1, worth = first; r <= end - k; r++, worth *= patience) {
      const now = far(places * r);
      value += worth * (now - before);
      before = now;
      if (places * r >= n) break;
    }
    if (value > best) best = value;
    if (bits <= 0 || places >= n) break;
  }
  return best;
}
