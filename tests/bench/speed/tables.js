// Owns the tables that every contestant ranks: vectors, model files and people in a folder below build/, made
// once and kept. Must not time anything.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadModel } from '../../../dist/ampcf.js';
import { modelFromVectors } from '../../../dist/train.js';
import { below, seededRandom } from '../../../web/core/random.js';
import { readRatings } from '../../../web/read/read-ratings.js';
import { learn, madeInteractions, randomTable } from './made.js';
import { queriesOf } from './queries.js';

/** @import { Learnt } from './made.js' */
/** @typedef {'random' | 'trained' | 'gowalla' | 'ml1m'} Kind */
/**
 * @typedef {object} Person as item indices
 * @property {number[]} history
 * @property {number[]} candidates
 * @property {number} personas that this project finds
 * @property {number[]} one (D) the vector whose products are this project's scores with one vector
 * @property {number[]} four (4 D) likewise of each persona
 */
/**
 * @typedef {object} Table
 * @property {Kind} kind
 * @property {number} items N
 * @property {number} dim D
 * @property {string} folder with `vectors`, `f32.ampcf`, `int8.ampcf`
 * @property {Person[]} people
 */

export const dim = 64;
const candidatesAPerson = 500;
const kept = fileURLToPath(new URL('../../../build/bench-speed', import.meta.url));
const publicFolders = { gowalla: 'sparse-gowalla', ml1m: 'ml1m-leaderboard' };

/** Padded, so that equally popular items stay in the order of the table. */
export const idOf = (/** @type {number} */ j) => `i${String(j).padStart(8, '0')}`;
export const indexOf = (/** @type {string} */ id) => Number(id.slice(1));

/**
 * @param {keyof typeof publicFolders} kind
 * @param {string} data
 */
export const publicFile = (kind, data) => `${data}/${publicFolders[kind]}/train.txt`;

/**
 * @param {Kind} kind
 * @param {number} items
 * @param {string} data
 * @returns {Promise<Learnt | Pick<Learnt, 'vectors' | 'histories'>>}
 */
async function made(kind, items, data) {
  if (kind === 'random') return randomTable(items, dim);
  if (kind === 'trained') return learn(madeInteractions(items), dim, items > 200_000 ? 2 : 3);
  return learn(await readRatings(publicFile(kind, data), { format: 'list' }), dim, 8);
}

/**
 * The same from the folder, where an earlier run left it: training a million items takes minutes.
 * @param {Kind} kind
 * @param {number} items
 * @param {string} data
 * @param {string} folder
 */
async function keptOrMade(kind, items, data, folder) {
  const facts = `${folder}/facts.json`,
    file = `${folder}/vectors`;
  if (!existsSync(facts)) {
    const { vectors, ...rest } = /** @type {Learnt} */ (await made(kind, items, data));
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, vectors);
    writeFileSync(facts, JSON.stringify({ ...rest, popularity: rest.popularity && [...rest.popularity] }));
  }
  const bytes = readFileSync(file);
  return /** @type {Learnt} */ ({
    ...JSON.parse(readFileSync(facts, 'utf8')),
    vectors: new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4),
  });
}

/**
 * People of whom most personas are found first: where four are wanted, four are measured.
 * @param {Uint8Array} file
 * @param {Learnt} learnt
 * @param {number} most
 */
async function peopleOf(file, { histories, vectors }, most) {
  const model = await loadModel(file);
  const n = model.info.items;
  if (model.ids().some((id, j) => indexOf(id) !== j))
    throw new Error('wanted the file in the order of the table');
  const found = histories.map((history) => {
    const me = model.createProfile(history.map(idOf));
    const personas = me.personas().length;
    me.dispose();
    return { history, personas };
  });
  const random = seededRandom(3);
  const people = found
    .sort((a, b) => b.personas - a.personas)
    .slice(0, most)
    .map((person) => ({
      ...person,
      candidates: Array.from({ length: Math.min(n, 2 * candidatesAPerson) }, () => below(random, n))
        .filter((j, i, all) => all.indexOf(j) === i)
        .slice(0, candidatesAPerson),
      ...queriesOf(model, person.history.map(idOf), vectors, idOf),
    }));
  model.dispose();
  return people;
}

/**
 * @param {Kind} kind
 * @param {number} items of a made table
 * @param {{ data: string, people: number }} options
 * @returns {Promise<Table>}
 */
export async function makeTable(kind, items, { data, people: most }) {
  const folder = `${kept}/${kind}${kind in publicFolders ? '' : `-${items}`}`;
  const learnt = await keptOrMade(kind, items, data, folder);
  const { vectors, popularity, users, alpha, lambda } = learnt;
  const n = vectors.length / dim,
    ids = Array.from({ length: n }, (_, j) => idOf(j));
  const known = popularity ? { popularity: Uint32Array.from(popularity), users, alpha, lambda } : {};
  for (const vectorType of /** @type {const} */ (['f32', 'int8'])) {
    const options = { ids, vectors, dim, ...known, vectorType, bias: 0, clusters: 0 };
    writeFileSync(`${folder}/${vectorType}.ampcf`, (await modelFromVectors(options)).bytes);
  }
  const people = await peopleOf(readFileSync(`${folder}/f32.ampcf`), learnt, most);
  const table = { kind, items: n, dim, folder, people };
  writeFileSync(`${folder}/table.json`, JSON.stringify(table));
  return table;
}
