// Owns the figures of a model on held-out items: whom it is asked about, recall and NDCG. Must not train.
import { Model } from '../ampcf.js';
import { badArgument } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';
import { AmpcfError } from '../core/errors.js';
import { sampleOf, seededRandom } from '../core/random.js';
import { figuresOf, rankPeople } from './measure.js';
import { paceOf } from './pace.js';
import { choosePeople, itemsByPerson } from './people.js';
import { modelRanker } from './rankers.js';

/** @import { Interactions } from '../train.js' */
/** @import { Person } from './people.js' */
/** @import { Ranker } from './rankers.js' */
/**
 * @typedef {object} ValidationFigures full ranking, the history left out
 * @property {Record<string, number>} metrics `recall@20` and `ndcg@20`
 * @property {Record<string, number>} standardErrors
 * @property {number} people measured
 */

export const cut = 20;

/**
 * The people of the validation whom a model can be asked about.
 * @param {Interactions} interactions
 * @param {Interactions} validation
 */
export function validationPeople(interactions, validation) {
  const { people } = choosePeople({
    histories: itemsByPerson(interactions),
    test: validation,
    knows: () => true,
  });
  if (people.length === 0)
    throw new AmpcfError(
      'NO_DATA',
      'validation: got nobody with an item that is not in the training, wanted at least one',
    );
  return people;
}

/**
 * Some of the people, or all where they are not more.
 * @param {readonly Person[]} people
 * @param {number} most
 * @param {number} seed
 */
export const someOf = (people, most, seed) =>
  people.length <= most ? people : sampleOf(people, most, seededRandom(seed));

/**
 * @param {Ranker} ranker
 * @param {readonly Person[]} people
 * @param {(done: number, total: number) => Promise<void>} pace
 * @returns {Promise<ValidationFigures>}
 */
export async function figuresFor(ranker, people, pace) {
  const lists = await rankPeople(ranker, people, cut, pace);
  const { metrics, standardErrors } = figuresOf(lists, people, {
    ks: [cut],
    share: () => 1,
    catalogue: ranker.catalogue,
  });
  const both = (/** @type {Record<string, number>} */ of) =>
    Object.fromEntries([`recall@${cut}`, `ndcg@${cut}`].map((name) => [name, of[name]]));
  return { metrics: both(metrics), standardErrors: both(standardErrors), people: people.length };
}

/**
 * What people of the validation would have been recommended, against what they took: the figures of
 * `evaluateModel`.
 * @param {Model} model
 * @param {Interactions} interactions that it was trained on: the histories
 * @param {Interactions} validation
 * @param {{ signal?: AbortSignal, onProgress?: (progress: { stage: string, done: number, total: number }) =>
 *   void }} [options]
 * @returns {Promise<ValidationFigures>}
 * @throws {AmpcfError} BAD_ARGUMENT, NO_DATA
 */
export async function measureValidation(model, interactions, validation, options = {}) {
  if (!(model instanceof Model)) throw badArgument('model', model, 'a Model of loadModel');
  return figuresFor(
    modelRanker(model),
    validationPeople(interactions, validation),
    paceOf('measuring', optionsArgument(options, 'signal onProgress')),
  );
}
