// Owns `npm run bench:proportion`: whether recommended lists reflect a whole history better than those of one
// vector, on the demo model: the page's people with each other film added, and made-up people of two genres.
// Must not train, and must look at a genre only to measure.
import { readFileSync } from 'node:fs';
import { loadModel } from '../../dist/ampcf.js';
import { presets } from '../../examples/page/presets.js';
import { loadFilms } from '../../examples/demo/train.js';
import { sampleOf, seededRandom } from '../../web/core/random.js';
import { kendallTau } from '../../web/evaluate/one-event.js';
import { markdownTable } from './accuracy/text.js';
import { benchArguments, publish } from './results.js';

/** @import { DemoFilm } from '../../examples/demo/train.js' */
/** @typedef {import('ampcf').RecommendOptions} RecommendOptions */

const values = benchArguments({
  proportional: { type: 'string' },
  people: { type: 'string', default: '250' },
});
const topK = 12;
const same = 1e-3;
const films = await loadFilms();
const model = await loadModel(readFileSync(new URL('../../dist/demo/films.ampcf', import.meta.url)));
const proportional = Number(values.proportional ?? model.info.proportional);

/**
 * People with so many random films of one genre and so many of another.
 * @param {number} first
 * @param {number} second
 * @returns {string[][]}
 */
function twoGenres(first, second) {
  const random = seededRandom(first * 100 + second);
  const genres = [...new Set(films.flatMap((film) => film.genres))].sort();
  return Array.from({ length: Number(values.people) }, () => {
    const [a, b] = sampleOf(genres, 2, random);
    const of = (/** @type {string} */ genre, /** @type {DemoFilm[]} */ without) =>
      films.filter((film) => film.genres.includes(genre) && !without.includes(film));
    const ofFirst = sampleOf(of(a, []), first, random);
    return [...ofFirst, ...sampleOf(of(b, ofFirst), second, random)].map(({ item }) => item);
  });
}

/** @type {Record<string, string[][]>} */
const histories = {
  ...Object.fromEntries(
    Object.entries(presets).map(([name, items]) => [
      name,
      films.filter(({ item }) => !items.includes(item)).map(({ item }) => [...items, item]),
    ]),
  ),
  'two genres, 8 + 2': twoGenres(8, 2),
  'two genres, 12 + 3': twoGenres(12, 3),
  'two genres, 5 + 5': twoGenres(5, 5),
};
/** @type {Record<string, RecommendOptions>} */
const lists = {
  'by score': { proportional: 0 },
  'by the vectors alone': { proportional, aspects: false },
  'with genres': { proportional },
};

/**
 * Taste distance of the list of one vector, and of each kind of list.
 * @param {string[]} items
 */
function distancesOf(items) {
  const events = items.map((item) => ({ item }));
  const me = model.createProfile(events);
  const one = model.createProfile(events, { personas: 1 });
  const distance = (/** @type {typeof me} */ who, /** @type {RecommendOptions} */ options) =>
    Number(who.tasteDistance(who.recommend({ topK, ...options }).items.map(({ item }) => item)));
  const found = {
    one: distance(one, { proportional: 0 }),
    lists: Object.values(lists).map((list) => distance(me, list)),
  };
  me.dispose();
  one.dispose();
  return found;
}

/**
 * @param {string[][]} people
 * @returns {string[]}
 */
function measure(people) {
  const found = people.map(distancesOf);
  const percent = (/** @type {(of: typeof found[number]) => boolean} */ is) =>
    ((100 * found.filter(is).length) / found.length).toFixed(1).replace(/\.0$/, '');
  return Object.keys(lists).map((_, l) => {
    const nearer = percent((of) => of.lists[l] < of.one - same);
    return `${nearer} / ${percent((of) => of.lists[l] > of.one + same)}`;
  });
}

/**
 * Places of the list that an added film takes, in percent: what else is new in it than the film that was
 * there.
 * @param {string[]} items the preset and one film more
 * @param {{ personas?: number }} fold
 * @param {RecommendOptions} options
 */
function movedBy(items, fold, options) {
  const added = items[items.length - 1];
  const [before, after] = [items.slice(0, -1), items].map((events) => {
    const me = model.createProfile(events, fold);
    const list = me.recommend({ topK, exclude: [added], ...options }).items.map(({ item }) => item);
    me.dispose();
    return list;
  });
  return { places: after.filter((item) => !before.includes(item)).length, tau: kendallTau(before, after) };
}

/**
 * @param {string} name
 * @param {string[][]} people
 */
function movement(name, people) {
  const kinds = [
    movedIn(people, {}, {}),
    movedIn(people, {}, { proportional: 0 }),
    movedIn(people, { personas: 1 }, { proportional: 0 }),
  ];
  return [name, String(people.length), ...kinds];
}

/**
 * @param {string[][]} people
 * @param {{ personas?: number }} fold
 * @param {RecommendOptions} options
 */
function movedIn(people, fold, options) {
  const found = people.map((items) => movedBy(items, fold, options));
  const mean = (/** @type {number[]} */ of) => of.reduce((sum, x) => sum + x, 0) / of.length;
  const tau = mean(found.flatMap(({ tau: value }) => value ?? []));
  return `${mean(found.map(({ places }) => places)).toFixed(2)}, ${tau.toFixed(2)}`;
}

const moved = Object.keys(presets)
  .filter((name) => presets[name].length > 0)
  .map((name) => movement(name, histories[name]));
const rows = Object.entries(histories).map(([name, people]) => [
  name,
  String(people.length),
  ...measure(people),
]);
publish(
  'proportion',
  [
    `Demo model, gate ${model.info.gate}, proportional ${Number(proportional.toPrecision(3))}: ` +
      `lists of ${topK} against those of one vector (\`personas: 1\`, by score).`,
    'Nearer to the taste / farther, % of the people, by taste distance over genres. ' +
      "The page's people have each other film added in turn.",
    '',
    markdownTable(['people', 'n', ...Object.keys(lists)], rows),
    '',
    `One film more: places of the ${topK} that change, Kendall's tau of the films that stay; ` +
      'means over all films that were not there.',
    '',
    markdownTable(['people', 'films', 'in proportion', 'by score', 'one vector'], moved),
  ].join('\n'),
  values,
);
