// Owns this project as a contestant, as a page has it: ids and objects, what `ampcf/rank` exports. Must not
// reach below the API but for the counts of the scan.
import { readFileSync } from 'node:fs';
import { idOf, indexOf } from '../tables.js';

/** @import { Table } from '../tables.js' */
/** @import { Ranking } from 'ampcf' */

/** @param {Ranking} ranking */
const indices = ({ items }) => ({
  items: items.map(({ item }) => indexOf(item)),
  scores: items.map(({ score }) => score),
});

/**
 * @param {Table} table
 * @param {number} top
 * @param {'f32' | 'int8'} type
 */
async function start({ folder, people }, top, type) {
  const { loadModel } = await import('../../../../dist/rank.js');
  const model = await loadModel(readFileSync(`${folder}/${type}.ampcf`));
  /** @type {any} */
  const resolved = model;
  const profiles = people.map(({ history, candidates }) => ({
    one: model.createProfile(history.map(idOf), { personas: 1 }),
    four: model.createProfile(history.map(idOf)),
    candidates: candidates.map(idOf),
    resolved: resolved.candidates?.(candidates.map(idOf)),
  }));
  const byScore = { topK: top, proportional: 0 },
    all = () => true;
  /** @type {Record<string, (p: number) => { items: number[], scores: number[] }>} */
  const workloads = {
    one: (p) => indices(profiles[p].one.recommend(byScore)),
    four: (p) => indices(profiles[p].four.recommend(byScore)),
    list: (p) => indices(profiles[p].four.recommend({ topK: top })),
    filter: (p) => indices(profiles[p].four.recommend({ ...byScore, filter: all })),
    candidates: (p) => indices(profiles[p].four.rank(profiles[p].candidates, { topK: top })),
    // What the others compute too: nothing is left out.
    whole: (p) => indices(profiles[p].one.recommend({ ...byScore, excludeSeen: false })),
    wholeFour: (p) => indices(profiles[p].four.recommend({ ...byScore, excludeSeen: false })),
  };
  if (resolved.candidates)
    workloads.resolved = (p) => indices(profiles[p].four.rank(profiles[p].resolved, { topK: top }));
  return workloads;
}

/** @param {Table} table @param {number} top */
export const startF32 = (table, top) => start(table, top, 'f32');

/** @param {Table} table @param {number} top */
export const startInt8 = (table, top) => start(table, top, 'int8');
