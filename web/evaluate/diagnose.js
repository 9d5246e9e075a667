// Owns the course of a diagnosis: whose personas are looked at, and which figures are made of them
// (METRICS.md). Must not print or know a formula.
import { Model, loadModel } from '../ampcf.js';
import { badArgument } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';
import { canonicalInteractions } from '../train/interactions.js';
import { trainModel } from '../train.js';
import { coresArgument } from '../train/options.js';
import { seedArgument, wholeArgument } from './checks.js';
import { measureFaithfulness } from './faithfulness.js';
import { evidenceOf, ownersOf, withPerson } from './fold-person.js';
import { factsOf } from './new-users.js';
import { measureOneEvent } from './one-event.js';
import { paceOf } from './pace.js';
import { choosePeople, historiesOf, itemsByPerson } from './people.js';
import { entropy } from '../core/entropy.js';
import {
  decidedShare,
  entropyShare,
  hasDead,
  hasMerged,
  isCollapsed,
  meanOf,
  separationOf,
} from './persona-figures.js';
import { personRandom, sampleOf, seededRandom } from '../core/random.js';
import { bestOf } from './rankers.js';
import { measureRareRecall } from './rare-recall.js';
import { checkLimits, limitsIn, retrainingOf, settingsOf } from './retraining.js';
import { measureStability } from './stability.js';

/** @import { Interactions } from '../train.js' */
/** @import { Faithfulness } from './faithfulness.js' */
/** @import { OneEvent } from './one-event.js' */
/** @import { PaceOptions } from './pace.js' */
/** @import { Person } from './people.js' */
/** @import { RareRecall } from './rare-recall.js' */
/** @import { RetrainingLimits } from './retraining.js' */
/** @import { Stability } from './stability.js' */
/** @typedef {import('../model/model.js').Model} OpenModel */
/**
 * @typedef {object} ByKind a figure of three kinds of items
 * @property {number | null} history what the person has
 * @property {number | null} recommended the first 20 that the person is recommended
 * @property {number | null} random 20 random other items
 */
/**
 * @typedef {object} DiagnoseChoices
 * @property {Interactions} history what people are folded in from
 * @property {Interactions} [test] what they took next, for `rareRecall`
 * @property {OpenModel} [against] another model of the same items: `stability` compares with it, `rareRecall`
 *   measures it too
 * @property {number} [seeds] without `against`: train this many others with other seeds and the model's own
 *   settings, for `stability`; default 0
 * @property {number} [people] how many are looked at, drawn by seed; default 300. `rareRecall` asks everybody
 *   of the test
 * @property {number} [seed] default 1
 * @property {number} [cores] 1 to 64 workers that share the trainings; default 1: none
 */
/** @typedef {DiagnoseChoices & RetrainingLimits} DiagnoseOptions limits: of `seeds` */
/**
 * @typedef {object} PersonaQuality figures of people with two or more personas; null: there is nobody, or
 *   nothing to compare with
 * @property {number | null} separation 1 - mean cosine of what two personas of a person say about the
 *   catalogue: 0 = the same, 1 = nothing in common
 * @property {number} effectivePersonas exp of the entropy of the shares, mean over everybody
 * @property {ByKind} sharpness entropy of the attention over ln P: lower is sharper, 0 = one persona speaks,
 *   1 = all alike
 * @property {number | null} stability share of a persona's 20 top items that the matching persona of the
 *   other training has too
 * @property {number | null} rareRecall recall@20 of test items of a taste that is below a tenth of the
 *   history
 * @property {number | null} collapsed share of people with two personas that own the history alike or say the
 *   same, or with one that is next to nothing
 * @property {DiagnosisDetails} details
 */
/**
 * @typedef {object} DiagnosisDetails
 * @property {number} people looked at
 * @property {number} several of them, those with two or more personas
 * @property {number} personas mean number
 * @property {number[]} counts people with 1, 2, ... personas
 * @property {number[]} shares of the largest persona, the second, ...: mean over the people with several, 0
 *   where there is none
 * @property {ByKind} decided share of items on which one persona has more than half of the attention
 * @property {number | null} ownership 1 - mean cosine of the responsibilities of two personas
 * @property {number | null} alike
 * @property {number | null} merged
 * @property {number | null} dead parts of `collapsed`
 * @property {Stability | null} stability
 * @property {OneEvent} oneEvent how far lists move
 * @property {RareRecall | null} rareRecall
 * @property {Faithfulness} faithfulness
 */
/** @typedef {NonNullable<ReturnType<typeof lookAt>>} Look */

const optionNames = 'history test against seeds people seed cores maxMinutes maxMemory signal onProgress';
const cut = 20;
const looked = 2000;
/** What a model should reach: at most this sharpness and this AUC of the attack, at least this stability. */
export const targets = Object.freeze({ sharpness: 0.6, stability: 0.7, membership: 0.6 });

/**
 * @param {OpenModel} model
 * @param {DiagnoseOptions & PaceOptions} options
 */
function checkOptions(model, { history, test, against, seeds = 0, people = 300, seed = 1, ...limits }) {
  if (!(model instanceof Model)) throw badArgument('model', model, 'a Model of loadModel');
  if (against !== undefined && !(against instanceof Model))
    throw badArgument('against', against, 'a Model of loadModel');
  for (const [name, given] of Object.entries({ history, ...(test !== undefined && { test }) })) {
    if (typeof given !== 'object' || !given)
      throw badArgument(name, given, 'interactions: users, items, user, item');
    canonicalInteractions(given, 1);
  }
  wholeArgument('seeds', seeds, 0, 20);
  if (seeds > 0 && against) throw badArgument('seeds', seeds, 'either seeds or against');
  wholeArgument('people', people, 1);
  seedArgument(seed);
  coresArgument(limits.cores);
  checkLimits(limits);
}

/**
 * One person's personas; null without a history that the model knows.
 * @param {OpenModel} model
 * @param {Person} person
 * @param {number} seed
 */
function lookAt(model, { user, history }, seed) {
  return withPerson(model, history, (fold) => {
    const { indices, shares, columns } = fold;
    if (shares.length < 2) return shares.length === 0 ? null : { shares, several: null };
    const seen = new Set(indices);
    const scores = fold.scores();
    const free = Uint32Array.from(scores.keys()).filter((j) => !seen.has(j));
    const kinds = {
      history: indices,
      recommended: bestOf(free, scores, cut),
      random: sampleOf([...free], cut, personRandom(seed, user)),
    };
    const attention = Object.fromEntries(
      Object.entries(kinds).map(([kind, list]) => [kind, list.map((index) => fold.explain(index).attention)]),
    );
    const evidence = evidenceOf(fold, Math.min(looked, scores.length));
    const owners = ownersOf(columns);
    return {
      shares,
      several: {
        attention,
        separation: separationOf(evidence),
        ownership: separationOf(columns),
        alike: isCollapsed(columns),
        merged: hasMerged(evidence),
        dead: hasDead(shares, owners),
      },
    };
  });
}

/**
 * Means over people.
 * @param {Look[]} looks
 * @param {number} most personas
 */
function figuresOf(looks, most) {
  const numbers = looks.map(({ shares }) => shares.length);
  const several = looks.flatMap((look) => (look.several ? [look.several] : []));
  const shared = looks.filter((look) => look.several);
  const kinds = (/** @type {(attention: Float32Array[]) => number | null} */ of) =>
    /** @type {ByKind} */ (
      Object.fromEntries(
        ['history', 'recommended', 'random'].map((kind) => [
          kind,
          meanOf(several.flatMap(({ attention }) => of(attention[kind]) ?? [])),
        ]),
      )
    );
  const share = (/** @type {(of: typeof several[number]) => boolean} */ has) =>
    meanOf(several.map((of) => (has(of) ? 1 : 0)));
  return {
    quality: {
      separation: meanOf(several.flatMap(({ separation }) => separation ?? [])),
      effectivePersonas: meanOf(looks.map(({ shares }) => Math.exp(entropy(shares)))) ?? 0,
      sharpness: kinds(entropyShare),
      collapsed: share(({ alike, merged, dead }) => alike || merged || dead),
    },
    details: {
      people: looks.length,
      several: several.length,
      personas: meanOf(numbers) ?? 0,
      counts: Array.from({ length: most }, (_, k) => numbers.filter((n) => n === k + 1).length),
      shares: Array.from({ length: most }, (_, k) => meanOf(shared.map(({ shares }) => shares[k] ?? 0)) ?? 0),
      decided: kinds(decidedShare),
      ownership: meanOf(several.flatMap(({ ownership }) => ownership ?? [])),
      alike: share(({ alike }) => alike),
      merged: share(({ merged }) => merged),
      dead: share(({ dead }) => dead),
    },
  };
}

/**
 * Stability against models that are trained here, by the same settings and other seeds.
 * @param {OpenModel} model
 * @param {Interactions} history
 * @param {number} seeds
 * @param {Person[]} people
 * @param {PaceOptions & { cores?: number }} options
 * @returns {Promise<Stability>}
 */
async function stabilityBySeeds(model, history, seeds, people, options) {
  const settings = settingsOf(model);
  const items = factsOf(model);
  const found = /** @type {Stability[]} */ ([]);
  for (let turn = 1; turn <= seeds; turn++) {
    const { onProgress, signal } = options;
    const stage = `training with another seed, ${turn}/${seeds}`;
    const { bytes } = await trainModel(history, {
      ...settings,
      items,
      cores: options.cores,
      seed: (Number(settings.seed) + turn) % 2 ** 32,
      ...(signal && { signal }),
      ...(onProgress && { onProgress: ({ done, total }) => onProgress({ stage, done, total }) }),
    });
    const other = await loadModel(bytes);
    try {
      found.push(await measureStability(model, other, people, paceOf('comparing personas', options)));
    } finally {
      other.dispose();
    }
  }
  const mean = (/** @type {'shared' | 'agreement' | 'together' | 'sameNumber'} */ key) =>
    meanOf(found.flatMap((of) => of[key] ?? []));
  return {
    people: Math.min(...found.map((of) => of.people)),
    shared: mean('shared'),
    agreement: mean('agreement'),
    together: mean('together'),
    sameNumber: mean('sameNumber'),
  };
}

/**
 * @param {OpenModel} model
 * @param {DiagnoseOptions & PaceOptions} options
 */
async function rareRecallOf(model, { history, test, against, ...options }) {
  if (!test || model.info.aspects === 0) return null;
  const { people } = choosePeople({
    histories: itemsByPerson(history),
    test,
    knows: (item) => model.has(item),
  });
  return measureRareRecall(model, people, { against, pace: paceOf('recall of rare tastes', options) });
}

/**
 * How good the personas of a model are: distinct, sharp, stable, and fair to small tastes.
 * @param {OpenModel} model
 * @param {DiagnoseOptions & PaceOptions} options
 * @returns {Promise<PersonaQuality>} same input and seed give the same figures, whatever the order of the
 *   people
 * @throws {import('../core/errors.js').AmpcfError} BAD_ARGUMENT, NO_DATA; LIMIT, OUT_OF_MEMORY: trainings for
 *   `seeds` above what they may take; an abort rejects with its reason
 */
export async function diagnose(model, options) {
  checkOptions(model, optionsArgument(options, optionNames));
  const { history, against, seeds = 0, people = 300, seed = 1 } = options;
  if (seeds > 0) await retrainingOf(model, history, seeds, limitsIn(options));
  const asked = sampleOf(historiesOf(history), people, seededRandom(seed));
  const pace = paceOf('looking at personas', options);
  const looks = /** @type {Look[]} */ ([]);
  for (const [i, person] of asked.entries()) {
    await pace(i + 1, asked.length);
    const look = lookAt(model, person, seed);
    if (look) looks.push(look);
  }
  const { quality, details } = figuresOf(looks, model.info.personas);
  const stability = against
    ? await measureStability(model, against, asked, paceOf('comparing personas', options))
    : seeds > 0
      ? await stabilityBySeeds(model, history, seeds, asked, options)
      : null;
  const oneEvent = await measureOneEvent(model, asked, { seed, pace: paceOf('one event less', options) });
  const rareRecall = await rareRecallOf(model, options);
  const faithfulness = await measureFaithfulness(model, history, {
    people,
    seed,
    signal: options.signal,
    onProgress: options.onProgress,
  });
  return {
    ...quality,
    stability: stability?.shared ?? null,
    rareRecall: rareRecall?.recall ?? null,
    details: { ...details, stability, oneEvent, rareRecall, faithfulness },
  };
}
