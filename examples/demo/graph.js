// Owns the small graph of the demo's films: who directed, which decade, which genre, what genre a genre is
// of. Must not read anything but the film facts. Countries are not among them.
import { readFilms } from './films.js';

/** What each genre is a kind of, by what the word means; the rest stand alone. */
const kindOf = Object.freeze({
  'Film noir': 'Crime',
  Mystery: 'Crime',
  Thriller: 'Crime',
  War: 'History',
  Western: 'Adventure',
  Animation: 'Family',
  Musical: 'Family',
});

/**
 * @returns {{ heads: string[], relations: string[], tails: string[] }}
 */
export function filmTriples() {
  const triples = readFilms().flatMap(({ item, title, genres, director }) => [
    ...director.split('|').map((name) => [item, 'director', name]),
    ...genres.split('|').map((genre) => [item, 'genre', genre]),
    ...(title.match(/\((\d{3})\d\)$/) ?? []).slice(1).map((years) => [item, 'decade', `${years}0s`]),
  ]);
  triples.push(...Object.entries(kindOf).map(([genre, other]) => [genre, 'kind of', other]));
  const column = (/** @type {number} */ at) => triples.map((/** @type {string[]} */ row) => row[at]);
  return { heads: column(0), relations: column(1), tails: column(2) };
}

/** As a file for `ampcf train --graph`. */
export function triplesText() {
  const { heads, relations, tails } = filmTriples();
  const cell = (/** @type {string} */ text) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const rows = heads.map((head, x) => [head, relations[x], tails[x]].map(cell).join(','));
  return `head,relation,tail\n${rows.join('\n')}\n`;
}
