// Owns every bit that the library computes on made data: files of every objective, scores, explanations, taste.
// Must run in a page as its source text, and so use nothing but its arguments.
import { below, seeded } from '../../support.js';

const genres = ['drama', 'comedy', 'western', 'horror'];
const n = 90,
  people = 70;

/** What is trained and asked: plain data, the same everywhere. */
export function madeInputs() {
  const random = seeded(11);
  /** @type {number[]} */ const user = [];
  /** @type {number[]} */ const item = [];
  for (let u = 0; u < people; u++)
    for (let j = 0; j < n; j++)
      if (below(random, [u, u >> 2].some((taste) => taste % 4 === j % 4) ? 3 : 25) === 0)
        (user.push(u), item.push(j));
  const items = Array.from({ length: n }, (_, j) => `i${j}`);
  const facts = items.map((id, j) => [
    id,
    { title: `Item ${j}`, aspects: [genres[j % 4], ...(j % 7 === 0 ? [genres[(j + 1) % 4]] : [])] },
  ]);
  const some = (/** @type {number} */ count) => Array.from({ length: count }, () => items[below(random, n)]);
  return {
    interactions: { users: Array.from({ length: people }, (_, u) => `u${u}`), items, user, item },
    facts,
    trainings,
    histories: [[], ['i3'], ...[5, 12, 40].map((count) => [...new Set(some(count))])],
    taste: {
      p: [0.4, 0.3, 0.2, 0.1],
      q: [0.05, 0.15, 0.35, 0.45],
      cost: Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => 3 * random())),
      scores: Array.from({ length: 60 }, () => random()).sort((a, b) => b - a),
      categories: Array.from({ length: 60 }, (_, i) => [i % 4, ...(i % 5 === 0 && i % 4 !== 3 ? [3] : [])]),
      vectors: Array.from({ length: 60 }, () => Array.from({ length: 19 }, () => random() - 0.5)),
    },
  };
}

/** Every objective, both kinds of neighbours, every type of vectors; odd widths leave tails in the kernels. */
const common = { minSupport: 1, clusters: 5 };
const als = { ...common, sweeps: 4, alpha: 0.4, lambda: 0.006 };
const trainings = [
  { ...als, dim: 33, joint: 3, rho: 0.5 },
  { ...als, dim: 7, personas: 1, vectors: 'f16' },
  { ...als, dim: 9, joint: 2, rho: 0.6, itemDamping: 0.4, popularityDamping: 0.3, neighbours: 12 },
  { ...als, dim: 17, vectors: 'int8', neighbours: 8, neighbourMethod: 'cooccurrence' },
  { ...common, objective: 'softmax', dim: 33, epochs: 6 },
  { ...common, objective: 'softmax', dim: 7, attention: 'cosine', attentionBeta: 5, batch: 50, epochs: 6 },
  { ...common, objective: 'multinomial', dim: 33, rho: 0.5, batch: 20, epochs: 4, warmup: 3 },
  { ...common, objective: 'gaussian', dim: 7, personas: 1, epochs: 4, warmup: 3 },
  { ...common, objective: 'logistic', dim: 20, samples: 15, batch: 9, epochs: 4, warmup: 3 },
];

/** @typedef {ReturnType<typeof madeInputs>} Inputs */

/**
 * @param {any} library of libraryWith
 * @param {Inputs} inputs
 */
export async function fingerprint(library, { interactions, facts, trainings: settings, histories, taste }) {
  const { loadModel, trainModel } = library;
  const word = (/** @type {number | null | undefined} */ x) =>
    x === null || x === undefined ? 'none' : new BigUint64Array(Float64Array.of(x).buffer)[0].toString(16);
  const words = (/** @type {Iterable<number> | null | undefined} */ list) => Array.from(list ?? [], word);
  const hash = async (/** @type {Uint8Array<ArrayBuffer>} */ bytes) =>
    Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join('');

  /** @param {any} model @param {string[]} history */
  function ofPerson(model, history) {
    const me = model.createProfile(history),
      list = me.recommend({ topK: 20, explain: true }).items;
    return {
      saved: Array.from(me.save()).join(),
      personas: me.personas().map((/** @type {any} */ { label, share }) => [label, word(share)]),
      ranked: me
        .rank(model.ids())
        .items.map((/** @type {any} */ entry) => [entry.item, word(entry.score), entry.persona?.index ?? -1]),
      reasons: list.map((/** @type {any} */ { item, attention, explanation }) => [
        item,
        ...words(attention),
        ...words(explanation?.contributions.map((/** @type {any} */ term) => term.contribution)),
        word(explanation?.rest),
        word(explanation?.bias),
        word(explanation?.residual),
      ]),
      distance: word(me.tasteDistance(list.map((/** @type {any} */ { item }) => item))),
      similar: history.length
        ? model.similar(history[0]).map((/** @type {any} */ entry) => [entry.item, word(entry.similarity)])
        : [],
    };
  }

  async function ofTaste() {
    const { p, q, cost, scores, categories, vectors } = taste,
      pool = { scores, items: categories, target: p },
      diverse = { scores, vectors },
      options = { lambda: 0.5, topK: 25 };
    /** @type {string[]} */ const distances = [];
    for (const distance of ['jensenShannon', 'hellinger', 'totalVariation', 'kl', 'wasserstein'])
      distances.push(word(await library.tasteDistance(p, q, { distance })));
    distances.push(word(await library.tasteDistance(p, q, { distance: 'wasserstein', cost })));
    return {
      distances,
      distribution: words(await library.tasteDistribution(categories, { weights: scores })),
      steck: await library.steckRerank(pool, options),
      proportional: await library.proportionalRerank(pool, options),
      mmr: await library.mmrRerank(diverse, options),
      dpp: await library.dppRerank(diverse, options),
    };
  }

  /** @type {{ file: string, people: ReturnType<typeof ofPerson>[] }[]} */ const models = [];
  for (const each of settings) {
    const { bytes } = await trainModel(interactions, { ...each, items: new Map(/** @type {any} */ (facts)) });
    const model = await loadModel(bytes);
    models.push({ file: await hash(bytes), people: histories.map((history) => ofPerson(model, history)) });
    model.dispose();
  }
  return { models, taste: await ofTaste() };
}
