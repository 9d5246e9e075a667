// Owns the quantile of sorted numbers. Must not sort.

/**
 * The value below which a share of the sorted values lies, linear between order statistics (type 7 of Hyndman
 * and Fan 1996).
 * @param {ArrayLike<number>} sorted at least one, ascending
 * @param {number} share 0 to 1
 */
export function quantile(sorted, share) {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
