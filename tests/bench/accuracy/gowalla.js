// Owns part `gowalla`: full ranking on sparse check-ins of a large catalogue, beside figures published
// elsewhere. Must not choose a setting.
import { gowallaBoard } from './peers.js';
import { ours } from './settings.js';
import { withoutNeighbours } from './measure.js';
import { figure, kilobytes, markdownTable, settingsText, withError } from './text.js';

/** @import { Bench, Measured } from './measure.js' */
/** @import { DataSet } from './data.js' */

export const needs = /** @type {const} */ ('gowalla');

/**
 * One seed: the vectors start by it, the neighbours know none.
 * @param {Bench} bench
 * @param {DataSet} data
 */
export async function run(bench, data) {
  const which = { someSeeds: bench.seeds.slice(0, 1) };
  const local = await bench.measure(data, ours.gowalla, { k: [20] }, which);
  const alone = await bench.measure(data, withoutNeighbours(ours.gowalla), { k: [20] }, which);
  const measured = /** @type {[string, Measured][]} */ ([
    ['**ours**, with local EASE', local],
    ['ours, the vectors alone', alone],
  ]);
  const here = measured.map(([name, result]) => ({
    ndcg: result.metrics['ndcg@20'],
    cells: [
      name,
      withError(result, 'recall@20'),
      withError(result, 'ndcg@20'),
      kilobytes(result.bytes),
      'here',
    ],
  }));
  const source = bench.on === 'test' ? 'published, BARS' : 'published, BARS, on test';
  const others = gowallaBoard.map(({ name, recall, ndcg }) => ({
    ndcg,
    cells: [name, figure(recall), figure(ndcg), '', source],
  }));
  const rows = [...here, ...others].sort((a, b) => b.ndcg - a.ndcg).map(({ cells }) => cells);
  const [{ users, catalogue }] = local.runs;
  return [
    `### Sparse data, ${data.title}`,
    '',
    `${users} people, ${catalogue} items, the first seed. Models are fitted on the public training, which ` +
      'is train.txt and validation.txt together;',
    `settings are the defaults but ${settingsText(ours.gowalla)}, chosen on validation.txt ` +
      '(published peers chose theirs on test).',
    '',
    markdownTable(['@20', 'Recall', 'NDCG', 'file', 'source'], rows),
  ].join('\n');
}
