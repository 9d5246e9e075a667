// Owns the entropy of shares. Must not know what they are of.

/**
 * In nats.
 * @param {Iterable<number>} shares sum 1
 */
export function entropy(shares) {
  let sum = 0;
  for (const share of shares) if (share > 0) sum -= share * Math.log(share);
  return sum;
}
