// Owns part `ml1m`: full ranking on the public MovieLens 1M split, beside baselines run here and figures
// published elsewhere.
import { difference } from './measure.js';
import { leaderboard } from './peers.js';
import { baselines, ours } from './settings.js';
import { baselineText, figure, interval, kilobytes, markdownTable, settingsText, withError } from './text.js';

/** @import { BaselineResult } from '../../../web/evaluate/evaluate-model.js' */
/** @import { Bench, Figures, Measured } from './measure.js' */
/** @import { DataSet } from './data.js' */

export const needs = /** @type {const} */ ('ml1m');

const names = /** @type {const} */ (['als', 'ease', 'itemknn', 'popularity']);
const titles = { als: 'als, one vector', ease: 'EASE', itemknn: 'itemknn', popularity: 'popularity' };
const otherMetrics = ['hitrate@20', 'mrr@20', 'coverage@20', 'gini@20'];

/**
 * Measured here and published elsewhere, best first.
 * @param {Bench} bench
 * @param {[string, Figures | BaselineResult][]} measured
 */
function rowsOf(bench, measured) {
  const here = measured.map(([name, result]) => ({
    ndcg: result.metrics['ndcg@20'],
    cells: [
      name,
      withError(result, 'recall@20'),
      withError(result, 'ndcg@20'),
      ...otherMetrics.map((key) => figure(result.metrics[key])),
      'here',
    ],
  }));
  const published = leaderboard.map(({ name, recall, ndcg, source }) => ({
    ndcg,
    cells: [
      name,
      figure(recall),
      figure(ndcg),
      ...otherMetrics.map(() => ''),
      bench.on === 'test' ? source : `${source}, on test`,
    ],
  }));
  return [...here, ...published].sort((a, b) => b.ndcg - a.ndcg).map(({ cells }) => cells);
}

/**
 * What is said below the table.
 * @param {Measured} own
 * @param {Measured} single
 */
function remarks(own, single) {
  const others = own.runs[0].baselines;
  const ease = { perPerson: others.ease?.perPerson ?? {} };
  const minus = (/** @type {Pick<Figures, 'perPerson'>} */ other, /** @type {string} */ key) =>
    interval(difference(own, other, key));
  return [
    'Ours minus EASE (paired bootstrap over people, 95 %): ' +
      `Recall@20 ${minus(ease, 'recall@20')}, NDCG@20 ${minus(ease, 'ndcg@20')}.`,
    `Ours minus one persona: NDCG@20 ${minus(single, 'ndcg@20')}. The model file has`,
    `${kilobytes(own.bytes)}, titles, genres and directors included. ` +
      'Settings, chosen on validation (published peers chose theirs on test): ours',
    `${settingsText(ours.ml1m)}; ${baselineText(others)}.`,
  ].join('\n');
}

/**
 * @param {Bench} bench
 * @param {DataSet} data
 */
export async function run(bench, data) {
  const choosing = bench.choose && data.validation;
  const own = await bench.measure(data, ours.ml1m, {
    k: [20],
    ...(choosing && { validation: choosing }),
    baselines: names.map((name) => (choosing ? name : { name, settings: baselines.ml1m[name] ?? {} })),
  });
  const single = await bench.measure(data, { ...ours.ml1m, personas: 1 }, { k: [20] });
  const [{ users, catalogue, baselines: others }] = own.runs;
  const rows = rowsOf(bench, [
    ['**ours**', own],
    ['ours, one persona', single],
    ...names.map((name) => /** @type {[string, BaselineResult]} */ ([titles[name], others[name]])),
  ]);
  return [
    `### Full ranking, ${data.title}`,
    '',
    `${users} people, ${catalogue} items. Train items are masked; validation items stay in as negatives. ` +
      'Ours: mean over seeds; ± standard error over people.',
    '',
    markdownTable(['@20', 'Recall', 'NDCG', 'HitRate', 'MRR', 'coverage', 'Gini', 'source'], rows),
    '',
    remarks(own, single),
  ].join('\n');
}
