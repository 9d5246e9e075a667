// Owns the one number for "this persona cares about this aspect of this item": shares and lifts of a persona
// from its history's aspects, what reviews say of its items, and any other list of what items have; shrunk by
// how much is known. Must not choose sentences. EVIDENCE.md has the formulas.
import { idAt, recommendItems, responsibilitiesOf, sharesOf } from '../core/kernel.js';

/** @import { Profile } from '../model/profile.js' */
/**
 * What a kind of aspects says of items: of each item a list of aspects and weights.
 * @typedef {object} Source
 * @property {(item: string) => ReadonlyMap<string, number>} of weights of the aspects of an item
 * @property {() => Iterable<string>} ids of the items that it knows
 * @property {boolean} leans whether a persona of few events leans on what is said of items it would be shown
 */
/** @typedef {{ mean: Map<string, number>, total: number }} Mean of the items' attentions */
/** @typedef {{ share: number, lift: number }} Care */

/** So many events what is believed before counts for, as in src/core/explain.c. */
const caution = 5;
/** How many of the best items stand for what people like a persona are shown. */
const looked = 200;
/** So many people of an item what is believed of all items counts for. */
const itemCaution = 4;
/**
 * How far the persona's own attention tells between the aspects of an item: what is said of the item tells
 * more. Chosen on validation (`npm run bench:evidence`).
 */
export const sharpness = 0.25;

/**
 * What an item's aspects have of its attention, sum 1.
 * @param {ReadonlyMap<string, number>} weights
 */
function attentionOf(weights) {
  let all = 0;
  for (const weight of weights.values()) all += weight;
  return new Map([...weights].map(([aspect, weight]) => [aspect, weight / all]));
}

/**
 * The mean attention of items, each with a weight.
 * @param {Source} source
 * @param {Iterable<readonly [item: string, weight: number]>} items
 * @param {Mean} [before] what is believed of `caution` items
 * @returns {Mean}
 */
function meanOf(source, items, before) {
  /** @type {Map<string, number>} */ const mean = new Map();
  let total = before ? caution : 0;
  for (const [aspect, share] of before?.mean ?? []) mean.set(aspect, caution * share);
  for (const [item, weight] of items) {
    const attention = attentionOf(source.of(item));
    if (attention.size === 0) continue;
    total += weight;
    for (const [aspect, share] of attention) mean.set(aspect, (mean.get(aspect) ?? 0) + weight * share);
  }
  for (const [aspect, mass] of mean) mean.set(aspect, mass / (total || 1));
  return { mean, total };
}

/** @type {WeakMap<Source, Mean>} */
const bases = /* @__PURE__ */ new WeakMap();

/**
 * Of the whole catalogue, once a source.
 * @param {Source} source
 */
export function baseOf(source) {
  const known = bases.get(source);
  if (known) return known;
  const base = meanOf(
    source,
    Array.from(source.ids(), (id) => /** @type {const} */ ([id, 1])),
  );
  bases.set(source, base);
  return base;
}

/** @typedef {{ version: number, core: object, means: Map<Source, Mean[]>, tops: string[][] | null }} Kept */

/** @type {WeakMap<Profile, Kept>} */
const kept = /* @__PURE__ */ new WeakMap();

/** @param {Profile} profile */
function keptOf(profile) {
  const { version } = profile;
  const { core } = profile.state.now();
  let own = kept.get(profile);
  if (own?.version !== version || own.core !== core)
    kept.set(profile, (own = { version, core, means: new Map(), tops: null }));
  return own;
}

/**
 * The items that each persona would be shown first.
 * @param {Profile} profile
 */
function topsOf(profile) {
  const own = keptOf(profile);
  if (own.tops) return own.tops;
  const { core, model } = profile.state.now();
  const best = recommendItems(core, 0, Math.min(looked, model.info.items));
  own.tops = sharesOf(core).map((_, persona) =>
    [...best.items].filter((__, i) => best.personas[i] === persona).map((item) => idAt(model.kernel, item)),
  );
  return own.tops;
}

/**
 * The attention of each persona.
 * @param {Profile} profile
 * @param {Source} source
 */
function meansOf(profile, source) {
  const own = keptOf(profile);
  const found = own.means.get(source);
  if (found) return found;
  const state = profile.state.now();
  const { core, known } = state;
  const p = sharesOf(core).length;
  const parts = responsibilitiesOf(core);
  const base = baseOf(source);
  const means = Array.from({ length: p }, (_, persona) => {
    const liked = known.flatMap((id, i) =>
      state.facts(id).preference > 0 ? [/** @type {const} */ ([id, parts[i * p + persona]])] : [],
    );
    const tops = source.leans ? topsOf(profile)[persona].map((id) => /** @type {const} */ ([id, 1])) : [];
    return meanOf(source, liked, source.leans ? meanOf(source, tops, base) : base);
  });
  own.means.set(source, means);
  return means;
}

/**
 * How much a persona attends to an aspect, and how many times as much as the catalogue gives it.
 * @param {Profile} profile
 * @param {number | null} persona null: nobody, the catalogue itself
 * @param {string} aspect
 * @param {Source} source
 * @returns {Care | null} null: the source does not know the aspect
 */
export function careOf(profile, persona, aspect, source) {
  const base = baseOf(source).mean.get(aspect);
  if (!base) return null;
  const share = persona === null ? base : (meansOf(profile, source)[persona].mean.get(aspect) ?? 0);
  return { share, lift: share / base };
}

/**
 * The attention that a persona gives to each aspect of an item: what is said of the item, times a power of
 * how many times as much as the catalogue the persona attends to it; sum 1.
 *
 *     a_j(x) = (n_jx + c b(x)) / (n_j + c),   p_kj(x) ~ a_j(x) lift_k(x)^s
 * @param {Profile} profile
 * @param {number | null} persona
 * @param {string} item
 * @param {Source} source
 * @param {number} [power] s
 * @returns {Map<string, Care>} lift: the persona's own
 */
export function caresOfItem(profile, persona, item, source, power = sharpness) {
  const weights = source.of(item);
  let [people, all] = [0, 0];
  for (const weight of weights.values()) people += weight;
  const base = baseOf(source).mean;
  const found = Array.from(weights, ([aspect, weight]) => {
    const usual = base.get(aspect) ?? 0;
    const { lift } = careOf(profile, persona, aspect, source) ?? { lift: 1 };
    const share = ((weight + itemCaution * usual) / (people + itemCaution)) * lift ** power;
    all += share;
    return { aspect, share, lift };
  });
  return new Map(found.map(({ aspect, share, lift }) => [aspect, { share: share / all, lift }]));
}

/**
 * One number of several sources: the share of the first that knows the aspect, times what the others say of
 * the persona; 1 at most.
 * @param {readonly (Care | null | undefined)[]} cares
 */
export function numberOf(cares) {
  const [first, ...others] = cares.flatMap((care) => care ?? []);
  if (!first) return 0;
  return Math.min(
    1,
    others.reduce((number, { lift }) => number * lift ** sharpness, first.share),
  );
}
