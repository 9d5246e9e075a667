// Owns the fold-in of vectors that were learnt elsewhere, found on held-out events: which settings are tried,
// what they reach beside the source's own ranking. Must not change a vector.
import { badArgument, countArgument } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';
import { prepareVectors, vectorModel, vectorOptionNames } from '../train/from-vectors.js';
import { interactionsArgument } from '../train/interactions.js';
import { scaledFoldIn } from '../train/given-fold-in.js';
import { gateFor, proportionalFor, singleVector, withModel } from './late-choices.js';
import { paceOf } from './pace.js';
import { modelRanker } from './rankers.js';
import { searchSteps } from './fold-in-search.js';
import { sourceRanker } from './source-ranker.js';
import { cut, figuresFor, someOf, validationPeople } from './validation-figures.js';

/** @import { Interactions, VectorModel, VectorOptions } from '../train.js' */
/** @import { PreparedVectors } from '../train/from-vectors.js' */
/** @import { GateChoice } from './choose-gate.js' */
/** @import { ProportionalChoice } from './choose-proportional.js' */
/** @import { Point } from './fold-in-search.js' */
/** @import { EvaluationProgress } from './pace.js' */
/** @import { Person } from './people.js' */
/** @import { UserVectors } from './source-ranker.js' */
/** @import { ValidationFigures } from './validation-figures.js' */
/**
 * @typedef {object} FitOptions
 * @property {UserVectors} [userVectors] of the source: its ranking of the same people is measured too
 * @property {number} [sample] people that each trial is measured on, default 1000, fewer where there are more
 *   than 20,000 items, at least 300
 * @property {(progress: EvaluationProgress) => void} [onProgress] which trial or stage, and people done
 */
/**
 * @typedef {object} FoldInTrial
 * @property {Record<string, number>} settings
 * @property {number} ndcg mean NDCG@20 of the single vector, on the sample
 */
/**
 * @typedef {object} Fitted
 * @property {ValidationFigures} validation of everybody
 * @property {{ source: ValidationFigures, foldIn: ValidationFigures } | null} source what the source's own
 *   vectors of people reach, and the model for the same people; null: no userVectors, or of none of them
 * @property {FoldInTrial[]} trials in their order; none where the fold-in was given
 * @property {GateChoice | null} gate null: it was given, or is that of `as`
 * @property {ProportionalChoice | null} proportional likewise
 */
/** @typedef {VectorModel & Fitted} FittedModel */
/** @typedef {(stage: string) => (done: number, total: number) => Promise<void>} Paces */

/** Given, nothing of the fold-in is left to choose but the gate. */
const searched = /** @type {const} */ (['alpha', 'lambda', 'itemDamping', 'popularityDamping', 'bias']);
/** What is measured is one vector a person, which is quickest to fold in. */
const trial = Object.freeze({ ...singleVector, personas: 1, clusters: 0 });
const seed = 1;
const mostAsked = { gate: 4000 };
/** Scores that a trial may take. */
const affordable = 2e7;

/**
 * Settings of a point of the search: prior and ridge are alpha and lambda without the scale of the vectors.
 * @param {PreparedVectors} prepared
 * @param {Point} point
 * @param {Record<string, any>} given
 */
function settingsAt({ checked }, { prior, ridge, ...rest }, given) {
  const all = { ...scaledFoldIn(checked, { prior, ridge }), ...rest };
  return Object.fromEntries(
    Object.entries(all).filter(
      ([name]) =>
        given[name] === undefined &&
        (checked.people || name === 'alpha' || name === 'lambda') &&
        !(checked.bias && name === 'bias') &&
        !(checked.weights && name === 'itemDamping') &&
        !(checked.targets && name === 'popularityDamping'),
    ),
  );
}

/**
 * The settings that rank best, by a few rounds of steps.
 * @param {PreparedVectors} prepared
 * @param {readonly Person[]} people
 * @param {Record<string, any>} given
 * @param {Paces} paces
 */
async function search(prepared, people, given, paces) {
  /** @type {Map<string, FoldInTrial>} */
  const trials = new Map();
  const measure = async (/** @type {Point} */ point) => {
    const settings = settingsAt(prepared, point, given);
    const key = JSON.stringify(settings);
    const known = trials.get(key);
    if (known) return known.ndcg;
    const pace = paces(`fold-in ${trials.size + 1}`);
    const figures = await withModel(await prepared.bytes({ ...settings, ...trial }), (model) =>
      figuresFor(modelRanker(model), people, pace),
    );
    const ndcg = figures.metrics[`ndcg@${cut}`];
    trials.set(key, { settings, ndcg });
    return ndcg;
  };
  const best = await searchSteps(measure);
  return { settings: settingsAt(prepared, best, given), trials: [...trials.values()] };
}

/**
 * Gate, leaves and how much lists go by share, unless they are given.
 * @param {PreparedVectors} prepared
 * @param {Record<string, number>} found
 * @param {readonly Person[]} people
 * @param {{ gate?: number | undefined, leaves?: number | undefined, proportional?: number | undefined }}
 *   fixed
 * @param {Paces} paces
 */
async function lateChoices(prepared, found, people, fixed, paces) {
  const bytes = (/** @type {object} */ changes = {}) => prepared.bytes({ ...found, clusters: 0, ...changes });
  const settings = /** @type {any} */ (prepared.settings);
  const gate = await gateFor({ settings, bytes }, people, fixed, paces('choosing'));
  const changes = gate ? { gate: gate.gate, leaves: gate.leaves } : {};
  if (fixed.proportional !== undefined) return { gate, proportional: null, changes };
  return withModel(await bytes({ ...changes, proportional: 0 }), async (model) => {
    const proportional = await proportionalFor(model, people, paces('choosing'));
    const more = proportional && { proportional: proportional.proportional };
    return { gate, proportional, changes: { ...changes, ...more } };
  });
}

/**
 * What the source reaches, and the model for the people that the source knows.
 * @param {PreparedVectors} prepared
 * @param {Uint8Array} bytes
 * @param {readonly Person[]} people
 * @param {UserVectors | undefined} userVectors
 * @param {Paces} paces
 */
async function besideSource({ checked }, bytes, people, userVectors, paces) {
  if (!userVectors) return null;
  const source = sourceRanker(checked, userVectors);
  const known = people.filter(({ user }) => source.knows(user));
  if (known.length === 0) return null;
  return {
    source: await figuresFor(source, known, paces("the source's own ranking")),
    foldIn: await withModel(bytes, (model) => figuresFor(modelRanker(model), known, paces('measuring'))),
  };
}

/** @param {VectorOptions & FitOptions} options */
function fitArguments({ userVectors, sample, onProgress, ...given }) {
  if (given.interactions === undefined)
    throw badArgument('interactions', undefined, 'who used what: the fold-in is measured on it');
  interactionsArgument(given.interactions);
  const items = Array.isArray(given.ids) ? given.ids.length : 1;
  const usual = Math.min(1000, Math.max(300, Math.floor(affordable / items)));
  if (sample !== undefined && countArgument('sample', sample) < 1)
    throw badArgument('sample', sample, 'at least 1');
  return { userVectors, onProgress, given, sample: sample ?? usual };
}

/**
 * A model file from item vectors that were learnt elsewhere, with the fold-in that ranks held-out events
 * best: alpha, lambda, itemDamping, popularityDamping and bias by a search of some 40 trials on some people,
 * unless they are given; then gate, leaves and proportional, as after a training. The vectors stay as they
 * are. Where they were trained on the held-out events too, the figures flatter them all, and the source as
 * much.
 * @param {VectorOptions & FitOptions} options with `interactions`, which are the histories
 * @param {Interactions} validation what people took next
 * @returns {Promise<FittedModel>} same options, same bytes
 * @throws {import('../core/errors.js').AmpcfError} as modelFromVectors; NO_DATA: nobody to measure
 */
export async function fitVectors(options, validation) {
  const { userVectors, onProgress, sample, given } = fitArguments(
    optionsArgument(options, `${vectorOptionNames} userVectors sample onProgress`),
  );
  const prepared = await prepareVectors(given);
  const people = validationPeople(/** @type {Interactions} */ (given.interactions), validation);
  const paces = (/** @type {string} */ stage) => paceOf(stage, { signal: given.signal, onProgress });
  const open = !prepared.exact && searched.some((name) => given[name] === undefined);
  const found = open
    ? await search(prepared, someOf(people, sample, seed), given, paces)
    : { settings: {}, trials: [] };
  const late = prepared.exact
    ? { gate: null, proportional: null, changes: {} }
    : await lateChoices(prepared, found.settings, someOf(people, mostAsked.gate, seed), given, paces);
  const settings = /** @type {PreparedVectors['settings']} */ ({
    ...prepared.settings,
    ...found.settings,
    ...late.changes,
  });
  const bytes = await prepared.bytes(settings);
  return {
    ...vectorModel(prepared.checked, settings, bytes),
    validation: await withModel(bytes, (model) => figuresFor(modelRanker(model), people, paces('measuring'))),
    source: await besideSource(prepared, bytes, people, userVectors, paces),
    trials: found.trials,
    gate: given.gate === undefined ? late.gate : null,
    proportional: late.proportional,
  };
}
