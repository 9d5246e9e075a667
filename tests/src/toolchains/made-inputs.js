// Owns the data that the modules of every toolchain are given: plain, the same everywhere. Must not compute
// with the library.
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

const common = { minSupport: 1, clusters: 5 };
const als = { ...common, sweeps: 4, alpha: 0.4, lambda: 0.006 };
/**
 * Every objective, each kind of neighbours, every type of vectors; odd widths leave tails in the kernels.
 */
const trainings = [
  { ...als, dim: 33, gate: 1.5, leaves: 5 },
  { ...als, dim: 7, personas: 1, vectors: 'f16' },
  { ...als, dim: 9, gate: 2, proportional: 0.5, itemDamping: 0.4, popularityDamping: 0.3, neighbours: 12 },
  { ...als, dim: 17, vectors: 'int8', neighbours: 8, neighbourMethod: 'cooccurrence' },
  { ...als, dim: 8, neighbours: 6, neighbourMethod: 'local' },
  { ...common, objective: 'softmax', dim: 33, epochs: 6 },
  { ...common, objective: 'softmax', dim: 7, attention: 'cosine', attentionBeta: 5, batch: 50, epochs: 6 },
  { ...common, objective: 'multinomial', dim: 33, gate: 0, batch: 20, epochs: 4, warmup: 3 },
  { ...common, objective: 'gaussian', dim: 7, personas: 1, epochs: 4, warmup: 3 },
  { ...common, objective: 'logistic', dim: 20, samples: 15, batch: 9, epochs: 4, warmup: 3 },
];
