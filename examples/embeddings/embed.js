// Owns text embeddings that need no download: words of titles, genres and directors, hashed and projected at
// random. Must not know the library.

/**
 * Stands in for a sentence encoder, which would come with weights to download: a bag of words, each word one
 * of 2^20 buckets by its hash (FNV-1a), and each bucket a direction of D numbers from a seeded generator, so
 * that the vector of a text is the weighted sum of the directions of its words (Johnson and Lindenstrauss
 * 1984; Weinberger et al. 2009). Words that few texts have say more: weight log(N / texts with the word); a
 * word of one text alone says nothing of others, and is left out. Each vector has length 1, as encoders give
 * it.
 */
const buckets = 2 ** 20;

/** @param {string} word */
function hash(word) {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(word)) h = Math.imul(h ^ byte, 0x01000193) >>> 0;
  return h % buckets;
}

/**
 * Whole numbers below 2^32 that follow from a seed (xorshift32).
 * @param {number} seed
 */
function generator(seed) {
  let x = Math.imul(seed + 1, 0x9e3779b1) >>> 0 || 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>>= 0);
  };
}

/**
 * The direction of a bucket: +1 or -1 in each dimension.
 * @param {number} bucket
 * @param {number} dim
 */
function direction(bucket, dim) {
  const random = generator(bucket);
  for (let i = 0; i < 4; i++) random();
  return Float32Array.from({ length: dim }, () => ((random() >>> 16) % 2 === 0 ? 1 : -1));
}

/**
 * @param {{ title: string, genres: string[], director?: string }} film
 * @returns {string[]} genres and directors stay whole: `genre:science fiction`
 */
export function wordsOf({ title, genres, director = '' }) {
  const words = title
    .toLowerCase()
    .replace(/\(\d{4}\)/, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 2);
  return [...words, ...genres.map((genre) => `genre:${genre.toLowerCase()}`), `by:${director.toLowerCase()}`];
}

/**
 * @param {string[][]} texts words of each item
 * @param {number} dim
 * @returns {Float32Array} (texts, dim)
 */
export function embed(texts, dim) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const words of texts) for (const word of new Set(words)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const vectors = new Float32Array(texts.length * dim);
  texts.forEach((words, j) => {
    const row = vectors.subarray(j * dim, (j + 1) * dim);
    for (const word of new Set(words)) {
      const count = counts.get(word) ?? 0;
      if (count < 2) continue;
      const weight = Math.log(texts.length / count);
      direction(hash(word), dim).forEach((x, d) => {
        row[d] += weight * x;
      });
    }
    const length = Math.hypot(...row);
    if (length > 0) for (let d = 0; d < dim; d++) row[d] /= length;
  });
  return vectors;
}
