// Owns part `objectives`: what item vectors are learnt by, with the defaults of each, one vector and several.
import { trainSettings } from '../../../web/train/settings.js';
import { objectiveTest } from './settings.js';
import { figure, markdownTable, withError } from './text.js';

/** @import { TrainOptions } from '../../../web/train.js' */
/** @import { Bench } from './measure.js' */
/** @import { DataSet } from './data.js' */

export const needs = /** @type {const} */ ('ml1m');

/**
 * Does the trainer have it?
 * @param {string} objective
 * @returns {objective is NonNullable<TrainOptions['objective']>}
 */
function isKnown(objective) {
  try {
    return Boolean(trainSettings({ objective }));
  } catch {
    return false;
  }
}

/**
 * @param {Bench} bench
 * @param {DataSet} data
 */
export async function run(bench, data) {
  const rows = [],
    { dim, personas, objectives } = objectiveTest;
  for (const objective of objectives.filter(isKnown))
    for (const P of personas) {
      const result = await bench.measure(data, { objective, dim, personas: P }, { k: [20] });
      rows.push([
        `${objective}, P = ${P}`,
        withError(result, 'recall@20'),
        withError(result, 'ndcg@20'),
        figure(result.metrics['coverage@20']),
        result.personas.mean.toFixed(2),
        result.seconds.toFixed(1),
      ]);
    }
  return [
    `### Objectives, ${data.title}`,
    '',
    `D = ${dim}, every other setting the default of its objective, no neighbours. Full ranking, ` +
      'mean over seeds; ± standard error over people.',
    '',
    markdownTable(['@20', 'Recall', 'NDCG', 'coverage', 'personas', 'seconds'], rows),
  ].join('\n');
}
