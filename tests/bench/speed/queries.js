// Owns the vectors that other libraries are asked with: those whose products with the items are this
// project's scores. Must not know the other libraries.

/** @import { Model } from 'ampcf' */

/** Items that a vector is fitted to; so many equations for D unknowns. */
const mostEquations = 3000;

/**
 * x of A x = b with A symmetric and positive (Cholesky).
 * @param {Float64Array} a (n, n), overwritten
 * @param {Float64Array} b (n), overwritten with x
 */
function solve(a, b) {
  const n = b.length;
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= a[i * n + k] * a[j * n + k];
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / a[j * n + j];
    }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) b[i] -= a[i * n + k] * b[k];
    b[i] /= a[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) b[i] -= a[k * n + i] * b[k];
    b[i] /= a[i * n + i];
  }
}

/**
 * The vector of a profile of one vector, by least squares over items that are spread over the table.
 * @param {Model} model
 * @param {string[]} history
 * @param {Float32Array} vectors (N, D)
 * @param {(j: number) => string} idOf
 * @returns {number[]} (D)
 */
function vectorOf(model, history, vectors, idOf) {
  const { items, dim } = model.info,
    n = Math.min(items, mostEquations),
    asked = Array.from({ length: n }, (_, i) => Math.floor((i * items) / n));
  const places = new Map(asked.map((j) => [idOf(j), j]));
  const me = model.createProfile(history, { personas: 1 });
  const ranked = me.rank([...places.keys()], { topK: n }).items;
  me.dispose();
  const a = new Float64Array(dim * dim),
    b = new Float64Array(dim);
  for (const { item, score } of ranked) {
    const v = vectors.subarray(/** @type {number} */ (places.get(item)) * dim).subarray(0, dim);
    for (let i = 0; i < dim; i++) {
      b[i] += score * v[i];
      for (let j = 0; j < dim; j++) a[i * dim + j] += v[i] * v[j];
    }
  }
  let trace = 0;
  for (let i = 0; i < dim; i++) trace += a[i * dim + i];
  for (let i = 0; i < dim; i++) a[i * dim + i] += 1e-12 * trace;
  solve(a, b);
  return [...b];
}

/**
 * @param {Model} model
 * @param {string[]} history
 * @param {Float32Array} vectors (N, D)
 * @param {(j: number) => string} idOf
 * @returns {{ one: number[], four: number[] }} where fewer than four personas are found, the last again
 */
export function queriesOf(model, history, vectors, idOf) {
  const me = model.createProfile(history);
  const personas = me.personas().map(({ items }) => items.map(({ item }) => item));
  me.dispose();
  const each = personas.slice(0, 4).map((items) => vectorOf(model, items, vectors, idOf));
  while (each.length < 4) each.push(/** @type {number[]} */ (each.at(-1)));
  return { one: vectorOf(model, history, vectors, idOf), four: each.flat() };
}
