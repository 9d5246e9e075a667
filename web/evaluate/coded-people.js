// Owns people as numbers of a model: what they have and what is ranked for them, and back from places to ids.
// Must not rank.

/** @import { Model } from '../model/model.js' */
/** @import { Person } from './people.js' */
/**
 * @typedef {object} CodedPeople
 * @property {Uint32Array<ArrayBuffer>} offsets (U + 1) of the next two
 * @property {Uint32Array<ArrayBuffer>} items of histories, those that the model knows
 * @property {Float32Array<ArrayBuffer>} weights of them
 * @property {Uint32Array<ArrayBuffer> | null} candidateOffsets (U + 1); null: the whole catalogue
 * @property {Uint32Array<ArrayBuffer> | null} candidates that the model knows
 */

/**
 * Lists of indices joined, with where each begins.
 * @param {number[][]} lists
 */
function joined(lists) {
  const offsets = new Uint32Array(lists.length + 1);
  lists.forEach((list, u) => {
    offsets[u + 1] = offsets[u] + list.length;
  });
  const all = new Uint32Array(offsets[lists.length]);
  lists.forEach((list, u) => all.set(list, offsets[u]));
  return { offsets, all };
}

/**
 * @param {Model} model
 * @param {readonly Pick<Person, 'history' | 'candidates'>[]} people all with candidates, or none
 * @returns {CodedPeople}
 */
export function codePeople(model, people) {
  const weights = /** @type {number[]} */ ([]);
  const histories = people.map(({ history }) => {
    const known = /** @type {number[]} */ ([]);
    for (const { item, weight } of history) {
      const index = model.indexOf(item);
      if (index === undefined) continue;
      known.push(index);
      weights.push(weight);
    }
    return known;
  });
  const { offsets, all } = joined(histories);
  const coded = { offsets, items: all, weights: Float32Array.from(weights) };
  if (!people.some(({ candidates }) => candidates))
    return { ...coded, candidateOffsets: null, candidates: null };
  const lists = joined(
    people.map(({ candidates }) => [...new Set(candidates)].flatMap((id) => model.indexOf(id) ?? [])),
  );
  return { ...coded, candidateOffsets: lists.offsets, candidates: lists.all };
}

/** @param {CodedPeople} people */
export const buffersOf = ({ offsets, items, weights, candidateOffsets, candidates }) =>
  [offsets, items, weights, candidateOffsets, candidates].flatMap((array) => array?.buffer ?? []);
