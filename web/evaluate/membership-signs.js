// Owns what the membership attack looks at in a model: how well it foretells and fits what a person has, and
// where the vectors of the person's items point. Must not train, or judge who was a member.
import { vectorsOf } from '../core/kernel.js';
import { personRandom, sampleOf } from '../core/random.js';
import { withPerson } from './fold-person.js';
import { meanOf } from './persona-figures.js';

/** @import { Person } from './people.js' */
/** @typedef {import('../model/model.js').Model} OpenModel */
/** @typedef {'rank' | 'margin' | 'fit' | 'cosine' | 'rare cosine'} SignName */
/** @typedef {SignName | `calibrated ${SignName}`} AttackName */
/** @typedef {Record<AttackName, number>} Scores higher: more like a member */
/**
 * @typedef {object} Attacked
 * @property {OpenModel} model
 * @property {Float64Array} lengths (N) of the item vectors; 0: nothing is held of the item
 * @property {Float32Array} unmoved (N) scores without a history
 */

/** How many items of a person are asked about. */
const leftOut = 8;

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
 * @param {OpenModel} model
 * @returns {Attacked}
 */
export function attacked(model) {
  const { dim } = model.info;
  const lengths = Float64Array.from({ length: model.info.items }, (_, j) =>
    Math.hypot(...vectorsOf(model.kernel, j, 1).subarray(0, dim)),
  );
  return { model, lengths, unmoved: withPerson(model, [], (fold) => fold.scores()) };
}

/**
 * How each of some items stands by the cosine of its vector with that of the person without the item, among
 * items that the person has not. Lengths do not count, so that shrinking an item hides nothing. The person is
 * one vector: a gate would ask for the direction twice.
 * @param {Attacked} of
 * @param {Person['history']} known
 * @param {Person['history']} asked
 * @returns {number} mean; 0: there is nothing to ask
 */
function cosineRank({ model, lengths, unmoved }, known, asked) {
  const seen = new Set(known.map(({ item }) => model.indexOf(item)));
  lengths.forEach((length, j) => length === 0 && seen.add(j));
  const ranks = asked.map(({ item }) =>
    withPerson(
      model,
      known.filter((event) => event.item !== item),
      (fold) => {
        // All over the length of the person, which changes no rank.
        const cosines = fold.scores().map((score, j) => (lengths[j] ? (score - unmoved[j]) / lengths[j] : 0));
        return standOf(cosines, /** @type {number} */ (model.indexOf(item)), seen).rank;
      },
      1,
    ),
  );
  return meanOf(ranks) ?? 0;
}

/**
 * What an attacker with a person's whole history sees of the model: how well it foretells each of some items
 * from the others, how well it fits all of them, and how near their vectors point to the person, those of
 * some and those of the rarest, which hold the fewest people.
 * @param {Attacked} of
 * @param {Person} person
 * @param {number} seed
 * @returns {Record<SignName, number>}
 */
export function signsOf(of, { user, history }, seed) {
  const { model, lengths } = of;
  const known = history.filter(({ item }) => model.has(item));
  const asked = sampleOf(known, leftOut, personRandom(seed, user));
  const indexOf = (/** @type {{ item: string }} */ { item }) => /** @type {number} */ (model.indexOf(item));
  const seen = new Set(known.map(indexOf));
  const alone = asked.map((left) =>
    withPerson(
      model,
      known.filter(({ item }) => item !== left.item),
      (fold) => standOf(fold.scores(), indexOf(left), seen),
    ),
  );
  const whole = withPerson(model, known, (fold) => {
    const scores = fold.scores();
    return asked.map((event) => standOf(scores, indexOf(event), seen).margin);
  });
  // Items stand in order of popularity.
  const held = known.filter((event) => lengths[indexOf(event)] > 0).sort((a, b) => indexOf(b) - indexOf(a));
  const some = asked.filter((event) => lengths[indexOf(event)] > 0);
  const mean = (/** @type {number[]} */ values) => meanOf(values) ?? 0;
  return {
    rank: mean(alone.map(({ rank }) => rank)),
    margin: mean(alone.map(({ margin }) => margin)),
    fit: mean(whole),
    cosine: cosineRank(of, known, some),
    'rare cosine': cosineRank(of, known, held.slice(0, leftOut)),
  };
}

/**
 * The scores of every attack. Calibrated ones subtract what a model says that never saw the person, so that
 * people who are easy to foretell do not look like members (Watson et al., ICLR 2022).
 * @param {Attacked} target
 * @param {Attacked} reference
 * @param {Person} person
 * @param {number} seed
 * @returns {Scores}
 */
export function attackScores(target, reference, person, seed) {
  const own = signsOf(target, person, seed);
  const other = signsOf(reference, person, seed);
  return {
    ...own,
    'calibrated rank': own.rank - other.rank,
    'calibrated margin': own.margin - other.margin,
    'calibrated fit': own.fit - other.fit,
    'calibrated cosine': own.cosine - other.cosine,
    'calibrated rare cosine': own['rare cosine'] - other['rare cosine'],
  };
}
