// Owns what is measured on the demo people, whose true tastes are known. Must not decide what is good enough.
import { affinity, tastes } from '../../examples/demo/people.js';

/** @import { Model } from '../../web/model/model.js' */
/** @import { Person, Film } from '../../examples/demo/people.js' */

/**
 * Adjusted Rand index of two labelings (Hubert and Arabie 1985): 1 = the same groups, 0 = chance.
 * @param {unknown[]} a
 * @param {unknown[]} b
 */
export function adjustedRandIndex(a, b) {
  const pairs = (/** @type {number} */ n) => (n * (n - 1)) / 2;
  const counted = (/** @type {unknown[]} */ labels) => {
    const counts = new Map();
    for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
    return [...counts.values()].reduce((sum, n) => sum + pairs(n), 0);
  };
  const both = counted(a.map((label, i) => JSON.stringify([label, b[i]])));
  const inA = counted(a);
  const inB = counted(b);
  const expected = (inA * inB) / pairs(a.length),
    highest = (inA + inB) / 2;
  return highest === expected ? 1 : (both - expected) / (highest - expected);
}

/**
 * The taste that a film fits best, null where none fits well.
 * @param {readonly Film[]} films
 * @returns {Map<string, string | null>}
 */
export function bestTaste(films) {
  return new Map(
    films.map((film) => {
      const [best] = tastes
        .map((taste) => ({ id: taste.id, fit: affinity(film, taste) }))
        .sort((x, y) => y.fit - x.fit);
      return [film.item, best.fit > 0.5 ? best.id : null];
    }),
  );
}

/**
 * The taste of a tenth of a 90/10 person.
 * @param {Person} person
 */
export const minorityTaste = (person) =>
  person.tastes.length === 2 && person.tastes[1].share === 0.1 ? person.tastes[1].taste : undefined;

/** @param {number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * @param {string[]} list best first
 * @param {Set<string>} wanted
 */
function ndcg(list, wanted) {
  const gain = (/** @type {number} */ i) => 1 / Math.log2(i + 2);
  const got = list.reduce((sum, item, i) => sum + (wanted.has(item) ? gain(i) : 0), 0);
  return (
    got /
    Array.from({ length: Math.min(list.length, wanted.size) }, (_, i) => gain(i)).reduce((a, b) => a + b, 0)
  );
}

/**
 * Means over people: `ari` over two-taste people (noise left out), personas found, `covered` = 90/10 people
 * with a minority film in their top 20, `minority` = its part of those lists, taste distance of the top 20,
 * and NDCG@20 on held-out films where given.
 * @param {Model} model
 * @param {readonly Film[]} films
 * @param {{ person: Person, history: Person['history'], heldOut?: Person['history'] }[]} cases
 */
export function measureDemo(model, films, cases) {
  const best = bestTaste(films);
  /** @type {Record<'ari' | 'personas' | 'covered' | 'minority' | 'distance' | 'ndcg', number[]>} */
  const all = { ari: [], personas: [], covered: [], minority: [], distance: [], ndcg: [] };
  for (const { person, history, heldOut = [] } of cases) {
    const me = model.createProfile(history.map(({ item }) => item)),
      personas = me.personas();
    const owner = new Map(),
      strongest = new Map();
    for (const { index, items } of personas)
      for (const { item, responsibility } of items)
        if (responsibility > (strongest.get(item) ?? 0))
          (owner.set(item, index), strongest.set(item, responsibility));
    const known = history.filter(({ taste }) => taste !== null);
    if (person.tastes.length === 2)
      all.ari.push(
        adjustedRandIndex(
          known.map(({ item }) => owner.get(item)),
          known.map(({ taste }) => taste),
        ),
      );
    all.personas.push(personas.length);
    const list = me.recommend({ topK: 20 }).items.map(({ item }) => item),
      minority = minorityTaste(person);
    if (minority) {
      const share = list.filter((item) => best.get(item) === minority).length / list.length;
      all.minority.push(share);
      all.covered.push(share > 0 ? 1 : 0);
    }
    all.distance.push(me.tasteDistance(list) ?? 0);
    if (heldOut.length > 0) all.ndcg.push(ndcg(list, new Set(heldOut.map(({ item }) => item))));
    me.dispose();
  }
  return Object.fromEntries(Object.entries(all).map(([name, values]) => [name, mean(values)]));
}
