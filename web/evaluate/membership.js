// Owns the membership attack: can who was in the training be told from a model? Must not protect anybody; it
// measures. What is looked at in a model: membership-signs.js.
import { loadModel } from '../ampcf.js';
import { badArgument } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';
import { AmpcfError } from '../core/errors.js';
import { trainModel } from '../train.js';
import { seedArgument, wholeArgument } from './checks.js';
import { attackScores, attacked } from './membership-signs.js';
import { aucOf } from './persona-figures.js';
import { paceOf } from './pace.js';
import { historiesOf, interactionsOfPeople } from './people.js';
import { below, sampleOf, seededRandom } from '../core/random.js';

/** @import { Interactions } from '../train.js' */
/** @import { TrainOptions } from '../train.js' */
/** @import { PaceOptions } from './pace.js' */
/** @import { Person } from './people.js' */
/** @import { Scores, AttackName } from './membership-signs.js' */
/**
 * @typedef {object} Membership
 * @property {number} auc of the strongest attack: .5 = members cannot be told from others, 1 = always
 * @property {number} low
 * @property {number} high 95 % bootstrap over people
 * @property {AttackName} attack the strongest
 * @property {Record<AttackName, number>} attacks AUC of each
 * @property {number} people scored, members and others together
 * @property {number} folds
 */
/**
 * @typedef {object} MembershipChoices
 * @property {number} [seed] default 1
 * @property {number} [folds] random halves of the people, over which figures are averaged; default 1
 * @property {number} [people] of each side that are scored in a fold, default 500
 * @property {number} [resamples] default 500
 * @property {(interactions: Interactions) => Interactions} [prepare] what a training gets in the place of its
 *   people's interactions, to measure a way of leaving out of one's own; the attacker knows whole histories
 */
/** @typedef {MembershipChoices & PaceOptions} MembershipOptions */

const fewestItems = 4;
const fewestPeople = 8;

/**
 * @param {Person[]} people
 * @param {Record<string, any>} settings
 * @param {string} stage
 * @param {Pick<MembershipOptions, 'prepare'> & PaceOptions} options
 */
async function shadow(people, settings, stage, { prepare = (given) => given, signal, onProgress }) {
  const { bytes } = await trainModel(prepare(interactionsOfPeople(people)), {
    ...settings,
    ...(signal && { signal }),
    ...(onProgress && { onProgress: ({ done, total }) => onProgress({ stage, done, total }) }),
  });
  return loadModel(bytes);
}

/**
 * Attacks once: half of the people train the target, a quarter trains a model for comparison, and the last
 * quarter was in neither.
 * @param {Person[]} everybody
 * @param {TrainOptions} settings
 * @param {{ seed: number, people: number } & MembershipOptions} options
 */
async function attackOnce(everybody, settings, { seed, people, ...options }) {
  const mixed = sampleOf(everybody, everybody.length, seededRandom(seed));
  const half = mixed.length >> 1;
  const quarter = half + ((mixed.length - half) >> 1);
  const inside = mixed.slice(0, half);
  const outside = mixed.slice(quarter);
  const target = await shadow(inside, settings, 'training on half of the people', options);
  const reference = await shadow(
    mixed.slice(half, quarter),
    settings,
    'training on a quarter of the people',
    options,
  ).catch((error) => {
    target.dispose();
    throw error;
  });
  try {
    const pace = paceOf('attacking', options);
    const sides = [inside.slice(0, people), outside.slice(0, people)];
    const found = /** @type {Scores[][]} */ ([[], []]);
    const views = [attacked(target), attacked(reference)];
    const total = sides[0].length + sides[1].length;
    for (const [side, asked] of sides.entries())
      for (const [i, person] of asked.entries()) {
        found[side].push(attackScores(views[0], views[1], person, seed));
        await pace(side * sides[0].length + i + 1, total);
      }
    return { members: found[0], others: found[1] };
  } finally {
    target.dispose();
    reference.dispose();
  }
}

/** @typedef {Awaited<ReturnType<typeof attackOnce>>} Fold */

/**
 * @param {Fold[]} folds
 * @param {AttackName} name
 */
const foldAuc = (folds, name) =>
  folds.reduce(
    (sum, { members, others }) =>
      sum +
      aucOf(
        members.map((of) => of[name]),
        others.map((of) => of[name]),
      ),
    0,
  ) / folds.length;

/**
 * Bootstrap interval of an AUC: people of each side and fold are drawn with replacement.
 * @param {Fold[]} folds
 * @param {AttackName} name
 * @param {number} resamples
 * @param {number} seed
 */
function intervalOf(folds, name, resamples, seed) {
  const random = seededRandom(seed);
  const drawn = (/** @type {Scores[]} */ list) => list.map(() => list[below(random, list.length)]);
  const found = Array.from({ length: resamples }, () =>
    foldAuc(
      folds.map(({ members, others }) => ({ members: drawn(members), others: drawn(others) })),
      name,
    ),
  ).sort((a, b) => a - b);
  return { low: found[Math.floor(0.025 * (resamples - 1))], high: found[Math.ceil(0.975 * (resamples - 1))] };
}

const optionNames = 'people folds resamples seed prepare signal onProgress';

/**
 * Trains on a random half of the people, and tries to tell them from people who were left out, by how well
 * the model foretells (rank and margin of left-out items) and fits what they have, and by where the vectors
 * of their items point (cosine, rare cosine), each with and without a comparison model.
 * @param {Interactions} interactions
 * @param {TrainOptions} settings of the training
 * @param {MembershipOptions} [options]
 * @returns {Promise<Membership>} same input and seed give the same figures; the strongest attack is chosen on
 *   the people it is measured on, which flatters the attacker
 * @throws {AmpcfError} BAD_ARGUMENT, NO_DATA (fewer than 8 people with 4 items), what training throws; an
 *   abort rejects with its reason
 */
export async function membershipAttack(interactions, settings, options = {}) {
  const { seed = 1, folds = 1, people = 500, resamples = 500 } = optionsArgument(options, optionNames);
  for (const [name, value] of Object.entries({ folds, people, resamples })) wholeArgument(name, value, 1);
  seedArgument(seed);
  if (options.prepare !== undefined && typeof options.prepare !== 'function')
    throw badArgument('prepare', options.prepare, 'a function');
  const everybody = historiesOf(interactions).filter(({ history }) => history.length >= fewestItems);
  if (everybody.length < fewestPeople) {
    const got = `${everybody.length} people with ${fewestItems} or more items`;
    throw new AmpcfError('NO_DATA', `a membership attack: got ${got}, wanted at least ${fewestPeople}`);
  }
  const found = /** @type {Fold[]} */ ([]);
  for (let fold = 0; fold < folds; fold++)
    found.push(await attackOnce(everybody, settings, { ...options, seed: (seed + fold) % 2 ** 32, people }));
  const names = /** @type {AttackName[]} */ (Object.keys(found[0].members[0]));
  const attacks = /** @type {Record<AttackName, number>} */ (
    Object.fromEntries(names.map((name) => [name, foldAuc(found, name)]))
  );
  const attack = names.reduce((best, name) => (attacks[name] > attacks[best] ? name : best));
  return {
    auc: attacks[attack],
    ...intervalOf(found, attack, resamples, seed),
    attack,
    attacks,
    people: found.reduce((sum, { members, others }) => sum + members.length + others.length, 0),
    folds,
  };
}
