// Owns what the Spark example should find, computed from the same rows without Spark: likes, who is held out,
// the vector of a person, neighbours. Must not run a job.
import { createHash } from 'node:crypto';

/** @typedef {{ user: string, item: string, rating: number, time: number }} Row */
/** @typedef {{ user: string, history: string[], asked: string[] }} HeldOut */

const sha = (/** @type {(string | number)[]} */ ...words) =>
  createHash('sha256').update(words.join('\0')).digest('hex');
const byText = (/** @type {string} */ a, /** @type {string} */ b) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The latest row of each pair, where it is a like.
 * @param {Row[]} rows
 * @param {number} threshold
 */
export function likesOf(rows, threshold) {
  /** @type {Map<string, Row>} */
  const last = new Map();
  for (const row of rows) {
    const key = `${row.user}\0${row.item}`;
    const before = last.get(key);
    if (!before || row.time > before.time || (row.time === before.time && row.rating > before.rating))
      last.set(key, row);
  }
  return [...last.values()].filter(({ rating }) => rating > 0 && rating >= threshold);
}

/**
 * @param {Row[]} likes
 * @returns {Map<string, Row[]>}
 */
function byPerson(likes) {
  /** @type {Map<string, Row[]>} */
  const people = new Map();
  for (const like of likes) people.set(like.user, [...(people.get(like.user) ?? []), like]);
  return people;
}

/**
 * People held out by lot, and the events of the others.
 * @param {Row[]} likes
 * @param {{ wanted: number, seed: number }} options
 */
export function heldOutOf(likes, { wanted, seed }) {
  const people = byPerson(likes);
  const chosen = [...people.keys()]
    .filter((user) => Number(people.get(user)?.length) >= 5)
    .sort((a, b) => byText(sha(seed, a), sha(seed, b)))
    .slice(0, Math.min(wanted, Math.floor(people.size / 10)));
  const held = chosen.map((user) => {
    const order = [.../** @type {Row[]} */ (people.get(user))].sort(
      (a, b) => b.time - a.time || byText(sha(seed, user, a.item), sha(seed, user, b.item)),
    );
    const items = order.map(({ item }) => item);
    const n = Math.ceil(items.length / 5);
    return { user, asked: items.slice(0, n), history: items.slice(n) };
  });
  const out = new Set(chosen);
  return { held, training: likes.filter(({ user }) => !out.has(user)) };
}

/**
 * Items of enough people, most popular first, and the events with them.
 * @param {Row[]} training
 * @param {number} minSupport
 */
export function catalogueOf(training, minSupport) {
  /** @type {Map<string, number>} */
  const people = new Map();
  for (const { item } of training) people.set(item, (people.get(item) ?? 0) + 1);
  const items = [...people.keys()]
    .filter((item) => Number(people.get(item)) >= minSupport)
    .sort((a, b) => Number(people.get(b)) - Number(people.get(a)) || byText(a, b));
  const kept = new Set(items);
  return { items, people, events: training.filter(({ item }) => kept.has(item)) };
}

/**
 * Solves a symmetric system by elimination.
 * @param {number[][]} matrix overwritten
 * @param {number[]} right overwritten
 */
function solve(matrix, right) {
  const n = right.length;
  for (let k = 0; k < n; k++)
    for (let i = k + 1; i < n; i++) {
      const factor = matrix[i][k] / matrix[k][k];
      for (let j = k; j < n; j++) matrix[i][j] -= factor * matrix[k][j];
      right[i] -= factor * right[k];
    }
  for (let k = n - 1; k >= 0; k--) {
    for (let j = k + 1; j < n; j++) right[k] -= matrix[k][j] * right[j];
    right[k] /= matrix[k][k];
  }
  return right;
}

/**
 * Scores of a catalogue by MLlib's own formula: with c = 1 + alpha for each of n events,
 * (V'V + sum (c - 1) v v' + reg n I)^-1 sum c v, times V.
 * @param {number[][]} vectors
 * @param {{ alpha: number, reg: number }} settings
 * @returns {(history: number[]) => number[]}
 */
export function sparkScores(vectors, { alpha, reg }) {
  const dim = vectors[0].length;
  const outer = (/** @type {number[][]} */ rows, /** @type {number} */ a, /** @type {number} */ b) =>
    rows.reduce((sum, v) => sum + v[a] * v[b], 0);
  const all = Array.from({ length: dim });
  const gram = all.map((_, a) => all.map((__, b) => outer(vectors, a, b)));
  return (history) => {
    const own = history.map((i) => vectors[i]);
    const matrix = gram.map((row, a) =>
      row.map((g, b) => g + alpha * outer(own, a, b) + (a === b ? reg * own.length : 0)),
    );
    const right = all.map((_, a) => own.reduce((sum, v) => sum + (1 + alpha) * v[a], 0));
    const u = solve(matrix, right);
    return vectors.map((v) => v.reduce((sum, x, a) => sum + x * u[a], 0));
  };
}

/**
 * NDCG@20 of a list.
 * @param {string[]} list
 * @param {string[]} asked
 */
export function ndcg(list, asked) {
  const at = (/** @type {number} */ k) => 1 / Math.log2(k + 2);
  const best = asked.slice(0, 20).reduce((sum, _, k) => sum + at(k), 0);
  return list.slice(0, 20).reduce((sum, item, k) => sum + (asked.includes(item) ? at(k) : 0), 0) / best;
}

/**
 * Neighbours as src/train/cooccurrence.c has them, at strength 1: of each candidate its sources, best first.
 * @param {ReturnType<typeof catalogueOf>} catalogue
 * @param {number} most
 */
export function neighboursOf({ items, people, events }, most) {
  const index = new Map(items.map((item, i) => [item, i]));
  const rows = [...byPerson(events).values()].map((list) => list.map(({ item }) => Number(index.get(item))));
  const mean = rows.reduce((sum, row) => sum + row.length ** -0.6, 0) / rows.length;
  const together = items.map(() => new Float64Array(items.length));
  const both = items.map(() => new Uint32Array(items.length));
  for (const row of rows)
    for (const i of row)
      for (const j of row) {
        together[i][j] += row.length ** -0.6 / mean;
        both[i][j]++;
      }
  const d = items.map((item) => Number(people.get(item)));
  return items.map((candidate, j) => {
    const sources = items.flatMap((item, i) => {
      if (i === j || both[i][j] < 2) return [];
      const value = d[i] ** -0.5 * d[j] ** -0.12 * together[i][j];
      return [{ item, value, weight: value * d[i] ** 0.35 }];
    });
    return { candidate, sources: sources.sort((a, b) => b.weight - a.weight).slice(0, most) };
  });
}
