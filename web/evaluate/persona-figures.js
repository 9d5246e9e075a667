// Owns the formulas of persona quality and of attacks (METRICS.md): entropy, likeness, what is collapsed,
// AUC. Pure functions of numbers. Must not fold or rank.
import { entropy } from '../core/entropy.js';

const alikeAbove = 0.9;
const deadBelow = 0.02;
const mergedAbove = 0.95;

/**
 * The cosine of two vectors, 0 where one of them is all zero.
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
export function cosine(a, b) {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/**
 * Every pair of two elements of a list.
 * @template T
 * @param {readonly T[]} list
 * @returns {[T, T][]}
 */
const pairsOf = (list) =>
  list.flatMap((a, k) => list.slice(k + 1).map((b) => /** @type {[T, T]} */ ([a, b])));

/**
 * The mean, or null of nothing.
 * @param {readonly number[]} values
 */
export const meanOf = (values) =>
  values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;

/**
 * Whether some two personas own the history alike.
 * @param {readonly ArrayLike<number>[]} columns (P) of (H) responsibilities
 */
export const isCollapsed = (columns) => pairsOf(columns).some(([a, b]) => cosine(a, b) > alikeAbove);

/**
 * Whether some persona is next to nothing: its share is below .02, or it owns no history item.
 * @param {readonly number[]} shares (P)
 * @param {readonly number[]} owners (H)
 */
export const hasDead = (shares, owners) =>
  shares.some((share, k) => share < deadBelow || !owners.includes(k));

/**
 * Whether some two personas say the same of the catalogue.
 * @param {readonly ArrayLike<number>[]} evidence (P) of (items)
 */
export const hasMerged = (evidence) => pairsOf(evidence).some(([a, b]) => cosine(a, b) > mergedAbove);

/**
 * 1 - mean cosine of every two columns; null where there are fewer than two.
 * @param {readonly ArrayLike<number>[]} columns
 */
export function separationOf(columns) {
  const mean = meanOf(pairsOf(columns).map(([a, b]) => cosine(a, b)));
  return mean === null ? null : 1 - mean;
}

/**
 * Mean entropy of the attention over ln P: 0 = one persona speaks, 1 = all speak alike; null where there is
 * no attention.
 * @param {readonly Float32Array[]} attention of at least two personas
 */
export const entropyShare = (attention) =>
  meanOf(attention.map((weights) => entropy(weights) / Math.log(weights.length)));

/**
 * Share of the items on which one persona has more than half of the attention; null where there are none.
 * @param {readonly Float32Array[]} attention
 */
export const decidedShare = (attention) =>
  meanOf(attention.map((weights) => (Math.max(...weights) > 0.5 ? 1 : 0)));

/**
 * The share of pairs of a member and another in which the member scores higher; equal scores count half.
 * @param {readonly number[]} members
 * @param {readonly number[]} others
 */
export function aucOf(members, others) {
  const all = [
    ...members.map((value) => ({ value, member: true })),
    ...others.map((value) => ({ value, member: false })),
  ].sort((a, b) => a.value - b.value);
  let sum = 0;
  for (let from = 0, to = 0; from < all.length; from = to) {
    while (to < all.length && all[to].value === all[from].value) to++;
    const rank = (from + 1 + to) / 2;
    for (let i = from; i < to; i++) if (all[i].member) sum += rank;
  }
  return (sum - (members.length * (members.length + 1)) / 2) / (members.length * others.length);
}
