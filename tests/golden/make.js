// Owns the making of golden files of this version: models of kind 2 with each quantisation, a saved
// profile of each, and what they gave. Must not write over a file that is there: golden files are kept
// for ever.
//
// Usage: node tests/golden/make.js. It has run once for each NAME in `kinds`; a later version adds names.
import { existsSync, writeFileSync } from 'node:fs';
import { loadModel } from '../../dist/ampcf.js';
import { trainModel } from '../../dist/train.js';
import { seededRandom } from '../../web/core/random.js';
import { filmFacts, interactionsOf, people, sample, shuffled } from '../support.js';
import { digits, hex } from './compare.js';

/** @import { Profile } from '../../web/model/profile.js' */

const options = { dim: 8, sweeps: 6, minSupport: 26, seed: 3 };
/** @type {Record<string, import('../../web/train.js').TrainOptions>} */
const kinds = {
  'gate-f32': { ...options, items: filmFacts, clusters: 4 },
  'gate-f16': { ...options, vectors: 'f16', neighbours: 4, clusters: 0, gate: 2, leaves: 5 },
  'gate-int8': { ...options, vectors: 'int8', neighbours: 3, items: filmFacts, proportional: 0.4 },
};

/** @param {Profile} me */
function resultsOf(me) {
  const { items } = me.recommend({ topK: 1000, excludeSeen: false });
  return {
    size: me.size,
    personas: me.personas().map(({ label, share }) => [label, hex(share)]),
    ranking: items.map(({ item, score, persona }) => [item, hex(score), persona?.index ?? null]),
    explained: [items[0].item, items[7].item].map((item) => {
      const { score, explanation } = me.explain(item);
      const contributions = explanation.contributions.map((part) => [part.item, digits(part.contribution)]);
      return [item, hex(score), contributions, digits(explanation.remembered)];
    }),
  };
}

/** @type {Record<string, unknown>} */
const expected = {};
const random = seededRandom(11);
for (const [name, settings] of Object.entries(kinds)) {
  const { bytes } = await trainModel(interactionsOf(people), settings);
  const model = await loadModel(bytes);
  const history = sample(shuffled([...model.ids()], random), 14, random).map((item, n) => ({
    item,
    weight: 1 + (n % 3),
    preference: [1, 1, 1, 0.25, -1][n % 5],
    at: 1.7e9 + n * 86400,
  }));
  const me = model.createProfile(history);
  const whole = resultsOf(me);
  me.forget({ keep: 6 });
  expected[name] = { history, lineage: model.info.lineage, whole, forgetful: resultsOf(me) };
  write(`${name}.ampcf`, bytes);
  write(`${name}.profile`, me.save());
}
write('expected-gate.json', JSON.stringify(expected));

/**
 * @param {string} name
 * @param {Uint8Array | string} bytes
 */
function write(name, bytes) {
  const path = new URL(name, import.meta.url);
  if (existsSync(path)) throw new Error(`${name} is there, and is never made again`);
  writeFileSync(path, bytes);
}
