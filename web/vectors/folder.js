// Owns a folder of Parquet that a cluster has written: vectors, people of each item, titles and aspects,
// neighbours, held-out events, settings. Must not judge them.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { displayName, readFileBytes } from '../read/bytes.js';
import { badFile } from './npy.js';
import { idOf, parquetRows, readParquetVectors } from './parquet-rows.js';

/** @import { GivenNeighbours } from '../train/given-neighbours.js' */
/** @import { Interactions } from '../train/interactions.js' */
/**
 * @typedef {object} VectorFolder
 * @property {string[]} ids
 * @property {ArrayLike<number>[]} rows
 * @property {number[] | undefined} popularity
 * @property {Map<string, { title: string, aspects: string[] }> | undefined} items
 * @property {GivenNeighbours | undefined} neighbours
 * @property {{ history: Interactions, heldOut: Interactions } | undefined} validation
 * @property {Record<string, any>} settings
 * @property {string} files which were read, and which are not known
 * @property {string[]} warnings
 */

const there = (/** @type {string} */ folder, /** @type {string} */ name) =>
  existsSync(join(folder, `${name}.parquet`));

/**
 * @param {string} folder
 * @param {string} name
 * @param {string[]} columns
 * @param {(row: Record<string, any>, file: string) => void} onRow
 */
async function eachRow(folder, name, columns, onRow) {
  const path = join(folder, `${name}.parquet`);
  const file = displayName(path);
  for await (const block of parquetRows(path, file, columns)) for (const row of block) onRow(row, file);
}

/** @param {string} folder */
async function readPopularity(folder) {
  if (!there(folder, 'popularity')) return undefined;
  /** @type {Map<string, number>} */
  const people = new Map();
  await eachRow(folder, 'popularity', ['id', 'people'], (row, file) => {
    const id = idOf(row.id, file);
    const count = Number(row.people);
    if (!(Number.isSafeInteger(count) && count >= 0))
      throw badFile(file, `people of ${id}`, row.people, 'a count');
    if (people.has(id)) throw badFile(file, 'id', `${id} twice`, 'each item once');
    people.set(id, count);
  });
  return people;
}

/**
 * Popularity in the order of the vectors: that of none of them is a mistake, that of few is said.
 * @param {string} name of the folder
 * @param {readonly string[]} ids
 * @param {Map<string, number> | undefined} people
 * @param {string[]} warnings
 */
function popularityOf(name, ids, people, warnings) {
  if (!people) return undefined;
  const joined = ids.filter((id) => people.has(id)).length;
  if (joined === 0)
    throw badFile(
      name,
      'popularity.parquet',
      `no id of vectors.parquet: ${JSON.stringify([...people.keys()][0] ?? '')} there, ` +
        `${JSON.stringify(ids[0])} here`,
      'the same ids',
    );
  if (2 * joined < ids.length)
    warnings.push(`popularity.parquet has only ${joined} of ${ids.length} items: the others count as unused`);
  return ids.map((id) => people.get(id) ?? 0);
}

/** @param {string} folder */
async function readAspects(folder) {
  if (!there(folder, 'aspects')) return undefined;
  /** @type {Map<string, { title: string, aspects: string[] }>} */
  const items = new Map();
  await eachRow(folder, 'aspects', ['id', 'title', 'aspects'], (row, file) => {
    const aspects = row.aspects ?? [];
    if (!Array.isArray(aspects)) throw badFile(file, 'aspects', aspects, 'a list of texts');
    items.set(idOf(row.id, file), { title: String(row.title ?? ''), aspects: aspects.map(String) });
  });
  return items;
}

/** @param {string} folder */
async function readNeighbours(folder) {
  if (!there(folder, 'neighbours')) return undefined;
  const out = {
    from: /** @type {string[]} */ ([]),
    to: /** @type {string[]} */ ([]),
    values: /** @type {number[]} */ ([]),
  };
  await eachRow(folder, 'neighbours', ['id', 'neighbour', 'value'], (row, file) => {
    out.from.push(idOf(row.id, file));
    out.to.push(idOf(row.neighbour, file));
    out.values.push(Number(row.value));
  });
  return out;
}

/**
 * Pairs of people and items, by ids.
 * @param {[user: string, item: string][]} pairs
 * @returns {Interactions}
 */
function interactionsOf(pairs) {
  const users = [...new Set(pairs.map(([user]) => user))];
  const items = [...new Set(pairs.map(([, item]) => item))];
  const u = new Map(users.map((id, i) => [id, i]));
  const j = new Map(items.map((id, i) => [id, i]));
  return {
    users,
    items,
    user: pairs.map(([user]) => /** @type {number} */ (u.get(user))),
    item: pairs.map(([, item]) => /** @type {number} */ (j.get(item))),
    weight: null,
  };
}

/** @param {string} folder */
async function readValidation(folder) {
  if (!there(folder, 'validation')) return undefined;
  /** @type {Record<string, [string, string][]>} */
  const folds = { history: [], 'held-out': [] };
  await eachRow(folder, 'validation', ['user', 'item', 'fold'], (row, file) => {
    const pairs = folds[String(row.fold)];
    if (!pairs) throw badFile(file, 'fold', row.fold, 'history or held-out');
    pairs.push([idOf(row.user, file), idOf(row.item, file)]);
  });
  return { history: interactionsOf(folds.history), heldOut: interactionsOf(folds['held-out']) };
}

/** @param {string} folder */
async function readSettings(folder) {
  const path = join(folder, 'settings.json');
  if (!existsSync(path)) return {};
  const text = (await readFileBytes(path)).toString('utf8');
  try {
    const settings = JSON.parse(text);
    if (typeof settings === 'object' && settings !== null && !Array.isArray(settings)) return settings;
  } catch {
    // Said below.
  }
  throw badFile(displayName(path), 'settings', text.slice(0, 60), 'a JSON object');
}

const tables = ['popularity', 'aspects', 'neighbours', 'validation'];
const knownFiles = [...['vectors', ...tables].map((name) => `${name}.parquet`), 'settings.json'];

/** @param {string} folder */
function filesOf(folder) {
  const entries = readdirSync(folder).filter((entry) => !/^[._]/.test(entry));
  const read = knownFiles.filter((entry) => entries.includes(entry));
  const others = entries.filter((entry) => !knownFiles.includes(entry)).sort();
  const rest = others.length > 0 ? `; not used: ${others.slice(0, 12).join(', ')}` : '';
  return `${read.join(', ')}${rest}`;
}

/**
 * @param {string} folder
 * @returns {Promise<VectorFolder>}
 * @throws {import('../core/errors.js').AmpcfError} BAD_DATA, IO
 */
export async function readFolder(folder) {
  const name = displayName(folder);
  if (!there(folder, 'vectors'))
    throw badFile(
      name,
      'folder',
      'no vectors.parquet',
      'one, with columns id and features, or part-*.parquet of one table',
    );
  const vectors = join(folder, 'vectors.parquet');
  const { ids, rows } = await readParquetVectors(vectors, displayName(vectors), {
    id: 'id',
    vector: 'features',
  });
  /** @type {string[]} */
  const warnings = [];
  return {
    ids,
    rows,
    popularity: popularityOf(name, ids, await readPopularity(folder), warnings),
    items: await readAspects(folder),
    neighbours: await readNeighbours(folder),
    validation: await readValidation(folder),
    settings: await readSettings(folder),
    files: filesOf(folder),
    warnings,
  };
}
