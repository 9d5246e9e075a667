// Owns the training inside the loop: a model of what everybody has had by now. Must not play rounds.
import { idAt } from '../core/kernel.js';
import { loadModel } from '../rank.js';
import { taste } from '../taste.js';

/** @import { TrainOptions } from '../train.js' */
/** @import { World } from './world.js' */

/**
 * The trainer is loaded here, so that a page which does not ask for it does not load it.
 * @param {World} world
 * @param {readonly ReadonlySet<number>[]} had by person
 * @param {true | TrainOptions} retrain
 * @param {{ settings: { seed: number }, signal?: AbortSignal | undefined }} options
 */
export async function retrained({ model, n }, had, retrain, { settings: { seed }, signal }) {
  const { trainModel } = await import('../train.js');
  const ids = Array.from({ length: n }, (_, j) => idAt(model.kernel, j));
  const facts = ids.map(
    (id) => /** @type {const} */ ([id, { title: model.title(id), aspects: model.aspects(id) }]),
  );
  const { bytes } = await trainModel(
    {
      users: had.map((_, i) => `s${i + 1}`),
      items: ids,
      user: had.flatMap((events, i) => Array(events.size).fill(i)),
      item: had.flatMap((events) => [...events]),
    },
    {
      ...{ dim: model.info.dim, seed, minSupport: 1, items: new Map(facts), signal },
      ...(retrain === true ? {} : retrain),
    },
  );
  return loadModel(bytes, { taste });
}
