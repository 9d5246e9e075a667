// Owns the choice of the largest numbers. Must not know what they are.

/**
 * The places of the largest numbers above a bound, largest first, equal ones in order.
 * @param {Float64Array} values
 * @param {number} most how many
 * @param {number} [bound]
 * @returns {number[]}
 */
export function largest(values, most, bound = 0) {
  const above = new Float64Array(values.length);
  let n = 0;
  for (let i = 0; i < values.length; i++) if (values[i] > bound) above[n++] = values[i];
  const least = n > most ? above.subarray(0, n).sort()[n - most] : bound;
  const found = [];
  for (let i = 0; i < values.length; i++) if (values[i] > bound && values[i] >= least) found.push(i);
  return found.sort((a, b) => values[b] - values[a] || a - b).slice(0, most);
}
