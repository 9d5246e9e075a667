// Owns part `personas`: what several personas bring over one at the same bytes of item vectors, full ranking
// on three data sets.
import { difference, withoutNeighbours } from './measure.js';
import { ours, personaTest } from './settings.js';
import { figure, interval, markdownTable, percent } from './text.js';

/** @import { Interval } from '../../../web/evaluate.js' */
/** @import { Bench } from './measure.js' */
/** @import { DataSet, SetName } from './data.js' */

export const needs = null;

const key = 'ndcg@20',
  sets = /** @type {SetName[]} */ (['ml1m', 'films', 'games']);

/** By the digits that are shown: an end that reads .0000 is not beyond 0. */
const verdict = (/** @type {Interval} */ { low, high }) =>
  Number(low.toFixed(4)) > 0 ? '**above 0**' : Number(high.toFixed(4)) < 0 ? 'below 0' : 'includes 0';

/**
 * @param {Bench} bench
 * @param {DataSet} data
 */
async function rowsOf(bench, data) {
  const base = personaTest.neighbours ? ours[data.name] : withoutNeighbours(ours[data.name]);
  const [many, few] = personaTest.personas;
  const rows = [];
  for (const dim of personaTest.dims) {
    const [several, single] = [
      await bench.measure(data, { ...base, dim, personas: many }, { k: [20] }),
      await bench.measure(data, { ...base, dim, personas: few }, { k: [20] }),
    ];
    const gain = difference(several, single, key),
      { mean, effective, collapseRate } = several.personas;
    rows.push([
      `${data.name}, D = ${dim}`,
      figure(single.metrics[key]),
      figure(several.metrics[key]),
      interval(gain),
      verdict(gain),
      mean.toFixed(2),
      effective.toFixed(2),
      percent(collapseRate),
    ]);
  }
  return rows;
}

/** @param {Bench} bench */
export async function run(bench) {
  const rows = [],
    absent = [];
  for (const name of sets) {
    const data = await bench.dataSet(name);
    if (data) rows.push(...(await rowsOf(bench, data)));
    else absent.push(name);
  }
  const [many, few] = personaTest.personas;
  const head = ['NDCG@20', `P = ${few}`, `P = ${many}`, 'difference', '', 'personas', 'effective', 'alike'];
  return [
    '### Personas against one vector, at equal bytes of item vectors',
    '',
    'Full ranking of the catalogue on all three sets (films and games: one held-out item a person), the ' +
      `settings of each set ${personaTest.neighbours ? 'with' : 'without'} its neighbours. The`,
    'difference is averaged over seeds for each person, then bootstrapped over people, 95 %. ' +
      'Personas: mean a person, effective number (exp of the entropy of',
    "their shares), and how often two of a person's are one taste (cosine of responsibilities above .9)." +
      (absent.length > 0 ? ` Skipped, not here: ${absent.join(', ')}.` : ''),
    '',
    markdownTable(head, rows),
  ].join('\n');
}
