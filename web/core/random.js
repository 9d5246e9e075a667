// Owns seeded randomness: the same seed gives the same choices on every machine. Must not be used for
// anything secret.

/** A seed is a whole number from 0 to this. */
export const highestSeed = 2 ** 32 - 1;

/**
 * Uniform in [0, 1): mulberry32.
 * @param {number} seed
 */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * One stream a person, whatever the others are and wherever the person stands in a file: FNV-1a of the id.
 * @param {number} seed
 * @param {string} user
 */
export function personRandom(seed, user) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < user.length; i++) hash = Math.imul(hash ^ user.charCodeAt(i), 0x01000193);
  const random = seededRandom(hash ^ Math.imul(seed, 0x9e3779b1));
  random(); // ids that differ in one letter begin alike
  return random;
}

/**
 * Of the standard normal distribution (Box and Muller 1958).
 * @param {() => number} random
 */
export const normal = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/**
 * A whole number below n.
 * @param {() => number} random
 * @param {number} n
 */
export const below = (random, n) => Math.floor(random() * n);

/**
 * The first `n` of a shuffled copy.
 * @template T
 * @param {readonly T[]} list
 * @param {number} n
 * @param {() => number} random
 * @returns {T[]}
 */
export function sampleOf(list, n, random) {
  const out = [...list];
  for (let i = 0; i < n && i < out.length - 1; i++) {
    const j = i + below(random, out.length - i);
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out.slice(0, n);
}
