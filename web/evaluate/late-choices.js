// Owns what is chosen on validation people once a training is over, and on whom: the gate, its leaves,
// lists in proportion. Must not know the rules of a choice.
import { loadModel } from '../ampcf.js';
import { chooseGate } from './choose-gate.js';
import { chooseProportional } from './choose-proportional.js';
import { rankPeople } from './measure.js';
import { ndcg } from './metrics.js';
import { modelRanker } from './rankers.js';

/** @import { Model } from '../ampcf.js' */
/** @import { FinishedTraining, LateSettings } from '../train.js' */
/** @import { Crew } from './crew.js' */
/** @import { Person } from './people.js' */
/** @typedef {(done: number, total: number) => Promise<void>} Pace */

const cut = 20;
/** Lists in proportion are several lists a person. */
const mostAsked = 500;

/** A file whose lists are those of the vectors and the neighbours alone. */
export const singleVector = Object.freeze({ gate: 0, proportional: 0 });

/**
 * With the model of some bytes, for as long as `use` takes.
 * @template T
 * @param {Uint8Array} bytes
 * @param {(model: Model) => Promise<T>} use
 */
export async function withModel(bytes, use) {
  const model = await loadModel(bytes);
  return use(model).finally(() => model.dispose());
}

/**
 * @param {FinishedTraining} finished
 * @param {readonly Person[]} people
 * @param {LateSettings} fixed what the caller gave
 * @param {Pace} pace
 * @param {Crew} [crew]
 */
export function gateFor({ settings, bytes }, people, fixed, pace, crew) {
  return chooseGate({
    people,
    fixed,
    leaves: Number(settings.leaves),
    measure: async (pair, asked) =>
      withModel(await bytes({ ...pair, proportional: 0 }), async (model) => {
        const lists = await rankPeople(modelRanker(model, 0, crew), asked, cut, pace);
        return Float64Array.from(lists, (list, u) => ndcg(list, asked[u].relevant, cut));
      }),
  });
}

/**
 * @param {Model} model
 * @param {readonly Person[]} people
 * @param {Pace} pace
 */
export function proportionalFor(model, people, pace) {
  const step = Math.ceil(people.length / mostAsked);
  const ask = (/** @type {Person} */ { history, relevant }, /** @type {number} */ proportional) => {
    const me = model.createProfile(history);
    const list = me.recommend({ topK: cut, proportional }).items.map(({ item }) => item);
    me.dispose();
    return { list, ndcg: ndcg(list, relevant, cut) };
  };
  return chooseProportional(
    people.filter((_, u) => u % step === 0),
    ask,
    pace,
  );
}
