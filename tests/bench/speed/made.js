// Owns made people with tastes, as many items as wanted, and the item vectors that training on them gives.
// Must not write files, or measure.
import { loadModel } from '../../../dist/ampcf.js';
import { trainModel } from '../../../dist/train.js';
import { vectorsOf } from '../../../web/core/kernel.js';
import { below, seededRandom } from '../../../web/core/random.js';

/** @import { Interactions } from '../../../web/train.js' */
/**
 * @typedef {object} Learnt item vectors and what people had
 * @property {Float32Array} vectors (N, D), in popularity order
 * @property {Uint32Array} popularity (N) people who have the item
 * @property {number} users
 * @property {number} alpha of the fold-in
 * @property {number} lambda
 * @property {number[][]} histories item indices of the first people
 */

const itemsAPlace = 250,
  eventsAPerson = 40,
  noise = 0.15,
  keptPeople = 400;

/** Near to a normal number: sum of four uniform ones. */
const bell = (/** @type {() => number} */ random) => random() + random() + random() + random() - 2;

/**
 * Popular ones first: a square of a uniform number falls off like a long tail.
 * @param {() => number} random
 * @param {number} n
 */
const skewed = (random, n) => Math.floor(random() ** 2 * n);

/**
 * Items lie on a ring of places; a person has one to four tastes, each a stretch of the ring, and takes
 * popular items of it; 15 % of the events are taken anywhere. Every item is somebody's twice. The first
 * people, who are asked later, have four tastes and twice the events.
 * @param {number} nItems
 * @param {number} [nUsers]
 * @returns {Interactions & { user: number[] | Uint32Array, item: number[] | Uint32Array }}
 */
export function madeInteractions(nItems, nUsers = Math.max(200, Math.min(nItems >> 1, 250_000))) {
  const random = seededRandom(1),
    places = Math.max(8, Math.round(nItems / itemsAPlace)),
    user = [],
    item = [];
  for (let u = 0; u < nUsers; u++) {
    const isAsked = u < keptPeople,
      tastes = Array.from({ length: isAsked ? 4 : 1 + below(random, 4) }, () => skewed(random, places)),
      own = new Set();
    for (let n = 0; n < (isAsked ? 2 : 1) * eventsAPerson; n++) {
      const place = tastes[below(random, tastes.length)] + Math.round(1.5 * bell(random));
      const among = skewed(random, Math.floor(nItems / places));
      own.add(
        random() < noise ? skewed(random, nItems) : (((place + places) % places) + among * places) % nItems,
      );
    }
    for (const j of own) (user.push(u), item.push(j));
  }
  for (let n = 0; n < 2 * nItems; n++)
    (user.push((n * 7 + (n >= nItems ? 3 : 0)) % nUsers), item.push(n % nItems));
  return {
    users: Array.from({ length: nUsers }, (_, u) => `u${u}`),
    items: Array.from({ length: nItems }, (_, j) => `j${j}`),
    user,
    item,
  };
}

/**
 * @param {Interactions} interactions
 * @param {number} dim
 * @param {number} sweeps
 * @returns {Promise<Learnt>}
 */
export async function learn(interactions, dim, sweeps) {
  const { bytes } = await trainModel(interactions, { dim, sweeps, minSupport: 1, clusters: 0, bias: 0 });
  const model = await loadModel(bytes),
    places = new Map(model.ids().map((id, index) => [id, index])),
    placeOf = interactions.items.map((id) => places.get(String(id)) ?? -1);
  const popularity = new Uint32Array(places.size),
    lists = /** @type {Map<number, Set<number>>} */ (new Map());
  for (let n = 0; n < interactions.item.length; n++) {
    const j = placeOf[interactions.item[n]],
      u = interactions.user[n];
    if (j < 0) continue;
    popularity[j]++;
    if (u < keptPeople) lists.set(u, (lists.get(u) ?? new Set()).add(j));
  }
  const { alpha, lambda } = model.info.metadata.settings ?? model.info.metadata;
  const learnt = {
    vectors: vectorsOf(model.kernel, 0, places.size).slice(),
    popularity: popularity.sort((a, b) => b - a),
    users: interactions.users.length,
    alpha,
    lambda,
    histories: [...lists.values()].map((list) => [...list]),
  };
  model.dispose();
  return learnt;
}

/**
 * Vectors of independent normal numbers, and people who like what is near to four directions.
 * @param {number} nItems
 * @param {number} dim
 * @returns {Pick<Learnt, 'vectors' | 'histories'>}
 */
export function randomTable(nItems, dim) {
  const random = seededRandom(2),
    normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const vectors = Float32Array.from({ length: nItems * dim }, () => normal() / Math.sqrt(dim));
  const near = () => {
    const from = below(random, nItems) * dim;
    const scores = Float64Array.from({ length: Math.min(nItems, 20_000) }, (_, j) => {
      let sum = 0;
      for (let d = 0; d < dim; d++) sum += vectors[from + d] * vectors[j * dim + d];
      return sum;
    });
    const order = Uint32Array.from(scores, (_, j) => j).sort((a, b) => scores[b] - scores[a]);
    return [...order.subarray(0, 20)];
  };
  const histories = Array.from({ length: 24 }, () => [...new Set([near(), near(), near(), near()].flat())]);
  return { vectors, histories };
}
