// Owns reading films.csv, which examples share. Must need no package, so that they run where only ampcf is
// installed: it reads this one file, not any CSV.
import { readFileSync } from 'node:fs';

/** @typedef {{ item: string, title: string, genres: string, director: string }} FilmRow */

/**
 * The fields of a line; one with a comma or a quote in it stands in quotes, and its own quotes twice.
 * @param {string} line
 */
const fieldsOf = (line) =>
  Array.from(
    line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g),
    ([, quoted, plain]) => plain ?? quoted.replaceAll('""', '"'),
  );

/** @returns {FilmRow[]} */
export function readFilms() {
  const [, ...lines] = readFileSync(new URL('films.csv', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => {
    const [item, title, genres, director] = fieldsOf(line);
    return { item, title, genres, director };
  });
}
