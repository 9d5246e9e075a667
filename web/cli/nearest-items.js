// Owns guessing which items were meant by ids that a model does not have: by their ids, and by their titles.
// Must not take a guess for what was asked.
import { distance } from 'fastest-levenshtein';
import { inline } from '../read/inline.js';

/** @typedef {{ item: string, title: string }} Guess */
/** @typedef {{ ids(): string[], title(id: string): string }} Named what a model says of its items */

/** Of so many unknown ids; a file of a thousand is of another catalogue, not a slip. */
const mostAsked = 8;
const mostGuesses = 3;
/** Shorter words stand in too many titles. */
const shortest = 3;
const longest = 200;

/**
 * A text as it is compared: without accents, large letters, blanks around it and zeros before it.
 * @param {string} text
 */
const plain = (text) =>
  text
    .slice(0, longest)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .trim()
    .replace(/^0+(?=\d)/, '');

/**
 * How far a text is from a name: 0 the same, up to 1 as its beginning or a part, then by letters; Infinity:
 * nobody would take one for the other. Numbers that differ are other numbers.
 * @param {string} wrong
 * @param {string} name
 */
function farFrom(wrong, name) {
  if (name === wrong) return 0;
  if (/^[\d.]*$/.test(wrong)) return Infinity;
  if (wrong.length >= shortest) {
    if (name.startsWith(wrong)) return 0.5;
    if (name.includes(` ${wrong}`) || name.includes(`-${wrong}`)) return 1;
  }
  const most = Math.max(1, Math.floor(wrong.length / 4));
  if (Math.abs(name.length - wrong.length) > most || wrong.length < shortest - 1) return Infinity;
  const steps = distance(wrong, name);
  return steps <= most ? 1 + steps : Infinity;
}

/**
 * The year of a title: `Heat (1995)` is called `Heat`.
 * @param {string} title
 */
const withoutYear = (title) => title.replace(/ *\(\d{4}\)$/, '');

/**
 * The items of a model that were probably meant by ids it does not have, the most likely first, of the same
 * distance the most popular one. Ids of which nothing is guessed are left out.
 * @param {Named} model
 * @param {readonly string[]} unknown
 * @returns {Record<string, Guess[]>}
 */
export function nearestItems(model, unknown) {
  const asked = [...new Set(unknown)].slice(0, mostAsked).filter((wrong) => wrong.trim() !== '');
  if (asked.length === 0) return {};
  const names = model.ids().map((item) => {
    const title = model.title(item);
    return { item, title, id: plain(item), name: plain(withoutYear(title)) };
  });
  const guesses = asked.map((wrong) => {
    const [text, bare] = [plain(wrong), plain(withoutYear(wrong))];
    const near = names.flatMap(({ item, title, id, name }) => {
      const far = Math.min(farFrom(text, id), farFrom(bare, name));
      return far < Infinity ? [{ item, title, far }] : [];
    });
    near.sort((a, b) => a.far - b.far);
    return [wrong, near.slice(0, mostGuesses).map(({ item, title }) => ({ item, title }))];
  });
  return Object.fromEntries(guesses.filter(([, found]) => found.length > 0));
}

/**
 * A guess for people: the id, and the title where it says more.
 * @param {Guess} guess
 */
const named = ({ item, title }) => inline(title && title !== item ? `${item} (${title})` : item);

/**
 * What was probably meant, a line an id.
 * @param {Record<string, Guess[]>} guesses
 */
export const guessLines = (guesses) =>
  Object.entries(guesses).map(
    ([wrong, found]) => `${inline(wrong)}: did you mean ${found.map(named).join(' or ')}?`,
  );
