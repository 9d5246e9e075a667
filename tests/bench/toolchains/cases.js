// Owns the made data that every toolchain works on. Must not know a toolchain.
import { loadModel } from '../../../dist/ampcf.js';
import { trainModel } from '../../../dist/train.js';
import { ampcf_train_config } from '../../../web/core/abi.js';
import { writeStruct } from '../../../web/core/struct.js';
import { trainConfig } from '../../../web/train/config.js';
import { trainSettings } from '../../../web/train/settings.js';
import { below, seeded } from '../../support.js';

export const dim = 64;
export const personas = 4;
export const catalogue = 100_000;
/** Of the training that is timed. */
export const training = { users: 2000, items: 3000, events: 40, sweeps: 3 };

/**
 * People who like two of ten groups of items, popular ones more; every item has somebody.
 * @param {{ users: number, items: number, events: number }} size
 * @returns {{ user: number[], item: number[] }} pairs, each once
 */
function madeEvents({ users, items, events }) {
  const random = seeded(1),
    pairs = new Set(Array.from({ length: items }, (_, j) => (j % users) * items + j));
  for (let u = 0; u < users; u++)
    for (let n = 0; n < events; n++) {
      const place = Math.floor(random() ** 2 * (items / 10)),
        group = (u + below(random, 2)) % 10;
      pairs.add(u * items + place * 10 + group);
    }
  const sorted = [...pairs].sort((a, b) => a - b);
  return { user: sorted.map((pair) => Math.floor(pair / items)), item: sorted.map((pair) => pair % items) };
}

/**
 * A model of 100,000 items and a history over four of its groups.
 * @typedef {{ file: Uint8Array, history: Uint32Array }} ScanCase history: item indices
 */

/** @returns {Promise<ScanCase>} */
export async function scanCase() {
  const users = 3000,
    events = madeEvents({ users, items: catalogue, events: 60 });
  const { bytes } = await trainModel(
    {
      users: Array.from({ length: users }, (_, u) => `u${u}`),
      items: Array.from({ length: catalogue }, (_, j) => `i${j}`),
      ...events,
    },
    { dim, personas, sweeps: 1, split: 1, minSupport: 1, clusters: 0 },
  );
  const model = await loadModel(bytes);
  const history = Array.from({ length: 100 }, (_, i) => `i${((i * 7) % 300) * 10 + (i % 4) * 2}`);
  const places = new Map(model.ids().map((id, index) => [id, index]));
  model.dispose();
  return { file: bytes, history: Uint32Array.from(history, (id) => /** @type {number} */ (places.get(id))) };
}

/**
 * What ampcf_trainer_open takes.
 * @typedef {{ config: Uint8Array, offsets: Uint32Array, items: Uint32Array }} TrainCase
 */

/** @returns {TrainCase} */
export function trainCase() {
  const { user, item } = madeEvents(training),
    offsets = new Uint32Array(training.users + 1);
  for (const u of user) offsets[u + 1]++;
  for (let u = 0; u < training.users; u++) offsets[u + 1] += offsets[u];
  const settings = trainSettings({ dim, personas, sweeps: training.sweeps, alpha: 0.01 });
  return {
    config: writeStruct(ampcf_train_config, trainConfig(settings, training.users, training.items)),
    offsets,
    items: Uint32Array.from(item),
  };
}
