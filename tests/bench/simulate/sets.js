// Owns the models and real people that the bench of simulation compares with. Must not measure.
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { loadModel } from '../../../dist/ampcf.js';
import { trainModel } from '../../../dist/train.js';
import { sampleOf, seededRandom } from '../../../web/core/random.js';
import { itemsByPerson } from '../../../web/evaluate/people.js';
import { readRatings } from '../../../web/read/read-ratings.js';

/** @import { Interactions } from '../../../web/train.js' */
/** @typedef {{ title: string, model: import('ampcf').Model, people: string[][] }} RealSet */

/**
 * What brings exploration, where it was built.
 * @returns {Promise<any[]>}
 */
async function explorers() {
  const entry = new URL('../../../dist/confidence.js', import.meta.url);
  return existsSync(entry) ? [(await import(entry.href)).explore] : [];
}

/**
 * Titles and genres of MovieLens.
 * @param {string} path
 */
const genresOf = (path) =>
  new Map(
    parse(readFileSync(path), { columns: true }).map((/** @type {Record<string, string>} */ row) => [
      row.movieId,
      { title: row.title, aspects: row.genres.split('|').filter((genre) => !genre.startsWith('(')) },
    ]),
  );

/**
 * Events of three stars and more.
 * @param {Interactions & { rating?: ArrayLike<number> | null }} all
 */
function liked(all) {
  const rows = Array.from(all.user, (_, x) => x).filter((x) => Number(all.rating?.[x] ?? 5) >= 3);
  const pick = (/** @type {ArrayLike<number>} */ of) => rows.map((x) => of[x]);
  return { users: all.users, items: all.items, user: pick(all.user), item: pick(all.item) };
}

/** @type {Record<string, (data: string) => Promise<{ title: string, all: Interactions, items?: any }>>} */
const readers = {
  'ml-latest-small/ratings.csv': async (data) => ({
    title: 'MovieLens latest-small',
    all: liked(await readRatings(`${data}/ml-latest-small/ratings.csv`)),
    items: genresOf(`${data}/ml-latest-small/movies.csv`),
  }),
  'ml1m-leaderboard/train.txt': async (data) => ({
    title: 'MovieLens 1M',
    all: await readRatings(`${data}/ml1m-leaderboard/train.txt`, { format: 'list' }),
  }),
  'amazon-video-games/ratings.csv': async (data) => ({
    title: 'Amazon video games',
    all: liked(await readRatings(`${data}/amazon-video-games/ratings.csv`)),
  }),
};

/**
 * Each set that is there: a model of everybody, and some of them.
 * @param {string} data
 * @param {number} sample
 * @returns {Promise<RealSet[]>}
 */
export async function realSets(data, sample) {
  const sets = [];
  for (const [path, read] of Object.entries(readers)) {
    if (!existsSync(`${data}/${path}`)) {
      process.stdout.write(`skipped: no ${data}/${path} (npm run bench:simulate -- --data FOLDER)\n`);
      continue;
    }
    const { title, all, items } = await read(data);
    const { bytes } = await trainModel(all, items ? { items } : {});
    const model = await loadModel(bytes, { plugins: await explorers() });
    const everybody = [...itemsByPerson(all).values()]
      .map((events) => [...events.keys()].filter((id) => model.has(id)))
      .filter(({ length }) => length >= 4);
    sets.push({ title, model, people: sampleOf(everybody, sample, seededRandom(1)) });
  }
  return sets;
}
