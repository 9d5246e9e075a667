// Owns the data sets with relations that `npm run bench:graph` and `bench:paths` read. Must not train.
import { existsSync, readFileSync } from 'node:fs';
import { readGraph } from '../../../web/read/read-graph.js';

/**
 * @typedef {object} Task
 * @property {string} name
 * @property {string} title
 * @property {string} split folder
 * @property {string} graph folder
 * @property {number} unobserved chosen on validation before, without a graph
 */

/** @type {Task[]} */
export const tasks = [
  {
    name: 'lastfm',
    title: 'Last.fm',
    split: 'graph-lastfm-dbpedia',
    graph: 'graph-lastfm-dbpedia',
    unobserved: 30,
  },
  {
    name: 'ml1m',
    title: 'MovieLens-1M',
    split: 'ml1m-leaderboard',
    graph: 'graph-ml1m-dbpedia',
    unobserved: 12,
  },
];

/**
 * Lines of words: a person, then the items of that person.
 * @param {string} path
 */
export const rowsOf = (path) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));

/**
 * @param {string} data folder
 * @param {Pick<Task, 'split' | 'graph'>} task
 */
export const isThere = (data, { split, graph }) =>
  existsSync(`${data}/${split}`) && existsSync(`${data}/${graph}`);

/**
 * @param {string} data folder
 * @param {Pick<Task, 'graph'>} task
 */
export async function triplesIn(data, { graph }) {
  const folder = `${data}/${graph}`;
  const { triples } = await readGraph(`${folder}/triples.csv`, { entities: `${folder}/entities.csv` });
  return triples;
}
