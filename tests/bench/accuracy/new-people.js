// Owns part `new-people`: people left out of the training and folded in from their history, as a page does,
// against training with them.
import { overSeeds, ratio } from './measure.js';
import { baselines as chosen, ours } from './settings.js';
import { figure, markdownTable, percent } from './text.js';

/** @import { Interval } from '../../../web/evaluate.js' */
/** @import { Bench, Measured } from './measure.js' */
/** @import { DataSet } from './data.js' */

export const needs = /** @type {const} */ ('ml1m');

const key = 'ndcg@20',
  share = 0.2;

/** @param {Measured} measured whom the same draw left out under every seed */
function newUsersOf({ runs }) {
  const each = runs.flatMap(({ newUsers }) => (newUsers ? [newUsers] : []));
  return {
    each,
    foldedIn: overSeeds(each.map(({ foldedIn }) => foldedIn)),
    trained: overSeeds(each.map(({ trained }) => trained)),
  };
}

/**
 * @param {string} name
 * @param {Float64Array} foldedIn
 * @param {Float64Array} trained
 * @param {Interval} quotient
 */
function rowOf(name, foldedIn, trained, { mean, low, high }) {
  const average = (/** @type {Float64Array} */ list) => list.reduce((a, b) => a + b, 0) / list.length;
  return [
    name,
    figure(average(foldedIn)),
    figure(average(trained)),
    `${percent(mean)} (${percent(low)} to ${percent(high)})`,
  ];
}

/**
 * @param {Bench} bench
 * @param {DataSet} data
 */
export async function run(bench, data) {
  const options = { k: [20], newUsers: share },
    rows = [];
  const own = await bench.measure(data, ours.ml1m, {
    ...options,
    baselines: [{ name: 'ease', settings: chosen.ml1m.ease ?? {} }],
  });
  const several = newUsersOf(own);
  const single = newUsersOf(await bench.measure(data, { ...ours.ml1m, personas: 1 }, options));
  for (const [name, { foldedIn, trained }] of /** @type {const} */ ([
    ['**ours**', several],
    ['ours, one persona', single],
  ]))
    rows.push(
      rowOf(
        name,
        foldedIn.perPerson[key],
        trained.perPerson[key],
        await ratio(foldedIn.perPerson[key], trained.perPerson[key]),
      ),
    );
  const [{ baselines, people = [] }] = own.runs;
  const [{ people: them = [], baselines: withoutThem, leftOut, users }] = several.each;
  const place = new Map(people.map((id, u) => [id, u]));
  const with_ = Float64Array.from(them, (id) => baselines.ease?.perPerson?.[key][place.get(id) ?? -1] ?? NaN),
    without = withoutThem.ease?.perPerson?.[key] ?? new Float64Array();
  rows.push(
    rowOf(`EASE, lambda ${baselines.ease?.settings.lambda}`, without, with_, await ratio(without, with_)),
  );
  return [
    `### New people, ${data.title}`,
    '',
    `${leftOut} people (a fifth, drawn by seed) are left out of another training and folded in from their ` +
      `history, as on a device; ${users} of them have something to find.`,
    'The same people under a model that was trained with them stand beside it. Full ranking, mean over ' +
      'seeds; the interval of the ratio is a bootstrap over people, 95 %.',
    '',
    markdownTable(['NDCG@20', 'folded in', 'trained with them', 'ratio'], rows),
  ].join('\n');
}
