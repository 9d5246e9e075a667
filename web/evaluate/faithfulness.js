// Owns the test of explanations: what they name is taken out of the history, and the item must fall further
// than without others. Must not explain.
import { badArgument } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';
import { Model } from '../ampcf.js';
import { pairedBootstrap } from './bootstrap.js';
import { ownersOf, rankOf, withPerson } from './fold-person.js';
import { meanOf } from './persona-figures.js';
import { paceOf } from './pace.js';
import { historiesOf } from './people.js';
import { below, personRandom, sampleOf, seededRandom } from '../core/random.js';
import { bestOf } from './rankers.js';

/** @import { Interactions } from '../train.js' */
/** @import { Interval } from './bootstrap.js' */
/** @import { Person } from './people.js' */
/** @import { PaceOptions } from './pace.js' */
/** @typedef {import('../model/model.js').Model} OpenModel */
/** @typedef {import('./fold-person.js').PersonFold} PersonFold */
/**
 * @typedef {object} FaithfulnessPart
 * @property {number} named mean of log2(rank after / rank before) when what the explanation names is dropped:
 *   1 = the rank doubles
 * @property {number} random the same when as much of the rest is dropped
 * @property {Interval} difference named - random, paired bootstrap over people, 95 %
 * @property {number} namedRanks mean of rank after - rank before
 * @property {number} randomRanks the same of the rest
 * @property {number} share of the cases in which what is named lowers the rank more; an equal change counts
 *   half
 * @property {number} cases
 * @property {number} people
 */
/**
 * @typedef {object} Faithfulness null: nobody to ask
 * @property {FaithfulnessPart | null} reasons of the history items that an explanation names
 * @property {FaithfulnessPart | null} persona of the persona that it names
 * @property {FaithfulnessPart | null} because the old name of `reasons`
 */
/**
 * @typedef {object} FaithfulnessChoices
 * @property {number} [people] how many are asked, default 200
 * @property {number} [items] recommended items of each, default 3
 * @property {number} [reasons] history items that an explanation names, default 2
 * @property {number} [because] the old name of `reasons`
 * @property {number} [seed] default 1
 */
/** @typedef {FaithfulnessChoices & PaceOptions} FaithfulnessOptions */
/** @typedef {{ named: number, random: number, before: number }} Case ranks, from 1 */

const optionNames = 'people items reasons because seed signal onProgress';
const fewestItems = 6;

/**
 * History items whose contribution counts for the item, largest first.
 * @param {Float64Array} parts
 * @param {number} count
 */
const reasonsOf = (parts, count) =>
  Array.from(parts.keys())
    .filter((i) => parts[i] > 0)
    .sort((a, b) => parts[b] - parts[a])
    .slice(0, count);

/**
 * What is dropped for one item: the history items named, and as many others.
 * @param {PersonFold} fold
 * @param {number} index
 * @param {number} count
 * @param {() => number} random
 */
function dropsFor({ columns, explain, known }, index, count, random) {
  const { attention, parts } = explain(index);
  const named = reasonsOf(parts, count);
  const all = Array.from(known.keys());
  const others = sampleOf(
    all.filter((i) => !named.includes(i)),
    named.length,
    random,
  );
  const owners = ownersOf(columns);
  const persona = attention.indexOf(Math.max(...attention));
  const rest =
    attention.length > 1 ? Array.from(columns.keys()).filter((k) => k !== persona && owners.includes(k)) : [];
  const other = rest[below(random, Math.max(1, rest.length))];
  const ownedBy = (/** @type {number} */ k) =>
    all.filter((i) => owners[i] === k).sort((a, b) => columns[k][b] - columns[k][a]);
  const size = other === undefined ? 0 : Math.min(ownedBy(persona).length, ownedBy(other).length);
  return {
    reasons: named.length > 0 && others.length === named.length ? { named, random: others } : null,
    persona:
      size > 0 ? { named: ownedBy(persona).slice(0, size), random: ownedBy(other).slice(0, size) } : null,
  };
}

/**
 * @param {OpenModel} model
 * @param {Person} person
 * @param {{ items: number, reasons: number, random: () => number }} options
 */
function casesOf(model, { history }, { items, reasons, random }) {
  const known = history.filter(({ item }) => model.has(item));
  const out = { reasons: /** @type {Case[]} */ ([]), persona: /** @type {Case[]} */ ([]) };
  if (known.length < fewestItems) return out;
  const asked = withPerson(model, known, (fold) => {
    if (fold.shares.length < 2) return [];
    const seen = new Set(fold.indices);
    const scores = fold.scores();
    const free = Uint32Array.from(scores.keys()).filter((j) => !seen.has(j));
    return bestOf(free, scores, items).map((index) => ({
      index,
      seen,
      before: rankOf(scores, index, seen),
      drops: dropsFor(fold, index, reasons, random),
    }));
  });
  for (const { index, seen, before, drops } of asked) {
    const without = (/** @type {number[]} */ gone) =>
      withPerson(
        model,
        known.filter((_, i) => !gone.includes(i)),
        (fold) => rankOf(fold.scores(), index, seen),
      );
    for (const part of /** @type {const} */ (['reasons', 'persona'])) {
      const drop = drops[part];
      if (drop) out[part].push({ named: without(drop.named), random: without(drop.random), before });
    }
  }
  return out;
}

/**
 * @param {Case[][]} people the cases of each, at least one
 * @param {number} seed
 * @returns {FaithfulnessPart | null}
 */
function summary(people, seed) {
  if (people.length === 0) return null;
  const mean = (/** @type {(of: Case) => number} */ value) =>
    people.map((cases) => /** @type {number} */ (meanOf(cases.map(value))));
  const over = (/** @type {(of: Case) => number} */ value) => /** @type {number} */ (meanOf(mean(value)));
  const named = (/** @type {Case} */ of) => Math.log2(of.named / of.before);
  const random = (/** @type {Case} */ of) => Math.log2(of.random / of.before);
  return {
    named: over(named),
    random: over(random),
    difference: pairedBootstrap(mean(named), mean(random), { seed }),
    namedRanks: over((of) => of.named - of.before),
    randomRanks: over((of) => of.random - of.before),
    share: over((of) => (of.named > of.random ? 1 : of.named === of.random ? 0.5 : 0)),
    cases: people.reduce((sum, cases) => sum + cases.length, 0),
    people: people.length,
  };
}

/**
 * Tests whether explanations name what matters. People with two or more personas and six known items are
 * asked: their first recommended items are ranked again without the history items that an explanation names,
 * without the named persona's items, and without as many others.
 * @param {OpenModel} model
 * @param {Interactions} interactions their histories
 * @param {FaithfulnessOptions} [options]
 * @returns {Promise<Faithfulness>} same input and seed give the same figures
 * @throws {import('../core/errors.js').AmpcfError} BAD_ARGUMENT; an abort rejects with its reason
 */
export async function measureFaithfulness(model, interactions, options = {}) {
  const {
    people = 200,
    items = 3,
    because = 2,
    reasons = because,
    seed = 1,
  } = optionsArgument(options, optionNames);
  if (!(model instanceof Model)) throw badArgument('model', model, 'a Model of loadModel');
  for (const [name, value] of Object.entries({ people, items, reasons }))
    if (!Number.isSafeInteger(value) || value < 1)
      throw badArgument(name, value, 'a whole number, 1 or more');
  const asked = sampleOf(historiesOf(interactions), people, seededRandom(seed));
  const pace = paceOf('testing explanations', options);
  const found = { reasons: /** @type {Case[][]} */ ([]), persona: /** @type {Case[][]} */ ([]) };
  for (const [i, person] of asked.entries()) {
    await pace(i + 1, asked.length);
    const cases = casesOf(model, person, { items, reasons, random: personRandom(seed, person.user) });
    if (cases.reasons.length > 0) found.reasons.push(cases.reasons);
    if (cases.persona.length > 0) found.persona.push(cases.persona);
  }
  const named = summary(found.reasons, seed);
  return { reasons: named, persona: summary(found.persona, seed), because: named };
}
