// Owns reading LastFM* of conversational recommendation, its model and the pairs that are played. Must not
// play.
import { readFileSync } from 'node:fs';
import { loadModel } from '../../../dist/ampcf.js';
import { appendItems, trainModel } from '../../../dist/train.js';
import { readRatings } from '../../../web/read/read-ratings.js';
import { sampleOf, seededRandom } from '../../../web/core/random.js';

/** @import { AskSet, Pair } from './rules.js' */

const lines = (/** @type {string} */ path) => readFileSync(path, 'utf8').trim().split('\n');
const rows = (/** @type {string} */ path) => lines(path).map((line) => line.split(' '));

/**
 * @param {string} folder
 * @returns {AskSet}
 */
export function readSet(folder) {
  const has = new Map(rows(`${folder}/item-attributes.txt`).map(([item, ...own]) => [item, new Set(own)]));
  const groups = new Map(
    lines(`${folder}/attributes.csv`)
      .slice(1)
      .map((line) => {
        const [, id, names] = /^(\d+),.*,\d+,([^,]*)$/.exec(line) ?? [];
        return [id, new Set(names ? names.split('|') : [])];
      }),
  );
  const train = new Map(rows(`${folder}/train.txt`).map(([user, ...items]) => [user, items]));
  const popularity = new Map();
  for (const items of train.values())
    for (const item of items) popularity.set(item, (popularity.get(item) ?? 0) + 1);
  const having = new Map();
  for (const [item, own] of has)
    for (const aspect of own) having.set(aspect, (having.get(aspect) ?? []).concat(item));
  return { has, having, groups, train, popularity };
}

/**
 * Trained on train.txt alone. Items that nobody has there are appended by their aspects.
 * @param {string} folder
 * @param {AskSet} set
 */
export async function modelOf(folder, { has }) {
  const items = new Map([...has].map(([item, own]) => [item, { aspects: [...own] }]));
  const train = await readRatings(`${folder}/train.txt`, { format: 'list' });
  const { bytes } = await trainModel(train, { dim: 64, sweeps: 8, minSupport: 1, clusters: 0, items });
  const all = await appendItems(bytes, { items });
  return { model: await loadModel(all.bytes), bytes: all.bytes.length, appended: all.appended.length };
}

/**
 * Conversations: all (person, item) of a part, a sample by seed, in the order of people.
 * @param {string} folder
 * @param {'validation' | 'test' | 'two-target-train' | 'two-target-test'} part
 * @param {number} most
 * @param {number} seed
 * @returns {Pair[]}
 */
export function pairsOf(folder, part, most, seed) {
  const all = rows(`${folder}/${part}.txt`).flatMap(([user, ...items]) =>
    part.startsWith('two') ? [{ user, targets: items }] : items.map((item) => ({ user, targets: [item] })),
  );
  const drawn = sampleOf(all, Math.min(most, all.length), seededRandom(seed));
  return drawn.sort((a, b) => Number(a.user) - Number(b.user));
}
