// Owns numbers from a seed, for what examples make up. Must not use a clock or another source of chance.

/**
 * Numbers from 0 to below 1 that follow from a seed (mulberry32).
 * @param {number} seed
 */
export function seeded(seed) {
  let x = seed >>> 0;
  return () => {
    x = (x + 0x6d2b79f5) >>> 0;
    let t = Math.imul(x ^ (x >>> 15), x | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
