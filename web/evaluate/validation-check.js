// Owns what a validation says beside its figures: what popularity reaches, and how far what was held
// out is from the training. Must not choose settings.
import { Model } from '../ampcf.js';
import { badArgument } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';
import { canonicalInteractions } from '../train/interactions.js';
import { baselines } from './baselines.js';
import { seedArgument } from './checks.js';
import { paceOf } from './pace.js';
import { shiftOf } from './shift.js';
import { figuresFor, someOf, validationPeople } from './validation-figures.js';

/** @import { Interactions } from '../train.js' */
/** @import { EvaluationProgress } from './pace.js' */
/** @import { Shift } from './shift.js' */
/** @import { ValidationFigures } from './validation-figures.js' */
/**
 * @typedef {object} ValidationCheck
 * @property {ValidationFigures} popularity what the order by popularity reaches, for everybody
 * @property {{ heldOut: number, unknown: number }} events that were held out, and those of items that the
 *   model does not know: misses, whatever it does
 * @property {Shift | null} shift of some people; null: nobody has two known events and a known held-out one
 */

/** People that the shift is looked for in. */
const mostAsked = 4000;

/**
 * @param {Model} model
 * @param {Interactions} interactions that it was trained on: the histories
 * @param {Interactions} validation
 * @param {{ seed?: number, signal?: AbortSignal, onProgress?: (progress: EvaluationProgress) => void }}
 *   [options] seed: of the people and of the events left out, default 1
 * @returns {Promise<ValidationCheck>}
 * @throws {import('../core/errors.js').AmpcfError} BAD_ARGUMENT, NO_DATA; an abort rejects with its reason
 */
export async function checkValidation(model, interactions, validation, options = {}) {
  if (!(model instanceof Model)) throw badArgument('model', model, 'a Model of loadModel');
  const { seed = 1, signal, onProgress } = optionsArgument(options, 'seed signal onProgress');
  seedArgument(seed);
  const people = validationPeople(interactions, validation);
  const training = { interactions, data: canonicalInteractions(interactions, 1), dim: model.info.dim };
  const ranker = await baselines.popularity.fit(training, {}, {});
  const popularity = await figuresFor(
    ranker,
    people,
    paceOf('ranking by popularity', { signal, onProgress }),
  );
  const heldOut = people.flatMap(({ relevant }) => [...relevant]);
  const events = { heldOut: heldOut.length, unknown: heldOut.filter((item) => !model.has(item)).length };
  return { popularity, events, shift: shiftOf(model, interactions, someOf(people, mostAsked, seed), seed) };
}
