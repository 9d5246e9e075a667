// Owns what an object of options says, and the refusal of names that nobody has, with the one that was
// probably meant. Must not know what the options are for.
import { badArgument, isObject } from './arguments.js';

/**
 * The words of a text.
 * @template {string} S
 * @typedef {S extends `${infer First} ${infer Rest}` ? [First, ...Words<Rest>] : [S]} Words
 */
/**
 * What an object has by these names.
 * @template T
 * @template {string[]} W
 * @typedef {{ [I in keyof W]: W[I] extends keyof T ? T[W[I]] : never }} Values
 */

/**
 * Whether so many letters changed, added, left out or swapped make one word of another.
 * @param {string} from
 * @param {string} to
 * @param {number} steps
 * @returns {boolean}
 */
function isNear(from, to, steps) {
  let same = 0;
  while (same < from.length && from[same] === to[same]) same++;
  const [a, b] = [from.slice(same), to.slice(same)];
  const [a1, b1] = [a.slice(1), b.slice(1)];
  return (
    a === b ||
    (steps > 0 &&
      [
        [a1, b1],
        [a1, b],
        [a, b1],
        [(a[1] ?? '') + a[0] + a.slice(2), b],
      ].some(([x, y]) => isNear(x, y, steps - 1)))
  );
}

/**
 * The name that was meant: the nearest one, if it is near. Large and small letters are alike.
 * @param {string} wrong
 * @param {readonly string[]} names
 */
export function nearestName(wrong, names) {
  for (let steps = 0; steps <= 2 && steps <= Math.max(1, wrong.length / 4); steps++)
    for (const name of names) if (isNear(wrong.toLowerCase(), name.toLowerCase(), steps)) return name;
  return undefined;
}

/**
 * What an object says by these names; one with any other name is refused: an option that was misspelt would
 * do nothing, in silence. So would a list, whose own `filter` would be taken for an option, or a promise.
 * @template {object} T
 * @template {string} S
 * @param {T} options
 * @param {S} names with a space between them
 * @param {string} [what] it is
 * @returns {Values<T, Words<S>>} undefined where it says nothing
 * @throws {import('./errors.js').AmpcfError} BAD_ARGUMENT
 */
export function optionValues(options, names, what = 'options') {
  const known = names.split(' ');
  const wanted = `one of ${known.join(', ')}`;
  if (!isObject(options)) throw badArgument(what, options, `an object with ${wanted}`);
  for (const name of Object.keys(options))
    if (!known.includes(name)) {
      const meant = nearestName(name, known);
      throw badArgument(what, name, wanted + (meant ? `; did you mean ${meant}?` : ''));
    }
  return /** @type {any} */ (known.map((name) => /** @type {any} */ (options)[name]));
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
export function optionsArgument(options, names, what) {
  optionValues(options, names, what);
  return options;
}
