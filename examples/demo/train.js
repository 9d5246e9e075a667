// Owns the demo's data in the trainer's form and the settings of the demo model. Must not print.
import { readFilms } from './films.js';

/** @typedef {{ item: string, title: string, genres: string[] }} DemoFilm */

/**
 * Chosen on a fifth of each history held out (`npm run bench:demo`). Places by share cost the made-up people
 * some NDCG@20 here, because what is held out has the genre that they have most of: the demo shows lists in
 * proportion all the same.
 */
export const demoSettings = Object.freeze({
  dim: 32,
  split: 1.3,
  proportional: 0.15,
  alpha: 0.4,
  lambda: 0.006,
  userDamping: 0,
  itemDamping: 0,
  popularityDamping: 0,
});

/**
 * The film facts.
 * @returns {Promise<DemoFilm[]>}
 */
export async function loadFilms() {
  return readFilms().map(({ item, title, genres }) => ({ item, title, genres: genres.split('|') }));
}

/**
 * @param {DemoFilm[]} films
 * @param {import('./people.js').Person[]} people
 * @returns {import('ampcf/train').Interactions}
 */
export function demoInteractions(films, people) {
  const index = new Map(films.map((film, i) => [film.item, i]));
  return {
    users: people.map((person) => person.id),
    items: films.map((film) => film.item),
    user: people.flatMap((person, u) => person.history.map(() => u)),
    item: people.flatMap((person) =>
      person.history.map(({ item }) => /** @type {number} */ (index.get(item))),
    ),
  };
}

/**
 * @param {typeof import('ampcf/train').trainModel} trainModel
 * @param {DemoFilm[]} films
 * @param {import('./people.js').Person[]} people
 * @param {import('ampcf/train').TrainOptions} [options]
 */
export function trainDemo(trainModel, films, people, options = {}) {
  const items = new Map(films.map(({ item, title, genres }) => [item, { title, aspects: genres }]));
  return trainModel(demoInteractions(films, people), {
    ...demoSettings,
    name: 'ampcf demo: synthetic people over real films',
    items,
    ...options,
  });
}
