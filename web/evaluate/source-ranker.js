// Owns the ranking that given item vectors were made for: the product with the source's own vectors of
// people. Must not see relevant items.
import { badArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { scoreRanker } from './rankers.js';

/** @import { CheckedVectors } from '../train/given-input.js' */
/** @import { Person } from './people.js' */
/** @import { Ranker } from './rankers.js' */
/**
 * @typedef {object} UserVectors
 * @property {readonly string[]} ids (U) people as the interactions name them, distinct
 * @property {ArrayLike<number>} vectors (U, D) row after row
 */

/**
 * @param {UserVectors} userVectors
 * @param {number} dim
 */
function checkUserVectors({ ids, vectors }, dim) {
  if (!Array.isArray(ids)) throw badArgument('userVectors.ids', ids, 'an array of ids');
  if (new Set(ids).size !== ids.length)
    throw new AmpcfError('BAD_IDS', 'userVectors.ids: got an id twice, wanted distinct ids');
  if (vectors?.length !== ids.length * dim)
    throw badArgument(
      'userVectors.vectors',
      `${vectors?.length} numbers`,
      `${ids.length * dim}: ${ids.length} people x dim ${dim}`,
    );
  for (let i = 0; i < vectors.length; i++)
    if (!Number.isFinite(vectors[i])) throw badArgument(`userVectors.vectors[${i}]`, vectors[i], 'a number');
}

/**
 * @param {CheckedVectors} checked
 * @param {UserVectors} userVectors
 * @returns {Ranker & { knows: (user: string) => boolean }}
 */
export function sourceRanker({ ids, vectors, dim, bias }, userVectors) {
  checkUserVectors(userVectors, dim);
  const rows = new Map(userVectors.ids.map((id, u) => [id, u * dim]));
  let at = 0;
  const scorer = {
    score(/** @type {Uint32Array} */ _, /** @type {Float32Array} */ out) {
      for (let j = 0; j < out.length; j++) {
        let sum = bias ? bias[j] : 0;
        for (let d = 0; d < dim; d++) sum += vectors[j * dim + d] * userVectors.vectors[at + d];
        out[j] = sum;
      }
    },
    dispose() {},
  };
  const ranker = scoreRanker(/** @type {any} */ ({ itemIds: ids }), scorer);
  return {
    ...ranker,
    knows: (user) => rows.has(user),
    rank(person, k) {
      at = /** @type {number} */ (rows.get(/** @type {Person} */ (person).user));
      return ranker.rank(person, k);
    },
  };
}
