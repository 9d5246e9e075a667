// Owns what is believed before anything was answered: the logarithm of how likely each item is to be what the
// person is after. Must not know answers.
import { scoresOf } from '../core/kernel.js';
import { biasesOf } from '../model/biases.js';
import { measured } from '../model/measured.js';
import { catalogueOf } from './catalogue.js';

/** @import { Model } from '../model/model.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { Catalogue } from './catalogue.js' */
/** @import { PriorWeights } from './options.js' */

/** Weights with which people with a history were found best on validation. */
const defaults = { score: 2.5, aspects: 0.18, near: 4 };
const popularityOf = (/** @type {boolean} */ personalized) => (personalized ? 0.25 : 1);
/** So many events without the aspect a person is believed to have had before the first. */
const caution = 5;

/** @type {WeakMap<Model, Float64Array>} */
const popularities = /* @__PURE__ */ new WeakMap();

/**
 * log popularity, 0 for the most popular item: by the bias, which is what everybody's score is without a
 * history, or by the order of the file where the bias says nothing.
 * @param {Model} model
 */
export function popularity(model) {
  const known = popularities.get(model);
  if (known) return known;
  const bias = biasesOf(model);
  const high = bias.reduce((a, b) => Math.max(a, b), 0);
  const isFlat = bias.every((b) => b === bias[0]);
  const logs = Float64Array.from(bias, (b, j) =>
    isFlat || high <= 0 ? -Math.log1p(j / 10) : Math.log(Math.max(b / high, 1e-4)),
  );
  popularities.set(model, logs);
  return logs;
}

/**
 * How much more often each aspect is in the history than in the catalogue:
 * log((n_a + c q_a) / ((n + c) q_a)).
 * @param {Catalogue} catalogue
 * @param {number[]} indices of liked events
 * @param {number[]} weights of them
 */
function lifts({ offsets, aspects, rarity }, indices, weights) {
  const mass = new Float64Array(rarity.length);
  let all = 0;
  indices.forEach((j, i) => {
    all += weights[i];
    for (let x = offsets[j]; x < offsets[j + 1]; x++) mass[aspects[x]] += weights[i];
  });
  return mass.map((m, a) => {
    const base = Math.exp(-rarity[a]);
    return Math.log((m + caution * base) / ((all + caution) * base));
  });
}

/**
 * How well each item's aspects go with the history: what they say together, over the root of how many there
 * are, because aspects of one item repeat each other.
 * @param {Catalogue} catalogue
 * @param {Float64Array} lift
 */
function fitting({ offsets, aspects, lengths }, lift) {
  const fits = new Float64Array(lengths.length);
  for (let j = 0; j < fits.length; j++) {
    const [from, end] = [offsets[j], offsets[j + 1]];
    let sum = 0;
    for (let x = from; x < end; x++) sum += lift[aspects[x]];
    fits[j] = sum / Math.sqrt(Math.max(1, end - from));
  }
  return fits;
}

/**
 * Cosine of each item's aspects, by rarity, with those of the liked item most like it.
 * @param {Catalogue} catalogue
 * @param {number[]} liked
 * @param {number} n
 */
function nearest({ offsets, aspects, starts, items, rarity, lengths }, liked, n) {
  const best = new Float64Array(n);
  const dot = new Float64Array(n);
  for (const h of liked) {
    dot.fill(0);
    for (let x = offsets[h]; x < offsets[h + 1]; x++) {
      const a = aspects[x];
      const square = rarity[a] * rarity[a];
      for (let y = starts[a], end = starts[a + 1]; y < end; y++) dot[items[y]] += square;
    }
    const own = 1 / (lengths[h] || 1);
    for (let j = 0; j < n; j++) if (dot[j] > 0) best[j] = Math.max(best[j], (own * dot[j]) / lengths[j]);
  }
  return best;
}

/** Of a long history the latest are compared with, which is what a turn has time for. */
const mostCompared = 200;

/** @typedef {{ logs: Float64Array, seen: number[] }} Prior (N) up to a constant; items of the history */

/** @type {WeakMap<Profile, { version: number, key: string, prior: Prior }>} */
const latest = /* @__PURE__ */ new WeakMap();

/**
 * Worked out once, until the profile changes.
 * @param {Profile} profile
 * @param {PriorWeights} weights
 * @returns {Prior} not to be changed
 */
export function priorOf(profile, weights) {
  const { version } = profile;
  const key = JSON.stringify(weights);
  const before = latest.get(profile);
  if (before?.version === version && before.key === key) return before.prior;
  const prior = weighedPrior(profile, weights);
  latest.set(profile, { version, key, prior });
  return prior;
}

/**
 * @param {Profile} profile
 * @param {PriorWeights} weights
 * @returns {Prior}
 */
function weighedPrior(profile, weights) {
  const { model } = profile;
  const { core, indices, weights: says } = measured(profile);
  const {
    popularity: byPopularity = popularityOf(profile.personalized),
    score = defaults.score,
    aspects: byAspects = defaults.aspects,
    near = defaults.near,
  } = weights;
  const logs = popularity(model).map((log) => byPopularity * log);
  if (!profile.personalized) return { logs, seen: indices };
  const scores = scoresOf(core);
  const catalogue = catalogueOf(model);
  const liked = indices.filter((_, i) => says[i] > 0);
  const fits = fitting(
    catalogue,
    lifts(
      catalogue,
      liked,
      says.filter((w) => w > 0),
    ),
  );
  const alike = near ? nearest(catalogue, liked.slice(-mostCompared), logs.length) : undefined;
  for (let j = 0; j < logs.length; j++)
    logs[j] += score * scores[j] + byAspects * fits[j] + (alike ? near * alike[j] : 0);
  return { logs, seen: indices };
}
