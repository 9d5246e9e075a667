// Owns the membership attack: can who was in the training be told from a model? Must not protect anybody; it
// measures.
import { loadModel } from '../ampcf.js';
import { optionsArgument } from '../core/options.js';
import { AmpcfError } from '../core/errors.js';
import { trainModel } from '../train.js';
import { seedArgument, wholeArgument } from './checks.js';
import { withPerson } from './fold-person.js';
import { aucOf, meanOf } from './persona-figures.js';
import { paceOf } from './pace.js';
import { historiesOf, interactionsOfPeople } from './people.js';
import { below, personRandom, sampleOf, seededRandom } from '../core/random.js';

/** @import { Interactions } from '../train.js' */
/** @import { TrainOptions } from '../train.js' */
/** @import { PaceOptions } from './pace.js' */
/** @import { Person } from './people.js' */
/** @typedef {import('../model/model.js').Model} OpenModel */
/**
 * @typedef {'rank' | 'margin' | 'fit' | 'calibrated rank' | 'calibrated margin' | 'calibrated fit'}
 *   AttackName
 */
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
 */
/** @typedef {MembershipChoices & PaceOptions} MembershipOptions */
/** @typedef {Record<AttackName, number>} Scores higher: more like a member */

const leftOut = 8;
const fewestItems = 4;
const fewestPeople = 8;

/**
 * How an item stands among those that the person has not: the smaller its rank and the larger its margin, the
 * better the model foretells it.
 * @param {Float32Array} scores
 * @param {number} index
 * @param {Set<number | undefined>} seen
 */
function standOf(scores, index, seen) {
  const score = scores[index];
  let above = 0;
  let sum = 0;
  let squares = 0;
  let n = 0;
  for (let j = 0; j < scores.length; j++) {
    if (seen.has(j)) continue;
    n++;
    sum += scores[j];
    squares += scores[j] ** 2;
    if (scores[j] >= score) above++;
  }
  const mean = sum / Math.max(1, n);
  const spread = Math.sqrt(Math.max(1e-12, squares / Math.max(1, n) - mean ** 2));
  return { rank: -Math.log((above + 1) / (n + 1)), margin: (score - mean) / spread };
}

/**
 * What an attacker with a person's whole history sees of the model: how well it foretells each of some items
 * from the others, and how well it fits all of them.
 * @param {OpenModel} model
 * @param {Person} person
 * @param {number} seed
 */
function signsOf(model, { user, history }, seed) {
  const known = history.filter(({ item }) => model.has(item));
  const asked = sampleOf(known, leftOut, personRandom(seed, user));
  const seen = new Set(known.map(({ item }) => model.indexOf(item)));
  const stand = (/** @type {Float32Array} */ scores, /** @type {string} */ item) =>
    standOf(scores, /** @type {number} */ (model.indexOf(item)), seen);
  const alone = asked.map(({ item }) =>
    withPerson(
      model,
      known.filter((event) => event.item !== item),
      (fold) => stand(fold.scores(), item),
    ),
  );
  const whole = withPerson(model, known, (fold) => {
    const scores = fold.scores();
    return asked.map(({ item }) => stand(scores, item).margin);
  });
  const mean = (/** @type {number[]} */ values) => meanOf(values) ?? 0;
  return {
    rank: mean(alone.map(({ rank }) => rank)),
    margin: mean(alone.map(({ margin }) => margin)),
    fit: mean(whole),
  };
}

/**
 * The scores of every attack. Calibrated ones subtract what a model says that never saw the person, so that
 * people who are easy to foretell do not look like members (Watson et al., ICLR 2022).
 * @param {OpenModel} target
 * @param {OpenModel} reference
 * @param {Person} person
 * @param {number} seed
 * @returns {Scores}
 */
function attackScores(target, reference, person, seed) {
  const own = signsOf(target, person, seed);
  const other = signsOf(reference, person, seed);
  return {
    ...own,
    'calibrated rank': own.rank - other.rank,
    'calibrated margin': own.margin - other.margin,
    'calibrated fit': own.fit - other.fit,
  };
}

/**
 * @param {Person[]} people
 * @param {Record<string, any>} settings
 * @param {string} stage
 * @param {PaceOptions} options
 */
async function shadow(people, settings, stage, { signal, onProgress }) {
  const { bytes } = await trainModel(interactionsOfPeople(people), {
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
 * @param {{ seed: number, people: number } & PaceOptions} options
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
    const total = sides[0].length + sides[1].length;
    for (const [side, asked] of sides.entries())
      for (const [i, person] of asked.entries()) {
        found[side].push(attackScores(target, reference, person, seed));
        await pace(side * sides[0].length + i + 1, total);
      }
    return { members: found[0], others: found[1] };
  } finally {
    target.dispose();
    reference.dispose();
  }
}

/** @typedef {Awaited<ReturnType<typeof attackOnce>>} Attacked */

/**
 * @param {Attacked[]} folds
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
 * @param {Attacked[]} folds
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

const optionNames = 'people folds resamples seed signal onProgress';

/**
 * Trains on a random half of the people, and tries to tell them from people who were left out, by how well
 * the model foretells (rank and margin of left-out items) and fits what they have, with and without a
 * comparison model.
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
  const everybody = historiesOf(interactions).filter(({ history }) => history.length >= fewestItems);
  if (everybody.length < fewestPeople) {
    const got = `${everybody.length} people with ${fewestItems} or more items`;
    throw new AmpcfError('NO_DATA', `a membership attack: got ${got}, wanted at least ${fewestPeople}`);
  }
  const found = /** @type {Attacked[]} */ ([]);
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
