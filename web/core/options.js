// Owns the refusal of options that nobody has, with the name that was probably meant. Must not be needed by
// the smallest entry, which has no room for guesses and names them all.
import { badArgument, optionValues } from './arguments.js';

/**
 * How many letters are to be changed, added, left out or swapped to make one word of another (optimal string
 * alignment), large and small ones alike.
 * @param {string} a
 * @param {string} b
 */
function stepsBetween(a, b) {
  const [from, to] = [a.toLowerCase(), b.toLowerCase()];
  const rows = [Array.from({ length: to.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= from.length; i++) {
    rows.push([i]);
    for (let j = 1; j <= to.length; j++) {
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      rows[i][j] = Math.min(
        rows[i - 1][j] + 1,
        rows[i][j - 1] + 1,
        rows[i - 1][j - 1] + Number(from[i - 1] !== to[j - 1]),
        isSwap ? rows[i - 2][j - 2] + 1 : Infinity,
      );
    }
  }
  return rows[from.length][to.length];
}

/**
 * The name that was meant: the nearest one, if it is near.
 * @param {string} wrong
 * @param {readonly string[]} names
 */
export function nearestName(wrong, names) {
  const steps = names.map((name) => stepsBetween(wrong.slice(0, 40), name));
  const least = Math.min(...steps);
  return least <= Math.max(1, wrong.length / 4) ? names[steps.indexOf(least)] : undefined;
}

/**
 * An object with these names and no other.
 * @template {object} T
 * @param {T} options
 * @param {string} names with a space between them
 * @param {string} [what] it is
 * @returns {T}
 * @throws {import('./errors.js').AmpcfError} BAD_ARGUMENT
 */
export function optionsArgument(options, names, what = 'options') {
  const known = names.split(' ');
  const isObject = typeof options === 'object' && options !== null && !(Symbol.iterator in options);
  const stray = isObject ? Object.keys(options).find((name) => !known.includes(name)) : undefined;
  const meant = stray !== undefined && nearestName(stray, known);
  if (meant) throw badArgument(what, stray, `one of ${known.join(', ')}; did you mean ${meant}?`);
  optionValues(options, names, what); // refuses all else
  return options;
}
