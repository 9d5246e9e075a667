// Owns part `ml1m`: full ranking on the public MovieLens 1M split, beside baselines run here and figures
// published elsewhere.
import { difference } from './measure.js';
import { leaderboard } from './peers.js';
import { baselines, ours } from './settings.js';
import { baselineText, figure, interval, kilobytes, markdownTable, settingsText, withError } from './text.js';

/** @import { BaselineResult } from '../../../web/evaluate/evaluate-model.js' */
/** @import { Figures, Bench } from './measure.js' */
/** @import { DataSet } from './data.js' */

export const needs = /** @type {const} */ ('ml1m');

/**
 * @param {Bench} bench
 * @param {DataSet} data
 */
export async function run(bench, data) {
  const names = /** @type {const} */ (['als', 'ease', 'itemknn', 'popularity']),
    choosing = bench.choose && data.validation;
  const own = await bench.measure(data, ours.ml1m, {
    k: [20],
    ...(choosing && { validation: choosing }),
    baselines: names.map((name) => (choosing ? name : { name, settings: baselines.ml1m[name] ?? {} })),
  });
  const single = await bench.measure(data, { ...ours.ml1m, personas: 1 }, { k: [20] });
  const others = own.runs[0].baselines;
  /** @type {[string, Figures | BaselineResult, string][]} */
  const measured = [
    ['**ours**', own, 'here'],
    ['ours, one persona', single, 'here'],
    ...names.map(
      (name) =>
        /** @type {[string, BaselineResult, string]} */ ([
          name === 'ease' ? 'EASE' : name === 'als' ? 'als, one vector' : name,
          others[name],
          'here',
        ]),
    ),
  ];
  const rows = [
    ...measured.map(([name, result, source]) => ({
      ndcg: result.metrics['ndcg@20'],
      cells: [
        name,
        withError(result, 'recall@20'),
        withError(result, 'ndcg@20'),
        ...['hitrate@20', 'mrr@20', 'coverage@20', 'gini@20'].map((key) => figure(result.metrics[key])),
        source,
      ],
    })),
    ...leaderboard.map(({ name, recall, ndcg, source }) => ({
      ndcg,
      cells: [
        name,
        figure(recall),
        figure(ndcg),
        '',
        '',
        '',
        '',
        bench.on === 'test' ? source : `${source}, on test`,
      ],
    })),
  ].sort((a, b) => b.ndcg - a.ndcg);
  const ease = { perPerson: others.ease?.perPerson ?? {} };
  return `### Full ranking, ${data.title}

${own.runs[0].users} people, ${own.runs[0].catalogue} items. Train items are masked; validation items stay in as negatives. Ours: mean over seeds; ± standard error over people.

${markdownTable(
  ['@20', 'Recall', 'NDCG', 'HitRate', 'MRR', 'coverage', 'Gini', 'source'],
  rows.map(({ cells }) => cells),
)}

Ours minus EASE (paired bootstrap over people, 95 %): Recall@20 ${interval(difference(own, ease, 'recall@20'))}, NDCG@20 ${interval(difference(own, ease, 'ndcg@20'))}.
Ours minus one persona: NDCG@20 ${interval(difference(own, single, 'ndcg@20'))}. Training takes ${own.seconds.toFixed(1)} s (one persona ${single.seconds.toFixed(1)} s); the model file has
${kilobytes(own.bytes)}, titles, genres and directors included. Settings, chosen on validation (published peers chose theirs on test): ours
${settingsText(ours.ml1m)}; ${baselineText(others)}.`;
}
