// Owns what is known of items beside who used them, as sparse features: aspects, words of titles,
// embeddings. Must not know vectors.

/** @import { SparseRows } from './ridge.js' */
/** @typedef {{ title?: string | undefined, aspects?: readonly string[] | undefined }} ItemFacts */
/**
 * @typedef {object} Embeddings of texts, images or anything else, also of items that the model has
 * @property {readonly (string | number)[]} ids
 * @property {ArrayLike<number> | ArrayLike<ArrayLike<number>>} vectors one array of N x D numbers, or N
 *   arrays of D
 * @property {number} dim
 */
/** Of an embedding, by the id of its item. */
/** @typedef {{ dim: number, of: Map<string, ArrayLike<number>> }} EmbeddingRows */

/** A feature of fewer trained items says more of them than of others. */
const leastItems = 3;
/** Most features in all, so that a fit takes seconds. */
const mostFeatures = 500;

/**
 * Words and numbers of a title, in small letters.
 * @param {string} title
 */
const wordsOf = (title) => title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/**
 * Names of what an item has: aspects as they are, words of its title after a mark that no aspect begins
 * with. A title that says the id again says nothing of the item.
 * @param {string} id
 * @param {ItemFacts | undefined} facts
 * @param {boolean} words
 * @returns {string[]}
 */
const namesOf = (id, facts, words) => [
  ...new Set([
    ...(facts?.aspects ?? []).filter((aspect) => aspect !== '').map((aspect) => `aspect ${aspect}`),
    ...(words && facts?.title !== id ? wordsOf(facts?.title ?? '').map((word) => `word ${word}`) : []),
  ]),
];

/**
 * The names that several trained items have, aspects before words, the most frequent first.
 * @param {string[][]} names of the trained items
 * @param {number} most
 */
function chosenNames(names, most) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const own of names) for (const name of own) counts.set(name, (counts.get(name) ?? 0) + 1);
  const kind = (/** @type {string} */ name) => (name.startsWith('aspect ') ? 0 : 1);
  return [...counts]
    .filter(([, count]) => count >= leastItems && count < names.length)
    .sort(([a, n], [b, m]) => kind(a) - kind(b) || m - n || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([name]) => name);
}

/**
 * The factor that makes the mean square of a number of the embeddings of trained items 1 / dim: as much
 * as one aspect says.
 * @param {readonly string[]} ids
 * @param {EmbeddingRows} embeddings
 */
function embeddingScale(ids, { of }) {
  let sum = 0;
  let rows = 0;
  for (const id of ids) {
    const row = of.get(id);
    if (!row) continue;
    rows++;
    for (let d = 0; d < row.length; d++) sum += row[d] ** 2;
  }
  return sum > 0 ? Math.sqrt(rows / sum) : 0;
}

/**
 * @typedef {object} ItemFeatures
 * @property {SparseRows} trained
 * @property {SparseRows} fresh
 * @property {Uint32Array} known how many features each fresh item has
 * @property {boolean[]} words which features are words of titles
 */

/**
 * Embeddings take the place of words of titles, which they are likely to be made of.
 * @param {{ ids: readonly string[], facts: (id: string) => ItemFacts | undefined }} trained
 * @param {{ ids: readonly string[], facts: (id: string) => ItemFacts | undefined }} fresh
 * @param {EmbeddingRows | undefined} embeddings
 * @returns {ItemFeatures}
 */
export function itemFeatures(trained, fresh, embeddings) {
  const wide = embeddings?.dim ?? 0;
  const own = trained.ids.map((id) => namesOf(id, trained.facts(id), !embeddings));
  const chosen = chosenNames(own, mostFeatures);
  const index = new Map(chosen.map((name, c) => [name, wide + c]));
  const scale = embeddings ? embeddingScale(trained.ids, embeddings) : 0;
  const width = wide + chosen.length;
  const rows = (/** @type {readonly string[]} */ ids, /** @type {string[][]} */ names) =>
    sparse(
      width,
      ids.map((id, i) => [
        ...Array.from(embeddings?.of.get(id) ?? [], (x, d) => /** @type {const} */ ([d, scale * x])),
        ...names[i].flatMap((name) => {
          const column = index.get(name);
          return column === undefined ? [] : [/** @type {const} */ ([column, 1])];
        }),
      ]),
    );
  const news = rows(
    fresh.ids,
    fresh.ids.map((id) => namesOf(id, fresh.facts(id), !embeddings)),
  );
  const known = Uint32Array.from(fresh.ids, (_, i) => news.offsets[i + 1] - news.offsets[i]);
  const words = Array.from({ length: width }, (_, c) => c >= wide && chosen[c - wide].startsWith('word '));
  return { trained: rows(trained.ids, own), fresh: news, known, words };
}

/**
 * @param {number} width
 * @param {(readonly [number, number])[][]} rows
 * @returns {SparseRows}
 */
function sparse(width, rows) {
  const offsets = new Uint32Array(rows.length + 1);
  rows.forEach((row, i) => {
    offsets[i + 1] = offsets[i] + row.length;
  });
  const all = rows.flat();
  return {
    width,
    offsets,
    columns: Uint32Array.from(all, ([column]) => column),
    values: Float64Array.from(all, ([, value]) => value),
  };
}
