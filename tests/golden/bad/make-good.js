// Owns the small sound files that make.js breaks: four items with everything that a file may have, in each
// quantisation. good-kind1.bin is seed-03 of tests/fuzz/make_seeds.c. Must run only when the format gains
// something that a rule is about.
import { writeFileSync } from 'node:fs';
import { trainModel } from '../../../dist/train.js';

const pairs = [
  [0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [2, 2], [2, 3],
  [3, 1], [3, 3], [4, 0], [4, 2], [4, 3], [5, 0], [5, 3],
]; // prettier-ignore
const interactions = {
  users: ['a', 'b', 'c', 'd', 'e', 'f'],
  items: ['one', 'two', 'three', 'four'],
  user: pairs.map(([user]) => user),
  item: pairs.map(([, item]) => item),
};
const aspects = [['x', 'y'], ['x', 'z'], ['y', 'z'], ['x']];
const items = new Map(
  interactions.items.map((item, n) => [item, { title: `Title ${item}`, aspects: aspects[n] }]),
);
const settings = {
  dim: 2,
  sweeps: 3,
  minSupport: 1,
  items,
  neighbours: 2,
  clusters: 3,
  popularityDamping: 0.2,
};
for (const vectors of /** @type {const} */ (['f32', 'f16', 'int8'])) {
  const { bytes } = await trainModel(interactions, { ...settings, vectors });
  writeFileSync(new URL(`good-${vectors}.bin`, import.meta.url), bytes);
}
