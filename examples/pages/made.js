// Owns how the small pages make their data: numbers from a seed, and people who like kinds of things. Must
// not know what the things are.
import { seeded } from '../demo/seeded.js';

/**
 * @template T
 * @param {readonly T[]} list
 * @param {() => number} random
 */
const anyOf = (list, random) => list[Math.floor(random() * list.length)];

/**
 * Invented people: each likes one to three kinds, the first most, and takes one thing in ten from anywhere.
 * Of a kind, the first things are taken more often than the last.
 * @param {Map<string, string[]>} kinds ids of things by kind
 * @param {{ people: number, events: number, seed: number }} options
 * @returns {import('ampcf/train').Interactions}
 */
export function madePeople(kinds, { people, events, seed }) {
  const random = seeded(seed),
    names = [...kinds.keys()],
    items = [...kinds.values()].flat();
  const place = new Map(items.map((item, j) => [item, j]));
  /** @type {number[]} */ const user = [],
    item = [];
  for (let u = 0; u < people; u++) {
    const liked = Array.from({ length: 1 + Math.floor(random() * 3) }, () => anyOf(names, random));
    const taken = new Set();
    while (taken.size < events) {
      const kind = random() < 0.1 ? anyOf(names, random) : liked[Math.floor(random() ** 2 * liked.length)];
      const of = kinds.get(kind) ?? [];
      taken.add(place.get(of[Math.floor(random() ** 1.5 * of.length)]));
    }
    for (const j of taken) (user.push(u), item.push(j));
  }
  return { users: Array.from({ length: people }, (_, u) => `reader ${u}`), items, user, item };
}
